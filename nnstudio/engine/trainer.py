"""Trains the network of an experiment: epochs, batches, reasons to stop, and a state that can be resumed exactly."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nnstudio.engine.batches import Batches
from nnstudio.engine.choices.datasets import Dataset
from nnstudio.engine.choices.initializers import INITIALIZERS
from nnstudio.engine.choices.losses import LOSSES
from nnstudio.engine.choices.optimizers import OPTIMIZERS
from nnstudio.engine.choices.regularizers import REGULARIZERS
from nnstudio.engine.choices.schedules import SCHEDULES
from nnstudio.engine.evaluation import Evaluation, is_right
from nnstudio.engine.network import Network, Propagation
from nnstudio.engine.random_streams import RandomStreams
from nnstudio.engine.run_state import Losses, RunState
from nnstudio.engine.spec import FIELDS, ExperimentSpec
from nnstudio.engine.split import TEST, TRAINING, VALIDATION

Array = NDArray[Any]

# Batches between two checkpoints: few enough that going over them again is not felt, so many that they cost nothing.
CHECKPOINT = 256


class Trainer:
    """Trains one network as an experiment describes.

    Parameters
    ----------
    spec : ExperimentSpec
        The experiment.
    dataset : Dataset, optional
        Samples of your own in place of the experiment's: `spec.with_own(dataset)` is what is trained.

    Attributes
    ----------
    network : Network
        The network in training; its arrays are live.
    epoch : int
        Epochs that are complete.
    batch : int
        Batches that are complete in the epoch under way.
    stopped : str or None
        Why the run has ended: "epochs", "loss_below", "patience", "validation_patience" or "diverged".
    """

    def __init__(self, spec: ExperimentSpec, dataset: Dataset | None = None) -> None:
        self.spec = spec = spec if dataset is None else spec.with_own(dataset)
        self.dataset = spec.dataset()
        self.training_set = self._part(TRAINING) or self.dataset
        self.validation_set, self.test_set = self._part(VALIDATION), self._part(TEST)
        self._streams = RandomStreams(spec.seed)
        self.network = Network.from_spec(spec)
        self.network.initialize(INITIALIZERS.build(spec.network.initializer), spec.seed, self._streams.weights)
        self.initial_parameters = self.network.parameters.copy()

        dtype, training = self.network.dtype, spec.training
        self._optimizer = OPTIMIZERS.build(training.optimizer, shape=self.network.parameters.shape, dtype=dtype)
        self._schedule = SCHEDULES.build(training.schedule)
        self._regularizer = REGULARIZERS.build(training.regularizer)
        self._regularizer.prepare(self.network.layout.weight_mask(), dtype)
        self._loss = LOSSES.build(training.loss, dtype=dtype)
        self._rate = np.asarray(training.learning_rate, dtype)
        self._batches = self._make_batches()
        self._count = self._loss.count(self.dataset.targets.shape[1], self.training_set.samples)
        self._evaluation = self._evaluate(self.training_set)
        self._everything = self._evaluation if self.training_set is self.dataset else self._evaluate(self.dataset)
        self._validation = self._evaluate(self.validation_set) if self.validation_set else None
        self._test = self._evaluate(self.test_set) if self.test_set else None

        self.epoch = self.batch = 0
        self.stopped: str | None = None
        self._set_rate()
        self._terms: float = 0.0
        self._best_loss, self._best_epoch = math.inf, 0
        self._validation_loss, self._validation_rises = math.inf, 0
        self._learned_epoch = -1
        self._losses = np.zeros((3, CHECKPOINT))
        self._ended = 0
        self._checkpoint = self._snapshot()

    def _part(self, part: int) -> Dataset | None:
        """Return the samples of one part; None where it has none, or all."""
        rows = np.flatnonzero(self.spec.parts() == part)
        return self.dataset.take(rows) if 0 < len(rows) < self.dataset.samples else None

    def _make_batches(self) -> Batches:
        training, samples, encoding = self.spec.training, self.training_set, self.spec.encoding()

        def propagation(count: int) -> Propagation:
            return Propagation(
                self.network,
                count,
                loss=self._loss,
                reduction=training.reduction,
                dropout=self._regularizer.dropout,
                generator=self._streams.dropout,
            )

        return Batches(
            encoding.inputs(samples.inputs),
            encoding.targets(samples.targets),
            dtype=self.network.dtype,
            size=min(training.batch_size or samples.samples, samples.samples),
            shuffling=self._streams.shuffling if training.shuffle == "yes" else None,
            propagation=propagation,
        )

    def _evaluate(self, dataset: Dataset) -> Evaluation:
        return Evaluation(self.network, self._loss, self.spec.training.reduction, dataset, self.spec.encoding())

    @property
    def batches_per_epoch(self) -> int:
        """Number of updates in an epoch."""
        return len(self._batches)

    def predict(self, inputs: ArrayLike) -> Array:
        """Return the network's outputs for some inputs, both in the data's units.

        Parameters
        ----------
        inputs : array_like, shape (samples, inputs)

        Returns
        -------
        ndarray, shape (samples, outputs)
        """
        encoding = self.spec.encoding()
        return encoding.outputs(self.network.predict(encoding.inputs(np.asarray(inputs, np.float64))))

    def outputs(self) -> Array:
        """Return the outputs for all samples of the data set in their order, shape (samples, outputs)."""
        with np.errstate(all="ignore"):
            return self.spec.encoding().outputs(self._everything.outputs().T.copy())

    def loss(self) -> float:
        """Return the loss of the network as it is now, over the training samples and without dropout."""
        with np.errstate(all="ignore"):
            return self._evaluation.loss()

    def gradient(self) -> Array:
        """Return the gradient that training follows, over all training samples, shape (parameters,)."""
        with np.errstate(all="ignore"):
            self._evaluation.loss()
            gradient = self._evaluation.gradient()
            if self._regularizer.adds_gradient:
                self._regularizer.add_gradient(gradient, self.network.parameters)
        return gradient

    def train(self, epochs: int | None = None) -> Losses:
        """Train for some epochs, or until the run ends.

        Parameters
        ----------
        epochs : int, optional
            At most so many; all that are left without it.
        """
        if epochs is None:
            epochs = self.spec.training.epochs - self.epoch
        return self.advance(max(epochs, 0) * self.batches_per_epoch - self.batch)

    def advance(self, batches: int) -> Losses:
        """Train for so many batches, or until the run ends, and return the losses of the epochs that end meanwhile."""
        parts: list[Array] = []
        while batches > 0 and self.stopped is None:
            done = self.epoch * self.batches_per_epoch + self.batch
            count = min(batches, CHECKPOINT - done % CHECKPOINT)
            with np.errstate(all="ignore"):
                parts.append(self._train_finite(count))
            batches -= count
            if self.stopped is not None or count == CHECKPOINT - done % CHECKPOINT:
                self.settle()
        losses = np.hstack(parts) if parts else np.empty((3, 0))
        none = np.empty(0)
        return Losses(losses[0], losses[1] if self._validation else none, losses[2] if self._test else none)

    def _train_finite(self, batches: int) -> Array:
        """Train, and stop before the update that makes a number infinite.

        Looking for such numbers in every epoch would cost as much as a layer. Since a run can be resumed exactly, it is
        enough to look now and then, and to go over the last stretch again, batch by batch, when one is found.
        """
        before = self._snapshot()
        self._ended = 0
        self._train_batches(batches)
        if not self._is_finite():
            self._return_to(before)
            self._ended = 0
            while True:
                last_finite = self._snapshot()
                ended = self._ended
                self._train_batches(1)
                if not self._is_finite():
                    self._return_to(last_finite)
                    self._ended = ended
                    self.stopped = "diverged"
                    break
        return self._losses[:, : self._ended].copy()

    def _is_finite(self) -> bool:
        finite = np.isfinite(self.network.parameters).all() and np.isfinite(self._losses[:, : self._ended]).all()
        return bool(finite and math.isfinite(self._terms))

    def _train_batches(self, batches: int) -> None:
        """The tutorial's loop: forward propagation, loss, backpropagation, update."""
        parameters, gradient, rate = self.network.parameters, self.network.gradient, self._rate
        update, regularizer = self._optimizer.update, self._regularizer
        penalty = regularizer.add_gradient if regularizer.adds_gradient else None
        follows = regularizer.follows_step
        for _ in range(batches):
            if self.batch == 0:
                self._begin_epoch()
            inputs, targets, propagation = self._batches[self.batch]
            propagation.forward_propagation(inputs)
            self._terms += propagation.loss(targets)
            propagation.backpropagation()
            if penalty:
                penalty(gradient, parameters)
            if follows:
                regularizer.before_step(parameters)
                update(parameters, gradient, rate)
                regularizer.after_step(parameters, rate)
            else:
                update(parameters, gradient, rate)
            self.batch += 1
            if self.batch == len(self._batches):
                self._end_epoch()
                if self.stopped is not None:
                    break

    def _begin_epoch(self) -> None:
        if not self._rate_is_settled:
            self._set_rate()
        self._batches.shuffle()

    def _set_rate(self) -> None:
        training = self.spec.training
        self._rate[...] = training.learning_rate * self._schedule.factor(self.epoch, training.epochs)
        self._rate_is_settled = self._schedule.is_constant_from(self.epoch)

    def _end_epoch(self) -> None:
        loss = float(self._terms) / self._count
        self._losses[0, self._ended] = loss
        self._terms = 0.0
        self.batch = 0
        self.epoch += 1
        if self._validation is not None:
            validation_loss = self._validation.loss()
            self._losses[1, self._ended] = validation_loss
            self._validation_rises = self._validation_rises + 1 if validation_loss > self._validation_loss else 0
            self._validation_loss = validation_loss
        if self._test is not None:
            self._losses[2, self._ended] = self._test.loss()
        self._ended += 1
        if loss < self._best_loss:
            self._best_loss, self._best_epoch = loss, self.epoch
        stop = self.spec.stop
        if stop.loss_below is not None and loss < stop.loss_below:
            self.stopped = "loss_below"
        elif stop.patience is not None and self.epoch - self._best_epoch >= stop.patience:
            self.stopped = "patience"
        elif stop.validation_patience is not None and self._validation_rises >= stop.validation_patience:
            self.stopped = "validation_patience"
        elif self.epoch >= self.spec.training.epochs:
            self.stopped = "epochs"

    @property
    def learned_epoch(self) -> int | None:
        """The epoch from which on every pattern has been right, as far as `settle` has looked; None if one is wrong."""
        return None if self._learned_epoch < 0 else self._learned_epoch

    def settle(self) -> None:
        """Find out since when every pattern has been right, and set a new checkpoint.

        Only for data that lists all its patterns. Looking in every epoch would be slow, so the stretch since the last
        checkpoint is gone over again when the answer has changed in it.
        """
        if self.dataset.enumerates and self.training_set is self.dataset:
            if not self._all_right():
                self._learned_epoch = -1
            elif self._learned_epoch < 0:
                self._learned_epoch = self._first_right_epoch()
        self._checkpoint = self._snapshot()

    def _first_right_epoch(self) -> int:
        now, ended, losses = self._snapshot(), self._ended, self._losses.copy()
        self._return_to(self._checkpoint)
        since = self.epoch
        with np.errstate(all="ignore"):
            while (self.epoch, self.batch) < (int(now.counters["epoch"]), int(now.counters["batch"])):
                self._ended = 0
                if not self._all_right():
                    since = self.epoch + 1
                self.stopped = None
                self._train_batches(1)
        self._return_to(now)
        self._ended, self._losses = ended, losses
        return min(since, self.epoch)

    def _all_right(self) -> bool:
        with np.errstate(all="ignore"):
            outputs = self._evaluation.outputs().T
        return bool(is_right(outputs, self.training_set.targets, self.spec.threshold).all())

    def set_live(self, spec: ExperimentSpec) -> None:
        """Go on under an experiment that differs only in what can change during training.

        A run that had reached its last epoch can be trained further when there are more.

        Raises
        ------
        ValueError
            If anything else differs.
        """
        if not all(FIELDS[key].live for key in self.spec.changed_keys(spec)):
            raise ValueError("only the learning rate, the epochs and the stop criteria can change during training")
        self.settle()
        self.spec = spec
        self._set_rate()
        if self.stopped != "diverged":
            self.stopped = "epochs" if self.epoch >= spec.training.epochs else None
        self._checkpoint = self._snapshot()

    def set_parameters(self, parameters: Array, epoch: int | None = None) -> None:
        """Go on from these weights and biases.

        Parameters
        ----------
        parameters : ndarray, shape (parameters,)
            Flat, as the network's layout says.
        epoch : int, optional
            How many epochs they have been trained for, where that is not the run's own count: the run then goes on from
            the beginning of the next.

        Raises
        ------
        ValueError
            If there are too many or too few, or one is not finite; nothing has changed then.
        """
        if np.shape(parameters) != self.network.parameters.shape or not np.isfinite(parameters).all():
            raise ValueError(f"expected {self.network.parameters.size} finite numbers")
        self.network.parameters[...] = parameters
        self._regularizer.follow(self.network.parameters)
        self._learned_epoch = -1
        if epoch is not None:
            self.epoch = self._best_epoch = epoch
            self.batch, self._terms = 0, 0.0
            self._set_rate()
        if self.stopped in (None, "epochs", "diverged"):
            self.stopped = "epochs" if self.epoch >= self.spec.training.epochs else None
        self._checkpoint = self._snapshot()

    def state(self) -> RunState:
        """Return copies of all that the run needs to go on."""
        return replace(self._snapshot(), checkpoint=self._checkpoint)

    def _snapshot(self) -> RunState:
        arrays = {name: values.copy() for name, values in self._arrays().items()}
        arrays["initial_parameters"] = self.initial_parameters  # never written to
        generators: dict[str, Any] = {}
        if self._batches.order is not None:
            generators["shuffling"] = self._streams.shuffling.bit_generator.state
        if self._regularizer.dropout:
            generators["dropout"] = self._streams.dropout.bit_generator.state
        counters = {
            "epoch": self.epoch,
            "batch": self.batch,
            "terms": float(self._terms),
            "best_loss": self._best_loss,
            "best_epoch": self._best_epoch,
            "validation_loss": self._validation_loss,
            "validation_rises": self._validation_rises,
            "learned_epoch": self._learned_epoch,
        }
        return RunState(arrays, generators, counters, self.stopped)

    def _arrays(self) -> dict[str, Array]:
        """The live arrays that training writes to."""
        memory = {f"optimizer.{name}": values for name, values in self._optimizer.memory.items()}
        memory |= {f"regularizer.{name}": values for name, values in self._regularizer.memory.items()}
        order = {} if self._batches.order is None else {"order": self._batches.order}
        return {"parameters": self.network.parameters, **memory, **order}

    def restore(self, state: RunState) -> None:
        """Go back, or on, to a state of this experiment.

        Raises
        ------
        ValueError
            If the state belongs to another experiment; the run then stays as it was.
        """
        checkpoint = state.checkpoint or state
        self._refuse_foreign(state)
        self._refuse_foreign(checkpoint)
        if not 0 <= self._batches_done(state) - self._batches_done(checkpoint) <= CHECKPOINT:
            raise ValueError("the saved state does not fit the experiment: its checkpoint is out of reach")
        self._return_to(state)
        self._checkpoint = checkpoint

    def _refuse_foreign(self, state: RunState) -> None:
        own = self._snapshot()
        for name, values in own.arrays.items():
            if name not in state.arrays or state.arrays[name].shape != values.shape:
                raise ValueError(f"the saved state does not fit the experiment: {name} is missing or has another shape")
        if state.counters.keys() != own.counters.keys() or state.generators.keys() != own.generators.keys():
            raise ValueError("the saved state does not fit the experiment: it counts or draws something else")

    def _batches_done(self, state: RunState) -> int:
        return int(state.counters["epoch"]) * self.batches_per_epoch + int(state.counters["batch"])

    def _return_to(self, state: RunState) -> None:
        for name, target in self._arrays().items():
            target[...] = state.arrays[name]
        if state.arrays["initial_parameters"] is not self.initial_parameters:
            self.initial_parameters = state.arrays["initial_parameters"].astype(self.network.dtype)
        if "shuffling" in state.generators:
            self._streams.shuffling.bit_generator.state = state.generators["shuffling"]
        if "dropout" in state.generators:
            self._streams.dropout.bit_generator.state = state.generators["dropout"]
        counters = state.counters
        self.epoch, self.batch = int(counters["epoch"]), int(counters["batch"])
        self._terms = counters["terms"]
        self._best_loss, self._best_epoch = counters["best_loss"], int(counters["best_epoch"])
        self._validation_loss, self._validation_rises = counters["validation_loss"], int(counters["validation_rises"])
        self._learned_epoch = int(counters["learned_epoch"])
        self.stopped = state.stopped
        self._set_rate()
        if self._batches.order is not None and self.batch:
            self._batches.gather(self._batches.order)
