"""Sets each field in one grid: label, field, what is wrong with it, and the parameters of what is chosen."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from PySide6.QtCore import QRectF, Qt, Signal, Slot
from PySide6.QtGui import QColor, QPainter, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from nnstudio.engine.registry import Choice, ChoiceOf, Parameter, Registry, SettingError
from nnstudio.ui.forms.fields import make_field
from nnstudio.ui.icons import icon
from nnstudio.ui.theme import Theme, set_look

GUTTER = 12
"""Width of the left margin, in which pending settings are marked."""
INDENT = 12
"""How far the parameters of a choice stand in from the choice itself."""
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


class ChoiceRow(FieldRow):
    """A choice from a registry, with the parameters of what is chosen in rows under it."""

    def __init__(self, parameter: ChoiceOf, name: str, theme: Theme, **layout: Any) -> None:
        super().__init__(parameter, name, theme, **layout)
        self.parameters = ChoiceParameters(parameter.registry, name, theme, indent=self._indent + INDENT)
        self.parameters.edited.connect(self._forward_parameter)
        self.body.addWidget(self.parameters)
        self._registry = parameter.registry
        self._asking = False

    def show_value(self, value: Choice) -> None:
        super().show_value(value)
        self.parameters.show_choice(value)
        entry = self._registry[value.name]
        self._describe(f"{entry.label}: {entry.summary}")
        self._asking = False

    def show_rejection(self, name: str, message: str) -> None:
        if not ((self._asking or name != self.name) and self.parameters.show_rejection(name, message)):
            super().show_rejection(name, message)

    def tab_stops(self) -> list[QWidget]:
        return [*super().tab_stops(), *self.parameters.tab_stops()]

    def label_room(self) -> int:
        inner = (part for entry in self._registry.values() for part in entry.parameters)
        indent = self._indent + INDENT
        return max(super().label_room(), *(self._room(part, indent) for part in inner), 0)

    def set_label_width(self, width: int) -> None:
        super().set_label_width(width)
        self.parameters.set_label_width(width)

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        self.parameters.set_theme(theme)

    @Slot(object)
    def _forward(self, value: object) -> None:
        self._asking = False
        super()._forward(Choice(str(value)))

    @Slot(object)
    def _forward_parameter(self, value: object) -> None:
        self._asking = True
        super()._forward(value)


class ChoiceParameters(QWidget):
    """The parameters of a chosen entry; nothing where it has none.

    Parameters
    ----------
    registry : Registry
        Where the entry comes from.
    name : str
        Key of the choice; the fields are called ``name:parameter``.
    theme : Theme
    indent : int
        How far the labels are set in.
    """

    edited = Signal(object)
    """The choice with the parameter that was entered; a mapping with its text where it is not valid."""
    restored = Signal()

    def __init__(self, registry: Registry[Any], name: str, theme: Theme, *, indent: int) -> None:
        super().__init__()
        self._registry, self._name, self._theme, self._indent = registry, name, theme, indent
        self._choice: Choice | None = None
        self._label_width = 0
        self._last = ""
        self.rows: dict[str, FieldRow] = {}
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(ROW_GAP)
        self.hide()

    def show_choice(self, choice: Choice | None) -> None:
        """Show the parameters of a choice; their fields stay while the same entry is chosen."""
        if (choice and choice.name) != (self._choice and self._choice.name):
            self._rebuild(choice)
        self._choice, self._last = choice, ""
        if choice:
            values = self._registry.parameter_values(choice)
            for key, row in self.rows.items():
                row.show_value(values[key])

    def show_rejection(self, name: str, message: str) -> bool:
        """Say what is wrong beside the parameter that is named or was entered last; False if it is not here."""
        key = name.rpartition(":")[2] if name.startswith(f"{self._name}:") else self._last
        if key in self.rows:
            self.rows[key].show_rejection(name, message)
        return key in self.rows

    def tab_stops(self) -> list[QWidget]:
        """What Tab reaches, in the order in which it is seen."""
        return [stop for row in self.rows.values() for stop in row.tab_stops()]

    def fields(self) -> list[Any]:
        """The fields of the parameters."""
        return [row.field for row in self.rows.values()]

    def entered_field(self) -> Any:
        """The field that was entered last, or None."""
        return self.rows[self._last].field if self._last in self.rows else None

    def set_names(self, name: str) -> None:
        """Give the fields the names that go with another key of the choice."""
        self._name = name
        for key, row in self.rows.items():
            row.name = f"{name}:{key}"
            row.field.setObjectName(row.name)

    def set_label_width(self, width: int) -> None:
        """Let all fields begin at the same place."""
        self._label_width = width
        for row in self.rows.values():
            row.set_label_width(width)

    def set_theme(self, theme: Theme) -> None:
        """Draw icons in the colours of a theme."""
        self._theme = theme
        for row in self.rows.values():
            row.set_theme(theme)

    def _rebuild(self, choice: Choice | None) -> None:
        for row in self.rows.values():
            discard(row)
        parameters = self._registry[choice.name].parameters if choice else ()
        self.rows = {
            parameter.key: FieldRow(parameter, f"{self._name}:{parameter.key}", self._theme, indent=self._indent)
            for parameter in parameters
        }
        for row in self.rows.values():
            row.edited.connect(self._enter)
            row.field.restored.connect(self.restored)
            self._layout.addWidget(row)
            row.show()
        self.set_label_width(self._label_width)
        self.setVisible(bool(self.rows))

    @Slot(str, object)
    def _enter(self, name: str, value: object) -> None:
        assert self._choice is not None
        self._last = name.rpartition(":")[2]
        values: Mapping[str, object] = {"name": self._choice.name, **dict(self._choice.parameters), self._last: value}
        try:
            self.edited.emit(self._registry.choice(values))
        except SettingError:
            self.edited.emit(values)


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
