"""Every choice must explain itself, since forms, command line and help text are made from it."""

from typing import Any

import pytest

from nnstudio.engine.choices.activations import ACTIVATIONS
from nnstudio.engine.choices.datasets import DATASETS
from nnstudio.engine.choices.initializers import INITIALIZERS
from nnstudio.engine.choices.losses import LOSSES
from nnstudio.engine.choices.optimizers import OPTIMIZERS
from nnstudio.engine.choices.regularizers import REGULARIZERS
from nnstudio.engine.choices.schedules import SCHEDULES
from nnstudio.engine.registry import Entry, Registry

REGISTRIES: list[Registry[Any]]
REGISTRIES = [ACTIVATIONS, DATASETS, INITIALIZERS, LOSSES, OPTIMIZERS, REGULARIZERS, SCHEDULES]
ENTRIES = [pytest.param(entry, id=f"{r.family}-{name}") for r in REGISTRIES for name, entry in r.items()]


@pytest.mark.parametrize("entry", ENTRIES)
def test_says_what_it_is(entry: Entry[Any]) -> None:
    assert entry.label.strip() == entry.label != ""
    assert entry.label[0].isupper() or not entry.label[0].isalpha()
    assert "\n" not in entry.summary
    assert entry.summary.endswith(".") and not entry.summary.endswith("..")
    assert len(entry.summary) <= 110


@pytest.mark.parametrize("entry", ENTRIES)
def test_each_parameter_has_help_and_a_default_that_is_right(entry: Entry[Any]) -> None:
    keys = [parameter.key for parameter in entry.parameters]
    assert len(set(keys)) == len(keys)
    for parameter in entry.parameters:
        assert parameter.label and parameter.help.endswith(".") and parameter.expected
        assert parameter.parse(parameter.default) == parameter.default
        assert parameter.parse(parameter.format(parameter.default)) == parameter.default


@pytest.mark.parametrize("registry", REGISTRIES, ids=lambda registry: registry.family)
def test_names_and_labels_are_unique(registry: Registry[Any]) -> None:
    assert all(name == entry.name for name, entry in registry.items())
    assert len({entry.label for entry in registry.values()}) == len(registry)


@pytest.mark.parametrize("registry", [ACTIVATIONS, LOSSES, OPTIMIZERS], ids=lambda registry: registry.family)
def test_a_formula_names_its_source(registry: Registry[Any]) -> None:
    without = [name for name, entry in registry.items() if not entry.source]
    assert set(without) <= {"linear"}


def test_the_textbook_choices_are_all_there() -> None:
    bounded, open_ended = {"sigmoid", "tanh", "sine", "step", "softmax"}, {"linear", "softplus", "swish"}
    assert set(ACTIVATIONS) >= bounded | open_ended | {"relu", "leaky_relu", "elu", "gelu"}
    assert set(LOSSES) >= {"mse", "mae", "huber", "binary_cross_entropy", "softmax_cross_entropy", "hinge"}
    descents = {"gradient_descent", "momentum", "nesterov"}
    assert set(OPTIMIZERS) >= descents | {"adagrad", "rmsprop", "adam", "adamw", "rprop"}
    assert set(SCHEDULES) >= {"constant", "step", "exponential", "cosine"}
    assert set(REGULARIZERS) >= {"none", "l1", "l2", "dropout"}
    assert set(DATASETS) >= {"xor", "and", "or", "nand", "xnor", "parity"}
