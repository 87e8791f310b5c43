"""The network must be one flat vector whose parts are each layer's weights and biases, and predict from them."""

import numpy as np
import pytest

from nnstudio.engine import ExperimentSpec, Network, Trainer
from nnstudio.engine.choices.activations import Linear, Relu, Softmax, Step, Tanh
from nnstudio.engine.network import Layout


def random_network(dtype: str = "float64") -> Network:
    network = Network(3, [(4, Tanh(dtype)), (5, Relu(dtype)), (2, Softmax(dtype))], dtype)
    network.parameters[...] = np.random.default_rng(1).normal(size=network.parameters.shape)
    return network


def test_every_parameter_belongs_to_one_layer() -> None:
    layout = Layout((3, 4, 5, 2))
    assert layout.size == 3 * 4 + 4 + 4 * 5 + 5 + 5 * 2 + 2
    numbers = np.arange(layout.size)
    parts = layout.split(numbers)
    assert [(part.weights.shape, part.biases.shape) for part in parts] == [
        ((3, 4), (4,)),
        ((4, 5), (5,)),
        ((5, 2), (2,)),
    ]
    together = np.concatenate([np.append(part.weights.ravel(), part.biases) for part in parts])
    np.testing.assert_array_equal(np.sort(together), numbers)


def test_the_weight_mask_leaves_out_the_biases() -> None:
    layout = Layout((2, 3, 1))
    for part in layout.split(layout.weight_mask()):
        assert (part.weights == 1).all() and (part.biases == 0).all()


def test_layers_are_views() -> None:
    network = random_network()
    network.layers[1].biases[2] = 77
    assert 77 in network.parameters
    network.parameters[...] = 5
    assert (network.layers[2].weights == 5).all()


@pytest.mark.parametrize(("dtype", "tolerance"), [("float64", 1e-13), ("float32", 1e-5)])
def test_predicts_what_the_formulas_say(dtype: str, tolerance: float) -> None:
    network, X = random_network(dtype), np.random.default_rng(2).normal(size=(6, 3))
    first, second, third = network.layers
    a1 = np.tanh(X @ first.weights + first.biases)
    a2 = np.maximum(a1 @ second.weights + second.biases, 0)
    exponentials = np.exp(a2 @ third.weights + third.biases)
    expected = exponentials / exponentials.sum(axis=1, keepdims=True)
    predicted = network.predict(X)
    assert predicted.dtype == dtype
    np.testing.assert_allclose(predicted, expected, rtol=tolerance)


def test_a_prediction_is_a_copy_and_changes_nothing() -> None:
    network = random_network()
    before = network.parameters.copy()
    first = network.predict([[1, 2, 3]])
    kept = first.copy()
    network.predict([[9, 9, 9]])
    np.testing.assert_array_equal(first, kept)
    np.testing.assert_array_equal(network.parameters, before)


def test_saturated_neurons_predict_without_a_warning() -> None:
    trainer = Trainer(ExperimentSpec())
    trainer.network.parameters[...] = -2000
    assert trainer.predict([[1, 1]]) == trainer.outputs()[3] == 0


def test_a_network_without_hidden_layers_is_a_weighted_sum() -> None:
    network = Network(2, [(1, Linear())])
    network.parameters[...] = [2, 3, 5]
    assert network.predict([[10, 100]]) == 2 * 10 + 3 * 100 + 5


def test_a_step_network_can_predict_xor_without_training() -> None:
    """The perceptrons of Minsky and Papert: x1 or x2, but not both."""
    network = Network(2, [(2, Step()), (1, Step())])
    hidden, output = network.layers
    hidden.weights[...], hidden.biases[...] = 1, [-0.5, -1.5]
    output.weights[...], output.biases[...] = [[1], [-1]], -0.5
    np.testing.assert_array_equal(network.predict([[0, 0], [0, 1], [1, 0], [1, 1]])[:, 0], [0, 1, 1, 0])
