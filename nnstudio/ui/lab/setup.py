"""The form at the left of the lab: what is swept, how its cells are chosen, and where they are trained."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from PySide6.QtCore import QSettings, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from nnstudio.engine.registry import SettingError
from nnstudio.engine.spec import ExperimentSpec
from nnstudio.lab.plan import Plan
from nnstudio.lab.results import Results
from nnstudio.lab.words import experiment_words
from nnstudio.lab.workers import usable_processors
from nnstudio.session.lab import same_but_seed
from nnstudio.session.lab_worker import Where
from nnstudio.ui.forms.fields import TextField
from nnstudio.ui.forms.number_field import NumberField
from nnstudio.ui.forms.rows import GUTTER, FieldRow, discard
from nnstudio.ui.icons import icon
from nnstudio.ui.lab.axis_row import AxisRow
from nnstudio.ui.lab.setup_fields import PARAMETERS
from nnstudio.ui.preferences import Preferences
from nnstudio.ui.theme import Theme, set_look

#: A grid of more than two axes has no picture; chance can draw from more.
MOST_AXES = {"grid": 2, "random": 6, "hyperband": 6}


MENDING = "Mend what is marked above to start."
_REMEMBERED = ("lab.where", "lab.processes", "lab.scheduler")


class SetupForm(QWidget):
    """Everything that can be set about a sweep.

    Parameters
    ----------
    spec : ExperimentSpec
        What is swept at first.
    settings : QSettings
        Where it is remembered on which machine sweeps run.
    preferences : Preferences
        Where it is remembered how many processes train.
    theme : Theme

    Attributes
    ----------
    changed : Signal()
        Something else would be swept, or nothing that can be.
    take_wanted : Signal()
        The main window's experiment is to be swept.
    """

    changed = Signal()
    take_wanted = Signal()

    def __init__(self, *, spec: ExperimentSpec, settings: QSettings, preferences: Preferences, theme: Theme) -> None:
        super().__init__(objectName="lab_setup")
        self.spec = spec
        self._settings, self._preferences, self._theme = settings, preferences, theme
        self._values = {key: self._remembered(key) for key in PARAMETERS}
        self._wrong: set[str] = set()
        self.rows = {key: FieldRow(parameter, key, theme) for key, parameter in PARAMETERS.items()}
        method = self.rows["lab.method"].field
        for index in range(method.count()):
            method.setItemText(index, method.itemText(index).capitalize())  # Hyperband is a name
        for key, row in self.rows.items():
            row.edited.connect(self._take)
            row.field.restored.connect(self._restore)
            row.show_value(self._values[key])
        self._address = self.rows["lab.scheduler"].field
        self._address.setPlaceholderText("tcp://192.168.0.5:8786")
        # Start waits for an address, and must not wait for its field to be left.
        self._address.textEdited.connect(self._type_address)
        self._words = QLabel(objectName="lab_experiment", wordWrap=True)
        self._take_button = QPushButton("Take the current experiment", objectName="lab_take")
        self._take_button.setToolTip("Sweep the experiment of the main window as it is now")
        self._take_button.clicked.connect(self.take_wanted)
        self._add_button = QPushButton("Add an axis", objectName="lab_add_axis")
        self._add_button.clicked.connect(self._add)
        set_look(self._add_button, role="flat")
        self.axis_rows: list[AxisRow] = []
        self._named = 0  # every row has a name of its own, however many have come and gone
        self._lay_out()
        self.set_theme(theme)
        self._show()
        preferences.changed.connect(self._follow_preference)

    def _lay_out(self) -> None:
        gap = self._theme.spacing
        seeds = QHBoxLayout()
        seeds.setSpacing(0)
        seeds.addWidget(self.rows["lab.seeds"], 3)
        seeds.addWidget(self.rows["lab.first_seed"], 2)
        self.rows["lab.first_seed"].field.setAccessibleName("First seed")  # its label goes on from the field before
        self._axes = QVBoxLayout()
        self._axes.setSpacing(gap.s)
        add = QHBoxLayout()
        add.setContentsMargins(GUTTER, 0, 0, 0)
        add.addWidget(self._add_button)
        add.addStretch(1)
        take = QHBoxLayout()
        take.setContentsMargins(GUTTER, 0, 0, 0)
        take.addWidget(self._take_button, 1)
        self._words.setContentsMargins(GUTTER, 0, 0, 0)
        content = QWidget()
        set_look(content, role="panel")
        column = QVBoxLayout(content)
        column.setContentsMargins(0, gap.s, gap.m, gap.s)
        column.setSpacing(gap.xs)
        column.addWidget(_heading("What"))
        column.addWidget(self._words)
        column.addLayout(take)
        column.addLayout(seeds)
        column.addLayout(self._axes)
        column.addLayout(add)
        column.addSpacing(gap.s)
        column.addWidget(_heading("How"))
        for key in ("lab.method", "lab.cells"):
            column.addWidget(self.rows[key])
        column.addSpacing(gap.s)
        column.addWidget(_heading("Where"))
        for key in _REMEMBERED:
            column.addWidget(self.rows[key])
        column.addStretch(1)
        scroll = QScrollArea(widgetResizable=True, accessibleName="Settings of the sweep")
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # its fields have it
        scroll.setWidget(content)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(scroll)

    def _align_labels(self) -> None:
        """Let all fields below each other begin at one place, as far right as the longest label asks for."""
        below = [row for key, row in self.rows.items() if key != "lab.first_seed"]
        width = max(row.label_room() for row in below)
        for row in below:
            row.set_label_width(width)
        first = self.rows["lab.first_seed"]
        first.set_label_width(first.label_room())

    # ---- what is set ---------------------------------------------------------------------------------------------

    def settle(self) -> None:
        """Take what is in the middle of being typed, as if its field had been left."""
        for axis_row in self.axis_rows:
            axis_row.settle()
        for row in self.rows.values():
            if isinstance(row.field, NumberField | TextField):
                row.field.editingFinished.emit()

    def plan(self) -> Plan | None:
        """Return what is to be swept; None while something is wrong or missing."""
        axes = [row.axis for row in self.axis_rows if not row.is_blank]
        seen = self._seen()
        if None in axes or self._wrong & seen:
            return None
        first, count = self._values["lab.first_seed"], self._values["lab.seeds"]
        return Plan(
            base=self.spec,
            axes=tuple(axis for axis in axes if axis is not None),
            seeds=range(first, first + count),
            method=self._values["lab.method"] if axes else "grid",
            cells=self._values["lab.cells"],
        )

    def what_is_missing(self) -> str:
        """Return why nothing can be swept as things are, in words."""
        for row in self.axis_rows:
            if label := row.lacks_values:
                return f"Enter values of {label[:1].lower()}{label[1:]} to start."
        return MENDING

    def where(self) -> Where:
        """Return where it is to be trained."""
        here = self._values["lab.where"] == "this_computer"
        return Where(
            self._values["lab.processes"] or usable_processors(), "" if here else self._values["lab.scheduler"]
        )

    def keep_scheduler(self, where: Where) -> None:
        """Remember a scheduler that has answered, and that sweeps are trained there."""
        if where.scheduler:
            self._settings.setValue("lab/where", "dask_scheduler")
            self._settings.setValue("lab/scheduler", where.scheduler)

    @property
    def lacks_scheduler(self) -> bool:
        """Whether the address is missing."""
        return self._values["lab.where"] == "dask_scheduler" and not self._address.text().strip()

    def show_spec(self, spec: ExperimentSpec) -> None:
        """Sweep another experiment."""
        self.spec = spec
        for row in self.axis_rows:
            row.set_base(spec)
        self._show()
        self.changed.emit()

    def show_plan(self, plan: Plan) -> None:
        """Show what is swept, as if it had been typed."""
        blocked = self.blockSignals(True)
        self.spec = plan.base
        for axis_row in tuple(self.axis_rows):
            self._drop(axis_row)
        self._wrong.clear()
        self._values |= {
            "lab.first_seed": plan.seeds.start,
            "lab.seeds": len(plan.seeds),
            "lab.method": plan.method,
            "lab.cells": plan.cells,
        }
        for axis in plan.axes:
            texts = [axis.text(value) for value in axis.values]
            given = f"{axis.scale[:3]}:{texts[0]}:{texts[-1]}:{len(texts)}" if axis.scale != "list" else ""
            self._append().show_axis(axis.key, given or (";" if any("," in t for t in texts) else ", ").join(texts))
        for key, row in self.rows.items():
            row.show_value(self._values[key])
        self.blockSignals(blocked)
        self._show()
        self.changed.emit()

    def would_train(self, results: Results) -> bool:
        """Whether a start would train what these results are of."""
        plan, sweep, method = self.plan(), results.sweep, results.method
        return (
            plan is not None
            and same_but_seed(plan.base, sweep.base)
            and (plan.axes, plan.seeds) == (sweep.axes, sweep.seeds)
            and (plan.method == "hyperband") == (method == "hyperband")
        )

    def show_results(self, results: Results) -> None:
        """Show what has been swept, so that it can be varied."""
        sweep, method = results.sweep, results.method
        if method == "grid" and not sweep.is_grid:
            method = "random"
        self.show_plan(Plan(sweep.base, sweep.axes, sweep.seeds, method, len(sweep.cells)))

    def offer_taking(self, offered: bool) -> None:
        """Offer the main window's experiment, where it is another one."""
        self._take_button.setVisible(offered)

    def refuse(self, error: SettingError) -> None:
        """Say beside its field why a plan cannot be swept."""
        for row in self.axis_rows:
            if row.axis is not None and row.axis.key == error.key:
                row.refuse(error.reason)
                return
        row_of = {"seeds": "lab.seeds", "cells": "lab.cells"}
        if error.key in row_of:
            self.rows[row_of[error.key]].show_rejection(error.key, error.reason)
        elif self.axis_rows:
            self.axis_rows[-1].refuse(str(error))
        else:
            self.rows["lab.seeds"].show_rejection(error.key, str(error))

    def set_theme(self, theme: Theme) -> None:
        """Take on another look."""
        self._theme = theme
        self._add_button.setIcon(icon("add", theme))
        for row in self.rows.values():
            row.set_theme(theme)
        self._align_labels()
        for axis_row in self.axis_rows:
            axis_row.set_theme(theme)

    # ---- inside --------------------------------------------------------------------------------------------------

    def _remembered(self, key: str) -> Any:
        parameter = PARAMETERS[key]
        if key == "lab.processes":
            return self._preferences.value("processes")
        try:
            return parameter.parse(self._settings.value(key.replace(".", "/"), parameter.default))
        except SettingError:
            return parameter.default

    def _seen(self) -> set[str]:
        """Return the keys of the fields that matter as things are."""
        hidden = {"lab.scheduler"} if self._values["lab.where"] == "this_computer" else {"lab.processes"}
        return set(PARAMETERS) - hidden - ({"lab.cells"} if self._values["lab.method"] == "grid" else set())

    def _show(self) -> None:
        self._words.setText(experiment_words(self.spec))
        seen = self._seen()
        for key, row in self.rows.items():
            row.setVisible(key in seen)
        most = MOST_AXES[self._values["lab.method"]]
        full = len(self.axis_rows) >= most
        self._add_button.setEnabled(not full)
        self._add_button.setToolTip(
            f"A {'grid' if most == 2 else 'search'} has at most {most} axes"
            if full
            else "Go through the values of a setting: each is trained from all seeds"
        )

    @Slot(str)
    def _follow_preference(self, key: str) -> None:
        if key == "processes" and self._values["lab.processes"] != self._preferences.value(key):
            self._values["lab.processes"] = self._preferences.value(key)
            self._wrong.discard("lab.processes")
            self.rows["lab.processes"].show_value(self._values["lab.processes"])
            self.changed.emit()

    @Slot(str, object)
    def _take(self, key: str, value: object) -> None:
        self._wrong.discard(key)
        try:
            self._values[key] = PARAMETERS[key].parse(value, key)
        except SettingError as error:
            self._wrong.add(key)
            self.rows[key].show_rejection(key, error.reason)
        else:
            self.rows[key].show_value(self._values[key])
            if key == "lab.processes":
                self._preferences.set("processes", self._values[key])
            elif key == "lab.where" and value == "this_computer":
                self._settings.setValue(key.replace(".", "/"), self._values[key])
            if key == "lab.method" and not self.axis_rows and value != "grid":
                self._append()
        self._show()
        self.changed.emit()

    @Slot()
    def _type_address(self) -> None:
        self.changed.emit()

    @Slot()
    def _restore(self) -> None:
        """Go on with the value that a field had before a wrong one."""
        for key, row in self.rows.items():
            if row.field is self.sender() and key in self._wrong:
                self._wrong.discard(key)
                self.changed.emit()

    @Slot()
    def _add(self) -> None:
        self._append().setting.setFocus()
        self._show()

    def _append(self) -> AxisRow:
        row = AxisRow(self._named, self.spec, self._theme)
        self._named += 1
        row.changed.connect(self._take_axis)
        row.removed.connect(self._remove)
        self.axis_rows.append(row)
        self._axes.addWidget(row)
        self._order_tabs()
        return row

    def _order_tabs(self) -> None:
        """Let Tab go through the fields in the order in which they are seen."""
        keys = tuple(self.rows)
        before = [stop for key in keys[:2] for stop in self.rows[key].tab_stops()]
        axes = [stop for row in self.axis_rows for stop in row.tab_stops()]
        after = [stop for key in keys[2:] for stop in self.rows[key].tab_stops()]
        stops = [self._take_button, *before, *axes, self._add_button, *after]
        for one, other in pairwise(stops):
            QWidget.setTabOrder(one, other)

    @Slot()
    def _take_axis(self) -> None:
        self.changed.emit()

    @Slot(object)
    def _remove(self, row: AxisRow) -> None:
        self._drop(row)
        self._show()
        self.changed.emit()

    def _drop(self, row: AxisRow) -> None:
        self.axis_rows.remove(row)
        self._axes.removeWidget(row)
        discard(row)


def _heading(text: str) -> QLabel:
    label = QLabel(text)
    label.setContentsMargins(GUTTER, 0, 0, 0)
    set_look(label, role="section")
    return label
