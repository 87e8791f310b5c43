"""Reads what every command of an experiment is given: the experiment, its settings and data, files to write."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from nnstudio.cli.data import add_data_options, experiment_on
from nnstudio.engine.registry import nearest_hint
from nnstudio.engine.spec import ExperimentSpec
from nnstudio.files.data.table import TableError
from nnstudio.files.experiment import read_experiment
from nnstudio.files.presets import load_presets

_EXPERIMENT_HELP = "a .nns file (its settings; training starts anew), settings as .json, or the name of an example"


class UsageError(Exception):
    """A command line that cannot be obeyed, with the reason."""


def add_experiment(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "experiment", metavar="EXPERIMENT", nargs="?", help=f"{_EXPERIMENT_HELP}; the tutorial without it"
    )
    parser.add_argument(
        "--set",
        dest="settings",
        metavar="KEY=VALUE",
        action="append",
        default=[],
        help="change a setting, such as training.epochs=5000; may be given again",
    )
    add_data_options(parser)


def experiment_spec(experiment: str | None, settings: Sequence[str]) -> ExperimentSpec:
    """Return the experiment that the arguments ask for.

    Parameters
    ----------
    experiment : str, optional
        Path of a file or, where there is no such file, the name of an example.
    settings : sequence of str
        ``KEY=VALUE`` each; the last one counts where a key is given twice.

    Raises
    ------
    UsageError, SettingError, ExperimentFileError
        If it cannot be made.
    """
    return _base(experiment).with_settings(_changes(settings))


def asked_for(options: argparse.Namespace) -> tuple[ExperimentSpec, str]:
    """Return the experiment that the arguments ask for, and what came of a table of the person's own, in words."""
    if options.data is None:
        if options.targets or options.task:
            raise UsageError("--target and --task say what to learn of a table: expected --data FILE with them")
        return experiment_spec(options.experiment, options.settings), ""
    try:
        return experiment_on(_base(options.experiment), _changes(options.settings), options)
    except TableError as error:
        raise UsageError(f"--data {options.data}: {error}") from error


def _changes(settings: Sequence[str]) -> dict[str, object]:
    changes: dict[str, object] = {}
    for setting in settings:
        key, equals, value = setting.partition("=")
        if not equals:
            raise UsageError(f"--set {setting}: expected KEY=VALUE, such as training.epochs=5000")
        changes[key.strip()] = value.strip()
    return changes


def _base(experiment: str | None) -> ExperimentSpec:
    if experiment is None:
        return ExperimentSpec()
    presets = {preset.name: preset.spec for preset in load_presets()}
    if os.path.exists(experiment) or Path(experiment).suffix:
        return read_experiment(experiment).spec
    if experiment not in presets:
        hint = nearest_hint(experiment, tuple(presets)) or f" (one of {', '.join(presets)})"
        raise UsageError(f"there is no file {experiment}: expected a .nns or .json file, or an example{hint}")
    return presets[experiment]


def check_writable(path: str | Path) -> None:
    """Refuse before the training what would fail after it."""
    path = Path(path).absolute()
    if path.is_dir():
        raise UsageError(f"{path} cannot be written: it is a folder, expected a file name")
    if not path.parent.is_dir():
        raise UsageError(f"{path} cannot be written: there is no folder {path.parent}")
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        raise UsageError(f"{path} cannot be written: permission denied")


@contextmanager
def answered(path: str | Path, cannot_be: str = "written") -> Iterator[None]:
    """Turn the system's answer to a failed write, or another thing that cannot be done to a file, into words."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise UsageError(f"{path} cannot be {cannot_be}: {error.strerror or error}") from error
