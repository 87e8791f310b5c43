"""Chooses colours, sizes and fonts once, so that every widget and every plot agrees on them."""

from __future__ import annotations

import json
import string
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from types import MappingProxyType

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from nnstudio.resource_files import resource

THEME_NAMES = ("light", "dark", "high_contrast", "high_contrast_light")
#: What signs and classes are coloured with: orange and blue, or others that colour-blind eyes read as well.
PALETTE_NAMES = ("standard", "blue_yellow", "purple_green")

# Pictures that the style sheet names as @icon_<name>; they stand in resources/icons/<theme>/<name>.svg.
GLYPHS = (
    "check",
    "check_text",
    "chevron_down",
    "chevron_down_disabled",
    "chevron_right",
    "chevron_up",
    "chevron_up_disabled",
    "close",
    "dash",
    "dot",
    "float",
)

# Oklab, a colour space in which equal steps look equal: B. Ottosson (2020), "A perceptual color space for image
# processing".
_RGB_TO_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_LMS_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


_LUMINANCE = np.array([0.2126, 0.7152, 0.0722])


@dataclass(frozen=True, slots=True)
class TypeScale:
    """The text sizes of the program, in device-independent pixels; `small` is for numbers that else had no room."""

    small: int = 9
    caption: int = 11
    body: int = 13
    heading: int = 14
    value: int = 18
    display: int = 28


@dataclass(frozen=True, slots=True)
class Spacing:
    """Gaps and margins on one 4-pixel grid, in device-independent pixels."""

    xs: int = 4
    s: int = 8
    m: int = 12
    l: int = 16  # noqa: E741 - the customary name of the step between m and xl
    xl: int = 24


@dataclass(frozen=True, slots=True)
class LineWidths:
    """Widths of lines in plots and diagrams, in device-independent pixels.

    A 2-pixel curve costs pyqtgraph nearly twice a 1-pixel one, so long live curves use `curve` and short ones `strong`.
    """

    hair: float = 1.0
    curve: float = 1.0
    strong: float = 2.0
    symbol: float = 9.0


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours by what they are for, sizes and line widths: all a view needs to know about the look.

    Parameters
    ----------
    name
        One of `THEME_NAMES`.
    palette
        One of `PALETTE_NAMES`.
    dark
        Whether light text stands on dark ground.
    colors
        Role (``"text"``, ``"accent"``, ...) to ``"#RRGGBB"``.
    palettes
        ``curves`` and ``classes`` (eight each, safe for colour-blind eyes); ``diverging`` and ``surface`` (stops, low
        to high).
    type_scale, spacing, lines
        Sizes, in device-independent pixels.
    scale
        How large icons, boxes to tick and the like are, with 1 for the usual size.
    digits
        How many digits behind the point the numbers in the panels have.
    """

    name: str
    palette: str
    dark: bool
    colors: Mapping[str, str]
    palettes: Mapping[str, tuple[str, ...]]
    type_scale: TypeScale = field(default_factory=TypeScale)
    spacing: Spacing = field(default_factory=Spacing)
    lines: LineWidths = field(default_factory=LineWidths)
    scale: float = 1.0
    digits: int = 3

    def color(self, role: str) -> QColor:
        """The colour of a role; KeyError names a role that does not exist."""
        return QColor(self.colors[role])

    def curve_color(self, index: int) -> QColor:
        """The colour of the curve with this number; the eight colours repeat."""
        curves = self.palettes["curves"]
        return QColor(curves[index % len(curves)])

    def class_color(self, index: int) -> QColor:
        """The colour of a class of samples, as the surface has it on its side; the eight colours repeat."""
        classes = self.palettes["classes"]
        return QColor(classes[index % len(classes)])

    def diverging_lut(self, n: int = 256) -> NDArray[np.uint8]:
        """Colours for signed values such as weights, negative to positive, ``(n, 3)``; zero looks like the surface."""
        return _ramp(self.palettes["diverging"], n)

    def surface_lut(self, n: int = 256) -> NDArray[np.uint8]:
        """Colours for an output over the input plane, class 0 to 1, ``(n, 3)``; calm, so that points stand out."""
        return _ramp(self.palettes["surface"], n)

    def zoomed(self, factor: float) -> Theme:
        """The same theme with type, lines and icons larger or smaller; spacing keeps to its grid."""
        sizes = TypeScale(**{f.name: round(getattr(self.type_scale, f.name) * factor) for f in fields(TypeScale)})
        lines = LineWidths(**{f.name: getattr(self.lines, f.name) * factor for f in fields(LineWidths)})
        return replace(self, type_scale=sizes, lines=lines, scale=self.scale * factor)

    def scaled(self, pixels: float) -> int:
        """How large something of so many pixels is when icons and the like have this theme's size."""
        return round(pixels * self.scale)


def load_theme(name: str, palette: str = "standard") -> Theme:
    """Read a theme from ``resources/themes``, with its own palette or another.

    Raises
    ------
    ValueError
        If there is no theme or no palette of this name.
    """
    for what, wanted, names in (("theme", name, THEME_NAMES), ("palette", palette, PALETTE_NAMES)):
        if wanted not in names:
            raise ValueError(f"no {what} is called {wanted!r}; there are: {', '.join(names)}")
    data = json.loads(resource("themes", f"{name}.json").read_text(encoding="utf-8"))
    other = {"colors": {}, "palettes": {}} if palette == "standard" else data["variants"][palette]
    palettes = {key: tuple(stops) for key, stops in (data["palettes"] | other["palettes"]).items()}
    colors = data["colors"] | other["colors"]
    return Theme(data["name"], palette, data["dark"], MappingProxyType(colors), MappingProxyType(palettes))


def system_theme_name(app: QApplication) -> str:
    """The theme that the desktop asks for: light or dark, and whether with high contrast."""
    hints = app.styleHints()
    dark = hints.colorScheme() is Qt.ColorScheme.Dark
    # Only Qt 6.10 and newer tell.
    contrast = hints.accessibility().contrastPreference().name if hasattr(hints, "accessibility") else ""
    if contrast == "HighContrast":
        return "high_contrast" if dark else "high_contrast_light"
    return "dark" if dark else "light"


def apply_theme(app: QApplication, theme: Theme) -> None:
    """Give the whole program this look: once before the first widget is made, and again whenever the theme changes.

    Plots that already exist keep their colours until their panel redraws them: pyqtgraph reads its configuration
    when a plot is made.
    """
    pg.setConfigOptions(background=theme.colors["plot_background"], foreground=theme.colors["axis"])
    if not app.styleSheet():  # a style that carries a sheet has no name to ask for, and setting it again polishes twice
        app.setStyle("Fusion")
    app.setPalette(_palette(theme))
    app.setFont(ui_font(theme))
    sheet = style_sheet(theme)
    if sheet != app.styleSheet():  # Qt styles every widget anew, whether or not it is another one
        app.setStyleSheet(sheet)


def style_sheet(theme: Theme) -> str:
    """The program's style sheet for this theme; KeyError names a placeholder that nothing fills."""
    sizes = {f.name: getattr(theme.type_scale, f.name) for f in fields(TypeScale)}
    sizes["row"] = theme.type_scale.body + 5  # the room for one line of text in a field: fields are 24 pixels high
    sizes |= {f"size{pixels}": theme.scaled(pixels) for pixels in (10, 16, 18, 20, 24)}
    # What has a wider frame while it has the focus is smaller by that, and lies in the middle of its groove.
    box = sizes["box"] = 2 * round(7 * theme.scale)
    sizes |= {"box_focused": box - 2, "handle": box - 2, "handle_focused": box - 4, "handle_margin": box // 2 - 1}
    sizes |= {"box_round": box // 2 + 1, "handle_round": box // 2 + 1}
    # Qt reads forward slashes on every system.
    glyphs = {f"icon_{name}": resource("icons", theme.name, f"{name}.svg").as_posix() for name in GLYPHS}
    template = resource("themes", "style.qss").read_text(encoding="utf-8")
    return _AtTemplate(template).substitute({**theme.colors, **sizes, **glyphs})


def ui_font(theme: Theme, size: str = "body") -> QFont:
    """The system's sans family at a step of the type scale; digits have one width, so live numbers do not jitter."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    font.setStyleHint(QFont.StyleHint.SansSerif)
    font.setPixelSize(getattr(theme.type_scale, size))
    if hasattr(font, "setFeature"):  # Qt 6.7 and newer; the common desktop fonts have such digits anyway
        font.setFeature(QFont.Tag("tnum"), 1)
    return font


def set_look(widget: QWidget, **properties: str | bool) -> None:
    """Set properties that the style sheet knows (``role``, ``tone``, ``invalid``) and redraw the widget with them."""
    changed = [key for key, value in properties.items() if widget.property(key) != value]
    for key in changed:
        widget.setProperty(key, properties[key])
    if changed:
        widget.style().unpolish(widget)
        widget.style().polish(widget)
        widget.update()


def contrast_ratio(a: QColor | str, b: QColor | str) -> float:
    """How far two colours stand apart in lightness, from 1 to 21 (WCAG 2.2, "contrast ratio")."""
    dark, light = sorted((_luminance(QColor(a)), _luminance(QColor(b))))
    return (light + 0.05) / (dark + 0.05)


def prefers_white(colors: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Whether white reads better than black on each colour, ``(n, 3)``; the better one has a contrast above 4.5."""
    lightness = _to_linear(colors / 255) @ _LUMINANCE + 0.05
    return np.asarray(1.05 / lightness > lightness / 0.05)


class _AtTemplate(string.Template):
    """A template whose placeholders start with ``@``, a sign that Qt's style sheets do not use."""

    delimiter = "@"


def _palette(theme: Theme) -> QPalette:
    """What Fusion draws itself with where the style sheet is silent."""
    group, role = QPalette.ColorGroup, QPalette.ColorRole
    palette = QPalette()
    for name, roles in {
        "surface": (role.Window, role.Base, role.Light),
        "hover": (role.AlternateBase, role.Midlight),
        "field": (role.Button,),
        "raised": (role.ToolTipBase,),
        "text": (role.WindowText, role.Text, role.ButtonText, role.ToolTipText, role.BrightText),
        "muted": (role.PlaceholderText,),
        "accent": (role.Highlight, role.Accent, role.Link, role.LinkVisited),
        "accent_text": (role.HighlightedText,),
        "border": (role.Mid,),
        "border_strong": (role.Dark,),
        "window": (role.Shadow,),
    }.items():
        for each in roles:
            palette.setColor(each, theme.color(name))
    for each in (role.WindowText, role.Text, role.ButtonText, role.PlaceholderText):
        palette.setColor(group.Disabled, each, theme.color("disabled"))
    return palette


def _luminance(color: QColor) -> float:
    """Relative luminance of an sRGB colour, from 0 to 1 (WCAG 2.2)."""
    return float(_to_linear(_rgb(color)) @ _LUMINANCE)


def _rgb(color: QColor) -> NDArray[np.float64]:
    """Red, green and blue from 0 to 1."""
    return np.array([color.redF(), color.greenF(), color.blueF()])


def _to_linear(srgb: NDArray[np.float64]) -> NDArray[np.float64]:
    """Undo the sRGB transfer curve (IEC 61966-2-1); values from 0 to 1."""
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)


def _ramp(stops: tuple[str, ...], n: int) -> NDArray[np.uint8]:
    """Blend evenly spaced stops in Oklab into ``n`` colours, ``(n, 3)``."""
    rgb = _to_linear(np.array([_rgb(QColor(stop)) for stop in stops]))
    lab = np.cbrt(rgb @ _RGB_TO_LMS.T) @ _LMS_TO_LAB.T
    places, at = np.linspace(0.0, 1.0, len(stops)), np.linspace(0.0, 1.0, n)
    blend = np.stack([np.interp(at, places, lab[:, channel]) for channel in range(3)], axis=1)
    linear = np.clip((blend @ np.linalg.inv(_LMS_TO_LAB).T) ** 3 @ np.linalg.inv(_RGB_TO_LMS).T, 0.0, 1.0)
    srgb = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return np.round(srgb * 255).astype(np.uint8)
