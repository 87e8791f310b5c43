"""Contours lie where geometry says, and between several classes just where the answer changes."""

import numpy as np
import pytest

from nnstudio.insight.boundaries import class_boundaries, contour, decision_margin, refined, winners

XS = np.linspace(-1.0, 1.0, 41)
YS = np.linspace(-1.0, 1.0, 31)
X, Y = np.meshgrid(XS, YS)


def test_the_contour_of_a_cone_is_one_closed_circle() -> None:
    (circle,) = contour(np.hypot(X, Y), 0.7, XS, YS)
    assert np.array_equal(circle[0], circle[-1])
    assert np.abs(np.hypot(*circle.T) - 0.7).max() < 1e-3
    length = np.linalg.norm(np.diff(circle, axis=0), axis=1).sum()
    assert length == pytest.approx(2 * np.pi * 0.7, rel=1e-3)


def test_the_contour_of_a_slope_is_the_straight_line_itself() -> None:
    (line,) = contour(2 * X + Y, 0.25, XS, YS)
    assert np.abs(2 * line[:, 0] + line[:, 1] - 0.25).max() < 1e-12
    # From edge to edge: it enters and leaves the plane at y = -1 and y = 1.
    assert sorted((line[0, 1], line[-1, 1])) == pytest.approx([-1.0, 1.0])


def test_what_is_above_the_level_lies_on_the_right_of_the_line() -> None:
    for line in contour(X * Y + 0.3 * X, 0.1, XS, YS):
        middle, way = (line[1:] + line[:-1]) / 2, np.diff(line, axis=0)
        right = middle + 1e-4 * np.column_stack([way[:, 1], -way[:, 0]]) / np.linalg.norm(way, axis=1)[:, None]
        x, y = right.T
        assert (x * y + 0.3 * x > 0.1 - 1e-3).all()


@pytest.mark.parametrize(("corners", "joined"), [(1.0, False), (3.0, True)])
def test_a_saddle_is_told_apart_by_the_mean_of_its_corners(corners: float, joined: bool) -> None:
    """Two opposite corners are above: the line cuts them off, or where the middle is above too, the other two."""
    values = np.array([[corners, -2.0], [-2.0, corners]])
    lines = contour(values, 0.0, np.array([0.0, 1.0]), np.array([0.0, 1.0]))
    assert len(lines) == 2
    beside_the_first_corner = any(np.hypot(*line.mean(axis=0)) < 0.5 for line in lines)
    assert beside_the_first_corner is not joined


def test_every_crossing_of_a_rough_field_is_on_exactly_one_line() -> None:
    values = np.random.default_rng(5).normal(size=(30, 40))
    above = values > 0
    crossings = (above[1:] != above[:-1]).sum() + (above[:, 1:] != above[:, :-1]).sum()
    lines = contour(values, 0.0, np.arange(40.0), np.arange(30.0))
    closed = sum(np.allclose(line[0], line[-1]) for line in lines)
    assert sum(map(len, lines)) - closed == crossings


def test_there_is_no_line_where_values_are_not_finite_or_all_on_one_side() -> None:
    assert contour(np.ones((4, 4)), 0.5, np.arange(4.0), np.arange(4.0)) == []
    field = X.copy()
    field[:15] = np.nan
    (line,) = contour(field, 0.01, XS, YS)
    assert line[:, 1].min() == pytest.approx(YS[15])


def test_the_margin_is_above_zero_where_the_answer_is_given() -> None:
    single = np.array([[[0.4, 0.6]]])
    assert decision_margin(single, 0, 0.5).ravel() == pytest.approx([-0.1, 0.1])
    three = np.array([[0.2], [0.5], [0.3]])
    assert decision_margin(three, 1, 0.5) == pytest.approx([0.2])
    assert decision_margin(three, 2, 0.5) == pytest.approx([-0.2])


# ---- several classes -----------------------------------------------------------------------------------------------


def test_the_largest_output_wins_by_its_lead_on_the_second() -> None:
    outputs = np.array([[0.2, 0.7, 0.1], [0.5, 0.1, 0.1], [0.3, 0.2, 0.1]])
    winner, lead = winners(outputs)
    assert winner.tolist() == [1, 0, 0]
    assert lead == pytest.approx([0.2, 0.5, 0.0])


def segments_of(outputs: np.ndarray) -> np.ndarray:
    return class_boundaries(outputs, winners(outputs)[0], XS, YS)


def test_two_classes_have_the_line_that_the_contour_is() -> None:
    outputs = np.stack([np.hypot(X, Y), np.full_like(X, 0.71)])
    segments = segments_of(outputs)
    (circle,) = contour(outputs[0] - outputs[1], 0.0, XS, YS)
    assert sorted(map(tuple, segments.reshape(-1, 2).round(9))) == sorted(
        tuple(point) for point in np.repeat(circle[:-1], 2, axis=0).round(9)
    )


def test_three_sectors_meet_in_one_point() -> None:
    """Each class wins within 60 degrees of its direction: the borders are three rays at right angles to the others."""
    angles = np.radians([90, 210, 330])
    outputs = np.stack([np.cos(a) * (X - 0.013) + np.sin(a) * (Y - 0.017) for a in angles])
    segments = segments_of(outputs)
    ends = segments.reshape(-1, 2) - [0.013, 0.017]
    for end in ends:
        first, second = np.sort(np.cos(angles) * end[0] + np.sin(angles) * end[1])[:-3:-1]
        assert first == pytest.approx(second, abs=0.04)
    away = np.hypot(*ends.T)
    assert away.min() < 0.05
    rays = np.degrees(np.arctan2(ends[:, 1], ends[:, 0]))[away > 0.2].round() % 360
    assert set(rays) <= {29, 30, 31, 149, 150, 151, 269, 270, 271}
    lengths = np.linalg.norm(np.diff(segments, axis=1), axis=2).sum()
    # One ray straight down to the edge, two to the sides at 30 degrees.
    expected = 1.017 + (1 - 0.013) / np.cos(np.radians(30)) + (1 + 0.013) / np.cos(np.radians(30))
    assert lengths == pytest.approx(expected, rel=0.01)


def test_where_one_class_wins_everywhere_there_is_no_line() -> None:
    assert segments_of(np.stack([X, X - 1, X - 2])).shape == (0, 2, 2)


def test_cells_that_are_not_finite_have_no_line() -> None:
    outputs = np.stack([X, -X, np.full_like(X, -9.0)])
    outputs[0, :15] = np.nan
    segments = segments_of(outputs)
    assert segments[:, :, 1].min() == pytest.approx(YS[15])
    assert np.abs(segments[:, :, 0]).max() < 1e-12


def test_a_finer_grid_is_linear_between_the_points() -> None:
    values = np.stack([2 * X + Y, np.full_like(X, np.inf)])
    fine = refined(values, 3)
    xs, ys = np.linspace(-1, 1, 121), np.linspace(-1, 1, 91)
    assert fine.shape == (2, 91, 121)
    assert fine[0] == pytest.approx(2 * xs + ys[:, None])
    assert refined(values.astype(np.float32), 2).dtype == np.float32
