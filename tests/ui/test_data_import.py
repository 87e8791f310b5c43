"""The import dialog shows a table, guesses, answers what is wrong, and hands out a data set."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QModelIndex, QPoint, QSettings, QSize, Qt
from PySide6.QtWidgets import QApplication, QFileDialog, QTableView, QWidget
from pytestqt.qtbot import QtBot

from nnstudio.files.data.table import ReadingCancelledError
from nnstudio.ui.data_import import DataImportDialog, ImportedData, dialog
from nnstudio.ui.data_import.job import Job
from nnstudio.ui.theme import THEME_NAMES, apply_theme, load_theme

HEADER = "species,island,bill,mass\n"
ROWS = "Adelie,Dream,39.1,3750\nGentoo,Biscoe,47.3,4800\nAdelie,Biscoe,NA,3400\nGentoo,Biscoe,46.1,5000\n"
PENGUINS = HEADER + ROWS * 5
Make = Callable[..., DataImportDialog]


@pytest.fixture
def make(qtbot: QtBot, tmp_path: Path, settings: QSettings) -> Make:
    """Open the dialog on a text, and wait until it has been read."""

    def make(text: str | bytes = PENGUINS, name: str = "penguins.csv", *, wait: bool = True) -> DataImportDialog:
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        made = DataImportDialog(path, theme=load_theme("light"), settings=settings)
        qtbot.addWidget(made)
        made.received = []
        made.imported.connect(made.received.append)
        made.open()
        if wait:
            qtbot.waitUntil(lambda: not find(made, "data_doing").isVisible())
        return made

    return make


def find(made: DataImportDialog, name: str) -> Any:
    return next(widget for widget in made.findChildren(QWidget) if widget.objectName() == name)


def verdict(made: DataImportDialog) -> str:
    assert find(made, "data_verdict").isVisible()
    return str(find(made, "data_verdict").text())


def column_texts(view: QTableView, column: int) -> list[str]:
    model = view.model()
    return [model.data(model.index(row, column)) for row in range(model.rowCount(QModelIndex()))]


def heads(made: DataImportDialog) -> list[str]:
    model = find(made, "data_preview").model()
    return [
        model.headerData(i, Qt.Orientation.Horizontal, Qt.ItemDataRole.DisplayRole)
        for i in range(model.columnCount(QModelIndex()))
    ]


def checked(made: DataImportDialog, column: int) -> list[str]:
    """The names of the columns whose box is checked: 0 for inputs, 1 for targets."""
    model = find(made, "data_columns").model()
    return [
        model.data(model.index(row, 2), Qt.ItemDataRole.DisplayRole)
        for row in range(model.rowCount(QModelIndex()))
        if Qt.CheckState(model.data(model.index(row, column), Qt.ItemDataRole.CheckStateRole)) is Qt.CheckState.Checked
    ]


def click_box(qtbot: QtBot, made: DataImportDialog, row: int, column: int) -> None:
    view = find(made, "data_columns")
    place = view.visualRect(view.model().index(row, column))
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place.topLeft() + QPoint(16, place.height() // 2))


def choose(made: DataImportDialog, name: str, data: object) -> None:
    field = find(made, name)
    field.setCurrentIndex(field.findData(data))


def received(qtbot: QtBot, made: DataImportDialog) -> ImportedData:
    with qtbot.waitSignal(made.imported):
        find(made, "data_use").click()
    assert not made.isVisible()
    assert len(made.received) == 1
    return made.received[0]


# What is shown


def test_the_first_rows_are_shown_with_what_each_column_holds(make: Make) -> None:
    made = make()
    assert heads(made) == [
        "species\ntext\ntarget",
        "island\ntext\ninput",
        "bill\nnumber, 5 missing\ninput",
        "mass\nnumber\ninput",
    ]
    preview = find(made, "data_preview")
    assert column_texts(preview, 0)[:3] == ["Adelie", "Gentoo", "Adelie"]
    assert column_texts(preview, 2)[:3] == ["39.1", "47.3", "missing"]
    assert preview.model().headerData(2, Qt.Orientation.Vertical, Qt.ItemDataRole.DisplayRole) == "4"
    assert find(made, "data_name").text() == "penguins.csv"
    assert find(made, "data_facts").text() == "20 rows, 4 columns; columns separated by commas"
    columns = find(made, "data_columns")
    assert [column_texts(columns, i) for i in range(2, 6)] == [
        ["species", "island", "bill", "mass"],
        ["text", "text", "number", "number"],
        ["0", "0", "5", "0"],
        ["2", "2", "3", "4"],
    ]


def test_only_the_beginning_of_a_long_table_is_shown(make: Make) -> None:
    made = make(HEADER + ROWS * 100)
    assert find(made, "data_preview").model().rowCount(QModelIndex()) == 100
    assert verdict(made).startswith("300 samples, 4 inputs, 2 classes (Adelie 100, Gentoo 200)")


def test_the_guess_is_made_and_can_be_taken_at_once(make: Make, qtbot: QtBot) -> None:
    made = make()
    assert (checked(made, 0), checked(made, 1)) == (["island", "bill", "mass"], ["species"])
    assert find(made, "import.target").currentText() == "species"
    assert find(made, "import.task").currentData() == "classification"
    assert verdict(made) == (
        "15 samples, 4 inputs, 2 classes (Adelie 5, Gentoo 10); trains on 12, tests on 3. 5 rows with gaps left out."
    )
    imported = received(qtbot, made)
    assert imported.dataset.title == "penguins"
    assert imported.dataset.samples == 15
    assert imported.dataset.class_names == ("Adelie", "Gentoo")
    assert imported.settings == {
        "data.scaling": "standardize",
        "data.test_share": 0.2,
        "data.validation_share": 0.0,
    }


# What can be chosen


def test_another_target_brings_its_task_with_it(make: Make, qtbot: QtBot) -> None:
    made = make()
    choose(made, "import.target", "bill")
    assert find(made, "import.task").currentData() == "regression"
    assert (checked(made, 0), checked(made, 1)) == (["species", "island", "mass"], ["bill"])
    assert heads(made)[0] == "species\ntext\ninput"
    assert verdict(made).startswith("15 samples, 5 inputs, 1 output (bill); trains on 12, tests on 3.")
    choose(made, "import.task", "classification")
    assert "3 classes (39.1 5, 46.1 5, 47.3 5)" in verdict(made)
    choose(made, "import.target", "species")
    choose(made, "import.task", "regression")
    assert verdict(made) == "Column 'species' holds text: regression expects numbers; choose classification."
    assert not find(made, "data_use").isEnabled()


def test_a_regression_may_have_several_targets(make: Make, qtbot: QtBot) -> None:
    made = make()
    choose(made, "import.target", "bill")
    click_box(qtbot, made, 3, 1)
    assert checked(made, 1) == ["bill", "mass"]
    assert find(made, "import.target").placeholderText() == "2 columns"
    assert received(qtbot, made).dataset.output_names == ("bill", "mass")


def test_columns_are_taken_and_left_out_with_mouse_and_keys(make: Make, qtbot: QtBot) -> None:
    made = make()
    click_box(qtbot, made, 1, 0)
    assert checked(made, 0) == ["bill", "mass"]
    view = find(made, "data_columns")
    view.setFocus()
    view.setCurrentIndex(view.model().index(2, 0))
    qtbot.keyClick(view, Qt.Key.Key_Space)
    assert checked(made, 0) == ["mass"]
    head = find(made, "data_preview").horizontalHeader()
    for section in (2, 0):  # the target stays what it is
        place = QPoint(head.sectionViewportPosition(section) + 12, head.height() // 2)
        qtbot.mouseClick(head.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert (checked(made, 0), checked(made, 1)) == (["bill", "mass"], ["species"])
    find(made, "data_none").click()
    assert verdict(made) == "No input is chosen: expected at least one column besides the target."
    find(made, "data_all").click()
    assert checked(made, 0) == ["island", "bill", "mass"]
    click_box(qtbot, made, 0, 0)
    assert (checked(made, 0), checked(made, 1)) == (["species", "island", "bill", "mass"], [])
    assert verdict(made) == "No target is chosen: expected the column that the network is to answer."


def test_gaps_are_treated_as_the_person_says(make: Make, qtbot: QtBot) -> None:
    made = make()
    assert not find(made, "import.fill").isVisible()
    choose(made, "import.missing", "mean")
    assert verdict(made).startswith("20 samples, 4 inputs")
    choose(made, "import.missing", "number")
    find(made, "import.fill").setValue("-1")
    assert received(qtbot, made).dataset.inputs[2].tolist() == [1, 0, -1, 3400]


def test_scale_and_shares_go_with_the_data(make: Make, qtbot: QtBot) -> None:
    made = make()
    choose(made, "data.scaling", "range")
    find(made, "data.test_share").setValue("0.4")
    find(made, "data.validation_share").setValue("0.2")
    assert "trains on 6, validates on 3, tests on 6" in verdict(made)
    assert received(qtbot, made).settings == {
        "data.scaling": "range",
        "data.test_share": 0.4,
        "data.validation_share": 0.2,
    }


def test_a_wrong_share_is_answered_beside_its_field_and_holds_the_import(make: Make, qtbot: QtBot) -> None:
    made = make()
    field = find(made, "data.test_share")
    field.setValue("0,3")
    assert "expected a point instead of the comma: 0.3" in find(made, "data.test_share.error").text()
    assert find(made, "data.test_share.error").isVisible()
    assert not find(made, "data_use").isEnabled()
    find(made, "data_none").click()
    find(made, "data_all").click()
    assert field.text() == "0,3"
    assert not find(made, "data_use").isEnabled()
    field.setFocus()
    qtbot.keyClick(field, Qt.Key.Key_Escape)  # back to what it was; the dialog stays
    assert made.isVisible()
    assert not find(made, "data.test_share.error").isVisible()
    assert find(made, "data_use").isEnabled()
    field.setValue("0.9")
    find(made, "data.validation_share").setValue("0.1")
    assert verdict(made).startswith("The shares for validation and test leave a part without any of the 15 samples")


def test_whether_the_first_line_holds_names_can_be_changed(make: Make, qtbot: QtBot) -> None:
    made = make("5.1,3.5,setosa\n4.9,3.0,setosa\n6.2,2.2,virginica\n5.9,3.2,virginica\n")
    box = find(made, "data_header")
    assert not box.isChecked()
    assert find(made, "data_facts").text().startswith("4 rows, 3 columns")
    box.click()
    qtbot.waitUntil(lambda: find(made, "data_facts").text().startswith("3 rows, 3 columns"))
    assert box.isChecked()
    assert checked(made, 1) == ["setosa"]


def test_words_among_numbers_are_shown_and_can_count_as_missing(make: Make, qtbot: QtBot) -> None:
    made = make(PENGUINS + "Gentoo,Biscoe,45.0,heavy\n")
    assert heads(made)[3] == "mass\nnumber, 1 not a number\ninput"
    assert column_texts(find(made, "data_preview"), 3)[20] == "heavy"
    assert verdict(made) == "Line 22, column 'mass': 'heavy' is not a number; expected one, or nothing."
    assert not find(made, "data_use").isEnabled()
    find(made, "data_words_are_missing").click()
    assert "6 rows with gaps left out" in verdict(made)
    assert find(made, "data_use").isEnabled()
    find(made, "data_words_are_missing").click()
    click_box(qtbot, made, 3, 0)
    assert not find(made, "data_words_are_missing").isVisible()
    assert find(made, "data_use").isEnabled()


# What goes wrong


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (PENGUINS + "Gentoo,Biscoe\n", "Line 22 has 2 fields, expected 4 as in line 1."),
        (b"\x89PNG\r\n\x1a\n", "This is a picture: expected a table as text (CSV or TSV), or NumPy arrays (NPZ)."),
        (b"", "The file is empty: expected a table with a line of names and a line for each sample."),
    ],
)
def test_a_bad_file_is_answered_in_the_dialog_and_can_be_mended(
    make: Make, qtbot: QtBot, tmp_path: Path, content: str | bytes, message: str
) -> None:
    made = make(content)
    assert made.isVisible()
    assert find(made, "data_refusal").isVisible()
    assert find(made, "data_refusal").text() == message
    assert not find(made, "data_use").isEnabled()
    (tmp_path / "penguins.csv").write_text(PENGUINS)
    find(made, "data_read_again").click()
    qtbot.waitUntil(find(made, "data_use").isEnabled)
    assert not find(made, "data_refusal").isVisible()


def test_another_file_can_be_chosen(make: Make, qtbot: QtBot, tmp_path: Path) -> None:
    made = make("", "empty.csv")
    (tmp_path / "other.csv").write_text("a,b\n1,x\n2,y\n3,x\n4,y\n5,x\n")
    find(made, "data_other_file").click()
    chooser = made.findChild(QFileDialog)
    assert chooser.directory().absolutePath() == str(tmp_path)
    chooser.fileSelected.emit(str(tmp_path / "other.csv"))
    chooser.close()
    qtbot.waitUntil(find(made, "data_use").isEnabled)
    assert made.windowTitle() == "Open data: other.csv"
    assert received(qtbot, made).dataset.title == "other"


def test_too_little_memory_is_no_crash(make: Make, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    made = make()

    def exhausted(*args: object) -> None:
        raise MemoryError

    monkeypatch.setattr(dialog, "dataset_from", exhausted)
    find(made, "data_use").click()
    qtbot.waitUntil(find(made, "data_verdict").isVisible)
    assert verdict(made) == "There is not enough memory: leave out rows or columns."
    assert made.received == []


# How it ends


def endless(started: threading.Event, ended: threading.Event) -> Callable[..., object]:
    """Stand in for a file that takes long to read: it says that half is done, until it is told to stop."""

    def read(path: Path, *, header: object, progress: Any, cancelled: Any) -> object:
        started.set()
        while not cancelled():
            progress(0.5)
        ended.set()
        raise ReadingCancelledError

    return read


@pytest.fixture
def reading(make: Make, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> tuple[DataImportDialog, threading.Event]:
    """A dialog in the midst of reading, and whether the reading has been given up."""
    started, ended = threading.Event(), threading.Event()
    monkeypatch.setattr(dialog, "read_table", endless(started, ended))
    made = make(wait=False)
    qtbot.waitUntil(started.is_set)
    return made, ended


def test_reading_shows_how_far_it_is(reading: tuple[DataImportDialog, threading.Event], qtbot: QtBot) -> None:
    made, _ = reading
    assert find(made, "data_doing").text() == "Reading penguins.csv"
    qtbot.waitUntil(lambda: find(made, "data_progress").value() == 500)
    qtbot.waitUntil(lambda: find(made, "data_time_left").text() == "about 1 s left")
    assert not find(made, "data_use").isEnabled()
    made.use()
    assert made.received == []


@pytest.mark.parametrize("how", ["button", "key", "close"])
def test_reading_can_be_cancelled(reading: tuple[DataImportDialog, threading.Event], qtbot: QtBot, how: str) -> None:
    made, ended = reading
    if how == "button":
        find(made, "data_cancel").click()
    elif how == "key":
        qtbot.keyClick(made, Qt.Key.Key_Escape)
    else:
        made.close()
    assert not made.isVisible()
    qtbot.waitUntil(ended.is_set)
    assert made.received == []


def test_another_file_ends_the_reading_of_the_first(
    reading: tuple[DataImportDialog, threading.Event], qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, ended = reading
    monkeypatch.undo()
    (tmp_path / "second.csv").write_text(PENGUINS)
    made.open_file(tmp_path / "second.csv")
    qtbot.waitUntil(ended.is_set)
    qtbot.waitUntil(find(made, "data_use").isEnabled)
    assert find(made, "data_name").text() == "second.csv"


def test_a_job_that_outlives_its_dialog_ends_with_the_program(qtbot: QtBot) -> None:
    started, ended = threading.Event(), threading.Event()
    job = Job(
        lambda progress, cancelled: endless(started, ended)(None, header=None, progress=progress, cancelled=cancelled)
    )
    with qtbot.waitSignal(job.finished):
        job.start()
        qtbot.waitUntil(started.is_set)
        job.stop()
        assert ended.is_set()


def test_leaving_the_dialog_imports_nothing(make: Make, qtbot: QtBot) -> None:
    made = make()
    qtbot.keyClick(made, Qt.Key.Key_Escape)
    assert not made.isVisible()
    assert made.received == []


def test_the_size_is_remembered(make: Make) -> None:
    made = make()
    made.resize(900, 560)
    made.close()
    assert make().size() == QSize(900, 560)


# How it is reached


def test_return_takes_the_data_and_tab_reaches_every_control(make: Make, qtbot: QtBot) -> None:
    made = make()
    made.activateWindow()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is find(made, "import.target"))
    seen = []
    for _ in range(30):
        widget = QApplication.focusWidget()
        if widget.objectName() in seen:
            break
        seen.append(widget.objectName())
        qtbot.keyClick(widget, Qt.Key.Key_Tab)
    assert seen == [
        "import.target",
        "import.task",
        "import.missing",
        "data.scaling",
        "data.test_share",
        "data.validation_share",
        "data_use",
        "data_cancel",
        "data_header",
        "data_other_file",
        "data_preview",
        "data_all",
        "data_none",
        "data_columns",
    ]
    for name in seen:
        assert find(made, name).toolTip(), name
        assert find(made, name).accessibleName() or find(made, name).text(), name
    with qtbot.waitSignal(made.imported):
        qtbot.keyClick(find(made, "import.target"), Qt.Key.Key_Return)


@pytest.mark.parametrize("name", THEME_NAMES)
def test_it_fits_a_projector_in_both_themes(make: Make, qtbot: QtBot, qapp: QApplication, name: str) -> None:
    before = qapp.styleSheet(), qapp.palette(), qapp.font()
    apply_theme(qapp, load_theme(name))
    try:
        made = make(PENGUINS.replace("Dream", "Drëam").encode("cp1252") + b"Gentoo,Biscoe,45.0,heavy\n")
        made.set_theme(load_theme(name))
        assert made.minimumSizeHint().width() <= 1200
        assert made.minimumSizeHint().height() <= 680
        made.grab()
    finally:
        qapp.setPalette(before[1])
        qapp.setFont(before[2])
        qapp.setStyleSheet(before[0])
