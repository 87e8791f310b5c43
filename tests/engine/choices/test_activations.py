"""Activations must be the textbook's functions, wherever on the number line a weighted sum lies."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from nnstudio.engine.choices.activations import ACTIVATIONS, Activation
from nnstudio.engine.registry import Choice


def logistic(z: float) -> float:
    return 1 / (1 + math.exp(-z))


# Written for one number at a time, as a textbook would.
FORMULAS: dict[str, Callable[[float], float]] = {
    "sigmoid": logistic,
    "tanh": lambda z: (math.exp(z) - math.exp(-z)) / (math.exp(z) + math.exp(-z)),
    "relu": lambda z: z if z > 0 else 0,
    "leaky_relu": lambda z: z if z > 0 else 0.01 * z,
    "leaky_relu:slope=0.2": lambda z: z if z > 0 else 0.2 * z,
    "elu": lambda z: z if z > 0 else math.exp(z) - 1,
    "elu:alpha=0.5": lambda z: z if z > 0 else 0.5 * (math.exp(z) - 1),
    "gelu": lambda z: 0.5 * z * (1 + math.tanh(math.sqrt(2 / math.pi) * (z + 0.044715 * z**3))),
    "swish": lambda z: z * logistic(z),
    "swish:beta=2.0": lambda z: z * logistic(2 * z),
    "softplus": lambda z: math.log(1 + math.exp(z)),
    "sine": math.sin,
    "sine:frequency=3.0": lambda z: math.sin(3 * z),
    "linear": lambda z: z,
    "step": lambda z: 1 if z > 0 else 0,
}
FAR_AWAY = {  # f(-1000), f(1000)
    "sigmoid": (0, 1), "tanh": (-1, 1), "relu": (0, 1000), "leaky_relu": (-10, 1000), "elu": (-1, 1000),
    "gelu": (0, 1000), "swish": (0, 1000), "softplus": (0, 1000), "linear": (-1000, 1000), "step": (0, 1),
}  # fmt: skip
TRAINABLE = [name for name in ACTIVATIONS if not ACTIVATIONS.build(Choice(name)).not_output]


def build(text: str, dtype: str = "float64") -> Activation:
    return ACTIVATIONS.build(ACTIVATIONS.choice(text), dtype=np.dtype(dtype))


def applied(activation: Activation, z: np.ndarray) -> np.ndarray:
    out = np.full_like(z, np.nan)
    activation.forward(z, out)
    return out


def derivative(activation: Activation, z: np.ndarray) -> np.ndarray:
    gradient = np.ones_like(z)
    activation.backward(z, applied(activation, z), gradient, np.full_like(z, np.nan))
    return gradient


def test_every_activation_is_checked_here() -> None:
    assert {text.partition(":")[0] for text in FORMULAS} | {"softmax"} == set(ACTIVATIONS)


@pytest.mark.parametrize("text", FORMULAS)
@pytest.mark.parametrize(("dtype", "tolerance"), [("float64", 1e-13), ("float32", 2e-5)])
def test_is_the_textbook_s_function(text: str, dtype: str, tolerance: float) -> None:
    z = np.linspace(-6, 6, 49, dtype=dtype).reshape(7, 7)
    expected = np.vectorize(FORMULAS[text], otypes=[float])(z.astype(float))
    actual = applied(build(text, dtype), z)
    assert actual.dtype == dtype
    np.testing.assert_allclose(actual, expected, rtol=tolerance, atol=tolerance)


def test_softmax_is_the_share_of_each_exponential() -> None:
    z = np.array([[1.0, 0.0], [2.0, 0.0], [3.0, -1.0]])
    total = math.exp(1) + math.exp(2) + math.exp(3)
    actual = applied(build("softmax"), z)
    np.testing.assert_allclose(
        actual[:, 0], [math.exp(1) / total, math.exp(2) / total, math.exp(3) / total], rtol=1e-14
    )
    np.testing.assert_allclose(actual.sum(axis=0), 1, rtol=1e-14)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_far_away_sums_stay_finite(name: str, dtype: str) -> None:
    activation, z = build(name, dtype), np.array([[-1000.0, 1000.0]], dtype)
    with np.errstate(over="ignore"):  # as in training: exp may overflow on its way to 0
        value = applied(activation, z)
        assert np.isfinite(value).all()
        if name in FAR_AWAY:
            np.testing.assert_allclose(value[0], FAR_AWAY[name], rtol=1e-6)
        if name in TRAINABLE:
            assert np.isfinite(derivative(activation, z)).all()


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_softmax_of_far_away_sums_is_a_sure_answer(dtype: str) -> None:
    np.testing.assert_array_equal(applied(build("softmax", dtype), np.array([[1000.0], [-1000.0]], dtype)), [[1], [0]])


@pytest.mark.parametrize("text", [text for text in FORMULAS if text != "step"])
def test_backward_multiplies_by_the_derivative(text: str) -> None:
    z = np.linspace(-4.03, 4.01, 30).reshape(5, 6)  # no point is at the kink
    step = 1e-6
    formula = np.vectorize(FORMULAS[text], otypes=[float])
    expected = (formula(z + step) - formula(z - step)) / (2 * step)
    np.testing.assert_allclose(derivative(build(text), z), expected, rtol=1e-7, atol=1e-8)


@pytest.mark.parametrize("name", TRAINABLE)
def test_backward_keeps_the_values_that_the_next_layer_still_needs(name: str) -> None:
    activation, z = build(name), np.random.default_rng(1).normal(size=(3, 4))
    a = applied(activation, z)
    z_before, a_before = z.copy(), a.copy()
    activation.backward(z, a, np.ones_like(z), np.empty_like(z))
    np.testing.assert_array_equal(z, z_before)
    np.testing.assert_array_equal(a, a_before)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_serves_many_networks_at_once(name: str) -> None:
    z = np.random.default_rng(2).normal(size=(3, 4, 5))
    activation = build(name)
    a = applied(activation, z)
    for member in range(5):
        np.testing.assert_allclose(a[..., member], applied(activation, z[..., member].copy()), rtol=1e-14)
        if name in TRAINABLE:
            together, alone = derivative(activation, z)[..., member], derivative(activation, z[..., member].copy())
            np.testing.assert_allclose(together, alone, rtol=1e-12, atol=1e-15)


RANGES = {
    "sigmoid": (0, 1),
    "tanh": (-1, 1),
    "relu": (0, np.inf),
    "softplus": (0, np.inf),
    "sine": (-1, 1),
    "step": (0, 1),
    "softmax": (0, 1),
}


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_stays_in_its_range(name: str) -> None:
    activation = build(name)
    value = applied(activation, np.linspace(-30, 30, 121)[None, :].repeat(2, axis=0))
    lowest, highest = RANGES.get(name, (-np.inf, np.inf))
    assert lowest <= value.min() and value.max() <= highest


def test_nothing_learns_through_a_step() -> None:
    z: Any = np.zeros((1, 1))
    with pytest.raises(ValueError, match=r"derivative 0.*sigmoid"):
        build("step").backward(z, z, z, z)
