"""The ways in which runs end, found and named."""

import numpy as np
import pytest

from nnstudio.insight.outcome_groups import ELSEWHERE, VERDICTS, StuckRuns, verdict
from nnstudio.insight.outcomes import Kind, Outcome

XOR = np.array([[0.0], [1.0], [1.0], [0.0]])


def grouped(outputs: np.ndarray, targets: np.ndarray, threshold: float) -> list[tuple[str, np.ndarray]]:
    stuck = StuckRuns(targets, threshold)
    return stuck.groups(stuck.ways(outputs))


def groups(outputs: list[list[float]], targets: np.ndarray = XOR, threshold: float = 0.5) -> dict[str, list[int]]:
    found = grouped(np.array(outputs, np.float32)[..., None], targets, threshold)
    return {name: rows.tolist() for name, rows in found}


def test_patterns_that_share_a_wrong_output_are_counted_together() -> None:
    # In the second run one of the two patterns at 0.50 happens to lie on the right side.
    assert groups([[0.053, 0.496, 0.951, 0.503], [0.04, 0.93, 0.501, 0.506], [0.05, 0.662, 0.663, 0.668]]) == {
        "stuck: two patterns at 0.50": [0, 1],
        "stuck: three patterns at 0.66": [2],
    }


def test_all_patterns_at_one_output_are_called_that() -> None:
    assert groups([[0.49, 0.5, 0.51, 0.5]]) == {"stuck: all four patterns at 0.50": [0]}


def test_two_wrong_outputs_are_both_named() -> None:
    assert groups([[0.3, 0.3, 0.95, 0.7]]) == {"stuck: two patterns at 0.30 and one pattern at 0.70": [0]}


def test_values_that_hardly_differ_are_one_group_named_by_their_median() -> None:
    values = (0.48, 0.49, 0.5, 0.51, 0.52, 0.3, 0.3)
    assert groups([[0.0, value, 1.0, value] for value in values]) == {
        "stuck: two patterns at 0.50": [0, 1, 2, 3, 4],
        "stuck: two patterns at 0.30": [5, 6],
    }


def test_what_is_rare_among_many_is_put_together() -> None:
    common = [[0.05, 0.95, 0.5, 0.505]] * 200
    rare = [[0.05, 0.05 + step, 0.95, 0.05] for step in (0.1, 0.2, 0.3)]
    found = groups([*rare, *common])
    assert list(found) == ["stuck: two patterns at 0.50", ELSEWHERE]
    assert found[ELSEWHERE] == [0, 1, 2]


def test_a_run_that_is_wrong_by_less_than_can_be_told_is_elsewhere() -> None:
    assert groups([[0.0, 1.0, 1.0, 0.0]]) == {ELSEWHERE: [0]}


def test_every_run_is_in_one_group() -> None:
    generator = np.random.default_rng(2)
    outputs = generator.uniform(size=(500, 8, 1))
    targets = np.array([[0.0], [1.0]] * 4)
    found = grouped(outputs, targets, 0.5)
    rows = np.concatenate([rows for _, rows in found])
    assert np.sort(rows).tolist() == list(range(500))
    assert len({name for name, _ in found}) == len(found) <= 9


def test_runs_that_come_later_join_the_groups_of_those_before() -> None:
    outputs = np.array([[0.05, 0.5, 0.95, 0.5]] * 3 + [[0.05, 0.66, 0.66, 0.66]] * 2 + [[0.05, 0.49, 0.95, 0.5]])
    stuck = StuckRuns(XOR, 0.5)
    ways = np.concatenate([stuck.ways(piece[..., None]) for piece in np.split(outputs, [2, 4])])
    found = {name: rows.tolist() for name, rows in stuck.groups(ways)}
    assert found == {"stuck: two patterns at 0.50": [0, 1, 2, 5], "stuck: three patterns at 0.66": [3, 4]}
    assert {name: rows.tolist() for name, rows in stuck.groups(ways[3:])} == {
        "stuck: three patterns at 0.66": [0, 1],
        "stuck: two patterns at 0.50": [2],
    }


def test_more_ways_than_can_be_told_apart_are_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nnstudio.insight.outcome_groups._MOST_WAYS", 2)
    assert groups([[0.05, 0.5, 0.95, 0.5], [0.05, 0.66, 0.66, 0.66]]) == {
        "stuck: two patterns at 0.50": [0],
        ELSEWHERE: [1],
    }


def test_signed_targets_have_a_wider_spread() -> None:
    targets = 2 * XOR - 1
    assert groups([[-0.9, -0.04, 0.95, 0.04], [-0.9, -0.01, 0.95, 0.0]], targets, 0.0) == {
        "stuck: two patterns at 0.00": [0, 1]
    }


def test_with_an_output_for_each_class_the_wrong_patterns_are_counted() -> None:
    targets = np.eye(2)[[0, 1, 1, 0]]
    outputs = np.stack([np.eye(2)[[0, 0, 0, 0]], np.eye(2)[[0, 1, 0, 0]], np.eye(2)[[1, 1, 1, 1]]])
    assert [(name, rows.tolist()) for name, rows in grouped(outputs, targets, 0.5)] == [
        ("stuck: two of four patterns wrong", [0, 2]),
        ("stuck: one of four patterns wrong", [1]),
    ]


def test_there_may_be_none() -> None:
    assert grouped(np.empty((0, 4, 1)), XOR, 0.5) == []


@pytest.mark.parametrize(
    ("kind", "text", "word"),
    [
        ("learned", "learned XOR at epoch 3,101", "learned"),
        ("stuck", "stuck: two patterns at 0.50", "stuck"),
        ("unfinished", "not learned yet: three of four patterns right", "not learned yet"),
        ("unfinished", "on a plateau: two of four patterns right", "on a plateau"),
        ("unfinished", "settled: accuracy 90 %", "settled"),
        ("unfinished", "overfitted: accuracy 90 %", "overfitted"),
        ("diverged", "diverged at epoch 3: learning rate 1000 is too large", "diverged"),
    ],
)
def test_a_verdict_is_what_the_outcome_begins_with(kind: Kind, text: str, word: str) -> None:
    assert VERDICTS[verdict(Outcome(kind, text))] == word
