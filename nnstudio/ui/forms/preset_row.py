"""Offers the example experiments, and says when the present one is no longer any of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from nnstudio.engine.choices.datasets import DATASETS
from nnstudio.engine.spec import ExperimentSpec
from nnstudio.files.presets import Preset
from nnstudio.ui.forms.combo_field import ComboField, Heading, Item
from nnstudio.ui.forms.gallery import group_of
from nnstudio.ui.forms.rows import GUTTER
from nnstudio.ui.speech import set_tip
from nnstudio.ui.theme import Theme

_HELP = "An experiment to begin with. It sets every field of the form."


class PresetRow(QWidget):
    """A label and a combo box with the titles of the presets.

    Parameters
    ----------
    presets : sequence of Preset
        What is offered.
    theme : Theme
    """

    preset_chosen = Signal(object)

    def __init__(self, presets: Sequence[Preset], theme: Theme) -> None:
        super().__init__()
        self._presets = tuple(presets)
        self._last: Preset | None = None
        self.field = ComboField(_items(self._presets))
        self.field.setObjectName("preset")
        self.field.setAccessibleName("Experiment")
        self.field.edited.connect(self._choose)
        self.label = QLabel("Experiment")
        self.label.setBuddy(self.field)
        line = QHBoxLayout(self)
        line.setContentsMargins(GUTTER, 0, 0, 0)
        line.setSpacing(theme.spacing.s)
        line.addWidget(self.label)
        line.addWidget(self.field, 1)

    def show_spec(self, spec: ExperimentSpec) -> None:
        """Show the preset that this experiment is, or which one it was before it was edited."""
        row = next((row for row, preset in enumerate(self._presets) if preset.spec == spec), None)
        about = ""
        if row is not None:
            self._last = preset = self._presets[row]
            about = f"<p><b>{escape(preset.title)}</b></p><p>{escape(preset.description)}</p>"
        elif self._last is not None and self._last.spec.data.name.name == spec.data.name.name:
            self.field.setPlaceholderText(f"{self._last.title}*")
            about = f"<p>{escape(self._last.title)}, changed</p>"
        else:  # other data make it another experiment
            self.field.setPlaceholderText("your own")
        self.field.show_data(row)
        for widget in (self.label, self.field):
            set_tip(widget, f"{about}<p>{_HELP}</p>")

    @Slot(object)
    def _choose(self, row: int) -> None:
        self.preset_chosen.emit(self._presets[row])


def _items(presets: Sequence[Preset]) -> Iterator[Item | Heading]:
    """Offer presets under the headings that their data has in the gallery, unless all have the same."""
    groups = [group_of(DATASETS[preset.spec.data.name.name], preset.spec.dataset()) for preset in presets]
    before = groups[0] if len(set(groups)) == 1 else ""
    for row, (preset, group) in enumerate(zip(presets, groups, strict=True)):
        if group != before:
            yield Heading(group)
        yield Item(preset.title, row, preset.description)
        before = group
