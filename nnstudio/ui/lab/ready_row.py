"""The sweeps that one click starts."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QWidget

from nnstudio.engine.spec import ExperimentSpec
from nnstudio.lab.plan import READY_MADE
from nnstudio.ui.actions import READY_ACTION
from nnstudio.ui.elided_label import ElidedLabel
from nnstudio.ui.theme import Theme, set_look


class ReadyRow(QWidget):
    """A button for each ready-made sweep; those that do not fit the experiment say why.

    Parameters
    ----------
    theme : Theme

    Attributes
    ----------
    chosen : Signal(object)
        The `ReadyMade` that is to be started.
    """

    chosen = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.spacing.s)
        label = ElidedLabel()  # it gives way before the buttons do
        label.setText("Start at once:")
        label.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        label.setMinimumWidth(1)
        set_look(label, role="muted")
        row.addWidget(label)
        self._buttons: dict[str, QPushButton] = {}
        for keys, ready in zip(READY_ACTION.shortcuts, READY_MADE, strict=True):
            button = QPushButton(ready.label, objectName=f"lab_ready_{ready.name}", autoDefault=False)
            button.setShortcut(keys)
            button.clicked.connect(self._choose)
            self._buttons[ready.name] = button
            row.addWidget(button)
        row.addStretch(1)

    def show_spec(self, spec: ExperimentSpec) -> None:
        """Offer what fits an experiment."""
        for keys, ready in zip(READY_ACTION.shortcuts, READY_MADE, strict=True):
            button, reason = self._buttons[ready.name], ready.unfit(spec)
            button.setEnabled(not reason)
            button.setToolTip(f"{ready.summary} {reason}".rstrip() if reason else f"{ready.summary} ({keys})")

    @Slot()
    def _choose(self) -> None:
        for ready in READY_MADE:
            if self._buttons[ready.name] is self.sender():
                self.chosen.emit(ready)
