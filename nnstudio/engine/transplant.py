"""Gives a network the weights of another one that has fewer, or more, neurons."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from nnstudio.engine.choices.initializers import INITIALIZERS
from nnstudio.engine.network import Network
from nnstudio.engine.random_streams import RandomStreams
from nnstudio.engine.spec import ExperimentSpec

Array = NDArray[Any]


def transplant(parameters: Array, before: ExperimentSpec, after: ExperimentSpec) -> Array:
    """Return weights for an experiment's network that take over as many of another's as there is room for.

    A neuron or feature that is new has outgoing weights of 0, so that the network computes what it did; its incoming
    weights and bias are drawn as the experiment draws them. Around a layer that is new, all weights are drawn. Neurons
    are taken away from the end of their layer.

    Parameters
    ----------
    parameters : ndarray, shape (parameters,)
        Flat, for the network of `before`.
    before, after : ExperimentSpec

    Returns
    -------
    ndarray, shape (parameters,)
        Flat, for the network of `after`.
    """
    network = Network.from_spec(after)
    network.initialize(INITIALIZERS.build(after.network.initializer), after.seed, RandomStreams(after.seed).weights)
    old, new = Network.from_spec(before).layout, network.layout
    donors, receivers = old.blocks(parameters), new.blocks(network.parameters)
    same = 0
    # Layers are matched from the inputs on as long as sizes agree, and from the outputs back behind a new layer.
    while len(donors) != len(receivers) and same < min(len(donors), len(receivers)) - 1:
        if old.sizes[same + 1] != new.sizes[same + 1]:
            break
        same += 1
    matched = list(zip(donors[:same], receivers[:same], strict=True))
    if len(donors) == len(receivers):
        matched = list(zip(donors, receivers, strict=True))
    else:
        behind = min(len(donors), len(receivers)) - same - 1
        matched += list(zip(donors[len(donors) - behind :], receivers[len(receivers) - behind :], strict=True))
    for donor, receiver in matched:
        _take_over(donor, receiver, donor is donors[0], before.encoding().names, after.encoding().names)
    return network.parameters


def _take_over(donor: Array, receiver: Array, first: bool, before: tuple[str, ...], after: tuple[str, ...]) -> None:
    """Write one layer's weights to another, both of shape (inputs + 1, outputs) with the biases as last row."""
    units = min(donor.shape[1], receiver.shape[1])
    if first and before != after:
        rows = [(before.index(name), row) for row, name in enumerate(after) if name in before]
    else:
        rows = [(row, row) for row in range(min(len(donor), len(receiver)) - 1)]
    receiver[:-1, :units] = 0
    for source, target in rows:
        receiver[target, :units] = donor[source, :units]
    receiver[-1, :units] = donor[-1, :units]
