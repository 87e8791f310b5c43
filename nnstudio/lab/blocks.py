"""Cuts a sweep into tasks, each a block of networks that train together, and trains one of them."""

from __future__ import annotations

import itertools
import math
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnstudio.engine.population import Population, block_size, kind
from nnstudio.engine.run_state import STOPPED
from nnstudio.engine.spec import ExperimentSpec
from nnstudio.engine.split import TRAINING
from nnstudio.engine.timeline import LossOutline
from nnstudio.insight.outcome_groups import VERDICTS, verdict
from nnstudio.insight.outcomes import describe
from nnstudio.lab.results import Glimpse, Part, curve_epochs, patterns_of, points_of
from nnstudio.lab.sweep import Sweep

Array = NDArray[Any]

# Between two looks at whether to go on, and between two glimpses.
_SLICE_SECONDS, _GLIMPSE_SECONDS = 0.05, 0.125
# What a batch costs, roughly: for itself, and for each network by its neurons and weights. Proportions count, and
# where they matter they are measured.
_CALLS, _PER_UNIT, _PER_WEIGHT, _PER_PRODUCT = 40e-6, 4.5e-9, 1e-9, 0.15e-9
# Buckets of the losses that the main window keeps of a run.
_BUCKETS = 4096


@dataclass(frozen=True, eq=False)
class Task:
    """Runs whose networks train together in one process.

    Attributes
    ----------
    id : int
        Counted from 0 in a sweep.
    runs : ndarray of int64, shape (runs,)
        Their indices in the sweep.
    seeds : ndarray of int64, shape (runs,)
    cells : ndarray of int64, shape (runs,)
        Which of `specs` each one trains.
    specs : tuple of ExperimentSpec
        Of one kind.
    points : int
        Losses to keep of each run.
    epochs : int, optional
        Training ends after so many, though the experiment has more.
    """

    id: int
    runs: Array
    seeds: Array
    cells: Array
    specs: tuple[ExperimentSpec, ...]
    points: int
    epochs: int | None = None

    def last_epoch(self, spec: ExperimentSpec) -> int:
        """Return how many epochs a run of an experiment takes here at the most."""
        return min(spec.training.epochs, self.epochs or spec.training.epochs)

    @property
    def last(self) -> int:
        """How many epochs the longest run takes at the most."""
        return max(map(self.last_epoch, self.specs))

    @property
    def work(self) -> float:
        """About how long it takes, in seconds of a computer that nobody has measured."""
        return self.last * cost(self.specs[0], len(self.runs))


def cost(spec: ExperimentSpec, members: int) -> float:
    """Return about how long an epoch of some networks takes, in seconds of a computer that nobody has measured."""
    samples, batch = _samples(spec)
    return math.ceil(samples / batch) * (_CALLS + members * _cost_of_member(spec, batch))


def _samples(spec: ExperimentSpec) -> tuple[int, int]:
    """Return how many samples train in an epoch, and in a batch."""
    samples = max(1, int(np.count_nonzero(spec.parts() == TRAINING)))
    return samples, min(spec.training.batch_size or samples, samples)


def _cost_of_member(spec: ExperimentSpec, batch: int) -> float:
    outputs = int(spec.dataset().targets.shape[1])
    sizes = [len(spec.encoding().names), *(layer.size for layer in spec.network.hidden), outputs]
    weights = sum((inputs + 1) * units for inputs, units in itertools.pairwise(sizes))
    return batch * sum(sizes[1:]) * _PER_UNIT + weights * (_PER_WEIGHT + batch * _PER_PRODUCT)


def tasks_of(sweep: Sweep, pending: Array | range, *, workers: int, epochs: int | None = None) -> list[Task]:
    """Cut runs of a sweep into tasks, the longest first.

    Cells of one kind share blocks. A block fits the cache, and is small enough to give every worker its share where
    that leaves it large enough to be fast.

    Parameters
    ----------
    sweep : Sweep
    pending : array_like of int
        The runs to be trained.
    workers : int
        How many tasks can train at a time.
    epochs : int, optional
        At most so many, whatever the experiments say.
    """
    runs = np.asarray(pending, np.int64)
    families: dict[Any, list[Array]] = defaultdict(list)
    of_cell = np.split(runs, np.flatnonzero(np.diff(runs // len(sweep.seeds))) + 1) if len(runs) else []
    for part in of_cell:
        families[kind(sweep.spec(int(part[0]) // len(sweep.seeds)))].append(part)
    # Those that take as long as each other side by side: none then waits for the others.
    ordered = [np.concatenate(sorted(parts, key=lambda part: _epochs_of(sweep, part))) for parts in families.values()]
    work = [_epochs_of(sweep, part[-1:]) * cost(_spec_of(sweep, part), len(part)) for part in ordered]
    blocks: list[Array] = []
    for part, own in zip(ordered, work, strict=True):
        blocks += np.array_split(part, _block_count(_spec_of(sweep, part), len(part), own / sum(work), workers))
    points = points_of(sweep)
    tasks = [_task(sweep, block, points, epochs) for block in blocks]
    tasks.sort(key=lambda task: -task.work)
    return [replace(task, id=number) for number, task in enumerate(tasks)]


def _block_count(spec: ExperimentSpec, members: int, share: float, workers: int) -> int:
    """Return into how many blocks to cut networks of one kind that are some share of all the work."""
    fewest = math.ceil(members / block_size(spec))
    # With fewer members than this, the calls take much longer than the arithmetic.
    least = max(2, math.ceil(0.4 * _CALLS / _cost_of_member(spec, _samples(spec)[1])))
    most = max(fewest, members // least)
    wanted = max(fewest, math.ceil(share * workers - 0.25))
    if share > 0.5:
        wanted = math.ceil(wanted / workers) * workers
    return min(wanted, most)


def _spec_of(sweep: Sweep, runs: Array) -> ExperimentSpec:
    return sweep.spec(int(runs[0]) // len(sweep.seeds))


def _epochs_of(sweep: Sweep, runs: Array) -> int:
    return _spec_of(sweep, runs).training.epochs


def _task(sweep: Sweep, runs: Array, points: int, epochs: int | None) -> Task:
    cells, offsets = np.divmod(runs, len(sweep.seeds))
    distinct, which = np.unique(cells, return_inverse=True)
    specs = tuple(sweep.spec(cell) for cell in distinct.tolist())
    return Task(0, runs, sweep.seeds.start + offsets, which.ravel(), specs, points, epochs)


def train_task(
    task: Task,
    *,
    report: Callable[[Glimpse], None] | None = None,
    may_go_on: Callable[[], bool] = lambda: True,
) -> Part | None:
    """Train a task's networks to the end and return what became of them.

    Parameters
    ----------
    task : Task
    report : callable, optional
        Is given what is new about eight times a second.
    may_go_on : callable, optional
        Is asked some twenty times a second whether to go on; it may take its time to answer.

    Returns
    -------
    Part or None
        None if it was not to go on.
    """
    curves = _Curves(task)
    # Sums over a single network are taken in another order; beside a copy of itself it comes out as among others.
    copies = 2 if len(task.runs) == 1 else 1
    population = Population(
        [task.specs[cell] for cell in task.cells.tolist()] * copies,
        task.seeds.tolist() * copies,
        curve_epochs=curves.epochs,
    )
    last, step, reported = task.last, 16, time.monotonic()
    while population.training and population.epoch < last:
        if not may_go_on():
            return None
        begun = time.monotonic()
        population.train(min(step, last - population.epoch))
        now = time.monotonic()
        step = max(1, int(step * min(max(_SLICE_SECONDS / max(now - begun, 1e-9), 0.25), 4)))
        if report is not None and now - reported >= _GLIMPSE_SECONDS and population.training:
            reported = now
            for glimpse in curves.glimpses(population):
                report(glimpse)
    return _part(task, population, curves)


class _Curves:
    """Which losses of a task's networks are kept, and whose curve each belongs to.

    Attributes
    ----------
    epochs : ndarray of int64
        All epochs whose losses are kept, rising.
    """

    def __init__(self, task: Task) -> None:
        self._task = task
        self._groups: list[tuple[Array, Array]] = []
        needed = []
        by_length: dict[int, list[int]] = defaultdict(list)
        for number, spec in enumerate(task.specs):
            by_length[spec.training.epochs].append(number)
        for numbers in by_length.values():
            wanted = curve_epochs(task.specs[numbers[0]], task.points)
            self._groups.append((np.flatnonzero(np.isin(task.cells, numbers)), wanted))
            needed.append(wanted)
        for spec in task.specs:
            needed += _epochs_to_judge_by(spec, task.last_epoch(spec))
        self.epochs = np.unique(np.concatenate(needed))
        self._sent = [0] * len(self._groups)

    def glimpses(self, population: Population) -> Iterator[Glimpse]:
        """Yield what is new since the last time."""
        for number, (members, wanted) in enumerate(self._groups):
            first, last = self._sent[number], int(np.searchsorted(wanted, population.epoch))
            self._sent[number] = last
            rows = np.searchsorted(self.epochs, wanted[first:last])
            with np.errstate(over="ignore"):
                losses = population.curves[np.ix_(rows, members)].astype(np.float32)
            yield Glimpse(self._task.id, self._task.runs[members], first, losses, population.epoch)

    def of_runs(self, population: Population) -> Array:
        """Return each run's curve, float32, shape (runs, points)."""
        curves = np.empty((len(self._task.runs), self._task.points), np.float32)
        with np.errstate(over="ignore"):  # a loss beyond float32 is drawn as infinite
            for members, wanted in self._groups:
                curves[members] = population.curves[np.ix_(np.searchsorted(self.epochs, wanted), members)].T
        return curves

    def outline(self, population: Population, member: int) -> LossOutline:
        """Return a run's losses as the main window keeps them; where one is missing, the nearest earlier one."""
        epochs = int(population.epochs[member])
        stride = _stride(epochs)
        rows = np.searchsorted(self.epochs, np.arange(0, epochs, stride), side="right") - 1
        losses = population.curves[rows, member]
        return LossOutline(stride, losses, losses, losses, float(population.final_losses[member]))


def _stride(epochs: int) -> int:
    stride = 1
    while epochs > _BUCKETS * stride:
        stride *= 2
    return stride


def _epochs_to_judge_by(spec: ExperimentSpec, epochs: int) -> list[Array]:
    """Return the epochs whose losses tell whether a run's loss is still falling in its last tenth."""
    stride = _stride(epochs)
    tenth = np.array([int(0.9 * (epochs - 1)) // stride * stride])
    stop = spec.stop
    if stop.loss_below is None and stop.patience is None and stop.validation_patience is None:
        return [tenth]
    # Where a run will end is not known, so at every epoch that could be its last tenth, to about 2 %.
    return [tenth, np.geomspace(1, epochs, 500).astype(np.int64) - 1]


def _part(task: Task, population: Population, curves: _Curves) -> Part:
    count = len(task.runs)
    outputs = population.outputs()[:count]
    with np.errstate(over="ignore"):  # what a network that diverged answers may be beyond float32
        answers = outputs[:, : patterns_of(task.specs[0])].astype(np.float32)
    stopped = [STOPPED.index(reason or "epochs") for reason in population.stopped[:count]]
    return Part(
        runs=task.runs,
        final_loss=population.losses()[:count],
        epochs_to_learn=population.learned_epochs[:count],
        epochs=population.epochs[:count],
        stopped=np.array(stopped, np.uint8),
        verdict=_verdicts(task, population, curves, outputs),
        curves=curves.of_runs(population),
        outputs=answers,
    )


def _verdicts(task: Task, population: Population, curves: _Curves, outputs: Array) -> Array:
    """Judge each run as the main window does."""
    reasons, learned_epochs = population.stopped, population.learned_epochs.tolist()
    dataset = task.specs[0].dataset()
    verdicts = np.empty(len(task.runs), np.uint8)
    for member, cell in enumerate(task.cells.tolist()):
        # The two that need no closer look, and are most of all.
        if reasons[member] == "diverged":
            verdicts[member] = VERDICTS.index("diverged")
        elif learned_epochs[member] >= 0:
            verdicts[member] = VERDICTS.index("learned")
        else:
            outcome = describe(
                spec=task.specs[cell],
                dataset=dataset,
                outputs=outputs[member],
                epoch=int(population.epochs[member]),
                losses=curves.outline(population, member),
                stopped=reasons[member] or "epochs",
                learned_epoch=None,
            )
            verdicts[member] = verdict(outcome)
    return verdicts
