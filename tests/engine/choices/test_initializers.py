"""Initializers must draw what they promise: the tutorial's own numbers, and the others' ranges and spreads."""

import math

import numpy as np
import pytest

from nnstudio.engine import ExperimentSpec, Trainer
from nnstudio.engine.choices.initializers import INITIALIZERS

SHAPES = [(300, 200), (200, 100)]
RANDOM = [name for name in INITIALIZERS if name not in ("zeros", "constant")]
SPREADS = {  # the variance of a weight, given the inputs n and outputs m of its layer
    "standard_normal": lambda n, m: 1,
    "uniform": lambda n, m: 1 / 12,
    "xavier_uniform": lambda n, m: 2 / (n + m),
    "xavier_normal": lambda n, m: 2 / (n + m),
    "he_uniform": lambda n, m: 2 / n,
    "he_normal": lambda n, m: 2 / n,
}
LIMITS = {
    "uniform": lambda n, m: 0.5,
    "xavier_uniform": lambda n, m: math.sqrt(6 / (n + m)),
    "he_uniform": lambda n, m: math.sqrt(6 / n),
}


def draw(text: str, seed: int = 0) -> list[np.ndarray]:
    initializer = INITIALIZERS.build(INITIALIZERS.choice(text))
    return initializer.initialize(SHAPES, seed, np.random.default_rng(seed))


def test_every_initializer_is_checked_here() -> None:
    assert set(SPREADS) == set(RANDOM)


@pytest.mark.parametrize("seed", [0, 42])
def test_standard_normal_draws_the_tutorial_s_numbers_in_its_order(seed: int) -> None:
    trainer = Trainer(ExperimentSpec().with_settings({"network.hidden": "4,3", "seed": seed}))
    legacy = np.random.RandomState(seed)
    for layer, shape in zip(trainer.network.layers, [(2, 4), (4, 3), (3, 1)], strict=True):
        np.testing.assert_array_equal(layer.weights, legacy.randn(*shape))
        np.testing.assert_array_equal(layer.biases, 0)


@pytest.mark.parametrize("name", RANDOM)
def test_has_its_mean_and_spread(name: str) -> None:
    for block, (n, m) in zip(draw(name), SHAPES, strict=True):
        weights, deviation = block[:-1], math.sqrt(SPREADS[name](n, m))
        assert weights.shape == (n, m)
        assert abs(weights.mean()) < 5 * deviation / math.sqrt(n * m)
        assert weights.std() == pytest.approx(deviation, rel=0.02)


@pytest.mark.parametrize("name", LIMITS)
def test_a_uniform_one_fills_its_range_and_stays_in_it(name: str) -> None:
    for block, shape in zip(draw(name), SHAPES, strict=True):
        limit = LIMITS[name](*shape)
        assert 0.99 * limit < block[:-1].max() <= limit
        assert -limit <= block[:-1].min() < -0.99 * limit


@pytest.mark.parametrize("name", sorted(set(RANDOM) - set(LIMITS)))
def test_a_normal_one_has_the_bell_s_tails(name: str) -> None:
    weights = draw(name)[0][:-1]
    beyond_two_deviations = np.mean(np.abs(weights) > 2 * weights.std())
    assert beyond_two_deviations == pytest.approx(0.0455, abs=0.005)


@pytest.mark.parametrize(
    ("text", "bias"),
    [("uniform", 0.1), ("uniform:bias=-2", -2), ("constant:bias=3", 3)]
    + [(x, 0) for x in INITIALIZERS if x != "uniform"],
)
def test_all_biases_start_at_their_value(text: str, bias: float) -> None:
    for block in draw(text):
        np.testing.assert_array_equal(block[-1], bias)


@pytest.mark.parametrize(("text", "value"), [("zeros", 0), ("constant", 0.5), ("constant:value=-2", -2)])
def test_one_without_chance_gives_every_weight_its_value(text: str, value: float) -> None:
    for block in draw(text):
        np.testing.assert_array_equal(block[:-1], value)


def test_the_limit_can_be_set() -> None:
    assert 2.9 < np.abs(draw("uniform:limit=3")[0][:-1]).max() <= 3


@pytest.mark.parametrize("name", RANDOM)
def test_the_same_seed_draws_the_same_weights_and_another_seed_others(name: str) -> None:
    spec = ExperimentSpec().with_settings({"network.initializer": name})
    first, again, other = (Trainer(spec.with_settings({"seed": seed})).network.parameters for seed in (5, 5, 6))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_zero_weights_never_leave_their_symmetry() -> None:
    trainer = Trainer(ExperimentSpec().with_settings({"network.initializer": "zeros", "network.hidden": 3}))
    trainer.train(2000)
    for values in (trainer.network.layers[0].weights, trainer.network.layers[1].weights.T):
        np.testing.assert_allclose(values, values[:, :1].repeat(3, axis=1), rtol=0, atol=1e-12)
