"""A network that takes over another's weights must compute what that one did, whatever has been added."""

import numpy as np
import pytest

from nnstudio.engine import ExperimentSpec, Trainer
from nnstudio.engine.transplant import transplant

INPUTS = np.random.default_rng(3).normal(size=(20, 2))


def trained(**settings: object) -> Trainer:
    changes = {"network.hidden": "3,2", "network.activation": "tanh", "training.epochs": 1000, **settings}
    trainer = Trainer(ExperimentSpec().with_settings(changes))
    trainer.train(200)
    return trainer


def changed(trainer: Trainer, **settings: object) -> Trainer:
    after = trainer.spec.with_settings({key.replace("__", "."): value for key, value in settings.items()})
    other = Trainer(after)
    other.set_parameters(transplant(trainer.network.parameters, trainer.spec, after), trainer.epoch)
    return other


@pytest.mark.parametrize(
    "settings",
    [
        {"network__hidden": "4,2"},
        {"network__hidden": "3,5"},
        {"network__hidden": "6,6"},
        {"data__features": "x1,x2,product"},
        {"data__features": "x1,x2,x1_squared,sin_x2", "network__hidden": "4,3"},
    ],
)
def test_what_is_added_changes_nothing_of_what_is_computed(settings: dict[str, object]) -> None:
    before = trained()
    after = changed(before, **settings)
    assert after.network.parameters.size > before.network.parameters.size
    np.testing.assert_allclose(after.predict(INPUTS), before.predict(INPUTS), rtol=1e-12, atol=1e-15)
    assert after.epoch == 200
    after.train(50)
    assert after.epoch == 250 and not np.allclose(after.predict(INPUTS), before.predict(INPUTS))


def test_a_new_neuron_s_own_weights_are_drawn_so_that_it_can_learn() -> None:
    after = changed(trained(), network__hidden="4,2")
    assert np.all(after.network.layers[0].weights[:, 3] != 0)
    np.testing.assert_array_equal(after.network.layers[1].weights[3], 0)
    after.train(1)
    assert np.all(after.network.layers[1].weights[3] != 0)


def test_the_last_neuron_is_the_one_that_goes() -> None:
    before = trained()
    after = changed(before, network__hidden="2,2")
    np.testing.assert_array_equal(after.network.layers[0].weights, before.network.layers[0].weights[:, :2])
    np.testing.assert_array_equal(after.network.layers[1].weights, before.network.layers[1].weights[:2])
    np.testing.assert_array_equal(after.network.layers[2].weights, before.network.layers[2].weights)


@pytest.mark.parametrize(
    ("hidden", "kept"), [("3,2,4", {0: 0, 1: 1}), ("5,3,2", {1: 2, 2: 3}), ("3", {0: 0}), ("none", {})]
)
def test_around_a_layer_that_comes_or_goes_the_others_keep_their_weights(hidden: str, kept: dict[int, int]) -> None:
    before = trained()
    after = changed(before, network__hidden=hidden)
    for old, new in kept.items():
        np.testing.assert_array_equal(after.network.layers[new].weights, before.network.layers[old].weights)
        np.testing.assert_array_equal(after.network.layers[new].biases, before.network.layers[old].biases)
    assert np.isfinite(after.network.parameters).all()


def test_a_feature_that_is_gone_takes_its_weights_along() -> None:
    before = trained(**{"data.features": "x1,x2,product"})
    after = changed(before, data__features="x2,product,sin_x1")
    rows = after.network.layers[0].weights
    np.testing.assert_array_equal(rows[:2], before.network.layers[0].weights[1:])
    np.testing.assert_array_equal(rows[2], 0)


def test_wrong_weights_are_refused_and_change_nothing() -> None:
    trainer = trained()
    before = trainer.network.parameters.copy()
    for wrong in (before[:-1], np.where(np.arange(before.size) == 3, np.nan, before)):
        with pytest.raises(ValueError, match=f"{before.size} finite numbers"):
            trainer.set_parameters(wrong)
    np.testing.assert_array_equal(trainer.network.parameters, before)


def test_training_goes_on_from_weights_that_were_typed_and_can_be_resumed() -> None:
    first, second = trained(), trained()
    for trainer in (first, second):
        typed = trainer.network.parameters.copy()
        typed[0] = 5.0
        trainer.set_parameters(typed)
        assert trainer.epoch == 200
    resumed = Trainer(first.spec)
    resumed.restore(first.state())
    for trainer in (resumed, second):
        trainer.train(300)
    np.testing.assert_array_equal(resumed.network.parameters, second.network.parameters)
