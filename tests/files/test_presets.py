"""Checks that the example experiments do what their descriptions say."""

import json
from collections.abc import Mapping

import numpy as np
import pytest

from nnstudio.engine import ExperimentSpec, Trainer
from nnstudio.files.presets import Preset, load_presets
from nnstudio.resource_files import resource

PRESETS: Mapping[str, Preset] = {preset.name: preset for preset in load_presets()}
LEARN = ("xor_learns", "xor_softmax", "parity")


def trained(name: str, **settings: object) -> Trainer:
    changes = {key.replace("__", "."): value for key, value in settings.items()}
    trainer = Trainer(PRESETS[name].spec.with_settings(changes))
    trainer.train()
    return trainer


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
