"""Shows how a network reads pictures: one sample, its first weights, its mistakes, and what is drawn by hand."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from nnstudio.engine.choices.datasets.dataset import class_of
from nnstudio.engine.split import PARTS
from nnstudio.insight.drawing import Framing
from nnstudio.insight.pictures import Reader, has_pictures, sample_losses
from nnstudio.session.run import Run
from nnstudio.ui.panels.base import Panel
from nnstudio.ui.panels.controls import Segments
from nnstudio.ui.panels.pictures.stage import Stage
from nnstudio.ui.panels.spoken import pictures_words
from nnstudio.ui.theme import Theme


class PicturesPanel(Panel):
    """Four views of a network that reads pictures, one at a time or all at once.

    Attributes
    ----------
    digits_wanted : Signal()
        A person wants to see digits read.
    """

    key = "pictures"
    title = "Pictures"
    help = (
        "How a network reads pictures: one sample and what is answered to it, what each neuron of the first layer "
        "looks for, a pad to draw on, and what is read wrong. A triangle marks the class that is answered."
    )
    digits_wanted = Signal()

    def __init__(self, *, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme=theme, parent=parent)
        self._which = Segments(
            "pictures_view",
            (
                ("sample", "Sample", "One sample enlarged, and what the network answers"),
                ("weights", "Weights", "The weights into each neuron of the first layer, as a picture"),
                ("draw", "Draw", "A pad: the network reads what you draw"),
                ("mistakes", "Mistakes", "The samples that are read wrong, the worst first"),
            ),
        )
        self.stage = Stage(theme)
        self.sample, self.weights = self.stage.sample, self.stage.weights
        self.mistakes, self.draw = self.stage.mistakes, self.stage.draw
        self.set_content(self.stage)
        self._framing: Framing | None = None
        self._which.chosen.connect(self.show_view)
        self.stage.changed.connect(self._follow_stage)
        self.stage.digits.clicked.connect(self.digits_wanted)
        self.mistakes.sample_chosen.connect(self._show_sample)
        self._follow_stage()

    def controls(self) -> Sequence[QWidget]:
        return (self._which,)

    @property
    def shows_pictures(self) -> bool:
        """Whether the data are pictures."""
        return self._framing is not None

    def show_view(self, key: str) -> None:
        """Show one of the views: "sample", "weights", "draw" or "mistakes"."""
        self.stage.choose(key)

    def start_run(self, run: Run, earlier: Sequence[Run]) -> None:
        before = self.run
        super().start_run(run, earlier)
        if has_pictures(run.dataset):
            reader = Reader(run.spec)
            if self._framing is None or before is None or before.dataset != run.dataset:
                self._framing = Framing.of(run.dataset)
            self.sample.set_run(run, reader, self._framing)
            self.weights.set_run(run, self._framing)
            self.mistakes.set_run(run, self._framing)
            self.draw.set_run(run, reader, self._framing)
        else:
            self._framing = None
        self.stage.set_pictures(has_pictures(run.dataset))

    def refresh(self, run: Run) -> None:
        super().refresh(run)
        if self._framing is not None:
            for view in self.stage.views:
                view.set_frame(run)

    def settle(self, run: Run) -> None:
        if self._framing is not None and self.mistakes in self.stage.views:
            self.mistakes.sort()

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        self.stage.set_theme(theme)

    def summary(self) -> str:
        return "" if self.run is None or self._framing is None else pictures_words(self.run)

    def numbers(self) -> tuple[Sequence[str], Sequence[Sequence[object]]]:
        run = self.run
        if run is None or self._framing is None:
            return (), ()
        views = self.stage.views
        return views[0].numbers() if len(views) == 1 else self._answers(run)

    def paint_picture(self, painter: QPainter) -> None:
        self.stage.paint_picture(painter)

    def _answers(self, run: Run) -> tuple[Sequence[str], Sequence[Sequence[object]]]:
        """Return the answers to all samples as a table: what all views together are about."""
        spec, data, outputs = run.spec, run.dataset, run.frame.outputs
        names, read = data.class_names, class_of(outputs, spec.threshold)
        losses = sample_losses(spec, outputs, data.targets)
        columns = (spec.parts().tolist(), data.labels.tolist(), read.tolist(), losses.tolist(), outputs.tolist())
        rows = [
            (sample, PARTS[part], names[true], names[answer], loss, *values)
            for sample, (part, true, answer, loss, values) in enumerate(zip(*columns, strict=True), 1)
        ]
        header = ("sample", "part", "true class", "read as", "loss", *(f"output {name}" for name in data.output_names))
        return header, rows

    def _show_sample(self, sample: int) -> None:
        self.sample.show_sample(sample)
        if self.sample not in self.stage.views:
            self._which.choose("sample")
        self.sample.canvas.setFocus()

    def _follow_stage(self) -> None:
        """Offer the choice of a view only while there is one, and bring what has come into sight up to date."""
        self._which.setVisible(self.stage.offers_choice)
        if self.run is not None:
            self.refresh(self.run)
