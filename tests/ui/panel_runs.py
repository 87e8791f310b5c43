"""Makes real runs, with frames as the window receives them, and panels that show them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

import numpy as np
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from nnstudio.engine.choices.datasets import Dataset
from nnstudio.engine.run_state import Losses
from nnstudio.engine.spec import ExperimentSpec
from nnstudio.engine.timeline import Keyframes
from nnstudio.engine.trainer import Trainer
from nnstudio.session.run import Frame, Run
from nnstudio.ui.panels import Panel
from nnstudio.ui.theme import apply_theme, load_theme

PATTERNS = 16
P = TypeVar("P", bound=Panel)


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


def answering(data: Dataset, outputs: object, settings: Mapping[str, object] | None = None) -> Run:
    """Return a run on own samples that answers with these outputs."""
    linear = {"network.output_activation": "linear", "data.name": "own"}
    run = LiveRun(ExperimentSpec().with_settings({**linear, **(settings or {})}, data)).run
    run.frame = replace(run.frame, outputs=np.asarray(outputs, float).reshape(data.samples, -1))
    return run


def show_panel(
    kind: type[P], qtbot: QtBot, run: Run, *, earlier: Sequence[Run] = (), size: tuple[int, int] = (420, 300)
) -> P:
    """Return a panel on the screen that shows a run."""
    theme = load_theme("light")
    apply_theme(QApplication.instance(), theme)
    panel = kind(theme=theme)
    qtbot.addWidget(panel)
    panel.resize(*size)
    panel.show()
    panel.start_run(run, earlier)
    panel.refresh(run)
    QApplication.processEvents()
    return panel


def _frozen(array: Any) -> Any:
    copy = np.array(array)
    copy.flags.writeable = False
    return copy
