"""A data set must keep what it was given, and code its classes as asked."""

import numpy as np
import pytest

from nnstudio.engine import Dataset

THREE = Dataset.of_classes("fruit", [[1, 2], [3, 4], [5, 6], [7, 8]], [2, 0, 1, 2], ("apple", "pear", "plum"))
TWO = Dataset.of_classes("coin", [[1], [2], [3]], [1, 0, 1], ("tails", "heads"), target_name="side")


def test_the_arrays_it_was_made_from_stay_the_caller_s() -> None:
    inputs, targets = np.zeros((2, 1)), np.ones((2, 1), int)
    data = Dataset("mine", inputs, targets, ("x",), ("y",))
    inputs[0, 0] = 7
    assert data.inputs[0, 0] == 0
    assert data.targets.dtype == np.float64


def test_some_rows_can_be_taken() -> None:
    part = THREE.take(np.array([3, 1]))
    np.testing.assert_array_equal(part.inputs, [[7, 8], [3, 4]])
    np.testing.assert_array_equal(part.labels, [2, 0])
    assert part.class_names == THREE.class_names


def test_some_of_all_patterns_are_not_all_patterns() -> None:
    table = Dataset.of_classes("NOT", [[0], [1]], [1, 0], ("no", "yes"), enumerates=True)
    assert table.enumerates
    assert not table.take(np.array([0])).enumerates


@pytest.mark.parametrize(
    ("coding", "targets", "names"),
    [
        ("single", [[1], [0], [1]], ("side",)),
        ("signed", [[1], [-1], [1]], ("side",)),
        ("one_hot", [[0, 1], [1, 0], [0, 1]], ("tails", "heads")),
    ],
)
def test_two_classes_are_coded_in_one_output_or_two(coding: str, targets: list[list[int]], names: tuple[str]) -> None:
    for data in (TWO.coded(coding), TWO.coded("one_hot").coded(coding)):  # whatever it was before
        np.testing.assert_array_equal(data.targets, targets)
        np.testing.assert_array_equal(data.labels, [1, 0, 1])
        assert data.output_names == names


@pytest.mark.parametrize("coding", ["single", "one_hot"])
def test_more_classes_have_an_output_each(coding: str) -> None:
    data = THREE.coded(coding)
    np.testing.assert_array_equal(data.targets, [[0, 0, 1], [1, 0, 0], [0, 1, 0], [0, 0, 1]])
    assert data.output_names == ("apple", "pear", "plum")


def test_signed_targets_of_more_classes_are_1_for_the_class_and_minus_1_elsewhere() -> None:
    data = THREE.coded("signed")
    np.testing.assert_array_equal(data.targets, [[-1, -1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]])
    np.testing.assert_array_equal(data.labels, [2, 0, 1, 2])


def test_numbers_are_targets_as_they_are() -> None:
    data = Dataset.of_numbers("line", [[0], [1]], [2.5, 3.5], output_names=("price",))
    assert data.coded("signed") is data
    np.testing.assert_array_equal(data.targets, [[2.5], [3.5]])
    assert not data.is_classification
    assert data.output_names == ("price",)


def test_equal_data_sets_are_equal() -> None:
    again = Dataset.of_classes("coin", [[1], [2], [3]], [1, 0, 1], ("tails", "heads"), target_name="side")
    assert again == TWO and hash(again) == hash(TWO)
    assert TWO.take(np.array([0, 2, 1])) != TWO
