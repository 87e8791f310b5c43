"""A network is seen reading: what it answers to a sample, what it looks for, what it reads wrong, what is drawn."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
import threadpoolctl
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QImage, QKeyEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

sys.path.insert(0, str(Path(__file__).parent))
from panel_runs import LiveRun, trained

from nnstudio.engine.choices.datasets import Dataset
from nnstudio.engine.spec import ExperimentSpec
from nnstudio.engine.trainer import Trainer
from nnstudio.files.presets import load_presets
from nnstudio.insight.drawing import Framing
from nnstudio.insight.pictures import Answer, Reader
from nnstudio.session.controller import RunController
from nnstudio.session.run import Run
from nnstudio.ui.panels.pictures import PicturesPanel, mistakes
from nnstudio.ui.panels.pictures.bars import Bars
from nnstudio.ui.panels.pictures.signed import SignedInk, stepped_limit
from nnstudio.ui.theme import apply_theme, load_theme

PRESET = next(preset.spec for preset in load_presets() if preset.name == "digits")
LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
NO_KEYS = Qt.KeyboardModifier.NoModifier
SMALL, LARGE = (420, 300), (900, 560)
#: A few digits as somebody may draw them, in a square of 1 by 1.
DIGITS = {
    0: [(0.5, 0.1), (0.28, 0.25), (0.25, 0.6), (0.38, 0.88), (0.6, 0.88), (0.74, 0.6), (0.72, 0.25), (0.5, 0.1)],
    2: [(0.28, 0.3), (0.35, 0.13), (0.6, 0.11), (0.72, 0.3), (0.6, 0.52), (0.28, 0.88), (0.78, 0.88)],
    3: [(0.3, 0.15), (0.6, 0.1), (0.7, 0.28), (0.48, 0.46), (0.72, 0.65), (0.6, 0.88), (0.28, 0.84)],
    5: [(0.72, 0.1), (0.32, 0.1), (0.3, 0.45), (0.6, 0.45), (0.72, 0.65), (0.6, 0.88), (0.28, 0.85)],
    7: [(0.25, 0.12), (0.75, 0.12), (0.42, 0.9)],
}


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """As in the program: threads of the linear algebra library only hinder one another at these sizes."""
    with threadpoolctl.threadpool_limits(1):
        yield


@pytest.fixture(autouse=True, scope="module")
def light(qapp: QApplication) -> None:
    apply_theme(qapp, load_theme("light"))


@cache
def digits(epochs: int = 40, seed: int = 42) -> Run:
    live = LiveRun(PRESET.with_settings({"training.learning_rate": 0.003, "seed": seed}))
    return live.advance(epochs)


def own(settings: dict[str, object], epochs: int, shape: tuple[int, int] = (2, 2)) -> Run:
    """Return a run on pictures of two classes: ink above, or ink below."""
    rows, columns = shape
    pictures = np.zeros((8, rows, columns))
    pictures[::2, : rows // 2], pictures[1::2, rows // 2 :] = 255.0, 255.0
    dataset = Dataset.of_classes("mine", pictures.reshape(8, -1), [0, 1] * 4, ["above", "below"], image_shape=shape)
    base = {"data.scaling": "range", "network.hidden": "3", "training.learning_rate": 1.0}
    return LiveRun(ExperimentSpec().with_own(dataset).with_settings({**base, **settings})).advance(epochs)


def make(qtbot: QtBot, run: Run | None = None, size: tuple[int, int] = SMALL, view: str = "sample") -> PicturesPanel:
    panel = PicturesPanel(theme=load_theme("light"))
    qtbot.addWidget(panel)
    panel.resize(*size)
    panel.show()
    if run is not None:
        panel.start_run(run, ())
    panel.show_view(view)
    QApplication.processEvents()
    return panel


def predicted(run: Run, inputs: np.ndarray) -> np.ndarray:
    trainer = Trainer(run.spec)
    trainer.set_parameters(run.frame.parameters)
    return trainer.predict(inputs)


def drag(panel: PicturesPanel, points: list[tuple[float, float]], button: Qt.MouseButton = LEFT) -> None:
    canvas, place = panel.draw.canvas, panel.draw.canvas.pad_place
    spots = [QPoint(int(place.left() + x * place.width()), int(place.top() + y * place.height())) for x, y in points]
    QTest.mousePress(canvas, button, NO_KEYS, spots[0])
    for spot in spots[1:]:
        QTest.mouseMove(canvas, spot)
    QTest.mouseRelease(canvas, button, NO_KEYS, spots[-1])


# ---- sample --------------------------------------------------------------------------------------------------------


def test_the_bars_are_what_the_network_predicts(qtbot: QtBot) -> None:
    run = digits()
    panel = make(qtbot, run)
    panel.sample.show_sample(11)
    assert panel.sample.answer is not None
    expected = predicted(run, run.dataset.inputs[11:12])[0]
    assert panel.sample.answer.values == pytest.approx(expected.tolist(), abs=1e-12)
    header, rows = panel.numbers()
    assert header == ("sample", "class", "probability", "true class", "read as")
    assert [row[2] for row in rows] == list(panel.sample.answer.values)
    assert {row[3] for row in rows} == {run.dataset.class_names[run.dataset.labels[11]]}


def test_the_bars_follow_the_training(qtbot: QtBot) -> None:
    live = LiveRun(PRESET)
    panel = make(qtbot, live.run)
    before = panel.sample.answer
    panel.refresh(live.advance(2))
    assert panel.sample.answer != before
    assert panel.sample.answer.values == pytest.approx(live.run.frame.outputs[0].tolist())


def test_the_heading_says_what_is_read_and_what_is_true(qtbot: QtBot) -> None:
    run = digits()
    panel = make(qtbot, run)
    wrong = int(panel.mistakes.rows[0])
    panel.sample.show_sample(wrong)
    read, true = run.frame.outputs[wrong].argmax(), run.dataset.labels[wrong]
    assert panel.sample.canvas.heading == f"Reads {read}, true {true}"
    assert panel.sample.canvas.accessibleDescription() == f"Sample {wrong + 1}: Reads {read}, true {true}"


def test_keys_and_wheel_go_from_sample_to_sample(qtbot: QtBot) -> None:
    panel = make(qtbot, digits())
    canvas, last = panel.sample.canvas, digits().dataset.samples - 1
    for key, sample in (
        (Qt.Key.Key_Right, 1),
        (Qt.Key.Key_Down, 2),
        (Qt.Key.Key_Left, 1),
        (Qt.Key.Key_Up, 0),
        (Qt.Key.Key_Left, last),
        (Qt.Key.Key_PageDown, 9),
        (Qt.Key.Key_PageUp, last),
    ):
        QTest.keyClick(canvas, key)
        assert panel.sample.sample == sample and panel.sample.number.value() == sample + 1

    def turn(by: int) -> None:
        center, nothing = QPointF(canvas.rect().center()), QPoint()
        phase = Qt.ScrollPhase.NoScrollPhase
        wheel = QWheelEvent(center, center, nothing, QPoint(0, by), Qt.MouseButton.NoButton, NO_KEYS, phase, False)
        QApplication.sendEvent(canvas, wheel)

    turn(-120)
    assert panel.sample.sample == 0
    turn(-60)
    assert panel.sample.sample == 0, "half a notch of a touchpad"
    turn(-60)
    assert panel.sample.sample == 1
    turn(240)
    assert panel.sample.sample == last


def test_arrows_are_the_views_own_only_while_it_has_the_focus(qtbot: QtBot) -> None:
    panel = make(qtbot, digits())

    def takes(widget: QWidget, key: Qt.Key, modifiers: Qt.KeyboardModifier = NO_KEYS) -> bool:
        event = QKeyEvent(QKeyEvent.Type.ShortcutOverride, key, modifiers)
        event.ignore()
        QApplication.sendEvent(widget, event)
        return event.isAccepted()

    assert takes(panel.sample.canvas, Qt.Key.Key_Right)
    assert not takes(panel.sample.canvas, Qt.Key.Key_Space), "the run's, as everywhere"
    assert not takes(panel.sample.canvas, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert not takes(panel, Qt.Key.Key_Right)
    assert takes(panel.weights, Qt.Key.Key_Right) and takes(panel.draw.canvas, Qt.Key.Key_Backspace)
    for widget in (panel.sample.canvas, panel.weights, panel.mistakes, panel.draw.canvas):
        assert widget.focusPolicy() == Qt.FocusPolicy.StrongFocus
        assert widget.accessibleName() and widget.toolTip() and widget.objectName()


def test_only_mistakes_or_a_part_can_be_gone_through(qtbot: QtBot) -> None:
    run = digits()
    panel = make(qtbot, run)
    which, parts = panel.sample.which, run.spec.parts()
    assert [which.itemText(i) for i in range(which.count())] == ["All samples", "Mistakes", "Training", "Test"]

    def choose(text: str) -> None:
        which.setCurrentText(text)
        which.activated.emit(which.currentIndex())

    choose("Mistakes")
    wrong = np.sort(panel.mistakes.rows)
    assert panel.sample.sample in wrong
    panel.sample.number.stepUp()
    panel.sample.number.stepUp()
    assert panel.sample.sample in wrong
    panel.sample.number.setValue(5)  # a number that is typed is the number of a sample, whichever are gone through
    assert panel.sample.sample == 4
    for text, part in (("Test", 2), ("Training", 0)):
        choose(text)
        seen = set()
        for _ in range(5):
            seen.add(panel.sample.sample)
            panel.sample.step(1)
        assert len(seen) == 5 and all(parts[row] == part for row in seen)
        assert panel.sample.about.text() == f"of 1,797, {text.lower()}"


def test_the_sample_stays_when_the_network_begins_again(qtbot: QtBot) -> None:
    panel = make(qtbot, digits())
    panel.sample.show_sample(700)
    panel.start_run(digits(1, seed=1), ())
    assert panel.sample.sample == 700
    panel.start_run(own({}, 1), ())
    assert panel.sample.sample == 0 and panel.sample.number.maximum() == 8


def test_the_pixel_under_the_pointer_is_read_out(qtbot: QtBot) -> None:
    panel = make(qtbot, digits())
    canvas = panel.sample.canvas
    place = canvas._place
    spot = QPointF(place.left() + place.width() * 3.5 / 8, place.top() + place.height() * 0.5 / 8)
    QTest.mouseMove(canvas, spot.toPoint())
    value = digits().dataset.inputs[0, 3]
    assert canvas.reading == f"row 1 column 4 = {value:.4g}"


# ---- bars ----------------------------------------------------------------------------------------------------------


def test_where_not_all_bars_fit_the_largest_and_the_true_one_are_shown() -> None:
    bars = Bars(load_theme("light"))
    names = tuple(f"class {i}" for i in range(40))
    bars.set_names(names)
    bars.arrange(QImage(200, 60, QImage.Format.Format_RGB32).rect().toRectF())
    values = tuple(i / 40 for i in range(40))
    bars.set_answer(Answer(names, values, 39, "probability", "probability"), 2)
    assert 2 in bars.shown and 39 in bars.shown and 38 in bars.shown
    assert 3 <= len(bars.shown) < 8 and list(bars.shown) == sorted(bars.shown)


# ---- weights -------------------------------------------------------------------------------------------------------


def test_the_pictures_are_the_first_layers_weights(qtbot: QtBot) -> None:
    run = digits()
    panel = make(qtbot, run, view="weights")
    block = run.layout.blocks(run.frame.parameters)[0]
    assert np.array_equal(panel.weights.weights, block[:-1].T)
    assert panel.weights.count == 32 and len(panel.weights.in_sight) == 32
    assert np.abs(block[:-1]).max() <= panel.weights.limit
    _, rows = panel.numbers()
    assert ("h3", "row 1 column 2", "h3", block[1, 2]) in rows
    assert ("h3", "bias", "h3", block[-1, 2]) in rows
    assert len(rows) == 32 * (65 + 10)


def test_each_pixel_has_the_colour_and_from_some_size_on_the_mark_of_its_weight() -> None:
    theme = load_theme("light")
    ink = SignedInk(theme)
    values = np.array([[-1.0, 0.0, 1.0, 0.5]])

    def shown(side: int) -> np.ndarray:
        image = ink.image(values, 2, side, 1.0)
        assert (image.width(), image.height()) == (2 * side, 2 * side)
        pixels = [[image.pixel(x, y) for x in range(2 * side)] for y in range(2 * side)]
        return np.array(pixels).reshape(2, side, 2, side).swapaxes(1, 2).reshape(4, side, side)

    for side in (1, 3, 5, 9, 20):
        cells = shown(side)
        assert [int(cell[0, 0]) for cell in cells] == [int(ink.lut[i]) for i in (0, 128, 255, 191)]
    minus, zero, plus, _ = shown(20)
    marked = [cell != cell[0, 0] for cell in (minus, zero, plus)]
    assert marked[0].any(axis=1).sum() == 1 and marked[0].any(axis=0).sum() > 1, "a stroke across"
    assert not marked[1].any()
    assert np.array_equal(marked[2], marked[2].T) and marked[2].sum() > marked[0].sum(), "a cross"


def test_the_scale_moves_in_steps_and_is_slow_to_shrink() -> None:
    assert stepped_limit(0.0, np.array([-0.55, np.nan])) == pytest.approx(0.6)
    assert stepped_limit(0.6, np.array([0.4])) == 0.6
    assert stepped_limit(0.6, np.array([0.61])) == 0.8
    assert stepped_limit(0.6, np.array([0.1])) == pytest.approx(0.1)
    assert stepped_limit(0.0, np.zeros(3)) == 1.0


def test_a_click_enlarges_a_neuron_and_a_click_goes_back(qtbot: QtBot) -> None:
    run = digits()
    panel = make(qtbot, run, view="weights")
    weights = panel.weights
    QTest.mouseClick(weights, LEFT, NO_KEYS, weights.place(6).center().toPoint())
    assert weights.neuron == 6
    bias = run.layout.blocks(run.frame.parameters)[0][-1, 6]
    assert weights.heading == f"h7, bias {bias:.3f}".replace("-", "−")
    onward = run.layout.blocks(run.frame.parameters)[1][6]
    rows = panel.numbers()[1]
    assert len(rows) == 75 and [row[3] for row in rows[-10:]] == onward.tolist()
    QApplication.processEvents()
    QTest.mouseMove(weights, weights._large[0].topLeft().toPoint() + QPoint(2, 2))
    assert weights.reading.startswith("weight row 1 column 1 → h7 = ")
    QTest.mouseClick(weights, LEFT, NO_KEYS, weights._large[0].center().toPoint())
    assert weights.neuron is None


def test_neurons_are_walked_through_with_keys(qtbot: QtBot) -> None:
    weights = make(qtbot, digits(), view="weights").weights
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Down):
        QTest.keyClick(weights, key)
    assert weights.picked == 1 + weights._columns
    QTest.keyClick(weights, Qt.Key.Key_Return)
    assert weights.neuron == 1 + weights._columns and weights.back.isVisible()
    QTest.keyClick(weights, Qt.Key.Key_Right)
    assert weights.neuron == 2 + weights._columns
    QTest.keyClick(weights, Qt.Key.Key_Escape)
    assert weights.neuron is None and weights.picked == 2 + weights._columns
    weights.enlarge(0)
    weights.back.click()
    assert weights.neuron is None


def test_without_a_hidden_layer_the_outputs_weights_are_shown(qtbot: QtBot) -> None:
    run = LiveRun(PRESET.with_settings({"network.hidden": "none"})).advance(1)
    panel = make(qtbot, run, view="weights")
    assert panel.weights.count == 10 and panel.weights.heading == "Weights into the outputs"
    panel.weights.enlarge(3)
    QApplication.processEvents()
    assert panel.weights.heading.startswith("3, bias ")
    assert len(panel.numbers()[1]) == 65


def test_more_neurons_than_fit_are_scrolled_to(qtbot: QtBot) -> None:
    run = LiveRun(PRESET.with_settings({"network.hidden": "300"})).run
    weights = make(qtbot, run, view="weights").weights
    assert weights.in_sight.start == 0 and weights.in_sight.stop < 300
    for _ in range(40):
        weights.scrolled.emit(1)
    assert weights.in_sight.stop == 300
    weights.pick(0)
    assert weights.in_sight.start == 0


# ---- mistakes ------------------------------------------------------------------------------------------------------


def test_mistakes_stand_in_order_and_say_what_was_read(qtbot: QtBot) -> None:
    run = digits(4)
    panel = make(qtbot, run, view="mistakes")
    view, outputs, labels = panel.mistakes, run.frame.outputs, run.dataset.labels
    assert set(view.rows) == set(np.flatnonzero(outputs.argmax(axis=1) != labels))
    assert (np.diff(view.losses) <= 0).all()
    worst = view.rows[0]
    circle = mistakes.HELD_OUT if run.spec.parts()[worst] else ""
    assert view.text(0) == f"{circle}{labels[worst]} → {outputs[worst].argmax()}"
    held_out = (run.spec.parts()[view.rows] > 0).sum()
    assert view.heading == f"{len(view.rows)} mistakes among 1,797 samples, ○ {held_out} held out"
    header, rows = panel.numbers()
    assert header == ("sample", "part", "true class", "read as", "loss")
    assert rows[0] == (
        worst + 1,
        "test" if circle else "training",
        str(labels[worst]),
        view.text(0)[-1],
        view.losses[0],
    )
    assert len(rows) == len(view.rows) > len(view.in_sight)


def test_a_click_on_a_mistake_shows_the_sample(qtbot: QtBot) -> None:
    panel = make(qtbot, digits(4), view="mistakes")
    row = int(panel.mistakes.rows[3])
    QTest.mouseClick(panel.mistakes, LEFT, NO_KEYS, panel.mistakes.place(3).center().toPoint())
    assert panel.stage.views == (panel.sample,) and panel.sample.sample == row
    panel.show_view("mistakes")
    QTest.keyClick(panel.mistakes, Qt.Key.Key_Left)
    QTest.keyClick(panel.mistakes, Qt.Key.Key_Return)
    assert panel.sample.sample == panel.mistakes.rows[0]


def test_no_mistakes_are_said_in_words(qtbot: QtBot) -> None:
    panel = make(qtbot, own({}, 300), view="mistakes")
    assert panel.mistakes.heading == "No mistakes among 8 samples"
    panel.sample.which.setCurrentText("Mistakes")
    panel.sample.step(1)
    assert panel.sample.about.text() == "of 8, no mistakes"
    QTest.keyClick(panel.mistakes, Qt.Key.Key_Right)
    assert panel.mistakes.picked is None


def test_the_order_moves_only_a_few_times_a_second(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mistakes, "PAUSE", 100_000)
    live = LiveRun(PRESET)
    panel = make(qtbot, live.run, view="mistakes")
    before = panel.mistakes.rows
    for _ in range(5):
        live.advance(1)
        panel.refresh(live.run)
    assert panel.mistakes.rows is before
    monkeypatch.setattr(mistakes, "PAUSE", 20)
    panel.mistakes.sort()
    live.advance(5)
    panel.refresh(live.run)
    expected = np.flatnonzero(live.run.frame.outputs.argmax(axis=1) != live.run.dataset.labels)
    qtbot.waitUntil(lambda: sorted(panel.mistakes.rows) == expected.tolist())


def test_at_rest_the_order_is_that_of_the_last_frame(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mistakes, "PAUSE", 100_000)
    live = LiveRun(PRESET)
    panel = make(qtbot, live.run, view="mistakes")
    panel.refresh(live.advance(3))
    expected = np.flatnonzero(live.run.frame.outputs.argmax(axis=1) != live.run.dataset.labels)
    qtbot.waitUntil(lambda: sorted(panel.mistakes.rows) == expected.tolist())


# ---- draw ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("digit", DIGITS)
def test_what_is_drawn_is_read(qtbot: QtBot, digit: int) -> None:
    run = digits()
    panel = make(qtbot, run, view="draw")
    assert panel.draw.answer is None and panel.draw.canvas.heading == "Nothing drawn yet"
    drag(panel, DIGITS[digit])
    qtbot.waitUntil(lambda: panel.draw.answer is not None)
    assert panel.draw.answer.chosen == digit
    assert panel.draw.answer.values == pytest.approx(predicted(run, panel.draw.picture[None])[0].tolist())
    assert panel.draw.canvas.heading == f"Reads {digit}"
    _, rows = panel.numbers()
    assert [row[1] for row in rows] == list(panel.draw.answer.values)


def test_it_is_drawn_and_read_while_training_goes_on(qtbot: QtBot) -> None:
    live = LiveRun(PRESET)
    panel = make(qtbot, live.run, view="draw")
    drag(panel, DIGITS[3])
    panel.draw.read()
    picture, before = panel.draw.picture, panel.draw.answer
    panel.refresh(live.advance(3))
    assert panel.draw.picture is picture and panel.draw.answer != before
    assert panel.draw.answer.values == pytest.approx(predicted(live.run, picture[None])[0].tolist())
    panel.start_run(digits(), ())
    assert len(panel.draw.canvas.pad.strokes) == 1, "a new network reads what is there"
    assert panel.draw.answer.chosen == 3


def test_strokes_are_taken_back_one_by_one(qtbot: QtBot) -> None:
    panel = make(qtbot, digits(), view="draw")
    draw, pad = panel.draw, panel.draw.canvas.pad
    assert not draw.undo.isEnabled() and not draw.clear.isEnabled()
    drag(panel, [(0.2, 0.2), (0.8, 0.2)])
    drag(panel, [(0.5, 0.1), (0.5, 0.9)])
    draw.read()
    drawn = pad.strokes
    assert len(drawn) == 2 and draw.undo.isEnabled() and draw.clear.isEnabled()
    draw.clear.click()
    draw.read()
    assert pad.strokes == () and draw.picture is None and draw.answer is None
    draw.undo.click()
    assert pad.strokes == drawn, "clearing is taken back too"
    QTest.keyClick(draw.canvas, Qt.Key.Key_Backspace)
    assert pad.strokes == drawn[:1]
    QTest.keyClick(draw.canvas, Qt.Key.Key_Delete)
    assert pad.strokes == ()
    for _ in range(5):
        draw.undo.click()
    draw.read()
    assert pad.strokes == () and not draw.undo.isEnabled()


def test_the_right_button_erases(qtbot: QtBot) -> None:
    panel = make(qtbot, digits(), view="draw")
    pad = panel.draw.canvas.pad
    drag(panel, [(0.1, 0.5), (0.9, 0.5)])
    whole = pad.strokes
    drag(panel, [(0.5, 0.2), (0.5, 0.8)], RIGHT)
    assert len(pad.strokes) == 2 and pad.strokes[0][:, 0].max() < 4 < pad.strokes[1][:, 0].min()
    drag(panel, [(0.5, 0.9), (0.6, 0.95)], RIGHT)
    panel.draw.canvas.undo()
    assert pad.strokes == whole, "erasing where nothing is counts as nothing"
    canvas, center = panel.draw.canvas, panel.draw.canvas.pad_place.center().toPoint()
    menu = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, center, canvas.mapToGlobal(center))
    QApplication.sendEvent(canvas, menu)
    assert menu.isAccepted() and not panel.more_menu.isVisible()


def test_a_stroke_ends_at_the_edge_of_the_pad(qtbot: QtBot) -> None:
    panel = make(qtbot, digits(), view="draw")
    drag(panel, [(0.5, 0.5), (1.6, 0.5), (0.5, -0.4)])
    (stroke,) = panel.draw.canvas.pad.strokes
    assert stroke.min() >= 0 and stroke.max() <= 8
    drag(panel, [(1.2, 0.5), (0.5, 0.5)])
    assert len(panel.draw.canvas.pad.strokes) == 1, "what begins beside the pad is no stroke"


def test_a_thicker_pen_brings_more_ink(qtbot: QtBot) -> None:
    panel = make(qtbot, digits(), view="draw")
    drag(panel, DIGITS[3])
    inks = []
    for pen in ("thin", "medium", "thick"):
        panel.draw.pens.choose(pen)
        inks.append(panel.draw.picture.sum())
    assert inks[0] < inks[1] < inks[2]
    assert inks[1] == pytest.approx(Framing.of(digits().dataset).ink, rel=0.1)


def test_pictures_of_another_size_begin_with_an_empty_pad(qtbot: QtBot) -> None:
    panel = make(qtbot, digits(), view="draw")
    drag(panel, DIGITS[3])
    panel.start_run(own({}, 1, (6, 4)), ())
    assert panel.draw.canvas.pad.strokes == () and panel.draw.picture is None
    place = panel.draw.canvas.pad_place
    assert place.height() == pytest.approx(place.width() * 1.5)
    drag(panel, [(0.2, 0.2), (0.8, 0.8)])
    panel.draw.read()
    assert panel.draw.picture.shape == (24,) and panel.draw.picture.max() == 255


# ---- all of it -----------------------------------------------------------------------------------------------------


def test_data_without_pictures_says_what_to_do(qtbot: QtBot) -> None:
    panel = make(qtbot, trained())
    button = panel.findChild(QPushButton, "pictures_digits")
    assert panel.stage.views == () and button.isVisible() and "Choose Handwritten digits" in panel.stage.message
    with qtbot.waitSignal(panel.digits_wanted):
        button.click()
    assert panel.numbers() == ((), ())
    panel.refresh(trained(epochs=3))
    panel.start_run(digits(), ())
    assert panel.stage.views == (panel.sample,) and not button.isVisible()
    panel.start_run(trained(), ())
    assert panel.stage.views == ()


def test_before_the_first_run_there_is_nothing_to_choose(qtbot: QtBot) -> None:
    panel = make(qtbot)
    assert panel.stage.message == "No network yet" and panel.numbers() == ((), ())
    assert not panel.picture().isNull()
    for view in ("weights", "draw", "mistakes", "sample"):
        panel.show_view(view)


def test_where_there_is_room_all_views_are_shown(qtbot: QtBot) -> None:
    run = digits()
    panel = make(qtbot, run)
    (chooser,) = panel.controls()
    assert panel.stage.views == (panel.sample,) and not chooser.isHidden()
    panel.resize(*LARGE)
    QApplication.processEvents()
    views = panel.stage.views
    assert views == (panel.sample, panel.weights, panel.draw, panel.mistakes) and chooser.isHidden()
    assert all(view.isVisible() for view in views)
    places = [view.geometry() for view in views]
    assert not any(a.intersects(b) for a in places for b in places if a is not b)
    header, rows = panel.numbers()
    assert header[:6] == ("sample", "part", "true class", "read as", "loss", "output 0") and len(header) == 15
    assert len(rows) == 1797 and list(rows[8][5:]) == run.frame.outputs[8].tolist()
    QTest.mouseClick(panel.mistakes, LEFT, NO_KEYS, panel.mistakes.place(1).center().toPoint())
    assert panel.sample.sample == panel.mistakes.rows[1] and len(panel.stage.views) == 4
    panel.resize(*SMALL)
    QApplication.processEvents()
    assert panel.stage.views == (panel.sample,)


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["small", "large"])
@pytest.mark.parametrize("view", ["sample", "weights", "draw", "mistakes"])
def test_pictures_and_drawings_are_saved(qtbot: QtBot, tmp_path: Path, view: str, size: tuple[int, int]) -> None:
    panel = make(qtbot, digits(), size, view)
    assert panel.save_picture(tmp_path / "p.png") and panel.save_picture(tmp_path / "p.svg")
    image = QImage(str(tmp_path / "p.png"))
    assert (image.width(), image.height()) == (2 * size[0], 2 * size[1])
    svg = "{http://www.w3.org/2000/svg}"
    root = ElementTree.parse(tmp_path / "p.svg").getroot()
    texts = " ".join("".join(text.itertext()) for text in root.iter(f"{svg}text"))
    expected = {"sample": "Sample 1 of 1,797", "weights": "h32", "draw": "Drawn by hand", "mistakes": "mistakes among"}
    assert expected[view] in texts
    assert "Undo stroke" not in texts, "controls are no part of a picture"
    assert panel.save_numbers(tmp_path / "p.csv")


def test_a_panel_that_was_never_shown_has_a_picture_too(qtbot: QtBot) -> None:
    theme = load_theme("light")
    hidden, shown = PicturesPanel(theme=theme), make(qtbot, digits(), LARGE)
    qtbot.addWidget(hidden)
    hidden.resize(*LARGE)
    hidden.start_run(digits(), ())
    first, second = (panel.picture().convertToFormat(QImage.Format.Format_RGB32) for panel in (hidden, shown))
    pixels = [np.array(image.constBits()).reshape(image.height(), -1) for image in (first, second)]
    assert (pixels[0] != pixels[1]).mean() < 0.002


def test_the_theme_changes_at_run_time(qtbot: QtBot) -> None:
    panel = make(qtbot, digits(), LARGE)
    dark = load_theme("dark")
    apply_theme(QApplication.instance(), dark)
    panel.set_theme(dark)
    QApplication.processEvents()
    image = panel.picture()
    for corner in (QPoint(2, 2), QPoint(2, image.height() - 3), QPoint(image.width() - 3, image.height() - 3)):
        assert image.pixelColor(corner) == dark.color("plot_background")
    apply_theme(QApplication.instance(), load_theme("light"))


@pytest.mark.parametrize("size", [(1, 1), (40, 30), (120, 90), (300, 60), (90, 400), (761, 421), (1600, 900)], ids=str)
def test_it_fits_into_any_size(qtbot: QtBot, size: tuple[int, int]) -> None:
    panel = make(qtbot, digits())
    panel.setMinimumSize(0, 0)
    panel.resize(*size)
    for view in ("sample", "weights", "draw", "mistakes"):
        panel.show_view(view)
        if view == "weights":
            panel.weights.enlarge(1)
        QApplication.processEvents()
        panel.picture()


RUNS: dict[str, dict[str, object]] = {
    "one probability": {"network.output_activation": "sigmoid", "training.loss": "binary_cross_entropy"},
    "one output": {"network.output_activation": "linear", "training.loss": "hinge"},
    "signed": {"network.output_activation": "tanh", "data.targets": "signed"},
    "no hidden layer": {"network.hidden": "none"},
    "deep": {"network.hidden": "5,4,3"},
    "single precision": {"precision": "float32"},
    "diverged": {"network.output_activation": "linear", "training.learning_rate": 900.0},
}


@pytest.mark.parametrize(("number", "settings"), list(enumerate(RUNS.values())), ids=RUNS.keys())
def test_a_persons_own_pictures_of_any_kind_are_shown(qtbot: QtBot, number: int, settings: dict[str, object]) -> None:
    shape = ((28, 28), (2, 2), (3, 40))[number % 3]
    panel = make(qtbot, own(settings, 40, shape), LARGE)
    drag(panel, [(0.2, 0.2), (0.8, 0.3)])
    panel.draw.read()
    QApplication.processEvents()
    panel.weights.enlarge(0)
    panel.mistakes.pick(0 if panel.mistakes.count else None)
    assert not panel.picture().isNull() and len(panel.numbers()[1]) == 8
    assert panel.sample.canvas.heading in {f"Reads {read}, true above" for read in ("above", "below")}


def test_a_single_output_is_no_probability_and_says_what_it_means(qtbot: QtBot) -> None:
    panel = make(qtbot, own(RUNS["one output"], 5))
    assert panel.sample.answer.meaning == "output, below above 0"
    assert panel.numbers()[0][2] == "output"


@pytest.fixture
def controller(qtbot: QtBot) -> Iterator[RunController]:
    controller = RunController()
    yield controller
    controller.close()


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["small", "large"])
def test_a_live_run_is_followed(qtbot: QtBot, controller: RunController, size: tuple[int, int]) -> None:
    controller.start_run(replace(PRESET, training=replace(PRESET.training, epochs=150)))
    qtbot.waitUntil(lambda: controller.run is not None)
    panel = make(qtbot, controller.run, size)
    controller.frame_ready.connect(panel.refresh)
    controller.set_running(True)
    qtbot.waitUntil(lambda: controller.run.frame.epoch > 0, timeout=20_000)
    if size == LARGE:
        drag(panel, DIGITS[3])
    ended = lambda: controller.run.frame.stopped is not None and not controller.run.frame.training  # noqa: E731
    qtbot.waitUntil(ended, timeout=20_000)
    run = controller.run
    expected = Reader(run.spec).outputs(run.frame.parameters, run.dataset.inputs[:1])[0]
    assert panel.sample.answer.values == tuple(expected.tolist())
    if size == LARGE:
        qtbot.waitUntil(lambda: panel.draw.answer is not None)
        assert panel.draw.answer.chosen == 3
        wrong = np.flatnonzero(run.frame.outputs.argmax(axis=1) != run.dataset.labels)
        qtbot.waitUntil(lambda: sorted(panel.mistakes.rows) == wrong.tolist())


def test_the_example_learns_to_read_what_it_has_not_seen() -> None:
    trainer = Trainer(PRESET)
    trainer.train(200)  # a tenth of its epochs is enough
    data, test = trainer.dataset, PRESET.parts() == 2
    right = trainer.predict(data.inputs).argmax(axis=1) == data.labels
    assert right[test].mean() >= 0.95
