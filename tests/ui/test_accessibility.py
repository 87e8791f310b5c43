"""Who hears the program is told what everything is called, and what each panel shows."""

import math
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QLabel,
    QLineEdit,
    QMainWindow,
    QMenu,
    QMenuBar,
    QScrollBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parent / "lab"))
from lab_results import HALF, chart, ended, results_of
from panel_runs import LiveRun

from nnstudio.app import create_window
from nnstudio.engine import ExperimentSpec
from nnstudio.engine.timeline import LossHistory
from nnstudio.session.lab import Lab
from nnstudio.ui.compare.twin_window import TwinWindow
from nnstudio.ui.compare.window import CompareWindow
from nnstudio.ui.data_import import DataImportDialog
from nnstudio.ui.dialogs import AboutDialog, ShortcutSheet
from nnstudio.ui.lab.cells import CellsChart
from nnstudio.ui.lab.fan import FanChart
from nnstudio.ui.lab.outcome_list import OutcomeList
from nnstudio.ui.lab.window import LabWindow
from nnstudio.ui.main_window import MainWindow
from nnstudio.ui.panels import PANELS
from nnstudio.ui.panels.base import Panel
from nnstudio.ui.panels.loss import LossPanel
from nnstudio.ui.panels.spoken import trend_words
from nnstudio.ui.preferences import Preferences
from nnstudio.ui.theme import load_theme

ACTED_ON = (QAbstractButton, QComboBox, QAbstractSpinBox, QLineEdit, QAbstractSlider, QAbstractItemView)
NAME = QAccessible.Text.Name


@pytest.fixture
def settings(tmp_path: Path) -> QSettings:
    store = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    store.setValue("speed", math.inf)
    return store


@pytest.fixture
def window(qtbot: QtBot, settings: QSettings) -> Iterator[MainWindow]:
    made = create_window(ExperimentSpec(), settings=settings)
    made.show()
    qtbot.waitUntil(lambda: not made.session.controller.starting)
    QApplication.processEvents()
    yield made
    made.session.forget_path()
    made.close()
    made.deleteLater()


def is_part_of_another(widget: QWidget) -> bool:
    """Whether a screen reader hears of a widget through the one that it belongs to."""
    parent = widget.parentWidget()
    if isinstance(widget, QScrollBar) or widget.objectName().startswith("qt_"):
        return True
    if isinstance(parent, QAbstractScrollArea) and widget is parent.viewport():
        return True
    if isinstance(parent, QAbstractItemView) and widget.focusPolicy() is Qt.FocusPolicy.NoFocus:
        return True  # headers
    if isinstance(widget, QLineEdit) and isinstance(parent, QAbstractSpinBox | QComboBox):
        return True
    # The list that a box opens.
    return type(widget).__name__ == "QListView" and parent is not None and isinstance(parent.parent(), QComboBox)


def nameless(window: QWidget) -> list[str]:
    """The widgets of a window that a person can act on, and of which nobody is told what they are."""
    found = []
    for widget in [window, *window.findChildren(QWidget)]:
        acted_on = isinstance(widget, ACTED_ON) or widget.focusPolicy() is not Qt.FocusPolicy.NoFocus
        if isinstance(widget, QMainWindow | QMenu | QMenuBar) or not acted_on or is_part_of_another(widget):
            continue
        if isinstance(widget, QLabel) and not widget.text():
            continue  # there is nothing to be said yet
        interface = QAccessible.queryAccessibleInterface(widget)
        if interface is None or not interface.text(NAME).strip():
            parents = [widget]
            while (parent := parents[-1].parentWidget()) is not None:
                parents.append(parent)
            places = [parent.objectName() or type(parent).__name__ for parent in parents]
            found.append(" in ".join(places[:4]))
    return found


def spoken_badly(window: QWidget) -> list[str]:
    """What would be heard as marks of rich text, what a name hides, and boxes of which only the choice is heard."""
    QApplication.processEvents()  # some are named once they are where they belong
    found = []
    for widget in window.findChildren(QWidget):
        interface, name = QAccessible.queryAccessibleInterface(widget), widget.objectName()
        if interface is None or is_part_of_another(widget):
            continue
        focusable = widget.focusPolicy() is not Qt.FocusPolicy.NoFocus
        if focusable and "<p>" in interface.text(QAccessible.Text.Description):
            found.append(f"{name} speaks in tags")
        if isinstance(widget, QLabel) and "<" not in widget.text() and widget.text() not in interface.text(NAME):
            found.append(f"{name} hides {widget.text()}")
        if isinstance(widget, QComboBox):
            labels = widget.parentWidget().findChildren(QLabel, options=Qt.FindChildOption.FindDirectChildrenOnly)
            if not any(label.buddy() is widget and label.text() for label in labels):
                found.append(f"{name} has no label")
    return found


def test_a_widget_without_a_name_is_found(qtbot: QtBot) -> None:
    dialog = QDialog()
    qtbot.addWidget(dialog)
    QLineEdit(dialog, objectName="lonely")
    QLineEdit(dialog, accessibleName="Learning rate")
    assert nameless(dialog) == ["lonely in QDialog"]


def test_what_would_be_spoken_badly_is_found(qtbot: QtBot) -> None:
    dialog = QDialog()
    qtbot.addWidget(dialog)
    QLineEdit(dialog, objectName="field", accessibleName="Rate", toolTip="<p>How <b>long</b></p>")
    QLabel("0.1282", dialog, objectName="value", accessibleName="Loss")
    QComboBox(dialog, objectName="box", accessibleName="Optimizer")
    assert spoken_badly(dialog) == ["field speaks in tags", "value hides 0.1282", "box has no label"]


def test_everything_in_the_main_window_has_a_name(window: MainWindow) -> None:
    assert nameless(window) == []
    assert spoken_badly(window) == []


@pytest.mark.parametrize("dialog", [ShortcutSheet, AboutDialog])
def test_everything_in_the_dialogs_has_a_name(qtbot: QtBot, window: MainWindow, dialog: type[QDialog]) -> None:
    made = dialog(window)
    made.show()
    assert nameless(made) == []
    made.close()


def test_everything_in_the_lab_has_a_name(qtbot: QtBot, tmp_path: Path, settings: QSettings) -> None:
    lab = Lab(folder=tmp_path / "sweeps")
    theme = load_theme("high_contrast")
    made = LabWindow(lab=lab, spec=ExperimentSpec(), settings=settings, preferences=Preferences(settings), theme=theme)
    made.show()
    assert nameless(made) == []
    assert spoken_badly(made) == []
    made.close()
    assert lab.close()
    made.deleteLater()


def test_everything_that_compares_has_a_name(qtbot: QtBot, window: MainWindow) -> None:
    window.session.step_epoch()
    qtbot.waitUntil(lambda: window.session.run.losses.epochs == 1)
    window.compare.pin()
    window.compare.open()
    compare = window.compare.window
    assert isinstance(compare, CompareWindow)
    assert nameless(compare) == []
    assert spoken_badly(compare) == []
    pin = window.compare.pins.all[0]
    compare.twin_wanted.emit((pin,))
    (twin,) = window.compare.twins
    assert isinstance(twin, TwinWindow)
    assert nameless(twin) == []
    assert spoken_badly(twin) == []


def test_everything_in_the_import_has_a_name(qtbot: QtBot, tmp_path: Path, settings: QSettings) -> None:
    path = tmp_path / "table.csv"
    path.write_text("width,height,kind\n" + "1,2,thin\n3,1,thick\n" * 9)
    made = DataImportDialog(path, theme=load_theme("light"), settings=settings)
    qtbot.addWidget(made)
    made.open()
    qtbot.waitUntil(lambda: made.findChild(QAbstractItemView, "data_columns").isVisible())
    assert nameless(made) == []
    assert spoken_badly(made) == []


def test_everything_in_the_settings_and_the_palette_has_a_name(qtbot: QtBot, window: MainWindow) -> None:
    for key, name in (("settings", "settings"), ("find_command", "command_palette"), ("reading", "help")):
        window.actions_by_key[key].trigger()
        made = window.findChild(QWidget, name)
        assert nameless(made) == []
        made.close()


# ---- what the panels say ---------------------------------------------------------------------------------------------


def said(panel: type[Panel], qtbot: QtBot, live: LiveRun) -> str:
    made = panel(theme=load_theme("dark"))
    qtbot.addWidget(made)
    made.start_run(live.run, ())
    made.refresh(live.run)
    return made.summary()


def of(key: str) -> type[Panel]:
    return next(panel for panel in PANELS if panel.key == key)


def test_the_tutorials_network_is_told_in_words(qtbot: QtBot) -> None:
    live = LiveRun(ExperimentSpec())
    assert said(of("loss"), qtbot, live) == "Not trained yet."
    live.advance(10_000)
    assert said(of("network"), qtbot, live) == (
        "2 inputs, then 2 Sigmoid neurons, then 1 output (Sigmoid); 9 weights and biases. Stuck: two patterns at 0.50."
    )
    assert said(of("loss"), qtbot, live).startswith("Loss 0.1282 after 10,000 epochs; it began at 0.2558, and over the")
    assert said(of("outputs"), qtbot, live) == (
        "2 of 4 patterns right. 0 0 gives 0.053 for 0, right; 0 1 gives 0.496 for 1, wrong; "
        "1 0 gives 0.951 for 1, right; 1 1 gives 0.503 for 0, wrong."
    )
    assert "accuracy 50.0 %" in said(of("scores"), qtbot, live)
    assert said(of("surface"), qtbot, live).startswith("Output over x1 and x2: from 0.0")
    weights = said(of("weights"), qtbot, live)
    largest = max(live.run.frame.parameters[:6], key=abs)  # those of the hidden layer, its biases last
    assert f"{abs(largest):.3f}" in weights
    assert weights.startswith("Weights and biases. inputs → hidden: from ")


def test_classes_are_told_by_their_share_of_the_plane(qtbot: QtBot) -> None:
    live = LiveRun(ExperimentSpec().with_settings({"data.name": "iris"}))
    live.advance(20)
    text = said(of("surface"), qtbot, live)
    assert text.startswith("Classes over sepal length (cm) and sepal width (cm), by their share of the plane: ")
    shares = [float(share) for share in re.findall(r": ([\d.]+) %", text)]
    assert shares == sorted(shares, reverse=True)
    assert sum(shares) == pytest.approx(100, abs=0.2)
    assert said(of("outputs"), qtbot, live).startswith("150 samples: accuracy ")


def test_numbers_are_told_by_their_errors(qtbot: QtBot) -> None:
    live = LiveRun(ExperimentSpec().with_settings({"data.name": "sine"}))
    live.advance(20)
    assert said(of("scores"), qtbot, live).startswith("Of 200 samples: R² ")
    assert said(of("outputs"), qtbot, live).startswith("200 samples: R² ")


def test_pictures_are_counted(qtbot: QtBot) -> None:
    live = LiveRun(ExperimentSpec().with_settings({"data.name": "digits"}))
    right = int((live.run.frame.outputs.argmax(axis=1) == live.run.dataset.labels).sum())
    assert said(of("pictures"), qtbot, live) == f"Read right: {right} of 1,797 training pictures."
    assert said(of("pictures"), qtbot, LiveRun(ExperimentSpec())) == ""


@pytest.mark.parametrize(
    ("losses", "words"),
    [
        (np.linspace(1, 0, 101)[:-1], "fell by 90 %"),  # from 0.1 at the start of the last tenth to 0.01
        (np.full(100, 0.25), "hardly changed"),
        (np.linspace(0.5, 1, 100), "rose by 5 %"),
        (np.geomspace(1, 1e60, 100), "rose more than tenfold"),
        (np.array([1, np.inf]), "went beyond all numbers"),
    ],
)
def test_the_trend_is_that_of_the_last_tenth(losses: np.ndarray, words: str) -> None:
    history = LossHistory()
    history.extend(losses)
    assert trend_words(history.outline()) == words


def test_a_screen_reader_gets_the_summary_at_rest(qtbot: QtBot) -> None:
    panel = LossPanel(theme=load_theme("dark"))
    qtbot.addWidget(panel)
    assert panel.accessibleDescription() == LossPanel.help
    panel.show()
    live = LiveRun(ExperimentSpec())
    panel.start_run(live.run, ())
    panel.refresh(live.advance(3))
    assert panel.accessibleDescription() == LossPanel.help, "nothing is said of each frame"
    qtbot.waitUntil(lambda: panel.accessibleDescription().startswith("Loss 0.25"))


def test_the_summary_can_be_copied(qtbot: QtBot) -> None:
    panel = LossPanel(theme=load_theme("dark"))
    qtbot.addWidget(panel)
    live = LiveRun(ExperimentSpec())
    panel.start_run(live.advance(1), ())
    panel.copy_summary()
    assert QApplication.clipboard().text() == "Loss: Loss 0.2558 after 1 epoch."


def test_the_labs_charts_say_how_many_learned(qtbot: QtBot) -> None:
    results = results_of("network.hidden=2,3", seeds=4)
    ended(results, range(3), [0.1281] * 3, "stuck", HALF)
    ended(results, range(4, 8), [0.01] * 4)
    assert chart(OutcomeList, qtbot, results).summary() == (
        "4 of 7 learned: 57.1 % (25.0 to 84.2 %); 1 waiting. learned: 4. stuck: two patterns at 0.50: 3."
    )
    assert chart(CellsChart, qtbot, results).summary() == (
        "hidden neurons 2: 0 of 3 learned: 0 % (0 to 56.1 %). hidden neurons 3: 4 of 4 learned: 100 % (51.0 to 100 %)."
    )
    fan = chart(FanChart, qtbot, results)
    assert fan.summary().startswith("4 of 7 learned: 57.1 % (25.0 to 84.2 %); half of those by epoch 1,000")
    qtbot.waitUntil(lambda: fan.canvas.accessibleDescription() == fan.summary())


def test_compared_runs_are_told_one_by_one(qtbot: QtBot, window: MainWindow) -> None:
    window.session.step_epoch()
    qtbot.waitUntil(lambda: window.session.run.losses.epochs == 1)
    window.compare.pin()
    window.compare.open()
    panel = window.compare.window.findChild(Panel)
    assert panel.summary() == "2-2-1, seed 42: loss 0.2558 at epoch 1, learning."
