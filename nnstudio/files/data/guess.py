"""Guesses from a table what a person wants to learn from it, so that most need change nothing."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from nnstudio.engine.registry import nearest_hint
from nnstudio.files.data.importing import MAX_CATEGORIES, MAX_CLASSES, ImportChoices, Task
from nnstudio.files.data.table import Column, Table, TableError

_TARGET_NAMES = (
    *("target", "class", "label", "labels", "species", "variety"),
    *("y", "output", "outcome", "diagnosis", "survived", "quality"),
)
_ID_NAMES = ("id", "index", "idx", "nr", "no", "number", "row", "rownames", "unnamed: 0", "column 1")
# Whole numbers with up to so many values are taken for classes.
_FEW_VALUES = 10
# So many columns are listed where a name is wrong.
_LISTED = 20


def guess(table: Table, targets: Sequence[str] = ()) -> ImportChoices:
    """Return the choices that most people would make.

    Parameters
    ----------
    table : Table
    targets : sequence of str, optional
        The targets, where they are known already.

    Raises
    ------
    TableError
        If a target is no column of the table.
    """
    for name in targets:
        if name not in table.names:
            known = ", ".join(table.names[:_LISTED]) + (", …" if len(table.names) > _LISTED else "")
            hint = nearest_hint(name, table.names)
            raise TableError(f"there is no column '{name}': expected one of {known}{hint}", column=name)
    chosen = tuple(targets) or table.targets or (_likely_target(table),)
    inputs = tuple(c.name for c in table.columns if c.name not in chosen and is_likely_input(c, table.rows))
    return ImportChoices(inputs, chosen, guess_task(table, chosen))


def guess_task(table: Table, targets: Sequence[str]) -> Task:
    """Return what targets are most likely for: classification for a text or a few whole numbers, else regression."""
    column = table.column(targets[0])
    few = column.distinct <= min(_FEW_VALUES, max(2, table.rows // 2))
    classes = len(targets) == 1 and (column.kind == "text" or (few and column.is_whole))
    return "classification" if classes else "regression"


def _likely_target(table: Table) -> str:
    usable = [column for column in table.columns if _is_likely_target(column, table.rows)]
    named = {column.name.casefold(): column.name for column in usable}
    return next((named[name] for name in _TARGET_NAMES if name in named), (usable or table.columns)[-1].name)


def _is_likely_target(column: Column, rows: int) -> bool:
    return (
        column.distinct > 1
        and not _names_rows(column, rows)
        and (column.kind == "number" or column.distinct <= MAX_CLASSES)
    )


def is_likely_input(column: Column, rows: int) -> bool:
    """Return whether most people would take a column as an input."""
    return (
        column.distinct > 1
        and not _names_rows(column, rows)
        and 2 * int(np.count_nonzero(column.gaps)) <= rows
        and (column.kind == "number" or column.distinct <= MAX_CATEGORIES)
    )


def _names_rows(column: Column, rows: int) -> bool:
    """Return whether a column only says which row it is: all texts differ, or it numbers the rows."""
    if column.kind == "text":
        return rows > 2 and column.distinct == rows
    if column.name.casefold() not in _ID_NAMES or not column.is_whole:
        return False
    return bool((np.diff(column.values) == 1).all())
