"""Says how long a sweep will take: before it begins, and while it runs."""

from __future__ import annotations

import heapq
import time
from collections import defaultdict
from typing import Any

import numpy as np

from nnstudio.engine.population import Population, kind
from nnstudio.lab.blocks import Task, cost, tasks_of
from nnstudio.lab.sweep import Sweep

# The pace of the last so many seconds says how long the rest will take.
_PACE_SECONDS = 20.0
# About what an estimate may take, over how many kinds of networks, and how long a process needs to start.
_ESTIMATE_SECONDS, _MOST_KINDS, _START_SECONDS = 0.15, 6, 0.7


class Pace:
    """How fast work gets done: by the last seconds, of which the latest count most.

    Parameters
    ----------
    total : float
        The work of all tasks.
    """

    def __init__(self, total: float) -> None:
        self._total = max(total, 1e-12)
        self._reached: dict[int, float] = {}
        self._done = 0.0
        self._last: float | None = None
        self._counted = 0.0
        self._work = self._seconds = 0.0

    @property
    def progress(self) -> float:
        """The share of the work that is done, from 0 to 1."""
        return min(1.0, self._done / self._total)

    @property
    def seconds_left(self) -> float | None:
        """About how long the rest will take; None while nothing is known."""
        if self._done >= self._total:
            return 0.0
        return (self._total - self._done) * self._seconds / self._work if self._work > 0 else None

    def reach(self, task: Task, epoch: int) -> None:
        """Note how far a task has come."""
        work = task.work * min(1.0, epoch / task.last)
        # A task that is trained again does not go back.
        if work > self._reached.get(task.id, 0.0):
            self._done += work - self._reached.get(task.id, 0.0)
            self._reached[task.id] = work

    def tick(self, now: float, *, held: bool = False) -> None:
        """Note the time, in seconds; while all is held, it does not count."""
        # Nor does the time before the first news: workers have to start first.
        if self._last is not None and not held:
            seconds = now - self._last
            fade = 0.5 ** (seconds / _PACE_SECONDS)
            self._work = self._work * fade + self._done - self._counted
            self._seconds = self._seconds * fade + seconds
        if self._last is not None or self._done:
            self._last, self._counted = now, self._done


def estimate(sweep: Sweep, workers: int) -> float:
    """Return about how many seconds a sweep will take, from training a little of it for some tenths of a second.

    Parameters
    ----------
    sweep : Sweep
    workers : int
        How many processes train it.
    """
    tasks = tasks_of(sweep, range(sweep.runs), workers=workers)
    families: dict[Any, list[Task]] = defaultdict(list)
    for task in tasks:
        families[kind(task.specs[0])].append(task)
    heaviest = sorted(families, key=lambda family: -sum(task.work for task in families[family]))[:_MOST_KINDS]
    factors: dict[Any, float] = {}
    for family in heaviest:
        if (factor := _measured(families[family][0], _ESTIMATE_SECONDS / len(heaviest))) is not None:
            factors[family] = factor
    usual = float(np.median(list(factors.values()))) if factors else 1.0
    loads = [0.0] * workers
    for family, own in families.items():
        for task in own:
            heapq.heapreplace(loads, loads[0] + task.work * factors.get(family, usual))
    return max(loads) + _START_SECONDS


def _measured(task: Task, seconds: float) -> float | None:
    """Return how many times longer a task takes than `cost` says; None if there is no time to find out."""
    begun, spec = time.perf_counter(), task.specs[0]
    members = len(task.runs)
    # Some epochs to warm up, and as many again at least.
    while members > 1 and 4 * cost(spec, members) > seconds:
        members //= 2
    if 4 * cost(spec, members) > 5 * seconds:
        return None
    cells = task.cells[:members].tolist()
    population = Population([task.specs[cell] for cell in cells], task.seeds[:members].tolist())
    start = time.perf_counter()
    population.train(2)
    now = time.perf_counter()
    warm = population.epoch
    population.train(max(2, int(2 * (begun + seconds - now) / (now - start))))
    trained = population.epoch - warm
    return (time.perf_counter() - now) / trained / cost(spec, members) if trained else None
