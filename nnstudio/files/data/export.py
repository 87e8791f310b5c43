"""Writes samples out as a table, for spreadsheets and to be imported again."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator

from nnstudio.engine.choices.datasets import Dataset
from nnstudio.files.tables import table_text, write_table


def dataset_text(dataset: Dataset) -> str:
    """Return the samples as text with tabs between the columns, as the clipboard takes it; see `write_dataset`."""
    return table_text(_header(dataset), _rows(dataset), "\t")


def write_dataset(path: str | os.PathLike[str], dataset: Dataset) -> None:
    """Write the samples as a CSV file: their inputs, then their class by its name, or their target numbers.

    Raises
    ------
    OSError
        If the file cannot be written; it is then as it was.
    """
    write_table(path, _header(dataset), _rows(dataset))


def _header(dataset: Dataset) -> list[str]:
    return [*dataset.input_names, *((dataset.target_name,) if dataset.is_classification else dataset.output_names)]


def _rows(dataset: Dataset) -> Iterator[list[float | str | None]]:
    answers: list[list[float | str]] = (
        [[dataset.class_names[label]] for label in dataset.labels.tolist()]
        if dataset.is_classification
        else dataset.targets.tolist()
    )
    for inputs, answer in zip(dataset.inputs.tolist(), answers, strict=True):
        yield [*(None if math.isnan(value) else value for value in inputs), *answer]
