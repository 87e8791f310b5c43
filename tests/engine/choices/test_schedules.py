"""Schedules must give each epoch the rate that its table, worked by hand, gives it."""

import math

import numpy as np
import pytest

from nnstudio.engine import ExperimentSpec, Trainer
from nnstudio.engine.choices.schedules import SCHEDULES, Schedule

HALF_ROOT = math.sqrt(2) / 2
# The factors of the first epochs out of eight.
TABLES: dict[str, list[float]] = {
    "constant": [1, 1, 1, 1, 1, 1, 1, 1],
    "constant:warmup=3": [1 / 4, 2 / 4, 3 / 4, 1, 1, 1, 1, 1],
    "step:factor=0.5,every=3": [1, 1, 1, 1 / 2, 1 / 2, 1 / 2, 1 / 4, 1 / 4],
    "step:factor=0.1,every=2,warmup=1": [1 / 2, 1, 1, 0.1, 0.1, 0.01, 0.01, 0.001],
    "exponential:factor=0.5": [1, 1 / 2, 1 / 4, 1 / 8, 1 / 16, 1 / 32, 1 / 64, 1 / 128],
    "exponential:factor=0.5,warmup=2": [1 / 3, 2 / 3, 1, 1 / 2, 1 / 4, 1 / 8, 1 / 16, 1 / 32],
    "cosine": [(1 + math.cos(math.pi * k / 8)) / 2 for k in range(8)],
    "cosine:final=0.2,warmup=4": [
        1 / 5, 2 / 5, 3 / 5, 4 / 5, 1, 0.2 + 0.8 * (1 + HALF_ROOT) / 2, 0.2 + 0.8 / 2, 0.2 + 0.8 * (1 - HALF_ROOT) / 2,
    ],
}  # fmt: skip


def build(text: str) -> Schedule:
    return SCHEDULES.build(SCHEDULES.choice(text))


def test_every_schedule_is_checked_here() -> None:
    assert {text.partition(":")[0] for text in TABLES} == set(SCHEDULES)


@pytest.mark.parametrize("text", TABLES)
def test_follows_its_table(text: str) -> None:
    assert [build(text).factor(epoch, 8) for epoch in range(8)] == pytest.approx(TABLES[text], rel=1e-14)


@pytest.mark.parametrize("text", TABLES)
def test_training_takes_steps_as_long_as_the_table_says(text: str) -> None:
    """A network whose gradient never changes (a linear one under the absolute error) shows its rate in its steps."""
    settings = {
        "network.hidden": "none",
        "network.output_activation": "linear",
        "network.initializer": "constant:value=100,bias=100",
        "training.loss": "mae",
        "training.learning_rate": 0.5,
        "training.epochs": 8,
        "training.schedule": text,
    }
    trainer = Trainer(ExperimentSpec().with_settings(settings))
    biases = [trainer.network.layers[0].biases[0]]
    for _ in range(8):
        trainer.train(1)
        biases.append(trainer.network.layers[0].biases[0])
    np.testing.assert_allclose(-np.diff(biases), [0.5 * 4 * factor for factor in TABLES[text]], rtol=1e-9)


@pytest.mark.parametrize("text", TABLES)
def test_is_constant_only_where_the_factor_stays(text: str) -> None:
    schedule = build(text)
    for epoch in range(8):
        if schedule.is_constant_from(epoch):
            assert {schedule.factor(later, 8) for later in range(epoch, 8)} == {schedule.factor(epoch, 8)}


def test_a_constant_rate_is_known_as_constant() -> None:
    assert build("constant").is_constant_from(0)
    assert not build("constant:warmup=3").is_constant_from(2)
    assert build("constant:warmup=3").is_constant_from(3)


@pytest.mark.parametrize("text", TABLES)
def test_goes_on_beyond_the_last_epoch(text: str) -> None:
    """A run that is trained further, or that warms up for longer than it lasts, still has a rate."""
    assert 0 <= build(text).factor(20, 8) <= 1
    assert 0 < build(text).factor(0, 1) <= 1
