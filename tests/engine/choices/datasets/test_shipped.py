"""Data that comes with the program must be what was published, licensed, and missed in words where it is gone."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from nnstudio.engine import Dataset, ExperimentSpec
from nnstudio.engine.choices.datasets import DATASETS, shipped
from nnstudio.engine.registry import SettingError
from nnstudio.resource_files import resource

FILES = {"iris": "iris.csv", "penguins": "penguins.csv", "digits": "digits.npz"}


def made(text: str, seed: int = 42) -> Dataset:
    return ExperimentSpec().with_settings({"data.name": text, "data.seed": seed}).dataset()


def of_class(data: Dataset, name: str) -> np.ndarray:
    return data.inputs[data.labels == data.class_names.index(name)]


def test_iris_is_fisher_s_table() -> None:
    data = made("iris")
    assert data.class_names == ("setosa", "versicolor", "virginica") == data.output_names
    assert data.input_names == ("sepal length (cm)", "sepal width (cm)", "petal length (cm)", "petal width (cm)")
    assert data.target_name == "species"
    np.testing.assert_array_equal(np.bincount(data.labels), [50, 50, 50])
    # Means as printed in Fisher's Table 2.
    np.testing.assert_allclose(of_class(data, "setosa").mean(axis=0), [5.006, 3.428, 1.462, 0.246], atol=1e-9)
    np.testing.assert_allclose(of_class(data, "versicolor").mean(axis=0), [5.936, 2.770, 4.260, 1.326], atol=1e-9)
    np.testing.assert_allclose(of_class(data, "virginica").mean(axis=0), [6.588, 2.974, 5.552, 2.026], atol=1e-9)


def test_penguins_are_the_342_that_were_measured() -> None:
    data = made("penguins")
    assert data.class_names == ("Adelie", "Chinstrap", "Gentoo")
    assert data.input_names == ("bill length (mm)", "bill depth (mm)", "flipper length (mm)", "body mass (g)")
    np.testing.assert_array_equal(np.bincount(data.labels), [151, 68, 123])
    np.testing.assert_allclose(data.inputs.mean(axis=0), [43.92, 17.15, 200.92, 4201.75], atol=0.01)


def test_digits_are_pictures_row_by_row() -> None:
    data = made("digits")
    assert data.inputs.shape == (1797, 64) and data.image_shape == (8, 8)
    assert data.class_names == tuple("0123456789") == data.output_names
    assert data.input_names[0] == "row 1 column 1" and data.input_names[10] == "row 2 column 3"
    np.testing.assert_array_equal(np.bincount(data.labels), [178, 182, 177, 183, 181, 182, 181, 179, 174, 180])
    assert set(np.unique(data.inputs * 16)) == set(range(17))
    zero, one = (of_class(data, digit).mean(axis=0).reshape(8, 8) for digit in "01")
    assert zero[3:5, 3:5].max() < 0.2 < 0.6 < zero[3:5, 2].min()  # a hole in the middle, a stroke beside it
    assert one[2:6, 3:5].min() > 0.5 > one[:, [0, 7]].max()  # an upright stroke


@pytest.mark.parametrize("name", FILES)
def test_another_seed_is_another_order_of_the_same_samples(name: str) -> None:
    first, second = made(name, seed=1), made(name, seed=2)
    assert not np.array_equal(first.inputs, second.inputs)
    rows = [np.column_stack([data.inputs, data.labels]) for data in (first, second)]
    np.testing.assert_array_equal(*[part[np.lexsort(part.T)] for part in rows])


@pytest.mark.parametrize("name", FILES)
def test_names_its_source_and_licence(name: str) -> None:
    assert "CC" in DATASETS[name].source


def test_the_notice_names_source_and_licence_of_every_file() -> None:
    files = {path.name for path in resource("data").iterdir()} - {"README.md"}
    assert files == set(FILES.values())
    _, *sections = resource("data", "README.md").read_text(encoding="utf-8").split("\n## ")
    assert {section.partition(":")[0] for section in sections} == files
    for section in sections:
        for word in ("What", "Authors", "Source", "Licence", "Changed"):
            assert f"- **{word}**:" in section


def cut_short(content: bytes) -> bytes:
    return content[: len(content) // 2]


def emptied(content: bytes) -> bytes:
    return b""


def overwritten(content: bytes) -> bytes:
    return b"\xff\x00 this is no table \x80" * 40


def half_overwritten(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + b"?" * 60 + content[middle + 60 :]


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("damage", [cut_short, emptied, overwritten, half_overwritten])
def test_a_damaged_file_is_named(
    name: str, damage: Callable[[bytes], bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    damaged = tmp_path / FILES[name]
    damaged.write_bytes(damage(resource("data", FILES[name]).read_bytes()))
    monkeypatch.setattr(shipped, "resource", lambda *parts: damaged)
    with pytest.raises(SettingError, match=rf"data/{FILES[name]} to be whole.*install nnstudio again") as caught:
        DATASETS.build(DATASETS.choice(name), rng=np.random.default_rng(0))
    assert caught.value.key == "data.name"


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_named(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shipped, "resource", lambda *parts: resource("absent", *parts))
    with pytest.raises(SettingError, match=rf"data/{FILES[name]} to be where nnstudio is installed"):
        DATASETS.build(DATASETS.choice(name), rng=np.random.default_rng(0))
