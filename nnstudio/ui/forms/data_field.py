"""Chooses what is learned by its picture, and says what is there to learn."""

from __future__ import annotations

from html import escape
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPaintEvent, QPixmap, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QStyle, QStyleOptionComboBox, QStylePainter, QToolButton

from nnstudio.engine.choices.datasets import Dataset
from nnstudio.engine.choices.datasets.own import OWN
from nnstudio.engine.registry import Choice, ChoiceOf
from nnstudio.engine.spec import ExperimentSpec
from nnstudio.engine.split import TEST, TRAINING, VALIDATION
from nnstudio.ui.actions import ACTIONS, shortcut_text
from nnstudio.ui.forms.choice_row import ChoiceRow
from nnstudio.ui.forms.combo_field import ComboField
from nnstudio.ui.forms.fields import entry_items
from nnstudio.ui.forms.gallery import Gallery, is_drawn
from nnstudio.ui.forms.thumbnails import thumbnail
from nnstudio.ui.icons import icon
from nnstudio.ui.theme import Theme, TypeScale, ui_font

_PICTURE = QSize(46, 35)
_MARGIN = 4
_OPENING_KEYS = (
    Qt.Key.Key_Space,
    Qt.Key.Key_Return,
    Qt.Key.Key_Enter,
    Qt.Key.Key_Down,
    Qt.Key.Key_Up,
    Qt.Key.Key_F4,
)


class DataField(ComboField):
    """The chosen data set with its picture; it opens the gallery of all.

    Parameters
    ----------
    parameter : ChoiceOf
        What is edited.
    theme : Theme
    """

    own_data_wanted = Signal()
    """The person's own samples are chosen, and there are none yet."""

    def __init__(self, parameter: ChoiceOf, theme: Theme) -> None:
        super().__init__(entry_items(parameter))
        self._parameter = parameter
        self._gallery: Gallery | None = None
        self._dataset: Dataset | None = None
        self._own: Dataset | None = None
        self._picture = QPixmap()
        self.facts = ""
        self.set_theme(theme)

    def show_value(self, value: Choice) -> None:
        """Show the chosen entry."""
        self.show_data(value.name)

    def show_dataset(self, dataset: Dataset, own: Dataset | None) -> None:
        """Show the samples themselves.

        Parameters
        ----------
        dataset : Dataset
            What is learned.
        own : Dataset or None
            The person's own samples, whether they are what is learned or not.
        """
        self._dataset, self._own = dataset, own
        counts = ((dataset.samples, "sample"), (dataset.inputs.shape[1], "input"), (dataset.targets.shape[1], "output"))
        self.facts = ", ".join(f"{count:,} {noun}{'' if count == 1 else 's'}" for count, noun in counts)
        self._draw()

    def set_theme(self, theme: Theme) -> None:
        """Draw the picture in the colours of a theme."""
        self._theme = theme
        self.updateGeometry()
        self._draw()

    # ---- the gallery ----------------------------------------------------------------------------------------------

    def showPopup(self) -> None:
        if self._gallery is None:  # the pictures take a while, and most sessions begin without
            self._gallery = Gallery(self._parameter.registry, self._parameter.offered, self)
            self._gallery.chosen.connect(self._take)
        ratio = self.devicePixelRatioF()
        own = None if self._own is None else thumbnail(self._own, self._theme, ratio)
        self._gallery.open_under(self, str(self.currentData()), own, self._theme)

    def hidePopup(self) -> None:
        if self._gallery is not None:
            self._gallery.hide()

    @Slot(str)
    def _take(self, name: str) -> None:
        self.setCurrentIndex(self.findData(name))

    @Slot(int)
    def _choose(self, index: int) -> None:
        if self.itemData(index) == OWN.name and self._own is None:
            self._show()
            self.own_data_wanted.emit()
        else:
            super()._choose(index)

    # ---- Qt's events ----------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.showPopup()
        else:
            event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _OPENING_KEYS:
            self.showPopup()
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()  # each data set brings other settings along: nobody should scroll through them

    def sizeHint(self) -> QSize:
        return QSize(160, self._picture_size().height() + 2 * _MARGIN)

    def minimumSizeHint(self) -> QSize:
        return QSize(96, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, option = QStylePainter(self), QStyleOptionComboBox()
        self.initStyleOption(option)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        arrow = self.style().subControlRect(
            QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxArrow, self
        )
        size = self._picture_size()
        painter.drawPixmap(QPoint(_MARGIN + 1, (self.height() - size.height()) // 2), self._picture)
        left = _MARGIN + 1 + size.width() + 8
        name_font, facts_font = ui_font(self._theme), ui_font(self._theme, "caption")
        for text, font, ink, top in (
            (self._name(), name_font, "text", 0),
            (self.facts, facts_font, "muted", self.height() // 2),
        ):
            painter.setFont(font)
            painter.setPen(self._theme.color(ink))
            room = QRect(left, top, arrow.left() - left, self.height() - self.height() // 2)
            room = room.adjusted(0, 3, 0, 0) if not top else room.adjusted(0, 0, 0, -4)
            words = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room.width())
            painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, words)

    # ---- inside ---------------------------------------------------------------------------------------------------

    def _name(self) -> str:
        if self.currentData() == OWN.name and self._dataset is not None:
            return self._dataset.title
        return self.currentText()

    def _picture_size(self) -> QSize:
        # As high as the two lines beside it.
        lines = self._theme.type_scale.body + self._theme.type_scale.caption
        return _PICTURE * (lines / (TypeScale().body + TypeScale().caption))

    def _draw(self) -> None:
        if self._dataset is not None:
            self._picture = thumbnail(self._dataset, self._theme, self.devicePixelRatioF(), self._picture_size())
        self.update()


class DataRow(ChoiceRow):
    """The data set, with the button that draws it anew beside it and its parameters under it.

    Parameters
    ----------
    parameter : ChoiceOf
    name : str
    theme : Theme
    """

    _about = ""  # the samples and their source, for the tooltip

    def __init__(self, parameter: ChoiceOf, name: str, theme: Theme) -> None:
        self.regenerate_button = QToolButton()
        self.regenerate_button.setObjectName(f"{name}.regenerate")
        self.regenerate_button.setAccessibleName("Regenerate")
        self.regenerate_button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.regenerate_button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        field = DataField(parameter, theme)
        super().__init__(parameter, name, theme, field=field, extra=self.regenerate_button, labelled=False)

    def show_spec(self, spec: ExperimentSpec) -> None:
        """Show the samples of an experiment, and whether chance has a say in them."""
        dataset, entry = spec.dataset(), self._registry[spec.data.name.name]
        self.field.show_dataset(dataset, spec.own)
        self._about = "".join(
            f"<p>{escape(text, quote=False)}</p>"
            for text in (f"{dataset.title}: {self.field.facts}", entry.source)
            if text
        )
        self._describe(f"{entry.label}: {entry.summary}")
        self._allow_regenerating(can_draw=is_drawn(entry), is_split=bool(spec.parts().any()))

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        self.field.set_theme(theme)
        self.regenerate_button.setIcon(icon("regenerate", theme))

    def _describe(self, expected: str) -> None:
        super()._describe(expected)
        self.field.setToolTip(self.field.toolTip() + self._about)

    def _allow_regenerating(self, *, can_draw: bool, is_split: bool) -> None:
        keys = next(shortcut_text(entry) for entry in ACTIONS if entry.key == "regenerate")
        if can_draw:
            tip = f"Regenerate: draw other samples{', and who of them trains' if is_split else ''} ({keys})"
        elif is_split:
            tip = f"Regenerate: draw anew who trains and who is held out ({keys})"
        else:
            tip = "Nothing to draw: these samples are what they are, and all of them train. With a test share above 0, "
            tip += "chance says who does not."
        self.regenerate_button.setEnabled(can_draw or is_split)
        self.regenerate_button.setToolTip(tip)


def split_summary(parts: NDArray[Any]) -> str:
    """Return who trains and who is held out, in words; an empty string where all train.

    Parameters
    ----------
    parts : ndarray of int, shape (samples,)
        Numbers of `nnstudio.engine.split`.
    """
    counts = {part: int(np.count_nonzero(parts == part)) for part in (TRAINING, VALIDATION, TEST)}
    if counts[TRAINING] == len(parts):
        return ""
    held = ((counts[VALIDATION], "validation"), (counts[TEST], "test"))
    others = "".join(f", {count:,} {noun}" for count, noun in held if count)
    return f"trains on {counts[TRAINING]:,} of {len(parts):,} samples{others}"
