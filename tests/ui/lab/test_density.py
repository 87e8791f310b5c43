"""Numbers of curves in pixels."""

from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtGui import QColor

from nnstudio.ui.lab.density import LEAST_INK, Density, ink, ink_image

COLUMNS, ROWS = 40, 30


def density_of(levels: np.ndarray, *pieces: int) -> np.ndarray:
    """Return the counts of curves, shape (points, curves), drawn in one go or from piece to piece."""
    density = Density(COLUMNS, ROWS, np.linspace(0, COLUMNS, len(levels)))
    ends = [0, *pieces, len(levels) - 1]
    for first, last in pairwise(ends):
        density.add(levels.astype(np.float32), first, last)
    return density.counts


def test_level_curves_count_once_in_each_column_of_their_row() -> None:
    counts = density_of(np.full((5, 3), 12.5))
    assert (counts[12] == 3).all()
    assert counts.sum() == 3 * COLUMNS


def test_two_bundles_and_a_stray_curve_are_counted_apart() -> None:
    levels = np.concatenate([np.full((5, 70), 4.2), np.full((5, 29), 20.9), np.full((5, 1), 10.0)], axis=1)
    counts = density_of(levels)
    assert [int(counts[row].min()) for row in (4, 10, 20)] == [70, 1, 29]
    assert counts.sum() == 100 * COLUMNS


def test_a_steep_curve_passes_every_row_on_its_way_once() -> None:
    counts = density_of(np.array([[0.0], [29.9], [29.9]]))
    assert counts.max() == 1
    assert (counts.max(axis=1) == 1).all()
    # A point later than the middle it lies at the bottom.
    assert (counts[29, COLUMNS // 2 :] == 1).all() and not counts[:29, COLUMNS // 2 + 1 :].any()


def test_a_thicker_curve_covers_the_rows_below_it_as_far_as_the_plot_goes() -> None:
    density = Density(COLUMNS, ROWS, np.linspace(0, COLUMNS, 3), 2)
    density.add(np.array([[12.5, 29.5]] * 3, np.float32), 0, 2)
    assert np.flatnonzero(density.counts[:, 0]).tolist() == [12, 13, 29]
    assert density.counts.max() == 1


def test_what_grows_piece_by_piece_comes_out_as_if_drawn_at_once() -> None:
    generator = np.random.default_rng(0)
    for points in (7, 40, 200):
        levels = generator.uniform(-5, ROWS + 5, (points, 50)).cumsum(axis=0) % ROWS
        at_once = density_of(levels)
        assert np.array_equal(density_of(levels, 1, points // 3, points // 2), at_once)
        assert at_once.sum() >= 50 * COLUMNS


def test_pieces_need_only_the_points_from_their_beginning_on() -> None:
    levels = np.random.default_rng(1).uniform(0, ROWS, (9, 20)).astype(np.float32)
    density = Density(COLUMNS, ROWS, np.linspace(0, COLUMNS, 9))
    density.add(levels[:5], 0, 4)
    origin = density.first_needed(4)
    density.add(levels[origin:], 4, 8, origin)
    assert np.array_equal(density.counts, density_of(levels))


def test_a_curve_ends_where_there_are_no_points() -> None:
    levels = np.full((5, 2), 8.0)
    levels[3:, 1] = np.nan
    counts = density_of(levels)
    assert counts[8, 0] == 2 and counts[8, COLUMNS // 2 - 1] == 2
    assert (counts[8, COLUMNS // 2 :] == 1).all()


def test_what_is_above_the_plot_is_not_seen_and_what_is_below_lies_on_its_edge() -> None:
    counts = density_of(np.array([[-3.0, 99.0]] * 3))
    assert (counts[-1] == 1).all() and counts.sum() == COLUMNS


def test_a_single_curve_is_faint_but_there_and_more_have_more_ink() -> None:
    shares = ink(1000)
    assert shares[0] == 0 and shares[1] == LEAST_INK and shares[-1] == 1
    assert (np.diff(shares) > 0).all()
    # Equal ratios are equal steps.
    assert shares[100] - shares[10] == pytest.approx(shares[1000] - shares[100])
    image = ink_image(np.array([[0, 1], [10, 100]]), QColor("#255298"))
    alphas = [image.pixelColor(x, y).alpha() for y in (0, 1) for x in (0, 1)]
    assert alphas[0] == 0 < alphas[1] < alphas[2] < alphas[3] == 255
