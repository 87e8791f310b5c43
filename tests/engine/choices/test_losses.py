"""Losses must be the textbook's, right for every output activation, and finite where an answer is sure."""

import math
from collections.abc import Callable

import numpy as np
import pytest

from nnstudio.engine import Dataset, ExperimentSpec, Trainer
from nnstudio.engine.choices.losses import LOSSES, Loss


def cross_entropy(a: list[float], y: list[float]) -> float:
    total = sum(math.exp(each) for each in a)
    return -sum(target * math.log(math.exp(each) / total) for each, target in zip(a, y, strict=True))


def each(term: Callable[[float, float], float]) -> Callable[[list[float], list[float]], float]:
    return lambda a, y: sum(term(output, target) for output, target in zip(a, y, strict=True))


# The sum of the terms of one sample, from its outputs and its targets.
FORMULAS: dict[str, Callable[[list[float], list[float]], float]] = {
    "mse": each(lambda a, y: (y - a) ** 2),
    "half_mse": each(lambda a, y: (y - a) ** 2 / 2),
    "mae": each(lambda a, y: abs(y - a)),
    "huber": each(lambda a, y: (y - a) ** 2 / 2 if abs(y - a) <= 1 else abs(y - a) - 0.5),
    "huber:delta=0.3": each(lambda a, y: (y - a) ** 2 / 2 if abs(y - a) <= 0.3 else 0.3 * (abs(y - a) - 0.15)),
    "binary_cross_entropy": each(lambda a, y: -math.log(a) if y == 1 else -math.log(1 - a)),
    "softmax_cross_entropy": cross_entropy,
    "hinge": each(lambda a, y: max(0, 1 - (1 if y == 1 else -1) * a)),
}


def build(text: str, dtype: str = "float64") -> Loss:
    return LOSSES.build(LOSSES.choice(text), dtype=np.dtype(dtype))


def samples(text: str, dtype: str = "float64") -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(3)
    outputs = rng.uniform(0.05, 0.95, (3, 8)) if text.startswith("binary") else rng.normal(0, 1.5, (3, 8))
    return outputs.astype(dtype), np.eye(3, dtype=dtype)[:, rng.integers(0, 3, 8)]


def test_every_loss_is_checked_here() -> None:
    assert {text.partition(":")[0] for text in FORMULAS} == set(LOSSES)


@pytest.mark.parametrize("text", FORMULAS)
@pytest.mark.parametrize(("dtype", "tolerance"), [("float64", 1e-13), ("float32", 1e-5)])
def test_is_the_textbook_s_sum(text: str, dtype: str, tolerance: float) -> None:
    outputs, targets = samples(text, dtype)
    total = build(text, dtype).terms_and_gradient(outputs, targets, np.empty_like(outputs))
    columns = zip(outputs.T.astype(float).tolist(), targets.T.tolist(), strict=True)
    assert float(total) == pytest.approx(sum(FORMULAS[text](a, y) for a, y in columns), rel=tolerance)


@pytest.mark.parametrize("text", FORMULAS)
def test_the_gradient_is_the_slope_of_the_sum(text: str) -> None:
    outputs, targets = samples(text)
    loss, gradient, step = build(text), np.empty_like(outputs), 1e-6
    loss.terms_and_gradient(outputs, targets, gradient)
    for index in np.ndindex(outputs.shape):
        high, low = outputs.copy(), outputs.copy()
        high[index] += step
        low[index] -= step
        scratch = np.empty_like(outputs)
        rise = loss.terms_and_gradient(high, targets, scratch) - loss.terms_and_gradient(low, targets, scratch)
        assert gradient[index] * loss.gradient_factor == pytest.approx(rise / (2 * step), rel=1e-6, abs=1e-8)


@pytest.mark.parametrize("text", FORMULAS)
def test_mean_and_sum_differ_by_the_number_of_terms(text: str) -> None:
    loss = build(text)
    terms = 5 if text.startswith("softmax") else 15
    half = 0.5 if text == "mse" else 1.0  # the customary half of the squared error
    assert loss.count(3, 5) == terms
    assert loss.gradient_scale("sum", 3, 5) == pytest.approx(
        half * terms * loss.gradient_scale("mean", 3, 5), rel=1e-15
    )


@pytest.mark.parametrize("text", FORMULAS)
def test_serves_many_networks_at_once(text: str) -> None:
    outputs, targets = (np.stack([x, x[:, ::-1], x[::-1]], axis=-1) for x in samples(text))
    outputs = np.ascontiguousarray(outputs * np.array([1.0, 0.9, 0.8]))
    loss, gradient = build(text), np.empty_like(outputs)
    totals = loss.terms_and_gradient(outputs, targets, gradient)
    for member in range(3):
        alone = np.empty(outputs.shape[:2])
        total = loss.terms_and_gradient(outputs[..., member].copy(), targets[..., member].copy(), alone)
        assert totals[member] == pytest.approx(total, rel=1e-13)
        np.testing.assert_allclose(gradient[..., member], alone, rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize("text", ["binary_cross_entropy", "softmax_cross_entropy"])
def test_the_paired_form_serves_many_networks_at_once(text: str) -> None:
    _, targets = (np.stack([x, x[::-1]], axis=-1) for x in samples(text))
    z = np.random.default_rng(4).normal(0, 2, targets.shape)
    outputs = 1 / (1 + np.exp(-z)) if text.startswith("binary") else np.exp(z) / np.exp(z).sum(axis=0)
    loss, gradient = build(text), np.empty_like(z)
    totals = loss.paired_terms_and_gradient(z, outputs, targets, gradient)
    np.testing.assert_allclose(gradient, outputs - targets, atol=1e-14)
    wanted = -(targets * np.log(outputs)).sum(axis=(0, 1))
    if text.startswith("binary"):
        wanted -= ((1 - targets) * np.log(1 - outputs)).sum(axis=(0, 1))
    np.testing.assert_allclose(totals, wanted, rtol=1e-13)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("text", ["binary_cross_entropy", "softmax_cross_entropy"])
def test_a_sure_and_wrong_answer_costs_its_distance(text: str, dtype: str) -> None:
    z = np.array([[1000.0], [-1000.0]], dtype)
    outputs, targets = np.array([[1.0], [0.0]], dtype), np.array([[0.0], [1.0]], dtype)
    gradient = np.empty_like(z)
    total = build(text, dtype).paired_terms_and_gradient(z, outputs, targets, gradient)
    assert float(total) == pytest.approx(2000, rel=1e-6)  # either two times 1000, or once the distance of 2000
    np.testing.assert_array_equal(gradient, [[1], [-1]])


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_outputs_that_are_exactly_0_and_1_have_a_finite_cross_entropy(dtype: str) -> None:
    outputs, targets = np.array([[0.0, 1.0, 0.0]], dtype), np.array([[1.0, 0.0, 0.0]], dtype)
    gradient = np.empty_like(outputs)
    total = build("binary_cross_entropy", dtype).terms_and_gradient(outputs, targets, gradient)
    assert float(total) == pytest.approx(-2 * math.log(np.finfo(dtype).eps), rel=1e-3)
    assert np.isfinite(gradient).all()


@pytest.mark.parametrize(("dtype", "tolerance"), [("float64", 1e-12), ("float32", 1e-5)])
def test_a_nearly_perfect_cross_entropy_keeps_its_digits(dtype: str, tolerance: float) -> None:
    """The difference of two large numbers would lose them, and could even come out below 0."""
    z, targets = np.array([[14.0, -13.0, 15.5]], dtype), np.array([[1.0, 0.0, 1.0]], dtype)
    outputs = (1 / (1 + np.exp(-z))).astype(dtype)
    total = build("binary_cross_entropy", dtype).paired_terms_and_gradient(z, outputs, targets, np.empty_like(z))
    expected = sum(math.log1p(math.exp(-distance)) for distance in (14.0, 13.0, 15.5))
    assert float(total) == pytest.approx(expected, rel=tolerance)


def test_soft_targets_keep_their_cross_entropy() -> None:
    z, targets, gradient = np.array([[0.7, -1.2]]), np.array([[0.25, 0.9]]), np.empty((1, 2))
    a = 1 / (1 + np.exp(-z))
    total = build("binary_cross_entropy").paired_terms_and_gradient(z, a, targets, gradient)
    assert total == pytest.approx(float((-targets * np.log(a) - (1 - targets) * np.log(1 - a)).sum()), rel=1e-14)


def test_targets_that_do_not_sum_to_1_keep_their_softmax_cross_entropy() -> None:
    z, targets, gradient = np.array([[0.7], [-1.2], [0.1]]), np.array([[0.5], [0.25], [1.0]]), np.empty((3, 1))
    a = np.exp(z) / np.exp(z).sum()
    total = build("softmax_cross_entropy").terms_and_gradient(z, targets, gradient)
    assert total == pytest.approx(float(-(targets * np.log(a)).sum()), rel=1e-14)
    np.testing.assert_allclose(gradient, targets.sum() * a - targets, rtol=1e-13)


@pytest.mark.parametrize("text", FORMULAS)
def test_the_reported_loss_is_the_mean(text: str) -> None:
    inputs = np.random.default_rng(5).uniform(0.1, 0.9, (6, 2))
    targets = np.eye(2)[[0, 1, 1, 0, 1, 0]]
    data = Dataset("points", inputs, targets, ("x1", "x2"), ("a", "b"))
    settings = {"network.hidden": "none", "network.output_activation": "linear", "training.loss": text}
    trainer = Trainer(ExperimentSpec().with_settings({"data.name": "xor", "data.targets": "one_hot"} | settings), data)
    trainer.network.layers[0].weights[...] = np.eye(2)  # the outputs are the inputs
    trainer.network.layers[0].biases[...] = 0
    total = sum(FORMULAS[text](list(a), list(y)) for a, y in zip(inputs, targets, strict=True))
    assert trainer.loss() == pytest.approx(total / (6 if text.startswith("softmax") else 12), rel=1e-13)
