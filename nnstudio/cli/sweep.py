"""Trains an experiment from many seeds, and variants of it: `nnstudio sweep`."""

from __future__ import annotations

import argparse
import math
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
from threadpoolctl import threadpool_limits

from nnstudio.cli.arguments import UsageError, add_experiment, asked_for, check_writable
from nnstudio.cli.reports import duration
from nnstudio.cli.sweep_file import SweepFile
from nnstudio.cli.sweep_report import SweepPrinter, cells_text
from nnstudio.cli.training import interruption
from nnstudio.engine.run_state import STOPPED
from nnstudio.lab.axes import Axis
from nnstudio.lab.blocks import tasks_of, train_task
from nnstudio.lab.cluster import ClusterWorkers
from nnstudio.lab.driving import Drive
from nnstudio.lab.plan import Plan
from nnstudio.lab.results import Glimpse, Part, Results
from nnstudio.lab.running import SweepError
from nnstudio.lab.search import Hyperband
from nnstudio.lab.sweep import parse_seeds
from nnstudio.lab.workers import LocalWorkers, Workers, usable_processors

DONE, BROKEN_OFF, INTERRUPTED = 0, 1, 130

_SEEDS = "100"
_LOOK_SECONDS = 0.2
_SAME = 1e-6  # how far the losses of one run may be apart

EPILOG = """exit status: 0 complete, whatever came of the runs, 1 broken off, 2 wrong use, 130 interrupted

axes
  --axis network.hidden=1,2,3                       a list
  --axis "network.hidden=4;4,2;8,8"                 a list of values that hold commas
  --axis training.learning_rate=log:0.01:10:9       9 numbers from 0.01 to 10, each the same factor from the last
  --axis training.learning_rate=lin:0.1:1:10        10 numbers at equal distances
  --axis training.optimizer:momentum=0.5,0.9        a parameter of what is chosen: --set training.optimizer=momentum
  Several axes make every combination of their values; each is trained from every seed. nnstudio train --help names
  every setting.

the file of -o
  One row a run: the axes' keys, seed, final_loss, learned, epochs_to_learn, stopped_because (of a search with hyperband
  also epochs, for how many it was trained). It grows while the sweep goes on, and is put in order at the end.

searches
  random      so many combinations (--cells), drawn by chance: of a list one of its values, of a range any number
              between its ends. Another --set seed=N draws others.
  hyperband   the same, but most are trained only for a part of the epochs: a third goes on, for three times as many."""


def add_sweep_options(parser: argparse.ArgumentParser) -> None:
    """Add what `nnstudio sweep` understands."""
    add_experiment(parser)
    parser.add_argument(
        "--axis",
        dest="axes",
        metavar="KEY=VALUES",
        action="append",
        default=[],
        help="vary a setting, such as network.hidden=1,2,3 or training.learning_rate=log:0.01:10:9; may be given again",
    )
    parser.add_argument(
        "--seeds",
        metavar="N|FIRST:END",
        default=_SEEDS,
        help=f"the seeds to train from: 1000 means 0 to 999, and 5:25 means 5 to 24 (default {_SEEDS})",
    )
    parser.add_argument("-o", "--output", metavar="FILE.csv", help="keep every run in FILE.csv as soon as it is done")
    parser.add_argument(
        "--resume", action="store_true", help="go on with the sweep in FILE.csv: train only the runs it does not have"
    )
    parser.add_argument(
        "--search", choices=("random", "hyperband"), help="draw combinations of the axes' values instead of all of them"
    )
    parser.add_argument(
        "--cells", type=int, metavar="N", help=f"with --search: how many combinations to draw (default {Plan.cells})"
    )
    places = parser.add_mutually_exclusive_group()
    places.add_argument(
        "--workers",
        type=int,
        metavar="N",
        help=f"how many processes train (default: one for each processor, here {usable_processors()})",
    )
    places.add_argument(
        "--scheduler",
        metavar="tcp://HOST:PORT",
        help="train on the Dask cluster with this scheduler instead; start its workers with --nthreads 1",
    )


def run_sweep(options: argparse.Namespace) -> int:
    """Obey `nnstudio sweep`, and return the exit status."""
    plan, about_data = _plan(options)
    results = Results(plan.sweep(), plan.method)
    search = Hyperband(results.sweep) if plan.method == "hyperband" else None
    file = _file(options, results, rungs=search is not None)
    if about_data:
        print(about_data)
    known, begun = results.count_done, time.monotonic()
    trouble = ""
    complete = search.standing(results).rung is None if search else not len(results.pending())
    if not complete:
        try:
            complete = _train(plan, results, file, options)
        except SweepError as error:
            trouble = str(error)
    if complete and file:
        file.finish(results)
    rungs = np.array(search.rungs)[search.standing(results).reached] if search else None
    if results.count_done:
        print(cells_text(results, rungs))
        print()
    ended = "complete" if complete else "broken off" if trouble else "interrupted"
    print(_summary(results, ended, known, time.monotonic() - begun, file))
    if trouble:
        print(f"nnstudio: {trouble}", file=sys.stderr)
    return DONE if complete else BROKEN_OFF if trouble else INTERRUPTED


def _plan(options: argparse.Namespace) -> tuple[Plan, str]:
    """Return what is asked for, and what came of a table of the person's own, in words."""
    if options.cells is not None and options.search is None:
        raise UsageError("--cells says how many combinations to draw: expected --search random or --search hyperband")
    if options.resume and options.output is None:
        raise UsageError("--resume goes on with the sweep in a file: expected -o FILE.csv with it")
    if options.workers is not None and options.workers < 1:
        raise UsageError(f"--workers {options.workers}: expected at least 1")
    spec, about_data = asked_for(options)
    axes = tuple(Axis.parse(text, spec) for text in options.axes)
    if options.search is not None and not axes:
        raise UsageError(f"--search {options.search} draws values of axes: expected --axis KEY=VALUES")
    cells = Plan.cells if options.cells is None else options.cells
    return Plan(spec, axes, parse_seeds(options.seeds), options.search or "grid", cells), about_data


def _file(options: argparse.Namespace, results: Results, *, rungs: bool) -> SweepFile | None:
    """Return the file to keep the runs in; what it holds is put among the results."""
    if options.output is None:
        return None
    check_writable(options.output)
    file = SweepFile(options.output, results.sweep, rungs=rungs)
    if not options.resume:
        file.refuse_existing()
    elif file.path.exists():
        file.load(results)
        _refuse_other_experiment(file, results, options.workers or usable_processors())
    return file


def _refuse_other_experiment(file: SweepFile, results: Results, workers: int) -> None:
    """Train one of the runs of a file again: only the experiment that they are of ends with the same loss."""
    sound = np.flatnonzero(np.isfinite(results.final_loss) & (results.stopped != STOPPED.index("diverged")))
    if not len(sound):
        return
    # Of the shortest the one that has come closest to a minimum: there small errors die out.
    run = sound[np.lexsort((results.final_loss[sound], results.epochs[sound]))[0]]
    epochs = int(results.epochs[run])
    alone = tasks_of(results.sweep, np.array([run]), workers=1, epochs=epochs)
    # Where they grow instead, the last digits decide: then it must train beside the same others as before.
    beside = tasks_of(results.sweep, range(results.sweep.runs), workers=workers, epochs=epochs)
    loss = np.nan
    for task in (*alone, *(task for task in beside if run in task.runs)):
        with threadpool_limits(1, "blas"):
            part = train_task(task)
        assert part is not None  # nobody interrupts it
        loss = float(part.final_loss[part.runs == run][0])
        if math.isclose(loss, results.final_loss[run], rel_tol=_SAME):
            return
    file.refuse_loss(results, int(run), loss)


def _train(plan: Plan, results: Results, file: SweepFile | None, options: argparse.Namespace) -> bool:
    """Train what is not known yet, and say whether all is done."""
    printer = SweepPrinter(results, by_runs=plan.method != "hyperband")

    def take(news: Part | Glimpse) -> None:
        if not isinstance(news, Part):
            return
        if plan.method != "hyperband":  # which puts them there itself
            results.take(news)
        if file:
            file.append(results, news.runs)

    with interruption() as interrupted, _workers(options) as workers:
        drive = Drive(results, plan.method, workers)

        def look() -> None:
            if interrupted.is_set():
                drive.cancel()
            printer.show(drive.progress, drive.seconds_left)

        try:
            with _every(_LOOK_SECONDS, look):
                return drive.run(take)
        finally:
            printer.clear()


@contextmanager
def _workers(options: argparse.Namespace) -> Iterator[Workers]:
    if options.scheduler is None:
        with LocalWorkers(options.workers) as local:
            yield local
        return
    try:
        cluster = ClusterWorkers(options.scheduler)
    except SweepError as error:
        raise UsageError(f"--scheduler {options.scheduler}: {error}") from error
    with cluster:
        yield cluster


@contextmanager
def _every(seconds: float, look: Callable[[], None]) -> Iterator[None]:
    """Call a function again and again, in a thread beside what is done meanwhile."""
    ended = threading.Event()

    def go_on() -> None:
        while not ended.wait(seconds):
            look()

    thread = threading.Thread(target=go_on, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _summary(results: Results, ended: str, known: int, seconds: float, file: SweepFile | None) -> str:
    """Say in a line how many runs are done, and where they are."""
    runs, done = results.sweep.runs, results.count_done
    if ended == "complete":
        before = f", {known:,} of them from {file.path}," if file and known else ""
        return f"{done:,} runs{before} in {duration(seconds)}."
    text = f"The sweep was {ended}: {done:,} of {runs:,} runs are done."
    if file and done:
        return f"{text} They are in {file.path}: the same command with --resume goes on."
    return text if file or not done else f"{text} With -o FILE.csv they would have been kept."
