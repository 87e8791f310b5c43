import json
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose

from nnstudio.engine import Dataset, ExperimentSpec, Trainer
from nnstudio.engine.population import Population, block_size, kind

GOLDEN = Path(__file__).parents[1] / "golden" / "xor_reliability.json"
RELATIVE = 1e-9


def experiment(**settings: object) -> ExperimentSpec:
    return ExperimentSpec().with_settings({key.replace("__", "."): value for key, value in settings.items()})


def agrees(specs: list[ExperimentSpec], seeds: list[int], epochs: int, tolerance: float = RELATIVE) -> Population:
    """Train together and one by one, and compare all that can be seen of each member."""
    points = np.arange(0, epochs, max(1, epochs // 7))
    population = Population(specs, seeds, curve_epochs=points)
    population.train(epochs)
    parameters, outputs, now = population.parameters(), population.outputs(), population.losses()
    for member, (spec, seed) in enumerate(zip(specs, seeds, strict=True)):
        trainer = Trainer(spec.with_settings({"seed": seed}))
        losses = trainer.train(epochs).training
        trainer.settle()
        assert population.epochs[member] == trainer.epoch
        assert population.stopped[member] == trainer.stopped
        assert_allclose(parameters[member], trainer.network.parameters, rtol=tolerance, atol=tolerance)
        assert_allclose(outputs[member], trainer.outputs(), rtol=tolerance, atol=tolerance)
        assert_allclose(now[member], trainer.loss(), rtol=tolerance, atol=tolerance)
        reached = points < trainer.epoch
        assert_allclose(population.curves[reached, member], losses[points[reached]], rtol=tolerance)
        assert np.isnan(population.curves[~reached, member]).all()
        if len(losses):
            assert_allclose(population.final_losses[member], losses[-1], rtol=tolerance)
        learned = -1 if trainer.learned_epoch is None else trainer.learned_epoch
        assert population.learned_epochs[member] == learned
    return population


def test_each_member_is_the_tutorials_network_of_its_seed() -> None:
    agrees([experiment()] * 5, [42, 0, 7, 2**32 - 1, 3], 3000)


@pytest.mark.parametrize("hidden", ["none", "1", "3", "4,2", "6:tanh,5:relu", "16,16", "12,9,7"])
def test_every_shape_agrees_in_either_order_of_memory(hidden: str) -> None:
    agrees([experiment(network__hidden=hidden)] * 3, [1, 2, 3], 200)


@pytest.mark.parametrize(
    "optimizer",
    ["gradient_descent", "momentum", "nesterov", "adagrad", "rmsprop:epsilon=0.1", "adam", "adamw", "rprop"],
)
@pytest.mark.parametrize("hidden", ["3", "9,9"])
def test_every_optimizer_agrees(optimizer: str, hidden: str) -> None:
    # Where RMSprop divides by next to nothing, it blows a difference in the last digit up, in a single network too.
    spec = experiment(training__optimizer=optimizer, training__learning_rate=0.005, network__hidden=hidden)
    agrees([spec] * 3, [1, 2, 3], 150)


@pytest.mark.parametrize(
    ("loss", "output", "targets"),
    [
        ("mse", "sigmoid", "single"),
        ("half_mse", "tanh", "signed"),
        ("mae", "linear", "single"),
        ("huber:delta=0.3", "linear", "single"),
        ("binary_cross_entropy", "sigmoid", "single"),
        ("binary_cross_entropy", "sine", "single"),
        ("softmax_cross_entropy", "softmax", "one_hot"),
        ("softmax_cross_entropy", "linear", "one_hot"),
        ("hinge", "linear", "single"),
        ("mse", "softmax", "one_hot"),
    ],
)
def test_every_loss_agrees(loss: str, output: str, targets: str) -> None:
    spec = experiment(
        training__loss=loss,
        network__output_activation=output,
        data__targets=targets,
        network__hidden="3",
        training__reduction="mean",
    )
    agrees([spec] * 3, [1, 2, 3], 100)


@pytest.mark.parametrize(
    "activation", ["tanh", "relu", "leaky_relu", "elu", "gelu", "swish", "softplus", "sine", "linear"]
)
@pytest.mark.parametrize("hidden", ["3", "9,9"])
def test_every_activation_agrees(activation: str, hidden: str) -> None:
    agrees([experiment(network__activation=activation, network__hidden=hidden)] * 3, [1, 2, 3], 100)


@pytest.mark.parametrize("hidden", ["4,2", "9,9"])
@pytest.mark.parametrize("shuffle", ["yes", "no"])
def test_mini_batches_come_in_each_members_own_order(hidden: str, shuffle: str) -> None:
    spec = experiment(
        data__name="circle:samples=57",
        data__validation_share=0.2,
        data__scaling="standardize",
        network__hidden=hidden,
        network__activation="tanh",
        training__batch_size=10,
        training__learning_rate=0.05,
        training__reduction="mean",
        training__shuffle=shuffle,
    )
    agrees([spec] * 4, [1, 2, 3, 4], 30)


def test_patterns_one_by_one_are_looked_at_before_every_update() -> None:
    spec = experiment(training__batch_size=1, training__learning_rate=0.5, network__hidden="4", training__epochs=900)
    population = Population([spec] * 4, range(4))
    population.train()
    targets = spec.dataset().targets > 0.5
    for seed in range(4):
        trainer, since = Trainer(spec.with_settings({"seed": seed})), 0
        while trainer.stopped is None:
            if ((trainer.outputs() > 0.5) != targets).any():
                since = trainer.epoch + 1
            trainer.advance(1)
        learned = ((trainer.outputs() > 0.5) == targets).all()
        assert population.learned_epochs[seed] == (since if learned else -1)
    assert (population.learned_epochs > 0).any()


@pytest.mark.parametrize("hidden", ["4,3", "12,12"])
def test_dropout_silences_what_it_would_alone(hidden: str) -> None:
    spec = experiment(
        data__name="moons:samples=40", network__hidden=hidden, training__regularizer="dropout:rate=0.3",
        training__batch_size=16,
    )  # fmt: skip
    other = spec.with_settings({"training.regularizer": "dropout:rate=0.6"})
    agrees([spec, other, spec], [1, 2, 3], 20)


def test_a_regression_is_answered_in_the_datas_units() -> None:
    spec = experiment(
        data__name="sine_surface:samples=60", data__scaling="standardize", network__output_activation="linear",
        training__reduction="mean", network__hidden="8",
    )  # fmt: skip
    agrees([spec] * 3, [1, 2, 3], 50)


@pytest.mark.parametrize("hidden", ["3", "9,9"])
def test_every_member_has_settings_of_its_own(hidden: str) -> None:
    base = experiment(network__hidden=hidden, training__optimizer="adam", training__regularizer="l2:rate=0.01")
    specs = [
        base,
        base.with_settings({"training.learning_rate": 0.01}),
        base.with_settings({"training.optimizer": "adam:beta1=0.5,beta2=0.9,epsilon=0.001"}),
        base.with_settings({"training.regularizer": "l2:rate=0.02"}),
        base.with_settings({"network.initializer": "uniform:limit=2"}),
        base.with_settings({"network.initializer": "he_normal"}),
        base.with_settings({"training.schedule": "cosine"}),
        base.with_settings({"training.schedule": "step:every=50,factor=0.3"}),
        base.with_settings({"training.epochs": 130}),
    ]
    assert len({kind(spec) for spec in specs}) == 1
    agrees(specs, list(range(len(specs))), 140)


@pytest.mark.parametrize("applied", ["in_gradient", "after_step"])
@pytest.mark.parametrize("name", ["l1", "l2"])
def test_penalties_act_on_each_member_with_its_own_strength(name: str, applied: str) -> None:
    rates = (0.0, 0.001, 0.05)
    specs = [experiment(training__regularizer=f"{name}:rate={rate},applied={applied}") for rate in rates]
    agrees(specs, [1, 2, 3], 400)


def test_members_stop_when_each_of_them_would() -> None:
    specs = [
        experiment(stop__loss_below=0.2),
        experiment(stop__loss_below=0.13),
        experiment(),
        experiment(stop__patience=20, training__learning_rate=12),
        experiment(training__epochs=700),
        experiment(stop__loss_below=0.2, training__epochs=1),
    ]
    population = agrees(specs * 2, list(range(12)), 3000)
    assert {"loss_below", "patience", "epochs", None} == set(population.stopped)
    population.train()
    assert population.training == 0 and population.epochs[2] == 10_000


def test_a_rising_validation_loss_stops_a_member() -> None:
    spec = experiment(
        data__name="moons:samples=60,noise=0.4", data__validation_share=0.3, network__hidden="16",
        network__activation="relu", training__learning_rate=0.3, training__reduction="mean",
        stop__validation_patience=4,
    )  # fmt: skip
    patient = spec.with_settings({"stop.validation_patience": "off"})
    population = agrees([spec, spec, patient], [1, 2, 3], 400)
    assert "validation_patience" in population.stopped and population.stopped[2] is None


@pytest.mark.parametrize("batch_size", ["full", "3"])
def test_members_that_diverge_are_frozen_and_the_others_go_on(batch_size: str) -> None:
    base = experiment(
        network__activation="relu", network__output_activation="linear", network__hidden="4",
        training__batch_size=batch_size,
    )  # fmt: skip
    wild = base.with_settings({"training.learning_rate": 20})
    mild = base.with_settings({"training.learning_rate": 0.001})
    population = agrees([wild, mild, wild, mild, wild], list(range(5)), 600)
    assert population.stopped.count("diverged") >= 2
    assert population.training >= 2
    assert np.isfinite(population.parameters()).all()


def test_single_precision_agrees_as_far_as_it_reaches() -> None:
    agrees([experiment(precision="float32")] * 3, [1, 2, 3], 200, tolerance=1e-3)


def test_a_population_can_be_trained_bit_by_bit() -> None:
    spec = experiment(training__optimizer="adam", stop__loss_below=0.05)
    whole, parts = Population([spec] * 20, range(20)), Population([spec] * 20, range(20))
    whole.train(900)
    for epochs in (1, 299, 300, 300):
        parts.train(epochs)
    assert_allclose(parts.parameters(), whole.parameters(), rtol=0, atol=0)
    assert parts.stopped == whole.stopped


def test_a_members_digits_do_not_depend_on_who_is_beside_it() -> None:
    spec = experiment(stop__loss_below=0.1, training__epochs=3000)
    together = Population([spec] * 40, range(40))
    together.train()
    for seed in range(0, 40, 2):
        pair = Population([spec] * 2, range(seed, seed + 2))
        pair.train()
        assert (pair.parameters() == together.parameters()[seed : seed + 2]).all()


def test_a_population_of_a_persons_own_samples() -> None:
    spec = experiment().with_own(Dataset.of_classes("mine", np.eye(4), np.array([0, 1, 0, 1]), ("a", "b")))
    agrees([spec] * 3, [1, 2, 3], 50)


def test_what_cannot_train_together_is_refused() -> None:
    with pytest.raises(ValueError, match="one kind"):
        Population([experiment(), experiment(network__hidden="3")], [1, 2])
    with pytest.raises(ValueError, match="one seed"):
        Population([experiment()], [1, 2])


def test_larger_networks_make_smaller_blocks() -> None:
    small = block_size(experiment())
    large = block_size(experiment(data__name="circle:samples=500", network__hidden="16,16"))
    assert small > 1000 > 20 > large >= 1


@pytest.mark.parametrize("row", json.loads(GOLDEN.read_text()), ids=lambda row: str(row["hidden"]))
def test_the_reliability_of_the_tutorials_network_is_reproduced(row: dict[str, float]) -> None:
    spec = experiment(network__hidden=row["hidden"], training__epochs=row["epochs"])
    population = Population([spec] * int(row["seeds"]), range(int(row["seeds"])))
    population.train()
    losses = population.losses()
    assert (population.learned_epochs >= 0).sum() == row["all_four_correct"]
    assert (losses < 0.01).sum() == row["loss_below_0_01"]
    assert (losses > 0.1).sum() == row["loss_above_0_1"]
    assert_allclose(np.median(losses), row["median_loss"], rtol=RELATIVE)
