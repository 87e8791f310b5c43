"""The panel of the network drawing: live, and the place where the network is changed by hand."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics, QPainter, QResizeEvent
from PySide6.QtWidgets import QCheckBox, QSpinBox, QToolButton, QVBoxLayout, QWidget

from nnstudio.engine.choices.features import FEATURES
from nnstudio.session.run import Run
from nnstudio.ui.numbers import MINUS
from nnstudio.ui.panels.base import Panel
from nnstudio.ui.panels.heatmap import layer_names
from nnstudio.ui.panels.network.heads import HeadBar
from nnstudio.ui.panels.network.view import STEP, NetworkView
from nnstudio.ui.panels.pace import Pace
from nnstudio.ui.panels.spoken import network_words
from nnstudio.ui.speech import set_tip
from nnstudio.ui.theme import Theme, ui_font

#: Seconds for one picture; a dearer one is drawn less often, so that it takes no more than a tenth of the time.
BUDGET, PATIENCE = 0.008, 10
#: In a panel of fewer lines of type the drawing needs the room of a line above it.
LOW = 9.5


class NetworkPanel(Panel):
    """The network with what each of its neurons gives, its weights as edges, and its biases.

    Attributes
    ----------
    unit_hovered : Signal(object)
        Layer and number of the unit that is pointed at, layer 0 being what the network is given; None for no unit.
    parameter_typed : Signal(int, float, str)
        Place in the flat vector of parameters, value, and name: "weight x1 → h2".
    features_toggled : Signal(object, bool)
        The names of the features that are asked for, in a tuple, and whether to keep what the network has learned.
    hidden_changed : Signal(object, bool)
        The hidden layers that are asked for, a tuple of HiddenLayer, and whether to keep what the network has learned.
    sample_changed : Signal(int)
        The number, from 0, of the sample whose values are shown.
    """

    key = "network"
    title = "Network"
    help = (
        "Every neuron with what it gives over the input plane, or for one sample; edges are as wide as their weights, "
        "solid where positive and dashed where negative. Point at anything to read it, click an edge or a bias to type "
        "a value."
    )
    unit_hovered = Signal(object)
    parameter_typed = Signal(int, float, str)
    features_toggled = Signal(object, bool)
    hidden_changed = Signal(object, bool)
    sample_changed = Signal(int)

    def __init__(self, *, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme=theme, parent=parent)
        self.heads, self.view = HeadBar(theme), NetworkView(theme)
        self.view.setAccessibleDescription(self.help)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.heads)
        column.addWidget(self.view, 1)
        self.set_content(content)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # Tab goes to the drawing itself
        self.setFocusProxy(self.view)
        self._features: tuple[str, ...] = ()
        self._make_controls()
        self._pace = Pace(budget=BUDGET, patience=PATIENCE, parent=self)
        self._pace.due.connect(self._draw)
        self.view.arranged.connect(self._place_heads)
        self.view.unit_hovered.connect(self.unit_hovered)
        self.view.parameter_typed.connect(self.parameter_typed)
        self.view.feature_clicked.connect(self._toggle)
        self.heads.hidden_changed.connect(self._change_hidden)

    def _make_controls(self) -> None:
        self._sample = QSpinBox(objectName="network_sample", prefix="# ", keyboardTracking=False, wrapping=True)
        self._sample.setAccessibleName("Sample whose values are shown")
        self._sample.setToolTip("The sample whose values are shown")
        self._sample.setRange(1, 1)
        self._sample.valueChanged.connect(self._choose_sample)
        self._keep = QCheckBox("Keep weights", objectName="network_keep")
        set_tip(
            self._keep,
            "<p>A change of neurons, layers or features keeps the weights there are, and training goes on. A neuron or "
            "a feature that is new starts with outgoing weights of 0, so that the network computes what it did.</p>"
            "<p>Without it, each change begins a new run.</p>",
        )
        self._zooms = [
            _small_button("network_zoom_out", MINUS, "Smaller (−, or the wheel)", "Zoom out"),
            _small_button("network_zoom_in", "+", "Larger (+, or the wheel)", "Zoom in"),
            _small_button("network_fit", "Fit", "Fit the network to the panel (F, or a double click)", "Fit"),
        ]
        smaller, larger, fit = self._zooms
        for widget in (self._keep, *self._zooms):
            widget.setProperty("desk_only", True)
        smaller.clicked.connect(self._zoom_out)
        larger.clicked.connect(self._zoom_in)
        fit.clicked.connect(self.view.fit)

    def controls(self) -> Sequence[QWidget]:
        return (self._sample, self._keep, *self._zooms)

    @property
    def keeps_learned(self) -> bool:
        """Whether a change of the network is to keep what it has learned."""
        return self._keep.isChecked()

    # ---- the run ----------------------------------------------------------------------------------------------------

    def start_run(self, run: Run, earlier: Sequence[Run]) -> None:
        super().start_run(run, earlier)
        self._features = run.spec.data.features
        self._sample.blockSignals(True)
        self._sample.setMaximum(run.dataset.samples)
        self._fit_controls()
        self._sample.blockSignals(False)
        self.view.set_sample(self._sample.value() - 1)
        self.view.set_run(run)
        self.heads.set_run(run, self.view.reading)

    def refresh(self, run: Run) -> None:
        super().refresh(run)
        self._pace.ask(self.view.cost)

    def settle(self, run: Run) -> None:
        self._pace.stop()
        self.view.set_frame(at_rest=True)

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        self.heads.set_theme(theme)
        self.view.set_theme(theme)
        self._fit_controls()
        self._fit_heads()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_heads()

    def _fit_heads(self) -> None:
        self.heads.set_brief(self.height() < LOW * QFontMetrics(ui_font(self.theme, "caption")).height())

    def _fit_controls(self) -> None:
        """Make the controls as wide as their words, in the type of the theme."""
        words = QFontMetrics(ui_font(self.theme)).horizontalAdvance(f"# {self._sample.maximum()}")
        self._sample.setFixedWidth(max(words + self.theme.scaled(38), self.theme.scaled(60)))
        for button in self._zooms[:2]:
            button.setFixedWidth(self.theme.scaled(22))

    def set_sample(self, sample: int) -> None:
        """Show the values of a sample, by its number from 0."""
        self._sample.setValue(sample + 1)

    def summary(self) -> str:
        return "" if self.run is None else network_words(self.run)

    def speakers(self) -> Sequence[QWidget]:
        # While a key has chosen a part of the drawing, the drawing speaks of that.
        return (self,) if self.view.has_ring else (self, self.view)

    def numbers(self) -> tuple[Sequence[str], Sequence[Sequence[object]]]:
        header = ("from", "to", "value", "gradient")
        run = self.run
        if run is None:
            return header, ()
        ends = [(row, column) for names in layer_names(run) for row in names.rows for column in names.columns]
        values = zip(run.frame.parameters.tolist(), run.frame.gradient.tolist(), strict=True)
        return header, [(*pair, *two) for pair, two in zip(ends, values, strict=True)]

    def paint_picture(self, painter: QPainter) -> None:
        self.heads.paint_titles(painter)
        painter.translate(0, self.heads.height())
        self.view.paint_plain(painter)

    @Slot()
    def _draw(self) -> None:
        self.view.set_frame()

    @Slot()
    def _place_heads(self) -> None:
        self.heads.place(self.view.places)

    # ---- what a person does -----------------------------------------------------------------------------------------

    @Slot(int)
    def _choose_sample(self, number: int) -> None:
        self.view.set_sample(number - 1)
        self.sample_changed.emit(number - 1)

    @Slot(object)
    def _change_hidden(self, hidden: object) -> None:
        self.hidden_changed.emit(hidden, self.keeps_learned)

    @Slot(int)
    def _toggle(self, feature: int) -> None:
        name = tuple(FEATURES)[feature]
        chosen = set(self._features) ^ {name}
        if not chosen:
            self.view.say("A network needs at least one feature: add another one before you take this one away.")
            return
        self._features = tuple(each for each in FEATURES if each in chosen)
        self.features_toggled.emit(self._features, self.keeps_learned)

    @Slot()
    def _zoom_in(self) -> None:
        self.view.zoom_by(STEP)

    @Slot()
    def _zoom_out(self) -> None:
        self.view.zoom_by(1 / STEP)


def _small_button(name: str, text: str, tip: str, spoken: str) -> QToolButton:
    button = QToolButton(text=text, toolTip=tip, objectName=name, accessibleName=spoken)
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button
