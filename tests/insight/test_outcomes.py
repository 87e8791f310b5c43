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
        ({"network.initializer": "zeros"}, "stuck", "stuck: four patterns at 0.50"),
        ({"data.name": "xor:targets=one_hot"}, "stuck", "stuck: two of four patterns wrong"),
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
    assert "of 1,000 seeds, 286 fail with 2, 38 fail with 3, 5 fail with 4, 0 fail with 5 hidden neurons" in hint
    assert "Try 4 hidden neurons" in hint


def test_figures_are_given_only_for_the_experiment_that_they_were_measured_for() -> None:
    assert "1,000 seeds" not in outcome_of({"training.learning_rate": 0.11}).hint


def test_equal_weights_are_named_as_the_cause() -> None:
    assert "alike" in outcome_of({"network.initializer": "constant"}).hint


def test_before_and_during_training() -> None:
    assert outcome_of({}, epochs=0).kind == "untrained"
    assert outcome_of({}, epochs=50, training=True).text == "learning XOR: two of four patterns right"
