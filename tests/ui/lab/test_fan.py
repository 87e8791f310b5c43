"""The loss of every run: what is drawn, read out and opened."""

import sys
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor, QHelpEvent
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

sys.path.insert(0, str(Path(__file__).parent))
from lab_results import START, chart, click, ended, given_up, glimpsed, hover, random_results, results_of, ten_runs

from nnstudio.ui.lab.fan import FanCanvas, FanChart
from nnstudio.ui.lab.layers import Layer


def canvas_of(panel: FanChart) -> FanCanvas:
    assert isinstance(panel.canvas, FanCanvas)
    return panel.canvas


def place(canvas: FanCanvas, epoch: float, loss: float) -> tuple[float, float]:
    assert canvas.axes is not None
    return float(canvas.axes.x(epoch)), float(canvas.axes.y(np.log10(loss)))


def on_curve(epoch: float, final: float) -> float:
    """Return the loss of a run at an epoch."""
    return float(START * (final / START) ** (epoch / 9999))


def test_both_bundles_are_drawn_with_all_their_runs(qtbot: QtBot) -> None:
    canvas = canvas_of(chart(FanChart, qtbot, ten_runs()))
    assert canvas.axes is not None and canvas._layer is not None
    counts = canvas._layer.density.counts
    assert counts.shape == (int(canvas.axes.rect.height()), int(canvas.axes.rect.width()))
    row = int(place(canvas, 9000, on_curve(9000, 0.128))[1] - canvas.axes.rect.top())
    column = int(place(canvas, 9000, 0.1)[0] - canvas.axes.rect.left())
    assert counts[row - 1 : row + 2, column].max() == 3
    below = counts[row + 5 :, column]
    assert below.max() >= 1 and below.sum() >= 7


def test_a_click_opens_the_nearest_run_at_the_epoch_under_the_pointer(qtbot: QtBot) -> None:
    panel = chart(FanChart, qtbot, ten_runs())
    canvas, opened = canvas_of(panel), []
    panel.run_chosen.connect(lambda run, epoch: opened.append((run, epoch)))
    x, y = place(canvas, 5000, on_curve(5000, 0.001))
    hover(canvas, x, y)
    epoch = canvas.chosen_epoch
    assert abs(epoch - 5000) < 25
    assert canvas.tip == f"Click to open this network at epoch {epoch:,}"
    click(canvas, x, y)
    assert opened == [(0, epoch)]


def test_behind_the_last_point_a_click_opens_the_end(qtbot: QtBot) -> None:
    results = results_of(seeds=2)
    ended(results, [0], [0.01], points=100)
    ended(results, [1], [0.1], "stuck")
    panel = chart(FanChart, qtbot, results)
    canvas, opened = canvas_of(panel), []
    panel.run_chosen.connect(lambda run, epoch: opened.append((run, epoch)))
    last = float(results.curves[0, 99])
    hover(canvas, *place(canvas, 8000, last))
    assert canvas.tip == "Click to open this network at its end"
    assert canvas.reading[0].endswith("at its end, epoch 4,974")
    click(canvas, *place(canvas, 8000, last))
    assert canvas.axes is not None
    click(canvas, canvas.axes.rect.right() + 3, place(canvas, 0, 0.1)[1])
    assert opened == [(0, -1), (1, -1)]


def test_the_read_out_names_the_run_its_loss_its_outcome_and_the_quartiles(qtbot: QtBot) -> None:
    canvas = canvas_of(chart(FanChart, qtbot, ten_runs()))
    assert canvas.axes is not None
    hover(canvas, canvas.axes.rect.right(), place(canvas, 9999, 0.128)[1])
    assert list(canvas.reading) == [
        "seed 7: loss 0.128",
        "stuck: two patterns at 0.50",
        "epoch 9,999: median 0.005 of 10 runs",
        "half of them from 0.003 to 0.128",
    ]
    hover(canvas, canvas.axes.rect.right(), place(canvas, 9999, 0.002)[1])
    assert canvas.reading[:2] == ["seed 1: loss 0.002", "learned at epoch 1,000"]
    hover(canvas, 2, 2)
    assert not canvas.reading and not canvas.tip


def test_in_a_sweep_a_run_is_named_with_its_cell(qtbot: QtBot) -> None:
    results = results_of("network.hidden=2,3", seeds=2)
    ended(results, [0, 1, 2, 3], [0.1, 0.1, 0.01, 0.02])
    canvas = canvas_of(chart(FanChart, qtbot, results))
    hover(canvas, *place(canvas, 9999, 0.02))
    assert canvas.reading[0] == "hidden neurons 3, seed 1: loss 0.02"


def test_arrows_move_through_runs_and_epochs_and_enter_opens(qtbot: QtBot) -> None:
    panel = chart(FanChart, qtbot, ten_runs())
    canvas, opened, hovered = canvas_of(panel), [], []
    panel.run_chosen.connect(lambda run, epoch: opened.append((run, epoch)))
    panel.runs_hovered.connect(lambda runs: hovered.append(runs.tolist()))
    for key in (Qt.Key.Key_Up, Qt.Key.Key_Return, Qt.Key.Key_Up, Qt.Key.Key_Left, Qt.Key.Key_Enter):
        qtbot.keyClick(canvas, key)
    # The first key goes to the run in the middle, at its end.
    assert opened == [(4, -1), (5, int(canvas.curves.epochs[-2]))]
    qtbot.keyClick(canvas, Qt.Key.Key_Home)
    qtbot.keyClick(canvas, Qt.Key.Key_PageDown)
    qtbot.keyClick(canvas, Qt.Key.Key_Return)
    assert opened[-1] == (0, 0)
    assert "seed 0: loss 0.25" in canvas.accessibleDescription()
    qtbot.keyClick(canvas, Qt.Key.Key_Escape)
    assert hovered == [[4], [5], [0], []]
    assert not canvas.tip


def test_it_grows_while_runs_are_under_way(qtbot: QtBot) -> None:
    results = results_of(seeds=3)
    panel = chart(FanChart, qtbot, results)
    canvas = canvas_of(panel)
    assert canvas.is_empty and canvas.empty_text == "3 networks to train: no losses yet."
    finals = [0.01, 0.02, 0.2]
    for points in (2, 50, 200):
        glimpsed(results, range(3), finals, points)
        panel.refresh()
    assert not canvas.is_empty
    grown = canvas._layer.density.counts
    at_once = canvas_of(chart(FanChart, qtbot, results))._layer.density.counts
    assert np.array_equal(grown, at_once)
    hover(canvas, *place(canvas, 9000, 0.02))
    assert canvas.reading[1] == "training"


def test_very_many_runs_are_drawn_in_several_turns(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nnstudio.ui.lab.layers.BLOCK", 3)
    canvas = canvas_of(chart(FanChart, qtbot, ten_runs()))
    qtbot.waitUntil(lambda: not canvas._later.isActive())
    in_turns = canvas._layer.density.counts
    monkeypatch.undo()
    assert np.array_equal(in_turns, canvas_of(chart(FanChart, qtbot, ten_runs()))._layer.density.counts)


def test_highlighted_runs_are_drawn_apart(qtbot: QtBot) -> None:
    panel = chart(FanChart, qtbot, ten_runs(), size=(420, 260))
    plain = panel.picture()
    panel.set_highlight(np.arange(5))
    some = panel.picture()
    panel.set_highlight(np.array([8]))
    one = panel.picture()
    panel.set_highlight(np.arange(10))
    everything = panel.picture()
    panel.set_highlight(np.zeros(0, np.int64))
    assert some != plain and one != plain and one != some
    # To point at all is to point at none.
    assert everything == plain == panel.picture()


def test_a_saved_picture_is_sharper_than_the_screen(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    panel = chart(FanChart, qtbot, ten_runs(), size=(420, 260))
    layer = canvas_of(panel)._layer
    assert layer is not None and layer.ratio == 1
    drawn: list[Layer] = []
    finer = Layer.at

    def noted(layer: Layer, ratio: float) -> Layer:
        drawn.append(finer(layer, ratio))
        return drawn[-1]

    monkeypatch.setattr(Layer, "at", noted)
    panel.picture()
    picture, plain = drawn[0].picture(QColor("black")), layer.picture(QColor("black"))
    assert picture.devicePixelRatio() == 2
    assert picture.size() == 2 * plain.size()
    # Finer steps of the curves, not the same ones enlarged, and lines as thick as they are on the screen.
    fine, coarse = drawn[0].density.counts > 0, layer.density.counts > 0
    assert not np.array_equal(fine, coarse.repeat(2, axis=0).repeat(2, axis=1))
    assert fine.mean() == pytest.approx(coarse.mean(), rel=0.35)


def test_numbers_are_the_quartiles_of_each_epoch(qtbot: QtBot) -> None:
    header, rows = chart(FanChart, qtbot, ten_runs()).numbers()
    assert header == ("epoch", "runs", "lowest", "lower_quartile", "median", "upper_quartile", "highest")
    assert len(rows) == 200
    assert rows[-1] == [9999, 10, *(pytest.approx(v, rel=1e-5) for v in (0.001, 0.003, 0.005, 0.128, 0.128))]
    assert chart(FanChart, qtbot).numbers()[1] == []


def test_runs_that_diverge_do_not_stretch_the_axis(qtbot: QtBot) -> None:
    results = results_of(seeds=2)
    ended(results, [0], [0.01])
    ended(results, [1], [1e30], "diverged")
    canvas = canvas_of(chart(FanChart, qtbot, results))
    assert canvas.axes is not None
    assert canvas.axes.y_range == pytest.approx((-2, np.log10(5)))


def test_the_axis_ends_at_the_last_epoch_and_at_round_losses(qtbot: QtBot) -> None:
    canvas = canvas_of(chart(FanChart, qtbot, ten_runs()))
    assert canvas.axes is not None
    assert canvas.axes.x_range == (0, 10_000)
    assert canvas.axes.y_range == pytest.approx((-3, np.log10(0.5)), abs=0.31)


def test_files_are_named_after_what_is_shown(qtbot: QtBot) -> None:
    panel = chart(FanChart, qtbot, ten_runs())
    assert panel.file_stem() == "xor-2-2-1-1000-seeds-fan"
    panel.clear()
    assert panel.file_stem() == "nnstudio-fan"
    assert panel.canvas.empty_text.startswith("Nothing trained yet")


def test_the_readout_says_what_a_click_does_and_no_tooltip_lies_on_it(qtbot: QtBot) -> None:
    canvas = chart(FanChart, qtbot, ten_runs()).canvas
    center = canvas.axes.rect.center()
    hover(canvas, center.x(), center.y())
    assert canvas.tip and canvas.readout == (*canvas.reading, canvas.tip)
    place = center.toPoint()
    QApplication.sendEvent(canvas, QHelpEvent(QEvent.Type.ToolTip, place, canvas.mapToGlobal(place)))
    assert not QToolTip.isVisible()


def test_where_hyperband_gave_runs_up_the_legend_says_so(qtbot: QtBot) -> None:
    results = random_results("training.learning_rate=log:0.1:10:3", count=2, seeds=2, method="hyperband")
    ended(results, [0, 1], [0.01, 0.02])
    panel = chart(FanChart, qtbot, results)
    assert not canvas_of(panel)._cut
    given_up(results, [2, 3], 0.1, 3333)
    panel.refresh()
    assert canvas_of(panel)._cut
    assert not panel.picture().isNull()
