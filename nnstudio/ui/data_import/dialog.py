"""Lets a person look at a table of theirs and say what is to be learned from it, before anything is changed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QSettings, QSize, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from nnstudio.engine.choices.datasets import Dataset
from nnstudio.files.data.guess import guess, guess_task
from nnstudio.files.data.importing import SETTINGS, ImportChoices, counted, dataset_from, plan
from nnstudio.files.data.reading import read_table
from nnstudio.files.data.table import Table, TableError
from nnstudio.ui.data_import.choosing import ask_for_table
from nnstudio.ui.data_import.columns import Columns, with_input, with_target
from nnstudio.ui.data_import.job import Job, Work
from nnstudio.ui.data_import.options import ImportOptions
from nnstudio.ui.data_import.preview import Preview
from nnstudio.ui.data_import.reading_page import ReadingPage
from nnstudio.ui.data_import.verdict import RefusalPage, Verdict
from nnstudio.ui.speech import announce
from nnstudio.ui.theme import Theme, set_look

_SIZE_KEY = "data_import_size"
_SIZE, _MINIMUM = QSize(1040, 640), QSize(720, 460)
# In heights of the text: the width of the options, and what a file's name may take.
_OPTIONS_EMS, _NAME_EMS = 26, 28


@dataclass(frozen=True, eq=False)
class ImportedData:
    """What a person has made of a table.

    Attributes
    ----------
    dataset : Dataset
    settings : dict of str to object
        The experiment's settings that go with it: scale and shares.
    """

    dataset: Dataset
    settings: dict[str, object]


@dataclass(frozen=True, eq=False)
class _Opened:
    """A table that has just been read."""

    table: Table
    choices: ImportChoices


class DataImportDialog(QDialog):
    """Reads a file, shows what is in it, and makes a data set of it.

    The experiment stays as it is until `imported` is emitted. Whatever is wrong with the file stands in the dialog, and
    another one can be chosen.

    Parameters
    ----------
    path : Path
        The file; reading begins at once.
    theme : Theme
    settings : QSettings
        Where the dialog's size is remembered.
    parent : QWidget, optional
    """

    imported = Signal(object)  # ImportedData

    def __init__(self, path: Path, *, theme: Theme, settings: QSettings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("data_import")
        self._theme, self._settings = theme, settings
        self._path = Path(path)
        self._job: Job | None = None
        self._table: Table | None = None
        self._choices = ImportChoices((), (), "classification")
        self._values = dict(SETTINGS)
        self._make_widgets()
        self._lay_out()
        self.setMinimumSize(_MINIMUM)
        size = settings.value(_SIZE_KEY)
        self.resize(size if isinstance(size, QSize) else _SIZE)
        self.open_file(self._path)

    # ---- making --------------------------------------------------------------------------------------------------

    def _make_widgets(self) -> None:
        theme = self._theme
        self._name = QLabel(objectName="data_name")
        self._name.setTextFormat(Qt.TextFormat.PlainText)
        set_look(self._name, role="heading")
        self._facts = QLabel(objectName="data_facts", wordWrap=True)
        set_look(self._facts, role="muted")
        self._header_box = QCheckBox("&First line holds the names", objectName="data_header")
        self._header_box.setToolTip("Whether the first line names the columns or is a sample; the file is read again")
        self._header_box.clicked.connect(self._read_with_header)
        self._other_button = QPushButton("&Other file…", objectName="data_other_file")
        self._other_button.setToolTip("Choose another file")
        self._other_button.setAutoDefault(False)
        self._other_button.clicked.connect(self.choose_file)

        self._reading = ReadingPage()
        self._refusal = RefusalPage(theme)
        self._refusal.again.connect(self._read_again)
        self._preview = Preview(theme)
        self._preview.column_clicked.connect(self._turn_input)
        self._columns = Columns(theme)
        self._columns.columns.edited.connect(self._take_columns)
        self._all_button = _small_button("All", "data_all", "Take all columns but the target as inputs")
        self._all_button.clicked.connect(self._take_all)
        self._none_button = _small_button("None", "data_none", "Take no column as an input")
        self._none_button.clicked.connect(self._take_none)
        self._options = ImportOptions(theme)
        self._options.edited.connect(self._take_option)

        self._verdict = Verdict(theme, "data_verdict")
        self._words_box = QCheckBox("&Treat such cells as missing", objectName="data_words_are_missing")
        self._words_box.setToolTip("Words in columns of numbers count as gaps")
        self._words_box.clicked.connect(self._take_words)

        self._buttons = QDialogButtonBox()
        self._use_button = self._buttons.addButton("&Use this data", QDialogButtonBox.ButtonRole.AcceptRole)
        self._use_button.setObjectName("data_use")
        self._use_button.setToolTip("Learn these samples in place of the present ones; this can be undone (Return)")
        set_look(self._use_button, role="primary")
        cancel = self._buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        cancel.setObjectName("data_cancel")
        cancel.setToolTip("Leave the experiment as it is (Esc)")
        self._buttons.accepted.connect(self.use)
        self._buttons.rejected.connect(self.reject)

    def _lay_out(self) -> None:
        gap = self._theme.spacing
        top = QHBoxLayout()
        top.setSpacing(gap.m)
        top.addWidget(self._name)
        top.addWidget(self._facts, 1)
        top.addWidget(self._header_box)
        top.addWidget(self._other_button)

        columns = QVBoxLayout()
        columns.setSpacing(gap.xs)
        title = QHBoxLayout()
        label = QLabel("Columns")
        label.setBuddy(self._columns)
        set_look(label, role="section")
        title.addWidget(label, 1)
        title.addWidget(QLabel("Inputs:"))
        title.addWidget(self._all_button)
        title.addWidget(self._none_button)
        columns.addLayout(title)
        columns.addWidget(self._columns, 1)
        lower = QHBoxLayout()
        lower.setSpacing(gap.l)
        lower.addLayout(columns, 1)
        self._options.setFixedWidth(_OPTIONS_EMS * self._theme.type_scale.body)
        lower.addWidget(self._options)
        choosing = QWidget()
        rows = QVBoxLayout(choosing)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(gap.m)
        rows.addWidget(self._preview, 4)
        rows.addLayout(lower, 5)

        self._pages = QStackedWidget()
        self._choosing = choosing
        for page in (self._reading, self._choosing, self._refusal):
            self._pages.addWidget(page)
        whole = QVBoxLayout(self)
        whole.setSpacing(gap.m)
        whole.addLayout(top)
        whole.addWidget(self._pages, 1)
        whole.addWidget(self._verdict)
        whole.addWidget(self._words_box)
        whole.addWidget(self._buttons)
        self._use_button.setDefault(True)  # only now: before it is in the dialog, Qt would forget this in time

    def set_theme(self, theme: Theme) -> None:
        """Take on another look."""
        self._theme = theme
        self._preview.rows.set_theme(theme)
        self._options.set_theme(theme)
        self._verdict.set_theme(theme)
        self._refusal.set_theme(theme)

    # ---- reading -------------------------------------------------------------------------------------------------

    @Slot()
    def choose_file(self) -> None:
        """Ask for another file."""
        ask_for_table(self, "open_other_data_dialog", self._path.parent, self.open_file)

    @Slot(str)
    def open_file(self, path: str | Path, header: bool | None = None) -> None:
        """Read a file in place of the present one."""
        self._path = path = Path(path)
        self.setWindowTitle(f"Open data: {path.name}")
        room = _NAME_EMS * self._theme.type_scale.body
        self._name.setText(self._name.fontMetrics().elidedText(path.name, Qt.TextElideMode.ElideMiddle, room))
        self._name.setToolTip(str(path))
        self._facts.setText("")
        self._table = None

        def work(progress: object, cancelled: object) -> _Opened:
            table = read_table(path, header=header, progress=progress, cancelled=cancelled)  # type: ignore[arg-type]
            return _Opened(table, guess(table))

        self._start(work, f"Reading {path.name}")

    @Slot()
    def _read_again(self) -> None:
        self.open_file(self._path)

    @Slot(bool)
    def _read_with_header(self, header: bool) -> None:
        self.open_file(self._path, header)

    def _start(self, work: Work, doing: str) -> None:
        self._stop_job()
        self._reading.begin(doing)
        self._pages.setCurrentWidget(self._reading)
        self._verdict.hide()
        self._words_box.hide()
        self._header_box.hide()
        self._use_button.setEnabled(False)
        self._job = Job(work)
        self._job.progressed.connect(self._show_progress)
        self._job.done.connect(self._take_result)
        self._job.failed.connect(self._refuse)
        self._job.start()

    def _stop_job(self) -> None:
        if self._job is not None:
            self._job.cancel()
            self._job = None

    @Slot(float)
    def _show_progress(self, share: float) -> None:
        if self.sender() is self._job:  # and not of a file that has been given up since
            self._reading.show_progress(share)

    @Slot(str)
    def _refuse(self, message: str) -> None:
        if self.sender() is not self._job:
            return
        self._job = None
        if self._table is not None:  # it was the making of the data set that failed
            self._pages.setCurrentWidget(self._choosing)
            self._verdict.refuse(message)
        else:
            self._refusal.show_message(message)
            announce(self, message)
            self._pages.setCurrentWidget(self._refusal)
            self._other_button.setFocus()

    @Slot(object)
    def _take_result(self, result: _Opened | Dataset) -> None:
        if self.sender() is not self._job:
            return
        self._job = None
        if isinstance(result, Dataset):
            self.imported.emit(ImportedData(result, dict(self._values)))
            self.accept()
            return
        table = self._table = result.table
        self._choices = result.choices
        counts = f"{counted(table.rows, 'row')}, {counted(len(table.columns), 'column')}"
        self._facts.setText("; ".join((counts, *table.notes)))
        self._header_box.setVisible(table.lines is not None)
        self._header_box.setChecked("no line with names" not in table.notes)
        self._preview.show_table(table, result.choices)
        self._columns.show_table(table, result.choices)
        self._options.show_table(table)
        self._pages.setCurrentWidget(self._choosing)
        self._options.rows["import.target"].field.setFocus()
        self._show()

    # ---- choosing ------------------------------------------------------------------------------------------------

    @Slot(object)
    def _take_columns(self, choices: ImportChoices) -> None:
        """Take other inputs and targets, and with another target the task that suits it."""
        assert self._table is not None
        if choices.targets and choices.targets != self._choices.targets and len(choices.targets) == 1:
            choices = replace(choices, task=guess_task(self._table, choices.targets))
        self._choices = choices
        self._show()

    @Slot(int)
    def _turn_input(self, section: int) -> None:
        assert self._table is not None
        name = self._table.names[section]
        if name not in self._choices.targets:
            self._take_columns(with_input(self._table, self._choices, name, name not in self._choices.inputs))

    @Slot()
    def _take_all(self) -> None:
        assert self._table is not None
        names = tuple(name for name in self._table.names if name not in self._choices.targets)
        self._take_columns(replace(self._choices, inputs=names))

    @Slot()
    def _take_none(self) -> None:
        self._take_columns(replace(self._choices, inputs=()))

    @Slot(bool)
    def _take_words(self, are_missing: bool) -> None:
        self._choices = replace(self._choices, words_are_missing=are_missing)
        self._show()

    @Slot(str, object)
    def _take_option(self, name: str, value: object) -> None:
        """Take an option; None is one that will not do."""
        assert self._table is not None
        if value is None:
            self._show()
        elif name == "import.target":
            # One in place of all others, whatever the task was.
            classes = replace(self._choices, task="classification")
            self._take_columns(with_target(self._table, classes, str(value), True))
        elif name in self._values:
            self._values[name] = value
            self._show()
        else:
            changes = {name.removeprefix("import."): value}
            self._choices = replace(self._choices, **changes)  # type: ignore[arg-type]
            self._show()

    def _show(self) -> None:
        """Show what is chosen and what will come of it."""
        assert self._table is not None
        table, choices = self._table, self._choices
        self._preview.rows.show_choices(choices)
        self._columns.columns.show_choices(choices)
        self._options.show_choices(choices, self._values)
        chosen = (table.column(name) for name in (*choices.inputs, *choices.targets))
        self._words_box.setVisible(any(column.words for column in chosen))
        self._words_box.setChecked(choices.words_are_missing)
        shares = {part: float(str(self._values[f"data.{part}_share"])) for part in ("validation", "test")}
        try:
            sentence = plan(table, choices).sentence(choices, **shares)
        except TableError as error:
            self._verdict.refuse(str(error))
            self._use_button.setEnabled(False)
        else:
            self._verdict.promise(sentence)
            self._use_button.setEnabled(not self._options.has_wrong_value())

    # ---- ending --------------------------------------------------------------------------------------------------

    @Slot()
    def use(self) -> None:
        """Make the data set, hand it out, and close."""
        table, choices = self._table, self._choices
        if table is None or not self._use_button.isEnabled():
            return

        def work(progress: object, cancelled: object) -> Dataset:
            return dataset_from(table, choices, table.title)

        self._start(work, f"Preparing {counted(table.rows, 'sample')}")

    def done(self, result: int) -> None:
        self._stop_job()
        self._settings.setValue(_SIZE_KEY, self.size())
        super().done(result)


def _small_button(text: str, name: str, tip: str) -> QPushButton:
    button = QPushButton(text, objectName=name, toolTip=tip)
    button.setAutoDefault(False)
    set_look(button, role="flat")
    return button
