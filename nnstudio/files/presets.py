"""Reads the example experiments that the program comes with."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from nnstudio.engine.spec import ExperimentSpec
from nnstudio.resource_files import resource


@dataclass(frozen=True)
class Preset:
    """An example experiment.

    Attributes
    ----------
    name : str
        Name on the command line, such as ``xor_learns``.
    title : str
        Name in the window.
    description : str
        What it shows, in a few sentences.
    spec : ExperimentSpec
        The experiment itself.
    """

    name: str
    title: str
    description: str
    spec: ExperimentSpec


def load_presets() -> tuple[Preset, ...]:
    """Return the example experiments in the order in which they are offered, the tutorial's first."""
    return tuple(_read(path) for path in sorted(resource("experiments").glob("*.json")))


def _read(path: Path) -> Preset:
    # The number in front of the name gives the order only.
    name = path.stem.partition("_")[2]
    content: Mapping[str, object] = json.loads(path.read_text(encoding="utf-8"))
    settings = content["settings"]
    assert isinstance(settings, Mapping)
    return Preset(name, str(content["title"]), str(content["description"]), ExperimentSpec().with_settings(settings))
