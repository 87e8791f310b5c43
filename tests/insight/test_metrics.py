"""Scores agree with values worked out by hand."""

import numpy as np
import pytest

from nnstudio.engine.choices.datasets import Dataset
from nnstudio.insight.metrics import (
    ClassScores,
    NumberScores,
    accuracies,
    coefficient,
    percent,
    r2_scores,
    roc_curve,
    score_text,
    second_class_scores,
)

# Six cats, of which four are taken for cats; three dogs, one of them taken for a cat; one fish, taken for a dog.
LABELS = np.array([0, 0, 0, 0, 0, 0, 1, 1, 1, 2])
ANSWERS = np.array([0, 0, 0, 0, 1, 1, 1, 1, 0, 1])


def test_the_confusion_matrix_has_the_targets_in_its_rows() -> None:
    scores = ClassScores.of(LABELS, ANSWERS, 3)
    assert scores.confusion.tolist() == [[4, 2, 0], [1, 2, 0], [0, 1, 0]]
    assert (scores.samples, scores.right, scores.accuracy) == (10, 6, 0.6)


def test_precision_recall_and_f1_of_each_class_and_their_means() -> None:
    scores = ClassScores.of(LABELS, ANSWERS, 3)
    assert scores.precision[:2] == pytest.approx([4 / 5, 2 / 5])
    assert np.isnan(scores.precision[2]), "nothing was taken for a fish"
    assert scores.recall == pytest.approx([4 / 6, 2 / 3, 0])
    assert scores.f1 == pytest.approx([8 / 11, 4 / 8, 0])
    assert scores.macro(scores.precision) == pytest.approx((4 / 5 + 2 / 5 + 0) / 3)
    assert scores.macro(scores.recall) == pytest.approx((4 / 6 + 2 / 3) / 3)


def test_a_class_that_does_not_occur_has_no_say_in_the_means() -> None:
    scores = ClassScores.of(np.array([0, 1, 1]), np.array([0, 1, 0]), 4)
    assert scores.macro(scores.recall) == pytest.approx((1 + 1 / 2) / 2)
    assert np.isnan(scores.f1[2:]).all()
    nothing = ClassScores(np.zeros((2, 2), int))
    assert np.isnan([nothing.accuracy, nothing.macro(nothing.f1)]).all()


def test_the_roc_curve_of_fawcetts_example() -> None:
    """The twenty samples of Fawcett (2006), figure 3; of the 100 pairs, 68 are in the right order."""
    positive = np.array([c == "p" for c in "ppnpppnnpnpnpnnnpnpn"])
    scores = np.array([0.9, 0.8, 0.7, 0.6, 0.55, 0.54, 0.53, 0.52, 0.51, 0.505,
                       0.4, 0.39, 0.38, 0.37, 0.36, 0.35, 0.34, 0.33, 0.30, 0.1])  # fmt: skip
    roc = roc_curve(scores, positive)
    assert roc is not None
    places = dict(zip(roc.thresholds.tolist(), zip(roc.false_positives, roc.true_positives, strict=True), strict=True))
    assert places[np.inf] == (0, 0)
    assert places[0.54] == pytest.approx((0.1, 0.5)), "as in the figure"
    assert places[0.1] == (1, 1)
    assert roc.auc == pytest.approx(0.68)


def test_equal_scores_cross_the_threshold_together() -> None:
    """Of the four pairs two are in the right order, one in the wrong one, and one is a tie, which counts half."""
    roc = roc_curve(np.array([0.9, 0.5, 0.5, 0.7]), np.array([True, True, False, False]))
    assert roc is not None
    assert roc.thresholds.tolist() == [np.inf, 0.9, 0.7, 0.5]
    assert roc.true_positives.tolist() == [0, 0.5, 0.5, 1]
    assert roc.false_positives.tolist() == [0, 0, 0.5, 1]
    assert roc.auc == pytest.approx(2.5 / 4)
    same = roc_curve(np.ones(4), np.array([True, False, True, False]))
    assert same is not None and same.auc == 0.5


def test_the_area_is_the_share_of_pairs_in_the_right_order() -> None:
    rng = np.random.default_rng(3)
    scores, positive = rng.integers(0, 8, 60) / 8, rng.random(60) < 0.4
    roc = roc_curve(scores, positive)
    pairs = scores[positive][:, None] - scores[~positive][None]
    assert roc is not None and roc.auc == pytest.approx(((pairs > 0) + 0.5 * (pairs == 0)).mean())


def test_there_is_no_curve_without_both_classes() -> None:
    assert roc_curve(np.array([0.2, 0.7]), np.array([True, True])) is None
    assert roc_curve(np.zeros(0), np.zeros(0, bool)) is None


def test_two_outputs_speak_for_the_second_class_by_their_difference() -> None:
    assert second_class_scores(np.array([[0.2], [0.9]])).tolist() == [0.2, 0.9]
    assert second_class_scores(np.array([[0.2, 0.9], [3.0, 1.0]])) == pytest.approx([0.7, -2])


def test_errors_of_numbers() -> None:
    """Residuals 1, 0, -2 and 1, so squares sum to 6; the targets' squared deviations from 4 sum to 20."""
    scores = NumberScores.of(np.array([1.0, 3.0, 5.0, 7.0]), np.array([0.0, 3.0, 7.0, 6.0]))
    assert scores.r2 == pytest.approx(1 - 6 / 20)
    assert scores.rmse == pytest.approx((6 / 4) ** 0.5)
    assert scores.mae == pytest.approx(1.0)
    assert NumberScores.of(np.array([1.0, 3.0]), np.array([2.0, 2.0])).r2 == 0, "always the mean"
    assert np.isnan(NumberScores.of(np.array([2.0, 2.0]), np.array([2.0, 1.0])).r2)


def test_each_part_is_scored_apart() -> None:
    data = Dataset.of_classes("Pets", np.zeros((5, 2)), [0, 1, 1, 0, 1], ["cat", "dog"])
    outputs = np.array([[0.1], [0.9], [0.2], [0.3], [0.7]])
    parts = np.array([0, 0, 0, 2, 2], np.int8)
    assert accuracies(data, parts, outputs, 0.5) == {"training": (2, 3), "test": (2, 2)}
    assert score_text(data, parts, outputs, 0.5) == "accuracy 66.7 % on the training, 100 % on the test samples"
    assert score_text(data, np.zeros(5, np.int8), outputs, 0.5) == "accuracy 80.0 %"


def test_of_several_outputs_the_mean_counts() -> None:
    data = Dataset.of_numbers("Two", np.zeros((4, 1)), [[1, 0], [3, 2], [5, 0], [7, 2]], output_names=("a", "b"))
    outputs = np.array([[0.0, 0], [3, 2], [7, 0], [6, 2]])
    parts = np.zeros(4, np.int8)
    assert r2_scores(data, parts, outputs) == {"training": pytest.approx((0.7 + 1) / 2)}
    assert score_text(data, parts, outputs, 0.5) == "R² 0.850"


@pytest.mark.parametrize(
    ("share", "text"),
    [(0.974, "97.4 %"), (1, "100 %"), (0, "0 %"), (0.99999, "99.9 %"), (0.00001, "0.1 %"), (np.nan, "—")],
)
def test_a_share_is_called_all_or_none_only_if_it_is(share: float, text: str) -> None:
    assert percent(share) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.9314, "0.931"), (-0.5, "−0.500"), (-11.19, "−11.2"), (-123456.0, "−1.2e5"), (-np.inf, "—"), (np.nan, "—")],
)
def test_coefficients_take_little_room(value: float, text: str) -> None:
    assert coefficient(value) == text
