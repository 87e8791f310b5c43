"""What the eye meets first in the lab: what is trained, and how much of it learned."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from nnstudio.insight.metrics import percent
from nnstudio.insight.statistics import wilson_interval
from nnstudio.lab.results import CellSummary, Results
from nnstudio.lab.words import sweep_words
from nnstudio.ui.elided_label import ElidedLabel
from nnstudio.ui.lab.plot_axes import loss_words
from nnstudio.ui.lab.words import (
    cell_words,
    goal_words,
    is_judged_by_loss,
    runs_words,
    title_words,
    value_words,
)
from nnstudio.ui.speech import announce
from nnstudio.ui.theme import Theme, set_look

# So many cells are named one by one.
_MOST_CELLS = 9


class Headline(QWidget):
    """A line on what is trained, the share that learned in large type, and what else there is to say of it.

    Parameters
    ----------
    theme : Theme
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._what = ElidedLabel(objectName="lab_what")
        set_look(self._what, role="heading")
        self._share = QLabel(objectName="lab_share")
        set_look(self._share, role="display")
        self._rest = _Lines(objectName="lab_share_rest", wordWrap=True)
        self._what_words, self._of_another, self._under_way = "", False, False
        lower = QHBoxLayout()
        lower.setSpacing(theme.spacing.m)
        lower.addWidget(self._share)
        lower.addWidget(self._rest, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.spacing.xs)
        column.addWidget(self._what)
        column.addLayout(lower)

    def set_presenting(self, presenting: bool) -> None:
        """Say what is trained in smaller letters, so that all of it has room, or in the usual ones."""
        set_look(self._what, role="muted" if presenting else "heading")

    def show_plan(self, words: str) -> None:
        """Say what would be trained; nothing is known of it yet."""
        self._of_another = False
        self._show_what(words)
        self._share.setText("Not trained yet")
        self._rest.show_text("Start trains it from every seed, and shows how many learn it.")

    def show_whose(self, *, of_another: bool) -> None:
        """Say whether what is shown has come of something else than what a start would train."""
        self._of_another = of_another
        self._show_what(self._what_words)

    def _show_what(self, words: str) -> None:
        self._what_words = words
        if self._of_another:
            words = f"Shown below: {words}"
        if words != self._what.text():
            self._what.setText(words)

    def show_results(self, results: Results, cell: int | None, *, under_way: bool = False) -> None:
        """Say how much has learned.

        Parameters
        ----------
        results : Results
        cell : int or None
            Of which cell; of the best one without one.
        under_way : bool
            Whether more is to come by itself.
        """
        sweep = results.sweep
        self._show_what(sweep_words(sweep, results.method))
        best = cell is None
        cell = _best_cell(results) if cell is None else cell
        summary = results.summary(cell)
        ended, self._under_way = self._under_way and not under_way, under_way
        if not summary.done:
            self._share.setText("Training…" if under_way else "Not trained yet")
            self._rest.show_text("No network is done yet." if under_way else "It ended before a network was done.")
            return
        runs = np.arange(results.of_cell(cell).start, results.of_cell(cell).stop)
        by_loss = is_judged_by_loss(results, runs)
        if by_loss:
            self._share.setText(f"Median loss {loss_words(summary.median_loss)}")
            words = _loss_words(summary, goal_words(results, int(runs[0])))
        else:
            self._share.setText(f"{summary.learned:,} of {summary.done:,} learned")
            words = _words(summary)
        if sweep.axes:
            which = cell_words(sweep, cell).replace("_", " ")
            words = f"{which}: {words}"
            if best and len(sweep.cells) > 1:
                words = f"{_best_of(results)}, {words}"
                if each := _each_cell(results):
                    words += f"\n{each}"
        self._rest.show_text(words)
        if ended:
            announce(self, f"The sweep has ended. {self._share.text()}; {words}")


def _best_cell(results: Results) -> int:
    """Return the cell of which most can be said to learn; where as many do, the one with the lowest loss."""
    shape = len(results.sweep.cells), -1
    learned, done = results.learned.reshape(shape).sum(axis=1), results.done.reshape(shape).sum(axis=1)
    pairs, pair_of = np.unique(np.stack([learned, done], axis=1), axis=0, return_inverse=True)
    merits = [wilson_interval(successes, trials)[0] if trials else -1.0 for successes, trials in pairs.tolist()]
    best = np.flatnonzero(pair_of.ravel() == int(np.argmax(merits)))
    losses = _medians(results.final_loss.reshape(shape)[best])
    return int(best[int(np.nan_to_num(losses, nan=np.inf).argmin())])


def _medians(rows: NDArray[Any]) -> NDArray[Any]:
    """Return the median of each row's finite numbers, shape (rows,); nan where there are none."""
    ranked = np.sort(np.where(np.isfinite(rows), rows, np.nan), axis=1)  # what is not known comes last
    counts, row = np.isfinite(ranked).sum(axis=1), np.arange(len(ranked))
    return np.asarray((ranked[row, np.maximum(counts - 1, 0) // 2] + ranked[row, counts // 2 % ranked.shape[1]]) / 2)


def _best_of(results: Results) -> str:
    """Return among how many cells the best one was found: those of which something is known."""
    cells = len(results.sweep.cells)
    known = int(results.done.reshape(cells, -1).any(axis=1).sum())
    if known == cells:
        return f"best of {cells:,} cells"
    return f"best of {known:,} cells so far" if known > 1 else f"the first of {cells:,} cells"


def _each_cell(results: Results) -> str:
    """Return how many learned with each value of a single axis: "Learned with hidden neurons 2: 714, 3: 962"."""
    sweep = results.sweep
    if len(sweep.axes) != 1 or len(sweep.cells) > _MOST_CELLS or results.count_done < sweep.runs:
        return ""
    axis = sweep.axes[0]
    names = (value_words(axis, value).replace("_", " ") for (value,) in sweep.cells)
    sums = list(enumerate(names))
    if is_judged_by_loss(results, np.arange(sweep.runs)):
        losses = (f"{name}: {loss_words(results.summary(cell).median_loss)}" for cell, name in sums)
        return f"Median loss with {title_words(axis)} {', '.join(losses)}"
    counts = (f"{name}: {results.summary(cell).learned:,}" for cell, name in sums)
    return f"Learned with {title_words(axis)} {', '.join(counts)}"


def _words(summary: CellSummary) -> str:
    """Return what there is to say about a cell besides how many learned."""
    parts = [f"{percent(summary.share)}, with 95 % confidence {percent(summary.low)} to {percent(summary.high)}"]
    if math.isfinite(summary.median_epochs):
        parts.append(f"half of those by epoch {summary.median_epochs:,.0f}")
    if summary.diverged:
        parts.append(f"{summary.diverged:,} diverged")
    return "; ".join(parts)


def _loss_words(summary: CellSummary, goal: str) -> str:
    """Return what there is to say about a cell that is told from others by its losses."""
    low, high = map(loss_words, summary.quartiles)
    parts = [f"over {runs_words(summary.done)}, half of them from {low} to {high}", f"none reached {goal}"]
    if summary.diverged:
        parts.append(f"{summary.diverged:,} diverged")
    return "; ".join(parts)


class _Lines(QLabel):
    """Words that take a further line before they widen the window, and stand in full in the tooltip."""

    def __init__(self, **properties: object) -> None:
        super().__init__(**properties)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def show_text(self, text: str) -> None:
        # No line ends between a number and its sign.
        words = f"{text[:1].upper()}{text[1:]}".replace(" %", "\N{NO-BREAK SPACE}%")
        if words != self.text():
            self.setText(words)
            self.setToolTip(words)

    def minimumSizeHint(self) -> QSize:
        return QSize(80, super().minimumSizeHint().height())
