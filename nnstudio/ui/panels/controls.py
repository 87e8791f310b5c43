"""Small controls for a panel's title: one of a few words."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QToolButton, QWidget


class Segments(QWidget):
    """A row of buttons of which one is down.

    Parameters
    ----------
    name : str
        The object name; each button is called "<name>_<key>".
    options : sequence of (str, str, str)
        Key, text and tooltip of each button. The first is down at the start.

    Attributes
    ----------
    chosen : Signal(str)
        The key of the button that went down.
    """

    chosen = Signal(str)

    def __init__(self, name: str, options: Sequence[tuple[str, str, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._group = QButtonGroup(self)
        self._buttons: dict[str, QToolButton] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        for key, text, tip in options:
            button = QToolButton(text=text, toolTip=tip, checkable=True, objectName=f"{name}_{key}")
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
            self._group.addButton(button)
            self._buttons[key] = button
            row.addWidget(button)
        self._buttons[options[0][0]].setChecked(True)
        self._group.buttonClicked.connect(self._tell)

    @property
    def value(self) -> str:
        """The key of the button that is down."""
        return next(key for key, button in self._buttons.items() if button.isChecked())

    def choose(self, key: str) -> None:
        """Press a button, as a click does."""
        self._buttons[key].click()

    def _tell(self) -> None:
        self.chosen.emit(self.value)
