"""Says in words how a run stands, and what there is to wait for."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnstudio.insight.differences import in_sentence
from nnstudio.insight.metrics import percent
from nnstudio.insight.outcomes import LEARNED
from nnstudio.insight.statistics import interval_words
from nnstudio.lab.axes import Axis
from nnstudio.lab.results import Results
from nnstudio.lab.sweep import Sweep
from nnstudio.ui.lab.plot_axes import loss_words
from nnstudio.ui.panels.chart import short

Array = NDArray[Any]


def run_words(results: Results, run: int) -> str:
    """Return which run it is: "seed 42", in a sweep with axes "hidden layers 3, seed 42"."""
    cell, seed = results.sweep.run(run)
    words = cell_words(results.sweep, cell)
    return f"{words}, seed {seed}" if words else f"seed {seed}"


def outcome_words(results: Results, run: int) -> str:
    """Return how a run has ended: "stuck: two patterns at 0.50"; or that it has not."""
    if not results.done[run]:
        return "training"
    epochs = int(results.epochs_to_learn[run])
    if results.learned[run] and epochs >= 0:
        return f"learned at epoch {epochs:,}"
    for group in results.groups(results.sweep.run(run)[0]):
        place = int(np.searchsorted(group.runs, run))
        if place < len(group.runs) and group.runs[place] == run:
            return group.label
    return "ended"


def is_judged_by_loss(results: Results, runs: Array) -> bool:
    """Whether some runs are told apart by their losses: none has learned, and their data does not list all patterns.

    Noise keeps even a good network from getting all such samples right: that none learned does not say that none did
    well.
    """
    sweep = results.sweep
    cells = np.unique(runs // len(sweep.seeds))
    if not any(axis.key.startswith("data.") for axis in sweep.axes):
        cells = cells[:1]
    listed = any(sweep.spec(cell).dataset().enumerates for cell in cells.tolist())
    return not listed and not results.learned[runs].any()


def goal_words(results: Results, run: int) -> str:
    """Return what a run on data that does not list all its patterns must reach to have learned: "an R² of 0.99"."""
    spec = results.sweep.spec(results.sweep.run(run)[0])
    return f"an accuracy of {percent(LEARNED)}" if spec.dataset().is_classification else f"an R² of {LEARNED:g}"


def loss_standing(results: Results, runs: Array) -> str:
    """Return how runs stand that are told apart by losses: "median loss 0.012 over 10 runs; none reached …"."""
    done = runs[results.done[runs]]
    losses = results.final_loss[done]
    losses = losses[np.isfinite(losses)]
    median = loss_words(float(np.median(losses)) if len(losses) else math.nan)
    return f"median loss {median} over {runs_words(len(done))}; none reached {goal_words(results, int(runs[0]))}"


def runs_words(count: int) -> str:
    """Return so many runs: "1 run", "1,000 runs"."""
    return f"{count:,} run{'' if count == 1 else 's'}"


def waiting_words(results: Results, runs: Array, missing: str, otherwise: str) -> str:
    """Return what is missing while runs are: "1,000 networks to train: no losses yet."; else another text."""
    if results.done[runs].all():
        return otherwise
    return f"{len(runs):,} network{'' if len(runs) == 1 else 's'} to train: {missing}."


def percent_words(count: int, of: int) -> str:
    """Return a share: "71.4 %"; none of none is not known."""
    return percent(count / of) if of else "none"


def share_words(count: int, of: int) -> str:
    """Return a share with its 95 % interval: "71.4 % (68.5 to 74.1 %)"."""
    if not of:
        return percent_words(count, of)
    return f"{percent_words(count, of)} ({interval_words(count, of)})"


def learned_words(learned: int, done: int) -> str:
    """Return how many have learned: "714 of 1,000 learned: 71.4 % (68.5 to 74.1 %)"."""
    return f"{learned:,} of {done:,} learned: {share_words(learned, done)}"


def value_words(axis: Axis, value: object) -> str:
    """Return a value of an axis as it is read: a number that came out of a range has three digits."""
    if isinstance(value, float):
        return short(value if axis.scale == "list" else float(f"{value:.3g}"))
    return axis.text(value).replace("_", " ")


def title_words(axis: Axis) -> str:
    """Return an axis's setting as it stands in a sentence, or beside an axis: "hidden layers"."""
    return in_sentence(axis.label)


def cell_words(sweep: Sweep, cell: int) -> str:
    """Return which cell of a sweep it is: "hidden layers 3, learning rate 0.178"; nothing, without axes."""
    values = zip(sweep.axes, sweep.cells[cell], strict=True)
    return ", ".join(f"{title_words(axis)} {value_words(axis, value)}" for axis, value in values)
