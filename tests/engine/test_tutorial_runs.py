"""The default experiment must be the tutorial's, number for number."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnstudio.engine import ExperimentSpec, Trainer

RUNS = json.loads((Path(__file__).parents[1] / "golden" / "tutorial_runs.json").read_text())


def experiment(run: dict[str, Any], **others: object) -> ExperimentSpec:
    settings = {
        "seed": run["seed"],
        "network.hidden": str(run["hidden"]),
        "training.epochs": run["epochs"],
        "training.learning_rate": run["learning_rate"],
    }
    return ExperimentSpec().with_settings(settings | others)


@pytest.mark.parametrize("run", RUNS, ids=lambda run: f"seed {run['seed']}, {run['hidden']} hidden")
def test_agrees_with_the_tutorial(run: dict[str, Any]) -> None:
    trainer = Trainer(experiment(run))
    losses = trainer.train().training

    assert len(losses) == trainer.epoch == run["epochs"]
    for epoch, loss in run["loss_at_epoch"].items():
        assert losses[int(epoch)] == pytest.approx(loss, rel=1e-9)
    assert trainer.loss() == pytest.approx(run["final_loss"], rel=1e-9)
    np.testing.assert_allclose(trainer.predict([[0, 0], [0, 1], [1, 0], [1, 1]])[:, 0], run["predictions"], rtol=1e-9)
    hidden, output = trainer.network.layers
    np.testing.assert_allclose(hidden.weights, run["W1"], rtol=1e-9)
    np.testing.assert_allclose(hidden.biases, run["b1"], rtol=1e-9)
    np.testing.assert_allclose(output.weights, run["W2"], rtol=1e-9)
    np.testing.assert_allclose(output.biases, run["b2"], rtol=1e-9)


def test_the_default_is_the_first_of_these_runs() -> None:
    assert ExperimentSpec() == experiment(RUNS[0])


def test_the_default_never_learns_xor_and_says_so() -> None:
    trainer = Trainer(ExperimentSpec())
    trainer.train()
    assert trainer.stopped == "epochs"
    assert trainer.learned_epoch is None


def test_single_precision_follows_to_a_few_digits() -> None:
    run = RUNS[2]
    trainer = Trainer(experiment(run, precision="float32"))
    losses = trainer.train().training
    assert losses[100] == pytest.approx(run["loss_at_epoch"]["100"], rel=1e-5)
    assert trainer.loss() == pytest.approx(run["final_loss"], rel=1e-2)
    assert trainer.network.parameters.dtype == trainer.predict([[0, 1]]).dtype == np.float32
