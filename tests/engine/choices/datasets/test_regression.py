"""The targets of regression must be the functions they are named after, with noise as large as said."""

import math

import numpy as np
import pytest

from nnstudio.engine import Dataset, ExperimentSpec


def made(text: str) -> Dataset:
    return ExperimentSpec().with_settings({"data.name": text}).dataset()


def multi_gauss(x: float, y: float) -> float:
    """Return the height as TensorFlow Playground has it, centre by centre."""
    height = 0.0
    for (cx, cy), sign in zip(
        [(-4, 2.5), (0, 2.5), (4, 2.5), (-4, -2.5), (0, -2.5), (4, -2.5)], [1, -1, 1, -1, 1, -1], strict=True
    ):
        new = sign * max(0.0, 1 - math.hypot(x - cx, y - cy) / 2)
        if abs(new) > abs(height):
            height = new
    return height


def test_plane_is_a_tenth_of_the_sum() -> None:
    data = made("plane")
    np.testing.assert_allclose(data.targets[:, 0], data.inputs.sum(axis=1) / 10)
    assert 5.9 < np.abs(data.inputs).max() <= 6
    assert not data.is_classification and data.output_names == ("y",)


@pytest.mark.parametrize("noise", [10, 50])
def test_plane_noise_moves_both_arguments_by_6_at_full_noise(noise: float) -> None:
    clean, noisy = made("plane:samples=50000"), made(f"plane:samples=50000,noise={noise}")
    np.testing.assert_array_equal(noisy.inputs, clean.inputs)
    moved = noisy.targets - clean.targets
    reach = 2 * 6 * noise / 100 / 10
    assert 0.95 * reach < np.abs(moved).max() <= reach
    assert moved.std() == pytest.approx(reach / math.sqrt(6), rel=0.05)  # a sum of two even spreads


def test_multi_gauss_is_three_hills_and_three_hollows() -> None:
    data = made("multi_gauss:samples=3000")
    expected = [multi_gauss(x, y) for x, y in data.inputs]
    np.testing.assert_allclose(data.targets[:, 0], expected, atol=1e-12)
    assert -1 <= data.targets.min() < -0.9 and 0.9 < data.targets.max() <= 1
    assert 0.3 < (data.targets == 0).mean() < 0.7  # a plain lies around them


def test_multi_gauss_noise_moves_the_place_where_the_height_is_taken() -> None:
    clean, noisy = made("multi_gauss:samples=3000"), made("multi_gauss:samples=3000,noise=5")
    moved = np.abs(noisy.targets - clean.targets)
    # By up to 0.3 in both directions, on slopes of 1/2.
    assert 0.1 < moved.max() <= math.hypot(0.3, 0.3) / 2 + 1e-12
    far = np.array(
        [min(math.hypot(x - cx, y - cy) for cx in (-4, 0, 4) for cy in (2.5, -2.5)) for x, y in clean.inputs]
    )
    assert (moved[far > 2.5] == 0).all()


def test_sine_surface_is_the_mean_of_two_sines() -> None:
    data = made("sine_surface")
    x, y = data.inputs.T
    np.testing.assert_allclose(data.targets[:, 0], (np.sin(x) + np.sin(y)) / 2)


def test_sine_is_a_sine() -> None:
    data = made("sine")
    np.testing.assert_allclose(data.targets, np.sin(data.inputs))
    assert data.input_names == ("x",) and data.output_names == ("y",)


def test_step_jumps_from_0_to_1_at_the_origin() -> None:
    data = made("step")
    np.testing.assert_array_equal(data.targets, data.inputs > 0)
    assert set(data.targets[:, 0]) == {0.0, 1.0}


def test_polynomial_of_degree_3_is_the_third_of_chebyshev_s() -> None:
    data = made("polynomial")
    u = data.inputs / 6
    np.testing.assert_allclose(data.targets, 4 * u**3 - 3 * u, atol=1e-12)


@pytest.mark.parametrize("degree", [1, 2, 5, 10])
def test_polynomial_turns_once_less_than_its_degree(degree: int) -> None:
    data = made(f"polynomial:degree={degree},samples=5000")
    along = data.targets[data.inputs[:, 0].argsort(), 0]
    assert np.count_nonzero(np.diff(np.sign(np.diff(along)))) == degree - 1
    assert 0.99 < np.abs(along).max() <= 1 + 1e-12
    assert data.title == f"Polynomial of degree {degree}"


@pytest.mark.parametrize("name", ["sine_surface", "sine", "step", "polynomial"])
def test_noise_is_normal_and_in_hundredths_of_the_target(name: str) -> None:
    clean, noisy = made(f"{name}:samples=50000"), made(f"{name}:samples=50000,noise=20")
    np.testing.assert_array_equal(noisy.inputs, clean.inputs)
    moved = noisy.targets - clean.targets
    assert moved.mean() == pytest.approx(0, abs=0.005)
    assert moved.std() == pytest.approx(0.2, rel=0.03)
    assert (np.abs(moved) < 0.2).mean() == pytest.approx(0.683, abs=0.01)
