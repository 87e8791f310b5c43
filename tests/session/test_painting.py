"""What is painted becomes a data set: points are added, erased, and given to as many classes as have any."""

import numpy as np
import pytest

from nnstudio.engine.choices.datasets import Dataset
from nnstudio.engine.spec import ExperimentSpec
from nnstudio.session.painting import MOST_POINTS, Brush, Painting, can_be_painted

TWO = Dataset.of_classes(
    "Pebbles",
    [[0.0, 0.0], [1.0, 0.0], [0.0, 2.0]],
    [0, 1, 1],
    ("grey", "white"),
    input_names=("width", "height"),
    target_name="colour",
)


def test_points_come_behind_those_that_are_there() -> None:
    painting = Painting.of(TWO).with_points([[3.0, 4.0], [5.0, 6.0]], 0)
    made = painting.dataset()
    assert made.title == "Pebbles, painted"
    assert made.inputs.tolist() == [[0, 0], [1, 0], [0, 2], [3, 4], [5, 6]]
    assert made.labels.tolist() == [0, 1, 1, 0, 0]
    assert (made.class_names, made.input_names, made.target_name) == (("grey", "white"), ("width", "height"), "colour")
    assert Painting.of(made).dataset().title == "Pebbles, painted", "said once"
    assert Painting.of(TWO).inputs.tolist() == TWO.inputs.tolist(), "the samples themselves are as they were"


def test_what_lies_under_the_eraser_goes() -> None:
    painting = Painting.of(TWO)
    assert painting.without((1.0, 0.4), (0.5, 0.5)).inputs.tolist() == [[0, 0], [0, 2]]
    assert painting.without((1.0, 0.4), (0.5, 0.3)) is painting, "up it reaches less far"
    assert painting.without((0.0, 1.0), (0.1, 1.0)).inputs.tolist() == [[1, 0]]


def test_a_point_with_a_gap_stays_and_cannot_be_erased() -> None:
    gap = Dataset.of_numbers("gap", [[np.nan, 0.0], [1.0, 0.0]], [0.0, 1.0])
    left = Painting.of(gap).without((1.0, 0.0), (9.0, 9.0))
    assert len(left.inputs) == 1 and np.isnan(left.inputs[0, 0])


def test_an_empty_plane_becomes_a_data_set_with_a_point_of_two_classes() -> None:
    painting = Painting.of(TWO).emptied()
    assert painting.missing == "Paint at least one point of two classes"
    painting = painting.with_points([[1.0, 1.0], [1.0, 2.0]], 1)
    assert painting.missing == "Paint at least one point of two classes"
    painting = painting.with_points([[2.0, 1.0]], 0)
    assert painting.missing == ""
    made = painting.dataset()
    assert (made.title, made.class_names) == ("Painted points", ("class 1", "class 2"))
    assert made.labels.tolist() == [1, 1, 0]


def test_a_class_without_points_at_the_end_is_left_out() -> None:
    painting = Painting.of(TWO).with_class().with_class()
    assert painting.class_names == ("grey", "white", "class 3", "class 4")
    assert painting.dataset().class_names == ("grey", "white")
    fourth = painting.with_points([[9.0, 9.0]], 3).dataset()
    assert fourth.class_names == ("grey", "white", "class 3", "class 4"), "the fourth keeps its place"
    assert fourth.targets[-1].tolist() == [0, 0, 0, 1]


def test_numbers_are_painted_where_numbers_are_learned() -> None:
    heights = Dataset.of_numbers("Hills", [[0.0, 0.0], [1.0, 1.0]], [0.5, -0.5], output_names=("height",))
    painting = Painting.of(heights).with_points([[2.0, 2.0]], 0.25)
    made = painting.dataset()
    assert made.targets.ravel().tolist() == [0.5, -0.5, 0.25]
    assert made.output_names == ("height",) and not made.is_classification
    assert painting.emptied().with_points([[0.0, 0.0]], 1.0).missing == "Paint at least two points"


def test_the_answers_are_the_same_however_they_are_coded() -> None:
    for coding in ("single", "signed", "one_hot"):
        assert Painting.of(TWO.coded(coding)).has_same_points(Painting.of(TWO))
    assert not Painting.of(TWO).with_points([[0.0, 0.0]], 1).has_same_points(Painting.of(TWO))


def test_no_more_points_than_there_is_room_for() -> None:
    many = Painting.of(TWO).with_points(np.zeros((MOST_POINTS, 2)), 1)
    assert len(many.inputs) == len(many.answers) == MOST_POINTS


@pytest.mark.parametrize(("data", "can"), [("circle", True), ("plane", True), ("blobs", True), ("sine", False)])
def test_two_inputs_can_be_painted(data: str, can: bool) -> None:
    settings = {"data.name": data, "network.output_activation": "linear", "training.loss": "mse"}
    assert can_be_painted(ExperimentSpec().with_settings(settings).dataset()) is can


def test_several_numbers_for_each_point_cannot_be_painted() -> None:
    two_numbers = Dataset.of_numbers("both", [[0.0, 1.0]], [[1.0, 2.0]], output_names=("a", "b"))
    assert not can_be_painted(two_numbers)


# ---- brush ---------------------------------------------------------------------------------------------------------


def test_single_points_stand_apart_along_the_way() -> None:
    brush = Brush(0, np.random.default_rng(0))
    places = np.concatenate([brush.to(10, 10), brush.to(15, 10), brush.to(40, 10), brush.to(40, 13)])
    assert places.tolist() == [[10, 10], [22, 10], [34, 10]]


def test_a_slow_hand_leaves_as_many_points_as_a_fast_one() -> None:
    slow, fast = Brush(0, np.random.default_rng(0)), Brush(0, np.random.default_rng(0))
    slow_points = np.concatenate([slow.to(x, 0) for x in range(0, 121, 2)])
    fast_points = np.concatenate([fast.to(0, 0), fast.to(120, 0)])
    assert slow_points.tolist() == fast_points.tolist()


def test_a_spray_fills_its_circle_evenly() -> None:
    brush = Brush(30, np.random.default_rng(1))
    brush.to(0, 0)
    points = brush.to(80_000, 0)
    assert len(points) == 10_000 * 3
    assert np.abs(points[:, 1]).max() <= 30
    # Half of a disc's area lies beyond 0.404 of its radius, up or down.
    assert np.mean(np.abs(points[:, 1]) > 0.404 * 30) == pytest.approx(0.5, abs=0.01)
