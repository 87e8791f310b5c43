"""The axes of the loss plot: round losses from end to end, on a linear or logarithmic scale."""

from __future__ import annotations

import math

import pyqtgraph as pg
from PySide6.QtCore import QRectF
from PySide6.QtGui import QFontMetricsF

from nnstudio.ui.panels.chart import Range, fixed, nice_ceil, nice_ticks, short

#: Above and below the curves, a share of the plot's height.
MARGIN = 0.03
#: Round losses at which an axis may end, in each decade.
STEPS = (2, 3, 4, 5, 6, 8, 10)


class _Axis(pg.AxisItem):
    """An axis whose outermost texts may reach beyond it; pyqtgraph leaves them out where there is a grid."""

    @property
    def _line(self) -> float:
        """How high a line of the ticks' type is."""
        font = self.style["tickFont"]
        return QFontMetricsF(font).height() if font else 13.0

    def boundingRect(self) -> QRectF:
        line = self._line
        return super().boundingRect().adjusted(-3 * line, -1.5 * line, 3 * line, 1.5 * line)


class EpochAxis(_Axis):
    """Whole epochs, thousands set apart."""

    def tickValues(self, minVal: float, maxVal: float, size: float) -> list[tuple[float | None, list[float]]]:
        text = QFontMetricsF(self.style["tickFont"]).horizontalAdvance if self.style["tickFont"] else len
        widest = max(text(short(minVal)), text(short(maxVal))) + 24
        ticks = nice_ticks(minVal, maxVal, max(int(size // widest), 1))
        return [(None, [v for v in ticks.tolist() if v == int(v)])]

    def tickStrings(self, values: list[float], scale: float, spacing: float | None) -> list[str]:
        return [short(value) for value in values]


class LossAxis(_Axis):
    """Losses, or with `decades` their decimal logarithms written as losses."""

    decades = True

    def tickValues(self, minVal: float, maxVal: float, size: float) -> list[tuple[float | None, list[float]]]:
        count = max(int(size // (2.15 * self._line)), 2)
        if not self.decades:
            return [(None, nice_ticks(minVal, maxVal, min(count, 6)).tolist())]
        return [(None, log_ticks(minVal, maxVal, count))]

    def tickStrings(self, values: list[float], scale: float, spacing: float | None) -> list[str]:
        return [self.tick_text(value) for value in values]

    def tick_text(self, value: float) -> str:
        """Return the loss at a place of the axis as text."""
        return loss_tick(10**value if self.decades else value)


def loss_tick(loss: float) -> str:
    """Return a loss as it stands beside an axis, which has room for few letters."""
    return short(loss) if loss < 1e5 else fixed(loss, 0)


def loss_title(label: str) -> str:
    """Return what an axis of losses is called: "loss (mean squared error)"."""
    return f"loss ({label[0].lower() + label[1:] if ' ' in label else label})"


def linear_range(high: float) -> Range:
    """Return from 0 to a round loss that leaves room above the highest."""
    return 0.0, nice_ceil(min(high, 1e290) * (1 + MARGIN), STEPS)


def log_range(low: float, high: float) -> Range:
    """Return the decimal logarithms of round losses that leave room around the lowest and the highest."""
    low, high = (min(max(loss, 1e-290), 1e290) for loss in (low, high))  # far from where numbers end
    room = 10 ** min(MARGIN * max(math.log10(high) - math.log10(low), 0.3), 1.0)
    bottom, top = _nice_floor(low / room), nice_ceil(high * room, STEPS)
    if top < 2 * bottom:
        bottom = _nice_floor(bottom / 2)
    return math.log10(bottom), math.log10(top)


def _nice_floor(value: float) -> float:
    """Return the highest round loss that is not above a positive value."""
    decade = 10.0 ** math.floor(math.log10(value) + 1e-9)
    return max(decade * step for step in (1, *STEPS) if decade * step <= value * (1 + 1e-9))


def log_ticks(low: float, high: float, count: int) -> list[float]:
    """Return about so many round ticks between two decimal logarithms: more of each decade, the fewer there are.

    Both ends have a tick where they are round, even if others have to give way.
    """
    decades = range(math.floor(low - 1e-9), math.ceil(high + 1e-9) + 1)
    span = high - low
    if span < 0.5:
        return [min(max(math.log10(v), low), high) for v in nice_ticks(10**low, 10**high, count).tolist() if v > 0]
    steps: tuple[int, ...]
    if span * 7 <= count:
        steps = (1, 2, 3, 4, 5, 6, 8)
    else:
        steps = (1, 2, 5) if span * 3 <= count + 1 else (1, 3) if span * 2 <= count else (1,)
    every = max(math.ceil(span / count), 1)
    ticks = [d + math.log10(s) for d in decades if d % every == 0 for s in steps]
    ends = [end for end in (low, high) if math.isclose(10**end, float(f"{10**end:.0e}"))]
    apart = 0.7 * span / count
    return sorted([*ends, *(t for t in ticks if low < t < high and all(abs(t - end) >= apart for end in ends))])
