"""Sets each field in one grid: label, field, and what is wrong with it."""

from __future__ import annotations

from html import escape
from typing import Any

from PySide6.QtCore import QRectF, Qt, Signal, Slot
from PySide6.QtGui import QColor, QPainter, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from nnstudio.engine.registry import Parameter
from nnstudio.ui.forms.fields import make_field
from nnstudio.ui.icons import icon
from nnstudio.ui.speech import announce
from nnstudio.ui.theme import Theme, set_look

GUTTER = 12
"""Width of the left margin, in which pending settings are marked."""
ROW_GAP = 2
"""Between two rows: the form must fit a projector without scrolling."""
_DOT = 6
PENDING_TIP = "takes effect with Rewind (Home)"


class FieldRow(QWidget):
    """A label and its field, and under them what is wrong with what was entered.

    Parameters
    ----------
    parameter : Parameter
        What is edited.
    name : str
        Object name of the field: the setting's key.
    theme : Theme
    field : QWidget, optional
        The field, where it is not the one that suits the parameter.
    wide : bool
        The field stands under its label and takes the whole width.
    extra : QWidget, optional
        A button at the end of the row.
    labelled : bool
        Whether the label is shown; a heading right above may say as much.
    indent : int
        How far the label is set in.
    """

    edited = Signal(str, object)

    def __init__(
        self,
        parameter: Parameter,
        name: str,
        theme: Theme,
        *,
        field: Any = None,
        wide: bool = False,
        extra: QWidget | None = None,
        labelled: bool = True,
        indent: int = 0,
    ) -> None:
        super().__init__()
        self.name = name
        self.label_text = parameter.label
        self._parameter = parameter
        self._indent = indent
        self.field: Any = make_field(parameter) if field is None else field
        self._extra, self._wide = extra, wide
        self.field.setObjectName(name)
        self.field.setAccessibleName(parameter.label)
        self.field.edited.connect(self._forward)
        self.field.restored.connect(self.clear_error)

        self._mark = QLabel()
        self._mark.setFixedWidth(GUTTER)
        self._mark.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.label = QLabel(parameter.label, self)
        self.label.setBuddy(self.field)
        self.label.setVisible(labelled)
        self._labelled = labelled
        self._theme = theme
        self._error = ErrorLine(name, theme)

        line = QHBoxLayout()
        line.setSpacing(0)
        line.addWidget(self._mark)
        if labelled:
            line.addSpacing(indent)
            line.addWidget(self.label)
            line.addSpacing(theme.spacing.s)
        if wide:
            line.addStretch(1)
        else:
            line.addWidget(self.field, 1)
        if extra is not None:
            line.addSpacing(theme.spacing.xs)
            line.addWidget(extra)
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(ROW_GAP)
        self.body.addLayout(line)
        if wide:
            self.body.addWidget(self.field)
        self.body.addWidget(self._error)
        self._note: QLabel | None = None

        self._describe(parameter.expected)
        self.pending = False

    def show_value(self, value: Any) -> None:
        """Show the present value and forget what was wrong."""
        self.clear_error()
        self.field.show_value(value)

    def show_rejection(self, name: str, message: str) -> None:
        """Say what is wrong with what was entered here."""
        self._error.show_message(message)
        self.field.set_invalid(True)
        self.field.setAccessibleDescription(message)
        if not self.field.hasFocus():  # otherwise screen readers say what its description has become
            announce(self.field, message)

    @Slot()
    def clear_error(self) -> None:
        """Forget what was wrong."""
        self._error.hide()
        self.field.set_invalid(False)
        self.field.setAccessibleDescription(self._parameter.help)

    def show_note(self, text: str) -> None:
        """Say under the field what comes of it; nothing with an empty text."""
        if self._note is None:
            self._note = QLabel()
            self._note.setObjectName(f"{self.name}.note")
            self._note.setContentsMargins(GUTTER, 0, 0, 2)
            self._note.setWordWrap(True)
            set_look(self._note, role="muted")
            self.body.addWidget(self._note)
        self._note.setText(text)
        self._note.setVisible(bool(text))

    def set_pending(self, pending: bool) -> None:
        """Mark the setting as one that waits for a rewind."""
        self.pending = pending
        self._draw_mark()

    def tab_stops(self) -> list[QWidget]:
        """What Tab reaches, in the order in which it is seen.

        Rows name their own: a layout could be asked for its items, but PySide6 6.10 keeps the wrappers of items that Qt
        deletes with their widgets, and takes the next object at such an address for one of them.
        """
        field = self.field.tab_stops() if hasattr(self.field, "tab_stops") else [self.field]
        extra = [] if self._extra is None else [self._extra]
        return [*extra, *field] if self._wide else [*field, *extra]

    def label_room(self) -> int:
        """How wide the column of labels must be for this row."""
        return self._room(self._parameter, self._indent) if self._labelled else 0

    def set_label_width(self, width: int) -> None:
        """Let all fields begin at the same place."""
        if self._labelled:
            self.label.setFixedWidth(width - self._indent)
        # The style sheet lets a spin box shrink to nothing (its min-height becomes the minimum); the row does not.
        self.field.ensurePolished()
        self._mark.setMinimumHeight(self.field.sizeHint().height())

    def set_theme(self, theme: Theme) -> None:
        """Draw icons in the colours of a theme."""
        self._theme = theme
        self._error.set_theme(theme)
        self._draw_mark()

    def _room(self, parameter: Parameter, indent: int) -> int:
        return self.label.fontMetrics().horizontalAdvance(parameter.label) + indent + 2

    def _draw_mark(self) -> None:
        if self.pending:
            self._mark.setPixmap(_dot(self._theme.color("accent"), self.devicePixelRatioF()))
        else:
            self._mark.clear()
        self._mark.setToolTip(PENDING_TIP if self.pending else "")

    def _describe(self, expected: str) -> None:
        """Write the tooltip: what the setting does, and what is right."""
        label, help_text = (escape(text, quote=False) for text in (self._parameter.label, self._parameter.help))
        right = escape(expected[:1].upper() + expected[1:], quote=False)
        tip = f"<p><b>{label}</b></p><p>{help_text}</p><p>{right}</p>"
        for widget in (self.label, self.field):
            widget.setToolTip(tip)

    @Slot(object)
    def _forward(self, value: object) -> None:
        self.edited.emit(self.name, value)


class ErrorLine(QWidget):
    """What is wrong with what was entered, in words, with a sign that does not need colour."""

    def __init__(self, name: str, theme: Theme) -> None:
        super().__init__()
        self._icon = QLabel()
        self._text = QLabel()
        self._text.setObjectName(f"{name}.error")
        self._text.setWordWrap(True)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        set_look(self._text, role="error")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(GUTTER, 0, 0, 4)
        layout.setSpacing(6)
        layout.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(self._text, 1)
        self._theme = theme
        self.hide()

    def show_message(self, message: str) -> None:
        """Show what is wrong."""
        self._text.setText(message)
        self._draw_icon()
        self.show()

    def set_theme(self, theme: Theme) -> None:
        """Draw the sign in the colours of a theme."""
        self._theme = theme
        if not self.isHidden():
            self._draw_icon()

    def _draw_icon(self) -> None:
        # Only where there is something wrong: drawing one for every field would delay the start.
        self._icon.setPixmap(icon("error", self._theme, color="error").pixmap(14, 14))


def _dot(color: QColor, ratio: float) -> QPixmap:
    """A spot that marks a pending setting, as on the banner that explains it."""
    pixmap = QPixmap(round(_DOT * ratio), round(_DOT * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawEllipse(QRectF(0, 0, _DOT, _DOT))
    painter.end()
    return pixmap


def discard(widget: QWidget) -> None:
    """Delete a widget after the events under way, and let nobody find its fields by name until then."""
    for each in (widget, *widget.findChildren(QWidget)):
        each.setObjectName("")
    widget.hide()
    widget.deleteLater()
