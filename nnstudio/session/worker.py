"""Trains in a thread of its own: it owns the live arrays, and hands out copies."""

from __future__ import annotations

import math
import queue
import time
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Qt, QThread, QTimer, Signal, Slot

from nnstudio.engine.run_state import Losses, RunState
from nnstudio.engine.spec import ExperimentSpec
from nnstudio.engine.timeline import Keyframes
from nnstudio.engine.trainer import Trainer
from nnstudio.session.run import Frame, Run

# Long enough that the loop around it costs nothing, short enough that a command is not felt to wait.
SLICE_SECONDS = 0.004
# A real sleep hands the interpreter's lock to the window's thread; without it the window starves.
BREATH_SECONDS = 50e-6
# How often the rate is measured, and how far a paced run may catch up after a hold-up.
RATE_SECONDS = 0.4
CATCH_UP_SECONDS = 0.1

# What one look over all samples may take without being counted.
CHEAP_SECONDS = 0.001

COURSE_POINTS = 256
COURSE_PATTERNS = 16


@dataclass(frozen=True, eq=False)
class RunRequest:
    """What to run: an experiment, from its start, from a state that was saved, or from weights after so many epochs."""

    number: int
    spec: ExperimentSpec
    state: RunState | None = None
    course: Keyframes | None = None
    parameters: NDArray[Any] | None = None
    epoch: int = 0


class TrainingWorker(QObject):
    """Trains in slices between which the thread's event loop delivers commands."""

    run_started = Signal(object)  # Run
    frame_ready = Signal(object)  # Frame
    running_changed = Signal(bool, int)  # and the last command of those that start and pause

    def __init__(self) -> None:
        super().__init__()
        # Not self.thread(): PySide 6.10 makes what that returns a child of this object, and takes the window's thread
        # for deleted once this object is.
        self._home = QThread.currentThread()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.train_slice)
        self._trainer: Trainer | None = None
        self._number = 0
        self._running = False
        self._command = 0
        self._speed = math.inf
        self._goal: int | None = None  # epochs that are to be complete when training pauses by itself
        self._losses: list[Losses] = []
        self._seconds_per_batch = 1e-5
        self._allowance = 0.0
        self._last_slice = 0.0
        self._rate = math.nan
        self._rate_epoch, self._rate_time = 0.0, 0.0

    @Slot(object)
    def start_run(self, request: RunRequest) -> None:
        """Begin a run; what the one before has not yet told is told first."""
        if self._losses:
            self.send_frame()
        # A run that was bound for one of its epochs does not hand its haste on.
        running = self._running and self._goal is None
        self._set_running(False)
        trainer = Trainer(request.spec)
        if request.state is not None:
            trainer.restore(request.state)
        elif request.parameters is not None:
            trainer.set_parameters(request.parameters, request.epoch)
        self._trainer, self._number = trainer, request.number
        self._losses, self._rate = [], math.nan
        self._look_due = 0.0
        self._course = _course_of(request, trainer)
        self._record_course()
        run = Run(
            number=request.number,
            spec=request.spec,
            dataset=trainer.dataset,
            layout=trainer.network.layout,
            initial_parameters=_frozen(trainer.initial_parameters.copy()),
            frame=self._frame(),
        )
        self.run_started.emit(run)
        self._set_running(running)

    @Slot(bool, int)
    def set_running(self, running: bool, command: int) -> None:
        """Train, or pause; answers with what became of it, and with the command's number."""
        self._command = command
        self._set_running(running)
        self._tell_running()

    @Slot(int, int)
    def train_to(self, epoch: int, command: int) -> None:
        """Train as fast as possible until so many epochs are complete or the run has ended, and pause there."""
        self._command = command
        ahead = epoch > self._live_trainer().epoch
        self._goal = epoch if ahead else None
        self._set_running(ahead)
        self._set_pace()
        self._tell_running()

    @Slot(int)
    def step(self, batches: int) -> None:
        """Train for so many batches, or to the end of the epoch with 0, and pause."""
        self._set_running(False)
        trainer = self._live_trainer()
        self._advance(batches or trainer.batches_per_epoch - trainer.batch)
        trainer.settle()

    @Slot(float)
    def set_speed(self, epochs_per_second: float) -> None:
        """Hold the training to a speed; infinity is as fast as possible."""
        self._speed = epochs_per_second
        self._last_slice = time.perf_counter()
        self._allowance = 0.0
        self._set_pace()

    @Slot(object)
    def set_live(self, spec: ExperimentSpec) -> None:
        """Go on under an experiment with other live settings."""
        self._live_trainer().set_live(spec)

    @Slot(int, float)
    def set_parameter(self, index: int, value: float) -> None:
        """Give one weight or bias a value; training goes on from there."""
        trainer = self._live_trainer()
        parameters = trainer.network.parameters.copy()
        parameters[index] = value
        trainer.set_parameters(parameters)
        self._look_due = 0.0

    @Slot()
    def send_frame(self) -> None:
        """Hand out the run as it is now."""
        self.frame_ready.emit(self._frame())

    @Slot(object)
    def send_state(self, reply: queue.SimpleQueue[tuple[RunState, Keyframes]]) -> None:
        """Answer with copies of all that is needed to go on later, behind a frame of the same moment."""
        self.send_frame()
        course = Keyframes.from_rows(self._course.rows, self._course.stride, COURSE_POINTS)
        reply.put((self._live_trainer().state(), course))

    @Slot()
    def stop(self) -> None:
        """Train no more, and end the thread."""
        self._set_running(False)
        thread = QThread.currentThread()
        # An object may be deleted only in the thread that it lives in, and this one's is about to be gone.
        self.moveToThread(self._home)
        thread.quit()

    @Slot()
    def train_slice(self) -> None:
        """Train for a moment."""
        trainer = self._live_trainer()
        now = time.perf_counter()
        deadline = now + SLICE_SECONDS
        allowed = self._allowed_batches(now)
        try:
            while allowed >= 1 and trainer.stopped is None and now < deadline:
                batches = min(allowed, max(1, int((deadline - now) / self._seconds_per_batch)))
                done = self._advance(batches)
                before, now = now, time.perf_counter()
                self._seconds_per_batch += ((now - before) / done - self._seconds_per_batch) / 4
                allowed -= done
                self._allowance -= done
        except Exception:
            self._set_running(False)
            raise
        if now - self._rate_time >= RATE_SECONDS:
            self._measure_rate(now)
        if trainer.stopped is not None or self._epochs_done() == self._goal:
            awaited = self._goal is not None
            self._set_running(False)
            if awaited:
                self.send_frame()  # whoever waits for this epoch need not ask
        time.sleep(BREATH_SECONDS)

    def _allowed_batches(self, now: float) -> float:
        if self._goal is not None:
            trainer = self._live_trainer()
            return (self._goal - trainer.epoch) * trainer.batches_per_epoch - trainer.batch
        if self._speed == math.inf:
            self._allowance = 0.0
            return math.inf
        per_second = self._speed * self._live_trainer().batches_per_epoch
        self._allowance += (now - self._last_slice) * per_second
        self._allowance = min(self._allowance, max(1.0, CATCH_UP_SECONDS * per_second))
        self._last_slice = now
        return self._allowance

    def _advance(self, batches: float) -> int:
        """Train for at most so many batches, up to the next point of the outputs' course, and return how many."""
        trainer = self._live_trainer()
        per_epoch = trainer.batches_per_epoch
        done = trainer.epoch * per_epoch + trainer.batch
        until_point = self._course.next_epoch * per_epoch - done
        count = int(min(batches, until_point)) if until_point > 0 else int(min(batches, per_epoch))
        losses = trainer.advance(count)
        if len(losses.training):
            self._losses.append(losses)
        self._record_course()
        return max(trainer.epoch * per_epoch + trainer.batch - done, 1)

    def _record_course(self) -> None:
        trainer = self._live_trainer()
        if trainer.batch == 0 and trainer.epoch == self._course.next_epoch:
            self._course.record(trainer.epoch, _first_outputs(trainer).ravel())

    def _look(self) -> None:
        """Take outputs and gradient over all samples, unless that would slow the training down by more than a tenth."""
        start = time.perf_counter()
        if self._running and start < self._look_due:
            return
        trainer = self._live_trainer()
        self._outputs, self._gradient = _frozen(trainer.outputs()), _frozen(trainer.gradient())
        cost = time.perf_counter() - start
        self._look_due = start + 11 * cost if cost > CHEAP_SECONDS else 0.0

    def _frame(self) -> Frame:
        trainer = self._live_trainer()
        self._look()
        outputs = self._outputs
        losses = Losses(
            *(
                _frozen(np.concatenate([np.empty(0), *(getattr(each, part) for each in self._losses)]))
                for part in ("training", "validation", "test")
            )
        )
        self._losses = []
        course = self._course.rows.reshape(-1, min(len(outputs), COURSE_PATTERNS), outputs.shape[1])
        return Frame(
            run=self._number,
            epoch=trainer.epoch,
            batch=trainer.batch,
            parameters=_frozen(trainer.network.parameters.copy()),
            gradient=self._gradient,
            outputs=outputs,
            losses=losses,
            course_epochs=_frozen(self._course.epochs),
            course=_frozen(course.copy()),
            epochs_per_second=self._rate,
            stopped=trainer.stopped,
            learned_epoch=trainer.learned_epoch,
            training=self._running,
        )

    def _set_running(self, running: bool) -> None:
        if self._trainer is None or self._trainer.stopped is not None:
            running = False
        if not running:
            self._goal = None
        if running == self._running:
            return
        self._running = running
        if running:
            now = time.perf_counter()
            self._last_slice, self._allowance = now, 1.0
            self._rate_epoch, self._rate_time = self._epochs_done(), now
            self._set_pace()
        else:
            self._timer.stop()
            self._measure_rate(time.perf_counter())
            self._live_trainer().settle()
        self._tell_running()

    def _tell_running(self) -> None:
        self.running_changed.emit(self._running, self._command)

    def _set_pace(self) -> None:
        if self._running:
            per_second = self._speed * self._live_trainer().batches_per_epoch
            unpaced = self._speed == math.inf or self._goal is not None
            self._timer.start(0 if unpaced else max(5, min(50, int(1000 / per_second))))

    def _epochs_done(self) -> float:
        trainer = self._live_trainer()
        return trainer.epoch + trainer.batch / trainer.batches_per_epoch

    def _measure_rate(self, now: float) -> None:
        epochs, seconds = self._epochs_done() - self._rate_epoch, now - self._rate_time
        if seconds > 0 and epochs > 0:
            self._rate = epochs / seconds
        self._rate_epoch, self._rate_time = self._epochs_done(), now

    def _live_trainer(self) -> Trainer:
        if self._trainer is None:
            raise RuntimeError("no run has been started")
        return self._trainer


def _course_of(request: RunRequest, trainer: Trainer) -> Keyframes:
    """Return where the outputs' course is kept: what was saved of it, if that fits."""
    size = _first_outputs(trainer).size
    saved = request.course
    if saved is not None and saved.rows.shape[1:] == (size,) and saved.next_epoch > trainer.epoch:
        return saved
    course = Keyframes(size, COURSE_POINTS)
    while course.next_epoch < trainer.epoch:  # nothing is known of the epochs before a saved state
        course.record(course.next_epoch, np.full(size, np.nan))
    return course


def _first_outputs(trainer: Trainer) -> NDArray[Any]:
    return trainer.predict(trainer.dataset.inputs[:COURSE_PATTERNS])


def _frozen(array: NDArray[Any]) -> NDArray[Any]:
    array.flags.writeable = False
    return array
