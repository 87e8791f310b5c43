"""Reads off a grid of outputs which class wins where, and the lines on which the answer changes."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

# A cell's corners, counter-clockwise from its lowest x and y, are the bits 1, 2, 4, 8; edge i goes from corner i to the
# next. For each case of corners above the level: the edges that one or two pieces of the contour begin and end on, with
# what is above on their right. In the saddles 5 and 10 the cell's middle is below the level; 16 and 17 are the same
# with it above.
_PIECES = np.full((18, 2, 2), -1)
for _case, _pairs in {
    1: [(3, 0)], 2: [(0, 1)], 3: [(3, 1)], 4: [(1, 2)], 5: [(3, 0), (1, 2)], 6: [(0, 2)], 7: [(3, 2)], 8: [(2, 3)],
    9: [(2, 0)], 10: [(0, 1), (2, 3)], 11: [(2, 1)], 12: [(1, 3)], 13: [(1, 0)], 14: [(0, 3)],
    16: [(1, 0), (3, 2)], 17: [(0, 3), (2, 1)],
}.items():  # fmt: skip
    _PIECES[_case, : len(_pairs)] = _pairs


def decision_margin(outputs: Array, output: int, threshold: float) -> Array:
    """Return by how much an answer is given: above 0 where it is "yes", or where this class has the largest output.

    Parameters
    ----------
    outputs : ndarray, shape (outputs, ...)
    output : int
        The class; with a single output there is only 0.
    threshold : float
        What a single output is compared with.

    Returns
    -------
    ndarray, shape (...)
    """
    if outputs.shape[0] == 1:
        return np.asarray(outputs[0] - threshold)
    others = np.delete(outputs, output, axis=0)
    with np.errstate(invalid="ignore"):
        return np.asarray(outputs[output] - others.max(axis=0))


def winners(outputs: Array) -> tuple[Array, Array]:
    """Return the class with the largest output, and by how much it leads the next one.

    Parameters
    ----------
    outputs : ndarray, shape (classes, ...)
        At least two classes.

    Returns
    -------
    winner : ndarray of int, shape (...)
        Where no output is a number, 0.
    lead : ndarray, shape (...)
        0 or above.
    """
    first = outputs[0]
    second = np.full_like(first, -np.inf)
    winner = np.zeros(first.shape, np.intp)
    # Over few classes faster than argmax and a sort along an axis that is not contiguous.
    for index in range(1, len(outputs)):
        value = outputs[index]
        np.copyto(winner, index, where=value > first)
        second = np.maximum(second, np.minimum(first, value))
        first = np.maximum(first, value)
    with np.errstate(invalid="ignore"):
        return winner, first - second


def contour(values: Array, level: float, xs: Array, ys: Array) -> list[Array]:
    """Return the lines on which a grid of values has a level, by marching squares with linear interpolation.

    Lorensen and Cline, "Marching cubes", SIGGRAPH 1987, in two dimensions; saddles are told apart by the mean of their
    corners. Cells with a corner that is not finite have no line.

    Parameters
    ----------
    values : ndarray, shape (rows, columns)
    level : float
    xs : ndarray, shape (columns,)
    ys : ndarray, shape (rows,)

    Returns
    -------
    list of ndarray, shape (points, 2)
        Each line as its points (x, y), with the values above the level on its right; a closed one ends where it began.
    """
    values = np.asarray(values)
    above = (values > level).view(np.uint8)
    case = above[:-1, :-1] | above[:-1, 1:] << 1 | above[1:, 1:] << 2 | above[1:, :-1] << 3
    finite = np.isfinite(values)
    if not finite.all():
        case[~(finite[:-1, :-1] & finite[:-1, 1:] & finite[1:, 1:] & finite[1:, :-1])] = 0
    # Few cells are crossed: from here on they are all that is looked at.
    rows, columns = np.nonzero((case > 0) & (case < 15))
    case, flat, wide = case[rows, columns], values.size, values.shape[1]
    for saddle in np.flatnonzero((case == 5) | (case == 10)):
        row, column = rows[saddle], columns[saddle]
        if values[row : row + 2, column : column + 2].mean(dtype=float) > level:
            case[saddle] = 16 if case[saddle] == 5 else 17
    # A number for each edge of the grid, the same seen from both its cells: first those along x, then those along y.
    pieces = _PIECES[case]
    cells, which = np.nonzero(pieces[:, :, 0] >= 0)
    edges = (rows * wide + columns)[cells] + np.array([0, flat + 1, wide, flat])[pieces[cells, which].T]
    chains = _chains(*edges.tolist())
    return [_crossings(np.array(chain), values, level, xs, ys) for chain in chains]


def _crossings(edges: Array, values: Array, level: float, xs: Array, ys: Array) -> Array:
    """Return where some edges of the grid cross the level, shape (edges, 2)."""
    upright, first = np.divmod(edges, values.size)
    last = first + np.where(upright, values.shape[1], 1)
    low, high = values.ravel()[[first, last]].astype(float)
    with np.errstate(over="ignore"):
        along = (level - low) / (high - low)
    (top, left), (bottom, right) = np.divmod(first, values.shape[1]), np.divmod(last, values.shape[1])
    points = np.empty((len(edges), 2))
    points[:, 0] = xs[left] + along * (xs[right] - xs[left])
    points[:, 1] = ys[top] + along * (ys[bottom] - ys[top])
    return points


def _chains(starts: list[int], ends: list[int]) -> list[list[int]]:
    """Order pieces that lead from edge to edge into lines of edges; from each edge at most one piece leads on."""
    follows = dict(zip(starts, ends, strict=True))
    reached = set(ends)
    chains = []
    # Open lines have to be followed from their beginnings; what is left are closed ones, which begin anywhere.
    for start in [*(start for start in starts if start not in reached), *starts]:
        chain, edge = [start], follows.pop(start, None)
        while edge is not None:
            chain.append(edge)
            edge = follows.pop(edge, None)
        if len(chain) > 1:
            chains.append(chain)
    return chains


def class_boundaries(outputs: Array, winner: Array, xs: Array, ys: Array) -> Array:
    """Return the lines between the areas in which each class wins, as pieces of one cell each.

    Marching squares for several classes: an edge between two winners is crossed where their outputs, taken as linear
    along it, are equal; in a cell where three or four edges are crossed, the pieces meet in the crossings' middle.
    Cells with a corner that is not finite have no line.

    Parameters
    ----------
    outputs : ndarray, shape (classes, rows, columns)
    winner : ndarray of int, shape (rows, columns)
        As `winners` gives it.
    xs : ndarray, shape (columns,)
    ys : ndarray, shape (rows,)

    Returns
    -------
    ndarray, shape (pieces, 2, 2)
        For each piece its two ends (x, y).
    """
    low = winner[:-1, :-1]
    mixed = (low != winner[:-1, 1:]) | (low != winner[1:, 1:]) | (low != winner[1:, :-1])
    finite = np.asarray(np.isfinite(outputs).all(axis=0))
    if not finite.all():
        mixed &= finite[:-1, :-1] & finite[:-1, 1:] & finite[1:, 1:] & finite[1:, :-1]
    rows, columns = np.nonzero(mixed)
    # The four edges of each cell, from corner to corner around it; shape (cells, 4).
    row, column = rows[:, None] + [0, 0, 1, 1], columns[:, None] + [0, 1, 1, 0]
    next_row, next_column = np.roll(row, -1, axis=1), np.roll(column, -1, axis=1)
    here, there = winner[row, column], winner[next_row, next_column]
    crossed = here != there
    ahead = (outputs[here, row, column] - outputs[there, row, column]).astype(float)
    behind = (outputs[there, next_row, next_column] - outputs[here, next_row, next_column]).astype(float)
    both = ahead + behind
    along = np.divide(ahead, both, out=np.full_like(both, 0.5), where=both > 0)
    points = np.empty((len(rows), 4, 2))
    points[:, :, 0] = xs[column] + along * (xs[next_column] - xs[column])
    points[:, :, 1] = ys[row] + along * (ys[next_row] - ys[row])
    count = crossed.sum(axis=1)
    plain = count == 2
    straight = points[plain][crossed[plain]].reshape(-1, 2, 2)
    points, crossed, count = points[~plain], crossed[~plain], count[~plain]
    middles = (points * crossed[:, :, None]).sum(axis=1) / count[:, None]
    ends = points[crossed]
    return np.concatenate([straight, np.stack([ends, np.repeat(middles, count, axis=0)], axis=1)])


def refined(values: Array, factor: int) -> Array:
    """Return a grid with more points, linear between those that there are.

    Parameters
    ----------
    values : ndarray, shape (..., rows, columns)
        What is not finite counts as 0.
    factor : int
        Steps between two points.

    Returns
    -------
    ndarray, shape (..., (rows - 1) * factor + 1, (columns - 1) * factor + 1)
    """
    # Not as a product of matrices: BLAS may set threads to work on it, which takes far longer to begin.
    with np.errstate(over="ignore", invalid="ignore"):
        return _stretched(_stretched(np.nan_to_num(values), factor, -1), factor, -2)


def _stretched(values: Array, factor: int, axis: int) -> Array:
    shape = list(values.shape)
    shape[axis] = (shape[axis] - 1) * factor + 1
    result = np.empty(shape, values.dtype)
    source, target = np.moveaxis(values, axis, 0), np.moveaxis(result, axis, 0)
    step = np.diff(source, axis=0) / factor
    target[-1] = source[-1]
    for index in range(factor):
        target[index:-1:factor] = source[:-1] + step * index
    return result
