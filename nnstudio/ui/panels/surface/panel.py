"""Shows what a network gives over its inputs, for classes, numbers or one neuron, and lets points be painted there."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QApplication, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from nnstudio.files.data.export import dataset_text, write_dataset
from nnstudio.insight.boundaries import winners
from nnstudio.insight.surface import Surface, resolution_for
from nnstudio.session.painting import can_be_painted
from nnstudio.session.run import Run
from nnstudio.ui.actions import SURFACE_ACTIONS
from nnstudio.ui.panels.base import TABLE_FILTER, Panel
from nnstudio.ui.panels.pace import Pace
from nnstudio.ui.panels.plane_picker import PlanePicker
from nnstudio.ui.panels.spoken import surface_words
from nnstudio.ui.panels.surface.curve import CurveView
from nnstudio.ui.panels.surface.easel import Easel
from nnstudio.ui.panels.surface.plot import Plot
from nnstudio.ui.panels.surface.selection import chosen_samples, legend_of, painted_samples
from nnstudio.ui.panels.surface.subject import Neuron, Subject
from nnstudio.ui.panels.surface.view import PlaneView
from nnstudio.ui.theme import Theme

#: Seconds for one picture; a dearer one is drawn less often, so that it never takes more than a tenth of the time.
BUDGET, PATIENCE = 0.004, 10
#: Up to so many samples, those that are held out are shown unless they are switched off; of more, once switched on.
FEW_SAMPLES = 64
#: Qt's own bound on the size of a widget, which PySide does not name.
NO_LIMIT = 16_777_215


class SurfacePanel(Panel):
    """The output, or one neuron, over two inputs or along one; points are painted on it.

    Attributes
    ----------
    data_painted : Signal(object, str)
        A data set that a stroke has made, to be learned instead; and what was done, in words that follow "undo".
    """

    key = "surface"
    title = "Decision surface"
    help = (
        "What the network gives for every point of its inputs, with the samples on it. The line is where the answer "
        "changes; a sample with a cross is on the wrong side of it, a hollow one is held out of training."
    )
    data_painted = Signal(object, str)

    def __init__(self, *, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme=theme, parent=parent)
        self.picker = PlanePicker()
        self.plane_view, self.curve_view = PlaneView(theme), CurveView(theme)
        self.easel = Easel(theme, self.plane_view, self)
        self._stack = QStackedWidget()
        for view, name in ((self.plane_view, "Plane"), (self.curve_view, "Curve")):
            view.setObjectName(f"surface_{name.lower()}")
            view.setAccessibleName(f"{name} of the output")
            self._stack.addWidget(view)
        self._make_toggles()
        self._add_actions(SURFACE_ACTIONS, {"copy_data": self.copy_data, "save_data": self._ask_where_data})
        self._paint_icons()
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.picker)
        column.addWidget(self.easel.strip)
        column.addWidget(self._stack, 1)
        self.set_content(content, pictured=self._stack)
        self._surface: Surface | None = None
        self._finer: Surface | None = None
        self._neuron: Neuron | None = None
        self._wants_held_out: bool | None = None
        self._pace = Pace(budget=BUDGET, patience=PATIENCE, parent=self)
        self._pace.due.connect(self._draw)
        self.picker.changed.connect(self._change_plane)
        self.easel.painted.connect(self.data_painted)
        self.easel.changed.connect(self._follow_easel)
        self.easel.tool.refused.connect(self.reported)

    @property
    def view(self) -> Plot:
        """The plot that is shown: of a plane, or of the curve over a single input."""
        view = self._stack.currentWidget()
        assert isinstance(view, Plot)
        return view

    # ---- runs ------------------------------------------------------------------------------------------------------

    def start_run(self, run: Run, earlier: Sequence[Run]) -> None:
        super().start_run(run, earlier)
        self.picker.set_dataset(run.dataset)
        self.easel.follow(run)
        self._offer_toggles(run)
        sizes, neuron = run.layout.sizes, self._neuron
        if neuron is not None and not (neuron.layer < len(sizes) and neuron.unit < sizes[neuron.layer]):
            self._neuron = None
        self._change_plane()

    def set_presenting(self, presenting: bool) -> None:
        # Where every line counts, the picture has the room of the fields that choose it.
        self.picker.setMaximumHeight(0 if presenting else NO_LIMIT)

    def refresh(self, run: Run) -> None:
        super().refresh(run)
        self._pace.ask()

    def settle(self, run: Run) -> None:
        if self._surface is None:
            return
        if self._finer is None:
            resolution = resolution_for(run.layout, at_rest=True)
            self._finer = Surface(run.spec, self._surface.plane, resolution)
        self._pace.stop()
        self.view.set_frame(run, self._finer, at_rest=True)

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        for part in (self.plane_view, self.curve_view, self.easel):
            part.set_theme(theme)

    def controls(self) -> Sequence[QWidget]:
        return (self.test_button, self.steps_button, self.paint_button)

    # ---- one neuron ------------------------------------------------------------------------------------------------

    @Slot(int, int, str)
    def show_neuron(self, layer: int, unit: int, name: str) -> None:
        """Show what one neuron gives in place of the output.

        Parameters
        ----------
        layer : int
            0 for what the network is given, 1 for the first hidden layer, and so on.
        unit : int
        name : str
            What it is called: "h1.2".
        """
        self._neuron = Neuron(layer, unit, name)
        self._show_neuron_or_output()

    @Slot()
    def show_output(self) -> None:
        """Show the output again."""
        if self._neuron is not None:
            self._neuron = None
            self._show_neuron_or_output()

    def _show_neuron_or_output(self) -> None:
        if self._surface is not None and self._surface.plane.is_line:
            self._show_subject()
        elif self.run is not None and self._surface is not None:
            # On a plane the samples stay as they are, and two thousand are not drawn anew in no time.
            self.view.set_subject(self._subject(self.run))
            self._show_picture(self.run)

    # ---- numbers and data ------------------------------------------------------------------------------------------

    def summary(self) -> str:
        run, surface = self.run, self._surface
        if run is None or surface is None:
            return ""
        subject = self._subject(run)
        values = subject.values(surface, run.frame.parameters)
        if subject.neuron is None and subject.output is not None:
            values = values[subject.output, None]
        answers = run.dataset.is_classification and subject.neuron is None
        return surface_words(subject.names, subject.value_name, values, run, subject.threshold if answers else None)

    def walk(self, right: int, down: int) -> str:
        return self.view.walk(right, down)

    def end_walk(self) -> None:
        self.view.end_walk()

    def numbers(self) -> tuple[Sequence[str], Sequence[Sequence[object]]]:
        run = self.run
        if run is None or self._surface is None:
            return (), ()
        surface, subject = self._surface, self._subject(run)
        surface.outputs(run.frame.parameters)
        y, x = (grid.ravel() for grid in np.meshgrid(surface.ys, surface.xs, indexing="ij"))
        places = [x] if surface.plane.is_line else [x, y]
        names = [name for name in subject.names if name]
        if (neuron := subject.neuron) is not None:
            values = surface.neuron_at(neuron.layer, neuron.unit, x, y)
            return (*names, neuron.name), np.column_stack([*places, values]).tolist()
        outputs, data = surface.at(x, y), run.dataset
        if subject.discretized and data.is_classification:
            several = outputs.shape[1] > 1
            answers = winners(outputs.T)[0] if several else (outputs[:, 0] > subject.threshold).astype(int)
            rows = np.column_stack(places).tolist()
            return (*names, data.target_name), [
                [*row, data.class_names[answer]] for row, answer in zip(rows, answers.tolist(), strict=True)
            ]
        return (*names, *data.output_names), np.column_stack([*places, outputs]).tolist()

    @Slot()
    def copy_data(self) -> None:
        """Put all samples on the clipboard, with tabs between the columns, as spreadsheets take them."""
        if self.run is not None:
            QApplication.clipboard().setText(dataset_text(self.run.dataset))
            self.reported.emit(f"copied the {self.run.dataset.samples:,} samples")

    def save_data(self, path: str | Path) -> bool:
        """Write all samples as comma-separated values; return whether they were written, and say so if not."""
        if self.run is None:
            return False
        try:
            write_dataset(path, self.run.dataset)
        except OSError as error:
            self._banner.say(f"{Path(path).name} was not saved: {error.strerror or error}.")
            return False
        self._banner.hide()
        self.reported.emit(f"saved {path}")
        return True

    @Slot()
    def _ask_where_data(self) -> None:
        file = self.file_stem().partition("-surface")[0] + "-data.csv"
        self._ask_for_file("data", "Save the samples", TABLE_FILTER, file, self.save_data)

    # ---- toggles ---------------------------------------------------------------------------------------------------

    def _make_toggles(self) -> None:
        def toggle(name: str, text: str, full_text: str) -> QToolButton:
            button = QToolButton(text=text, checkable=True, objectName=f"surface_{name}", accessibleName=full_text)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
            return button

        # The title row has to be narrow enough for a column of the window.
        self.test_button = toggle("test", "Test", "Test points")
        self.steps_button = toggle("steps", "Discretize", "Discretize the output")
        self.steps_button.setToolTip("Discretize: show the answer alone, or numbers in ten steps")
        self.paint_button = toggle("paint", "Paint", "Paint points")
        self.test_button.clicked.connect(self._choose_held_out)
        self.steps_button.clicked.connect(self._show_subject)
        self.paint_button.clicked.connect(self._start_or_end_painting)
        self.test_button.setEnabled(False)
        self.paint_button.setEnabled(False)

    def _offer_toggles(self, run: Run) -> None:
        has_any, can_paint = bool((run.spec.parts() > 0).any()), can_be_painted(run.dataset)
        wanted = run.dataset.samples <= FEW_SAMPLES if self._wants_held_out is None else self._wants_held_out
        self.test_button.setEnabled(has_any and not self.easel.is_open)
        self.test_button.setChecked(has_any and (wanted or self.easel.is_open))
        if not has_any:
            tip = "No test points: a validation or test share above 0 holds samples out of training"
        elif self.easel.is_open:
            tip = "Test points: all samples are shown while points are painted"
        else:
            tip = "Test points: show the samples that are held out of training, as hollow markers"
        self.test_button.setToolTip(tip)
        self.paint_button.setEnabled(can_paint)
        self.paint_button.setChecked(self.easel.is_open)
        self.paint_button.setToolTip(
            "Paint points with the mouse: left adds, right erases"
            if can_paint
            else "Points are painted where there are two inputs, and classes or one number to learn"
        )

    @Slot(bool)
    def _choose_held_out(self, shown: bool) -> None:
        self._wants_held_out = shown
        self._show_subject()

    @Slot(bool)
    def _start_or_end_painting(self, begin: bool) -> None:
        if self.run is None or self._surface is None:
            return
        if begin:
            self.easel.open(self.run, self._surface.plane)
        else:
            self.easel.close()
        self._offer_toggles(self.run)
        self._change_plane()

    @Slot()
    def _follow_easel(self) -> None:
        if self._surface is not None and self.easel.fitted(self._surface.plane) != self._surface.plane:
            self._change_plane()
        elif self.run is not None:
            self._show_samples(self.run)

    # ---- drawing ---------------------------------------------------------------------------------------------------

    @Slot()
    def _change_plane(self) -> None:
        run = self.run
        if run is None:
            return
        self._surface, self._finer = Surface(run.spec, self.easel.fitted(self.picker.plane())), None
        self._stack.setCurrentWidget(self.curve_view if self._surface.plane.is_line else self.plane_view)
        self._show_subject()

    def _subject(self, run: Run) -> Subject:
        assert self._surface is not None
        output, neuron = self.picker.output, self._neuron
        if neuron is not None and neuron.layer == len(run.layout.sizes) - 1:
            output, neuron = neuron.unit, None  # a neuron of the last layer is an output, on the output's own scale
        held, discretized = self.picker.held_text(), self.steps_button.isChecked()
        return Subject(run, self._surface.plane, output, held, neuron, discretized)

    @Slot()
    def _show_subject(self) -> None:
        run = self.run
        if run is None or self._surface is None:
            return
        self.view.set_subject(self._subject(run))
        self._show_samples(run)
        self._show_picture(run)

    def _show_picture(self, run: Run) -> None:
        self._show_caption()
        self._pace.draw()
        self._pace.cost = 0.0  # of a first picture, which arranges things too, nothing follows for the next
        self._await_rest(run)

    def _show_caption(self) -> None:
        subject = self.view.subject
        self.view.caption = self.easel.message or (subject.caption if subject is not None else "")

    def _show_samples(self, run: Run) -> None:
        subject = self._subject(run)
        if self.easel.is_open:
            samples = painted_samples(self.easel.painting, subject, pending=self.easel.is_pending)
            names = self.easel.painting.class_names
        else:
            samples, names = chosen_samples(subject, held_out=self.test_button.isChecked()), None
        self.view.set_samples(samples, legend_of(subject, samples, names))
        self._show_caption()
        self.view.tool = self.easel.tool if self.easel.is_open else None
        self.view.setCursor(Qt.CursorShape.CrossCursor if self.easel.is_open else Qt.CursorShape.ArrowCursor)

    @Slot()
    def _draw(self) -> None:
        if self.run is not None and self._surface is not None:
            self.view.set_frame(self.run, self._surface)
