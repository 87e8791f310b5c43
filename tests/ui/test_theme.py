"""Both themes can be read by everyone, and every picture and colour they promise is there."""

import re
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pyqtgraph as pg
import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPixmap
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QLabel, QSpinBox
from pytestqt.qtbot import QtBot

from nnstudio.resource_files import resource
from nnstudio.ui import icons
from nnstudio.ui.theme import (
    GLYPHS,
    THEME_NAMES,
    Theme,
    apply_theme,
    contrast_ratio,
    load_theme,
    prefers_white,
    set_look,
    style_sheet,
    system_theme_name,
    ui_font,
)

GROUNDS = ("window", "surface", "raised", "field", "hover")
TEXT_PAIRS = [
    *((ink, ground) for ink in ("text", "muted") for ground in (*GROUNDS, "plot_background")),
    *((ink, ground) for ink in ("error", "warning", "success") for ground in ("surface", "raised")),
    *((ink, "surface") for ink in ("positive", "negative", "accent")),
    *(("text", ground) for ground in ("pressed", "selection", "accent_soft")),
    *(("text", f"{tone}_soft") for tone in ("success", "warning", "error")),
    *(("accent_text", ground) for ground in ("accent", "accent_hover", "accent_pressed")),
    ("accent", "accent_soft"),
    ("axis", "plot_background"),
]
GRAPHIC_PAIRS = [
    *((ink, ground) for ink in ("border_strong", "focus", "accent") for ground in GROUNDS[:4]),
    *((tone, f"{tone}_soft") for tone in ("success", "warning", "error")),
]
# Machado, Oliveira and Fernandes (2009), "A physiologically-based model for simulation of color vision deficiency",
# severity 1.0; they act on linear RGB.
SIGHT = {
    "normal": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}


@pytest.fixture(params=THEME_NAMES)
def theme(request: pytest.FixtureRequest) -> Theme:
    return load_theme(request.param)


@pytest.fixture
def app(qapp: QApplication) -> Iterator[QApplication]:
    """Give the application its own look back after the test."""
    sheet, palette, font = qapp.styleSheet(), qapp.palette(), qapp.font()
    qapp.setStyleSheet("")
    style = qapp.style().name()
    background, foreground = pg.getConfigOption("background"), pg.getConfigOption("foreground")
    yield qapp
    qapp.setStyleSheet("")
    qapp.setStyle(style)
    qapp.setPalette(palette)
    qapp.setFont(font)
    qapp.setStyleSheet(sheet)
    pg.setConfigOptions(background=background, foreground=foreground)


def oklab(rgb: np.ndarray) -> np.ndarray:
    """Linear RGB as Oklab (Ottosson 2020), in which 0.02 is about the least difference that is seen at a glance."""
    to_lms = [[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566]]
    to_lms.append([0.0883024619, 0.2817188376, 0.6299787005])
    to_lab = [[0.2104542553, 0.7936177850, -0.0040720468], [1.9779984951, -2.4285922050, 0.4505937099]]
    to_lab.append([0.0259040371, 0.7827717662, -0.8086757660])
    return np.cbrt(np.clip(rgb, 0, 1) @ np.transpose(to_lms)) @ np.transpose(to_lab)


def seen(colors: np.ndarray, eyes: str) -> np.ndarray:
    """8-bit sRGB colours, ``(n, 3)``, as these eyes see them, in Oklab."""
    srgb = np.asarray(colors, dtype=float) / 255
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    return oklab(linear @ SIGHT[eyes].T)


def rgb(names: tuple[str, ...]) -> np.ndarray:
    return np.array([QColor(name).getRgb()[:3] for name in names])


def hex_names(lut: np.ndarray) -> list[str]:
    return ["#{:02X}{:02X}{:02X}".format(*color) for color in lut]


def ink_of(pixmap: QPixmap) -> int:
    """How many pixels of a picture are not transparent."""
    image = pixmap.toImage()
    return sum(image.pixelColor(x, y).alpha() > 0 for x in range(image.width()) for y in range(image.height()))


def test_contrast_ratio_is_that_of_wcag() -> None:
    assert contrast_ratio("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast_ratio("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.005)  # the well-known near miss
    assert contrast_ratio(QColor("#FFFFFF"), QColor("#777777")) == contrast_ratio("#777777", "#FFFFFF")


def test_both_themes_have_the_same_roles() -> None:
    light, dark = (load_theme(name) for name in THEME_NAMES)
    assert list(light.colors) == list(dark.colors)
    assert {key: len(stops) for key, stops in light.palettes.items()} == {
        key: len(stops) for key, stops in dark.palettes.items()
    }
    assert (light.name, light.dark, dark.name, dark.dark) == ("light", False, "dark", True)


def test_every_colour_is_a_colour(theme: Theme) -> None:
    for value in (*theme.colors.values(), *(stop for stops in theme.palettes.values() for stop in stops)):
        assert re.fullmatch("#[0-9A-F]{6}", value)


@pytest.mark.parametrize(("ink", "ground"), TEXT_PAIRS)
def test_text_reaches_aa(theme: Theme, ink: str, ground: str) -> None:
    assert contrast_ratio(theme.color(ink), theme.color(ground)) >= 4.5


@pytest.mark.parametrize(("ink", "ground"), GRAPHIC_PAIRS)
def test_outlines_reach_aa(theme: Theme, ink: str, ground: str) -> None:
    assert contrast_ratio(theme.color(ink), theme.color(ground)) >= 3


@pytest.mark.parametrize("palette", ["curves", "classes"])
def test_curves_and_points_stand_out_from_the_plot(theme: Theme, palette: str) -> None:
    for color in theme.palettes[palette]:
        assert contrast_ratio(color, theme.color("plot_background")) >= 3


@pytest.mark.parametrize("eyes", SIGHT)
@pytest.mark.parametrize("palette", ["curves", "classes"])
def test_palettes_can_be_told_apart(theme: Theme, palette: str, eyes: str) -> None:
    lab = seen(rgb(theme.palettes[palette]), eyes)
    for a, b in combinations(range(len(lab)), 2):
        # The first four are used most. A random search over colours of enough contrast found no eight above 0.13.
        assert np.linalg.norm(lab[a] - lab[b]) >= (0.11 if b < 4 else 0.08), (a, b)


@pytest.mark.parametrize("eyes", SIGHT)
def test_the_sign_of_a_weight_can_be_seen(theme: Theme, eyes: str) -> None:
    lab = seen(theme.diverging_lut(101), eyes)
    negative, neutral, positive = lab[25], lab[50], lab[75]  # half of the largest weight
    for a, b in combinations((negative, neutral, positive), 2):
        assert np.linalg.norm(a - b) >= 0.11


@pytest.mark.parametrize("eyes", SIGHT)
def test_the_sides_of_a_decision_boundary_can_be_seen(theme: Theme, eyes: str) -> None:
    lab = seen(theme.surface_lut(101), eyes)
    assert np.linalg.norm(lab[0] - lab[100]) >= 0.11


def test_size_of_a_weight_grows_away_from_the_neutral_middle(theme: Theme) -> None:
    lut = theme.diverging_lut(255)
    assert (lut.shape, lut.dtype) == ((255, 3), np.uint8)
    assert QColor(*map(int, lut[0])).name().upper() == theme.palettes["diverging"][0]
    assert QColor(*map(int, lut[127])).name().upper() == theme.palettes["diverging"][2]
    assert QColor(*map(int, lut[254])).name().upper() == theme.palettes["diverging"][4]
    away = np.array([contrast_ratio(color, hex_names(lut)[127]) for color in hex_names(lut)])
    assert np.all(np.diff(away[:128]) <= 0.02)
    assert np.all(np.diff(away[127:]) >= -0.02)
    assert away[0] == pytest.approx(away[254], rel=0.2), "equal weights of either sign look equally strong"


def test_numbers_in_heatmap_cells_can_be_read(theme: Theme) -> None:
    for lut in (theme.diverging_lut(101), theme.surface_lut(101)):
        for color, white in zip(hex_names(lut), prefers_white(lut), strict=True):
            assert contrast_ratio("#FFFFFF" if white else "#000000", color) >= 4.5


def test_points_stand_out_from_the_decision_surface(theme: Theme) -> None:
    for color in hex_names(theme.surface_lut(101)):
        assert contrast_ratio(theme.color("point_outline"), color) >= 3


def test_colours_of_curves_repeat(theme: Theme) -> None:
    assert theme.curve_color(8) == theme.curve_color(0) == QColor(theme.palettes["curves"][0])
    assert theme.class_color(9) == theme.class_color(1) == QColor(theme.palettes["classes"][1])


def test_a_theme_that_does_not_exist_is_named() -> None:
    with pytest.raises(ValueError, match="no theme is called 'drak'; there are: light, dark"):
        load_theme("drak")


def test_style_sheet_has_no_placeholder_left(theme: Theme) -> None:
    sheet = style_sheet(theme)
    assert "@" not in sheet
    pictures = re.findall(r'url\("([^"]+)"\)', sheet)
    assert pictures
    assert all(Path(picture).is_file() for picture in pictures)


def test_qt_can_read_the_style_sheet(qapp: QApplication, qtlog: Any, theme: Theme) -> None:
    label = QLabel("epoch")
    label.setStyleSheet(style_sheet(theme))
    label.ensurePolished()
    assert not qtlog.records
    label.setStyleSheet("QLabel { color: }}")  # the log does hear of a sheet that cannot be read
    label.ensurePolished()
    assert [record for record in qtlog.records if "parse" in record.message]


@pytest.mark.parametrize("glyph", GLYPHS)
def test_glyphs_have_the_colours_of_their_theme(qapp: QApplication, theme: Theme, glyph: str) -> None:
    path = resource("icons", theme.name, f"{glyph}.svg")
    colors = set(re.findall("#[0-9A-Fa-f]{6}", path.read_text(encoding="utf-8")))
    on_accent = dict.fromkeys(("check", "dash", "dot"), "accent_text")
    role = {**on_accent, "check_text": "text"}.get(glyph, "muted")
    assert colors == {theme.colors["disabled" if glyph.endswith("_disabled") else role]}
    assert ink_of(QIcon(str(path)).pixmap(12)) > 4


@pytest.mark.parametrize("name", icons.GLYPHS)
def test_every_icon_is_drawn(qapp: QApplication, theme: Theme, name: str) -> None:
    drawn = icons.icon(name, theme)
    for mode in (QIcon.Mode.Normal, QIcon.Mode.Disabled):
        assert ink_of(drawn.pixmap(QSize(20, 20), mode)) > 10


def test_icons_take_the_colours_of_the_theme(qapp: QApplication, theme: Theme) -> None:
    stop = icons.icon("stop", theme)
    middle = 16, 16
    pixmap = {
        "text": stop.pixmap(QSize(32, 32)),
        "disabled": stop.pixmap(QSize(32, 32), QIcon.Mode.Disabled),
        "accent": stop.pixmap(QSize(32, 32), QIcon.Mode.Normal, QIcon.State.On),
        "warning": icons.icon("stop", theme, color="warning").pixmap(QSize(32, 32)),
    }
    for role, picture in pixmap.items():
        assert picture.toImage().pixelColor(*middle) == theme.color(role)


def test_one_icon_font_is_loaded_and_no_more(qapp: QApplication, theme: Theme) -> None:
    icons.icon("train", theme)
    icons.icon("pause", theme)
    fonts = [child for child in qapp.children() if child.objectName() == "nnstudio_icon_font"]
    assert len(fonts) == 1
    assert list(fonts[0].fontname) == ["ph"]


@pytest.mark.parametrize("size", [16, 32, 64, 256])
def test_application_icon_is_drawn(qapp: QApplication, size: int) -> None:
    image = icons.application_icon().pixmap(QSize(size, size)).toImage()
    assert image.pixelColor(0, 0).alpha() < 128, "its corners are round"
    assert image.pixelColor(size // 2, size // 2).alpha() == 255


def test_theme_can_be_switched_while_the_program_runs(app: QApplication, qtbot: QtBot) -> None:
    apply_theme(app, load_theme("dark"))
    box = QCheckBox("Shuffle")
    qtbot.addWidget(box)
    for name in (*THEME_NAMES, *THEME_NAMES):
        theme = load_theme(name)
        apply_theme(app, theme)
        box.show()
        assert box.palette().color(box.foregroundRole()) == theme.color("text")
        assert app.palette().window().color() == theme.color("surface")
        assert box.font().pixelSize() == theme.type_scale.body
        assert pg.getConfigOption("background") == theme.colors["plot_background"]
    app.setStyleSheet("")
    assert app.style().name() == "fusion"


def test_fields_in_one_row_are_of_one_height(app: QApplication, qtbot: QtBot, theme: Theme) -> None:
    apply_theme(app, theme)
    heights = set()
    for field in (QSpinBox(), QComboBox()):
        qtbot.addWidget(field)
        field.ensurePolished()
        heights.add(field.sizeHint().height())
    assert max(heights) - min(heights) <= 1


def test_look_of_a_widget_follows_its_role(app: QApplication, qtbot: QtBot) -> None:
    theme = load_theme("light")
    apply_theme(app, theme)
    label = QLabel("0.1326")
    qtbot.addWidget(label)
    set_look(label, role="value")
    assert label.font().pixelSize() == theme.type_scale.value
    set_look(label, role="error")
    assert label.font().pixelSize() == theme.type_scale.caption
    assert label.palette().color(label.foregroundRole()) == theme.color("error")


def test_digits_have_one_width(app: QApplication, theme: Theme) -> None:
    font = ui_font(theme, "value")
    assert font.pixelSize() == theme.type_scale.value
    if hasattr(font, "featureTags"):
        assert "tnum" in [bytes(tag.toString()).decode() for tag in font.featureTags()]


def test_projector_type_is_larger(theme: Theme) -> None:
    large = theme.zoomed(1.5)
    assert (large.type_scale.body, large.type_scale.display) == (20, 42)
    assert large.lines.strong == 3
    assert "font-size: 27px" in style_sheet(large)
    assert large.colors == theme.colors


def test_system_theme_follows_the_desktop(qapp: QApplication) -> None:
    dark = qapp.styleHints().colorScheme() is Qt.ColorScheme.Dark
    assert system_theme_name(qapp) == ("dark" if dark else "light")
