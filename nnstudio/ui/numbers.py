"""Writes numbers: how many digits each kind of them has, all from the one setting "digits shown"."""

from __future__ import annotations

import math

#: Digits behind the point that outputs and weights have, unless a person wants others.
DIGITS = 3
#: How many more than outputs and weights other numbers have: what is written on edges and neurons, where there is
#: little room; a single weight or gradient that is pointed at; and losses, which tell runs apart far behind the point.
ON_DRAWING, POINTED_AT, OF_LOSS = -1, 1, 3
MINUS = "\N{MINUS SIGN}"


def scientific(value: float, digits: int) -> str:
    """Return a number that is very small or large, with so many digits behind its point: 1.25e−5."""
    mantissa, _, exponent = f"{value:.{digits}e}".partition("e")
    return f"{mantissa}e{int(exponent)}".replace("-", MINUS)


def loss_text(loss: float, digits: int = DIGITS) -> str:
    """Return a loss in the digits that tell runs apart.

    Parameters
    ----------
    loss : float
    digits : int
        Behind the point, of outputs and weights.
    """
    if loss == 0 or not math.isfinite(loss):
        return "0" if loss == 0 else "–" if math.isnan(loss) else str(loss)
    if not 1e-4 <= loss < 1e5:
        return scientific(loss, digits)
    return f"{loss:,.{digits - 2 if digits > 2 else 1}f}" if loss >= 100 else f"{loss:.{digits + OF_LOSS}f}"


def loss_at(loss: float, digits: int = DIGITS) -> str:
    """Return the loss at a point of a curve, which has fewer digits behind the point where it is not small."""
    return f"{loss:.{digits + POINTED_AT}f}" if 0.01 <= loss < 100 else loss_text(loss, digits)
