"""The window: form, panels, transport bar and outcome around one session."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QByteArray, QSettings, Qt, QTimer, QUrl, Slot
from PySide6.QtGui import QCloseEvent, QDesktopServices, QDragEnterEvent, QDropEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QMenu

from nnstudio.files.presets import Preset
from nnstudio.insight.differences import setting_label, setting_text
from nnstudio.session.run import Run
from nnstudio.session.session import Session
from nnstudio.ui.actions import ACTIONS, DOCK_ACTIONS, describe, draw_icons, make_actions
from nnstudio.ui.aids import Aids
from nnstudio.ui.announcer import Announcer
from nnstudio.ui.appearance import Appearance
from nnstudio.ui.arrangement import Arrangement
from nnstudio.ui.compare.link import CompareLink
from nnstudio.ui.data_files import DataFiles
from nnstudio.ui.documents import Documents
from nnstudio.ui.errors import log_path
from nnstudio.ui.forms.experiment_form import ExperimentForm
from nnstudio.ui.keyboard import Home, ShortcutKeys, TabOrder
from nnstudio.ui.lab.link import LabLink
from nnstudio.ui.motion import Motion
from nnstudio.ui.outcome_bar import OutcomeBar
from nnstudio.ui.panel_links import PanelLinks
from nnstudio.ui.panels import PANELS
from nnstudio.ui.panels.base import Panel
from nnstudio.ui.places import Places, place
from nnstudio.ui.preferences import Preferences
from nnstudio.ui.projector.mode import Projector
from nnstudio.ui.theme import Theme, apply_theme
from nnstudio.ui.theme_menu import ThemeMenu
from nnstudio.ui.transport import DEFAULT_SPEED, TransportBar


class MainWindow(QMainWindow):
    """Everything that a person sees of a session.

    Parameters
    ----------
    session : Session
    presets : sequence of Preset
    settings : QSettings
        Where sizes, layout, theme, speed and recent files are remembered.
    """

    def __init__(self, *, session: Session, presets: tuple[Preset, ...], settings: QSettings) -> None:
        super().__init__()
        self.setObjectName("main_window")
        self.session = session
        self._settings = settings
        self.preferences = Preferences(settings, self)
        self._presets = presets
        self.appearance = Appearance(self.preferences, self)
        self._theme = self.appearance.theme
        apply_theme(_application(), self._theme)
        self.actions_by_key = make_actions(self)
        self.documents = Documents(session=session, settings=settings, window=self)
        self.data_files = DataFiles(session=session, settings=settings, theme=self._theme, window=self)
        self.compare = CompareLink(session=session, settings=settings, theme=self._theme, window=self)
        self.lab = LabLink(
            session=session,
            pins=self.compare.pins,
            settings=settings,
            preferences=self.preferences,
            theme=self._theme,
            window=self,
        )
        self.transport = TransportBar(actions=self.actions_by_key, theme=self._theme)
        self.outcome_bar = OutcomeBar(theme=self._theme)
        self.form = ExperimentForm(spec=session.spec, presets=presets, theme=self._theme)
        self.panels: tuple[Panel, ...] = tuple(panel(theme=self._theme) for panel in PANELS)
        self.addToolBar(self.transport)
        self.setStatusBar(self.outcome_bar)
        self._arrangement = Arrangement(window=self, form=self.form, panels=self.panels, theme=self._theme)
        self._arrangement.seen.connect(self._refresh_panels)
        for panel in self.panels:
            panel.reported.connect(self.outcome_bar.notice)
        by_key = {panel.key: panel for panel in self.panels}
        links = PanelLinks(session=session, panels=by_key, parent=self)
        links.digits_wanted.connect(self._use_digits)
        parts = (self.transport, *self._arrangement.docks, self.outcome_bar)
        self.aids = Aids(
            session=session,
            presets=presets,
            preferences=self.preferences,
            settings=settings,
            window=self,
            form=self.form,
            docks=self._arrangement.docks,
            panels=self.panels,
            parts=parts,
            lab=self.lab,
            compare=self.compare,
            theme=self._theme,
        )
        self.aids.preset_chosen.connect(self._use_preset)
        Motion(
            preferences=self.preferences,
            controller=session.controller,
            lab=self.lab,
            compare=self.compare,
            window=self,
        )
        Announcer(session=session, actions=self.actions_by_key, window=self)
        self._connect_actions()
        self.appearance.serve(self.actions_by_key)
        self.aids.serve(self.actions_by_key)
        # Where the focus rests: not in the first field, where the arrows would change a setting.
        self._home = Home(self, self.panels)
        self._arrangement.laid_out.connect(self._home.take_focus)
        self.projector = Projector(
            window=self,
            appearance=self.appearance,
            arrangement=self._arrangement,
            transport=self.transport,
            outcome_bar=self.outcome_bar,
            home=self._home,
            actions=self.actions_by_key,
        )
        for link in (self.lab, self.compare):
            link.opened.connect(self.projector.stage.take)
        self._make_menus()
        self._connect_session()
        draw_icons(self.actions_by_key, self._theme)
        self.transport.set_training(False)
        self.setAcceptDrops(True)
        self._tab_order = TabOrder(form=self.form, parts=parts, home=self._home)
        ShortcutKeys(application=_application(), window=self, go_home=self._home.take_focus)
        self.appearance.changed.connect(self._show_theme)
        self._may_close = False
        self._failed: set[Panel] = set()
        self._restore()
        self._show_title()

    # ---- making it -----------------------------------------------------------------------------------------------

    def _connect_actions(self) -> None:
        session, transport = self.session, self.transport
        for key, slot in {
            "new": self.documents.new,
            "open": self.documents.choose,
            "reopen": self.documents.reopen_unsaved,
            "open_data": self.data_files.choose,
            "export_python": self.documents.choose_export,
            "save": self.documents.save,
            "save_as": self.documents.save_as,
            "quit": self.close,
            "undo": session.undo_stack.undo,
            "redo": session.undo_stack.redo,
            "copy_settings": self.documents.copy_settings,
            "paste_settings": self.documents.paste_settings,
            "train": session.toggle_training,
            "step": session.step_epoch,
            "step_batch": session.step_batch,
            "rewind": session.rewind,
            "new_weights": session.new_weights,
            "regenerate": session.regenerate,
            "lab": self.lab.open,
            "pin": self.compare.pin,
            "compare": self.compare.open,
            "faster": transport.faster,
            "slower": transport.slower,
            "show_all": self.form.show_all,
            "show_log": self.show_log,
        }.items():
            self.actions_by_key[key].triggered.connect(slot)
        stack = session.undo_stack
        for key, able, changed, words in (
            ("undo", stack.canUndo, stack.canUndoChanged, stack.undoTextChanged),
            ("redo", stack.canRedo, stack.canRedoChanged, stack.redoTextChanged),
        ):
            action = self.actions_by_key[key]
            action.setEnabled(able())
            changed.connect(action.setEnabled)
            words.connect(self._name_undo)

    @Slot()
    def _name_undo(self) -> None:
        stack = self.session.undo_stack
        self.actions_by_key["undo"].setText(f"&Undo {stack.undoText()}".rstrip())
        self.actions_by_key["redo"].setText(f"&Redo {stack.redoText()}".rstrip())

    def _make_menus(self) -> None:
        menus: dict[str, QMenu] = {}
        for entry in ACTIONS:
            menu = menus.get(entry.menu)
            if menu is None:
                menu = menus[entry.menu] = self.menuBar().addMenu(f"&{entry.menu}")
                menu.setToolTipsVisible(True)
            if entry.separated:
                menu.addSeparator()
            menu.addAction(self.actions_by_key[entry.key])
            if entry.key == "open":
                menu.addMenu(self.documents.recent_menu)
        view, first = menus["View"], self.actions_by_key["reset_layout"]
        docks = {dock.objectName(): dock for dock in self._arrangement.docks}
        for entry in DOCK_ACTIONS:
            toggle = docks[entry.key].toggleViewAction()
            describe(toggle, entry)
            view.insertAction(first, toggle)
        view.insertSeparator(first)
        view.addMenu(ThemeMenu(self.preferences, view))

    def _connect_session(self) -> None:
        session = self.session
        self.form.edited.connect(session.edit)
        self.form.preset_chosen.connect(self._use_preset)
        self.form.regenerate_wanted.connect(session.regenerate)
        self.form.hidden_chosen.connect(session.set_hidden)
        session.hidden_changed.connect(self.form.show_hidden)
        self.form.own_data_wanted.connect(self.data_files.choose)
        session.spec_changed.connect(self.form.show_spec)
        session.setting_refused.connect(self.form.show_rejection)
        session.pending_changed.connect(self.form.show_pending)
        session.pending_changed.connect(self._say_pending)
        session.path_changed.connect(self._show_title)
        session.undo_stack.cleanChanged.connect(self._show_title)
        session.run_started.connect(self._show_run)
        session.frame_ready.connect(self._show_frame)
        session.running_changed.connect(self.transport.set_training)
        session.running_changed.connect(self.outcome_bar.end_notice)
        session.outcome_changed.connect(self.outcome_bar.show_outcome)
        session.noticed.connect(self.outcome_bar.notice)
        self.documents.noticed.connect(self.outcome_bar.notice)
        self.compare.noticed.connect(self.outcome_bar.notice)
        self.documents.table_chosen.connect(self.data_files.open)
        self.transport.speed_chosen.connect(session.set_speed)

    # ---- the run -------------------------------------------------------------------------------------------------

    @Slot(object)
    def _say_pending(self, keys: frozenset[str]) -> None:
        """Say what waits for a rewind where the form, which marks it, is folded."""
        if keys and self.appearance.projector:
            changed = (f"{setting_label(key)} {setting_text(self.session.spec, key)}" for key in sorted(keys))
            self.outcome_bar.notice(f"{', '.join(changed)}: from the next rewind on (Home).")
        elif self.appearance.projector:
            self.outcome_bar.end_notice()

    @Slot(object)
    def _show_run(self, run: Run) -> None:
        self._failed.clear()
        earlier = self.session.earlier_runs.comparable(run)
        for panel in self.panels:
            self._tell(panel, partial(panel.start_run, run, earlier))
        self.outcome_bar.show_run(run)
        self.transport.show_run(run)
        self._arrangement.show_data(run.dataset)
        self._show_frame(run)

    @Slot(object)
    def _show_frame(self, run: Run) -> None:
        self.transport.refresh(run)
        for panel in self.panels:
            if panel.isVisible():
                self._tell(panel, partial(panel.refresh, run))

    def _tell(self, panel: Panel, what: Callable[[], None]) -> None:
        """Let a panel do something; one that fails is reported, and left out until the next run."""
        if panel in self._failed:
            return
        try:
            what()
        except Exception:
            self._failed.add(panel)
            sys.excepthook(*sys.exc_info())

    @Slot()
    def _refresh_panels(self) -> None:
        """Draw what has been hidden until now."""
        if self.session.run is not None:
            self._show_frame(self.session.run)

    @Slot(object)
    def _use_preset(self, preset: Preset) -> None:
        self.session.use_spec(preset.spec, f"choice of {preset.title}")
        self.outcome_bar.notice(preset.description)

    @Slot()
    def _use_digits(self) -> None:
        self._use_preset(next(preset for preset in self._presets if preset.name == "digits"))

    def focusNextPrevChild(self, next: bool) -> bool:
        return self._tab_order.step(self, next)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:  # nothing in the window has wanted it
            self._home.take_focus()
        else:
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self.documents.dropped_file(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        path = self.documents.dropped_file(event.mimeData())
        if path is not None:
            event.acceptProposedAction()
            self.documents.open(path)

    # ---- looks ---------------------------------------------------------------------------------------------------

    @Slot(object)
    def _show_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._arrangement.keep_sizes()
        apply_theme(_application(), theme)
        draw_icons(self.actions_by_key, self._theme)
        self.transport.set_theme(self._theme)
        self.outcome_bar.set_theme(self._theme)
        self.form.set_theme(self._theme)
        self.data_files.set_theme(self._theme)
        self.lab.set_theme(self._theme)
        self.compare.set_theme(self._theme)
        self.aids.set_theme(self._theme)
        for panel in self.panels:
            panel.set_theme(self._theme)
        self._arrangement.set_theme(self._theme)
        self._refresh_panels()

    @Slot()
    def _show_title(self) -> None:
        path, clean = self.session.path, self.session.undo_stack.isClean()
        self.setWindowTitle(f"{path.name if path else 'Untitled'}[*] – nnstudio")
        self.setWindowModified(not clean)
        self.setWindowFilePath(str(path) if path else "")

    def _restore(self) -> None:
        place(self, (1280, 720), self._settings.value("geometry"))
        Places(self)
        state = self._settings.value("layout")
        self._has_layout = isinstance(state, QByteArray) and self._arrangement.restore(state)
        try:
            speed = float(str(self._settings.value("speed", DEFAULT_SPEED)))
        except ValueError:
            speed = DEFAULT_SPEED
        self.transport.set_speed(speed)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._home.take_focus()
        if not self._has_layout:
            # Sizes can be shared out only once the window has its own.
            self._has_layout = True
            QTimer.singleShot(0, self._arrangement.share_out)

    # ---- help and the end ----------------------------------------------------------------------------------------

    @Slot()
    def show_log(self) -> None:
        """Open the folder of the log."""
        log_path().parent.mkdir(parents=True, exist_ok=True)
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(log_path().parent)))
        self.outcome_bar.notice(f"The log is {log_path()}")

    @Slot(str)
    def recover(self, _text: str) -> None:
        """Go on after an unexpected error."""
        self.session.controller.recover()
        self.compare.recover()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self.documents.has_unsaved_file and not self._may_close:
            event.ignore()
            self.documents.unless_unsaved(self._close_anyway)
            return
        self.documents.keep_unsaved()
        self._settings.setValue("geometry", self.projector.geometry)
        self._settings.setValue("layout", self.projector.layout)
        self._settings.setValue("speed", self.transport.chosen_speed)
        self.lab.close()
        self.compare.close()
        self.session.close()
        event.accept()

    def _close_anyway(self) -> None:
        self._may_close = True
        self.close()


def _application() -> QApplication:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    return app
