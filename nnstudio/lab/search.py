"""Spends training where it promises most: Hyperband trains many experiments briefly, and ever fewer for longer."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnstudio.engine.registry import SettingError
from nnstudio.engine.run_state import STOPPED
from nnstudio.lab.results import Results
from nnstudio.lab.sweep import Sweep

Array = NDArray[Any]

#: One cell in so many goes on to the next rung, which trains so many times as long.
REDUCTION = 3

_EPOCHS, _DIVERGED = STOPPED.index("epochs"), STOPPED.index("diverged")


@dataclass(frozen=True)
class Bracket:
    """Some of the cells, which compete among themselves.

    Attributes
    ----------
    cells : range
    first : int
        The rung that all of them are trained for.
    """

    cells: range
    first: int

    def size(self, rung: int) -> int:
        """Return how many cells are trained for a rung."""
        return len(self.cells) // REDUCTION ** (rung - self.first) if rung >= self.first else 0


@dataclass(frozen=True, eq=False)
class Standing:
    """How far a search has come.

    Attributes
    ----------
    rung : int or None
        The rung that is being trained for, from 0; None when the search is complete.
    runs : ndarray of int64
        Indices of the runs that this rung trains, whether they have been yet or not: cut into the same tasks, an
        interrupted search comes out as if it had never been.
    lacking : ndarray of int64
        Those of them that have not been trained yet.
    reached : ndarray of int64, shape (cells,)
        The last rung that each cell was let go on to.
    work, work_done : int
        Epochs to train, over all runs and rungs, and how many of them are behind.
    """

    rung: int | None
    runs: Array
    lacking: Array
    reached: Array
    work: int
    work_done: int


class Hyperband:
    """Decides which cells of a sweep are trained on, as in algorithm 1 of Li et al. (2018), "Hyperband: A Novel
    Bandit-Based Approach to Hyperparameter Optimization", Journal of Machine Learning Research 18.

    The cells, drawn by chance, are shared out to brackets. A bracket trains its cells for a few epochs, keeps the best
    third, trains those from the start for three times as many, and so on up to the experiment's own epochs. Brackets
    begin with different numbers of epochs, since some networks look hopeless at first; the last is a random search
    without any selection. A cell's score is the median of the final losses of its seeds; to diverge is worst.

    A rung is decided once all its cells are trained, so nothing depends on the order in which they end. (Pruners made
    for trials that come one by one, such as Optuna's, keep whatever comes first.) What goes on follows from the results
    alone: a search that was interrupted goes on with those that were kept. A run that ended before the rung's epochs
    would end the same way again, and is not trained again.

    Parameters
    ----------
    sweep : Sweep
        Its cells in an order that says nothing, such as that of `Sweep.random`.

    Raises
    ------
    SettingError
        If there are too few cells or epochs to choose from, or the epochs are varied.
    """

    def __init__(self, sweep: Sweep) -> None:
        epochs, cells = sweep.base.training.epochs, len(sweep.cells)
        if any(axis.key == "training.epochs" for axis in sweep.axes):
            raise SettingError("training.epochs", "an axis", "another axis: hyperband itself varies the epochs")
        if epochs < REDUCTION:
            raise SettingError("training.epochs", epochs, f"at least {REDUCTION} for hyperband")
        if cells < sum(_sizes(1)):
            raise SettingError("cells", f"{cells:,}", f"at least {sum(_sizes(1))} different ones for hyperband")
        last = 1
        while REDUCTION ** (last + 1) <= epochs and sum(_sizes(last + 1)) <= cells:
            last += 1
        self.sweep = sweep
        #: For how many epochs each rung trains.
        self.rungs = tuple(epochs // REDUCTION ** (last - rung) for rung in range(last + 1))
        self.brackets = _shared_out(cells, _sizes(last))

    def standing(self, results: Results) -> Standing:
        """Return how far the search has come with these results, and what is to be trained next."""
        shape = len(self.sweep.cells), len(self.sweep.seeds)
        done, stopped = results.done.reshape(shape), results.stopped.reshape(shape)
        trained = np.where(done, results.epochs.reshape(shape), 0)
        ended = done & (stopped != _EPOCHS)
        losses = results.final_loss.reshape(shape)
        losses = np.where((stopped == _DIVERGED) | np.isnan(losses), np.inf, losses)
        reached = np.zeros(shape[0], np.int64)
        racing_runs: dict[int, list[Array]] = defaultdict(list)
        lacking: dict[int, list[Array]] = defaultdict(list)
        work = work_done = 0
        for bracket in self.brackets:
            racing, waits, before = np.asarray(bracket.cells), False, -1
            for rung in range(bracket.first, len(self.rungs)):
                epochs = self.rungs[rung]
                work += bracket.size(rung) * shape[1] * epochs
                if waits:
                    continue
                reached[racing] = rung
                there = ended[racing] | (trained[racing] >= epochs)
                work_done += int(there.sum()) * epochs
                runs = racing[:, None] * shape[1] + np.arange(shape[1])
                racing_runs[rung].append(runs[~ended[racing] | (trained[racing] > before)])
                if not there.all():
                    waits = True
                    lacking[rung].append(runs[~there])
                    continue
                # Results may know only the last of a run's rungs: what has been trained for longer was let go on.
                beyond = (trained[racing] > epochs).any(axis=1)
                scores = np.where(beyond, -np.inf, np.median(losses[racing], axis=1))
                best = np.argsort(scores, kind="stable")[: bracket.size(rung + 1)]
                racing, before = np.sort(racing[best]), epochs
        if not lacking:
            return Standing(None, np.empty(0, np.int64), np.empty(0, np.int64), reached, work, work_done)
        # The shortest rung first: with it all brackets that are as far train together.
        lowest = min(lacking)
        runs, lacks = (np.sort(np.concatenate(found[lowest])) for found in (racing_runs, lacking))
        return Standing(lowest, runs, lacks, reached, work, work_done)


def _sizes(last: int) -> list[int]:
    """Return how many cells enter each bracket at the least, the first rung's bracket first (algorithm 1, line 2)."""
    return [-(-(last + 1) * REDUCTION**stages // (stages + 1)) for stages in range(last, -1, -1)]


def _shared_out(cells: int, sizes: list[int]) -> tuple[Bracket, ...]:
    """Return brackets that hold all the cells, in the proportion of certain sizes and no smaller than those."""
    spare = cells - sum(sizes)
    sizes = [size + spare * size // sum(sizes) for size in sizes]
    sizes[0] += cells - sum(sizes)
    starts = np.cumsum([0, *sizes]).tolist()
    return tuple(Bracket(range(start, stop), first) for first, (start, stop) in enumerate(pairwise(starts)))
