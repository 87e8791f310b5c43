"""The drawing of a network: where things are, what is read off them, how it folds, zooms and lives."""

import base64
import re
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QToolButton
from pytestqt.qtbot import QtBot

sys.path.insert(0, str(Path(__file__).parent))
from panel_runs import LiveRun, trained

from nnstudio.engine.choices.features import FEATURES
from nnstudio.engine.spec import ExperimentSpec
from nnstudio.insight.surface import Plane
from nnstudio.session.run import Run
from nnstudio.ui.panels.chart import nice_ceil
from nnstudio.ui.panels.network import NetworkPanel
from nnstudio.ui.panels.network.edges import MOST_EDGES
from nnstudio.ui.panels.network.places import Needs, arrange
from nnstudio.ui.panels.network.targets import Target, parameter_index, short_signed, signed
from nnstudio.ui.panels.network.view import NetworkView
from nnstudio.ui.theme import apply_theme, contrast_ratio, load_theme, ui_font

PLAYGROUND = {
    "data.name": "circle",
    "network.hidden": "4,2",
    "network.activation": "tanh",
    "training.reduction": "mean",
    "training.batch_size": 10,
    "training.learning_rate": 0.03,
}
DEEP = {"network.hidden": ",".join(["64"] * 10), "network.activation": "tanh"}
IRIS = {
    "data.name": "iris",
    "network.hidden": "5",
    "network.output_activation": "softmax",
    "training.loss": "softmax_cross_entropy",
}
DIGITS = {**IRIS, "data.name": "digits", "network.hidden": "12"}


def make(qtbot: QtBot, run: Run, size: tuple[int, int] = (560, 360)) -> NetworkPanel:
    theme = load_theme("light")
    apply_theme(QApplication.instance(), theme)
    panel = NetworkPanel(theme=theme)
    qtbot.addWidget(panel)
    panel.resize(*size)
    panel.show()
    panel.start_run(run, ())
    panel.refresh(run)
    QApplication.processEvents()
    return panel


def drag(view: NetworkView, start: QPoint, way: QPointF, qtbot: QtBot) -> None:
    """Press, move in three steps, and let go."""
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    qtbot.mousePress(view, left, pos=start)
    for share in (0.25, 0.625, 1.0):
        point = QPointF(start) + way * share
        event = QMouseEvent(QEvent.Type.MouseMove, point, QPointF(view.mapToGlobal(point)), left, left, none)
        QApplication.sendEvent(view, event)
    qtbot.mouseRelease(view, left, pos=(QPointF(start) + way).toPoint())


def hover(panel: NetworkPanel, point: QPointF) -> None:
    view, none = panel.view, Qt.MouseButton.NoButton
    place = QPointF(view.mapToGlobal(point))
    event = QMouseEvent(QEvent.Type.MouseMove, point, place, none, none, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(view, event)
    QApplication.processEvents()


def place(panel: NetworkPanel, target: Target) -> QPointF:
    return panel.view.rect_of(target).center()


def block(run: Run, layer: int) -> np.ndarray:
    return run.layout.blocks(run.frame.parameters)[layer - 1]


# ---- reading --------------------------------------------------------------------------------------------------------


def test_an_edge_is_read_with_its_name_value_and_gradient(qtbot: QtBot) -> None:
    run = trained(PLAYGROUND, epochs=20)
    panel = make(qtbot, run)
    hover(panel, place(panel, Target("edge", 2, unit=1, source=2)))
    weight = block(run, 2)[2, 1]
    gradient = run.layout.blocks(run.frame.gradient)[1][2, 1]
    assert panel.view.lines[:3] == [
        "weight h1.3 → h2.2",
        f"value {signed(float(weight))}",
        f"gradient {signed(float(gradient))}",
    ]


@pytest.mark.parametrize(("layer", "unit", "name"), [(1, 3, "bias h1.4"), (2, 0, "bias h2.1"), (3, 0, "bias y")])
def test_a_bias_is_read_below_its_neuron_the_outputs_too(qtbot: QtBot, layer: int, unit: int, name: str) -> None:
    run = trained(PLAYGROUND, epochs=20)
    panel = make(qtbot, run)
    hover(panel, place(panel, Target("bias", layer, unit)))
    assert panel.view.lines[:2] == [name, f"value {signed(float(block(run, layer)[-1, unit]))}"]


def test_a_neuron_is_read_with_its_value_for_the_sample_and_its_range(qtbot: QtBot) -> None:
    run = trained({"data.name": "xor"}, epochs=50)
    panel = make(qtbot, run)
    panel.set_sample(3)
    hover(panel, place(panel, Target("unit", 1, 0)))
    weights = block(run, 1)[:, 0]
    value = 1 / (1 + np.exp(-(run.dataset.inputs[3] @ weights[:2] + weights[2])))
    name, now, reach, bias, _ = panel.view.lines
    assert name == "h1  (hidden, Sigmoid)"
    assert float(now.split()[1]) == pytest.approx(value, abs=1e-4)
    corners = 1 / (1 + np.exp(-(np.array([[x, y, 1] for x in (-0.25, 1.25) for y in (-0.25, 1.25)]) @ weights)))
    low, high = (float(part.split()[0]) for part in reach.split("…"))
    assert (low, high) == pytest.approx((corners.min(), corners.max()), abs=1e-4)
    assert bias.startswith(f"bias {signed(float(weights[2]))}")


def test_the_reading_lives_while_training_goes_on(qtbot: QtBot) -> None:
    live = LiveRun(ExperimentSpec().with_settings(PLAYGROUND))
    panel = make(qtbot, live.run)
    target = Target("edge", 1, unit=0, source=0)
    hover(panel, place(panel, target))
    readings = set()
    for _ in range(5):
        panel.refresh(live.advance(3))
        value = float(live.run.frame.parameters[parameter_index(live.run.layout, target)])
        assert panel.view.lines[1] == f"value {signed(value)}"
        readings.add(panel.view.lines[1])
        QApplication.processEvents()
    assert len(readings) == 5


def test_every_parameter_has_its_place_in_the_flat_vector() -> None:
    run = trained({**PLAYGROUND, "network.hidden": "3,2"})
    flat = np.arange(run.layout.size)
    for layer, numbers in enumerate(run.layout.blocks(flat), 1):
        for unit in range(numbers.shape[1]):
            assert parameter_index(run.layout, Target("bias", layer, unit)) == numbers[-1, unit]
            for source in range(numbers.shape[0] - 1):
                assert parameter_index(run.layout, Target("edge", layer, unit, source)) == numbers[source, unit]


def test_numbers_show_their_sign_unless_they_are_nothing() -> None:
    assert [signed(v) for v in (0.5, -1.25, 0.0, 0.00012, -3e-9)] == [
        "+0.5000",
        "−1.2500",
        "0.0000",
        "+1.20e−4",
        "−3.00e−9",
    ]
    assert [short_signed(v) for v in (1.444, -0.004, 0.0, -12.34)] == ["+1.44", "0.00", "0.00", "−12.3"]


def test_the_table_holds_every_parameter(qtbot: QtBot) -> None:
    run = trained(epochs=30)
    panel = make(qtbot, run)
    header, rows = panel.numbers()
    assert header == ("from", "to", "value", "gradient")
    assert [row[:2] for row in rows] == [
        *(("x1", "h1"), ("x1", "h2"), ("x2", "h1"), ("x2", "h2"), ("bias", "h1"), ("bias", "h2")),
        *(("h1", "y"), ("h2", "y"), ("bias", "y")),
    ]
    assert [row[2] for row in rows] == run.frame.parameters.tolist()
    assert [row[3] for row in rows] == run.frame.gradient.tolist()


# ---- pointing -------------------------------------------------------------------------------------------------------


def test_pointing_at_a_neuron_tells_which_it_is_and_leaving_it_that_there_is_none(qtbot: QtBot) -> None:
    panel = make(qtbot, trained(PLAYGROUND))
    told: list[object] = []
    panel.unit_hovered.connect(told.append)
    hover(panel, place(panel, Target("unit", 2, 1)))
    hover(panel, place(panel, Target("bias", 2, 1)))  # its bias stands for it
    hover(panel, place(panel, Target("feature", 0, 0, feature=0)))
    hover(panel, place(panel, Target("feature", 0, -1, feature=5)))  # not in use: it has no unit
    hover(panel, place(panel, Target("unit", 3, 0)))
    QApplication.sendEvent(panel.view, QEvent(QEvent.Type.Leave))
    assert told == [(2, 1), (0, 0), None, (3, 0), None]


def test_the_edges_of_the_neuron_come_forward_and_the_others_fade(qtbot: QtBot) -> None:
    run = trained({**PLAYGROUND, "network.hidden": "4"}, epochs=30)
    panel = make(qtbot, run)
    view, ground = panel.view, load_theme("light").color("plot_background")
    size = block(run, 1)[:2]
    # The middle of an edge with a strong weight, and a neuron that it does not lead to.
    source, unit = (int(each) for each in np.unravel_index(size.argmax(), size.shape))
    spot, other = view._edges.point((1, source, unit), 0.3).toPoint(), (unit + 2) % 4

    def strength(target: Target) -> int:
        hover(panel, place(panel, target))
        color = view.grab().toImage().pixelColor(spot)
        return sum(abs(a - b) for a, b in zip(color.getRgb(), ground.getRgb(), strict=True))

    plain = strength(Target("feature", 0, -1, feature=7))
    assert plain > 100
    assert strength(Target("unit", 1, unit)) > 0.9 * plain
    assert strength(Target("unit", 1, other)) < 0.5 * plain


def test_negative_weights_are_dashed_and_wider_ones_stronger(qtbot: QtBot) -> None:
    panel = make(qtbot, trained())
    edges = panel.view._edges
    pens = [edges._pens[int(edges._levels_of(np.array(weight)))] for weight in (-5.0, -0.5, 0.01, 0.5, 5.0, 50.0)]
    assert [bool(pen.dashPattern()) for pen in pens] == [True, True, False, False, False, False]
    assert pens[0].widthF() == pytest.approx(pens[4].widthF())
    assert pens[2].widthF() < pens[3].widthF() < pens[4].widthF() == pens[5].widthF()
    assert pens[4].widthF() == pytest.approx(10 * pens[2].widthF(), rel=0.3), "1 to 10 pixels for 0 to 5"
    theme = load_theme("light")
    assert pens[4].color() == theme.color("positive") and pens[0].color() == theme.color("negative")


def test_the_arrows_walk_over_the_nodes_once_tab_has_brought_the_focus(qtbot: QtBot) -> None:
    panel = make(qtbot, trained(PLAYGROUND))
    view = panel.view
    view.setFocus(Qt.FocusReason.MouseFocusReason)
    qtbot.keyClick(view, Qt.Key.Key_Down)
    assert view.target is None, "a click leaves the arrows to the window"
    view.clearFocus()
    view.setFocus(Qt.FocusReason.TabFocusReason)
    assert view.target == Target("feature", 0, 0, feature=0)
    qtbot.keyClick(view, Qt.Key.Key_Down)
    assert view.target == Target("feature", 0, 1, feature=1)
    qtbot.keyClick(view, Qt.Key.Key_Right)
    assert view.target is not None and (view.target.kind, view.target.layer) == ("unit", 1)
    assert "h1." in view.accessibleDescription()
    for _ in range(9):
        qtbot.keyClick(view, Qt.Key.Key_Right)
        qtbot.keyClick(view, Qt.Key.Key_Down)
    assert view.target == Target("unit", 3, 0)
    qtbot.keyClick(view, Qt.Key.Key_Escape)
    assert view.target is None and not view.has_ring


# ---- maps and gauges ------------------------------------------------------------------------------------------------


def test_a_node_is_filled_with_its_own_map(qtbot: QtBot) -> None:
    run = trained(PLAYGROUND)
    panel = make(qtbot, run)
    lut = load_theme("light").surface_lut(256)
    image = panel.view.grab().toImage()
    plane = Plane.of(run.dataset)
    node = panel.view.rect_of(Target("feature", 0, 0, feature=0))
    for x, value in ((node.left() + 1, plane.x_range[0]), (node.right() - 2, plane.x_range[1])):
        color = lut[int(value / nice_ceil(max(map(abs, plane.x_range))) * 127.5 + 127.5)]
        pixel = image.pixelColor(QPoint(round(x), round(node.center().y())))
        assert np.abs(np.array(pixel.getRgb()[:3]) - color).max() < 30
    # A neuron's map has the colour of tanh(w x + b), -1 to 1, at the middle of the plane: x1 = x2 = 0 or nearly so.
    weights, node = block(run, 1)[:, 2], panel.view.rect_of(Target("unit", 1, 2))
    middle = np.array([sum(plane.x_range) / 2, sum(plane.y_range) / 2, 1.0])
    color = lut[int((np.tanh(middle @ weights) + 1) * 128)]
    pixel = image.pixelColor(node.center().toPoint())
    assert np.abs(np.array(pixel.getRgb()[:3]) - color).max() < 30


def test_where_inputs_are_not_two_gauges_show_the_current_sample(qtbot: QtBot) -> None:
    run = trained(IRIS, epochs=20)
    panel = make(qtbot, run)
    said: list[int] = []
    panel.sample_changed.connect(said.append)
    panel.set_sample(120)
    assert said == [120]
    responses = panel.view._responses
    assert not responses.mapped
    assert responses.now(0) == pytest.approx(run.dataset.inputs[120])
    assert responses.now(2) == pytest.approx(run.frame.outputs[120])
    start, end = responses.levels(2)
    assert start.tolist() == [0, 0, 0] and end == pytest.approx(run.frame.outputs[120], abs=1e-6)


@pytest.mark.parametrize("name", ["light", "dark"])
def test_numbers_in_gauges_can_be_read(qtbot: QtBot, name: str) -> None:
    panel = make(qtbot, trained(IRIS))
    theme = load_theme(name)
    panel.set_theme(theme)
    for color in panel.view._nodes.gauge_colors:
        assert contrast_ratio(theme.color("text"), color) >= 4.5


def test_pixels_are_one_picture_and_a_neuron_shows_its_weights_in_it(qtbot: QtBot) -> None:
    run = trained(DIGITS, epochs=2)
    panel = make(qtbot, run)
    assert panel.view.places is not None
    picture = panel.view.places.columns[0].picture
    assert picture is not None and picture.width() == picture.height() > 60
    third_of_second_row = picture.topLeft() + QPointF(2.5 * picture.width() / 8, 1.5 * picture.height() / 8)
    hover(panel, third_of_second_row)
    assert panel.view.target == Target("unit", 0, 8 + 2)
    before = panel.view.grab(picture.toRect()).toImage()
    hover(panel, place(panel, Target("unit", 1, 3)))
    assert panel.view.grab(picture.toRect()).toImage() != before


# ---- room -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("hidden", ["none", "1", "4,2", "8,8,8,8,8,8", "64", "300,2", ",".join(["64"] * 16)])
@pytest.mark.parametrize("size", [(560, 330), (300, 160), (1500, 900)], ids=str)
def test_nothing_overlaps_and_all_is_in_view(hidden: str, size: tuple[int, int]) -> None:
    sizes = (2, *([int(n) for n in hidden.split(",")] if hidden != "none" else []), 1)
    places = arrange(Needs(sizes, left=60, right=60), QSizeF(*size))
    window = QRectF(0, 0, *size).adjusted(-1, -1, 1, 1)
    for column in places.columns:
        nodes = [column.node(unit) for unit in range(column.shown)] + ([column.chip] if column.chip else [])
        assert all(window.contains(node) for node in nodes)
        assert all(a.bottom() <= b.top() + 1 for a, b in pairwise(nodes))
    for start, end in pairwise(places.columns):
        assert start.right < end.left


@pytest.mark.parametrize(
    ("outputs", "height", "shown"),
    [(10, 290, 10), (10, 155, 10), (10, 145, 5), (16, 240, 16), (16, 230, 9), (17, 290, 12), (20, 500, 20)],
)
def test_outputs_fold_last(outputs: int, height: int, shown: int) -> None:
    places = arrange(Needs((64, 32, outputs), picture=(8, 8), holds_numbers=True), QSizeF(528, height))
    _, hidden, last = places.columns
    assert last.shown == shown and (last.chip is None) == (shown == outputs)
    assert last.pitch >= 14 and hidden.pitch >= 20 and hidden.chip is not None
    assert hidden.height == pytest.approx(0.85 * hidden.pitch), "small outputs make no other layer small"
    nodes = [last.node(unit) for unit in range(shown)]
    assert all(a.bottom() < b.top() for a, b in pairwise(nodes))
    assert nodes[0].top() >= 0 and nodes[-1].bottom() <= height


def test_all_digits_are_outputs_in_a_small_panel(qtbot: QtBot) -> None:
    panel = make(qtbot, trained({**DIGITS, "network.hidden": "32"}), (528, 250))
    for unit in range(10):
        hover(panel, place(panel, Target("unit", 2, unit)))
        assert panel.view.target == Target("unit", 2, unit)


def test_a_layer_with_room_has_larger_nodes() -> None:
    size = QSizeF(528, 250)
    first, *full, output = arrange(Needs((2, 16, 16, 1)), size).columns
    assert [column.height < 20 for column in full] == [True, True]
    assert 36 <= first.height == output.height <= 42
    assert output.label == 2 and output.pitch - output.height >= 14, "its bias stands below it"
    even = arrange(Needs((2, 4, 2, 1)), size).columns
    assert len({column.height for column in even}) == 1, "a small difference would say something"


@pytest.mark.parametrize("hidden", ["16,16", "64,64"])
def test_the_note_about_edges_that_are_not_drawn_covers_nothing(qtbot: QtBot, hidden: str) -> None:
    panel = make(qtbot, trained({**PLAYGROUND, "network.hidden": hidden}), (530, 290))
    view = panel.view
    assert view.places is not None and view._edges.shown < view._edges.count
    lowest = max(rect.bottom() for rect in [*view.places.features, *(c.chip for c in view.places.columns if c.chip)])
    assert lowest < view.height() - QFontMetricsF(ui_font(load_theme("light"), "caption")).height() - 4


def test_many_units_fold_into_a_chip_that_unfolds(qtbot: QtBot) -> None:
    run = trained(DEEP)
    panel = make(qtbot, run)
    view = panel.view
    assert view.places is not None
    column = view.places.columns[4]
    assert 5 <= column.shown < 20 and column.chip is not None
    assert view._edges.shown <= MOST_EDGES < view._edges.count
    chip = place(panel, Target("more", 4, column.shown))
    hover(panel, chip)
    assert view.lines == [f"{64 - column.shown} more: h4.{column.shown + 1} … h4.64", "Click to show them"]
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=chip.toPoint())
    column = view.places.columns[4]
    assert column.shown == 64 and view.places.columns[5].shown < 20
    view.fit()
    assert all(QRectF(view.rect()).contains(view.places.columns[4].node(unit)) for unit in (0, 63))
    view.activate(Target("more", 4))
    assert view.places.columns[4].shown < 20, "and folds again"


def test_a_folded_layers_neuron_brings_all_its_edges_forward(qtbot: QtBot) -> None:
    panel = make(qtbot, trained(DEEP))
    hover(panel, place(panel, Target("unit", 5, 2)))
    assert len(panel.view._forward()) == 128


def test_every_neuron_keeps_its_strongest_edge(qtbot: QtBot) -> None:
    run = trained(DEEP)
    panel = make(qtbot, run)
    view = panel.view
    assert view.places is not None
    drawn = set(view._edges.drawn())
    rows, columns = view.places.columns[2].shown, view.places.columns[3].shown
    strongest = np.abs(block(run, 3)[:rows, :columns]).argmax(axis=0)
    assert all((3, int(source), unit) in drawn for unit, source in enumerate(strongest))


def test_zooming_in_unfolds_and_fitting_takes_it_back(qtbot: QtBot) -> None:
    panel = make(qtbot, trained(DEEP))
    view = panel.view
    assert view.places is not None
    shown, node = view.places.columns[3].shown, view.places.columns[3].height
    center = QPointF(view.rect().center())
    event = QWheelEvent(
        center, QPointF(view.mapToGlobal(center)), QPoint(), QPoint(0, 120 * 8), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(view, event)
    assert view.zoom > 4 and not view.is_fitted
    assert view.places.columns[3].shown > 3 * shown
    qtbot.keyClick(view, Qt.Key.Key_F)
    assert (view.zoom, view.is_fitted) == (1.0, True)
    assert (view.places.columns[3].shown, view.places.columns[3].height) == (shown, node)


def test_the_buttons_and_keys_zoom_and_a_drag_moves(qtbot: QtBot) -> None:
    panel = make(qtbot, trained(PLAYGROUND))
    view = panel.view
    controls = {widget.objectName(): widget for widget in panel.controls()}
    bigger, smaller, fit = (controls[f"network_{name}"] for name in ("zoom_in", "zoom_out", "fit"))
    assert all(isinstance(button, QToolButton) and button.toolTip() for button in (bigger, smaller, fit))
    bigger.click()
    qtbot.keyClick(view, Qt.Key.Key_Plus)
    assert view.zoom == pytest.approx(1.25**2)
    assert view.places is not None
    before = view.places.columns[1].x
    empty = QPoint(view.width() - 4, 3)
    drag(view, empty, QPointF(-40, 0), qtbot)
    assert view.places.columns[1].x == pytest.approx(before - 40)
    smaller.click()
    assert view.zoom == pytest.approx(1.25)
    fit.click()
    assert view.is_fitted
    panel.resize(800, 500)
    QApplication.processEvents()
    assert view.places.bounds.right() > 700, "what is fitted stays so"


@pytest.mark.parametrize(
    "target", [Target("edge", 1, unit=2, source=1), Target("bias", 1, unit=3), Target("unit", 1, 0)]
)
def test_a_drag_that_begins_on_something_moves_the_drawing_and_changes_nothing(qtbot: QtBot, target: Target) -> None:
    panel = make(qtbot, trained(PLAYGROUND))
    view = panel.view
    view.zoom_by(1.5, QPointF(view.rect().center()))
    assert view.places is not None
    before = view.places.columns[1].x
    drag(view, place(panel, target).toPoint(), QPointF(-40, 0), qtbot)
    assert view.places.columns[1].x == pytest.approx(before - 40)
    assert not view.editor.isVisible()


def test_the_bias_of_a_small_output_keeps_clear_of_its_target(qtbot: QtBot) -> None:
    run = trained({**PLAYGROUND, "network.hidden": "16,16"}, epochs=20)
    drawing = make(qtbot, run, (800, 500)).drawing().decode()
    texts = re.findall(r'<text[^>]* x="([-\d.]+)"[^>]*>([^<]+)<', drawing)
    (bias, number), *_, (beside, target) = texts[texts.index(next(t for t in texts if t[1] == "b ")) + 1 :]
    assert (number, target) == (short_signed(block(run, 3)[-1, 0]), "target 1")
    width = QFontMetricsF(ui_font(load_theme("light"), "caption")).horizontalAdvance(number)
    assert float(bias) + width < float(beside)


def test_a_network_of_the_same_shape_keeps_its_zoom_and_another_is_fitted(qtbot: QtBot) -> None:
    panel = make(qtbot, trained(PLAYGROUND))
    panel.view.zoom_by(2.0)
    panel.start_run(trained(PLAYGROUND, number=2), ())
    assert panel.view.zoom == 2.0
    panel.start_run(trained({**PLAYGROUND, "network.hidden": "4,3"}, number=3), ())
    assert panel.view.zoom == 1.0


# ---- looks ----------------------------------------------------------------------------------------------------------


def test_it_lives_through_training_in_every_shape(qtbot: QtBot) -> None:
    for settings in (
        PLAYGROUND,
        DIGITS,
        {"data.name": "parity:bits=4"},
        {**PLAYGROUND, "network.hidden": "none", "data.features": ",".join(FEATURES)},
        {"data.name": "sine", "network.output_activation": "linear"},
        {"network.output_activation": "linear", "training.learning_rate": 900.0},
    ):
        live = LiveRun(ExperimentSpec().with_settings(settings))
        panel = make(qtbot, live.run)
        for _ in range(4):
            panel.refresh(live.advance(2))
            QApplication.processEvents()
        panel.settle(live.run)
        assert not panel.picture().isNull()


def test_the_theme_changes_and_the_drawing_with_it(qtbot: QtBot) -> None:
    panel = make(qtbot, trained(PLAYGROUND, epochs=5))
    dark = load_theme("dark")
    apply_theme(QApplication.instance(), dark)
    panel.set_theme(dark)
    QApplication.processEvents()
    image = panel.picture()
    assert image.pixelColor(3, image.height() - 4) == dark.color("plot_background")
    colors = {image.pixelColor(x, y).rgb() for x in range(0, image.width(), 3) for y in range(0, image.height(), 3)}
    assert QColor(dark.color("text")).rgb() in colors


def test_a_drawing_for_print_has_its_edges_as_lines_and_its_titles_as_letters(qtbot: QtBot) -> None:
    panel = make(qtbot, trained(PLAYGROUND, epochs=20))
    drawing = panel.drawing().decode()
    assert drawing.count("<path") + drawing.count("<polyline") >= 18, "2·4 + 4·2 + 2 edges"
    for word in ("hidden 1", "Tanh", "features", "output", "x1·x2"):
        assert word in drawing
    images = [QImage.fromData(base64.b64decode(data)) for data in re.findall(r"base64,([^\"]+)", drawing)]
    assert len(images) == len(FEATURES) + 7
    assert all(image.width() == image.height() > 0 for image in images), "each is one neuron's map"
