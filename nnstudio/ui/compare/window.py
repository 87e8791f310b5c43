"""The window of pinned runs: the table above, their losses below."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QByteArray, QPoint, QSettings, Qt, Signal, Slot
from PySide6.QtGui import QAction, QCloseEvent
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QMenu,
    QSplitter,
    QStackedWidget,
    QToolBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from nnstudio.files.pinned_runs import PinnedRun
from nnstudio.files.tables import table_text, write_table
from nnstudio.session.pins import Pins
from nnstudio.ui.actions import ACTIONS, COMPARE_ACTIONS, describe
from nnstudio.ui.compare.looks import Looks
from nnstudio.ui.compare.overlay_panel import OverlayPanel
from nnstudio.ui.compare.table_model import PinsModel, table_numbers
from nnstudio.ui.compare.table_view import PinTable
from nnstudio.ui.icons import application_icon, icon
from nnstudio.ui.panels.base import TABLE_FILTER
from nnstudio.ui.places import place
from nnstudio.ui.roving import Roving, buttons_in
from nnstudio.ui.speech import announce
from nnstudio.ui.surroundings import Surroundings
from nnstudio.ui.theme import Theme, set_look

# Broken by hand: a label that wraps by itself has no height of its own in the middle of a page.
EMPTY = (
    "Press K, here or in the main window, to keep the run there for comparing.\n"
    "Then change something, train again, and pin that too.\n"
    "In the lab, any run of a sweep can be pinned."
)
_SIZE = (1120, 640)
# Actions that belong to the table's keys, and only while it has the focus: a name that is typed has its own Enter.
_OF_TABLE = ("compare_open", "compare_twin", "compare_rename", "compare_remove")


class CompareWindow(QWidget):
    """A window of its own, that can stand beside the main one.

    Parameters
    ----------
    pins : Pins
    theme : Theme
    settings : QSettings
        Where place and size are remembered.

    Attributes
    ----------
    open_wanted : Signal(object)
        A pinned run is to be opened in the main window.
    twin_wanted : Signal(object)
        Some pinned runs, one or two, are to be trained side by side.
    pin_wanted : Signal()
        The main window's run is to be pinned.
    quit_wanted : Signal()
        The program is to end.
    """

    open_wanted = Signal(object)
    twin_wanted = Signal(object)
    pin_wanted = Signal()
    quit_wanted = Signal()

    def __init__(self, *, pins: Pins, theme: Theme, settings: QSettings) -> None:
        super().__init__(None, objectName="compare_window")
        self.setWindowTitle("Compare runs – nnstudio")
        self.setWindowIcon(application_icon())
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        set_look(self, role="panel")
        self._pins, self._settings, self._theme = pins, settings, theme
        self._looks = Looks()
        self._model = PinsModel(pins=pins, looks=self._looks, theme=theme, parent=self)
        self.table = PinTable(model=self._model, theme=theme)
        self.chart = OverlayPanel(looks=self._looks, theme=theme)
        self._shared = QLabel(objectName="compare_shared", wordWrap=True)
        set_look(self._shared, role="muted")
        self._status = QLabel(objectName="compare_status", textFormat=Qt.TextFormat.PlainText)
        set_look(self._status, role="muted")
        self.actions_by_key = self._make_actions()
        self._lay_out()
        self._connect()
        self._draw_icons()
        self._follow()
        self._restore()
        self.table.setFocus()

    # ---- making it -------------------------------------------------------------------------------------------------

    def _make_actions(self) -> dict[str, QAction]:
        slots: dict[str, Callable[[], object]] = {
            "compare_open": self._open_current,
            "compare_twin": self._twin,
            "compare_rename": self.table.rename_current,
            "compare_remove": self._remove,
            "compare_clear": self._pins.clear,
            "compare_save": self._ask_where,
            "compare_copy": self.copy_table,
            "undo": self._pins.undo_stack.undo,
            "redo": self._pins.undo_stack.redo,
            "pin": self.pin_wanted.emit,
            "compare_close": self.close,
            "quit": self.quit_wanted.emit,
        }
        again = [entry for entry in ACTIONS if entry.key in ("undo", "redo", "pin", "quit")]
        actions = {}
        for entry in (*COMPARE_ACTIONS, *again):
            action = QAction(self, objectName=f"action_{entry.key}")
            describe(action, entry)
            if entry.key in _OF_TABLE:
                action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
                self.table.addAction(action)
            else:
                self.addAction(action)
            action.triggered.connect(slots[entry.key])
            actions[entry.key] = action
        actions["pin"].setToolTip("Keep the main window's run, as it is now, for comparing. (K)")
        # The number pad's Enter is another key.
        actions["compare_open"].setShortcuts([Qt.Key.Key_Return, Qt.Key.Key_Enter])
        self._pictures = {entry.key: entry.icon for entry in (*COMPARE_ACTIONS, *again) if entry.icon}
        return actions

    def _lay_out(self) -> None:
        bar = QToolBar(objectName="compare_bar")
        for key in ("pin", *_OF_TABLE):
            bar.addAction(self.actions_by_key[key])
            button = bar.widgetForAction(self.actions_by_key[key])
            assert isinstance(button, QToolButton)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        bar.addSeparator()
        for key in ("undo", "redo", "compare_copy", "compare_save"):
            bar.addAction(self.actions_by_key[key])
        Roving(bar, partial(buttons_in, bar))
        self._bar = bar
        top = QWidget()
        column = QVBoxLayout(top)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        margin = self._theme.spacing.m
        self._shared.setContentsMargins(margin, 6, margin, 6)
        column.addWidget(self._shared)
        column.addWidget(self.table, 1)
        self._curves = bottom = QWidget()
        column = QVBoxLayout(bottom)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        title = QHBoxLayout()
        title.setContentsMargins(margin, 2, 4, 2)
        name = QLabel(self.chart.title, toolTip=self.chart.help)
        set_look(name, role="section")
        title.addWidget(name)
        title.addStretch(1)
        for widget in self.chart.header_widgets():
            title.addWidget(widget)
        Roving(bottom, partial(buttons_in, *self.chart.header_widgets()))
        self.chart.more_button.setAutoRaise(True)
        column.addLayout(title)
        column.addWidget(self.chart, 1)
        self._splitter = QSplitter(Qt.Orientation.Vertical, objectName="compare_splitter", childrenCollapsible=False)
        self._splitter.addWidget(top)
        self._splitter.addWidget(bottom)
        self._splitter.setSizes([240, 320])
        self._pages = QStackedWidget()
        self._pages.addWidget(self._splitter)
        self._pages.addWidget(self._empty_page())
        self._status.setContentsMargins(margin, 4, margin, 4)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(bar)
        column.addWidget(self._pages, 1)
        column.addWidget(self._status)

    def _empty_page(self) -> QWidget:
        page = QWidget(objectName="compare_empty")
        column = QVBoxLayout(page)
        heading, words = QLabel("No runs are pinned yet"), QLabel(EMPTY)
        set_look(heading, role="heading")
        words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column.addStretch(1)
        for widget in (heading, words):
            column.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
            column.addSpacing(self._theme.spacing.s)
        column.addStretch(2)
        return page

    def _connect(self) -> None:
        pins, stack = self._pins, self._pins.undo_stack
        pins.changed.connect(self._follow)
        pins.noticed.connect(self.notice)
        self.chart.reported.connect(self.notice)
        self.table.chosen.connect(self._show_chosen)
        self.table.opened.connect(self.open_wanted)
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.table.customContextMenuRequested.connect(self._show_menu)
        for key, able, changed in (
            ("undo", stack.canUndo, stack.canUndoChanged),
            ("redo", stack.canRedo, stack.canRedoChanged),
        ):
            self.actions_by_key[key].setEnabled(able())
            changed.connect(self.actions_by_key[key].setEnabled)

    def _draw_icons(self) -> None:
        for key, picture in self._pictures.items():
            self.actions_by_key[key].setIcon(icon(picture, self._theme))

    def set_theme(self, theme: Theme) -> None:
        """Take on another look."""
        self._theme = theme
        self._model.set_theme(theme)
        self.table.set_theme(theme)
        self.chart.set_theme(theme)
        self._draw_icons()
        self.table.fit_columns()

    # ---- what is pinned, and what of it is chosen ------------------------------------------------------------------

    @Slot()
    def _follow(self) -> None:
        count = len(self._pins)
        self._pages.setCurrentIndex(0 if count else 1)
        self._shared.setText(
            f"All {count} share: {self._model.shared}."
            if count > 1
            else "One run is pinned: pin another to compare it."
        )
        for key in ("compare_clear", "compare_save", "compare_copy"):
            self.actions_by_key[key].setEnabled(bool(count))
        self._show_chosen(self.table.selected)

    @Slot(object)
    def _show_chosen(self, chosen: tuple[PinnedRun, ...]) -> None:
        self.chart.show_pins(chosen or self.table.shown)
        for key in ("compare_open", "compare_rename"):
            self.actions_by_key[key].setEnabled(len(chosen) == 1)
        self.actions_by_key["compare_remove"].setEnabled(bool(chosen))
        self.actions_by_key["compare_twin"].setEnabled(len(self._pair) in (1, 2))

    @Slot()
    def _open_current(self) -> None:
        pin = self.table.current
        if pin is not None:
            self.open_wanted.emit(pin)

    @Slot()
    def _twin(self) -> None:
        self.twin_wanted.emit(self._pair)

    @property
    def _pair(self) -> tuple[PinnedRun, ...]:
        """What is to be trained side by side: what is selected, or where there are but two, both."""
        return self.table.selected or (self.table.shown if len(self.table.shown) == 2 else ())

    @Slot()
    def _remove(self) -> None:
        self._pins.remove(self.table.selected)

    @Slot(QPoint)
    def _show_menu(self, place: QPoint) -> None:
        menu = QMenu(self, toolTipsVisible=True)
        menu.setObjectName("compare_menu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for entry in COMPARE_ACTIONS:
            if entry.key == "compare_close":
                continue  # it is not about runs
            if entry.separated:
                menu.addSeparator()
            menu.addAction(self.actions_by_key[entry.key])
        menu.popup(self.table.viewport().mapToGlobal(place))

    @Slot(str)
    def notice(self, text: str) -> None:
        """Say what has been done, or why it was not."""
        self._status.setText(text[:1].upper() + text[1:])
        announce(self, self._status.text())

    def surroundings(self) -> Surroundings:
        """Tell what there is in the window."""
        parts = (self._bar, self.table, self._curves)
        return Surroundings(
            place="Compare", actions=self.actions_by_key, panels={self.chart.title: self.chart}, parts=parts
        )

    # ---- the table as numbers --------------------------------------------------------------------------------------

    @Slot()
    def copy_table(self) -> None:
        """Put the selected rows, or all, on the clipboard, with tabs between the columns."""
        pins = self.table.selected or self.table.shown
        QApplication.clipboard().setText(table_text(*table_numbers(pins, self._model.keys), delimiter="\t"))
        self.notice(f"copied {len(pins)} row{'' if len(pins) == 1 else 's'} of the table")

    @Slot(str)
    def save_table(self, path: str | Path) -> bool:
        """Write the whole table as comma-separated values; return whether it was written, and say so if not."""
        try:
            write_table(path, *table_numbers(self.table.shown, self._model.keys))
        except OSError as error:
            self.notice(f"{Path(path).name} was not saved: {error.strerror or error}.")
            return False
        self.notice(f"saved {path}")
        return True

    @Slot()
    def _ask_where(self) -> None:
        dialog = QFileDialog(self, "Save the table", "", TABLE_FILTER)
        dialog.setObjectName("compare_table_dialog")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(".csv")
        dialog.selectFile("nnstudio-runs.csv")
        dialog.fileSelected.connect(self.save_table)
        dialog.open()

    # ---- place and size --------------------------------------------------------------------------------------------

    def _restore(self) -> None:
        place(self, _SIZE, self._settings.value("compare_geometry"), self.minimumSize())
        splitter = self._settings.value("compare_splitter")
        if isinstance(splitter, QByteArray):
            self._splitter.restoreState(splitter)

    def closeEvent(self, event: QCloseEvent) -> None:
        self._settings.setValue("compare_geometry", self.saveGeometry())
        self._settings.setValue("compare_splitter", self._splitter.saveState())
        super().closeEvent(event)
