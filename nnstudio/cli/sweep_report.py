"""Says how a sweep goes and what came of it: a line with the time left, and a table with a row for each cell."""

from __future__ import annotations

import math
import shutil
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnstudio.cli.reports import StatusLine, decimal, duration
from nnstudio.insight.metrics import UNKNOWN, percent
from nnstudio.insight.statistics import interval_words
from nnstudio.lab.results import Results

Array = NDArray[Any]

_MAX_ROWS = 64
_BAR = 24


class SweepPrinter:
    """Keeps a line on the terminal that says how far a sweep has come, how it looks, and how long it will take.

    Parameters
    ----------
    results : Results
    by_runs : bool
        Whether a run that is done is done for good, so that they can be counted.
    """

    def __init__(self, results: Results, *, by_runs: bool) -> None:
        self._line = StatusLine()
        self._results = results
        self._by_runs = by_runs

    def show(self, share: float, seconds_left: float) -> None:
        """Show how things stand.

        Parameters
        ----------
        share : float
            How much of the work is done, from 0 to 1.
        seconds_left : float
            nan if it cannot be told.
        """
        done, runs = self._results.count_done, self._results.sweep.runs
        text = f"[{('#' * int(_BAR * share)).ljust(_BAR, '-')}] "
        text += f"{done:,} of {runs:,} runs" if self._by_runs else f"{share:.0%} of the epochs"
        if done:
            text += f", {percent(float(np.count_nonzero(self._results.learned)) / done)} learned"
        if math.isfinite(seconds_left):
            text += f", {duration(seconds_left)} left"
        # A longer line would break, and its beginning could not be taken away.
        self._line.show(text[: shutil.get_terminal_size().columns - 1])

    def clear(self) -> None:
        """Take the line away."""
        self._line.show("")


def cells_text(results: Results, rungs: Array | None = None) -> str:
    """Return a table with a row for each cell; of many cells the best.

    Parameters
    ----------
    results : Results
    rungs : ndarray of int64, shape (cells,), optional
        The epochs that each cell was last trained for, where they differ.
    """
    sweep = results.sweep
    cells = np.arange(len(sweep.cells))
    ranked = rungs is not None or not sweep.is_grid or len(cells) > _MAX_ROWS
    if ranked:
        cells = _best_first(results, rungs)
    header = [axis.key for axis in sweep.axes]
    header += [] if rungs is None else ["epochs"]
    header += ["learned", "share", "95 % interval", "median epochs", "median loss", "diverged"]
    rows = []
    for cell in cells[:_MAX_ROWS].tolist():
        rows.append([*sweep.cell_settings(cell).values(), *([] if rungs is None else [f"{rungs[cell]:,}"])])
        rows[-1] += _summary_texts(results, cell)
    left = [not axis.is_number for axis in sweep.axes]
    lines = _aligned([header, *rows], [*left, *[False] * (len(header) - len(left))])
    if len(cells) > _MAX_ROWS:
        lines.append(f"… {len(cells) - _MAX_ROWS:,} more; these are the best")
    return "\n".join(lines)


def _best_first(results: Results, rungs: Array | None) -> Array:
    """Return the cells in order: trained for longest, learned by most, lowest loss."""
    summaries = [results.summary(cell) for cell in range(len(results.sweep.cells))]
    losses = np.array([math.inf if math.isnan(summary.median_loss) else summary.median_loss for summary in summaries])
    shares = np.array([summary.share if summary.done else -1.0 for summary in summaries])
    return np.lexsort((losses, -shares, np.zeros(len(losses)) if rungs is None else -rungs))


def _summary_texts(results: Results, cell: int) -> list[str]:
    summary = results.summary(cell)
    if not summary.done:
        return ["0 of 0", *[UNKNOWN] * 4, "0"]
    interval = interval_words(summary.learned, summary.done)
    epochs = UNKNOWN if math.isnan(summary.median_epochs) else f"{summary.median_epochs:,.0f}"
    loss = UNKNOWN if math.isnan(summary.median_loss) else decimal(summary.median_loss)
    learned = f"{summary.learned:,} of {summary.done:,}"
    return [learned, percent(summary.share), interval, epochs, loss, f"{summary.diverged:,}"]


def _aligned(rows: Sequence[Sequence[str]], left: Sequence[bool]) -> list[str]:
    columns = [
        [cell.ljust(width) if to_left else cell.rjust(width) for cell in column]
        for column, to_left in zip(zip(*rows, strict=True), left, strict=True)
        for width in [max(map(len, column))]
    ]
    return ["  ".join(row).rstrip() for row in zip(*columns, strict=True)]
