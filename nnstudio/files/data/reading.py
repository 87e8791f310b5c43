"""Opens a person's table, whatever kind of file holds it, and says so when it holds none."""

from __future__ import annotations

import os
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

from nnstudio.files.data.arrays import DAMAGE, read_archive, read_array
from nnstudio.files.data.table import ReadingCancelledError, Table, TableError
from nnstudio.files.data.text import read_text

#: Endings of files that hold tables, as a file dialog offers them.
SUFFIXES = (".csv", ".tsv", ".txt", ".dat", ".data", ".npz", ".npy")

_MAX_BYTES = 2 * 2**30
_EXPECTED = "expected a table as text (CSV or TSV), or NumPy arrays (NPZ)"
_SPREADSHEET = "expected a table; save it as CSV in the program that made it"
# What the first bytes give away.
_KINDS = (
    (b"\x89PNG", "a picture", _EXPECTED),
    (b"\xff\xd8\xff", "a picture", _EXPECTED),
    (b"GIF8", "a picture", _EXPECTED),
    (b"%PDF", "a PDF document", _EXPECTED),
    (b"\x1f\x8b", "compressed", "expected a table; unpack it first"),
    (b"\xd0\xcf\x11\xe0", "a document of an office program", _SPREADSHEET),
    (b"\x89HDF", "an HDF5 file", _EXPECTED),
    (b"PAR1", "a Parquet file", _EXPECTED),
    (b"SQLite format 3", "a database", _EXPECTED),
    (b"\x80\x04\x95", "a pickled Python object, which nnstudio never opens", _EXPECTED),
    (b"\x80\x05\x95", "a pickled Python object, which nnstudio never opens", _EXPECTED),
)
_JSON = re.compile(rb"\{|\[\s*[\[{\"\d-]")


def read_table(
    path: str | os.PathLike[str],
    *,
    header: bool | None = None,
    progress: Callable[[float], None] = lambda share: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Table:
    """Read a table from a file of text or of NumPy arrays.

    Parameters
    ----------
    path : path-like
    header : bool, optional
        Whether the first line of a text holds the names of the columns; found out without it.
    progress : callable, optional
        Called several times a second with the share that is done, 0 to 1.
    cancelled : callable, optional
        Asked as often whether to go on.

    Raises
    ------
    TableError
        If the file holds no table that can be read.
    ReadingCancelledError
        If `cancelled` says so.
    """
    path = Path(path)

    def step(share: float) -> None:
        if cancelled():
            raise ReadingCancelledError
        progress(share)

    try:
        if path.is_dir():
            raise TableError("this is a folder: expected a file with a table")
        size = path.stat().st_size
        if size > _MAX_BYTES:
            raise TableError(f"the file is {size / 2**30:.1f} GiB large: expected at most 2 GiB; take a part of it")
        step(0.0)
        table = _read(path, header, step)
    except MemoryError as error:
        raise TableError("the table is too large for memory: leave out rows or columns") from error
    except FileNotFoundError as error:
        raise TableError("there is no such file: expected one with a table") from error
    except OSError as error:
        raise TableError(f"the file could not be read: {error.strerror or error}") from error
    progress(1.0)
    return table


def _read(path: Path, header: bool | None, step: Callable[[float], None]) -> Table:
    with path.open("rb") as file:
        start = file.read(1024)
    if start.startswith(b"PK\x03\x04"):
        _refuse_other_archives(path)
        return read_archive(path, step=step)
    if start.startswith(b"\x93NUMPY"):
        return read_array(path, step=step)
    for mark, kind, expected in _KINDS:
        if start.startswith(mark):
            raise TableError(f"this is {kind}: {expected}")
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith(b"<"):
        raise TableError(f"this is {'a web page' if b'<html' in text.lower() else 'HTML or XML'}: {_EXPECTED}")
    if _JSON.match(text):
        raise TableError(f"this is JSON: {_EXPECTED}")
    return read_text(path, header=header, step=step)


def _refuse_other_archives(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except DAMAGE as error:
        raise TableError(f"the archive is damaged: {_EXPECTED}") from error
    if "xl/workbook.xml" in names:
        raise TableError(f"this is an Excel workbook: {_SPREADSHEET}")
    if "mimetype" in names:
        raise TableError(f"this is a document of an office program: {_SPREADSHEET}")
    if not all(name.endswith(".npy") for name in names):
        raise TableError("this is an archive of other files: expected a table; unpack it first")
