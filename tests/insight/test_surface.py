"""The surface is the network's own answer over a plane or a line of its inputs."""

from typing import Any

import numpy as np
import pytest

from nnstudio.engine.choices.datasets import Dataset
from nnstudio.engine.network import Layout, Network
from nnstudio.engine.spec import ExperimentSpec
from nnstudio.engine.trainer import Trainer
from nnstudio.insight.surface import Plane, Surface, padded_range, resolution_for


def trained(settings: dict[str, Any], own: Dataset | None = None, epochs: int = 20) -> Trainer:
    trainer = Trainer(ExperimentSpec().with_settings(settings, own))
    trainer.train(epochs)
    return trainer


def test_the_surface_agrees_with_the_networks_prediction() -> None:
    spec = ExperimentSpec().with_settings({"network.hidden": "4,3:tanh"})
    trainer = Trainer(spec)
    trainer.train(500)
    surface = Surface(spec, Plane.of(trainer.dataset), resolution=9)
    outputs = surface.outputs(trainer.network.parameters)
    x, y = np.meshgrid(surface.xs, surface.ys)
    expected = trainer.predict(np.column_stack([x.ravel(), y.ravel()]))
    assert outputs.shape == (1, 9, 9)
    assert outputs[0].ravel() == pytest.approx(expected[:, 0], abs=1e-5)
    assert np.array_equal(surface.at(x.ravel(), y.ravel()), expected)


def test_the_surface_leaves_the_parameters_it_is_given_alone() -> None:
    spec = ExperimentSpec()
    trainer = Trainer(spec)
    frozen = trainer.network.parameters.copy()
    frozen.flags.writeable = False
    before = trainer.network.parameters.copy()
    Surface(spec, Plane.of(trainer.dataset)).outputs(frozen)
    assert np.array_equal(trainer.network.parameters, before)


def test_other_inputs_are_held() -> None:
    spec = ExperimentSpec().with_settings({"data.name": "parity:bits=4", "network.hidden": "3"})
    data = spec.dataset()
    network = Network.from_spec(spec)
    network.parameters[:] = np.random.default_rng(1).normal(size=network.layout.size)
    plane = Plane.of(data, x=3, y=1, held=(1.0, 9.0, 0.5, 9.0))
    surface = Surface(spec, plane, resolution=3)
    surface.outputs(network.parameters)
    assert surface.at([0.25], [0.75])[0] == pytest.approx(network.predict([[1.0, 0.75, 0.5, 0.25]])[0])
    assert plane.contains(data.inputs).sum() == 0, "no pattern has 0.5 for an input"
    first = Plane.of(data)
    assert data.inputs[first.contains(data.inputs)].tolist() == [[a, b, 0, 0] for a in (0, 1) for b in (0, 1)]


def test_a_plane_of_gates_reaches_a_quarter_beyond_them() -> None:
    plane = Plane.of(ExperimentSpec().dataset())
    assert plane.x_range == plane.y_range == (-0.25, 1.25)
    assert padded_range(np.array([2.0, 2.0]), 0.25) == (1.0, 3.0)
    assert padded_range(np.array([0.0, np.nan, 10.0]), 0.1) == (-1.0, 11.0)


def test_larger_networks_get_coarser_pictures() -> None:
    sizes = [resolution_for(Layout((2, n, 1))) for n in (2, 64, 256, 1024)]
    assert sizes == sorted(sizes, reverse=True)
    assert resolution_for(Layout((2, 2, 1))) == 64
    assert resolution_for(Layout((2, 1024, 1024, 1))) == 16


def test_pictures_at_rest_have_more_points_than_live_ones() -> None:
    for hidden in ("2", "32,32,32,32,32", "128,128"):
        spec = ExperimentSpec().with_settings({"network.hidden": hidden})
        layout = Network.from_spec(spec).layout
        live, rest = resolution_for(layout), resolution_for(layout, at_rest=True)
        assert 3 * live <= rest <= 192 and rest % 8 == 0


def test_a_plane_of_samples_reaches_a_tenth_beyond_them() -> None:
    plane = Plane.of(Dataset.of_numbers("heights", [[-5.0, 0.0], [5.0, 1.0]], [0.0, 1.0]))
    assert (plane.x_range, plane.y_range) == ((-6.0, 6.0), (-0.1, 1.1))


def test_gaps_among_the_samples_do_not_count() -> None:
    inputs = [[0.0, 1.0, np.nan], [np.nan, 3.0, np.nan], [10.0, np.nan, np.nan]]
    plane = Plane.of(Dataset.of_numbers("with gaps", inputs, [0.0, 1.0, 2.0]))
    assert plane.held == (5.0, 2.0, 0.0)
    assert plane.x_range == (-1.0, 11.0)


def test_the_plane_of_one_input_is_a_line() -> None:
    x = np.linspace(-3, 3, 20)[:, None]
    own = Dataset.of_numbers("sine", x, np.sin(x))
    trainer = trained({"data.name": "own", "data.scaling": "standardize", "network.output_activation": "linear"}, own)
    plane = Plane.of(trainer.dataset)
    surface = Surface(trainer.spec, plane)
    outputs = surface.outputs(trainer.network.parameters)
    assert plane.is_line and outputs.shape == (1, 1, len(surface.xs)) and len(surface.xs) == 256
    assert outputs[0, 0] == pytest.approx(trainer.predict(surface.xs[:, None])[:, 0], abs=1e-5)


def test_a_neurons_map_is_what_it_gives_at_each_point() -> None:
    """Of the second layer: tanh of the weighted sum of what the first layer gives."""
    trainer = trained(
        {"data.name": "circle", "network.hidden": "4,3:tanh", "data.features": ("x1", "x2", "x1_squared")}
    )
    surface = Surface(trainer.spec, Plane.of(trainer.dataset), resolution=5)
    surface.outputs(trainer.network.parameters)
    x, y = (grid.ravel() for grid in np.meshgrid(surface.xs, surface.ys))
    blocks = trainer.network.layout.blocks(trainer.network.parameters)
    features = np.column_stack([x, y, x**2])
    first = 1 / (1 + np.exp(-(features @ blocks[0][:-1] + blocks[0][-1])))
    second = np.tanh(first @ blocks[1][:-1] + blocks[1][-1])
    for layer, units in enumerate((features, first, second)):
        for unit, values in enumerate(units.T):
            assert surface.neuron(layer, unit).ravel() == pytest.approx(values, rel=1e-4, abs=1e-5)
            assert surface.neuron_at(layer, unit, x, y) == pytest.approx(values, abs=1e-12)
    assert surface.activation(0) is None
    assert [surface.activation(layer).name for layer in (1, 2, 3)] == ["sigmoid", "tanh", "sigmoid"]
