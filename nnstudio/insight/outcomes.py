"""Says in words how a run stands: learned, stuck, diverged, or not there yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from nnstudio.engine.choices.datasets import Dataset
from nnstudio.engine.choices.losses import LOSSES
from nnstudio.engine.evaluation import is_right
from nnstudio.engine.hidden_layers import HiddenLayer
from nnstudio.engine.spec import ExperimentSpec
from nnstudio.engine.timeline import LossOutline

Array = NDArray[Any]
Kind = Literal["untrained", "learning", "learned", "stuck", "unfinished", "diverged"]

#: How many of 1,000 seeds of the tutorial's experiment get all four XOR patterns right, by its hidden neurons.
LEARNED_OF_1000 = {1: 0, 2: 714, 3: 962, 4: 995, 5: 1000, 8: 1000}

_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_EARLY = {
    "loss_below": "the loss fell below {stop.loss_below}",
    "patience": "no improvement for {stop.patience:,} epochs",
    "validation_patience": "the validation loss rose for {stop.validation_patience:,} epochs",
}


@dataclass(frozen=True)
class Outcome:
    """How a run stands.

    Attributes
    ----------
    kind : str
        "untrained", "learning", "learned", "stuck", "unfinished" or "diverged".
    text : str
        What happened, in a few words.
    hint : str
        What to do about it, or an empty string.
    """

    kind: Kind
    text: str
    hint: str = ""


def describe(
    *,
    spec: ExperimentSpec,
    dataset: Dataset,
    outputs: Array,
    epoch: int,
    losses: LossOutline,
    stopped: str | None,
    learned_epoch: int | None,
    training: bool = False,
) -> Outcome:
    """Say how a run stands.

    Parameters
    ----------
    spec : ExperimentSpec
    dataset : Dataset
    outputs : ndarray, shape (samples, outputs)
        The network's outputs for the data set's samples.
    epoch : int
        Epochs that are complete.
    losses : LossOutline
        The losses so far.
    stopped : str or None
        Why the run has ended: the trainer's word.
    learned_epoch : int or None
        Since when all patterns have been right.
    training : bool
        Whether the run is under way at this moment.
    """
    if stopped == "diverged":
        return Outcome(
            "diverged",
            f"diverged at epoch {epoch:,}: learning rate {spec.training.learning_rate:g} is too large",
            "The last finite weights are kept. Try a tenth of the learning rate.",
        )
    if epoch == 0:
        return Outcome("untrained", "not trained yet", "Space trains and pauses, Right goes one epoch.")
    threshold = LOSSES[spec.training.loss.name].build().threshold
    right = is_right(outputs, dataset.targets, threshold)
    early = f"; stopped because {_EARLY[stopped].format(stop=spec.stop)}" if stopped in _EARLY else ""
    if right.all():
        when = "" if learned_epoch is None else f" at epoch {learned_epoch:,}"
        return Outcome("learned", f"learned {dataset.title}{when}{early}")
    if training:
        return Outcome(
            "learning", f"learning {dataset.title}: {_count(int(right.sum()))} of {_count(len(right))} patterns right"
        )
    if _is_flat(losses, epoch):
        return Outcome("stuck", f"stuck: {_stuck_patterns(outputs, right)}{early}", _cure(spec, dataset))
    hint = "The loss is still falling: train for more epochs, or with a larger learning rate."
    return Outcome(
        "unfinished", f"not learned yet: {_count(int(right.sum()))} of {_count(len(right))} patterns right{early}", hint
    )


def _count(number: int) -> str:
    return _WORDS[number] if number < len(_WORDS) else f"{number:,}"


def _is_flat(losses: LossOutline, epoch: int) -> bool:
    """Whether the loss has fallen by less than 2 % in the last tenth of the epochs."""
    if epoch < 100 or not len(losses.first):
        return False
    earlier = losses.first[int(0.9 * (epoch - 1)) // losses.stride]
    return bool(losses.last > 0.98 * earlier)


def _stuck_patterns(outputs: Array, right: Array) -> str:
    """Name the groups of equal outputs that hold a wrong pattern: "two patterns at 0.50"."""
    if outputs.shape[1] > 1:
        wrong = int((~right).sum())
        return f"{_count(wrong)} of {_count(len(right))} patterns wrong"
    values = outputs[:, 0]
    order = np.argsort(values)
    groups = np.split(order, np.flatnonzero(np.diff(values[order]) > 0.02) + 1)
    named = [
        f"{_count(len(g))} {'pattern' if len(g) == 1 else 'patterns'} at {values[g].mean():.2f}"
        for g in groups
        if not right[g].all()
    ]
    return (
        " and ".join(named)
        if len(named) <= 3
        else f"{_count(int((~right).sum()))} of {_count(len(right))} patterns wrong"
    )


def _cure(spec: ExperimentSpec, dataset: Dataset) -> str:
    if spec.network.initializer.name in ("zeros", "constant") and spec.network.hidden:
        return "All hidden neurons started alike, so each update keeps them alike. Choose random initial weights."
    hidden = spec.network.hidden
    tutorial = ExperimentSpec().with_settings({"network.hidden": hidden, "seed": spec.seed})
    if (
        spec == tutorial
        and len(hidden) == 1
        and hidden[0] == HiddenLayer(hidden[0].size)
        and hidden[0].size in LEARNED_OF_1000
    ):
        size = hidden[0].size
        fails = [f"{1000 - LEARNED_OF_1000[n]:,} fail with {n}" for n in (size, 3, 4, 5) if n >= size]
        cure = "4 hidden neurons, or other weights (N)" if size < 4 else "other weights (N)"
        return f"Not your mistake: of 1,000 seeds, {', '.join(dict.fromkeys(fails))} hidden neurons. Try {cure}."
    return "Try more epochs, other weights (N), more hidden neurons, or another optimizer."
