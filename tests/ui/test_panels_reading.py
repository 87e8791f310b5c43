"""What a person reads off the panels: numbers, marks, names, ranges and what stands under the pointer."""

import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QColor, QMouseEvent
from PySide6.QtWidgets import QApplication, QComboBox, QDoubleSpinBox, QWidget
from pytestqt.qtbot import QtBot

sys.path.insert(0, str(Path(__file__).parent))
from panel_runs import LiveRun, show_panel, trained

from nnstudio.engine.spec import ExperimentSpec
from nnstudio.engine.timeline import LossHistory
from nnstudio.ui.panels.chart import epoch_range, fixed, nice_ceil, nice_ticks, short, stepped_range
from nnstudio.ui.panels.course import apart, spread
from nnstudio.ui.panels.heatmap import layer_names
from nnstudio.ui.panels.loss import LossPanel
from nnstudio.ui.panels.loss_axes import log_ticks
from nnstudio.ui.panels.loss_plot import clipped, curve_of
from nnstudio.ui.panels.outputs import OutputsPanel
from nnstudio.ui.panels.surface import SurfacePanel
from nnstudio.ui.panels.truth_table import pattern_pen
from nnstudio.ui.panels.weights import WeightsPanel
from nnstudio.ui.theme import contrast_ratio, load_theme

ONE_HOT = {
    "data.name": "xor",
    "data.targets": "one_hot",
    "network.output_activation": "softmax",
    "training.loss": "softmax_cross_entropy",
}


def hover(widget: QWidget, point: QPointF) -> None:
    none = Qt.MouseButton.NoButton
    place = QPointF(widget.mapToGlobal(point))
    event = QMouseEvent(QEvent.Type.MouseMove, point, place, none, none, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(widget, event)
    QApplication.processEvents()


# ---- numbers and ranges --------------------------------------------------------------------------------------------


def test_numbers_have_no_more_digits_than_they_need() -> None:
    numbers = {0.0: "0", 0.25: "0.25", -3.0: "−3", 12_000.0: "12,000", 1e-5: "1e−5", 2.5e9: "2.5e9"}
    assert {v: short(v) for v in numbers} == numbers
    assert [fixed(v) for v in (0.0526, -1.5, float("inf"), 123456.0)] == ["0.053", "−1.500", "inf", "1.2e5"]


def test_ranges_move_in_steps() -> None:
    assert [nice_ceil(v) for v in (0.13, 0.2, 3.0, 51.0)] == pytest.approx([0.2, 0.2, 5.0, 100.0])
    ends = {0: 100, 50: 100, 150: 200, 4000: 5000, 9000: 10_000, 10_000: 10_000}
    assert {epoch: epoch_range(epoch, 10_000)[1] for epoch in ends} == ends
    assert epoch_range(0, 20) == (0.0, 20.0), "not beyond the end of the run"
    assert stepped_range((0.0, 1.0), 0.2, 0.9) == (0.0, 1.0)
    assert stepped_range((0.0, 1.0), -0.3, 1.4) == (-0.5, 2.0)
    assert nice_ticks(-0.25, 1.25, 4).tolist() == pytest.approx([0.0, 0.5, 1.0])


@pytest.mark.parametrize("decades", [0.1, 0.5, 1, 2, 5, 12])
def test_a_logarithmic_axis_has_ticks_at_round_losses(decades: float) -> None:
    ticks = log_ticks(-decades, 0.0, 8)
    assert 2 <= len(ticks) <= 12
    assert all(float(f"{10**t:.2g}") == pytest.approx(10**t) for t in ticks)


def test_labels_that_would_overlap_move_apart() -> None:
    assert spread(np.array([10.0, 11.0, 90.0]), 12.0, 0.0, 100.0) == [10.0, 22.0, 90.0]
    assert spread(np.array([95.0, 99.0]), 12.0, 0.0, 100.0) == [88.0, 100.0]


def test_crowded_labels_are_left_out_where_there_is_no_room_for_all() -> None:
    places = np.array([90.0, 10.0, 50.0, 12.0, np.nan])
    assert apart(places, 9) == [1, 3, 2, 0], "in their order, and none for what has no place"
    assert apart(places, 3) == [1, 2, 0]
    assert apart(places, 1) == [1]


# ---- loss ----------------------------------------------------------------------------------------------------------


def test_the_curve_holds_every_peak_in_bounded_points() -> None:
    losses = np.abs(np.random.default_rng(2).normal(size=1_000_000)) + 0.1
    losses[123_456], losses[654_321] = 50.0, 0.001
    history = LossHistory()
    history.extend(losses)
    for most in (None, 2048, 512):
        x, y = curve_of(history.outline(), history.epochs, most)
        assert len(x) == len(y) <= (most or 8192) + 1
        assert (y.max(), y.min()) == (50.0, 0.001)
        assert abs(x[y.argmax()] - 123_456) < 1_000_000 / len(x) * 4
        assert (x[0], x[-1], y[-1]) == (0, 999_999, losses[-1])
        assert (np.diff(x) >= 0).all()


def test_a_smooth_curve_stays_smooth_when_it_is_joined() -> None:
    history = LossHistory()
    history.extend(np.geomspace(1.0, 1e-3, 50_000))
    x, y = curve_of(history.outline(), history.epochs, 512)
    slope = np.diff(np.log10(y)) / np.maximum(np.diff(x), 1)
    assert (slope <= 0).all()
    assert np.abs(np.log10(y) + 3 * x / 49_999).max() < 1e-9, "on the line itself, not on stairs around it"


def test_a_line_is_cut_at_the_edges_of_the_plot() -> None:
    x, y = np.array([-1.0, 1.0, 1.0, 3.0, 9.0]), np.array([0.0, 0.0, 5.0, 0.5, 0.5])
    cut_x, cut_y, connected = clipped(x, y, (0.0, 4.0), (-1.0, 1.0))
    assert cut_x.tolist() == pytest.approx([0, 1, 1, 1, 2.7778, 3, 3, 4], abs=1e-4)
    assert cut_y.tolist() == pytest.approx([0, 0, 0, 1, 1, 0.5, 0.5, 0.5])
    assert connected.tolist()[:-1] == [1, 1, 1, 0, 1, 1, 1]


def test_the_loss_plot_is_empty_before_training_and_then_follows_it(qtbot: QtBot) -> None:
    live = LiveRun(ExperimentSpec())
    panel = show_panel(LossPanel, qtbot, live.run)
    assert panel.plot.message == "Press Space to train"
    live.advance(80)
    panel.refresh(live.run)
    assert panel.plot.message == ""
    x, y = panel.curve.getData()
    assert x.tolist() == list(range(80))
    assert 10**y == pytest.approx(live.run.losses.outline().first), "logarithmic is the default"
    assert panel.plot.box.viewRange()[0] == [0, 100]
    live.advance(9_920)
    panel.refresh(live.run)
    assert panel.plot.box.viewRange()[0] == [0, 10_000]
    assert panel.reading == "latest loss 0.1282"


def test_the_axes_are_named(qtbot: QtBot) -> None:
    panel = show_panel(LossPanel, qtbot, trained(epochs=50))
    item = panel.plot.getPlotItem()
    assert item.getAxis("bottom").labelText == "epoch"
    assert item.getAxis("left").labelText == "loss (mean squared error)"
    panel.resize(420, 140)
    QApplication.processEvents()
    assert item.getAxis("left").labelText == "loss", "a low plot has no room for more"


def test_the_scale_is_linear_on_demand(qtbot: QtBot) -> None:
    run = trained(epochs=500)
    panel = show_panel(LossPanel, qtbot, run)
    panel._scale.choose("linear")
    assert panel.curve.getData()[1] == pytest.approx(run.losses.outline().first)
    assert panel.plot.box.viewRange()[1] == pytest.approx([0, 0.3])
    panel._scale.choose("log")
    assert 10 ** np.array(panel.plot.box.viewRange()[1]) == pytest.approx([0.1, 0.3])


def test_the_pointer_reads_a_loss_without_drawing_a_curve_anew(qtbot: QtBot) -> None:
    run = trained(epochs=1000)
    panel = show_panel(LossPanel, qtbot, run)
    path = panel.curve.getPath()
    rect = panel.plot.plot_rect()
    hover(panel.plot.viewport(), QPointF(rect.left() + rect.width() * 0.25, rect.center().y()))
    epoch = int(panel.reading.split()[1])
    assert abs(epoch - 500) <= 5, "the axis reaches to 2,000"
    assert panel.reading == f"epoch {epoch}   loss {run.losses.outline().first[epoch]:.4f}"
    assert panel.curve.getPath() is path
    QApplication.sendEvent(panel.plot, QEvent(QEvent.Type.Leave))
    assert panel.reading.startswith("latest loss")


def test_zooming_stops_following_until_fit(qtbot: QtBot) -> None:
    live = LiveRun(ExperimentSpec())
    live.advance(90)
    panel = show_panel(LossPanel, qtbot, live.run)
    fit = panel._fit
    assert not fit.isEnabled()
    panel.plot.box.setRange(xRange=(10, 20), padding=0)
    panel.plot.box.sigRangeChangedManually.emit([True, True])
    assert fit.isEnabled()
    live.advance(900)
    panel.refresh(live.run)
    assert panel.plot.box.viewRange()[0] == [10, 20]
    fit.click()
    assert panel.plot.box.viewRange()[0] == [0, 2000]
    live.advance(2000)
    panel.refresh(live.run)
    assert panel.plot.box.viewRange()[0] == [0, 5000]
    assert not fit.isEnabled()


def test_earlier_runs_and_validation_are_in_the_legend_and_can_be_read(qtbot: QtBot) -> None:
    spec = {"data.name": "parity:bits=4", "data.validation_share": 0.25}
    earlier = [trained({**spec, "seed": seed}, 100, seed) for seed in range(1, 8)]
    panel = show_panel(LossPanel, qtbot, trained(spec, 200, 8), earlier=earlier)
    assert [name for _, name in panel.head._legend] == ["training", "validation", "earlier runs"]
    shown = [curve for curve in panel.earlier_curves if len(curve.getData()[0])]
    assert len(shown) == 5, "the last five"
    assert len(panel.validation_curve.getData()[0]) == 200
    assert panel.validation_curve.opts["pen"].style() == Qt.PenStyle.DashLine
    assert "validation" in panel.reading
    last = panel.earlier_curves[-1]
    x, y = last.getData()
    for at in range(5, 95):  # somewhere it is far enough from this run's curve
        if abs(y[at] - panel.curve.getData()[1][at]) > 12 * panel.plot.height_per_pixel():
            hover(panel.plot.viewport(), panel.plot.box.mapViewToScene(QPointF(x[at], y[at])))
            break
    assert panel.reading.startswith("run ") and "seed" in panel.reading


def test_a_drawing_leaves_the_curves_as_they_are(qtbot: QtBot) -> None:
    panel = show_panel(LossPanel, qtbot, trained(epochs=150), earlier=[trained({"seed": 1}, 900)])
    before = [curve.getData() for curve in (panel.curve, *panel.earlier_curves)]
    panel.drawing()
    for curve, (x, y) in zip((panel.curve, *panel.earlier_curves), before, strict=True):
        assert np.array_equal(curve.getData()[0], x) and np.array_equal(curve.getData()[1], y)
        assert curve.opts["connect"] == "all"


def test_losses_are_exported_with_their_epochs(qtbot: QtBot) -> None:
    run = trained(epochs=30)
    header, rows = show_panel(LossPanel, qtbot, run).numbers()
    assert header == ["epoch", "loss", "lowest", "highest"]
    assert rows[7][:2] == (7, run.losses.outline().first[7])


# ---- weights -------------------------------------------------------------------------------------------------------


def test_neurons_are_named_by_layer_where_there_are_several() -> None:
    one = trained()
    first, second = layer_names(one)
    assert (first.rows, first.columns, first.titles[0]) == (("x1", "x2", "bias"), ("h1", "h2"), "inputs → hidden")
    assert (second.rows, second.columns, second.titles[0]) == (("h1", "h2", "bias"), ("y",), "hidden → output")
    deep = trained({"network.hidden": "3,2"})
    names = layer_names(deep)
    assert names[1].titles[0] == "hidden 1 → hidden 2"
    assert names[1].parameter(2, 1) == "weight h1.3 → h2.2"
    assert names[1].parameter(3, 0) == "bias h2.1"


def test_the_pointer_reads_a_weight(qtbot: QtBot) -> None:
    run = trained(epochs=10_000)
    panel = show_panel(WeightsPanel, qtbot, run)
    view = panel.view
    assert view.places is not None
    hover(view, view.places.cell(0, 0, 1).center())
    assert view.reading == "weight x1 → h2 = -3.4256"
    hover(view, view.places.cell(1, 2, 0).center())
    bias = run.layout.split(run.frame.parameters)[1].biases[0]
    assert view.reading == f"bias y = {bias:.4f}"
    panel._what.choose("change")
    moved = bias - run.layout.split(run.initial_parameters)[1].biases[0]
    assert view.reading == f"change of bias y = {moved:.4f}"
    panel._what.choose("gradients")
    assert view.reading.startswith("gradient of bias y = ")
    hover(view, QPointF(2, 2))
    assert view.reading == "gradient of the loss"


def test_one_scale_holds_for_all_layers_and_moves_in_steps(qtbot: QtBot) -> None:
    live = LiveRun(ExperimentSpec())
    panel = show_panel(WeightsPanel, qtbot, live.run)
    limits = []
    for _ in range(50):
        live.advance(200)
        panel.refresh(live.run)
        limits.append(panel.view.limit)
        assert panel.view.limit >= np.abs(live.run.frame.parameters).max()
    assert limits == sorted(limits) and len(set(limits)) <= 4
    assert limits[-1] == 10


def test_numbers_stand_in_the_cells_while_they_fit(qtbot: QtBot) -> None:
    small, large = trained(epochs=10), trained({"network.hidden": "64,64"}, 10)
    assert show_panel(WeightsPanel, qtbot, small).view.styles[0] is not None
    panel = show_panel(WeightsPanel, qtbot, large)
    assert panel.view.styles[1] is None
    places = panel.view.places
    assert places is not None and places.bounds.right() <= panel.width()
    assert all(place.biases.bottom() <= panel.height() for place in places.layers)


def test_small_gradients_are_written_as_multiples_of_a_power_of_ten(qtbot: QtBot) -> None:
    panel = show_panel(WeightsPanel, qtbot, trained({"network.hidden": "4"}, 20_000))
    assert panel.view.power == 0
    panel._what.choose("gradients")
    assert panel.view.limit < 0.1 and panel.view.power == np.floor(np.log10(panel.view.limit))
    assert panel.view.styles[0] is not None


@pytest.mark.parametrize("name", ["light", "dark"])
def test_numbers_can_be_read_on_every_colour(qtbot: QtBot, name: str) -> None:
    panel = show_panel(WeightsPanel, qtbot, trained())
    theme = load_theme(name)
    panel.set_theme(theme)
    for color, white in zip(theme.diverging_lut(256), panel.view._light_ink, strict=True):
        assert contrast_ratio(QColor(*color.tolist()), "#FFFFFF" if white else "#000000") >= 4.5


def test_weights_are_exported_with_gradient_and_change(qtbot: QtBot) -> None:
    run = trained(epochs=40)
    header, rows = show_panel(WeightsPanel, qtbot, run).numbers()
    assert header == ("layer", "from", "to", "weight", "gradient", "change")
    assert [row[:3] for row in rows[:6]] == [
        (1, "x1", "h1"), (1, "x1", "h2"), (1, "x2", "h1"), (1, "x2", "h2"), (1, "bias", "h1"), (1, "bias", "h2"),
    ]  # fmt: skip
    assert [row[3] for row in rows] == run.frame.parameters.tolist()
    assert [row[5] for row in rows] == (run.frame.parameters - run.initial_parameters).tolist()


# ---- outputs -------------------------------------------------------------------------------------------------------


def test_the_tutorials_network_has_two_answers_wrong(qtbot: QtBot) -> None:
    panel = show_panel(OutputsPanel, qtbot, trained(epochs=10_000))
    table = panel.view.table
    assert table.answers == ["0.053", "0.496", "0.951", "0.503"]
    assert table.right.tolist() == [True, False, True, False]
    assert table.summary == "2 of 4 right"


def test_with_one_output_for_each_class_the_class_is_named(qtbot: QtBot) -> None:
    run = trained(ONE_HOT | {"network.hidden": "4"}, 3000)
    panel = show_panel(OutputsPanel, qtbot, run)
    assert [answer.split()[0] for answer in panel.view.table.answers] == ["no", "yes", "yes", "no"]
    header, rows = panel.numbers()
    assert header == ["x1", "x2", "target no", "target yes", "output no", "output yes", "right"]
    assert rows[1][:4] == [0.0, 1.0, 0.0, 1.0] and rows[1][-1] == 1


def test_hinge_answers_change_at_zero(qtbot: QtBot) -> None:
    run = trained({"network.output_activation": "linear", "training.loss": "hinge", "network.hidden": "3:tanh"}, 900)
    table = show_panel(OutputsPanel, qtbot, run).view.table
    assert table.right.all()
    assert table.answers[0].startswith("−")


def test_the_course_ends_at_the_answers_of_the_moment(qtbot: QtBot) -> None:
    run = trained(epochs=777)
    chart = show_panel(OutputsPanel, qtbot, run).view.chart
    assert (chart._epochs[0], chart._epochs[-1]) == (0, 777)
    assert chart._curves[-1] == pytest.approx(run.frame.outputs[:, 0])
    assert chart._y_range == (0.0, 1.0)
    assert chart.axes is not None
    hover(chart, QPointF(chart.axes.x(777), chart.axes.y(run.frame.outputs[2, 0])))
    assert chart.reading == f"epoch 777   1 0 → {run.frame.outputs[2, 0]:.3f}"


def test_answers_are_drawn_anew_only_if_they_look_different(qtbot: QtBot) -> None:
    run = trained(epochs=500)
    table = show_panel(OutputsPanel, qtbot, run).view.table
    asked: list[bool] = []
    table.update = lambda *_: asked.append(True)
    table.set_outputs(run.frame.outputs + 1e-9)
    assert not asked
    table.set_outputs(np.array([[0.49999], [0.50001], [0.2], [0.2]]))
    table.set_outputs(np.array([[0.50001], [0.49999], [0.2], [0.2]]))
    assert len(asked) == 2, "as numbers they are the same, but other answers are right"


def test_the_names_of_eight_courses_stay_within_the_plot(qtbot: QtBot) -> None:
    settings = {"data.name": "parity:bits=3", "network.hidden": "4"}
    for size in ((480, 270), (300, 160), (900, 500)):
        chart = show_panel(OutputsPanel, qtbot, trained(settings, 2000), size=size).view.chart
        if chart.axes is None:
            continue
        line, rect = chart._metrics.height(), chart.axes.rect
        places = chart.label_places()
        assert len(places) >= 1
        assert all(rect.top() <= y <= rect.bottom() for _, y in places)
        assert all(b[1] - a[1] >= 0.85 * line for a, b in pairwise(places))


def test_patterns_differ_in_colour_or_line() -> None:
    theme = load_theme("dark")
    pens = [(pen.color().name(), pen.style()) for pen in (pattern_pen(theme, i) for i in range(32))]
    assert len(set(pens)) == 32
    assert all(a[0] != b[0] and a[1] != b[1] for a, b in pairwise(pens[:8]))


def test_the_table_takes_all_the_room_where_no_course_is_kept(qtbot: QtBot) -> None:
    run = trained({"data.name": "parity:bits=6"}, 10)
    run.take(replace(run.frame, course_epochs=np.empty(0), course=np.empty((0, 0, 1))))
    view = show_panel(OutputsPanel, qtbot, run).view
    assert view._scroll.height() > 250


def test_sixteen_patterns_are_all_in_sight_and_more_can_be_scrolled(qtbot: QtBot) -> None:
    view = show_panel(OutputsPanel, qtbot, trained({"data.name": "parity:bits=4"}, 10)).view
    assert view.table.height() <= view._scroll.height()
    view = show_panel(OutputsPanel, qtbot, trained({"data.name": "parity:bits=7"}, 10)).view
    assert view.table.height() > view._scroll.height()
    assert view.chart.height() >= 100


# ---- decision surface ----------------------------------------------------------------------------------------------


def test_the_pointer_reads_the_plane(qtbot: QtBot) -> None:
    live = LiveRun(ExperimentSpec().with_settings({"network.hidden": "4"}))
    live.advance(4000)
    view = show_panel(SurfacePanel, qtbot, live.run).view
    assert view.axes is not None
    hover(view, QPointF(view.axes.x(0.25), view.axes.y(0.75)))
    assert view.reading == f"x1 0.25  x2 0.75  output {live.trainer.predict([[0.25, 0.75]])[0, 0]:.3f}"
    assert view.axes.x_range == (-0.25, 1.25)


def test_the_line_parts_the_classes_that_the_network_parts(qtbot: QtBot) -> None:
    live = LiveRun(ExperimentSpec().with_settings({"data.name": "and", "training.learning_rate": 1.0}))
    live.advance(5000)
    view = show_panel(SurfacePanel, qtbot, live.run).view
    assert view.lines
    for line in view.lines:
        assert live.trainer.predict(line)[:, 0] == pytest.approx(0.5, abs=0.02)
    assert not view.wrong.any()


def test_wrong_points_are_marked(qtbot: QtBot) -> None:
    view = show_panel(SurfacePanel, qtbot, trained(epochs=10_000)).view
    assert view.wrong.tolist() == [False, True, False, True]


def test_a_plane_of_many_inputs_is_chosen_and_the_others_are_held(qtbot: QtBot) -> None:
    live = LiveRun(ExperimentSpec().with_settings({"data.name": "parity:bits=4", "network.hidden": "6"}))
    live.advance(300)
    panel = show_panel(SurfacePanel, qtbot, live.run)
    assert panel.picker.isVisible()
    across, up, held = (panel.findChild(QComboBox, f"surface_{name}") for name in ("x", "y", "held"))
    value = panel.findChild(QDoubleSpinBox, "surface_held_value")
    assert (across.currentText(), up.currentText(), panel.view.reading) == ("x1", "x2", "x3 0  x4 0")
    across.setCurrentText("x2")
    across.activated.emit(across.currentIndex())
    assert (across.currentText(), up.currentText()) == ("x2", "x1"), "they change places"
    held.setCurrentText("x4")
    held.activated.emit(held.currentIndex())
    value.setValue(1.0)
    assert panel.view.reading == "x3 0  x4 1"
    view = panel.view
    QApplication.processEvents()
    assert view.axes is not None
    hover(view, QPointF(view.axes.x(0.5), view.axes.y(0.25)))
    assert view.reading == f"x2 0.50  x1 0.25  output {live.trainer.predict([[0.25, 0.5, 0.0, 1.0]])[0, 0]:.3f}"
    assert len(view.samples.points) == 4, "the patterns that lie in this plane"
    header, rows = panel.numbers()
    assert header == ("x2", "x1", "y") and len(rows) == len(panel._surface.xs) ** 2
    panel.start_run(live.run, ())
    assert panel.view.subject.held == "x3 0  x4 1", "a rewind keeps what was chosen"


def test_a_picture_that_takes_long_is_drawn_less_often_but_its_last_frame_is(qtbot: QtBot) -> None:
    live = LiveRun(ExperimentSpec())
    panel = show_panel(SurfacePanel, qtbot, live.run)
    panel._pace.cost = 0.1
    before = panel.view.values.copy()
    live.advance(3000)
    live.run.frame = replace(live.run.frame, training=True)
    panel.refresh(live.run)
    assert np.array_equal(panel.view.values, before)
    qtbot.waitUntil(lambda: not np.array_equal(panel.view.values, before), timeout=2000)


def test_the_output_is_chosen_where_there_are_several(qtbot: QtBot) -> None:
    panel = show_panel(SurfacePanel, qtbot, trained(ONE_HOT, 100))
    output = panel.findChild(QComboBox, "surface_output")
    assert output.isVisible() and output.currentText() == "yes"
    yes = panel.view.values[1].copy()
    output.setCurrentText("no")
    output.activated.emit(0)
    assert panel.view.values[panel.view.subject.output] == pytest.approx(1 - yes, abs=1e-5)
    assert not panel.findChild(QComboBox, "surface_x").isVisible()
