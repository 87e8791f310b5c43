"""Trains two experiments in lock-step: whenever they are seen, both are at the same epoch."""

from __future__ import annotations

import math
import time
from dataclasses import replace

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from nnstudio.engine.spec import ExperimentSpec
from nnstudio.session.controller import FRAME_MILLISECONDS, RunController
from nnstudio.session.run import Run

# A leg, the epochs from one frame of both to the next, is to take about so long as fast as possible: a frame's time,
# and some more for what beginning and ending it costs. A pause waits for its end, so it takes no longer than this.
LEG_FRAMES, LONGEST_LEG_SECONDS = 1.5, 0.05
FIRST_LEG = 16
# How far a paced pair may catch up after a hold-up.
CATCH_UP_SECONDS = 0.1
RATE_SECONDS = 0.4


class Twins(QObject):
    """Two runs with one pause, step, rewind and speed.

    They train in legs of some epochs, in a thread each; the one that is through waits for the other. A run that has
    ended waits for the other's end.

    Parameters
    ----------
    specs : pair of ExperimentSpec
    parent : QObject, optional

    Attributes
    ----------
    running : bool
        Whether they train, as far as the person is concerned: a pause takes effect with the end of a leg.
    runs : pair of Run, or None until both have begun
        As they are seen: their frames are of the same epoch, unless one has ended before.
    """

    started = Signal(object)  # both runs, at their first epoch
    frame_ready = Signal(object)  # both runs, whose frames are new
    running_changed = Signal(bool)

    def __init__(self, specs: tuple[ExperimentSpec, ExperimentSpec], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.specs = specs
        self.running = False
        self.runs: tuple[Run, Run] | None = None
        self._sides = (_Side(self), _Side(self))
        for side in self._sides:
            side.begun.connect(self._take_begun)
            side.rested.connect(self._take_rest)
        self._speed = math.inf
        self._leg: int | None = None  # the epoch at which the leg under way ends
        self._step_due = False
        self._length, self._leg_seconds = float(FIRST_LEG), LONGEST_LEG_SECONDS
        self._allowance, self._last_beat, self._leg_began = 0.0, 0.0, 0.0
        self._rate, self._rate_epoch, self._rate_time = math.nan, 0, 0.0
        self._beat = QTimer(self, timerType=Qt.TimerType.PreciseTimer, interval=FRAME_MILLISECONDS)
        self._beat.timeout.connect(self._train_allowed)
        self._begin()

    @property
    def epoch(self) -> int:
        """Epochs that are complete, of the one that has more."""
        return max(run.frame.epoch for run in self.runs) if self.runs else 0

    @property
    def epochs(self) -> int:
        """Epochs that are planned, of the one with more."""
        return max(spec.training.epochs for spec in self.specs)

    @property
    def has_ended(self) -> bool:
        """Whether both runs have come to their end."""
        return self.runs is not None and all(run.frame.stopped is not None for run in self.runs)

    # ---- commands --------------------------------------------------------------------------------------------------

    @Slot()
    def toggle_training(self) -> None:
        """Train, or pause."""
        self.set_running(not self.running)

    def set_running(self, running: bool) -> None:
        """Train, or pause."""
        running = running and not self.has_ended
        self._step_due = False
        if running == self.running:
            return
        self.running = running
        self._rate, self._rate_epoch, self._rate_time = math.nan, self.epoch, time.perf_counter()
        self.running_changed.emit(running)
        if running:
            self._allowance, self._last_beat = 1.0, time.perf_counter()
            self._pace()
        else:
            self._beat.stop()
            if self._leg is None:
                self._show()

    @Slot()
    def step(self) -> None:
        """Train for one epoch, and pause."""
        self.set_running(False)
        if self._leg is None:
            self._train(1)
        else:
            self._step_due = True

    @Slot()
    def rewind(self) -> None:
        """Go back to the first epoch of both."""
        self.set_running(False)
        self._begin()

    @Slot(float)
    def set_speed(self, epochs_per_second: float) -> None:
        """Hold both to a speed; infinity is as fast as possible."""
        self._speed = epochs_per_second
        self._allowance, self._last_beat = 0.0, time.perf_counter()
        if self.running:
            self._pace()

    def set_frame_rate(self, frames_per_second: float) -> None:
        """Bring frames as often as that, or oftener: where fewer are wanted, some are left out."""
        self._leg_seconds = min(LEG_FRAMES / frames_per_second, LONGEST_LEG_SECONDS)
        self._beat.setInterval(min(round(1000 / frames_per_second), FRAME_MILLISECONDS))

    def close(self) -> bool:
        """End both threads, and return whether they ended within a second each."""
        self._beat.stop()
        self._leg = None
        return all([side.controller.close() for side in self._sides])

    def recover(self) -> None:
        """Go on asking for frames after an error."""
        for side in self._sides:
            side.controller.recover()

    # ---- legs ------------------------------------------------------------------------------------------------------

    def _begin(self) -> None:
        self.runs = None  # what is asked for from now on waits until both have begun
        self._leg, self._step_due = None, False
        self._length = float(FIRST_LEG)
        for side, spec in zip(self._sides, self.specs, strict=True):
            side.controller.start_run(spec)

    @Slot()
    def _take_begun(self) -> None:
        runs = tuple(side.controller.run for side in self._sides)
        if any(side.controller.starting for side in self._sides):
            return  # of two, or of a rewind that came behind another
        left, right = (_copy(run) for run in runs if run is not None)
        self.runs = left, right
        self.started.emit(self.runs)
        if self._step_due:
            self.step()
        elif self.running:
            self._pace()

    def _pace(self) -> None:
        if self._speed == math.inf:
            self._beat.stop()
            if self._leg is None:
                self._train(round(self._length))
        else:
            self._beat.start()
            self._train_allowed()

    @Slot()
    def _train_allowed(self) -> None:
        """Train as many epochs as the speed allows since the last time."""
        now = time.perf_counter()
        self._allowance += (now - self._last_beat) * self._speed
        self._allowance = min(self._allowance, max(1.0, CATCH_UP_SECONDS * self._speed))
        self._last_beat = now
        if self._leg is None and self._allowance >= 1:
            count = min(int(self._allowance), round(self._length))
            self._allowance -= count
            self._train(count)

    def _train(self, epochs: int) -> None:
        if self.runs is None:
            self._step_due = not self.running  # they are about to begin
            return
        if self.has_ended:
            return
        self._leg = min(self.epoch + max(epochs, 1), self.epochs)
        self._leg_began = time.perf_counter()
        for side, run in zip(self._sides, self.runs, strict=True):
            if run.frame.stopped is None:
                side.train_to(self._leg)

    @Slot()
    def _take_rest(self) -> None:
        leg, runs = self._leg, self.runs
        if leg is None or runs is None or not all(side.rests for side in self._sides):
            return
        self._leg = None
        passed = max(time.perf_counter() - self._leg_began, 1e-4)
        length = leg - self.epoch
        if length >= round(self._length):
            self._length = max(1.0, length * min(max(self._leg_seconds / passed, 0.5), 2.0))
        for side, run in zip(self._sides, runs, strict=True):
            side.hand_over(run)
        broken = any(run.frame.stopped is None and run.frame.epoch < leg for run in runs)
        self._measure_rate()
        if broken or self.has_ended:
            self.set_running(False)
        self._show()
        if self._step_due:
            self._step_due = False
            self._train(1)
        elif self.running and self._speed == math.inf:
            self._train(round(self._length))

    def _measure_rate(self) -> None:
        now = time.perf_counter()
        if self.running and now - self._rate_time >= RATE_SECONDS:
            self._rate = (self.epoch - self._rate_epoch) / (now - self._rate_time)
            self._rate_epoch, self._rate_time = self.epoch, now

    def _show(self) -> None:
        if self.runs is None:
            return
        for run in self.runs:
            training = self.running and run.frame.stopped is None
            run.frame = replace(run.frame, training=training, epochs_per_second=self._rate)
        self.frame_ready.emit(self.runs)


class _Side(QObject):
    """One of the two: its thread, and whether it has come to the end of the leg."""

    begun = Signal()
    rested = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.rests = True
        self.controller = RunController(self)
        self.controller.run_started.connect(self._take_run)
        self.controller.frame_ready.connect(self._take_frame)

    def train_to(self, epoch: int) -> None:
        """Train to the end of a leg."""
        self.rests = False
        self.controller.train_to(epoch)

    def hand_over(self, shown: Run) -> None:
        """Bring the run that is shown up to the one that trains."""
        run = self.controller.run
        if run is not None:
            shown.frame = run.frame
            shown.take_histories(run.histories())

    @Slot(object)
    def _take_run(self, _run: Run) -> None:
        self.rests = True
        self.begun.emit()

    @Slot(object)
    def _take_frame(self, run: Run) -> None:
        # A frame that was asked for before the leg began says nothing of its end: the controller runs until then.
        if not self.rests and not run.frame.training and not self.controller.running:
            self.rests = True
            self.rested.emit()


def _copy(run: Run) -> Run:
    """Return a run that stays as it is while the other trains."""
    return Run(run.number, run.spec, run.dataset, run.layout, run.initial_parameters, run.frame)
