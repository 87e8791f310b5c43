"""Passes a batch through the networks of a population and back, in one of two orders of memory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
from numpy.typing import DTypeLike, NDArray

from nnstudio.engine.choices.activations import Activation
from nnstudio.engine.choices.losses import Loss
from nnstudio.engine.network import Layout

Array = NDArray[Any]


class LayerPass:
    """What one layer of every member writes to while a batch passes through.

    Wherever members lie in memory, arrays are seen as ``(units, samples, members)``, as activations and losses take
    them.

    Parameters
    ----------
    block, gradient_block : ndarray
        The layer's parameters and their gradient, as the memory order lays them out.
    samples, members : int
    activation : Activation
    dropped : bool
        Whether some of the outputs are silenced in training.
    """

    def __init__(
        self,
        block: Array,
        gradient_block: Array,
        samples: int,
        members: int,
        activation: Activation,
        dropped: bool,
        shared: bool,
    ) -> None:
        self.activation = activation
        self.block, self.gradient_block = block, gradient_block
        self.samples, self.members, self.shared = samples, members, shared
        self.units = self._units_of(block)
        self.z, self.delta, self.scratch = (self._array(self.units) for _ in range(3))
        self.outputs_and_one = self._array(self.units + 1)
        self.outputs_and_one[...] = 1
        self.outputs = self.outputs_and_one[:-1]
        # Dropout silences what the next layer sees; the derivative needs the outputs as they were.
        self.a = self._array(self.units) if dropped else self.outputs
        self.kept = self._array(self.units) if dropped else None
        self.inputs = self.z

    def _units_of(self, block: Array) -> int:
        raise NotImplementedError

    def _array(self, units: int) -> Array:
        """Return an array seen as (units, samples, members)."""
        raise NotImplementedError

    def weigh(self, inputs: Array) -> None:
        """Write z = W.T x + b.

        Parameters
        ----------
        inputs : ndarray, shape (inputs + 1, samples, members), or (inputs + 1, samples) where all members see the same
            The last row is 1.
        """
        raise NotImplementedError

    def derive(self) -> None:
        """Write dL/dW = x delta.T, with dL/db as its last row."""
        raise NotImplementedError

    def pass_back(self, delta: Array) -> None:
        """Write dL/dx = W delta, without the row of the constant 1."""
        raise NotImplementedError


class MembersLast(LayerPass):
    """Members lie side by side, so that one instruction serves several of them: best where a layer has few units."""

    def _units_of(self, block: Array) -> int:
        return int(block.shape[1])

    def _array(self, units: int) -> Array:
        dtype = self.block.dtype
        if self.shared:  # the product with the common inputs writes one sample after the other
            return np.empty((self.samples, units, self.members), dtype).transpose(1, 0, 2)
        return np.empty((units, self.samples, self.members), dtype)

    def weigh(self, inputs: Array) -> None:
        self.inputs = inputs
        if self.shared:
            np.dot(inputs.T, self._behind(self.block), self._behind(self.z.transpose(1, 0, 2)))
        else:
            np.einsum("ijp,isp->jsp", self.block, inputs, out=self.z)

    def derive(self) -> None:
        if self.shared:
            np.dot(self.inputs, self._behind(self.delta.transpose(1, 0, 2)), self._behind(self.gradient_block))
        else:
            np.einsum("isp,jsp->ijp", self.inputs, self.delta, out=self.gradient_block)

    def pass_back(self, delta: Array) -> None:
        np.einsum("ijp,jsp->isp", self.block[:-1], self.delta, out=delta)

    def _behind(self, array: Array) -> Array:
        """Return a view with all axes behind the first as one."""
        return array.reshape(len(array), -1)


class MembersFirst(LayerPass):
    """Each member's samples lie side by side, so that matrix products serve it: best for many units or samples."""

    def __init__(self, block: Array, *args: Any, **options: Any) -> None:
        super().__init__(block, *args, **options)
        # For common inputs: all members' weights to one unit after the other's, as one matrix.
        self._rows = np.empty((self.units, self.members, block.shape[1]), block.dtype)

    def _units_of(self, block: Array) -> int:
        return int(block.shape[2])

    def _array(self, units: int) -> Array:
        # Units first, so that the outputs without the constant 1 behind them still lie in one piece.
        return np.empty((units, self.members, self.samples), self.block.dtype).transpose(0, 2, 1)

    def weigh(self, inputs: Array) -> None:
        self.inputs = inputs
        if self.shared:
            np.copyto(self._rows, self.block.transpose(2, 0, 1))
            np.dot(_matrix(self._rows), inputs, _matrix(self.z.transpose(0, 2, 1)))
        else:
            np.matmul(self.block.transpose(0, 2, 1), inputs.transpose(2, 0, 1), out=self.z.transpose(2, 0, 1))

    def derive(self) -> None:
        if self.shared:
            np.dot(_matrix(self.delta.transpose(0, 2, 1)), self.inputs.T, _matrix(self._rows))
            np.copyto(self.gradient_block, self._rows.transpose(1, 2, 0))
        else:
            np.matmul(self.inputs.transpose(2, 0, 1), self.delta.transpose(2, 1, 0), out=self.gradient_block)

    def pass_back(self, delta: Array) -> None:
        weights = self.block[:, :-1]
        if self.units == 1:
            # Every number is one product; NumPy takes many times as long where that is called a product of matrices.
            np.multiply(weights.transpose(1, 0, 2), self.delta.transpose(0, 2, 1), out=delta.transpose(0, 2, 1))
        else:
            np.matmul(weights, self.delta.transpose(2, 0, 1), out=delta.transpose(2, 0, 1))


def _matrix(array: Array) -> Array:
    """Return a view with the first two axes as one."""
    return array.reshape(-1, array.shape[2])


class MemoryOrder:
    """Where the members of a population lie in memory.

    Attributes
    ----------
    layer : type of LayerPass
    axis : int
        The members' axis of flat arrays of parameters.
    """

    layer: ClassVar[type[LayerPass]]
    axis: ClassVar[int]

    @classmethod
    def flat(cls, size: int, members: int, dtype: DTypeLike) -> Array:
        """Return zeros for some parameters of each member."""
        return np.zeros((size, members) if cls.axis else (members, size), dtype)

    @classmethod
    def spread(cls, values: Array) -> Array:
        """Return one number for each member so that it broadcasts against the flat arrays."""
        return values if cls.axis else values[:, None]

    @classmethod
    def by_member(cls, flat: Array) -> Array:
        """Return a view of a flat array, shape (members, parameters)."""
        return flat.T if cls.axis else flat

    @classmethod
    def blocks(cls, layout: Layout, flat: Array) -> list[Array]:
        """Return views of each layer's parameters, (inputs + 1, outputs, members) or (members, inputs + 1, outputs)."""
        views, start = [], 0
        for inputs, outputs in layout.shapes:
            end = start + (inputs + 1) * outputs
            if cls.axis:
                views.append(flat[start:end].reshape(inputs + 1, outputs, -1))
            else:
                views.append(flat[:, start:end].reshape(-1, inputs + 1, outputs))
            start = end
        return views


class Last(MemoryOrder):
    """The members' axis is the last, and contiguous."""

    layer, axis = MembersLast, 1


class First(MemoryOrder):
    """The members' axis is the first."""

    layer, axis = MembersFirst, 0


class Passes:
    """One batch on its way through all members and back, in arrays that are made once.

    Parameters
    ----------
    order : type of MemoryOrder
    layout : Layout
    parameters, gradient : ndarray
        Flat, in that order.
    activations : sequence of Activation
    samples : int
        Size of the batch.
    loss : Loss
    reduction : {"mean", "sum"}
    shared : bool
        Whether all members see the same samples.
    dropout : ndarray, shape (members,), or None
        Share of each hidden layer that is silenced in every pass.
    """

    def __init__(
        self,
        order: type[MemoryOrder],
        layout: Layout,
        parameters: Array,
        gradient: Array,
        *,
        activations: Sequence[Activation],
        samples: int,
        loss: Loss,
        reduction: str,
        shared: bool,
        dropout: Array | None = None,
    ) -> None:
        members = parameters.shape[order.axis]
        last = len(activations) - 1
        blocks, gradients = order.blocks(layout, parameters), order.blocks(layout, gradient)
        self._layers = [
            order.layer(
                blocks[index],
                gradients[index],
                samples,
                members,
                activation,
                dropped=dropout is not None and index < last,
                shared=shared and index == 0,
            )
            for index, activation in enumerate(activations)
        ]
        self._dropout = dropout
        self._loss = loss
        self._paired = loss.pairs_with == activations[last].name
        self.count = loss.count(self._layers[last].units, samples)
        scale = loss.gradient_scale(reduction, self._layers[last].units, samples)
        self._scale = None if scale == 1 else np.asarray(scale, parameters.dtype)

    def forward_propagation(self, inputs: Array, generators: Sequence[np.random.Generator] = ()) -> Array:
        """Pass a batch forward, and return the outputs, shape (outputs, samples, members).

        Parameters
        ----------
        inputs : ndarray
            As `LayerPass.weigh` takes them.
        generators : sequence of Generator
            One for each member, to draw the silenced outputs with; nothing is silenced without them.
        """
        for layer in self._layers:
            layer.weigh(inputs)
            layer.activation.forward(layer.z, layer.a)
            if layer.kept is not None:
                self._silence(layer, layer.kept, generators)
            inputs = layer.outputs_and_one
        return layer.outputs

    def _silence(self, layer: LayerPass, kept: Array, generators: Sequence[np.random.Generator]) -> None:
        if self._dropout is None:
            return
        draw = np.empty(kept.shape[:2], kept.dtype)
        for member, generator in enumerate(generators):
            generator.random(dtype=kept.dtype, out=draw)
            kept[..., member] = draw
        np.greater_equal(kept, self._dropout, kept)
        np.multiply(kept, 1 / (1 - self._dropout), kept)
        np.multiply(layer.a, kept, layer.outputs)

    def loss(self, targets: Array) -> Array:
        """Return the sum of each member's terms, shape (members,), and note the gradient by the last weighted sums.

        Parameters
        ----------
        targets : ndarray, shape (outputs, samples, members), or (outputs, samples, 1)
        """
        output = self._layers[-1]
        if self._paired:
            terms = self._loss.paired_terms_and_gradient(output.z, output.outputs, targets, output.delta)
        else:
            terms = self._loss.terms_and_gradient(output.outputs, targets, output.delta)
            output.activation.backward(output.z, output.outputs, output.delta, output.scratch)
        if self._scale is not None:
            np.multiply(output.delta, self._scale, output.delta)
        return np.asarray(terms)

    def backpropagation(self) -> None:
        """Pass the gradient back, and write each layer's part of it."""
        behind: LayerPass | None = None
        for layer in reversed(self._layers):
            if behind is not None:
                behind.pass_back(layer.delta)
                if layer.kept is not None:
                    np.multiply(layer.delta, layer.kept, layer.delta)
                layer.activation.backward(layer.z, layer.a, layer.delta, layer.scratch)
            layer.derive()
            behind = layer
