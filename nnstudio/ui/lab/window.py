"""The lab's window: what to sweep at the left, what came of it at the right."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSettings, QTimer, Signal, Slot
from PySide6.QtGui import QAction, QCloseEvent
from PySide6.QtWidgets import QMainWindow

from nnstudio.engine.registry import SettingError
from nnstudio.engine.spec import ExperimentSpec
from nnstudio.lab.plan import Plan, ReadyMade
from nnstudio.lab.store import StoredSweep
from nnstudio.lab.words import plan_words
from nnstudio.session.lab import Lab, same_but_seed
from nnstudio.session.lab_worker import Estimate, Where
from nnstudio.ui.actions import LAB_ACTIONS, QUIT_ACTION, add_actions
from nnstudio.ui.icons import icon
from nnstudio.ui.lab.charts import Charts
from nnstudio.ui.lab.controls import RunControls
from nnstudio.ui.lab.kept_sweeps import KeptSweeps
from nnstudio.ui.lab.layout import lay_out
from nnstudio.ui.lab.presentation import Presentation
from nnstudio.ui.lab.run_strip import RunStrip
from nnstudio.ui.lab.setup import MENDING, SetupForm
from nnstudio.ui.lab.top_bar import TopBar
from nnstudio.ui.places import place
from nnstudio.ui.preferences import Preferences
from nnstudio.ui.surroundings import Surroundings
from nnstudio.ui.theme import Theme

#: A sweep that takes no longer is started with the window.
SOON_SECONDS = 30.0
_SETTLES = 200  # milliseconds without a change, after which the time is estimated anew


class LabWindow(QMainWindow):
    """Everything that a person sees of a lab.

    Parameters
    ----------
    lab : Lab
    spec : ExperimentSpec
        The main window's experiment.
    settings : QSettings
        Where sizes and machines are remembered.
    preferences : Preferences
    theme : Theme

    Attributes
    ----------
    run_chosen : Signal(int, int)
        A run of the lab's results is to be opened at an epoch, or at its end with -1.
    pin_wanted : Signal(int)
        A run is to be pinned for comparison.
    quit_wanted : Signal()
        The program is to end.
    """

    run_chosen = Signal(int, int)
    pin_wanted = Signal(int)
    quit_wanted = Signal()

    def __init__(
        self, *, lab: Lab, spec: ExperimentSpec, settings: QSettings, preferences: Preferences, theme: Theme
    ) -> None:
        super().__init__()
        self.setObjectName("lab_window")
        self.setWindowTitle("Lab – nnstudio")
        self.lab = lab
        self._settings, self._theme = settings, theme
        self._current = spec
        self._follows = True  # the main window's experiment, until a sweep of it is started
        self._start_soon: Plan | None = None
        self._estimate: Estimate | None = None
        self._opened: int | None = None
        self._where: Where | None = None  # the sweep under way trains there
        self.kept = KeptSweeps(lab=lab, theme=theme, window=self)
        self.actions_by_key = self._make_actions()
        self.top = TopBar(actions=self.actions_by_key, theme=theme)
        self.setup = SetupForm(spec=spec, settings=settings, preferences=preferences, theme=theme)
        self.controls = RunControls(actions=self.actions_by_key, theme=theme)
        self.charts = Charts(settings=settings, theme=theme)
        self.strip = RunStrip(actions=self.actions_by_key, theme=theme)
        self._settling = QTimer(self, singleShot=True, interval=_SETTLES)
        self._settling.timeout.connect(self._ask_estimate)
        self._lay_out()
        self._connect()
        self.set_theme(theme)
        self._restore()
        self.setup.offer_taking(False)
        self.top.all_button.hide()
        for key in ("lab_save", "lab_copy", "lab_take"):
            self.actions_by_key[key].setEnabled(False)
        self._show_state()
        self._take_plan()
        self.setFocus()

    # ---- making it -----------------------------------------------------------------------------------------------

    def _make_actions(self) -> dict[str, QAction]:
        slots: dict[str, Callable[[], object]] = {
            "lab_start": self.start,
            "lab_pause": self.toggle_pause,
            "lab_cancel": self.lab.cancel,
            "lab_take": self.take_current,
            "lab_all": self.show_all,
            "lab_open": self._open_run,
            "lab_pin": self._pin_run,
            "lab_earlier": self.show_earlier,
            "lab_save": self.kept.choose_file,
            "lab_copy": self.kept.copy_results,
            "lab_form": self._toggle_form,
            "lab_close": self.close,
            "quit": self.quit_wanted.emit,
        }
        return add_actions(self, (*LAB_ACTIONS, QUIT_ACTION), slots)

    def _lay_out(self) -> None:
        whole, self._columns = lay_out(
            above=(self.kept.bar, self.top),
            left=(self.setup, self.controls),
            right=(self.charts, self.strip),
            theme=self._theme,
        )
        self.setCentralWidget(whole)
        self._presentation = Presentation(window=self, columns=self._columns, top=self.top, theme=self._theme)

    def _connect(self) -> None:
        lab = self.lab
        self.setup.changed.connect(self._take_plan)
        self.setup.take_wanted.connect(self.take_current)
        self.top.ready.chosen.connect(self._start_ready)
        self.charts.run_chosen.connect(self._choose_run)
        self.charts.run_hovered.connect(self._show_run)
        self.charts.cell_chosen.connect(self._choose_cell)
        self.charts.reported.connect(self.notice)
        lab.state_changed.connect(self._show_state)
        lab.results_replaced.connect(self._show_results)
        lab.results_grown.connect(self._grow)
        lab.progressed.connect(self.controls.show_progress)
        lab.estimated.connect(self._take_estimate)
        lab.refused.connect(self._take_refusal)
        lab.noticed.connect(self.notice)
        self.kept.noticed.connect(self.notice)
        self.kept.open_wanted.connect(self._open_stored)
        self.kept.resume_wanted.connect(self._resume_stored)

    # ---- what is to be swept -------------------------------------------------------------------------------------

    @Slot(object)
    def follow(self, spec: ExperimentSpec) -> None:
        """Learn of the main window's experiment."""
        self._current = spec
        if self._follows and not same_but_seed(spec, self.setup.spec):
            self.setup.show_spec(spec)
        self._offer_taking()

    @Slot()
    def take_current(self) -> None:
        """Sweep the main window's experiment as it is now."""
        self.setup.show_spec(self._current)
        self._offer_taking()

    def start_soon(self) -> None:
        """Train 1,000 seeds of the main window's experiment, unless it takes long or they are shown already."""
        if self.lab.is_busy or self._shows(self._current):
            return
        self._start_soon = Plan(self._current)
        self.setup.show_plan(self._start_soon)
        self._offer_taking()
        self._ask_estimate()

    def _shows(self, spec: ExperimentSpec) -> bool:
        """Whether the results that are shown are of an experiment too."""
        results = self.lab.results
        return results is not None and any(
            same_but_seed(results.sweep.spec(cell), spec) for cell in range(len(results.sweep.cells))
        )

    def _offer_taking(self) -> None:
        differs = not same_but_seed(self._current, self.setup.spec)
        self.setup.offer_taking(differs)
        self.actions_by_key["lab_take"].setEnabled(differs)

    @Slot()
    def _take_plan(self) -> None:
        self._estimate = None
        if self._start_soon is not None and self._start_soon != self.setup.plan():
            self._start_soon = None  # a person wants something else
        self.controls.end_problem()
        self.top.ready.show_spec(self.setup.spec)
        self._show_plan()
        self._settling.start()

    def _show_plan(self) -> None:
        """Say what a start would do, or why it cannot be."""
        plan = self.setup.plan()
        why_not = ""
        if self.setup.lacks_scheduler:
            why_not = "Enter the scheduler's address to start."
        elif plan is None:
            why_not = self.setup.what_is_missing()
        self.actions_by_key["lab_start"].setEnabled(not why_not)
        runs = 0 if plan is None else plan.runs
        self.controls.show_estimate(runs, self._estimate, why_not)
        results = self.lab.results
        if results is not None:
            self.top.headline.show_whose(of_another=not self.setup.would_train(results))
        elif plan is not None:
            self.top.headline.show_plan(plan_words(plan))

    @Slot()
    def _ask_estimate(self) -> None:
        plan = self.setup.plan()
        if plan is not None and not self.setup.lacks_scheduler:
            self.lab.estimate(plan, self.setup.where())

    @Slot(object)
    def _take_estimate(self, estimate: Estimate | None) -> None:
        if estimate is None:
            self._start_soon = None
            return
        if estimate.plan != self.setup.plan():
            return
        self._estimate = estimate
        self._show_plan()
        if self._start_soon == estimate.plan:
            # The first one may be made while the processes are still starting: the next may be lower.
            if estimate.seconds <= SOON_SECONDS:
                self.start()
            else:
                self.controls.start.setFocus()

    @Slot(object, object)
    def _take_refusal(self, plan: Plan, error: SettingError) -> None:
        if plan == self.setup.plan():
            self.setup.refuse(error)
            self._start_soon = None
            self.controls.show_estimate(0, None, MENDING)
            self.actions_by_key["lab_start"].setEnabled(False)

    # ---- running -------------------------------------------------------------------------------------------------

    @Slot()
    def start(self) -> None:
        """Start what the form says."""
        self.setup.settle()  # a key starts it in the middle of typing
        plan = self.setup.plan()
        if plan is not None and not self.setup.lacks_scheduler:
            self._follows, self._start_soon = False, None
            self._where = self.setup.where()
            self.lab.start(plan, self._where)
            self._offer_taking()

    @Slot(object)
    def _start_ready(self, ready: ReadyMade) -> None:
        self.setup.show_plan(ready.plan(self.setup.spec))
        self.start()

    @Slot()
    def toggle_pause(self) -> None:
        """Pause, or go on."""
        if self.lab.state == "paused":
            self.lab.resume()
        else:
            self.lab.pause()

    @Slot()
    def _show_state(self) -> None:
        lab = self.lab
        self.controls.show_state(lab.state, lab.problem)
        for key in ("lab_pause", "lab_cancel"):
            self.actions_by_key[key].setEnabled(lab.is_busy)
        if not lab.is_busy:
            self._show_plan()
            self._grow()
            self._settling.start()

    @Slot()
    def _show_results(self) -> None:
        """Show other results."""
        results = self.lab.results
        if results is None:
            return
        self._opened = None
        if self.lab.is_busy and self._where is not None:
            self.setup.keep_scheduler(self._where)  # it has answered
        if not self.setup.would_train(results):
            self.setup.show_results(results)  # they were made before: the form says what they are of
            self._offer_taking()
        self.top.headline.show_whose(of_another=False)
        self.charts.show_results(results)
        self.strip.show_run(results, None)
        self._grow()

    @Slot()
    def _grow(self) -> None:
        """Show what the results have grown by."""
        results = self.lab.results
        if results is None or results is not self.charts.results:
            return
        cell = self.charts.cell if results.sweep.axes else 0
        self.top.headline.show_results(results, cell, under_way=self.lab.is_busy)
        self.top.all_button.setVisible(bool(results.sweep.axes) and cell is not None)
        for key in ("lab_save", "lab_copy"):
            self.actions_by_key[key].setEnabled(results.count_done > 0)
        if self.isVisible():
            self.charts.grow()

    # ---- runs ----------------------------------------------------------------------------------------------------

    @Slot(object)
    def _choose_cell(self, cell: int | None) -> None:
        self.charts.show_cell(cell)
        self._grow()

    @Slot()
    def show_all(self) -> None:
        """Show the runs of all cells."""
        self._choose_cell(None)

    @Slot(int, int)
    def _choose_run(self, run: int, epoch: int) -> None:
        self._opened = run
        self.strip.show_run(self.lab.results, run)
        self.run_chosen.emit(run, epoch)

    @Slot(object)
    def _show_run(self, run: int | None) -> None:
        self.strip.show_run(self.lab.results, self._opened if run is None else run)

    @Slot()
    def _open_run(self) -> None:
        if self.strip.run is not None:
            self._choose_run(self.strip.run, -1)

    @Slot()
    def _pin_run(self) -> None:
        if self.strip.run is not None:
            self.pin_wanted.emit(self.strip.run)

    # ---- sweeps that are kept ------------------------------------------------------------------------------------

    @Slot()
    def _toggle_form(self) -> None:
        self._presentation.toggle()

    @Slot()
    def show_earlier(self) -> None:
        """List the sweeps that were made before."""
        self.kept.show_list(self.top.earlier_button)

    @Slot(object)
    def _open_stored(self, stored: StoredSweep) -> None:
        self._follows, self._start_soon = False, None
        self.lab.open_stored(stored)

    @Slot(object)
    def _resume_stored(self, stored: StoredSweep) -> None:
        self._follows, self._start_soon = False, None
        self._where = self.setup.where()
        self.lab.resume_stored(stored, self._where)

    @Slot(str)
    def notice(self, text: str) -> None:
        """Say for some seconds what has been done, or why it was not."""
        self.strip.notice(text)

    def surroundings(self) -> Surroundings:
        """Tell what there is in the window."""
        panels = {panel.title: panel for panel in self.charts.panels}
        parts = (self.kept.bar, self.top, self.setup, self.controls, *self.charts.tiles, self.strip)
        return Surroundings(place="Lab", actions=self.actions_by_key, panels=panels, parts=parts)

    # ---- looks ---------------------------------------------------------------------------------------------------

    def set_theme(self, theme: Theme) -> None:
        """Take on another look."""
        self._theme = theme
        for entry in LAB_ACTIONS:
            if entry.icon:
                self.actions_by_key[entry.key].setIcon(icon(entry.icon, theme))
        parts = (self.setup, self.controls, self.charts, self.strip, self.kept, self._columns, self._presentation)
        for part in parts:
            part.set_theme(theme)

    def _restore(self) -> None:
        place(self, (1280, 720), self._settings.value("lab/geometry"))
        self._columns.restore(self._settings)

    def closeEvent(self, event: QCloseEvent) -> None:
        self._settings.setValue("lab/geometry", self.saveGeometry())
        self._columns.remember(self._settings)
        self.charts.remember()
        event.accept()
