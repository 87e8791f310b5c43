"""The surface shows every kind of task: two classes, several, numbers, one input, one neuron, many samples."""

import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QMouseEvent
from PySide6.QtWidgets import QApplication, QComboBox, QFileDialog, QWidget
from pytestqt.qtbot import QtBot

sys.path.insert(0, str(Path(__file__).parent))
from panel_runs import LiveRun

from nnstudio.engine.choices.datasets import Dataset
from nnstudio.engine.spec import ExperimentSpec
from nnstudio.ui.panels.chart import packed
from nnstudio.ui.panels.plane_picker import PlanePicker
from nnstudio.ui.panels.surface import SurfacePanel
from nnstudio.ui.panels.surface.curve import CurveView
from nnstudio.ui.panels.surface.markers import MOST, NO_SAMPLES, thinned
from nnstudio.ui.panels.surface.view import PlaneView
from nnstudio.ui.theme import apply_theme, load_theme

LIGHT = load_theme("light")
CLASSES = {"network.output_activation": "softmax", "training.loss": "softmax_cross_entropy"}
TWO = {"training.loss": "binary_cross_entropy", "training.reduction": "mean", "training.batch_size": 10}
NUMBERS = {"network.output_activation": "linear", "training.loss": "mse", "training.reduction": "mean"}
BLOBS = {"data.name": "blobs:samples=60", "network.hidden": "4:tanh", "training.batch_size": 10, **CLASSES}
X = np.linspace(-3, 3, 31)[:, None]


@pytest.fixture(autouse=True, scope="module")
def look(qapp: QApplication) -> None:
    apply_theme(qapp, LIGHT)


def live(settings: Mapping[str, object], epochs: int = 0, own: Dataset | None = None) -> LiveRun:
    made = LiveRun(ExperimentSpec().with_settings(dict(settings), own))
    if epochs:
        made.advance(epochs)
    return made


def make(qtbot: QtBot, made: LiveRun, size: tuple[int, int] = (420, 300)) -> SurfacePanel:
    panel = SurfacePanel(theme=LIGHT)
    qtbot.addWidget(panel)
    panel.resize(*size)
    panel.show()
    panel.start_run(made.run, ())
    QApplication.processEvents()
    return panel


def hover(view: QWidget, point: QPointF) -> None:
    none = Qt.MouseButton.NoButton
    place = QPointF(view.mapToGlobal(point))
    event = QMouseEvent(QEvent.Type.MouseMove, point, place, none, none, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(view, event)
    QApplication.processEvents()


def pixel(panel: SurfacePanel, x: float, y: float) -> QColor:
    """Return the colour at a place of the plane."""
    axes = panel.view.axes
    assert axes is not None
    return panel.view.grab().toImage().pixelColor(round(axes.x(x)), round(axes.y(y)))


def distance(a: QColor, b: QColor) -> float:
    return float(np.hypot(np.hypot(a.red() - b.red(), a.green() - b.green()), a.blue() - b.blue()))


def choose_output(panel: SurfacePanel, text: str) -> None:
    field = panel.findChild(QComboBox, "surface_output")
    field.setCurrentText(text)
    field.activated.emit(field.currentIndex())


# ---- two classes ---------------------------------------------------------------------------------------------------


def test_signed_targets_have_a_scale_from_minus_one_to_one(qtbot: QtBot) -> None:
    settings = {"data.name": "circle:samples=40", "data.targets": "signed", "network.output_activation": "tanh"}
    panel = make(qtbot, live(settings))
    assert isinstance(panel.view, PlaneView)
    assert [text for _, text in panel.view.shading.scale[1]] == ["−1", "0", "1"]
    assert [entry.text for entry in panel.view.legend] == ["outside", "inside"]
    unsigned = make(qtbot, live({"data.name": "circle:samples=40", **TWO}))
    assert [text for _, text in unsigned.view.shading.scale[1]] == ["0", "0.5", "1"]


def test_the_corners_of_a_scale_are_its_colours(qtbot: QtBot) -> None:
    made = live({"data.name": "or", "training.learning_rate": 5.0}, 2000)
    panel = make(qtbot, made)
    lut = packed(LIGHT.surface_lut(256))
    for x, y in ((-0.2, -0.2), (1.2, 1.2), (0.5, -0.15)):
        output = float(made.trainer.predict([[x, y]])[0, 0])
        assert distance(pixel(panel, x, y), QColor.fromRgb(int(lut[int(output * 255)]))) < 12


# ---- several classes -----------------------------------------------------------------------------------------------


def test_each_place_has_the_colour_of_the_class_that_wins(qtbot: QtBot) -> None:
    made = live(BLOBS, 60)
    panel = make(qtbot, made)
    places = [(x, y) for x in (-4.6, 0.1, 4.7) for y in (-3.1, 1.1, 4.9)]
    outputs = made.trainer.predict(places)
    clear = 0
    for place, shares in zip(places, outputs, strict=True):
        if np.sort(shares)[-1] - np.sort(shares)[-2] > 0.5:
            clear += 1
            tints = [distance(pixel(panel, *place), LIGHT.class_color(number)) for number in range(3)]
            assert int(np.argmin(tints)) == shares.argmax()
    assert clear >= 4


def test_the_lines_lie_where_two_classes_are_equal(qtbot: QtBot) -> None:
    made = live(BLOBS, 60)
    panel = make(qtbot, made)
    assert len(panel.view.segments) > 20 and not panel.view.lines
    ends = panel.view.segments.reshape(-1, 2)
    first, second = np.sort(made.trainer.predict(ends), axis=1)[:, :0:-1].T
    assert np.median(first - second) < 0.02


def test_one_class_can_be_looked_at_alone(qtbot: QtBot) -> None:
    made = live(BLOBS, 60)
    panel = make(qtbot, made)
    field = panel.findChild(QComboBox, "surface_output")
    assert field.isVisible() and field.accessibleName()
    assert [field.itemText(i) for i in range(field.count())] == ["All classes", "blob 1", "blob 2", "blob 3"]
    assert panel.view.shading.scale is None
    choose_output(panel, "blob 2")
    assert panel.view.lines and not len(panel.view.segments)
    assert [text for _, text in panel.view.shading.scale[1]] == ["0", "0.5", "1"]
    hover(panel.view, QPointF(panel.view.axes.x(1.25), panel.view.axes.y(5.5)))
    assert panel.view.reading == f"x1 1.25  x2 5.50  blob 2 {made.trainer.predict([[1.25, 5.5]])[0, 1]:.3f}"
    choose_output(panel, "All classes")
    hover(panel.view, QPointF(panel.view.axes.x(1.25), panel.view.axes.y(5.5)))
    outputs = made.trainer.predict([[1.25, 5.5]])[0]
    assert panel.view.reading.endswith(f"blob {outputs.argmax() + 1} {outputs.max():.3f}")


def test_six_classes_are_named_beside_the_plane_with_shapes_of_their_own(qtbot: QtBot) -> None:
    panel = make(qtbot, live({**BLOBS, "data.name": "blobs:samples=60,classes=6"}, 5))
    assert [entry.text for entry in panel.view.legend] == [f"blob {n}" for n in range(1, 7)]
    right = panel.view.axes.rect.right()
    assert panel.view.width() - right > 50, "room for the names"
    picture = panel.view.grab().toImage()
    beside = picture.copy(QRectF(right + 10, 0, picture.width() - right - 10, picture.height()).toRect())
    shades = {beside.pixelColor(x, y).name() for x in range(14) for y in range(beside.height())}
    assert {LIGHT.class_color(number).name() for number in range(6)} <= shades


def test_several_classes_that_diverge_are_shown_all_the_same(qtbot: QtBot) -> None:
    made = live({**BLOBS, "network.output_activation": "linear", "training.loss": "mse", "training.learning_rate": 50})
    made.advance(30)
    panel = make(qtbot, made)
    assert np.abs(made.run.frame.outputs).max() > 1e39, "more than the surface's own numbers can hold"
    for text in ("blob 1", "All classes"):
        choose_output(panel, text)
        panel.steps_button.click()
        assert panel.numbers()[1]


# ---- numbers -------------------------------------------------------------------------------------------------------

PLANE = {"data.name": "plane:samples=40", "network.hidden": "none", "training.learning_rate": 0.05, **NUMBERS}


def test_numbers_are_shown_on_the_scale_of_the_targets(qtbot: QtBot) -> None:
    made = live(PLANE, 400)
    panel = make(qtbot, made)
    targets = made.run.dataset.targets
    shading = panel.view.shading
    assert (shading.low, shading.high) == (targets.min(), targets.max())
    labels = dict((text, place) for place, text in shading.scale[1])
    assert labels["0.5"] == pytest.approx((0.5 - shading.low) / (shading.high - shading.low))
    assert not panel.view.lines and not panel.view.wrong.any() and not panel.view.legend


def test_a_sample_that_is_fitted_vanishes_into_the_surface(qtbot: QtBot) -> None:
    made = live(PLANE, 400)
    panel = make(qtbot, made)
    data = made.run.dataset
    assert made.run.frame.outputs == pytest.approx(data.targets, abs=1e-3)
    panel.settle(made.run)
    with_samples = panel.view.grab().toImage()
    panel.view.set_samples(NO_SAMPLES, ())
    panel.settle(made.run)
    without = panel.view.grab().toImage()
    axes = panel.view.axes
    for x, y in data.inputs:
        point = round(axes.x(x)), round(axes.y(y))
        assert distance(with_samples.pixelColor(*point), without.pixelColor(*point)) < 40


def test_a_sample_far_from_the_surface_has_the_colour_of_its_target(qtbot: QtBot) -> None:
    own = Dataset.of_numbers("two", [[0.0, 0.0], [1.0, 1.0], [0.0, 1.0]], [-1.0, 1.0, 1.0])
    panel = make(qtbot, live({"data.name": "own", **NUMBERS}, 0, own))
    lut = packed(LIGHT.surface_lut(256))
    assert distance(pixel(panel, 0.0, 0.0), QColor.fromRgb(int(lut[0]))) < 8
    assert distance(pixel(panel, 1.0, 1.0), QColor.fromRgb(int(lut[-1]))) < 8
    hover(panel.view, QPointF(panel.view.axes.x(1.0), panel.view.axes.y(1.0)))
    assert panel.view.reading.endswith("target 1.000")


# ---- one input -----------------------------------------------------------------------------------------------------


def test_the_curve_is_the_networks_output_among_the_samples(qtbot: QtBot) -> None:
    own = Dataset.of_numbers("waves", X, np.sin(X), input_names=("time",), output_names=("height",))
    made = live({"data.name": "own", "network.hidden": "6:tanh", "data.test_share": 0.2, **NUMBERS}, 300, own)
    panel = make(qtbot, made)
    view = panel.view
    assert isinstance(view, CurveView)
    assert view.curves.shape == (1, 256)
    assert view.curves[0] == pytest.approx(made.trainer.predict(view.xs[:, None])[:, 0], abs=1e-5)
    assert view.samples.points.tolist() == np.column_stack([X, np.sin(X)]).tolist()
    assert view.samples.hollow.sum() == 6
    assert [entry.text for entry in view.legend] == ["test"]
    hover(view, QPointF(view.axes.x(-2.9), view.axes.y(0.5)))
    assert view.reading == f"time −2.90  output {made.trainer.predict([[-2.9]])[0, 0]:.3f}".replace("-", "−")
    header, rows = panel.numbers()
    assert header == ("time", "height") and len(rows) == 256
    assert rows[7] == pytest.approx([view.xs[7], view.curves[0, 7]], abs=1e-5)


def test_the_curve_of_two_classes_has_its_threshold(qtbot: QtBot) -> None:
    own = Dataset.of_classes("sizes", X, (X[:, 0] > 0.4).astype(int), ("small", "large"))
    made = live({"data.name": "own", "network.hidden": "2", **TWO}, 200, own)
    panel = make(qtbot, made)
    assert np.unique(panel.view.samples.points[:, 1]).tolist() == [0, 1]
    image, axes = panel.view.grab().toImage(), panel.view.axes
    row = [image.pixelColor(x, round(axes.y(0.5))) for x in range(round(axes.rect.left()), round(axes.rect.right()))]
    dashes = sum(distance(color, LIGHT.color("axis")) < 40 for color in row)
    assert 0.3 * len(row) < dashes < 0.95 * len(row)
    panel.steps_button.click()
    assert set(np.unique(panel.view.curves)) == {0.0, 1.0}
    answers = made.trainer.predict(panel.view.xs[:, None])[:, 0] > 0.5
    assert (panel.view.curves[0] == answers).all()


def test_several_classes_on_one_input_have_a_curve_each(qtbot: QtBot) -> None:
    own = Dataset.of_classes("sizes", X, np.digitize(X[:, 0], [-1, 1]), ("small", "middling", "large"))
    made = live({"data.name": "own", "network.hidden": "3", "training.batch_size": 5, **CLASSES}, 100, own)
    panel = make(qtbot, made)
    expected = made.trainer.predict(panel.view.xs[:, None]).T
    assert panel.view.curves == pytest.approx(expected, abs=1e-5)
    assert (panel.view.samples.points[:, 1] == 1).all()
    choose_output(panel, "large")
    assert panel.view.curves == pytest.approx(expected[2:], abs=1e-5)
    assert panel.view.samples.points[:, 1].tolist() == (X[:, 0] >= 1).astype(float).tolist()
    choose_output(panel, "All classes")
    panel.steps_button.click()
    assert (panel.view.curves.argmax(axis=0) == expected.argmax(axis=0)).all()
    assert (panel.view.curves.sum(axis=0) == 1).all()


# ---- one neuron ----------------------------------------------------------------------------------------------------


def test_a_neuron_is_shown_in_place_of_the_output_and_goes_again(qtbot: QtBot) -> None:
    made = live({"data.name": "circle:samples=40", "network.hidden": "3,2:tanh", **TWO}, 20)
    panel = make(qtbot, made)
    output = panel.view.values.copy()
    panel.show_neuron(2, 1, "h2.2")
    expected = panel.view.surface.neuron(2, 1)
    assert np.array_equal(panel.view.values[0], expected)
    assert not np.allclose(panel.view.values, output)
    assert panel.view.caption == "h2.2 instead of the output"
    assert [text for _, text in panel.view.shading.scale[1]] == ["−1", "0", "1"], "tanh"
    assert not panel.view.wrong.any(), "the line is not the output's"
    hover(panel.view, QPointF(panel.view.axes.x(4.5), panel.view.axes.y(4.5)))
    assert " h2.2 " in panel.view.reading
    header, rows = panel.numbers()
    assert header == ("x1", "x2", "h2.2")
    assert rows[70][2] == pytest.approx(expected.ravel()[70], abs=1e-5)
    made.advance(5)
    panel.refresh(made.run)
    assert panel.view.caption, "the next frame shows it too"
    panel.show_output()
    assert panel.view.caption == "" and panel.numbers()[0] == ("x1", "x2", "y")


def test_a_neuron_that_is_gone_with_a_new_run_is_shown_no_more(qtbot: QtBot) -> None:
    panel = make(qtbot, live({"network.hidden": "3"}))
    panel.show_neuron(1, 2, "h3")
    panel.start_run(live({"network.hidden": "3", "seed": 1}).run, ())
    assert panel.view.caption == "h3 instead of the output"
    panel.start_run(live({"network.hidden": "2"}).run, ())
    assert panel.view.caption == ""


def test_an_output_is_shown_on_its_own_scale(qtbot: QtBot) -> None:
    made = live(BLOBS, 5)
    panel = make(qtbot, made)
    panel.show_neuron(2, 1, "blob 2")
    assert panel.view.subject.output == 1 and panel.view.lines
    assert panel.numbers()[0] == ("x1", "x2", "blob 1", "blob 2", "blob 3")
    panel.show_output()
    assert panel.view.subject.output is None and not panel.view.lines


def test_an_inputs_map_and_a_curve_of_a_neuron(qtbot: QtBot) -> None:
    panel = make(qtbot, live({}))
    panel.show_neuron(0, 1, "x2")
    assert panel.view.values[0][:, 0] == pytest.approx(panel.view.surface.ys, abs=1e-6)
    own = Dataset.of_numbers("waves", X, np.sin(X))
    made = live({"data.name": "own", "network.hidden": "2:relu", **NUMBERS}, 5, own)
    curve = make(qtbot, made)
    curve.show_neuron(1, 0, "h1")
    block = made.trainer.network.layout.blocks(made.trainer.network.parameters)[0]
    assert curve.view.curves[0] == pytest.approx(np.maximum(0, curve.view.xs * block[0, 0] + block[1, 0]), abs=1e-5)
    assert len(curve.view.samples.rows) == 0


# ---- toggles -------------------------------------------------------------------------------------------------------


def test_test_points_are_shown_at_once_only_where_there_are_few(qtbot: QtBot) -> None:
    few = live({"data.name": "circle:samples=40", "data.test_share": 0.25, **TWO})
    panel = make(qtbot, few)
    assert panel.test_button.isChecked() and panel.view.samples.hollow.sum() == 10
    many = live({"data.name": "circle:samples=80", "data.test_share": 0.25, **TWO})
    panel.start_run(many.run, ())
    assert not panel.test_button.isChecked() and not panel.view.samples.hollow.any()
    assert len(panel.view.samples.rows) == 60
    panel.test_button.click()
    assert panel.view.samples.hollow.sum() == 20
    assert panel.view.legend[-1] == ("test", 0, True)
    panel.start_run(many.run, ())
    assert panel.test_button.isChecked(), "what was chosen stays"
    panel.start_run(live({}).run, ())
    assert not panel.test_button.isEnabled() and "share" in panel.test_button.toolTip()


def test_a_validation_and_a_test_part_are_called_held_out_together(qtbot: QtBot) -> None:
    settings = {"data.name": "circle:samples=40", "data.test_share": 0.25, "data.validation_share": 0.25, **TWO}
    panel = make(qtbot, live(settings))
    assert [entry.text for entry in panel.view.legend] == ["outside", "inside", "held out"]


def test_discretized_there_are_only_the_answers(qtbot: QtBot) -> None:
    made = live({"data.name": "and", "training.learning_rate": 1.0}, 800)
    panel = make(qtbot, made)
    panel.steps_button.click()
    ends = [QColor.fromRgb(int(color)) for color in packed(LIGHT.surface_lut(256))[[0, -1]]]
    for x, y in ((-0.2, 0.3), (0.4, 0.6), (1.2, 1.2), (0.6, 1.2), (1.1, -0.2)):
        answer = int(made.trainer.predict([[x, y]])[0, 0] > 0.5)
        assert distance(pixel(panel, x, y), ends[answer]) < 6
    assert panel.numbers()[0] == ("x1", "x2", "y")
    assert {row[2] for row in panel.numbers()[1]} == {"no", "yes"}


def test_discretized_numbers_fall_into_ten_steps(qtbot: QtBot) -> None:
    panel = make(qtbot, live(PLANE, 400))
    panel.steps_button.click()
    panel.view.set_samples(NO_SAMPLES, ())
    image, rect = panel.view.grab().toImage(), panel.view.axes.rect
    shades = [image.pixelColor(x, y).name() for x in range(60, int(rect.right()), 5) for y in range(30, 230, 5)]
    common = [shade for shade in set(shades) if shades.count(shade) > len(shades) / 100]
    assert 8 <= len(common) <= 10


def test_toggles_and_views_can_be_reached_and_explain_themselves(qtbot: QtBot) -> None:
    panel = make(qtbot, live({"data.name": "circle:samples=40", "data.test_share": 0.25, **TWO}))
    for button in panel.controls():
        assert button.isEnabled() and button.isCheckable()
        assert button.toolTip() and button.accessibleName() and button.objectName().startswith("surface_")
        assert button.focusPolicy() & Qt.FocusPolicy.TabFocus
    assert {view.accessibleName() for view in (panel.plane_view, panel.curve_view)} == {
        "Plane of the output",
        "Curve of the output",
    }


# ---- many samples --------------------------------------------------------------------------------------------------


def test_of_many_samples_some_are_drawn_and_that_is_said(qtbot: QtBot) -> None:
    made = live({"data.name": "circle:samples=50000", "data.test_share": 0.2, **TWO})
    panel = make(qtbot, made)
    view = panel.view
    assert len(view.samples.rows) == MOST == 2000
    assert view.reading == "2,000 of 40,000 samples shown"
    assert not view.samples.hollow.any()
    share = view.samples.classes.mean()
    assert share == pytest.approx(made.run.dataset.labels.mean(), abs=0.05), "a fair choice"
    panel.test_button.click()
    assert view.reading == "2,000 of 50,000 samples shown"
    assert view.samples.hollow.mean() == pytest.approx(0.2, abs=0.05)
    assert not view.wrong.any(), "no crosses while frames come"
    panel.settle(made.run)
    wrong = (made.run.frame.outputs[:, 0] > 0.5) != (made.run.dataset.targets[:, 0] > 0.5)
    assert view.wrong.tolist() == wrong[view.samples.rows].tolist()


def test_the_choice_is_always_the_same_and_stays_when_others_come() -> None:
    rows = np.arange(30_000)
    first = thinned(rows)
    assert np.array_equal(first, thinned(rows)) and np.array_equal(first, np.unique(first)) and len(first) == MOST
    more = thinned(np.arange(40_000))
    assert len(np.intersect1d(first, more)) > 1300, "three quarters, give or take"
    newest = thinned(rows, newest=500)
    assert newest[-500:].tolist() == rows[-500:].tolist() and len(newest) == MOST
    assert thinned(rows[:MOST]) is not None and len(thinned(rows[:100])) == 100


def test_the_layer_of_samples_is_drawn_once_and_copied(qtbot: QtBot) -> None:
    made = live({"data.name": "circle:samples=300", **TWO}, 1)
    panel = make(qtbot, made)
    drawn = []
    before = panel.view.markers._draw
    panel.view.markers._draw = lambda *args: (drawn.append(1), before(*args))
    for _ in range(3):
        made.advance(1)
        panel.refresh(made.run)
        panel.view.repaint()
    assert not drawn
    panel.resize(440, 310)
    panel.view.repaint()
    assert drawn


def test_samples_with_gaps_are_left_out(qtbot: QtBot) -> None:
    inputs = np.column_stack([np.linspace(0, 1, 10), np.linspace(1, 0, 10)])
    inputs[3, 0] = np.nan
    own = Dataset.of_classes("gaps", inputs, np.arange(10) % 2, ("a", "b"))
    panel = make(qtbot, live({"data.name": "own"}, 2, own))
    assert panel.view.samples.rows.tolist() == [0, 1, 2, 4, 5, 6, 7, 8, 9]
    panel.settle(panel.run)
    assert len(panel.view.wrong) == 9


# ---- planes of many inputs -----------------------------------------------------------------------------------------


def test_a_narrow_panel_folds_the_choice_of_a_plane(qtbot: QtBot) -> None:
    settings = {"data.name": "iris", "network.hidden": "4:tanh", "training.batch_size": 10, **CLASSES}
    panel = make(qtbot, live(settings, 5), (380, 320))
    fields = [panel.findChild(QComboBox, f"surface_{name}") for name in ("x", "y", "held", "output")]
    places = [QRectF(field.geometry()) for field in fields]
    assert not any(a.intersects(b) for i, a in enumerate(places) for b in places[:i])
    assert places[0].top() < places[2].top()
    assert all(place.right() <= panel.width() for place in places)
    panel.resize(1100, 320)
    QApplication.processEvents()
    assert fields[0].y() == fields[2].y()


# ---- data ----------------------------------------------------------------------------------------------------------


def test_all_samples_are_copied_and_saved(qtbot: QtBot, tmp_path: Path) -> None:
    made = live({"data.name": "circle:samples=20", **TWO})
    panel = make(qtbot, made)
    assert [action.text() for action in panel.more_menu.actions()][-2:] == ["Save data as CSV…", "Copy data"]
    with qtbot.waitSignal(panel.reported) as said:
        panel.findChild(type(panel.actions()[0]), "surface_copy_data").trigger()
    assert said.args == ["copied the 20 samples"]
    lines = QApplication.clipboard().text().splitlines()
    assert lines[0].split("\t")[:2] == ["x1", "x2"] and len(lines) == 21
    assert lines[1].split("\t")[2] in ("inside", "outside")
    panel.findChild(type(panel.actions()[0]), "surface_save_data").trigger()
    dialog = panel.findChild(QFileDialog, "surface_data_dialog")
    assert Path(dialog.selectedFiles()[0]).name == "circle-data.csv"
    with qtbot.waitSignal(panel.reported):
        dialog.fileSelected.emit(str(tmp_path / "circle.csv"))
    dialog.reject()
    assert (tmp_path / "circle.csv").read_text().splitlines()[1] == lines[1].replace("\t", ",")
    assert not panel.save_data(tmp_path / "no folder" / "circle.csv")
    assert panel._banner.isVisible()


def test_pictures_are_those_of_the_view_that_is_shown(qtbot: QtBot) -> None:
    own = Dataset.of_numbers("waves", X, np.sin(X), input_names=("time",))
    panel = make(qtbot, live({"data.name": "own", **NUMBERS}, 5, own))
    assert b">time<" in panel.drawing() and b"<image" not in panel.drawing()
    assert isinstance(panel.picture(), QImage)


def test_pictures_begin_with_the_two_pixels_that_differ_most(qtbot: QtBot) -> None:
    rng = np.random.default_rng(3)
    pictures = rng.uniform(0, [0, 1, 0.2, 3], (40, 4))
    data = Dataset.of_classes("Pictures", pictures, [0, 1] * 20, ("a", "b"), image_shape=(2, 2))
    picker = PlanePicker()
    qtbot.addWidget(picker)
    picker.set_dataset(data)
    assert (picker.plane().x, picker.plane().y) == (3, 1)


@pytest.mark.parametrize(
    ("columns", "axes"),
    [
        ("yes no", (0, 1)),
        ("yes length no weight age", (1, 3)),
        ("gaps length weight", (1, 2)),
        ("yes no length", (0, 1)),
        ("length weight yes", (0, 1)),
    ],
)
def test_a_plane_of_words_and_numbers_begins_with_the_numbers(
    qtbot: QtBot, columns: str, axes: tuple[int, int]
) -> None:
    yes_or_no = {"yes": [0, 1, 0, 1], "no": [1, 0, 1, 0], "gaps": [0, np.nan, 1, 0]}
    names = columns.split()
    inputs = np.array([yes_or_no.get(name, [1, 2, 3, 4]) for name in names], float).T
    picker = PlanePicker()
    qtbot.addWidget(picker)
    picker.set_dataset(Dataset.of_classes("Table", inputs, [0, 1, 0, 1], ("a", "b"), input_names=names))
    assert (picker.plane().x, picker.plane().y) == axes
