"""The logic gates must be the truth tables they are named after."""

import numpy as np
import pytest

from nnstudio.engine import Dataset, ExperimentSpec

TABLES = {  # the answers to 00, 01, 10 and 11
    "xor": [0, 1, 1, 0],
    "and": [0, 0, 0, 1],
    "or": [0, 1, 1, 1],
    "nand": [1, 1, 1, 0],
    "xnor": [1, 0, 0, 1],
    "parity:bits=2": [0, 1, 1, 0],
    "parity": [0, 1, 1, 0, 1, 0, 0, 1],
}


def made(text: str, targets: str = "single") -> Dataset:
    return ExperimentSpec().with_settings({"data.name": text, "data.targets": targets}).dataset()


@pytest.mark.parametrize("text", TABLES)
def test_is_its_truth_table(text: str) -> None:
    data = made(text)
    bits = 3 if text == "parity" else 2
    patterns = [[int(digit) for digit in f"{number:0{bits}b}"] for number in range(2**bits)]
    np.testing.assert_array_equal(data.inputs, patterns)
    np.testing.assert_array_equal(data.targets[:, 0], TABLES[text])
    assert data.enumerates
    assert data.output_names == ("y",)
    assert data.class_names == ("no", "yes")


@pytest.mark.parametrize("text", TABLES)
def test_one_hot_targets_have_a_column_for_no_and_one_for_yes(text: str) -> None:
    data = made(text, "one_hot")
    np.testing.assert_array_equal(data.targets.argmax(axis=1), TABLES[text])
    np.testing.assert_array_equal(data.targets.sum(axis=1), 1)
    assert data.output_names == ("no", "yes")


@pytest.mark.parametrize("text", TABLES)
def test_signed_targets_are_minus_1_for_no_and_1_for_yes(text: str) -> None:
    data = made(text, "signed")
    np.testing.assert_array_equal(data.targets[:, 0], [1 if answer else -1 for answer in TABLES[text]])
    assert data.output_names == ("y",)


@pytest.mark.parametrize("bits", [2, 4, 10])
def test_parity_counts_the_ones(bits: int) -> None:
    data = made(f"parity:bits={bits}")
    assert data.inputs.shape == (2**bits, bits)
    np.testing.assert_array_equal(data.targets[:, 0], data.inputs.sum(axis=1) % 2)
    assert len(np.unique(data.inputs, axis=0)) == 2**bits
