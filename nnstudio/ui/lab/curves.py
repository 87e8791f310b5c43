"""Holds the loss curves of many runs as a chart draws them: on one grid of epochs, as logarithms, with their ranks."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnstudio.lab.results import Results

Array = NDArray[Any]

#: Of more runs than this, every second, third, ... is drawn.
MOST_RUNS = 5_000
#: The shares of the runs whose loss is at or below the lower quartile, the median and the upper quartile.
QUARTILES = (0.25, 0.5, 0.75)
#: Losses beyond the highest first one by more decades than this are those of runs that diverge.
RISE = 1.0
#: Losses below this are as good as none: the axis ends here, and what lies lower is drawn on its edge.
LEAST_LOSS = 1e-8


@dataclass(frozen=True, eq=False)
class _Grid:
    """Runs whose curves are kept at the same epochs, and how these lie between the epochs of the chart.

    `at` says which points of the curves are taken: each epoch once, as `own` lists them. Where they are the chart's
    epochs, too, `before` is None. Otherwise the chart's epochs within them are `shared`, and each lies behind the point
    `before`, by `part` of the way to the next.
    """

    members: Array
    at: Array
    own: Array
    shared: Array
    before: Array | None = None
    part: Array | None = None

    def between(self, levels: Array) -> Array:
        """Return the levels at the shared epochs, from those at the curves' own; shape (points, runs) each."""
        assert self.before is not None and self.part is not None
        start, end = levels[self.before], levels[np.minimum(self.before + 1, len(levels) - 1)]
        # A point right at one of the curve's own needs nothing of the next, which may not be there.
        return np.where(self.part > 0, start * (1 - self.part) + end * self.part, start)


class Curves:
    """The losses of some runs of a sweep, over the epochs of the longest of them.

    Parameters
    ----------
    results : Results
    runs : ndarray of int64
        Which runs; of too many, some.

    Attributes
    ----------
    runs : ndarray of int64, shape (runs,)
        Those that are drawn.
    epochs : ndarray of int64, shape (points,)
        The grid, each epoch once.
    levels : ndarray of float32, shape (points, runs)
        Decimal logarithms of the losses; nan where a run has not been, or will not be.
    reached : ndarray of int, shape (runs,)
        How many points each run has.
    counts : ndarray of int, shape (points,)
        How many runs have each point.
    quartiles : ndarray of float32, shape (3, points)
        Nearest ranks among the runs that have the point.
    """

    def __init__(self, results: Results, runs: Array) -> None:
        self._results = results
        self.runs = np.asarray(runs, np.int64)[:: -(-len(runs) // MOST_RUNS) or 1]
        self._cells = self.runs // len(results.sweep.seeds)
        self.epochs, self._grids = self._gridded()
        points, count = len(self.epochs), len(self.runs)
        self.levels = np.full((points, count), np.nan, np.float32)
        self.reached = np.zeros(count, int)
        self.counts = np.zeros(points, int)
        self.quartiles = np.full((len(QUARTILES), points), np.nan, np.float32)
        # Of runs that have ended, after so many epochs: a search may train them again, for longer.
        self._ended = np.full(count, -1)
        self._version = -1
        self._low, self._high = np.inf, -np.inf
        self.follow()

    def _gridded(self) -> tuple[Array, list[_Grid]]:
        kinds: dict[bytes, tuple[Array, list[int]]] = {}
        for cell in np.unique(self._cells).tolist():
            epochs = np.asarray(self._results.curve_epochs(cell))
            kinds.setdefault(epochs.tobytes(), (epochs, []))[1].append(cell)
        if not kinds:
            return np.zeros(1, np.int64), []
        longest = np.unique(max((epochs for epochs, _ in kinds.values()), key=lambda epochs: int(epochs[-1])))
        grids = []
        for epochs, cells in kinds.values():
            members = np.flatnonzero(np.isin(self._cells, cells))
            own, at = np.unique(epochs, return_index=True)
            if np.array_equal(own, longest):
                grids.append(_Grid(members, at, own, longest))
                continue
            shared = longest[: np.searchsorted(longest, own[-1], side="right")]
            before = np.clip(np.searchsorted(own, shared, side="right") - 1, 0, max(len(own) - 2, 0))
            length = own[np.minimum(before + 1, len(own) - 1)] - own[before]
            part = np.divide(shared - own[before], length, out=np.zeros(len(shared)), where=length > 0)
            grids.append(_Grid(members, at, own, shared, before, part.astype(np.float32)[:, None]))
        return longest, grids

    def follow(self) -> bool:
        """Take what has become known since the last time; return whether anything has."""
        results = self._results
        if results.version == self._version:
            return False
        self._version, changed = results.version, False
        ended = np.where(results.done[self.runs], results.epochs[self.runs], -1)
        for grid in self._grids:
            of_grid = ended[grid.members]
            waiting = grid.members[(of_grid < 0) | (of_grid != self._ended[grid.members])]
            if len(waiting) and self._take(grid, waiting):
                changed = True
        self._ended = ended
        if changed:
            self._rank()
        return changed

    def _take(self, grid: _Grid, members: Array) -> bool:
        losses = self._results.curves[self.runs[members]][:, grid.at]
        there = np.count_nonzero(~np.isnan(losses), axis=1)
        reached = there if grid.before is None else np.searchsorted(grid.shared, grid.own[there - 1], side="right")
        reached = np.where(there > 0, reached, 0)
        grown = reached > self.reached[members]
        if not grown.any():
            return False
        members, losses, reached = members[grown], losses[grown], reached[grown]
        first, last = int(self.reached[members].min()), int(reached.max())
        with np.errstate(divide="ignore", invalid="ignore"):
            if grid.before is None:
                levels = np.log10(losses[:, first:last].T, dtype=np.float32)
            else:
                levels = grid.between(np.log10(losses.T, dtype=np.float32))[first:last]
        self.levels[first:last, members] = levels
        self.reached[members] = reached
        finite = levels[np.isfinite(levels)]
        if finite.size:
            self._low, self._high = min(self._low, float(finite.min())), max(self._high, float(finite.max()))
        return True

    def _rank(self) -> None:
        """Find the quartiles where there are more runs than before."""
        points = len(self.epochs)
        counts = np.bincount(self.reached, minlength=points + 1)[::-1].cumsum()[::-1][1:]
        changed = np.flatnonzero(counts != self.counts)
        self.counts = counts
        ordered = np.sort(self.levels[changed], axis=1)  # nan goes to the end
        for row, share in enumerate(QUARTILES):
            ranks = np.maximum(np.ceil(share * counts[changed]).astype(int) - 1, 0)
            self.quartiles[row, changed] = np.take_along_axis(ordered, ranks[:, None], axis=1)[:, 0]

    @property
    def has_any(self) -> bool:
        """Whether there is a loss at all."""
        return bool(self.counts[0])

    @property
    def range(self) -> tuple[float, float]:
        """The lowest and the highest finite loss that the axis shows: from `LEAST_LOSS` to where runs diverge."""
        if self._low > self._high:
            return 0.1, 1.0  # no loss but 0
        first = self.levels[0][np.isfinite(self.levels[0])]
        high = min(self._high, float(first.max()) + RISE) if first.size else self._high
        low = max(self._low, min(math.log10(LEAST_LOSS), high - 1.0), -290.0)
        return 10.0**low, 10.0 ** max(high, low)

    def at(self, epoch: float) -> Array:
        """Return every run's level at an epoch, shape (runs,): where it is then, and later on where it ended."""
        place = float(np.clip(np.interp(epoch, self.epochs, np.arange(len(self.epochs))), 0, len(self.epochs) - 1))
        last = np.maximum(self.reached - 1, 0)
        before = np.minimum(int(place), last)
        after, part = np.minimum(before + 1, last), place - int(place)
        everyone = np.arange(len(self.runs))
        one, other = self.levels[before, everyone], self.levels[after, everyone]
        with np.errstate(invalid="ignore"):
            return np.where(np.isfinite(other - one), one + (other - one) * part, one)

    def last_epoch(self, member: int) -> int:
        """Return the epoch of the last point that a run has."""
        return int(self.epochs[max(int(self.reached[member]) - 1, 0)])

    def ordered(self) -> Array:
        """Return the runs as they are placed in `runs`, the lowest last loss first."""
        final = self._results.final_loss[self.runs]
        return np.argsort(np.where(np.isnan(final), 10.0 ** self.at(float("inf")).astype(float), final), kind="stable")
