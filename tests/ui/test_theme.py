"""Every theme can be read by everyone, and every picture and colour it promises is there."""

import re
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from types import SimpleNamespace
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
    PALETTE_NAMES,
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
# Pairs of roles that stand on each other somewhere in the program.
TEXT_PAIRS = [
    *((ink, ground) for ink in ("text", "muted") for ground in (*GROUNDS, "plot_background")),
    *((ink, ground) for ink in ("error", "warning", "success") for ground in ("surface", "raised")),
    *((ink, "surface") for ink in ("positive", "negative", "accent")),
    *((ink, "plot_background") for ink in ("positive", "negative", "success")),
    *(("text", ground) for ground in ("pressed", "selection", "accent_soft")),
    *((ink, f"{tone}_soft") for tone in ("success", "warning", "error") for ink in ("text", tone)),
    *(("accent_text", ground) for ground in ("accent", "accent_hover", "accent_pressed")),
    ("accent", "accent_soft"),
    ("axis", "plot_background"),
]
GRAPHIC_PAIRS = [
    *((ink, ground) for ink in ("border_strong", "focus", "accent") for ground in (*GROUNDS[:4], "plot_background")),
    *(("muted", ground) for ground in ("plot_background", "pressed")),
    *(("focus", ground) for ground in ("hover", "selection")),
    *((tone, "surface") for tone in ("success", "error")),
    ("accent", "pressed"),
    ("point_outline", "plot_background"),
]
#: How far apart in Oklab two colours must look that stand beside each other in one picture. About 0.02 is the least
#: difference that is seen between two patches that touch; thin lines and points apart from each other need several
#: times that. The first four colours are used most; no eight could all be 0.11 apart for all eyes.
APART, STILL_APART = 0.11, 0.08
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


@pytest.fixture(params=[(name, palette) for name in THEME_NAMES for palette in PALETTE_NAMES], ids="-".join)
def colored(request: pytest.FixtureRequest) -> Theme:
    """Each theme with each palette."""
    return load_theme(*request.param)


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


def test_all_themes_have_the_same_roles(colored: Theme) -> None:
    light = load_theme("light")
    assert list(colored.colors) == list(light.colors)
    assert {key: len(stops) for key, stops in colored.palettes.items()} == {
        key: len(stops) for key, stops in light.palettes.items()
    }
    assert colored.dark == (colored.name in ("dark", "high_contrast"))
    assert (colored.name, colored.palette) in [(name, palette) for name in THEME_NAMES for palette in PALETTE_NAMES]


def test_a_palette_changes_signs_and_classes_and_nothing_else() -> None:
    plain = load_theme("dark")
    for palette in PALETTE_NAMES[1:]:
        other = load_theme("dark", palette)
        changed = {role for role in plain.colors if plain.colors[role] != other.colors[role]}
        assert changed == {"positive", "negative"}
        assert {key for key in plain.palettes if plain.palettes[key] != other.palettes[key]} == {
            "diverging",
            "classes",
            "surface",
        }


def test_every_colour_is_a_colour(colored: Theme) -> None:
    for value in (*colored.colors.values(), *(stop for stops in colored.palettes.values() for stop in stops)):
        assert re.fullmatch("#[0-9A-F]{6}", value)


def test_text_reaches_aa_and_in_high_contrast_aaa(colored: Theme) -> None:
    enough = 7 if colored.name.startswith("high_contrast") else 4.5
    ratios = {pair: contrast_ratio(*map(colored.color, pair)) for pair in TEXT_PAIRS}
    assert {pair: round(ratio, 2) for pair, ratio in ratios.items() if ratio < enough} == {}


def test_outlines_and_marks_reach_aa(colored: Theme) -> None:
    ratios = {pair: contrast_ratio(*map(colored.color, pair)) for pair in GRAPHIC_PAIRS}
    assert {pair: round(ratio, 2) for pair, ratio in ratios.items() if ratio < 3} == {}


@pytest.mark.parametrize("ground", ["surface", "raised", "field"])
def test_high_contrast_outlines_everything(ground: str) -> None:
    """A selected row and the line around a card are seen by themselves there."""
    for name in ("high_contrast", "high_contrast_light"):
        theme = load_theme(name)
        for role in ("border", "disabled"):
            assert contrast_ratio(theme.color(role), theme.color(ground)) >= 3
        # Letters at 7 leave no more than 3 to their ground.
        assert contrast_ratio(theme.color("selection"), theme.color(ground)) >= 2.9


@pytest.mark.parametrize("palette", ["curves", "classes"])
def test_curves_and_points_stand_out_from_the_plot(colored: Theme, palette: str) -> None:
    enough = 4.5 if colored.name.startswith("high_contrast") else 3
    for color in colored.palettes[palette]:
        assert contrast_ratio(color, colored.color("plot_background")) >= enough


@pytest.mark.parametrize("eyes", SIGHT)
@pytest.mark.parametrize("palette", ["curves", "classes"])
def test_palettes_can_be_told_apart(colored: Theme, palette: str, eyes: str) -> None:
    lab = seen(rgb(colored.palettes[palette]), eyes)
    for a, b in combinations(range(len(lab)), 2):
        assert np.linalg.norm(lab[a] - lab[b]) >= (APART if b < 4 else STILL_APART), (a, b)


@pytest.mark.parametrize("eyes", SIGHT)
def test_the_sign_of_a_weight_can_be_seen(colored: Theme, eyes: str) -> None:
    lab = seen(colored.diverging_lut(101), eyes)
    negative, neutral, positive = lab[25], lab[50], lab[75]  # half of the largest weight
    for a, b in combinations((negative, neutral, positive), 2):
        assert np.linalg.norm(a - b) >= APART


@pytest.mark.parametrize("eyes", SIGHT)
def test_the_colours_of_the_signs_can_be_told_apart(colored: Theme, eyes: str) -> None:
    negative, positive = seen(rgb((colored.colors["negative"], colored.colors["positive"])), eyes)
    assert np.linalg.norm(negative - positive) >= APART


@pytest.mark.parametrize("eyes", SIGHT)
def test_the_sides_of_a_decision_boundary_can_be_seen(colored: Theme, eyes: str) -> None:
    lab = seen(colored.surface_lut(101), eyes)
    assert np.linalg.norm(lab[0] - lab[100]) >= APART


@pytest.mark.parametrize("eyes", SIGHT)
@pytest.mark.parametrize("ramp", ["diverging", "surface"])
def test_ramps_go_one_way_from_the_middle_to_each_end(colored: Theme, ramp: str, eyes: str) -> None:
    lut = colored.diverging_lut(101) if ramp == "diverging" else colored.surface_lut(101)
    lightness = seen(lut, eyes)[:, 0]
    outwards = 1 if colored.dark else -1
    # Rounding to 8 bits moves the lightness of a dark colour by up to 0.01.
    assert np.all(outwards * np.diff(lightness[50::-5]) >= -0.01)
    assert np.all(outwards * np.diff(lightness[50::5]) >= -0.01)
    for end in (0, 100):
        assert outwards * (lightness[end] - lightness[50]) >= 0.1


def test_size_of_a_weight_grows_away_from_the_neutral_middle(colored: Theme) -> None:
    lut = colored.diverging_lut(255)
    assert (lut.shape, lut.dtype) == ((255, 3), np.uint8)
    assert QColor(*map(int, lut[0])).name().upper() == colored.palettes["diverging"][0]
    assert QColor(*map(int, lut[127])).name().upper() == colored.palettes["diverging"][2]
    assert QColor(*map(int, lut[254])).name().upper() == colored.palettes["diverging"][4]
    away = np.array([contrast_ratio(color, hex_names(lut)[127]) for color in hex_names(lut)])
    assert np.all(np.diff(away[:128]) <= 0.02)
    assert np.all(np.diff(away[127:]) >= -0.02)
    assert away[0] == pytest.approx(away[254], rel=0.2), "equal weights of either sign look equally strong"


def test_numbers_in_heatmap_cells_can_be_read(colored: Theme) -> None:
    enough = 7 if colored.name.startswith("high_contrast") else 4.5
    for lut in (colored.diverging_lut(101), colored.surface_lut(101)):
        for color, white in zip(hex_names(lut), prefers_white(lut), strict=True):
            assert contrast_ratio("#FFFFFF" if white else "#000000", color) >= enough


def test_points_stand_out_from_the_decision_surface(colored: Theme) -> None:
    for color in hex_names(colored.surface_lut(101)):
        assert contrast_ratio(colored.color("point_outline"), color) >= 3


def test_colours_of_curves_repeat(theme: Theme) -> None:
    assert theme.curve_color(8) == theme.curve_color(0) == QColor(theme.palettes["curves"][0])
    assert theme.class_color(9) == theme.class_color(1) == QColor(theme.palettes["classes"][1])


def test_a_theme_that_does_not_exist_is_named() -> None:
    with pytest.raises(ValueError, match="no theme is called 'drak'; there are: light, dark, high_contrast"):
        load_theme("drak")
    with pytest.raises(ValueError, match="no palette is called 'rainbow'; there are: standard, blue_yellow"):
        load_theme("dark", "rainbow")


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


@pytest.mark.parametrize(
    ("scheme", "contrast", "name"),
    [("Dark", 1, "high_contrast"), ("Light", 1, "high_contrast_light"), ("Light", 0, "light")],
)
def test_high_contrast_is_the_desktops_wish_too(scheme: str, contrast: int, name: str) -> None:
    if not hasattr(Qt, "ContrastPreference"):
        pytest.skip("Qt tells of it from 6.10 on")
    hints = SimpleNamespace(
        colorScheme=lambda: Qt.ColorScheme[scheme],
        accessibility=lambda: SimpleNamespace(contrastPreference=lambda: Qt.ContrastPreference(contrast)),
    )
    assert system_theme_name(SimpleNamespace(styleHints=lambda: hints)) == name  # type: ignore[arg-type]
