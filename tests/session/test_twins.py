"""Two runs side by side: at the same epoch whenever they are seen, with one pause, step, rewind and speed."""

from __future__ import annotations

import itertools
import math
import threading
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from nnstudio.engine import ExperimentSpec, Trainer
from nnstudio.session.run import Run
from nnstudio.session.twins import Twins

TUTORIAL = ExperimentSpec().with_settings({"training.epochs": 2000})
THREE = TUTORIAL.with_settings({"network.hidden": 3})
LONG = {"training.epochs": 10**9}
MakeTwins = Callable[[ExperimentSpec, ExperimentSpec], Twins]


@pytest.fixture
def make_twins(qtbot: QtBot) -> Iterator[MakeTwins]:
    made: list[Twins] = []

    def make(left: ExperimentSpec, right: ExperimentSpec) -> Twins:
        twins = Twins((left, right))
        made.append(twins)
        return twins

    yield make
    assert all(twins.close() for twins in made)


def seen_epochs(twins: Twins) -> list[tuple[int, int]]:
    epochs: list[tuple[int, int]] = []
    twins.frame_ready.connect(lambda runs: epochs.append((runs[0].frame.epoch, runs[1].frame.epoch)))
    return epochs


def check(run: Run) -> None:
    """Compare a run with the same experiment trained alone."""
    trainer = Trainer(run.spec)
    losses = trainer.train(run.frame.epoch).training
    assert np.array_equal(run.frame.parameters, trainer.network.parameters)
    assert run.losses.epochs == run.frame.epoch
    assert np.array_equal(run.losses.outline().first, losses)


@pytest.mark.parametrize("speed", [math.inf, 20_000.0])
def test_both_are_at_the_same_epoch_whenever_they_are_seen(qtbot: QtBot, make_twins: MakeTwins, speed: float) -> None:
    twins = make_twins(TUTORIAL, THREE.with_settings({"training.batch_size": 1}))
    epochs = seen_epochs(twins)
    twins.set_speed(speed)
    twins.toggle_training()
    qtbot.waitUntil(lambda: twins.has_ended, timeout=20_000)
    assert len(epochs) > 3
    assert all(left == right for left, right in epochs)
    assert epochs[-1] == (2000, 2000)
    assert not twins.running
    for run in twins.runs:
        check(run)


def test_what_is_seen_stays_as_it_is_while_the_next_leg_trains(qtbot: QtBot, make_twins: MakeTwins) -> None:
    twins = make_twins(TUTORIAL.with_settings(LONG), THREE.with_settings(LONG))
    wrong: list[object] = []

    def look() -> None:
        if twins.runs is not None:
            left, right = twins.runs
            if not left.frame.epoch == right.frame.epoch == left.losses.epochs == right.losses.epochs:
                wrong.append((left.frame.epoch, right.frame.epoch, left.losses.epochs, right.losses.epochs))

    for side in twins._sides:
        side.controller.frame_ready.connect(look)
    twins.toggle_training()
    qtbot.waitUntil(lambda: twins.epoch > 3000, timeout=20_000)
    assert wrong == []


def test_one_that_ends_early_waits_for_the_others_end(qtbot: QtBot, make_twins: MakeTwins) -> None:
    twins = make_twins(TUTORIAL.with_settings({"training.epochs": 300}), THREE)
    epochs = seen_epochs(twins)
    twins.toggle_training()
    qtbot.waitUntil(lambda: twins.has_ended, timeout=20_000)
    assert epochs[-1] == (300, 2000)
    assert all(left == min(right, 300) for left, right in epochs)
    for run in twins.runs:
        check(run)


def test_pause_step_and_go_on(qtbot: QtBot, make_twins: MakeTwins) -> None:
    twins = make_twins(TUTORIAL.with_settings(LONG), THREE.with_settings(LONG))
    said: list[bool] = []
    twins.running_changed.connect(said.append)
    twins.toggle_training()
    qtbot.waitUntil(lambda: twins.epoch > 100)
    twins.toggle_training()
    qtbot.waitUntil(lambda: not any(run.frame.training for run in twins.runs))
    assert said == [True, False]
    paused = twins.epoch
    with qtbot.waitSignal(twins.frame_ready):
        twins.step()
    assert [run.frame.epoch for run in twins.runs] == [paused + 1] * 2
    twins.toggle_training()
    qtbot.waitUntil(lambda: twins.epoch > paused + 100)


def test_a_step_in_mid_training_pauses_one_epoch_on(qtbot: QtBot, make_twins: MakeTwins) -> None:
    twins = make_twins(TUTORIAL.with_settings(LONG), THREE.with_settings(LONG))
    epochs = seen_epochs(twins)
    twins.toggle_training()
    qtbot.waitUntil(lambda: twins.epoch > 100)
    count = len(epochs)
    twins.step()
    qtbot.waitUntil(lambda: len(epochs) == count + 2)
    assert epochs[-1][0] == epochs[-2][0] + 1
    assert not twins.running


def test_a_step_before_they_have_begun(qtbot: QtBot, make_twins: MakeTwins) -> None:
    twins = make_twins(TUTORIAL, THREE)
    twins.step()
    qtbot.waitUntil(lambda: twins.epoch == 1)
    assert not twins.running


def test_rewind_goes_back_to_the_same_weights(qtbot: QtBot, make_twins: MakeTwins) -> None:
    twins = make_twins(TUTORIAL.with_settings(LONG), THREE.with_settings(LONG))
    with qtbot.waitSignal(twins.started) as first:
        pass
    begun = [run.frame.parameters for run in first.args[0]]
    twins.toggle_training()
    qtbot.waitUntil(lambda: twins.epoch > 100)
    with qtbot.waitSignal(twins.started) as again:
        twins.rewind()
        twins.rewind()
    assert not twins.running
    for run, parameters in zip(again.args[0], begun, strict=True):
        assert run.frame.epoch == run.losses.epochs == 0
        assert np.array_equal(run.frame.parameters, parameters)
    twins.step()
    qtbot.waitUntil(lambda: twins.epoch == 1)


def test_no_pace_is_told_of_single_steps(qtbot: QtBot, make_twins: MakeTwins, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nnstudio.session.twins.RATE_SECONDS", 0.0)
    twins = make_twins(TUTORIAL, THREE)
    twins.toggle_training()
    qtbot.waitUntil(lambda: twins.has_ended, timeout=20_000)
    twins.rewind()
    qtbot.waitUntil(lambda: twins.epoch == 0)
    twins.step()
    qtbot.waitUntil(lambda: twins.epoch == 1)
    assert twins.runs is not None
    assert all(math.isnan(run.frame.epochs_per_second) for run in twins.runs)


def test_speed_holds_both_back(qtbot: QtBot, make_twins: MakeTwins) -> None:
    twins = make_twins(TUTORIAL.with_settings(LONG), THREE.with_settings(LONG))
    epochs = seen_epochs(twins)
    twins.set_speed(50.0)
    twins.toggle_training()
    qtbot.waitUntil(lambda: len(epochs) >= 8)
    # At fifty epochs a second every epoch is seen, or nearly.
    assert max(b[0] - a[0] for a, b in itertools.pairwise(epochs)) <= 5
    twins.set_speed(math.inf)
    qtbot.waitUntil(lambda: twins.epoch > 1000)


def test_a_diverging_run_is_seen_to_the_end(qtbot: QtBot, make_twins: MakeTwins) -> None:
    hot = TUTORIAL.with_settings(
        {"network.output_activation": "linear", "network.activation": "relu", "training.learning_rate": 40}
    )
    twins = make_twins(hot, TUTORIAL)
    twins.toggle_training()
    qtbot.waitUntil(lambda: twins.has_ended, timeout=20_000)
    assert [run.frame.stopped for run in twins.runs] == ["diverged", "epochs"]
    assert twins.runs[0].outcome().kind == "diverged"


def test_an_error_in_one_pauses_both(qtbot: QtBot, make_twins: MakeTwins, monkeypatch: pytest.MonkeyPatch) -> None:
    advance = Trainer.advance

    def fall(trainer: Trainer, batches: int) -> object:
        if threading.current_thread() is not threading.main_thread() and trainer.epoch > 50:
            monkeypatch.setattr(Trainer, "advance", advance)
            raise RuntimeError("the worker fell")
        return advance(trainer, batches)

    twins = make_twins(TUTORIAL.with_settings(LONG), THREE.with_settings(LONG))
    monkeypatch.setattr(Trainer, "advance", fall)
    with qtbot.captureExceptions() as caught:
        twins.toggle_training()
        qtbot.waitUntil(lambda: not twins.running)
    assert "the worker fell" in str(caught[0][1])


def test_closing_while_training_ends_both_threads(qtbot: QtBot) -> None:
    twins = Twins((TUTORIAL.with_settings(LONG), THREE.with_settings(LONG)))
    twins.toggle_training()
    qtbot.waitUntil(lambda: twins.epoch > 10)
    assert twins.close()


def test_a_step_at_once_after_a_rewind_is_the_first(qtbot: QtBot, make_twins: MakeTwins) -> None:
    twins = make_twins(TUTORIAL, THREE)
    twins.toggle_training()
    qtbot.waitUntil(lambda: twins.epoch > 10)
    twins.rewind()
    twins.step()
    qtbot.waitUntil(lambda: twins.epoch == 1)
    twins.toggle_training()
    qtbot.waitUntil(lambda: twins.has_ended, timeout=20_000)
