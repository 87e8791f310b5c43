"""Other data must bring the settings along without which it could not be learned, and no others."""

import numpy as np
import pytest

from nnstudio.engine import ExperimentSpec, Trainer
from nnstudio.engine.choices.datasets import DATASETS
from nnstudio.engine.suited import suited


def changes(data: str, **settings: object) -> dict[str, object]:
    spec = ExperimentSpec().with_settings({key.replace("__", "."): value for key, value in settings.items()})
    return suited(spec, DATASETS.build(DATASETS.choice(data), rng=np.random.default_rng(1)))


def test_a_gate_in_place_of_another_changes_nothing() -> None:
    assert changes("and") == {}


def test_many_samples_are_learned_in_batches_and_by_their_mean() -> None:
    assert changes("circle") == {"training.reduction": "mean", "training.batch_size": 10}
    assert changes("circle", training__batch_size=32) == {"training.reduction": "mean"}
    assert changes("circle", training__reduction="mean") == {}


def test_numbers_need_a_linear_output_and_a_loss_for_numbers() -> None:
    mean = {"training__reduction": "mean"}
    assert changes("plane", **mean) == {"network.output_activation": "linear"}
    assert changes("plane", training__loss="binary_cross_entropy", **mean)["training.loss"] == "mse"
    assert changes("plane", training__loss="half_mse", data__targets="signed", **mean) == {
        "network.output_activation": "linear"
    }


def test_classes_need_probabilities() -> None:
    assert changes("blobs", training__reduction="mean") == {
        "network.output_activation": "softmax",
        "training.loss": "softmax_cross_entropy",
    }


def test_back_to_two_classes() -> None:
    softmax = {
        "data__name": "blobs",
        "network__output_activation": "softmax",
        "training__loss": "softmax_cross_entropy",
        "training__reduction": "mean",
    }
    assert changes("circle", **softmax) == {
        "network.output_activation": "sigmoid",
        "training.loss": "binary_cross_entropy",
    }
    playground = {"data__name": "plane", "data__targets": "signed", "network__output_activation": "linear"}
    assert changes("circle", training__loss="half_mse", training__reduction="mean", **playground) == {
        "network.output_activation": "tanh"
    }


def test_large_values_are_brought_to_one_scale() -> None:
    mean = {"training__reduction": "mean"}
    assert changes("penguins", **mean)["data.scaling"] == "standardize"
    assert "data.scaling" not in changes("penguins", data__scaling="range", **mean)
    assert changes("circle", data__name="penguins", data__scaling="standardize", **mean)["data.scaling"] == "none"
    assert "data.scaling" not in changes("circle", data__scaling="standardize", **mean)  # that was chosen


def test_a_table_of_all_patterns_has_none_to_spare() -> None:
    shares = {"data__name": "circle", "data__test_share": 0.5, "data__validation_share": 0.1}
    needed = changes("xor", stop__validation_patience=9, training__reduction="mean", **shares)
    assert needed == {"data.test_share": 0, "data.validation_share": 0, "stop.validation_patience": "off"}


@pytest.mark.parametrize("start", ["xor", "plane", "blobs", "circle"])
@pytest.mark.parametrize("data", [name for name in DATASETS if name != "own"])
def test_whatever_data_is_chosen_can_be_trained(start: str, data: str) -> None:
    spec = ExperimentSpec()
    for name in (start, data):
        made = spec.with_settings({"network.output_activation": "linear", "training.loss": "mse", "data.name": name})
        spec = spec.with_settings({"data.name": name, **suited(spec, made.dataset())})
    trainer = Trainer(spec)
    trainer.train(3)
    assert trainer.stopped is None
