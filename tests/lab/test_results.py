"""Results: what is taken, summed up and grouped."""

import math

import numpy as np
import pytest

from nnstudio.engine.run_state import STOPPED
from nnstudio.engine.spec import ExperimentSpec
from nnstudio.insight.outcome_groups import VERDICTS
from nnstudio.insight.statistics import wilson_interval
from nnstudio.lab.axes import Axis
from nnstudio.lab.results import KINDS, POINTS, Glimpse, Part, Results
from nnstudio.lab.sweep import Sweep

BASE = ExperimentSpec()
LEARNED, STUCK, SETTLED, DIVERGED = (VERDICTS.index(word) for word in ("learned", "stuck", "settled", "diverged"))


def results_of(*axes: str, seeds: int = 10) -> Results:
    return Results(Sweep.grid(BASE, [Axis.parse(axis, BASE) for axis in axes], range(seeds)))


def part(runs: list[int], verdict: int, outputs: tuple[float, ...] = (0, 1, 1, 0), loss: float = 0.1) -> Part:
    count = len(runs)
    return Part(
        runs=np.array(runs),
        final_loss=np.full(count, loss),
        epochs_to_learn=np.full(count, 100 if verdict == LEARNED else -1),
        epochs=np.full(count, 10_000),
        stopped=np.full(count, STOPPED.index("diverged" if verdict == DIVERGED else "epochs"), np.uint8),
        verdict=np.full(count, verdict, np.uint8),
        curves=np.full((count, POINTS), loss, np.float32),
        outputs=np.tile(np.array(outputs, np.float32)[:, None], (count, 1, 1)),
    )


def test_a_cell_is_summed_up() -> None:
    results = results_of("network.hidden=2,3")
    empty = results.summary(1)
    assert (empty.done, empty.learned, empty.low, empty.high) == (0, 0, 0, 1)
    assert math.isnan(empty.share) and math.isnan(empty.median_epochs) and math.isnan(empty.median_loss)
    results.take(part([10, 11, 12], LEARNED, loss=0.001))
    results.take(part([13], DIVERGED, loss=math.nan))
    results.take(part([0], STUCK))
    summary = results.summary(1)
    assert (summary.done, summary.learned, summary.diverged, summary.share) == (4, 3, 1, 0.75)
    assert (summary.low, summary.high) == wilson_interval(3, 4)
    assert (summary.median_epochs, summary.median_loss, summary.quartiles) == (100, 0.001, (0.001, 0.001))
    assert results.count_done == 5
    assert results.pending().tolist() == [*range(1, 10), *range(14, 20)]
    assert results.learned[results.of_cell(1)].sum() == 3
    assert KINDS[results.kind[13]] == "diverged"


def test_a_part_that_comes_again_replaces_what_was_known() -> None:
    results = results_of()
    results.take(part([1, 2], STUCK))
    assert results.summary(0).learned == 0
    results.take(part([1, 2], LEARNED))
    assert (results.summary(0).learned, results.count_done) == (2, 2)


def test_outcomes_are_grouped_and_named() -> None:
    results = results_of("network.hidden=2,3")
    results.take(part([0, 11], STUCK, (0.04, 0.499, 0.95, 0.503)))
    results.take(part([1], STUCK, (0.05, 0.66, 0.66, 0.67)))
    results.take(part([2, 3, 4], STUCK, (0.05, 0.95, 0.497, 0.51)))
    results.take(part([12], LEARNED))
    results.take(part([13, 14], DIVERGED))
    results.take(part([15], SETTLED))
    groups = [(group.label, group.kind, group.runs.tolist()) for group in results.groups()]
    assert groups == [
        ("learned", "learned", [12]),
        ("stuck: two patterns at 0.50", "stuck", [0, 2, 3, 4, 11]),
        ("stuck: three patterns at 0.66", "stuck", [1]),
        ("settled", "unfinished", [15]),
        ("diverged", "diverged", [13, 14]),
    ]
    assert [group.runs.tolist() for group in results.groups(0)] == [[0, 2, 3, 4], [1]]


def test_runs_on_other_data_are_grouped_apart_but_named_alike() -> None:
    results = results_of("data.name=xor;parity:bits=3;moons", seeds=2)
    results.take(part([0], STUCK, (0.0, 0.5, 1.0, 0.5)))
    results.take(part([2], STUCK, (0.0, 0.5, 1.0, 0.0, 1.0, 0.0, 0.5, 1.0)))
    moons = part([4], STUCK)
    results.take(Part(**{**vars(moons), "outputs": np.empty((1, 0, 1), np.float32)}))
    assert [(group.label, group.runs.tolist()) for group in results.groups()] == [
        ("stuck: two patterns at 0.50", [0, 2]),
        ("stuck", [4]),
    ]


def test_glimpses_draw_curves_until_a_run_is_done() -> None:
    results = results_of()
    results.take(part([1], LEARNED, loss=0.5))
    before = results.version
    results.take_glimpse(Glimpse(0, np.array([0, 1]), 0, np.array([[0.3, 9.0], [0.2, 9.0]], np.float32), 60))
    results.take_glimpse(Glimpse(0, np.array([0, 1]), 2, np.array([[0.1, 9.0]], np.float32), 110))
    assert results.curves[0, :4] == pytest.approx([0.3, 0.2, 0.1, math.nan], nan_ok=True)
    assert results.curves[1, 0] == 0.5
    assert results.version > before
    assert not results.done[0]


def test_losses_are_kept_from_the_first_epoch_to_the_last() -> None:
    results = results_of("training.epochs=3,10000")
    assert np.unique(results.curve_epochs(0)).tolist() == [0, 1, 2]
    epochs = results.curve_epochs(1)
    assert (epochs[0], epochs[-1], len(epochs)) == (0, 9999, POINTS)


def test_fewer_losses_are_kept_of_a_million_runs() -> None:
    sweep = Sweep.grid(BASE, [], range(1_000_000))
    results = Results(sweep)
    assert 2 <= results.points < POINTS
    assert len(results.curve_epochs(0)) == results.points


def test_a_part_of_another_sweep_is_refused() -> None:
    results = results_of(seeds=2)
    good = vars(part([0, 1], LEARNED))
    for change in (
        {"runs": np.array([0, 2])},
        {"final_loss": np.zeros(3)},
        {"curves": np.zeros((2, 5), np.float32)},
        {"outputs": np.zeros((2, 8, 1), np.float32)},
        {"verdict": np.array([0, 77], np.uint8)},
        {"stopped": np.array([0, 77], np.uint8)},
    ):
        with pytest.raises(ValueError, match="part"):
            results.take(Part(**{**good, **change}))
    assert results.count_done == 0
