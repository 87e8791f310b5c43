"""Points on a plane must follow their formulas, exactly without noise and within its bounds with it."""

import itertools

import numpy as np
import pytest
from numpy.typing import NDArray

from nnstudio.engine import Dataset, ExperimentSpec


def made(text: str) -> Dataset:
    return ExperimentSpec().with_settings({"data.name": text}).dataset()


def radii(data: Dataset) -> NDArray[np.float64]:
    return np.hypot(*data.inputs.T)


def test_circle_is_a_disc_inside_a_ring() -> None:
    data = made("circle:samples=50000")
    inside = data.labels == 1
    radius = radii(data)
    assert data.class_names == ("outside", "inside")
    assert inside.sum() == 25_000
    assert radius[inside].max() <= 2.5
    assert radius[~inside].min() >= 3.5 and radius[~inside].max() <= 5
    # It is the radius that is drawn evenly, not the area: the middle is dense.
    assert (radius[inside] < 1.25).mean() == pytest.approx(0.5, abs=0.02)
    assert (radius[~inside] < 4.25).mean() == pytest.approx(0.5, abs=0.02)


@pytest.mark.parametrize("noise", [5, 30])
def test_circle_noise_changes_labels_near_the_border_alone(noise: float) -> None:
    clean, noisy = made("circle:samples=20000"), made(f"circle:samples=20000,noise={noise}")
    np.testing.assert_array_equal(noisy.inputs, clean.inputs)
    flipped = noisy.labels != clean.labels
    assert flipped.any()
    assert np.abs(radii(clean)[flipped] - 2.5).max() <= np.sqrt(2) * 5 * noise / 100


def test_xor_quadrants_are_positive_where_signs_agree() -> None:
    data = made("xor_quadrants:samples=50000")
    x, y = data.inputs.T
    np.testing.assert_array_equal(data.labels, x * y >= 0)
    assert data.class_names == ("signs differ", "signs agree")
    assert np.abs(data.inputs).min() >= 0.3 and 5.2 < np.abs(data.inputs).max() <= 5.3
    for quadrant in itertools.product((-1, 1), repeat=2):
        assert (np.sign(data.inputs) == quadrant).all(axis=1).mean() == pytest.approx(0.25, abs=0.01)


@pytest.mark.parametrize("noise", [10, 40])
def test_xor_noise_changes_labels_near_the_axes_alone(noise: float) -> None:
    clean, noisy = made("xor_quadrants:samples=20000"), made(f"xor_quadrants:samples=20000,noise={noise}")
    flipped = noisy.labels != clean.labels
    assert flipped.any()
    assert np.abs(clean.inputs[flipped]).min(axis=1).max() <= 5 * noise / 100


@pytest.mark.parametrize(("noise", "variance"), [(0, 0.5), (10, 1.2), (50, 4.0)])
def test_gauss_is_two_normal_clouds(noise: float, variance: float) -> None:
    data = made(f"gauss:samples=50000,noise={noise}")
    for label, centre in ((1, 2), (0, -2)):
        cloud = data.inputs[data.labels == label]
        np.testing.assert_allclose(cloud.mean(axis=0), [centre, centre], atol=0.05)
        np.testing.assert_allclose(np.cov(cloud.T), np.eye(2) * variance, atol=0.05 * variance)
    assert data.class_names == ("lower left", "upper right")


def test_a_straight_line_parts_the_gaussians_without_noise() -> None:
    data = made("gauss:samples=50000")
    assert ((data.inputs.sum(axis=1) > 0) == data.labels).mean() > 0.9999


@pytest.mark.parametrize("samples", [200, 201])
def test_spiral_is_two_arms_point_for_point(samples: int) -> None:
    data = made(f"spiral:samples={samples}")
    half = samples / 2
    for label, turn in ((1, 0.0), (0, np.pi)):
        arm = data.inputs[data.labels == label]
        arm = arm[np.hypot(*arm.T).argsort()]
        i = np.arange(len(arm))
        r, t = 5 * i / half, 1.75 * 2 * np.pi * i / half + turn
        np.testing.assert_allclose(arm, np.column_stack([r * np.sin(t), r * np.cos(t)]), atol=1e-12)


def test_spiral_noise_moves_points_by_so_many_hundredths_at_most() -> None:
    clean, noisy = made("spiral:samples=5000"), made("spiral:samples=5000,noise=30")
    np.testing.assert_array_equal(noisy.labels, clean.labels)
    moved = noisy.inputs - clean.inputs
    assert 0.29 < np.abs(moved).max() <= 0.3
    np.testing.assert_allclose(moved.std(axis=0), 0.3 / np.sqrt(3), rtol=0.05)  # evenly spread


def test_moons_are_half_circles_that_reach_into_each_other() -> None:
    data = made("moons:samples=2000")
    upper, lower = (data.inputs[data.labels == label] for label in (0, 1))
    assert data.class_names == ("upper moon", "lower moon")
    np.testing.assert_allclose(np.hypot(*(upper - (-1.5, -0.75)).T), 3)
    np.testing.assert_allclose(np.hypot(*(lower - (1.5, 0.75)).T), 3)
    assert upper[:, 1].min() >= -0.75 and lower[:, 1].max() <= 0.75
    assert lower[:, 1].max() > upper[:, 1].min()  # no level line parts them
    assert lower[:, 0].min() < upper[:, 0].max()  # and no upright one


@pytest.mark.parametrize("classes", [2, 3, 6])
def test_rings_lie_one_inside_the_other(classes: int) -> None:
    data = made(f"rings:classes={classes},samples=3000")
    width = 5 / classes
    np.testing.assert_array_equal(np.floor(radii(data) / width).clip(max=classes - 1), data.labels)
    assert (radii(data) - width * data.labels).min() >= 0.65 * width  # a gap lies between two rings
    assert data.class_names == tuple(f"ring {number}" for number in range(1, classes + 1))


@pytest.mark.parametrize("tiles", [2, 3, 8])
def test_checkerboard_changes_class_with_each_tile(tiles: int) -> None:
    data = made(f"checkerboard:samples=5000,tiles={tiles}")
    row, column = np.floor((data.inputs.T + 5) / 10 * tiles)
    np.testing.assert_array_equal(data.labels, (row + column) % 2 == 0)
    assert set(row) == set(column) == set(range(tiles))


def test_checkerboard_noise_changes_labels_near_the_edges_of_inner_tiles_alone() -> None:
    clean, noisy = made("checkerboard:samples=20000"), made("checkerboard:samples=20000,noise=20")
    flipped = noisy.labels != clean.labels
    edges = np.array([-2.5, 0, 2.5])
    away = np.abs(clean.inputs[flipped][..., None] - edges).min(axis=(1, 2))
    assert 0.4 < away.max() <= 0.2 * 2.5


def test_a_board_of_two_tiles_is_xor() -> None:
    data = made("checkerboard:tiles=2")
    np.testing.assert_array_equal(data.labels, data.inputs.prod(axis=1) > 0)


@pytest.mark.parametrize("classes", [3, 6])
def test_blobs_stand_around_the_origin(classes: int) -> None:
    data = made(f"blobs:samples=6000,classes={classes}")
    angles = 2 * np.pi * np.arange(classes) / classes
    centres = 4 * np.column_stack([np.sin(angles), np.cos(angles)])
    means = [data.inputs[data.labels == label].mean(axis=0) for label in range(classes)]
    np.testing.assert_allclose(means, centres, atol=0.05)
    nearest = np.hypot(*(data.inputs[:, None] - centres).transpose(2, 0, 1)).argmin(axis=1)
    assert (nearest == data.labels).mean() > 0.999


@pytest.mark.parametrize("classes", [3, 4, 5, 6])
def test_spiral_arms_are_one_arm_turned_round(classes: int) -> None:
    data = made(f"spiral_arms:samples={100 * classes},classes={classes}")
    i = np.arange(1, 101)
    for label in range(classes):
        arm = data.inputs[data.labels == label]
        arm = arm[np.hypot(*arm.T).argsort()]
        t = 2 * np.pi * (3.5 * i / 100 + label) / classes
        np.testing.assert_allclose(arm, (i / 20)[:, None] * np.column_stack([np.sin(t), np.cos(t)]), atol=1e-12)
    assert len(np.unique(data.inputs.round(9), axis=0)) == 100 * classes  # no point is of two classes
