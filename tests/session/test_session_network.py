"""What a person changes in mid-run: weights, neurons and samples, all of it undone with one key."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from nnstudio.engine import Dataset, ExperimentSpec, Trainer
from nnstudio.session.run import Run
from nnstudio.session.session import Session

POINTS = Dataset.of_classes("Mine", np.random.default_rng(1).normal(size=(30, 2)), [0, 1] * 15, ("red", "blue"))


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[Session]:
    session = Session(spec=ExperimentSpec().with_settings({"training.epochs": 100_000}))
    qtbot.waitUntil(lambda: session.run is not None)
    yield session
    assert session.close()


def current(session: Session) -> Run:
    assert session.run is not None
    return session.run


def train_for(qtbot: QtBot, session: Session, epochs: int) -> Run:
    until = current(session).frame.epoch + epochs
    session.toggle_training()
    qtbot.waitUntil(lambda: current(session).frame.epoch >= until, timeout=20_000)
    session.toggle_training()
    qtbot.waitUntil(lambda: not session.running and not current(session).frame.training)
    return current(session)


def has_begun(session: Session) -> bool:
    return not session.controller.starting


def parameters(session: Session) -> np.ndarray:
    return current(session).frame.parameters


def test_a_typed_weight_takes_effect_and_is_undone(qtbot: QtBot, session: Session) -> None:
    train_for(qtbot, session, 50)
    before = float(parameters(session)[3])
    assert session.set_parameter(3, 2.5, "weight x1 → h2")
    qtbot.waitUntil(lambda: parameters(session)[3] == 2.5)
    assert session.undo_stack.undoText() == "typing of weight x1 → h2"
    session.undo_stack.undo()
    qtbot.waitUntil(lambda: parameters(session)[3] == before)
    session.undo_stack.redo()
    qtbot.waitUntil(lambda: parameters(session)[3] == 2.5)


def test_training_goes_on_from_a_typed_weight(qtbot: QtBot, session: Session) -> None:
    session.set_parameter(0, 3.0)
    qtbot.waitUntil(lambda: parameters(session)[0] == 3.0)
    run = train_for(qtbot, session, 20)
    assert run.number == current(session).number
    typed = Trainer(ExperimentSpec())
    typed.network.parameters[0] = 3.0
    typed.train(run.frame.epoch)
    np.testing.assert_array_equal(run.frame.parameters, typed.network.parameters)


def test_a_typed_weight_is_saved(qtbot: QtBot, session: Session, tmp_path: Path) -> None:
    session.set_parameter(0, 3.0)
    qtbot.waitUntil(lambda: parameters(session)[0] == 3.0)
    session.save(tmp_path / "typed.nns")
    session.new(ExperimentSpec())
    session.open(tmp_path / "typed.nns")
    qtbot.waitUntil(lambda: has_begun(session) and parameters(session)[0] == 3.0)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_is_no_number_is_not_typed(session: Session, value: float) -> None:
    assert not session.set_parameter(0, value)
    assert not session.undo_stack.canUndo()


def test_a_weight_of_a_run_that_is_over_is_not_brought_back(qtbot: QtBot, session: Session) -> None:
    session.set_parameter(0, 3.0)
    qtbot.waitUntil(lambda: parameters(session)[0] == 3.0)
    session.rewind()
    qtbot.waitUntil(lambda: has_begun(session))
    start = float(parameters(session)[0])
    with qtbot.waitSignal(session.noticed) as said:
        session.undo_stack.undo()
    assert "run that is over" in said.args[0]
    assert parameters(session)[0] == start and not session.undo_stack.canUndo()


def test_a_neuron_is_added_without_loss_of_what_was_learned(qtbot: QtBot, session: Session) -> None:
    run = train_for(qtbot, session, 300)
    epoch, outputs, losses = run.frame.epoch, run.frame.outputs, run.losses.epochs
    session.use_spec(session.spec.with_settings({"network.hidden": "3"}), "adding of a neuron", keep_weights=True)
    qtbot.waitUntil(lambda: has_begun(session))
    grown = current(session)
    assert grown.layout.sizes == (2, 3, 1)
    assert grown.frame.epoch == epoch and grown.losses.epochs == losses
    np.testing.assert_allclose(grown.frame.outputs, outputs, rtol=1e-12)
    train_for(qtbot, session, 20)
    session.undo_stack.undo()
    qtbot.waitUntil(lambda: has_begun(session) and current(session).layout.sizes == (2, 2, 1))
    assert session.spec.network.hidden == run.spec.network.hidden
    assert current(session).frame.epoch == epoch and current(session).losses.epochs == losses
    np.testing.assert_array_equal(current(session).frame.parameters, run.frame.parameters)


def test_a_neuron_is_added_to_a_new_start_where_nothing_is_to_be_kept(qtbot: QtBot, session: Session) -> None:
    train_for(qtbot, session, 50)
    session.use_spec(session.spec.with_settings({"network.hidden": "3"}), "adding of a neuron")
    qtbot.waitUntil(lambda: has_begun(session) and current(session).layout.sizes == (2, 3, 1))
    assert current(session).frame.epoch == 0


def test_own_samples_bring_their_settings_along(qtbot: QtBot, session: Session) -> None:
    assert session.use_data(
        POINTS, "opening of mine.csv", settings={"data.scaling": "standardize", "data.test_share": 0.2}
    )
    qtbot.waitUntil(lambda: has_begun(session) and current(session).dataset.title == "Mine")
    assert session.spec.data.name.name == "own" and session.spec.data.scaling == "standardize"
    numbers = Dataset.of_numbers("Numbers", POINTS.inputs, POINTS.inputs[:, 0])
    with qtbot.waitSignal(session.noticed) as said:
        assert session.use_data(numbers, "opening of numbers.csv")
    assert said.args[0] == "To go with Numbers: output activation linear."
    session.undo_stack.undo()
    assert session.spec.own is POINTS and session.spec.network.output_activation.name == "sigmoid"
    session.undo_stack.undo()
    assert session.spec.data.name.name == "xor"


def test_own_samples_that_do_not_fit_are_refused_in_words(qtbot: QtBot, session: Session) -> None:
    with qtbot.waitSignal(session.setting_refused) as refused:
        assert not session.use_data(POINTS, "opening", settings={"data.test_share": 0.01})
    assert refused.args[0] == "data.test_share"
    assert session.spec == ExperimentSpec().with_settings({"training.epochs": 100_000})


def test_more_points_are_learned_by_the_network_as_it_is(qtbot: QtBot, session: Session) -> None:
    session.use_data(POINTS, "painting")
    qtbot.waitUntil(lambda: has_begun(session) and current(session).dataset.title == "Mine")
    run = train_for(qtbot, session, 30)
    more = Dataset.of_classes("Mine", np.vstack([POINTS.inputs, [[9, 9]]]), [*POINTS.labels, 1], ("red", "blue"))
    session.use_data(more, "painting", keep_weights=True)
    qtbot.waitUntil(lambda: has_begun(session) and current(session).dataset.samples == 31)
    assert current(session).frame.epoch == run.frame.epoch
    np.testing.assert_array_equal(parameters(session), run.frame.parameters)


def test_other_samples_of_one_s_own_are_a_change_of_the_data(qtbot: QtBot, session: Session) -> None:
    session.use_data(POINTS, "painting")
    qtbot.waitUntil(lambda: has_begun(session) and current(session).dataset == POINTS)
    more = Dataset.of_classes("Mine", np.vstack([POINTS.inputs, [[9, 9]]]), [*POINTS.labels, 1], ("red", "blue"))
    session.use_data(more, "painting", keep_weights=True)
    qtbot.waitUntil(lambda: has_begun(session) and current(session).dataset == more)
    session.undo_stack.undo()
    qtbot.waitUntil(lambda: has_begun(session) and current(session).dataset == POINTS)


def test_the_choice_of_data_brings_its_settings_along_in_one_step(qtbot: QtBot, session: Session) -> None:
    with qtbot.waitSignal(session.noticed) as said:
        assert session.edit("data.name", "blobs")
    assert said.args[0].startswith("To go with 3 blobs: output activation softmax, loss softmax_cross_entropy")
    assert session.spec.training.loss.name == "softmax_cross_entropy"
    session.undo_stack.undo()
    assert session.spec.data.name.name == "xor" and session.spec.training.loss.name == "mse"
    assert not session.undo_stack.canUndo()


def test_own_data_has_to_be_there(qtbot: QtBot, session: Session) -> None:
    with qtbot.waitSignal(session.setting_refused) as refused:
        assert not session.edit("data.name", "own")
    assert refused.args == ["data.name", "'own' will not do: expected a file of yours that has been opened, or points "
                            "that have been painted"]  # fmt: skip


def test_samples_are_drawn_anew_for_the_network_as_it_is(qtbot: QtBot, session: Session) -> None:
    session.edit("data.name", "circle")
    qtbot.waitUntil(lambda: has_begun(session) and current(session).dataset.title == "Circle")
    run = train_for(qtbot, session, 3)
    session.regenerate()
    qtbot.waitUntil(lambda: has_begun(session) and current(session).dataset != run.dataset)
    assert session.spec.data.seed == 43 and current(session).frame.epoch == run.frame.epoch
    np.testing.assert_array_equal(parameters(session), run.frame.parameters)
    session.undo_stack.undo()
    qtbot.waitUntil(lambda: has_begun(session) and current(session).dataset == run.dataset)


def test_samples_may_be_drawn_anew_before_the_last_ones_have_come(qtbot: QtBot, session: Session) -> None:
    session.edit("data.name", "circle")
    qtbot.waitUntil(lambda: has_begun(session) and current(session).dataset.title == "Circle")
    run = train_for(qtbot, session, 3)
    for _ in range(5):  # a key that is held down
        session.regenerate()
    qtbot.waitUntil(lambda: has_begun(session) and current(session).spec.data.seed == 47)
    assert current(session).frame.epoch == run.frame.epoch and current(session).losses.epochs == run.losses.epochs
    np.testing.assert_array_equal(parameters(session), run.frame.parameters)
    for _ in range(5):
        session.undo_stack.undo()
    qtbot.waitUntil(lambda: has_begun(session) and current(session).dataset == run.dataset)


def test_training_goes_on_with_samples_that_are_drawn_anew(qtbot: QtBot, session: Session) -> None:
    session.edit("data.name", "circle")
    session.toggle_training()
    qtbot.waitUntil(lambda: has_begun(session) and current(session).frame.epoch > 2, timeout=10_000)
    session.regenerate()
    epoch = current(session).frame.epoch
    qtbot.waitUntil(lambda: current(session).spec.data.seed == 43 and current(session).frame.epoch > epoch + 2)
    assert session.running


@pytest.mark.parametrize(("key", "value"), [("data.name", "gauss"), ("data.test_share", 0.5), ("data.features", "x1")])
def test_other_data_begins_a_run_at_once(qtbot: QtBot, session: Session, key: str, value: object) -> None:
    session.edit("data.name", "circle")
    qtbot.waitUntil(lambda: has_begun(session) and current(session).dataset.title == "Circle")
    train_for(qtbot, session, 3)
    assert session.edit(key, value)
    qtbot.waitUntil(lambda: has_begun(session) and current(session).spec == session.spec)
    assert current(session).frame.epoch == 0 and not session.pending


def test_what_a_choice_replaced_comes_back_with_undo(qtbot: QtBot, session: Session) -> None:
    """A preset, or other data, that was chosen by mistake costs nothing of what was trained."""
    run = train_for(qtbot, session, 200)
    epoch, trained = run.frame.epoch, run.frame.parameters
    for change in (
        lambda: session.edit("data.name", "and"),
        lambda: session.use_spec(session.spec.with_settings({"network.hidden": "5"}), "choice of Five"),
    ):
        change()
        qtbot.waitUntil(lambda: has_begun(session) and current(session).frame.epoch == 0)
        session.undo_stack.undo()
        qtbot.waitUntil(lambda: has_begun(session) and current(session).frame.epoch == epoch)
        assert not session.pending and session.spec == run.spec
        np.testing.assert_array_equal(parameters(session), trained)
        assert current(session).losses.epochs == epoch


def test_own_samples_are_saved_with_the_experiment(qtbot: QtBot, session: Session, tmp_path: Path) -> None:
    session.use_data(POINTS, "opening", settings={"data.test_share": 0.2})
    qtbot.waitUntil(lambda: has_begun(session) and current(session).dataset.title == "Mine")
    run = train_for(qtbot, session, 10)
    session.save(tmp_path / "mine.nns")
    session.new(ExperimentSpec())
    session.open(tmp_path / "mine.nns")
    qtbot.waitUntil(lambda: has_begun(session) and current(session).dataset.title == "Mine")
    opened = current(session)
    assert opened.dataset == run.dataset and session.spec == run.spec
    assert opened.frame.epoch == run.frame.epoch and opened.test_losses.epochs == run.frame.epoch
    np.testing.assert_array_equal(opened.frame.outputs, run.frame.outputs)


def test_many_samples_leave_time_for_training(qtbot: QtBot, session: Session) -> None:
    """Outputs and gradient of 50,000 samples are looked at now and then; parameters and losses are always fresh."""
    settings = {"data.name": "circle:samples=50000", "training.batch_size": 500, "training.reduction": "mean"}
    session.use_spec(session.spec.with_settings(settings | {"training.epochs": 1000}), "more samples")
    qtbot.waitUntil(lambda: has_begun(session) and current(session).dataset.samples == 50_000)
    run = train_for(qtbot, session, 3)
    trainer = Trainer(run.spec)
    trainer.train(run.frame.epoch)
    trainer.advance(run.frame.batch)
    np.testing.assert_array_equal(run.frame.parameters, trainer.network.parameters)
    np.testing.assert_array_equal(run.frame.outputs, trainer.outputs())  # at rest they are those of this very moment
    assert run.losses.epochs == run.frame.epoch


def test_the_same_experiment_chosen_again_begins_again(qtbot: QtBot, session: Session) -> None:
    train_for(qtbot, session, 20)
    session.use_spec(session.spec, "choice of the same")
    qtbot.waitUntil(lambda: has_begun(session) and current(session).frame.epoch == 0)
    assert not session.undo_stack.canUndo()
