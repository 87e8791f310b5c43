"""Says in words how a run stands: learned, stuck, diverged, or not there yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from nnstudio.engine.choices.datasets import Dataset
from nnstudio.engine.evaluation import is_right
from nnstudio.engine.hidden_layers import HiddenLayer
from nnstudio.engine.spec import ExperimentSpec
from nnstudio.engine.timeline import LossOutline

Array = NDArray[Any]
Kind = Literal["untrained", "learning", "learned", "stuck", "unfinished", "diverged"]

#: How many of 1,000 seeds of the tutorial's experiment get all four XOR patterns right, by its hidden neurons.
LEARNED_OF_1000 = {1: 0, 2: 714, 3: 962, 4: 995, 5: 1000, 8: 1000}

#: Before this epoch, a run whose outputs have not yet parted is held to be on its first plateau, not stuck.
PLATEAU_EPOCHS = 5000

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
    right = is_right(outputs, dataset.targets, spec.threshold)
    score = f"{_count(int(right.sum()))} of {_count(len(right))} patterns right"
    early = f"; stopped because {_EARLY[stopped].format(stop=spec.stop)}" if stopped in _EARLY else ""
    if right.all():
        when = "" if learned_epoch is None else f" at epoch {learned_epoch:,}"
        return Outcome("learned", f"learned {dataset.title}{when}{early}")
    if training:
        return Outcome("learning", f"learning {dataset.title}: {score}")
    if stopped is None:
        return Outcome("learning", f"paused: {score}", "Space goes on.")
    if not _is_flat(losses, epoch):
        falling = "The loss is still falling: train for more epochs, or with a larger learning rate."
        return Outcome("unfinished", f"not learned yet: {score}{early}", falling if epoch >= 100 else "")
    if spec.network.hidden and spec.network.initializer.name in ("zeros", "constant"):
        cause = "All hidden neurons started alike, so each update keeps them alike. Choose random initial weights."
        return Outcome("stuck", f"stuck: {_groups(outputs, right)}{early}", cause)
    if epoch < PLATEAU_EPOCHS and np.ptp(outputs, axis=0).max() < 0.1:
        hint = "At first the loss hardly moves; often it falls later. Train for more epochs."
        return Outcome("unfinished", f"on a plateau: {score}{early}", hint)
    return Outcome("stuck", f"stuck: {_groups(outputs, right)}{early}", _cure(spec))


def _count(number: int) -> str:
    return _WORDS[number] if number < len(_WORDS) else f"{number:,}"


def _is_flat(losses: LossOutline, epoch: int) -> bool:
    """Whether the loss has fallen by less than 2 % in the last tenth of the epochs."""
    if epoch < 100 or not len(losses.first):
        return False
    earlier = losses.first[int(0.9 * (epoch - 1)) // losses.stride]
    return bool(losses.last > 0.98 * earlier)


def _groups(outputs: Array, right: Array) -> str:
    """Name the groups of equal outputs that hold wrong patterns: "two patterns at 0.50"."""
    wrong = int((~right).sum())
    several = f"{_count(wrong)} of {_count(len(right))} patterns wrong"
    if outputs.shape[1] > 1:
        return several
    values = outputs[:, 0]
    order = np.argsort(values)
    groups = np.split(order, np.flatnonzero(np.diff(values[order]) > 0.02) + 1)
    if len(groups) == 1:
        return f"all {_count(len(values))} patterns at {values.mean():.2f}"
    # Of a group that holds right patterns too, the wrong ones are meant.
    wrongs = [group[~right[group]] for group in groups if not right[group].all()]
    named = [f"{_count(len(g))} pattern{'' if len(g) == 1 else 's'} at {values[g].mean():.2f}" for g in wrongs]
    return " and ".join(named) if len(named) <= 3 else several


def _cure(spec: ExperimentSpec) -> str:
    tutorial = ExperimentSpec()
    free = ("network.hidden", "seed", "training.epochs", "stop.loss_below", "stop.patience", "stop.validation_patience")
    layers = spec.network.hidden
    measured = spec.training.epochs >= tutorial.training.epochs and all(k in free for k in tutorial.changed_keys(spec))
    if measured and len(layers) == 1 and layers[0] == HiddenLayer(layers[0].size) and layers[0].size in LEARNED_OF_1000:
        size = layers[0].size
        cure = "Try 4, or other weights (N)." if size < 4 else "Try other weights (N)."
        comparison = f", {1000 - LEARNED_OF_1000[4]} with 4" if size < 4 else ""
        plural = "" if size == 1 else "s"
        failed = f"{1000 - LEARNED_OF_1000[size]:,} of 1,000 starts end like this with {size} hidden neuron{plural}"
        return f"Not your mistake: {failed}{comparison}. {cure}"
    return "Try other weights (N), more hidden neurons, or another optimizer."
