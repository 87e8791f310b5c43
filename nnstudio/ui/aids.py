"""The window's aids: settings, command palette, shortcut sheet, help and what is known of the program."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSettings, Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QMainWindow, QWidget
from shiboken6 import isValid

from nnstudio.files.presets import Preset
from nnstudio.session.session import Session
from nnstudio.ui.actions import COMPARE_ACTIONS, LAB_ACTIONS, PRESENTER_ACTIONS
from nnstudio.ui.commands import (
    Command,
    bring_up,
    dock_commands,
    menu_commands,
    own_commands,
    panel_commands,
    preset_commands,
    window_commands,
)
from nnstudio.ui.compare.link import CompareLink
from nnstudio.ui.docks import Dock
from nnstudio.ui.forms.experiment_form import ExperimentForm
from nnstudio.ui.help import pages, show_page
from nnstudio.ui.keyboard import go_to_part
from nnstudio.ui.lab.link import LabLink
from nnstudio.ui.panels.base import Panel
from nnstudio.ui.preferences import Preferences
from nnstudio.ui.setting_commands import Settable, all_settings, choice_commands, go_commands, set_commands
from nnstudio.ui.surroundings import Surroundings
from nnstudio.ui.theme import Theme

if TYPE_CHECKING:
    from nnstudio.ui.settings_dialog import SettingsDialog


#: What the palette lists with a place in the main window, and what needs that window nowhere.
_ANYWHERE = tuple(
    f"action_{key}"
    for key in ("settings", "zoom_in", "zoom_out", "zoom_reset", "lab", "compare", "quit", "next_part", "previous_part")
)


class Aids(QObject):
    """Opens what helps a person along, over the window that they are in: the main one or one beside it.

    Parameters
    ----------
    session : Session
    presets : sequence of Preset
    preferences : Preferences
    settings : QSettings
    window : QMainWindow
        The main one: its menus hold the actions.
    form : ExperimentForm
    docks : sequence of Dock
        The form's first, then the panels'.
    panels : sequence of Panel
    parts : sequence of QWidget
        Of the main window, from the top left to the bottom right.
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
        parts: Sequence[QWidget],
        lab: LabLink,
        compare: CompareLink,
        theme: Theme,
    ) -> None:
        super().__init__(window)
        self._session, self._presets, self._preferences = session, presets, preferences
        self._settings, self._window, self._form, self._theme = settings, window, form, theme
        self._docks, self._panels, self._lab, self._compare = docks, panels, lab, compare
        self._parts = parts
        self._dialog: SettingsDialog | None = None

    def set_theme(self, theme: Theme) -> None:
        """Take on another look."""
        self._theme = theme
        if self._dialog is not None and isValid(self._dialog):
            self._dialog.set_theme(theme)

    def serve(self, actions: Mapping[str, QAction]) -> None:
        """Let the program's actions help from every window."""
        for key, slot in {
            "settings": self.open_settings,
            "find_command": self.find_command,
            "shortcuts": self.show_shortcuts,
            "reading": self.show_reading,
            "about": self.show_about,
            "next_part": self.next_part,
            "previous_part": self.previous_part,
        }.items():
            actions[key].setShortcutContext(Qt.ShortcutContext.ApplicationShortcut)
            actions[key].triggered.connect(slot)

    def _here(self) -> tuple[QWidget, Surroundings | None]:
        """Return the window that the person is in, and what is around them unless it is the main one."""
        others = (self._lab.lab_window, self._compare.window, *self._compare.twins)
        widget: QWidget | None = QApplication.activeWindow()
        while widget is not None:
            for other in others:
                if other is widget:
                    return other, other.surroundings()
            widget = widget.parentWidget()  # of a dialog over it
        return self._window, None

    @Slot()
    def next_part(self) -> None:
        """Give the focus to the next part of the window."""
        self._go_to_part(forward=True)

    @Slot()
    def previous_part(self) -> None:
        """Give the focus to the part of the window before."""
        self._go_to_part(forward=False)

    def _go_to_part(self, *, forward: bool) -> None:
        _, around = self._here()
        go_to_part(self._parts if around is None else around.parts, forward=forward)

    # ---- what it opens ---------------------------------------------------------------------------------------------

    @Slot()
    def open_settings(self) -> None:
        """Show the settings of the program."""
        self._settings_dialog()

    def _settings_dialog(self) -> SettingsDialog:
        # Imported here, as the others below: what is not opened need not delay the start.
        from nnstudio.ui.settings_dialog import SettingsDialog

        window, _ = self._here()
        if self._dialog is not None and not isValid(self._dialog):
            self._dialog = None  # it went with the window that it was over
        if self._dialog is None or not self._dialog.isVisible() or self._dialog.parentWidget() is not window:
            # A new one each time: its Undo goes back to when it was opened.
            if self._dialog is not None:
                self._dialog.close()
                self._dialog.deleteLater()
            self._dialog = SettingsDialog(preferences=self._preferences, theme=self._theme, parent=window)
        _bring_up(self._dialog)
        return self._dialog

    @Slot()
    def find_command(self) -> None:
        """Let the person find anything by its name."""
        from nnstudio.ui.command_palette import CommandPalette

        settings = self._all_settings()
        window, around = self._here()

        def entered(query: str) -> list[Command]:
            found = set_commands(query, settings)
            return found if around is None else [self._from_beside(command) for command in found]

        CommandPalette(
            commands=list(self._commands(settings) if around is None else self._commands_beside(settings, around)),
            entered=entered,
            settings=self._settings,
            theme=self._theme,
            parent=window,
        ).open()

    @Slot()
    def show_shortcuts(self) -> None:
        """Show every shortcut."""
        from nnstudio.ui.dialogs import ShortcutSheet

        window, around = self._here()
        first = "" if around is None else around.place
        _bring_up(window.findChild(ShortcutSheet) or ShortcutSheet(window, first=first))

    @Slot()
    def show_reading(self) -> None:
        """Show how to read the panels, beginning with the one that has the focus."""
        window, around = self._here()
        panels = self._panels if around is None else [panel for panel in around.panels.values() if panel.isVisible()]
        focused = window.focusWidget()
        keys = [panel.key for panel in panels if focused and (panel is focused or panel.isAncestorOf(focused))]
        others = [panel.key for panel in panels] if around is not None else []
        show_page(next(iter([*keys, *others, *pages()])), theme=self._theme, window=window)

    @Slot()
    def show_about(self) -> None:
        """Show version and licences."""
        from nnstudio.ui.dialogs import AboutDialog

        window, _ = self._here()
        _bring_up(window.findChild(AboutDialog) or AboutDialog(window))

    # ---- what can be done ------------------------------------------------------------------------------------------

    def _all_settings(self) -> list[Settable]:
        return all_settings(self._session, self._preferences, self._go_to_field, self._go_to_preference)

    def _commands(self, settings: Sequence[Settable]) -> Iterator[Command]:
        toggles = [dock.toggleViewAction() for dock in self._docks]
        yield from menu_commands(self._window.menuBar().actions(), toggles)
        yield from preset_commands(self._presets, self.preset_chosen.emit)
        yield from dock_commands(self._docks)
        yield from go_commands(settings)
        docks = {dock.widget(): dock for dock in self._docks}
        for panel in self._panels:
            yield from panel_commands(panel, panel.title, partial(bring_up, docks[panel]))
        yield from window_commands(LAB_ACTIONS, "Lab", self._lab.open, self._in_lab)
        yield from window_commands(COMPARE_ACTIONS, "Compare", self._compare.open, self._in_compare)
        presenting = window_commands(PRESENTER_ACTIONS, "Projector", self._window.activateWindow, self._in_window)
        yield from (command for command in presenting if command.enabled)  # in projector mode
        yield from choice_commands(settings)

    def _commands_beside(self, settings: Sequence[Settable], around: Surroundings) -> Iterator[Command]:
        """List what can be done in another window, and then in the main one, which comes up for what shows there."""
        own = {key: action for key, action in around.actions.items() if key != "quit"}  # the program's stands below
        yield from own_commands(own, f"{around.place} window")
        for title, panel in around.panels.items():
            if panel.isVisible():
                yield from panel_commands(panel, title, panel.setFocus)
        yield from (self._from_beside(command) for command in self._commands(settings) if command.key not in own)

    def _from_beside(self, command: Command) -> Command:
        """Have a command bring the main window up first, unless it shows nothing there."""
        place = command.searched.place
        of_program = place in ("View › Theme", "Program settings", "Help") or command.key in _ANYWHERE
        if of_program or place.endswith(" window"):
            return command
        searched = replace(command.searched, place=f"Main window › {place}", is_far=True)
        return replace(command, searched=searched, run=partial(self._do_in_main, command))

    def _do_in_main(self, command: Command) -> None:
        _bring_up(self._window)
        command.run()

    def _in_window(self, key: str) -> QAction | None:
        return _action(self._window, key)

    def _in_lab(self, key: str) -> QAction | None:
        return _action(self._lab.lab_window, key)

    def _in_compare(self, key: str) -> QAction | None:
        return _action(self._compare.window, key)

    def _go_to_field(self, key: str) -> None:
        _bring_up(self._window)
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
