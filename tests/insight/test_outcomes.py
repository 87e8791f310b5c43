"""What is said of a run: learned, stuck and where, diverged, stopped early, or not there yet."""

import re

import numpy as np
import pytest

from nnstudio.engine import ExperimentSpec, Trainer
from nnstudio.engine.choices.datasets import Dataset
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


# ---- samples of something larger -----------------------------------------------------------------------------------

CIRCLE = {
    "data.name": "circle:samples=200",
    "data.test_share": 0.5,
    "network.activation": "tanh",
    "network.hidden": "6",
    "training.optimizer": "adam",
    "training.learning_rate": 0.05,
    "training.loss": "binary_cross_entropy",
    "training.reduction": "mean",
    "training.epochs": 300,
}
LINE = {"network.output_activation": "linear", "training.reduction": "mean", "training.epochs": 300}


def said_of(
    dataset: Dataset,
    outputs: object,
    settings: dict[str, object] | None = None,
    *,
    epoch: int = 200,
    losses: object = 0.2,
    stopped: str | None = "epochs",
) -> Outcome:
    """Return what is said of a run on own samples with these outputs, whose loss has been flat."""
    spec = ExperimentSpec().with_settings({"data.name": "own", **LINE, **(settings or {})}, dataset)
    history = LossHistory()
    history.extend(np.broadcast_to(np.asarray(losses, float), (epoch,)))
    return describe(
        spec=spec,
        dataset=spec.dataset(),
        outputs=np.asarray(outputs, float).reshape(dataset.samples, -1),
        epoch=epoch,
        losses=history.outline(),
        stopped=stopped,
        learned_epoch=None,
    )


def classes(count: int, *, inputs: object = None, share: float = 0.5) -> Dataset:
    """Return samples of which the first are cats, the others dogs."""
    given = np.linspace(-1, 1, 2 * count).reshape(count, 2) if inputs is None else inputs
    return Dataset.of_classes("Pets", given, np.arange(count) >= share * count, ["cat", "dog"])


def numbers(count: int, **options: object) -> Dataset:
    x = np.linspace(-1, 1, count)
    return Dataset.of_numbers("Line", x[:, None], 2 * x, **options)  # type: ignore[arg-type]


def test_learned_samples_are_told_with_the_accuracy_of_each_part() -> None:
    outcome = outcome_of(CIRCLE)
    assert outcome.kind == "learned" and outcome.hint == ""
    assert outcome.text.startswith("learned Circle: accuracy ")
    assert outcome.text.endswith(" % on the test samples") and " % on the training, " in outcome.text
    assert "pattern" not in outcome.text


def test_while_samples_are_learned() -> None:
    shares = {"data.validation_share": 0.2, "data.test_share": 0.3}
    outcome = outcome_of(CIRCLE | shares, epochs=1, training=True)
    assert outcome.kind == "learning"
    assert outcome.text.startswith("learning Circle: accuracy ")
    assert re.search(r"accuracy \S+ % training, \S+ % validation, \S+ % test$", outcome.text)
    assert outcome_of(CIRCLE, epochs=1).text.startswith("paused: accuracy ")
    ended = outcome_of(CIRCLE | {"training.epochs": 2})
    assert (ended.kind, ended.hint) == ("unfinished", "Train for more epochs.")


def test_samples_are_learned_from_99_percent_on() -> None:
    data = classes(200)
    outputs = data.targets.copy()
    outputs[:2] = 1
    assert said_of(data, outputs).kind == "learned"
    outputs[:3] = 1
    outcome = said_of(data, outputs)
    assert (outcome.kind, outcome.text) == ("unfinished", "settled: accuracy 98.5 %")
    assert "overlap" in outcome.hint and "more hidden neurons" in outcome.hint


def test_what_is_known_by_heart_is_not_called_learned() -> None:
    data = classes(100)
    spec = ExperimentSpec().with_settings({"data.name": "own", "data.test_share": 0.5, **LINE}, data)
    outputs = data.targets.copy()
    held_out = np.flatnonzero(spec.parts())
    outputs[held_out[:20]] = 1 - outputs[held_out[:20]]
    outcome = said_of(data, outputs, {"data.test_share": 0.5})
    assert outcome.kind == "unfinished"
    assert outcome.text == "overfitted: accuracy 100 % on the training, 60.0 % on the test samples"
    assert outcome.hint.startswith("It knows its training samples by heart")
    outputs[held_out[2:20]] = data.targets[held_out[2:20]]
    assert said_of(data, outputs, {"data.test_share": 0.5}).kind == "learned", "two mistakes in 50 are not far worse"


def test_the_same_answer_to_all_is_stuck() -> None:
    data = classes(100, share=0.6)
    outcome = said_of(data, np.linspace(0, 0.4, 100), epoch=6000)
    assert (outcome.kind, outcome.text) == ("stuck", "stuck: accuracy 60.0 %")
    assert outcome.hint.startswith("Always answering “cat” is nearly as good. Try more hidden neurons")
    assert "or further features" in outcome.hint
    plateau = said_of(data, np.full(100, 0.4), epoch=200)
    assert (plateau.kind, plateau.text) == ("unfinished", "on a plateau: accuracy 60.0 %")


@pytest.mark.parametrize(
    ("settings", "hint"),
    [
        ({"network.hidden": "none"}, "Without hidden neurons a network can only part classes by a straight cut"),
        ({"network.initializer": "zeros"}, "All hidden neurons started alike"),
    ],
)
def test_why_samples_are_not_learned(settings: dict[str, object], hint: str) -> None:
    assert hint in said_of(classes(100), np.zeros(100), settings, epoch=6000).hint


def test_inputs_of_very_different_scales_are_named() -> None:
    inputs = np.column_stack([np.linspace(-1, 1, 100), np.linspace(2700, 6300, 100)])
    data = classes(100, inputs=inputs)
    hint = said_of(data, np.zeros(100), epoch=6000).hint
    assert hint.endswith("Bring the inputs to one scale (Data, Scaling): x2 reaches 6,300, x1 1.")
    assert "scale" not in said_of(data, np.zeros(100), {"data.scaling": "standardize"}, epoch=6000).hint
    diverged = said_of(data, np.zeros(100), stopped="diverged")
    assert diverged.hint.startswith("The last finite weights are kept. Bring the inputs to one scale")


def test_a_loss_that_jumps_asks_for_smaller_steps() -> None:
    losses = np.tile([0.1, 0.5], 100)
    outcome = said_of(classes(100), np.zeros(100), epoch=200, losses=losses)
    assert "jumps" not in outcome.hint, "on a plateau nothing jumps"
    outcome = said_of(classes(100), np.linspace(0, 0.4, 100), epoch=200, losses=losses)
    assert outcome.hint.endswith("The loss jumps up and down: try a smaller learning rate.")


def test_numbers_are_told_with_r2() -> None:
    data = numbers(50)
    assert said_of(data, data.targets).text == "learned Line: R² 1.000"
    halved = said_of(data, data.targets / 2)
    assert (halved.kind, halved.text) == ("unfinished", "settled: R² 0.750")
    assert "noise cannot be learned" in halved.hint
    mean = said_of(data, np.linspace(-0.3, 0.3, 50)[::-1], epoch=6000)
    assert mean.kind == "stuck" and mean.hint.startswith("Always answering the targets’ mean is nearly as good.")
    assert said_of(data, data.targets / 2, losses=np.linspace(1, 0.2, 200)).text == "not learned yet: R² 0.750"


def test_numbers_out_of_reach_of_the_output_are_named() -> None:
    data = numbers(50)
    settings = {"network.output_activation": "sigmoid"}
    hint = said_of(data, np.clip(data.targets, 0, 1), settings).hint
    assert hint == "Targets lie where the output activation (sigmoid) does not reach: choose linear."
    assert "reach" not in said_of(data, data.targets / 2, {"network.output_activation": "tanh"} | LINE).hint


def test_numbers_known_by_heart() -> None:
    data = numbers(60)
    shares = {"data.test_share": 0.5}
    spec = ExperimentSpec().with_settings({"data.name": "own", **LINE, **shares}, data)
    outputs = np.where(spec.parts()[:, None] > 0, 0.6 * data.targets, data.targets)
    outcome = said_of(data, outputs, shares)
    assert outcome.text.startswith("overfitted: R² 1.000 on the training, 0.8")
