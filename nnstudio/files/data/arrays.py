"""Reads a table from NumPy's files, NPZ and NPY, in which nothing is ever unpickled."""

from __future__ import annotations

import math
import struct
import tokenize
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from nnstudio.files.data.table import Column, Step, Table, TableError, distinct_names, is_missing, refuse_size

Array = NDArray[Any]

# What inputs and targets are called by those who write such files, in the order in which they are looked for.
_PAIRS = (
    ("x", "y"),
    ("inputs", "targets"),
    ("inputs", "outputs"),
    ("input", "target"),
    ("features", "labels"),
    ("data", "target"),
    ("data", "labels"),
    ("images", "labels"),
    ("x_train", "y_train"),
)
_EXPECTED = "expected arrays X and y, or one array with a row for each sample"
_BLOCK_BYTES = 1 << 20
#: What zipfile and NumPy raise over content that is not what it claims to be.
DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    ArithmeticError,
    EOFError,
    LookupError,
    NotImplementedError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    tokenize.TokenError,
)
# How the work divides: reading the arrays, and making columns of them.
_READ = 0.6


def read_archive(path: Path, *, step: Step) -> Table:
    """Read a table from an NPZ file: from its X and y, under one of their usual names, or from all that is as long.

    Parameters
    ----------
    path : Path
    step : callable
        Told how far it is, several times a second.

    Raises
    ------
    TableError
        If it holds no table.
    """
    arrays: dict[str, Array] = {}
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            total, done = max(sum(member.file_size for member in members), 1), 0

            def told(count: int) -> None:
                nonlocal done
                done += count
                step(_READ * min(done / total, 1))

            for member in members:
                name = member.filename.removesuffix(".npy")
                with archive.open(member) as file:
                    arrays[name] = _array(name, file, told)
    except DAMAGE as error:
        raise TableError(f"the archive is damaged: {_EXPECTED}") from error
    return _table(path.stem, arrays, step)


def read_array(path: Path, *, step: Step) -> Table:
    """Read a table from an NPY file: one array with a row for each sample; see `read_archive`."""
    size, done = max(path.stat().st_size, 1), 0

    def told(count: int) -> None:
        nonlocal done
        done += count
        step(_READ * min(done / size, 1))

    with path.open("rb") as file:
        return _table(path.stem, {"x": _array(path.name, file, told)}, step)


def _array(name: str, file: IO[bytes], told: Callable[[int], None]) -> Array:
    """Return an array as NumPy would, but in pieces, and only if it holds numbers or texts."""
    try:
        version = npy.read_magic(file)
        read_header = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
        shape, fortran, dtype = read_header(file)
    except DAMAGE as error:
        raise TableError(f"array '{name}' is damaged: {_EXPECTED}", column=name) from error
    if dtype.hasobject:
        raise TableError(
            f"array '{name}' holds pickled Python objects, which nnstudio never opens: expected numbers or texts",
            column=name,
        )
    cells = math.prod(shape)
    if cells <= 0 or dtype.itemsize == 0:
        raise TableError(f"array '{name}' is empty: {_EXPECTED}", column=name)
    refuse_size(max(cells, cells * dtype.itemsize // 8))
    flat = np.empty(cells, dtype)
    content = flat.view(np.uint8).data
    read = 0
    while read < flat.nbytes:
        block = file.read(min(_BLOCK_BYTES, flat.nbytes - read))
        if not block:
            raise TableError(f"array '{name}' is cut short: {_EXPECTED}", column=name)
        content[read : read + len(block)] = block
        read += len(block)
        told(len(block))
    return flat.reshape(shape[::-1]).T if fortran else flat.reshape(shape)


def _table(title: str, arrays: Mapping[str, Array], step: Step) -> Table:
    by_name = {name.casefold(): (name, array) for name, array in arrays.items()}
    pair = next((pair for pair in _PAIRS if by_name.keys() >= set(pair)), None)
    if pair is None and len(by_name) == 1:
        name, array = next(iter(by_name.values()))
        if array.dtype.names is not None:
            named = [(field, array[field]) for field in array.dtype.names]
        elif array.ndim == 2:
            named = [("x", array)]
        else:
            raise TableError(f"array '{name}' has {array.ndim} dimensions: expected 2, a row for each sample")
        return Table(title, _columns(named, step))
    if pair is None:
        return _table_of_all(title, arrays, step)
    (_, inputs), (_, targets) = (by_name[name] for name in pair)
    return _table_of_pair(title, inputs, targets, _left_out(arrays, [by_name[name][0] for name in pair]), step)


def _table_of_all(title: str, arrays: Mapping[str, Array], step: Step) -> Table:
    """Make columns of all arrays that have as many rows as the first."""
    usable = {name: array for name, array in arrays.items() if array.ndim in (1, 2)}
    rows = len(next(iter(usable.values()))) if usable else 0
    named = [(name, array) for name, array in usable.items() if len(array) == rows]
    if not named:
        raise TableError(f"there is no array with rows: {_EXPECTED}")
    return Table(title, _columns(named, step), notes=_left_out(arrays, [name for name, _ in named]))


def _table_of_pair(title: str, inputs: Array, targets: Array, notes: tuple[str, ...], step: Step) -> Table:
    if inputs.ndim < 1 or targets.ndim < 1 or len(inputs) != len(targets):
        raise TableError(
            f"the inputs have {len(inputs) if inputs.ndim else 0:,} rows and the targets "
            f"{len(targets) if targets.ndim else 0:,}: expected as many"
        )
    shape = inputs.shape[1:3] if inputs.ndim in (3, 4) and inputs.shape[3:] in ((), (1,)) else None
    flat = inputs.reshape(len(inputs), -1)
    answers = _class_numbers(targets.reshape(len(targets), -1))
    columns = _columns([("x", flat), ("y", answers)], step)
    names = tuple(column.name for column in columns)
    width = flat.shape[1]
    return Table(
        title,
        columns,
        notes=notes,
        targets=names[width:],
        pixels=names[:width] if shape else (),
        image_shape=shape,
    )


def _left_out(arrays: Mapping[str, Array], used: list[str]) -> tuple[str, ...]:
    rest = [name for name in arrays if name not in used]
    return (f"left out of the file: {', '.join(rest)}",) if rest else ()


def _class_numbers(targets: Array) -> Array:
    """Return each row's class where all rows mark one with a 1 among zeros; else the targets as they are."""
    if targets.shape[1] < 2 or targets.dtype.kind not in "biuf" or not np.isin(targets, (0, 1)).all():
        return targets
    return targets.argmax(axis=1)[:, None] if (targets.sum(axis=1) == 1).all() else targets


def _columns(named: list[tuple[str, Array]], step: Step) -> tuple[Column, ...]:
    """Return the columns of arrays, named after them: x1, x2, … for several of one array."""
    sources: list[tuple[str, Array]] = []
    for name, array in named:
        if array.ndim == 1:
            sources.append((name, array))
        else:
            several = array.shape[1] > 1
            sources += [(f"{name}{i + 1}" if several else name, array[:, i]) for i in range(array.shape[1])]
    if len(sources) < 2 or not len(sources[0][1]):
        raise TableError(f"there are too few columns or no rows: {_EXPECTED}, with at least two columns in all")
    refuse_size(len(sources) * len(sources[0][1]))
    columns = []
    names = distinct_names(name for name, _ in sources)
    for done, (name, (_, values)) in enumerate(zip(names, sources, strict=True), 1):
        columns.append(column := _column(name, values))
        _ = column.missing, column.distinct  # found out here, where the work is told of and can be called off
        step(_READ + (1 - _READ) * done / len(names))
    return tuple(columns)


def _column(name: str, values: Array) -> Column:
    if values.dtype.kind in "biuf":
        numbers = values.astype(np.float64)
        numbers[np.isinf(numbers)] = np.nan
        return Column(name, numbers)
    if values.dtype.kind == "S":
        values = np.char.decode(values, "utf-8", "replace")
    if values.dtype.kind != "U":
        raise TableError(f"array '{name}' holds {values.dtype}: expected numbers or texts", column=name)
    labels, codes = np.unique(values, return_inverse=True)
    known = [code for code, label in enumerate(labels.tolist()) if not is_missing(label)]
    recoded = np.full(len(labels), -1, np.int32)
    recoded[known] = np.arange(len(known))
    return Column(name, recoded[codes], tuple(labels[known].tolist()))
