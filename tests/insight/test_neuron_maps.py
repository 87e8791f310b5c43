"""What every neuron gives is what the formulas say, over a plane and for single samples."""

import numpy as np
import pytest

from nnstudio.engine.choices.activations import ACTIVATIONS
from nnstudio.engine.spec import ExperimentSpec
from nnstudio.engine.trainer import Trainer
from nnstudio.insight.neuron_maps import NeuronResponses, bounds_of, plane_points
from nnstudio.insight.surface import Plane, Surface


def test_each_layer_gives_what_its_formula_says() -> None:
    spec = ExperimentSpec()
    parameters = np.linspace(-2.0, 2.0, 9)
    hidden, output = parameters[:6].reshape(3, 2), parameters[6:].reshape(3, 1)
    responses = NeuronResponses(spec, spec.dataset().inputs)
    responses.compute(parameters)
    inputs = spec.dataset().inputs
    h = 1 / (1 + np.exp(-(inputs @ hidden[:2] + hidden[2])))
    y = 1 / (1 + np.exp(-(h @ output[:2] + output[2])))
    assert responses.layer(0) == pytest.approx(inputs.T)
    assert responses.layer(1) == pytest.approx(h.T, rel=1e-6)
    assert responses.layer(2) == pytest.approx(y.T, rel=1e-6)


def test_features_are_layer_0_and_outputs_are_in_the_datas_units() -> None:
    spec = ExperimentSpec().with_settings(
        {
            "data.name": "plane",
            "data.features": "x1,product",
            "data.scaling": "standardize",
            "training.reduction": "mean",
            "network.output_activation": "linear",
        }
    )
    trainer = Trainer(spec)
    trainer.train(2)
    points = spec.dataset().inputs[:7]
    responses = NeuronResponses(spec, points)
    responses.compute(trainer.network.parameters)
    assert responses.layer(0) == pytest.approx(spec.encoding().inputs(points).T, abs=1e-6)
    assert responses.layer(2) == pytest.approx(trainer.predict(points).T, abs=1e-5)


def test_a_point_can_be_replaced() -> None:
    spec = ExperimentSpec()
    responses = NeuronResponses(spec, spec.dataset().inputs)
    responses.set_point(-1, [0.25, -3.0])
    responses.compute(np.ones(9))
    assert responses.layer(0)[:, -1].tolist() == [0.25, -3.0]
    assert responses.layer(1)[0, -1] == pytest.approx(1 / (1 + np.exp(-(0.25 - 3.0 + 1))))


def test_a_plane_is_seen_from_its_top_row_down_as_the_decision_surface_has_it() -> None:
    spec = ExperimentSpec()
    parameters = Trainer(spec).network.parameters
    plane = Plane.of(spec.dataset())
    points, shape = plane_points(plane, 8)
    assert shape == (8, 8)
    assert points[0].tolist() == [plane.x_range[0], plane.y_range[1]]
    assert points[-1].tolist() == [plane.x_range[1], plane.y_range[0]]
    responses, surface = NeuronResponses(spec, points), Surface(spec, plane, 8)
    responses.compute(parameters)
    outputs = surface.outputs(parameters)
    assert responses.layer(2)[0].reshape(shape)[::-1] == pytest.approx(outputs[0])
    assert responses.layer(1)[1].reshape(shape)[::-1] == pytest.approx(surface.neuron(1, 1))


def test_a_single_input_has_a_strip_of_two_equal_rows() -> None:
    dataset = ExperimentSpec().with_settings({"data.name": "sine", "network.output_activation": "linear"}).dataset()
    points, shape = plane_points(Plane.of(dataset), 16)
    assert shape == (2, 16)
    assert points[:16].tolist() == points[16:].tolist()


@pytest.mark.parametrize(
    ("name", "bounds"),
    {
        "sigmoid": (0, 1),
        "tanh": (-1, 1),
        "softmax": (0, 1),
        "sine": (-1, 1),
        "step": (0, 1),
        "relu": None,
        "leaky_relu": None,
        "elu": None,
        "swish": None,
        "softplus": None,
        "linear": None,
    }.items(),
)
def test_bounds_are_those_of_the_activation(name: str, bounds: tuple[float, float] | None) -> None:
    assert bounds_of(ACTIVATIONS[name].build()) == bounds
