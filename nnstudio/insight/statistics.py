"""Says how far a share that was counted can be trusted."""

from __future__ import annotations

import math

from nnstudio.insight.metrics import percent

#: Standard deviations of a normal distribution that hold 95 % of it.
Z_95 = 1.959963984540054


def wilson_interval(successes: int, trials: int, z: float = Z_95) -> tuple[float, float]:
    """Return the interval in which the probability behind a counted share lies, with 95 % confidence by default.

    Unlike the textbook's interval it stays within 0 and 1, and serves for shares of 0 and 1 too.

    Source: Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927).

    Parameters
    ----------
    successes, trials : int
        The share is the one out of the other.
    z : float
        Standard deviations.

    Returns
    -------
    low, high : float
        0 and 1 without trials.

    Raises
    ------
    ValueError
        If there are more successes than trials, or fewer than none.
    """
    if not 0 <= successes <= trials:
        raise ValueError(f"expected from 0 to {trials} successes, not {successes}")
    if trials == 0:
        return 0.0, 1.0
    share, square = successes / trials, z * z
    middle = share + square / (2 * trials)
    reach = z * math.sqrt(share * (1 - share) / trials + square / (4 * trials * trials))
    low, high = (middle - reach) / (1 + square / trials), (middle + reach) / (1 + square / trials)
    # The ends of a share of 0 or 1 are exactly that; rounding must not say otherwise.
    return (0.0 if successes == 0 else low), (1.0 if successes == trials else high)


def interval_words(successes: int, trials: int) -> str:
    """Return the 95 % interval of a counted share: "68.5 to 74.1 %"."""
    low, high = wilson_interval(successes, trials)
    return f"{percent(low).removesuffix(' %')} to {percent(high)}"
