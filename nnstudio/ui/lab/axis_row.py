"""One axis of a sweep in the form: which setting, and which values it goes through."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QToolButton, QVBoxLayout, QWidget

from nnstudio.engine.hidden_layers import HiddenLayers
from nnstudio.engine.registry import ChoiceOf, Number, Option, Parameter, SettingError
from nnstudio.engine.spec import FIELDS, ExperimentSpec
from nnstudio.lab.axes import Axis, axis_keys
from nnstudio.ui.forms.combo_field import Item
from nnstudio.ui.forms.rows import GUTTER, ErrorLine
from nnstudio.ui.icons import icon
from nnstudio.ui.lab.setting_field import SettingField
from nnstudio.ui.lab.values_popup import values_popup
from nnstudio.ui.speech import name_box, set_tip
from nnstudio.ui.theme import Theme, set_look

_TYPING_ENDS = 250  # milliseconds after the last letter


class AxisRow(QWidget):
    """A setting, its values, and what is wrong with them.

    Parameters
    ----------
    index : int
        Its place among the axes, for object names.
    base : ExperimentSpec
        What is varied.
    theme : Theme

    Attributes
    ----------
    axis : Axis or None
        None until setting and values are right.
    changed : Signal()
        Another axis, or none any longer.
    removed : Signal(object)
        This row has been given up.
    """

    changed = Signal()
    removed = Signal(object)

    def __init__(self, index: int, base: ExperimentSpec, theme: Theme) -> None:
        super().__init__(objectName=f"lab_axis_{index}")
        self.axis: Axis | None = None
        self._base, self._theme = base, theme
        self.setting = SettingField()
        self.setting.setObjectName(f"lab_axis_{index}_setting")
        name_box(self.setting, "Setting")
        self.setting.setToolTip("The setting that the sweep goes through; type a part of its name.")
        self.setting.edited.connect(self._take_setting)
        self._remove = QToolButton(objectName=f"lab_axis_{index}_remove", toolTip="Leave this setting as it is")
        self._remove.setAccessibleName("Remove")
        self._remove.clicked.connect(self._give_up)
        self.values = QLineEdit(objectName=f"lab_axis_{index}_values", accessibleName="Values")
        self.values.textEdited.connect(self._type)
        self.values.editingFinished.connect(self._read)
        self._help = QToolButton(objectName=f"lab_axis_{index}_help")
        self._help.clicked.connect(self._open_help)
        self._error = ErrorLine(f"lab_axis_{index}", theme)
        self._typing = QTimer(self, singleShot=True, interval=_TYPING_ENDS)
        self._typing.timeout.connect(self._read)
        column = QVBoxLayout(self)
        column.setContentsMargins(GUTTER, 0, 0, 0)
        column.setSpacing(2)
        for left, right in ((self.setting, self._remove), (self.values, self._help)):
            line = QHBoxLayout()
            line.setSpacing(theme.spacing.xs)
            line.addWidget(left, 1)
            line.addWidget(right)
            column.addLayout(line)
        column.addWidget(self._error)
        self.set_theme(theme)
        self.set_base(base)
        self._describe()

    def set_base(self, base: ExperimentSpec) -> None:
        """Vary another experiment: other parameters may belong to what it has chosen."""
        self._base = base
        self.setting.offer(Item(_label(key, base), key, _summary(key, base)) for key in axis_keys(base))
        self._read()

    def show_axis(self, key: str, values: str) -> None:
        """Show an axis as if it had been typed."""
        self.setting.show_data(key)
        self.values.setText(values)
        self.values.setCursorPosition(0)  # the first of them are seen
        self._describe()
        self._read()

    @property
    def is_blank(self) -> bool:
        """Whether nothing has been entered yet."""
        return self.setting.data is None and not self.values.text().strip()

    @property
    def lacks_values(self) -> str:
        """The setting whose values are missing; empty if none are."""
        return self.setting.currentText() if self.setting.data is not None and not self.values.text().strip() else ""

    def settle(self) -> None:
        """Take what is in the middle of being typed."""
        self.setting.settle()
        self._read()

    def refuse(self, message: str) -> None:
        """Say what is wrong with the values."""
        self._error.show_message(message)
        set_look(self.values, invalid=True)

    def set_theme(self, theme: Theme) -> None:
        """Take on other colours."""
        self._theme = theme
        self._remove.setIcon(icon("close", theme))
        self._help.setIcon(icon("settings", theme))
        self._error.set_theme(theme)

    def tab_stops(self) -> list[QWidget]:
        """What Tab reaches, in order."""
        return [self.setting, self._remove, self.values, self._help]

    @property
    def _parameter(self) -> Parameter | None:
        key = self.setting.data
        return parameter_of(key, self._base) if isinstance(key, str) else None

    @Slot(object)
    def _take_setting(self, _key: object) -> None:
        self.values.clear()
        self._describe()
        self._read()
        self.values.setFocus()

    @Slot()
    def _type(self) -> None:
        self._typing.start()

    @Slot()
    def _read(self) -> None:
        """Take setting and values as they are now."""
        self._typing.stop()
        axis, key, text = None, self.setting.data, self.values.text().strip()
        self._error.hide()
        set_look(self.values, invalid=False)
        if key is not None and text:
            try:
                axis = Axis.parse(f"{key}={text}", self._base)
            except SettingError as error:
                self.refuse(error.reason)
        if axis != self.axis or axis is None:
            self.axis = axis
            self.changed.emit()

    def _describe(self) -> None:
        """Say in field and tooltips what values are right."""
        parameter = self._parameter
        self.values.setEnabled(parameter is not None)
        examples = _examples(parameter)
        self.values.setPlaceholderText(examples.partition(" or ")[0] if parameter else "choose a setting first")
        tip = f"<p>Values with commas between them, such as {escape(examples)}.</p>"
        if parameter is not None:
            tip += f"<p>Right is {escape(parameter.expected, quote=False)}.</p>"
        set_tip(self.values, tip if parameter else "")
        is_number = isinstance(parameter, Number)
        self._help.setVisible(is_number or isinstance(parameter, ChoiceOf | Option))
        words = "Range: from, to, steps" if is_number else "Choose from the list"
        self._help.setToolTip(words)
        self._help.setAccessibleName(words)

    @Slot()
    def _open_help(self) -> None:
        parameter, key = self._parameter, self.setting.data
        if parameter is None:
            return
        present = self._base.get(str(key)) if key in FIELDS else None
        popup = values_popup(parameter, self.values.text(), present, self._theme, self.values)
        if popup is not None:
            popup.written.connect(self._write)
            popup.open_under(self.values)

    @Slot(str)
    def _write(self, text: str) -> None:
        self.values.setText(text)
        self._read()

    @Slot()
    def _give_up(self) -> None:
        self.removed.emit(self)


def parameter_of(key: str, base: ExperimentSpec) -> Parameter | None:
    """Return what describes a setting, or a parameter of what is chosen there; None if there is no such thing."""
    path, colon, name = key.partition(":")
    field = FIELDS.get(path)
    if not colon or not isinstance(field, ChoiceOf):
        return field
    entry = field.registry[base.get(path).name]
    return next((parameter for parameter in entry.parameters if parameter.key == name), None)


def _label(key: str, base: ExperimentSpec) -> str:
    parameter = parameter_of(key, base)
    assert parameter is not None
    path, colon, _ = key.partition(":")
    return f"{FIELDS[path].label}: {parameter.label.lower()}" if colon else parameter.label


def _summary(key: str, base: ExperimentSpec) -> str:
    parameter = parameter_of(key, base)
    assert parameter is not None
    return f"<p>{escape(parameter.help, quote=False)}</p><p>{escape(key)}</p>"


def _examples(parameter: Parameter | None) -> str:
    """Return values as they may be typed."""
    match parameter:
        case Number(log=True, whole=False):
            return "0.1, 0.5, 1 or log:0.01:10:9"
        case Number(whole=True):
            return "1, 2, 5, 10 or lin:1:100:12"
        case Number():
            return "0, 0.5, 0.9 or lin:0:1:11"
        case HiddenLayers():
            return "1, 2, 3, 4, 5, 8 or 4;4,2;8,8"
        case ChoiceOf() | Option():
            words = parameter.offered if isinstance(parameter, ChoiceOf) else parameter.names
            return ", ".join(words[:3])
        case _:
            return "values; separated; by semicolons"
