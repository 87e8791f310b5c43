"""What panels leave out where there is little room, so that the rest can be read."""

from __future__ import annotations

import re

from pytestqt.qtbot import QtBot

from nnstudio.engine.spec import ExperimentSpec
from nnstudio.ui.appearance import projected
from nnstudio.ui.panels.outputs import OutputsPanel
from nnstudio.ui.panels.weights import WeightsPanel
from nnstudio.ui.theme import load_theme
from tests.ui.painted import painted_texts
from tests.ui.panel_runs import LiveRun, show_panel

XOR = ExperimentSpec()


def test_the_scale_of_the_weights_gives_way_to_their_numbers(qtbot: QtBot) -> None:
    panel = show_panel(WeightsPanel, qtbot, LiveRun(XOR).advance(1), size=(600, 240))
    panel.set_theme(projected(panel.theme))
    assert panel.view.has_scale
    panel.resize(380, 240)
    assert not panel.view.has_scale
    assert all(panel.view.styles)
    assert f"{panel.run.frame.parameters[0]:+.2f}".replace("-", "−") in {text.text for text in painted_texts(panel)}


def test_numbers_lose_what_is_behind_the_point_before_they_give_way_to_signs(qtbot: QtBot) -> None:
    four = XOR.with_settings({"network.hidden": "4", "training.learning_rate": 5})
    panel = show_panel(WeightsPanel, qtbot, LiveRun(four).advance(500), size=(380, 240))
    assert panel.view.limit == 10
    panel.set_theme(projected(panel.theme))
    parameters = panel.run.frame.parameters
    texts = [text.text for text in painted_texts(panel)]
    for value in parameters:
        assert (f"{value:+.0f}".replace("-", "−") if abs(value) >= 0.5 else "0") in texts
    assert not panel.view.has_scale
    # Begun anew, they are all small: none would say anything without what is behind the point.
    panel.start_run(LiveRun(four).run, ())
    assert panel.view.limit < 5
    assert not any(panel.view.styles)


def test_without_room_for_numbers_the_scale_says_what_the_colours_mean(qtbot: QtBot) -> None:
    wide = LiveRun(XOR.with_settings({"network.hidden": "16"})).advance(1)
    panel = show_panel(WeightsPanel, qtbot, wide, size=(380, 240))
    panel.set_theme(projected(panel.theme))
    assert panel.view.has_scale
    assert not any(panel.view.styles)
    assert {"+", "−"} <= {text.text[0] for text in painted_texts(panel)}


def test_layers_stay_within_a_low_panel_and_names_of_rows_give_way(qtbot: QtBot) -> None:
    deep = LiveRun(XOR.with_settings({"network.hidden": "8, 8, 8"})).advance(1)
    panel = show_panel(WeightsPanel, qtbot, deep, size=(390, 240))
    panel.set_theme(projected(panel.theme))
    places = panel.view.places
    assert places is not None
    view = panel.view.rect().toRectF()
    assert all(view.contains(layer.weights) and view.contains(layer.biases) for layer in places.layers)
    written = [text.text for text in painted_texts(panel)]
    assert "→ out" in written
    assert "bias" not in written
    panel.resize(1200, 600)
    written = [text.text for text in painted_texts(panel)]
    assert written.count("bias") == 4
    assert "h3 → out" in written


def test_without_a_chart_below_the_table_needs_no_lines_of_the_curves(qtbot: QtBot) -> None:
    panel = show_panel(OutputsPanel, qtbot, LiveRun(XOR).advance(200), size=(420, 400))
    lines = panel.drawing().count(b"stroke-dasharray")
    assert panel.view.chart.has_room
    assert lines > 0
    panel.resize(420, 130)
    assert not panel.view.chart.has_room
    assert panel.drawing().count(b"stroke-dasharray") == 0


def test_names_at_the_ends_of_courses_stay_above_the_numbers_of_the_axis(qtbot: QtBot) -> None:
    learned = LiveRun(XOR.with_settings({"network.hidden": "4", "training.learning_rate": 5})).advance(3000)
    panel = show_panel(OutputsPanel, qtbot, learned, size=(420, 400))
    panel.set_theme(projected(load_theme("dark")))
    panel.resize(640, 560)
    texts = painted_texts(panel)
    ends = [text for text in texts if re.fullmatch("[01] [01]", text.text)]
    epochs = [text for text in texts if text.text.endswith(",000")]
    assert len(ends) == 4
    assert epochs
    assert max(end.rect.bottom() for end in ends) < min(epoch.rect.top() for epoch in epochs)


def test_courses_are_as_thick_as_the_loss_curve_at_rest(qtbot: QtBot) -> None:
    panel = show_panel(OutputsPanel, qtbot, LiveRun(XOR).advance(200), size=(420, 400))
    panel.set_theme(projected(panel.theme))
    panel.resize(640, 560)
    width = panel.theme.lines.strong
    assert panel.drawing().count(f'stroke-width="{width:g}"'.encode()) >= 4
