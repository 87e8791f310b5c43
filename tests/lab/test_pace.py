"""How long a sweep will take."""

import pytest

from nnstudio.engine.spec import ExperimentSpec
from nnstudio.lab.axes import Axis
from nnstudio.lab.blocks import Task, tasks_of
from nnstudio.lab.pace import Pace, estimate
from nnstudio.lab.sweep import Sweep

BASE = ExperimentSpec().with_settings({"training.epochs": 200, "training.learning_rate": 2.0})


def tasks() -> list[Task]:
    """Return two tasks that take equally long."""
    sweep = Sweep.grid(BASE, [Axis.parse("training.loss=mse,mae", BASE)], range(10))
    return tasks_of(sweep, range(20), workers=2)


def test_the_time_left_follows_from_the_time_taken() -> None:
    first, second = tasks()
    pace = Pace(first.work + second.work)
    assert (pace.progress, pace.seconds_left) == (0, None)
    # The workers take their time to start, which says nothing about what comes.
    pace.tick(100.0)
    pace.reach(first, 20)
    pace.tick(200.0)
    pace.reach(first, 60)
    pace.tick(204.0)
    assert pace.progress == pytest.approx(60 / 400)
    assert pace.seconds_left == pytest.approx(34)
    pace.reach(first, 200)
    pace.reach(second, 200)
    assert (pace.progress, pace.seconds_left) == (1, 0)


def test_waiting_does_not_count() -> None:
    first, second = tasks()
    pace = Pace(first.work + second.work)
    pace.reach(first, 20)
    pace.tick(0.0)
    pace.tick(1000.0, held=True)
    pace.reach(first, 60)
    pace.tick(1004.0)
    assert pace.seconds_left == pytest.approx(34)


def test_the_latest_seconds_count_most() -> None:
    first, second = tasks()
    pace = Pace(first.work + second.work)
    for second_number in range(101):
        pace.reach(first, second_number + 1)
        pace.tick(float(second_number))
    for second_number in range(101, 111):
        pace.reach(first, 101 + 4 * (second_number - 100))
        pace.tick(float(second_number))
    # 259 epochs are left: at one a second so many seconds, at four a quarter of that.
    assert pace.seconds_left is not None and 259 / 4 < pace.seconds_left < 200


def test_a_task_that_is_trained_again_does_not_go_back() -> None:
    first, second = tasks()
    pace = Pace(first.work + second.work)
    pace.reach(first, 150)
    pace.reach(first, 10)
    assert pace.progress == pytest.approx(150 / 400)


def sweep_of(epochs: int) -> Sweep:
    return Sweep.grid(BASE.with_settings({"training.epochs": epochs}), (), range(2000))


def test_an_estimate_grows_with_the_work() -> None:
    assert 0 < estimate(sweep_of(200), 1) < estimate(sweep_of(10**8), 1)


def test_an_estimate_shrinks_with_the_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    # Of what was measured, that another time comes out otherwise.
    monkeypatch.setattr("nnstudio.lab.pace._measured", lambda task, seconds: 1.0)
    assert estimate(sweep_of(10**8), 2) < 0.8 * estimate(sweep_of(10**8), 1)
