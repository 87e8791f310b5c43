"""Runs a sweep: hands its tasks to workers, takes what comes back, and sees to it that none is lost."""

from __future__ import annotations

import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Future, wait
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnstudio.lab.blocks import Task, tasks_of
from nnstudio.lab.pace import Pace
from nnstudio.lab.results import Glimpse, Part
from nnstudio.lab.sweep import Sweep
from nnstudio.lab.workers import Workers

Array = NDArray[Any]

#: A task whose worker dies is trained again, so many times in all.
ATTEMPTS = 3

# Between two looks at what has been heard.
_TICK = 0.1


class SweepError(Exception):
    """A sweep that cannot go on; the message is for a person, `log` has what a programmer wants to see."""

    def __init__(self, message: str, log: str = "") -> None:
        super().__init__(message)
        self.log = log


class SweepRun:
    """Trains runs of a sweep, or all of it.

    `run` is called once and returns when all is done; the other methods may be called from any thread meanwhile.

    Parameters
    ----------
    sweep : Sweep
    workers : Workers
    runs : array_like of int, optional
        Which runs; all without it.
    lacking : array_like of int, optional
        Those of them that are still to be trained; all without it. A run's last digits may depend on which others train
        beside it: tasks are cut as if all were to be trained, so that a sweep that goes on comes out as if it had never
        been interrupted, and a few runs may be trained again.
    epochs : int, optional
        At most so many, whatever the experiments say.
    """

    def __init__(
        self,
        sweep: Sweep,
        workers: Workers,
        *,
        runs: Array | range | None = None,
        lacking: Array | None = None,
        epochs: int | None = None,
    ) -> None:
        self.sweep = sweep
        self._workers = workers
        tasks = tasks_of(sweep, range(sweep.runs) if runs is None else runs, workers=workers.count, epochs=epochs)
        if lacking is not None:
            lacks = np.zeros(sweep.runs, bool)
            lacks[lacking] = True
            tasks = [task for task in tasks if lacks[task.runs].any()]
        self._tasks = [replace(task, id=number) for number, task in enumerate(tasks)]
        self._held, self._cancelled = threading.Event(), threading.Event()
        self._attempts: Counter[int] = Counter()
        self._finished = 0
        self._pace = Pace(sum(task.work for task in self._tasks))

    @property
    def progress(self) -> float:
        """The share of the work that is done, from 0 to 1."""
        return self._pace.progress

    @property
    def seconds_left(self) -> float | None:
        """About how long it will still take; None while nothing is known."""
        return self._pace.seconds_left

    @property
    def paused(self) -> bool:
        return self._held.is_set()

    def pause(self) -> None:
        """Let all tasks wait where they are."""
        self._held.set()
        self._workers.hold(True)

    def resume(self) -> None:
        """Let them go on."""
        self._held.clear()
        self._workers.hold(False)

    def cancel(self) -> None:
        """Have `run` return soon; what is done is kept."""
        self._cancelled.set()

    def run(self, take: Callable[[Part | Glimpse], None]) -> bool:
        """Train until all is done.

        Parameters
        ----------
        take : callable
            Is given, in this thread, what has come of each task, and what is new of those under way.

        Returns
        -------
        bool
            Whether all is done; False if it was cancelled.

        Raises
        ------
        SweepError
            If a task failed, or its workers died three times; what was taken before is good.
        """
        workers, waiting = self._workers, deque(self._tasks)
        running: dict[Future[Part | None], Task] = {}
        workers.begin()
        workers.hold(self.paused)
        try:
            while (waiting or running) and not self._cancelled.is_set():
                # One that waits beside each that trains, so that no worker has to wait for us.
                room = 0 if self.paused else 2 * workers.count - len(running)
                broken = self._submit(waiting, running, room)
                done = self._wait(running)
                self._hear(take)
                broken |= self._collect(done, running, take)
                if broken:
                    waiting.extendleft(self._lost(running, take))
                    workers.renew()
        finally:
            if running:
                workers.cancel()
                for future in running:
                    future.cancel()
        if running:
            # Those that were about to end are not trained in vain.
            wait(running, timeout=_TICK)
            self._collect({future for future in running if future.done()}, running, take)
        return self._finished == len(self._tasks)

    def _submit(self, waiting: deque[Task], running: dict[Future[Part | None], Task], room: int) -> bool:
        """Submit tasks while there is room, and say whether the workers turned out to be broken."""
        while waiting and room > 0:
            try:
                future = self._workers.submit(waiting[0])
            except BrokenExecutor:
                return True
            running[future] = waiting.popleft()
            room -= 1
        return False

    def _wait(self, running: dict[Future[Part | None], Task]) -> set[Future[Part | None]]:
        if not running:
            self._cancelled.wait(_TICK)
            return set()
        return wait(running, timeout=_TICK, return_when=FIRST_COMPLETED).done

    def _hear(self, take: Callable[[Part | Glimpse], None]) -> None:
        for glimpse in self._workers.glimpses():
            self._pace.reach(self._tasks[glimpse.task], glimpse.epoch)
            take(glimpse)
        self._pace.tick(time.monotonic(), held=self.paused)

    def _collect(
        self,
        done: set[Future[Part | None]],
        running: dict[Future[Part | None], Task],
        take: Callable[[Part | Glimpse], None],
    ) -> bool:
        """Take what tasks have brought, and say whether one was lost with its worker; such tasks stay in `running`."""
        lost, failure = False, None
        for future in done:
            try:
                part = future.result()
            except BrokenExecutor:
                lost = True
                continue
            except CancelledError:
                part = None
            except Exception as error:
                failure, part = (running[future], error), None
            task = running.pop(future)
            if part is not None:
                self._finished += 1
                self._pace.reach(task, task.last)
                take(part)
        if failure is not None:
            raise self._failure(*failure)
        return lost

    def _lost(self, running: dict[Future[Part | None], Task], take: Callable[[Part | Glimpse], None]) -> list[Task]:
        """Return the tasks that were lost with the workers, to be trained again."""
        self._collect(wait(running, timeout=10 * _TICK).done, running, take)
        lost = list(running.values())
        running.clear()
        self._attempts.update(task.id for task in lost)
        for task in lost:
            if self._attempts[task.id] >= ATTEMPTS:
                raise SweepError(
                    f"{self._words(task)} could not be trained: the process ended {ATTEMPTS} times before they were. "
                    "Perhaps there was not enough memory: try smaller networks, or fewer processes."
                )
        return lost

    def _failure(self, task: Task, error: Exception) -> SweepError:
        if isinstance(error, SweepError):
            return error
        words = self._words(task)
        if isinstance(error, MemoryError):
            return SweepError(
                f"{words} could not be trained: there is not enough memory. Try smaller networks or less data."
            )
        name = f"{type(error).__name__}: {error}"
        # The error's cause is the worker's own account of it, as text.
        return SweepError(f"{words} could not be trained: {name}", str(error.__cause__ or name))

    def _words(self, task: Task) -> str:
        count = len(task.runs)
        runs = f"{count:,} run{'' if count == 1 else 's'}"
        cell = self.sweep.run(int(task.runs[0]))[0]
        settings = ", ".join(f"{key}={text}" for key, text in self.sweep.cell_settings(cell).items())
        if not settings:
            return runs
        return f"{runs} with {settings}" if len(task.specs) == 1 else f"{runs}, the first with {settings},"
