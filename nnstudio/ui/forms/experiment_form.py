"""Shows an experiment as a form made from the engine's descriptions, and reports what the user enters."""

from __future__ import annotations

import random
from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise

from PySide6.QtCore import QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAction, QContextMenuEvent
from PySide6.QtWidgets import QFrame, QLabel, QMenu, QScrollArea, QToolButton, QVBoxLayout, QWidget

from nnstudio.engine.hidden_layers import HiddenLayers
from nnstudio.engine.registry import ChoiceOf, Parameter
from nnstudio.engine.selection import Selection
from nnstudio.engine.spec import FIELDS, ExperimentSpec
from nnstudio.files.presets import Preset
from nnstudio.ui.forms.choice_row import ChoiceRow
from nnstudio.ui.forms.data_field import DataRow, split_summary
from nnstudio.ui.forms.grouping import SECTIONS, is_folded, section_of
from nnstudio.ui.forms.layers_field import LayersField, LayersRow
from nnstudio.ui.forms.preset_row import PresetRow
from nnstudio.ui.forms.rows import PENDING_TIP, FieldRow
from nnstudio.ui.forms.section import Section
from nnstudio.ui.forms.selection_field import SelectionRow
from nnstudio.ui.icons import icon
from nnstudio.ui.projector.words import with_remote
from nnstudio.ui.theme import Theme, set_look

_SCROLL_BAR = 10  # its width, in pixels, which the right margin gives up for it
_FIELD_ROOM = 148  # for the fields, beside their labels
_SEEDS = 10_000  # a dice throws seeds that can be read aloud


class ExperimentForm(QWidget):
    """The form in the left dock. It is never the source of truth: it reports edits and shows what it is given.

    Parameters
    ----------
    spec : ExperimentSpec
        What is shown at first.
    presets : sequence of Preset
        The experiments to begin with.
    theme : Theme
    fields : mapping of str to Parameter, optional
        The settings to make fields for, in their order; those of `ExperimentSpec` without it.
    """

    edited = Signal(str, object)
    """A key and what was entered: a value, or the raw text where it is no valid one."""
    preset_chosen = Signal(object)
    regenerate_wanted = Signal()
    """Other samples, from the same data set."""
    own_data_wanted = Signal()
    """The person's own samples, of which there are none yet."""
    hidden_chosen = Signal(object)
    """The keys of all settings that are not to be shown, as a frozenset."""

    def __init__(
        self,
        *,
        spec: ExperimentSpec,
        presets: Sequence[Preset],
        theme: Theme,
        fields: Mapping[str, Parameter] = FIELDS,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("experiment_form")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        set_look(self, role="panel")
        self._fields = fields
        self._theme = theme
        self._presenting = False
        self._asking = ""
        self._data_shown: object = None
        self._tab_chain: list[QWidget] = []
        self._to_reveal: QWidget = self
        self._hidden: frozenset[str] = frozenset()
        self._presets = PresetRow(presets, theme)
        self._presets.preset_chosen.connect(self.preset_chosen)
        self._dice = QToolButton()
        self._dice.setObjectName("seed.dice")
        self._dice.setAccessibleName("New seed")
        self._dice.setToolTip("Throw a new seed: other weights, the same experiment")
        self._dice.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._dice.clicked.connect(self._throw_dice)
        self._rows = {key: self._make_row(key, parameter) for key, parameter in fields.items()}
        self._sections = {title: Section(title, theme) for title in SECTIONS}
        self._banner = QLabel()
        self._banner.setObjectName("pending")
        self._banner.setWordWrap(True)
        set_look(self._banner, role="banner")
        self._banner.hide()
        self._lay_out()
        self.set_theme(theme)
        self.show_hidden(())
        self.show_spec(spec)

    def show_spec(self, spec: ExperimentSpec) -> None:
        """Show an experiment in every field, and forget what was wrong."""
        self._asking = ""
        self._presets.show_spec(spec)
        activation = self._fields.get("network.activation")
        for key, row in self._rows.items():
            if isinstance(row.field, LayersField) and isinstance(activation, ChoiceOf):
                row.field.show_network_activation(activation.registry[spec.network.activation.name].label)
            row.show_value(spec.get(key))
        self._show_notes(spec)
        self._chain_tabs()

    def show_rejection(self, key: str, message: str) -> None:
        """Say what is wrong beside the field that was edited.

        Parameters
        ----------
        key : str
            The setting that will not do. Where it is another than the one just edited, because the two do not go
            together, the message stands at the edited field and names the other.
        message : str
            What would be right, in words.
        """
        about = key.partition(":")[0]
        asked = self._asking or about
        row = self._rows[asked]
        if asked == about:
            row.show_rejection(key, message)
        else:
            row.show_rejection(asked, f"{self._rows[about].label_text}: {message}")
        self._unfold(asked)
        self._reveal_soon(row)

    def go_to(self, key: str) -> None:
        """Give the focus to the field of a setting or of a parameter, wherever it is folded away or hidden.

        Parameters
        ----------
        key : str
            A path, or with a parameter of what is chosen there: ``training.optimizer:beta1``.
        """
        about, _, part = key.partition(":")
        row = self._rows[about]
        if self._hidden & {about, key}:
            self.hidden_chosen.emit(self._hidden - {about, key})
        self._unfold(about)
        if isinstance(row, ChoiceRow) and part in row.parameters.rows:
            row = row.parameters.rows[part]
        field = next((stop for stop in row.tab_stops() if row.field.isAncestorOf(stop)), row.field)
        field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._reveal_soon(row)

    def _unfold(self, key: str) -> None:
        section = self._sections[section_of(key)]
        if is_folded(key) and not section.is_open():
            section.set_open(True)
            self._align()
            self._chain_tabs()

    def show_pending(self, keys: Collection[str]) -> None:
        """Mark the settings that take effect with a rewind."""
        waiting = {key.partition(":")[0] for key in keys}
        for key, row in self._rows.items():
            row.set_pending(key in waiting)
        self._say_pending()

    def _say_pending(self) -> None:
        labels = [row.label_text for row in self._rows.values() if row.pending]
        named = ", ".join(labels) if len(labels) <= 2 else f"{len(labels)} settings"
        mark = f'<span style="color: {self._theme.colors["accent"]}">●</span>'
        self._banner.setText(f"{mark}&nbsp; {named}: {with_remote(PENDING_TIP) if self._presenting else PENDING_TIP}")
        self._banner.setToolTip(", ".join(labels))
        self._banner.setVisible(bool(labels))

    def show_hidden(self, keys: Collection[str]) -> None:
        """Show all settings but these, and how many are not shown."""
        self._hidden = frozenset(keys)
        for key, row in self._rows.items():
            row.setHidden(key in self._hidden)
            if isinstance(row, ChoiceRow):
                row.parameters.show_hidden(self._hidden)
        for title, section in self._sections.items():
            section.setHidden(all(key in self._hidden for key in self._rows if section_of(key) == title))
        count = len(self._hidden)
        self._unhide.setText(f"Show {count} hidden setting{'' if count == 1 else 's'}")
        keys = [key for about in self._rows for key in sorted(self._hidden) if key.partition(":")[0] == about]
        self._unhide.setToolTip(f"Show these again: {', '.join(map(self._name_of, keys))}")
        self._unhide.setVisible(bool(count))

    @Slot()
    def show_all(self) -> None:
        """Ask for all settings to be shown again."""
        self.hidden_chosen.emit(frozenset())

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = QMenu(self, objectName="form_menu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        widget = self.childAt(event.pos())
        while widget is not None and widget is not self:  # from the inside out: a parameter, then its choice
            if isinstance(widget, FieldRow):
                hide = menu.addAction(f"Hide “{widget.label_text}”")
                hide.setData(widget.name)
                hide.triggered.connect(self._hide_setting)
            widget = widget.parentWidget()
        everything = menu.addAction("Show all settings")
        everything.setEnabled(bool(self._hidden))
        everything.triggered.connect(self.show_all)
        menu.popup(event.globalPos())

    def _name_of(self, key: str) -> str:
        """What a setting that is hidden is called; a parameter with its choice: "Noise (Data)"."""
        about, _, part = key.partition(":")
        row = self._rows[about]
        if not part:
            return row.label_text
        label = row.parameters.label_of(part) if isinstance(row, ChoiceRow) else part
        return f"{label} ({row.label_text})"

    @Slot()
    def _hide_setting(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self.hidden_chosen.emit(self._hidden | {str(action.data())})

    def set_presenting(self, presenting: bool) -> None:
        """Name the keys of a remote too, for whoever presents."""
        self._presenting = presenting
        self._say_pending()

    def set_theme(self, theme: Theme) -> None:
        """Draw icons in the colours of a theme, and fit the columns to its type."""
        self._theme = theme
        self._dice.setIcon(icon("dice", theme))
        for row in self._rows.values():
            row.set_theme(theme)
        for section in self._sections.values():
            section.set_theme(theme)
        self._say_pending()
        self._align()

    def sizeHint(self) -> QSize:
        return QSize(self.minimumSizeHint().width() + 36, 600)

    def minimumSizeHint(self) -> QSize:
        # Narrower than this, the names of what is chosen cannot be read.
        return QSize(self._presets.label.minimumWidth() + _FIELD_ROOM, 160)

    # ---- building -------------------------------------------------------------------------------------------------

    def _make_row(self, key: str, parameter: Parameter) -> FieldRow:
        row: FieldRow
        activation = self._fields.get("network.activation")
        if isinstance(parameter, HiddenLayers) and isinstance(activation, ChoiceOf):
            layers = LayersField(parameter, activation, key, self._theme)
            row = LayersRow(parameter, key, self._theme, layers)
        elif key == "data.name" and isinstance(parameter, ChoiceOf):
            row = DataRow(parameter, key, self._theme)
            row.regenerate_button.clicked.connect(self.regenerate_wanted)
            row.field.own_data_wanted.connect(self.own_data_wanted)
        elif isinstance(parameter, ChoiceOf):
            row = ChoiceRow(parameter, key, self._theme)
        elif isinstance(parameter, Selection):
            row = SelectionRow(parameter, key, self._theme)
        else:
            row = FieldRow(parameter, key, self._theme, extra=self._dice if key == "seed" else None)
        row.edited.connect(self._report)
        return row

    def _lay_out(self) -> None:
        # From the outside in: with a style sheet, what a widget holds is styled anew whenever it moves into another.
        self._scroll = QScrollArea(self)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self._scroll, 1)
        outer.addWidget(self._banner)
        content = QWidget()
        set_look(content, role="panel")
        self._scroll.setWidget(content)
        self._column = column = QVBoxLayout(content)
        column.setSpacing(self._theme.spacing.xs)
        column.addWidget(self._presets)
        for section in self._sections.values():
            column.addWidget(section)
            section.folded.connect(self._follow_fold)
        for key, row in self._rows.items():
            self._sections[section_of(key)].add_row(row, folded=is_folded(key))
        self._unhide = QToolButton(objectName="unhide")
        self._unhide.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._unhide.clicked.connect(self.show_all)
        column.addWidget(self._unhide)
        column.addStretch(1)
        self._scroll.verticalScrollBar().rangeChanged.connect(self._fit_margin)
        self._fit_margin(0, 0)

    def _align(self) -> None:
        """Let all fields begin where the longest label ends that may be in sight."""
        self.ensurePolished()
        in_sight, all_rows = 0, 0
        for key, row in self._rows.items():
            room = row.label_room()
            all_rows = max(all_rows, room)
            in_sight = in_sight if is_folded(key) else max(in_sight, room)
        for key, row in self._rows.items():
            row.set_label_width(all_rows if self._sections[section_of(key)].is_open() else in_sight)
        self._presets.label.setFixedWidth(in_sight)

    @Slot(int, int)
    def _fit_margin(self, _: int, maximum: int) -> None:
        """Keep the fields where they are when the scroll bar comes and goes."""
        small = self._theme.spacing.m - _SCROLL_BAR
        self._column.setContentsMargins(0, 6, small if maximum else self._theme.spacing.m, 2)

    @Slot()
    def _follow_fold(self) -> None:
        self._align()
        self._chain_tabs()
        section = self.sender()
        if isinstance(section, Section) and section.is_open():
            self._reveal_soon(section.more)

    def _reveal_soon(self, widget: QWidget) -> None:
        """Scroll to a widget once the layout has made room for it."""
        self._to_reveal = widget
        QTimer.singleShot(0, self, self._reveal)

    @Slot()
    def _reveal(self) -> None:
        self._scroll.ensureWidgetVisible(self._to_reveal, 0, 0)

    def _chain_tabs(self) -> None:
        """Let Tab follow the order on the screen, also through fields that have just come."""
        stops = [self._presets.field, *(stop for part in self._sections.values() for stop in part.tab_stops())]
        stops.append(self._unhide)
        chain = [stop for stop in stops if stop.focusPolicy() & Qt.FocusPolicy.TabFocus]
        if [*map(id, chain)] != [*map(id, self._tab_chain)]:
            for before, after in pairwise(chain):
                QWidget.setTabOrder(before, after)
            self._tab_chain = chain

    # ---- notes ----------------------------------------------------------------------------------------------------

    def _show_notes(self, spec: ExperimentSpec) -> None:
        data = (spec.data, spec.own)
        if data != self._data_shown:
            self._data_shown = data
            self._show_data(spec)
        for title, section in self._sections.items():
            keys = [key for key in self._fields if section_of(key) == title and is_folded(key)]
            section.show_in_use(
                [
                    f"{self._fields[key].label}: {self._fields[key].format(spec.get(key))}"
                    for key in keys
                    if spec.get(key) != self._fields[key].default
                ]
            )

    def _show_data(self, spec: ExperimentSpec) -> None:
        row = self._rows.get("data.name")
        if isinstance(row, DataRow):
            row.show_spec(spec)
        if "data.test_share" in self._rows:
            self._rows["data.test_share"].show_note(split_summary(spec.parts()))
        inputs = spec.dataset().inputs.shape[1]
        for each in self._rows.values():
            if isinstance(each, SelectionRow):
                each.set_available(inputs == 2, f"Features are for data of two inputs; this has {inputs:,}.")

    # ---- what the user does ---------------------------------------------------------------------------------------

    @Slot(str, object)
    def _report(self, key: str, value: object) -> None:
        self._asking = key
        self.edited.emit(key, value)

    @Slot()
    def _throw_dice(self) -> None:
        field = self._rows["seed"].field
        field.setValue(random.choice([seed for seed in range(_SEEDS) if seed != field.value()]))
