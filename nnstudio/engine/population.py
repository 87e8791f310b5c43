"""Trains thousands of networks of one shape together, in one set of arrays."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnstudio.engine.choices.datasets import Dataset
from nnstudio.engine.population_block import CACHE_BYTES, Block, Shape, classes_of, initial_parameters
from nnstudio.engine.population_passes import Passes
from nnstudio.engine.registry import Choice
from nnstudio.engine.run_state import STOPPED
from nnstudio.engine.spec import ExperimentSpec

Array = NDArray[Any]

# Updates between two looks for numbers that are not finite; those who have them train the stretch again by themselves.
STRETCH = 256
# Members that have ended go on in the arrays, unheeded, until this share of them has.
IDLE = 0.3
# Members of a block: so few at the least, however large they are, and so many at the most, however small.
FEWEST, MOST = 4, 4096
NEVER = np.iinfo(np.int64).max
# As members' reasons are held, by number: 0 while a member trains.
_REASONS = (None, *STOPPED)


def kind(spec: ExperimentSpec) -> Hashable:
    """Return what networks must have in common to be trained together.

    They may differ in seed, learning rate, schedule, epochs, stop criteria, initializer, and the numbers of their
    optimizer and regularizer.

    Parameters
    ----------
    spec : ExperimentSpec
    """
    network, training = spec.network, spec.training
    regularizer = training.regularizer
    words = tuple(value for value in regularizer.parameters if isinstance(value[1], str))
    return (
        spec.data,
        spec.own if spec.data.name.name == "own" else None,
        (network.hidden, network.activation, network.output_activation),
        (training.loss, training.reduction, training.batch_size, training.shuffle),
        training.optimizer.name,
        Choice(regularizer.name, words),
        spec.precision,
    )


def block_size(spec: ExperimentSpec) -> int:
    """Return how many networks of an experiment fit the cache together.

    Parameters
    ----------
    spec : ExperimentSpec
    """
    return int(np.clip(CACHE_BYTES // Shape(spec).bytes_per_member(), FEWEST, MOST))


class Population:
    """Networks of one shape that train together; each as if it were alone.

    The members' axis of the live arrays is the last and contiguous, so that one instruction serves several networks;
    with many units in a layer it is the first, and each network has matrix products of its own. Sums are taken in
    another order than by `Trainer`, so the two agree to about 1e-12, not to the last bit.

    Parameters
    ----------
    specs : sequence of ExperimentSpec
        One for each member, all of one `kind`; members may share one object. Their seeds are not looked at.
    seeds : sequence of int
        One for each member.
    curve_epochs : ndarray of int, shape (points,), optional
        Epochs, counted from 0 and rising, whose losses are kept.

    Attributes
    ----------
    epoch : int
        Epochs that are complete for members that still train.
    epochs : ndarray of int64, shape (members,)
        Complete epochs of each member.
    final_losses : ndarray of float64, shape (members,)
        The loss of each one's last complete epoch, before its update; nan before the first.
    curve_epochs : ndarray of int64, shape (points,)
    curves : ndarray of float64, shape (points, members)
        The losses of those epochs; nan where a member did not get there.

    Raises
    ------
    ValueError
        If there are no members, not as many seeds, or experiments of several kinds.
    """

    def __init__(
        self, specs: Sequence[ExperimentSpec], seeds: Sequence[int], *, curve_epochs: Array | None = None
    ) -> None:
        if not specs or len(specs) != len(seeds):
            raise ValueError("expected one seed for each experiment, and at least one")
        distinct = {id(spec): spec for spec in specs}
        if len({kind(spec) for spec in distinct.values()}) > 1:
            raise ValueError("expected experiments of one kind: the same data, layers, loss and batches")
        self.members = members = len(specs)
        self._shape = Shape(specs[0])
        self._parameters = initial_parameters(self._shape, specs, seeds)
        self._block = Block(self._shape, specs, seeds, self._parameters)
        self._ids = np.arange(members)
        self._active = np.ones(members, bool)
        self.epochs = np.zeros(members, np.int64)
        self.final_losses = np.full(members, np.nan)
        self._reasons = np.zeros(members, np.uint8)
        self._last_wrong = self._block.last_wrong.copy()
        self.curve_epochs = np.array([] if curve_epochs is None else curve_epochs, np.int64)
        self.curves = np.full((len(self.curve_epochs), members), np.nan)
        self._next_point = 0
        each = {id(spec): spec.stop for spec in specs}
        stops = [each[id(spec)] for spec in specs]
        # What each member of the block stops by; members that are taken out of it take theirs along.
        self._criteria = {
            "limit": np.array([spec.training.epochs for spec in specs]),
            "loss_below": np.array([-np.inf if s.loss_below is None else s.loss_below for s in stops]),
            "patience": np.array([s.patience or NEVER for s in stops]),
            "best_loss": np.full(members, np.inf),
            "best_epoch": np.zeros(members, np.int64),
            "validation_patience": np.array([s.validation_patience or NEVER for s in stops]),
            "validation_loss": np.full(members, np.inf),
            "validation_rises": np.zeros(members, np.int64),
        }

    # ---- what became of them -------------------------------------------------------------------------------------

    @property
    def epoch(self) -> int:
        return self._block.epoch

    @property
    def training(self) -> int:
        """How many members have not stopped."""
        return int(self._active.sum())

    @property
    def stopped(self) -> tuple[str | None, ...]:
        """Why each member has stopped, in the words of `Trainer.stopped`; None while it trains."""
        return tuple(_REASONS[code] for code in self._reasons)

    @property
    def learned_epochs(self) -> Array:
        """Since when each member has got every pattern right, int64 of shape (members,).

        -1 where one is wrong, and for data that does not list all its patterns.
        """
        dataset = self._shape.dataset
        if self._block.shape.training_set is not dataset or not dataset.enumerates:
            return np.full(self.members, -1)
        self._fetch()
        classes = classes_of(self._outputs().transpose(2, 1, 0), self._shape.spec.threshold)
        right = (classes == classes_of(dataset.targets.T[..., None], 0.5)).all(axis=0)
        return np.where(right, np.minimum(self._last_wrong + 1, self.epochs), -1)

    def parameters(self) -> Array:
        """Return each member's weights and biases, shape (members, parameters); the last finite ones if it diverged."""
        self._fetch()
        return self._parameters.copy()

    def outputs(self) -> Array:
        """Return each member's outputs for all samples of the data set, in its units, (members, samples, outputs)."""
        return self._shape.encoding.outputs(self._outputs())

    def losses(self) -> Array:
        """Return each member's loss as it is now, over the training samples and without dropout, shape (members,)."""
        shape = self._shape
        targets = shape.targets(shape.training_set)[..., None]
        with np.errstate(all="ignore"):
            parts = [passes.loss(targets) / passes.count for passes, _ in self._forward(shape.training_set)]
        return np.concatenate(parts).astype(np.float64)

    def _outputs(self) -> Array:
        with np.errstate(all="ignore"):
            parts = [outputs.transpose(2, 1, 0).copy() for _, outputs in self._forward(self._shape.dataset)]
        return np.concatenate(parts)

    def _forward(self, dataset: Dataset) -> Iterator[tuple[Passes, Array]]:
        """Yield block after block of all members as they are now, with their outputs, (outputs, samples, members)."""
        self._fetch()
        shape = self._shape
        inputs = shape.inputs(dataset)
        size = block_size(shape.spec)
        for start in range(0, self.members, size):
            part = self._parameters[start : start + size]
            parameters = shape.order.flat(shape.layout.size, len(part), shape.dtype)
            shape.order.by_member(parameters)[...] = part
            passes = shape.passes(parameters, np.empty_like(parameters), inputs.shape[1], shared=True)
            yield passes, passes.forward_propagation(inputs)

    # ---- training ------------------------------------------------------------------------------------------------

    def train(self, epochs: int | None = None) -> None:
        """Train for so many epochs, or until all have stopped."""
        end = NEVER if epochs is None else self.epoch + epochs
        stretch = max(1, STRETCH // self._block.batches)
        while self.training and self.epoch < end:
            with np.errstate(all="ignore"):
                self._train_stretch(min(stretch, end - self.epoch))

    def _train_stretch(self, epochs: int) -> None:
        """Train until some members stop, at most for so many epochs, and sort out those whose numbers overflowed."""
        block = self._block
        before = block.state()
        total = np.zeros(block.members)
        for _ in range(epochs):
            losses = block.train_epoch()
            total += losses  # infinite or nan from the first such loss on
            self._keep_point(losses)
            reasons = self._reasons_to_stop(losses)
            if reasons is not None:
                break
        finite = block.is_finite() & np.isfinite(total)
        live = self._active & finite
        self.epochs[self._ids[live]] = block.epoch
        self.final_losses[self._ids[live]] = losses[live]
        self._last_wrong[self._ids[live]] = block.last_wrong[live]
        diverged = np.flatnonzero(self._active & ~finite)
        if len(diverged):
            twice = np.resize(diverged, max(2, len(diverged)))
            self._go_to_the_last_finite(block.take(twice, before), self._ids[twice])
            self._active[diverged] = False
        if reasons is not None:
            ended = np.flatnonzero(live & (reasons > 0))
            self._fetch(ended)
            self._reasons[self._ids[ended]] = reasons[ended]
            self._active[ended] = False
        if self._active.any() and self._active.mean() < 1 - IDLE and block.members > 2:
            self._leave_out_the_idle()

    def _keep_point(self, losses: Array) -> None:
        if self._next_point < len(self.curve_epochs) and self.curve_epochs[self._next_point] == self.epoch - 1:
            self.curves[self._next_point, self._ids[self._active]] = losses[self._active]
            self._next_point += 1

    def _reasons_to_stop(self, losses: Array) -> Array | None:
        """Return for each member of the block the number of its reason, 0 for none; None if no one stops."""
        own, epoch = self._criteria, self.epoch
        checks: list[tuple[str, Array]] = []
        if own["loss_below"].max() > 0:
            checks.append(("loss_below", losses < own["loss_below"]))
        if own["patience"].min() < NEVER:
            better = losses < own["best_loss"]
            np.copyto(own["best_loss"], losses, where=better)
            np.copyto(own["best_epoch"], epoch, where=better)
            checks.append(("patience", epoch - own["best_epoch"] >= own["patience"]))
        validation = self._block.validation_losses()
        if validation is not None:
            rises = np.where(validation > own["validation_loss"], own["validation_rises"] + 1, 0)
            own["validation_rises"], own["validation_loss"] = rises, validation
            checks.append(("validation_patience", rises >= own["validation_patience"]))
        if epoch >= own["limit"].min():
            checks.append(("epochs", epoch >= own["limit"]))
        reasons = np.zeros(self._block.members, np.uint8)
        for reason, stops in reversed(checks):  # the first counts
            reasons[stops & self._active] = _REASONS.index(reason)
        return reasons if reasons.any() else None

    def _go_to_the_last_finite(self, block: Block, ids: Array) -> None:
        """Train members alone from a stretch's beginning, up to the update that makes a number infinite."""
        going = np.ones(len(ids), bool)
        losses, terms, index = self.final_losses[ids], np.zeros(len(ids)), 0
        while going.any():
            parameters = block.shape.order.by_member(block.parameters).copy()
            terms = terms + block.train_batch(index)
            fails = going & ~(block.is_finite() & np.isfinite(terms))
            if fails.any():
                which = ids[fails]
                self._parameters[which] = parameters[fails]
                self.epochs[which], self.final_losses[which] = block.epoch, losses[fails]
                self._last_wrong[which] = block.last_wrong[fails]
                self.curves[np.ix_(self.curve_epochs >= block.epoch, which)] = np.nan
                self._reasons[which] = _REASONS.index("diverged")
                going &= ~fails
            index += 1
            if index == block.batches:
                losses, terms, index = terms / block.terms_in_epoch, np.zeros(len(ids)), 0
                block.epoch += 1

    def _leave_out_the_idle(self) -> None:
        # Two at the least: NumPy sums the numbers of a member alone in another order.
        rows = np.sort(np.argsort(~self._active, kind="stable")[: max(2, self.training)])
        self._block = self._block.take(rows)
        self._criteria = {name: values[rows] for name, values in self._criteria.items()}
        self._ids, self._active = self._ids[rows], self._active[rows]

    def _fetch(self, rows: Array | None = None) -> None:
        """Copy the parameters of some members of the block, or of all that train, to where all members' are kept."""
        rows = np.flatnonzero(self._active) if rows is None else rows
        self._parameters[self._ids[rows]] = self._shape.order.by_member(self._block.parameters)[rows]
