"""What a network sees must be the features that were chosen, on the scale of the training samples alone."""

import numpy as np
import pytest

from nnstudio.engine import Dataset, ExperimentSpec, SettingError, Trainer
from nnstudio.engine.choices.features import FEATURES
from nnstudio.engine.split import TRAINING

X, Y = np.array([0.5, -2.0, 3.0]), np.array([1.5, 0.25, -4.0])
FORMULAS = {
    "x1": X, "x2": Y, "x1_squared": X**2, "x2_squared": Y**2, "product": X * Y, "sin_x1": np.sin(X),
    "sin_x2": np.sin(Y), "cos_x1": np.cos(X), "cos_x2": np.cos(Y), "radius": np.sqrt(X**2 + Y**2),
    "angle": np.arctan2(Y, X), "x1_magnitude": [0.5, 2.0, 3.0], "x2_magnitude": [1.5, 0.25, 4.0],
}  # fmt: skip


def spec(**settings: object) -> ExperimentSpec:
    return ExperimentSpec().with_settings({key.replace("__", "."): value for key, value in settings.items()})


def house_prices() -> Dataset:
    rng = np.random.default_rng(4)
    inputs = np.column_stack([rng.uniform(40, 200, 50), rng.integers(1, 6, 50)])
    return Dataset.of_numbers("prices", inputs, 2000 * inputs[:, 0] + 1e4, input_names=("area", "rooms"))


@pytest.mark.parametrize("name", FEATURES)
def test_a_feature_is_its_formula(name: str) -> None:
    np.testing.assert_allclose(FEATURES[name].build().function(X, Y), FORMULAS[name], rtol=1e-14)


def test_features_come_in_their_own_order_and_with_the_inputs_names() -> None:
    experiment = spec(data__features="product, X2,x1 squared").with_own(house_prices())
    assert experiment.data.features == ("x2", "x1_squared", "product")
    assert experiment.encoding().names == ("rooms", "area²", "area·rooms")
    trainer = Trainer(experiment)
    assert trainer.network.layout.sizes[0] == 3


def test_predictions_take_inputs_as_they_were_measured() -> None:
    trainer = Trainer(spec(data__features="x1,product", network__hidden="none", network__output_activation="linear"))
    trainer.network.layers[0].weights[:, 0] = 2, 3
    trainer.network.layers[0].biases[:] = 1
    np.testing.assert_allclose(trainer.predict([[5, 7]]), [[2 * 5 + 3 * 35 + 1]])


@pytest.mark.parametrize("given", ["", "x1,x9", [], "none"])
def test_at_least_one_known_feature_is_needed(given: object) -> None:
    with pytest.raises(SettingError, match=r"data\.features.*one or more of x1, x2"):
        spec(data__features=given)


def test_features_leave_data_of_more_inputs_alone() -> None:
    experiment = spec(data__name="parity", data__features="x1_squared")
    assert experiment.encoding().names == ("x1", "x2", "x3")
    np.testing.assert_array_equal(
        experiment.encoding().inputs(experiment.dataset().inputs), experiment.dataset().inputs
    )


@pytest.mark.parametrize("scaling", ["standardize", "range"])
def test_the_training_samples_alone_decide_on_the_scale(scaling: str) -> None:
    experiment = spec(
        data__scaling=scaling, data__test_share=0.4, network__output_activation="linear", training__reduction="mean"
    ).with_own(house_prices())
    data, encoding, training = experiment.dataset(), experiment.encoding(), experiment.parts() == TRAINING
    for seen in (encoding.inputs(data.inputs[training]), encoding.targets(data.targets[training])):
        if scaling == "standardize":
            np.testing.assert_allclose(seen.mean(axis=0), 0, atol=1e-12)
            np.testing.assert_allclose(seen.std(axis=0), 1)
        else:
            np.testing.assert_allclose(
                [seen.min(axis=0), seen.max(axis=0)], [[-1] * seen.shape[1], [1] * seen.shape[1]]
            )
    assert training.sum() == 30
    np.testing.assert_allclose(encoding.outputs(encoding.targets(data.targets)), data.targets)


def test_a_scaled_regression_answers_in_the_data_s_units() -> None:
    experiment = spec(
        data__scaling="standardize", network__hidden="none", network__output_activation="linear",
        training__reduction="mean", training__learning_rate=0.3, training__epochs=300,
    ).with_own(house_prices())  # fmt: skip
    trainer = Trainer(experiment)
    trainer.train()
    np.testing.assert_allclose(trainer.outputs(), trainer.dataset.targets, rtol=1e-3)
    np.testing.assert_allclose(trainer.predict([[100, 3]]), [[210_000]], rtol=1e-3)
    assert trainer.loss() < 1e-4  # on the scaled targets


def test_a_column_that_never_changes_stays_finite() -> None:
    data = Dataset.of_numbers("flat", [[1.0, 7.0], [2.0, 7.0]], [1.0, 2.0])
    for scaling in ("standardize", "range"):
        seen = (
            spec(data__scaling=scaling, network__output_activation="linear")
            .with_own(data)
            .encoding()
            .inputs(data.inputs)
        )
        np.testing.assert_array_equal(seen[:, 1], 0)


def test_classes_are_not_scaled() -> None:
    experiment = spec(data__scaling="standardize")
    np.testing.assert_array_equal(experiment.encoding().targets(experiment.dataset().targets), [[0], [1], [1], [0]])
