"""Folds the lab's form into a strip, as in full screen at once, where what nobody needs who watches is left out too."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QMainWindow

from nnstudio.ui.keyboard import go_to_part
from nnstudio.ui.lab.layout import Columns
from nnstudio.ui.lab.top_bar import TopBar
from nnstudio.ui.projector.strip import FormStrip
from nnstudio.ui.theme import Theme


class Presentation(QObject):
    """The lab's window as it is shown to people, and the form that comes back on demand.

    Parameters
    ----------
    window : QMainWindow
    columns : Columns
        The form's and the charts'.
    top : TopBar
    theme : Theme
    """

    def __init__(self, *, window: QMainWindow, columns: Columns, top: TopBar, theme: Theme) -> None:
        super().__init__(window)
        self._window, self._columns, self._top = window, columns, top
        self._presenting = False
        self._strip = FormStrip(theme, window, "Sweep", "Show what is swept, or fold it (E)")
        self._strip.clicked.connect(self.toggle)
        window.addToolBar(Qt.ToolBarArea.LeftToolBarArea, self._strip)
        self._strip.hide()
        window.installEventFilter(self)

    @Slot()
    def toggle(self) -> None:
        """Show the form and give it the focus, or fold it."""
        self._fold(not self._columns.is_folded)
        if not self._columns.is_folded:
            go_to_part((self._columns.form,), forward=True)
            # Escape is then first of all for the form.
            self._window.removeEventFilter(self)
            self._window.installEventFilter(self)

    def set_theme(self, theme: Theme) -> None:
        """Take on another look."""
        self._strip.set_theme(theme)

    def _fold(self, folded: bool) -> None:
        self._columns.fold(folded)
        self._strip.setVisible(folded or self._presenting)
        if folded:
            self._window.setFocus()  # Qt would give it to whatever comes next

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.WindowStateChange and self._window.isFullScreen() != self._presenting:
            self._presenting = not self._presenting
            self._top.set_presenting(self._presenting)
            self._fold(self._presenting)
        elif isinstance(event, QKeyEvent) and kind == QEvent.Type.KeyPress and self._presenting:
            is_end = event.key() == Qt.Key.Key_Escape and not self._columns.is_folded
            if is_end:
                self._fold(True)
            return is_end
        return False
