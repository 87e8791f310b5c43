"""Data sets must be the truth tables they are named after."""

import numpy as np
import pytest

from nnstudio.engine import Dataset, ExperimentSpec
from nnstudio.engine.choices.datasets import DATASETS

TABLES = {  # the answers to 00, 01, 10 and 11
    "xor": [0, 1, 1, 0],
    "and": [0, 0, 0, 1],
    "or": [0, 1, 1, 1],
    "nand": [1, 1, 1, 0],
    "xnor": [1, 0, 0, 1],
    "parity:bits=2": [0, 1, 1, 0],
    "parity": [0, 1, 1, 0, 1, 0, 0, 1],
}


def made(text: str) -> Dataset:
    return ExperimentSpec().with_settings({"data.name": text}).dataset()


@pytest.mark.parametrize("text", TABLES)
def test_is_its_truth_table(text: str) -> None:
    data = made(text)
    bits = 3 if text == "parity" else 2
    patterns = [[int(digit) for digit in f"{number:0{bits}b}"] for number in range(2**bits)]
    np.testing.assert_array_equal(data.inputs, patterns)
    np.testing.assert_array_equal(data.targets[:, 0], TABLES[text])
    assert data.enumerates
    assert data.output_names == ("y",)


@pytest.mark.parametrize("text", TABLES)
def test_one_hot_targets_have_a_column_for_no_and_one_for_yes(text: str) -> None:
    data = made(text + (",targets=one_hot" if ":" in text else ":targets=one_hot"))
    np.testing.assert_array_equal(data.targets.argmax(axis=1), TABLES[text])
    np.testing.assert_array_equal(data.targets.sum(axis=1), 1)
    assert data.output_names == ("no", "yes")


@pytest.mark.parametrize("bits", [2, 4, 10])
def test_parity_counts_the_ones(bits: int) -> None:
    data = made(f"parity:bits={bits}")
    assert data.inputs.shape == (2**bits, bits)
    np.testing.assert_array_equal(data.targets[:, 0], data.inputs.sum(axis=1) % 2)
    assert len(np.unique(data.inputs, axis=0)) == 2**bits


@pytest.mark.parametrize("name", DATASETS)
def test_is_complete_and_cannot_be_changed(name: str) -> None:
    data = made(name)
    assert data.inputs.dtype == data.targets.dtype == np.float64
    assert data.inputs.shape == (data.samples, len(data.input_names))
    assert data.targets.shape == (data.samples, len(data.output_names))
    assert data.title
    for values in (data.inputs, data.targets):
        with pytest.raises(ValueError, match="read-only"):
            values[0, 0] = 5


def test_the_arrays_it_was_made_from_stay_the_caller_s() -> None:
    inputs, targets = np.zeros((2, 1)), np.ones((2, 1), int)
    data = Dataset("mine", inputs, targets, ("x",), ("y",))
    inputs[0, 0] = 7
    assert data.inputs[0, 0] == 0
    assert data.targets.dtype == np.float64


def test_some_rows_can_be_taken() -> None:
    part = made("parity").take(np.array([1, 7]))
    np.testing.assert_array_equal(part.inputs, [[0, 0, 1], [1, 1, 1]])
    np.testing.assert_array_equal(part.targets, [[1], [1]])
    assert not part.enumerates  # they are not all patterns any more
