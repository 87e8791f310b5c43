"""Finds the few ways in which many runs end, and names them: "stuck: two patterns at 0.50"."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnstudio.engine.evaluation import is_right
from nnstudio.insight.outcomes import Kind, Outcome, count_word

Array = NDArray[Any]

#: How a run that has ended can stand, finer than its kind: the words that its outcome begins with.
VERDICTS = ("learned", "stuck", "settled", "overfitted", "on a plateau", "not learned yet", "diverged")
#: The kind of each verdict.
VERDICT_KINDS: tuple[Kind, ...] = (
    "learned", "stuck", "unfinished", "unfinished", "unfinished", "unfinished", "diverged",
)  # fmt: skip
#: The group of the runs that are stuck in rare ways.
ELSEWHERE = "stuck elsewhere"

# Outputs that differ by less than this share of the targets' spread are told apart neither in a run nor between runs.
_ALIKE = 0.05
_MOST_NAMES = 8
# More wrong outputs than so many do not fit into a name.
_MOST_OUTPUTS = 3
# So many of the densest spots are looked at for the next group.
_MOST_SPOTS = 200
# Outputs are rounded as names have them.
_STEP = 0.01
# Where runs are stuck in more ways than so many, hardly any of these is common.
_MOST_WAYS = 50_000


def verdict(outcome: Outcome) -> int:
    """Return the number of the verdict, in `VERDICTS`, on a run that has ended."""
    return next(
        number
        for number, (word, kind) in enumerate(zip(VERDICTS, VERDICT_KINDS, strict=True))
        if outcome.kind == kind and outcome.text.startswith(word)
    )


class StuckRuns:
    """Parts runs that are stuck on data that lists all its patterns by the ways in which they are, and names these.

    A run's way is what it answers where it is wrong: patterns that it gives one and the same output, of which at least
    one is wrong. Runs with the same numbers of patterns, and with values that differ by no more than 0.05 of the
    targets' spread, are a group, named by the median of the values.

    Ways are numbered when they are first met, so that of very many runs only the new ones have to be looked at.

    Parameters
    ----------
    targets : ndarray, shape (patterns, outputs)
    threshold : float
        What a single output must exceed to mean the second class.
    """

    def __init__(self, targets: Array, threshold: float) -> None:
        self._targets, self._threshold = targets, threshold
        self._alike = _ALIKE * float(np.ptp(targets))
        # The first is that of runs that nothing can be said of.
        self._known = np.zeros((1, 1 + 2 * _MOST_OUTPUTS), np.int64)
        self._numbers = {self._known.tobytes(): 0}

    def ways(self, outputs: Array) -> Array:
        """Return the number of each run's way, shape (runs,).

        Parameters
        ----------
        outputs : ndarray, shape (runs, patterns, outputs)
            Of runs that are stuck.
        """
        wrong = ~is_right(outputs.transpose(1, 2, 0), self._targets[..., None], self._threshold).T
        met, which = np.unique(self._described(outputs, wrong), axis=0, return_inverse=True)
        numbers, new = np.empty(len(met), np.int64), []
        for row, way in enumerate(met):
            key = way.tobytes()
            if key not in self._numbers and len(self._numbers) < _MOST_WAYS:
                self._numbers[key] = len(self._numbers)
                new.append(way)
            numbers[row] = self._numbers.get(key, 0)
        self._known = np.concatenate([self._known, *(way[None] for way in new)])
        return np.asarray(numbers[which.ravel()])

    def _described(self, outputs: Array, wrong: Array) -> Array:
        """Return each run's way, int64, shape (runs, 1 + 2 most outputs).

        How many patterns are wrong, where that is all that is told, else 0; how many patterns share each output that is
        wrong for one of them; and that output, in `_STEP`.
        """
        ways = np.zeros((len(outputs), 1 + 2 * _MOST_OUTPUTS), np.int64)
        if outputs.shape[2] > 1:
            ways[:, 0] = wrong.sum(axis=1)
            return ways
        sizes, middles = _wrong_outputs(outputs[..., 0].astype(float), wrong, self._alike)
        several = np.count_nonzero(sizes, axis=1) > _MOST_OUTPUTS
        ways[several, 0] = wrong[several].sum(axis=1)
        told = np.isfinite(middles).all(axis=1) & ~several
        kept = min(_MOST_OUTPUTS, sizes.shape[1])
        ways[told, 1 : 1 + kept] = sizes[told, :kept]
        ways[told, 1 + _MOST_OUTPUTS : 1 + _MOST_OUTPUTS + kept] = np.round(middles[told, :kept] / _STEP)
        return ways

    def groups(self, ways: Array) -> list[tuple[str, Array]]:
        """Group runs that end alike.

        Parameters
        ----------
        ways : ndarray of int, shape (runs,)
            As `ways` numbers them.

        Returns
        -------
        list of (str, ndarray of int)
            Name and rows of each group, largest first; what is rare comes last, as `ELSEWHERE`.
        """
        if not len(ways):
            return []
        counts = np.bincount(ways, minlength=len(self._known))
        least = 1 if len(ways) < 20 else max(2, math.ceil(0.01 * len(ways)))
        named: dict[str, list[int]] = defaultdict(list)
        present = np.flatnonzero(counts)
        known = self._known[present]
        for name, members in self._named(known, counts[present], least):
            named[name] += present[members].tolist()
        sizes = {name: int(counts[members].sum()) for name, members in named.items()}
        common = sorted(sizes, key=lambda name: -sizes[name])[:_MOST_NAMES]
        common = [name for name in common if sizes[name] >= least and name != ELSEWHERE]
        group_of = np.full(len(counts), len(common), np.int16)
        for number, name in enumerate(common):
            group_of[named[name]] = number
        of_run = group_of[ways]
        ends = np.bincount(of_run, minlength=len(common) + 1).cumsum()
        rows = np.split(np.argsort(of_run, kind="stable"), ends[:-1])
        return [(name, own) for name, own in zip([*common, ELSEWHERE], rows, strict=True) if len(own)]

    def _named(self, known: Array, counts: Array, least: int) -> Iterator[tuple[str, Array]]:
        """Yield names and the ways that have them; ways of groups that are rare are left out."""
        patterns = len(self._targets)
        for wrong in np.unique(known[:, 0]).tolist():
            if wrong:
                name = f"stuck: {count_word(wrong)} of {count_word(patterns)} patterns wrong"
                yield name, np.flatnonzero(known[:, 0] == wrong)
        shapes, which = np.unique(known[:, 1 : 1 + _MOST_OUTPUTS], axis=0, return_inverse=True)
        for number, shape in enumerate(shapes):
            kinds = int(np.count_nonzero(shape))
            if not kinds:  # told by their number; or an output that lies beyond the threshold once it is rounded
                continue
            members = np.flatnonzero(which.ravel() == number)
            points = known[members, 1 + _MOST_OUTPUTS :][:, :kinds]
            for near in _neighbours(points, counts[members], self._alike / _STEP, least):
                own = members[near]
                values = [_STEP * _median(points[near, column], counts[own]) for column in range(kinds)]
                texts = [_named(int(size), patterns, value) for size, value in zip(shape, values, strict=False)]
                yield f"stuck: {' and '.join(texts)}", own


def _wrong_outputs(values: Array, wrong: Array, alike: float) -> tuple[Array, Array]:
    """Return for each run the outputs that several patterns share and that are wrong for one of them, lowest first.

    Returns
    -------
    sizes : ndarray of int, shape (runs, patterns)
        How many patterns share each; 0 behind the last.
    middles : ndarray, shape (runs, patterns)
        Their mean.
    """
    order = np.argsort(values, axis=1)
    values, wrong = np.take_along_axis(values, order, axis=1), np.take_along_axis(wrong, order, axis=1)
    shared = np.zeros(values.shape, int)
    np.cumsum(np.diff(values, axis=1) > alike, axis=1, out=shared[:, 1:])
    sizes, middles = np.zeros(values.shape, int), np.zeros(values.shape)
    for number in range(values.shape[1]):
        own = shared == number
        count = own.sum(axis=1)
        counts = (own & wrong).any(axis=1)
        sizes[:, number] = np.where(counts, count, 0)
        middles[:, number] = np.where(counts, (values * own).sum(axis=1) / np.maximum(count, 1), 0.0)
    front = np.argsort(sizes == 0, axis=1, kind="stable")
    return np.take_along_axis(sizes, front, axis=1), np.take_along_axis(middles, front, axis=1)


def _neighbours(points: Array, weights: Array, reach: float, least: int) -> Iterator[Array]:
    """Yield groups of points about the densest spots, none of them farther than `reach` from its spot.

    Parameters
    ----------
    points : ndarray of int, shape (points, dimensions)
    weights : ndarray of int, shape (points,)
        How many runs each stands for.
    reach : float
    least : int
        Groups of fewer runs are left out.

    Yields
    ------
    ndarray of int
        Indices of a group's points.
    """
    left = np.ones(len(points), bool)
    while int(weights[left].sum()) >= least:
        remaining = np.flatnonzero(left)
        spots = remaining[np.argsort(-weights[remaining], kind="stable")[:_MOST_SPOTS]]
        near = (np.abs(points[spots, None] - points[remaining]) <= reach).all(axis=2)
        sums = near @ weights[remaining]
        best = int(sums.argmax())
        if sums[best] < least:
            return
        yield remaining[near[best]]
        left[remaining[near[best]]] = False


def _median(values: Array, weights: Array) -> float:
    """Return the median of values that each stand for some."""
    order = np.argsort(values)
    reached = weights[order].cumsum()
    half = reached[-1] / 2
    low, high = (values[order[np.searchsorted(reached, half, side=side)]] for side in ("left", "right"))
    return float(low + high) / 2


def _named(size: int, of: int, value: float) -> str:
    at = f"{value:.2f}".replace("-0.00", "0.00")
    if size == of:
        return f"all {count_word(of)} patterns at {at}"
    return f"{count_word(size)} pattern{'' if size == 1 else 's'} at {at}"
