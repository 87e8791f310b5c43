"""The confidence of a share."""

import pytest

from nnstudio.insight.statistics import interval_words, wilson_interval


@pytest.mark.parametrize(
    ("successes", "trials", "interval"),
    [
        (714, 1000, (0.6852, 0.7411)),
        # Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in Medicine 17 (1998).
        (81, 263, (0.2553, 0.3662)),
        (15, 148, (0.0624, 0.1605)),
        (0, 20, (0.0, 0.1611)),
        (1, 29, (0.0061, 0.1718)),
        (20, 20, (0.8389, 1.0)),
    ],
)
def test_intervals_agree_with_published_ones(successes: int, trials: int, interval: tuple[float, float]) -> None:
    assert wilson_interval(successes, trials) == pytest.approx(interval, abs=5e-5)


def test_nothing_is_known_without_trials() -> None:
    assert wilson_interval(0, 0) == (0, 1)


@pytest.mark.parametrize(("successes", "trials"), [(3, 2), (-1, 2), (0, -1)])
def test_impossible_counts_are_refused(successes: int, trials: int) -> None:
    with pytest.raises(ValueError, match="successes"):
        wilson_interval(successes, trials)


def test_the_interval_in_words() -> None:
    assert interval_words(714, 1000) == "68.5 to 74.1 %"
    assert interval_words(0, 8) == "0 to 32.4 %"
    # All is said only of what is just that.
    assert interval_words(99_999, 100_000) == "99.9 to 99.9 %"


def test_a_wider_interval_is_surer() -> None:
    low, high = wilson_interval(5, 10)
    wide_low, wide_high = wilson_interval(5, 10, z=2.576)
    assert wide_low < low < 0.5 < high < wide_high
