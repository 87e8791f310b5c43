"""Makes a data set of a table: which columns are inputs, which the target, and what becomes of gaps and texts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from nnstudio.engine.choices.datasets import Dataset
from nnstudio.engine.registry import Number, Option
from nnstudio.files.data.table import Column, Table, TableError, number_text

Array = NDArray[Any]
Task = Literal["classification", "regression"]
Missing = Literal["leave_out", "mean", "number"]

MAX_CLASSES = 100
#: A column of text becomes an input for each of its texts, up to so many.
MAX_CATEGORIES = 50

#: The choices besides the columns, described for a form.
TASK = Option(
    key="task",
    label="Task",
    default="classification",
    options=(("classification", "which class a sample belongs to"), ("regression", "one number or more for a sample")),
    help="What the network is to answer: a class, of which the target names a few, or numbers.",
)
MISSING_VALUES = Option(
    key="missing",
    label="Missing values",
    default="leave_out",
    options=(
        ("leave_out", "rows with a gap in a chosen column are not used"),
        ("mean", "a gap gets the mean of its column over the training samples; in text, missing is one more category"),
        ("number", "a gap gets the number that you give; in text, missing is one more category"),
    ),
    help="What becomes of a gap in an input. Rows without a target are never used.",
)
FILL = Number(key="fill", label="Number for gaps", default=0.0, help="What stands in for every missing number.")

#: The experiment's settings that go with a table, and what they begin with.
SETTINGS: dict[str, object] = {"data.scaling": "standardize", "data.test_share": 0.2, "data.validation_share": 0.0}

# Classes up to this number are named with their counts, and outputs by their names.
_NAMED = 6


@dataclass(frozen=True)
class ImportChoices:
    """What a person has chosen to make of a table.

    Attributes
    ----------
    inputs : tuple of str
        Columns that the network is given.
    targets : tuple of str
        Columns that it is to answer: one for classification, any number for regression.
    task : {"classification", "regression"}
    missing : {"leave_out", "mean", "number"}
        What becomes of a gap in an input. Rows without a target are always left out.
    fill : float
        The number that gaps get, for "number".
    words_are_missing : bool
        A word in a column of numbers counts as a gap, not as an error.
    """

    inputs: tuple[str, ...]
    targets: tuple[str, ...]
    task: Task
    missing: Missing = "leave_out"
    fill: float = 0.0
    words_are_missing: bool = False


@dataclass(frozen=True, eq=False)
class Plan:
    """What will come of a table under some choices.

    Attributes
    ----------
    rows : ndarray of int
        The rows that become samples.
    left_out : int
        How many do not, because they have gaps.
    input_names : tuple of str
    class_names : tuple of str
        Empty for regression.
    labels : ndarray of int, shape (rows,)
        The class of each sample; of no use for regression.
    """

    rows: Array
    left_out: int
    input_names: tuple[str, ...]
    class_names: tuple[str, ...]
    labels: Array

    def sentence(self, choices: ImportChoices, *, validation: float = 0.0, test: float = 0.0) -> str:
        """Return in words what will come of the table.

        Parameters
        ----------
        choices : ImportChoices
            Those that the plan was made for.
        validation, test : float
            Shares of the samples.

        Raises
        ------
        TableError
            If the shares leave a part without a sample.
        """
        samples = len(self.rows)
        if choices.task == "classification":
            answers = f"{counted(len(self.class_names), 'class', 'classes')} ({self._class_counts()})"
        else:
            more = ", …" if len(choices.targets) > _NAMED else ""
            answers = f"{counted(len(choices.targets), 'output')} ({', '.join(choices.targets[:_NAMED])}{more})"
        counts = part_counts(samples, validation, test)
        verbs = ("trains on", "validates on", "tests on")
        parts = [f"{verb} {count:,}" for verb, count in zip(verbs, counts, strict=True) if count]
        text = (
            f"{counted(samples, 'sample')}, {counted(len(self.input_names), 'input')}, {answers}; {', '.join(parts)}."
        )
        return text + (f" {counted(self.left_out, 'row')} with gaps left out." if self.left_out else "")

    def _class_counts(self) -> str:
        counts = np.bincount(self.labels, minlength=len(self.class_names))
        if len(counts) > _NAMED:
            return f"{counts.min():,} to {counts.max():,} samples each"
        return ", ".join(f"{name} {count:,}" for name, count in zip(self.class_names, counts.tolist(), strict=True))


def part_counts(samples: int, validation: float, test: float) -> tuple[int, int, int]:
    """Return how many samples train, validate and test.

    Raises
    ------
    TableError
        If the shares leave a part without a sample.
    """
    validating, testing = round(samples * validation), round(samples * test)
    training = samples - validating - testing
    if training < 1 or (validation and not validating) or (test and not testing):
        raise TableError(
            f"the shares for validation and test leave a part without any of the {counted(samples, 'sample')}: "
            "expected at least one in each part"
        )
    return training, validating, testing


def counted(count: int, one: str, many: str = "") -> str:
    """Return a number with its noun: "1 sample", "1,200 samples"."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def plan(table: Table, choices: ImportChoices) -> Plan:
    """Return what will come of a table, without making it yet.

    Raises
    ------
    TableError
        If nothing can be learned from it in this way; it names line and column where there are such.
    """
    inputs, targets = _columns(table, choices)
    if not choices.words_are_missing:
        for column in (*targets, *inputs):
            _refuse_words(table, column)
    usable = ~np.logical_or.reduce([column.gaps for column in targets])
    if choices.missing == "leave_out":
        usable &= ~np.logical_or.reduce([column.gaps for column in inputs])
    rows = np.flatnonzero(usable)
    if not len(rows):
        raise TableError("no row is left: every one has a gap in a chosen column; fill the gaps, or leave a column out")
    input_names = tuple(name for column in inputs for name in _input_names(column, rows))
    class_names, labels = _classes(targets[0], rows) if choices.task == "classification" else ((), np.empty(0, np.intp))
    return Plan(rows, table.rows - len(rows), input_names, class_names, labels)


def dataset_from(table: Table, choices: ImportChoices, title: str) -> Dataset:
    """Return the data set that comes of a table.

    Inputs may be NaN where gaps are to get the mean of their column: the engine fills them, since it knows which
    samples train.

    Parameters
    ----------
    table : Table
    choices : ImportChoices
    title : str

    Raises
    ------
    TableError
        If nothing can be learned from it in this way; it names line and column where there are such.
    """
    planned = plan(table, choices)
    rows = planned.rows
    inputs = np.empty((len(rows), len(planned.input_names)))
    place = 0
    for name in choices.inputs:
        for values in _input_values(table.column(name), rows):
            inputs[:, place] = values
            place += 1
    if choices.missing == "number":
        inputs[np.isnan(inputs)] = choices.fill
    inputs.flags.writeable = False
    if choices.task == "regression":
        targets = np.column_stack([table.column(name).values[rows] for name in choices.targets])
        return Dataset.of_numbers(title, inputs, targets, input_names=planned.input_names, output_names=choices.targets)
    return Dataset.of_classes(
        title,
        inputs,
        planned.labels,
        planned.class_names,
        input_names=planned.input_names,
        target_name=choices.targets[0],
        image_shape=table.image_shape if choices.inputs == table.pixels else None,
    )


def _columns(table: Table, choices: ImportChoices) -> tuple[list[Column], list[Column]]:
    if not choices.targets:
        raise TableError("no target is chosen: expected the column that the network is to answer")
    if not choices.inputs:
        raise TableError("no input is chosen: expected at least one column besides the target")
    for name in choices.inputs:
        if name in choices.targets:
            raise TableError(f"column '{name}' is both input and target: expected one or the other", column=name)
    inputs, targets = ([table.column(name) for name in names] for names in (choices.inputs, choices.targets))
    for column in (*targets, *inputs):
        if column.kind == "empty":
            raise TableError(f"column '{column.name}' is empty: leave it out", column=column.name)
    for column in inputs:
        if column.kind == "text" and column.distinct > MAX_CATEGORIES:
            raise TableError(
                f"column '{column.name}' has {column.distinct:,} different texts: expected numbers, or at most "
                f"{MAX_CATEGORIES} texts; leave it out",
                column=column.name,
            )
    if choices.task == "classification":
        if len(targets) > 1:
            raise TableError("classification has one target, which names the class: expected one, or regression")
        return inputs, targets
    for column in targets:
        if column.kind == "text":
            raise TableError(
                f"column '{column.name}' holds text: regression expects numbers; choose classification",
                column=column.name,
            )
    return inputs, targets


def _refuse_words(table: Table, column: Column) -> None:
    if not column.words:
        return
    row, word = column.words[0]
    more = f" ({len(column.words) - 1:,} more like it)" if len(column.words) > 1 else ""
    raise TableError(
        f"{table.where(row)}, column '{column.name}': '{word}' is not a number{more}; expected one, or nothing",
        line=table.line(row),
        column=column.name,
    )


def _categories(column: Column, rows: Array) -> list[int]:
    """Return the codes of a text column's categories among some rows; at the end -1 if it is missing from any."""
    codes = [int(code) for code in np.unique(column.values[rows])]
    return codes[1:] + codes[:1] if codes[0] < 0 else codes


def _input_names(column: Column, rows: Array) -> list[str]:
    if column.kind == "number":
        return [column.name]
    return [f"{column.name}={column.labels[code] if code >= 0 else 'missing'}" for code in _categories(column, rows)]


def _input_values(column: Column, rows: Array) -> list[Array]:
    values = column.values[rows]
    return [values] if column.kind == "number" else [values == code for code in _categories(column, rows)]


def _classes(column: Column, rows: Array) -> tuple[tuple[str, ...], Array]:
    values = column.values[rows]
    found, labels = np.unique(values, return_inverse=True)
    if len(found) > MAX_CLASSES:
        advice = "it looks like a number: choose regression" if column.kind == "number" else "choose another target"
        raise TableError(
            f"column '{column.name}' has {len(found):,} different values: expected at most {MAX_CLASSES} classes; "
            f"{advice}",
            column=column.name,
        )
    names = tuple(column.labels[code] if column.labels else number_text(code) for code in found.tolist())
    if len(names) == 1:
        raise TableError(
            f"column '{column.name}' holds a single class, '{names[0]}': expected at least two", column=column.name
        )
    return names, labels
