"""Makes real runs for panels to show: an experiment in training, with frames as the window receives them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from nnstudio.engine.run_state import Losses
from nnstudio.engine.spec import ExperimentSpec
from nnstudio.engine.timeline import Keyframes
from nnstudio.engine.trainer import Trainer
from nnstudio.session.run import Frame, Run

PATTERNS = 16


class LiveRun:
    """A trainer and the run that the window would hold.

    Parameters
    ----------
    spec : ExperimentSpec
    number : int
    """

    def __init__(self, spec: ExperimentSpec, number: int = 1) -> None:
        self.trainer = Trainer(spec)
        data = self.trainer.dataset
        self._patterns, self._outputs = min(PATTERNS, data.samples), data.targets.shape[1]
        self._course = Keyframes(self._patterns * self._outputs)
        self._number = number
        self._record()
        nothing = Losses(np.empty(0))
        self.run = Run(
            number, spec, data, self.trainer.network.layout, self.trainer.initial_parameters, self._frame(nothing)
        )

    def advance(self, epochs: int) -> Run:
        """Train for some epochs, and put the frame into the run."""
        parts: list[Losses] = [Losses(np.empty(0))]
        while epochs > 0 and self.trainer.stopped is None:
            # As far as the next keyframe of the course, at most.
            count = min(epochs, max(self._course.next_epoch - self.trainer.epoch, 1))
            parts.append(self.trainer.train(count))
            self._record()
            epochs -= count
        names = ("training", "validation", "test")
        self.run.take(self._frame(Losses(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))))
        return self.run

    def _record(self) -> None:
        inputs = self.trainer.dataset.inputs[: self._patterns]
        self._course.record(self.trainer.epoch, self.trainer.predict(inputs).ravel())

    def _frame(self, losses: Losses) -> Frame:
        trainer = self.trainer
        return Frame(
            run=self._number,
            epoch=trainer.epoch,
            batch=trainer.batch,
            parameters=_frozen(trainer.network.parameters),
            gradient=_frozen(trainer.gradient()),
            outputs=_frozen(trainer.predict(trainer.dataset.inputs)),
            losses=losses,
            course_epochs=self._course.epochs.copy(),
            course=self._course.rows.reshape(-1, self._patterns, self._outputs).copy(),
            epochs_per_second=1e5,
            stopped=trainer.stopped,
            learned_epoch=trainer.learned_epoch,
        )


def trained(settings: Mapping[str, object] | None = None, epochs: int = 0, number: int = 1) -> Run:
    """Return the run of an experiment after so many epochs; without settings, the tutorial's."""
    live = LiveRun(ExperimentSpec().with_settings(dict(settings or {})), number)
    return live.advance(epochs) if epochs else live.run


def _frozen(array: Any) -> Any:
    copy = np.array(array)
    copy.flags.writeable = False
    return copy
