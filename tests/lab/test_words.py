"""One line on what is trained."""

import pytest

from nnstudio.engine import ExperimentSpec
from nnstudio.lab.axes import Axis
from nnstudio.lab.plan import Plan
from nnstudio.lab.sweep import Sweep
from nnstudio.lab.words import experiment_words, plan_words, sweep_words

SPEC = ExperimentSpec()


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({}, "XOR, 2-2-1 sigmoid, learning rate 0.1, gradient descent, 10,000 epochs"),
        ({"seed": 7}, "XOR, 2-2-1 sigmoid, learning rate 0.1, gradient descent, 10,000 epochs"),
        (
            {"network.hidden": "4,3", "network.activation": "relu", "training.optimizer": "adamw"},
            "XOR, 2-4-3-1 ReLU, learning rate 0.1, AdamW, 10,000 epochs",
        ),
        ({"network.hidden": "none", "training.epochs": 1}, "XOR, 2-1, learning rate 0.1, gradient descent, 1 epoch"),
        (
            {"training.batch_size": 2, "training.regularizer": "l2", "network.initializer": "xavier_uniform"},
            "XOR, 2-2-1 sigmoid, learning rate 0.1, gradient descent, 10,000 epochs, xavier uniform weights, "
            "batches of 2, L2",
        ),
    ],
)
def test_an_experiment_is_named_by_what_matters(settings: dict[str, object], words: str) -> None:
    assert experiment_words(SPEC.with_settings(settings)) == words


def test_a_sweep_is_named_by_its_axes_and_seeds() -> None:
    def words(*axes: str, seeds: range = range(1000)) -> str:
        return sweep_words(Plan(SPEC, tuple(Axis.parse(axis, SPEC) for axis in axes), seeds).sweep())

    rest = "gradient descent, 10,000 epochs"
    assert words() == f"XOR, 2-2-1 sigmoid, learning rate 0.1, {rest}; seeds 0 to 999"
    assert words(seeds=range(3, 4)) == f"XOR, 2-2-1 sigmoid, learning rate 0.1, {rest}; seed 3"
    assert words("network.hidden=1,2,3", "training.learning_rate=log:0.01:10:9") == (
        f"XOR, sigmoid, {rest}; hidden neurons 1, 2, 3; learning rate 0.01 to 10 in 9 steps; seeds 0 to 999 each"
    )
    assert "hidden layers 4; 4,2" in words("network.hidden=4;4,2")
    assert "seed with 12 values" in words("data.seed=1,2,3,4,5,6,7,8,9,10,11,12")


def test_a_search_says_how_many_combinations_it_draws() -> None:
    axis = Axis.parse("training.learning_rate=log:0.01:10:9", SPEC)
    plan = Plan(SPEC, (axis,), range(5), "random", 30)
    assert plan_words(plan) == sweep_words(plan.sweep())
    assert plan_words(plan).endswith("learning rate 0.01 to 10; 30 combinations; seeds 0 to 4 each")


def test_hyperband_is_named_over_its_combinations() -> None:
    plan = Plan(SPEC, (Axis.parse("training.learning_rate=log:0.01:10:9", SPEC),), range(5), "hyperband", 27)
    assert plan_words(plan) == sweep_words(plan.sweep(), "hyperband")
    assert "; Hyperband over 27 combinations; " in plan_words(plan)


def test_data_sets_with_ends_of_their_own_leave_them_out() -> None:
    sweep = Sweep.grid(ExperimentSpec(), (Axis.parse("data.name=xor;parity:bits=3", ExperimentSpec()),), range(3))
    assert sweep_words(sweep).startswith("2 hidden sigmoid, ")
