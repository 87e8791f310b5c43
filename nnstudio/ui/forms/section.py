"""Groups the fields of a form under a heading, and folds away those that are seldom needed."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from nnstudio.resource_files import resource
from nnstudio.ui.forms.rows import GUTTER, ROW_GAP
from nnstudio.ui.theme import Theme, set_look

_ARROW_MARGIN = 8  # what the button leaves free at the left of its arrow


class Section(QWidget):
    """A heading with a note at its right, and rows under it.

    Parameters
    ----------
    title : str
        The heading.
    theme : Theme
    folds : bool
        Whether the heading is a button that hides and shows the rows; they are hidden at first.
    """

    def __init__(self, title: str, theme: Theme, *, folds: bool = False) -> None:
        super().__init__()
        self.setObjectName(f"section.{title.lower()}")
        self.note = QLabel()
        self.note.setObjectName(f"section.{title.lower()}.note")
        set_look(self.note, role="muted")
        self.button: QToolButton | None = None
        heading: QWidget
        if folds:
            heading = self.button = QToolButton()
            self.button.setObjectName(f"section.{title.lower()}.toggle")
            self.button.setText(title)
            self.button.setToolTip("Show or hide the settings that are seldom needed")
            self.button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            self.button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            self.button.clicked.connect(self._toggle)
        else:
            heading = QLabel(title)
            set_look(heading, role="section")
        # The note gives way where the form is narrow.
        self.note.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.note.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        line = QHBoxLayout()
        line.setContentsMargins(GUTTER - _ARROW_MARGIN if folds else GUTTER, 0, 0, 0)
        line.addWidget(heading)
        line.addWidget(self.note, 1)
        self._body = QWidget()
        self.rows = QVBoxLayout(self._body)
        self.rows.setContentsMargins(0, 0, 0, 0)
        self.rows.setSpacing(ROW_GAP)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(ROW_GAP)
        layout.addLayout(line)
        layout.addWidget(self._body)
        self.set_theme(theme)
        self.set_open(not folds)

    def is_open(self) -> bool:
        """Whether the rows are shown."""
        return not self._body.isHidden()

    def set_open(self, is_open: bool) -> None:
        """Show or hide the rows."""
        self._body.setVisible(is_open)
        self._draw_arrow()

    def set_theme(self, theme: Theme) -> None:
        """Draw the arrow in the colours of a theme."""
        self._theme = theme
        self._draw_arrow()

    @Slot()
    def _toggle(self) -> None:
        self.set_open(not self.is_open())

    def _draw_arrow(self) -> None:
        if self.button is not None:
            arrow = "chevron_down" if self.is_open() else "chevron_right"
            self.button.setIcon(QIcon(str(resource("icons", self._theme.name, f"{arrow}.svg"))))
