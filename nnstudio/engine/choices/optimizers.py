"""The optimizers: how a gradient changes the parameters."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import DTypeLike, NDArray

from nnstudio.engine.registry import Entry, Number, Registry

Array = NDArray[Any]


class Optimizer:
    """An update rule, with the memory that it keeps for each parameter.

    Everything is element by element, so that arrays of any shape will do: one network's parameters, or those of a
    whole population, with settings of its own for each member as arrays that broadcast against them.

    Parameters
    ----------
    shape : tuple of int
        Shape of the parameters.
    dtype : dtype
        Precision of the parameters.

    Attributes
    ----------
    memory : dict of str to ndarray
        What the rule remembers from one update to the next; saving and restoring it resumes a run exactly.
    """

    memory_names: ClassVar[tuple[str, ...]] = ()

    def __init__(self, shape: tuple[int, ...], dtype: DTypeLike = np.float64) -> None:
        self.memory: dict[str, Array] = {name: np.zeros(shape, dtype) for name in self.memory_names}
        self._scratch = np.empty(shape, dtype)

    def update(self, parameters: Array, gradient: Array, rate: Array) -> None:
        """Change `parameters` in place; the content of `gradient` is destroyed.

        Parameters
        ----------
        parameters, gradient : ndarray
        rate : ndarray
            The learning rate of this update: a number, or one for each member of a population.
        """
        raise NotImplementedError


class GradientDescent(Optimizer):
    """p <- p - rate g."""

    def update(self, parameters: Array, gradient: Array, rate: Array) -> None:
        np.multiply(gradient, rate, gradient)
        np.subtract(parameters, gradient, parameters)


class Momentum(Optimizer):
    """v <- momentum v - rate g; p <- p + v."""

    memory_names = ("velocity",)

    def __init__(self, shape: tuple[int, ...], dtype: DTypeLike = np.float64, *, momentum: float = 0.9) -> None:
        super().__init__(shape, dtype)
        self._momentum = np.asarray(momentum, dtype)

    def update(self, parameters: Array, gradient: Array, rate: Array) -> None:
        velocity = self.memory["velocity"]
        np.multiply(velocity, self._momentum, velocity)
        np.multiply(gradient, rate, gradient)
        np.subtract(velocity, gradient, velocity)
        np.add(parameters, velocity, parameters)


class Nesterov(Momentum):
    """v <- momentum v - rate g; p <- p + momentum v - rate g, where p stands for the point looked ahead to."""

    def update(self, parameters: Array, gradient: Array, rate: Array) -> None:
        velocity = self.memory["velocity"]
        np.multiply(velocity, self._momentum, velocity)
        np.multiply(gradient, rate, gradient)
        np.subtract(velocity, gradient, velocity)
        np.multiply(velocity, self._momentum, self._scratch)
        np.subtract(self._scratch, gradient, self._scratch)
        np.add(parameters, self._scratch, parameters)


class AdaGrad(Optimizer):
    """s <- s + g^2; p <- p - rate g / (sqrt(s) + epsilon)."""

    memory_names = ("squares",)

    def __init__(self, shape: tuple[int, ...], dtype: DTypeLike = np.float64, *, epsilon: float = 1e-10) -> None:
        super().__init__(shape, dtype)
        self._epsilon = np.asarray(epsilon, dtype)

    def _step(self, parameters: Array, gradient: Array, rate: Array) -> None:
        np.sqrt(self.memory["squares"], self._scratch)
        np.add(self._scratch, self._epsilon, self._scratch)
        np.divide(gradient, self._scratch, gradient)
        np.multiply(gradient, rate, gradient)
        np.subtract(parameters, gradient, parameters)

    def update(self, parameters: Array, gradient: Array, rate: Array) -> None:
        np.multiply(gradient, gradient, self._scratch)
        np.add(self.memory["squares"], self._scratch, self.memory["squares"])
        self._step(parameters, gradient, rate)


class RMSprop(AdaGrad):
    """s <- decay s + (1 - decay) g^2; p <- p - rate g / (sqrt(s) + epsilon)."""

    def __init__(
        self, shape: tuple[int, ...], dtype: DTypeLike = np.float64, *, decay: float = 0.9, epsilon: float = 1e-8
    ) -> None:
        super().__init__(shape, dtype, epsilon=epsilon)
        self._decay = np.asarray(decay, dtype)
        self._rest = np.asarray(1 - decay, dtype)

    def update(self, parameters: Array, gradient: Array, rate: Array) -> None:
        squares = self.memory["squares"]
        np.multiply(gradient, gradient, self._scratch)
        np.multiply(self._scratch, self._rest, self._scratch)
        np.multiply(squares, self._decay, squares)
        np.add(squares, self._scratch, squares)
        self._step(parameters, gradient, rate)


class Adam(Optimizer):
    """m <- b1 m + (1 - b1) g; v <- b2 v + (1 - b2) g^2; p <- p - rate m^ / (sqrt(v^) + epsilon).

    At update t, from 1, m^ = m / (1 - b1^t) and v^ = v / (1 - b2^t) correct the bias of a memory that begins at 0.
    """

    memory_names = ("mean", "squares")

    def __init__(
        self,
        shape: tuple[int, ...],
        dtype: DTypeLike = np.float64,
        *,
        beta1: float = 0.9,
        beta2: float = 0.999,
        epsilon: float = 1e-8,
    ) -> None:
        super().__init__(shape, dtype)
        self.memory["updates"] = np.zeros((), np.int64)
        self._betas = beta1, beta2
        self._beta1, self._rest1 = np.asarray(beta1, dtype), np.asarray(1 - beta1, dtype)
        self._beta2, self._rest2 = np.asarray(beta2, dtype), np.asarray(1 - beta2, dtype)
        self._epsilon = np.asarray(epsilon, dtype)

    def update(self, parameters: Array, gradient: Array, rate: Array) -> None:
        mean, squares, scratch = self.memory["mean"], self.memory["squares"], self._scratch
        self.memory["updates"] += 1
        updates = int(self.memory["updates"])
        np.multiply(mean, self._beta1, mean)
        np.multiply(gradient, self._rest1, scratch)
        np.add(mean, scratch, mean)
        np.multiply(squares, self._beta2, squares)
        np.multiply(gradient, gradient, gradient)
        np.multiply(gradient, self._rest2, gradient)
        np.add(squares, gradient, squares)
        np.divide(squares, 1 - self._betas[1] ** updates, scratch)
        np.sqrt(scratch, scratch)
        np.add(scratch, self._epsilon, scratch)
        np.divide(mean, scratch, gradient)
        np.multiply(gradient, rate, gradient)
        np.divide(gradient, 1 - self._betas[0] ** updates, gradient)
        np.subtract(parameters, gradient, parameters)


class AdamW(Adam):
    """Adam, with the parameters first shrunk by the factor 1 - rate weight_decay."""

    def __init__(
        self,
        shape: tuple[int, ...],
        dtype: DTypeLike = np.float64,
        *,
        beta1: float = 0.9,
        beta2: float = 0.999,
        epsilon: float = 1e-8,
        weight_decay: float = 0.01,
    ) -> None:
        super().__init__(shape, dtype, beta1=beta1, beta2=beta2, epsilon=epsilon)
        self._weight_decay = np.asarray(weight_decay, dtype)

    def update(self, parameters: Array, gradient: Array, rate: Array) -> None:
        np.multiply(parameters, self._weight_decay * rate, self._scratch)
        np.subtract(parameters, self._scratch, parameters)
        super().update(parameters, gradient, rate)


class Rprop(Optimizer):
    """Each parameter has a step of its own, which grows while the sign of its gradient stays and shrinks when it turns.

    p <- p - sign(g) step. Where the sign has just turned, the gradient counts as 0 once (iRprop-).
    The learning rate is the first step.
    """

    memory_names = ("step", "previous")

    def __init__(
        self,
        shape: tuple[int, ...],
        dtype: DTypeLike = np.float64,
        *,
        increase: float = 1.2,
        decrease: float = 0.5,
        largest: float = 50.0,
        smallest: float = 1e-6,
    ) -> None:
        super().__init__(shape, dtype)
        self._increase, self._decrease = increase, decrease
        self._largest, self._smallest = largest, smallest

    def update(self, parameters: Array, gradient: Array, rate: Array) -> None:
        step, previous = self.memory["step"], self.memory["previous"]
        np.copyto(step, rate, where=step == 0)  # no step is ever 0 once it has been set
        np.multiply(gradient, previous, self._scratch)
        turned = self._scratch < 0
        np.multiply(step, self._increase, step, where=self._scratch > 0)
        np.multiply(step, self._decrease, step, where=turned)
        np.clip(step, self._smallest, self._largest, out=step)
        np.copyto(gradient, 0, where=turned)
        np.copyto(previous, gradient)
        np.sign(gradient, gradient)
        np.multiply(gradient, step, gradient)
        np.subtract(parameters, gradient, parameters)


def _decay(key: str, label: str, default: float, help: str) -> Number:
    return Number(key=key, label=label, default=default, minimum=0.0, maximum=1.0, below=True, help=help)


_MOMENTUM = _decay(
    "momentum", "Momentum", 0.9, "How much of the last step is kept: 0 is plain gradient descent, 0.9 rolls on."
)
_BETAS = (
    _decay("beta1", "Beta 1", 0.9, "How slowly the running mean of the gradient forgets."),
    _decay("beta2", "Beta 2", 0.999, "How slowly the running mean of its square forgets."),
)


def _epsilon(default: float) -> Number:
    return Number(
        key="epsilon",
        label="Epsilon",
        default=default,
        minimum=0.0,
        maximum=1.0,
        above=True,
        log=True,
        help="Added to the divisor, so that a parameter without a gradient does not divide by 0.",
    )


OPTIMIZERS: Registry[Optimizer] = Registry(
    "optimizer",
    [
        Entry(
            name="gradient_descent",
            label="Gradient descent",
            build=GradientDescent,
            summary="A step against the gradient, as long as learning rate times gradient. The tutorial's.",
            source="Cauchy, Comptes Rendus 25 (1847)",
        ),
        Entry(
            name="momentum",
            label="Momentum",
            build=Momentum,
            parameters=(_MOMENTUM,),
            summary="Keeps rolling in the direction of earlier steps: crosses plateaus, may overshoot.",
            source="Polyak, USSR Computational Mathematics 4 (1964)",
        ),
        Entry(
            name="nesterov",
            label="Nesterov",
            build=Nesterov,
            parameters=(_MOMENTUM,),
            summary="Momentum that looks at the gradient ahead of the step, and so brakes in time.",
            source="Sutskever, Martens, Dahl & Hinton, ICML (2013), in the form of Bengio et al., ICASSP (2013)",
        ),
        Entry(
            name="adagrad",
            label="AdaGrad",
            build=AdaGrad,
            parameters=(_epsilon(1e-10),),
            summary="Smaller steps for parameters that have had large gradients; slows down for good.",
            source="Duchi, Hazan & Singer, JMLR 12 (2011)",
        ),
        Entry(
            name="rmsprop",
            label="RMSprop",
            build=RMSprop,
            parameters=(
                _decay("decay", "Decay", 0.9, "How slowly the running mean of the squared gradient forgets."),
                _epsilon(1e-8),
            ),
            summary="AdaGrad that forgets: divides by the recent size of the gradient.",
            source="Tieleman & Hinton, Neural Networks for Machine Learning, lecture 6.5 (2012)",
        ),
        Entry(
            name="adam",
            label="Adam",
            build=Adam,
            parameters=(*_BETAS, _epsilon(1e-8)),
            summary="Momentum and RMSprop together: works almost anywhere with a learning rate of 0.001 to 0.05.",
            source="Kingma & Ba, ICLR (2015)",
        ),
        Entry(
            name="adamw",
            label="AdamW",
            build=AdamW,
            parameters=(
                *_BETAS,
                _epsilon(1e-8),
                Number(
                    key="weight_decay",
                    label="Weight decay",
                    default=0.01,
                    minimum=0.0,
                    maximum=1.0,
                    help="How strongly all parameters are pulled to 0, apart from the gradient.",
                ),
            ),
            summary="Adam with weight decay kept apart from the gradient.",
            source="Loshchilov & Hutter, ICLR (2019)",
        ),
        Entry(
            name="rprop",
            label="Rprop",
            build=Rprop,
            parameters=(
                Number(
                    key="increase",
                    label="Increase",
                    default=1.2,
                    minimum=1.0,
                    above=True,
                    maximum=10.0,
                    help="Factor on a step while the sign of the gradient stays.",
                ),
                Number(
                    key="decrease",
                    label="Decrease",
                    default=0.5,
                    minimum=0.0,
                    above=True,
                    maximum=1.0,
                    below=True,
                    help="Factor on a step when the sign turns.",
                ),
                Number(
                    key="largest",
                    label="Largest step",
                    default=50.0,
                    minimum=0.0,
                    above=True,
                    maximum=1e6,
                    log=True,
                    help="No step grows beyond this.",
                ),
                Number(
                    key="smallest",
                    label="Smallest step",
                    default=1e-6,
                    minimum=0.0,
                    above=True,
                    maximum=1.0,
                    log=True,
                    help="No step shrinks below this.",
                ),
            ),
            summary="Uses only the sign of each gradient; strong with the full batch, not made for mini-batches.",
            source="Riedmiller & Braun, ICNN (1993); the variant iRprop- of Igel & Hüsken, NC (2000)",
        ),
    ],
)
