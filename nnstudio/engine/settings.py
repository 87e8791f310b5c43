"""Every setting of an experiment, in groups, described once as data."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from nnstudio.engine.choices.activations import ACTIVATIONS, unsuited
from nnstudio.engine.choices.datasets import DATASETS
from nnstudio.engine.choices.initializers import INITIALIZERS
from nnstudio.engine.choices.losses import LOSSES
from nnstudio.engine.choices.optimizers import OPTIMIZERS
from nnstudio.engine.choices.regularizers import REGULARIZERS
from nnstudio.engine.choices.schedules import SCHEDULES
from nnstudio.engine.hidden_layers import HIDDEN_ACTIVATION, HiddenLayer, HiddenLayers
from nnstudio.engine.registry import Choice, ChoiceOf, Number, Option, Parameter


def setting(parameter: Parameter) -> Any:
    """Return the dataclass field that a parameter describes."""
    return field(default=parameter.default, metadata={"parameter": parameter})


@dataclass(frozen=True)
class DataSpec:
    """What is to be learned."""

    name: Choice = setting(
        ChoiceOf(
            key="data.name",
            label="Data",
            default=Choice("xor"),
            registry=DATASETS,
            help="What the network is asked to learn. It gives the number of inputs and outputs.",
        )
    )
    validation_share: float = setting(
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

    hidden: tuple[HiddenLayer, ...] = setting(
        HiddenLayers(
            key="network.hidden",
            label="Hidden layers",
            default=(HiddenLayer(2),),
            help="Neurons between inputs and outputs, layer by layer. With 2 in one layer, XOR gets stuck from 29 % of "
            "all starts; with 5 from none.",
        )
    )
    activation: Choice = setting(HIDDEN_ACTIVATION)
    output_activation: Choice = setting(
        ChoiceOf(
            key="network.output_activation",
            label="Output activation",
            default=Choice("sigmoid"),
            registry=ACTIVATIONS,
            unsuited=unsuited("not_output"),
            help="What the outputs make of their weighted sums: sigmoid for 0 or 1, softmax for one output per class, "
            "linear for any number.",
        )
    )
    initializer: Choice = setting(
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

    epochs: int = setting(
        Number(
            key="training.epochs",
            label="Epochs",
            default=10_000,
            whole=True,
            minimum=1,
            maximum=1_000_000_000,
            live=True,
            log=True,
            help="How many times training goes through all samples.",
        )
    )
    learning_rate: float = setting(
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
    optimizer: Choice = setting(
        ChoiceOf(
            key="training.optimizer",
            label="Optimizer",
            default=Choice("gradient_descent"),
            registry=OPTIMIZERS,
            help="How the gradient changes the weights.",
        )
    )
    loss: Choice = setting(
        ChoiceOf(
            key="training.loss",
            label="Loss",
            default=Choice("mse"),
            registry=LOSSES,
            help="How the distance between outputs and targets is measured; training makes it small.",
        )
    )
    reduction: str = setting(
        Option(
            key="training.reduction",
            label="Reduction",
            default="sum",
            options=(
                ("mean", "of the mean loss, as reported"),
                ("sum", "of the sum over samples, squared error halved: the tutorial's"),
            ),
            help="Whether a step follows the mean of the loss over the samples or its sum. With the sum, more samples "
            "make longer steps.",
        )
    )
    batch_size: int | None = setting(
        Number(
            key="training.batch_size",
            label="Batch size",
            default=None,
            absent="full",
            whole=True,
            minimum=1,
            maximum=1_000_000,
            log=True,
            help="Samples for each step: all of them (full), or this many, drawn anew in every epoch. 1 is learning "
            "sample by sample.",
        )
    )
    regularizer: Choice = setting(
        ChoiceOf(
            key="training.regularizer",
            label="Regularizer",
            default=Choice("none"),
            registry=REGULARIZERS,
            help="What holds the weights small, or the neurons independent, against overfitting.",
        )
    )
    schedule: Choice = setting(
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

    loss_below: float | None = setting(
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
    patience: int | None = setting(
        Number(
            key="stop.patience",
            label="No improvement for",
            default=None,
            absent="off",
            whole=True,
            minimum=1,
            maximum=1_000_000_000,
            live=True,
            log=True,
            help="Training ends when the loss has not reached a new low for this many epochs.",
        )
    )
    validation_patience: int | None = setting(
        Number(
            key="stop.validation_patience",
            label="Validation rises for",
            default=None,
            absent="off",
            whole=True,
            minimum=1,
            maximum=1_000_000_000,
            live=True,
            log=True,
            help="Training ends when the validation loss has risen in this many epochs in a row. Needs a validation "
            "share.",
        )
    )
