"""Curves of many runs on one grid of epochs."""

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from lab_results import START, ended, glimpsed, results_of, ten_runs

from nnstudio.lab.results import Results
from nnstudio.ui.lab import curves as module
from nnstudio.ui.lab.curves import Curves


def curves_of(results: Results) -> Curves:
    return Curves(results, np.arange(results.sweep.runs))


def test_quartiles_are_nearest_ranks() -> None:
    curves = curves_of(ten_runs())
    # Of ten runs the third, the fifth and the eighth.
    assert 10.0 ** curves.quartiles[:, -1] == pytest.approx([0.003, 0.005, 0.128], rel=1e-5)
    assert 10.0 ** curves.quartiles[:, 0] == pytest.approx([START] * 3, rel=1e-5)
    assert (curves.counts == 10).all()
    assert curves.range == pytest.approx((0.001, START), rel=1e-5)


def test_quartiles_are_those_of_the_runs_that_are_still_there() -> None:
    results = results_of(seeds=4)
    ended(results, [0, 1], [0.01, 0.02], points=50)
    ended(results, [2, 3], [0.1, 0.2], "stuck")
    curves = curves_of(results)
    assert curves.counts[[0, 49, 50, 199]].tolist() == [4, 4, 2, 2]
    assert 10.0 ** curves.quartiles[:, -1] == pytest.approx([0.1, 0.1, 0.2], rel=1e-5)
    assert curves.last_epoch(0) == curves.epochs[49] and curves.last_epoch(2) == 9999


def test_curves_follow_what_comes_in() -> None:
    results = results_of(seeds=3)
    curves = curves_of(results)
    assert not curves.has_any and not curves.follow()
    glimpsed(results, [0, 1], [0.01, 0.1], 20)
    assert curves.follow() and curves.has_any
    assert curves.reached.tolist() == [20, 20, 0]
    glimpsed(results, [0, 1], [0.01, 0.1], 30)
    ended(results, [2], [0.001])
    assert curves.follow() and curves.reached.tolist() == [30, 30, 200]
    assert not curves.follow()
    assert np.array_equal(curves.levels, curves_of(results).levels, equal_nan=True)
    assert np.array_equal(curves.quartiles, curves_of(results).quartiles, equal_nan=True)


def test_a_run_that_is_trained_again_for_longer_goes_on() -> None:
    results = results_of(seeds=1)
    ended(results, [0], [0.01], points=50)
    curves = curves_of(results)
    assert curves.reached.tolist() == [50]
    ended(results, [0], [0.01])
    assert curves.follow() and curves.reached.tolist() == [200]


def test_runs_of_fewer_epochs_share_the_grid_of_the_longest() -> None:
    results = results_of("training.epochs=1000,10000", seeds=1)
    for run in range(2):
        ended(results, [run], [0.01])
    curves = curves_of(results)
    assert curves.epochs[-1] == 9999
    assert curves.last_epoch(0) <= 999 < curves.last_epoch(0) + 100
    # Halfway through its 1,000 epochs the first run is halfway down.
    assert float(curves.at(500)[0]) == pytest.approx(np.log10(np.sqrt(START * 0.01)), abs=0.01)


def test_an_experiment_of_a_few_epochs_has_each_of_them_once() -> None:
    results = results_of(seeds=1, settings={"training.epochs": 4})
    ended(results, [0], [0.01])
    assert curves_of(results).epochs.tolist() == [0, 1, 2, 3]


def test_of_very_many_runs_some_are_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_RUNS", 4)
    assert curves_of(ten_runs()).runs.tolist() == [0, 3, 6, 9]


def test_runs_are_ordered_by_their_last_loss() -> None:
    results = results_of(seeds=3)
    ended(results, [1], [0.2], "stuck")
    ended(results, [2], [0.01])
    glimpsed(results, [0], [0.1], 100)
    assert curves_of(results).ordered().tolist() == [2, 0, 1]


def test_the_axis_ends_where_losses_are_as_good_as_none() -> None:
    results = results_of()
    ended(results, range(10), [1e-40] + [0.01] * 9)
    low, high = Curves(results, np.arange(10)).range
    assert low == pytest.approx(1e-8)
    assert high == pytest.approx(0.25)
