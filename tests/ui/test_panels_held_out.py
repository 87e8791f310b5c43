"""What is held out of training is marked in the table and on the plane; numbers of any size keep to their place."""

import sys
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QByteArray, QRectF
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer
from pytestqt.qtbot import QtBot

sys.path.insert(0, str(Path(__file__).parent))
from panel_runs import show_panel, trained

from nnstudio.ui.panels import PANELS, Panel
from nnstudio.ui.panels.chart import fixed, range_over
from nnstudio.ui.panels.loss import LossPanel
from nnstudio.ui.panels.outputs import OutputsPanel
from nnstudio.ui.panels.surface import SurfacePanel
from nnstudio.ui.panels.truth_table import TruthTable
from nnstudio.ui.panels.weights import WeightsPanel

VALIDATION = {"data.name": "parity:bits=4", "data.validation_share": 0.25, "network.hidden": "6"}
DIVERGED = {"network.output_activation": "linear", "training.learning_rate": 900.0}

# ---- held out ------------------------------------------------------------------------------------------------------


def test_right_answers_to_what_is_held_out_are_counted_apart(qtbot: QtBot) -> None:
    run = trained(VALIDATION, 3000)
    panel = show_panel(OutputsPanel, qtbot, run)
    held_out, right = run.spec.parts() > 0, panel.view.table.right
    expected = f"{right[~held_out].sum()} of 12 trained, ○ {right[held_out].sum()} of 4 held out right"
    assert panel.view.table.summary == expected
    header, rows = panel.numbers()
    assert header[-1] == "part" and [row[-1] == "validation" for row in rows] == held_out.tolist()
    assert "part" not in show_panel(OutputsPanel, qtbot, trained()).numbers()[0]


def test_points_that_are_held_out_are_hollow_and_in_the_legend(qtbot: QtBot) -> None:
    run = trained(VALIDATION, 10)
    view = show_panel(SurfacePanel, qtbot, run).view
    assert view.samples.hollow.tolist() == (run.spec.parts() > 0)[view.samples.rows].tolist()
    assert view.samples.hollow.any()
    assert [(entry.text, entry.hollow) for entry in view.legend] == [
        ("target 0", False),
        ("target 1", False),
        ("validation", True),
    ]
    assert [entry.text for entry in show_panel(SurfacePanel, qtbot, trained()).view.legend] == ["target 0", "target 1"]


def room_beside_output(table: TruthTable) -> float:
    places = table._places(table._columns - 1)
    return places["mark"][1] - places["bar"][0]


@pytest.mark.parametrize("bits", [2, 4, 6, 10])
@pytest.mark.parametrize("share", [0.0, 0.25])
@pytest.mark.parametrize("size", [(300, 200), (420, 300), (900, 500)], ids=str)
def test_the_count_keeps_clear_of_the_names_of_columns(
    qtbot: QtBot, bits: int, share: float, size: tuple[int, int]
) -> None:
    run = trained({"data.name": f"parity:bits={bits}", "data.validation_share": share})
    table = show_panel(OutputsPanel, qtbot, run, size=size).view.table
    width = table._small_metrics.horizontalAdvance(table.summary)
    assert table._summary_apart or width <= room_beside_output(table)
    assert table._summary_apart == (table._head > 1.9 * table._small_metrics.height())


# ---- large numbers -------------------------------------------------------------------------------------------------


def test_large_outputs_are_written_short(qtbot: QtBot) -> None:
    numbers = {12.34: "12.34", 123.4: "123.4", 9999.4: "9999", -3e153: "−3e153", 1e5: "1e5", 2.55e12: "3e12"}
    assert {value: fixed(value) for value in numbers} == numbers
    table = show_panel(OutputsPanel, qtbot, trained(DIVERGED, 200)).view.table
    assert "e" in table.answers[0]
    for number in ("−3e153", "−1234", "−12.34", *table.answers):
        assert table._metrics.horizontalAdvance(number) <= table._output_width + table._density.gap


def test_runaway_outputs_leave_the_others_to_be_seen() -> None:
    assert range_over((0.0, 1.0), np.array([0.2, np.nan, 1.7])) == (0.0, 2.0)
    assert range_over((0.0, 5000.0), np.array([0.2, -1e153])) == (-10.0, 10.0)
    assert range_over((0.0, 1.0), np.array([np.inf, np.nan])) == (0.0, 1.0)


# ---- weights -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(420, 300), (900, 500)], ids=str)
@pytest.mark.parametrize("hidden", ["2", "8", "32,32,32,32,32", "128,128"])
def test_heatmaps_stand_in_lines_and_columns_and_can_all_be_seen(
    qtbot: QtBot, hidden: str, size: tuple[int, int]
) -> None:
    places = show_panel(WeightsPanel, qtbot, trained({"network.hidden": hidden}), size=size).view.places
    assert places is not None
    lefts = {place.weights.left() for place in places.layers}
    tops = {place.weights.top() for place in places.layers}
    assert len(lefts) * len(tops) < len(places.layers) + max(len(lefts), len(tops)), "lined up both ways"
    assert all(place.weights.width() > 25 and place.weights.height() > 30 for place in places.layers)
    assert len({"hidden" in place.title_text for place in places.layers}) == 1, "one way of naming"
    assert places.bounds.right() <= size[0] and places.bounds.bottom() <= size[1]


def test_numbers_are_printed_in_small_type_where_no_larger_fits(qtbot: QtBot) -> None:
    view = show_panel(WeightsPanel, qtbot, trained({"data.name": "parity:bits=6", "network.hidden": "8"}, 10)).view
    assert all(view.styles)
    assert all(style[0].pixelSize() >= 9 for style in view.styles)
    large = show_panel(WeightsPanel, qtbot, trained(), size=(900, 500)).view
    assert large.styles[0][0].pixelSize() > 13 and large.places.layers[0].cell_height > 46


# ---- drawings ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", PANELS, ids=lambda kind: kind.key)
def test_a_drawing_looks_like_the_picture(qtbot: QtBot, kind: type[Panel]) -> None:
    run = trained(VALIDATION, 1500)
    panel = show_panel(kind, qtbot, run)
    panel.start_run(run, [trained({**VALIDATION, "seed": 1}, 3000)])
    picture = panel.picture()
    drawing = QImage(picture.size(), QImage.Format.Format_RGB32)
    painter = QPainter(drawing)
    QSvgRenderer(QByteArray(panel.drawing())).render(painter, QRectF(drawing.rect()))
    painter.end()
    # Letters and lines may lie half a pixel apart: grounds and colours may not differ.
    small = [image.scaled(42, 30).convertToFormat(QImage.Format.Format_RGB32) for image in (picture, drawing)]
    pixels = [np.array(image.constBits(), int).reshape(30, 42, 4) for image in small]
    assert np.median(np.abs(pixels[0] - pixels[1])) < 4
    assert (np.abs(pixels[0] - pixels[1]).max(axis=2) > 60).mean() < 0.12


def test_a_drawing_of_the_loss_scales_no_lines(qtbot: QtBot) -> None:
    text = show_panel(LossPanel, qtbot, trained(epochs=900)).drawing().decode()
    scales = {tuple(m.split(",")[:4]) for m in text.replace("matrix(", "\n(").split("\n(")[1:]}
    assert all(abs(float(number)) in (0.0, 1.0) for scale in scales for number in scale)


# ---- decision boundary ---------------------------------------------------------------------------------------------


def test_at_rest_the_boundary_is_drawn_on_a_finer_grid(qtbot: QtBot) -> None:
    run = trained({"network.hidden": "16,16", "network.activation": "tanh"}, 200)
    panel = show_panel(SurfacePanel, qtbot, run)
    live = len(panel.view.surface.xs)
    qtbot.waitUntil(lambda: len(panel.view.surface.xs) >= 3 * live)
    panel.refresh(run)
    assert len(panel.view.surface.xs) == live, "a live frame stays cheap"
    panel.picture()
    assert len(panel.view.surface.xs) >= 3 * live, "pictures are as good as can be"
