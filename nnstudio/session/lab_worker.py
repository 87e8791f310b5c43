"""Runs sweeps in a thread of its own: it waits for the processes that train, and keeps on disk what they bring."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from concurrent.futures import BrokenExecutor
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import QObject, QThread, Signal, Slot

from nnstudio.engine.registry import SettingError
from nnstudio.lab.driving import Drive
from nnstudio.lab.pace import estimate
from nnstudio.lab.plan import Method, Plan
from nnstudio.lab.results import Glimpse, Part, Results
from nnstudio.lab.running import SweepError
from nnstudio.lab.search import Hyperband
from nnstudio.lab.store import StoreError, SweepStore
from nnstudio.lab.sweep import Sweep
from nnstudio.lab.words import plan_words
from nnstudio.lab.workers import LocalWorkers, Workers
from nnstudio.session.shelf import Shelf

_log = logging.getLogger("nnstudio")


@dataclass(frozen=True)
class Where:
    """The machines that train.

    Attributes
    ----------
    processes : int
        How many of this computer.
    scheduler : str
        Address of a Dask scheduler whose workers train instead; empty for none.
    """

    processes: int
    scheduler: str = ""


@dataclass(frozen=True)
class Estimate:
    """What a plan takes.

    Attributes
    ----------
    plan : Plan
    seconds : float
    runs : int
    elsewhere : bool
        Other machines are to train: the seconds are for one core of this computer.
    """

    plan: Plan
    seconds: float
    runs: int
    elsewhere: bool = False


class Control:
    """Holds and ends a sweep from the window's thread, even one that is still being prepared."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held = self.cancelled = False
        #: The program ends: the sweep is to be gone on with at its next start.
        self.closing = False
        self.drive: Drive | None = None

    def attach(self, drive: Drive) -> None:
        """Take over a drive, and tell it what has been said until now."""
        with self._lock:
            self.drive = drive
            if self._held:
                drive.pause()
            if self.cancelled:
                drive.cancel()

    def hold(self, held: bool) -> None:
        """Let the sweep wait, or go on."""
        with self._lock:
            self._held = held
            if self.drive is not None:
                (self.drive.pause if held else self.drive.resume)()

    def cancel(self, *, closing: bool = False) -> None:
        """End the sweep; what is done is kept."""
        with self._lock:
            self.cancelled, self.closing = True, closing
            if self.drive is not None:
                self.drive.cancel()


@dataclass(frozen=True, eq=False)
class SweepRequest:
    """What to run, or only to open: a plan, or a sweep that is kept in a folder.

    Attributes
    ----------
    number : int
        Counts the requests.
    what : Plan or Path
    where : Where
    train : bool
        Whether what is still to be done is to be trained.
    control : Control
    news : SimpleQueue
        What comes in, for the window's thread to take at its own pace.
    """

    number: int
    what: Plan | Path
    where: Where
    train: bool = True
    control: Control = field(default_factory=Control)
    news: queue.SimpleQueue[Part | Glimpse] = field(default_factory=queue.SimpleQueue)


class LabWorker(QObject):
    """Does what takes long; while it runs a sweep, its thread delivers no other commands.

    Parameters
    ----------
    shelf : Shelf
    make_workers : callable
        Makes the workers for a `Where`; they raise `SweepError` if there are none.
    """

    began = Signal(int, object)  # number of the request, Results, which are the window's from now on
    ended = Signal(int, str, str)  # number, "ended", "cancelled" or "failed", what went wrong
    refused = Signal(int, object, object)  # number, Plan, SettingError
    estimated = Signal(object)  # Estimate, or None if there is none
    noticed = Signal(str)

    def __init__(self, shelf: Shelf, make_workers: Callable[[Where], Workers]) -> None:
        super().__init__()
        # Not self.thread(): see TrainingWorker.
        self._home = QThread.currentThread()
        self._shelf, self._make_workers = shelf, make_workers
        self._workers: dict[Where, Workers] = {}

    @Slot(object)
    def warm(self, where: Where) -> None:
        """Start the processes of this computer before there is something to train."""
        workers = self._workers_for(Where(where.processes))
        if isinstance(workers, LocalWorkers):
            workers.warm()

    @Slot(object, object)
    def estimate(self, plan: Plan, where: Where) -> None:
        """Find out how long a plan takes: in a worker process, which leaves the interpreter's lock alone."""
        workers = self._workers_for(Where(where.processes))
        # Nobody has measured the machines behind a scheduler: what one core of this takes is what can be said.
        count = 1 if where.scheduler else workers.count
        try:
            if isinstance(workers, LocalWorkers):
                runs, seconds = workers.call(estimate_plan, plan, count).result()
            else:
                runs, seconds = estimate_plan(plan, count)
        except SettingError as error:
            self.refused.emit(-1, plan, error)
        except BrokenExecutor:
            workers.renew()
            self.estimated.emit(None)
        except Exception:
            self.estimated.emit(None)
            raise
        else:
            self.estimated.emit(Estimate(plan, seconds, runs, bool(where.scheduler)))

    @Slot(object)
    def run(self, request: SweepRequest) -> None:
        """Run a sweep to its end, or until it is cancelled."""
        how, problem = "failed", ""
        try:
            how = self._run(request)
        except SettingError as error:
            if isinstance(request.what, Plan):
                self.refused.emit(request.number, request.what, error)
            problem = str(error)
        except SweepError as error:
            problem = str(error)
            _log.error("sweep failed: %s\n%s", error, error.log)
        except StoreError as error:
            problem = str(error)
        except MemoryError:
            problem = "There is not enough memory for so many runs."
        except Exception:
            self.ended.emit(request.number, how, "Something went wrong that nnstudio did not expect.")
            raise
        self.ended.emit(request.number, how, problem)

    def _run(self, request: SweepRequest) -> str:
        store: SweepStore | None
        if isinstance(request.what, Plan):
            store, results, method = None, Results(request.what.sweep(), request.what.method), request.what.method
        else:
            store = SweepStore.open(request.what)
            results, method = store.load(), _method(store)
        if not request.train:
            self.began.emit(request.number, results)
            return "ended"
        own = results
        if method == "hyperband":  # what goes on follows from the results, so the search keeps some of its own
            own = Results(results.sweep, method) if store is None else store.load()
        drive = Drive(own, method, self._workers_for(request.where))
        if isinstance(request.what, Plan):
            store = self._store(request.what, results.sweep)
        lock = None if store is None else self._shelf.lock(store.path)
        if lock is not None and not lock.tryLock(0):
            raise StoreError("another window of nnstudio is training this sweep")
        try:
            self.began.emit(request.number, results)
            request.control.attach(drive)
            if store is not None:
                self._shelf.mark(store.path, ended=False)
            keeper = _Keeper(request, store, self.noticed.emit)
            done = drive.run(keeper)
            if store is not None and not request.control.closing:
                self._shelf.mark(store.path, ended=True)
        finally:
            if lock is not None:
                lock.unlock()
        if store is not None and not done and not keeper.parts and isinstance(request.what, Plan):
            store.remove()  # nobody wants to find a sweep that has nothing in it
        return "ended" if done else "cancelled"

    def _store(self, plan: Plan, sweep: Sweep) -> SweepStore | None:
        try:
            about = {"title": plan_words(plan), "method": plan.method}
            return SweepStore.create(self._shelf.new_path(), sweep, about)
        except StoreError as error:
            self.noticed.emit(f"The sweep will not be kept: {error}")
            return None

    def _workers_for(self, where: Where) -> Workers:
        """Return workers, new ones where other machines are wanted than before."""
        if where not in self._workers:
            for other in tuple(self._workers):
                if bool(other.scheduler) == bool(where.scheduler):
                    self._workers.pop(other).close()
            self._workers[where] = self._make_workers(where)
        return self._workers[where]

    @Slot()
    def stop(self) -> None:
        """End the processes, and the thread."""
        for workers in self._workers.values():
            workers.close()
        self._workers.clear()
        thread = QThread.currentThread()
        self.moveToThread(self._home)
        thread.quit()


class _Keeper:
    """Keeps on disk what a sweep brings, and hands it on to the window."""

    def __init__(self, request: SweepRequest, store: SweepStore | None, notice: Callable[[str], object]) -> None:
        self._news, self._store, self._notice = request.news, store, notice
        self.parts = 0

    def __call__(self, news: Part | Glimpse) -> None:
        if isinstance(news, Part):
            self.parts += 1
            if self._store is not None:
                try:
                    self._store.add(news)
                except StoreError as error:
                    self._store = None
                    self._notice(f"The rest of the sweep will not be kept: {error}")
        self._news.put(news)


def estimate_plan(plan: Plan, count: int) -> tuple[int, float]:
    """Return how many runs a plan has, and about how many seconds so many processes take for them.

    Raises
    ------
    SettingError
        If it cannot be swept.
    """
    sweep = plan.sweep()
    seconds = estimate(sweep, count)
    if plan.method == "hyperband":
        work = Hyperband(sweep).standing(Results(sweep)).work
        seconds *= work / (sweep.runs * sweep.base.training.epochs)
    return sweep.runs, seconds


def _method(store: SweepStore) -> Method:
    """Return how the cells of a kept sweep go on."""
    return "hyperband" if store.about.get("method") == "hyperband" else "grid"
