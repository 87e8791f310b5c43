"""Decides what one step up or down makes of a number, so that arrow keys and wheel do what the setting calls for."""

from __future__ import annotations

import math

from nnstudio.engine.registry import Number

# A logarithmic field has no lower end above 0 but this: nobody steps further by hand.
_SMALLEST = 1e-12
# Where stepping up from "off" begins, if the range does not say.
_FIRST = 0.01
# A page of a logarithmic field is a power of ten.
_PAGE = 3


def stepped(parameter: Number, value: float | None, steps: int) -> float | None:
    """Return the number some steps away.

    Logarithmic numbers go 1, 2, 5, 10, ..., whole numbers by one, others along a round grid. The word for "no number"
    lies below the smallest number.

    Parameters
    ----------
    parameter : Number
        Gives the range and the kind of step.
    value : float or None
        Where to start; None where the setting is off.
    steps : int
        How many steps, negative for down.

    Returns
    -------
    float or None
        A valid value; the one given where there is nothing further in that direction.
    """
    count = abs(steps)
    if parameter.log:
        count = min(count, _PAGE)
    for _ in range(count):
        value = _next(parameter, value, up=steps > 0)
    return value


def _next(parameter: Number, value: float | None, *, up: bool) -> float | None:
    if value is None:
        return _first(parameter) if up else None
    found: float
    if parameter.log:
        found = _next_round(value, up=up, least=1.0 if parameter.whole else _SMALLEST)
    elif parameter.whole:
        found = value + (1 if up else -1)
    else:
        found = _next_on_grid(parameter, value, up=up)
    if found > parameter.maximum or (parameter.below and found == parameter.maximum):
        found = value if parameter.below else parameter.maximum
    at_low_end = found < parameter.minimum or (parameter.above and found == parameter.minimum)
    if at_low_end and not parameter.above and value > parameter.minimum:
        found = parameter.minimum
    elif at_low_end:
        if parameter.absent:
            return None
        found = value
    return int(found) if parameter.whole else found


def _first(parameter: Number) -> float:
    if parameter.whole:
        return int(max(parameter.minimum + parameter.above, 1))
    return min(max(_FIRST, parameter.minimum), parameter.maximum)


def _next_round(value: float, *, up: bool, least: float) -> float:
    """Return the next of 1, 2, 5 times a power of ten; 0 lies below `least`."""
    if value < least:
        return least if up else 0.0
    power = math.floor(math.log10(value))
    ladder = [float(f"{digit}e{power + shift}") for shift in (-1, 0, 1) for digit in (1, 2, 5)]
    near = value * 1e-9
    if up:
        return min(rung for rung in ladder if rung > value + near)
    below = max(rung for rung in ladder if rung < value - near)
    return below if below >= least else 0.0


def _next_on_grid(parameter: Number, value: float, *, up: bool) -> float:
    """Return the next multiple of a round step that suits both the size of the range and that of the number."""
    size = 10.0 ** (math.floor(math.log10(max(abs(value), 1.0))) - 1)
    span = parameter.maximum - parameter.minimum
    step = min(size, 0.05) if span <= 1 else size
    count = value / step
    count = math.floor(count + 1e-9) + 1 if up else math.ceil(count - 1e-9) - 1
    return round(count * step, 10)
