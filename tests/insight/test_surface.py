"""The decision surface is the network's own answer, and its contour lies where geometry says."""

import numpy as np
import pytest

from nnstudio.engine.network import Layout, Network
from nnstudio.engine.spec import ExperimentSpec
from nnstudio.engine.trainer import Trainer
from nnstudio.insight.surface import Plane, Surface, contour, decision_margin, padded_range, resolution_for

XS = np.linspace(-1.0, 1.0, 41)
YS = np.linspace(-1.0, 1.0, 31)
X, Y = np.meshgrid(XS, YS)


def test_the_contour_of_a_cone_is_one_closed_circle() -> None:
    (circle,) = contour(np.hypot(X, Y), 0.7, XS, YS)
    assert np.array_equal(circle[0], circle[-1])
    assert np.abs(np.hypot(*circle.T) - 0.7).max() < 1e-3
    length = np.linalg.norm(np.diff(circle, axis=0), axis=1).sum()
    assert length == pytest.approx(2 * np.pi * 0.7, rel=1e-3)


def test_the_contour_of_a_slope_is_the_straight_line_itself() -> None:
    (line,) = contour(2 * X + Y, 0.25, XS, YS)
    assert np.abs(2 * line[:, 0] + line[:, 1] - 0.25).max() < 1e-12
    # From edge to edge: it enters and leaves the plane at y = -1 and y = 1.
    assert sorted((line[0, 1], line[-1, 1])) == pytest.approx([-1.0, 1.0])


def test_what_is_above_the_level_lies_on_the_right_of_the_line() -> None:
    for line in contour(X * Y + 0.3 * X, 0.1, XS, YS):
        middle, way = (line[1:] + line[:-1]) / 2, np.diff(line, axis=0)
        right = middle + 1e-4 * np.column_stack([way[:, 1], -way[:, 0]]) / np.linalg.norm(way, axis=1)[:, None]
        x, y = right.T
        assert (x * y + 0.3 * x > 0.1 - 1e-3).all()


@pytest.mark.parametrize(("corners", "joined"), [(1.0, False), (3.0, True)])
def test_a_saddle_is_told_apart_by_the_mean_of_its_corners(corners: float, joined: bool) -> None:
    """Two opposite corners are above: the line cuts them off, or where the middle is above too, the other two."""
    values = np.array([[corners, -2.0], [-2.0, corners]])
    lines = contour(values, 0.0, np.array([0.0, 1.0]), np.array([0.0, 1.0]))
    assert len(lines) == 2
    beside_the_first_corner = any(np.hypot(*line.mean(axis=0)) < 0.5 for line in lines)
    assert beside_the_first_corner is not joined


def test_every_crossing_of_a_rough_field_is_on_exactly_one_line() -> None:
    values = np.random.default_rng(5).normal(size=(30, 40))
    above = values > 0
    crossings = (above[1:] != above[:-1]).sum() + (above[:, 1:] != above[:, :-1]).sum()
    lines = contour(values, 0.0, np.arange(40.0), np.arange(30.0))
    closed = sum(np.allclose(line[0], line[-1]) for line in lines)
    assert sum(map(len, lines)) - closed == crossings


def test_there_is_no_line_where_values_are_not_finite_or_all_on_one_side() -> None:
    assert contour(np.ones((4, 4)), 0.5, np.arange(4.0), np.arange(4.0)) == []
    field = X.copy()
    field[:15] = np.nan
    (line,) = contour(field, 0.01, XS, YS)
    assert line[:, 1].min() == pytest.approx(YS[15])


def test_the_surface_agrees_with_the_networks_prediction() -> None:
    spec = ExperimentSpec().with_settings({"network.hidden": "4,3:tanh"})
    trainer = Trainer(spec)
    trainer.train(500)
    surface = Surface(spec, trainer.dataset, Plane.of(trainer.dataset), resolution=9)
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
    Surface(spec, trainer.dataset, Plane.of(trainer.dataset)).outputs(frozen)
    assert np.array_equal(trainer.network.parameters, before)


def test_other_inputs_are_held() -> None:
    spec = ExperimentSpec().with_settings({"data.name": "parity:bits=4", "network.hidden": "3"})
    data = spec.dataset()
    network = Network.from_spec(spec, data)
    network.parameters[:] = np.random.default_rng(1).normal(size=network.layout.size)
    plane = Plane.of(data, x=3, y=1, held=(1.0, 9.0, 0.5, 9.0))
    surface = Surface(spec, data, plane, resolution=3)
    surface.outputs(network.parameters)
    assert surface.at([0.25], [0.75])[0] == pytest.approx(network.predict([[1.0, 0.75, 0.5, 0.25]])[0])
    assert plane.contains(data.inputs).sum() == 0, "no pattern has 0.5 for an input"
    first = Plane.of(data)
    assert data.inputs[first.contains(data.inputs)].tolist() == [[a, b, 0, 0] for a in (0, 1) for b in (0, 1)]


def test_a_plane_of_gates_reaches_a_quarter_beyond_them() -> None:
    plane = Plane.of(ExperimentSpec().dataset())
    assert plane.x_range == plane.y_range == (-0.25, 1.25)
    assert padded_range(np.array([2.0, 2.0])) == (1.0, 3.0)


def test_the_margin_is_above_zero_where_the_answer_is_given() -> None:
    single = np.array([[[0.4, 0.6]]])
    assert decision_margin(single, 0, 0.5).ravel() == pytest.approx([-0.1, 0.1])
    three = np.array([[0.2], [0.5], [0.3]])
    assert decision_margin(three, 1, 0.5) == pytest.approx([0.2])
    assert decision_margin(three, 2, 0.5) == pytest.approx([-0.2])


def test_larger_networks_get_coarser_pictures() -> None:
    sizes = [resolution_for(Layout((2, n, 1))) for n in (2, 64, 256, 1024)]
    assert sizes == sorted(sizes, reverse=True)
    assert resolution_for(Layout((2, 2, 1))) == 64
    assert resolution_for(Layout((2, 1024, 1024, 1))) == 16


def test_pictures_at_rest_have_more_points_than_live_ones() -> None:
    for hidden in ("2", "32,32,32,32,32", "128,128"):
        spec = ExperimentSpec().with_settings({"network.hidden": hidden})
        layout = Network.from_spec(spec, spec.dataset()).layout
        live, rest = resolution_for(layout), resolution_for(layout, at_rest=True)
        assert 3 * live <= rest <= 192 and rest % 8 == 0
