"""The form shows an experiment, reports edits, and answers wrong values beside the field."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QScrollArea, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from nnstudio.engine.choices.optimizers import OPTIMIZERS, GradientDescent
from nnstudio.engine.hidden_layers import HiddenLayer
from nnstudio.engine.registry import Choice, ChoiceOf, Entry, Number, Option, Parameter, Registry, SettingError
from nnstudio.engine.spec import FIELDS, ExperimentSpec
from nnstudio.files.presets import Preset
from nnstudio.ui.forms.experiment_form import ExperimentForm
from nnstudio.ui.theme import apply_theme, load_theme

PRESETS = (
    Preset("tutorial", "Tutorial XOR", "The classic.", ExperimentSpec()),
    Preset("learns", "XOR that learns", "With 4.", ExperimentSpec().with_settings({"network.hidden": "4"})),
)


@pytest.fixture
def make(qtbot: QtBot) -> Callable[..., ExperimentForm]:
    """Make a form in a window that has the focus."""

    def make(**settings: Any) -> ExperimentForm:
        given = {"spec": ExperimentSpec(), "presets": PRESETS, "theme": load_theme("light"), **settings}
        form = ExperimentForm(**given)
        qtbot.addWidget(form)
        form.resize(280, 640)
        form.show()
        form.activateWindow()
        qtbot.waitExposed(form)
        form.edits = []
        form.edited.connect(lambda key, value: form.edits.append((key, value)))
        return form

    return make


@pytest.fixture
def form(make: Callable[..., ExperimentForm]) -> ExperimentForm:
    return make()


class Session:
    """Holds the experiment and answers the form, as the program does."""

    def __init__(self, form: ExperimentForm) -> None:
        self.form, self.spec = form, ExperimentSpec()
        form.edited.connect(self.edit)
        form.preset_chosen.connect(self.choose)

    def edit(self, key: str, value: object) -> None:
        try:
            self.spec = self.spec.with_settings({key: value})
        except SettingError as error:
            self.form.show_rejection(error.key, error.reason)
        else:
            self.form.show_spec(self.spec)

    def choose(self, preset: Preset) -> None:
        self.spec = preset.spec
        self.form.show_spec(self.spec)


@pytest.fixture
def session(form: ExperimentForm) -> Session:
    return Session(form)


def find(form: ExperimentForm, name: str) -> Any:
    found = [widget for widget in form.findChildren(QWidget) if widget.objectName() == name]
    assert len(found) <= 1
    return found[0] if found else None


def error_of(form: ExperimentForm, key: str) -> str:
    """The message that can be seen at a field."""
    label = find(form, f"{key}.error")
    return label.text() if label.isVisibleTo(form) else ""


def enter(qtbot: QtBot, field: Any, text: str) -> None:
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Qt.Key.Key_Return)


def test_every_setting_has_a_field_that_says_what_it_does(form: ExperimentForm) -> None:
    for key, parameter in FIELDS.items():
        field = find(form, key)
        assert field is not None, key
        assert parameter.label in field.toolTip()
        assert field.accessibleName() == parameter.label


def test_fields_show_the_experiment(form: ExperimentForm) -> None:
    assert find(form, "training.epochs").text() == "10,000"
    assert find(form, "training.optimizer").currentText() == "Gradient descent"
    assert find(form, "training.optimizer").currentData() == "gradient_descent"
    assert find(form, "training.batch_size").text() == "full"
    assert find(form, "network.hidden[0].size").value() == 2
    assert find(form, "network.hidden[0].activation").currentText() == "default (Sigmoid)"
    assert find(form, "data.name").facts == "4 samples, 2 inputs, 1 output"
    assert find(form, "data.features").text() == "x1,x2"


def test_showing_an_experiment_is_no_edit(form: ExperimentForm) -> None:
    spec = ExperimentSpec().with_settings(
        {"data.name": "parity", "network.hidden": "3:tanh,2", "training.optimizer": "adam:beta1=0.8", "seed": 7}
    )
    form.show_spec(spec)
    form.show_spec(ExperimentSpec())
    assert form.edits == []


def test_typing_reports_the_value(form: ExperimentForm, qtbot: QtBot) -> None:
    enter(qtbot, find(form, "training.learning_rate"), "0.5")
    enter(qtbot, find(form, "training.learning_rate"), "abc")
    assert form.edits == [("training.learning_rate", 0.5), ("training.learning_rate", "abc")]


def test_scripts_choose_by_text_and_by_data(form: ExperimentForm) -> None:
    find(form, "training.optimizer").setCurrentText("Adam")
    loss = find(form, "training.loss")
    loss.setCurrentIndex(loss.findData("huber"))
    find(form, "training.reduction").setCurrentText("mean")
    assert form.edits == [
        ("training.optimizer", Choice("adam")),
        ("training.loss", Choice("huber")),
        ("training.reduction", "mean"),
    ]


def test_choices_explain_themselves(form: ExperimentForm) -> None:
    field = find(form, "training.optimizer")
    for row, entry in enumerate(OPTIMIZERS.values()):
        assert field.itemText(row) == entry.label
        assert field.itemData(row, Qt.ItemDataRole.ToolTipRole) == entry.summary
    assert OPTIMIZERS["gradient_descent"].summary in field.toolTip()


def test_a_wrong_value_is_answered_beside_its_field(form: ExperimentForm, session: Session, qtbot: QtBot) -> None:
    field = find(form, "training.learning_rate")
    enter(qtbot, field, "abc")
    assert error_of(form, "training.learning_rate") == "'abc' will not do: expected a number above 0 up to 1,000"
    assert field.text() == "abc"
    assert field.property("invalid") is True
    label = find(form, "training.learning_rate.error")
    assert label.mapTo(form, label.rect().topLeft()).y() >= field.mapTo(form, field.rect().bottomLeft()).y()
    enter(qtbot, field, "0.5")
    assert error_of(form, "training.learning_rate") == ""
    assert field.property("invalid") is False
    assert session.spec.training.learning_rate == 0.5


def test_escape_and_the_present_value_clear_an_error(form: ExperimentForm, session: Session, qtbot: QtBot) -> None:
    field = find(form, "training.learning_rate")
    enter(qtbot, field, "abc")
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert (field.text(), error_of(form, "training.learning_rate")) == ("0.1", "")
    enter(qtbot, field, "-1")
    enter(qtbot, field, "0.1")
    assert error_of(form, "training.learning_rate") == ""
    choice = find(form, "network.output_activation")
    choice.setCurrentText("Softmax")
    assert "single output" in error_of(form, "network.output_activation")
    assert choice.currentText() == "Softmax"
    choice.setFocus()
    qtbot.keyClick(choice, Qt.Key.Key_Escape)
    assert (choice.currentText(), error_of(form, "network.output_activation")) == ("Sigmoid", "")


def test_only_activations_that_can_be_trained_are_offered(form: ExperimentForm) -> None:
    hidden, output = (find(form, f"network.{key}") for key in ("activation", "output_activation"))
    assert {hidden.findText("Step"), hidden.findText("Softmax"), output.findText("Step")} == {-1}
    assert output.findText("Softmax") >= 0


def test_settings_that_do_not_go_together_are_answered_where_the_user_is(
    form: ExperimentForm, session: Session
) -> None:
    for key, text in (("data.targets", "one_hot"), ("network.output_activation", "softmax")):
        session.edit(key, text)
    assert not find(form, "data.targets").isVisibleTo(form)
    find(form, "data.targets").setCurrentText("single")
    message = error_of(form, "data.targets")
    assert message.startswith("Output activation: 'softmax' will not do")
    assert error_of(form, "network.output_activation") == ""


def test_an_error_in_a_folded_section_is_shown(form: ExperimentForm, session: Session) -> None:
    assert not find(form, "stop.patience").isVisibleTo(form)
    find(form, "stop.validation_patience").setValue(3)
    assert not find(form, "network.initializer").isVisibleTo(form)
    assert "validation share" in error_of(form, "stop.validation_patience")
    assert find(form, "stop.patience").isVisibleTo(form)


def test_what_is_folded_away_is_named_while_it_is_in_use(form: ExperimentForm, session: Session) -> None:
    note, toggle = (find(form, f"section.training.{part}") for part in ("note", "toggle"))
    session.edit("stop.loss_below", "0.01")
    assert note.text() == "Loss below: 0.01"
    session.edit("training.shuffle", "no")
    assert (note.text(), note.toolTip()) == ("2 set", "Shuffle: no, Loss below: 0.01")
    assert find(form, "section.data.note").text() == ""
    toggle.click()
    assert find(form, "stop.loss_below").isVisibleTo(form)
    assert not find(form, "data.seed").isVisibleTo(form)
    toggle.click()
    assert not find(form, "stop.loss_below").isVisibleTo(form)


def test_parameters_come_and_go_with_their_choice(form: ExperimentForm, session: Session) -> None:
    assert find(form, "training.optimizer:beta1") is None
    find(form, "training.optimizer").setCurrentText("Adam")
    beta = find(form, "training.optimizer:beta1")
    assert beta.isVisibleTo(form)
    assert beta.text() == "0.9"
    beta.setValue(0.8)
    assert session.spec.training.optimizer == Choice("adam", (("beta1", 0.8),))
    assert find(form, "training.optimizer:beta1") is beta
    beta.setValue("2")
    assert "below 1" in error_of(form, "training.optimizer:beta1")
    assert error_of(form, "training.optimizer") == ""
    find(form, "training.optimizer").setCurrentText("Momentum")
    assert find(form, "training.optimizer:beta1") is None
    assert find(form, "training.optimizer:momentum") is not None


def test_a_rejection_by_the_bare_key_finds_the_parameter(form: ExperimentForm) -> None:
    form.show_spec(ExperimentSpec().with_settings({"training.optimizer": "adam"}))
    find(form, "training.optimizer:beta2").setValue("abc")
    assert form.edits == [("training.optimizer", {"name": "adam", "beta2": "abc"})]
    form.show_rejection("training.optimizer", "no")
    assert error_of(form, "training.optimizer:beta2") == "no"


def test_layers_are_added_removed_and_reordered(form: ExperimentForm, session: Session) -> None:
    def hidden() -> str:
        return find(form, "network.hidden").text()

    find(form, "network.hidden.add").click()
    find(form, "network.hidden[1].size").setValue(3)
    find(form, "network.hidden[1].activation").setCurrentText("Tanh")
    assert hidden() == "2,3:tanh"
    assert session.spec.network.hidden == (HiddenLayer(2), HiddenLayer(3, Choice("tanh")))
    assert not find(form, "network.hidden[0].up").isEnabled()
    assert not find(form, "network.hidden[1].down").isEnabled()
    find(form, "network.hidden[0].down").click()
    assert hidden() == "3:tanh,2"
    assert QApplication.focusWidget() is find(form, "network.hidden[1].up")
    find(form, "network.hidden[1].up").click()
    assert hidden() == "2,3:tanh"
    find(form, "network.hidden[1].activation").setCurrentIndex(0)
    assert hidden() == "2,3"
    find(form, "network.hidden[0].remove").click()
    find(form, "network.hidden[0].remove").click()
    assert hidden() == "none"
    assert find(form, "network.hidden[0].size") is None
    assert any("no hidden layer" in x.text() for x in form.findChildren(QLabel) if x.isVisibleTo(form))
    find(form, "network.hidden.add").click()
    assert hidden() == "2"


def test_a_layer_shows_the_parameters_of_its_activation(form: ExperimentForm, session: Session) -> None:
    find(form, "network.hidden[0].activation").setCurrentText("Leaky ReLU")
    slope = find(form, "network.hidden[0].activation:slope")
    slope.setValue(0.2)
    assert find(form, "network.hidden").text() == "2:leaky_relu:slope=0.2"
    slope.setValue("steep")
    assert "'steep' will not do" in error_of(form, "network.hidden")
    assert slope.property("invalid") is True


def test_a_wrong_layer_size_is_answered_under_the_layers(form: ExperimentForm, session: Session, qtbot: QtBot) -> None:
    session.edit("network.hidden", "2,3:tanh")
    size = find(form, "network.hidden[1].size")
    enter(qtbot, size, "many")
    assert "many" in error_of(form, "network.hidden")
    assert size.text() == "many"
    assert size.property("invalid") is True
    assert not find(form, "network.hidden[0].size").property("invalid")
    qtbot.keyClick(size, Qt.Key.Key_Escape)
    assert error_of(form, "network.hidden") == ""
    assert not size.property("invalid")


def test_scripts_set_all_layers_at_once(form: ExperimentForm, session: Session) -> None:
    find(form, "network.hidden").set_text("4,2:tanh")
    assert find(form, "network.hidden[1].activation").currentText() == "Tanh"
    find(form, "network.hidden").set_text("x")
    assert "'x' will not do" in error_of(form, "network.hidden")
    assert session.spec.network.hidden == (HiddenLayer(4), HiddenLayer(2, Choice("tanh")))


def test_the_dice_throws_another_seed(form: ExperimentForm) -> None:
    for _ in range(20):
        find(form, "seed.dice").click()
    keys, seeds = zip(*form.edits, strict=True)
    assert set(keys) == {"seed"}
    assert 42 not in seeds
    assert len(set(seeds)) > 1
    assert all(FIELDS["seed"].parse(seed) == seed for seed in seeds)


def test_presets_are_offered_and_recognised(form: ExperimentForm, session: Session, qtbot: QtBot) -> None:
    field = find(form, "preset")
    assert field.currentText() == "Tutorial XOR"
    assert field.itemData(1, Qt.ItemDataRole.ToolTipRole) == "With 4."
    with qtbot.waitSignal(form.preset_chosen) as chosen:
        field.setCurrentText("XOR that learns")
    assert chosen.args == [PRESETS[1]]
    assert find(form, "network.hidden").text() == "4"
    session.edit("seed", 1)
    assert field.currentIndex() == -1
    assert field.placeholderText() == "XOR that learns*"
    session.edit("seed", 42)
    assert field.currentText() == "XOR that learns"
    session.edit("data.name", "circle")
    assert field.currentIndex() == -1
    assert field.placeholderText() == "your own", "with other data it is no XOR that learns"


def test_pending_settings_are_marked(form: ExperimentForm) -> None:
    banner = find(form, "pending")
    assert not banner.isVisible()
    form.show_pending({"network.hidden", "training.optimizer:beta1"})
    assert banner.isVisible()
    assert "takes effect with Rewind (Home)" in banner.text()
    assert banner.toolTip() == "Hidden layers, Optimizer"
    marks = [x for x in form.findChildren(QLabel) if not x.pixmap().isNull() and "Rewind" in x.toolTip()]
    assert len(marks) == 2
    form.show_pending(set())
    assert not banner.isVisible()


def test_what_is_being_typed_is_left_alone(form: ExperimentForm, qtbot: QtBot) -> None:
    field = find(form, "training.learning_rate")
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "0.25")
    field.lineEdit().setCursorPosition(2)
    form.show_spec(ExperimentSpec().with_settings({"training.learning_rate": 0.3, "network.hidden": "4,4"}))
    assert QApplication.focusWidget() is field
    assert (field.text(), field.lineEdit().cursorPosition()) == ("0.25", 2)
    assert find(form, "network.hidden[1].size").value() == 4


def test_tab_follows_the_screen(form: ExperimentForm, session: Session, qtbot: QtBot) -> None:
    session.edit("training.optimizer", "adam")
    session.edit("network.hidden", "2,3")
    for section in ("data", "network", "training"):
        find(form, f"section.{section}.toggle").click()
    find(form, "preset").setFocus()
    seen: list[QWidget] = []
    while (widget := QApplication.focusWidget()) not in seen:
        assert widget is not None
        seen.append(widget)
        qtbot.keyClick(widget, Qt.Key.Key_Tab)
    names = [widget.objectName() for widget in seen]
    assert set(FIELDS) - {"network.hidden", "data.features"} <= set(names)
    assert names[:4] == ["preset", "section.data.toggle", "data.name", "data.test_share"]
    assert [name for name in names if name.startswith("data.features")] == ["data.features[x1]"], "chips are one stop"
    assert names.index("data.features[x1]") < names.index("network.hidden[0].size")
    assert names.index("network.hidden[1].size") < names.index("network.activation")
    assert names.index("training.optimizer") + 1 == names.index("training.optimizer:beta1")
    assert names.index("seed") + 1 == names.index("seed.dice")

    def in_reading_order() -> bool:
        tops = [widget.mapTo(form, widget.rect().center()).y() for widget in seen]
        return all(below >= above - 4 for above, below in pairwise(tops))

    qtbot.waitUntil(in_reading_order)  # once the layout has made room for what has been unfolded


SETS = {
    "xor": {},
    "circle": {"data.test_share": 0.5, "network.hidden": "4,2"},
    "spiral_arms": {"data.test_share": 0.5},
    "digits": {"data.test_share": 0.2},
}


@pytest.mark.parametrize("data", SETS)
@pytest.mark.parametrize("name", ["light", "high_contrast"])
def test_the_first_minute_fits_a_projector(
    make: Callable[..., ExperimentForm], qapp: QApplication, qtbot: QtBot, name: str, data: str
) -> None:
    apply_theme(qapp, load_theme(name))
    settings = {"data.name": data, **SETS[data]}
    if data in ("spiral_arms", "digits"):
        settings |= {"network.output_activation": "softmax", "training.loss": "softmax_cross_entropy"}
    spec = ExperimentSpec().with_settings(settings)
    form = make(theme=load_theme(name), spec=spec)
    form.resize(300, 570)
    bar = form.findChild(QScrollArea).verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() == 0)
    fits = FIELDS["network.hidden"].format(spec.network.hidden)
    for text in ("8,8,8,8,8,8,8:leaky_relu", fits):
        form.show_spec(spec.with_settings({"network.hidden": text}))
        qtbot.waitUntil(lambda text=text: (bar.maximum() > 0) == (text != fits))
        content = form.findChild(QScrollArea).widget()
        assert content.minimumSizeHint().width() <= 264
    fields = [x for x in form.findChildren(QComboBox) if x.isVisible() and x.objectName() != "data.name"]
    assert all(20 <= x.height() <= 28 for x in fields)


@pytest.mark.parametrize("size", [(1, 1), (120, 60), (264, 200), (2000, 1400)])
def test_any_size_will_do(form: ExperimentForm, session: Session, size: tuple[int, int]) -> None:
    form.resize(*size)
    session.edit("network.hidden", "8,8,8")
    find(form, "training.learning_rate").setValue("abc")
    form.show_pending({"seed"})
    assert not form.grab().isNull()


def test_the_theme_can_change_while_something_is_wrong(form: ExperimentForm, session: Session) -> None:
    session.edit("training.optimizer", "adam")
    find(form, "training.learning_rate").setValue("abc")
    before = find(form, "seed.dice").icon().cacheKey()
    form.set_theme(load_theme("dark").zoomed(1.5))
    assert find(form, "seed.dice").icon().cacheKey() != before
    assert "'abc'" in error_of(form, "training.learning_rate")


def test_a_new_entry_needs_no_new_widget(make: Callable[..., ExperimentForm], monkeypatch: pytest.MonkeyPatch) -> None:
    strength = Number(key="pull", label="Pull", help="How hard.", default=0.5, minimum=0, maximum=1)
    mood = Option(key="mood", label="Mood", help="How.", default="calm", options=(("calm", "a"), ("wild", "b")))
    extra = Entry(name="magnet", label="Magnet", summary="Pulls.", build=GradientDescent, parameters=(strength, mood))
    optimizer = FIELDS["training.optimizer"]
    assert isinstance(optimizer, ChoiceOf)
    registry = Registry("optimizer", [*OPTIMIZERS.values(), extra])
    monkeypatch.setitem(FIELDS, "training.optimizer", replace(optimizer, registry=registry))
    form = make()
    session = Session(form)
    find(form, "training.optimizer").setCurrentText("Magnet")
    find(form, "training.optimizer:pull").setValue(0.7)
    find(form, "training.optimizer:mood").setCurrentText("wild")
    assert session.spec.training.optimizer == Choice("magnet", (("pull", 0.7), ("mood", "wild")))


def test_a_new_setting_needs_no_new_widget(make: Callable[..., ExperimentForm]) -> None:
    class Phrase(Parameter):
        """A kind of setting that the form has never heard of."""

        expected = "any text"

    class Wider:
        """An experiment with settings that are not there yet."""

        def __init__(self, spec: ExperimentSpec, **more: object) -> None:
            self._spec, self._more = spec, {key.replace("__", "."): value for key, value in more.items()}

        def get(self, key: str) -> Any:
            return self._more[key] if key in self._more else self._spec.get(key)

        def __getattr__(self, name: str) -> Any:
            return getattr(self._spec, name)

    noise = Number(key="training.noise", label="Noise", help="Shakes.", default=0.0, minimum=0.0, maximum=1.0)
    motto = Phrase(key="motto", label="Motto", help="For the wall.", default="learn")
    form = make(
        spec=Wider(ExperimentSpec(), training__noise=0.25, motto="try"),
        fields={**FIELDS, noise.key: noise, motto.key: motto},
    )
    assert find(form, "training.noise").text() == "0.25"
    assert find(form, "motto").text() == "try"
    find(form, "training.noise").setValue(0.5)
    field = find(form, "motto")
    field.setText("dare")
    field.editingFinished.emit()
    assert form.edits == [("training.noise", 0.5), ("motto", "dare")]


def test_buttons_and_fields_are_within_reach_of_the_keyboard(form: ExperimentForm) -> None:
    for widget in form.findChildren(QToolButton):
        if widget.objectName():
            assert widget.focusPolicy() & Qt.FocusPolicy.TabFocus
            assert widget.accessibleName() or widget.text()
            assert widget.toolTip()


def test_a_session_of_many_edits_stays_true(form: ExperimentForm, session: Session) -> None:
    edits: list[tuple[str, Callable[[Any], object]]] = [
        ("data.name", lambda field: field.setCurrentText("Parity")),
        ("data.name:bits", lambda field: field.setValue(4)),
        ("data.name:bits", lambda field: field.setValue(99)),
        ("network.hidden", lambda field: field.set_text("6,4:relu")),
        ("network.hidden[0].activation", lambda field: field.setCurrentText("Step")),
        ("network.activation", lambda field: field.setCurrentText("Tanh")),
        ("network.initializer", lambda field: field.setCurrentText("Uniform")),
        ("network.initializer:limit", lambda field: field.setValue(0.25)),
        ("training.optimizer", lambda field: field.setCurrentText("RMSprop")),
        ("training.schedule", lambda field: field.setCurrentText("Step")),
        ("training.regularizer", lambda field: field.setCurrentText("Dropout")),
        ("training.batch_size", lambda field: field.setValue(4)),
        ("data.validation_share", lambda field: field.setValue(0.25)),
        ("stop.validation_patience", lambda field: field.setValue(5)),
        ("precision", lambda field: field.setCurrentText("float32")),
    ]
    for name, edit in edits:
        edit(find(form, name))
        form.show_pending({name})
        assert form.grab().width() == 280
    spec = session.spec
    assert spec.to_dict() == ExperimentSpec.from_dict(spec.to_dict()).to_dict()
    assert str(spec.data.name) == "parity:bits=4"
    assert FIELDS["network.hidden"].format(spec.network.hidden) == "6,4:relu"
    assert find(form, "network.hidden[0].activation").itemText(0) == "default (Tanh)"
    assert find(form, "data.name").facts == "16 samples, 4 inputs, 1 output"
    assert spec.stop.validation_patience == 5
    assert spec.precision == "float32"


def test_fields_that_come_and_go_leave_nothing_behind(form: ExperimentForm) -> None:
    """Qt puts new widgets where deleted ones were: what Python remembers of those must not be taken for them."""
    specs = [
        ExperimentSpec().with_settings(settings)
        for settings in (
            {"network.hidden": "2:leaky_relu,3,4", "training.optimizer": "adam"},
            {"network.hidden": "2", "data.name": "circle"},
        )
    ]
    for turn in range(60):
        form.show_spec(specs[turn % 2])
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert find(form, "data.name:samples").text() == "500"
    assert find(form, "training.optimizer:beta1") is None
