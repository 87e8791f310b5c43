"""Holds what is known of a sweep so far: how each run ended, its losses, and the sums over a cell."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnstudio.engine.run_state import STOPPED
from nnstudio.engine.spec import ExperimentSpec
from nnstudio.insight.outcome_groups import ELSEWHERE, VERDICT_KINDS, VERDICTS, StuckRuns
from nnstudio.insight.statistics import wilson_interval
from nnstudio.lab.plan import Method
from nnstudio.lab.sweep import Sweep

Array = NDArray[Any]

#: How a run has ended, in the words of `nnstudio.insight.outcomes`.
KINDS = ("learned", "stuck", "unfinished", "diverged")
#: Losses that are kept of a run; fewer in a sweep of so many runs that they would not fit into `_MOST_LOSSES`.
POINTS = 200
#: Outputs are kept of data that lists all its patterns, up to so many.
MOST_PATTERNS = 16

_MOST_LOSSES = 50_000_000
_NONE = 255
# Of a cell of which nothing has come yet, and of one on data that does not list its patterns.
_UNKNOWN, _NO_WAYS = -2, -1
_KIND_OF_VERDICT = np.full(256, _NONE, np.uint8)
_KIND_OF_VERDICT[: len(VERDICT_KINDS)] = [KINDS.index(kind) for kind in VERDICT_KINDS]
_EPOCHS = STOPPED.index("epochs")
_LEARNED, _STUCK, _DIVERGED = map(VERDICTS.index, ("learned", "stuck", "diverged"))


def points_of(sweep: Sweep) -> int:
    """Return how many losses are kept of each run of a sweep."""
    return max(2, min(POINTS, _MOST_LOSSES // sweep.runs))


def curve_epochs(spec: ExperimentSpec, points: int) -> Array:
    """Return the epochs, counted from 0, whose losses are kept: evenly from the first to the last.

    Returns
    -------
    ndarray of int64, shape (points,)
        Some are there more than once if there are fewer epochs than points.
    """
    return np.round(np.linspace(0, spec.training.epochs - 1, points)).astype(np.int64)


def patterns_of(spec: ExperimentSpec) -> int:
    """Return how many patterns' outputs are kept of each run of an experiment; 0 for none."""
    dataset = spec.dataset()
    return dataset.samples if dataset.enumerates and dataset.samples <= MOST_PATTERNS else 0


@dataclass(frozen=True, eq=False)
class Part:
    """What one task brings: how its runs have ended.

    Attributes
    ----------
    runs : ndarray of int64, shape (runs,)
        Their indices in the sweep.
    final_loss : ndarray of float64, shape (runs,)
        The loss of the network as it is in the end, over the training samples.
    epochs_to_learn : ndarray of int64, shape (runs,)
        Since when all patterns are right; -1 if they are not, or the data does not list all that there are.
    epochs : ndarray of int64, shape (runs,)
        Epochs that were trained.
    stopped : ndarray of uint8, shape (runs,)
        Why it has ended, as a number in `STOPPED`.
    verdict : ndarray of uint8, shape (runs,)
        How it stands, as a number in `nnstudio.insight.outcome_groups.VERDICTS`.
    curves : ndarray of float32, shape (runs, points)
        Losses at the epochs that `Results.curve_epochs` names; nan where training did not come.
    outputs : ndarray of float32, shape (runs, patterns, outputs)
        Answers to all patterns, in the data's units; no patterns where `patterns_of` says so.
    """

    runs: Array
    final_loss: Array
    epochs_to_learn: Array
    epochs: Array
    stopped: Array
    verdict: Array
    curves: Array
    outputs: Array

    @property
    def learned(self) -> Array:
        """Whether each run has learned, bool, shape (runs,)."""
        return np.asarray(self.verdict == _LEARNED)

    @property
    def kind(self) -> Array:
        """How each run has ended, as a number in `KINDS`, uint8, shape (runs,)."""
        return _KIND_OF_VERDICT[self.verdict]


@dataclass(frozen=True, eq=False)
class Glimpse:
    """What is new of a task under way.

    Attributes
    ----------
    task : int
        The task's id.
    runs : ndarray of int64, shape (runs,)
        Runs of one curve: their losses are kept at the same epochs.
    first_point : int
        Where the new losses begin in the runs' curves.
    losses : ndarray of float32, shape (new points, runs)
    epoch : int
        Epochs that are complete.
    """

    task: int
    runs: Array
    first_point: int
    losses: Array
    epoch: int


@dataclass(frozen=True)
class CellSummary:
    """The runs of a cell that are done, summed up.

    Attributes
    ----------
    done, learned, diverged : int
        How many.
    share : float
        Of those that are done, the share that learned; nan before the first.
    low, high : float
        Wilson's 95 % interval of the share.
    median_epochs : float
        Epochs that those that learned took to do so; nan if none did, or it cannot be told.
    median_loss : float
        Of the final losses; nan before the first.
    quartiles : (float, float)
        A quarter of the final losses lie below the first, a quarter above the second.
    """

    done: int
    learned: int
    diverged: int
    share: float
    low: float
    high: float
    median_epochs: float
    median_loss: float
    quartiles: tuple[float, float]


@dataclass(frozen=True, eq=False)
class OutcomeGroup:
    """Runs that have ended alike.

    Attributes
    ----------
    label : str
        How, such as "stuck: two patterns at 0.50".
    kind : str
        One of `KINDS`.
    runs : ndarray of int64, shape (runs,)
        In order.
    """

    label: str
    kind: str
    runs: Array


class Results:
    """Everything that is known of a sweep. One owner; not safe to share between threads.

    Parameters
    ----------
    sweep : Sweep
    method : str
        How its cells go on: "grid", "random" or "hyperband".

    Attributes
    ----------
    points : int
        Losses that are kept of each run.
    done : ndarray of bool, shape (runs,)
        Which runs have ended; what the arrays below hold of the others is nan, -1 or 255.
    final_loss, epochs_to_learn, epochs, stopped, verdict : ndarray, shape (runs,)
    curves : ndarray of float32, shape (runs, points)
        As for a `Part`; of runs under way as far as is known.
    version : int
        Counts the changes.
    """

    def __init__(self, sweep: Sweep, method: Method = "grid") -> None:
        self.sweep, self.method = sweep, method
        self.points = points_of(sweep)
        runs = sweep.runs
        self.done = np.zeros(runs, bool)
        self.final_loss = np.full(runs, np.nan)
        self.epochs_to_learn, self.epochs = np.full(runs, -1), np.zeros(runs, np.int64)
        self.stopped, self.verdict = np.full(runs, _NONE, np.uint8), np.full(runs, _NONE, np.uint8)
        self.curves = np.full((runs, self.points), np.nan, np.float32)
        self.version = 0
        self._done = 0
        # In which way each run is stuck, on data on which that can be told; cells on the same data share `StuckRuns`.
        self._ways = np.zeros(runs, np.int32)
        self._data: dict[tuple[Any, ...], int] = {}
        self._stuck_runs: list[StuckRuns] = []
        self._data_of_cell = np.full(len(sweep.cells), _UNKNOWN)
        self._summaries: dict[int, CellSummary] = {}
        self._groups: dict[int | None, tuple[OutcomeGroup, ...]] = {}

    def curve_epochs(self, cell: int) -> Array:
        """Return the epochs, counted from 0, at which the losses of a cell's runs are kept, int64, shape (points,)."""
        return curve_epochs(self.sweep.spec(cell), self.points)

    def take(self, part: Part) -> None:
        """Take what a task has brought; it replaces what was known of its runs.

        Raises
        ------
        ValueError
            If it does not belong to this sweep.
        """
        self._refuse_foreign(part)
        runs = part.runs
        self.final_loss[runs], self.epochs[runs] = part.final_loss, part.epochs
        self.epochs_to_learn[runs] = part.epochs_to_learn
        self.stopped[runs], self.verdict[runs] = part.stopped, part.verdict
        self.curves[runs] = part.curves
        self._done += int(np.count_nonzero(~self.done[runs]))
        self.done[runs] = True
        cells = runs // len(self.sweep.seeds)
        for cell in np.unique(cells).tolist():
            self._summaries.pop(cell, None)
            self._groups.pop(cell, None)
        self._groups.pop(None, None)
        stuck = np.flatnonzero(part.verdict == _STUCK)
        data = self._data_of_cell[cells[stuck]]
        for number in np.unique(data[data >= 0]).tolist():
            rows = stuck[data == number]
            self._ways[runs[rows]] = self._stuck_runs[number].ways(part.outputs[rows])
        self.version += 1

    def _refuse_foreign(self, part: Part) -> None:
        count = len(part.runs)
        columns = (part.final_loss, part.epochs_to_learn, part.epochs, part.stopped, part.verdict)
        shapes = all(column.shape == (count,) for column in columns) and part.curves.shape == (count, self.points)
        if (
            not shapes
            or len(part.outputs) != count
            or (count and not 0 <= part.runs.min() <= part.runs.max() < len(self.done))
        ):
            raise ValueError("the part belongs to another sweep")
        if (part.stopped >= len(STOPPED)).any() or (part.verdict >= len(VERDICTS)).any():
            raise ValueError("a run of the part has ended in no way that is known")
        for cell in np.unique(part.runs // len(self.sweep.seeds)).tolist():
            spec = self.sweep.spec(cell)
            targets = spec.dataset().targets
            if part.outputs.shape[1:] != (patterns_of(spec), targets.shape[1]):
                raise ValueError("the part's outputs belong to other data")
            if self._data_of_cell[cell] == _UNKNOWN:
                self._data_of_cell[cell] = self._data_number(targets, spec.threshold) if patterns_of(spec) else _NO_WAYS

    def _data_number(self, targets: Array, threshold: float) -> int:
        key = targets.tobytes(), targets.shape, threshold
        if key not in self._data:
            self._data[key] = len(self._stuck_runs)
            self._stuck_runs.append(StuckRuns(targets, threshold))
        return self._data[key]

    def take_glimpse(self, glimpse: Glimpse) -> None:
        """Take what is new of a task under way."""
        last = glimpse.first_point + len(glimpse.losses)
        under_way = ~self.done[glimpse.runs]
        self.curves[glimpse.runs[under_way], glimpse.first_point : last] = glimpse.losses[:, under_way].T
        self.version += 1

    @property
    def count_done(self) -> int:
        """How many runs have ended."""
        return self._done

    @property
    def learned(self) -> Array:
        """Which runs have learned, bool, shape (runs,)."""
        return np.asarray(self.verdict == _LEARNED)

    @property
    def kind(self) -> Array:
        """How each run has ended, as a number in `KINDS`; 255 if it has not. uint8, shape (runs,)."""
        return _KIND_OF_VERDICT[self.verdict]

    @property
    def cut(self) -> Array:
        """Which runs have ended after fewer epochs than their experiment says, as of cells that a search gave up.

        Returns
        -------
        ndarray of bool, shape (runs,)
            Those that stopped of themselves, such as by diverging, are not among them.
        """
        if self.method != "hyperband":
            return np.zeros(self.sweep.runs, bool)
        whole = [self.sweep.spec(cell).training.epochs for cell in range(len(self.sweep.cells))]
        return np.asarray((self.stopped == _EPOCHS) & (self.epochs < np.repeat(whole, len(self.sweep.seeds))))

    def pending(self) -> Array:
        """Return the runs that have not ended, int64."""
        return np.flatnonzero(~self.done)

    def of_cell(self, cell: int) -> slice:
        """Return where a cell's runs are in the arrays."""
        runs = self.sweep.runs_of(cell)
        return slice(runs.start, runs.stop)

    def summary(self, cell: int) -> CellSummary:
        """Return the sums over the runs of a cell that are done."""
        if cell not in self._summaries:
            self._summaries[cell] = self._summed_up(self.of_cell(cell))
        return self._summaries[cell]

    def _summed_up(self, runs: slice) -> CellSummary:
        done, verdicts = int(np.count_nonzero(self.done[runs])), self.verdict[runs]
        learned = int(np.count_nonzero(verdicts == _LEARNED))
        low, high = wilson_interval(learned, done)
        losses, epochs = self.final_loss[runs], self.epochs_to_learn[runs]
        losses, epochs = losses[np.isfinite(losses)], epochs[epochs >= 0]
        first, median, third = np.quantile(losses, (0.25, 0.5, 0.75)).tolist() if len(losses) else (math.nan,) * 3
        return CellSummary(
            done=done,
            learned=learned,
            diverged=int(np.count_nonzero(verdicts == _DIVERGED)),
            share=learned / done if done else math.nan,
            low=low,
            high=high,
            median_epochs=float(np.median(epochs)) if len(epochs) else math.nan,
            median_loss=median,
            quartiles=(first, third),
        )

    def groups(self, cell: int | None = None) -> tuple[OutcomeGroup, ...]:
        """Return the ways in which runs have ended: learned, the kinds of stuck, unfinished, diverged.

        Parameters
        ----------
        cell : int, optional
            Whose runs; all without it.
        """
        if cell not in self._groups:
            cells = range(len(self.sweep.cells)) if cell is None else range(cell, cell + 1)
            self._groups[cell] = self._grouped(cells)
        return self._groups[cell]

    def _grouped(self, cells: range) -> tuple[OutcomeGroup, ...]:
        seeds = len(self.sweep.seeds)
        start, stop = cells.start * seeds, cells.stop * seeds
        groups = []
        for number, (word, kind) in enumerate(zip(VERDICTS, VERDICT_KINDS, strict=True)):
            runs = start + np.flatnonzero(self.verdict[start:stop] == number)
            if kind == "stuck":
                groups += self._stuck(runs)
            elif len(runs):
                groups.append(OutcomeGroup(word, kind, runs))
        return tuple(
            sorted(groups, key=lambda group: (KINDS.index(group.kind), group.label == ELSEWHERE, -len(group.runs)))
        )

    def _stuck(self, runs: Array) -> list[OutcomeGroup]:
        """Group runs that are stuck by what they answer; cells on the same data together."""
        data = self._data_of_cell[runs // len(self.sweep.seeds)]
        named: dict[str, list[Array]] = defaultdict(list)
        for number in np.unique(data).tolist():
            own = runs[data == number]
            if number == _NO_WAYS:
                named["stuck"].append(own)
                continue
            for name, rows in self._stuck_runs[number].groups(self._ways[own]):
                named[name].append(own[rows])
        return [OutcomeGroup(name, "stuck", np.sort(np.concatenate(found))) for name, found in named.items()]
