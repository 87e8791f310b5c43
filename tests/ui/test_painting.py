"""Points are painted on the plane with the mouse: every stroke is sent once, and what is too little to learn waits."""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt, Slot
from PySide6.QtGui import QContextMenuEvent, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QSlider, QToolButton
from pytestqt.qtbot import QtBot

sys.path.insert(0, str(Path(__file__).parent))
from panel_runs import LiveRun

from nnstudio.engine.choices.datasets import Dataset
from nnstudio.engine.spec import ExperimentSpec
from nnstudio.session.painting import MOST_POINTS
from nnstudio.session.session import Session
from nnstudio.ui.panels.surface import SurfacePanel
from nnstudio.ui.theme import apply_theme, load_theme

LIGHT = load_theme("light")
LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
Place = tuple[float, float]


@pytest.fixture(autouse=True, scope="module")
def look(qapp: QApplication) -> None:
    apply_theme(qapp, LIGHT)


class Learner(QObject):
    """Takes what is painted as the window does: it becomes the data of the next run."""

    def __init__(self, panel: SurfacePanel, settings: Mapping[str, object], own: Dataset | None = None) -> None:
        super().__init__()
        self.panel = panel
        self.spec = ExperimentSpec().with_settings(dict(settings), own)
        self.strokes: list[tuple[Dataset, str]] = []
        self.answers = True
        panel.data_painted.connect(self.take)
        self.start()

    @Slot(object, str)
    def take(self, dataset: Dataset, text: str) -> None:
        self.strokes.append((dataset, text))
        if self.answers:
            self.learn(dataset)

    def learn(self, dataset: Dataset) -> None:
        changes: dict[str, object] = {"data.name": "own"}
        if len(dataset.class_names) > 2:
            changes |= {"network.output_activation": "softmax", "training.loss": "softmax_cross_entropy"}
        self.spec = self.spec.with_settings(changes, dataset)
        self.start()

    def start(self) -> None:
        self.panel.start_run(LiveRun(self.spec).run, ())


@pytest.fixture
def panel(qtbot: QtBot) -> SurfacePanel:
    made = SurfacePanel(theme=LIGHT)
    qtbot.addWidget(made)
    made.resize(420, 330)
    made.show()
    return made


CIRCLE = {"data.name": "circle:samples=40"}
PLANE = {"data.name": "plane:samples=30", "network.output_activation": "linear"}


@pytest.fixture
def learner(panel: SurfacePanel) -> Learner:
    made = Learner(panel, CIRCLE)
    begin(panel)
    return made


def begin(panel: SurfacePanel) -> None:
    panel.paint_button.click()
    QApplication.processEvents()


def pixels(panel: SurfacePanel, place: Place) -> QPoint:
    axes = panel.view.axes
    return QPoint(round(axes.x(place[0])), round(axes.y(place[1])))


def drag(panel: SurfacePanel, *places: Place, button: Qt.MouseButton = LEFT) -> None:
    """Press at the first place, go along the others, and let go."""
    view, points = panel.view, [pixels(panel, place) for place in places]
    QTest.mousePress(view, button, Qt.KeyboardModifier.NoModifier, points[0])
    for point in points[1:]:
        place = QPointF(view.mapToGlobal(point))
        move = QMouseEvent(QEvent.Type.MouseMove, QPointF(point), place, button, button, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(view, move)
    QTest.mouseRelease(view, button, Qt.KeyboardModifier.NoModifier, points[-1])
    QApplication.processEvents()


def child(panel: SurfacePanel, name: str) -> QToolButton:
    found = panel.findChild(QToolButton, f"surface_paint_{name}")
    assert found is not None, name
    return found


# ---- strokes -------------------------------------------------------------------------------------------------------


def test_a_left_drag_adds_points_of_the_chosen_class_along_the_way(panel: SurfacePanel, learner: Learner) -> None:
    child(panel, "class_2").click()
    drag(panel, (-4.0, 5.0), (0.0, 5.0), (4.0, 5.0))
    ((dataset, text),) = learner.strokes
    added = dataset.inputs[40:]
    assert text == f"painting of {len(added)} points"
    assert dataset.labels[40:].tolist() == [1] * len(added)
    assert dataset.inputs[:40].tolist() == ExperimentSpec().with_settings(CIRCLE).dataset().inputs.tolist()
    assert (dataset.title, dataset.class_names) == ("Circle, painted", ("outside", "inside"))
    axes = panel.view.axes
    assert np.abs(added[:, 1] - 5).max() < 6 / axes.rect.height() * 12
    steps = np.diff(axes.x(added[:, 0]))
    assert steps == pytest.approx(12, abs=0.01), "evenly spaced"
    assert added[0, 0] == pytest.approx(-4, abs=0.05) and added[-1, 0] == pytest.approx(4, abs=0.4)
    assert len(panel.view.samples.rows) == dataset.samples


def test_a_click_adds_one_point(panel: SurfacePanel, learner: Learner) -> None:
    drag(panel, (1.0, 2.0))
    ((dataset, text),) = learner.strokes
    assert text == "painting of a point"
    assert dataset.inputs[40:] == pytest.approx(np.array([[1.0, 2.0]]), abs=0.05)
    assert dataset.labels[40:].tolist() == [0]


def test_a_spray_scatters_points_within_the_brush(panel: SurfacePanel, learner: Learner) -> None:
    panel.findChild(QSlider, "surface_paint_brush").setValue(20)
    drag(panel, (-3.0, 0.0), (3.0, 0.0))
    ((dataset, _),) = learner.strokes
    axes, added = panel.view.axes, dataset.inputs[40:]
    away = axes.y(added[:, 1]) - axes.y(0.0)
    assert len(added) > 30 and np.abs(away).max() <= 21 and np.ptp(away) > 15


def test_points_outside_the_plane_are_not_painted(panel: SurfacePanel, learner: Learner) -> None:
    high = panel.view.axes.y_range[1]
    drag(panel, (0.0, high - 0.1), (0.0, high + 0.6), (1.5, high + 0.6), (1.5, high - 0.1))
    ((dataset, _),) = learner.strokes
    assert (dataset.inputs[40:, 1] <= high).all()
    drag(panel, (0.0, high + 0.6), (0.0, 0.0))
    assert len(learner.strokes) == 1, "a stroke begins on the plane"


def test_a_right_drag_erases_and_so_does_the_eraser(panel: SurfacePanel, learner: Learner) -> None:
    panel.findChild(QSlider, "surface_paint_brush").setValue(30)
    places = learner.spec.dataset().inputs
    drag(panel, tuple(places[0]), tuple(places[1]), button=RIGHT)
    ((dataset, text),) = learner.strokes
    gone = 40 - dataset.samples
    assert gone >= 2 and text == f"erasing of {gone} points"
    left = {tuple(row) for row in dataset.inputs.tolist()}
    assert tuple(places[0]) not in left and tuple(places[1]) not in left
    child(panel, "erase").click()
    kept = dataset.inputs[0]
    drag(panel, tuple(kept))
    assert tuple(kept) not in {tuple(row) for row in learner.strokes[1][0].inputs.tolist()}
    drag(panel, (5.9, 5.9), button=RIGHT)
    assert len(learner.strokes) == 2, "nothing was there: nothing has happened"


def test_points_show_while_the_stroke_goes_on(panel: SurfacePanel, learner: Learner) -> None:
    before = panel.view.grab().toImage()
    QTest.mousePress(panel.view, LEFT, Qt.KeyboardModifier.NoModifier, pixels(panel, (-4.5, 4.5)))
    assert not learner.strokes
    point = pixels(panel, (-4.5, 4.5))
    after = panel.view.grab().toImage()
    assert after.pixelColor(point) != before.pixelColor(point)
    assert after.pixelColor(point) == LIGHT.class_color(0)
    QTest.mouseRelease(panel.view, LEFT, Qt.KeyboardModifier.NoModifier, point)
    assert len(learner.strokes) == 1


def test_the_pointer_shows_the_size_of_the_brush(panel: SurfacePanel, learner: Learner) -> None:
    panel.findChild(QSlider, "surface_paint_brush").setValue(25)
    point = pixels(panel, (0.0, 0.0))
    drag(panel, (0.0, 0.0))
    rim = panel.view.grab().toImage().pixelColor(point.x() + 25, point.y())
    assert rim.lightness() < 160
    assert panel.view.cursor().shape() is Qt.CursorShape.CrossCursor


# ---- classes -------------------------------------------------------------------------------------------------------


def test_classes_are_added_up_to_six(panel: SurfacePanel, learner: Learner) -> None:
    add = child(panel, "add")
    for _ in range(4):
        add.click()
    assert not add.isEnabled()
    chips = [child(panel, f"class_{number}") for number in range(1, 7)]
    assert [chip.accessibleName() for chip in chips][:3] == ["Paint outside", "Paint inside", "Paint class 3"]
    assert chips[5].isChecked() and all(chip.toolTip() and not chip.icon().isNull() for chip in chips)
    assert not learner.strokes, "nothing is painted yet"
    chips[2].click()
    drag(panel, (4.0, 4.0), (5.0, 4.0))
    ((dataset, _),) = learner.strokes
    assert dataset.class_names == ("outside", "inside", "class 3")
    assert [entry.text for entry in panel.view.legend][:3] == ["outside", "inside", "class 3"]
    assert child(panel, "class_3").isChecked(), "the next stroke has the same class"


def test_everything_on_the_strip_explains_itself(panel: SurfacePanel, learner: Learner) -> None:
    for kind in (QToolButton, QSlider):
        for widget in panel.easel.strip.findChildren(kind):
            assert widget.toolTip() and widget.accessibleName() and widget.objectName()


def test_all_samples_are_shown_while_points_are_painted(panel: SurfacePanel) -> None:
    Learner(panel, {"data.name": "circle:samples=80", "data.test_share": 0.25})
    assert len(panel.view.samples.rows) == 60
    begin(panel)
    assert len(panel.view.samples.rows) == 80 and panel.view.samples.hollow.sum() == 20
    assert panel.test_button.isChecked() and not panel.test_button.isEnabled()
    panel.paint_button.click()
    assert not panel.test_button.isChecked() and panel.test_button.isEnabled()


# ---- from empty ----------------------------------------------------------------------------------------------------


def test_an_empty_plane_waits_for_points_of_two_classes(panel: SurfacePanel) -> None:
    learner = Learner(panel, {})
    begin(panel)
    child(panel, "empty").click()
    assert panel.view.caption == "Paint at least one point of two classes"
    assert len(panel.view.samples.rows) == 0
    axes = panel.view.axes
    assert (axes.x_range, axes.y_range) == ((-6.0, 6.0), (-6.0, 6.0))
    drag(panel, (-3.0, 0.0), (-3.0, 2.0))
    shown = len(panel.view.samples.rows)
    assert shown > 2 and not learner.strokes, "the points are there, and wait"
    child(panel, "class_2").click()
    drag(panel, (3.0, 0.0))
    ((dataset, _),) = learner.strokes
    assert (dataset.title, dataset.class_names) == ("Painted points", ("class 1", "class 2"))
    assert dataset.samples == shown + 1
    assert panel.view.caption == ""
    assert panel.view.axes.x_range == (-6.0, 6.0), "the plane stays while it is painted on"
    panel.paint_button.click()
    assert panel.view.axes.x_range == pytest.approx((-3.6, 3.6), abs=0.1)


def test_what_waits_is_taken_back_stroke_by_stroke(panel: SurfacePanel, learner: Learner) -> None:
    back = child(panel, "back")
    assert not back.isEnabled()
    child(panel, "empty").click()
    drag(panel, (1.0, 1.0))
    drag(panel, (2.0, 1.0))
    counts = [len(panel.view.samples.rows)]
    while back.isEnabled():
        back.click()
        counts.append(len(panel.view.samples.rows))
    assert counts == [2, 1, 0, 40]
    assert not learner.strokes


def test_points_that_wait_survive_a_new_run_of_the_same_data_only(panel: SurfacePanel, learner: Learner) -> None:
    child(panel, "empty").click()
    drag(panel, (1.0, 1.0))
    learner.spec = learner.spec.with_settings({"seed": 7})
    learner.start()
    assert len(panel.view.samples.rows) == 1
    learner.spec = learner.spec.with_settings({"data.seed": 7})
    learner.start()
    assert len(panel.view.samples.rows) == 40
    assert panel.view.caption == ""


def test_points_that_wait_are_gone_when_painting_ends(panel: SurfacePanel, learner: Learner) -> None:
    child(panel, "empty").click()
    drag(panel, (1.0, 1.0))
    panel.paint_button.click()
    assert len(panel.view.samples.rows) == 40 and panel.view.caption == ""
    assert not panel.easel.strip.isVisible()
    drag(panel, (1.0, 1.0), (2.0, 2.0))
    assert not learner.strokes


# ---- in step with the experiment -----------------------------------------------------------------------------------


def test_strokes_in_quick_succession_are_all_there(panel: SurfacePanel, learner: Learner) -> None:
    learner.answers = False  # a run takes a moment to begin
    drag(panel, (1.0, 5.0))
    drag(panel, (2.0, 5.0))
    (first, _), (second, _) = learner.strokes
    assert (first.samples, second.samples) == (41, 42)
    learner.learn(first)
    assert len(panel.view.samples.rows) == 42, "the run of the first stroke does not take the second away"
    learner.learn(second)
    assert len(panel.view.samples.rows) == 42
    drag(panel, (3.0, 5.0))
    assert learner.strokes[-1][0].samples == 43


def test_a_run_that_begins_in_the_middle_of_a_stroke_does_not_end_it(panel: SurfacePanel, learner: Learner) -> None:
    learner.answers = False
    drag(panel, (1.0, 5.0))
    QTest.mousePress(panel.view, LEFT, Qt.KeyboardModifier.NoModifier, pixels(panel, (3.0, 5.0)))
    learner.learn(learner.strokes[0][0])
    QTest.mouseRelease(panel.view, LEFT, Qt.KeyboardModifier.NoModifier, pixels(panel, (3.0, 5.0)))
    assert learner.strokes[-1][0].samples == 42


def test_undone_strokes_are_gone_from_the_plane(panel: SurfacePanel, learner: Learner) -> None:
    before = learner.spec
    drag(panel, (1.0, 5.0), (3.0, 5.0))
    after = learner.spec
    assert len(panel.view.samples.rows) > 41
    learner.spec = before
    learner.start()
    assert len(panel.view.samples.rows) == 40
    drag(panel, (1.0, 5.0))
    assert learner.strokes[-1][0].samples == 41
    learner.spec = after
    learner.start()
    assert len(panel.view.samples.rows) == after.dataset().samples


def test_other_data_without_a_plane_puts_the_brush_away(panel: SurfacePanel, learner: Learner) -> None:
    learner.spec = ExperimentSpec().with_settings({"data.name": "parity:bits=4"})
    learner.start()
    assert not panel.paint_button.isEnabled() and not panel.paint_button.isChecked()
    assert "two inputs" in panel.paint_button.toolTip()
    assert not panel.easel.strip.isVisible()
    assert panel.view.tool is None


def test_the_session_learns_what_is_painted_and_undo_takes_it_back(panel: SurfacePanel, qtbot: QtBot) -> None:
    session = Session(spec=ExperimentSpec().with_settings({**CIRCLE, "training.reduction": "mean"}))

    class Window(QObject):
        @Slot(object)
        def show(self, run: object) -> None:
            panel.start_run(run, ())

        @Slot(object, str)
        def use(self, dataset: Dataset, text: str) -> None:
            session.use_data(dataset, text, keep_weights=True)

    window = Window()
    session.run_started.connect(window.show)
    panel.data_painted.connect(window.use)
    try:
        qtbot.waitUntil(lambda: panel.run is not None)
        session.step_epoch()
        qtbot.waitUntil(lambda: session.run.frame.epoch == 1)
        begin(panel)
        drag(panel, (-4.0, 5.0), (4.0, 5.0))
        qtbot.waitUntil(lambda: panel.run.dataset.samples > 40)
        assert panel.run.frame.epoch == 1, "the weights are kept, and training goes on"
        assert session.undo_stack.undoText().startswith("painting of ")
        painted = panel.run.dataset.samples
        drag(panel, (-4.0, -5.0), (4.0, -5.0))
        qtbot.waitUntil(lambda: panel.run.dataset.samples > painted)
        session.undo_stack.undo()
        qtbot.waitUntil(lambda: panel.run.dataset.samples == painted)
        assert len(panel.view.samples.rows) == painted
        session.undo_stack.undo()
        qtbot.waitUntil(lambda: panel.run.dataset.samples == 40)
        assert len(panel.view.samples.rows) == 40
    finally:
        session.close()


# ---- numbers -------------------------------------------------------------------------------------------------------


def test_numbers_are_painted_with_the_value_of_the_slider(panel: SurfacePanel) -> None:
    learner = Learner(panel, PLANE)
    begin(panel)
    targets = learner.spec.dataset().targets
    value = panel.findChild(QSlider, "surface_paint_value")
    assert value.isVisible() and not child(panel, "add").isVisible()
    value.setValue(value.maximum())
    drag(panel, (0.0, 0.0))
    value.setValue(value.minimum())
    drag(panel, (1.0, 0.0))
    made = learner.strokes[-1][0]
    assert made.targets[-2:].ravel().tolist() == [targets.max(), targets.min()]
    assert not made.is_classification


def test_an_empty_plane_of_numbers_waits_for_two_points(panel: SurfacePanel) -> None:
    learner = Learner(panel, PLANE)
    begin(panel)
    child(panel, "empty").click()
    assert panel.view.caption == "Paint at least two points"
    value = panel.findChild(QSlider, "surface_paint_value")
    value.setValue(value.maximum() // 4)
    drag(panel, (0.0, 0.0))
    assert not learner.strokes
    drag(panel, (1.0, 0.0))
    assert learner.strokes[0][0].targets.ravel().tolist() == [-0.5, -0.5]


# ---- limits --------------------------------------------------------------------------------------------------------


def test_many_points_are_thinned_but_the_latest_are_shown(panel: SurfacePanel, qtbot: QtBot) -> None:
    learner = Learner(panel, {"data.name": f"circle:samples={MOST_POINTS - 2}", "training.reduction": "mean"})
    begin(panel)
    drag(panel, (-5.0, 5.5))
    drag(panel, (0.0, 5.5), (5.0, 5.5))
    assert learner.strokes[-1][0].samples == MOST_POINTS
    assert panel.view.samples.rows[-2:].tolist() == [MOST_POINTS - 2, MOST_POINTS - 1]
    with qtbot.waitSignal(panel.reported) as said:
        drag(panel, (0.0, 0.0))
    assert "50,000" in said.args[0]
    drag(panel, (-5.0, 5.5), button=RIGHT)
    assert learner.strokes[-1][0].samples < MOST_POINTS


def test_the_right_button_opens_no_menu_while_it_erases(panel: SurfacePanel, learner: Learner) -> None:
    def ask() -> None:
        place = QPoint(100, 100)
        event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, panel.view.mapToGlobal(place))
        QApplication.sendEvent(panel.view, event)

    ask()
    assert not panel.more_menu.isVisible()
    panel.paint_button.click()
    ask()
    assert panel.more_menu.isVisible()
    panel.more_menu.close()


@pytest.fixture(autouse=True)
def no_menu_left(panel: SurfacePanel) -> Iterator[None]:
    yield
    panel.more_menu.close()
