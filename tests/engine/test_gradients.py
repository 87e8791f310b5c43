"""Backpropagation must be the slope of the loss, for every pairing of an output activation and a loss."""

import numpy as np
import pytest

from nnstudio.engine import ExperimentSpec, Trainer
from nnstudio.engine.choices.activations import ACTIVATIONS
from nnstudio.engine.choices.losses import LOSSES
from nnstudio.engine.registry import Choice

ONE_HOT = {"data.name": "parity", "data.targets": "one_hot"}
TRAINABLE = [name for name in ACTIVATIONS if not ACTIVATIONS.build(Choice(name)).not_output]
HIDDEN = [name for name in TRAINABLE if not ACTIVATIONS.build(Choice(name)).not_hidden]
SINGLE_LOSSES = [name for name in LOSSES if name != "softmax_cross_entropy"]
# Far enough for the digits, and so near that no sample crosses a kink: random weights are never that close to one.
STEP = 1e-6


# Small weights, where outputs lie between 0 and 1, and large ones, where they lie on both sides of every bend.
SPREADS = 0.3, 1.2


def trainer_for(settings: dict[str, object], spread: float = 0.3) -> Trainer:
    trainer = Trainer(ExperimentSpec().with_settings(settings))
    trainer.network.parameters[...] = np.random.default_rng(11).normal(0, spread, trainer.network.parameters.shape)
    trainer.network.layers[-1].biases[...] = 0.5
    return trainer


def objective(trainer: Trainer) -> float:
    """What training descends, from the reported mean."""
    training, (samples, outputs) = trainer.spec.training, trainer.training_set.targets.shape
    loss = trainer.loss()
    if training.reduction == "sum":
        loss *= samples if training.loss.name == "softmax_cross_entropy" else samples * outputs
        if training.loss.name == "mse":
            loss /= 2
    weights = np.concatenate([layer.weights.ravel() for layer in trainer.network.layers])
    rate = dict(training.regularizer.parameters).get("rate", 0.001)
    if training.regularizer.name == "l1":
        loss += rate * np.abs(weights).sum()
    elif training.regularizer.name == "l2":
        loss += rate / 2 * (weights**2).sum()
    return loss


def slopes(trainer: Trainer) -> np.ndarray:
    """The central difference for each parameter."""
    parameters = trainer.network.parameters
    rises = np.empty_like(parameters)
    for index, value in enumerate(parameters.copy()):
        parameters[index] = value + STEP
        high = objective(trainer)
        parameters[index] = value - STEP
        rises[index] = high - objective(trainer)
        parameters[index] = value
    return rises / (2 * STEP)


def check(settings: dict[str, object]) -> None:
    steep = 0
    for spread in SPREADS:
        trainer = trainer_for(settings, spread)
        expected = slopes(trainer)
        steep += np.count_nonzero(np.abs(expected) > 1e-4)
        np.testing.assert_allclose(trainer.gradient(), expected, rtol=1e-5, atol=1e-7 * max(1, np.abs(expected).max()))
    assert steep > len(expected) / 2  # there was something to find


@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("output", TRAINABLE)
def test_every_output_activation_with_every_loss(output: str, loss: str, reduction: str) -> None:
    check(
        ONE_HOT
        | {
            "network.hidden": "4:tanh",
            "network.output_activation": output,
            "training.loss": loss,
            "training.reduction": reduction,
        }
    )


@pytest.mark.parametrize("loss", SINGLE_LOSSES)
@pytest.mark.parametrize("output", HIDDEN)
def test_a_single_output(output: str, loss: str) -> None:
    check(
        {
            "data.name": "parity",
            "network.hidden": "4:tanh",
            "network.output_activation": output,
            "training.loss": loss,
            "training.reduction": "mean",
        }
    )


@pytest.mark.parametrize("hidden", ["none", "5", "5,4", "3,4,3"])
@pytest.mark.parametrize("activation", HIDDEN)
def test_every_hidden_activation_at_every_depth(activation: str, hidden: str) -> None:
    check(ONE_HOT | {"network.hidden": hidden, "network.activation": activation})


def test_a_layer_s_own_activation() -> None:
    check({"data.name": "parity", "network.hidden": "4:tanh,3:leaky_relu:slope=0.3,4:sine:frequency=2"})


@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize("regularizer", ["l1", "l1:rate=0.5", "l2", "l2:rate=0.5"])
def test_every_penalty(regularizer: str, reduction: str) -> None:
    check(
        {"network.hidden": "4,3", "training.regularizer": regularizer, "training.reduction": reduction}
        | {"data.name": "parity", "network.activation": "tanh"}
    )


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("output", TRAINABLE)
def test_single_precision_agrees_with_double(output: str, loss: str) -> None:
    settings = ONE_HOT | {"network.hidden": "4", "network.output_activation": output, "training.loss": loss}
    single, double = trainer_for(settings | {"precision": "float32"}), trainer_for(settings)
    gradient = single.gradient()
    assert gradient.dtype == np.float32
    # Samples that pull in opposite directions leave fewer digits.
    np.testing.assert_allclose(gradient, double.gradient(), rtol=1e-4, atol=2e-6)


def test_the_tutorial_s_gradient_by_hand() -> None:
    """delta2 = (a2 - y) a2 (1 - a2), delta1 = (delta2 W2') a1 (1 - a1): the sum has no 2 / N."""
    trainer = Trainer(ExperimentSpec())
    X, y = trainer.dataset.inputs, trainer.dataset.targets
    hidden, output = trainer.network.layers
    a1 = 1 / (1 + np.exp(-(X @ hidden.weights + hidden.biases)))
    a2 = 1 / (1 + np.exp(-(a1 @ output.weights + output.biases)))
    delta2 = (a2 - y) * a2 * (1 - a2)
    delta1 = (delta2 @ output.weights.T) * a1 * (1 - a1)
    first, second = trainer.network.layout.split(trainer.gradient())
    np.testing.assert_allclose(first.weights, X.T @ delta1, rtol=1e-12)
    np.testing.assert_allclose(first.biases, delta1.sum(axis=0), rtol=1e-12)
    np.testing.assert_allclose(second.weights, a1.T @ delta2, rtol=1e-12)
    np.testing.assert_allclose(second.biases, delta2.sum(axis=0), rtol=1e-12)


def test_the_mean_s_gradient_is_that_of_the_reported_loss() -> None:
    trainer = trainer_for(ONE_HOT | {"training.reduction": "mean"})
    tutorial = trainer_for(ONE_HOT | {"training.reduction": "sum"})
    np.testing.assert_allclose(trainer.gradient(), tutorial.gradient() * 2 / (8 * 2), rtol=1e-13)
