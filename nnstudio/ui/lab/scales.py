"""Places the values of a sweep's axis along an axis of a chart: evenly, by size, or by order of magnitude."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnstudio.lab.axes import Axis
from nnstudio.ui.lab.words import title_words, value_words
from nnstudio.ui.panels.chart import Range, nice_ticks, short
from nnstudio.ui.panels.loss_axes import log_ticks

Array = NDArray[Any]

#: Room at both ends, as a share of the length, and of categories in steps.
MARGIN, HALF = 0.06, 0.5


class Scale:
    """Where the values of an axis lie.

    A list's values lie evenly apart, in their order, with each value's text below it. Numbers of a range lie where
    they belong on a linear or logarithmic axis; they have their texts too, as long as they are few.

    Parameters
    ----------
    axis : Axis
    drawn : bool
        The cells' values are drawn from the range by chance, rather than those of the axis.

    Attributes
    ----------
    is_even : bool
        Whether values lie evenly apart.
    range : (float, float)
    """

    def __init__(self, axis: Axis, *, drawn: bool = False) -> None:
        self._axis = axis
        self.is_even = axis.scale == "list"
        self._numbers = {value: number for number, value in enumerate(axis.values)}
        self._has_texts = self.is_even or not drawn
        places = self.places(axis.values)
        low, high = float(places.min()), float(places.max())
        room = HALF if self.is_even else (high - low) * MARGIN or 0.5
        self.range: Range = (low - room, high + room)

    @property
    def title(self) -> str:
        """The setting's name, as it stands beside an axis."""
        return title_words(self._axis)

    def places(self, values: Any) -> Array:
        """Return where values lie."""
        if self.is_even:
            return np.array([self._numbers[value] for value in values], float)
        numbers = np.array(list(values), float)
        return np.log10(numbers) if self._axis.scale == "log" else numbers

    def ticks(self, length: float, width: Callable[[str], float], gap: float = 12.0) -> list[tuple[float, str]]:
        """Return places and texts for an axis of so many pixels, as many as there is room for.

        Parameters
        ----------
        length : float
        width : callable
            How much room a text takes along the axis.
        gap : float
            Between two texts.
        """
        low, high = self.range
        if self._has_texts:
            places = self.places(self._axis.values).tolist()
            texts = [value_words(self._axis, value) for value in self._axis.values]
            order = np.argsort(places).tolist()
            apart = min((places[b] - places[a] for a, b in pairwise(order)), default=high - low)
            each = max(apart * length / (high - low), 1e-9)
            widest = max(width(self.cut(text)) for text in texts)
            every = max(math.ceil((widest + gap) / each), 1)
            return [(places[number], self.cut(texts[number])) for number in order[::every]]
        if self._axis.scale == "log":
            return [(place, short(10**place)) for place in log_ticks(low, high, max(int(length // 60), 2))]
        ticks = nice_ticks(low, high, max(int(length // 80), 1)).tolist()
        return [(tick, short(tick)) for tick in ticks]

    @staticmethod
    def cut(text: str, most: int = 22) -> str:
        """Return a text, shortened where it is long."""
        return text if len(text) <= most else f"{text[: most - 1]}…"


def has_order(axis: Axis) -> bool:
    """Whether an axis's values are more or less of something: numbers, or neurons of one layer."""
    if axis.key == "network.hidden":
        return all(len(layers) == 1 and layers[0].activation == axis.values[0][0].activation for layers in axis.values)
    return axis.is_number
