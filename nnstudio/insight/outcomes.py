"""Says in words how a run stands: learned, stuck, diverged, or not there yet."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from nnstudio.engine.choices.activations import ACTIVATIONS
from nnstudio.engine.choices.datasets import Dataset
from nnstudio.engine.evaluation import is_right
from nnstudio.engine.hidden_layers import HiddenLayer
from nnstudio.engine.spec import ExperimentSpec
from nnstudio.engine.split import TRAINING
from nnstudio.engine.timeline import LossOutline
from nnstudio.insight.metrics import accuracies, by_part, coefficient, percent, r2_scores

Array = NDArray[Any]
Kind = Literal["untrained", "learning", "learned", "stuck", "unfinished", "diverged"]

#: How many of 1,000 seeds of the tutorial's experiment get all four XOR patterns right, by its hidden neurons.
LEARNED_OF_1000 = {1: 0, 2: 714, 3: 962, 4: 995, 5: 1000, 8: 1000}

#: Before so many epochs, or updates on many samples, a run whose outputs have not yet parted is held to be on its first
#: plateau, not stuck.
PLATEAU = 5000

#: Samples are called learned when so much of those that train is right, as accuracy or R²: some are always noise.
LEARNED = 0.99
#: A network that gets no more right of what the best constant answer gets wrong has learned next to nothing.
SKILL = 0.15
#: A network that does so much worse on what it has not seen is overfitted.
OVERFITTED = 0.1
#: Numbers that reach farther than the first, or so many times farther than others, train badly unless they are scaled.
FAR, FARTHER = 30.0, 10.0

_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_EARLY = {
    "loss_below": "the loss fell below {stop.loss_below}",
    "patience": "no improvement for {stop.patience:,} epochs",
    "validation_patience": "the validation loss rose for {stop.validation_patience:,} epochs",
}
_FALLING = "The loss is still falling: train for more epochs, or with a larger learning rate."
_ALIKE = "All hidden neurons started alike, so each update keeps them alike. Choose random initial weights."
_PLATEAU = "At first the loss hardly moves; often it falls later. Train for more epochs."
_BY_HEART = (
    "It knows its training samples by heart and judges others worse: try fewer neurons, a regularizer, or more samples."
)
_JUMPS = "The loss jumps up and down: try a smaller learning rate."


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
        The training losses so far.
    stopped : str or None
        Why the run has ended: the trainer's word.
    learned_epoch : int or None
        Since when all patterns have been right, for data that lists all that there are.
    training : bool
        Whether the run is under way at this moment.
    """
    if stopped == "diverged":
        cure = _unscaled(spec, dataset) or "Try a tenth of the learning rate."
        return Outcome(
            "diverged",
            f"diverged at epoch {epoch:,}: learning rate {spec.training.learning_rate:g} is too large",
            f"The last finite weights are kept. {cure}",
        )
    if epoch == 0:
        return Outcome("untrained", "not trained yet", "Space trains and pauses, Right goes one epoch.")
    moment = _Moment(spec, dataset, outputs, epoch, losses, stopped, training)
    return _of_patterns(moment, learned_epoch) if dataset.enumerates else _of_samples(moment)


@dataclass(frozen=True, eq=False)
class _Moment:
    """A run as `describe` is given it."""

    spec: ExperimentSpec
    dataset: Dataset
    outputs: Array
    epoch: int
    losses: LossOutline
    stopped: str | None
    training: bool

    @property
    def early(self) -> str:
        """Why the run has ended before its last epoch, in words that follow any others."""
        if self.stopped not in _EARLY:
            return ""
        return f"; stopped because {_EARLY[self.stopped].format(stop=self.spec.stop)}"

    @property
    def is_flat(self) -> bool:
        """Whether the loss has fallen by less than 2 % in the last tenth of the epochs."""
        if self.epoch < 100 or not len(self.losses.first):
            return False
        return bool(self.losses.last > 0.98 * self.losses.first[self._tenth])

    @property
    def jumps(self) -> bool:
        """Whether the loss has doubled or halved in the last tenth of the epochs, though in the end it is flat."""
        highest = self.losses.high[self._tenth :].max(initial=0)
        return bool(highest > 2 * self.losses.low[self._tenth :].min(initial=np.inf))

    @property
    def _tenth(self) -> int:
        # A run that took over weights has no losses of the epochs before.
        return min(int(0.9 * (self.epoch - 1)) // self.losses.stride, len(self.losses.first) - 1)

    @property
    def starts_alike(self) -> bool:
        """Whether all hidden neurons had the same weights at the start."""
        network = self.spec.network
        return bool(network.hidden) and network.initializer.name in ("zeros", "constant")


def _of_patterns(moment: _Moment, learned_epoch: int | None) -> Outcome:
    """Say how a run stands on data that lists all its patterns: all of them can be right, and should."""
    dataset, outputs, early = moment.dataset, moment.outputs, moment.early
    right = is_right(outputs, dataset.targets, moment.spec.threshold)
    score = f"{count_word(int(right.sum()))} of {count_word(len(right))} patterns right"
    if right.all():
        when = "" if learned_epoch is None else f" at epoch {learned_epoch:,}"
        return Outcome("learned", f"learned {dataset.title}{when}{early}")
    if moment.training:
        return Outcome("learning", f"learning {dataset.title}: {score}")
    if moment.stopped is None:
        return Outcome("learning", f"paused: {score}", "Space goes on.")
    if not moment.is_flat:
        return Outcome("unfinished", f"not learned yet: {score}{early}", _FALLING if moment.epoch >= 100 else "")
    if moment.starts_alike:
        return Outcome("stuck", f"stuck: {_groups(outputs, right)}{early}", _ALIKE)
    if moment.epoch < PLATEAU and np.ptp(outputs, axis=0).max() < 0.1:
        return Outcome("unfinished", f"on a plateau: {score}{early}", _PLATEAU)
    return Outcome("stuck", f"stuck: {_groups(outputs, right)}{early}", _cure(moment.spec))


@dataclass(frozen=True)
class _Standing:
    """How well samples are answered: accuracy for classes, R² for numbers.

    Attributes
    ----------
    text : str
        The score of each part in words.
    training : float
        The training part's score; nan where it cannot be told.
    chance : float
        What the best of all constant answers would score.
    constant : str
        That answer in words.
    overfitted : bool
        Whether the samples that are held out score far worse.
    """

    text: str
    training: float
    chance: float
    constant: str
    overfitted: bool


def _of_samples(moment: _Moment) -> Outcome:
    """Say how a run stands on samples of something larger: noise may keep a few of them from ever being right."""
    spec, dataset, early = moment.spec, moment.dataset, moment.early
    standing = (_of_classes if dataset.is_classification else _of_numbers)(spec, dataset, moment.outputs)
    score = standing.text
    if standing.training >= LEARNED and not standing.overfitted:
        return Outcome("learned", f"learned {dataset.title}: {score}{early}")
    by_heart = _BY_HEART if standing.overfitted else ""
    if moment.training:
        return Outcome("learning", f"learning {dataset.title}: {score}", by_heart)
    if moment.stopped is None:
        return Outcome("learning", f"paused: {score}", by_heart or "Space goes on.")
    if by_heart:
        return Outcome("unfinished", f"overfitted: {score}{early}", by_heart)
    if not moment.is_flat:
        hint = _FALLING if moment.epoch >= 100 else "Train for more epochs."
        return Outcome("unfinished", f"not learned yet: {score}{early}", hint)
    if standing.training > standing.chance + SKILL * (1 - standing.chance):
        return Outcome("unfinished", f"settled: {score}{early}", _cure_for_samples(moment))
    if moment.starts_alike:
        return Outcome("stuck", f"stuck: {score}{early}", _ALIKE)
    trained = int(np.count_nonzero(spec.parts() == TRAINING))
    updates = moment.epoch * math.ceil(trained / (spec.training.batch_size or trained))
    spread = 1.0 if dataset.is_classification else float(np.ptp(dataset.targets, axis=0).max())
    if updates < PLATEAU and np.ptp(moment.outputs, axis=0).max() < 0.1 * spread:
        return Outcome("unfinished", f"on a plateau: {score}{early}", _cause(spec, dataset) or _PLATEAU)
    constant = f"Always answering {standing.constant} is nearly as good."
    return Outcome("stuck", f"stuck: {score}{early}", f"{constant} {_cure_for_samples(moment)}")


def _of_classes(spec: ExperimentSpec, dataset: Dataset, outputs: Array) -> _Standing:
    parts = spec.parts()
    counts = accuracies(dataset, parts, outputs, spec.threshold)
    shares = {part: right / of for part, (right, of) in counts.items()}
    right, of = counts["training"]
    sizes = np.bincount(dataset.labels[parts == TRAINING], minlength=len(dataset.class_names))
    common, chance = dataset.class_names[int(sizes.argmax())], float(sizes.max()) / of
    held_of = len(parts) - of
    overfitted = False
    if held_of and right / of > (1 + chance) / 2:  # who knows less than half by heart, does not know it by heart
        held_right = sum(hits for hits, _ in counts.values()) - right
        # Of few samples, some more may be wrong by chance: thrice the standard error of the difference of two shares.
        share = (right + held_right) / len(parts)
        error = math.sqrt(share * (1 - share) * (1 / of + 1 / held_of))
        overfitted = right / of - held_right / held_of > max(OVERFITTED, 3 * error)
    text = by_part("accuracy", {part: percent(share) for part, share in shares.items()})
    return _Standing(text, shares["training"], chance, f"“{common}”", overfitted)


def _of_numbers(spec: ExperimentSpec, dataset: Dataset, outputs: Array) -> _Standing:
    scores = r2_scores(dataset, spec.parts(), outputs)
    training, held = scores["training"], [score for part, score in scores.items() if part != "training"]
    # What is left to explain must be twice as much, too, or a little worse than bad would be called far worse.
    overfitted = any(training - each > OVERFITTED and 1 - each > 2 * (1 - training) for each in held)
    text = by_part("R²", {part: coefficient(score) for part, score in scores.items()})
    return _Standing(text, training, 0.0, "the targets’ mean", overfitted)


def count_word(number: int) -> str:
    """Return a small number as a word, a large one in digits."""
    return _WORDS[number] if number < len(_WORDS) else f"{number:,}"


def _groups(outputs: Array, right: Array) -> str:
    """Name the groups of equal outputs that hold wrong patterns: "two patterns at 0.50"."""
    wrong = int((~right).sum())
    several = f"{count_word(wrong)} of {count_word(len(right))} patterns wrong"
    if outputs.shape[1] > 1:
        return several
    values = outputs[:, 0]
    order = np.argsort(values)
    groups = np.split(order, np.flatnonzero(np.diff(values[order]) > 0.02) + 1)
    if len(groups) == 1:
        return f"all {count_word(len(values))} patterns at {values.mean():.2f}"
    # Of a group that holds right patterns too, the wrong ones are meant.
    wrongs = [group[~right[group]] for group in groups if not right[group].all()]
    named = [f"{count_word(len(g))} pattern{'' if len(g) == 1 else 's'} at {values[g].mean():.2f}" for g in wrongs]
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


def _cure_for_samples(moment: _Moment) -> str:
    """Say what most likely keeps a network from learning more of its samples, and what to do about it."""
    spec, dataset = moment.spec, moment.dataset
    if cause := _cause(spec, dataset):
        return cause
    if moment.jumps:
        return _JUMPS
    features = ", or further features" if len(dataset.input_names) == 2 else ""
    if not spec.network.hidden:
        what = "part classes by a straight cut" if dataset.is_classification else "follow a straight line"
        return f"Without hidden neurons a network can only {what}: add some{features}."
    limit = "where classes overlap, not all can be right" if dataset.is_classification else "noise cannot be learned"
    return f"Try more hidden neurons, another learning rate, other weights (N){features}; {limit}."


def _cause(spec: ExperimentSpec, dataset: Dataset) -> str:
    return _out_of_reach(spec, dataset) or _unscaled(spec, dataset)


def _out_of_reach(spec: ExperimentSpec, dataset: Dataset) -> str:
    """Say if the targets of a regression lie where the output activation does not reach."""
    choice = spec.network.output_activation
    if dataset.is_classification or choice.name == "softmax":
        return ""
    sums = np.linspace(-100.0, 100.0, 2001)[None]
    reached = np.empty_like(sums)
    with np.errstate(all="ignore"):
        ACTIVATIONS.build(choice).forward(sums, reached)
    targets = spec.encoding().targets(dataset.targets)
    low, high = float(reached.min()), float(reached.max())
    slack = 0.02 * float(np.ptp(targets))
    if low - slack <= targets.min() and targets.max() <= high + slack:
        return ""
    label = ACTIVATIONS[choice.name].label.lower()
    return f"Targets lie where the output activation ({label}) does not reach: choose linear."


def _unscaled(spec: ExperimentSpec, dataset: Dataset) -> str:
    """Say if what the network is given, or is to answer, needs to be scaled."""
    if spec.data.scaling != "none":
        return ""
    encoding = spec.encoding()
    reach = dict(zip(encoding.names, np.abs(encoding.inputs(dataset.inputs)).max(axis=0).tolist(), strict=True))
    # What is always 0 tells nothing, and needs no scale.
    ordered = sorted((far, name) for name, far in reach.items() if far > 0)
    if ordered and ordered[-1][0] > FARTHER * ordered[0][0]:
        (near, least), (far, most) = ordered[0], ordered[-1]
        return f"Bring the inputs to one scale (Data, Scaling): {most} reaches {_size(far)}, {least} {_size(near)}."
    if not dataset.is_classification:
        ordered += [
            (float(np.abs(column).max()), name)
            for name, column in zip(dataset.output_names, dataset.targets.T, strict=True)
        ]
    far, most = max(ordered, default=(0.0, ""))
    return f"Have the data scaled (Data, Scaling): {most} reaches {_size(far)}." if far > FAR else ""


def _size(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
