"""Offers all data sets side by side as pictures, in groups, to the mouse and to the keyboard alike."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QFontMetrics, QIcon, QKeyEvent, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QAbstractButton, QFrame, QGridLayout, QLabel, QVBoxLayout, QWidget

from nnstudio.engine.choices.datasets import Dataset
from nnstudio.engine.choices.datasets.own import OWN
from nnstudio.engine.registry import Entry, Registry
from nnstudio.ui.forms.thumbnails import SIZE, Thumbnails
from nnstudio.ui.icons import icon
from nnstudio.ui.speech import focus_in_popup
from nnstudio.ui.theme import Theme, set_look, ui_font

COLUMNS = 6
_MEASURED, _OWN = "Measured", "Your own"
GROUPS = ("Logic", "Classes", "Several classes", "Numbers", _MEASURED, _OWN)
_PADDING = 6
_WIDEST_NAME = 104
_TYPING_ENDS = 1000  # milliseconds after the last letter


def is_drawn(entry: Entry[Dataset]) -> bool:
    """Return whether an entry's samples are drawn at random, as many as one likes."""
    return any(parameter.key == "samples" for parameter in entry.parameters)


def group_of(entry: Entry[Dataset], example: Dataset | None) -> str:
    """Return the heading under which a data set stands.

    Parameters
    ----------
    entry : Entry
    example : Dataset or None
        What it makes, if it can be made.
    """
    if entry.name == OWN.name:
        return _OWN
    if example is not None and example.enumerates:
        return "Logic"
    if example is None or not is_drawn(entry):
        return _MEASURED
    if not example.is_classification:
        return "Numbers"
    return "Classes" if len(example.class_names) == 2 else "Several classes"


class Gallery(QFrame):
    """A popup with a picture of each data set.

    Parameters
    ----------
    registry : Registry
    names : sequence of str
        The entries that are offered.
    parent : QWidget
        Under which it opens.
    """

    chosen = Signal(str)
    """The name of an entry."""

    def __init__(self, registry: Registry[Dataset], names: Sequence[str], parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("gallery")
        self.setAccessibleName("Data sets")
        self.setAttribute(Qt.WidgetAttribute.WA_NoMouseReplay)  # a click on the field closes it, and no more
        self._thumbnails = Thumbnails(registry)
        self._typed = ""
        self._typing_ends = QTimer(self, singleShot=True, interval=_TYPING_ENDS)
        self._typing_ends.timeout.connect(self._end_typing)
        self.tiles: dict[str, Tile] = {}
        groups: dict[str, list[Tile]] = {title: [] for title in GROUPS}
        for name in names:
            tile = self.tiles[name] = Tile(registry[name])
            tile.clicked.connect(self._choose)
            groups[group_of(registry[name], self._thumbnails.example(name))].append(tile)
        self._lay_out({title: tiles for title, tiles in groups.items() if tiles})
        # In the order in which they are seen: groups that share a line are read one after the other.
        self._order = [tile for tiles in groups.values() for tile in tiles]

    def open_under(self, field: QWidget, current: str, own: QPixmap | None, theme: Theme) -> None:
        """Show all data sets below a field.

        Parameters
        ----------
        field : QWidget
        current : str
            The name of the entry that is chosen now; it has the focus.
        own : QPixmap or None
            The picture of the person's own samples, if there are any.
        theme : Theme
        """
        self._theme = theme
        ratio = self.devicePixelRatioF()
        width = min(max(tile.name_width(theme) for tile in self._order), _WIDEST_NAME) + 2 * _PADDING
        for name, tile in self.tiles.items():
            picture = own if name == OWN.name else self._thumbnails.picture(name, theme, ratio)
            tile.show_look(theme, picture, is_current=name == current, width=width)
        self.adjustSize()
        self.move(_place_under(field, self.size()))
        self.show()
        focus_in_popup(self.tiles.get(current, self._order[0]))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self._theme.color("border_strong"))
        painter.setBrush(self._theme.color("raised"))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    # ---- keys -----------------------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()  # letters, Space and arrows are the gallery's here, not the run's
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        at = self._order.index(self._focused())
        match event.key():
            case Qt.Key.Key_Escape:
                self.hide()
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self._order[at].click()
            case Qt.Key.Key_Space if not self._typed:
                self._order[at].click()
            case Qt.Key.Key_Left:
                self._focus(self._order[max(at - 1, 0)])
            case Qt.Key.Key_Right:
                self._focus(self._order[min(at + 1, len(self._order) - 1)])
            case Qt.Key.Key_Home:
                self._focus(self._order[0])
            case Qt.Key.Key_End:
                self._focus(self._order[-1])
            case Qt.Key.Key_Up:
                self._move_line(self._order[at], -1)
            case Qt.Key.Key_Down:
                self._move_line(self._order[at], 1)
            case _ if event.text().isprintable() and event.text():
                self._type(event.text(), at)
            case _:
                super().keyPressEvent(event)

    def _move_line(self, tile: Tile, way: int) -> None:
        """Give the focus to the nearest tile in the next line above or below."""
        places = {other: other.mapTo(self, other.rect().center()) for other in self._order}
        here = places[tile]
        beyond = [(way * (place.y() - here.y()), abs(place.x() - here.x()), other) for other, place in places.items()]
        onward = [(down, aside, other) for down, aside, other in beyond if down > tile.height() // 2]
        if onward:
            line = min(down for down, _, _ in onward)
            _, other = min(((aside, other) for down, aside, other in onward if down == line), key=lambda pair: pair[0])
            self._focus(other)

    def _type(self, letters: str, at: int) -> None:
        """Give the focus to the next tile whose name begins as what has been typed; one letter again goes on."""
        again = self._typed.casefold() == letters.casefold()
        self._typed = letters if again else self._typed + letters
        self._typing_ends.start()
        start = at + 1 if len(self._typed) == 1 else at
        for tile in (*self._order[start:], *self._order[:start]):
            if tile.text().casefold().startswith(self._typed.casefold()):
                self._focus(tile)
                return

    @Slot()
    def _end_typing(self) -> None:
        self._typed = ""

    # ---- inside ---------------------------------------------------------------------------------------------------

    def _lay_out(self, groups: dict[str, list[Tile]]) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 6, 10, 10)
        column.setSpacing(2)
        used = COLUMNS
        for title, tiles in groups.items():
            if used + len(tiles) > COLUMNS:  # small groups share a line
                grid = QGridLayout()
                grid.setSpacing(0)
                grid.setColumnStretch(COLUMNS, 1)
                column.addLayout(grid)
                used = 0
            heading = QLabel(title)
            heading.setContentsMargins(_PADDING, 4, 0, 0)
            set_look(heading, role="section")
            grid.addWidget(heading, 0, used, 1, min(len(tiles), COLUMNS))
            for index, tile in enumerate(tiles):
                grid.addWidget(tile, 1 + index // COLUMNS, used + index % COLUMNS)
            used += len(tiles)

    def _focused(self) -> Tile:
        focused = self.focusWidget()
        return focused if isinstance(focused, Tile) else self._order[0]

    @staticmethod
    def _focus(tile: Tile) -> None:
        tile.setFocus(Qt.FocusReason.TabFocusReason)

    @Slot()
    def _choose(self) -> None:
        tile = self.sender()
        assert isinstance(tile, Tile)
        self.hide()
        self.chosen.emit(tile.entry.name)


class Tile(QAbstractButton):
    """One data set: its picture over its name."""

    def __init__(self, entry: Entry[Dataset]) -> None:
        super().__init__()
        self.entry = entry
        self.setObjectName(f"gallery.{entry.name}")
        self.setText(entry.label)
        self.setAccessibleName(entry.label)
        self.setAccessibleDescription(entry.summary)
        self.setToolTip(f"<p><b>{entry.label}</b></p><p>{entry.summary}</p>")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def name_width(self, theme: Theme) -> int:
        """How wide the name is in a theme's type."""
        return QFontMetrics(ui_font(theme, "caption")).horizontalAdvance(self.text()) + 2

    def show_look(self, theme: Theme, picture: QPixmap | None, *, is_current: bool, width: int) -> None:
        """Take a picture, colours and type; where there is no picture, a sign invites to open a file."""
        self._theme, self._is_current = theme, is_current
        self._picture = picture
        self._sign = icon("table", theme, color="muted") if picture is None else QIcon()
        self.setFont(ui_font(theme, "caption"))
        self.setFixedSize(max(width, SIZE.width() + 2 * _PADDING), SIZE.height() + self.fontMetrics().height() + 14)
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.ignore()  # all keys are the gallery's

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme = QPainter(self), self._theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = "accent_soft" if self._is_current else "pressed" if self.isDown() else "hover"
        if self._is_current or self.isDown() or self.underMouse():
            # A line, because the grounds are too like each other to be told apart by everyone.
            painter.setPen(QPen(theme.color("accent" if self._is_current else "border_strong"), 1))
            painter.setBrush(theme.color(ground))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5), 4, 4)
        if self.hasFocus():
            painter.setPen(QPen(theme.color("focus"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(2, 2, -2, -2), 4, 4)
        place = QRect(QPoint((self.width() - SIZE.width()) // 2, 6), SIZE)
        if self._picture is not None:
            painter.drawPixmap(place, self._picture)
        else:
            painter.setPen(QPen(theme.color("border_strong"), 1, Qt.PenStyle.DashLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(place).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
            self._sign.paint(painter, place.adjusted(16, 10, -16, -10))
        font = self.font()
        font.setBold(self._is_current)
        painter.setFont(font)
        painter.setPen(theme.color("text"))
        words = self.rect().adjusted(3, place.bottom() + 3, -3, -4)
        name = painter.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, words.width())
        painter.drawText(words, Qt.AlignmentFlag.AlignCenter, name)


def _place_under(field: QWidget, size: QSize) -> QPoint:
    """Return where a popup goes that opens below a field, or above it where there is no room."""
    room = field.screen().availableGeometry()
    place = field.mapToGlobal(QPoint(0, field.height() + 2))
    if place.y() + size.height() > room.bottom():
        place.setY(max(room.top(), min(place.y(), room.bottom() + 1 - size.height())))
    place.setX(max(room.left(), min(place.x(), room.right() + 1 - size.width())))
    return place
