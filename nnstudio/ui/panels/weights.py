"""Shows every weight and bias as a cell whose colour, sign and number say what it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from numpy.typing import NDArray
from PySide6.QtWidgets import QWidget

from nnstudio.session.run import Run
from nnstudio.ui.panels.base import Panel
from nnstudio.ui.panels.controls import Segments
from nnstudio.ui.panels.heatmap import layer_names
from nnstudio.ui.panels.spoken import weights_words
from nnstudio.ui.panels.weights_view import WeightsView
from nnstudio.ui.theme import Theme

Array = NDArray[Any]


class WeightsPanel(Panel):
    """A heatmap for each layer, biases set apart, all on one scale."""

    key = "weights"
    title = "Weights"
    help = (
        "Every weight and bias, layer by layer: a row for where a connection starts, a column for where it ends. "
        "Colour and sign say whether it is positive or negative; the paler, the nearer to zero."
    )

    def __init__(self, *, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme=theme, parent=parent)
        self._what = Segments(
            "weights_what",
            (
                ("weights", "Weights", "The weights and biases as they are"),
                ("gradients", "Gradients", "The gradient of the loss by each of them: training goes the other way"),
                ("change", "Change", "How far each has moved since the start of the run"),
            ),
        )
        self._what.setProperty("gives_way", True)
        self._what.chosen.connect(self._show_other)
        self.view = WeightsView(theme)
        self.set_content(self.view)

    def controls(self) -> Sequence[QWidget]:
        return (self._what,)

    def start_run(self, run: Run, earlier: Sequence[Run]) -> None:
        super().start_run(run, earlier)
        self.view.set_names(layer_names(run))
        self._show_other()

    def refresh(self, run: Run) -> None:
        super().refresh(run)
        self.view.set_values(self._values(run), self._what.value)

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        self.view.set_theme(theme)

    def summary(self) -> str:
        return "" if self.run is None else weights_words(self.run, self._values(self.run), self._what.value)

    def walk(self, right: int, down: int) -> str:
        return self.view.walk(right, down).replace("→", "to")

    def end_walk(self) -> None:
        self.view.point_at_nothing()

    def numbers(self) -> tuple[Sequence[str], Sequence[Sequence[object]]]:
        header = ("layer", "from", "to", "weight", "gradient", "change")
        run = self.run
        if run is None:
            return header, ()
        names = layer_names(run)
        columns = (run.frame.parameters, run.frame.gradient, run.frame.parameters - run.initial_parameters)
        places = [(n, row, column) for n, name in enumerate(names, 1) for row in name.rows for column in name.columns]
        values = zip(*(column.tolist() for column in columns), strict=True)
        return header, [(*place, *three) for place, three in zip(places, values, strict=True)]

    def _values(self, run: Run) -> Array:
        if self._what.value == "gradients":
            return run.frame.gradient
        if self._what.value == "change":
            return run.frame.parameters - run.initial_parameters
        return run.frame.parameters

    def _show_other(self) -> None:
        self.view.forget_scale()
        if self.run is not None:
            self.refresh(self.run)
