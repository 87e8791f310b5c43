"""Drives a whole sweep, however its cells go on: all of them at once, or rung by rung."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable

from nnstudio.lab.plan import Method
from nnstudio.lab.results import Glimpse, Part, Results
from nnstudio.lab.running import SweepRun
from nnstudio.lab.search import Hyperband
from nnstudio.lab.workers import Workers


class Drive:
    """Trains what a sweep still lacks.

    `run` is called once and returns when all is done; the other methods may be called from any thread meanwhile.

    Parameters
    ----------
    results : Results
        What is known already. Of a search it must be the drive's own: it decides by them what goes on.
    method : str
        "grid" and "random" train every cell to its end; "hyperband" lets the better ones go on.
    workers : Workers

    Raises
    ------
    SettingError
        If the sweep cannot be searched so.
    """

    def __init__(self, results: Results, method: Method, workers: Workers) -> None:
        self._results, self._workers = results, workers
        self._search = Hyperband(results.sweep) if method == "hyperband" else None
        self._lock = threading.Lock()
        self._held = self._cancelled = False
        self._behind = self._ahead = 0.0
        self._run: SweepRun | None = None
        self._pending = results.pending()

    @property
    def progress(self) -> float:
        """The share of the work that is done, from 0 to 1."""
        run = self._run
        return self._behind + self._ahead * (0.0 if run is None else run.progress)

    @property
    def seconds_left(self) -> float:
        """About how long it will still take; nan while nothing is known."""
        run = self._run
        left = None if run is None else run.seconds_left
        if left is None or run is None:
            return math.nan
        rest = self._ahead * (1 - run.progress)
        return left if self._search is None or rest <= 0 else left * (1 - self.progress) / rest

    def pause(self) -> None:
        """Let all tasks wait where they are."""
        self._hold(True)

    def resume(self) -> None:
        """Let them go on."""
        self._hold(False)

    def _hold(self, held: bool) -> None:
        with self._lock:
            self._held = held
            if self._run is not None:
                (self._run.pause if held else self._run.resume)()

    def cancel(self) -> None:
        """Have `run` return soon; what is done is kept."""
        with self._lock:
            self._cancelled = True
            if self._run is not None:
                self._run.cancel()

    def run(self, take: Callable[[Part | Glimpse], None]) -> bool:
        """Train until all is done.

        Parameters
        ----------
        take : callable
            Is given, in this thread, what comes of the tasks.

        Returns
        -------
        bool
            Whether all is done; False if it was cancelled.

        Raises
        ------
        SweepError
            If a task failed, or the workers died again and again; what was taken before is good.
        """
        if self._search is None:
            done = 1 - len(self._pending) / self._results.sweep.runs
            self._behind, self._ahead = done, 1 - done
            return not len(self._pending) or self._go_through(
                SweepRun(self._results.sweep, self._workers, lacking=self._pending), take
            )

        def learn(news: Part | Glimpse) -> None:
            if isinstance(news, Part):
                self._results.take(news)
            take(news)

        while (standing := self._search.standing(self._results)).rung is not None:
            epochs = self._search.rungs[standing.rung]
            self._behind = standing.work_done / standing.work
            self._ahead = len(standing.lacking) * epochs / standing.work
            run = SweepRun(
                self._results.sweep, self._workers, runs=standing.runs, lacking=standing.lacking, epochs=epochs
            )
            if not self._go_through(run, learn):
                return False
        return True

    def _go_through(self, run: SweepRun, take: Callable[[Part | Glimpse], None]) -> bool:
        with self._lock:
            self._run = run
            if self._held:
                run.pause()
            if self._cancelled:
                run.cancel()
        return run.run(take)
