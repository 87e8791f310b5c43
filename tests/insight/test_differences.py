"""What a person is told of experiments that are compared."""

from __future__ import annotations

import numpy as np
import pytest

from nnstudio.engine.choices.datasets import Dataset
from nnstudio.engine.spec import ExperimentSpec
from nnstudio.insight.differences import (
    differences_in_words,
    differing,
    distinct_name,
    setting_label,
    setting_text,
    setting_value,
    shape_text,
    shared_in_words,
    telling_name,
)

BASE = ExperimentSpec()


def changed(**settings: object) -> ExperimentSpec:
    return BASE.with_settings({key.replace("__", "."): value for key, value in settings.items()})


def test_equal_experiments_differ_in_nothing() -> None:
    assert differing([BASE, BASE]) == ()
    assert differences_in_words([BASE, BASE]) == "nothing"


def test_settings_that_differ_come_in_the_forms_order() -> None:
    specs = [BASE, changed(seed=7), changed(training__learning_rate=0.5, network__hidden="3")]
    assert differing(specs) == ("network.hidden", "training.learning_rate", "seed")


def test_the_same_choice_with_other_parameters_differs_in_these_alone() -> None:
    specs = [changed(training__optimizer="momentum"), changed(training__optimizer="momentum:momentum=0.5")]
    (key,) = differing(specs)
    assert setting_label(key) == "Optimizer: momentum"
    assert [setting_value(spec, key) for spec in specs] == [0.9, 0.5]
    assert [setting_text(spec, key) for spec in specs] == ["0.9", "0.5"]


def test_other_choices_differ_as_a_whole() -> None:
    specs = [changed(training__optimizer="adam:beta1=0.8"), BASE]
    assert differing(specs) == ("training.optimizer",)
    assert setting_text(specs[0], "training.optimizer") == "Adam, beta 1 0.8"


def test_own_samples_differ_by_their_numbers() -> None:
    def own(title: str, value: float) -> ExperimentSpec:
        targets = np.array([[value], [2.0]])
        dataset = Dataset.of_numbers(title, np.array([[0.0], [1.0]]), targets)
        return changed(network__output_activation="linear").with_own(dataset)

    assert differing([own("Mine", 1.0), own("Mine", 1.0)]) == ()
    assert differing([own("Mine", 1.0), own("Yours", 3.0)]) == ("data.name",)
    assert setting_text(own("Yours", 3.0), "data.name") == "Yours"


@pytest.mark.parametrize(
    ("key", "value", "text"),
    [
        ("training.epochs", 20_000, "20,000"),
        ("training.batch_size", "full", "full"),
        ("network.hidden", "4:tanh,2", "4 Tanh, 2"),
        ("network.hidden", "none", "none"),
        ("data.features", "x1,product", "x1, x1·x2"),
        ("data.targets", "one_hot", "one hot"),
    ],
)
def test_values_as_a_person_reads_them(key: str, value: object, text: str) -> None:
    assert setting_text(BASE.with_settings({key: value}), key) == text


def test_numbers_and_layers_can_be_ordered() -> None:
    assert setting_value(changed(network__hidden="10"), "network.hidden") > setting_value(BASE, "network.hidden")
    assert setting_value(BASE, "training.batch_size") is None


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"seed": 7}, "nothing but the seed"),
        ({"seed": 7, "network__hidden": 3}, "hidden layers and seed"),
        ({"seed": 7, "network__hidden": 3, "training__epochs": 5}, "hidden layers, epochs and seed"),
        (
            {"seed": 7, "network__hidden": 3, "training__epochs": 5, "precision": "float32"},
            "hidden layers, epochs and 2 more settings",
        ),
    ],
)
def test_differences_in_words(settings: dict[str, object], words: str) -> None:
    assert differences_in_words([BASE, changed(**settings)]) == words


def test_what_is_shared_names_what_matters_and_what_is_unusual() -> None:
    words = shared_in_words([changed(seed=7, training__batch_size=2), changed(training__batch_size=2)])
    assert words.startswith("data XOR, hidden layers 2, activation Sigmoid, epochs 10,000, learning rate 0.1")
    assert "batch size 2" in words
    assert "seed" not in words
    assert "schedule" not in words


def test_shape() -> None:
    assert shape_text(changed(network__hidden="4,2", data__name="parity:bits=3")) == "3-4-2-1"


def test_names_say_what_sets_a_run_apart() -> None:
    taken: dict[str, ExperimentSpec] = {}
    longer = changed(training__epochs=20_000, training__learning_rate=0.5)
    for spec in (BASE, changed(network__hidden="3"), longer, BASE):
        taken[telling_name(spec, taken)] = spec
    assert list(taken) == [
        "2-2-1, seed 42",
        "2-3-1, seed 42",
        "2-2-1, seed 42, learning rate 0.5",
        "2-2-1, seed 42 (2)",
    ]


def test_names_are_made_distinct_by_number() -> None:
    assert distinct_name("a", {"a": 1, "a (2)": 1, "a (4)": 1}) == "a (3)"
