"""The experiment being edited and the run under way: the one place that the window changes anything through."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from nnstudio.engine.choices.datasets import Dataset
from nnstudio.engine.preparation import prepare
from nnstudio.engine.registry import SettingError
from nnstudio.engine.run_state import RunState
from nnstudio.engine.spec import FIELDS, ExperimentSpec
from nnstudio.engine.suited import suited
from nnstudio.engine.timeline import LossHistory
from nnstudio.engine.transplant import transplant
from nnstudio.files.experiment import Experiment
from nnstudio.insight.outcomes import Outcome
from nnstudio.session.commands import Continuation, ContinueRun, EditExperiment, TypeParameter
from nnstudio.session.controller import RunController
from nnstudio.session.document import Document
from nnstudio.session.earlier_runs import EarlierRuns
from nnstudio.session.run import Run


class Session(Document):
    """What the program is doing now.

    Attributes
    ----------
    controller : RunController
        The run's thread.
    earlier_runs : EarlierRuns
    pending : frozenset of str
        Paths of the settings that take effect with a rewind.
    outcome : Outcome or None
        How the run stands.
    """

    setting_refused = Signal(str, str)  # key, reason
    pending_changed = Signal(object)  # frozenset of keys that take effect with a rewind
    run_started = Signal(object)  # Run
    frame_ready = Signal(object)  # Run
    running_changed = Signal(bool)
    outcome_changed = Signal(object)  # Outcome
    noticed = Signal(str)  # something that the person should read, in words

    def __init__(self, *, spec: ExperimentSpec, parent: QObject | None = None) -> None:
        super().__init__(spec=spec, parent=parent)
        self.earlier_runs = EarlierRuns()
        self.pending: frozenset[str] = frozenset()
        self._typed_in: set[int] = set()  # numbers of the runs with weights that were typed
        self.outcome: Outcome | None = None
        self._bound_for: Continuation | None = None  # where a run that was opened trains to
        self.controller = RunController(self)
        self.controller.run_started.connect(self._run_started)
        self.controller.frame_ready.connect(self._frame_ready)
        self.controller.running_changed.connect(self.running_changed)
        self.controller.start_run(spec)

    @property
    def run(self) -> Run | None:
        """The run under way, or None until the first has begun."""
        return self.controller.run

    @property
    def running(self) -> bool:
        """Whether the run is training at this moment."""
        return self.controller.running

    def edit(self, key: str, value: object) -> bool:
        """Change a setting, or say why it cannot be; returns whether it was accepted.

        Parameters
        ----------
        key : str
            A path such as ``training.learning_rate``.
        value : object
            The value, or the text of one.
        """
        try:
            changes = self._changes_with(value) if key == "data.name" else {}
            after = self.spec.with_settings({key: value, **changes})
        except SettingError as error:
            self.setting_refused.emit(error.key, error.reason)
            return False
        text = f"change of {FIELDS[key].label.lower()}"
        if key == "data.name" and after != self.spec:
            self._replace_run(after, text)
        else:
            self._push(after, text, key)
        self._say_changes(changes)
        return True

    def _changes_with(self, data_name: object) -> dict[str, object]:
        """Return the settings that have to change with the data."""
        data = replace(self.spec.data, name=FIELDS["data.name"].parse(data_name))
        return suited(self.spec, prepare(data, self.spec.own if data.name.name == "own" else None).dataset)

    def _say_changes(self, changes: Mapping[str, object]) -> None:
        if changes:
            words = ", ".join(f"{FIELDS[key].label.lower()} {value}" for key, value in changes.items())
            self.noticed.emit(f"To go with {self.spec.dataset().title}: {words}.")

    def use_spec(self, spec: ExperimentSpec, text: str, *, keep_weights: bool = False) -> None:
        """Replace the whole experiment, undoably, and begin a run of it.

        Parameters
        ----------
        spec : ExperimentSpec
        text : str
            What is done, in words that follow "undo".
        keep_weights : bool
            The network takes over the weights of the run under way, and goes on from its epoch: what is added to it
            changes nothing of what it computes.
        """
        if not keep_weights:
            self.controller.set_running(False)
        self._replace_run(spec, text, keep_weights=keep_weights)

    def _replace_run(self, spec: ExperimentSpec, text: str, *, keep_weights: bool = False) -> None:
        """Begin another run, or go on with the weights of this one; undone, this run is there again as it was."""
        run = self.run
        if spec == self.spec:
            self.spec_changed.emit(spec)  # clears a message beside the field
            if not keep_weights:
                self._restart()
            return
        if run is None or self._is_untouched(run):
            self._push(spec, text)
            return
        before, state, run = self._present()
        after = Continuation(spec, spec)
        if keep_weights and run.frame.stopped != "diverged":
            parameters = transplant(state.arrays["parameters"], run.spec, spec)
            after = Continuation(spec, spec, run.histories(), parameters=parameters, epoch=int(state.counters["epoch"]))
        else:
            self.earlier_runs.remember(self.run)
        self.undo_stack.push(ContinueRun(self, before, after, text))

    def open_member(
        self, spec: ExperimentSpec, epoch: int | None, text: str, *, listed: str = "", way_back: str = ""
    ) -> None:
        """Replace the whole experiment, undoably, and train it to an epoch; `noticed` says when it has got there.

        Parameters
        ----------
        spec : ExperimentSpec
        epoch : int or None
            How many epochs are to be complete; all of them without it.
        text : str
            What is done, in words that follow "undo".
        listed : str
            How it is said to stand then, as the kind of an outcome: where it does not, that is said too.
        way_back : str
            What leads back to where it was opened, in a sentence of its own.
        """
        goal = spec.training.epochs if epoch is None else min(max(epoch, 0), spec.training.epochs)
        self.continue_with(Continuation(spec, spec, goal=goal, listed=listed, way_back=way_back), text)

    def continue_with(self, after: Continuation, text: str) -> None:
        """Leave the run, undoably, and begin or go on with another."""
        self.controller.set_running(False)
        before = self._present()[0]
        self.earlier_runs.remember(self.run)
        self.undo_stack.push(ContinueRun(self, before, after, text))

    def _present(self) -> tuple[Continuation, RunState, Run]:
        """Return where the run is now: to come back to, its state, and itself."""
        state, course = self.controller.fetch_state()
        run = self.run  # one that was still beginning has begun with the answer
        assert run is not None
        return Continuation(self.spec, run.spec, run.histories(), course, state, branched=run.branched), state, run

    def use_data(
        self,
        dataset: Dataset,
        text: str,
        *,
        settings: Mapping[str, object] | None = None,
        keep_weights: bool = False,
    ) -> bool:
        """Learn a person's own samples, undoably; returns whether that can be.

        Parameters
        ----------
        dataset : Dataset
        text : str
            What is done, in words that follow "undo".
        settings : mapping of str to object, optional
            What else is to be set, by its path: ``{"data.scaling": "standardize"}``.
        keep_weights : bool
            As for `use_spec`.
        """
        try:
            changes = suited(self.spec, dataset.coded(self.spec.data.targets))
            spec = self.spec.with_settings({"data.name": "own", **changes, **(settings or {})}, own=dataset)
        except SettingError as error:
            self.setting_refused.emit(error.key, error.reason)
            return False
        self.use_spec(spec, text, keep_weights=keep_weights)
        self._say_changes(changes)
        return True

    @Slot()
    def regenerate(self) -> None:
        """Draw the samples, and who of them trains, anew from the next data seed; training goes on with them."""
        after = self.spec.with_settings({"data.seed": (self.spec.data.seed + 1) % 2**32})
        self._replace_run(after, "new samples", keep_weights=True)

    def take_continuation(self, point: Continuation) -> None:
        """Go on from a point of a run; for the undo stack's commands."""
        self.spec = point.spec
        self.spec_changed.emit(point.spec)
        self._set_pending(frozenset())
        self._start_run(
            point.run_spec,
            state=point.state,
            losses={name: LossHistory.from_outline(h.outline(), h.epochs) for name, h in point.losses.items()},
            course=point.course,
            parameters=point.parameters,
            epoch=point.epoch,
            branched=point.branched,
        )
        if point.goal is not None:
            self._bound_for = point
            self.controller.train_to(point.goal)

    def _start_run(self, spec: ExperimentSpec, **begun: Any) -> None:
        self._bound_for = None
        self.controller.start_run(spec, **begun)

    def set_parameter(self, index: int, value: float, name: str = "weight") -> bool:
        """Give one weight or bias of the run a value, undoably; returns whether that could be done.

        Parameters
        ----------
        index : int
            Its place in the flat vector of parameters.
        value : float
        name : str
            What it is called, for the undo menu.
        """
        run = self.run
        if run is None or not math.isfinite(value):
            return False
        before = float(run.frame.parameters[index])
        self.undo_stack.push(TypeParameter(self, run.number, index, before, value, f"typing of {name}"))
        return True

    def take_parameter(self, run: int, index: int, value: float) -> bool:
        """Give a weight of a run a value; false if that run is over. For the undo stack's commands."""
        if self.run is None or self.run.number != run or self.controller.starting:
            self.noticed.emit("That weight belongs to a run that is over.")
            return False
        self._typed_in.add(run)
        self.controller.set_parameter(index, value)
        return True

    def _push(self, after: ExperimentSpec, text: str, key: str = "") -> None:
        if after == self.spec:
            self.spec_changed.emit(after)  # clears a message beside the field
            return
        self.undo_stack.push(EditExperiment(self, self.spec, after, text, key))

    def take_spec(self, spec: ExperimentSpec) -> None:
        """Make this the experiment; for the undo stack's commands."""
        self.spec = spec
        self.spec_changed.emit(spec)
        self._apply_to_run()

    def _apply_to_run(self) -> None:
        run = self.run
        if run is None:
            return
        changes = frozenset(run.spec.changed_keys(self.spec))
        waiting = frozenset(key for key in changes if not FIELDS[key].live)
        # Other samples are wanted at once: whoever turns up the noise wants to see it.
        if waiting and (self._is_untouched(run) or any(key.startswith("data.") for key in waiting)):
            self._restart()
            return
        self._set_pending(waiting)
        live = {key: self.spec.get(key) for key in changes - waiting}
        if live:
            try:
                self.controller.set_live(run.spec.with_settings(live))
            except SettingError:
                # A stop criterion may need a validation share that this run does not have: it comes with the rewind.
                self._set_pending(waiting | frozenset(live))

    def _is_untouched(self, run: Run) -> bool:
        begun = run.frame.epoch or run.frame.batch or run.number in self._typed_in
        return not begun and not self.running

    def _set_pending(self, keys: frozenset[str]) -> None:
        if keys != self.pending:
            self.pending = keys
            self.pending_changed.emit(keys)

    @Slot()
    def toggle_training(self) -> None:
        """Train, or pause."""
        if not self.running and self._has_ended():
            return
        self.controller.set_running(not self.running)

    def _has_ended(self) -> bool:
        """Say that the run has ended and what goes on from there, if it has."""
        run = self.run
        if run is None or self.controller.starting or run.frame.stopped is None:
            return False
        if run.frame.stopped != "epochs":
            self.noticed.emit("This run has ended. Home rewinds it.")
        elif run.frame.epoch >= run.spec.training.epochs:
            self.noticed.emit(f"All {run.frame.epoch:,} epochs are done. Home rewinds; more epochs let it train on.")
        else:
            return False
        return True

    @Slot()
    def step_epoch(self) -> None:
        """Train for one epoch, and pause."""
        self._step(self.controller.step_epoch)

    @Slot()
    def step_batch(self) -> None:
        """Train for one batch, and pause."""
        self._step(self.controller.step_batch)

    def _step(self, step: Callable[[], None]) -> None:
        if not self._has_ended():
            step()

    @Slot()
    def rewind(self) -> None:
        """Go back to the first epoch, with the experiment as it is now: same seed, same weights."""
        self.controller.set_running(False)
        self._restart()

    def _restart(self) -> None:
        """Begin again with the experiment as it is now; a run under way goes on with it."""
        self.earlier_runs.remember(self.run)
        self._set_pending(frozenset())
        self._start_run(self.spec)

    @Slot()
    def new_weights(self) -> None:
        """Begin again from the weights of the next seed; a run under way goes on with them."""
        self._push(self.spec.with_settings({"seed": (self.spec.seed + 1) % 2**32}), "new weights")
        if self.pending:
            self._restart()

    @Slot(float)
    def set_speed(self, epochs_per_second: float) -> None:
        """Hold the training to a speed; infinity is as fast as possible."""
        self.controller.set_speed(epochs_per_second)

    def begin(self, experiment: Experiment) -> None:
        self.controller.set_running(False)
        self.earlier_runs.clear()
        self._set_pending(frozenset())
        self._start_run(
            experiment.spec,
            state=experiment.state,
            losses=experiment.losses,
            course=experiment.keyframes.get("outputs"),
            branched=experiment.branched,
        )

    def snapshot(self) -> Experiment:
        run = self.run
        if run is None or self.pending or self._is_untouched(run):
            return Experiment(self.spec, hidden=self.hidden)
        state, course = self.controller.fetch_state()
        return Experiment(self.spec, state, run.histories(), {"outputs": course}, self.hidden, run.branched)

    def close(self) -> bool:
        """End the thread, and return whether it ended within a second."""
        return self.controller.close()

    @Slot(object)
    def _run_started(self, run: Run) -> None:
        self.run_started.emit(run)
        self._say_outcome(run)
        # An edit that came while the run was being made is not in it yet.
        self._apply_to_run()

    @Slot(object)
    def _frame_ready(self, run: Run) -> None:
        self.frame_ready.emit(run)
        self._say_outcome(run)
        if self._bound_for is not None and not run.frame.training and not self.controller.starting:
            point, self._bound_for = self._bound_for, None
            words = point.arrival_words(run)
            if words:
                self.noticed.emit(words)

    def _say_outcome(self, run: Run) -> None:
        outcome = run.outcome()
        if outcome != self.outcome:
            self.outcome = outcome
            self.outcome_changed.emit(outcome)
