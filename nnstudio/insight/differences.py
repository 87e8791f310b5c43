"""Says in which settings experiments differ, and what they have in common, in words that a person reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from nnstudio.engine.hidden_layers import HiddenLayers
from nnstudio.engine.registry import Choice, ChoiceOf, Number, Option, Parameter
from nnstudio.engine.selection import Selection
from nnstudio.engine.spec import FIELDS, ExperimentSpec

#: What is worth saying of experiments that share it even where it is as usual.
_TELLING = (
    "data.name",
    "network.hidden",
    "network.activation",
    "training.epochs",
    "training.learning_rate",
    "training.optimizer",
    "training.loss",
    "seed",
)


def differing(specs: Sequence[ExperimentSpec]) -> tuple[str, ...]:
    """Return the settings that are not the same in all experiments, in the order in which they are shown.

    Returns
    -------
    tuple of str
        Paths; where all have made the same choice with other parameters, those: "training.optimizer:momentum".
    """
    first, *others = specs or [ExperimentSpec()]
    changed = {key for other in others for key in first.changed_keys(other)}
    return tuple(narrower for key in FIELDS if key in changed for narrower in _narrowed(key, specs))


def _narrowed(key: str, specs: Sequence[ExperimentSpec]) -> list[str]:
    field = FIELDS[key]
    if isinstance(field, ChoiceOf):
        choices: list[Choice] = [spec.get(key) for spec in specs]
        name = choices[0].name
        if name != "own" and all(choice.name == name for choice in choices):
            values = [field.registry.parameter_values(choice) for choice in choices]
            return [f"{key}:{p}" for p in values[0] if any(each[p] != values[0][p] for each in values)]
    return [key]


def setting_label(key: str) -> str:
    """Return what a setting is called: "Learning rate", "Optimizer: momentum"."""
    path, _, parameter = key.partition(":")
    if not parameter:
        return FIELDS[path].label
    field = FIELDS[path]
    assert isinstance(field, ChoiceOf)
    labels = {p.key: p.label for entry in field.registry.values() for p in entry.parameters}
    return f"{field.label}: {in_sentence(labels[parameter])}"


def setting_value(spec: ExperimentSpec, key: str) -> Any:
    """Return what can be compared of a setting: a number, None where there is none, sizes of layers, or its text."""
    field, value = _field_and_value(spec, key)
    if isinstance(field, Number):
        return value
    if isinstance(field, HiddenLayers):
        return tuple(layer.size for layer in value)
    return setting_text(spec, key)


def setting_text(spec: ExperimentSpec, key: str) -> str:
    """Return a setting's value as a person reads it: "10,000", "Adam, beta 1 0.8", "4 tanh, 2"."""
    field, value = _field_and_value(spec, key)
    if key == "data.name" and value.name == "own" and spec.own is not None:
        return spec.own.title
    return _text(field, value)


def _field_and_value(spec: ExperimentSpec, key: str) -> tuple[Parameter, Any]:
    path, _, name = key.partition(":")
    field, value = FIELDS[path], spec.get(path)
    if not name:
        return field, value
    assert isinstance(field, ChoiceOf)
    parameter = next(p for p in field.registry[value.name].parameters if p.key == name)
    return parameter, field.registry.parameter_values(value)[name]


def _text(field: Parameter, value: Any) -> str:
    if isinstance(field, ChoiceOf):
        entry = field.registry[value.name]
        parameters = {p.key: p for p in entry.parameters}
        extra = [f"{parameters[k].label.lower()} {_text(parameters[k], v)}" for k, v in value.parameters]
        return ", ".join([entry.label, *extra])
    if isinstance(field, HiddenLayers):
        return ", ".join(_layer_text(layer.size, layer.activation) for layer in value) or "none"
    if isinstance(field, Selection):
        return ", ".join(field.registry[name].label for name in value)
    if isinstance(field, Option):
        return str(value).replace("_", " ")
    return f"{value:,}" if isinstance(value, int) else field.format(value)


def _layer_text(size: int, activation: Choice | None) -> str:
    return f"{size} {_text(FIELDS['network.activation'], activation)}" if activation else str(size)


def named_value(spec: ExperimentSpec, key: str) -> str:
    """Return a setting with its value: "learning rate 0.5"."""
    return f"{in_sentence(setting_label(key))} {setting_text(spec, key)}"


def in_sentence(label: str) -> str:
    """Return what a setting is called inside a sentence: "learning rate"."""
    return label[0].lower() + label[1:]


def differences_in_words(specs: Sequence[ExperimentSpec], most: int = 3) -> str:
    """Return in what experiments differ, after "they differ in": "nothing", "nothing but the seed", "loss and seed"."""
    labels = [in_sentence(setting_label(key)) for key in differing(specs)]
    if not labels:
        return "nothing"
    if len(labels) == 1:
        return f"nothing but the {labels[0]}"
    if len(labels) > most:
        labels = [*labels[: most - 1], f"{len(labels) - most + 1} more settings"]
    return f"{', '.join(labels[:-1])} and {labels[-1]}"


def shared_in_words(specs: Sequence[ExperimentSpec]) -> str:
    """Return what experiments have in common: what matters most, and all that is not as in the tutorial's."""
    if not specs:
        return ""
    apart = {key.partition(":")[0] for key in differing(specs)}
    unusual = ExperimentSpec().changed_keys(specs[0])
    said = (key for key in FIELDS if key not in apart and (key in _TELLING or key in unusual))
    return ", ".join(named_value(specs[0], key) for key in said)


def shape_text(spec: ExperimentSpec) -> str:
    """Return a network's units from the inputs to the outputs: "2-2-1"."""
    inputs, outputs = len(spec.encoding().names), spec.dataset().targets.shape[1]
    return "-".join(map(str, (inputs, *(layer.size for layer in spec.network.hidden), outputs)))


def telling_name(spec: ExperimentSpec, taken: Mapping[str, ExperimentSpec]) -> str:
    """Return a short name that no other has: "2-2-1, seed 42", or with what sets it apart, "…, learning rate 0.5"."""
    name = f"{shape_text(spec)}, seed {spec.seed}"
    if name in taken:
        # What sets it apart from the one that has the name says more than a number; least of all, when it ends.
        keys = differing([taken[name], spec])
        for key in sorted(keys, key=lambda key: key.startswith(("training.epochs", "stop."))):
            longer = f"{name}, {named_value(spec, key)}"
            if longer not in taken:
                return longer
    return distinct_name(name, taken)


def distinct_name(name: str, taken: Mapping[str, Any]) -> str:
    """Return the name, or where it is taken the first of "name (2)", "name (3)", … that is not."""
    return (
        name if name not in taken else next(n for k in range(2, len(taken) + 3) if (n := f"{name} ({k})") not in taken)
    )
