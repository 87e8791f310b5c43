"""What a lab does for a person: sweeps that are run, paused, ended, interrupted, gone on with, and kept."""

import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication
from pytestqt.exceptions import capture_exceptions
from pytestqt.qtbot import QtBot

sys.path.insert(0, str(Path(__file__).parents[1] / "lab"))
from in_process import InProcess

from nnstudio.engine import ExperimentSpec
from nnstudio.lab.axes import Axis
from nnstudio.lab.blocks import Task, train_task
from nnstudio.lab.plan import Plan
from nnstudio.lab.results import Part, Results
from nnstudio.lab.running import SweepError
from nnstudio.lab.workers import Workers
from nnstudio.session.lab import Lab, same_but_seed, sweeps_folder
from nnstudio.session.lab_worker import Where
from nnstudio.session.shelf import Shelf

HERE = Where(1)
SPEC = ExperimentSpec().with_settings({"training.epochs": 60, "training.learning_rate": 2})
MakeLab = Callable[..., Lab]


class Gated(InProcess):
    """Trains so many tasks as it is let; the others wait."""

    def __init__(self) -> None:
        super().__init__()
        self._lock, self._let = threading.Lock(), 0
        self._waiting: list[tuple[Task, Future[Part | None]]] = []

    def submit(self, task: Task) -> Future[Part | None]:
        future: Future[Part | None] = Future()
        with self._lock:
            self._waiting.append((task, future))
            self._train()
        return future

    def let(self, tasks: int) -> None:
        with self._lock:
            self._let += tasks
            self._train()

    def _train(self) -> None:
        while self._let and self._waiting:
            self._let -= 1
            task, future = self._waiting.pop(0)
            future.set_result(train_task(task))

    def cancel(self) -> None:
        super().cancel()
        with self._lock:
            for _, future in self._waiting:
                future.set_result(None)
            self._waiting.clear()


def plan(sizes: str = "1,2,3", seeds: int = 8) -> Plan:
    return Plan(SPEC, (Axis.parse(f"network.hidden={sizes}", SPEC),), range(seeds))


@pytest.fixture
def make_lab(qtbot: QtBot, tmp_path: Path) -> Iterator[MakeLab]:
    labs = []

    def make(workers: Callable[[Where], Workers] = lambda where: InProcess()) -> Lab:
        lab = Lab(folder=tmp_path / "sweeps", make_workers=workers)
        labs.append(lab)
        return lab

    yield make
    for lab in labs:
        assert lab.close()


def run(qtbot: QtBot, lab: Lab, what: Plan) -> Results:
    lab.start(what, HERE)
    wait(qtbot, lab)
    assert lab.results is not None
    return lab.results


def wait(qtbot: QtBot, lab: Lab, *states: str) -> None:
    qtbot.waitUntil(lambda: lab.state in (states or ("ended", "cancelled", "failed")), timeout=20_000)


def test_a_sweep_is_run_to_its_end_and_its_results_are_the_windows(qtbot: QtBot, make_lab: MakeLab) -> None:
    lab = make_lab()
    progress, threads = [], set()
    lab.progressed.connect(progress.append)
    lab.results_grown.connect(lambda: threads.add(threading.current_thread()))
    results = run(qtbot, lab, plan())
    assert lab.state == "ended" and lab.problem == ""
    assert results.count_done == results.sweep.runs == 24
    assert threads == {threading.main_thread()}
    assert [each.total for each in progress] == [24] * len(progress)
    assert [each.done for each in progress] == sorted(each.done for each in progress)


def test_it_says_when_it_begins_and_when_it_ends(qtbot: QtBot, make_lab: MakeLab) -> None:
    lab = make_lab()
    states: list[str] = []
    lab.state_changed.connect(lambda: states.append(lab.state))
    run(qtbot, lab, plan())
    assert states == ["running", "ended"]
    assert not lab.is_busy


def test_a_paused_sweep_waits_and_goes_on(qtbot: QtBot, make_lab: MakeLab) -> None:
    workers = Gated()
    lab = make_lab(lambda where: workers)
    lab.start(plan(), HERE)
    qtbot.waitUntil(lambda: lab.results is not None)
    lab.pause()
    assert lab.state == "paused" and lab.is_busy
    workers.let(99)
    lab.resume()
    assert lab.state == "running"
    wait(qtbot, lab)
    assert lab.results is not None and lab.results.count_done == 24


def test_what_is_done_is_kept_when_a_sweep_is_cancelled(qtbot: QtBot, make_lab: MakeLab) -> None:
    workers = Gated()
    lab = make_lab(lambda where: workers)
    lab.start(plan(), HERE)
    workers.let(1)
    qtbot.waitUntil(lambda: lab.results is not None and lab.results.count_done > 0)
    lab.cancel()
    wait(qtbot, lab)
    assert lab.state == "cancelled"
    assert lab.results is not None and 0 < lab.results.count_done < 24
    # The person ended it: it is among the earlier sweeps, but nobody is asked to go on with it.
    (stored,) = lab.stored()
    assert (stored.done, stored.runs) == (lab.results.count_done, 24)
    assert make_lab().unfinished == ()
    workers.let(99)
    lab.resume_stored(stored, HERE)
    wait(qtbot, lab)
    assert lab.results.count_done == 24


def test_a_sweep_that_has_nothing_yet_is_not_kept_when_it_is_cancelled(qtbot: QtBot, make_lab: MakeLab) -> None:
    lab = make_lab(lambda where: Gated())
    lab.start(plan(), HERE)
    qtbot.waitUntil(lambda: lab.results is not None)
    lab.cancel()
    wait(qtbot, lab)
    assert lab.stored() == ()


def test_a_sweep_that_was_interrupted_goes_on_at_the_next_start(qtbot: QtBot, make_lab: MakeLab) -> None:
    workers = Gated()
    lab = make_lab(lambda where: workers)
    lab.start(plan(), HERE)
    workers.let(1)
    qtbot.waitUntil(lambda: lab.results is not None and lab.results.count_done > 0)
    assert make_lab().unfinished == ()  # another window leaves alone what this one is at
    assert lab.close()
    later = make_lab()
    (stored,) = later.unfinished
    assert stored.about["title"].startswith(
        "XOR, sigmoid, learning rate 2, gradient descent, 60 epochs; hidden neurons 1"
    )
    later.resume_stored(stored, HERE)
    assert later.unfinished == ()
    wait(qtbot, later)
    assert make_lab().unfinished == ()
    whole = run(qtbot, make_lab(), plan())
    assert later.results is not None
    np.testing.assert_array_equal(later.results.final_loss, whole.final_loss)
    np.testing.assert_array_equal(later.results.curves, whole.curves)


def test_an_earlier_sweep_is_shown_as_it_was(qtbot: QtBot, make_lab: MakeLab) -> None:
    before = run(qtbot, make_lab(), plan())
    lab = make_lab()
    (stored,) = lab.stored()
    with qtbot.waitSignal(lab.results_replaced):
        lab.open_stored(stored)
    assert lab.results is not None and lab.results.sweep == before.sweep
    np.testing.assert_array_equal(lab.results.final_loss, before.final_loss)
    qtbot.waitUntil(lambda: lab.state == "idle")


def test_a_sweep_that_is_being_trained_cannot_be_deleted(qtbot: QtBot, make_lab: MakeLab, tmp_path: Path) -> None:
    lab = make_lab()
    run(qtbot, lab, plan())
    (stored,) = lab.stored()
    elsewhere = Shelf(tmp_path / "sweeps").lock(stored.path)
    assert elsewhere.tryLock(0)
    with qtbot.waitSignal(lab.noticed) as notice:
        lab.delete(stored)
    assert notice.args is not None and "being trained" in notice.args[0]
    assert lab.stored() == (stored,)
    elsewhere.unlock()


def test_a_deleted_sweep_comes_back_until_the_lab_is_closed(qtbot: QtBot, make_lab: MakeLab, tmp_path: Path) -> None:
    lab = make_lab()
    run(qtbot, lab, plan())
    (stored,) = lab.stored()
    lab.delete(stored)
    assert lab.stored() == () and lab.can_undo_delete
    lab.undo_delete()
    assert lab.stored() == (stored,) and not lab.can_undo_delete
    lab.delete(stored)
    assert lab.close()
    assert [path for path in (tmp_path / "sweeps").rglob("*") if path.is_file()] == []


def test_a_new_sweep_ends_the_one_under_way(qtbot: QtBot, make_lab: MakeLab) -> None:
    workers = Gated()
    lab = make_lab(lambda where: workers)
    lab.start(plan("1,2,3"), HERE)
    qtbot.waitUntil(lambda: lab.results is not None)
    lab.start(plan("4"), HERE)
    workers.let(99)
    wait(qtbot, lab)
    assert lab.results is not None
    assert [axis.values for axis in lab.results.sweep.axes] == [plan("4").axes[0].values]
    assert lab.results.count_done == 8


def test_hyperband_lets_the_better_cells_go_on(qtbot: QtBot, make_lab: MakeLab) -> None:
    axis = Axis.parse("training.learning_rate=log:0.01:10:9", SPEC)
    results = run(qtbot, make_lab(), Plan(SPEC, (axis,), range(3), "hyperband", 12))
    trained = results.epochs.reshape(12, 3).max(axis=1)
    assert results.count_done == 36
    assert (trained == 60).any() and (trained < 60).any()


def test_a_plan_that_cannot_be_swept_is_refused_in_words(qtbot: QtBot, make_lab: MakeLab) -> None:
    lab = make_lab()
    wrong = Plan(SPEC, (Axis.parse("network.output_activation=sigmoid,softmax", SPEC),), range(3))
    for ask in (lab.estimate, lab.start):
        with qtbot.waitSignal(lab.refused) as refused:
            ask(wrong, HERE)
        assert refused.args[0] == wrong
        assert "single output" in refused.args[1].reason
    wait(qtbot, lab, "failed")
    assert "softmax" in lab.problem
    assert lab.stored() == ()


def test_the_time_of_the_plan_that_was_asked_about_last_is_estimated(qtbot: QtBot, make_lab: MakeLab) -> None:
    lab = make_lab()
    answers = []
    lab.estimated.connect(answers.append)
    for sizes in ("1", "2", "3", "4"):
        lab.estimate(plan(sizes), HERE)
    qtbot.waitUntil(lambda: bool(answers) and answers[-1].plan == plan("4"), timeout=20_000)
    assert answers[-1].seconds > 0 and answers[-1].runs == 8
    assert len(answers) < 4


def test_nothing_is_begun_once_it_is_closed(make_lab: MakeLab) -> None:
    asked: list[Where] = []

    def workers(where: Where) -> Workers:
        asked.append(where)
        return InProcess()

    lab = make_lab(workers)
    lab.close()

    # A lab window tells of some things only after a moment, and the program may have been closed meanwhile.
    lab.warm(HERE)
    lab.estimate(plan(), HERE)
    lab.start(plan(), HERE)
    QCoreApplication.sendPostedEvents()

    assert asked == []


def test_machines_that_cannot_be_reached_are_said_in_words(qtbot: QtBot, make_lab: MakeLab) -> None:
    def nobody(where: Where) -> Workers:
        raise SweepError("No scheduler answers.")

    lab = make_lab(nobody)
    lab.start(plan(), Where(1, "tcp://127.0.0.1:9"))
    wait(qtbot, lab)
    assert (lab.state, lab.problem) == ("failed", "No scheduler answers.")
    assert lab.stored() == ()


def test_an_error_that_nobody_expected_ends_the_sweep_and_is_reported(qtbot: QtBot, make_lab: MakeLab) -> None:
    class Broken(InProcess):
        def begin(self) -> None:
            raise ZeroDivisionError("unexpected")

    with capture_exceptions() as caught:
        lab = make_lab(lambda where: Broken())
        lab.start(plan(), HERE)
        wait(qtbot, lab)
        qtbot.waitUntil(lambda: bool(caught))
    assert lab.state == "failed" and "did not expect" in lab.problem
    assert caught[0][0] is ZeroDivisionError
    assert lab.close()


def test_a_sweep_that_cannot_be_kept_runs_all_the_same(qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "sweeps").write_text("a file where the folder should be")
    lab = Lab(folder=tmp_path / "sweeps", make_workers=lambda where: InProcess())
    words: list[str] = []
    lab.noticed.connect(words.append)
    try:
        results = run(qtbot, lab, plan())
        assert results.count_done == 24
        assert words[0].startswith("The sweep will not be kept: ")
    finally:
        assert lab.close()


def test_processes_of_this_computer_bring_the_same(qtbot: QtBot, make_lab: MakeLab) -> None:
    here = run(qtbot, make_lab(), plan())
    lab = Lab()  # as the window makes it: the person's own folder, real processes
    try:
        lab.warm(Where(2))
        lab.start(plan(), Where(2))
        wait(qtbot, lab)
        assert lab.state == "ended" and lab.results is not None
        np.testing.assert_allclose(lab.results.final_loss, here.final_loss, rtol=1e-9)
        assert [stored.path.parent for stored in lab.stored()] == [sweeps_folder()]
        with qtbot.waitSignal(lab.estimated, timeout=20_000) as estimated:
            lab.estimate(plan("4"), Where(2))
        assert estimated.args[0].runs == 8
    finally:
        assert lab.close()


def test_experiments_that_differ_in_their_seed_alone_are_the_same_to_a_sweep() -> None:
    assert same_but_seed(SPEC, SPEC.with_settings({"seed": 7}))
    assert not same_but_seed(SPEC, SPEC.with_settings({"seed": 7, "training.epochs": 61}))
