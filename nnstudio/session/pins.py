"""The runs that a person has put aside for comparing: named, kept between starts, and given back by undo."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLockFile, QObject, QTimer, Signal, Slot
from PySide6.QtGui import QUndoCommand, QUndoStack

from nnstudio.engine.spec import ExperimentSpec
from nnstudio.engine.timeline import LossHistory, LossOutline
from nnstudio.files.pinned_runs import POINTS, PinnedRun, PinsFolder, thinned
from nnstudio.insight.differences import distinct_name, telling_name
from nnstudio.insight.outcomes import Outcome
from nnstudio.session.commands import Continuation
from nnstudio.session.run import Run

Array = NDArray[Any]

#: More could neither be told apart on a chart nor be drawn in no time.
MOST = 300
# Many that are pinned one after the other are written once.
SAVE_MILLISECONDS = 300
# How long another window of the program may take to write them.
LOCK_MILLISECONDS = 1000
_log = logging.getLogger("nnstudio")


class Pins(QObject):
    """Pinned runs, in the order in which they were pinned.

    Parameters
    ----------
    folder : Path, optional
        Where they are kept; without it they end with the program.

    Attributes
    ----------
    undo_stack : QUndoStack
        What was pinned, renamed and removed.
    changed : Signal()
    noticed : Signal(str)
        What has been done, or why it was not, in words.
    """

    changed = Signal()
    noticed = Signal(str)

    def __init__(self, folder: Path | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.undo_stack = QUndoStack(self)
        self.undo_stack.setUndoLimit(100)
        self._folder = None if folder is None else PinsFolder(folder)
        self._known: tuple[PinnedRun, ...] | None = None
        self._unsaved = False
        self._saving = QTimer(self, singleShot=True, interval=SAVE_MILLISECONDS)
        self._saving.timeout.connect(self.save)

    @property
    def all(self) -> tuple[PinnedRun, ...]:
        """Every pinned run; they are read when somebody first asks for them, not while the program starts."""
        if self._known is None:
            self._known, problems = ((), []) if self._folder is None else self._folder.read()
            for problem in problems:
                _log.warning("%s", problem)
        return self._known

    def __len__(self) -> int:
        return len(self.all)

    # ---- pinning ---------------------------------------------------------------------------------------------------

    def pin_run(self, run: Run, outcome: Outcome) -> bool:
        """Pin the run under way as it is now, and return whether that was done.

        Parameters
        ----------
        run : Run
        outcome : Outcome
            How it stands.
        """
        if not run.losses.epochs:
            self.noticed.emit("There is nothing to compare yet: train the run first (Space).")
            return False
        epochs, losses = _points(run.losses)
        pin = PinnedRun(
            name="",
            spec=run.spec,
            curve_epochs=epochs,
            curve=losses,
            final_loss=run.losses.last,
            outcome=outcome.text,
            kind=outcome.kind,
            epochs=run.frame.epoch,
            origin="branch" if run.branched else "run",
            parameters=run.frame.parameters.astype(np.float64) if run.branched else None,
        )
        return self._pin(pin)

    def pin_member(
        self,
        spec: ExperimentSpec,
        curve_epochs: Array,
        curve: Array,
        final_loss: float,
        outcome: Outcome,
        name: str = "",
        epochs: int | None = None,
    ) -> bool:
        """Pin one run of a sweep, and return whether that was done.

        Parameters
        ----------
        spec : ExperimentSpec
            With the run's own seed.
        curve_epochs : ndarray of int, shape (points,)
            0-based epochs, in order.
        curve : ndarray, shape (points,)
            The loss of each; nan where the run did not get there.
        final_loss : float
        outcome : Outcome
        name : str
            What to call it; "2-2-1, seed 42" or the like without it.
        epochs : int, optional
            Epochs that it has trained for; without it, as far as the curve goes.
        """
        places, losses = thinned(curve_epochs, curve)
        if epochs is None:
            epochs = int(places[-1]) + 1 if len(places) else 0
        pin = PinnedRun(name, spec, places, losses, final_loss, outcome.text, outcome.kind, epochs, "sweep")
        return self._pin(pin)

    def _pin(self, pin: PinnedRun) -> bool:
        same = next((each for each in self.all if each.is_run_of(pin)), None)
        if same is not None:
            self.noticed.emit(f"That very run is pinned already, as “{same.name}”.")
            return False
        if len(self.all) >= MOST:
            self.noticed.emit(f"{MOST} runs are pinned already, and more cannot be told apart: remove some first.")
            return False
        taken = {each.name: each.spec for each in self.all}
        name = distinct_name(pin.name, taken) if pin.name else telling_name(pin.spec, taken)
        self._change((*self.all, replace(pin, name=name)), f"pinning of {name}")
        self.noticed.emit(f"pinned “{name}”: Ctrl+Shift+K compares what is pinned")
        return True

    # ---- changing what is pinned -----------------------------------------------------------------------------------

    def rename(self, pin: PinnedRun, name: str) -> bool:
        """Give a pin another name, and return whether that could be done: it needs one of its own."""
        name = " ".join(name.split())
        if name == pin.name:
            return True
        if not name:
            self.noticed.emit("A pinned run needs a name: some letters.")
            return False
        if any(each.name == name for each in self.all):
            self.noticed.emit(f"Another pinned run is called “{name}” already.")
            return False
        pins = tuple(replace(each, name=name) if each is pin else each for each in self.all)
        self._change(pins, f"renaming of {pin.name}")
        return True

    def remove(self, pins: Sequence[PinnedRun]) -> None:
        """Remove some pins; undo brings them back."""
        gone = {id(pin) for pin in pins}
        left = tuple(pin for pin in self.all if id(pin) not in gone)
        removed = len(self.all) - len(left)
        if not removed:
            return
        what = f"“{pins[0].name}”" if removed == 1 else f"{removed} pinned runs"
        self._change(left, f"removal of {what}")
        self.noticed.emit(f"removed {what}: Ctrl+Z brings back what was removed")

    def clear(self) -> None:
        """Remove all of them; undo brings them back."""
        self.remove(self.all)

    def _change(self, after: Iterable[PinnedRun], text: str) -> None:
        self.undo_stack.push(_ChangePins(self, self.all, tuple(after), text))

    def take(self, pins: tuple[PinnedRun, ...]) -> None:
        """Make these the pinned runs; for the undo stack's commands."""
        self._known = pins
        self._unsaved = True
        self._saving.start()
        self.changed.emit()

    @Slot()
    def save(self) -> None:
        """Write what has changed."""
        self._saving.stop()
        if not self._unsaved or self._folder is None:
            return
        # Another window that writes meanwhile would not see what is pinned here.
        lock = QLockFile(str(self._folder.path / "lock"))
        try:
            self._folder.path.mkdir(parents=True, exist_ok=True)
            lock.tryLock(LOCK_MILLISECONDS)
            self._folder.write(self.all)
        except OSError as error:
            self.noticed.emit(f"The pinned runs could not be kept: {error.strerror or error}.")
        else:
            self._unsaved = False
        finally:
            lock.unlock()


def _points(history: LossHistory) -> tuple[Array, Array]:
    """Return epochs at one distance from the first on, and the last, with their losses."""
    outline = history.outline()
    every = -(-len(outline.first) // (POINTS - 1))
    epochs, losses = outline.epochs[::every], outline.first[::every]
    if epochs[-1] < history.epochs - 1:
        epochs, losses = np.append(epochs, history.epochs - 1), np.append(losses, outline.last)
    return epochs, losses


def continuation_of(pin: PinnedRun) -> Continuation:
    """Return where a branch goes on: with its weights, and as much of its losses as is kept."""
    spec, epochs, losses = pin.spec, pin.curve_epochs, pin.curve
    histories = {}
    if len(epochs) and int(epochs[-1]) + 1 == pin.epochs:
        stride = int(epochs[1]) if len(epochs) > 1 else 1
        first = losses[: -(-pin.epochs // stride)]
        outline = LossOutline(stride, first, first, first, float(losses[-1]))
        histories["training"] = LossHistory.from_outline(outline, pin.epochs)
    return Continuation(spec, spec, histories, parameters=pin.parameters, epoch=pin.epochs)


class _ChangePins(QUndoCommand):
    """From some pinned runs to others."""

    def __init__(self, pins: Pins, before: tuple[PinnedRun, ...], after: tuple[PinnedRun, ...], text: str) -> None:
        super().__init__(text)
        self._pins, self._before, self._after = pins, before, after

    def redo(self) -> None:
        self._pins.take(self._after)

    def undo(self) -> None:
        self._pins.take(self._before)
