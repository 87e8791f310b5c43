"""Chooses several things out of a few: each is a chip that is on or off."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from nnstudio.engine.registry import SettingError
from nnstudio.engine.selection import Selection
from nnstudio.ui.forms.rows import FieldRow
from nnstudio.ui.roving import Roving
from nnstudio.ui.theme import Theme, ui_font

_SHOWN_FIRST = 7  # as many as stand in two lines beside their label; the rest when they are asked for
_GAP = 3
_MARGIN = 1
_PADDING = 5
_ONE_STAYS = "one has to stay, or the network is given nothing to learn from. Choose another one first"


class SelectionField(QWidget):
    """Chips in lines, one for each entry that can be taken; at least one is.

    Parameters
    ----------
    parameter : Selection
        What is edited.
    name : str
        Key of the setting; the chips are called ``name[entry]``.
    theme : Theme
    """

    edited = Signal(object)
    """The names of the entries that are taken, or a text that names none."""
    restored = Signal()
    refused = Signal(str)
    """Why what was clicked cannot be."""

    def __init__(self, parameter: Selection, name: str, theme: Theme) -> None:
        super().__init__()
        self._parameter = parameter
        self._value: tuple[str, ...] = ()
        self._shows_all = False
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.chips: dict[str, Chip] = {}
        for entry in parameter.registry.values():
            chip = self.chips[entry.name] = Chip(entry.label, self)
            chip.setObjectName(f"{name}[{entry.name}]")
            chip.setAccessibleName(entry.label)
            chip.setCheckable(True)
            chip.clicked.connect(self._toggle)
        self.more_button = Chip("…", self)
        self.more_button.setObjectName(f"{name}.more")
        self.more_button.clicked.connect(self._show_all)
        self.set_theme(theme)
        self.set_available(True)
        self.show_value(parameter.default)
        Roving(self, self.tab_stops)

    def text(self) -> str:
        """What is taken, as on the command line: ``x1,x2``."""
        return self._parameter.format(self._value)

    def set_text(self, text: str) -> None:
        """Enter names as on the command line."""
        try:
            self.edited.emit(self._parameter.parse(text))
        except SettingError:
            self.edited.emit(text)

    setText = set_text  # noqa: N815 - what scripts call on every other field

    def show_value(self, value: tuple[str, ...]) -> None:
        """Show what is taken."""
        self._value = value
        for name, chip in self.chips.items():
            chip.setChecked(name in value)
        self._show_or_hide()

    def set_invalid(self, invalid: bool) -> None:
        """Mark the chips as what an answer is about."""
        for chip in self.chips.values():
            chip.set_invalid(invalid and chip.isChecked())

    def set_theme(self, theme: Theme) -> None:
        """Take the colours and the type of a theme."""
        for chip in self.tab_stops():
            chip.set_theme(theme)
        self._show_or_hide()

    def set_available(self, available: bool) -> None:
        """Let the chips be clicked, or have no more to say than the field itself."""
        self.setEnabled(available)
        for name, chip in self.chips.items():
            chip.setToolTip(self._parameter.registry[name].summary if available else "")

    def tab_stops(self) -> list[Chip]:
        """The chips in their order, and the one that shows more of them; Tab comes to one of them."""
        return [*self.chips.values(), self.more_button]

    # ---- Qt's events ----------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._arrange(event.size().width())

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._arrange(width, only_measure=True)

    def sizeHint(self) -> QSize:
        return QSize(160, self.heightForWidth(160))

    def minimumSizeHint(self) -> QSize:
        return QSize(64, self.more_button.sizeHint().height() + 2 * _MARGIN)

    # ---- inside ---------------------------------------------------------------------------------------------------

    @Slot()
    def _toggle(self) -> None:
        taken = tuple(name for name, chip in self.chips.items() if chip.isChecked())
        if taken:
            self.edited.emit(taken)
        else:
            self.show_value(self._value)
            self.refused.emit(f"{self.chips[self._value[0]].text()}: {_ONE_STAYS}.")

    @Slot()
    def _show_all(self) -> None:
        self._shows_all = not self._shows_all
        self._show_or_hide()

    def _show_or_hide(self) -> None:
        seldom = 0
        for place, (name, chip) in enumerate(self.chips.items()):
            is_shown = place < _SHOWN_FIRST or self._shows_all or name in self._value
            chip.setVisible(is_shown)
            seldom += not is_shown
        self.more_button.setVisible(self._shows_all or seldom > 0)
        tip = "Show fewer" if self._shows_all else f"Show {seldom} more"
        self.more_button.setText("less" if self._shows_all else "…")
        self.more_button.setToolTip(tip)
        self.more_button.setAccessibleName(tip)
        self._arrange(self.width())
        self.updateGeometry()

    def _arrange(self, width: int, *, only_measure: bool = False) -> int:
        """Set the chips one after the other, in as many lines as they take; returns the height of all lines."""
        x, y, height = 0, _MARGIN, 0
        for chip in self.tab_stops():
            if chip.isHidden():
                continue
            size = chip.sizeHint()
            if x and x + size.width() > width:
                x, y = 0, y + height + _GAP
            if not only_measure:
                chip.setGeometry(x, y, size.width(), size.height())
            x, height = x + size.width() + _GAP, size.height()
        return y + height + _MARGIN


class SelectionRow(FieldRow):
    """A label and its chips; they can be out of use, for a reason."""

    def __init__(self, parameter: Selection, name: str, theme: Theme) -> None:
        super().__init__(parameter, name, theme, field=SelectionField(parameter, name, theme))
        self.field.refused.connect(self._refuse)
        self.label.setAlignment(Qt.AlignmentFlag.AlignTop)  # beside the first line of chips
        self.label.setContentsMargins(0, 3, 0, 0)

    def set_available(self, available: bool, reason: str) -> None:
        """Let the chips be clicked, or say why not."""
        self.field.set_available(available)
        self.label.setEnabled(available)
        self._describe(self._parameter.expected if available else reason)

    def set_label_width(self, width: int) -> None:
        self.label.setFixedWidth(width)  # how high the row is depends on how many lines the chips take

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        self.field.set_theme(theme)

    @Slot(str)
    def _refuse(self, reason: str) -> None:
        self.show_rejection(self.name, reason)


class Chip(QAbstractButton):
    """A short word in a frame, filled while it is taken.

    It takes the focus from the Tab key alone: a click leaves Space and the arrows to the run.
    """

    def __init__(self, text: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._invalid = False
        self.setText(text)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours and the type of a theme."""
        self._theme = theme
        self.setFont(ui_font(theme, "caption"))
        self.updateGeometry()
        self.update()

    def set_invalid(self, invalid: bool) -> None:
        """Mark it as what an answer is about."""
        self._invalid = invalid
        self.update()

    def sizeHint(self) -> QSize:
        words = QFontMetrics(self._taken_font()).size(0, self.text())  # so that taking it moves nothing
        return QSize(max(words.width() + 2 * _PADDING, 20), words.height() + 6)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, colors = QPainter(self), self._theme.color
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        taken, enabled = self.isChecked(), self.isEnabled()
        edge, ground, ink = colors("border_strong"), colors("field"), colors("muted")
        width = 1.0
        if taken:
            edge, ground, ink, width = colors("accent"), colors("accent_soft"), colors("accent"), 1.5
        elif enabled and self.underMouse():
            ground, ink = colors("hover"), colors("text")
        if not enabled:
            edge, ink = colors("border"), colors("disabled")
            ground = colors("hover") if taken else colors("surface")
        if self._invalid or self.hasFocus():
            edge, width = colors("error" if self._invalid else "text" if taken else "focus"), 2.0
        painter.setPen(QPen(edge, width))
        painter.setBrush(ground)
        inset = width / 2
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(inset, inset, -inset, -inset), 4, 4)
        painter.setPen(ink)
        painter.setFont(self._taken_font() if taken else self.font())
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text())

    def _taken_font(self) -> QFont:
        font = self.font()
        font.setWeight(QFont.Weight.DemiBold)
        return font
