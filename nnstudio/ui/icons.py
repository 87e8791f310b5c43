"""Names every picture on a button by what it is for, and draws it in the theme's colours from one icon font."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QPainter, QPixmap, QPixmapCache
from PySide6.QtWidgets import QApplication

from nnstudio.resource_files import resource
from nnstudio.ui.theme import Theme

if TYPE_CHECKING:
    from qtawesome.iconic_font import IconicFont

# Phosphor's glyph for each role. The bold weight keeps its lines at 16 pixels and on a projector.
GLYPHS = MappingProxyType(
    {
        "train": "play-fill",
        "pause": "pause-fill",
        "stop": "stop-fill",
        "step": "skip-forward-bold",
        "step_batch": "caret-right-bold",
        "rewind": "skip-back-bold",
        "new_weights": "shuffle-bold",
        "lab": "flask-bold",
        "pin": "push-pin-bold",
        "compare": "chart-line-bold",
        "twin": "columns-bold",
        "rename": "pencil-simple-bold",
        "speed": "gauge-bold",
        "undo": "arrow-u-up-left-bold",
        "redo": "arrow-u-up-right-bold",
        "new": "file-plus-bold",
        "open": "folder-open-bold",
        "recent": "clock-counter-clockwise-bold",
        "save": "floppy-disk-bold",
        "export": "export-bold",
        "add": "plus-bold",
        "remove": "trash-simple-bold",
        "move_up": "arrow-up-bold",
        "move_down": "arrow-down-bold",
        "dice": "dice-five-bold",
        "regenerate": "arrows-clockwise-bold",
        "copy": "copy-bold",
        "picture": "image-bold",
        "table": "table-bold",
        "more": "dots-three-bold",
        "rest": "caret-double-right-bold",
        "help": "question-bold",
        "info": "info-bold",
        "keyboard": "keyboard-bold",
        "warning": "warning-bold",
        "error": "x-circle-bold",
        "success": "check-circle-bold",
        "stuck": "anchor-simple-bold",
        "diverged": "trend-up-bold",
        "layout": "layout-bold",
        "theme": "circle-half-bold",
        "projector": "presentation-bold",
        "settings": "sliders-horizontal-bold",
        "locate": "magnifying-glass-bold",
        "visible": "eye-bold",
        "float": "arrow-square-out-bold",
        "close": "x-bold",
    }
)
#: Sizes in which icons are drawn, in device-independent pixels at the usual size of type; Qt takes the nearest.
SIZES = (16, 20, 24)
_FONT_NAME = "nnstudio_icon_font"


def icon(name: str, theme: Theme, *, color: str = "text") -> QIcon:
    """Draw the picture for a role.

    Parameters
    ----------
    name
        A key of `GLYPHS`, such as ``"train"``.
    theme
        Gives the colours. Icons keep the colours they were made with: make them again when the theme changes.
    color
        The theme's colour role, such as ``"accent_text"`` on a primary button or ``"warning"`` in a banner. Plain icons
        take the accent while their button is checked.

    Raises
    ------
    KeyError
        If there is no such picture or colour.
    """
    glyph, ink, disabled = GLYPHS[name], theme.color(color), theme.color("disabled")
    checked = theme.color("accent") if color == "text" else ink
    picture, font = QIcon(), _icon_font()
    for size in map(theme.scaled, SIZES):
        unavailable = _drawn(font, glyph, size, disabled)
        for state, states_ink in ((QIcon.State.Off, ink), (QIcon.State.On, checked)):
            picture.addPixmap(_drawn(font, glyph, size, states_ink), QIcon.Mode.Normal, state)
            picture.addPixmap(unavailable, QIcon.Mode.Disabled, state)
    return picture


def _drawn(font: IconicFont, glyph: str, size: int, ink: QColor) -> QPixmap:
    """One glyph as a pixmap, at the resolution of the sharpest screen.

    Not the library's own QIcon: its engine is a Python object, which the garbage collector may end before the icon that
    uses it when the interpreter shuts down, and the process crashes (QtAwesome 1.4, PySide6 6.10).
    """
    app = QGuiApplication.instance()
    assert isinstance(app, QGuiApplication)
    ratio = app.devicePixelRatio()
    key, pixmap = f"{_FONT_NAME} {glyph} {size} {ink.rgba()} {ratio}", QPixmap()
    if QPixmapCache.find(key, pixmap):  # most are asked for by several buttons
        return pixmap
    pixmap = QPixmap(round(size * ratio), round(size * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setFont(font.font("ph", size))
    painter.setPen(ink)
    painter.drawText(QRectF(0, 0, size, size), Qt.AlignmentFlag.AlignCenter, font.charmap["ph"][glyph])
    painter.end()
    QPixmapCache.insert(key, pixmap)
    return pixmap


def application_icon() -> QIcon:
    """The program's own icon, for windows and the task bar."""
    return QIcon(str(resource("icons", "nnstudio.svg")))


def _icon_font() -> IconicFont:
    """The one icon font of this application, loaded when the first icon is asked for.

    ``qtawesome.icon`` checks and registers all twelve fonts of the library, four megabytes in about 75 ms; its font
    class loads the one that is used in about 8. The application owns it, so it ends with the application, as Qt's
    fonts do.
    """
    app = QApplication.instance()
    if app is None:
        raise RuntimeError("icons need a QApplication")
    # Imported here because it costs about 30 ms, and only a window has icons.
    import qtawesome
    from qtawesome.iconic_font import IconicFont

    font = app.findChild(IconicFont, _FONT_NAME)
    if font is None:
        folder, files = qtawesome.get_fonts_info()
        face = next(file for file in files if file.startswith("phosphor-"))
        names = face.replace("phosphor-", "phosphor-charmap-").replace(".ttf", ".json")
        font = IconicFont(("ph", face, names, folder))
        font.setObjectName(_FONT_NAME)
        font.setParent(app)
    return font
