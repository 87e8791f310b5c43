"""Training must go through the samples as it says, stop when it says, and cost no memory on the way."""

import math
import tracemalloc

import numpy as np
import pytest

from nnstudio.engine import Dataset, ExperimentSpec, Losses, SettingError, Trainer
from nnstudio.engine.choices.optimizers import OPTIMIZERS
from nnstudio.engine.evaluation import is_right
from nnstudio.engine.split import VALIDATION

COUNTER_RATE = 2.0**-10


def experiment(**settings: object) -> ExperimentSpec:
    return ExperimentSpec().with_settings({key.replace("__", "."): value for key, value in settings.items()})


# --- batches


def counting_trainer(samples: int, batch_size: object, **settings: object) -> Trainer:
    """A network in which the weight of a sample grows by one step each time that the sample is seen.

    Each sample has an input of its own, the only output is their sum, the targets are out of reach, and the slope of
    the absolute error is 1.
    """
    data = Dataset(
        "samples", np.eye(samples), np.full((samples, 1), 1e6), tuple(f"x{i}" for i in range(samples)), ("y",)
    )
    spec = experiment(
        network__hidden="none",
        network__output_activation="linear",
        network__initializer="zeros",
        training__loss="mae",
        training__learning_rate=COUNTER_RATE,
        training__batch_size=batch_size,
        **settings,
    )
    return Trainer(spec, data)


def times_seen(trainer: Trainer) -> list[int]:
    return [int(weight / COUNTER_RATE) for weight in trainer.network.layers[0].weights[:, 0]]


@pytest.mark.parametrize(
    ("batch_size", "sizes"),
    [("full", [7]), (7, [7]), (100, [7]), (3, [3, 3, 1]), (6, [6, 1]), (1, [1] * 7)],
)
def test_an_epoch_sees_every_sample_once(batch_size: object, sizes: list[int]) -> None:
    trainer = counting_trainer(7, batch_size)
    assert trainer.batches_per_epoch == len(sizes)
    for epoch in range(1, 6):
        for batch, size in enumerate(sizes, start=1):
            before = sum(times_seen(trainer))
            trainer.advance(1)
            assert sum(times_seen(trainer)) - before == size
            assert (trainer.epoch, trainer.batch) == ((epoch, 0) if batch == len(sizes) else (epoch - 1, batch))
        assert times_seen(trainer) == [epoch] * 7


def order_of(trainer: Trainer) -> list[int]:
    """Train an epoch of single samples, and return them in the order in which they were seen."""
    order = []
    for _ in range(trainer.batches_per_epoch):
        before = times_seen(trainer)
        trainer.advance(1)
        order += [i for i, (now, then) in enumerate(zip(times_seen(trainer), before, strict=True)) if now > then]
    return order


def test_every_epoch_has_an_order_of_its_own() -> None:
    trainer = counting_trainer(20, 1)
    orders = [order_of(trainer) for _ in range(5)]
    assert all(sorted(order) == list(range(20)) for order in orders)
    assert len({tuple(order) for order in orders}) == 5
    assert list(range(20)) not in orders


def test_the_order_comes_from_the_seed_and_from_a_stream_of_its_own() -> None:
    order = order_of(counting_trainer(20, 1))
    assert order_of(counting_trainer(20, 1)) == order
    assert order_of(counting_trainer(20, 1, seed=43)) != order


@pytest.mark.parametrize(
    "changes",
    [
        {"training__regularizer": "dropout:rate=0.5"},
        {"network__initializer": "he_normal"},
        {"network__hidden": "9,9", "network__activation": "tanh"},
        {"training__optimizer": "adam"},
    ],
    ids=str,
)
def test_nothing_else_that_draws_changes_the_order(changes: dict[str, object]) -> None:
    settings = {"data__name": "parity:bits=5", "training__batch_size": 6}
    plain, changed = Trainer(experiment(**settings)), Trainer(experiment(**settings | changes))
    for _ in range(3):
        plain.train(1)
        changed.train(1)
        np.testing.assert_array_equal(plain.state().arrays["order"], changed.state().arrays["order"])
    assert not np.array_equal(plain.network.parameters, changed.network.parameters)


def test_dropout_does_not_change_the_weights_that_are_drawn() -> None:
    settings = {"network__initializer": "he_normal", "network__hidden": 8}
    plain, dropout = (Trainer(experiment(**settings, training__regularizer=name)) for name in ("none", "dropout"))
    np.testing.assert_array_equal(plain.initial_parameters, dropout.initial_parameters)


@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_an_uneven_last_batch_has_its_own_mean(reduction: str) -> None:
    """Three updates by hand: batches of 3, 3 and 2 samples, in the order that the run itself reports."""
    spec = experiment(
        data__name="parity", network__hidden="none", network__output_activation="linear",
        training__batch_size=3, training__reduction=reduction,
    )  # fmt: skip
    trainer = Trainer(spec)
    weights, bias = trainer.network.layers[0].weights.copy(), trainer.network.layers[0].biases.copy()
    losses = trainer.train(1).training
    order, total = trainer.state().arrays["order"], 0.0
    for rows in (order[:3], order[3:6], order[6:]):
        X, y = trainer.dataset.inputs[rows], trainer.dataset.targets[rows]
        error = X @ weights + bias - y
        total += (error**2).sum()
        scale = 2 / len(rows) if reduction == "mean" else 1
        weights -= 0.1 * scale * X.T @ error
        bias -= 0.1 * scale * error.sum(axis=0)
    np.testing.assert_allclose(trainer.network.layers[0].weights, weights, rtol=1e-12)
    np.testing.assert_allclose(trainer.network.layers[0].biases, bias, rtol=1e-12)
    assert losses == pytest.approx([total / 8], rel=1e-13)


def test_the_loss_of_an_epoch_is_taken_before_its_update() -> None:
    trainer = Trainer(experiment())
    for _ in range(5):
        before = trainer.loss()
        assert trainer.train(1).training == [before]


# --- validation


def test_what_is_held_out_is_not_trained_on() -> None:
    spec = experiment(data__name="parity:bits=4", data__validation_share=0.25, network__hidden=4)
    trainer = Trainer(spec)
    assert trainer.validation_set is not None
    assert (trainer.training_set.samples, trainer.validation_set.samples) == (12, 4)
    both = np.vstack([trainer.training_set.inputs, trainer.validation_set.inputs])
    assert len(np.unique(both, axis=0)) == 16
    alone = Trainer(experiment(network__hidden=4, data__name="parity:bits=4"), trainer.training_set)
    losses = trainer.train(50)
    np.testing.assert_array_equal(losses.training, alone.train(50).training)
    y = trainer.validation_set.targets
    assert losses.validation.shape == (50,)
    before = trainer.predict(trainer.validation_set.inputs)
    assert losses.validation[-1] == pytest.approx(
        np.mean((before - y) ** 2), rel=1e-12
    )  # of the network after the epoch


def test_the_rows_that_are_held_out_are_known_without_training() -> None:
    trainer = Trainer(experiment(data__name="parity:bits=5", data__validation_share=0.3, seed=7))
    rows = trainer.spec.parts() == VALIDATION
    assert rows.sum() == round(0.3 * 32)
    assert trainer.validation_set is not None
    assert np.array_equal(trainer.dataset.inputs[rows], trainer.validation_set.inputs)
    assert np.array_equal(trainer.dataset.inputs[~rows], trainer.training_set.inputs)
    assert not experiment().parts().any()


def test_without_a_share_there_is_no_validation_loss() -> None:
    assert Trainer(experiment()).train(5).validation.shape == (0,)


def test_the_outputs_are_those_of_all_samples_in_their_order() -> None:
    trainer = Trainer(experiment(data__name="parity", data__validation_share=0.25, training__batch_size=2))
    trainer.train(10)
    np.testing.assert_allclose(trainer.outputs(), trainer.predict(trainer.dataset.inputs), rtol=1e-13)


# --- stopping


def test_stops_after_its_epochs() -> None:
    trainer = Trainer(experiment(training__epochs=300))
    assert len(trainer.train().training) == trainer.epoch == 300
    assert trainer.stopped == "epochs"
    assert len(trainer.train(10).training) == 0


def test_trains_no_more_epochs_than_asked_for() -> None:
    trainer = Trainer(experiment(data__name="parity", training__batch_size=3))
    assert len(trainer.train(7).training) == trainer.epoch == 7
    trainer.advance(2)
    assert len(trainer.train(1).training) == 1  # the one under way
    assert (trainer.epoch, trainer.batch) == (8, 0)
    assert len(trainer.train(0).training) == 0


def test_stops_at_the_first_loss_below_a_value() -> None:
    free = Trainer(experiment(seed=1)).train().training
    trainer = Trainer(experiment(seed=1, stop__loss_below=0.1))
    losses = trainer.train().training
    assert trainer.stopped == "loss_below"
    assert trainer.epoch == len(losses) == int(np.argmax(free < 0.1)) + 1
    np.testing.assert_array_equal(losses, free[: len(losses)])


@pytest.mark.parametrize("patience", [1, 4, 30])
def test_stops_after_so_many_epochs_without_a_new_low(patience: int) -> None:
    settings = {"training__learning_rate": 0.5, "training__batch_size": 1}  # single samples make a restless loss
    free = Trainer(experiment(**settings)).train(5000).training
    best, best_at, expected = math.inf, 0, None
    for epoch, loss in enumerate(free):
        if loss < best:
            best, best_at = loss, epoch
        elif epoch - best_at == patience:
            expected = epoch + 1
            break
    assert expected is not None
    trainer = Trainer(experiment(**settings, stop__patience=patience))
    trainer.train()
    assert (trainer.stopped, trainer.epoch) == ("patience", expected)


@pytest.mark.parametrize("patience", [1, 3, 6])  # before 6 in a row there are others that are not
def test_stops_when_the_validation_loss_keeps_rising(patience: int) -> None:
    settings = {"data__name": "parity:bits=4", "data__validation_share": 0.25, "network__hidden": 6}
    settings |= {"training__batch_size": 1, "training__learning_rate": 0.5}  # the loss goes up and down
    free = Trainer(experiment(**settings)).train(3000).validation
    rises, expected = 0, None
    for epoch in range(1, len(free)):
        rises = rises + 1 if free[epoch] > free[epoch - 1] else 0
        if rises == patience:
            expected = epoch + 1
            break
    assert expected is not None
    trainer = Trainer(experiment(**settings, stop__validation_patience=patience))
    trainer.train()
    assert (trainer.stopped, trainer.epoch) == ("validation_patience", expected)


# --- divergence

DIVERGING = {
    "network__hidden": 3, "network__activation": "linear", "network__output_activation": "linear",
    "training__learning_rate": 0.9,
}  # fmt: skip


def epochs_until_overflow(spec: ExperimentSpec) -> tuple[int, list[np.ndarray]]:
    """The textbook's loop on its own, up to the last epoch whose loss and parameters are finite."""
    hidden, output = Trainer(spec).network.layers
    parameters = [hidden.weights.copy(), hidden.biases.copy(), output.weights.copy(), output.biases.copy()]
    X, y, rate = (
        np.array([[0, 0], [0, 1], [1, 0], [1, 1.0]]),
        np.array([[0], [1], [1], [0.0]]),
        spec.training.learning_rate,
    )
    with np.errstate(all="ignore"):
        for epoch in range(10_000):
            W1, b1, W2, b2 = parameters
            h = X @ W1 + b1
            error = h @ W2 + b2 - y
            back = error @ W2.T
            gradients = [X.T @ back, back.sum(axis=0), h.T @ error, error.sum(axis=0)]
            after = [p - rate * g for p, g in zip(parameters, gradients, strict=True)]
            if not np.isfinite((error**2).sum()) or not all(np.isfinite(p).all() for p in after):
                return epoch, parameters
            parameters = after
    raise AssertionError("this does not diverge")


@pytest.mark.parametrize("piece", [1, 5, 10_000])
def test_a_run_that_overflows_is_stopped_at_its_last_finite_epoch(piece: int) -> None:
    spec = experiment(**DIVERGING)
    epoch, expected = epochs_until_overflow(spec)
    assert epoch > 1
    trainer, losses = Trainer(spec), []
    while trainer.stopped is None:
        losses += list(trainer.train(piece).training)
    assert trainer.stopped == "diverged"
    assert trainer.epoch == len(losses) == epoch
    assert np.isfinite(losses).all() and np.isfinite(trainer.network.parameters).all()
    hidden, output = trainer.network.layers
    for actual, wanted in zip([hidden.weights, hidden.biases, output.weights, output.biases], expected, strict=True):
        np.testing.assert_allclose(actual, wanted, rtol=1e-6)


@pytest.mark.parametrize("settings", [{}, {"training__batch_size": 3}, {"training__optimizer": "momentum"},
                                      {"precision": "float32"}, {"stop__patience": 1000}], ids=str)  # fmt: skip
def test_in_one_go_or_step_by_step_the_last_finite_state_is_the_same(settings: dict[str, object]) -> None:
    spec = experiment(**DIVERGING | settings)
    together, stepped = Trainer(spec), Trainer(spec)
    losses, single = together.train().training, []
    while stepped.stopped is None:
        single.append(stepped.advance(1).training)
    assert together.stopped == stepped.stopped == "diverged"
    assert (together.epoch, together.batch) == (stepped.epoch, stepped.batch)
    np.testing.assert_array_equal(together.network.parameters, stepped.network.parameters)
    np.testing.assert_array_equal(losses, np.concatenate(single))
    assert len(losses) == together.epoch


def test_a_diverged_run_does_not_go_on() -> None:
    trainer = Trainer(experiment(**DIVERGING))
    trainer.train()
    trainer.set_live(experiment(**DIVERGING | {"training__learning_rate": 0.01}))
    assert trainer.stopped == "diverged"
    assert len(trainer.train(5).training) == 0


# --- settings that change under way


def test_a_new_learning_rate_acts_at_once() -> None:
    slow, fast = experiment(), experiment(training__learning_rate=2)
    trainer, other = Trainer(slow), Trainer(fast)
    trainer.train(10)
    trainer.set_live(fast)
    before, gradient = trainer.network.parameters.copy(), trainer.gradient()
    trainer.train(1)
    np.testing.assert_allclose(trainer.network.parameters, before - 2 * gradient, rtol=1e-12)
    other.network.parameters[...] = before
    other.train(1)
    np.testing.assert_array_equal(trainer.network.parameters, other.network.parameters)


def test_a_new_learning_rate_acts_within_an_epoch_too() -> None:
    trainer = counting_trainer(4, 1)
    trainer.advance(2)
    trainer.set_live(trainer.spec.with_settings({"training.learning_rate": 5 * COUNTER_RATE}))
    trainer.advance(2)
    assert sorted(times_seen(trainer)) == [1, 1, 5, 5]


def test_more_epochs_let_a_finished_run_go_on() -> None:
    trainer, long = Trainer(experiment(training__epochs=100)), Trainer(experiment(training__epochs=250))
    trainer.train()
    trainer.set_live(experiment(training__epochs=250))
    assert trainer.stopped is None
    trainer.train()
    long.train()
    assert (trainer.epoch, trainer.stopped) == (250, "epochs")
    np.testing.assert_array_equal(trainer.network.parameters, long.network.parameters)


def test_fewer_epochs_than_are_done_end_a_run() -> None:
    trainer = Trainer(experiment())
    trainer.train(100)
    trainer.set_live(experiment(training__epochs=50))
    assert trainer.stopped == "epochs"


def test_a_stop_criterion_can_come_later() -> None:
    trainer = Trainer(experiment(seed=1))
    trainer.train(100)
    trainer.set_live(experiment(seed=1, stop__loss_below=0.2))
    trainer.train()
    assert trainer.stopped == "loss_below"


@pytest.mark.parametrize(
    "changes",
    [
        {"network__hidden": 3},
        {"seed": 1},
        {"training__optimizer": "adam"},
        {"training__batch_size": 2},
        {"precision": "float32"},
    ],
    ids=str,
)
def test_the_shape_of_an_experiment_cannot_change_under_way(changes: dict[str, object]) -> None:
    trainer, spec = Trainer(experiment()), experiment(**changes)
    with pytest.raises(ValueError, match="during training"):
        trainer.set_live(spec)
    assert trainer.spec == experiment()


def test_what_has_changed_is_named() -> None:
    changed = experiment().changed_keys(experiment(seed=1, training__learning_rate=1))
    assert changed == ("training.learning_rate", "seed")


# --- looking at a run


def test_looking_does_not_change_the_run() -> None:
    watched, unwatched = Trainer(experiment(training__batch_size=3)), Trainer(experiment(training__batch_size=3))
    for _ in range(50):
        watched.advance(1)
        watched.loss(), watched.gradient(), watched.outputs(), watched.state(), watched.settle()
    unwatched.advance(50)
    np.testing.assert_array_equal(watched.network.parameters, unwatched.network.parameters)


def test_the_gradient_is_the_one_that_the_update_follows() -> None:
    trainer = Trainer(experiment(training__regularizer="l2:rate=0.1"))
    trainer.train(10)
    before, gradient = trainer.network.parameters.copy(), trainer.gradient()
    trainer.train(1)
    np.testing.assert_allclose(trainer.network.parameters, before - 0.1 * gradient, rtol=1e-13)


def test_losses_are_returned_as_copies() -> None:
    trainer = Trainer(experiment())
    first: Losses = trainer.train(5)
    kept = first.training.copy()
    trainer.train(5)
    np.testing.assert_array_equal(first.training, kept)


@pytest.mark.parametrize(
    ("outputs", "targets", "threshold", "expected"),
    [
        ([[0.4], [0.6], [0.5]], [[0], [1], [1]], 0.5, [True, True, False]),
        ([[-0.1], [0.1]], [[1], [1]], 0.0, [False, True]),
        ([[0.2, 0.3], [0.9, 0.1]], [[0, 1], [0, 1]], 0.5, [True, False]),
        ([[0.2, 0.3, 0.1]], [[0, 1, 0]], 0.5, [True]),
    ],
)
def test_a_sample_is_right_when_its_class_is(
    outputs: list[list[float]], targets: list[list[float]], threshold: float, expected: list[bool]
) -> None:
    assert is_right(np.array(outputs), np.array(targets), threshold).tolist() == expected


# --- memory


@pytest.mark.parametrize(
    "settings",
    [{}, {"training__batch_size": 3}, {"training__schedule": "cosine"}, {"training__regularizer": "dropout"}]
    + [{"training__optimizer": name} for name in OPTIMIZERS],
    ids=str,
)
def test_hundreds_of_epochs_cost_no_memory(settings: dict[str, object]) -> None:
    trainer = Trainer(experiment(**{"data__name": "parity:bits=4", "network__hidden": "16,8"} | settings))
    trainer.advance(600)  # a checkpoint is behind
    tracemalloc.start()
    try:
        trainer.train(500)
        first, _ = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        trainer.train(500)
        second, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert second - first < 2000  # nothing is left behind by 500 epochs
    assert peak < 100_000  # a few copies for the checkpoint, however long it runs


def test_a_dataset_of_one_s_own_needs_no_spec_of_its_own() -> None:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(60, 2))
    data = Dataset("ring", X, (X**2).sum(axis=1, keepdims=True) < 1, ("x", "y"), ("inside",))
    trainer = Trainer(
        experiment(network__hidden="8:tanh", training__optimizer="adam", training__learning_rate=0.05), data
    )
    losses = trainer.train(500).training
    assert losses[-1] < 0.1 * losses[0]
    assert trainer.learned_epoch is None  # not all patterns are known


def test_a_wrong_setting_is_refused_before_anything_is_made() -> None:
    with pytest.raises(SettingError):
        experiment(training__learning_rate=-1)
