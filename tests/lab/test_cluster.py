"""Sweeps on a real Dask scheduler with two worker processes, of which one is killed on the way."""

import json
import logging
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from in_process import InProcess

from nnstudio.engine import ExperimentSpec
from nnstudio.lab import cluster
from nnstudio.lab.axes import Axis
from nnstudio.lab.cluster import ClusterWorkers
from nnstudio.lab.results import Glimpse, Part, Results
from nnstudio.lab.running import SweepError, SweepRun
from nnstudio.lab.sweep import Sweep

pytest.importorskip("distributed")


class Machines:
    """A scheduler and its workers, each a process of this computer.

    `deaths` is how many workers a task may cost before the scheduler no longer gives it to others.
    """

    def __init__(self, folder: Path, *, deaths: int, **environment: str) -> None:
        self._folder = folder
        self.processes: list[subprocess.Popen[bytes]] = []
        scheduler_file = folder / "scheduler.json"
        self.scheduler = self._start(
            *("scheduler", "--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(scheduler_file)),
            DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES=str(deaths),
            **environment,
        )
        self.address = ""
        while not self.address:
            assert self.scheduler.poll() is None
            try:
                self.address = json.loads(scheduler_file.read_text())["address"]
            except (OSError, ValueError):
                time.sleep(0.02)

    def worker(self, **environment: str) -> "subprocess.Popen[bytes]":
        options = ("--nthreads", "1", "--no-nanny", "--local-directory", str(self._folder))
        return self._start("worker", self.address, *options, **environment)

    def _start(self, part: str, *arguments: str, **environment: str) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", f"distributed.cli.dask_{part}", "--no-dashboard", *arguments]
        paths = os.pathsep.join([str(Path(__file__).parents[2]), *sys.path])
        process = subprocess.Popen(
            command,
            env={**os.environ, "PYTHONPATH": paths, **environment},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.processes.append(process)
        return process

    def wait_for(self, workers: ClusterWorkers, count: int) -> None:
        """Wait until so many workers are known."""
        workers._client.wait_for_workers(count, timeout=20)
        workers.begin()
        assert workers.count == count

    def end(self) -> None:
        for process in self.processes:
            process.kill()
            process.wait()


@pytest.fixture
def machines(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Machines]:
    started = Machines(tmp_path, deaths=getattr(request, "param", 3))
    yield started
    started.end()


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Leave other tests the logging that they had."""
    levels = {name: logging.getLogger(name).level for name in ("distributed", "distributed.client")}
    yield
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


def sweep(epochs: int, *hidden: str) -> Sweep:
    base = ExperimentSpec().with_settings({"training.epochs": epochs, "training.learning_rate": 2})
    return Sweep.grid(base, [Axis.listed("network.hidden", hidden, base)], range(40))


def python_without_nnstudio(folder: Path) -> str:
    """Return a PYTHONPATH with which nnstudio is not found."""
    (folder / "sitecustomize.py").write_text(
        "import sys\nclass Refuse:\n    def find_spec(self, name, *_):\n"
        "        if name.partition('.')[0] == 'nnstudio': raise ModuleNotFoundError(name=name)\n"
        "sys.meta_path.insert(0, Refuse())\n"
    )
    return str(folder)


class Taking:
    """Puts what comes of a sweep among results, and does something when the first has come."""

    def __init__(self, whole: Sweep, then: Any = lambda: None) -> None:
        self.results, self.parts = Results(whole), 0
        self._then = then

    def __call__(self, news: Part | Glimpse) -> None:
        assert isinstance(news, Part)
        self.results.take(news)
        self.parts += 1
        if self.parts == 1:
            self._then()


# Whether the scheduler gives the tasks of the dead to others, or leaves that to us.
@pytest.mark.parametrize("machines", [3, 0], indirect=True)
def test_a_sweep_outlives_a_worker_and_is_that_of_one_computer(
    machines: Machines, capfd: pytest.CaptureFixture[str]
) -> None:
    doomed, _ = machines.worker(), machines.worker()
    whole = sweep(2000, "1", "2", "3", "4,2", "5,2", "6", "7", "8")
    with ClusterWorkers(machines.address, timeout=20) as workers:
        machines.wait_for(workers, 2)
        run = SweepRun(whole, workers)
        assert len(run._tasks) >= 8
        far = Taking(whole, doomed.kill)
        assert run.run(far)
        assert far.results.count_done == whole.runs and far.parts == len(run._tasks)

        # One computer, the same tasks.
        alone = InProcess()
        alone.count = 2
        near = Results(whole)
        SweepRun(whole, alone).run(lambda news: near.take(news) if isinstance(news, Part) else None)
        for name in ("final_loss", "epochs_to_learn", "epochs", "stopped", "verdict", "curves"):
            np.testing.assert_array_equal(getattr(far.results, name), getattr(near, name), err_msg=name)
    assert capfd.readouterr() == ("", "")


def test_a_sweep_that_is_cancelled_leaves_its_workers_free(
    machines: Machines, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    machines.worker()
    with ClusterWorkers(machines.address, timeout=20) as workers:
        endless, short = SweepRun(sweep(10**9, "2", "3"), workers), sweep(10, "2")

        def cancel_what_trains() -> list[Glimpse]:
            if workers._client.call_stack():
                endless.cancel()
            return []

        monkeypatch.setattr(workers, "glimpses", cancel_what_trains)
        assert not endless.run(Taking(endless.sweep))
        monkeypatch.undo()
        assert SweepRun(short, workers).run(Taking(short))
    assert capfd.readouterr() == ("", "")


def test_a_scheduler_that_goes_away_is_noticed(machines: Machines, capfd: pytest.CaptureFixture[str]) -> None:
    machines.worker()
    whole = sweep(3000, "1", "2", "3", "4,2", "5,2", "6")
    with ClusterWorkers(machines.address, timeout=20) as workers:
        workers._timeout = workers._client._timeout = 0.3
        taking = Taking(whole, machines.scheduler.kill)
        with pytest.raises(SweepError, match=f"The scheduler at {machines.address} no longer answers"):
            SweepRun(whole, workers).run(taking)
        assert 0 < taking.results.count_done < whole.runs
    assert capfd.readouterr() == ("", "")


def test_workers_that_cannot_train_are_named(
    machines: Machines, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SweepError, match=f"has no workers: start some, as with dask worker {machines.address}"):
        ClusterWorkers(machines.address, timeout=0.2)

    without = machines.worker(PYTHONPATH=python_without_nnstudio(tmp_path))
    with pytest.raises(SweepError, match=r"The worker at tcp://\S+ has no nnstudio: install nnstudio \d"):
        ClusterWorkers(machines.address, timeout=20)
    without.kill()
    without.wait()

    worker = machines.worker()
    with monkeypatch.context() as patch:
        patch.setattr(cluster, "__version__", "99.1")
        with pytest.raises(SweepError, match=r"has nnstudio \S+, and this computer 99.1: install the same"):
            ClusterWorkers(machines.address, timeout=20)

    monkeypatch.setattr(cluster, "_COUNT_SECONDS", 0.0)
    monkeypatch.setattr(cluster, "_NO_WORKERS_SECONDS", 0.1)
    whole = sweep(3000, "1", "2", "3", "4,2", "5,2", "6")
    with ClusterWorkers(machines.address, timeout=20) as workers:
        taking = Taking(whole, worker.kill)
        with pytest.raises(SweepError, match=f"All workers of the scheduler at {machines.address} have gone"):
            SweepRun(whole, workers).run(taking)
    assert capfd.readouterr() == ("", "")


def test_a_scheduler_without_nnstudio_is_told_what_it_lacks(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    machines = Machines(tmp_path, deaths=3, PYTHONPATH=python_without_nnstudio(tmp_path))
    try:
        machines.worker()
        with ClusterWorkers(machines.address, timeout=20) as workers:
            run = SweepRun(sweep(10, "2"), workers)
            with pytest.raises(SweepError, match=r"The scheduler at \S+ cannot read .* install nnstudio \d"):
                run.run(Taking(sweep(10, "2")))
    finally:
        machines.end()
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "127.0.0.1", "nowhere://x:1", ""])
def test_an_address_where_no_scheduler_is(address: str, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SweepError, match=r"expected the address that dask scheduler prints, such as tcp://"):
        ClusterWorkers(address, timeout=0.2)
    assert capfd.readouterr() == ("", "")


def test_without_dask_it_is_said_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(SweepError, match=r'expected pip install "nnstudio\[cluster\]"'):
        ClusterWorkers("tcp://127.0.0.1:8786")


def test_a_package_without_dask_asks_for_nothing_that_cannot_be_done_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    with pytest.raises(SweepError) as raised:
        ClusterWorkers("tcp://127.0.0.1:8786")
    words = str(raised.value)
    assert "not in this package: train on this computer" in words
    assert '.whl[cluster]"' in words
