"""Helps to write an axis's values: a range of numbers, or some out of a list."""

from __future__ import annotations

import math

from PySide6.QtCore import QPoint, QRect, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QFormLayout,
    QFrame,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from nnstudio.engine.registry import ChoiceOf, Number, Option, Parameter, SettingError
from nnstudio.ui.forms.number_field import NumberField
from nnstudio.ui.theme import Theme, set_look

_STEPS = Number(
    key="steps", label="Steps", help="How many values there are, both ends included.", default=9, whole=True, minimum=2,
    maximum=1000,
)  # fmt: skip
_LIST_WIDTH = 230
_MOST_ROWS = 12


class ValuesPopup(QFrame):
    """Opens under a field and writes text for it.

    Parameters
    ----------
    theme : Theme
    parent : QWidget
        The field.

    Attributes
    ----------
    written : Signal(str)
        The values as they are typed.
    """

    written = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self._theme = theme
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAttribute(Qt.WidgetAttribute.WA_NoMouseReplay)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(theme.spacing.m, theme.spacing.m, theme.spacing.m, theme.spacing.m)
        self.column.setSpacing(theme.spacing.s)

    def open_under(self, field: QWidget) -> None:
        """Show it below a field, or above where there is no room."""
        self.adjustSize()
        below = field.mapToGlobal(QPoint(0, field.height() + 2))
        room = field.screen().availableGeometry()
        place = QRect(below, self.size())
        if place.bottom() > room.bottom():
            place.moveBottom(field.mapToGlobal(QPoint(0, -2)).y())
        place.moveLeft(max(room.left(), min(place.left(), room.right() - place.width())))
        self.move(place.topLeft())
        self.show()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self._theme.color("border_strong"))
        painter.setBrush(self._theme.color("raised"))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))


class RangePopup(ValuesPopup):
    """From, to, in so many steps, even or logarithmic."""

    def __init__(self, parameter: Number, present: float | None, theme: Theme, parent: QWidget) -> None:
        super().__init__(theme, parent)
        self.setObjectName("lab_range")
        self._parameter = parameter
        low, high = _proposal(parameter, present)
        number = Number(key="end", label="", help="", default=0.0)
        self._low, self._high = NumberField(number), NumberField(number)
        self._steps = NumberField(_STEPS)
        for field, name, tip, value in (
            (self._low, "from", "The first value.", low),
            (self._high, "to", "The last value.", high),
            (self._steps, "steps", _STEPS.help, _STEPS.default),
        ):
            field.setObjectName(f"lab_range_{name}")
            field.setAccessibleName(name.capitalize())
            field.setToolTip(tip)
            field.show_value(value)
            field.setFixedWidth(110)
        self._log = QCheckBox("Logarithmic", objectName="lab_range_log", checked=parameter.log)
        self._log.setToolTip("Equal factors between the values, not equal differences.")
        self._error = QLabel(wordWrap=True, objectName="lab_range_error")
        self._error.setMaximumWidth(220)
        set_look(self._error, role="error")
        self._error.hide()
        use = QPushButton("Use these values", objectName="lab_range_use", default=True)
        use.setToolTip("Write the range into the field. (Return)")
        use.clicked.connect(self.use)
        rows = QFormLayout()
        rows.setHorizontalSpacing(theme.spacing.m)
        rows.setVerticalSpacing(theme.spacing.xs)
        for words, widget in (("From", self._low), ("To", self._high), ("Steps", self._steps)):
            rows.addRow(words, widget)
        rows.addRow("", self._log)
        self.column.addLayout(rows)
        self.column.addWidget(self._error)
        self.column.addWidget(use)

    @Slot()
    def use(self) -> None:
        """Write the range and close; say what is wrong with it instead, if something is."""
        try:
            low, high = (self._end(field) for field in (self._low, self._high))
            steps = _STEPS.parse(self._steps.text())
        except SettingError as error:
            self._error.setText(error.reason)
            self._error.show()
            self.adjustSize()
            return
        kind = "log" if self._log.isChecked() else "lin"
        self.written.emit(f"{kind}:{low}:{high}:{steps}")
        self.close()

    def _end(self, field: NumberField) -> str:
        value = self._parameter.parse(field.text())
        if value is None or (self._log.isChecked() and value <= 0):
            raise SettingError(self._parameter.key, field.text(), "a number above 0 for a logarithmic range")
        return self._parameter.format(value)


class ListPopup(ValuesPopup):
    """Some out of all that can be chosen; what is checked is written at once."""

    def __init__(self, parameter: ChoiceOf | Option, chosen: str, theme: Theme, parent: QWidget) -> None:
        super().__init__(theme, parent)
        self.setObjectName("lab_values")
        self.column.setContentsMargins(1, 1, 1, 1)
        self.list = QListWidget(objectName="lab_values_list", accessibleName=parameter.label)
        present = {part.strip() for part in chosen.replace(";", ",").split(",")}
        if isinstance(parameter, ChoiceOf):
            entries = [parameter.registry[name] for name in parameter.offered]
            offered = [(entry.name, entry.label, entry.summary) for entry in entries]
        else:
            offered = [(name, name.replace("_", " "), meaning) for name, meaning in parameter.options]
        for name, label, summary in offered:
            item = QListWidgetItem(label, self.list)
            item.setData(Qt.ItemDataRole.UserRole, name)
            item.setToolTip(summary)
            item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Checked if name in present else Qt.CheckState.Unchecked)
        self.list.itemChanged.connect(self._write)
        self.list.ensurePolished()
        self.list.setFixedSize(_LIST_WIDTH, self.list.sizeHintForRow(0) * min(len(offered), _MOST_ROWS) + 4)
        self.list.setCurrentRow(0)
        self.column.addWidget(self.list)

    @Slot()
    def _write(self) -> None:
        items = [self.list.item(row) for row in range(self.list.count())]
        checked = [item for item in items if item.checkState() is Qt.CheckState.Checked]
        self.written.emit(", ".join(str(item.data(Qt.ItemDataRole.UserRole)) for item in checked))


def values_popup(parameter: Parameter, text: str, present: object, theme: Theme, parent: QWidget) -> ValuesPopup | None:
    """Return what helps to write values of a setting, or None for one that has to be typed.

    Parameters
    ----------
    parameter : Parameter
    text : str
        The values as they are now.
    present : object
        What the experiment has.
    theme : Theme
    parent : QWidget
    """
    match parameter:
        case Number():
            number = float(present) if isinstance(present, int | float) else None
            return RangePopup(parameter, number, theme, parent)
        case ChoiceOf() | Option():
            return ListPopup(parameter, text, theme, parent)
        case _:
            return None


def _proposal(parameter: Number, present: float | None) -> tuple[float, float]:
    """Return two ends around the present value."""
    middle = present if present else parameter.default or 1.0
    if parameter.log:
        low, high = middle / 10, middle * 10
    elif parameter.minimum >= 0 and parameter.maximum <= 1:
        low, high = parameter.minimum, parameter.maximum
    else:
        low, high = 0.0 if middle > 0 else 2 * middle, 2 * abs(middle)
    low, high = max(low, parameter.minimum), min(high, parameter.maximum)
    return (math.ceil(low), math.floor(high)) if parameter.whole else (float(f"{low:.3g}"), float(f"{high:.3g}"))
