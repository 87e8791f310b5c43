"""What is done in one place of the window must be seen in the others: weights, neurons, features, samples, points."""

import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPointF, QSettings, Qt, QUrl
from PySide6.QtGui import QContextMenuEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QMenu, QMessageBox, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from nnstudio.app import create_window
from nnstudio.engine import Dataset, ExperimentSpec
from nnstudio.engine.hidden_layers import HiddenLayer
from nnstudio.ui.data_import import DataImportDialog
from nnstudio.ui.main_window import MainWindow
from nnstudio.ui.panels.network import NetworkPanel
from nnstudio.ui.panels.pictures import PicturesPanel
from nnstudio.ui.panels.surface import SurfacePanel


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    settings.setValue("speed", math.inf)
    window = create_window(ExperimentSpec(), settings=settings)
    window.show()
    qtbot.waitUntil(lambda: window.session.run is not None)
    yield window
    window.session.undo_stack.setClean()
    window.close()
    window.deleteLater()


def panel(window: MainWindow, kind: type) -> object:
    return next(each for each in window.panels if isinstance(each, kind))


def network(window: MainWindow) -> NetworkPanel:
    found = panel(window, NetworkPanel)
    assert isinstance(found, NetworkPanel)
    return found


def wait_for(qtbot: QtBot, window: MainWindow, condition: object) -> None:
    session = window.session
    qtbot.waitUntil(lambda: not session.controller.starting and bool(condition()), timeout=10_000)


def test_a_weight_typed_in_the_drawing_is_the_network_s(qtbot: QtBot, window: MainWindow) -> None:
    network(window).parameter_typed.emit(2, -1.5, "weight x2 → h1")
    wait_for(qtbot, window, lambda: window.session.run.frame.parameters[2] == -1.5)
    assert window.actions_by_key["undo"].text() == "&Undo typing of weight x2 → h1"


def test_layers_changed_in_the_drawing_are_the_form_s(qtbot: QtBot, window: MainWindow) -> None:
    network(window).hidden_changed.emit((HiddenLayer(3), HiddenLayer(2)), False)
    wait_for(qtbot, window, lambda: window.session.run.layout.sizes == (2, 3, 2, 1))
    assert window.session.spec.network.hidden == (HiddenLayer(3), HiddenLayer(2))


def test_a_neuron_can_be_added_to_what_has_been_learned(qtbot: QtBot, window: MainWindow) -> None:
    session = window.session
    session.step_epoch()
    wait_for(qtbot, window, lambda: session.run.frame.epoch == 1)
    before = session.run.frame.outputs
    network(window).hidden_changed.emit((HiddenLayer(3),), True)
    wait_for(qtbot, window, lambda: session.run.layout.sizes == (2, 3, 1))
    assert session.run.frame.epoch == 1
    np.testing.assert_allclose(session.run.frame.outputs, before, rtol=1e-12)


def test_features_toggled_in_the_drawing_are_the_network_s(qtbot: QtBot, window: MainWindow) -> None:
    network(window).features_toggled.emit(("x1", "x2", "product"), False)
    wait_for(qtbot, window, lambda: window.session.run.layout.sizes[0] == 3)
    assert window.session.spec.data.features == ("x1", "x2", "product")


def test_a_neuron_under_the_pointer_takes_the_place_of_the_output(qtbot: QtBot, window: MainWindow) -> None:
    surface = panel(window, SurfacePanel)
    assert isinstance(surface, SurfacePanel)
    plain = surface.picture()
    network(window).unit_hovered.emit((1, 0))
    assert surface.picture() != plain
    network(window).unit_hovered.emit(None)
    assert surface.picture() == plain


def test_painted_points_are_learned_by_the_network_as_it_is(qtbot: QtBot, window: MainWindow) -> None:
    session = window.session
    session.step_epoch()
    wait_for(qtbot, window, lambda: session.run.frame.epoch == 1)
    weights = session.run.frame.parameters
    surface = panel(window, SurfacePanel)
    assert isinstance(surface, SurfacePanel)
    points = Dataset.of_classes("Painted points", [[0, 0], [1, 1], [2, 0]], [0, 1, 1], ("red", "blue"))
    surface.data_painted.emit(points, "painting of a point")
    wait_for(qtbot, window, lambda: session.run.dataset.title == "Painted points")
    np.testing.assert_array_equal(session.run.frame.parameters, weights)


def test_one_sample_is_looked_at_wherever_it_is_chosen(qtbot: QtBot, window: MainWindow) -> None:
    pictures = panel(window, PicturesPanel)
    assert isinstance(pictures, PicturesPanel)
    network(window).set_sample(2)  # XOR has no pictures, and nothing fails
    pictures.digits_wanted.emit()
    wait_for(qtbot, window, lambda: window.session.run.dataset.image_shape == (8, 8))
    assert window.session.spec.network.output_activation.name == "softmax"
    seen: list[int] = []
    network(window).sample_changed.connect(seen.append)
    pictures.sample.show_sample(7)
    assert seen == [7]
    network(window).set_sample(12)
    assert pictures.sample.sample == 12


def test_the_panel_that_says_most_about_the_data_comes_to_the_front(qtbot: QtBot, window: MainWindow) -> None:
    keys = {each.key: each for each in window.panels}
    wait_for(qtbot, window, lambda: keys["outputs"].isVisible())
    window.session.edit("data.name", "circle")
    wait_for(qtbot, window, lambda: keys["scores"].isVisible())
    window.session.edit("data.name", "digits")
    wait_for(qtbot, window, lambda: keys["pictures"].isVisible())


def test_a_table_can_be_dropped(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    path = tmp_path / "points.csv"
    path.write_text("a,b,kind\n" + "".join(f"{i},{i % 7},{'no' if i < 20 else 'yes'}\n" for i in range(40)))
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    place, buttons = QPointF(300, 300), Qt.MouseButton.LeftButton
    none = Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(place.toPoint(), Qt.DropAction.CopyAction, data, buttons, none)
    window.dragEnterEvent(enter)
    assert enter.isAccepted()
    window.dropEvent(QDropEvent(place, Qt.DropAction.CopyAction, data, buttons, none))
    (dialog,) = window.findChildren(DataImportDialog)
    use = dialog.findChild(QPushButton, "data_use")
    qtbot.waitUntil(use.isEnabled, timeout=10_000)
    with qtbot.waitSignal(dialog.imported, timeout=10_000):
        use.click()
    wait_for(qtbot, window, lambda: window.session.run.dataset.input_names == ("a", "b"))
    assert window.session.spec.data.scaling == "standardize"


def test_settings_are_hidden_and_shown_again(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    form, session = window.form, window.session
    row = form.findChild(QWidget, "training.learning_rate")
    place = row.mapTo(form, row.rect().center())
    form.contextMenuEvent(QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, form.mapToGlobal(place)))
    menu = form.findChild(QMenu, "form_menu")
    hide = next(action for action in menu.actions() if "Learning rate" in action.text())
    hide.trigger()
    menu.close()
    assert session.hidden == {"training.learning_rate"} and not row.isVisible()
    session.save(tmp_path / "class.nns")
    window.actions_by_key["show_all"].trigger()
    assert row.isVisible() and not session.hidden
    session.open(tmp_path / "class.nns")
    assert not row.isVisible()


def test_settings_travel_as_text(qtbot: QtBot, window: MainWindow) -> None:
    session = window.session
    session.edit("network.hidden", "4,2")
    session.set_hidden(frozenset({"seed"}))
    window.actions_by_key["copy_settings"].trigger()
    text = QApplication.clipboard().text()
    assert '"network.hidden": "4,2"' in text
    session.new(ExperimentSpec())
    assert session.spec == ExperimentSpec() and not session.hidden
    window.actions_by_key["paste_settings"].trigger()
    assert session.spec == ExperimentSpec().with_settings({"network.hidden": "4,2"}) and session.hidden == {"seed"}
    session.undo_stack.undo()
    assert session.spec == ExperimentSpec()


@pytest.mark.parametrize("text", ["hello", '{"training.learning_rate": -1}', '{"hidden": ["nonsense"]}', "[1]"])
def test_what_is_no_settings_is_refused_in_words(qtbot: QtBot, window: MainWindow, text: str) -> None:
    QApplication.clipboard().setText(text)
    window.actions_by_key["paste_settings"].trigger()
    box = window.findChild(QMessageBox, "file_error")
    assert "expected" in box.informativeText()
    box.close()
    assert window.session.spec == ExperimentSpec()


def test_the_network_is_exported_as_it_is(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    window.session.step_epoch()
    wait_for(qtbot, window, lambda: window.session.run.frame.epoch == 1)
    assert window.documents.export_to(tmp_path / "xor.py")
    names: dict[str, object] = {}
    exec((tmp_path / "xor.py").read_text(encoding="utf-8"), names)
    predict = names["predict"]
    assert callable(predict)
    np.testing.assert_allclose(predict(np.eye(2)), window.session.run.frame.outputs[[2, 1]], rtol=1e-12)
    assert not window.documents.export_to(tmp_path / "missing" / "xor.py")
    window.findChild(QMessageBox, "file_error").close()


def test_samples_are_drawn_anew_with_a_key(qtbot: QtBot, window: MainWindow) -> None:
    session = window.session
    session.edit("data.name", "circle")
    wait_for(qtbot, window, lambda: session.run.dataset.title == "Circle")
    before = session.run.dataset
    window.panels[0].setFocus()
    qtbot.keyClick(window, Qt.Key.Key_G)
    wait_for(qtbot, window, lambda: session.run.dataset != before)
    assert session.spec.data.seed == 43
