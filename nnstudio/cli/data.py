"""Brings a person's own table into an experiment: `nnstudio train --data FILE`."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from nnstudio.engine.registry import normalized
from nnstudio.engine.spec import FIELDS, ExperimentSpec
from nnstudio.engine.suited import suited
from nnstudio.files.data.guess import guess
from nnstudio.files.data.importing import SETTINGS, TASK, dataset_from, plan
from nnstudio.files.data.reading import read_table
from nnstudio.files.data.table import TableError


def add_data_options(parser: argparse.ArgumentParser) -> None:
    """Add --data and what goes with it."""
    parser.add_argument(
        "--data",
        metavar="FILE",
        help="learn a table of your own, CSV, TSV or NumPy (NPZ): its columns but the target are the inputs, rows with "
        "gaps are left out, inputs are standardized, and a fifth tests",
    )
    parser.add_argument(
        "--target",
        dest="targets",
        metavar="NAME",
        action="append",
        default=[],
        help="with --data: the column to answer (guessed without it); a regression may have several",
    )
    parser.add_argument(
        "--task", choices=TASK.names, help="with --data: what the target says, classes or numbers (guessed without it)"
    )


def experiment_on(
    base: ExperimentSpec, changes: Mapping[str, object], options: argparse.Namespace
) -> tuple[ExperimentSpec, str]:
    """Return an experiment on a person's own table, and what came of the table in words.

    Parameters
    ----------
    base : ExperimentSpec
        As it would be without the table.
    changes : mapping of str to object
        The settings that the person gave; they count most.
    options : argparse.Namespace
        What `add_data_options` added.

    Raises
    ------
    TableError
        If nothing can be learned from the table.
    SettingError
        If the settings do not go with it.
    """
    if normalized(changes.get("data.name", "own")) != "own":
        raise TableError("--set data.name says to learn other samples: expected only one of the two")
    table = read_table(options.data)
    choices = guess(table, options.targets)
    if options.task:
        choices = replace(choices, task=options.task)
    dataset = dataset_from(table, choices, table.title)
    start: dict[str, Any] = {key: value for key, value in SETTINGS.items() if base.get(key) == FIELDS[key].default}
    fitting = suited(base, dataset.coded(base.data.targets))
    spec = base.with_settings({"data.name": "own", **start, **fitting, **changes}, dataset)
    shares = {"validation": spec.data.validation_share, "test": spec.data.test_share}
    return spec, " ".join([f"{table.title}:", plan(table, choices).sentence(choices, **shares)])
