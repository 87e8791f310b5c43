"""Setting up a sweep: what is typed, what is picked, and what is said about what will not do."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from nnstudio.engine import ExperimentSpec
from nnstudio.engine.registry import SettingError
from nnstudio.lab.axes import Axis
from nnstudio.lab.plan import READY_MADE, Plan
from nnstudio.session.lab_worker import Where
from nnstudio.ui.lab.ready_row import ReadyRow
from nnstudio.ui.lab.setup import SetupForm
from nnstudio.ui.lab.values_popup import ListPopup, RangePopup
from nnstudio.ui.preferences import Preferences
from nnstudio.ui.theme import apply_theme, load_theme

SPEC = ExperimentSpec()


@pytest.fixture
def form(qtbot: QtBot, tmp_path: Path) -> Iterator[SetupForm]:
    theme = load_theme("light")
    apply_theme(QApplication.instance(), theme)
    settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    form = SetupForm(spec=SPEC, settings=settings, preferences=Preferences(settings), theme=theme)
    qtbot.addWidget(form)
    form.resize(312, 640)
    form.show()
    yield form


def add_axis(qtbot: QtBot, form: SetupForm, setting: str, values: str) -> None:
    """Add an axis as a person does: search the setting, type the values."""
    form.findChild(QPushButton, "lab_add_axis").click()
    row = form.axis_rows[-1]
    line = row.setting.lineEdit()
    line.selectAll()
    qtbot.keyClicks(line, setting)
    line.editingFinished.emit()
    qtbot.keyClicks(row.values, values)
    row.values.editingFinished.emit()


def choose(form: SetupForm, key: str, data: str) -> None:
    field = form.rows[key].field
    field.setCurrentIndex(field.findData(data))


def error(form: SetupForm, name: str) -> str:
    QApplication.processEvents()  # shows what is new
    label = form.findChild(QLabel, f"{name}.error")
    return label.text() if label.isVisibleTo(form) else ""


def test_a_thousand_seeds_of_the_experiment_to_begin_with(form: SetupForm) -> None:
    assert form.plan() == Plan(SPEC, (), range(1000))
    assert (
        "2-2-1 sigmoid, learning rate 0.1, gradient descent, 10,000 epochs"
        in form.findChild(QLabel, "lab_experiment").text()
    )


def test_tab_goes_from_field_to_field_and_each_says_what_it_is(qtbot: QtBot, form: SetupForm) -> None:
    qtbot.waitActive(form)
    form.rows["lab.seeds"].field.setFocus()
    names = []
    while "Seeds" not in names and len(names) < 20:  # once around
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        focused = QApplication.focusWidget()
        names.append(focused.accessibleName() or focused.text())
    take = "Take the current experiment"
    assert names == ["First seed", "Add an axis", "Search", "Train on", "Processes", take, "Seeds"]


def test_seeds_are_a_first_one_and_a_count(form: SetupForm) -> None:
    form.rows["lab.seeds"].field.setValue("20")
    form.rows["lab.first_seed"].field.setValue("5")
    assert form.plan().seeds == range(5, 25)
    form.rows["lab.seeds"].field.setValue("many")
    assert form.plan() is None
    assert "expected a whole number from 1" in error(form, "lab.seeds")


def test_axes_are_searched_and_typed(qtbot: QtBot, form: SetupForm) -> None:
    add_axis(qtbot, form, "hidden lay", "1, 2, 3, 4, 5, 8")
    add_axis(qtbot, form, "Learning rate", "log:0.01:10:9")
    hidden, rate = form.plan().axes
    assert hidden == Axis.parse("network.hidden=1,2,3,4,5,8", SPEC)
    assert rate == Axis.parse("training.learning_rate=log:0.01:10:9", SPEC)
    assert form.plan().runs == 54_000


def test_a_grid_has_two_axes_and_a_search_more(qtbot: QtBot, form: SetupForm) -> None:
    add_axis(qtbot, form, "hidden", "1,2")
    add_axis(qtbot, form, "learning rate", "0.1,1")
    add = form.findChild(QPushButton, "lab_add_axis")
    assert not add.isEnabled() and "at most 2 axes" in add.toolTip()
    choose(form, "lab.method", "random")
    assert add.isEnabled()
    add_axis(qtbot, form, "epochs", "10,20")
    assert form.plan().method == "random" and len(form.plan().axes) == 3


def test_a_search_begins_with_an_axis_to_fill_in(form: SetupForm) -> None:
    assert not form.rows["lab.cells"].isVisible()
    choose(form, "lab.method", "hyperband")
    assert len(form.axis_rows) == 1 and form.rows["lab.cells"].isVisible()
    assert form.plan() == Plan(SPEC, (), range(1000))  # nothing to search yet


@pytest.mark.parametrize(
    ("setting", "values", "words"),
    [
        ("learning rate", "0.1, x", "'x' will not do: expected a number above 0"),
        ("hidden", "2, 2", "expected each value once"),
        ("optimizer", "adam, sgdd", "expected one of gradient_descent"),
        ("learning rate", "log:0:1:5", "expected ends above 0 for a logarithmic range"),
    ],
)
def test_values_that_will_not_do_are_answered_beside_them(
    qtbot: QtBot, form: SetupForm, setting: str, values: str, words: str
) -> None:
    add_axis(qtbot, form, setting, values)
    assert form.plan() is None
    assert words in error(form, "lab_axis_0")
    form.axis_rows[0].values.setText("")
    form.axis_rows[0].values.editingFinished.emit()
    assert error(form, "lab_axis_0") == ""
    assert form.what_is_missing().startswith("Enter values of ")


def test_what_only_the_whole_sweep_shows_is_said_beside_its_axis(qtbot: QtBot, form: SetupForm) -> None:
    add_axis(qtbot, form, "output activation", "sigmoid, softmax")
    with pytest.raises(SettingError) as refused:
        form.plan().sweep()
    form.refuse(refused.value)
    assert "single output" in error(form, "lab_axis_0")


def test_an_axis_can_be_given_up(qtbot: QtBot, form: SetupForm) -> None:
    add_axis(qtbot, form, "hidden", "1,2")
    form.axis_rows[0].findChild(QWidget, "lab_axis_0_remove").click()
    assert form.plan().axes == () and form.axis_rows == []


def test_a_setting_that_does_not_exist_is_forgotten(qtbot: QtBot, form: SetupForm) -> None:
    add_axis(qtbot, form, "hidden", "1,2")
    line = form.axis_rows[0].setting.lineEdit()
    line.setText("no such setting")
    line.editingFinished.emit()
    assert line.text() == "Hidden layers"


def test_parameters_of_what_is_chosen_can_be_swept(qtbot: QtBot, form: SetupForm) -> None:
    form.show_spec(SPEC.with_settings({"training.optimizer": "momentum"}))
    add_axis(qtbot, form, "Optimizer: momentum", "0, 0.5, 0.9")
    assert [axis.key for axis in form.plan().axes] == ["training.optimizer:momentum"]
    # Without momentum there is no such thing to sweep.
    form.show_spec(SPEC)
    assert form.axis_rows[0].setting.data is None


def test_a_range_is_put_together_in_a_popup(qtbot: QtBot, form: SetupForm) -> None:
    add_axis(qtbot, form, "learning rate", "")
    form.findChild(QWidget, "lab_axis_0_help").click()
    (popup,) = form.findChildren(RangePopup)
    assert popup.findChild(QWidget, "lab_range_log").isChecked()
    for name, value in (("from", "0.001"), ("to", "-1"), ("steps", "5")):
        popup.findChild(QWidget, f"lab_range_{name}").findChild(QLineEdit).setText(value)
    popup.use()
    assert "expected a number above 0" in popup.findChild(QLabel, "lab_range_error").text()
    popup.findChild(QWidget, "lab_range_to").findChild(QLineEdit).setText("10")
    popup.use()
    assert form.axis_rows[0].values.text() == "log:0.001:10:5"
    assert form.plan().axes == (Axis.parse("training.learning_rate=log:0.001:10:5", SPEC),)


def test_choices_are_checked_in_a_list(qtbot: QtBot, form: SetupForm) -> None:
    add_axis(qtbot, form, "optimizer", "adam")
    form.findChild(QWidget, "lab_axis_0_help").click()
    (popup,) = form.findChildren(ListPopup)
    items = {popup.list.item(row).text(): popup.list.item(row) for row in range(popup.list.count())}
    assert items["Adam"].checkState() is Qt.CheckState.Checked
    items["Momentum"].setCheckState(Qt.CheckState.Checked)
    assert form.axis_rows[0].values.text() == "momentum, adam"
    assert len(form.plan().axes[0].values) == 2
    popup.close()


def test_a_plan_is_shown_as_it_would_be_typed(form: SetupForm) -> None:
    for axes in (
        ("network.hidden=4;4,2;8,8", "training.learning_rate=log:0.01:10:9"),
        ("training.optimizer=adam:beta1=0.8,beta2=0.9;momentum",),
        ("training.batch_size=full,2",),
    ):
        plan = Plan(SPEC, tuple(Axis.parse(axis, SPEC) for axis in axes), range(3, 13), "random", 12)
        form.show_plan(plan)
        assert form.plan() == plan


def test_a_scheduler_is_remembered_once_it_has_answered(qtbot: QtBot, form: SetupForm, tmp_path: Path) -> None:
    def again() -> SetupForm:
        settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
        made = SetupForm(spec=SPEC, settings=settings, preferences=Preferences(settings), theme=load_theme("light"))
        qtbot.addWidget(made)
        return made

    choose(form, "lab.where", "dask_scheduler")
    field = form.rows["lab.scheduler"].field
    field.setText("tcp://10.0.0.1:8786")
    field.editingFinished.emit()
    assert form.where().scheduler == "tcp://10.0.0.1:8786"
    form._settings.sync()
    assert again().where().scheduler == ""
    form.keep_scheduler(form.where())
    form._settings.sync()
    assert again().where().scheduler == "tcp://10.0.0.1:8786"
    choose(form, "lab.where", "this_computer")
    form._settings.sync()
    assert again().where().scheduler == ""


def test_words_of_the_form_begin_as_words_do(form: SetupForm) -> None:
    field = form.rows["lab.method"].field
    assert [field.itemText(row) for row in range(field.count())] == ["Grid", "Random", "Hyperband"]


def test_tab_goes_through_an_axis_as_it_is_seen(qtbot: QtBot, form: SetupForm) -> None:
    add_axis(qtbot, form, "learning rate", "0.1, 1")
    places = [stop.mapTo(form, stop.rect().topLeft()) for stop in form.axis_rows[0].tab_stops()]
    assert places == sorted(places, key=lambda place: (place.y() // 10, place.x()))


def test_a_scheduler_needs_an_address(form: SetupForm) -> None:
    choose(form, "lab.where", "dask_scheduler")
    assert form.lacks_scheduler
    field = form.rows["lab.scheduler"].field
    for typed, words in (("somewhere", "expected an address such as tcp://"), ("127.0.0.1:8786", "")):
        field.setText(typed)
        field.editingFinished.emit()
        assert words in error(form, "lab.scheduler")
    assert not form.lacks_scheduler
    assert form.where().scheduler == "tcp://127.0.0.1:8786"
    choose(form, "lab.where", "this_computer")
    assert form.where() == Where(form.where().processes)


def test_what_is_in_the_middle_of_being_typed_counts_when_it_is_started(qtbot: QtBot, form: SetupForm) -> None:
    add_axis(qtbot, form, "hidden layers", "4; 4,2")
    values, seeds = form.axis_rows[0].values, form.rows["lab.seeds"].field
    values.selectAll()
    qtbot.keyClicks(values, "2, 3, 5")
    seeds.selectAll()
    qtbot.keyClicks(seeds, "50")
    form.settle()
    assert form.plan() == Plan(SPEC, (Axis.parse("network.hidden=2, 3, 5", SPEC),), range(50))


def test_a_half_typed_setting_is_not_shown_beside_what_is_swept(qtbot: QtBot, form: SetupForm) -> None:
    add_axis(qtbot, form, "hidden layers", "2, 3")
    line = form.axis_rows[0].setting.lineEdit()
    line.selectAll()
    qtbot.keyClicks(line, "4;4,2")
    form.settle()
    assert form.axis_rows[0].setting.currentText() == "Hidden layers"
    assert form.plan() is not None


def test_an_address_counts_while_it_is_typed(qtbot: QtBot, form: SetupForm) -> None:
    choose(form, "lab.where", "dask_scheduler")
    assert form.lacks_scheduler
    with qtbot.waitSignal(form.changed):
        qtbot.keyClicks(form.rows["lab.scheduler"].field, "tcp://10.0.0.1:8786")
    assert not form.lacks_scheduler
    form.settle()
    assert form.where().scheduler == "tcp://10.0.0.1:8786"


def test_ready_made_sweeps_that_do_not_fit_say_why(qtbot: QtBot) -> None:
    row = ReadyRow(load_theme("light"))
    qtbot.addWidget(row)
    row.show_spec(SPEC)
    buttons = {ready.name: row.findChild(QPushButton, f"lab_ready_{ready.name}") for ready in READY_MADE}
    assert all(button.isEnabled() for button in buttons.values())
    row.show_spec(SPEC.with_settings({"network.hidden": "4,4"}))
    assert not buttons["hidden"].isEnabled()
    assert "2 hidden layers, not one" in buttons["hidden"].toolTip()
    assert buttons["seeds"].isEnabled()


def test_every_ready_made_sweep_can_be_run() -> None:
    counts = {ready.name: ready.plan(SPEC).sweep().runs for ready in READY_MADE}
    assert counts == {"seeds": 1000, "hidden": 6000, "rates": 1800, "optimizers": 1600}
