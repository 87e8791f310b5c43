"""Checks that the example experiments do what their descriptions say."""

import json
from collections.abc import Mapping

import numpy as np
import pytest

from nnstudio.engine import ExperimentSpec, Trainer
from nnstudio.engine.evaluation import is_right
from nnstudio.engine.split import TEST, TRAINING
from nnstudio.files.presets import Preset, load_presets
from nnstudio.resource_files import resource

PRESETS: Mapping[str, Preset] = {preset.name: preset for preset in load_presets()}
LEARN = ("xor_learns", "xor_softmax", "parity")


def trained(name: str, **settings: object) -> Trainer:
    changes = {key.replace("__", "."): value for key, value in settings.items()}
    trainer = Trainer(PRESETS[name].spec.with_settings(changes))
    trainer.train()
    return trainer


def right(trainer: Trainer, part: int) -> float:
    """Return the share of a part's samples that a network answers rightly."""
    answers = is_right(trainer.predict(trainer.dataset.inputs), trainer.dataset.targets, trainer.spec.threshold)
    return float(answers[trainer.spec.parts() == part].mean())


def coefficient(trainer: Trainer, part: int) -> float:
    """Return the share of the variance of a part's targets that a network explains, R²."""
    rows = trainer.spec.parts() == part
    targets, outputs = trainer.dataset.targets[rows], trainer.predict(trainer.dataset.inputs)[rows]
    return float(1 - ((targets - outputs) ** 2).sum() / ((targets - targets.mean()) ** 2).sum())


def test_names_titles_and_descriptions() -> None:
    assert next(iter(PRESETS)) == "xor_tutorial"
    assert len({preset.title for preset in PRESETS.values()}) == len(PRESETS) >= 6
    for preset in PRESETS.values():
        assert preset.name.isidentifier()
        assert len(preset.title) <= 40
        assert preset.description.endswith(".")


def test_files_hold_nothing_else() -> None:
    for path in resource("experiments").iterdir():
        assert path.name[:2].isdigit() and path.suffix == ".json"
        assert json.loads(path.read_text(encoding="utf-8")).keys() == {"title", "description", "settings"}


def test_reductions() -> None:
    assert PRESETS["xor_tutorial"].spec == ExperimentSpec()
    assert PRESETS["xor_tutorial"].spec.training.reduction == "sum"
    assert {p.spec.training.reduction for p in PRESETS.values() if p.name != "xor_tutorial"} == {"mean"}


def test_tutorial_gets_stuck() -> None:
    trainer = trained("xor_tutorial")
    assert trainer.learned_epoch is None
    assert trainer.loss() == pytest.approx(0.128226, abs=1e-6)


@pytest.mark.parametrize("name", LEARN)
@pytest.mark.parametrize("seed", [42, *range(9)])
def test_those_that_learn(name: str, seed: int) -> None:
    assert trained(name, seed=seed).learned_epoch is not None


def test_longer_steps_are_those_of_the_sum() -> None:
    """Rate 1 by the mean over four samples takes the same steps as rate 0.5 by the tutorial's sum."""
    by_sum = trained("xor_learns", training__reduction="sum", training__learning_rate=0.5, training__epochs=50)
    by_mean = trained("xor_learns", training__epochs=50)
    np.testing.assert_allclose(by_mean.network.parameters, by_sum.network.parameters, rtol=1e-12)


def test_zero_weights_never_leave_symmetry() -> None:
    trainer = trained("xor_zero_weights")
    first, last = trainer.network.layers
    assert np.ptp(first.weights, axis=1).max() == 0
    assert np.ptp(last.weights) == 0
    np.testing.assert_allclose(trainer.predict(trainer.dataset.inputs), 0.5, atol=1e-9)


def test_without_a_hidden_layer() -> None:
    trainer = trained("xor_no_hidden_layer")
    np.testing.assert_allclose(trainer.predict(trainer.dataset.inputs), 0.5, atol=1e-3)
    assert trained("xor_no_hidden_layer", data__name="and").learned_epoch is not None
    assert trained("xor_no_hidden_layer", data__name="or").learned_epoch is not None


def test_too_narrow() -> None:
    trainer = trained("xor_too_narrow")
    assert trainer.learned_epoch is None
    outputs = np.sort(trainer.predict(trainer.dataset.inputs).ravel())
    np.testing.assert_allclose(outputs[:3], 1 / 3, atol=0.01)


def test_too_large_a_learning_rate() -> None:
    trainer = trained("xor_diverges")
    assert trainer.stopped == "diverged"
    assert 50 < trainer.epoch < 500
    assert trained("xor_diverges", training__learning_rate=0.3).learned_epoch is not None


def test_playground_is_what_that_page_begins_with() -> None:
    spec = PRESETS["playground"].spec
    assert sorted(np.unique(spec.dataset().targets)) == [-1, 1]
    assert np.count_nonzero(spec.parts() == TRAINING) == np.count_nonzero(spec.parts() == TEST) == 250
    trainer = Trainer(spec)
    layers = trainer.network.layers
    assert [layer.weights.shape for layer in layers] == [(2, 4), (4, 2), (2, 1)]
    for layer in layers:
        assert 0 < np.abs(layer.weights).max() <= 0.5
        assert (layer.biases == 0.1).all()
    half = ((trainer.dataset.targets - trainer.predict(trainer.dataset.inputs)) ** 2 / 2)[spec.parts() == TRAINING]
    assert trainer.loss() == pytest.approx(half.mean(), rel=1e-12)
    trainer.train(300)
    assert right(trainer, TRAINING) == right(trainer, TEST) == 1


def test_playground_with_its_penalty() -> None:
    spec = PRESETS["playground"].spec.with_settings({"training.regularizer": "l1:rate=0.01,applied=after_step"})
    trainer = Trainer(spec)
    trainer.train(200)
    weights = np.concatenate([layer.weights.ravel() for layer in trainer.network.layers])
    assert np.count_nonzero(weights == 0) > 0  # driven across zero, and dead


def test_spiral() -> None:
    trainer = trained("spiral")
    assert right(trainer, TRAINING) == 1
    assert right(trainer, TEST) >= 0.98


def test_circle_features() -> None:
    trainer = trained("circle_features")
    assert right(trainer, TEST) == 1
    assert right(trained("circle_features", data__features="x1,x2"), TRAINING) < 0.7


def test_blobs() -> None:
    assert right(trained("blobs"), TEST) >= 0.98
    assert right(trained("blobs", data__name="spiral_arms"), TRAINING) < 0.75


@pytest.mark.parametrize(("name", "explained"), [("sine", 0.95), ("multi_gauss", 0.97)])
def test_regression(name: str, explained: float) -> None:
    trainer = trained(name)
    assert coefficient(trainer, TRAINING) >= explained
    assert coefficient(trainer, TEST) >= explained


def test_iris() -> None:
    trainer = trained("iris")
    wrong = round((1 - right(trainer, TEST)) * np.count_nonzero(trainer.spec.parts() == TEST))
    assert np.count_nonzero(trainer.spec.parts() == TEST) == 45
    assert wrong in (1, 2)


def test_penguins() -> None:
    assert right(trained("penguins", training__epochs=20), TEST) >= 0.97
    unscaled = trained("penguins", data__scaling="none")
    answers = unscaled.predict(unscaled.dataset.inputs).argmax(axis=1)
    assert len(np.unique(answers)) == 1  # whatever the penguin
