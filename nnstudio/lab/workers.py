"""Processes of this computer in which the tasks of sweeps are trained, and how they are held, stopped and replaced."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, wait
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.connection import wait as wait_for_connections
from typing import Any, Protocol, Self, TypeVar

import threadpoolctl

from nnstudio.lab.blocks import Task, train_task
from nnstudio.lab.results import Glimpse, Part

T = TypeVar("T")

# Windows waits for no more than so many processes at once.
_MOST_WORKERS = 61
# Tasks that are held look so often whether to go on.
_HELD_SECONDS = 0.05
_CLOSING_SECONDS = 1.0


class Workers(Protocol):
    """Where tasks are trained; one sweep at a time."""

    @property
    def count(self) -> int:
        """How many tasks train at a time."""

    def begin(self) -> None:
        """Get ready for a sweep; nothing of an earlier one is heard of any more."""

    def submit(self, task: Task) -> Future[Part | None]:
        """Have a task trained; None comes of one that was cancelled."""

    def glimpses(self) -> list[Glimpse]:
        """Return what has been heard of the tasks under way since the last time."""

    def hold(self, held: bool) -> None:
        """Let the tasks under way wait, or go on."""

    def cancel(self) -> None:
        """Have the sweep's tasks end soon, without results."""

    def renew(self) -> None:
        """Replace the workers after one has died; what was submitted is lost."""

    def close(self) -> None:
        """End the workers."""


def usable_processors() -> int:
    """Return how many processors this program may use."""
    if hasattr(os, "sched_getaffinity"):
        return max(1, len(os.sched_getaffinity(0)))
    return os.cpu_count() or 1


class LocalWorkers:
    """Processes of this computer, started when they are first needed, and kept from sweep to sweep.

    They give way to whatever else the computer has to do, and end with the program that started them, however it ends.

    Parameters
    ----------
    count : int, optional
        How many; one for each processor without it.
    """

    def __init__(self, count: int | None = None) -> None:
        self.count = min(max(1, count or usable_processors()), _MOST_WORKERS)
        self._context = multiprocessing.get_context("spawn")
        # Whether tasks are held, and the last sweep that was cancelled. Without a lock: a worker that is killed while
        # it has one would hold it for ever.
        self._flags: Any = self._context.RawArray("q", [0, -1])
        self._sweep = 0
        self._heard: deque[tuple[int, Glimpse]] = deque()
        self._futures: set[Future[Part | None]] = set()
        self._open()

    def _open(self) -> None:
        reader, self._writer = self._context.Pipe(duplex=False)
        life, self._life = self._context.Pipe(duplex=False)
        channel = _Channel(self._flags, self._writer, self._context.Lock(), life)
        self._ends = life
        self._pool = ProcessPoolExecutor(self.count, self._context, _start, (channel,))
        self._listener = threading.Thread(target=_listen, args=(reader, self._heard), daemon=True)
        self._listener.start()

    def begin(self) -> None:
        self._sweep += 1
        self._flags[0] = 0
        self._heard.clear()

    def submit(self, task: Task) -> Future[Part | None]:
        with _no_interrupts():  # the pool starts processes when it is first given something to do
            future = self._pool.submit(_train, self._sweep, task)
        self._futures = {future, *(each for each in self._futures if not each.done())}
        return future

    def warm(self) -> None:
        """Start the processes before there is something to train."""
        self.call(os.getpid)

    def call(self, function: Callable[..., T], *arguments: Any) -> Future[T]:
        """Have a worker process do something else than training, such as measure how long that will take."""
        with _no_interrupts():
            return self._pool.submit(function, *arguments)

    def glimpses(self) -> list[Glimpse]:
        heard = [self._heard.popleft() for _ in range(len(self._heard))]
        return [glimpse for sweep, glimpse in heard if sweep == self._sweep]

    def hold(self, held: bool) -> None:
        self._flags[0] = int(held)

    def cancel(self) -> None:
        self._flags[1] = self._sweep

    def renew(self) -> None:
        self._end()
        self._open()

    def close(self) -> None:
        self.cancel()
        for future in self._futures:
            future.cancel()
        # A worker that is cut off while it hands over a result might leave this process waiting for the rest of it.
        wait(self._futures, timeout=_CLOSING_SECONDS)
        self._end()

    def _end(self) -> None:
        # The workers read from the other end, and end when there is nobody left to write.
        self._life.close()
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._futures.clear()
        self._writer.close()
        self._ends.close()
        self._listener.join(_CLOSING_SECONDS)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@contextlib.contextmanager
def _no_interrupts() -> Iterator[None]:
    """Keep Ctrl+C from processes that are started meanwhile: this one decides what becomes of them."""
    if sys.platform == "win32":
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _listen(reader: Connection, heard: deque[tuple[int, Glimpse]]) -> None:
    try:
        while True:
            heard.append(reader.recv())
    except Exception:  # the workers have gone, or one was killed in the middle of a word: they will all be replaced
        reader.close()


# ---- in a worker process -----------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _Channel:
    """What a worker process shares with the one that started it."""

    flags: Any
    writer: Any
    lock: Any
    life: Any

    def may_go_on(self, sweep: int) -> bool:
        while self.flags[1] < sweep:
            if not self.flags[0]:
                return True
            time.sleep(_HELD_SECONDS)
        return False

    def report(self, sweep: int, glimpse: Glimpse) -> None:
        with self.lock:
            self.writer.send((sweep, glimpse))


# A pool gives its functions no other place for what `_start` was given.
_channel: _Channel


def _start(channel: _Channel) -> None:
    """Make a process a worker."""
    global _channel
    _channel = channel
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(os, "nice"):
        os.nice(10)
    threadpoolctl.threadpool_limits(1)
    threading.Thread(target=_end_with_parent, args=(channel.life,), daemon=True).start()


def _end_with_parent(life: Connection) -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    wait_for_connections([parent.sentinel, life])
    os._exit(1)


def _train(sweep: int, task: Task) -> Part | None:
    return train_task(
        task,
        report=lambda glimpse: _channel.report(sweep, glimpse),
        may_go_on=lambda: _channel.may_go_on(sweep),
    )
