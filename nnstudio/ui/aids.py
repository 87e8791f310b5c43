"""The window's aids: settings, command palette, shortcut sheet, help and what is known of the program."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSettings, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMainWindow, QWidget

from nnstudio.files.presets import Preset
from nnstudio.session.session import Session
from nnstudio.ui.actions import COMPARE_ACTIONS, LAB_ACTIONS, PRESENTER_ACTIONS
from nnstudio.ui.commands import (
    Command,
    bring_up,
    dock_commands,
    menu_commands,
    panel_commands,
    preset_commands,
    window_commands,
)
from nnstudio.ui.compare.link import CompareLink
from nnstudio.ui.docks import Dock
from nnstudio.ui.forms.experiment_form import ExperimentForm
from nnstudio.ui.help import pages, show_page
from nnstudio.ui.lab.link import LabLink
from nnstudio.ui.panels.base import Panel
from nnstudio.ui.preferences import Preferences
from nnstudio.ui.setting_commands import Settable, all_settings, choice_commands, go_commands, set_commands
from nnstudio.ui.theme import Theme

if TYPE_CHECKING:
    from nnstudio.ui.settings_dialog import SettingsDialog


class Aids(QObject):
    """Opens what helps a person along, over one window.

    Parameters
    ----------
    session : Session
    presets : sequence of Preset
    preferences : Preferences
    settings : QSettings
    window : QMainWindow
        Its menus hold the actions.
    form : ExperimentForm
    docks : sequence of Dock
        The form's first, then the panels'.
    panels : sequence of Panel
    lab : LabLink
    compare : CompareLink
    theme : Theme

    Attributes
    ----------
    preset_chosen : Signal(object)
        An example experiment is to be opened.
    """

    preset_chosen = Signal(object)

    def __init__(
        self,
        *,
        session: Session,
        presets: Sequence[Preset],
        preferences: Preferences,
        settings: QSettings,
        window: QMainWindow,
        form: ExperimentForm,
        docks: Sequence[Dock],
        panels: Sequence[Panel],
        lab: LabLink,
        compare: CompareLink,
        theme: Theme,
    ) -> None:
        super().__init__(window)
        self._session, self._presets, self._preferences = session, presets, preferences
        self._settings, self._window, self._form, self._theme = settings, window, form, theme
        self._docks, self._panels, self._lab, self._compare = docks, panels, lab, compare
        self._dialog: SettingsDialog | None = None

    def set_theme(self, theme: Theme) -> None:
        """Take on another look."""
        self._theme = theme
        if self._dialog is not None:
            self._dialog.set_theme(theme)

    # ---- what it opens ---------------------------------------------------------------------------------------------

    @Slot()
    def open_settings(self) -> None:
        """Show the settings of the program."""
        self._settings_dialog()

    def _settings_dialog(self) -> SettingsDialog:
        # Imported here, as the others below: what is not opened need not delay the start.
        from nnstudio.ui.settings_dialog import SettingsDialog

        if self._dialog is None or not self._dialog.isVisible():
            # A new one each time: its Undo goes back to when it was opened.
            if self._dialog is not None:
                self._dialog.deleteLater()
            self._dialog = SettingsDialog(preferences=self._preferences, theme=self._theme, parent=self._window)
        _bring_up(self._dialog)
        return self._dialog

    @Slot()
    def find_command(self) -> None:
        """Let the person find anything by its name."""
        from nnstudio.ui.command_palette import CommandPalette

        settings = self._all_settings()
        CommandPalette(
            commands=list(self._commands(settings)),
            entered=lambda query: set_commands(query, settings),
            settings=self._settings,
            theme=self._theme,
            parent=self._window,
        ).open()

    @Slot()
    def show_shortcuts(self) -> None:
        """Show every shortcut."""
        from nnstudio.ui.dialogs import ShortcutSheet

        _bring_up(self._window.findChild(ShortcutSheet) or ShortcutSheet(self._window))

    @Slot()
    def show_reading(self) -> None:
        """Show how to read the panels, beginning with the one that has the focus."""
        focused = self._window.focusWidget()
        keys = (panel.key for panel in self._panels if focused and (panel is focused or panel.isAncestorOf(focused)))
        show_page(next(keys, next(iter(pages()))), theme=self._theme, window=self._window)

    @Slot()
    def show_about(self) -> None:
        """Show version and licences."""
        from nnstudio.ui.dialogs import AboutDialog

        _bring_up(self._window.findChild(AboutDialog) or AboutDialog(self._window))

    # ---- what can be done ------------------------------------------------------------------------------------------

    def _all_settings(self) -> list[Settable]:
        return all_settings(self._session, self._preferences, self._go_to_field, self._go_to_preference)

    def _commands(self, settings: Sequence[Settable]) -> Iterator[Command]:
        toggles = [dock.toggleViewAction() for dock in self._docks]
        yield from menu_commands(self._window.menuBar().actions(), toggles)
        yield from preset_commands(self._presets, self.preset_chosen.emit)
        yield from dock_commands(self._docks)
        yield from go_commands(settings)
        yield from panel_commands(self._panels, self._docks)
        yield from window_commands(LAB_ACTIONS, "Lab", self._lab.open, self._in_lab)
        yield from window_commands(COMPARE_ACTIONS, "Compare", self._compare.open, self._in_compare)
        yield from window_commands(PRESENTER_ACTIONS, "Projector", self._window.activateWindow, self._in_window)
        yield from choice_commands(settings)

    def _in_window(self, key: str) -> QAction | None:
        return _action(self._window, key)

    def _in_lab(self, key: str) -> QAction | None:
        return _action(self._lab.lab_window, key)

    def _in_compare(self, key: str) -> QAction | None:
        return _action(self._compare.window, key)

    def _go_to_field(self, key: str) -> None:
        bring_up(self._docks[0])
        self._form.go_to(key)

    def _go_to_preference(self, key: str) -> None:
        self._settings_dialog().go_to(key)


def _bring_up(dialog: QWidget) -> None:
    dialog.show()
    dialog.raise_()
    dialog.activateWindow()


def _action(window: QWidget | None, key: str) -> QAction | None:
    found = None if window is None else window.findChild(QAction, f"action_{key}")
    return found if isinstance(found, QAction) else None
