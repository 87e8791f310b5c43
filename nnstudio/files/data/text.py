"""Reads a table from text, whatever its encoding, its separator and its way of writing numbers."""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnstudio.files.data.columns import ColumnBuilder
from nnstudio.files.data.table import Step, Table, TableError, distinct_names, is_missing, refuse_size

_SEPARATORS = {"\t": "tabs", ";": "semicolons", ",": "commas", "|": "bars", " ": "spaces"}
# So much is looked at to find the separator and the header.
_SAMPLE_BYTES, _SAMPLE_ROWS = 1 << 16, 100
_BLOCK_BYTES = 1 << 18
# So many cells are taken at a time: some milliseconds' work.
_CELLS_AT_ONCE = 20_000
# How the work divides: looking through the bytes, reading the cells, putting the columns together.
_CHECKED, _READ = 0.06, 0.97

_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_CONTROL = bytes(set(range(32)) - set(b"\t\n\r\f"))


@dataclass(frozen=True)
class _Form:
    """How a file writes its table."""

    separator: str
    fields: int  # in most lines
    header: bool


def read_text(path: Path, *, header: bool | None, step: Step) -> Table:
    """Read a table from a text file.

    Parameters
    ----------
    path : Path
    header : bool or None
        Whether the first line holds the names of the columns; None finds out.
    step : callable
        Told how far it is, several times a second.

    Raises
    ------
    TableError
        If it holds no table, or a damaged one.
    OSError
        If it cannot be read.
    """
    size = max(path.stat().st_size, 1)
    with path.open("rb", buffering=0) as raw:
        encoding, remarks = _encoding(raw, size, step)
        sample = _sample(raw, encoding)
        separator, fields = _separator(sample)
        if header is None:
            header = _has_header(list(islice(_rows(sample, separator), _SAMPLE_ROWS)), separator)
        form = _Form(separator, fields, header)
        raw.seek(0)
        # A wrapper of its own making would read 8 KiB at a time, and so would a slow disk.
        with io.TextIOWrapper(io.BufferedReader(raw, _BLOCK_BYTES), encoding, newline="") as stream:
            builders, lines = _read_columns(
                stream, form, lambda: step(_CHECKED + (_READ - _CHECKED) * min(raw.tell() / size, 1))
            )
    columns = []
    for done, builder in enumerate(builders):
        share = _READ + (1 - _READ) * done / len(builders)
        columns.append(column := builder.column(partial(step, share)))
        _ = column.missing, column.distinct  # found out here, where the work is told of and can be called off
        step(share)
    notes = [f"columns separated by {_SEPARATORS[separator]}", *remarks]
    if not form.header:
        notes.append("no line with names")
    return Table(path.stem, tuple(columns), lines, tuple(notes))


# ---- encoding ------------------------------------------------------------------------------------------------------


def _encoding(raw: io.FileIO, size: int, step: Step) -> tuple[str, list[str]]:
    """Return the encoding of a file, and a note where it is not the usual one."""
    start = raw.read(4)
    marked = next((name for mark, name in _MARKS.items() if start.startswith(mark)), None)
    if marked is None:
        if _first_bad_byte(raw, "utf-8", lambda done: step(_CHECKED / 2 * min(done / size, 1))) is None:
            return "utf-8", []
        bad = _first_bad_byte(raw, "cp1252", lambda done: step(_CHECKED / 2 * (1 + min(done / size, 1))))
        note = "read as Windows-1252, since it is not UTF-8: look whether accents are right"
    else:
        bad = _first_bad_byte(raw, marked, lambda done: step(_CHECKED * min(done / size, 1)))
        note = "UTF-16" if marked == "utf-16" else ""
    if bad is not None:
        raise _not_text(*bad)
    return marked or "cp1252", [note] if note else []


def _first_bad_byte(raw: io.FileIO, encoding: str, tell: Callable[[int], None]) -> tuple[int, int] | None:
    """Return the line and the value of the first byte that is no text in an encoding; None if all are.

    Raises
    ------
    TableError
        If there is a byte that no text has.
    """
    raw.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    lines, done = 1, 0
    while True:
        block = raw.read(_BLOCK_BYTES)
        if encoding != "utf-16" and len(block.translate(None, _CONTROL)) < len(block):
            place = next(i for i, byte in enumerate(block) if byte in _CONTROL)
            raise _not_text(lines + block[:place].count(b"\n"), block[place])
        try:
            decoder.decode(block, final=not block)
        except UnicodeDecodeError as error:
            return lines + error.object[: error.start].count(b"\n"), error.object[error.start]
        if not block:
            return None
        lines += block.count(b"\n")
        done += len(block)
        tell(done)


def _not_text(line: int, byte: int) -> TableError:
    return TableError(
        f"line {line:,} holds the byte {byte:#04x}, which is no text: expected text in UTF-8, UTF-16 or Windows-1252",
        line=line,
    )


def _sample(raw: io.FileIO, encoding: str) -> str:
    """Return the beginning of a file, up to the end of a line."""
    raw.seek(0)
    content = raw.read(_SAMPLE_BYTES)
    text = codecs.getincrementaldecoder(encoding)().decode(content)
    if len(content) == _SAMPLE_BYTES:
        text = text[: max(text.rfind("\n"), text.rfind("\r")) + 1] or text
    return text


# ---- separator and header ------------------------------------------------------------------------------------------


def _rows(sample: str, separator: str) -> Iterator[list[str]]:
    reader = csv.reader(io.StringIO(sample, newline=""), delimiter=separator, skipinitialspace=True)
    return (row for row in reader if row)


def _separator(sample: str) -> tuple[str, int]:
    """Return what separates the columns, which is what splits most lines alike, and the number of fields in those.

    csv.Sniffer is not asked: it takes letters for separators, and fails on a single quoted field.
    """
    shares: dict[str, tuple[float, int]] = {}
    for separator in _SEPARATORS:
        if separator == " " and shares:
            break  # words within a cell are separated by spaces too
        counts: Counter[int] = Counter()
        try:
            for row in islice(_rows(sample, separator), _SAMPLE_ROWS):
                counts[len(row)] += 1
        except csv.Error:
            pass  # it is told of when the table is read
        fields, lines = counts.most_common(1)[0] if counts else (0, 0)
        if fields > 1:
            shares[separator] = lines / counts.total(), fields
    if not shares:
        if not sample.strip():
            raise TableError("the file is empty: expected a table with a line of names and a line for each sample")
        raise TableError("there is only one column: expected two or more, separated by commas, semicolons or tabs")
    best = max(shares, key=lambda separator: shares[separator][0])
    return best, shares[best][1]


def _has_header(rows: Sequence[Sequence[str]], separator: str) -> bool:
    """Return whether the first row holds names.

    It does if words stand over numbers in more columns than numbers over numbers. Where all is text, it does unless a
    word of it comes again further down in its column.
    """
    first, rest = rows[0], rows[1:]
    over_numbers = over_themselves = numbers = 0
    for column, cell in enumerate(first):
        below = [row[column] for row in rest if len(row) > column and not is_missing(row[column])]
        if below and all(_is_number(other, separator) for other in below):
            if _is_number(cell, separator):
                numbers += 1
            elif not is_missing(cell):
                over_numbers += 1
        elif cell in below:
            over_themselves += 1
    if over_numbers or numbers:
        return over_numbers > numbers
    return not over_themselves and not any(_is_number(cell, separator) for cell in first)


def _is_number(cell: str, separator: str) -> bool:
    try:
        float(cell.replace(",", ".") if separator != "," else cell)
    except ValueError:
        return False
    return "_" not in cell


# ---- cells ---------------------------------------------------------------------------------------------------------


class _Lines:
    """The lines of a file, with a note whether there has been an underscore in them."""

    def __init__(self, stream: io.TextIOWrapper) -> None:
        self._stream = stream
        self.underscores = False

    def __iter__(self) -> Iterator[str]:
        first = next(self._stream, "")
        yield first.lstrip("# ") if first.startswith("#") else first  # the heading of a table that NumPy has written
        for line in self._stream:
            if "_" in line:
                self.underscores = True
            yield line


def _read_columns(
    stream: io.TextIOWrapper, form: _Form, told: Callable[[], None]
) -> tuple[list[ColumnBuilder], NDArray[Any]]:
    """Return the columns, still to be put together, and the line on which each of their rows begins."""
    lines = _Lines(stream)
    reader = csv.reader(iter(lines), delimiter=form.separator, skipinitialspace=True, strict=True)
    builders: list[ColumnBuilder] = []
    starts: list[int] = []
    first_line, width, rows_at_once = 0, -1, 0
    rows: list[list[str]] = []
    start = 1

    def take() -> None:
        refuse_size(width * len(starts))
        for builder, cells in zip(builders, zip(*rows, strict=True), strict=True):
            builder.add(cells, underscores=lines.underscores, breathe=told)
        rows.clear()
        lines.underscores = False
        told()

    try:
        for row in reader:
            if len(row) != width:
                if not row or (len(row) == 1 and not row[0].strip()):
                    start = reader.line_num + 1
                    continue
                if width > 0:
                    raise _ragged(start, len(row), f"{width} as in line {first_line:,}")
                if len(row) != form.fields:
                    raise _ragged(start, len(row), f"{form.fields} as in most lines")
                first_line, width = start, len(row)
                rows_at_once = max(1, _CELLS_AT_ONCE // width)
                names = distinct_names(row if form.header else [""] * width)
                builders = [ColumnBuilder(name, decimal_comma=form.separator != ",") for name in names]
                if form.header:
                    start = reader.line_num + 1
                    continue
            rows.append(row)
            starts.append(start)
            start = reader.line_num + 1
            if len(rows) == rows_at_once:
                take()
        if rows:
            take()
    except csv.Error as error:
        raise _unquotable(error, start) from error
    if not starts:
        raise TableError(
            f"line {first_line} holds names, and nothing follows it: expected a line for each sample below it",
            line=first_line,
        )
    return builders, np.array(starts)


def _ragged(line: int, fields: int, expected: str) -> TableError:
    return TableError(f"line {line:,} has {fields} field{'s' * (fields != 1)}, expected {expected}", line=line)


def _unquotable(error: csv.Error, line: int) -> TableError:
    reason = str(error)
    if "unexpected end of data" in reason or "field limit" in reason:
        what = "opens a quotation mark that is never closed: expected one at the end of the field"
    elif "expected after" in reason:
        what = "goes on after a closing quotation mark: expected the separator, or a doubled mark inside the field"
    else:
        what = f"cannot be read ({reason}): expected fields with a separator between them"
    return TableError(f"line {line:,} {what}", line=line)
