"""What is said of a run: learned, stuck and where, diverged, stopped early, or not there yet."""

import pytest

from nnstudio.engine import ExperimentSpec, Trainer
from nnstudio.engine.timeline import LossHistory
from nnstudio.insight.outcomes import Outcome, describe


def outcome_of(settings: dict[str, object], epochs: int | None = None, training: bool = False) -> Outcome:
    spec = ExperimentSpec().with_settings(settings)
    trainer = Trainer(spec)
    history = LossHistory()
    history.extend(trainer.train(epochs).training)
    trainer.settle()
    return describe(
        spec=spec,
        dataset=trainer.dataset,
        outputs=trainer.outputs(),
        epoch=trainer.epoch,
        losses=history.outline(),
        stopped=trainer.stopped,
        learned_epoch=trainer.learned_epoch,
        training=training,
    )


HOT = {"network.activation": "relu", "network.output_activation": "linear", "training.learning_rate": 40}


@pytest.mark.parametrize(
    ("settings", "kind", "text"),
    [
        ({}, "stuck", "stuck: two patterns at 0.50"),
        ({"network.hidden": 4}, "learned", "learned XOR at epoch 3,157"),
        ({"network.initializer": "zeros"}, "stuck", "stuck: all four patterns at 0.50"),
        ({"data.name": "xor", "data.targets": "one_hot"}, "stuck", "stuck: two of four patterns wrong"),
        ({"data.name": "and", "training.epochs": 3000}, "learned", "learned AND at epoch"),
        (HOT, "diverged", "learning rate 40 is too large"),
        ({"stop.loss_below": 0.2}, "unfinished", "stopped because the loss fell below 0.2"),
        ({"stop.patience": 500, "network.initializer": "zeros"}, "stuck", "no improvement for 500 epochs"),
        ({"training.epochs": 2600}, "unfinished", "not learned yet"),
    ],
)
def test_how_a_run_ended(settings: dict[str, object], kind: str, text: str) -> None:
    outcome = outcome_of(settings)
    assert text in outcome.text
    assert outcome.kind == kind


def test_diverged_run_names_its_epoch() -> None:
    trainer = Trainer(ExperimentSpec().with_settings(HOT))
    trainer.train()
    assert outcome_of(HOT).text.startswith(f"diverged at epoch {trainer.epoch}:")


def test_stuck_tutorial_network_says_how_common_that_is_and_what_cures_it() -> None:
    hint = outcome_of({}).hint
    assert hint.startswith("Not your mistake: 286 of 1,000 starts end like this with 2 hidden neurons, 5 with 4. Try 4")
    assert outcome_of({"training.epochs": 20_000}).hint == hint
    assert "286" not in outcome_of({"training.learning_rate": 0.11}).hint


def test_a_plateau_is_not_called_stuck() -> None:
    outcome = outcome_of({"training.epochs": 1000, "network.hidden": 4})
    assert outcome.kind == "unfinished"
    assert outcome.text == "on a plateau: three of four patterns right"


def test_equal_weights_are_named_as_the_cause() -> None:
    assert "alike" in outcome_of({"network.initializer": "constant"}).hint


def test_a_paused_run_has_not_ended() -> None:
    outcome = outcome_of({"network.hidden": 4}, epochs=1516)
    assert (outcome.kind, outcome.text) == ("learning", "paused: three of four patterns right")


def test_before_and_during_training() -> None:
    assert outcome_of({}, epochs=0).kind == "untrained"
    assert outcome_of({}, epochs=50, training=True).text == "learning XOR: two of four patterns right"
