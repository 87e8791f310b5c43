"""A network of fully connected layers in one flat parameter vector, with forward propagation and backpropagation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from nnstudio.engine.choices.activations import ACTIVATIONS, Activation
from nnstudio.engine.choices.initializers import Initializer
from nnstudio.engine.choices.losses import Loss
from nnstudio.engine.spec import ExperimentSpec

Array = NDArray[Any]


@dataclass(frozen=True)
class LayerValues:
    """One number for each weight and bias of a layer: parameters, gradients or changes."""

    weights: Array
    biases: Array


@dataclass(frozen=True)
class Layout:
    """Where each layer's weights and biases lie in the flat vector.

    A layer is a block of shape ``(inputs + 1, outputs)``: the weights, with the biases as the last row. A constant 1
    behind the inputs then makes ``W.T @ x + b`` a single product.

    Attributes
    ----------
    sizes : tuple of int
        Units from the inputs to the outputs.
    """

    sizes: tuple[int, ...]

    @property
    def shapes(self) -> tuple[tuple[int, int], ...]:
        """Inputs and outputs of each layer."""
        return tuple(zip(self.sizes[:-1], self.sizes[1:], strict=True))

    @cached_property
    def size(self) -> int:
        """Number of parameters."""
        return sum((inputs + 1) * outputs for inputs, outputs in self.shapes)

    def blocks(self, flat: Array) -> list[Array]:
        """Return views of a flat vector, shape (inputs + 1, outputs) for each layer."""
        views, start = [], 0
        for inputs, outputs in self.shapes:
            end = start + (inputs + 1) * outputs
            views.append(flat[start:end].reshape(inputs + 1, outputs))
            start = end
        return views

    def split(self, flat: Array) -> list[LayerValues]:
        """Return views of a flat vector as weights (inputs, outputs) and biases (outputs,) for each layer."""
        return [LayerValues(block[:-1], block[-1]) for block in self.blocks(flat)]

    def weight_mask(self) -> Array:
        """Return 1 for each parameter that is a weight and 0 for each that is a bias, shape (parameters,)."""
        mask = np.ones(self.size)
        for layer in self.split(mask):
            layer.biases[...] = 0
        return mask


class Network:
    """Fully connected layers over one flat parameter vector.

    Parameters
    ----------
    inputs : int
        Number of inputs.
    layers : sequence of (int, Activation)
        Units and activation of each layer behind the inputs, the output layer last.
    dtype : dtype
        Precision of the parameters.

    Attributes
    ----------
    parameters, gradient : ndarray, shape (parameters,)
        Flat; `layout` says what lies where.
    """

    def __init__(self, inputs: int, layers: Sequence[tuple[int, Activation]], dtype: DTypeLike = np.float64) -> None:
        self.layout = Layout((inputs, *(size for size, _ in layers)))
        self.activations = tuple(activation for _, activation in layers)
        self.dtype = np.dtype(dtype)
        self.parameters: Array = np.zeros(self.layout.size, self.dtype)
        self.gradient: Array = np.zeros(self.layout.size, self.dtype)

    @classmethod
    def from_spec(cls, spec: ExperimentSpec) -> Network:
        """Make the network of an experiment, with all parameters 0."""
        common, dtype = spec.network.activation, np.dtype(spec.precision)
        layers = [(layer.size, layer.activation or common) for layer in spec.network.hidden]
        layers.append((spec.dataset().targets.shape[1], spec.network.output_activation))
        return cls(
            len(spec.encoding().names), [(n, ACTIVATIONS.build(choice, dtype=dtype)) for n, choice in layers], dtype
        )

    def initialize(self, initializer: Initializer, seed: int, generator: np.random.Generator) -> None:
        """Draw the weights and biases that training starts from."""
        drawn = initializer.initialize(self.layout.shapes, seed, generator)
        for block, values in zip(self.layout.blocks(self.parameters), drawn, strict=True):
            block[...] = values

    @property
    def layers(self) -> list[LayerValues]:
        """The parameters as weights and biases of each layer: views, so that writing to them changes the network."""
        return self.layout.split(self.parameters)

    def predict(self, inputs: ArrayLike) -> Array:
        """Return the outputs for some samples.

        Parameters
        ----------
        inputs : array_like, shape (samples, inputs)

        Returns
        -------
        ndarray, shape (samples, outputs)
        """
        rows = np.asarray(inputs, self.dtype)
        with np.errstate(all="ignore"):  # a saturated neuron overflows on its way to 0 or 1
            return Propagation(self, rows.shape[0]).forward_propagation(with_constant(rows, self.dtype).T).T.copy()


def with_constant(inputs: Array, dtype: DTypeLike) -> Array:
    """Return the samples with the constant 1 behind their inputs, shape (samples, inputs + 1)."""
    return np.hstack([inputs, np.ones((inputs.shape[0], 1))]).astype(dtype)


class _LayerPass:
    """The arrays that one layer writes to while a batch passes through; columns are samples."""

    def __init__(self, network: Network, index: int, samples: int, dropout: float, backward: bool) -> None:
        block = network.layout.blocks(network.parameters)[index]
        shape = (block.shape[1], samples)
        self.activation = network.activations[index]
        self.block_transposed = block.T
        self.weights = block[:-1]
        self.z = np.empty(shape, network.dtype)
        self.outputs_and_one = np.ones((shape[0] + 1, samples), network.dtype)
        self.outputs = self.outputs_and_one[:-1]
        self.dropout = dropout
        # Dropout silences what the next layer sees; the derivative needs the outputs as they were.
        self.a = np.empty(shape, network.dtype) if dropout else self.outputs
        self.kept = np.empty(shape, network.dtype) if dropout else None
        self.inputs: Array = self.z
        if backward:
            self.gradient_block = network.layout.blocks(network.gradient)[index]
            self.delta = np.empty(shape, network.dtype)
            self.delta_transposed = self.delta.T
            self.scratch = np.empty(shape, network.dtype)

    def silence(self, generator: np.random.Generator) -> None:
        """Silence outputs at random, and scale the others so that their mean stays (inverted dropout)."""
        kept = self.kept
        assert kept is not None
        generator.random(dtype=kept.dtype, out=kept)
        np.greater_equal(kept, self.dropout, kept)
        np.multiply(kept, 1 / (1 - self.dropout), kept)
        np.multiply(self.a, kept, self.outputs)


class Propagation:
    """One batch on its way through a network and back, in arrays that are made once and used for every batch.

    Parameters
    ----------
    network : Network
        Whose parameters are used, as they are at each call, and whose `gradient` is written to.
    samples : int
        Size of the batch.
    loss : Loss, optional
        What the outputs are measured by; without it there is only the way forward.
    reduction : {"mean", "sum"}
        What the gradient is taken of.
    dropout : float
        Share of each hidden layer that is silenced in every pass.
    generator : numpy.random.Generator, optional
        Draws the silenced ones.
    """

    def __init__(
        self,
        network: Network,
        samples: int,
        *,
        loss: Loss | None = None,
        reduction: str = "mean",
        dropout: float = 0.0,
        generator: np.random.Generator | None = None,
    ) -> None:
        last = len(network.activations) - 1
        self._layers = [
            _LayerPass(network, index, samples, dropout if index < last else 0.0, loss is not None)
            for index in range(last + 1)
        ]
        self._generator = generator
        self._reversed = self._layers[::-1]
        self._output = self._layers[-1]
        if loss is not None:
            scale = loss.gradient_scale(reduction, self._output.outputs.shape[0], samples)
            self._scale = None if scale == 1 else np.asarray(scale, network.dtype)
            self._loss = loss
            self._paired = loss.pairs_with == self._output.activation.name

    @property
    def layer_outputs(self) -> list[Array]:
        """What each layer's neurons gave in the last pass, shape (units, samples) each: views."""
        return [layer.outputs for layer in self._layers]

    def forward_propagation(self, inputs: Array) -> Array:
        """Pass a batch forward: z = W.T x + b and a = f(z), layer by layer.

        Parameters
        ----------
        inputs : ndarray, shape (inputs + 1, samples)
            One column for each sample, the constant 1 as its last row.

        Returns
        -------
        ndarray, shape (outputs, samples)
            The outputs; the next pass overwrites them.
        """
        for layer in self._layers:
            layer.inputs = inputs
            np.dot(layer.block_transposed, inputs, layer.z)
            layer.activation.forward(layer.z, layer.a)
            if layer.dropout and self._generator is not None:
                layer.silence(self._generator)
            inputs = layer.outputs_and_one
        return self._output.outputs

    def loss(self, targets: Array) -> float:
        """Return the sum of the loss's terms over the batch, and note the gradient by the output layer's weighted sums.

        Parameters
        ----------
        targets : ndarray, shape (outputs, samples)
        """
        output = self._output
        if self._paired:
            terms = self._loss.paired_terms_and_gradient(output.z, output.outputs, targets, output.delta)
        else:
            terms = self._loss.terms_and_gradient(output.outputs, targets, output.delta)
            output.activation.backward(output.z, output.outputs, output.delta, output.scratch)
        if self._scale is not None:
            np.multiply(output.delta, self._scale, output.delta)
        return terms  # type: ignore[no-any-return]

    def backpropagation(self) -> None:
        """Pass the gradient back, and write each layer's part of it to the network's `gradient`.

        With delta = dL/dz of a layer, dL/dW = x delta.T, dL/db is the sum of delta over the samples (the row of dL/dW
        that belongs to the constant 1), and dL/dx = W delta.
        """
        behind: _LayerPass | None = None
        for layer in self._reversed:
            if behind is not None:
                np.dot(behind.weights, behind.delta, layer.delta)
                if layer.kept is not None:
                    np.multiply(layer.delta, layer.kept, layer.delta)
                layer.activation.backward(layer.z, layer.a, layer.delta, layer.scratch)
            np.dot(layer.inputs, layer.delta_transposed, layer.gradient_block)
            behind = layer
