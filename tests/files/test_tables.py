"""Checks that numbers come back from a CSV file unchanged."""

import csv
import math
import os
from pathlib import Path

import numpy as np
import pytest

from nnstudio.files.tables import table_text, write_table

NUMBERS = [0.1, 1 / 3, 1e-300, -math.pi * 1e20, 5e-324, 1.7976931348623157e308, 0.30000000000000004]


@pytest.mark.parametrize("numbers", [NUMBERS, np.array(NUMBERS)])
def test_full_precision(tmp_path: Path, numbers: list[float]) -> None:
    write_table(tmp_path / "a.csv", ["index", "value"], list(enumerate(numbers)))
    with (tmp_path / "a.csv").open(newline="", encoding="utf-8") as file:
        header, *rows = csv.reader(file)
    assert header == ["index", "value"]
    assert [int(row[0]) for row in rows] == list(range(len(NUMBERS)))
    assert [float(row[1]) for row in rows] == NUMBERS


def test_single_precision_has_its_own_digits() -> None:
    assert table_text(["x"], np.array([[0.1], [1 / 3]], np.float32)) == "x\n0.1\n0.33333334\n"


def test_texts_are_quoted_and_nothing_is_empty() -> None:
    assert table_text(["a", "b, c"], [["x1 → h1", None], ['say "hi"', 1]]) == 'a,"b, c"\nx1 → h1,\n"say ""hi""",1\n'


def test_matrix() -> None:
    assert table_text(["h1", "h2"], np.array([[1.5, 2.0], [3.0, 4.0]])) == "h1,h2\n1.5,2.0\n3.0,4.0\n"


def test_row_of_another_length() -> None:
    with pytest.raises(ValueError, match="a row has 1 cells and the header 2"):
        table_text(["a", "b"], [[1]])


def test_pipe_is_written_to_directly(tmp_path: Path) -> None:
    if not hasattr(os, "mkfifo"):
        pytest.skip("no named pipes here")
    path = tmp_path / "pipe"
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        write_table(path, ["a"], [[1]])
        assert os.read(reader, 100) == b"a\n1\n"
    finally:
        os.close(reader)
    assert path.is_fifo()
