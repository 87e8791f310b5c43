"""What all panels have in common: real runs of any shape in any size and theme, and their pictures and numbers."""

import csv
import gc
import io
import sys
from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QContextMenuEvent, QImage, QKeySequence
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel
from pytestqt.qtbot import QtBot

sys.path.insert(0, str(Path(__file__).parent))
from panel_runs import LiveRun, trained

from nnstudio.engine.spec import ExperimentSpec
from nnstudio.session.run import Run
from nnstudio.ui.panels import PANELS, Panel
from nnstudio.ui.theme import apply_theme, load_theme

SVG = "{http://www.w3.org/2000/svg}"
SHAPES: dict[str, dict[str, object]] = {
    "tutorial": {},
    "no hidden layer": {"network.hidden": "none"},
    "deep": {"network.hidden": "16,16,16", "network.activation": "tanh"},
    "wide": {"network.hidden": "64,64"},
    "parity of ten bits": {"data.name": "parity:bits=10", "network.hidden": "4"},
    "one output for each class": {
        "data.name": "xor",
        "data.targets": "one_hot",
        "network.output_activation": "softmax",
        "training.loss": "softmax_cross_entropy",
    },
    "outputs beyond 0 and 1": {"network.output_activation": "linear", "training.loss": "hinge"},
    "validation": {"data.name": "parity:bits=5", "data.validation_share": 0.25},
    "single precision": {"precision": "float32"},
    "diverged": {"network.output_activation": "linear", "training.learning_rate": 900.0},
}


#: What some panels have something to say about.
TELLING: dict[str, dict[str, object]] = {
    "scores": {"data.name": "circle:samples=70", "training.reduction": "mean"},
    "pictures": {
        "data.name": "digits",
        "network.output_activation": "softmax",
        "training.loss": "softmax_cross_entropy",
        "training.reduction": "mean",
    },
}


@pytest.fixture(params=PANELS, ids=lambda panel: panel.key)
def panel(request: pytest.FixtureRequest, qtbot: QtBot) -> Panel:
    return make(request.param, qtbot)


def make(panel_type: type[Panel], qtbot: QtBot, size: tuple[int, int] = (420, 300)) -> Panel:
    theme = load_theme("light")
    apply_theme(QApplication.instance(), theme)
    made = panel_type(theme=theme)
    qtbot.addWidget(made)
    made.resize(*size)
    made.show()
    return made


def show(panel: Panel, run: Run, earlier: Sequence[Run] = ()) -> None:
    panel.start_run(run, earlier)
    panel.refresh(run)
    QApplication.processEvents()


def test_each_panel_names_and_explains_itself(panel: Panel) -> None:
    assert panel.objectName() == f"{panel.key}_view"
    assert panel.title and panel.help.endswith(".")
    assert panel.accessibleName() == panel.title
    assert len({kind.key for kind in PANELS}) == len(PANELS)


@pytest.mark.parametrize("settings", SHAPES.values(), ids=SHAPES.keys())
def test_panels_show_runs_of_every_shape(panel: Panel, settings: dict[str, object]) -> None:
    show(panel, trained(settings))
    show(panel, trained(settings, epochs=120), [trained(settings, epochs=30)])
    if panel.key == "pictures":
        return
    header, rows = panel.numbers()
    assert rows and all(len(row) == len(header) for row in rows)


@pytest.mark.parametrize("size", [(1, 1), (40, 30), (120, 90), (300, 60), (90, 400), (1600, 900)], ids=str)
def test_panels_fit_into_any_size(panel: Panel, size: tuple[int, int]) -> None:
    show(panel, trained({"network.hidden": "8,8"}, epochs=50))
    panel.setMinimumSize(0, 0)
    panel.resize(*size)
    show(panel, trained({"data.name": "parity:bits=4"}, epochs=50))


def test_panels_without_a_run_say_so_instead_of_failing(panel: Panel) -> None:
    QApplication.processEvents()
    assert not panel.picture().isNull()
    assert len(panel.numbers()[1]) == 0
    panel.set_theme(load_theme("dark"))
    assert panel.file_stem() == f"nnstudio-{panel.key}"


def test_the_theme_changes_at_run_time(panel: Panel) -> None:
    show(panel, trained(epochs=200))
    light = panel.picture()
    dark_theme = load_theme("dark")
    apply_theme(QApplication.instance(), dark_theme)
    panel.set_theme(dark_theme)
    QApplication.processEvents()
    dark = panel.picture()
    corner = QPoint(2, dark.height() - 3)
    assert light.pixelColor(corner) == load_theme("light").color("plot_background")
    assert dark.pixelColor(corner) == dark_theme.color("plot_background")


def test_a_picture_has_twice_the_panels_size(panel: Panel, tmp_path: Path) -> None:
    show(panel, trained(epochs=200))
    path = tmp_path / "picture.png"
    assert panel.save_picture(path)
    image = QImage(str(path))
    assert (image.width(), image.height()) == (840, 600)
    assert list(tmp_path.iterdir()) == [path], "no part of a file is left behind"


def test_a_drawing_is_made_of_lines_and_letters(panel: Panel, tmp_path: Path) -> None:
    show(panel, trained(TELLING.get(panel.key, {}), epochs=20 if panel.key == "pictures" else 2000))
    path = tmp_path / "drawing.svg"
    assert panel.save_picture(path)
    root = ElementTree.parse(path).getroot()
    assert root.tag == f"{SVG}svg"
    assert root.findtext(f"{SVG}title") == panel.title
    texts = ["".join(text.itertext()).strip() for text in root.iter(f"{SVG}text")]
    lines = [*root.iter(f"{SVG}path"), *root.iter(f"{SVG}polyline")]
    expected = {
        "network": "x1",
        "surface": "x1",
        "loss": "epoch",
        "outputs": "target",
        "weights": "bias",
        "scores": "accuracy",
        "pictures": "true",
    }[panel.key]
    assert any(expected in text for text in texts)
    assert lines
    # Only what is a raster of colours by nature is one here: the plane, the neurons' maps, and the colour bars.
    images = sum(1 for _ in root.iter(f"{SVG}image"))
    assert images <= {"network": 20, "surface": 2, "weights": 1, "pictures": 1}.get(panel.key, 0)


def test_numbers_are_saved_in_full_precision(panel: Panel, tmp_path: Path) -> None:
    run = trained(TELLING.get(panel.key, {}), epochs=20 if panel.key == "pictures" else 300)
    show(panel, run)
    path = tmp_path / "numbers.csv"
    assert panel.save_numbers(path)
    rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"))))
    header, numbers = panel.numbers()
    assert rows[0] == list(header)
    assert rows[1:] == [[str(cell) for cell in row] for row in numbers]
    floats = [cell for row in numbers for cell in row if isinstance(cell, float) and cell != round(cell, 6)]
    assert floats, "nothing is rounded"


def test_pictures_and_numbers_are_copied(panel: Panel, qtbot: QtBot) -> None:
    show(panel, trained(epochs=50))
    clipboard = QApplication.clipboard()
    with qtbot.waitSignal(panel.reported) as said:
        panel.copy_picture()
    assert not clipboard.image().isNull()
    assert said.args == [f"copied the picture of the {panel.title.lower()}"]
    panel.copy_numbers()
    table = list(csv.reader(io.StringIO(clipboard.text()), delimiter="\t"))
    assert table[0] == list(panel.numbers()[0])


def test_what_cannot_be_written_is_said_and_nothing_is_lost(panel: Panel, tmp_path: Path) -> None:
    show(panel, trained(epochs=50))
    message = panel.findChild(QLabel, f"{panel.key}_view_error")
    assert not message.isVisible()
    assert not panel.save_picture(tmp_path / "no such folder" / "picture.png")
    assert message.isVisible() and "there is no folder" in message.text()
    taken = tmp_path / "taken.csv"
    taken.mkdir()
    (taken / "kept").write_text("before")
    assert not panel.save_numbers(taken)
    assert (taken / "kept").read_text() == "before"
    assert list(tmp_path.iterdir()) == [taken]
    assert not panel.save_picture(tmp_path / "picture.gif")
    assert ".png or .svg" in message.text()
    assert panel.save_picture(tmp_path / "picture.png")
    assert not message.isVisible()


def test_the_menu_saves_under_a_sensible_name(panel: Panel, qtbot: QtBot, tmp_path: Path) -> None:
    show(panel, trained(epochs=70))
    names = [action.text() for action in panel.more_menu.actions() if action.text()]
    assert names[:4] == ["Save picture…", "Copy picture", "Save numbers…", "Copy numbers"]
    assert len({action.shortcut().toString() for action in panel.actions()}) == len(names)
    assert panel.actions()[1].shortcut() == QKeySequence("Ctrl+C")
    panel.actions()[0].trigger()
    dialog = panel.findChild(QFileDialog, f"{panel.key}_save_dialog")
    assert Path(dialog.selectedFiles()[0]).name == f"xor-{panel.key}-epoch-70.png"
    dialog.selectNameFilter(dialog.nameFilters()[1])
    dialog.filterSelected.emit(dialog.nameFilters()[1])
    assert dialog.defaultSuffix() == "svg"
    with qtbot.waitSignal(panel.reported) as said:
        dialog.fileSelected.emit(str(tmp_path / "mine.svg"))
    assert said.args == [f"saved {tmp_path / 'mine.svg'}"]
    dialog.reject()


def test_a_right_click_opens_the_menu(panel: Panel) -> None:
    show(panel, trained(epochs=5))
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, QPoint(50, 50), panel.mapToGlobal(QPoint(50, 50)))
    QApplication.sendEvent(panel, event)
    assert panel.more_menu.isVisible()
    panel.more_menu.close()


def test_hundreds_of_live_frames_lose_no_reference_to_none(qtbot: QtBot) -> None:
    """PYSIDE-3474: some versions of PySide6 lose one with every call, and end the program when none is left."""
    panels = [make(kind, qtbot) for kind in PANELS]
    live = LiveRun(ExperimentSpec().with_settings({"training.epochs": 100_000}))
    for panel in panels:
        panel.start_run(live.run, ())

    def refresh(frames: int) -> None:
        for _ in range(frames):
            live.advance(20)
            for panel in panels:
                panel.refresh(live.run)
            QApplication.processEvents()

    refresh(50)
    gc.collect()
    before = sys.getrefcount(None)
    refresh(300)
    gc.collect()
    assert abs(sys.getrefcount(None) - before) < 300
