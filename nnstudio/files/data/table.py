"""Holds a table that a person has brought, column by column, before anyone decides what is to be learned from it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
#: Called with the share of the work that is done, 0 to 1; it may raise `ReadingCancelledError`.
Step = Callable[[float], None]

#: What says that nobody knows the value, in any mixture of capitals.
MISSING = frozenset(["", "na", "n/a", "nan", "null", "?", "-"])
#: A table with more cells would not leave a usual computer the room to train on it.
MAX_CELLS = 100_000_000
#: Different values of a column are counted no further: what has more is no set of classes.
MAX_DISTINCT = 1000


class TableError(Exception):
    """A table that cannot be used, or not in this way; the message says what, where, and what would be right.

    Parameters
    ----------
    message : str
    line : int, optional
        Where in the file, counted from 1.
    column : str, optional
        Name of the column.
    """

    def __init__(self, message: str, *, line: int | None = None, column: str | None = None) -> None:
        super().__init__(message)
        self.line = line
        self.column = column


class ReadingCancelledError(Exception):
    """Whoever asked for a table wants it no more."""


@dataclass(frozen=True, eq=False)
class Column:
    """One column of a table.

    Attributes
    ----------
    name : str
    values : ndarray, shape (rows,)
        Numbers, float64, NaN where there is none; for text the index of each cell's label, int32, -1 where it is
        missing.
    labels : tuple of str
        The different texts, in alphabetical order unless they are thousands; empty for numbers.
    words : tuple of (int, str)
        Row and text of each cell in a column of numbers that is neither a number nor missing.
    """

    name: str
    values: Array
    labels: tuple[str, ...] = ()
    words: tuple[tuple[int, str], ...] = ()

    @property
    def kind(self) -> str:
        """What the cells hold: "number", "text", or nothing at all: "empty"."""
        if self.labels:
            return "text"
        return "number" if self.distinct else "empty"

    @cached_property
    def gaps(self) -> Array:
        """Whether each cell has no value that can be used: it is missing, or a word among numbers."""
        return np.asarray(self.values < 0 if self.labels else np.isnan(self.values))

    @cached_property
    def missing(self) -> int:
        """Number of missing cells; words among numbers are not missing."""
        return int(np.count_nonzero(self.gaps)) - len(self.words)

    @cached_property
    def distinct(self) -> int:
        """Number of different values; for numbers, `MAX_DISTINCT` + 1 stands for all that are more."""
        if self.labels:
            return len(self.labels)
        found: set[float] = set()
        for start in range(0, len(self.values), 1 << 14):
            found.update(np.unique(self.values[start : start + (1 << 14)]).tolist())
            found = {value for value in found if value == value}
            if len(found) > MAX_DISTINCT:
                return MAX_DISTINCT + 1
        return len(found)

    @cached_property
    def is_whole(self) -> bool:
        """Whether all that is known are whole numbers."""
        known = self.values[~self.gaps]
        return not self.labels and bool((known == np.floor(known)).all())

    def text(self, row: int) -> str:
        """Return a cell as it was understood; an empty text where it is missing."""
        if self.labels:
            return self.labels[self.values[row]] if self.values[row] >= 0 else ""
        value = float(self.values[row])
        return self._words.get(row, "") if math.isnan(value) else number_text(value)

    @cached_property
    def _words(self) -> dict[int, str]:
        return dict(self.words)


@dataclass(frozen=True, eq=False)
class Table:
    """Columns of equal length.

    Attributes
    ----------
    title : str
        The file's name without its ending.
    columns : tuple of Column
        Their names differ.
    lines : ndarray of int or None
        The line of the file on which each row begins; None if it has no lines.
    notes : tuple of str
        How the file was understood, in words.
    targets : tuple of str
        Columns that the file itself says are the targets.
    pixels : tuple of str
        Columns that are the pixels of a picture, row by row.
    image_shape : (int, int) or None
        Rows and columns of that picture.
    """

    title: str
    columns: tuple[Column, ...]
    lines: Array | None = None
    notes: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    pixels: tuple[str, ...] = ()
    image_shape: tuple[int, int] | None = None

    @property
    def rows(self) -> int:
        """Number of rows."""
        return len(self.columns[0].values)

    @cached_property
    def _by_name(self) -> dict[str, Column]:
        return {column.name: column for column in self.columns}

    @property
    def names(self) -> tuple[str, ...]:
        """The columns' names, in their order."""
        return tuple(self._by_name)

    def column(self, name: str) -> Column:
        """Return the column of this name; KeyError if there is none."""
        return self._by_name[name]

    def line(self, row: int) -> int | None:
        """Return the line of the file on which a row begins."""
        return None if self.lines is None else int(self.lines[row])

    def where(self, row: int) -> str:
        """Return in words where a row stands in its file: "line 812"."""
        line = self.line(row)
        return f"row {row + 1:,}" if line is None else f"line {line:,}"


def is_missing(cell: str) -> bool:
    """Return whether a cell says that nobody knows its value."""
    return cell.strip().casefold() in MISSING


def number_text(value: float) -> str:
    """Return a number in its shortest form: 3 for 3.0."""
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


def distinct_names(names: Iterable[str]) -> tuple[str, ...]:
    """Return names for all columns: a number where there was none, and one behind a name that has been before."""
    taken: dict[str, None] = {}
    for position, given in enumerate(names, 1):
        name = given.strip() or f"column {position}"
        number, free = 2, name
        while free in taken:
            number, free = number + 1, f"{name} ({number})"
        taken[free] = None
    return tuple(taken)


def refuse_size(cells: int) -> None:
    """Raise a TableError if a table of so many cells is too large."""
    if cells > MAX_CELLS:
        raise TableError(
            f"the table is too large for memory: expected at most {MAX_CELLS // 1_000_000} million cells; "
            "leave out rows or columns"
        )
