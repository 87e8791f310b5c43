"""Running a sweep: what is taken, what becomes of workers that die, and how long it takes."""

import sys
import threading
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Future
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from in_process import InProcess

from nnstudio.engine.spec import ExperimentSpec
from nnstudio.lab.axes import Axis
from nnstudio.lab.blocks import Task, train_task
from nnstudio.lab.results import Glimpse, Part, Results
from nnstudio.lab.running import ATTEMPTS, SweepError, SweepRun
from nnstudio.lab.sweep import Sweep

BASE = ExperimentSpec().with_settings({"training.epochs": 200, "training.learning_rate": 2.0})


def grid(*axes: str, seeds: int = 6) -> Sweep:
    return Sweep.grid(BASE, [Axis.parse(axis, BASE) for axis in axes], range(seeds))


def taking(results: Results) -> Callable[[Part | Glimpse], None]:
    return lambda news: results.take(news) if isinstance(news, Part) else results.take_glimpse(news)


class Unlucky(InProcess):
    """Workers of which some tasks get no result, as if a process had been killed."""

    def __init__(self, deaths: int) -> None:
        super().__init__()
        self.deaths = deaths
        self.renewed = 0

    def submit(self, task: Task) -> Future[Part | None]:
        if self.deaths:
            self.deaths -= 1
            future: Future[Part | None] = Future()
            future.set_exception(BrokenExecutor("a process ended"))
            return future
        return super().submit(task)

    def renew(self) -> None:
        self.renewed += 1


class Failing(InProcess):
    """Workers in which the networks with 3 hidden neurons fail."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    def submit(self, task: Task) -> Future[Part | None]:
        if task.specs[0].network.hidden[0].size != 3:
            return super().submit(task)
        future: Future[Part | None] = Future()
        future.set_exception(self.error)
        return future


def test_all_runs_are_trained_and_taken() -> None:
    results = Results(grid("network.hidden=2,3"))
    run = SweepRun(results.sweep, InProcess())
    assert run.progress == 0 and run.seconds_left is None
    assert run.run(taking(results))
    assert results.done.all()
    assert (run.progress, run.seconds_left) == (1, 0)


def test_some_runs_can_be_left_out() -> None:
    results = Results(grid("network.hidden=2,3"))
    SweepRun(results.sweep, InProcess(), runs=np.array([1, 7, 8])).run(taking(results))
    assert np.flatnonzero(results.done).tolist() == [1, 7, 8]
    assert SweepRun(results.sweep, InProcess(), runs=np.array([], np.int64)).run(taking(results))


def test_epochs_can_be_capped() -> None:
    results = Results(grid())
    SweepRun(results.sweep, InProcess(), epochs=50).run(taking(results))
    assert (results.epochs == 50).all()


def test_tasks_whose_worker_died_are_trained_again() -> None:
    expected, results = Results(grid("network.hidden=2,3,4")), Results(grid("network.hidden=2,3,4"))
    SweepRun(expected.sweep, InProcess()).run(taking(expected))
    workers = Unlucky(deaths=ATTEMPTS - 1)
    assert SweepRun(results.sweep, workers).run(taking(results))
    assert workers.renewed > 0
    assert (results.final_loss == expected.final_loss).all()


def test_a_task_whose_workers_keep_dying_is_named() -> None:
    results = Results(grid("network.hidden=2"))
    with pytest.raises(
        SweepError, match=r"6 runs with network\.hidden=2 could not be trained: the process ended 3 times"
    ) as caught:
        SweepRun(results.sweep, Unlucky(deaths=100)).run(taking(results))
    assert "not enough memory" in str(caught.value)


def test_a_failing_task_is_named_and_what_was_done_is_kept() -> None:
    results = Results(grid("network.hidden=4,3"))
    with pytest.raises(SweepError, match=r"6 runs with network\.hidden=3 could not be trained: ZeroDivisionError: oh"):
        SweepRun(results.sweep, Failing(ZeroDivisionError("oh"))).run(taking(results))
    assert results.summary(0).done == 6
    with pytest.raises(SweepError, match="not enough memory"):
        SweepRun(results.sweep, Failing(MemoryError())).run(taking(results))


def test_a_cancelled_run_keeps_what_is_done() -> None:
    results = Results(grid("network.hidden=2,3,4"))
    run = SweepRun(results.sweep, InProcess())

    def take(news: Part | Glimpse) -> None:
        taking(results)(news)
        run.cancel()

    assert not run.run(take)
    assert 0 < results.count_done < results.sweep.runs
    rest = SweepRun(results.sweep, InProcess(), runs=results.pending())
    assert rest.run(taking(results))
    assert results.done.all()


def test_a_paused_run_hands_out_no_tasks() -> None:
    class Watched(InProcess):
        def submit(self, task: Task) -> Future[Part | None]:
            assert not run.paused
            return super().submit(task)

    results = Results(grid("network.hidden=2,3"))
    run = SweepRun(results.sweep, Watched())
    run.pause()
    threading.Timer(0.2, run.resume).start()
    assert run.run(taking(results))
    assert results.done.all()


def test_a_tasks_error_leaves_the_worker_as_it_was() -> None:
    workers = InProcess()
    broken = Task(0, np.array([0]), np.array([0]), np.array([0]), (), 200)
    assert workers.submit(broken).exception() is not None
    sweep = grid(seeds=1)
    task = Task(0, np.array([0]), np.array([0]), np.array([0]), (sweep.spec(0),), 200)
    part, expected = workers.submit(task).result(), train_task(task)
    assert part is not None and expected is not None
    assert part.final_loss == expected.final_loss
