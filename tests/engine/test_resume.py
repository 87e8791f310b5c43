"""Resuming must equal never having stopped, bit for bit, wherever a run is cut and however it is stored."""

import io
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from nnstudio.engine import ExperimentSpec, RunState, Trainer
from nnstudio.engine.choices.optimizers import OPTIMIZERS

# Uneven batches, a schedule, dropout and validation: everything that has a memory of its own.
FULL_HOUSE = {
    "data.name": "parity:bits=4",
    "data.validation_share": 0.2,
    "network.hidden": "6:tanh,5",
    "training.batch_size": 5,
    "training.learning_rate": 0.02,
    "training.schedule": "cosine:warmup=7",
    "training.regularizer": "dropout:rate=0.3",
    "training.epochs": 160,
    "stop.patience": 1000,
    "stop.validation_patience": 1000,
}
LEARNS = {"seed": 1, "training.epochs": 10_000}  # XOR is learned at epoch 4,779


def trainer_for(settings: dict[str, Any]) -> Trainer:
    return Trainer(ExperimentSpec().with_settings(settings))


def stored(state: RunState) -> RunState:
    """The state after a journey through a file."""
    file = io.BytesIO()
    np.savez(file, allow_pickle=False, **state.to_arrays())
    file.seek(0)
    with np.load(file, allow_pickle=False) as arrays:
        return RunState.from_arrays(arrays)


def assert_same(first: Trainer, second: Trainer) -> None:
    assert (first.epoch, first.batch, first.stopped) == (second.epoch, second.batch, second.stopped)
    assert first.learned_epoch == second.learned_epoch
    one, two = first.state(), second.state()
    assert one.counters == two.counters
    assert one.generators == two.generators
    assert one.arrays.keys() == two.arrays.keys()
    for name, values in one.arrays.items():
        assert values.dtype == two.arrays[name].dtype
        np.testing.assert_array_equal(values, two.arrays[name], err_msg=name)


def check_resume(settings: dict[str, Any], cut: int, batches: int = 600) -> None:
    whole, first, second = trainer_for(settings), trainer_for(settings), trainer_for(settings)
    expected = whole.advance(batches)
    before = first.advance(cut)
    second.train(3)  # a past of its own leaves no trace
    second.restore(stored(first.state()))
    after = second.advance(batches - cut)
    assert_same(whole, second)
    np.testing.assert_array_equal(expected.training, np.append(before.training, after.training))
    np.testing.assert_array_equal(expected.validation, np.append(before.validation, after.validation))


@pytest.mark.parametrize("precision", ["float64", "float32"])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_with_every_optimizer(optimizer: str, precision: str) -> None:
    check_resume(FULL_HOUSE | {"training.optimizer": optimizer, "precision": precision}, cut=137)


@pytest.mark.parametrize("cut", [0, 1, 2, 3, 4, 255, 256, 257, 511, 512, 599, 600])
def test_at_every_point(cut: int) -> None:
    check_resume(FULL_HOUSE | {"training.optimizer": "adam"}, cut)


@pytest.mark.parametrize(
    "changes",
    [
        {"training.batch_size": "full"},
        {"training.batch_size": 1},
        {"training.regularizer": "l1"},
        {"training.schedule": "step:every=10"},
        {"data.validation_share": 0, "stop.validation_patience": "off"},
        {"training.epochs": 40},
        {"stop.patience": 5},
        {"stop.validation_patience": 2},
    ],
    ids=str,
)
def test_under_other_settings(changes: dict[str, Any]) -> None:
    check_resume(FULL_HOUSE | changes, cut=23)


@pytest.mark.parametrize("cut", [1, 1000, 4778, 4779, 4780, 4800, 4863, 4864, 4865])
def test_the_epoch_of_learning_survives(cut: int) -> None:
    whole, first, second = trainer_for(LEARNS), trainer_for(LEARNS), trainer_for(LEARNS)
    whole.train(5500)
    first.train(cut)
    second.restore(stored(first.state()))
    second.train(5500 - cut)
    assert second.learned_epoch == whole.learned_epoch == 4779


def test_after_a_change_under_way_the_epoch_of_learning_survives() -> None:
    """What lies before the change must not be gone over again under the new settings."""
    fast = LEARNS | {"training.learning_rate": 4.0}

    def changed_at_1000(epochs: int) -> Trainer:
        trainer = trainer_for(LEARNS)
        trainer.train(1000)
        trainer.set_live(ExperimentSpec().with_settings(fast))
        trainer.train(epochs - 1000)
        return trainer

    learned = changed_at_1000(3000).learned_epoch
    assert learned is not None and learned > 1000
    resumed = trainer_for(fast)
    resumed.restore(stored(changed_at_1000(learned + 1).state()))
    resumed.train(1000)
    assert resumed.learned_epoch == learned


def test_what_was_learned_before_a_change_keeps_its_epoch() -> None:
    trainer = trainer_for(LEARNS)
    trainer.train(4790)
    trainer.set_live(ExperimentSpec().with_settings(LEARNS | {"training.learning_rate": 0.2}))
    trainer.train(1000)
    assert trainer.learned_epoch == 4779


def test_going_back_and_on_again() -> None:
    trainer, straight = trainer_for(LEARNS), trainer_for(LEARNS)
    straight.train(6000)
    trainer.train(4700)
    early = trainer.state()
    trainer.train(1300)
    late = trainer.state()
    trainer.restore(early)
    assert (trainer.epoch, trainer.learned_epoch) == (4700, None)
    trainer.train(1300)
    assert_same(trainer, straight)
    trainer.restore(early)
    trainer.restore(late)
    assert_same(trainer, straight)


def test_a_state_is_a_copy() -> None:
    trainer = trainer_for(FULL_HOUSE)
    trainer.advance(10)
    state = trainer.state()
    kept = {name: values.copy() for name, values in state.arrays.items()}
    trainer.advance(100)
    other = trainer_for(FULL_HOUSE | {"seed": 9})
    trainer.restore(other.state())
    for name, values in kept.items():
        np.testing.assert_array_equal(state.arrays[name], values, err_msg=name)
    np.testing.assert_array_equal(trainer.initial_parameters, other.initial_parameters)


def test_a_state_holds_nothing_that_needs_pickle() -> None:
    arrays = trainer_for(FULL_HOUSE).state().to_arrays()
    assert all(values.dtype.kind in "fiuU" for values in arrays.values())


@pytest.mark.parametrize(
    "changes", [{"network.hidden": "7"}, {"training.optimizer": "adam"}, {"training.batch_size": 5}], ids=str
)
def test_the_state_of_another_experiment_is_refused_and_changes_nothing(changes: dict[str, Any]) -> None:
    trainer = trainer_for({"data.name": "parity:bits=4"} | changes)
    before = trainer.state()
    with pytest.raises(ValueError, match="does not fit the experiment"):
        trainer.restore(trainer_for({"data.name": "parity:bits=4"}).state())
    np.testing.assert_array_equal(trainer.network.parameters, before.arrays["parameters"])
    assert trainer.epoch == 0


def test_a_checkpoint_that_does_not_belong_is_refused_too() -> None:
    trainer, early, other = trainer_for(LEARNS), trainer_for(LEARNS), trainer_for(LEARNS | {"network.hidden": 3})
    trainer.train(700)
    for checkpoint in (other.state(), early.state()):  # of another network; too long ago
        with pytest.raises(ValueError, match="does not fit the experiment"):
            trainer.restore(replace(trainer.state(), checkpoint=checkpoint))
    assert trainer.epoch == 700


def test_a_state_with_other_random_streams_is_refused() -> None:
    with pytest.raises(ValueError, match="draws something else"):
        trainer_for({"training.regularizer": "dropout"}).restore(trainer_for({}).state())


@pytest.mark.parametrize(
    "settings", [FULL_HOUSE, LEARNS, LEARNS | {"training.batch_size": 3}], ids=["all", "full", "mini"]
)
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_odd_pieces_equal_one_go(settings: dict[str, Any], seed: int) -> None:
    whole, pieces, rng = trainer_for(settings), trainer_for(settings), np.random.default_rng(seed)
    expected, left, losses = whole.advance(6000).training, 6000, []
    while left:
        size = min(left, int(rng.choice([1, 2, 3, 100, 255, 256, 257, 700])))
        losses.append(pieces.advance(size).training)
        left -= size
    assert_same(whole, pieces)
    np.testing.assert_array_equal(np.concatenate(losses), expected)


@pytest.mark.parametrize(
    "settings",
    [
        {"seed": 1},
        {"seed": 42, "network.hidden": 4, "training.learning_rate": 0.5},
        {"data.name": "and"},
        {"data.targets": "one_hot", "network.output_activation": "softmax", "network.hidden": "4:tanh",
         "training.loss": "softmax_cross_entropy"},
        {"network.output_activation": "linear", "training.loss": "hinge", "network.hidden": "6:tanh"},
        {"data.name": "or", "training.batch_size": 2, "training.learning_rate": 0.05},
    ],
    ids=str,
)  # fmt: skip
def test_the_epoch_of_learning_is_the_one_found_by_looking_before_every_update(settings: dict[str, Any]) -> None:
    trainer, watched = trainer_for(settings), trainer_for(settings)
    y = watched.dataset.targets
    threshold = 0 if settings.get("training.loss") == "hinge" else 0.5
    learned = None
    while watched.epoch < 6000:
        outputs = watched.outputs()
        if y.shape[1] > 1:
            right = (outputs.argmax(axis=1) == y.argmax(axis=1)).all()
        else:
            right = ((outputs > threshold) == (y == 1)).all()
        if not right:
            learned = None
        elif learned is None:
            learned = watched.epoch + (watched.batch > 0)  # only an epoch that is right throughout counts
        watched.advance(1)
    trainer.train(6000)
    trainer.settle()
    assert trainer.learned_epoch == learned is not None


def test_what_is_forgotten_is_not_learned() -> None:
    """A learning rate that grows too large throws the network out again."""
    trainer = trainer_for(LEARNS)
    trainer.train(6000)
    assert trainer.learned_epoch == 4779
    trainer.network.parameters[...] = 0
    trainer.settle()
    assert trainer.learned_epoch is None
