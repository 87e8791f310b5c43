"""What is drawn anywhere and in any size becomes a picture such as the data's."""

import numpy as np
import pytest
from numpy.typing import NDArray

from nnstudio.engine.choices.datasets import Dataset
from nnstudio.engine.spec import ExperimentSpec
from nnstudio.insight.drawing import FINE, Framing, erased, resampled

BAR = [np.array([[3.0, 1.0], [3.0, 6.0]])]
RING = [np.column_stack([np.cos(t), np.sin(t)]) for t in [np.linspace(0, 2 * np.pi, 40)]]
SEVEN = [np.array([[0.0, 0.0], [4.0, 0.0], [1.5, 7.0]])]
#: As the UCI digits and those of MNIST are framed.
TIGHT = Framing((8, 8), 0.0, 1.0, (5.0, 8.0), (4.0, 4.0), True, False, 19.5)
LOOSE = Framing((28, 28), 0.0, 255.0, (20.0, 20.0), (14.0, 14.0), False, True, None)


def digits() -> Dataset:
    return ExperimentSpec().with_settings({"data.name": "digits"}).dataset()


def grid(framing: Framing, strokes: list[NDArray[np.float64]], thickness: float = 1.0) -> NDArray[np.float64]:
    return framing.amounts(framing.picture(strokes, thickness)).reshape(framing.shape)


def test_the_digits_fill_their_height_hold_one_amount_of_ink_and_are_twenty_of_thirty_two_dots_wide() -> None:
    framing = Framing.of(digits())
    assert framing.shape == (8, 8) and (framing.blank, framing.full) == (0.0, 1.0)
    assert framing.stretched and not framing.by_mass
    assert framing.size == (pytest.approx(5.0, abs=0.3), pytest.approx(8.0, abs=0.2))
    assert framing.center == (pytest.approx(4.0, abs=0.2), pytest.approx(4.0, abs=0.1))
    assert framing.ink == pytest.approx(19.5, abs=0.2)


def test_a_vertical_bar_gives_a_vertical_bar() -> None:
    picture = grid(TIGHT, BAR)
    assert np.array_equal(picture, picture[:, ::-1]), "in the middle"
    assert (picture[:, [0, 1, 6, 7]] == 0).all() and (picture[1:7, [3, 4]] == 1).all()
    assert np.array_equal(picture[2], picture[5]), "as wide everywhere"
    assert (picture.max(axis=1) > 0.5).all(), "as high as the data's pictures"


@pytest.mark.parametrize("strokes", [BAR, RING, SEVEN], ids=["bar", "ring", "seven"])
@pytest.mark.parametrize("framing", [TIGHT, LOOSE], ids=["tight", "loose"])
def test_where_and_how_large_it_is_drawn_makes_no_difference(
    framing: Framing, strokes: list[NDArray[np.float64]]
) -> None:
    moved = [stroke * 0.25 + np.array([11.0, -3.0]) for stroke in strokes]
    assert framing.picture(moved) == pytest.approx(framing.picture(strokes))


def test_pixels_count_how_many_of_their_dots_are_inked() -> None:
    counts = grid(TIGHT, SEVEN) * FINE**2
    assert np.array_equal(counts, np.rint(counts))
    assert (counts % 16 > 0).sum() > 0, "edges are between blank and full"


@pytest.mark.parametrize("strokes", [RING, SEVEN], ids=["ring", "seven"])
def test_there_is_as_much_ink_as_in_the_data(strokes: list[NDArray[np.float64]]) -> None:
    assert grid(TIGHT, strokes).sum() == pytest.approx(19.5, rel=0.1)
    thin, thick = (grid(TIGHT, strokes, thickness).sum() for thickness in (0.7, 1.4))
    assert thin < 0.85 * 19.5 and thick > 1.15 * 19.5


def test_proportions_stay_where_the_data_keeps_them() -> None:
    def extent(picture: NDArray[np.float64], axis: int) -> int:
        places = np.flatnonzero(picture.any(axis=axis))
        return int(places[-1] - places[0] + 1)

    bar, wide = grid(LOOSE, BAR), grid(LOOSE, [stroke[:, ::-1] for stroke in BAR])
    assert extent(bar, 1) == 20 and extent(bar, 0) <= 4
    assert np.array_equal(wide, bar.T)
    ring = grid(LOOSE, RING)
    assert extent(ring, 0) == extent(ring, 1) == 20
    oval = grid(TIGHT, RING)
    assert extent(oval, 1) == 8 and extent(oval, 0) <= 6, "stretched to the data's box"


def test_the_centre_of_mass_comes_into_the_middle_where_the_datas_lies_there() -> None:
    picture = grid(LOOSE, SEVEN)
    places = np.arange(28) + 0.5
    assert (picture.sum(axis=0) @ places / picture.sum(), picture.sum(axis=1) @ places / picture.sum()) == (
        pytest.approx(14, abs=0.3),
        pytest.approx(14, abs=0.3),
    )


@pytest.mark.parametrize("inverted", [False, True])
def test_how_pictures_are_framed_is_found_in_them(inverted: bool) -> None:
    rng = np.random.default_rng(0)
    pictures = []
    for _ in range(40):
        width = rng.uniform(0.1, 1.1)
        pictures.append(LOOSE.picture([(stroke * [width, 1]) for stroke in (RING + SEVEN)[rng.integers(2) :][:1]]))
    inputs = 255 - np.array(pictures) if inverted else np.array(pictures)
    found = Framing.of(Dataset.of_classes("mine", inputs, [0, 1] * 20, ["a", "b"], image_shape=(28, 28)))
    assert (found.blank, found.full) == ((255.0, 0.0) if inverted else (0.0, 255.0))
    assert found.by_mass and not found.stretched and found.ink is None
    assert found.size[1] == pytest.approx(20, abs=1)
    assert found.center == (pytest.approx(14, abs=0.2), pytest.approx(14, abs=0.2))
    again = found.amounts(found.picture(RING))
    assert np.abs(again - LOOSE.amounts(LOOSE.picture(RING))).mean() < 0.02


def test_an_empty_pad_is_a_blank_picture() -> None:
    assert (TIGHT.picture([]) == 0).all()
    inverted = Framing((2, 3), 9.0, 1.0, (2.0, 2.0), (1.5, 1.0), True, False, None)
    assert inverted.picture([]).tolist() == [9.0] * 6


@pytest.mark.parametrize("framing", [TIGHT, LOOSE, Framing((2, 2), 0, 1, (1, 1), (1, 1), True, True, 0.2)], ids=str)
def test_a_dot_is_a_picture_too(framing: Framing) -> None:
    picture = framing.picture([np.array([[5.0, 2.0]])])
    assert np.isfinite(picture).all() and framing.amounts(picture).sum() > 0


def test_data_without_any_ink_can_be_drawn_for() -> None:
    blank = Dataset.of_classes("blank", np.zeros((4, 9)), [0, 1, 0, 1], ["a", "b"], image_shape=(3, 3))
    framing = Framing.of(blank)
    assert (framing.picture(BAR).reshape(3, 3) > 0).any(axis=1).all()


def test_large_pictures_are_drawn_with_fewer_dots() -> None:
    framing = Framing((100, 200), 0.0, 1.0, (120.0, 90.0), (100.0, 50.0), False, False, None)
    picture = framing.picture(BAR).reshape(100, 200)
    assert set(np.unique(picture)) == {0.0, 1.0}
    rows, columns = np.nonzero(picture)
    assert (rows.min(), rows.max()) == (5, 94)
    assert columns.mean() + 0.5 == pytest.approx(100, abs=0.6)


def test_strokes_are_made_of_points_close_to_one_another() -> None:
    points = resampled(np.array([[0.0, 0.0], [3.0, 4.0], [3.0, 4.5]]), 0.25)
    assert np.hypot(*np.diff(points, axis=0).T).max() <= 0.25 + 1e-9
    assert points[0].tolist() == [0, 0] and points[-1].tolist() == [3, 4.5]


def test_an_eraser_parts_the_strokes_that_run_through_it_and_leaves_the_others() -> None:
    line, other = resampled(np.array([[0.0, 0.0], [8.0, 0.0]]), 0.1), np.array([[0.0, 5.0]])
    left = erased([line, other], (4.0, 0.0), 1.0)
    assert len(left) == 3 and left[2] is other
    assert left[0][:, 0].max() < 3.0 and left[1][:, 0].min() > 5.0
    assert erased([line], (1.0, 0.0), 20.0) == ()
