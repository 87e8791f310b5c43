"""Shows how good the answers are, live, for any part of the samples."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from nnstudio.session.run import Run
from nnstudio.ui.panels.base import Panel
from nnstudio.ui.panels.pace import Pace
from nnstudio.ui.panels.scores.chart import ScoreChart
from nnstudio.ui.panels.scores.matrix import MatrixChart
from nnstudio.ui.panels.scores.picker import Picker
from nnstudio.ui.panels.scores.residuals import ResidualChart, ScatterChart
from nnstudio.ui.panels.scores.roc import RocChart
from nnstudio.ui.panels.scores.scored import ALL, ScoredClasses, ScoredNumbers, Scorer, parts_of, scores_words
from nnstudio.ui.panels.scores.view import BOTH, ScoresView
from nnstudio.ui.theme import Theme

#: Seconds that a look at all samples may take; a dearer one is taken less often, so that it takes an eightieth of the
#: time: of very many samples a few times a second.
BUDGET, PATIENCE = 0.0015, 80


class ScoresPanel(Panel):
    """Accuracy, confusion matrix and ROC curve for classes; R², residuals and errors for numbers."""

    key = "scores"
    title = "Scores"
    help = (
        "How good the answers are, for all samples or for a part of them. For classes: which was taken for which, each "
        "class's precision and recall and, for two, the ROC curve. For numbers: outputs over targets, and how often "
        "each residual occurs."
    )

    def __init__(self, *, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme=theme, parent=parent)
        self.view = ScoresView(theme)
        self.set_content(self.view)
        #: Holds the pickers, so that one which is shown before the window has it is no window of its own.
        self._controls = QWidget()
        self._part = Picker("scores_part", "Part of the samples", "Which samples are scored")
        self._output = Picker("scores_output", "Output", "Which output is scored")
        self._charts = Picker("scores_charts", "Pictures", "Both pictures, where there is room, or one of them")
        row = QHBoxLayout(self._controls)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.spacing.xs)
        for picker in (self._output, self._part, self._charts):
            row.addWidget(picker)
            picker.hide()
        self._part.chosen.connect(self._ask_for_part)
        self._output.chosen.connect(self._choose)
        self._charts.chosen.connect(self.view.want)
        self._asked = ""
        self._scorer: Scorer | None = None
        self._scored_outputs: NDArray[Any] | None = None
        self._pace = Pace(budget=BUDGET, patience=PATIENCE, parent=self)
        self._pace.due.connect(self._draw)

    def controls(self) -> Sequence[QWidget]:
        return (self._controls,)

    def start_run(self, run: Run, earlier: Sequence[Run]) -> None:
        super().start_run(run, earlier)
        data, parts = run.dataset, parts_of(run)
        # What nobody has trained on tells most; what the person has chosen stays.
        part = next(each for each in (self._asked, "test", "training", ALL) if each in parts)
        self._part.offer([(each, each.capitalize()) for each in parts], part)
        names = () if data.is_classification else data.output_names
        output = self._output.value if self._output.value in names else data.output_names[0]
        self._output.offer([(each, each) for each in names] or [(output, output)], output)
        self._choose()

    def refresh(self, run: Run) -> None:
        super().refresh(run)
        if run.frame.outputs is self._scored_outputs:
            return
        if run.frame.training:
            self._pace.ask()
        else:
            self._pace.draw()

    def settle(self, run: Run) -> None:
        if run.frame.outputs is not self._scored_outputs:
            self._pace.draw()

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        self.view.set_theme(theme)

    def summary(self) -> str:
        if self.run is None or self._scorer is None:
            return ""
        return scores_words(self._scorer.score(self.run.frame.outputs), self.run.dataset.class_names)

    def walk(self, right: int, down: int) -> str:
        return self.view.walk(right, down)

    def end_walk(self) -> None:
        self.view.end_walk()

    def numbers(self) -> tuple[Sequence[str], Sequence[Sequence[object]]]:
        run = self.run
        if run is None or self._scorer is None:
            return (), ()
        scored = self._scorer.score(run.frame.outputs)
        if isinstance(scored, ScoredNumbers):
            rows = np.column_stack([scored.targets, scored.outputs, scored.targets - scored.outputs]).tolist()
            return ("part", "target", "output", "residual"), [[scored.part, *row] for row in rows]
        if [chart.key for chart in self.view.shown] == [RocChart.key]:
            return _roc_table(scored)
        return _class_table(scored, run.dataset.class_names)

    # ---- drawing ---------------------------------------------------------------------------------------------------

    def _ask_for_part(self, part: str) -> None:
        self._asked = part
        self._choose()

    def _choose(self) -> None:
        """Begin to score another run, part or output."""
        run = self.run
        if run is None:
            return
        data = run.dataset
        output = 0 if data.is_classification else data.output_names.index(self._output.value)
        self._scorer = Scorer(run, self._part.value, output)
        charts: list[ScoreChart]
        if not data.is_classification:
            charts = [ScatterChart(self.theme, data.targets[:, output]), ResidualChart(self.theme)]
        else:
            charts = [MatrixChart(self.theme, data.class_names)]
            if len(data.class_names) == 2:
                threshold = run.spec.threshold if data.targets.shape[1] == 1 else None
                charts.append(RocChart(self.theme, data.class_names[1], threshold))
        keys = [(chart.key, chart.title) for chart in charts]
        wanted = self._charts.value if self._charts.value in dict(keys) else BOTH
        self._charts.offer([(BOTH, "Both"), *keys] if len(keys) > 1 else [(BOTH, "")], wanted)
        self.view.set_charts(charts, wanted)
        self._pace.draw()

    @Slot()
    def _draw(self) -> None:
        if self.run is None or self._scorer is None:
            return
        self._scored_outputs = self.run.frame.outputs
        self.view.take(self._scorer.score(self._scored_outputs))


def _class_table(scored: ScoredClasses, names: Sequence[str]) -> tuple[list[str], list[list[object]]]:
    """Return the confusion matrix with each class's scores, and below it their means and the accuracy."""
    scores = scored.scores
    header = ["part", "target", *(f"predicted {name}" for name in names), "precision", "recall", "F1", "accuracy"]
    kinds = (scores.precision, scores.recall, scores.f1)
    rows: list[list[object]] = [
        [scored.part, name, *counts, *(_known(kind[row]) for kind in kinds), ""]
        for row, (name, counts) in enumerate(zip(names, scores.confusion.tolist(), strict=True))
    ]
    sums = scores.confusion.sum(axis=0).tolist()
    rows.append([scored.part, "all", *sums, *(_known(scores.macro(kind)) for kind in kinds), _known(scores.accuracy)])
    return header, rows


def _roc_table(scored: ScoredClasses) -> tuple[list[str], list[list[object]]]:
    header = ["part", "threshold", "false positive rate", "true positive rate"]
    roc = scored.roc
    if roc is None:
        return header, []
    points = np.column_stack([roc.thresholds, roc.false_positives, roc.true_positives]).tolist()
    return header, [[scored.part, *point] for point in points]


def _known(score: float) -> float | str:
    return float(score) if np.isfinite(score) else ""
