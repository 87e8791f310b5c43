"""Trains the tasks of sweeps on other machines: on a cluster of Dask that runs already."""

from __future__ import annotations

import logging
import pkgutil
import sys
import time
import warnings
from concurrent.futures import BrokenExecutor, Future
from typing import Any, Self

import numpy as np
import threadpoolctl

from nnstudio import __version__
from nnstudio.lab.blocks import Task, train_task
from nnstudio.lab.results import Glimpse, Part
from nnstudio.lab.running import SweepError

# How long a scheduler may take to answer, how often its workers are counted, and how long there may be none.
_ANSWER_SECONDS, _COUNT_SECONDS, _NO_WORKERS_SECONDS = 5.0, 2.0, 60.0
_TICK = 0.05
# What Dask says where a scheduler lacks a package that tasks are made of.
_UNREADABLE = "deserialization of the task graph"


class ClusterWorkers:
    """The workers of a Dask scheduler, with the interface of `nnstudio.lab.workers.Workers`.

    The scheduler gives a worker's tasks to others when it is lost. A task that is under way goes on while the sweep is
    held; nothing is heard of it until it has ended.

    Parameters
    ----------
    address : str
        The scheduler's, such as ``tcp://192.168.1.5:8786``.
    timeout : float
        Seconds that it may take to answer.

    Raises
    ------
    SweepError
        If there is no such scheduler, it has no workers, or they do not have the same nnstudio.
    """

    def __init__(self, address: str, *, timeout: float = _ANSWER_SECONDS) -> None:
        self.address = address
        self._timeout = timeout
        # Dask's clients and futures are not typed.
        self._client: Any = _connect(address, timeout)
        self._futures: dict[Any, Future[Part | None]] = {}
        self._counted = self._seen = 0.0
        self.count = 0
        try:
            self._wait_for_workers()
            self._refuse_other_versions()
        except BaseException:
            self.close()
            raise

    def _wait_for_workers(self) -> None:
        end = time.monotonic() + self._timeout
        while not self._count():
            if time.monotonic() > end:
                raise SweepError(
                    f"The scheduler at {self.address} has no workers: start some, as with "
                    f"dask worker {self.address} --nthreads 1"
                )
            time.sleep(_TICK)

    def _count(self) -> int:
        """Count the workers' threads: each trains one task at a time."""
        self._counted = time.monotonic()
        threads = int(sum(self._client.nthreads().values()))
        if threads:
            self.count, self._seen = threads, self._counted
        return threads

    def _refuse_other_versions(self) -> None:
        # Not a function of nnstudio's own: a worker without nnstudio could not read it.
        own = {"nnstudio": __version__, "numpy": np.__version__}
        for package, here in own.items():
            found = self._client.run(pkgutil.resolve_name, f"{package}:__version__", on_error="return")
            for worker, there in found.items():
                if isinstance(there, ModuleNotFoundError):
                    raise _without_nnstudio(f"The worker at {worker} has")
                if isinstance(there, str) and _release(there) != _release(here):
                    raise SweepError(
                        f"The worker at {worker} has {package} {there}, and this computer {here}: install the same "
                        "version on all machines, so that results do not depend on where they come from"
                    )

    def begin(self) -> None:
        self._count()

    def submit(self, task: Task) -> Future[Part | None]:
        future: Future[Part | None] = Future()
        if self._client.status != "running":
            raise BrokenExecutor
        remote = self._client.submit(_train, task, pure=False)
        self._futures[remote] = future
        remote.add_done_callback(self._pass_on)
        return future

    def _pass_on(self, remote: Any) -> None:
        """Hand what has become of a task to whoever waits for it; called in a thread of Dask's."""
        future = self._futures.pop(remote, None)
        if future is None or not future.set_running_or_notify_cancel():
            return
        try:
            part = remote.result() if remote.status == "finished" else None
            error = remote.exception() if remote.status == "error" else None
        except Exception as lost:  # the scheduler went away between two words
            part, error = None, lost
        if part is not None:
            future.set_result(part)
        elif isinstance(error, ModuleNotFoundError) and (error.name or "").startswith("nnstudio"):
            future.set_exception(_without_nnstudio("A worker has"))
        elif error is not None and _UNREADABLE in str(error):
            future.set_exception(
                SweepError(
                    f"The scheduler at {self.address} cannot read what is to be trained: install nnstudio "
                    f"{__version__} on its machine too, with the same Python and Dask as here"
                )
            )
        elif error is None or type(error).__module__.startswith("distributed"):
            # Nobody here has cancelled it: the scheduler has gone, or the task has outlived several workers.
            future.set_exception(BrokenExecutor())
        else:
            future.set_exception(error)

    def glimpses(self) -> list[Glimpse]:
        """Return nothing, and see to it that there still are workers.

        Raises
        ------
        SweepError
            If there have been none for a minute.
        """
        if time.monotonic() - self._counted > _COUNT_SECONDS and self._client.status == "running":
            self._count()
            if self._counted - self._seen > _NO_WORKERS_SECONDS:
                raise SweepError(f"All workers of the scheduler at {self.address} have gone.")
        return []

    def hold(self, held: bool) -> None:
        """Do nothing: tasks that have been sent are trained."""

    def cancel(self) -> None:
        futures, self._futures = self._futures, {}
        for future in futures.values():
            future.cancel()
        if self._client.status == "running":
            self._client.cancel(list(futures))

    def renew(self) -> None:
        """Wait for the scheduler to answer again.

        Raises
        ------
        SweepError
            If it does not.
        """
        self.cancel()
        end = time.monotonic() + self._timeout
        while self._client.status != "running":
            if time.monotonic() > end or self._client.status == "closed":
                raise SweepError(f"The scheduler at {self.address} no longer answers.")
            time.sleep(_TICK)

    def close(self) -> None:
        self.cancel()
        self._client.close(timeout=self._timeout)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _connect(address: str, timeout: float) -> Any:
    try:
        import dask
        import distributed
        from distributed.versions import VersionMismatchWarning
    except ImportError as error:
        raise SweepError(f"Sweeps on other machines need Dask, which {how_to_have_dask()}") from error
    # What matters of what Dask would print is said by exceptions here.
    for name in ("distributed", "distributed.client"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    # A person's own samples travel with each task.
    dask.config.set({"distributed.admin.large-graph-warning-threshold": "1GB"})
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", VersionMismatchWarning)
            client: Any = distributed.Client
            return client(address, timeout=timeout, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        raise SweepError(
            f"No scheduler answers at {address}: expected the address that dask scheduler prints, such as "
            "tcp://192.168.1.5:8786"
        ) from error


def how_to_have_dask() -> str:
    """Say what a person can do who lacks Dask; a package of the program has none, and can be given none."""
    if getattr(sys, "frozen", False):
        wheel = f"nnstudio-{__version__}-py3-none-any.whl"
        return (
            "is not in this package: train on this computer, or have the program from its wheel instead, with "
            f'pipx install "./{wheel}[cluster]"'
        )
    return 'is not installed: expected pip install "nnstudio[cluster]"'


def _without_nnstudio(who: str) -> SweepError:
    return SweepError(f"{who} no nnstudio: install nnstudio {__version__} on every machine that is to train")


def _release(version: str) -> str:
    """Return what must be the same: of NumPy 2.4.1, which is said to compute as 2.4.0 does, 2.4."""
    return ".".join(version.split(".")[:2])


def _train(task: Task) -> Part | None:
    """Train a task on a worker, until nobody wants it any more."""
    from distributed import get_worker

    threadpoolctl.threadpool_limits(1)
    worker: Any = get_worker()
    key = worker.get_current_task()

    def may_go_on() -> bool:
        state = worker.state.tasks.get(key)
        return state is not None and state.state != "cancelled"

    return train_task(task, may_go_on=may_go_on)
