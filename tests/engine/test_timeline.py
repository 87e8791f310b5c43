"""A run of any length must be remembered in bounded memory, and its outline must hide no peak."""

import tracemalloc

import numpy as np
import pytest

from nnstudio.engine.timeline import Keyframes, LossHistory


def naive_outline(losses: np.ndarray, stride: int) -> tuple[list[float], list[float], list[float]]:
    buckets = [losses[start : start + stride] for start in range(0, len(losses), stride)]
    return [b[0] for b in buckets], [b.min() for b in buckets], [b.max() for b in buckets]


@pytest.mark.parametrize("seed", range(20))
def test_the_outline_does_not_depend_on_the_chunks(seed: int) -> None:
    rng = np.random.default_rng(seed)
    losses = rng.normal(size=rng.integers(1, 3000))
    history = LossHistory(capacity=16)
    start = 0
    while start < len(losses):
        size = int(rng.choice([0, 1, 2, 7, 40, 500]))
        history.extend(losses[start : start + size])
        start += size
        seen = losses[:start]
        outline = history.outline()
        first, low, high = naive_outline(seen, outline.stride)
        np.testing.assert_array_equal(outline.first, first)
        np.testing.assert_array_equal(outline.low, low)
        np.testing.assert_array_equal(outline.high, high)
        np.testing.assert_array_equal(outline.epochs, np.arange(0, len(seen), outline.stride))
        assert len(first) <= 16
        assert history.epochs == len(seen)
        assert not len(seen) or outline.last == seen[-1]


def test_nothing_is_merged_while_there_is_room() -> None:
    history = LossHistory(capacity=8)
    history.extend(np.arange(8.0))
    assert history.outline().stride == 1
    history.extend(np.array([8.0]))
    assert history.outline().stride == 2
    np.testing.assert_array_equal(history.outline().high, [1, 3, 5, 7, 8])


def test_an_empty_history_has_no_last_loss() -> None:
    outline = LossHistory().outline()
    assert len(outline.first) == len(outline.epochs) == 0
    assert np.isnan(outline.last)


def test_ten_million_epochs_take_no_more_memory_than_ten_thousand() -> None:
    history, chunk = LossHistory(), np.linspace(1, 0, 10_000)
    history.extend(chunk)
    tracemalloc.start()
    try:
        for _ in range(999):
            history.extend(chunk)
        grown, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert history.epochs == 10_000_000
    assert grown < 20_000
    outline = history.outline()
    assert len(outline.first) <= 4096
    assert outline.low.min() == 0 and outline.high.max() == 1


def test_an_outline_can_be_taken_up_again() -> None:
    rng = np.random.default_rng(3)
    losses = rng.normal(size=1000)
    whole, part = LossHistory(32), LossHistory(32)
    whole.extend(losses)
    part.extend(losses[:517])
    resumed = LossHistory.from_outline(part.outline(), 517, 32)
    resumed.extend(losses[517:])
    for name in ("stride", "first", "low", "high", "last"):
        np.testing.assert_array_equal(getattr(resumed.outline(), name), getattr(whole.outline(), name))


def test_an_outline_is_a_copy() -> None:
    history = LossHistory(4)
    history.extend(np.array([1.0]))
    outline = history.outline()
    history.extend(np.arange(20.0))
    np.testing.assert_array_equal(outline.first, [1])


@pytest.mark.parametrize("epochs", [0, 1, 15, 16, 17, 31, 32, 33, 1000])
def test_keyframes_are_the_parameters_at_their_epochs(epochs: int) -> None:
    keyframes = Keyframes(3, capacity=16)
    for epoch in range(epochs + 1):
        keyframes.record(epoch, np.array([epoch, 2 * epoch, -epoch]))
    assert 0 < len(keyframes.epochs) <= 16
    assert keyframes.epochs[0] == 0
    assert epochs - keyframes.epochs[-1] < keyframes.stride  # the whole run is covered
    assert keyframes.next_epoch > epochs
    np.testing.assert_array_equal(np.diff(keyframes.epochs), keyframes.stride)
    np.testing.assert_array_equal(keyframes.rows, keyframes.epochs[:, None] * [1, 2, -1])


def test_asking_only_at_the_epochs_that_are_due_is_enough() -> None:
    every, due = Keyframes(1, capacity=16), Keyframes(1, capacity=16)
    for epoch in range(1001):
        every.record(epoch, np.array([epoch]))
    while due.next_epoch <= 1000:
        due.record(due.next_epoch, np.array([due.next_epoch]))
    np.testing.assert_array_equal(due.rows, every.rows)
    assert due.stride == every.stride


def test_large_networks_get_fewer_keyframes() -> None:
    keyframes = Keyframes(1000, capacity=512, max_bytes=800_000)
    for epoch in range(600):
        keyframes.record(epoch, np.zeros(1000))
    assert keyframes.rows.nbytes <= 800_000


def test_keyframes_can_be_taken_up_again() -> None:
    whole, part = Keyframes(1, capacity=16), Keyframes(1, capacity=16)
    for epoch in range(300):
        whole.record(epoch, np.array([epoch]))
        if epoch < 101:
            part.record(epoch, np.array([epoch]))
    resumed = Keyframes.from_rows(part.rows, part.stride, capacity=16)
    for epoch in range(101, 300):
        resumed.record(epoch, np.array([epoch]))
    np.testing.assert_array_equal(resumed.rows, whole.rows)
    np.testing.assert_array_equal(resumed.epochs, whole.epochs)
