"""Writes numbers as CSV at full precision, for spreadsheets and other programs."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from nnstudio.files.replacing import replace_file


def table_text(header: Sequence[str], rows: Iterable[Sequence[Any]], delimiter: str = ",") -> str:
    """Return a table as CSV text.

    Parameters
    ----------
    header : sequence of str
        A name for each column.
    rows : iterable of sequence
        Numbers or texts, as many as there are columns; an array of shape (rows, columns) will do. ``None`` is an
        empty cell. Every number has as many digits as it takes to read it back unchanged.
    delimiter : str
        What stands between two cells.

    Raises
    ------
    ValueError
        If a row has another length than the header.
    """
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\n")
    writer.writerow(header)
    for row in rows:
        if len(row) != len(header):
            raise ValueError(f"a row has {len(row)} cells and the header {len(header)}")
        # A NumPy scalar writes itself with the digits of its own precision; its repr would name its type.
        writer.writerow([str(cell) if isinstance(cell, np.generic) else cell for cell in row])
    return text.getvalue()


def write_table(path: str | os.PathLike[str], header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write a table as a CSV file in UTF-8; see `table_text`.

    Raises
    ------
    OSError
        If the file cannot be written; it is then as it was.
    """
    replace_file(path, table_text(header, rows).encode())
