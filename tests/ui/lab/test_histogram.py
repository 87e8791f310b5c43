"""Final losses as bars: who is in which, and what a click on one does."""

import math
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from pytestqt.qtbot import QtBot

sys.path.insert(0, str(Path(__file__).parent))
from lab_results import FLAT, chart, click, ended, glimpsed, hover, results_of, ten_runs

from nnstudio.lab.results import Results
from nnstudio.ui.lab.bins import edges_of
from nnstudio.ui.lab.histogram import Histogram, HistogramCanvas
from nnstudio.ui.lab.plot_axes import loss_text


def canvas_of(panel: Histogram) -> HistogramCanvas:
    assert isinstance(panel.canvas, HistogramCanvas)
    return panel.canvas


def bar_with(canvas: HistogramCanvas, run: int) -> int:
    return next(number for number, bar in enumerate(canvas.bars) if run in canvas.runs[bar.members])


def mixed() -> Results:
    """Return a sweep with runs of every kind: 4 learned (one at exactly 0), 3 stuck, 1 diverged, 2 under way."""
    results = results_of()
    ended(results, range(4), [0.002, 0.0021, 0.0022, 0.0])
    ended(results, range(4, 7), [0.25] * 3, "stuck", FLAT)
    ended(results, [7], [math.nan], "diverged", FLAT)
    glimpsed(results, [8, 9], [0.1, 0.1], 200)
    return results


def test_every_run_is_in_one_bar_that_holds_its_loss(qtbot: QtBot) -> None:
    canvas = canvas_of(chart(Histogram, qtbot, ten_runs()))
    assert sorted(np.concatenate([bar.members for bar in canvas.bars]).tolist()) == list(range(10))
    for bar in canvas.bars:
        for member in bar.members.tolist():
            assert 10**bar.low <= canvas.results.final_loss[member] < 10**bar.high
    # Bars of one width, side by side.
    widths = {round(bar.high - bar.low, 9) for bar in canvas.bars}
    assert len(widths) == 1
    assert all(bar.high == after.low for bar, after in pairwise(canvas.bars))


def test_bars_begin_at_a_round_loss_and_are_as_many_as_there_is_room_for() -> None:
    for low, high, most in (
        (-2.9, -0.6, 30),
        (-0.61, -0.60, 30),
        (-12.0, 0.0, 20),
        (-3.0, -3.0, 4),
        (-250.0, 30.0, 40),
    ):
        edges = edges_of(low, high, most)
        assert edges[0] <= low and edges[-1] > high and len(edges) - 1 <= most
        mantissa = 10 ** (edges[0] - math.floor(edges[0] + 1e-9))
        assert min(abs(mantissa - each) for each in (1, 2, 5, 10)) < 1e-6


def test_what_has_no_logarithm_has_a_bar_of_its_own(qtbot: QtBot) -> None:
    canvas = canvas_of(chart(Histogram, qtbot, mixed()))
    assert (canvas.bars[0].name, canvas.bars[0].members.tolist()) == ("0", [3])
    assert (canvas.bars[-1].name, canvas.bars[-1].members.tolist()) == ("diverged", [7])
    assert all(not bar.name for bar in canvas.bars[1:-1])
    assert canvas.axes is not None
    places = [canvas.place(number) for number in range(len(canvas.bars))]
    assert all(one.right() <= other.left() for one, other in pairwise(places))
    assert canvas.axes.rect.left() <= places[0].left() and places[-1].right() <= canvas.axes.rect.right()


def test_bars_are_as_high_as_they_have_runs_and_seen_even_with_one(qtbot: QtBot) -> None:
    results = results_of(seeds=1000)
    ended(results, range(999), [0.002] * 999)
    ended(results, [999], [0.25], "stuck", FLAT)
    canvas = canvas_of(chart(Histogram, qtbot, results))
    assert canvas.axes is not None
    most, one = (canvas.place(bar_with(canvas, run)) for run in (0, 999))
    assert most.height() == pytest.approx(999 / canvas.axes.y_range[1] * canvas.axes.rect.height(), abs=1)
    assert one.height() == 2


def test_bars_tell_the_learned_from_the_others(qtbot: QtBot) -> None:
    panel = chart(Histogram, qtbot, mixed())
    header, rows = panel.numbers()
    assert header == ("from", "to", "runs", "learned", "stuck", "unfinished", "diverged", "under_way")
    assert rows[0][2:] == [1, 1, 0, 0, 0, 0] and rows[-1][2:] == [1, 0, 0, 0, 1, 0]
    assert [sum(row[i] for row in rows) for i in range(2, 8)] == [10, 4, 3, 0, 1, 2]
    usual = rows[1:-1]
    assert all(row[0] < row[1] for row in usual)
    assert next(row for row in usual if row[4])[0] <= 0.25


def test_the_read_out_tells_range_count_and_share(qtbot: QtBot) -> None:
    canvas = canvas_of(chart(Histogram, qtbot, mixed()))
    center = canvas.place(bar_with(canvas, 4)).center()
    # A low bar is pointed at anywhere above it, too.
    hover(canvas, center.x(), canvas.axes.rect.top() + 5)
    bar = canvas.bars[bar_with(canvas, 4)]
    low, high = (f"{10**end:.3g}" for end in (bar.low, bar.high))
    assert list(canvas.reading) == [f"loss {low} to {high}", "3 of 10 runs, 30.0 %", "stuck 3"]
    hover(canvas, *canvas.place(len(canvas.bars) - 1).center().toTuple())
    assert canvas.reading[0].startswith("diverged")


def test_a_click_highlights_the_runs_of_a_bar_and_opens_the_one_in_the_middle(qtbot: QtBot) -> None:
    panel = chart(Histogram, qtbot, mixed(), size=(300, 200))
    canvas, opened, chosen = canvas_of(panel), [], []
    panel.run_chosen.connect(lambda run, epoch: opened.append((run, epoch)))
    panel.runs_chosen.connect(lambda runs: chosen.append(runs.tolist()))
    number = bar_with(canvas, 1)
    members = canvas.runs[canvas.bars[number].members].tolist()
    assert set(members) <= {0, 1, 2}
    click(canvas, *canvas.place(number).center().toTuple())
    assert chosen == [members] and opened == [(members[(len(members) - 1) // 2], -1)]
    # Between the bars there is nothing to click.
    click(canvas, 2, 2)
    assert len(opened) == 1


def test_arrows_move_from_bar_to_bar_over_empty_ones(qtbot: QtBot) -> None:
    panel = chart(Histogram, qtbot, mixed())
    canvas, opened, hovered = canvas_of(panel), [], []
    panel.run_chosen.connect(lambda run, epoch: opened.append(run))
    panel.runs_hovered.connect(lambda runs: hovered.append(sorted(runs.tolist())))
    for key in (Qt.Key.Key_Home, Qt.Key.Key_Home, Qt.Key.Key_Return, Qt.Key.Key_End, Qt.Key.Key_Return):
        qtbot.keyClick(canvas, key)
    assert opened == [3, 7]
    qtbot.keyClick(canvas, Qt.Key.Key_Left)
    assert hovered[-1] == [4, 5, 6]
    qtbot.keyClick(canvas, Qt.Key.Key_Escape)
    assert hovered[-1] == []


def test_it_follows_runs_under_way(qtbot: QtBot) -> None:
    results = results_of(seeds=4)
    panel = chart(Histogram, qtbot, results)
    canvas = canvas_of(panel)
    assert canvas.is_empty and canvas.empty_text == "4 networks to train: no losses yet."
    glimpsed(results, range(4), [0.01, 0.01, 0.02, 0.2], 50)
    panel.refresh()
    assert sum(bar.counts[-1] for bar in canvas.bars) == 4
    assert canvas._x_title() == "loss so far"
    ended(results, range(4), [0.01, 0.01, 0.02, 0.2])
    panel.refresh()
    assert sum(bar.counts[0] for bar in canvas.bars) == 4
    assert canvas._x_title() == "final loss"


def test_highlighted_runs_are_marked(qtbot: QtBot) -> None:
    panel = chart(Histogram, qtbot, ten_runs())
    plain = panel.picture()
    panel.set_highlight(np.array([2]))
    one = panel.picture()
    panel.set_highlight(np.arange(7))
    many = panel.picture()
    assert plain != one and plain != many and one != many


def test_losses_that_are_as_good_as_none_share_the_first_bar(qtbot: QtBot) -> None:
    results = results_of()
    ended(results, range(10), [1e-40, 1e-33, 1e-12, *[0.01] * 5, 0.1, 0.2])
    canvas = canvas_of(chart(Histogram, qtbot, results))
    first = canvas.bars[0]
    assert canvas.runs[first.members].tolist() == [0, 1, 2]
    assert first.range_words.startswith("loss below ")
    assert 1e-9 < 10**first.low < 10**first.high < 1e-7
    assert not any(bar.holds_lower for bar in canvas.bars[1:])
    canvas.set_highlight(np.array([0]))  # its mark stands on the bar
    assert first.low <= canvas.axes.values_at(QPointF(canvas._place_of(0), 0))[0] <= first.high


def test_the_legend_counts_runs_under_way_not_those_that_wait(qtbot: QtBot) -> None:
    results = results_of()
    glimpsed(results, [0, 1], [0.1, 0.1], 5)
    canvas = canvas_of(chart(Histogram, qtbot, results))
    assert canvas.legend_counts == [0, 0, 0, 0, 2]


def test_texts_below_the_bars_do_not_touch(qtbot: QtBot) -> None:
    results = results_of()
    ended(results, range(10), np.geomspace(0.00011, 0.0024, 10).tolist())
    for width in range(440, 640, 20):
        canvas = canvas_of(chart(Histogram, qtbot, results, size=(width, 240)))
        ticks = canvas._ticks.tolist()
        wide = [canvas._metrics.horizontalAdvance(loss_text(tick)) for tick in ticks]
        places = [float(canvas.axes.x(tick)) for tick in ticks]
        assert len(ticks) >= 2
        for (left, one), (right, other) in pairwise(zip(places, wide, strict=True)):
            assert right - left > (one + other) / 2
