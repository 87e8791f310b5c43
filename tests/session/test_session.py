"""What a person does with a run, at the level of the session: train, pause, step, rewind, edit, undo, save, open."""

import math
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from nnstudio.engine import ExperimentSpec, Trainer
from nnstudio.engine.timeline import LossHistory
from nnstudio.session.run import Run
from nnstudio.session.session import Session

SHORT = {"training.epochs": 600}


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[Session]:
    session = Session(spec=ExperimentSpec().with_settings(SHORT))
    qtbot.waitUntil(lambda: session.run is not None)
    yield session
    assert session.close()


def current(session: Session) -> Run:
    assert session.run is not None
    return session.run


def train_to_the_end(qtbot: QtBot, session: Session) -> Run:
    session.toggle_training()
    wait_until_ended(qtbot, session)
    return current(session)


def wait_until_ended(qtbot: QtBot, session: Session) -> None:
    def ended() -> bool:
        settled = not session.controller.starting and not session.running
        return settled and current(session).frame.stopped is not None and not current(session).frame.training

    qtbot.waitUntil(ended, timeout=20_000)


def wait_for_epoch(qtbot: QtBot, session: Session, epoch: int) -> None:
    qtbot.waitUntil(lambda: not session.controller.starting and current(session).frame.epoch >= epoch, timeout=20_000)


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"data.name": "parity:bits=4", "training.batch_size": 5, "training.optimizer": "adam", "training.epochs": 150},
        {"data.name": "parity:bits=4", "data.validation_share": 0.25, "training.regularizer": "dropout:rate=0.1"},
    ],
    ids=["tutorial", "mini-batches", "validation and dropout"],
)
def test_window_and_command_line_train_to_the_same_numbers(
    qtbot: QtBot, session: Session, settings: dict[str, object]
) -> None:
    spec = ExperimentSpec().with_settings({**SHORT, "network.hidden": 6, **settings})
    session.new(spec)
    qtbot.waitUntil(lambda: not session.controller.starting)
    run = train_to_the_end(qtbot, session)

    trainer = Trainer(spec)
    losses = trainer.train()
    assert np.array_equal(run.frame.parameters, trainer.network.parameters)
    assert run.frame.learned_epoch == trainer.learned_epoch
    for seen, right in ((run.losses, losses.training), (run.validation_losses, losses.validation)):
        history = LossHistory()
        history.extend(right)
        assert seen.epochs == len(right)
        assert np.array_equal(seen.outline().first, history.outline().first)
        assert np.array_equal(seen.outline().high, history.outline().high)


def test_frames_cannot_be_written_to(qtbot: QtBot, session: Session) -> None:
    frame = train_to_the_end(qtbot, session).frame
    for array in (frame.parameters, frame.gradient, frame.outputs, frame.course, frame.losses.training):
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0


def test_course_of_the_outputs_is_what_the_network_said_at_those_epochs(qtbot: QtBot, session: Session) -> None:
    frame = train_to_the_end(qtbot, session).frame
    trainer = Trainer(session.spec)
    for epoch, outputs in zip(frame.course_epochs, frame.course, strict=True):
        trainer.train(int(epoch) - trainer.epoch)
        assert np.array_equal(outputs, trainer.predict(trainer.dataset.inputs))


def test_pause_stops_and_train_goes_on_from_there(qtbot: QtBot, session: Session) -> None:
    session.edit("training.epochs", 1_000_000)
    session.toggle_training()
    wait_for_epoch(qtbot, session, 100)
    session.toggle_training()
    qtbot.waitUntil(lambda: not session.running and not current(session).frame.training)
    paused = current(session).frame
    assert paused.stopped is None
    session.toggle_training()
    wait_for_epoch(qtbot, session, paused.epoch + 1)


def test_step_trains_one_epoch_and_one_batch(qtbot: QtBot, session: Session) -> None:
    session.edit("training.batch_size", 1)
    qtbot.waitUntil(lambda: not session.controller.starting)
    session.step_batch()
    qtbot.waitUntil(lambda: current(session).frame.batch == 1)
    session.step_epoch()
    qtbot.waitUntil(lambda: current(session).frame.epoch == 1)
    assert current(session).frame.batch == 0
    session.step_epoch()
    qtbot.waitUntil(lambda: current(session).frame.epoch == 2)
    assert np.array_equal(current(session).frame.parameters, parameters_after(session.spec, 2))


def parameters_after(spec: ExperimentSpec, epochs: int) -> object:
    trainer = Trainer(spec)
    trainer.train(epochs)
    return trainer.network.parameters


def test_rewind_goes_back_to_the_same_weights_and_keeps_the_old_curve(qtbot: QtBot, session: Session) -> None:
    first = current(session).frame.parameters
    finished = train_to_the_end(qtbot, session)
    session.rewind()
    qtbot.waitUntil(lambda: not session.controller.starting)
    assert current(session).frame.epoch == 0
    assert np.array_equal(current(session).frame.parameters, first)
    assert list(session.earlier_runs) == [finished]
    assert finished.losses.epochs == 600


def test_rewind_and_train_in_one_breath(qtbot: QtBot, session: Session) -> None:
    finished = train_to_the_end(qtbot, session)
    session.rewind()
    session.toggle_training()
    qtbot.waitUntil(lambda: current(session).number > finished.number and current(session).frame.stopped == "epochs")


def test_train_before_the_first_run_has_begun(qtbot: QtBot) -> None:
    session = Session(spec=ExperimentSpec().with_settings(SHORT))
    session.toggle_training()
    qtbot.waitUntil(lambda: session.run is not None and session.run.frame.stopped == "epochs", timeout=20_000)
    assert session.close()


def test_new_weights_are_those_of_the_next_seed_and_can_be_undone(qtbot: QtBot, session: Session) -> None:
    session.new_weights()
    qtbot.waitUntil(lambda: not session.controller.starting)
    assert session.spec.seed == 43
    assert np.array_equal(current(session).frame.parameters, Trainer(session.spec).network.parameters)
    session.undo_stack.undo()
    assert session.spec.seed == 42


def test_new_weights_during_training_go_on_training(qtbot: QtBot, session: Session) -> None:
    session.edit("training.epochs", 10_000_000)
    session.toggle_training()
    wait_for_epoch(qtbot, session, 10)
    number = current(session).number
    session.new_weights()
    qtbot.waitUntil(lambda: current(session).number > number and current(session).frame.epoch > 10)
    assert session.running


def test_edit_before_training_takes_effect_at_once(qtbot: QtBot, session: Session) -> None:
    session.edit("network.hidden", "3")
    qtbot.waitUntil(lambda: current(session).layout.sizes == (2, 3, 1))
    assert session.pending == frozenset()


def test_edit_of_the_shape_after_training_waits_for_a_rewind(qtbot: QtBot, session: Session) -> None:
    train_to_the_end(qtbot, session)
    with qtbot.waitSignal(session.pending_changed) as signal:
        session.edit("network.hidden", "4")
    assert signal.args == [frozenset({"network.hidden"})]
    assert current(session).layout.sizes == (2, 2, 1)
    session.rewind()
    qtbot.waitUntil(lambda: current(session).layout.sizes == (2, 4, 1))
    assert session.pending == frozenset()


def test_learning_rate_acts_on_the_run_under_way(qtbot: QtBot, session: Session) -> None:
    session.step_epoch()
    wait_for_epoch(qtbot, session, 1)
    session.edit("training.learning_rate", 2.0)
    session.step_epoch()
    wait_for_epoch(qtbot, session, 2)
    trainer = Trainer(ExperimentSpec().with_settings(SHORT))
    trainer.train(1)
    trainer.set_live(session.spec)
    trainer.train(1)
    assert session.pending == frozenset()
    assert np.array_equal(current(session).frame.parameters, trainer.network.parameters)


def test_a_finished_run_says_so_and_goes_on_with_more_epochs(qtbot: QtBot, session: Session) -> None:
    train_to_the_end(qtbot, session)
    with qtbot.waitSignal(session.noticed) as notice:
        session.toggle_training()
    assert notice.args is not None
    assert "600 epochs are done" in notice.args[0]
    assert not session.running
    session.edit("training.epochs", 700)
    session.toggle_training()
    wait_for_epoch(qtbot, session, 700)


def test_wrong_value_is_refused_with_the_reason_and_changes_nothing(qtbot: QtBot, session: Session) -> None:
    before = session.spec
    with qtbot.waitSignal(session.setting_refused) as refusal:
        assert not session.edit("training.learning_rate", "abc")
    assert refusal.args == ["training.learning_rate", "'abc' will not do: expected a number above 0 up to 1,000"]
    assert session.spec is before
    assert session.undo_stack.isClean()


def test_undo_and_redo_every_edit(session: Session) -> None:
    edits = {"training.optimizer": "adam:beta1=0.8", "network.hidden": "4,2", "seed": 7, "data.name": "parity:bits=4"}
    specs = [session.spec]
    for key, value in edits.items():
        session.edit(key, value)
        specs.append(session.spec)
    for spec in specs[-2::-1]:
        session.undo_stack.undo()
        assert session.spec == spec
    assert session.undo_stack.isClean()
    for spec in specs[1:]:
        session.undo_stack.redo()
        assert session.spec == spec


def test_steps_of_one_field_are_one_undo(session: Session) -> None:
    for rate in (0.2, 0.5, 1.0):
        session.edit("training.learning_rate", rate)
    assert session.undo_stack.count() == 1
    session.undo_stack.undo()
    assert session.spec.training.learning_rate == 0.1


def test_outcome_is_said_in_words(qtbot: QtBot, session: Session) -> None:
    session.new(ExperimentSpec())
    qtbot.waitUntil(lambda: not session.controller.starting)
    train_to_the_end(qtbot, session)
    qtbot.waitUntil(lambda: session.outcome is not None and session.outcome.kind == "stuck")
    assert session.outcome is not None
    assert session.outcome.text == "stuck: two patterns at 0.50"


def test_diverged_run_keeps_finite_weights(qtbot: QtBot, session: Session) -> None:
    hot = {"network.output_activation": "linear", "network.activation": "relu", "training.learning_rate": 40}
    session.new(ExperimentSpec().with_settings(hot))
    qtbot.waitUntil(lambda: not session.controller.starting)
    run = train_to_the_end(qtbot, session)
    assert run.frame.stopped == "diverged"
    assert np.isfinite(run.frame.parameters).all()
    qtbot.waitUntil(lambda: session.outcome is not None and session.outcome.kind == "diverged")


def test_saved_run_goes_on_as_if_it_had_never_stopped(qtbot: QtBot, session: Session, tmp_path: Path) -> None:
    session.new(ExperimentSpec().with_settings({"training.epochs": 400, "training.optimizer": "adam"}))
    qtbot.waitUntil(lambda: not session.controller.starting)
    train_to_the_end(qtbot, session)
    session.save(tmp_path / "run.nns")
    assert session.undo_stack.isClean()

    session.new(ExperimentSpec())
    session.open(tmp_path / "run.nns")
    qtbot.waitUntil(lambda: not session.controller.starting)
    assert current(session).frame.epoch == 400
    assert current(session).losses.epochs == 400
    assert len(current(session).frame.course) > 100
    session.edit("training.epochs", 900)
    session.toggle_training()
    wait_for_epoch(qtbot, session, 900)
    run = current(session)

    trainer = Trainer(session.spec)
    losses = trainer.train().training
    assert np.array_equal(run.frame.parameters, trainer.network.parameters)
    assert run.losses.epochs == 900
    assert np.array_equal(run.losses.outline().first, losses)


def test_saving_while_training_saves_one_moment(qtbot: QtBot, session: Session, tmp_path: Path) -> None:
    session.edit("training.epochs", 10_000_000)
    session.toggle_training()
    wait_for_epoch(qtbot, session, 1000)
    experiment = session.snapshot()
    assert experiment.state is not None
    assert session.running
    assert experiment.losses["training"].epochs == experiment.state.counters["epoch"]


def test_speed_holds_the_training_back(qtbot: QtBot, session: Session) -> None:
    session.set_speed(100.0)
    start = time.monotonic()
    session.toggle_training()
    wait_for_epoch(qtbot, session, 30)
    assert time.monotonic() - start > 0.2
    session.set_speed(math.inf)
    wait_until_ended(qtbot, session)


def test_close_while_training_ends_the_thread_within_a_second(qtbot: QtBot) -> None:
    session = Session(spec=ExperimentSpec().with_settings({"training.epochs": 1_000_000_000}))
    session.toggle_training()
    qtbot.waitUntil(lambda: session.run is not None and session.run.frame.epoch > 0)
    start = time.monotonic()
    assert session.close()
    assert time.monotonic() - start < 1.0
