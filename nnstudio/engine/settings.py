"""Every setting of an experiment, in groups, described once as data."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from nnstudio.engine.choices.activations import ACTIVATIONS, unsuited
from nnstudio.engine.choices.datasets import DATASETS
from nnstudio.engine.choices.features import FEATURES
from nnstudio.engine.choices.initializers import INITIALIZERS
from nnstudio.engine.choices.losses import LOSSES
from nnstudio.engine.choices.optimizers import OPTIMIZERS
from nnstudio.engine.choices.regularizers import REGULARIZERS
from nnstudio.engine.choices.schedules import SCHEDULES
from nnstudio.engine.hidden_layers import HIDDEN_ACTIVATION, HiddenLayer, HiddenLayers
from nnstudio.engine.registry import Choice, ChoiceOf, Number, Option, Parameter
from nnstudio.engine.selection import Selection


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
    targets: str = setting(
        Option(
            key="data.targets",
            label="Targets",
            default="single",
            options=(
                ("single", "one output, 0 or 1, for two classes"),
                ("signed", "one output, -1 or 1, for two classes"),
                ("one_hot", "one output for each class"),
            ),
            help="How classes are answered: by one output where there are two, or by one output for each, as softmax "
            "needs. More than two classes always have an output each. Numbers are answered as they are.",
        )
    )
    features: tuple[str, ...] = setting(
        Selection(
            key="data.features",
            label="Features",
            default=("x1", "x2"),
            registry=FEATURES,
            help="What the network is given of two inputs: themselves, or functions of them that make the task easier. "
            "Other data is given as it is.",
        )
    )
    scaling: str = setting(
        Option(
            key="data.scaling",
            label="Scaling",
            default="none",
            options=(
                ("none", "as measured"),
                ("standardize", "to mean 0 and standard deviation 1"),
                ("range", "to -1 … 1"),
            ),
            help="How inputs are brought to one scale, and the targets of a regression too. The training samples alone "
            "decide on it; outputs are shown in the data's own units.",
        )
    )
    validation_share: float = setting(
        Number(
            key="data.validation_share",
            label="Validation share",
            default=0.0,
            minimum=0.0,
            maximum=0.9,
            help="The share of the samples that is kept out of training to judge it meanwhile: stop criteria look at "
            "it. Each class gives its share.",
        )
    )
    test_share: float = setting(
        Number(
            key="data.test_share",
            label="Test share",
            default=0.0,
            minimum=0.0,
            maximum=0.9,
            help="The share of the samples that nothing looks at in training, to see at last how the network does on "
            "what it has not seen. What is left of all samples trains.",
        )
    )
    seed: int = setting(
        Number(
            key="data.seed",
            label="Data seed",
            default=42,
            whole=True,
            minimum=0,
            maximum=2**32 - 1,
            help="The number that generated samples come from, and who of them trains. The same seed gives the same "
            "samples.",
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
            help="Samples for each step: all of them (full), or this many. 1 is learning sample by sample.",
        )
    )
    shuffle: str = setting(
        Option(
            key="training.shuffle",
            label="Shuffle",
            default="yes",
            options=(("yes", "a new order in every epoch"), ("no", "always in the data's order")),
            help="Whether batches are drawn anew in every epoch. Without batches the order does not matter.",
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
