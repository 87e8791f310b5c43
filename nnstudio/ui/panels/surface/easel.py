"""Keeps what is being painted in step with the experiment: what it was sent, and what waits until it can be sent."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, Signal, Slot

from nnstudio.engine.choices.datasets import Dataset
from nnstudio.insight.surface import Plane
from nnstudio.session.painting import Painting, can_be_painted
from nnstudio.session.run import Run
from nnstudio.ui.panels.chart import Range
from nnstudio.ui.panels.surface.painting import PaintStrip, PaintTool
from nnstudio.ui.panels.surface.subject import number_range
from nnstudio.ui.panels.surface.view import PlaneView
from nnstudio.ui.theme import Theme

#: How far an empty plane reaches at least.
EMPTY_RANGE = (-6.0, 6.0)
#: The plane keeps its range for other samples that take at least this share of it.
_SMALLEST_SHARE = 1 / 3


class Easel(QObject):
    """Holds the painting from when it begins until it is put away.

    Each stroke is sent to the experiment as a whole data set. What comes back is a run of it; until then, and as long
    as there is too little to learn, the points wait here.

    Attributes
    ----------
    strip : PaintStrip
    tool : PaintTool
    is_open : bool
        Whether points can be painted.
    painted : Signal(object, str)
        A data set to learn, and what has been done in words that follow "undo".
    changed : Signal()
        There are other points, or another range.
    """

    painted = Signal(object, str)
    changed = Signal()

    def __init__(self, theme: Theme, view: PlaneView, parent: QObject) -> None:
        super().__init__(parent)
        self.strip = PaintStrip(theme)
        self.tool = PaintTool(self.strip, view, theme, self)
        self.is_open = False
        self._sent: list[Dataset] = []
        self._history: list[Painting] = []
        self._number_range: Range = (-1.0, 1.0)
        self._ranges: tuple[Range, Range] = (EMPTY_RANGE, EMPTY_RANGE)
        self.tool.changed.connect(self.changed)
        self.tool.painted.connect(self._end_stroke)
        self.strip.class_added.connect(self._add_class)
        self.strip.emptied.connect(self._begin_empty)
        self.strip.taken_back.connect(self._take_back)

    # ---- for the panel ---------------------------------------------------------------------------------------------

    @property
    def painting(self) -> Painting:
        """All points, those of the stroke under way excepted; only while the easel is open."""
        assert self.tool.painting is not None
        return self.tool.painting

    @property
    def is_pending(self) -> bool:
        """Whether the experiment does not have these points yet."""
        return bool(self._history) or self.tool.is_busy

    @property
    def message(self) -> str:
        """What has to be painted before there is something to learn."""
        return self.painting.missing if self.is_open else ""

    def open(self, run: Run, plane: Plane) -> None:
        """Begin to paint among the samples of a run, on the plane that is shown."""
        self.is_open = True
        self._ranges = plane.x_range, plane.y_range
        self._take_over(run)
        self.strip.show()

    def close(self) -> None:
        """Put everything away; points that wait are forgotten."""
        if self.tool.is_busy:
            self.tool.release()
        self.is_open, self.tool.painting = False, None
        self._sent, self._history = [], []
        self.strip.hide()

    def follow(self, run: Run) -> None:
        """Stay in step with a new run: of what was painted here, or of samples that came from elsewhere."""
        if not self.is_open:
            return
        own = [index for index, dataset in enumerate(self._sent) if dataset is run.spec.own]
        if own:
            del self._sent[: own[0] + 1]
            self._base = Painting.of(run.dataset)
            if not self._sent:
                self._history.clear()
            self._offer()
        elif not can_be_painted(run.dataset):
            self.close()
        elif not Painting.of(run.dataset).has_same_points(self._base):
            self._fit_ranges(Plane.of(run.dataset))
            self._take_over(run)

    def fitted(self, plane: Plane) -> Plane:
        """Return a plane with the range that it keeps while it is painted on."""
        if not self.is_open:
            return plane
        return replace(plane, x_range=self._ranges[0], y_range=self._ranges[1])

    def set_theme(self, theme: Theme) -> None:
        """Take on another look."""
        self.strip.set_theme(theme)
        self.tool.set_theme(theme)

    # ---- what happens ----------------------------------------------------------------------------------------------

    def _take_over(self, run: Run) -> None:
        self.tool.cancel()
        self._known = self._base = self.tool.painting = Painting.of(run.dataset)
        self._sent, self._history = [], []
        self._number_range = number_range(self._base.answers) if not self._base.class_names else (-1.0, 1.0)
        self._offer()

    def _fit_ranges(self, natural: Plane) -> None:
        for kept, wanted in zip(self._ranges, (natural.x_range, natural.y_range), strict=True):
            inside = kept[0] <= wanted[0] and wanted[1] <= kept[1]
            if not inside or wanted[1] - wanted[0] < _SMALLEST_SHARE * (kept[1] - kept[0]):
                self._ranges = natural.x_range, natural.y_range
                return

    def _offer(self) -> None:
        self.strip.offer(self.painting, self._number_range, pending=bool(self._history))

    def _replace(self, painting: Painting) -> None:
        self._known = self.tool.painting = painting
        self._offer()
        self.changed.emit()

    @Slot(str)
    def _end_stroke(self, text: str) -> None:
        self._history.append(self._known)
        self._replace(self.painting)
        if not self.painting.missing:
            dataset = self.painting.dataset()
            self._sent.append(dataset)
            self.painted.emit(dataset, text)

    @Slot()
    def _add_class(self) -> None:
        self._replace(self.painting.with_class())
        self.strip.choose_class(len(self.painting.class_names) - 1)

    @Slot()
    def _begin_empty(self) -> None:
        self._history.append(self.painting)
        across, up = self._ranges
        self._ranges = _with_empty(across), _with_empty(up)
        self._number_range = (-1.0, 1.0)
        self._replace(self.painting.emptied())

    @Slot()
    def _take_back(self) -> None:
        if self._history and not self.tool.is_busy:
            self._replace(self._history.pop())


def _with_empty(range_: Range) -> Range:
    return min(range_[0], EMPTY_RANGE[0]), max(range_[1], EMPTY_RANGE[1])
