"""What a person does in the lab: one key, one click, and a run in the main window; and everything around that."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QTableWidget,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

sys.path.insert(0, str(Path(__file__).parents[2] / "lab"))
from in_process import InProcess

from nnstudio.app import create_window
from nnstudio.engine import ExperimentSpec
from nnstudio.lab.axes import Axis
from nnstudio.lab.plan import Plan
from nnstudio.session.lab import Lab
from nnstudio.session.lab_worker import Estimate, Where
from nnstudio.ui.lab.window import LabWindow
from nnstudio.ui.main_window import MainWindow
from nnstudio.ui.preferences import Preferences
from nnstudio.ui.theme import apply_theme, load_theme

SPEC = ExperimentSpec().with_settings({"training.epochs": 60, "training.learning_rate": 2})
MakeLab = Callable[..., LabWindow]


@pytest.fixture
def make_lab(qtbot: QtBot, tmp_path: Path, settings: QSettings) -> Iterator[MakeLab]:
    windows = []

    def make(spec: ExperimentSpec = SPEC) -> LabWindow:
        theme = load_theme("light")
        apply_theme(QApplication.instance(), theme)
        lab = Lab(folder=tmp_path / "sweeps", make_workers=lambda where: InProcess())
        window = LabWindow(lab=lab, spec=spec, settings=settings, preferences=Preferences(settings), theme=theme)
        windows.append(window)
        window.show()
        return window

    yield make
    for window in windows:
        window.close()
        assert window.lab.close()
        window.deleteLater()


@pytest.fixture
def main_window(qtbot: QtBot, settings: QSettings) -> Iterator[MainWindow]:
    settings.setValue("speed", float("inf"))
    window = create_window(ExperimentSpec(), settings=settings)
    window.show()
    qtbot.waitActive(window)
    qtbot.waitUntil(lambda: not window.session.controller.starting)
    yield window
    window.session.forget_path()
    window.close()
    window.deleteLater()


def text(window: QWidget, name: str) -> str:
    label = window.findChild(QLabel, name)
    assert label is not None, name
    return label.text()


def button(window: QWidget, name: str) -> QAbstractButton:
    found = window.findChild(QAbstractButton, name)
    assert found is not None, name
    return found


def wait_for(qtbot: QtBot, window: QWidget, name: str, words: str) -> None:
    qtbot.waitUntil(lambda: words in text(window, name), timeout=90_000)


def run(qtbot: QtBot, window: LabWindow, plan: Plan) -> None:
    window.setup.show_plan(plan)
    button(window, "lab_start").click()
    qtbot.waitUntil(lambda: window.lab.state == "ended", timeout=20_000)


def sized(sizes: str = "1,2,3", seeds: int = 8) -> Plan:
    return Plan(SPEC, (Axis.parse(f"network.hidden={sizes}", SPEC),), range(seeds))


def test_the_story_714_of_1000_then_962_with_three_then_one_of_the_stuck(qtbot: QtBot, main_window: MainWindow) -> None:
    qtbot.keyClick(main_window, Qt.Key.Key_L)
    window = main_window.lab.lab_window
    assert window is not None and window.isVisible()
    wait_for(qtbot, window, "lab_share", "714 of 1,000 learned")
    assert text(window, "lab_what").startswith("XOR, 2-2-1 sigmoid, learning rate 0.1, gradient descent, 10,000 epochs")
    assert "68.5 % to 74.1 %".replace(" %", "\N{NO-BREAK SPACE}%") in text(window, "lab_share_rest")

    button(window, "lab_ready_hidden").click()
    wait_for(qtbot, window, "lab_share_rest", "1: 0, 2: 714, 3: 962, 4: 995, 5: 1,000, 8: 1,000")

    results = window.lab.results
    stuck = next(group for group in results.groups(1) if group.label == "stuck: two patterns at 0.50")
    window.charts.outcomes.run_chosen.emit(int(stuck.runs[0]), -1)
    outcome = main_window.findChild(QLabel, "outcome")
    qtbot.waitUntil(lambda: outcome.text() == "Stuck: two patterns at 0.50", timeout=20_000)
    assert main_window.session.spec.seed == results.sweep.run(int(stuck.runs[0]))[1]
    assert main_window.isActiveWindow() and window.isVisible()

    qtbot.waitUntil(lambda: "L: back to the lab." in main_window.findChild(QLabel, "hint").text(), timeout=20_000)

    # The lab shows what it has when it is asked for again; that run is one of its own.
    qtbot.keyClick(main_window, Qt.Key.Key_L)
    assert window.lab.results is results and not window.lab.is_busy
    main_window.session.undo_stack.undo()
    assert main_window.session.spec.seed == 42


def test_what_would_take_long_waits_for_start(qtbot: QtBot, make_lab: MakeLab) -> None:
    window = make_lab(SPEC.with_settings({"training.epochs": 100_000_000}))
    window.start_soon()
    wait_for(qtbot, window, "lab_estimate", "1,000 runs, about ")
    assert window.lab.state == "idle"
    assert text(window, "lab_share") == "Not trained yet"
    assert window.controls.start.hasFocus() or not window.isActiveWindow()


def test_a_better_estimate_starts_what_was_asked_for(qtbot: QtBot, make_lab: MakeLab) -> None:
    window = make_lab()
    asked = []
    window.lab.estimate = lambda plan, where: asked.append(plan)
    window.start_soon()
    plan = window.setup.plan()
    window.lab.estimated.emit(Estimate(plan, 45.0, 1000))
    assert window.lab.state == "idle"
    window.lab.estimated.emit(Estimate(plan, 3.0, 1000))
    assert window.lab.is_busy
    window.lab.cancel()
    qtbot.waitUntil(lambda: not window.lab.is_busy, timeout=20_000)


def test_who_changes_something_meanwhile_starts_it_himself(qtbot: QtBot, make_lab: MakeLab) -> None:
    window = make_lab()
    window.lab.estimate = lambda plan, where: None
    window.start_soon()
    first = window.setup.plan()
    window.lab.estimated.emit(Estimate(first, 45.0, 1000))
    window.setup.show_plan(Plan(SPEC, (), range(5)))
    window.setup.show_plan(first)
    window.lab.estimated.emit(Estimate(first, 3.0, 1000))
    assert window.lab.state == "idle"


def test_results_beside_another_experiment_say_what_they_are_of(qtbot: QtBot, make_lab: MakeLab) -> None:
    window = make_lab()
    run(qtbot, window, sized())
    assert text(window, "lab_what").startswith("XOR, sigmoid")
    window.setup.show_spec(SPEC.with_settings({"training.learning_rate": 5}))
    assert text(window, "lab_what").startswith("Shown below: XOR, sigmoid, learning rate 2")
    run(qtbot, window, sized("2,3"))
    assert text(window, "lab_what").startswith("XOR, sigmoid")


@pytest.mark.usefixtures("quick_lab")
def test_only_notices_of_its_own_pins_are_shown(qtbot: QtBot, main_window: MainWindow) -> None:
    main_window.session.edit("training.epochs", 60)
    main_window.lab.open()
    window = main_window.lab.lab_window
    qtbot.waitUntil(lambda: window.lab.state == "ended", timeout=20_000)
    window.charts.fan.runs_hovered.emit(window.charts.fan.runs[:1])
    button(window, "lab_pin_button").click()
    assert text(window, "lab_notice").startswith("Pinned ")
    main_window.compare.pins.clear()
    assert text(window, "lab_notice").startswith("Pinned ")


@pytest.mark.usefixtures("quick_lab")
def test_ctrl_w_closes_the_lab_and_ctrl_q_all(qtbot: QtBot, main_window: MainWindow) -> None:
    main_window.session.edit("training.epochs", 60)
    main_window.lab.open()
    window = main_window.lab.lab_window
    qtbot.waitUntil(lambda: window.lab.state == "ended", timeout=20_000)
    window.actions_by_key["lab_close"].trigger()
    assert not window.isVisible() and main_window.isVisible()
    main_window.lab.open()
    assert window.isVisible()
    main_window.session.forget_path()
    window.actions_by_key["quit"].trigger()
    assert not main_window.isVisible() and main_window.lab.lab_window is None


def test_it_follows_the_main_windows_experiment_until_a_sweep_is_started(qtbot: QtBot, make_lab: MakeLab) -> None:
    window = make_lab()
    three = SPEC.with_settings({"network.hidden": "3"})
    window.follow(three)
    assert "2-3-1" in text(window, "lab_experiment")
    run(qtbot, window, Plan(three, (), range(5)))
    window.follow(SPEC)
    assert "2-3-1" in text(window, "lab_experiment")
    take = button(window, "lab_take")
    assert take.isVisible()
    take.click()
    assert "2-2-1" in text(window, "lab_experiment") and not take.isVisible()
    # Another seed is no other experiment to a sweep.
    window.follow(SPEC.with_settings({"seed": 7}))
    assert not take.isVisible()


def test_a_click_on_a_cell_shows_its_runs_and_another_all(qtbot: QtBot, make_lab: MakeLab) -> None:
    window = make_lab()
    run(qtbot, window, sized())
    assert text(window, "lab_share_rest").startswith("Best of 3 cells, hidden neurons ")
    window.charts.cells.cell_chosen.emit(1)
    assert text(window, "lab_share_rest").startswith("Hidden neurons 2: ")
    qtbot.waitUntil(lambda: list(window.charts.fan.runs) == list(range(8, 16)))
    window.charts.cells.cell_chosen.emit(1)
    qtbot.waitUntil(lambda: len(window.charts.fan.runs) == 24)
    window.charts.cells.cell_chosen.emit(2)
    button(window, "lab_all_button").click()
    qtbot.waitUntil(lambda: len(window.charts.fan.runs) == 24)
    assert not button(window, "lab_all_button").isVisible()


def test_the_cells_are_shown_where_there_are_axes(qtbot: QtBot, make_lab: MakeLab) -> None:
    window = make_lab()
    run(qtbot, window, Plan(SPEC, (), range(5)))
    assert not window.charts.cells.isVisible()
    run(qtbot, window, sized())
    assert window.charts.cells.isVisible()


def test_the_run_that_is_pointed_at_is_named_in_all_charts(qtbot: QtBot, make_lab: MakeLab) -> None:
    window = make_lab()
    run(qtbot, window, Plan(SPEC, (), range(5)))
    chosen = []
    window.run_chosen.connect(lambda run, epoch: chosen.append((run, epoch)))
    assert not button(window, "lab_open_button").isEnabled()
    window.charts.fan.runs_hovered.emit(window.charts.fan.runs[3:4])
    assert text(window, "lab_run_words").startswith("Seed 3: ")
    button(window, "lab_open_button").click()
    assert chosen == [(3, -1)]
    window.charts.fan.runs_hovered.emit(window.charts.fan.runs[:0])
    assert text(window, "lab_run_words").startswith("Seed 3: ")  # it was opened last


@pytest.mark.usefixtures("quick_lab")
def test_a_run_that_a_search_ended_early_opens_where_it_ended(qtbot: QtBot, main_window: MainWindow) -> None:
    main_window.session.edit("training.epochs", 90)
    main_window.lab.open()
    window = main_window.lab.lab_window
    qtbot.waitUntil(lambda: window.lab.state == "ended", timeout=20_000)
    spec = main_window.session.spec
    run(qtbot, window, Plan(spec, (Axis.parse("training.learning_rate=log:0.01:1:9", spec),), range(4), "hyperband", 9))
    results = window.lab.results
    early = int(np.flatnonzero(results.done & (results.epochs < 90))[0])
    window.run_chosen.emit(early, -1)
    qtbot.waitUntil(lambda: main_window.session.run.frame.epoch == results.epochs[early], timeout=20_000)
    qtbot.waitUntil(lambda: not main_window.session.running)
    assert main_window.session.spec == results.sweep.run_spec(early)


@pytest.mark.usefixtures("quick_lab")
def test_a_run_is_pinned_with_its_curve(qtbot: QtBot, main_window: MainWindow) -> None:
    main_window.session.edit("training.epochs", 60)
    main_window.lab.open()
    window = main_window.lab.lab_window
    qtbot.waitUntil(lambda: window.lab.state == "ended", timeout=20_000)
    window.charts.fan.runs_hovered.emit(window.charts.fan.runs[:1])
    button(window, "lab_pin_button").click()
    (pin,) = main_window.compare.pins.all
    assert pin.spec.seed == 0 and pin.spec.training.epochs == 60
    assert "inned" in text(window, "lab_notice")


def test_results_are_saved_and_copied_as_the_command_line_writes_them(
    qtbot: QtBot, make_lab: MakeLab, tmp_path: Path
) -> None:
    window = make_lab()
    assert not button(window, "lab_save_button").isEnabled()
    run(qtbot, window, sized(seeds=2))
    window.kept.save_results(str(tmp_path / "sweep.csv"))
    header, first, *rest = (tmp_path / "sweep.csv").read_text().splitlines()
    assert header == "network.hidden,seed,final_loss,learned,epochs_to_learn,stopped_because"
    assert first.startswith("1,0,0.") and first.endswith(",false,,epochs")
    assert len(rest) == 5
    button(window, "lab_copy_button").click()
    assert QApplication.clipboard().text().splitlines()[0].split("\t")[1] == "seed"
    window.kept.save_results(str(tmp_path / "nowhere" / "sweep.csv"))
    assert "was not saved" in text(window, "lab_notice")


def test_earlier_sweeps_are_listed_opened_and_deleted(qtbot: QtBot, make_lab: MakeLab) -> None:
    window = make_lab()
    window.show_earlier()
    assert window.findChild(QLabel, "lab_earlier_none").isVisible()
    window.kept.list.close()
    run(qtbot, window, sized())
    run(qtbot, window, Plan(SPEC, (), range(5)))
    window.show_earlier()
    table = window.findChild(QTableWidget, "lab_earlier_table")
    titles = [table.item(row, 0).text() for row in range(table.rowCount())]
    older = next(row for row in range(2) if "hidden neurons" in titles[row])
    assert table.item(older, 2).text() == "24 of 24"
    table.selectRow(older)
    assert not button(window, "lab_earlier_resume").isEnabled()
    button(window, "lab_earlier_open").click()
    qtbot.waitUntil(lambda: window.lab.results.sweep.runs == 24 and window.lab.state == "idle")
    # The form says what it was, so that it can be varied.
    shown = window.setup.plan()
    assert (shown.axes, shown.seeds, shown.method) == (sized().axes, range(8), "grid")
    window.show_earlier()
    table.selectRow(older)
    qtbot.keyClick(table, Qt.Key.Key_Delete)
    assert table.rowCount() == 1
    button(window, "lab_earlier_undo").click()
    assert table.rowCount() == 2
    window.kept.list.close()


def test_a_sweep_that_was_interrupted_is_offered_and_gone_on_with(
    qtbot: QtBot, make_lab: MakeLab, tmp_path: Path
) -> None:
    first = make_lab()
    run(qtbot, first, sized())
    (stored,) = first.lab.stored()
    (stored.path / "ended").unlink()  # as if the program had been killed
    next(stored.path.glob("part-*")).unlink()
    window = make_lab()
    assert text(window, "lab_unfinished_words").startswith("1 unfinished sweep: XOR, sigmoid")
    resume = button(window, "lab_unfinished_resume")
    assert resume.isVisible()
    resume.click()
    assert not resume.isVisible()
    qtbot.waitUntil(lambda: window.lab.state == "ended", timeout=20_000)
    assert window.lab.results.count_done == 24


def test_what_cannot_be_trained_is_said_where_start_is(qtbot: QtBot, make_lab: MakeLab) -> None:
    window = make_lab()
    window.lab.state, window.lab.problem = "failed", "No scheduler answers at tcp://127.0.0.1:9."
    window.lab.state_changed.emit()
    problem = window.findChild(QLabel, "lab_problem")
    assert problem.isVisible() and "No scheduler answers" in problem.text()
    assert button(window, "lab_start").isVisible()
    window.setup.changed.emit()
    assert not problem.isVisible()


def test_while_a_sweep_is_under_way_it_can_be_paused_and_ended(qtbot: QtBot, make_lab: MakeLab) -> None:
    window = make_lab(SPEC.with_settings({"training.epochs": 1_000_000}))
    window.setup.show_plan(Plan(window.setup.spec, (), range(20)))
    button(window, "lab_start").click()
    assert not button(window, "lab_start").isVisible()
    pause = button(window, "lab_pause")
    pause.click()
    assert pause.text() == "Resume"
    wait_for(qtbot, window, "lab_done", "Paused at 0 of 20 runs")
    pause.click()
    assert pause.text() == "Pause"
    button(window, "lab_cancel").click()
    qtbot.waitUntil(lambda: window.lab.state == "cancelled", timeout=20_000)
    assert button(window, "lab_start").isVisible()


@pytest.mark.usefixtures("quick_lab")
def test_themes_reach_the_lab(qtbot: QtBot, main_window: MainWindow) -> None:
    main_window.session.edit("training.epochs", 60)
    main_window.lab.open()
    window = main_window.lab.lab_window
    qtbot.waitUntil(lambda: window.lab.state == "ended", timeout=20_000)
    main_window.findChild(QWidget, "transport")
    dark = load_theme("dark")
    main_window.lab.set_theme(dark)
    assert all(panel.theme.name == "dark" for panel in window.charts.panels)


def test_everything_can_be_reached_and_says_what_it_is(qtbot: QtBot, make_lab: MakeLab) -> None:
    window = make_lab()
    window.setup.show_plan(sized())
    kinds = (QPushButton, QToolButton, QComboBox, QLineEdit, QAbstractSpinBox)
    for widget in window.findChildren(QWidget):
        inner = isinstance(widget.parent(), QComboBox | QAbstractSpinBox)
        if isinstance(widget, kinds) and widget.isVisible() and not inner:
            name = widget.objectName()
            assert name, widget
            assert widget.toolTip(), name
            assert widget.accessibleName() or getattr(widget, "text", str)(), name
            # A row of buttons is one stop, with the arrow keys between them.
            row = [each for each in widget.parentWidget().children() if isinstance(each, QAbstractButton)]
            assert any(each.focusPolicy() & Qt.FocusPolicy.TabFocus for each in (widget, *row)), name


def test_sizes_are_remembered(qtbot: QtBot, make_lab: MakeLab) -> None:
    window = make_lab()
    window.resize(window.width(), 600)  # the screen of the tests is narrow
    window.close()
    assert make_lab().size() == window.size()


def test_the_form_has_its_width_in_type_of_any_size_and_is_remembered_in_the_usual_one(
    make_lab: MakeLab, settings: QSettings
) -> None:
    window = make_lab()
    form = window.findChild(QWidget, "lab_setup")
    assert form is not None
    width = form.width()
    larger = load_theme("light").zoomed(1.25)
    apply_theme(QApplication.instance(), larger)
    window.set_theme(larger)
    assert form.width() > 1.15 * width
    window.close()
    assert abs(int(settings.value("lab/form_width")) - width) <= 1
    assert abs(make_lab().findChild(QWidget, "lab_setup").width() - width) <= 1


def test_where_to_train_is_remembered(qtbot: QtBot, make_lab: MakeLab) -> None:
    window = make_lab()
    window.setup.rows["lab.processes"].field.setValue(3)
    assert make_lab().setup.where() == Where(3)
