"""Regularizers must pull at weights and silence neurons exactly as their formulas say, and leave the rest alone."""

import numpy as np
import pytest

from nnstudio.engine import ExperimentSpec, Network, Trainer
from nnstudio.engine.choices.activations import Linear, Tanh
from nnstudio.engine.choices.losses import MeanSquaredError
from nnstudio.engine.choices.regularizers import REGULARIZERS
from nnstudio.engine.network import Propagation, with_constant

PENALTIES = {"l1": np.sign, "l2": lambda w: w}  # the derivative of |w| and of w^2 / 2


def trained(regularizer: str, epochs: int = 0, **settings: object) -> Trainer:
    changes = {"training.regularizer": regularizer, "network.hidden": "5", **settings}
    trainer = Trainer(ExperimentSpec().with_settings(changes))
    trainer.train(epochs)
    return trainer


def test_every_regularizer_is_checked_here() -> None:
    assert set(REGULARIZERS) == {*PENALTIES, "none", "dropout"}


@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize("name", PENALTIES)
def test_a_penalty_adds_its_derivative_for_weights_and_nothing_for_biases(name: str, reduction: str) -> None:
    plain = trained("none", 7, **{"training.reduction": reduction})
    penalised = trained(f"{name}:rate=0.3", **{"training.reduction": reduction})
    penalised.network.parameters[...] = plain.network.parameters
    difference = penalised.network.layout.split(penalised.gradient() - plain.gradient())
    for layer, pull in zip(plain.network.layers, difference, strict=True):
        np.testing.assert_allclose(pull.weights, 0.3 * PENALTIES[name](layer.weights), rtol=1e-9, atol=1e-12)
        np.testing.assert_array_equal(pull.biases, 0)


@pytest.mark.parametrize("name", PENALTIES)
def test_the_penalty_is_in_the_update_but_not_in_the_reported_loss(name: str) -> None:
    plain, penalised = trained("none"), trained(f"{name}:rate=0.3")
    start, gradient = penalised.network.parameters.copy(), penalised.gradient()
    assert penalised.loss() == plain.loss()
    assert penalised.train(1).training == plain.train(1).training
    np.testing.assert_allclose(penalised.network.parameters, start - 0.1 * gradient, rtol=1e-14)


@pytest.mark.parametrize("name", PENALTIES)
def test_a_penalty_makes_weights_smaller(name: str) -> None:
    sizes = [np.abs(trained(f"{name}:rate={rate}", 500).network.layers[0].weights).sum() for rate in (0, 0.01, 0.1)]
    assert sizes[0] > sizes[1] > sizes[2]


def silent_share(rate: float) -> tuple[float, float]:
    """The share of hidden outputs that is silenced, and the mean of all, over many passes through outputs of 1."""
    network = Network(1, [(1000, Linear()), (1, Linear())])
    network.layers[0].biases[...] = 1
    network.layers[1].weights[...] = np.eye(1000, 1)
    passes = Propagation(network, 50, dropout=rate, generator=np.random.default_rng(1))
    passes.forward_propagation(with_constant(np.zeros((50, 1)), float).T)
    hidden = passes._layers[0].outputs
    assert set(np.unique(hidden)) <= {0, 1 / (1 - rate)}
    return float(np.mean(hidden == 0)), float(hidden.mean())


@pytest.mark.parametrize("rate", [0.0, 0.2, 0.5, 0.9])
def test_dropout_silences_its_share_and_keeps_the_mean(rate: float) -> None:
    silenced, mean = silent_share(rate)
    assert silenced == pytest.approx(rate, abs=0.01)
    assert mean == pytest.approx(1, abs=0.05)


def test_dropout_never_silences_an_output() -> None:
    """Without hidden layers there is nothing to silence, so the run is that without dropout."""
    with_dropout = trained("dropout:rate=0.9", 20, **{"network.hidden": "none"})
    without = trained("none", 20, **{"network.hidden": "none"})
    np.testing.assert_array_equal(with_dropout.network.parameters, without.network.parameters)


def test_evaluation_and_prediction_know_no_dropout() -> None:
    trainer, plain = trained("dropout:rate=0.5", 30), trained("none")
    plain.network.parameters[...] = trainer.network.parameters
    assert trainer.loss() == trainer.loss() == plain.loss()
    np.testing.assert_array_equal(trainer.predict([[0, 1]]), plain.predict([[0, 1]]))
    np.testing.assert_array_equal(trainer.gradient(), plain.gradient())
    assert trainer.train(1).training[0] != trainer.loss()  # while training does know it


def test_looking_at_a_run_does_not_disturb_its_dropout() -> None:
    watched, unwatched = trained("dropout:rate=0.5"), trained("dropout:rate=0.5")
    for _ in range(20):
        watched.train(1)
        watched.loss(), watched.gradient(), watched.outputs(), watched.predict([[1, 1]]), watched.state()
    unwatched.train(20)
    np.testing.assert_array_equal(watched.network.parameters, unwatched.network.parameters)


def test_the_gradient_of_a_network_with_silenced_neurons() -> None:
    rng = np.random.default_rng(7)
    network = Network(3, [(6, Tanh()), (5, Tanh()), (2, Linear())])
    network.parameters[...] = rng.normal(size=network.parameters.shape)
    inputs = with_constant(rng.normal(size=(4, 3)), float).T
    targets = rng.normal(size=(2, 4))

    def passed(parameters: np.ndarray) -> tuple[float, np.ndarray]:
        network.parameters[...] = parameters
        # The same generator anew silences the same neurons.
        run = Propagation(
            network, 4, loss=MeanSquaredError(), reduction="mean", dropout=0.4, generator=np.random.default_rng(3)
        )
        run.forward_propagation(inputs)
        loss = run.loss(targets) / targets.size
        run.backpropagation()
        return loss, network.gradient.copy()

    start = network.parameters.copy()
    _, gradient = passed(start)
    for index, unit in enumerate(np.eye(len(start))):
        slope = (passed(start + 1e-6 * unit)[0] - passed(start - 1e-6 * unit)[0]) / 2e-6
        assert gradient[index] == pytest.approx(slope, rel=1e-6, abs=1e-8)
    assert np.count_nonzero(gradient) > len(start) / 2


def test_a_dead_weight_that_is_given_a_value_learns_on() -> None:
    trainer = trained("l1:rate=0.5,applied=after_step", 500)
    parameters = trainer.network.parameters.copy()
    first, second = np.flatnonzero(parameters == 0)[:2]
    parameters[first] = 2.0
    trainer.set_parameters(parameters)
    trainer.train(3)
    assert 1.5 < trainer.network.parameters[first] < 2.0
    assert trainer.network.parameters[second] == 0
