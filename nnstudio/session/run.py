"""Holds what the window knows of a run: frames, which nobody writes to, and the outline of all its losses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnstudio.engine.choices.datasets import Dataset
from nnstudio.engine.network import Layout
from nnstudio.engine.run_state import Losses
from nnstudio.engine.spec import ExperimentSpec
from nnstudio.engine.timeline import LossHistory
from nnstudio.insight.outcomes import Outcome, describe

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Frame:
    """A run at one moment: copies that are not writable.

    Attributes
    ----------
    run : int
        Number of the run; every rewind starts a new one.
    epoch, batch : int
        Epochs that are complete, and batches of the one under way.
    parameters, gradient : ndarray, shape (parameters,)
        Flat, as the run's layout says; the gradient is the one that training follows, over all training samples.
    outputs : ndarray, shape (samples, outputs)
        For all samples of the data set, in their order and in the data's units. While a run with many samples is under
        way, outputs and gradient may be those of a moment ago.
    losses : Losses
        Of the epochs since the frame before.
    course_epochs : ndarray, shape (points,)
    course : ndarray, shape (points, patterns, outputs)
        The outputs for the first patterns over the epochs.
    epochs_per_second : float
        nan while nothing is measured.
    stopped : str or None
        Why the run has ended.
    learned_epoch : int or None
        Since when every pattern has been right.
    training : bool
        Whether the run was under way.
    """

    run: int
    epoch: int
    batch: int
    parameters: Array
    gradient: Array
    outputs: Array
    losses: Losses
    course_epochs: Array
    course: Array
    epochs_per_second: float = np.nan
    stopped: str | None = None
    learned_epoch: int | None = None
    training: bool = False


@dataclass(eq=False)
class Run:
    """One run from its first epoch on, as the window sees it.

    Attributes
    ----------
    number : int
        The frames' `run`.
    spec : ExperimentSpec
        What is being run; only its live settings change.
    dataset : Dataset
    layout : Layout
    initial_parameters : ndarray, shape (parameters,)
    frame : Frame
        The latest.
    losses, validation_losses, test_losses : LossHistory
        All losses so far, in outline.
    branched : bool
        Whether it went another way than its experiment does from the start: it took over weights, or some were typed,
        or a setting changed on the way.
    """

    number: int
    spec: ExperimentSpec
    dataset: Dataset
    layout: Layout
    initial_parameters: Array
    frame: Frame
    losses: LossHistory = field(default_factory=LossHistory)
    validation_losses: LossHistory = field(default_factory=LossHistory)
    test_losses: LossHistory = field(default_factory=LossHistory)
    branched: bool = False

    def histories(self) -> dict[str, LossHistory]:
        """Return copies of all losses so far, by the name of their part."""
        parts = {"training": self.losses, "validation": self.validation_losses, "test": self.test_losses}
        return {name: LossHistory.from_outline(each.outline(), each.epochs) for name, each in parts.items()}

    def take_histories(self, histories: Mapping[str, LossHistory]) -> None:
        """Go on with losses that were taken before."""
        self.losses = histories.get("training", self.losses)
        self.validation_losses = histories.get("validation", self.validation_losses)
        self.test_losses = histories.get("test", self.test_losses)

    def take(self, frame: Frame) -> None:
        """Make a frame the latest one, and remember its losses."""
        self.frame = frame
        self.losses.extend(frame.losses.training)
        self.validation_losses.extend(frame.losses.validation)
        self.test_losses.extend(frame.losses.test)

    def outcome(self) -> Outcome:
        """Say how the run stands."""
        frame = self.frame
        return describe(
            spec=self.spec,
            dataset=self.dataset,
            outputs=frame.outputs,
            epoch=frame.epoch,
            losses=self.losses.outline(),
            stopped=frame.stopped,
            learned_epoch=frame.learned_epoch,
            training=frame.training,
        )
