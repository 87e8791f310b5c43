"""What can be undone: changes of the experiment, of its network in mid-run, and of single weights."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray
from PySide6.QtGui import QUndoCommand

from nnstudio.engine.registry import Number
from nnstudio.engine.run_state import RunState
from nnstudio.engine.spec import FIELDS, ExperimentSpec
from nnstudio.engine.timeline import Keyframes, LossHistory
from nnstudio.session.run import Run

if TYPE_CHECKING:
    from nnstudio.session.session import Session

MERGE_SECONDS = 1.0


class EditExperiment(QUndoCommand):
    """One change of the experiment; steps of one number in quick succession become one."""

    def __init__(
        self, session: Session, before: ExperimentSpec, after: ExperimentSpec, text: str, key: str = ""
    ) -> None:
        super().__init__(text)
        self._session, self._before, self._after, self._key = session, before, after, key
        self._time = time.monotonic()

    def redo(self) -> None:
        self._session.take_spec(self._after)

    def undo(self) -> None:
        self._session.take_spec(self._before)

    def id(self) -> int:
        return list(FIELDS).index(self._key) if self._key in FIELDS else -1

    def mergeWith(self, other: QUndoCommand) -> bool:
        if not isinstance(other, EditExperiment) or other._key != self._key:
            return False
        steps = isinstance(FIELDS[self._key], Number) and self._key != "seed"  # every seed is a choice of its own
        if not steps or other._time - self._time > MERGE_SECONDS:
            return False
        self._after, self._time = other._after, other._time
        self.setObsolete(self._after == self._before)
        return True


@dataclass(frozen=True, eq=False)
class Continuation:
    """Where a run begins or goes on: from its start, from a state of its own, or with weights after so many epochs.

    Attributes
    ----------
    spec : ExperimentSpec
        The experiment as it is being edited.
    run_spec : ExperimentSpec
        What is run: settings that wait for a rewind are not in it yet.
    branched : bool
        The run's own.
    goal : int or None
        Train to this epoch at once, and pause there.
    listed : str
        How the run is said to stand then, as the kind of an outcome; empty where nothing is said.
    way_back : str
        What leads back to where the run was opened, in a sentence of its own.
    """

    spec: ExperimentSpec
    run_spec: ExperimentSpec
    losses: Mapping[str, LossHistory] = field(default_factory=dict)
    course: Keyframes | None = None
    state: RunState | None = None
    parameters: NDArray[Any] | None = None
    epoch: int = 0
    branched: bool = False
    goal: int | None = None
    listed: str = ""
    way_back: str = ""

    def arrival_words(self, run: Run) -> str:
        """Say that a run has got to the goal; nothing where it was held up on the way."""
        frame, kind = run.frame, run.outcome().kind
        if frame.stopped is None and frame.epoch != self.goal:
            return ""
        where, more = ("at its end, ", "") if frame.stopped is not None else ("", "Space trains on, ")
        text = f"This is the run {where}at epoch {frame.epoch:,}: {more}undo brings back the one before."
        text = f"{text} {self.way_back}".rstrip()
        if self.listed not in ("", kind):
            text = f"Listed as {self.listed}, and {kind} here: this run hangs on its last digits. {text}"
        return text


class ContinueRun(QUndoCommand):
    """A change of the experiment that begins another run, or takes this one along; undone, it is as it was before."""

    def __init__(self, session: Session, before: Continuation, after: Continuation, text: str) -> None:
        super().__init__(text)
        self._session, self._before, self._after = session, before, after

    def redo(self) -> None:
        self._session.take_continuation(self._after)

    def undo(self) -> None:
        self._session.take_continuation(self._before)


class TypeParameter(QUndoCommand):
    """One weight or bias that was typed; undone, it has the value that it had then."""

    def __init__(self, session: Session, run: int, index: int, before: float, after: float, text: str) -> None:
        super().__init__(text)
        self._session, self._run, self._index = session, run, index
        self._before, self._after = before, after

    def redo(self) -> None:
        self.setObsolete(not self._session.take_parameter(self._run, self._index, self._after))

    def undo(self) -> None:
        self.setObsolete(not self._session.take_parameter(self._run, self._index, self._before))
