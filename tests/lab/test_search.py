"""Checks Hyperband against its published schedule, and that it picks what it should, whatever was known before."""

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from nnstudio.engine import ExperimentSpec
from nnstudio.engine.registry import SettingError
from nnstudio.engine.run_state import STOPPED
from nnstudio.insight.outcome_groups import VERDICTS
from nnstudio.lab.axes import Axis
from nnstudio.lab.results import Part, Results
from nnstudio.lab.search import Hyperband
from nnstudio.lab.sweep import Sweep


def drawn(cells: int, *, epochs: int = 81, seeds: int = 1) -> Sweep:
    base = ExperimentSpec().with_settings({"training.epochs": epochs})
    return Sweep.random(base, [Axis.parse("training.learning_rate=log:0.001:10:2", base)], range(seeds), cells)


def part(results: Results, runs: NDArray[np.int64], losses: object, epochs: int, stopped: str = "epochs") -> Part:
    count = len(runs)
    return Part(
        runs=runs,
        final_loss=np.broadcast_to(np.asarray(losses, float), count).copy(),
        epochs_to_learn=np.full(count, -1),
        epochs=np.full(count, epochs),
        stopped=np.full(count, STOPPED.index(stopped), np.uint8),
        verdict=np.full(count, VERDICTS.index("not learned yet"), np.uint8),
        curves=np.full((count, results.points), np.nan, np.float32),
        outputs=np.full((count, 4, 1), np.nan, np.float32),
    )


def loss_of(run: int, epochs: int) -> float:
    """Return a made-up loss, with which late starters win in the end."""
    return abs(math.sin(12.9898 * run)) + abs(math.sin(7.1 * run)) * 20 / epochs


def go_on(search: Hyperband, results: Results, *, at_once: int | None = None) -> list[tuple[int, list[int]]]:
    """Train what the search asks for until it is complete, and return the epochs and runs of each step."""
    steps = []
    while (standing := search.standing(results)).rung is not None:
        epochs, runs = search.rungs[standing.rung], standing.lacking[:at_once]
        steps.append((epochs, runs.tolist()))
        results.take(part(results, runs, [loss_of(run, epochs) for run in runs.tolist()], epochs))
    return steps


def test_brackets_are_those_of_the_paper() -> None:
    # Algorithm 1 of Li et al. (2018) with R = 81 and eta = 3: n_i cells for r_i epochs, bracket by bracket. (Their
    # table 1 rounds down where the algorithm's line 2 rounds up, and has 27, 9 and 6 where this has 34, 15 and 8.)
    search = Hyperband(drawn(143))
    assert search.rungs == (1, 3, 9, 27, 81)
    schedule = [
        [(bracket.size(rung), search.rungs[rung]) for rung in range(bracket.first, 5)] for bracket in search.brackets
    ]
    assert schedule == [
        [(81, 1), (27, 3), (9, 9), (3, 27), (1, 81)],
        [(34, 3), (11, 9), (3, 27), (1, 81)],
        [(15, 9), (5, 27), (1, 81)],
        [(8, 27), (2, 81)],
        [(5, 81)],
    ]


@pytest.mark.parametrize(("cells", "brackets"), [(5, [3, 2]), (17, [9, 5, 3]), (18, [10, 5, 3]), (34, [18, 10, 6])])
def test_all_cells_are_in_brackets(cells: int, brackets: list[int]) -> None:
    search = Hyperband(drawn(cells, epochs=10_000))
    assert [len(bracket.cells) for bracket in search.brackets] == brackets
    assert [cell for bracket in search.brackets for cell in bracket.cells] == list(range(cells))
    assert search.rungs == (1111, 3333, 10_000)[-len(brackets) :]


def test_the_best_third_goes_on() -> None:
    search, results = Hyperband(drawn(17)), Results(drawn(17))
    assert search.rungs == (9, 27, 81)
    steps = go_on(search, results)
    # All brackets that are as far train together, the shortest rung first.
    assert [epochs for epochs, _ in steps] == [9, 27, 81]
    assert steps[0][1] == list(range(9))
    best = sorted(sorted(range(9), key=lambda run: loss_of(run, 9))[:3])
    assert steps[1][1] == [*best, *range(9, 14)]
    last = [min(best, key=lambda run: loss_of(run, 27)), min(range(9, 14), key=lambda run: loss_of(run, 27))]
    assert steps[2][1] == [*last, 14, 15, 16]
    reached = search.standing(results).reached
    assert reached[last].tolist() == [2, 2] and np.bincount(reached).tolist() == [6, 6, 5]


def test_work_is_counted_over_all_rungs() -> None:
    search, results = Hyperband(drawn(17, seeds=2)), Results(drawn(17, seeds=2))
    work = 2 * (9 * 9 + (3 + 5) * 27 + (1 + 1 + 3) * 81)
    assert (search.standing(results).work, search.standing(results).work_done) == (work, 0)
    results.take(part(results, np.arange(4), 0.1, 9))
    assert search.standing(results).work_done == 4 * 9
    go_on(search, results)
    assert search.standing(results).work_done == work


@pytest.mark.parametrize("at_once", [1, 3])
def test_nothing_depends_on_what_comes_first(at_once: int) -> None:
    whole, pieces = (Results(drawn(49, seeds=3)) for _ in range(2))
    search = Hyperband(whole.sweep)
    go_on(search, whole)
    # A search that is asked after every few runs has forgotten the earlier rung of those that were trained for longer.
    go_on(search, pieces, at_once=at_once)
    np.testing.assert_array_equal(whole.epochs, pieces.epochs)
    np.testing.assert_array_equal(whole.final_loss, pieces.final_loss)


def test_an_interrupted_rung_is_cut_into_the_same_tasks() -> None:
    search, results = Hyperband(drawn(17)), Results(drawn(17))
    results.take(part(results, np.arange(9), np.arange(9.0), 9))
    before = search.standing(results)
    assert before.runs.tolist() == before.lacking.tolist() == [0, 1, 2, *range(9, 14)]
    # One bracket is ready for the last rung, and the other not: one of its runs ends early, some are not trained.
    results.take(part(results, np.array([0, 1, 2]), 0.1, 27))
    results.take(part(results, np.array([9]), 0.1, 20, "loss_below"))
    after = search.standing(results)
    assert after.rung == before.rung
    np.testing.assert_array_equal(after.runs, before.runs)
    assert after.lacking.tolist() == [10, 11, 12, 13]


def test_a_cell_is_as_good_as_the_median_of_its_seeds() -> None:
    search, results = Hyperband(drawn(5, seeds=3)), Results(drawn(5, seeds=3))
    losses = np.array([[0.1, 0.1, 9.0], [0.0, 0.2, 0.3], [0.0, 0.5, 0.6]])
    results.take(part(results, np.arange(9), losses.ravel(), search.rungs[0]))
    assert search.standing(results).lacking.tolist() == [0, 1, 2, *range(9, 15)]


@pytest.mark.parametrize("loss", [np.nan, 1e-9])
def test_to_diverge_is_worst(loss: float) -> None:
    search, results = Hyperband(drawn(5)), Results(drawn(5))
    results.take(part(results, np.array([0, 1]), loss, 3, "diverged"))
    results.take(part(results, np.array([2]), 5.0, search.rungs[0]))
    assert search.standing(results).lacking.tolist() == [2, 3, 4]


def test_runs_that_have_ended_are_not_trained_again() -> None:
    search, results = Hyperband(drawn(5)), Results(drawn(5))
    results.take(part(results, np.array([0]), 0.01, 5, "loss_below"))
    results.take(part(results, np.array([1, 2]), 0.2, search.rungs[0]))
    standing = search.standing(results)
    assert standing.runs.tolist() == standing.lacking.tolist() == [3, 4]
    assert standing.reached.tolist() == [1, 0, 0, 1, 1]
    results.take(part(results, np.array([3, 4]), 0.3, 81))
    assert search.standing(results).rung is None


def test_what_cannot_be_searched_is_refused() -> None:
    with pytest.raises(SettingError, match="at least 5 different ones"):
        Hyperband(drawn(4))
    with pytest.raises(SettingError, match="at least 3 for hyperband"):
        Hyperband(drawn(9, epochs=2))
    base = ExperimentSpec()
    axes = [Axis.parse("training.epochs=lin:10:100:50", base)]
    with pytest.raises(SettingError, match="hyperband itself varies the epochs"):
        Hyperband(Sweep.random(base, axes, range(1), 9))
