"""Tables are read from text as people and programs write it, and what is wrong is said with its place."""

import csv
import math
import random
from pathlib import Path

import numpy as np
import pytest

from nnstudio.files.data.reading import read_table
from nnstudio.files.data.table import ReadingCancelledError, Table, TableError

PENGUINS = """species,island,bill_length_mm,body_mass_g,sex
Adelie,Torgersen,39.1,3750,male
Adelie,Torgersen,39.5,3800,female
Adelie,Torgersen,NA,NA,NA
Gentoo,Biscoe,47.3,4800,female
Chinstrap,Dream,46.5,3500,female
"""


def read(folder: Path, text: str, encoding: str = "utf-8", name: str = "table.csv", **options: bool) -> Table:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return read_table(path, **options)


def numbers(table: Table, name: str) -> list[float | None]:
    return [None if math.isnan(value) else value for value in table.column(name).values.tolist()]


def texts(table: Table, name: str) -> list[str]:
    return [table.column(name).text(row) for row in range(table.rows)]


def refused(folder: Path, text: str | bytes, name: str = "table.csv") -> TableError:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(TableError) as caught:
        read_table(path)
    return caught.value


# What is understood


def test_columns_are_numbers_or_text(tmp_path: Path) -> None:
    table = read(tmp_path, PENGUINS, name="penguins.csv")
    assert table.title == "penguins"
    assert table.names == ("species", "island", "bill_length_mm", "body_mass_g", "sex")
    assert [column.kind for column in table.columns] == ["text", "text", "number", "number", "text"]
    assert table.column("species").labels == ("Adelie", "Chinstrap", "Gentoo")
    assert texts(table, "species") == ["Adelie", "Adelie", "Adelie", "Gentoo", "Chinstrap"]
    assert numbers(table, "bill_length_mm") == [39.1, 39.5, None, 47.3, 46.5]
    assert [column.missing for column in table.columns] == [0, 0, 1, 1, 1]
    assert [column.distinct for column in table.columns] == [3, 3, 4, 4, 2]
    assert [table.line(row) for row in range(5)] == [2, 3, 4, 5, 6]
    assert table.notes == ("columns separated by commas",)


@pytest.mark.parametrize("cell", ["", " ", "NA", "na", "N/A", "n/a", "NaN", "nan", "null", "NULL", "?", "-"])
def test_what_says_that_a_value_is_missing(tmp_path: Path, cell: str) -> None:
    table = read(tmp_path, f"a,b\n1,x\n{cell},{cell}\n2.5,y\n")
    assert numbers(table, "a") == [1, None, 2.5]
    assert texts(table, "b") == ["x", "", "y"]
    assert [column.missing for column in table.columns] == [1, 1]
    assert table.column("b").labels == ("x", "y")


@pytest.mark.parametrize(
    ("separator", "words"), [(",", "commas"), (";", "semicolons"), ("\t", "tabs"), ("|", "bars"), (" ", "spaces")]
)
def test_separators(tmp_path: Path, separator: str, words: str) -> None:
    table = read(tmp_path, "a,b,c\n1,2,x\n3,4,y\n".replace(",", separator))
    assert table.names == ("a", "b", "c")
    assert numbers(table, "b") == [2, 4]
    assert table.notes == (f"columns separated by {words}",)


def test_decimal_commas_between_semicolons(tmp_path: Path) -> None:
    table = read(tmp_path, "Höhe;Länge;Ort\n1,5;-2;Bonn, Süd\n0,25;1,0e3;Ulm\n", "utf-8-sig")
    assert numbers(table, "Höhe") == [1.5, 0.25]
    assert numbers(table, "Länge") == [-2, 1000]
    assert texts(table, "Ort") == ["Bonn, Süd", "Ulm"]
    table = read(tmp_path, "1,5;2,5\n0,5;1,5\n")
    assert [numbers(table, name) for name in table.names] == [[1.5, 0.5], [2.5, 1.5]]


def test_quoted_fields_may_hold_separators_lines_and_quotes(tmp_path: Path) -> None:
    table = read(tmp_path, 'name,x\r\n"Doe, Jane",1\r\n"two\r\nlines",2\r\n"a ""b""",3\r\n')
    assert texts(table, "name") == ["Doe, Jane", "two\r\nlines", 'a "b"']
    assert [table.line(row) for row in range(3)] == [2, 3, 5]


@pytest.mark.parametrize(
    ("encoding", "note"),
    [
        ("utf-8", None),
        ("utf-8-sig", None),
        ("utf-16", "UTF-16"),
        ("cp1252", "read as Windows-1252, since it is not UTF-8: look whether accents are right"),
    ],
)
def test_encodings(tmp_path: Path, encoding: str, note: str | None) -> None:
    table = read(tmp_path, "größe,café\n1,crème\n2,œuf\n", encoding)
    assert table.names == ("größe", "café")
    assert texts(table, "café") == ["crème", "œuf"]
    assert table.notes[1:] == ((note,) if note else ())


def test_line_ends_blank_lines_and_spaces_do_not_matter(tmp_path: Path) -> None:
    for end in ("\n", "\r\n", "\r"):
        table = read(tmp_path, end.join(["", "a, b ", "1, x ", "", "  ", "2,y", "", ""]))
        assert table.names == ("a", "b")
        assert numbers(table, "a") == [1, 2]
        assert texts(table, "b") == ["x", "y"]
        assert [table.line(row) for row in range(2)] == [3, 6]


def test_names_are_made_where_they_are_missing_or_double(tmp_path: Path) -> None:
    assert read(tmp_path, ",x,x,x (2)\n1,2,3,4\n").names == ("column 1", "x", "x (2)", "x (2) (2)")


@pytest.mark.parametrize(
    ("text", "header"),
    [
        ("5.1,3.5,setosa\n4.9,3.0,setosa\n6.2,2.2,virginica\n", False),
        ("1,2\n3,4\n", False),
        ("x,y\n1,2\n", True),
        ("name,town\nAnn,Rome\nBob,Oslo\n", True),
        ("yes,no\nno,no\nyes,yes\n", False),
        ("a,b\n1,\n,2\n", True),
    ],
)
def test_whether_the_first_line_holds_names_is_found_out_or_told(tmp_path: Path, text: str, header: bool) -> None:
    table = read(tmp_path, text)
    first = text.splitlines()[0].split(",")
    numbered = tuple(f"column {i + 1}" for i in range(len(first)))
    assert table.names == (tuple(first) if header else numbered)
    assert ("no line with names" in table.notes) == (not header)
    other = read(tmp_path, text, header=not header)
    assert other.names == (numbered if header else tuple(first))
    assert other.rows == table.rows + (1 if header else -1)


def test_heading_as_numpy_writes_it(tmp_path: Path) -> None:
    path = tmp_path / "saved.txt"
    np.savetxt(path, [[1.5, 2], [3, 4]], header="width height")
    table = read_table(path)
    assert table.names == ("width", "height")
    assert numbers(table, "width") == [1.5, 3]


def test_a_few_words_among_numbers_are_told_apart_from_text(tmp_path: Path) -> None:
    ages = [*map(str, range(30)), "twelve", "NA"]
    table = read(tmp_path, "age,name\n" + "".join(f"{age},{age}th\n" for age in ages))
    assert table.column("age").kind == "number"
    assert table.column("age").words == ((30, "twelve"),)
    assert table.column("age").missing == 1
    assert table.column("age").text(30) == "twelve"
    assert table.column("name").kind == "text"


@pytest.mark.parametrize("first", ["numbers", "words"])
def test_what_a_column_is_does_not_hang_on_how_it_begins(tmp_path: Path, first: str) -> None:
    """The table is long enough to be read in several pieces."""
    plain, mixed = [str(i) for i in range(30_000)], [f"w{i % 3}" for i in range(2_000)]
    text, number = (
        (plain[:5000] + mixed, plain + mixed) if first == "numbers" else (mixed + plain[:5000], mixed + plain)
    )
    table = read(tmp_path, "x,y\n" + "".join(f"{cell},1\n" for cell in text))
    assert table.column("x").kind == "text"
    assert texts(table, "x") == text
    table = read(tmp_path, "x,y\n" + "".join(f"{cell},1\n" for cell in number))
    assert table.column("x").kind == "number"
    assert len(table.column("x").words) == 2000
    assert texts(table, "x") == number


def test_what_python_takes_for_a_number_and_people_do_not(tmp_path: Path) -> None:
    table = read(tmp_path, "month,x\n2020_01,1\n2020_02,2\n2020_03,3\n")
    assert texts(table, "month") == ["2020_01", "2020_02", "2020_03"]
    table = read(tmp_path, "x,y\n1,1\n2,2\ninf,3\n4,4\n5,5\n")
    assert table.column("x").words == ((2, "inf"),)


def test_cells_agree_with_the_csv_module(tmp_path: Path) -> None:
    """A random table, read as a whole, holds what the standard library reads from it."""
    chance = random.Random(3)
    cells = [[f"{chance.gauss(0, 1e3):.{chance.randint(0, 15)}g}" for _ in range(7)] for _ in range(9_000)]
    path = tmp_path / "random.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([list("abcdefg"), *cells])
    table = read_table(path)
    expected = np.array(cells, float)
    assert np.array_equal(np.column_stack([column.values for column in table.columns]), expected)


def test_progress_goes_up_to_the_end_and_reading_can_be_cancelled(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_text("a,b\n" + "1,2\n" * 100_000)
    shares: list[float] = []
    read_table(path, progress=shares.append)
    assert shares == sorted(shares)
    assert shares[0] == 0 and shares[-1] == 1
    assert len(shares) > 10
    assert max(np.diff(shares)) < 0.3
    asked: list[bool] = []

    def cancelled() -> bool:
        asked.append(len(asked) > 5)
        return asked[-1]

    with pytest.raises(ReadingCancelledError):
        read_table(path, cancelled=cancelled)
    assert len(asked) == 7


# What is refused


@pytest.mark.parametrize(
    ("text", "message", "line"),
    [
        ("a,b,c\n1,2,3\n1,2\n4,5,6\n", "line 3 has 2 fields, expected 3 as in line 1", 3),
        ("a,b\n1,2\n\n3,4,5\n", "line 4 has 3 fields, expected 2 as in line 1", 4),
        ("Our data\na,b\n1,2\n3,4\n", "line 1 has 1 field, expected 2 as in most lines", 1),
        ('a,b\n1,2\n"3,4\n5,6\n', "line 3 opens a quotation mark that is never closed: expected one at the end", 3),
        ('a,b\n1,2\n"x"y,4\n', "line 3 goes on after a closing quotation mark: expected the separator", 3),
        ("", "the file is empty: expected a table with a line of names and a line for each sample", None),
        ("\n \n", "the file is empty", None),
        ("a,b\n", "line 1 holds names, and nothing follows it: expected a line for each sample below it", 1),
        ("a\n1\n2\n", "there is only one column: expected two or more, separated by commas, semicolons or tabs", None),
    ],
)
def test_damaged_tables(tmp_path: Path, text: str, message: str, line: int | None) -> None:
    error = refused(tmp_path, text)
    assert str(error).startswith(message)
    assert error.line == line


def test_a_ragged_line_far_down_is_found(tmp_path: Path) -> None:
    error = refused(tmp_path, "a,b,c,d\n" + '"two\nlines",2,3,4\n' * 20_000 + "1,2,3,4,5\n")
    assert str(error) == "line 40,002 has 5 fields, expected 4 as in line 1"
    assert error.line == 40_002


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"a,b\n1,2\n3,\x81\n", "line 3 holds the byte 0x81, which is no text: expected text in UTF-8, UTF-16 or"),
        (b"a,b\n1,\x00\n", "line 2 holds the byte 0x00, which is no text"),
        ("a,b\n1,2\n".encode("utf-16-le"), "line 1 holds the byte 0x00, which is no text"),
        ("\ufeffa,b\n1,ä\n".encode() + b"2,\xff\n", "line 3 holds the byte 0xff, which is no text"),
        (b"\x89PNG\r\n\x1a\n....", "this is a picture: expected a table as text (CSV or TSV), or NumPy arrays (NPZ)"),
        (b"%PDF-1.7\n", "this is a PDF document: expected"),
        (b"<!DOCTYPE html>\n<html><body>", "this is a web page: expected"),
        (b"<?xml version='1.0'?>\n<a/>", "this is HTML or XML: expected"),
        (b'{"a": [1, 2]}', "this is JSON: expected"),
        (b'[\n  {"a": 1}\n]', "this is JSON: expected"),
        (b"\x80\x04\x95\x1a\x00\x00", "this is a pickled Python object, which nnstudio never opens: expected"),
    ],
)
def test_what_is_no_table(tmp_path: Path, content: bytes, message: str) -> None:
    assert str(refused(tmp_path, content)).startswith(message)


def test_missing_files_and_folders(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="there is no such file: expected one with a table"):
        read_table(tmp_path / "nothing.csv")
    with pytest.raises(TableError, match="this is a folder: expected a file with a table"):
        read_table(tmp_path)


def test_what_would_not_fit_memory_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nnstudio.files.data.table.MAX_CELLS", 1_000_000)
    error = refused(tmp_path, "a,b\n" + "1,2\n" * 500_001)
    assert (
        str(error) == "the table is too large for memory: expected at most 1 million cells; leave out rows or columns"
    )
    huge = tmp_path / "huge.csv"
    with huge.open("wb") as file:
        file.truncate(3 * 2**30)
    with pytest.raises(TableError, match=r"the file is 3\.0 GiB large: expected at most 2 GiB; take a part of it"):
        read_table(huge)
