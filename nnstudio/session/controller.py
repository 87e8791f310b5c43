"""Runs the worker's thread: sends it commands, and asks for a frame whenever the last one has been drawn."""

from __future__ import annotations

import atexit
import queue
from collections.abc import Mapping
from typing import Any

from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication, QObject, Qt, QThread, QTimer, Signal, Slot

from nnstudio.engine.run_state import RunState
from nnstudio.engine.spec import ExperimentSpec
from nnstudio.engine.timeline import Keyframes, LossHistory
from nnstudio.session.garbage import GarbageCollection
from nnstudio.session.run import Frame, Run
from nnstudio.session.worker import RunRequest, TrainingWorker

FRAME_MILLISECONDS = 33
REPLY_SECONDS = 10.0


class RunController(QObject):
    """The window's side of the training thread.

    At most one frame is in flight: the next is asked for once the last has been drawn, so that a slow screen slows no
    training and a fast training floods no screen.
    """

    run_started = Signal(object)  # Run
    frame_ready = Signal(object)  # Run, whose frame is new
    running_changed = Signal(bool)

    _start_run = Signal(object)
    _set_running = Signal(bool, int)
    _train_to = Signal(int, int)
    _step = Signal(int)
    _set_speed = Signal(float)
    _set_live = Signal(object)
    _set_parameter = Signal(int, float)
    _send_frame = Signal()
    _send_state = Signal(object)
    _stop = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.run: Run | None = None
        self.running = False
        self._number = 0
        self._command = 0
        self._asked: dict[int, tuple[Mapping[str, LossHistory], bool]] = {}
        self._in_flight = False
        self._wanted = False
        GarbageCollection.ensure()
        self._thread = QThread(self)
        self._thread.setObjectName("training")
        self._worker = TrainingWorker()
        self._worker.moveToThread(self._thread)
        worker, queued = self._worker, Qt.ConnectionType.QueuedConnection
        for command, slot in (
            (self._start_run, worker.start_run),
            (self._set_running, worker.set_running),
            (self._train_to, worker.train_to),
            (self._step, worker.step),
            (self._set_speed, worker.set_speed),
            (self._set_live, worker.set_live),
            (self._set_parameter, worker.set_parameter),
            (self._send_frame, worker.send_frame),
            (self._send_state, worker.send_state),
            (self._stop, worker.stop),
        ):
            command.connect(slot, queued)
        worker.run_started.connect(self._take_run, queued)
        worker.frame_ready.connect(self._take_frame, queued)
        worker.running_changed.connect(self._take_running, queued)
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(FRAME_MILLISECONDS)
        self._timer.timeout.connect(self._ask_for_frame)
        self._thread.start()
        # Qt aborts a process that ends with the thread running, as a script that forgets the window would.
        atexit.register(self.close)

    def start_run(
        self,
        spec: ExperimentSpec,
        *,
        state: RunState | None = None,
        losses: Mapping[str, LossHistory] | None = None,
        course: Keyframes | None = None,
        parameters: NDArray[Any] | None = None,
        epoch: int = 0,
        branched: bool = False,
    ) -> None:
        """Begin a run: from its start, from what was saved of it, or from these weights after so many epochs."""
        self._number += 1
        self._asked[self._number] = losses or {}, branched or parameters is not None
        self._start_run.emit(RunRequest(self._number, spec, state, course, parameters, epoch))

    @property
    def starting(self) -> bool:
        """Whether a run has been asked for that has not begun yet."""
        return self.run is None or self.run.number != self._number

    def set_running(self, running: bool) -> None:
        """Train, or pause; the worker's answer may still correct `running`."""
        self._command += 1
        self._set_running.emit(running, self._command)
        self._take_running(running, self._command)

    def train_to(self, epoch: int) -> None:
        """Train as fast as possible, whatever the speed, until so many epochs are complete or the run has ended.

        It pauses there exactly; the frame that says so has `training` false. Pause, step and another run end it before.
        """
        self._command += 1
        self._train_to.emit(epoch, self._command)
        self._take_running(True, self._command)

    def step_epoch(self) -> None:
        """Train to the end of the epoch, and pause."""
        self._step.emit(0)
        self._want_frame()

    def step_batch(self) -> None:
        """Train for one batch, and pause."""
        self._step.emit(1)
        self._want_frame()

    def set_speed(self, epochs_per_second: float) -> None:
        """Hold the training to a speed; infinity is as fast as possible."""
        self._set_speed.emit(epochs_per_second)

    def set_frame_rate(self, frames_per_second: float) -> None:
        """Ask for frames so often at most."""
        self._timer.setInterval(round(1000 / frames_per_second))

    def set_live(self, spec: ExperimentSpec) -> None:
        """Let the run go on with other live settings."""
        if (run := self.run) is not None:
            # With a constant rate, more epochs or fewer change nothing of those before.
            harmless = ("training.epochs",) if spec.training.schedule.name == "constant" else ()
            begun = self.running or run.frame.epoch or run.frame.batch
            run.branched |= bool(begun) and any(key not in harmless for key in run.spec.changed_keys(spec))
            run.spec = spec
        self._set_live.emit(spec)
        self._want_frame()

    def set_parameter(self, index: int, value: float) -> None:
        """Give one weight or bias of the run a value."""
        if self.run is not None:
            self.run.branched = True
        self._set_parameter.emit(index, value)
        self._want_frame()

    def fetch_state(self) -> tuple[RunState, Keyframes]:
        """Return copies of the run's state and the outputs' course; waits for the batch under way.

        Raises
        ------
        TimeoutError
            If the worker does not answer.
        """
        reply: queue.SimpleQueue[tuple[RunState, Keyframes]] = queue.SimpleQueue()
        self._send_state.emit(reply)
        try:
            answer = reply.get(timeout=REPLY_SECONDS)
        except queue.Empty:
            raise TimeoutError("the training thread did not answer") from None
        # The worker sent a frame ahead of its answer: with it, the losses reach exactly as far as the state.
        QCoreApplication.sendPostedEvents(self)
        return answer

    def close(self) -> bool:
        """End the thread, and return whether it ended within a second."""
        atexit.unregister(self.close)
        self._timer.stop()
        if not self._thread.isFinished():  # once it has ended, the worker would end the thread of whoever asks
            self._stop.emit()
        return self._thread.wait(1000)

    def recover(self) -> None:
        """Go on asking for frames after an error; the one that was in flight may never come."""
        self._in_flight = False
        self._want_frame()

    @Slot(object)
    def _take_run(self, run: Run) -> None:
        histories, run.branched = self._asked.pop(run.number)
        run.take_histories(histories)
        if run.number != self._number:
            return  # another has been asked for meanwhile
        self.run = run
        self.run_started.emit(run)
        self._want_frame()

    @Slot(object)
    def _take_frame(self, frame: Frame) -> None:
        self._in_flight = False
        if self.run is None or frame.run != self.run.number:
            return
        self.run.take(frame)
        if frame.training != self.running:
            self._want_frame()
        self.frame_ready.emit(self.run)

    @Slot(bool, int)
    def _take_running(self, running: bool, command: int) -> None:
        if command != self._command:
            return  # so it was before a command that is still under way
        if running != self.running:
            self.running = running
            self.running_changed.emit(running)
        self._want_frame()

    def _want_frame(self) -> None:
        self._wanted = True
        if not self._timer.isActive():
            self._ask_for_frame()
            self._timer.start()

    @Slot()
    def _ask_for_frame(self) -> None:
        if self._in_flight or self.run is None:
            return
        if not (self.running or self._wanted):
            self._timer.stop()
            return
        self._in_flight, self._wanted = True, False
        self._send_frame.emit()
