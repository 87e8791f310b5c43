"""Tables are read from NumPy's files under the names that people give arrays, and nothing is unpickled."""

import io
import pickle
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnstudio.files.data.guess import guess
from nnstudio.files.data.importing import dataset_from
from nnstudio.files.data.reading import read_table
from nnstudio.files.data.table import ReadingCancelledError, Table, TableError

X = np.array([[1.5, 2], [3, 4], [np.nan, 6], [7, 8]])
Y = np.array([0, 1, 1, 0])


def saved(folder: Path, **arrays: Any) -> Table:
    path = folder / "arrays.npz"
    np.savez(path, **arrays)
    return read_table(path)


def refused(path: Path) -> str:
    with pytest.raises(TableError) as caught:
        read_table(path)
    return str(caught.value)


@pytest.mark.parametrize(
    ("inputs", "targets"), [("X", "y"), ("inputs", "targets"), ("data", "target"), ("features", "labels")]
)
def test_inputs_and_targets_under_their_usual_names(tmp_path: Path, inputs: str, targets: str) -> None:
    table = saved(tmp_path, **{inputs: X, targets: Y, "notes": np.arange(3)})
    assert table.names == ("x1", "x2", "y")
    assert table.targets == ("y",)
    assert table.notes == ("left out of the file: notes",)
    assert table.column("x2").values.tolist() == [2, 4, 6, 8]
    assert table.column("x1").missing == 1
    assert table.where(2) == "row 3"
    choices = guess(table)
    assert (choices.inputs, choices.targets, choices.task) == (("x1", "x2"), ("y",), "classification")


@pytest.mark.parametrize("order", ["C", "F"])
def test_a_single_array_has_the_target_last(tmp_path: Path, order: Any) -> None:
    path = tmp_path / "one.npy"
    np.save(path, np.asarray([[1, 2, 3.5], [4, 5, 6.5]], order=order))
    table = read_table(path)
    assert table.names == ("x1", "x2", "x3")
    assert table.column("x3").values.tolist() == [3.5, 6.5]
    assert guess(table).targets == ("x3",)
    assert saved(tmp_path, anything=X).names == ("x1", "x2")


def test_other_arrays_are_columns_of_their_own(tmp_path: Path) -> None:
    table = saved(tmp_path, height=[1.0, 2, 3], weight=[[1], [2], [3]], place=np.array(["Ulm", "NA", "Bonn"]), n=7)
    assert table.names == ("height", "weight", "place")
    assert table.column("place").labels == ("Bonn", "Ulm")
    assert [table.column("place").text(row) for row in range(3)] == ["Ulm", "", "Bonn"]
    assert table.notes == ("left out of the file: n",)


def test_named_fields_of_one_array_are_columns(tmp_path: Path) -> None:
    path = tmp_path / "records.npy"
    np.save(path, np.array([(1, 2.5, b"a"), (3, 4.5, b"b")], dtype=[("n", "i4"), ("size", ">f8"), ("kind", "S2")]))
    table = read_table(path)
    assert table.names == ("n", "size", "kind")
    assert table.column("size").values.tolist() == [2.5, 4.5]
    assert table.column("kind").labels == ("a", "b")


def test_pictures_stay_pictures(tmp_path: Path) -> None:
    images = np.arange(4 * 6, dtype=np.uint8).reshape(4, 2, 3)
    table = saved(tmp_path, x_train=images, y_train=Y, x_test=images, y_test=Y)
    choices = guess(table)
    dataset = dataset_from(table, choices, "pictures")
    assert dataset.image_shape == (2, 3)
    assert np.array_equal(dataset.inputs, images.reshape(4, 6))
    assert table.notes == ("left out of the file: x_test, y_test",)


def test_targets_that_mark_one_class_each_are_classes(tmp_path: Path) -> None:
    table = saved(tmp_path, X=X, y=np.eye(3)[[0, 2, 1, 2]])
    assert table.column("y").values.tolist() == [0, 2, 1, 2]
    assert saved(tmp_path, X=X, y=np.array([[1, 0], [1, 1], [0, 1], [0, 0]])).targets == ("y1", "y2")


def test_several_targets_are_a_regression(tmp_path: Path) -> None:
    choices = guess(saved(tmp_path, X=X, y=X[:, ::-1] + 0.5))
    assert choices.targets == ("y1", "y2")
    assert choices.task == "regression"


def test_pickled_arrays_are_refused_and_not_run(tmp_path: Path) -> None:
    class Trap:
        def __reduce__(self) -> Any:
            return Path.touch, (tmp_path / "sprung",)

    path = tmp_path / "trap.npz"
    np.savez(path, X=np.array([Trap(), Trap()], object), y=Y[:2])
    assert refused(path) == (
        "array 'X' holds pickled Python objects, which nnstudio never opens: expected numbers or texts"
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("X.npy", pickle.dumps(Trap()))
    assert refused(path).startswith("array 'X' is damaged")
    assert not (tmp_path / "sprung").exists()


def test_what_is_no_table_of_arrays(tmp_path: Path) -> None:
    path = tmp_path / "bad.npz"
    for arrays, message in [
        ({"X": X, "y": Y[:3]}, "the inputs have 4 rows and the targets 3: expected as many"),
        ({"a": np.zeros((2, 3, 4))}, "array 'a' has 3 dimensions: expected 2, a row for each sample"),
        ({"a": np.zeros((2, 3), complex)}, "array 'x1' holds complex128: expected numbers or texts"),
        ({"a": np.zeros((0, 3))}, "array 'a' is empty: expected arrays X and y"),
        ({"a": np.zeros((3, 1))}, "there are too few columns or no rows: expected arrays X and y"),
        ({"a": np.array(1), "b": np.array(2)}, "there is no array with rows: expected arrays X and y"),
    ]:
        np.savez(path, **arrays)
        assert refused(path).startswith(message)
    np.savez(path, X=X, y=Y)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    assert refused(path).startswith("the archive is damaged")
    damaged = bytearray(whole)
    damaged[whole.index(X.tobytes()) + 3] ^= 255
    path.write_bytes(damaged)
    assert refused(path).startswith("array 'X' is damaged")
    cut = tmp_path / "cut.npy"
    content = io.BytesIO()
    np.save(content, X)
    cut.write_bytes(content.getvalue()[:-5])
    assert refused(cut).startswith("array 'cut.npy' is cut short")
    cut.write_bytes(content.getvalue().replace(b"'shape': (4, 2)", b"'shape': (4, 2\n"))
    assert refused(cut).startswith("array 'cut.npy' is damaged")


@pytest.mark.parametrize(
    ("member", "message"),
    [
        ("xl/workbook.xml", "this is an Excel workbook: expected a table; save it as CSV"),
        ("mimetype", "this is a document of an office program: expected a table; save it as CSV"),
        ("readme.txt", "this is an archive of other files: expected a table; unpack it first"),
    ],
)
def test_other_archives(tmp_path: Path, member: str, message: str) -> None:
    path = tmp_path / "file.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(member, "content")
    assert refused(path).startswith(message)


def test_progress_and_cancel(tmp_path: Path) -> None:
    path = tmp_path / "large.npz"
    np.savez_compressed(path, X=np.random.default_rng(0).normal(size=(50_000, 20)), y=np.zeros(50_000))
    shares: list[float] = []
    read_table(path, progress=shares.append)
    assert shares == sorted(shares)
    assert shares[0] == 0 and shares[-1] == 1 and len(shares) > 20
    with pytest.raises(ReadingCancelledError):
        read_table(path, cancelled=lambda: True)
