"""Data sets are chosen by their pictures and drawn anew; features are chips."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QImage, QKeySequence, QPixmap, QShortcut
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QWidget
from pytestqt.qtbot import QtBot

from nnstudio.engine.choices.datasets import DATASETS, Dataset
from nnstudio.engine.choices.features import FEATURES
from nnstudio.engine.registry import Choice
from nnstudio.engine.spec import ExperimentSpec
from nnstudio.files.presets import load_presets
from nnstudio.ui.forms.data_field import split_summary
from nnstudio.ui.forms.experiment_form import ExperimentForm
from nnstudio.ui.forms.gallery import Gallery
from nnstudio.ui.forms.thumbnails import Thumbnails, thumbnail
from nnstudio.ui.theme import THEME_NAMES, load_theme

FLOWERS = Dataset.of_classes("flowers.csv", np.arange(8.0).reshape(4, 2), [0, 1, 0, 1], ["rose", "tulip"])
KEY = Qt.Key


@pytest.fixture
def make(qtbot: QtBot) -> Callable[..., ExperimentForm]:
    """Make a form of an experiment, in a window that has the focus."""

    def make(spec: ExperimentSpec | None = None, **settings: object) -> ExperimentForm:
        changes = {key.replace("__", "."): value for key, value in settings.items()}
        given = (spec or ExperimentSpec()).with_settings(changes)
        form = ExperimentForm(spec=given, presets=(), theme=load_theme("light"))
        qtbot.addWidget(form)
        form.resize(300, 640)
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


def find(form: ExperimentForm, name: str) -> Any:
    return next(widget for widget in form.findChildren(QWidget) if widget.objectName() == name)


def opened(form: ExperimentForm) -> Gallery:
    find(form, "data.name").showPopup()
    gallery = QApplication.activePopupWidget()
    assert isinstance(gallery, Gallery)
    return gallery


def press(qtbot: QtBot, gallery: Gallery, *keys: Qt.Key | str) -> str:
    """Press keys in the gallery; returns the name of the data set that has the focus then."""
    for key in keys:
        focused = gallery.focusWidget()
        if isinstance(key, str):
            qtbot.keyClicks(focused, key)
        else:
            qtbot.keyClick(focused, key)
    return gallery.focusWidget().entry.name


def pixels(pixmap: QPixmap) -> bytes:
    image = pixmap.toImage().convertToFormat(QImage.Format.Format_RGBA8888)
    return bytes(image.constBits())


# The gallery


def test_all_data_sets_are_offered_in_groups(form: ExperimentForm) -> None:
    gallery = opened(form)
    assert list(gallery.tiles) == list(DATASETS)
    headings = [label.text() for label in gallery.findChildren(QLabel)]
    assert headings == ["Logic", "Classes", "Several classes", "Numbers", "Measured", "Your own"]
    for name, tile in gallery.tiles.items():
        assert tile.isVisible() and gallery.rect().contains(tile.mapTo(gallery, tile.rect().center()))
        assert DATASETS[name].summary in tile.toolTip()
        assert tile.accessibleName() == DATASETS[name].label
    assert gallery.height() < 560  # below the field on a projector


@pytest.mark.parametrize(
    ("name", "heading"),
    [
        ("parity", "Logic"),
        ("circle", "Classes"),
        ("rings", "Several classes"),
        ("sine", "Numbers"),
        ("digits", "Measured"),
        ("own", "Your own"),
    ],
)
def test_a_group_is_what_the_data_are(form: ExperimentForm, name: str, heading: str) -> None:
    gallery = opened(form)
    places = {label.text(): label.mapTo(gallery, QPoint(0, 0)) for label in gallery.findChildren(QLabel)}
    tile = gallery.tiles[name].mapTo(gallery, gallery.tiles[name].rect().center())
    above = [(place.y(), place.x(), text) for text, place in places.items() if place.y() < tile.y()]
    line = max(y for y, _, _ in above)
    assert max((x, text) for y, x, text in above if y == line and x <= tile.x())[1] == heading


def test_the_mouse_chooses(form: ExperimentForm, qtbot: QtBot) -> None:
    qtbot.mouseClick(find(form, "data.name"), Qt.MouseButton.LeftButton)
    gallery = QApplication.activePopupWidget()
    qtbot.mouseClick(gallery.tiles["spiral"], Qt.MouseButton.LeftButton)
    assert form.edits == [("data.name", Choice("spiral"))]
    assert not gallery.isVisible()


@pytest.mark.parametrize("key", [KEY.Key_Return, KEY.Key_Space, KEY.Key_Down])
def test_keys_open_it_at_the_present_set(make: Callable[..., ExperimentForm], qtbot: QtBot, key: Qt.Key) -> None:
    form = make(data__name="moons")
    field = find(form, "data.name")
    field.setFocus()
    qtbot.keyClick(field, key)
    gallery = QApplication.activePopupWidget()
    assert gallery.focusWidget() is gallery.tiles["moons"]
    qtbot.keyClick(gallery.focusWidget(), KEY.Key_Escape)
    assert not gallery.isVisible()
    assert form.edits == []


def test_arrows_walk_through_it(form: ExperimentForm, qtbot: QtBot) -> None:
    gallery = opened(form)
    assert press(qtbot, gallery, KEY.Key_Right) == "and"
    assert press(qtbot, gallery, KEY.Key_Left, KEY.Key_Left) == "xor"
    assert press(qtbot, gallery, KEY.Key_Down) == "circle"
    assert press(qtbot, gallery, KEY.Key_End) == "own"
    assert press(qtbot, gallery, KEY.Key_Up) == "sine"
    assert press(qtbot, gallery, KEY.Key_Up) == "spiral_arms"  # a short line: the nearest in it
    assert press(qtbot, gallery, KEY.Key_Up) == "gauss"
    assert press(qtbot, gallery, KEY.Key_Home) == "xor"
    press(qtbot, gallery, KEY.Key_Down, KEY.Key_Down, KEY.Key_Return)
    assert form.edits == [("data.name", Choice("rings"))]


def test_letters_find_a_name(form: ExperimentForm, qtbot: QtBot) -> None:
    gallery = opened(form)
    assert press(qtbot, gallery, "p") == "parity"
    assert press(qtbot, gallery, "p") == "plane"  # the same letter again goes on
    gallery._end_typing()
    assert press(qtbot, gallery, "spiral a") == "spiral_arms"  # a space is part of a name that is being typed
    gallery._end_typing()
    assert press(qtbot, gallery, "zz") == "spiral_arms"
    gallery._end_typing()
    press(qtbot, gallery, KEY.Key_Space)
    assert form.edits == [("data.name", Choice("spiral_arms"))]


def test_shortcuts_of_the_window_rest_while_it_is_open(form: ExperimentForm, qtbot: QtBot) -> None:
    pressed = []
    for keys in ("Space", "N", "Right", "Home"):
        QShortcut(QKeySequence(keys), form).activated.connect(lambda keys=keys: pressed.append(keys))
    gallery = opened(form)
    press(qtbot, gallery, "n", KEY.Key_Right, KEY.Key_Home)
    gallery._end_typing()
    press(qtbot, gallery, KEY.Key_Space)
    assert pressed == []


def test_the_present_set_is_no_edit(form: ExperimentForm, qtbot: QtBot) -> None:
    gallery = opened(form)
    qtbot.mouseClick(gallery.tiles["xor"], Qt.MouseButton.LeftButton)
    assert form.edits == []


def test_it_follows_the_theme(form: ExperimentForm) -> None:
    gallery = opened(form)
    light = pixels(gallery.grab())
    gallery.hide()
    form.set_theme(load_theme("dark").zoomed(1.5))
    assert pixels(opened(form).grab()) != light


# The person's own samples


def test_own_data_are_asked_for_while_there_are_none(form: ExperimentForm, qtbot: QtBot) -> None:
    gallery = opened(form)
    with qtbot.waitSignal(form.own_data_wanted):
        qtbot.mouseClick(gallery.tiles["own"], Qt.MouseButton.LeftButton)
    assert form.edits == []
    assert find(form, "data.name").currentText() == "XOR"


def test_own_data_are_a_set_like_others_once_they_are_there(make: Callable[..., ExperimentForm], qtbot: QtBot) -> None:
    form = make(ExperimentSpec().with_own(FLOWERS).with_settings({"data.name": "xor"}))
    gallery = opened(form)
    qtbot.mouseClick(gallery.tiles["own"], Qt.MouseButton.LeftButton)
    assert form.edits == [("data.name", Choice("own"))]
    for seed in (1, 2):
        form.show_spec(ExperimentSpec().with_own(FLOWERS).with_settings({"seed": seed}))
    assert "flowers.csv" in find(form, "data.name").toolTip()
    assert find(form, "data.name").facts == "4 samples, 2 inputs, 1 output"


# Pictures


@pytest.mark.parametrize("theme", THEME_NAMES)
def test_no_two_pictures_are_alike(qapp: QApplication, theme: str) -> None:
    thumbnails, names = Thumbnails(DATASETS), [name for name in DATASETS if name != "own"]
    pictures = [thumbnails.picture(name, load_theme(theme), 2.0) for name in names]
    assert all((picture.width(), picture.height()) == (112, 88) for picture in pictures)
    assert len({pixels(picture) for picture in pictures}) == len(names)
    assert thumbnails.picture("own", load_theme(theme), 2.0) is None


def test_pictures_are_made_once_for_each_theme(qapp: QApplication) -> None:
    thumbnails, light, dark = Thumbnails(DATASETS), load_theme("light"), load_theme("dark")
    first = thumbnails.picture("iris", light, 1.0)
    assert thumbnails.picture("iris", light, 1.0) is first
    assert pixels(thumbnails.picture("iris", dark, 1.0)) != pixels(first)
    assert thumbnails.picture("iris", light, 1.0) is first


@pytest.mark.parametrize(
    "dataset",
    [
        Dataset.of_classes("one input", [[1.0], [2.0]], [0, 1], ["a", "b"]),
        Dataset.of_classes("one place", np.ones((5, 2)), [0, 1, 2, 0, 1], ["a", "b", "c"]),
        Dataset.of_classes("no spread", np.ones((5, 4)), [0, 1, 2, 0, 1], ["a", "b", "c"]),
        Dataset.of_numbers("flat", np.ones((3, 2)), np.zeros(3)),
        Dataset.of_numbers("many", np.arange(40.0).reshape(10, 4), np.arange(20.0).reshape(10, 2)),
        Dataset.of_numbers("single", [[1.0]], [2.0]),
        Dataset.of_numbers("large", np.linspace(-1, 1, 100_000).reshape(-1, 2), np.linspace(1e300, 1e308, 50_000)),
    ],
    ids=lambda dataset: dataset.title,
)
def test_anything_has_a_picture(qapp: QApplication, dataset: Dataset) -> None:
    assert not thumbnail(dataset, load_theme("light"), 1.0).isNull()


def test_a_missing_file_leaves_a_place_without_a_picture(
    make: Callable[..., ExperimentForm], monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    monkeypatch.setattr("nnstudio.engine.choices.datasets.shipped.resource", lambda *parts: tmp_path.joinpath(*parts))
    gallery = opened(make())
    assert gallery.tiles["iris"].isVisible()
    assert not gallery.grab().isNull()


# Samples, and who of them trains


def test_the_field_shows_the_samples_themselves(make: Callable[..., ExperimentForm]) -> None:
    form = make(data__name="circle")
    before = pixels(find(form, "data.name").grab())
    form.show_spec(ExperimentSpec().with_settings({"data.name": "circle:samples=50,noise=40"}))
    assert pixels(find(form, "data.name").grab()) != before
    assert find(form, "data.name").facts == "50 samples, 2 inputs, 1 output"


def test_other_settings_leave_the_samples_alone(
    make: Callable[..., ExperimentForm], monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = ExperimentSpec().with_settings({"data.name": "gauss:samples=50000"})
    form = make(spec)
    drawn = []

    def draw(*given: Any) -> QPixmap:
        drawn.append(given)
        return thumbnail(*given)

    monkeypatch.setattr("nnstudio.ui.forms.data_field.thumbnail", draw)
    for rate in (0.2, 0.3):
        form.show_spec(spec.with_settings({"training.learning_rate": rate, "network.hidden": "3", "seed": 5}))
    assert drawn == []
    form.show_spec(spec.with_settings({"data.seed": 1}))
    assert len(drawn) == 1


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({}, ""),
        ({"data.test_share": 0.5}, "trains on 250 of 500 samples, 250 test"),
        ({"data.validation_share": 0.1}, "trains on 450 of 500 samples, 50 validation"),
        (
            {"data.validation_share": 0.1, "data.test_share": 0.5},
            "trains on 200 of 500 samples, 50 validation, 250 test",
        ),
        (
            {"data.test_share": 0.5, "data.name": "circle:samples=50000"},
            "trains on 25,000 of 50,000 samples, 25,000 test",
        ),
    ],
)
def test_the_form_says_who_trains(make: Callable[..., ExperimentForm], settings: dict[str, object], words: str) -> None:
    spec = ExperimentSpec().with_settings({"data.name": "circle", **settings})
    assert split_summary(spec.parts()) == words
    form = make(spec)
    if words:
        assert find(form, "data.test_share.note").text() == words
        form.show_spec(ExperimentSpec())
    notes = [label for label in form.findChildren(QLabel) if label.objectName() == "data.test_share.note"]
    assert not any(label.isVisible() for label in notes)


def test_samples_and_noise_are_in_sight_and_the_rest_is_not(make: Callable[..., ExperimentForm]) -> None:
    form = make(data__name="circle")
    for key in ("data.name:samples", "data.name:noise", "data.test_share", "data.name.regenerate"):
        assert find(form, key).isVisibleTo(form)
    folded = [find(form, f"data.{key}") for key in ("targets", "scaling", "validation_share", "seed")]
    assert not any(field.isVisibleTo(form) for field in folded)
    find(form, "section.data.toggle").click()
    assert all(field.isVisibleTo(form) for field in folded)


@pytest.mark.parametrize(
    ("settings", "enabled", "words"),
    [
        ({"data.name": "circle"}, True, "draw other samples (G)"),
        ({"data.name": "circle", "data.test_share": 0.5}, True, "draw other samples, and who of them trains (G)"),
        ({"data.name": "iris", "data.test_share": 0.5}, True, "draw anew who trains"),
        ({"data.name": "iris"}, False, "With a test share above 0"),
        ({"data.name": "xor"}, False, "all of them train"),
        ({"data.name": "parity:bits=4", "data.validation_share": 0.25}, True, "draw anew who trains"),
    ],
)
def test_regenerate(
    make: Callable[..., ExperimentForm], qtbot: QtBot, settings: dict[str, object], enabled: bool, words: str
) -> None:
    if settings["data.name"] == "iris":
        settings = {**settings, "network.output_activation": "softmax", "training.loss": "softmax_cross_entropy"}
    form = make(ExperimentSpec().with_settings(settings))
    button = find(form, "data.name.regenerate")
    assert button.isEnabled() == enabled
    assert words in button.toolTip()
    if enabled:
        with qtbot.waitSignal(form.regenerate_wanted):
            button.click()


# Hiding


def menu_at(form: ExperimentForm, widget: QWidget) -> QMenu:
    place = widget.mapTo(form, widget.rect().center())
    form.contextMenuEvent(QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, form.mapToGlobal(place)))
    return form.findChild(QMenu, "form_menu")


def test_a_parameter_is_hidden_alone(make: Callable[..., ExperimentForm], qtbot: QtBot) -> None:
    form = make(data__name="circle")
    menu = menu_at(form, find(form, "data.name:noise"))
    assert [action.text() for action in menu.actions()] == ["Hide “Noise”", "Hide “Data”", "Show all settings"]
    with qtbot.waitSignal(form.hidden_chosen) as chosen:
        menu.actions()[0].trigger()
    menu.close()
    assert chosen.args == [{"data.name:noise"}]
    form.show_hidden(chosen.args[0])
    assert not find(form, "data.name:noise").isVisibleTo(form)
    assert find(form, "data.name:samples").isVisibleTo(form)
    unhide = find(form, "unhide")
    assert (unhide.text(), unhide.toolTip()) == ("Show 1 hidden setting", "Show these again: Noise (Data)")
    with qtbot.waitSignal(form.hidden_chosen) as chosen:
        unhide.click()
    form.show_hidden(chosen.args[0])
    assert find(form, "data.name:noise").isVisibleTo(form)
    assert not unhide.isVisibleTo(form)


def test_a_hidden_parameter_stays_hidden_with_another_choice(make: Callable[..., ExperimentForm]) -> None:
    form = make(data__name="circle")
    form.show_hidden({"data.name:noise", "training.regularizer:rate", "seed"})
    tip = "Show these again: Noise (Data), Rate (Regularizer), Seed"
    for settings in ({"data.name": "spiral", "training.regularizer": "l2"}, {"training.regularizer": "dropout"}):
        form.show_spec(ExperimentSpec().with_settings({"data.name": "moons", **settings}))
        for key in ("data.name:noise", "training.regularizer:rate", "seed"):
            assert not find(form, key).isVisibleTo(form)
        assert find(form, "data.name:samples").isVisibleTo(form)
        assert (find(form, "unhide").text(), find(form, "unhide").toolTip()) == ("Show 3 hidden settings", tip)
    form.show_spec(ExperimentSpec())
    assert find(form, "unhide").toolTip() == tip, "though nothing has such parameters now"
    form.show_spec(ExperimentSpec().with_settings({"data.name": "circle", "training.regularizer": "l1"}))
    form.show_hidden(())
    for key in ("data.name:noise", "training.regularizer:rate", "seed"):
        assert find(form, key).isVisibleTo(form)


def test_a_hidden_parameter_that_nothing_has_is_named_as_it_was_written(form: ExperimentForm) -> None:
    form.show_hidden({"data.name:blur", "seed:blur"})
    assert find(form, "unhide").toolTip() == "Show these again: blur (Data), blur (Seed)"


# Features


def test_chips_say_what_they_are(form: ExperimentForm) -> None:
    for name, entry in FEATURES.items():
        chip = find(form, f"data.features[{name}]")
        assert (chip.text(), chip.toolTip(), chip.isChecked()) == (entry.label, entry.summary, name in ("x1", "x2"))
    assert find(form, "data.features[sin_x2]").isVisibleTo(form)
    assert not find(form, "data.features[radius]").isVisibleTo(form)


def test_chips_by_mouse(form: ExperimentForm, qtbot: QtBot) -> None:
    qtbot.mouseClick(find(form, "data.features[product]"), Qt.MouseButton.LeftButton)
    assert form.edits == [("data.features", ("x1", "x2", "product"))]
    form.show_spec(ExperimentSpec().with_settings({"data.features": "x1,x2,product"}))
    qtbot.mouseClick(find(form, "data.features[x1]"), Qt.MouseButton.LeftButton)
    assert form.edits[1:] == [("data.features", ("x2", "product"))]
    assert not isinstance(QApplication.focusWidget(), type(find(form, "data.features[x1]")))


def test_chips_by_keyboard(form: ExperimentForm, qtbot: QtBot) -> None:
    chip = find(form, "data.features[x1]")
    chip.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(chip, KEY.Key_Right)
    second = QApplication.focusWidget()
    assert second is find(form, "data.features[x2]")
    qtbot.keyClick(second, KEY.Key_Space)
    assert form.edits == [("data.features", ("x1",))]


def test_the_last_chip_stays(make: Callable[..., ExperimentForm], qtbot: QtBot) -> None:
    form = make(data__features="x2")
    chip = find(form, "data.features[x2]")
    qtbot.mouseClick(chip, Qt.MouseButton.LeftButton)
    assert chip.isChecked()
    assert form.edits == []
    error = find(form, "data.features.error")
    assert error.isVisible() and error.text().startswith("x2: one has to stay")
    form.show_spec(ExperimentSpec())
    assert not error.isVisible()


def test_further_features_are_shown_when_they_are_asked_for_or_in_use(
    make: Callable[..., ExperimentForm],
) -> None:
    form = make(data__features="x1,radius")
    radius, angle, more = (find(form, f"data.features{part}") for part in ("[radius]", "[angle]", ".more"))
    assert radius.isVisibleTo(form) and not angle.isVisibleTo(form)
    assert more.toolTip() == "Show 5 more"
    more.click()
    assert angle.isVisibleTo(form)
    more.click()
    assert radius.isVisibleTo(form) and not angle.isVisibleTo(form)


def test_features_rest_where_there_are_not_two_inputs(make: Callable[..., ExperimentForm]) -> None:
    form = make(data__name="parity")
    assert not find(form, "data.features").isEnabled()
    assert "two inputs; this has 3" in find(form, "data.features").toolTip()
    assert find(form, "data.features[x1]").toolTip() == ""
    form.show_spec(ExperimentSpec())
    assert find(form, "data.features").isEnabled()
    assert find(form, "data.features[x1]").toolTip() == FEATURES["x1"].summary


def test_scripts_choose_features_by_text(form: ExperimentForm) -> None:
    find(form, "data.features").set_text("sin_x1, x1")
    find(form, "data.features").set_text("x9")
    assert form.edits == [("data.features", ("x1", "sin_x1")), ("data.features", "x9")]


# Examples


def test_examples_stand_in_groups(qtbot: QtBot) -> None:
    presets = load_presets()
    form = ExperimentForm(spec=ExperimentSpec(), presets=presets, theme=load_theme("light"))
    qtbot.addWidget(form)
    field = find(form, "preset")
    words = [field.itemText(row) for row in range(field.count())]
    assert words[:2] == ["Logic", "Tutorial XOR"]
    headings = ["Logic", "Classes", "Several classes", "Numbers", "Measured"]
    assert [word for word in words if word not in {preset.title for preset in presets}] == headings
    chosen = []
    form.preset_chosen.connect(chosen.append)
    field.setCurrentText("Numbers")
    assert chosen == []
    assert field.currentText() == "Tutorial XOR"
    field.setFocus()
    row = field.findText("Parity of 4 bits")
    field.setCurrentIndex(row)
    qtbot.keyClick(field, KEY.Key_Down)  # past the heading
    assert [preset.title for preset in chosen] == ["Parity of 4 bits", "As in TensorFlow Playground"]
