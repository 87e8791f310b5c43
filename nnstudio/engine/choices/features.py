"""The features of two inputs: what the network is given in place of, or besides, the inputs themselves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnstudio.engine.registry import Entry, Registry

Array = NDArray[Any]


@dataclass(frozen=True)
class Feature:
    """A function of two inputs.

    Attributes
    ----------
    pattern : str
        Its name, with the inputs' names to be filled in: "{0}²".
    function : callable
        Given both inputs, shape (samples,) each, returns the feature, shape (samples,).
    expression : str
        The function as NumPy code of x and y.
    """

    pattern: str
    function: Callable[[Array, Array], Array]
    expression: str


def _feature(
    name: str, pattern: str, summary: str, function: Callable[[Array, Array], Array], expression: str
) -> Entry[Feature]:
    made = Feature(pattern, function, expression)
    return Entry(name=name, label=pattern.format("x1", "x2"), summary=summary, build=lambda: made)


FEATURES: Registry[Feature] = Registry(
    "feature",
    [
        _feature("x1", "{0}", "The first input itself.", lambda x, y: x, "x"),
        _feature("x2", "{1}", "The second input itself.", lambda x, y: y, "y"),
        _feature(
            "x1_squared",
            "{0}²",
            "The square of the first input: tells the middle from both sides.",
            lambda x, y: x * x,
            "x * x",
        ),
        _feature(
            "x2_squared",
            "{1}²",
            "The square of the second input; with the first's, a circle is a line.",
            lambda x, y: y * y,
            "y * y",
        ),
        _feature(
            "product",
            "{0}·{1}",
            "The product: positive where both signs agree, which solves XOR alone.",
            lambda x, y: x * y,
            "x * y",
        ),
        _feature(
            "sin_x1",
            "sin {0}",
            "The sine of the first input, for what repeats along it.",
            lambda x, y: np.sin(x),
            "np.sin(x)",
        ),
        _feature(
            "sin_x2",
            "sin {1}",
            "The sine of the second input, for what repeats along it.",
            lambda x, y: np.sin(y),
            "np.sin(y)",
        ),
        _feature(
            "cos_x1",
            "cos {0}",
            "The cosine of the first input: its sine, a quarter wave on.",
            lambda x, y: np.cos(x),
            "np.cos(x)",
        ),
        _feature(
            "cos_x2",
            "cos {1}",
            "The cosine of the second input: its sine, a quarter wave on.",
            lambda x, y: np.cos(y),
            "np.cos(y)",
        ),
        _feature(
            "radius", "√({0}²+{1}²)", "The distance from the origin.", lambda x, y: np.hypot(x, y), "np.hypot(x, y)"
        ),
        _feature(
            "angle",
            "∠({0}, {1})",
            "The direction from the origin, -π to π; with the radius, a spiral is a stripe.",
            lambda x, y: np.arctan2(y, x),
            "np.arctan2(y, x)",
        ),
        _feature("x1_magnitude", "|{0}|", "The first input without its sign.", lambda x, y: np.abs(x), "np.abs(x)"),
        _feature("x2_magnitude", "|{1}|", "The second input without its sign.", lambda x, y: np.abs(y), "np.abs(y)"),
    ],
)
