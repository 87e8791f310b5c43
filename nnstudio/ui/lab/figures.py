"""Sums up the cells of a sweep as the figures that a chart of them can show, each with its spread and its words."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnstudio.insight.metrics import percent
from nnstudio.lab.results import CellSummary, Results
from nnstudio.ui.lab.plot_axes import loss_words
from nnstudio.ui.lab.words import cell_words, goal_words, is_judged_by_loss, learned_words
from nnstudio.ui.panels.chart import Range, nice_ceil

Array = NDArray[Any]

#: Cells that are summed up at once: more would keep the window waiting.
BLOCK = 60


@dataclass(frozen=True)
class Figure:
    """What a chart of cells shows.

    Attributes
    ----------
    key, label : str
    title : str
        Of an axis.
    is_log : bool
        Shown on a logarithmic scale.
    more_is_better : bool
    text : callable
        A value in few letters.
    brief : callable
        A value in as few letters as there can be.
    """

    key: str
    label: str
    title: str
    is_log: bool
    more_is_better: bool
    text: Callable[[float], str]
    brief: Callable[[float], str]

    def range(self, low: float, high: float) -> Range:
        """Return the round ends of an axis that holds a range; of a logarithmic one, their decimal logarithms."""
        if self.key == "share":
            return 0.0, 1.0
        if not self.is_log:
            return 0.0, nice_ceil(max(high, 1.0), (2, 3, 4, 5, 6, 8, 10))
        low, high = max(low, 1e-290), min(max(high, 1e-290), 1e290)
        bottom, top = 1 / nice_ceil(1 / low), nice_ceil(high)
        return math.log10(bottom / 2 if top < 2.5 * bottom else bottom), math.log10(top)

    def place(self, values: Any) -> Any:
        """Return where values lie on such an axis."""
        if not self.is_log:
            return values
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.log10(np.maximum(values, 1e-290))


def brief_count(value: float) -> str:
    """Return a count in few letters: "870", "5.5k", "12k", "1.2M"."""
    for size, letter in ((1e6, "M"), (1e3, "k")):
        if value >= 0.9995 * size:
            return f"{float(f'{value / size:.2g}'):g}{letter}"
    return f"{value:.0f}"


SHARE = Figure(
    # The colour scale says that these are percents.
    "share",
    "Success rate",
    "runs that learned",
    False,
    True,
    percent,
    lambda value: percent(value).rstrip(" %\N{NO-BREAK SPACE}"),
)
EPOCHS = Figure(
    "epochs", "Median epochs to learn", "epochs to learn", False, False, lambda value: f"{value:,.0f}", brief_count
)
LOSS = Figure(
    "loss", "Final loss", "final loss", True, False, loss_words, lambda loss: loss_words(float(f"{loss:.1g}"))
)
FIGURES = (SHARE, EPOCHS, LOSS)


class CellTable:
    """The figures of all cells, as far as their runs have ended.

    Attributes
    ----------
    done : ndarray of int, shape (cells,)
        How many runs of each have ended.
    seeds : int
        How many runs each has.
    cut : ndarray of bool, shape (cells,)
        Of which some runs were trained for fewer epochs than the others: a search has given them up, or not come back
        to them yet.
    """

    def __init__(self, results: Results) -> None:
        self.results, self.sweep = results, results.sweep
        self.seeds, count = len(results.sweep.seeds), len(results.sweep.cells)
        self.cut: Array = np.zeros(count, bool)
        self.done = np.zeros(count, int)
        self._trained = np.zeros(count, int)
        self._summaries: list[CellSummary | None] = [None] * count
        self._values = {figure.key: np.full((3, count), np.nan) for figure in FIGURES}
        self._version = -1
        self._changed: Array = np.zeros(0, int)

    def follow(self) -> bool:
        """Sum up a block of what has come in; return whether that was all."""
        results = self.results
        if results.version != self._version:
            self._version = results.version
            shape = (len(self.sweep.cells), self.seeds)
            done, trained = results.done.reshape(shape).sum(axis=1), results.epochs.reshape(shape).sum(axis=1)
            changed = np.flatnonzero((done != self.done) | (trained != self._trained))
            self._changed = np.union1d(self._changed, changed).astype(int)
            self.done, self._trained = done, trained
            self.cut = np.asarray(results.cut.reshape(shape).any(axis=1))
        now, self._changed = self._changed[:BLOCK], self._changed[BLOCK:]
        for cell in now.tolist():
            self._sum_up(cell)
        return not len(self._changed)

    def _sum_up(self, cell: int) -> None:
        summary = self._summaries[cell] = self.results.summary(cell)
        epochs = self.results.epochs_to_learn[self.results.of_cell(cell)]
        epochs = epochs[epochs >= 0]
        low, high = np.quantile(epochs, (0.25, 0.75)).tolist() if len(epochs) else (math.nan, math.nan)
        self._values["share"][:, cell] = (summary.low, summary.share, summary.high) if summary.done else (math.nan,) * 3
        self._values["epochs"][:, cell] = low, summary.median_epochs, high
        self._values["loss"][:, cell] = summary.quartiles[0], summary.median_loss, summary.quartiles[1]

    def is_whole(self, cell: int) -> bool:
        """Whether all runs of a cell have ended, and none was given up on the way."""
        return bool(self.done[cell] == self.seeds and not self.cut[cell])

    @property
    def is_empty(self) -> bool:
        """Whether no run has ended."""
        return not self.done.any()

    def values(self, figure: Figure) -> tuple[Array, Array, Array]:
        """Return a figure's low end, value and high end, shape (cells,) each; nan where it is not known."""
        low, value, high = self._values[figure.key]
        return low, value, high

    def best_first(self, figure: Figure) -> Array:
        """Return the cells, the best of a figure first, and those of which it is not known last."""
        value = self._values[figure.key][1]
        return np.argsort(np.where(np.isnan(value), np.inf, -value if figure.more_is_better else value), kind="stable")

    def name(self, cell: int) -> str:
        """Return which cell it is, in words."""
        return cell_words(self.sweep, cell) or f"all {self.seeds:,} runs"

    def words(self, cell: int) -> list[str]:
        """Return all that is known of a cell, in lines."""
        done, summary = int(self.done[cell]), self._summaries[cell]
        if not done or summary is None:
            return [self.name(cell), f"not trained yet: {self.seeds:,} run{'' if self.seeds == 1 else 's'} to come"]
        runs = np.array(self.sweep.runs_of(cell))
        by_loss = is_judged_by_loss(self.results, runs)
        lines = [self.name(cell)] if by_loss else [self.name(cell), learned_words(summary.learned, summary.done)]
        if not math.isnan(summary.median_epochs):
            low, _, high = self._values["epochs"][:, cell].tolist()
            lines.append(f"median {summary.median_epochs:,.0f} epochs to learn, half from {low:,.0f} to {high:,.0f}")
        if not math.isnan(summary.median_loss):
            spread = f"half from {loss_words(summary.quartiles[0])} to {loss_words(summary.quartiles[1])}"
            lines.append(f"median final loss {loss_words(summary.median_loss)}, {spread}")
        if by_loss:
            lines.append(f"none reached {goal_words(self.results, int(runs[0]))}")
        if summary.diverged:
            lines.append(f"{summary.diverged:,} diverged")
        if self.cut[cell]:
            of = self.results.of_cell(cell)
            trained = int(self.results.epochs[of][self.results.cut[of]].max())
            lines.append(f"trained {trained:,} of {self.sweep.spec(cell).training.epochs:,} epochs")
        if done < self.seeds:
            lines.append(f"{self.seeds - done:,} to come")
        return lines

    def rows(self) -> tuple[list[str], list[list[object]]]:
        """Return a header and a row a cell, with every figure."""
        header = [axis.key for axis in self.sweep.axes]
        header += ["runs", "learned", "share", "low", "high", "diverged"]
        header += ["epochs_to_learn_lower_quartile", "epochs_to_learn_median", "epochs_to_learn_upper_quartile"]
        header += ["final_loss_lower_quartile", "final_loss_median", "final_loss_upper_quartile"]
        rows: list[list[object]] = []
        for cell in range(len(self.sweep.cells)):
            summary = self._summaries[cell]
            counts = (summary.learned, summary.diverged) if summary else (0, 0)
            share = [self._values["share"][i, cell] for i in (1, 0, 2)]
            rest = [*self._values["epochs"][:, cell], *self._values["loss"][:, cell]]
            texts = self.sweep.cell_settings(cell).values()
            numbers = [None if math.isnan(value) else float(value) for value in (*share, *rest)]
            rows.append([*texts, int(self.done[cell]), counts[0], *numbers[:3], counts[1], *numbers[3:]])
        return header, rows
