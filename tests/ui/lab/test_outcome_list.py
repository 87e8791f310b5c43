"""How runs have ended: the share that learned with its interval, and the groups."""

import sys
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

sys.path.insert(0, str(Path(__file__).parent))
from lab_results import FLAT, HALF, chart, click, ended, hover, noisy_results, results_of, ten_runs

from nnstudio.insight.statistics import wilson_interval
from nnstudio.lab.results import Results
from nnstudio.ui.lab.outcome_list import OutcomeCanvas, OutcomeList


def canvas_of(panel: OutcomeList) -> OutcomeCanvas:
    assert isinstance(panel.canvas, OutcomeCanvas)
    return panel.canvas


def thousand() -> Results:
    """Return 1,000 runs of which 714 have learned."""
    results = results_of(seeds=1000)
    ended(results, range(714), np.linspace(0.001, 0.01, 714).tolist())
    ended(results, range(714, 960), np.linspace(0.1281, 0.1289, 246).tolist(), "stuck", HALF)
    ended(results, range(960, 1000), [0.25] * 40, "stuck", FLAT)
    return results


def test_the_share_that_learned_has_its_interval(qtbot: QtBot) -> None:
    panel = chart(OutcomeList, qtbot, thousand())
    assert canvas_of(panel).summary == "714 of 1,000 learned: 71.4 % (68.5 to 74.1 %)"
    canvas = canvas_of(panel)
    start, end = canvas.interval_ends()
    low, high = wilson_interval(714, 1000)
    # In pixels of a bar that reaches from 0 to 100 %.
    width = (end - start) / (high - low)
    assert width == pytest.approx(canvas.width() - 16, abs=1)
    assert start == pytest.approx(8 + 0.685 * width, abs=1)


def test_groups_are_listed_with_their_counts(qtbot: QtBot) -> None:
    panel = chart(OutcomeList, qtbot, thousand())
    header, rows = panel.numbers()
    assert header == ("outcome", "kind", "runs", "share", "low", "high")
    assert [row[:4] for row in rows] == [
        ["learned", "learned", 714, 0.714],
        ["stuck: two patterns at 0.50", "stuck", 246, 0.246],
        ["stuck: all four patterns at 0.50", "stuck", 40, 0.04],
    ]
    assert rows[1][4:] == list(wilson_interval(246, 1000))
    hover(canvas_of(panel), *canvas_of(panel).row(1).center().toTuple())
    assert canvas_of(panel).reading == ("stuck: two patterns at 0.50", "246 of 1,000, 24.6 % (22.0 to 27.4 %)")


def test_a_click_opens_the_run_in_the_middle_of_a_group_and_then_the_next(qtbot: QtBot) -> None:
    panel = chart(OutcomeList, qtbot, ten_runs())
    canvas, opened = canvas_of(panel), []
    panel.run_chosen.connect(lambda run, epoch: opened.append((run, epoch)))
    for row in (0, 0, 1, 1, 1, 1, 0):
        click(canvas, *canvas.row(row).center().toTuple())
    assert opened == [(run, -1) for run in (3, 4, 8, 9, 7, 8, 5)]
    click(canvas, canvas.width() / 2, 10)
    assert len(opened) == 7


def test_hovering_a_row_points_at_its_runs(qtbot: QtBot) -> None:
    panel = chart(OutcomeList, qtbot, ten_runs())
    canvas, hovered = canvas_of(panel), []
    panel.runs_hovered.connect(lambda runs: hovered.append(runs.tolist()))
    hover(canvas, *canvas.row(1).center().toTuple())
    hover(canvas, canvas.row(1).center().x() + 5, canvas.row(1).center().y())
    hover(canvas, 100, 5)
    assert hovered == [[7, 8, 9], []]


def test_rows_are_walked_with_the_keys(qtbot: QtBot) -> None:
    panel = chart(OutcomeList, qtbot, thousand(), size=(300, 120))
    canvas, opened = canvas_of(panel), []
    panel.run_chosen.connect(lambda run, epoch: opened.append(run))
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Return):
        qtbot.keyClick(canvas, key)
    assert opened == [714 + 122]
    qtbot.keyClick(canvas, Qt.Key.Key_End)
    assert canvas.reading[0] == "stuck: all four patterns at 0.50"
    # What does not fit is scrolled to.
    place = canvas.row(2)
    assert canvas.visibleRegion().boundingRect().contains(place.center().toPoint())


def test_runs_under_way_are_counted_apart(qtbot: QtBot) -> None:
    results = results_of()
    panel = chart(OutcomeList, qtbot, results)
    assert panel.summary() == "" and canvas_of(panel).empty_text == "10 networks to train: none has ended yet."
    ended(results, range(4), [0.01] * 4)
    panel.refresh()
    assert canvas_of(panel).summary == "4 of 4 learned: 100 % (51.0 to 100 %); 6 waiting"


def test_the_runs_of_a_cell_are_listed_alone(qtbot: QtBot) -> None:
    results = results_of("network.hidden=2,3", seeds=4)
    ended(results, range(4), [0.1] * 4, "stuck", HALF)
    ended(results, range(4, 8), [0.01] * 4)
    panel = chart(OutcomeList, qtbot)
    for runs, summary in (
        (np.arange(4), "0 of 4 learned: 0 % (0 to 49.0 %)"),
        (np.arange(4, 8), "4 of 4 learned: 100 % (51.0 to 100 %)"),
        (np.array([0, 1, 5]), "1 of 3 learned: 33.3 % (6.1 to 79.2 %)"),
        (np.arange(8), "4 of 8 learned: 50.0 % (21.5 to 78.5 %)"),
    ):
        panel.show_results(results, runs, "some")
        assert canvas_of(panel).summary == summary
        found = np.sort(np.concatenate([group.runs for group in canvas_of(panel).groups]))
        assert np.array_equal(found, runs)


def test_losses_stand_where_noise_keeps_the_samples_from_being_learned(qtbot: QtBot) -> None:
    results = noisy_results()
    panel = chart(OutcomeList, qtbot, results)
    ended(results, range(8), [0.01] * 8, "settled", ())
    panel.refresh()
    canvas = canvas_of(panel)
    large, beside, below = canvas._head_words()
    assert (large, beside[0]) == ("0.01", "median final loss of 8 runs")
    assert below[0] == "none reached an R² of 0.99; half of them from 0.01 to 0.01"
    assert panel.summary() == "median loss 0.01 over 8 runs; none reached an R² of 0.99; 2 waiting. settled: 8."
    assert not panel.picture().isNull()


def test_rows_are_shares_of_all_runs_those_that_wait_included(qtbot: QtBot) -> None:
    results = results_of()
    ended(results, range(6), [0.01] * 6)
    panel = chart(OutcomeList, qtbot, results)
    canvas = canvas_of(panel)
    assert canvas._head_words()[:2] == ("100 %", ("6 learned of 6 that ended",))
    assert [canvas.share_of(count) for count in (6, 4)] == ["60.0 %", "40.0 %"]
    hover(canvas, *canvas.row(0).center().toTuple())
    assert canvas.reading[1] == "6 of the 6 that ended, 100 % (61.0 to 100 %)"
