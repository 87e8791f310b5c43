"""Lets a person choose which plane of many inputs is shown, where the other inputs are held, and which output."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QLabel, QSizePolicy, QWidget

from nnstudio.engine.choices.datasets import Dataset
from nnstudio.insight.surface import Plane
from nnstudio.ui.panels.folding import FoldingRow
from nnstudio.ui.speech import name_box


class PlanePicker(FoldingRow):
    """Small fields; hidden where there is nothing to choose.

    Attributes
    ----------
    changed : Signal()
        Another plane or output has been chosen.
    output : int or None
        The output that is chosen; None for all classes together.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._dataset: Dataset | None = None
        self._held: list[float] = []
        self._shown = (0, 1)
        self._x = _field("surface_x", "The input that runs across")
        self._y = _field("surface_y", "The input that runs upwards")
        self._input = _field("surface_held", "An input that is held; choose one and set its value")
        self._output = _field("surface_output", "The output that is shown")
        self._value = QDoubleSpinBox(
            objectName="surface_held_value", decimals=2, singleStep=0.5, keyboardTracking=False
        )
        self._value.setRange(-1e6, 1e6)
        self._value.setMaximumWidth(84)
        self._value.setToolTip("Where this input is held")
        self._value.setAccessibleName("Where this input is held")
        self._plane_part = [QLabel("across"), self._x, QLabel("up"), self._y]
        self._held_part = [QLabel("hold"), self._input, QLabel("at"), self._value]
        for widget in self._plane_part:
            self.first.addWidget(widget)
        self.first.addStretch(1)
        for widget in self._held_part:
            self.second.addWidget(widget)
        self.second.addStretch(1)
        self.second.addWidget(self._output)
        self._x.activated.connect(lambda: self._choose_axis(self._x, self._y))
        self._y.activated.connect(lambda: self._choose_axis(self._y, self._x))
        self._input.activated.connect(self._show_held)
        self._value.valueChanged.connect(self._hold)
        self._output.activated.connect(self.changed)
        self.hide()

    @property
    def output(self) -> int | None:
        chosen = self._output.currentData()
        return None if chosen is None else int(chosen)

    def set_dataset(self, dataset: Dataset) -> None:
        """Offer the inputs and outputs of a data set; what was chosen stays where the names are the same."""
        before = self._dataset
        if before is None or _words(dataset) != _words(before):
            self._held = list(Plane.of(dataset).held)
            across, up = _first_axes(dataset)
            _fill(self._x, dataset.input_names, across)
            _fill(self._y, dataset.input_names, up)
            self._offer_outputs(dataset)
        self._dataset = dataset
        self._offer_held()
        several_inputs, several_outputs = len(dataset.input_names) > 2, len(dataset.output_names) > 1
        for widget in (*self._plane_part, *self._held_part):
            widget.setVisible(several_inputs)
        self._output.setVisible(several_outputs)
        self.setVisible(several_inputs or several_outputs)

    def plane(self) -> Plane:
        """Return the plane that is chosen."""
        assert self._dataset is not None
        return Plane.of(self._dataset, self._x.currentIndex(), self._y.currentIndex(), tuple(self._held))

    def held_text(self) -> str:
        """Return where the other inputs are held: "x3 0  x4 0.5"."""
        if self._dataset is None or len(self._held) < 3:
            return ""
        return "  ".join(f"{self._dataset.input_names[i]} {self._held[i]:g}" for i in self._others())

    def _others(self) -> list[int]:
        return [i for i in range(len(self._held)) if i not in (self._x.currentIndex(), self._y.currentIndex())]

    def _offer_outputs(self, dataset: Dataset) -> None:
        self._output.clear()
        several_classes = dataset.is_classification and len(dataset.output_names) > 2
        if several_classes:
            self._output.addItem("All classes", None)
        for index, name in enumerate(dataset.output_names):
            self._output.addItem(name, index)
        # Of two classes the one that says yes.
        self._output.setCurrentIndex(1 if len(dataset.output_names) == 2 and dataset.is_classification else 0)

    def _offer_held(self) -> None:
        assert self._dataset is not None
        self._shown = (self._x.currentIndex(), self._y.currentIndex())
        others, before = self._others(), self._input.currentText()
        names = [self._dataset.input_names[i] for i in others]
        if names:
            _fill(self._input, names, names.index(before) if before in names else 0)
            self._show_held()

    def _choose_axis(self, chosen: QComboBox, other: QComboBox) -> None:
        """Take an input for one axis; if the other axis has it, the two change places."""
        if chosen.currentIndex() == other.currentIndex():
            other.setCurrentIndex(self._shown[0] if chosen is self._x else self._shown[1])
        self._offer_held()
        self.changed.emit()

    def _show_held(self) -> None:
        self._value.blockSignals(True)
        self._value.setValue(self._held[self._others()[max(self._input.currentIndex(), 0)]])
        self._value.blockSignals(False)

    def _hold(self, value: float) -> None:
        self._held[self._others()[self._input.currentIndex()]] = value
        self.changed.emit()


def _first_axes(dataset: Dataset) -> tuple[int, int]:
    """Return the inputs to begin with: the two pixels that differ most from picture to picture, or the first two.

    The first two of those that have more than two values, if there are two: on a plane of yes and no, such as words
    coded one column each, all samples lie in its corners.
    """
    if dataset.image_shape:
        second, first = np.argsort(dataset.inputs.var(axis=0), kind="stable")[-2:].tolist()
        return first, second
    low, high = np.fmin.reduce(dataset.inputs), np.fmax.reduce(dataset.inputs)
    varied = np.flatnonzero(((dataset.inputs > low) & (dataset.inputs < high)).any(axis=0)).tolist()
    if len(varied) >= 2:
        return varied[0], varied[1]
    return 0, min(1, len(dataset.input_names) - 1)


def _words(dataset: Dataset) -> tuple[object, ...]:
    return dataset.input_names, dataset.output_names, dataset.is_classification


def _field(name: str, tip: str) -> QComboBox:
    field = QComboBox(objectName=name, toolTip=tip)
    name_box(field, tip)
    field.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
    # A long name may be cut: the list shows all of it.
    field.setMinimumWidth(56)
    field.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
    return field


def _fill(field: QComboBox, names: Sequence[str], index: int) -> None:
    field.clear()
    field.addItems(names)
    field.setCurrentIndex(index)
