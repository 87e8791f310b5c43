"""Runs that are opened at an epoch: trained there as fast as possible, paused there exactly, and given back by undo."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from nnstudio.engine import ExperimentSpec, Trainer
from nnstudio.session.run import Run
from nnstudio.session.session import Session

SPEC = ExperimentSpec().with_settings({"training.epochs": 3000})


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[Session]:
    session = Session(spec=SPEC)
    session.set_speed(1.0)
    qtbot.waitUntil(lambda: not session.controller.starting)
    yield session
    assert session.close()


def current(session: Session) -> Run:
    assert session.run is not None
    return session.run


def wait_for_rest(qtbot: QtBot, session: Session, epoch: int) -> Run:
    def rests() -> bool:
        frame = current(session).frame
        return not session.controller.starting and not session.running and frame.epoch == epoch and not frame.training

    qtbot.waitUntil(rests, timeout=20_000)
    return current(session)


@pytest.mark.parametrize("settings", [{}, {"training.batch_size": 3, "training.optimizer": "adam"}])
def test_trains_to_an_epoch_at_once_and_pauses_there(
    qtbot: QtBot, session: Session, settings: dict[str, object]
) -> None:
    session.new(SPEC.with_settings(settings))
    session.controller.train_to(1234)
    run = wait_for_rest(qtbot, session, 1234)
    trainer = Trainer(session.spec)
    losses = trainer.train(1234)
    assert run.frame.batch == 0
    assert np.array_equal(run.frame.parameters, trainer.network.parameters)
    assert run.losses.epochs == 1234
    assert np.array_equal(run.losses.outline().first, losses.training)


def test_goes_on_from_the_middle_of_an_epoch_to_the_end_of_the_run(qtbot: QtBot, session: Session) -> None:
    session.new(SPEC.with_settings({"training.batch_size": 1}))
    session.step_batch()
    qtbot.waitUntil(lambda: current(session).frame.batch == 1)
    session.controller.train_to(10**9)
    assert wait_for_rest(qtbot, session, 3000).frame.stopped == "epochs"


def test_an_epoch_that_is_complete_already_leaves_the_run_where_it_is(qtbot: QtBot, session: Session) -> None:
    session.controller.train_to(50)
    wait_for_rest(qtbot, session, 50)
    session.controller.train_to(20)
    qtbot.waitUntil(lambda: not session.running)
    assert wait_for_rest(qtbot, session, 50)


def test_a_run_that_was_just_begun_does_not_seem_to_pause(qtbot: QtBot, session: Session) -> None:
    said: list[bool] = []
    session.running_changed.connect(said.append)
    session.new(SPEC)
    session.controller.train_to(500)
    wait_for_rest(qtbot, session, 500)
    assert said == [True, False]


def test_a_pause_ends_it_and_training_goes_on_at_the_dials_speed(qtbot: QtBot, session: Session) -> None:
    session.edit("training.epochs", 10**9)
    session.controller.train_to(10**8)
    qtbot.waitUntil(lambda: current(session).frame.epoch > 200)
    session.toggle_training()
    qtbot.waitUntil(lambda: not session.running and not current(session).frame.training)
    paused = current(session).frame.epoch
    session.toggle_training()
    qtbot.waitUntil(lambda: current(session).frame.training)
    # At one epoch a second it cannot have gone far.
    assert paused <= current(session).frame.epoch < paused + 100


def test_a_step_ends_it(qtbot: QtBot, session: Session) -> None:
    session.edit("training.epochs", 10**9)
    session.controller.train_to(10**8)
    qtbot.waitUntil(lambda: current(session).frame.epoch > 200)
    session.step_epoch()
    qtbot.waitUntil(lambda: not session.running and not current(session).frame.training)
    assert current(session).frame.batch == 0


def test_a_rewind_begins_a_run_that_does_not_hurry_on(qtbot: QtBot, session: Session) -> None:
    session.edit("training.epochs", 10**9)
    session.controller.train_to(10**8)
    qtbot.waitUntil(lambda: current(session).frame.epoch > 200)
    session.rewind()
    assert wait_for_rest(qtbot, session, 0)


def test_open_member_says_when_it_has_arrived(qtbot: QtBot, session: Session) -> None:
    member = SPEC.with_settings({"seed": 7, "network.hidden": 3})
    with qtbot.waitSignal(session.noticed) as notice:
        session.open_member(member, 777, "opening of seed 7")
    assert notice.args is not None
    assert "epoch 777" in notice.args[0]
    run = wait_for_rest(qtbot, session, 777)
    trainer = Trainer(member)
    trainer.train(777)
    assert session.spec == run.spec == member
    assert np.array_equal(run.frame.parameters, trainer.network.parameters)
    assert run.losses.epochs == 777
    assert not run.branched
    assert session.undo_stack.undoText() == "opening of seed 7"


@pytest.mark.parametrize("epoch", [None, 99_999])
def test_open_member_to_the_end(qtbot: QtBot, session: Session, epoch: int | None) -> None:
    with qtbot.waitSignal(session.noticed) as notice:
        session.open_member(SPEC.with_settings({"seed": 7}), epoch, "opening of seed 7")
    assert notice.args is not None
    assert "at its end, at epoch 3,000" in notice.args[0]


def test_open_member_says_if_it_is_not_what_was_listed(qtbot: QtBot, session: Session) -> None:
    for listed, said in (("learned", "Listed as learned, and stuck here"), ("stuck", "This is the run")):
        session.new(SPEC)
        with qtbot.waitSignal(session.noticed) as notice:
            session.open_member(SPEC.with_settings({"training.epochs": 9000}), None, "opening", listed=listed)
        assert notice.args is not None
        assert notice.args[0].startswith(said)


def test_open_member_before_its_first_epoch(qtbot: QtBot, session: Session) -> None:
    with qtbot.waitSignal(session.noticed):
        session.open_member(SPEC.with_settings({"seed": 7}), 0, "opening of seed 7")
    wait_for_rest(qtbot, session, 0)


@pytest.mark.parametrize("trained", [0, 400])
@pytest.mark.parametrize("seed", [42, 7])
def test_undo_brings_the_replaced_run_back_as_it_was(qtbot: QtBot, session: Session, trained: int, seed: int) -> None:
    session.controller.train_to(trained)
    before = wait_for_rest(qtbot, session, trained)
    if trained:
        session.edit("network.activation", "tanh")
    pending, spec = session.pending, session.spec
    session.open_member(SPEC.with_settings({"seed": seed}), 900, "opening of a run")
    wait_for_rest(qtbot, session, 900)
    session.undo_stack.undo()
    run = wait_for_rest(qtbot, session, trained)
    assert session.spec == spec
    assert session.pending == pending
    assert np.array_equal(run.frame.parameters, before.frame.parameters)
    assert run.losses.epochs == trained
    session.undo_stack.redo()
    assert wait_for_rest(qtbot, session, 900).spec.seed == seed


def test_undo_on_the_way_is_paused_too_and_announces_nothing(qtbot: QtBot, session: Session) -> None:
    said: list[str] = []
    session.noticed.connect(said.append)
    session.open_member(SPEC.with_settings({"training.epochs": 10**9, "seed": 7}), None, "opening of seed 7")
    qtbot.waitUntil(lambda: not session.controller.starting and current(session).frame.epoch > 200)
    session.undo_stack.undo()
    wait_for_rest(qtbot, session, 0)
    assert said == []


def test_before_the_first_run_has_begun(qtbot: QtBot) -> None:
    session = Session(spec=SPEC)
    session.open_member(SPEC.with_settings({"seed": 7}), 100, "opening of seed 7")
    wait_for_rest(qtbot, session, 100)
    session.undo_stack.undo()
    wait_for_rest(qtbot, session, 0)
    assert session.close()


def test_a_run_is_a_branch_once_it_went_another_way_than_its_experiment(qtbot: QtBot, session: Session) -> None:
    session.edit("training.learning_rate", 0.2)
    session.controller.train_to(100)
    wait_for_rest(qtbot, session, 100)
    session.edit("training.epochs", 4000)
    assert not current(session).branched
    session.edit("training.learning_rate", 0.5)
    assert current(session).branched
    session.open_member(SPEC, 10, "opening of a run")
    assert not wait_for_rest(qtbot, session, 10).branched
    session.undo_stack.undo()
    assert wait_for_rest(qtbot, session, 100).branched
    session.rewind()
    assert not wait_for_rest(qtbot, session, 0).branched
    session.set_parameter(0, 1.0)
    assert current(session).branched


def test_a_branch_stays_one_when_it_is_saved_and_opened(qtbot: QtBot, session: Session, tmp_path: Path) -> None:
    for epoch, rate in ((100, 0.1), (200, 0.5)):
        session.controller.train_to(epoch)
        wait_for_rest(qtbot, session, epoch)
        session.edit("training.learning_rate", rate)
        session.save(tmp_path / "run.nns")
        session.open(tmp_path / "run.nns")
        qtbot.waitUntil(lambda: not session.controller.starting)
        assert current(session).branched == (rate != 0.1)


def test_a_run_that_took_over_weights_is_a_branch(qtbot: QtBot, session: Session) -> None:
    session.controller.train_to(100)
    wait_for_rest(qtbot, session, 100)
    session.use_spec(SPEC.with_settings({"network.hidden": 3}), "a neuron more", keep_weights=True)
    assert wait_for_rest(qtbot, session, 100).branched
