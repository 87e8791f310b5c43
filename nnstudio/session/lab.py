"""The lab: what it is sweeping, what has come of it, and the sweeps that were made before."""

from __future__ import annotations

import atexit
import math
import queue
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QObject, QStandardPaths, Qt, QThread, QTimer, Signal, Slot

from nnstudio.engine.registry import SettingError
from nnstudio.engine.spec import ExperimentSpec
from nnstudio.lab.plan import Plan
from nnstudio.lab.results import Part, Results
from nnstudio.lab.store import StoredSweep, StoreError
from nnstudio.lab.workers import LocalWorkers, Workers
from nnstudio.session.garbage import GarbageCollection
from nnstudio.session.lab_worker import Estimate, LabWorker, SweepRequest, Where
from nnstudio.session.shelf import Shelf

State = Literal["idle", "running", "paused", "ended", "cancelled", "failed"]

#: How often the results grow, and how long the window's thread may take for it at a time.
NEWS_MILLISECONDS = 125
TAKE_SECONDS = 0.004
# After a batch of news that was not finished within its time.
_MORE_MILLISECONDS = 10
# How long the end of the program waits for the worker processes.
_CLOSING_MILLISECONDS = 5000


@dataclass(frozen=True)
class Progress:
    """How far a sweep has come.

    Attributes
    ----------
    done, total : int
        Runs.
    share : float
        Of the work, from 0 to 1; runs under way count.
    seconds_left : float
        nan while nothing is known.
    """

    done: int
    total: int
    share: float
    seconds_left: float


class Lab(QObject):
    """Runs one sweep at a time, in a thread that waits for the processes that train.

    Parameters
    ----------
    folder : Path, optional
        Where sweeps are kept; the person's own data folder without it.
    make_workers : callable, optional
        Makes the workers for a `Where`.
    parent : QObject, optional

    Attributes
    ----------
    state : str
        "idle", "running", "paused", "ended", "cancelled" or "failed".
    problem : str
        What went wrong, in words; empty unless the state is "failed".
    results : Results or None
        What is shown: of the sweep under way, the last one, or one that was opened.
    """

    state_changed = Signal()
    results_replaced = Signal()
    results_grown = Signal()
    progressed = Signal(object)  # Progress
    estimated = Signal(object)  # Estimate, or None if it cannot be told
    refused = Signal(object, object)  # Plan, SettingError
    stored_changed = Signal()
    noticed = Signal(str)

    _run = Signal(object)
    _warm = Signal(object)
    _estimate = Signal(object, object)
    _stop = Signal()

    def __init__(
        self,
        *,
        folder: Path | None = None,
        make_workers: Callable[[Where], Workers] | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.state: State = "idle"
        self.problem = ""
        self.results: Results | None = None
        self._shelf = Shelf(folder or sweeps_folder())
        self._request: SweepRequest | None = None
        self._number = 0
        self._how: tuple[State, str] | None = None
        self._waiting: tuple[Plan, Where] | None = None
        self._estimating = self._closed = False
        self._unfinished = self._find_unfinished()
        GarbageCollection.ensure()
        self._thread = QThread(self)
        self._thread.setObjectName("lab")
        self._worker = LabWorker(self._shelf, make_workers or workers_for)
        self._worker.moveToThread(self._thread)
        worker, queued = self._worker, Qt.ConnectionType.QueuedConnection
        self._run.connect(worker.run, queued)
        self._warm.connect(worker.warm, queued)
        self._estimate.connect(worker.estimate, queued)
        self._stop.connect(worker.stop, queued)
        worker.began.connect(self._take_results, queued)
        worker.ended.connect(self._take_end, queued)
        worker.refused.connect(self._take_refusal, queued)
        worker.estimated.connect(self._take_estimate, queued)
        worker.noticed.connect(self.noticed, queued)
        self._timer = QTimer(self, interval=NEWS_MILLISECONDS)
        self._timer.timeout.connect(self._take_news)
        self._thread.start()
        # Qt aborts a process that ends with the thread running.
        atexit.register(self.close)

    # ---- sweeping --------------------------------------------------------------------------------------------------

    @property
    def is_busy(self) -> bool:
        """Whether a sweep is under way, paused ones included."""
        return self.state in ("running", "paused")

    def warm(self, where: Where) -> None:
        """Start the processes that will train."""
        if not self._closed:
            self._warm.emit(where)

    def estimate(self, plan: Plan, where: Where) -> None:
        """Find out how long a plan will take; `estimated` or `refused` answers, unless a sweep is under way."""
        if self.is_busy or self._closed:
            return
        if self._estimating:
            self._waiting = plan, where
            return
        self._estimating = True
        self._estimate.emit(plan, where)

    def start(self, plan: Plan, where: Where) -> None:
        """Run a plan; a sweep under way is ended first, and can be gone on with later."""
        self._begin(plan, where)

    def resume_stored(self, stored: StoredSweep, where: Where) -> None:
        """Train what a sweep still lacks."""
        self._begin(stored.path, where)

    def open_stored(self, stored: StoredSweep) -> None:
        """Show what is known of a sweep."""
        if self.is_busy:
            self.noticed.emit("A sweep is under way: cancel it first; what is done is kept.")
        else:
            self._begin(stored.path, Where(1), train=False)

    def _begin(self, what: Plan | Path, where: Where, *, train: bool = True) -> None:
        if self._closed:
            return
        if self._request is not None:
            self._request.control.cancel()
        self._number += 1
        self._request = SweepRequest(self._number, what, where, train)
        self._how, self._waiting = None, None
        self._timer.stop()  # until its results are there: what comes in is not for those of the sweep before
        self._unfinished = tuple(stored for stored in self._unfinished if stored.path != what)
        self._set_state("running" if train else "idle")
        self._run.emit(self._request)

    def pause(self) -> None:
        """Let the sweep wait where it is."""
        if self.state == "running" and self._request is not None:
            self._request.control.hold(True)
            self._set_state("paused")

    def resume(self) -> None:
        """Let it go on."""
        if self.state == "paused" and self._request is not None:
            self._request.control.hold(False)
            self._set_state("running")

    @Slot()
    def cancel(self) -> None:
        """End the sweep; what is done is kept."""
        if self.is_busy and self._request is not None:
            self._request.control.cancel()

    def close(self) -> bool:
        """End thread and processes, and return whether they ended in time; the sweep can be gone on with later."""
        if self._closed:  # the worker has come home: what it is told to stop now is the window's own thread
            return True
        self._closed = True
        atexit.unregister(self.close)
        self._timer.stop()
        if self._request is not None:
            self._request.control.cancel(closing=True)
        self._stop.emit()
        ended = self._thread.wait(_CLOSING_MILLISECONDS)
        self._shelf.empty()
        return ended

    # ---- the sweeps that are kept ----------------------------------------------------------------------------------

    def stored(self) -> tuple[StoredSweep, ...]:
        """Return the sweeps that are kept, the latest first."""
        sweeps, problems = self._shelf.sweeps()
        for problem in problems[:1]:
            self.noticed.emit(problem)
        return sweeps

    @property
    def unfinished(self) -> tuple[StoredSweep, ...]:
        """The sweeps that were interrupted, the latest first."""
        return self._unfinished

    def delete(self, stored: StoredSweep) -> None:
        """Take a sweep away; `undo_delete` brings it back."""
        self._on_shelf(lambda: self._shelf.delete(stored.path))

    @Slot()
    def undo_delete(self) -> None:
        """Bring back the sweep that was deleted last."""
        if self.can_undo_delete:
            self._on_shelf(self._shelf.undo_delete)

    @property
    def can_undo_delete(self) -> bool:
        """Whether there is a deleted sweep to bring back."""
        return self._shelf.can_undo_delete

    def _on_shelf(self, do: Callable[[], None]) -> None:
        try:
            do()
        except StoreError as error:
            self.noticed.emit(str(error))
        self._unfinished = self._find_unfinished()
        self.stored_changed.emit()

    def _find_unfinished(self) -> tuple[StoredSweep, ...]:
        return tuple(stored for stored in self._shelf.sweeps()[0] if self._shelf.is_unfinished(stored))

    # ---- what the thread says --------------------------------------------------------------------------------------

    @Slot(int, object)
    def _take_results(self, number: int, results: Results) -> None:
        if number == self._number:
            self.results = results
            self.results_replaced.emit()
            self._timer.start(NEWS_MILLISECONDS)
            self._say_progress()

    @Slot()
    def _take_news(self) -> None:
        """Take what has come in, for a moment; the rest has to wait for the next."""
        request, results = self._request, self.results
        if request is None or results is None:
            return
        deadline, any_news, more = time.perf_counter() + TAKE_SECONDS, False, True
        while time.perf_counter() < deadline:
            try:
                news = request.news.get_nowait()
            except queue.Empty:
                more = False
                break
            any_news = True
            if isinstance(news, Part):
                results.take(news)
            else:
                results.take_glimpse(news)
        self._timer.setInterval(_MORE_MILLISECONDS if more else NEWS_MILLISECONDS)
        if any_news and not more:
            self.results_grown.emit()
        self._say_progress()
        if self._how is not None and not more:
            self._end(*self._how)

    def _say_progress(self) -> None:
        request, results = self._request, self.results
        if request is None or results is None or not self.is_busy:
            return
        drive = request.control.drive
        share, left = (0.0, math.nan) if drive is None else (drive.progress, drive.seconds_left)
        self.progressed.emit(Progress(results.count_done, results.sweep.runs, share, left))

    @Slot(int, str, str)
    def _take_end(self, number: int, how: State, problem: str) -> None:
        if number != self._number:
            return
        self._how = how, problem
        if not self._timer.isActive():
            self._end(how, problem)

    def _end(self, how: State, problem: str) -> None:
        self._timer.stop()
        self._how = None
        request, self._request = self._request, None
        self.problem = problem
        trained = request is not None and request.train
        self._set_state(
            "failed" if how == "failed" else "idle" if not trained else "ended" if how == "ended" else "cancelled"
        )

    @Slot(int, object, object)
    def _take_refusal(self, number: int, plan: Plan, error: SettingError) -> None:
        if number < 0:
            self._estimating = False
            self._estimate_what_waits()
        self.refused.emit(plan, error)

    @Slot(object)
    def _take_estimate(self, estimate: Estimate | None) -> None:
        self._estimating = False
        self.estimated.emit(estimate)
        self._estimate_what_waits()

    def _estimate_what_waits(self) -> None:
        if self._waiting is not None:
            waiting, self._waiting = self._waiting, None
            self.estimate(*waiting)

    def _set_state(self, state: State) -> None:
        if state != "failed":
            self.problem = ""
        self.state = state
        self.state_changed.emit()


def sweeps_folder() -> Path:
    """Return where the person's sweeps are kept."""
    folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppLocalDataLocation)
    return Path(folder) / "sweeps"


def workers_for(where: Where) -> Workers:
    """Return the workers that train somewhere.

    Raises
    ------
    SweepError
        If there are none.
    """
    if not where.scheduler:
        return LocalWorkers(where.processes)
    from nnstudio.lab.cluster import ClusterWorkers

    return ClusterWorkers(where.scheduler)


def same_but_seed(one: ExperimentSpec, other: ExperimentSpec) -> bool:
    """Whether two experiments differ in nothing but their seed."""
    return replace(one, seed=other.seed) == other
