"""Lists the settings of an experiment and what there is to choose from, as text made from the engine's descriptions."""

from __future__ import annotations

import textwrap
from typing import Any

from nnstudio.engine.choices.activations import ACTIVATIONS
from nnstudio.engine.choices.datasets import DATASETS
from nnstudio.engine.choices.features import FEATURES
from nnstudio.engine.choices.initializers import INITIALIZERS
from nnstudio.engine.choices.losses import LOSSES
from nnstudio.engine.choices.optimizers import OPTIMIZERS
from nnstudio.engine.choices.regularizers import REGULARIZERS
from nnstudio.engine.choices.schedules import SCHEDULES
from nnstudio.engine.registry import ChoiceOf, Entry, Option, Parameter, Registry
from nnstudio.engine.spec import FIELDS
from nnstudio.files.presets import load_presets

_REGISTRIES: dict[str, Registry[Any]] = {
    "activations": ACTIVATIONS,
    "losses": LOSSES,
    "optimizers": OPTIMIZERS,
    "schedules": SCHEDULES,
    "initializers": INITIALIZERS,
    "regularizers": REGULARIZERS,
    "datasets": DATASETS,
    "features": FEATURES,
}
FAMILIES = (*_REGISTRIES, "presets")
_WIDTH = 110


def family_text(family: str) -> str:
    """Return the entries of a family with their parameters, one line each."""
    if family == "presets":
        lines = [f"  {preset.name:22} {preset.title}: {preset.description}" for preset in load_presets()]
    else:
        lines = [line for entry in _REGISTRIES[family].values() for line in _entry_lines(entry)]
    return "\n".join([family, *lines])


def _entry_lines(entry: Entry[Any]) -> list[str]:
    source = f" [{entry.source}]" if entry.source else ""
    lines = [f"  {entry.name:22} {entry.summary}{source}"]
    return lines + [f"    {_assignment(p):20} {p.expected}. {p.help}" for p in entry.parameters]


def _assignment(parameter: Parameter) -> str:
    return f"{parameter.key}={parameter.format(parameter.default)}"


def settings_text() -> str:
    """Return every setting with its range, default and meaning, and the parameters of each choice."""
    lines = ["settings for --set, as in the file:"]
    where: dict[int, str] = {}
    for key, parameter in FIELDS.items():
        lines += ["", f"  {key} (default {parameter.format(parameter.default)})"]
        lines += _wrapped(f"{parameter.expected}. {parameter.help}")
        if isinstance(parameter, Option):
            lines += [f"        {name:36} {meaning}" for name, meaning in parameter.options]
        if isinstance(parameter, ChoiceOf):
            first = where.setdefault(id(parameter.registry), key)
            lines += _parameter_lines(parameter.registry) if first == key else _wrapped(f"Parameters as for {first}.")
    return "\n".join(lines)


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text[:1].upper() + text[1:], _WIDTH, initial_indent=" " * 6, subsequent_indent=" " * 6)


def _parameter_lines(registry: Registry[Any]) -> list[str]:
    pairs = [(entry.name, p) for entry in registry.values() for p in entry.parameters]
    return [f"        {f'{name}:{_assignment(p)}':36} {p.expected}" for name, p in pairs]
