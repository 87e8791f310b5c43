"""Optimizers must follow their published formulas, update by update."""

import math
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from nnstudio.engine.choices.optimizers import OPTIMIZERS, Optimizer

RATE = 0.05
START = 0.7
# Signs that stay and turn, a gradient of 0, and sizes far apart.
GRADIENTS = [
    [0.5, 0.4, -0.3, -0.2, 0.6, 0.0, 0.1, 0.1],
    [-2.0, -3.0, -4.0, 5.0, 5.0, 5.0, -1e-3, -1e3],
    [0.0, 0.0, 1e-6, -1e-6, 1e-6, 2e-6, 3e-6, 0.0],
]
Formula = Callable[[list[float]], Iterator[float]]


def sign(x: float) -> int:
    return (x > 0) - (x < 0)


def gradient_descent(gradients: list[float]) -> Iterator[float]:
    p = START
    for g in gradients:
        p -= RATE * g
        yield p


def momentum(gradients: list[float], mu: float = 0.9) -> Iterator[float]:
    p, v = START, 0.0
    for g in gradients:
        v = mu * v - RATE * g
        p = p + v
        yield p


def nesterov(gradients: list[float], mu: float = 0.9) -> Iterator[float]:
    """Bengio et al. (2013), equation 7, with a momentum that does not change."""
    p, v = START, 0.0
    for g in gradients:
        p = p + mu * mu * v - (1 + mu) * RATE * g
        v = mu * v - RATE * g
        yield p


def adagrad(gradients: list[float], epsilon: float = 1e-10) -> Iterator[float]:
    p, s = START, 0.0
    for g in gradients:
        s += g * g
        p -= RATE * g / (math.sqrt(s) + epsilon)
        yield p


def rmsprop(gradients: list[float], decay: float = 0.9, epsilon: float = 1e-8) -> Iterator[float]:
    p, s = START, 0.0
    for g in gradients:
        s = decay * s + (1 - decay) * g * g
        p -= RATE * g / (math.sqrt(s) + epsilon)
        yield p


def adam(
    gradients: list[float], b1: float = 0.9, b2: float = 0.999, epsilon: float = 1e-8, weight_decay: float = 0.0
) -> Iterator[float]:
    """Kingma & Ba (2015), algorithm 1; with weight decay, Loshchilov & Hutter (2019), algorithm 2."""
    p, m, v = START, 0.0, 0.0
    for t, g in enumerate(gradients, start=1):
        m = b1 * m + (1 - b1) * g
        v = b2 * v + (1 - b2) * g * g
        m_hat = m / (1 - b1**t)
        v_hat = v / (1 - b2**t)
        p = p - RATE * (m_hat / (math.sqrt(v_hat) + epsilon) + weight_decay * p)
        yield p


def irprop_minus(
    gradients: list[float], up: float = 1.2, down: float = 0.5, largest: float = 50.0, smallest: float = 1e-6
) -> Iterator[float]:
    """Igel & Hüsken (2000), iRprop-."""
    p, step, previous = START, RATE, 0.0
    for g in gradients:
        if previous * g > 0:
            step = min(step * up, largest)
        elif previous * g < 0:
            step = max(step * down, smallest)
            g = 0.0
        p -= sign(g) * step
        previous = g
        yield p


FORMULAS: dict[str, Formula] = {
    "gradient_descent": gradient_descent,
    "momentum": momentum,
    "momentum:momentum=0.5": lambda g: momentum(g, 0.5),
    "nesterov": nesterov,
    "nesterov:momentum=0.5": lambda g: nesterov(g, 0.5),
    "adagrad": adagrad,
    "adagrad:epsilon=0.1": lambda g: adagrad(g, 0.1),
    "rmsprop": rmsprop,
    "rmsprop:decay=0.5,epsilon=0.01": lambda g: rmsprop(g, 0.5, 0.01),
    "adam": adam,
    "adam:beta1=0.5,beta2=0.8,epsilon=0.01": lambda g: adam(g, 0.5, 0.8, 0.01),
    "adamw": lambda g: adam(g, weight_decay=0.01),
    "adamw:beta1=0.8,weight_decay=0.3": lambda g: adam(g, 0.8, weight_decay=0.3),
    "rprop": irprop_minus,
    "rprop:increase=3.0,decrease=0.1,largest=0.2,smallest=0.02": lambda g: irprop_minus(g, 3.0, 0.1, 0.2, 0.02),
}


def build(text: str, shape: tuple[int, ...], dtype: str = "float64") -> Optimizer:
    return OPTIMIZERS.build(OPTIMIZERS.choice(text), shape=shape, dtype=np.dtype(dtype))


def course(text: str, dtype: str = "float64") -> np.ndarray:
    """The parameters after each update, shape (updates, parameters)."""
    gradients = np.array(GRADIENTS, dtype)
    optimizer, parameters = build(text, (len(gradients),), dtype), np.full(len(gradients), START, dtype)
    rows = []
    for column in gradients.T.copy():
        optimizer.update(parameters, column, np.asarray(RATE, dtype))
        rows.append(parameters.copy())
    return np.array(rows)


def test_every_optimizer_is_checked_here() -> None:
    assert {text.partition(":")[0] for text in FORMULAS} == set(OPTIMIZERS)


@pytest.mark.parametrize("text", FORMULAS)
def test_follows_its_published_formula(text: str) -> None:
    expected = np.array([list(FORMULAS[text](gradients)) for gradients in GRADIENTS]).T
    np.testing.assert_allclose(course(text), expected, rtol=1e-12)


@pytest.mark.parametrize("text", FORMULAS)
def test_single_precision_follows_too(text: str) -> None:
    actual = course(text, "float32")
    assert actual.dtype == np.float32
    np.testing.assert_allclose(actual, course(text), rtol=2e-4)


@pytest.mark.parametrize("text", FORMULAS)
def test_serves_many_networks_with_a_rate_each(text: str) -> None:
    rates = np.array([0.01, 0.05, 0.2])
    together = build(text, (8, 3))
    parameters = np.full((8, 3), START)
    alone = [(build(text, (8,)), np.full(8, START)) for _ in rates]
    for gradient in np.array(GRADIENTS):
        together.update(parameters, np.stack([gradient, -gradient, 2 * gradient], axis=-1), rates)
        for (optimizer, values), rate, factor in zip(alone, rates, (1, -1, 2), strict=True):
            optimizer.update(values, factor * gradient, np.asarray(rate))
    for member, (_, values) in enumerate(alone):
        np.testing.assert_allclose(parameters[:, member], values, rtol=1e-14)


@pytest.mark.parametrize("text", FORMULAS)
def test_a_copied_memory_goes_on_in_the_same_way(text: str) -> None:
    first, second = build(text, (8,)), build(text, (8,))
    p, rate = np.full(8, START), np.asarray(RATE)
    for gradient in np.array(GRADIENTS):
        first.update(p, gradient, rate)
    q = p.copy()
    for name, values in first.memory.items():
        second.memory[name][...] = values
    for gradient in np.array(GRADIENTS):
        first.update(p, gradient.copy(), rate)
        second.update(q, gradient.copy(), rate)
    np.testing.assert_array_equal(p, q)
