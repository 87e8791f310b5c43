"""The loss functions: how far the outputs are from the targets, and in which direction."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import DTypeLike, NDArray

from nnstudio.engine.registry import Entry, Number, Registry

Array = NDArray[Any]


def sum_of_products(a: Array, b: Array) -> Any:
    """Sum of a * b over units and samples: a number for one network, one for each member of a population."""
    if a.ndim == 2:
        return np.vdot(a, b)
    if b.strides[1] == b.itemsize:  # samples lie side by side
        return np.vecdot(a, b, axis=1).sum(axis=0)  # type: ignore[call-overload]
    return np.einsum("ij...,ij...->...", a, b)


_NEEDS_SHARES = "one for any numbers, such as mse, or targets of 0 and 1 (data.targets=single)"


def _are_shares(targets: Array) -> bool:
    """Whether all targets lie in 0 to 1, as those of classes do."""
    return bool(targets.min() >= 0 and targets.max() <= 1)


def sum_over_batch(values: Array) -> Any:
    """Sum over units and samples, the first two axes."""
    return values.sum(axis=(0, 1))


class Loss:
    """A sum of terms over outputs and samples, and its gradient.

    Arrays are laid out ``(outputs, samples, ...)``; axes behind the first two are free. The reported loss is the mean
    of the terms: over samples, and over outputs too where `per_output` is true.

    Parameters
    ----------
    dtype : dtype
        Precision of the arrays it will be given.

    Attributes
    ----------
    per_output : bool
        There is a term for each output of each sample, not one for each sample.
    gradient_factor : float
        `terms_and_gradient` writes the gradient of the terms divided by this, which saves a pass over the array.
    sum_factor : float
        What the reduction "sum" descends is the sum of the terms times this: a half for squared error, as is customary.
    pairs_with : str
        The output activation for which the gradient by the weighted sums has a simple, numerically stable form.
    threshold : float
        With targets 0 and 1, a single output above this means class 1.
    """

    per_output: ClassVar[bool] = True
    gradient_factor: ClassVar[float] = 1.0
    sum_factor: ClassVar[float] = 1.0
    pairs_with: ClassVar[str] = ""
    threshold: ClassVar[float] = 0.5

    def __init__(self, dtype: DTypeLike = np.float64) -> None:
        self._one = np.ones((), dtype)

    def fits(self, targets: Array) -> str:
        """Return what would be right where these targets, shape (samples, outputs), cannot be compared with; else "".

        The words follow "expected".
        """
        return ""

    def terms_and_gradient(self, outputs: Array, targets: Array, gradient: Array) -> Any:
        """Return the sum of the terms, and write their gradient by the outputs, divided by `gradient_factor`.

        Parameters
        ----------
        outputs, targets : ndarray, shape (outputs, samples, ...)
        gradient : ndarray
            An array like `outputs` that is overwritten.

        Returns
        -------
        float or ndarray, shape (...)
        """
        raise NotImplementedError

    def paired_terms_and_gradient(self, z: Array, outputs: Array, targets: Array, gradient: Array) -> Any:
        """The same for the activation named by `pairs_with`, with the gradient by the weighted sums `z`."""
        raise NotImplementedError

    def gradient_scale(self, reduction: str, outputs: int, samples: int) -> float:
        """Return what the gradient that was written has to be multiplied with.

        Parameters
        ----------
        reduction : {"mean", "sum"}
            "mean" descends the reported loss; "sum" the sum of the terms times `sum_factor`.
        """
        if reduction == "sum":
            return self.gradient_factor * self.sum_factor
        return self.gradient_factor / self.count(outputs, samples)

    def count(self, outputs: int, samples: int) -> int:
        """Number of terms in a batch."""
        return outputs * samples if self.per_output else samples


class MeanSquaredError(Loss):
    """(a - y)^2."""

    gradient_factor, sum_factor = 2.0, 0.5

    def terms_and_gradient(self, outputs: Array, targets: Array, gradient: Array) -> Any:
        np.subtract(outputs, targets, gradient)
        return sum_of_products(gradient, gradient)


class HalfSquaredError(Loss):
    """(a - y)^2 / 2, whose gradient is a - y."""

    def terms_and_gradient(self, outputs: Array, targets: Array, gradient: Array) -> Any:
        np.subtract(outputs, targets, gradient)
        return sum_of_products(gradient, gradient) / 2


class MeanAbsoluteError(Loss):
    """|a - y|, with derivative 0 where they are equal."""

    def terms_and_gradient(self, outputs: Array, targets: Array, gradient: Array) -> Any:
        np.subtract(outputs, targets, gradient)
        total = sum_over_batch(np.abs(gradient))
        np.sign(gradient, gradient)
        return total


class Huber(Loss):
    """(a - y)^2 / 2 up to a distance of delta, from there on delta (|a - y| - delta / 2)."""

    def __init__(self, dtype: DTypeLike = np.float64, *, delta: float = 1.0) -> None:
        super().__init__(dtype)
        self._delta = np.asarray(delta, dtype)

    def terms_and_gradient(self, outputs: Array, targets: Array, gradient: Array) -> Any:
        difference = outputs - targets
        np.clip(difference, -self._delta, self._delta, out=gradient)
        # With c the clipped difference d, both branches are c d - c^2 / 2.
        return sum_of_products(gradient, difference) - sum_of_products(gradient, gradient) / 2


class BinaryCrossEntropy(Loss):
    """-y ln(a) - (1 - y) ln(1 - a), with a kept a hair away from 0 and 1 so that the logarithm exists."""

    pairs_with = "sigmoid"

    def __init__(self, dtype: DTypeLike = np.float64) -> None:
        super().__init__(dtype)
        self._epsilon = np.asarray(np.finfo(np.dtype(dtype)).eps, dtype)

    def fits(self, targets: Array) -> str:
        return "" if _are_shares(targets) else _NEEDS_SHARES

    def terms_and_gradient(self, outputs: Array, targets: Array, gradient: Array) -> Any:
        a = np.clip(outputs, self._epsilon, self._one - self._epsilon)
        np.divide(a - targets, a * (self._one - a), gradient)
        gradient[outputs != a] = 0  # beyond the clip the loss is constant
        return sum_over_batch(-targets * np.log(a) - (self._one - targets) * np.log1p(-a))

    def paired_terms_and_gradient(self, z: Array, outputs: Array, targets: Array, gradient: Array) -> Any:
        # -y ln(sigmoid(z)) - (1 - y) ln(1 - sigmoid(z)) = ln(exp(-y z) + exp((1 - y) z)): no overflow, and no
        # large numbers that cancel, so that the loss of a network that is sure and right stays positive.
        np.multiply(targets, z, gradient)
        no = z - gradient
        np.negative(gradient, gradient)
        np.logaddexp(gradient, no, gradient)
        total = sum_over_batch(gradient)
        np.subtract(outputs, targets, gradient)
        return total


class SoftmaxCrossEntropy(Loss):
    """-sum over outputs of y ln(softmax(z)).

    Behind a softmax layer z are that layer's weighted sums, so that the network's outputs are the probabilities. Behind
    any other output activation the outputs themselves serve as z, as in PyTorch's CrossEntropyLoss.
    """

    per_output = False
    pairs_with = "softmax"

    def fits(self, targets: Array) -> str:
        if targets.shape[1] < 2:
            return "one for a single output, or data with one output for each class (data.targets=one_hot)"
        return "" if _are_shares(targets) else _NEEDS_SHARES

    def terms_and_gradient(self, outputs: Array, targets: Array, gradient: Array) -> Any:
        return self.paired_terms_and_gradient(outputs, outputs, targets, gradient)

    def paired_terms_and_gradient(self, z: Array, outputs: Array, targets: Array, gradient: Array) -> Any:
        np.subtract(z, z.max(axis=0), gradient)
        total = -sum_of_products(targets, gradient)
        np.exp(gradient, gradient)
        sums = gradient.sum(axis=0)
        weight = targets.sum(axis=0)  # 1 for each sample where targets are one-hot
        total = total + (weight * np.log(sums)).sum(axis=0)
        np.multiply(gradient, weight / sums, gradient)
        np.subtract(gradient, targets, gradient)
        return total


class Hinge(Loss):
    """max(0, 1 - t a), where t is -1 for the target 0 and 1 for the target 1."""

    threshold = 0.0

    def fits(self, targets: Array) -> str:
        return "" if _are_shares(targets) else _NEEDS_SHARES

    def terms_and_gradient(self, outputs: Array, targets: Array, gradient: Array) -> Any:
        np.subtract(self._one, targets + targets, gradient)  # -t, the slope where the margin is missed
        margin = self._one + gradient * outputs
        missed = margin > 0
        np.multiply(gradient, missed, gradient)
        return sum_over_batch(np.where(missed, margin, 0))


LOSSES: Registry[Loss] = Registry(
    "loss",
    [
        Entry(
            name="mse",
            label="Mean squared error",
            build=MeanSquaredError,
            summary="The mean of the squared differences: the tutorial's. Flat where a sigmoid is wrong and sure.",
            source="Rumelhart, Hinton & Williams, Nature 323 (1986)",
        ),
        Entry(
            name="half_mse",
            label="Half squared error",
            build=HalfSquaredError,
            summary="Half of it, so that its slope is the difference itself: the loss of TensorFlow Playground.",
            source="Bishop, Pattern Recognition and Machine Learning, eq. 5.11 (2006)",
        ),
        Entry(
            name="mae",
            label="Mean absolute error",
            build=MeanAbsoluteError,
            summary="The mean of the absolute differences: outliers count no more than their size.",
            source="Hastie, Tibshirani & Friedman, The Elements of Statistical Learning, 2nd ed., section 10.6 (2009)",
        ),
        Entry(
            name="huber",
            label="Huber",
            build=Huber,
            summary="Squared for small differences, absolute for large ones.",
            source="Huber, Annals of Mathematical Statistics 35 (1964)",
            parameters=(
                Number(
                    key="delta",
                    label="Delta",
                    default=1.0,
                    minimum=0.0,
                    above=True,
                    maximum=1000.0,
                    help="The difference from which on the loss grows in a straight line.",
                ),
            ),
        ),
        Entry(
            name="binary_cross_entropy",
            label="Binary cross-entropy",
            build=BinaryCrossEntropy,
            summary="For outputs that are probabilities of yes or no: a wrong and sure output is corrected hard.",
            source="Bishop, Pattern Recognition and Machine Learning, eq. 4.90 (2006)",
        ),
        Entry(
            name="softmax_cross_entropy",
            label="Softmax cross-entropy",
            build=SoftmaxCrossEntropy,
            summary="For one output per class: compares the classes' probabilities with the right class.",
            source="Bishop, Pattern Recognition and Machine Learning, eq. 4.108 (2006)",
        ),
        Entry(
            name="hinge",
            label="Hinge",
            build=Hinge,
            summary="Asks for a margin, not a value: outputs beyond -1 or 1 on the right side cost nothing.",
            source="Cortes & Vapnik, Machine Learning 20 (1995)",
        ),
    ],
)
