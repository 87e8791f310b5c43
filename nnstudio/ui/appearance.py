"""Puts the look together from what a person likes, from the system, and from whether people watch from afar."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QAction, QFontDatabase, QFontInfo, QScreen
from PySide6.QtWidgets import QApplication

from nnstudio.ui.preferences import Preferences
from nnstudio.ui.theme import THEME_NAMES, LineWidths, Theme, TypeScale, load_theme, system_theme_name

#: What the keys for a larger and a smaller interface go through.
ZOOM_STEPS = (0.75, 0.85, 1.0, 1.15, 1.3, 1.5, 1.75, 2.0, 2.25, 2.5)
#: The largest text that desktops have by themselves, in pixels; who has set a larger one wants it here too.
USUAL_TEXT = 15
#: A projector's type is large as it is.
LARGEST_PROJECTED = 1.3
#: A projector's type and lines, on a screen of so many pixels in height; on others they take the same share of it.
PROJECTED_HEIGHT = 720
PROJECTED_TYPE = TypeScale(small=24, caption=24, body=24, heading=26, value=30, display=40)
PROJECTED_LINES = LineWidths(hair=1.5, curve=2.5, strong=4.0, symbol=15.0)
PROJECTED_SCALE = 1.75
#: What is written and drawn in quiet colours at a desk has the strong ones on a wall.
STRONGER = {"muted": "text", "axis": "text", "border": "border_strong", "grid": "border"}


class Appearance(QObject):
    """The theme in use, as it follows the preferences, the system and projector mode.

    Parameters
    ----------
    preferences : Preferences
    parent : QObject, optional

    Attributes
    ----------
    theme : Theme
    projector : bool
        Whether type and lines are those of a projector.
    changed : Signal(object)
        The theme is another one.
    """

    changed = Signal(object)

    def __init__(self, preferences: Preferences, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._preferences = preferences
        self._sharpness = _application().devicePixelRatio()
        self.projector = False
        self._projector_zoom = 1.0
        self._height = PROJECTED_HEIGHT
        self.theme = self._made()
        preferences.changed.connect(self._follow)
        app = _application()
        app.screenAdded.connect(self._attend)
        for screen in app.screens():
            self._attend(screen)
        hints = app.styleHints()
        hints.colorSchemeChanged.connect(self._renew)
        if hasattr(hints, "accessibility"):  # Qt 6.10 and newer
            hints.accessibility().contrastPreferenceChanged.connect(self._renew)

    def set_projector(self, projector: bool, height: int = PROJECTED_HEIGHT) -> None:
        """Take the type and lines of a projector, or those of a desk again.

        Parameters
        ----------
        projector : bool
        height : int
            Of the screen that is projected, in device-independent pixels.
        """
        if not projector:
            self._projector_zoom = 1.0
        if (projector, height) != (self.projector, self._height):
            self.projector, self._height = projector, height
            self._renew()

    def serve(self, actions: Mapping[str, QAction]) -> None:
        """Let the program's actions zoom, from every window."""
        for key, zoom in (("zoom_in", self.zoom_in), ("zoom_out", self.zoom_out), ("zoom_reset", self.zoom_reset)):
            actions[key].setShortcutContext(Qt.ShortcutContext.ApplicationShortcut)
            actions[key].triggered.connect(zoom)

    @Slot(QScreen)
    def _attend(self, screen: QScreen) -> None:
        screen.logicalDotsPerInchChanged.connect(self._sharpen)
        self._sharpen()

    @Slot()
    def _sharpen(self) -> None:
        """Let icons be drawn anew for a screen that is sharper than those that they were drawn for."""
        ratio = _application().devicePixelRatio()
        if ratio > self._sharpness:
            self._sharpness = ratio
            self.changed.emit(self.theme)

    # ---- zoom ------------------------------------------------------------------------------------------------------

    @Slot()
    def zoom_in(self) -> None:
        """Make the whole interface larger by a step; for the projector, until it is left."""
        self._zoom(min((step for step in self._steps if step > self._scale + 0.01), default=self._scale))

    @Slot()
    def zoom_out(self) -> None:
        """Make the whole interface smaller by a step."""
        self._zoom(max((step for step in self._steps if step < self._scale - 0.01), default=self._scale))

    @Slot()
    def zoom_reset(self) -> None:
        """Give the interface its usual size."""
        self._zoom(1.0)

    @property
    def _steps(self) -> tuple[float, ...]:
        return tuple(step for step in ZOOM_STEPS if step <= LARGEST_PROJECTED or not self.projector)

    @property
    def _scale(self) -> float:
        # Type for the last row is large on every desk, so that it starts from there.
        return self._projector_zoom if self.projector else float(self._preferences.value("scale"))

    def _zoom(self, scale: float) -> None:
        if self.projector:
            self._projector_zoom = scale
            self._renew()
        else:
            self._preferences.set("scale", scale)

    # ---- the theme -------------------------------------------------------------------------------------------------

    @Slot(str)
    def _follow(self, key: str) -> None:
        if key in ("theme", "palette", "scale", "digits"):
            self._renew()

    @Slot()
    def _renew(self) -> None:
        theme = self._made()
        if theme != self.theme:
            self.theme = theme
            self.changed.emit(theme)

    def _made(self) -> Theme:
        name = str(self._preferences.value("theme"))
        name = name if name in THEME_NAMES else system_theme_name(_application())
        theme = load_theme(name, str(self._preferences.value("palette")))
        theme = replace(theme, digits=self._preferences.value("digits"))
        if self.projector:
            theme = projected(theme).zoomed(self._height / PROJECTED_HEIGHT)
        scale = self._scale * (1.0 if self.projector else _desktop_scale())
        return theme if scale == 1.0 else theme.zoomed(scale)


def projected(theme: Theme) -> Theme:
    """Return a theme with type and lines for the last row, and without quiet colours."""
    colors: Mapping[str, str] = MappingProxyType(
        {**theme.colors, **{role: theme.colors[strong] for role, strong in STRONGER.items()}}
    )
    return replace(
        theme, colors=colors, type_scale=PROJECTED_TYPE, lines=PROJECTED_LINES, scale=theme.scale * PROJECTED_SCALE
    )


def _desktop_scale() -> float:
    """How much larger than usual the desktop's own text is."""
    font = QFontInfo(QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont))
    return max(1.0, font.pixelSize() / USUAL_TEXT)


def _application() -> QApplication:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    return app
