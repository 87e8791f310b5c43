"""Worker processes: the same results, whatever becomes of them."""

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from in_process import InProcess

from nnstudio.engine.spec import ExperimentSpec
from nnstudio.lab.axes import Axis
from nnstudio.lab.results import Glimpse, Part, Results
from nnstudio.lab.running import SweepRun
from nnstudio.lab.store import SweepStore
from nnstudio.lab.sweep import Sweep
from nnstudio.lab.workers import LocalWorkers, Workers

BASE = ExperimentSpec().with_settings({"training.epochs": 3000, "training.learning_rate": 1.0})
SWEEP = Sweep.grid(BASE, [Axis.parse("network.hidden=2,3,4", BASE)], range(60))


@pytest.fixture(scope="module")
def expected() -> Results:
    return trained(InProcess())


@pytest.fixture(scope="module")
def workers() -> Iterator[LocalWorkers]:
    with LocalWorkers(2) as pair:
        yield pair


def trained(workers: Workers) -> Results:
    results = Results(SWEEP)
    assert SweepRun(SWEEP, workers).run(lambda news: results.take(news) if isinstance(news, Part) else None)
    return results


def assert_equal(results: Results, expected: Results) -> None:
    assert results.done.all()
    for name in ("final_loss", "verdict", "epochs_to_learn", "epochs", "stopped"):
        assert (getattr(results, name) == getattr(expected, name)).all(), name
    assert (results.curves == expected.curves).all()
    named, wanted = ([(group.label, group.runs.tolist()) for group in each.groups()] for each in (results, expected))
    assert named == wanted


def test_processes_bring_the_same_as_this_one(workers: LocalWorkers, expected: Results) -> None:
    assert_equal(trained(workers), expected)


def test_one_process_brings_the_same_as_two(expected: Results) -> None:
    with LocalWorkers(1) as single:
        assert_equal(trained(single), expected)


def test_known_shares_of_seeds_learn(workers: LocalWorkers) -> None:
    # Of the first hundred seeds; of a thousand it is 714 and 962.
    base = ExperimentSpec()
    sweep = Sweep.grid(base, [Axis.parse("network.hidden=2,3,5", base)], range(100))
    results = Results(sweep)
    SweepRun(sweep, workers).run(lambda news: results.take(news) if isinstance(news, Part) else None)
    assert [results.summary(cell).learned for cell in range(3)] == [73, 99, 100]
    assert results.groups(0)[1].label == "stuck: two patterns at 0.50"


def test_a_worker_that_is_killed_is_replaced_and_nothing_is_lost(expected: Results) -> None:
    results, killed = Results(SWEEP), []

    def take(news: Part | Glimpse) -> None:
        if isinstance(news, Part):
            results.take(news)
        if not killed:
            killed.append(multiprocessing.active_children()[0].pid)
            os.kill(killed[0], signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)

    with LocalWorkers(2) as pair:
        assert SweepRun(SWEEP, pair).run(take)
    assert killed
    assert_equal(results, expected)


def test_a_sweep_can_wait_and_go_on_and_end(workers: LocalWorkers, expected: Results) -> None:
    long = Sweep.grid(BASE.with_settings({"training.epochs": 10**9}), (), range(20))
    run, heard = SweepRun(long, workers), []

    def take(news: Part | Glimpse) -> None:
        heard.append(news)
        if len(heard) == 1:
            run.pause()
            threading.Timer(0.3, run.resume).start()
        if len(heard) == 4:
            run.cancel()

    assert not run.run(take)
    assert all(isinstance(news, Glimpse) for news in heard)
    assert 0 < run.progress < 1
    # The workers serve the next sweep, and nothing is left of the last.
    assert_equal(trained(workers), expected)


def test_workers_know_neither_qt_nor_the_window(workers: LocalWorkers) -> None:
    trained(workers)
    pool: ProcessPoolExecutor = workers._pool
    names = pool.submit(_imported).result()
    assert "nnstudio.engine.population" in names
    assert not {name for name in names if name.startswith(("PySide6", "pyqtgraph", "nnstudio.ui", "nnstudio.app"))}


def _imported() -> list[str]:
    return list(sys.modules)


@pytest.mark.skipif(not hasattr(os, "getpriority"), reason="no such priorities here")
def test_workers_give_way_to_others(workers: LocalWorkers) -> None:
    trained(workers)
    assert workers._pool.submit(os.nice, 0).result() == min(19, os.getpriority(os.PRIO_PROCESS, 0) + 10)


_PROGRAM = """
import sys
from pathlib import Path
from nnstudio.lab.results import Part
from nnstudio.lab.running import SweepRun
from nnstudio.lab.store import SweepStore
from nnstudio.lab.workers import LocalWorkers

def take(news):
    if isinstance(news, Part):
        store.add(news)
        print("kept", flush=True)
        sys.stdin.read()  # until the program is killed

if __name__ == "__main__":
    store = SweepStore.open(Path(sys.argv[1]))
    SweepRun(store.sweep, LocalWorkers(2)).run(take)
"""


def test_a_program_that_is_killed_leaves_no_workers_and_its_sweep_goes_on(tmp_path: Path, expected: Results) -> None:
    SweepStore.create(tmp_path / "sweep", SWEEP)
    script = tmp_path / "program.py"
    script.write_text(_PROGRAM)
    with subprocess.Popen(
        [sys.executable, str(script), str(tmp_path / "sweep")], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as program:
        assert program.stdout is not None
        assert program.stdout.readline().strip() == b"kept"
        program.kill()
        # The workers write to the same place: it comes to its end when the last of them has ended.
        program.communicate(timeout=60)
    store = SweepStore.open(tmp_path / "sweep")
    results = store.load()
    assert 0 < results.count_done < SWEEP.runs

    def take(news: Part | Glimpse) -> None:
        if isinstance(news, Part):
            store.add(news)

    assert SweepRun(SWEEP, InProcess(), runs=results.pending()).run(take)
    assert_equal(store.load(), expected)
