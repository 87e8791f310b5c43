"""Groups the fields of a form under a heading, and folds away those that are seldom needed."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from nnstudio.resource_files import resource
from nnstudio.ui.forms.rows import GUTTER, ROW_GAP, FieldRow
from nnstudio.ui.theme import Theme, set_look, ui_font

_HEADING = 18  # its height


class Section(QWidget):
    """A heading, rows under it, and further rows that a button at the right of the heading unfolds.

    Parameters
    ----------
    title : str
        The heading.
    theme : Theme
    """

    folded = Signal()
    """Rows have been shown or hidden by the user."""

    def __init__(self, title: str, theme: Theme) -> None:
        super().__init__()
        name = f"section.{title.lower()}"
        self.setObjectName(name)
        heading = QLabel(title)
        set_look(heading, role="section")
        self._note = QLabel()
        self._note.setObjectName(f"{name}.note")
        set_look(self._note, role="muted")
        # The note gives way where the form is narrow.
        self._note.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._note.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._button = QToolButton()
        self._button.setObjectName(f"{name}.toggle")
        self._button.setAccessibleName(f"More about {title.lower()}")
        self._button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._button.setLayoutDirection(Qt.LayoutDirection.RightToLeft)  # the arrow stands at the edge, as in a field
        self._button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._button.clicked.connect(self._toggle)
        self._button.hide()
        line = QHBoxLayout()
        line.setContentsMargins(GUTTER, 0, 0, 0)
        line.addWidget(heading)
        line.addWidget(self._note, 1)
        line.addStretch()
        line.addWidget(self._button)
        self._rows: list[FieldRow] = []
        self._more_rows: list[FieldRow] = []
        self._column = QVBoxLayout()
        self._column.setSpacing(ROW_GAP)
        self.more = QWidget()
        self._more_column = QVBoxLayout(self.more)
        self._more_column.setContentsMargins(0, 0, 0, 0)
        self._more_column.setSpacing(ROW_GAP)
        self.more.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(ROW_GAP)
        layout.addLayout(line)
        layout.addLayout(self._column)
        layout.addWidget(self.more)
        self.set_theme(theme)

    def add_row(self, row: FieldRow, *, folded: bool) -> None:
        """Add a row, to those in sight or to those that are folded away at first."""
        if folded:
            self._more_column.addWidget(row)
            self._more_rows.append(row)
            self._button.show()
        else:
            self._column.addWidget(row)
            self._rows.append(row)

    def tab_stops(self) -> list[QWidget]:
        """What Tab reaches, in the order in which it is seen."""
        rows = (*self._rows, *self._more_rows)
        return [self._button, *(stop for row in rows for stop in row.tab_stops())]

    def is_open(self) -> bool:
        """Whether all rows are shown."""
        return not self.more.isHidden()

    def set_open(self, is_open: bool) -> None:
        """Show or hide the further rows."""
        self.more.setVisible(is_open)
        self._note.setVisible(not is_open)
        self._draw_button()

    def show_in_use(self, settings: Sequence[str]) -> None:
        """Name what is set among the rows that are folded away."""
        self._note.setText(settings[0] if len(settings) == 1 else f"{len(settings)} set" if settings else "")
        self._note.setToolTip(", ".join(settings))

    def set_theme(self, theme: Theme) -> None:
        """Draw the arrow in the colours of a theme."""
        self._theme = theme
        self._button.setFont(ui_font(theme, "caption"))
        self._button.setIconSize(QSize(theme.scaled(12), theme.scaled(12)))
        self._button.setFixedHeight(max(_HEADING, theme.type_scale.caption + 7))
        self._draw_button()

    @Slot()
    def _toggle(self) -> None:
        self.set_open(not self.is_open())
        self.folded.emit()

    def _draw_button(self) -> None:
        words, arrow = ("Less", "chevron_up") if self.is_open() else ("More", "chevron_down")
        self._button.setText(words)
        self._button.setToolTip(f"{'Hide' if self.is_open() else 'Show'} the settings that are seldom needed")
        self._button.setIcon(QIcon(str(resource("icons", self._theme.name, f"{arrow}.svg"))))
