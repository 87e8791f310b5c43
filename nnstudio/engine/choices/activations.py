"""The activation functions: what each neuron makes of the weighted sum of its inputs."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np
from numpy.typing import DTypeLike, NDArray

from nnstudio.engine.registry import Entry, Number, Registry

Array = NDArray[Any]


class Activation:
    """A function applied to the weighted sums of one layer.

    Arrays are laid out ``(units, samples, ...)``: all axes behind the first are free, so that one activation serves a
    single network and a whole population. Both methods work in place and allocate only where a formula has several
    terms.

    Parameters
    ----------
    dtype : dtype
        Precision of the arrays it will be given; constants are held in it.
    """

    name: ClassVar[str]
    #: f(z) as a line of NumPy, for z of shape (samples, units); parameters in braces.
    expression: ClassVar[str]
    #: Why it cannot be trained in a hidden layer, or in the output layer; empty where it can.
    not_hidden: ClassVar[str] = ""
    not_output: ClassVar[str] = ""

    def __init__(self, dtype: DTypeLike = np.float64) -> None:
        # Zero-dimensional arrays as operands cost half of what Python floats do in NumPy calls on tiny arrays.
        self._one = np.ones((), dtype)

    def forward(self, z: Array, out: Array) -> None:
        """Write f(z) to `out`, an array like `z` that is not `z` itself."""
        raise NotImplementedError

    def backward(self, z: Array, a: Array, gradient: Array, scratch: Array) -> None:
        """Turn the gradient by the outputs into the gradient by the weighted sums, in place: multiply it by f'(z).

        Parameters
        ----------
        z, a : ndarray
            The weighted sums and f(z), as the last forward pass left them.
        gradient : ndarray
            dL/da on entry, dL/dz on return.
        scratch : ndarray
            An array like `z` whose content may be destroyed.
        """
        raise NotImplementedError


class Sigmoid(Activation):
    """1 / (1 + exp(-z))."""

    name = "sigmoid"
    expression = "1 / (1 + np.exp(-z))"

    def forward(self, z: Array, out: Array) -> None:
        np.negative(z, out)
        np.exp(out, out)
        np.add(out, self._one, out)
        np.divide(self._one, out, out)  # NumPy divides several numbers at once, but takes reciprocals one by one

    def backward(self, z: Array, a: Array, gradient: Array, scratch: Array) -> None:
        np.multiply(a, a, scratch)
        np.subtract(a, scratch, scratch)
        np.multiply(gradient, scratch, gradient)


class Tanh(Activation):
    """tanh(z)."""

    name = "tanh"
    expression = "np.tanh(z)"

    def forward(self, z: Array, out: Array) -> None:
        np.tanh(z, out)

    def backward(self, z: Array, a: Array, gradient: Array, scratch: Array) -> None:
        np.multiply(a, a, scratch)
        np.subtract(self._one, scratch, scratch)
        np.multiply(gradient, scratch, gradient)


class Relu(Activation):
    """max(0, z), with derivative 0 at 0."""

    name = "relu"
    expression = "np.maximum(z, 0)"

    def forward(self, z: Array, out: Array) -> None:
        np.maximum(z, 0, out=out)

    def backward(self, z: Array, a: Array, gradient: Array, scratch: Array) -> None:
        np.sign(a, scratch)  # a is never negative, so this is 1 where the neuron is active and 0 elsewhere
        np.multiply(gradient, scratch, gradient)


class LeakyRelu(Activation):
    """z for z > 0, slope z otherwise."""

    name = "leaky_relu"
    expression = "np.where(z > 0, z, {slope} * z)"

    def __init__(self, dtype: DTypeLike = np.float64, *, slope: float = 0.01) -> None:
        super().__init__(dtype)
        self._slope = np.asarray(slope, dtype)

    def forward(self, z: Array, out: Array) -> None:
        np.multiply(z, self._slope, out)
        np.copyto(out, z, where=z > 0)

    def backward(self, z: Array, a: Array, gradient: Array, scratch: Array) -> None:
        np.multiply(gradient, self._slope, gradient, where=z <= 0)


class Elu(Activation):
    """z for z > 0, alpha (exp(z) - 1) otherwise."""

    name = "elu"
    expression = "np.where(z > 0, z, {alpha} * np.expm1(np.minimum(z, 0)))"

    def __init__(self, dtype: DTypeLike = np.float64, *, alpha: float = 1.0) -> None:
        super().__init__(dtype)
        self._alpha = np.asarray(alpha, dtype)

    def forward(self, z: Array, out: Array) -> None:
        np.minimum(z, 0, out=out)
        np.expm1(out, out)
        np.multiply(out, self._alpha, out)
        np.copyto(out, z, where=z > 0)

    def backward(self, z: Array, a: Array, gradient: Array, scratch: Array) -> None:
        np.add(a, self._alpha, scratch)  # alpha exp(z) where z <= 0
        np.copyto(scratch, self._one, where=z > 0)
        np.multiply(gradient, scratch, gradient)


class Gelu(Activation):
    """z Phi(z) in the tanh form: z/2 (1 + tanh(sqrt(2/pi) (z + 0.044715 z^3)))."""

    name = "gelu"
    expression = "z / 2 * (1 + np.tanh(np.sqrt(2 / np.pi) * (z + 0.044715 * z**3)))"

    def __init__(self, dtype: DTypeLike = np.float64) -> None:
        super().__init__(dtype)
        self._scale = np.asarray(math.sqrt(2 / math.pi), dtype)
        self._cubic = np.asarray(0.044715, dtype)
        self._half = np.asarray(0.5, dtype)

    def _tanh(self, z: Array, out: Array) -> None:
        np.multiply(z, z, out)
        np.multiply(out, self._cubic, out)
        np.add(out, self._one, out)
        np.multiply(out, z, out)
        np.multiply(out, self._scale, out)
        np.tanh(out, out)

    def forward(self, z: Array, out: Array) -> None:
        self._tanh(z, out)
        np.add(out, self._one, out)
        np.multiply(out, z, out)
        np.multiply(out, self._half, out)

    def backward(self, z: Array, a: Array, gradient: Array, scratch: Array) -> None:
        self._tanh(z, scratch)
        inner_slope = self._scale * (self._one + 3 * self._cubic * z * z)
        derivative = self._half * (self._one + scratch) + self._half * z * (self._one - scratch * scratch) * inner_slope
        np.multiply(gradient, derivative, gradient)


class Swish(Activation):
    """z sigmoid(beta z); beta 1 is also called SiLU."""

    name = "swish"
    expression = "z / (1 + np.exp(-{beta} * z))"

    def __init__(self, dtype: DTypeLike = np.float64, *, beta: float = 1.0) -> None:
        super().__init__(dtype)
        self._beta = np.asarray(beta, dtype)

    def _gate(self, z: Array, out: Array) -> None:
        np.multiply(z, -self._beta, out)
        np.exp(out, out)
        np.add(out, self._one, out)
        np.divide(self._one, out, out)

    def forward(self, z: Array, out: Array) -> None:
        self._gate(z, out)
        np.multiply(out, z, out)

    def backward(self, z: Array, a: Array, gradient: Array, scratch: Array) -> None:
        self._gate(z, scratch)
        np.multiply(gradient, scratch + self._beta * a * (self._one - scratch), gradient)


class Softplus(Activation):
    """ln(1 + exp(z)), a smooth relu."""

    name = "softplus"
    expression = "np.logaddexp(0, z)"

    def __init__(self, dtype: DTypeLike = np.float64) -> None:
        super().__init__(dtype)
        self._zero = np.zeros((), dtype)

    def forward(self, z: Array, out: Array) -> None:
        np.logaddexp(self._zero, z, out)

    def backward(self, z: Array, a: Array, gradient: Array, scratch: Array) -> None:
        np.subtract(z, a, scratch)
        np.exp(scratch, scratch)  # exp(z - ln(1 + exp(z))) = sigmoid(z)
        np.multiply(gradient, scratch, gradient)


class Sine(Activation):
    """sin(frequency z)."""

    name = "sine"
    expression = "np.sin({frequency} * z)"

    def __init__(self, dtype: DTypeLike = np.float64, *, frequency: float = 1.0) -> None:
        super().__init__(dtype)
        self._frequency = np.asarray(frequency, dtype)

    def forward(self, z: Array, out: Array) -> None:
        np.multiply(z, self._frequency, out)
        np.sin(out, out)

    def backward(self, z: Array, a: Array, gradient: Array, scratch: Array) -> None:
        np.multiply(z, self._frequency, scratch)
        np.cos(scratch, scratch)
        np.multiply(scratch, self._frequency, scratch)
        np.multiply(gradient, scratch, gradient)


class Linear(Activation):
    """z itself."""

    name = "linear"
    expression = "z"

    def forward(self, z: Array, out: Array) -> None:
        np.copyto(out, z)

    def backward(self, z: Array, a: Array, gradient: Array, scratch: Array) -> None:
        pass


class Step(Activation):
    """1 for z > 0, 0 otherwise: the perceptron's. Its derivative is 0 where it exists, so nothing learns through it."""

    name = "step"
    expression = "(z > 0).astype(float)"
    not_hidden = not_output = "its derivative is 0 everywhere, so nothing can be trained through it"

    def forward(self, z: Array, out: Array) -> None:
        np.copyto(out, z > 0)

    def backward(self, z: Array, a: Array, gradient: Array, scratch: Array) -> None:
        raise ValueError(
            "step has the derivative 0 everywhere, so no network can be trained through it; choose sigmoid instead"
        )


class Softmax(Activation):
    """exp(z) divided by its sum over the units of the layer."""

    name = "softmax"
    expression = (
        "np.exp(z - z.max(axis=1, keepdims=True)) / np.exp(z - z.max(axis=1, keepdims=True)).sum(axis=1, keepdims=True)"
    )
    not_hidden = "it makes probabilities of the outputs"

    def forward(self, z: Array, out: Array) -> None:
        # Softmax does not change when all units move together; with the largest at 0, exp cannot overflow.
        np.subtract(z, z.max(axis=0), out)
        np.exp(out, out)
        np.divide(out, out.sum(axis=0), out)

    def backward(self, z: Array, a: Array, gradient: Array, scratch: Array) -> None:
        np.multiply(gradient, a, scratch)
        np.subtract(gradient, scratch.sum(axis=0), gradient)
        np.multiply(gradient, a, gradient)


ACTIVATIONS: Registry[Activation] = Registry(
    "activation",
    [
        Entry(
            name="sigmoid",
            label="Sigmoid",
            build=Sigmoid,
            summary="Squeezes any sum into 0 to 1. The tutorial's choice; slow to learn where it saturates.",
            source="Rumelhart, Hinton & Williams, Nature 323 (1986)",
        ),
        Entry(
            name="tanh",
            label="Tanh",
            build=Tanh,
            summary="Squeezes any sum into -1 to 1. Centred on 0, so it usually learns faster than sigmoid.",
            source="LeCun, Bottou, Orr & Müller, Efficient BackProp (1998)",
        ),
        Entry(
            name="relu",
            label="ReLU",
            build=Relu,
            summary="Passes positive sums, blocks the rest. Fast; a neuron that is never active never learns again.",
            source="Glorot, Bordes & Bengio, AISTATS (2011)",
        ),
        Entry(
            name="leaky_relu",
            label="Leaky ReLU",
            build=LeakyRelu,
            summary="ReLU that lets a little of the negative sums through, so that no neuron dies.",
            source="Maas, Hannun & Ng, ICML (2013)",
            parameters=(
                Number(
                    key="slope",
                    label="Slope",
                    default=0.01,
                    minimum=0.0,
                    maximum=1.0,
                    help="How much of a negative sum passes: 0 is ReLU, 1 is linear.",
                ),
            ),
        ),
        Entry(
            name="elu",
            label="ELU",
            build=Elu,
            summary="Like ReLU, but bends smoothly to a negative floor.",
            source="Clevert, Unterthiner & Hochreiter, ICLR (2016)",
            parameters=(
                Number(
                    key="alpha",
                    label="Alpha",
                    default=1.0,
                    minimum=0.0,
                    above=True,
                    maximum=10.0,
                    help="Depth of the floor: large negative sums come out as minus alpha.",
                ),
            ),
        ),
        Entry(
            name="gelu",
            label="GELU",
            build=Gelu,
            summary="A smooth ReLU weighted by the normal distribution (its usual tanh form).",
            source="Hendrycks & Gimpel, arXiv:1606.08415 (2016)",
        ),
        Entry(
            name="swish",
            label="Swish",
            build=Swish,
            summary="The sum times its own sigmoid; smooth, dips a little below 0. Also called SiLU.",
            source="Ramachandran, Zoph & Le, arXiv:1710.05941 (2017)",
            parameters=(
                Number(
                    key="beta",
                    label="Beta",
                    default=1.0,
                    minimum=0.0,
                    above=True,
                    maximum=10.0,
                    help="Steepness of the gate: large values approach ReLU.",
                ),
            ),
        ),
        Entry(
            name="softplus",
            label="Softplus",
            build=Softplus,
            summary="A smooth ReLU whose derivative is the sigmoid.",
            source="Dugas et al., NIPS 13 (2001)",
        ),
        Entry(
            name="sine",
            label="Sine",
            build=Sine,
            summary="A wave: one neuron can separate XOR with it.",
            source="Sitzmann et al., NeurIPS 33 (2020)",
            parameters=(
                Number(
                    key="frequency",
                    label="Frequency",
                    default=1.0,
                    minimum=0.0,
                    above=True,
                    maximum=100.0,
                    help="Factor on the sum before the sine: higher means more waves, and harder training.",
                ),
            ),
        ),
        Entry(
            name="linear",
            label="Linear",
            build=Linear,
            summary="Passes the sum unchanged. Layers of it collapse into one: no layer of linear neurons learns XOR.",
        ),
        Entry(
            name="step",
            label="Step",
            build=Step,
            summary="The perceptron's 0 or 1. For predicting only: its derivative is 0, so nothing learns through it.",
            source="Rosenblatt, Psychological Review 65 (1958)",
        ),
        Entry(
            name="softmax",
            label="Softmax",
            build=Softmax,
            summary="Turns the output layer into probabilities that sum to 1. For two or more outputs.",
            source="Bridle, NIPS 2 (1990)",
        ),
    ],
)


def unsuited(place: str) -> dict[str, str]:
    """Return the names of the activations that cannot be trained in a place, with the reason.

    Parameters
    ----------
    place : {"not_hidden", "not_output"}
        The attribute that holds the reason.
    """
    reasons = {name: str(getattr(entry.build(), place)) for name, entry in ACTIVATIONS.items()}
    return {name: reason for name, reason in reasons.items() if reason}
