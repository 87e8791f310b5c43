"""Holds the live arrays of networks that train together, and moves them on by an epoch or a batch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnstudio.engine.choices.activations import ACTIVATIONS, Activation
from nnstudio.engine.choices.datasets import Dataset
from nnstudio.engine.choices.initializers import INITIALIZERS
from nnstudio.engine.choices.losses import LOSSES
from nnstudio.engine.choices.optimizers import OPTIMIZERS
from nnstudio.engine.choices.regularizers import REGULARIZERS
from nnstudio.engine.choices.schedules import SCHEDULES
from nnstudio.engine.network import Layout, with_constant
from nnstudio.engine.population_passes import First, Last, MemoryOrder, Passes
from nnstudio.engine.random_streams import RandomStreams
from nnstudio.engine.registry import Choice, Registry
from nnstudio.engine.spec import ExperimentSpec
from nnstudio.engine.split import TRAINING, VALIDATION

Array = NDArray[Any]

# Up to so many samples in a batch, and products with each weight matrix, members side by side are fastest.
FEW_SAMPLES, FEW_PRODUCTS = 24, 512
# What a block's arrays may take. The calls cost the less the more members share them, until the cache overflows.
CACHE_BYTES = 2**22


class Shape:
    """What all networks of one kind have in common: layers, samples, losses.

    Parameters
    ----------
    spec : ExperimentSpec
    """

    def __init__(self, spec: ExperimentSpec) -> None:
        self.spec = spec
        self.dtype = np.dtype(spec.precision)
        self.dataset, self.encoding, parts = spec.dataset(), spec.encoding(), spec.parts()
        training, validation = (np.flatnonzero(parts == part) for part in (TRAINING, VALIDATION))
        self.training_set = self.dataset.take(training) if len(training) < len(parts) else self.dataset
        self.validation_set = self.dataset.take(validation) if len(validation) else None
        hidden = spec.network.hidden
        self.layout = Layout(
            (len(self.encoding.names), *(layer.size for layer in hidden), self.dataset.targets.shape[1])
        )
        self.loss = LOSSES.build(spec.training.loss, dtype=self.dtype)
        samples = self.training_set.samples
        self.batch = min(spec.training.batch_size or samples, samples)
        self.shuffled = self.batch < samples and spec.training.shuffle == "yes"
        widest = max((inputs * outputs for inputs, outputs in self.layout.shapes[1:]), default=0)
        few = self.batch <= FEW_SAMPLES and widest * self.batch <= FEW_PRODUCTS
        self.order: type[MemoryOrder] = Last if few else First

    def activations(self) -> list[Activation]:
        """Return the activation of each layer."""
        network = self.spec.network
        choices = [layer.activation or network.activation for layer in network.hidden]
        return [ACTIVATIONS.build(choice, dtype=self.dtype) for choice in (*choices, network.output_activation)]

    def passes(self, parameters: Array, gradient: Array, samples: int, **options: Any) -> Passes:
        """Make the arrays that a batch of so many samples passes through."""
        return Passes(
            self.order,
            self.layout,
            parameters,
            gradient,
            activations=self.activations(),
            samples=samples,
            loss=self.loss,
            reduction=self.spec.training.reduction,
            **options,
        )

    def inputs(self, dataset: Dataset) -> Array:
        """Return what the networks see of some samples, shape (features + 1, samples), the last row 1."""
        return np.ascontiguousarray(with_constant(self.encoding.inputs(dataset.inputs), self.dtype).T)

    def targets(self, dataset: Dataset) -> Array:
        """Return what they are to answer, shape (outputs, samples)."""
        return np.ascontiguousarray(self.encoding.targets(dataset.targets).T.astype(self.dtype))

    def bytes_per_member(self) -> int:
        """Return about how much memory a pass and an update of one network touch."""
        units = sum(self.layout.sizes[1:])
        numbers = 4 * units * self.batch + 3 * self.layout.size
        if self.shuffled:
            numbers += self.training_set.samples * (self.layout.sizes[0] + 1)
        return numbers * self.dtype.itemsize


class Block:
    """Networks of one shape in one set of arrays, all at the same epoch.

    Parameters
    ----------
    shape : Shape
    specs : sequence of ExperimentSpec
        One for each member; they may differ in what `nnstudio.engine.population.kind` leaves open.
    seeds : sequence of int
        One for each member.
    parameters : ndarray, shape (members, parameters)
        Where they begin.

    Attributes
    ----------
    epoch : int
        Epochs that are complete.
    last_wrong : ndarray of int, shape (members,)
        After how many epochs a pattern was last seen to be wrong, for data that lists all its patterns; else -1.
    """

    def __init__(
        self, shape: Shape, specs: Sequence[ExperimentSpec], seeds: Sequence[int], parameters: Array, epoch: int = 0
    ) -> None:
        self.shape, self.specs, self.seeds = shape, specs, seeds
        self.epoch = epoch
        self.members = len(specs)
        order, dtype = shape.order, shape.dtype
        self.parameters = order.flat(shape.layout.size, self.members, dtype)
        self.gradient = np.zeros_like(self.parameters)
        order.by_member(self.parameters)[...] = parameters
        self._optimizer = self._build(
            OPTIMIZERS, lambda spec: spec.training.optimizer, shape=self.parameters.shape, dtype=dtype
        )
        self._regularizer = self._build(REGULARIZERS, lambda spec: spec.training.regularizer)
        weights = order.flat(shape.layout.size, 1, dtype)
        order.by_member(weights)[...] = shape.layout.weight_mask()
        self._regularizer.prepare(np.broadcast_to(weights, self.parameters.shape), dtype)
        self.last_wrong = np.full(self.members, -1, np.int64)
        self._set_schedules()
        self._lay_out_batches()
        drops = bool(np.any(self._regularizer.dropout))
        streams = [RandomStreams(seed) for seed in seeds] if shape.shuffled or drops else []
        self._shuffling = [stream.shuffling for stream in streams] if shape.shuffled else []
        self._dropping = [stream.dropout for stream in streams] if drops else []
        self._make_passes(np.ravel(self._regularizer.dropout) if drops else None)

    # ---- making it -----------------------------------------------------------------------------------------------

    def _each(self, value: Callable[[ExperimentSpec], float]) -> Array:
        """Return one number for each member, shape (members,)."""
        known = {id(spec): value(spec) for spec in self.specs}
        return np.array([known[id(spec)] for spec in self.specs], np.float64)

    def _build(self, registry: Registry[Any], choice: Callable[[ExperimentSpec], Choice], **context: Any) -> Any:
        """Make an entry whose numbers may be another for each member."""
        common = registry.parameter_values(choice(self.shape.spec))
        values: dict[str, Any] = {}
        for key, value in common.items():
            if isinstance(value, int | float):
                each = self._each(lambda spec, key=key: registry.parameter_values(choice(spec))[key])  # type: ignore[misc]
                value = float(each[0]) if (each == each[0]).all() else self.shape.order.spread(each)
            values[key] = value
        return registry[choice(self.shape.spec).name].build(**context, **values)

    def _set_schedules(self) -> None:
        order, dtype = self.shape.order, self.shape.dtype
        rates = self._each(lambda spec: spec.training.learning_rate)
        plans = {(spec.training.schedule, spec.training.epochs): 0 for spec in self.specs}
        self._schedules = [(SCHEDULES.build(choice), epochs) for choice, epochs in plans]
        places = {plan: place for place, plan in enumerate(plans)}
        which = self._each(lambda spec: places[spec.training.schedule, spec.training.epochs]).astype(int)
        same = len(plans) == 1 and bool((rates == rates[0]).all())
        self._which = which[0] if same else which
        self._rates = rates[0] if same else rates
        self._rate = np.zeros((), dtype) if same else order.spread(np.zeros(self.members, dtype))
        self._rate_is_settled = False

    def _lay_out_batches(self) -> None:
        shape = self.shape
        self._inputs, self._targets = shape.inputs(shape.training_set), shape.targets(shape.training_set)
        samples, size = self._inputs.shape[1], shape.batch
        self._slices = [slice(start, min(start + size, samples)) for start in range(0, samples, size)]
        # Samples that are drawn anew in every epoch are another array for each member; `_shuffle` makes it.
        self._epoch_inputs = self._epoch_targets = np.empty(0)
        self._common = [
            (np.ascontiguousarray(self._inputs[:, part]), np.ascontiguousarray(self._targets[:, part, None]))
            for part in self._slices
        ]

    def _make_passes(self, dropout: Array | None) -> None:
        shape = self.shape
        sizes = {part.stop - part.start for part in self._slices}
        shared = not shape.shuffled
        self._passes = {
            size: shape.passes(self.parameters, self.gradient, size, shared=shared, dropout=dropout) for size in sizes
        }
        self.terms_in_epoch = shape.loss.count(*self._targets.shape)
        self._looks: Passes | None = None
        self._expected: Array | None = None
        if shape.dataset.enumerates and shape.training_set is shape.dataset:
            self._expected = classes_of(self._targets[..., None], 0.5)
            if len(self._slices) > 1 or dropout is not None:
                samples = self._targets.shape[1]
                self._looks = shape.passes(self.parameters, self.gradient, samples, shared=True)
        self._validation = None
        if shape.validation_set is not None and any(spec.stop.validation_patience for spec in self.specs):
            inputs, targets = shape.inputs(shape.validation_set), shape.targets(shape.validation_set)[..., None]
            passes = shape.passes(self.parameters, self.gradient, inputs.shape[1], shared=True)
            self._validation = passes, inputs, targets

    # ---- training ------------------------------------------------------------------------------------------------

    @property
    def batches(self) -> int:
        """Number of updates in an epoch."""
        return len(self._slices)

    def train_epoch(self) -> Array:
        """Train for an epoch, and return each member's loss in it, shape (members,)."""
        terms = self.train_batch(0)
        for index in range(1, self.batches):
            terms = terms + self.train_batch(index)
        self.epoch += 1
        return terms / self.terms_in_epoch

    def train_batch(self, index: int) -> Array:
        """Train with one batch, and return the sum of each member's terms in it, shape (members,).

        The first batch begins the epoch; who trains batch by batch counts the epoch once the last one is done.
        """
        if index == 0:
            self._begin_epoch()
        part = self._slices[index]
        passes = self._passes[part.stop - part.start]
        if self._shuffling:
            inputs, targets = self._epoch_inputs[:, part], self._epoch_targets[:, part]
        else:
            inputs, targets = self._common[index]
        if self._looks is not None:
            self._look(self._looks.forward_propagation(self._inputs))
        outputs = passes.forward_propagation(inputs, self._dropping)
        if self._expected is not None and self._looks is None:
            self._look(outputs)
        terms = passes.loss(targets)
        passes.backpropagation()
        parameters, gradient, regularizer = self.parameters, self.gradient, self._regularizer
        if regularizer.adds_gradient:
            regularizer.add_gradient(gradient, parameters)
        if regularizer.follows_step:
            regularizer.before_step(parameters)
        self._optimizer.update(parameters, gradient, self._rate)
        if regularizer.follows_step:
            regularizer.after_step(parameters, self._rate)
        return terms

    def _begin_epoch(self) -> None:
        if not self._rate_is_settled:
            factors = np.array([schedule.factor(self.epoch, epochs) for schedule, epochs in self._schedules])
            rates = self._rates * factors[self._which]
            self._rate[...] = self.shape.order.spread(rates) if np.ndim(rates) else rates
            self._rate_is_settled = all(schedule.is_constant_from(self.epoch) for schedule, _ in self._schedules)
        if self._shuffling:
            self._shuffle()

    def _shuffle(self) -> None:
        samples = self._inputs.shape[1]
        orders = np.empty((self.members, samples), np.intp)
        orders[...] = np.arange(samples)
        for order, generator in zip(orders, self._shuffling, strict=True):
            generator.shuffle(order)
        if self.shape.order is First:
            self._epoch_inputs = np.take(self._inputs.T, orders, axis=0).transpose(2, 1, 0)
            self._epoch_targets = np.take(self._targets.T, orders, axis=0).transpose(2, 1, 0)
        else:
            columns = np.ascontiguousarray(orders.T)
            self._epoch_inputs = np.take(self._inputs, columns, axis=1)
            self._epoch_targets = np.take(self._targets, columns, axis=1)

    def _look(self, outputs: Array) -> None:
        """Note who gets a pattern wrong before an update."""
        wrong = np.logical_or.reduce(classes_of(outputs, self.shape.spec.threshold) != self._expected, axis=0)
        np.copyto(self.last_wrong, self.epoch, where=wrong)

    def validation_losses(self) -> Array | None:
        """Return each member's validation loss, shape (members,), where a stop criterion looks at it."""
        if self._validation is None:
            return None
        passes, inputs, targets = self._validation
        passes.forward_propagation(inputs)
        return np.asarray(passes.loss(targets) / passes.count)

    def is_finite(self) -> Array:
        """Return for each member whether all its parameters are finite, shape (members,)."""
        return np.asarray(np.isfinite(self.shape.order.by_member(self.parameters)).all(axis=1))

    # ---- going back, and on with fewer ---------------------------------------------------------------------------

    def _memory(self) -> dict[str, Array]:
        arrays = {f"optimizer.{name}": values for name, values in self._optimizer.memory.items()}
        arrays |= {f"regularizer.{name}": values for name, values in self._regularizer.memory.items()}
        return {"parameters": self.parameters, "last_wrong": self.last_wrong, **arrays}

    def state(self) -> dict[str, Any]:
        """Return copies of all that training changes."""
        generators = [g.bit_generator.state for g in (*self._shuffling, *self._dropping)]
        arrays = {name: values.copy() for name, values in self._memory().items()}
        return {"arrays": arrays, "generators": generators, "epoch": self.epoch}

    def take(self, rows: Array, state: dict[str, Any] | None = None) -> Block:
        """Return a block of some of the members, as they are or as they were in a state of this block.

        Parameters
        ----------
        rows : ndarray of int, shape (rows,)
        state : dict, optional
            What `state` returned.
        """
        state = state or self.state()
        chosen = [int(row) for row in rows]
        taken = Block(
            self.shape,
            [self.specs[row] for row in chosen],
            [self.seeds[row] for row in chosen],
            self.shape.order.by_member(state["arrays"]["parameters"])[chosen],
            state["epoch"],
        )
        for name, target in taken._memory().items():
            values = state["arrays"][name]
            axis = self.shape.order.axis if values.ndim == 2 else 0
            target[...] = values if values.ndim == 0 else np.take(values, chosen, axis=axis)
        generators = state["generators"]
        streams = [generators[start : start + self.members] for start in range(0, len(generators), self.members)]
        for generator, saved in zip(
            (*taken._shuffling, *taken._dropping), (s[row] for s in streams for row in chosen), strict=True
        ):
            generator.bit_generator.state = saved
        return taken


def classes_of(outputs: Array, threshold: float) -> Array:
    """Return the class of each sample, shape (samples, members), for outputs of shape (outputs, samples, members)."""
    return np.asarray(outputs[0] > threshold if len(outputs) == 1 else outputs.argmax(axis=0))


def initial_parameters(shape: Shape, specs: Sequence[ExperimentSpec], seeds: Sequence[int]) -> Array:
    """Return the weights and biases that each network's training starts from, shape (members, parameters)."""
    parameters = np.empty((len(specs), shape.layout.size), shape.dtype)
    known = {id(spec): INITIALIZERS.build(spec.network.initializer) for spec in specs}
    for row, spec, seed in zip(parameters, specs, seeds, strict=True):
        drawn = known[id(spec)].initialize(shape.layout.shapes, seed, RandomStreams(seed).weights)
        row[...] = np.concatenate([block.ravel() for block in drawn])
    return parameters
