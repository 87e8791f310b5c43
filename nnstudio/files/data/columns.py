"""Finds out from its cells, piece by piece, whether a column of a text file holds numbers or words."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnstudio.files.data.table import MISSING, Column, is_missing, number_text

Array = NDArray[Any]

# As most files write it, ready for comparison without another look at the cell.
_MISSING_AS_WRITTEN = frozenset([*MISSING, *(word.upper() for word in MISSING), "NaN", "Null"])
# Among numbers, one cell in ten may be a word that has slipped in; with more, the column is text.
_SLIPS = 0.1
# Labels in the order of the alphabet are for classes and categories; so many are neither, and sorting them takes time.
_MOST_SORTED = 20_000


class ColumnBuilder:
    """Takes the cells of a column as they are read.

    Numbers are kept as numbers, text as codes; a column that turns out to be the other after all is turned round.

    Parameters
    ----------
    name : str
    decimal_comma : bool
        Whether 0,5 is a number here.
    """

    def __init__(self, name: str, *, decimal_comma: bool) -> None:
        self.name = name
        self._rows = 0
        self._numbers: list[Array] = []
        self._words: dict[int, str] = {}
        self._coder: _Coder | None = None
        self._codes: list[Array] = []
        self._decimal_comma = decimal_comma
        self._commas_seen = False

    def add(self, cells: Sequence[str], *, underscores: bool, breathe: Callable[[], None]) -> None:
        """Take the next cells.

        Parameters
        ----------
        cells : sequence of str
        underscores : bool
            Whether any of them may hold an underscore: Python reads 2020_01 as a number, people do not.
        breathe : callable
            Called several times a second where this takes longer; what it raises ends the work.
        """
        if self._coder is not None:
            self._add_text(cells)
        else:
            values = None if underscores and "_" in "".join(cells) else self._all_numbers(cells)
            if values is None:
                self._add_mixed(cells, breathe)
            else:
                self._numbers.append(values)
        self._rows += len(cells)

    def _all_numbers(self, cells: Sequence[str]) -> Array | None:
        """Return the cells as numbers, NaN where one is missing; None if there is anything else among them."""
        if self._commas_seen:
            cells = [cell.replace(",", ".") for cell in cells]
        try:
            values = np.fromiter(map(float, cells), np.float64, len(cells))
        except ValueError:
            try:
                values = np.array([math.nan if cell in _MISSING_AS_WRITTEN else float(cell) for cell in cells])
            except ValueError:
                return None
        return None if np.isinf(values).any() else values

    def _add_mixed(self, cells: Sequence[str], breathe: Callable[[], None]) -> None:
        values = np.empty(len(cells))
        words: dict[int, str] = {}
        for place, cell in enumerate(cells):
            value = self._number(cell)
            values[place] = math.nan if value is None else value
            if value is None:
                words[self._rows + place] = cell.strip()
        self._numbers.append(values)
        self._words |= words
        if len(self._words) > max(1, _SLIPS * (self._rows + len(cells))):
            if len(self._numbers) == 1:  # nothing has been read as a number yet: text stays as it was written
                self._numbers, self._words, self._coder = [], {}, _Coder()
                self._add_text(cells)
            else:
                self._turn_to_text(breathe)

    def _number(self, cell: str) -> float | None:
        """Return a cell's number, NaN if it is missing, None if it is a word."""
        if is_missing(cell):
            return math.nan
        value = _finite(cell)
        if value is None and self._decimal_comma and "," in cell:
            value = _finite(cell.replace(",", "."))
            self._commas_seen |= value is not None
        return value

    def _add_text(self, cells: Sequence[str]) -> None:
        assert self._coder is not None
        self._codes.append(np.fromiter(map(self._coder.__getitem__, map(str.strip, cells)), np.int32, len(cells)))

    def _turn_to_text(self, breathe: Callable[[], None]) -> None:
        """Read all numbers so far as words, in their shortest form."""
        self._coder = _Coder()
        row = 0
        for values in self._numbers:
            cells = ["" if math.isnan(value) else number_text(value) for value in values.tolist()]
            for place in range(len(cells)):
                cells[place] = self._words.get(row + place, cells[place])
            row += len(cells)
            self._add_text(cells)
            breathe()
        self._numbers, self._words = [], {}

    def column(self, breathe: Callable[[], None]) -> Column:
        """Return the whole column; nothing can be added to it any more. For `breathe` see `add`."""
        if self._coder is None:
            filled = sum(int(np.count_nonzero(~np.isnan(values))) for values in self._numbers)
            if not _are_slips(len(self._words), filled):
                self._turn_to_text(breathe)
        if self._coder is None:
            values = _joined(self._numbers)
            return Column(self.name, values, words=tuple(self._words.items()))
        return self._text_column(self._coder, breathe)

    def _text_column(self, coder: _Coder, breathe: Callable[[], None]) -> Column:
        codes, labels = _joined(self._codes), list(coder)
        numbers, is_word = np.empty(len(labels)), np.zeros(len(labels), bool)
        for code, label in enumerate(labels):
            value = self._number(label)
            numbers[code] = math.nan if value is None else value
            is_word[code] = value is None
            if code % _MOST_SORTED == 0:
                breathe()
        counts = np.bincount(codes, minlength=len(labels))
        if _are_slips(int(counts[is_word].sum()), int(counts[~np.isnan(numbers)].sum())):
            words = tuple((row, labels[codes[row]]) for row in np.flatnonzero(is_word[codes]).tolist())
            return Column(self.name, numbers[codes], words=words)
        known = np.flatnonzero(is_word | ~np.isnan(numbers)).tolist()
        if len(known) <= _MOST_SORTED:
            known.sort(key=labels.__getitem__)
        recoded = np.full(len(labels), -1, np.int32)
        recoded[known] = np.arange(len(known))
        return Column(self.name, recoded[codes], tuple(labels[code] for code in known))


class _Coder(dict[str, int]):
    """Gives each new text the next number."""

    def __missing__(self, text: str) -> int:
        self[text] = code = len(self)
        return code


def _joined(parts: list[Array]) -> Array:
    """Return the parts as one array, and let go of them: a large table must not be held twice."""
    joined = np.concatenate(parts)
    parts.clear()
    return joined


def _finite(cell: str) -> float | None:
    try:
        value = float(cell)
    except ValueError:
        return None
    return value if math.isfinite(value) and "_" not in cell else None


def _are_slips(words: int, numbers: int) -> bool:
    """Return whether so few words stand among so many numbers that they must have slipped in."""
    return words == 0 or (words == 1 and numbers >= 3) or words <= _SLIPS * (words + numbers)
