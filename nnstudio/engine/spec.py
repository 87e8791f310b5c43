"""Describes an experiment completely and immutably, and refuses one that cannot be run."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

import numpy as np

from nnstudio.engine.choices.activations import ACTIVATIONS
from nnstudio.engine.choices.datasets import DATASETS, Dataset
from nnstudio.engine.choices.initializers import INITIALIZERS
from nnstudio.engine.choices.losses import LOSSES
from nnstudio.engine.choices.optimizers import OPTIMIZERS
from nnstudio.engine.choices.regularizers import REGULARIZERS
from nnstudio.engine.choices.schedules import SCHEDULES
from nnstudio.engine.registry import Choice, ChoiceOf, Number, Option, Parameter, SettingError, nearest_hint

MAX_LAYERS = 16
MAX_UNITS = 1024


@dataclass(frozen=True)
class HiddenLayer:
    """One hidden layer: its size, and its activation where it is not the common one."""

    size: int
    activation: Choice | None = None

    def __str__(self) -> str:
        return f"{self.size}:{self.activation}" if self.activation else str(self.size)


@dataclass(frozen=True, kw_only=True)
class HiddenLayers(Parameter):
    """The hidden layers, from the inputs on: ``4,2`` or ``4:tanh,2:relu``; ``none`` for a network without."""

    @property
    def expected(self) -> str:
        return f"up to {MAX_LAYERS} layers of 1 to {MAX_UNITS:,} neurons, such as 2 or 4,2 or 4:tanh,2:relu, or none"

    def parse(self, given: object, key: str | None = None) -> tuple[HiddenLayer, ...]:
        key = key or self.key
        error = SettingError(key, given, self.expected)
        items: list[object]
        if isinstance(given, str):
            text = given.strip().strip("[]()")
            # A comma in front of a number begins a layer; any other belongs to the parameters of an activation.
            items = [] if text.lower() in ("", "none", "0") else list(re.split(r",\s*(?=\d+\s*(?:[:,]|$))", text))
        elif isinstance(given, list | tuple):
            items = list(given)
        else:
            items = [given]
        layers = tuple(self._layer(item, key, error) for item in items)
        if len(layers) > MAX_LAYERS:
            raise error
        return layers

    @staticmethod
    def _layer(item: object, key: str, error: SettingError) -> HiddenLayer:
        size: object
        activation: object
        if isinstance(item, HiddenLayer):
            size, activation = item.size, item.activation
        elif isinstance(item, Mapping):
            size, activation = item.get("size"), item.get("activation")
        else:
            size, _, activation = str(item).partition(":")
        try:
            units = Number(key=key, label="", help="", default=1, whole=True, minimum=1, maximum=MAX_UNITS).parse(size)
        except SettingError:
            raise error from None
        return HiddenLayer(int(units or 0), ACTIVATIONS.choice(activation, key) if activation else None)

    def format(self, value: tuple[HiddenLayer, ...]) -> str:
        return ",".join(map(str, value)) or "none"


def _setting(parameter: Parameter) -> Any:
    return field(default=parameter.default, metadata={"parameter": parameter})


@dataclass(frozen=True)
class DataSpec:
    """What is to be learned."""

    name: Choice = _setting(
        ChoiceOf(
            key="data.name",
            label="Data",
            default=Choice("xor"),
            registry=DATASETS,
            help="What the network is asked to learn. It gives the number of inputs and outputs.",
        )
    )
    validation_share: float = _setting(
        Number(
            key="data.validation_share",
            label="Validation share",
            default=0.0,
            minimum=0.0,
            maximum=0.9,
            help="The share of the samples that is kept out of training, to see how the network does on what it has "
            "not seen.",
        )
    )


@dataclass(frozen=True)
class NetworkSpec:
    """The shape of the network and what it starts from."""

    hidden: tuple[HiddenLayer, ...] = _setting(
        HiddenLayers(
            key="network.hidden",
            label="Hidden layers",
            default=(HiddenLayer(2),),
            help="Neurons between inputs and outputs, layer by layer. With 2 in one layer, XOR gets stuck from 29 % of "
            "all starts; with 5 from none.",
        )
    )
    activation: Choice = _setting(
        ChoiceOf(
            key="network.activation",
            label="Activation",
            default=Choice("sigmoid"),
            registry=ACTIVATIONS,
            help="What the hidden neurons make of their weighted sums, unless a layer has an activation of its own.",
        )
    )
    output_activation: Choice = _setting(
        ChoiceOf(
            key="network.output_activation",
            label="Output activation",
            default=Choice("sigmoid"),
            registry=ACTIVATIONS,
            help="What the outputs make of their weighted sums: sigmoid for 0 or 1, softmax for one output per class, "
            "linear for any number.",
        )
    )
    initializer: Choice = _setting(
        ChoiceOf(
            key="network.initializer",
            label="Initial weights",
            default=Choice("standard_normal"),
            registry=INITIALIZERS,
            help="How the weights are drawn before training. With the same seed they come out the same.",
        )
    )


@dataclass(frozen=True)
class TrainingSpec:
    """How the network learns."""

    epochs: int = _setting(
        Number(
            key="training.epochs",
            label="Epochs",
            default=10_000,
            whole=True,
            minimum=1,
            maximum=1_000_000_000,
            live=True,
            help="How many times training goes through all samples.",
        )
    )
    learning_rate: float = _setting(
        Number(
            key="training.learning_rate",
            label="Learning rate",
            default=0.1,
            minimum=0.0,
            above=True,
            maximum=1000.0,
            log=True,
            live=True,
            help="How long each step is. Too small takes for ever, too large overshoots and may diverge. Acts at once, "
            "even during training.",
        )
    )
    optimizer: Choice = _setting(
        ChoiceOf(
            key="training.optimizer",
            label="Optimizer",
            default=Choice("gradient_descent"),
            registry=OPTIMIZERS,
            help="How the gradient changes the weights.",
        )
    )
    loss: Choice = _setting(
        ChoiceOf(
            key="training.loss",
            label="Loss",
            default=Choice("mse"),
            registry=LOSSES,
            help="How the distance between outputs and targets is measured; training makes it small.",
        )
    )
    reduction: str = _setting(
        Option(
            key="training.reduction",
            label="Gradient",
            default="sum",
            options=(
                ("mean", "of the mean loss, as reported"),
                ("sum", "of the sum over samples, squared error halved: the tutorial's"),
            ),
            help="Whether a step follows the mean of the loss over the samples or its sum. With the sum, more samples "
            "make longer steps.",
        )
    )
    batch_size: int | None = _setting(
        Number(
            key="training.batch_size",
            label="Batch size",
            default=None,
            absent="full",
            whole=True,
            minimum=1,
            maximum=1_000_000,
            help="Samples for each step: all of them (full), or this many, drawn anew in every epoch. 1 is learning "
            "sample by sample.",
        )
    )
    regularizer: Choice = _setting(
        ChoiceOf(
            key="training.regularizer",
            label="Regularizer",
            default=Choice("none"),
            registry=REGULARIZERS,
            help="What holds the weights small, or the neurons independent, against learning by heart.",
        )
    )
    schedule: Choice = _setting(
        ChoiceOf(
            key="training.schedule",
            label="Schedule",
            default=Choice("constant"),
            registry=SCHEDULES,
            help="How the learning rate changes over the epochs.",
        )
    )


@dataclass(frozen=True)
class StopSpec:
    """What ends a run before its last epoch."""

    loss_below: float | None = _setting(
        Number(
            key="stop.loss_below",
            label="Loss below",
            default=None,
            absent="off",
            minimum=0.0,
            above=True,
            maximum=1e6,
            log=True,
            live=True,
            help="Training ends when the loss falls below this.",
        )
    )
    patience: int | None = _setting(
        Number(
            key="stop.patience",
            label="No improvement for",
            default=None,
            absent="off",
            whole=True,
            minimum=1,
            maximum=1_000_000_000,
            live=True,
            help="Training ends when the loss has not reached a new low for this many epochs.",
        )
    )
    validation_patience: int | None = _setting(
        Number(
            key="stop.validation_patience",
            label="Validation rises for",
            default=None,
            absent="off",
            whole=True,
            minimum=1,
            maximum=1_000_000_000,
            live=True,
            help="Training ends when the validation loss has risen in this many epochs in a row. Needs a validation "
            "share.",
        )
    )


@dataclass(frozen=True)
class ExperimentSpec:
    """A complete experiment; every one that exists can be run.

    The default is the classic tutorial: 2-2-1 sigmoid on XOR, seed 42, full batch, learning rate 0.1, 10,000 epochs.

    Raises
    ------
    SettingError
        If a value is out of its range or two settings do not go together.
    """

    data: DataSpec = DataSpec()
    network: NetworkSpec = NetworkSpec()
    training: TrainingSpec = TrainingSpec()
    stop: StopSpec = StopSpec()
    seed: int = _setting(
        Number(
            key="seed",
            label="Seed",
            default=42,
            whole=True,
            minimum=0,
            maximum=2**32 - 1,
            help="The number that all chance comes from: weights, order of samples, dropout. The same seed gives the "
            "same run, number for number.",
        )
    )
    precision: str = _setting(
        Option(
            key="precision",
            label="Precision",
            default="float64",
            options=(("float64", "about 16 digits"), ("float32", "about 7 digits, faster on large networks")),
            help="How exactly numbers are held.",
        )
    )

    def __post_init__(self) -> None:
        # What was given as text becomes the value it stands for, so that equal experiments compare as equal.
        parsed: dict[str, dict[str, Any]] = {}
        for key, parameter in FIELDS.items():
            group, _, name = key.rpartition(".")
            parsed.setdefault(group, {})[name] = parameter.parse(self.get(key), key)
        for name, value in parsed.pop("").items():
            object.__setattr__(self, name, value)
        for group, values in parsed.items():
            object.__setattr__(self, group, type(getattr(self, group))(**values))
        self._refuse_what_cannot_run()

    def _refuse_what_cannot_run(self) -> None:
        activations = (
            [("network.activation", self.network.activation)]
            if any(not x.activation for x in self.network.hidden)
            else []
        )
        activations += [("network.hidden", layer.activation) for layer in self.network.hidden if layer.activation]
        trainable = ", ".join(x for x in ACTIVATIONS if ACTIVATIONS.build(Choice(x)).trainable and x != "softmax")
        for key, choice in [*activations, ("network.output_activation", self.network.output_activation)]:
            activation = ACTIVATIONS.build(choice)
            if not activation.trainable:
                raise SettingError(
                    key, choice, f"one that can be trained through ({trainable}); its derivative is 0 everywhere"
                )
            if activation.output_only and key != "network.output_activation":
                raise SettingError(key, choice, f"one for hidden layers ({trainable}); {choice} is for outputs")
        data = self.dataset()
        for key, choice in [
            ("network.output_activation", self.network.output_activation),
            ("training.loss", self.training.loss),
        ]:
            if choice.name in ("softmax", "softmax_cross_entropy") and data.targets.shape[1] < 2:
                raise SettingError(
                    key,
                    choice,
                    "one for a single output, or data with one output for each class "
                    f"({self.data.name.name}:targets=one_hot)",
                )
        held_out = self.held_out_samples(data.samples)
        if self.data.validation_share and not 0 < held_out < data.samples:
            raise SettingError(
                "data.validation_share",
                self.data.validation_share,
                f"a share that leaves at least one of the {data.samples} samples on each side",
            )
        if self.stop.validation_patience and not held_out:
            raise SettingError(
                "stop.validation_patience", self.stop.validation_patience, "off, or a validation share above 0"
            )

    def held_out_samples(self, samples: int) -> int:
        """Return how many of so many samples are kept for validation."""
        return round(samples * self.data.validation_share)

    def dataset(self) -> Dataset:
        """Make the data set: the same one every time."""
        return DATASETS.build(self.data.name, rng=random_streams(self.seed).data)

    def get(self, key: str) -> Any:
        """Return the value at a path such as ``training.learning_rate``."""
        value: Any = self
        for part in key.split("."):
            value = getattr(value, part)
        return value

    def with_settings(self, settings: Mapping[str, object]) -> ExperimentSpec:
        """Return the experiment with some values changed.

        Parameters
        ----------
        settings : mapping of str to object
            A value, or the text of one, for each path.

        Raises
        ------
        SettingError
            If a path is not known or a value is wrong.
        """
        groups: dict[str, dict[str, Any]] = {}
        for key, given in settings.items():
            if key not in FIELDS:
                hint = nearest_hint(key, tuple(FIELDS))
                raise SettingError(key, given, f"a known key{hint or ': one of ' + ', '.join(FIELDS)}")
            group, _, name = key.rpartition(".")
            groups.setdefault(group, {})[name] = FIELDS[key].parse(given, key)
        changes = groups.pop("", {})
        return replace(
            self, **changes, **{group: replace(getattr(self, group), **values) for group, values in groups.items()}
        )

    @classmethod
    def from_dict(cls, nested: Mapping[str, Any]) -> ExperimentSpec:
        """Return the experiment that `to_dict` wrote; what is missing has its default.

        Raises
        ------
        SettingError
            If a key is not known or a value is wrong.
        """
        flat: dict[str, object] = {}
        for key, value in nested.items():
            if isinstance(value, Mapping) and key in {f.name for f in fields(cls)} and key not in FIELDS:
                flat.update({f"{key}.{name}": inner for name, inner in value.items()})
            else:
                flat[str(key)] = value
        return cls().with_settings(flat)

    def to_dict(self) -> dict[str, Any]:
        """Return numbers and texts, nested as the paths are, ready for JSON."""
        nested: dict[str, Any] = {}
        for key, parameter in FIELDS.items():
            group, _, name = key.rpartition(".")
            (nested.setdefault(group, {}) if group else nested)[name] = parameter.plain(self.get(key))
        return nested


def _collect(spec: type, prefix: str = "") -> Iterator[Parameter]:
    for item in fields(spec):
        if "parameter" in item.metadata:
            yield item.metadata["parameter"]
        else:
            yield from _collect(type(item.default))


#: Every setting of an experiment by its path, in the order in which it is shown.
FIELDS: dict[str, Parameter] = {parameter.key: parameter for parameter in _collect(ExperimentSpec)}


@dataclass(frozen=True)
class RandomStreams:
    """Independent random generators, one for each purpose, all from the one visible seed."""

    data: np.random.Generator
    weights: np.random.Generator
    shuffling: np.random.Generator
    dropout: np.random.Generator


def random_streams(seed: int) -> RandomStreams:
    """Return fresh streams for a seed; the same seed gives the same streams."""
    return RandomStreams(
        *(np.random.Generator(np.random.PCG64(child)) for child in np.random.SeedSequence(seed).spawn(4))
    )
