"""A neuron's map shows its plane the right way up, on the scale of its activation."""

import pytest

from nnstudio.engine.choices.activations import ACTIVATIONS
from nnstudio.engine.spec import ExperimentSpec
from nnstudio.engine.trainer import Trainer
from nnstudio.insight.neuron_maps import bounds_of, plane_points
from nnstudio.insight.responses import NeuronResponses
from nnstudio.insight.surface import Plane, Surface


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
