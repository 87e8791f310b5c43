"""Gives each way in which a run can stand its colour, its mark and its pattern, the same in every chart of the lab."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QPainter, QPen

from nnstudio.lab.results import KINDS
from nnstudio.ui.icons import icon
from nnstudio.ui.outcome_bar import OUTCOME_LOOKS
from nnstudio.ui.panels.chart import translucent
from nnstudio.ui.theme import Theme


@dataclass(frozen=True)
class Look:
    """How a kind of run is drawn.

    Attributes
    ----------
    word : str
    picture : str
        Name of an icon.
    color : str
        Role of a colour.
    pattern : Qt.BrushStyle
        So that colour is not all that tells kinds apart.
    """

    word: str
    picture: str
    color: str
    pattern: Qt.BrushStyle


#: Of runs that have not ended.
UNDER_WAY = "under way"
LOOKS = MappingProxyType(
    {
        "learned": Look("learned", *OUTCOME_LOOKS["learned"], Qt.BrushStyle.SolidPattern),
        "stuck": Look("stuck", *OUTCOME_LOOKS["stuck"], Qt.BrushStyle.BDiagPattern),
        "unfinished": Look("unfinished", *OUTCOME_LOOKS["unfinished"], Qt.BrushStyle.Dense6Pattern),
        "diverged": Look("diverged", *OUTCOME_LOOKS["diverged"], Qt.BrushStyle.DiagCrossPattern),
        UNDER_WAY: Look("under way", "train", "accent", Qt.BrushStyle.NoBrush),
    }
)
#: In the order of `nnstudio.lab.results.KINDS`, and behind them the runs that have not ended.
ORDER = (*KINDS, UNDER_WAY)


def paint_block(painter: QPainter, theme: Theme, rect: QRectF, kind: str) -> None:
    """Fill a rectangle as runs of a kind are drawn; its edges are sharp where the rectangle has whole pixels."""
    look = LOOKS[kind]
    color = theme.color(look.color)
    if look.pattern == Qt.BrushStyle.SolidPattern:
        painter.fillRect(rect, color)
        return
    painter.fillRect(rect, translucent(color, 0.35 if theme.dark else 0.25))
    if look.pattern != Qt.BrushStyle.NoBrush:
        painter.save()
        painter.setBrushOrigin(QPointF(rect.left(), rect.bottom()))
        painter.fillRect(rect, QBrush(color, look.pattern))
        painter.restore()
    if rect.width() >= 3 and rect.height() >= 3:
        whole = look.pattern != Qt.BrushStyle.NoBrush
        painter.setPen(QPen(color, 1, Qt.PenStyle.SolidLine if whole else Qt.PenStyle.DashLine))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(rect.adjusted(0.5, 0.5, -0.5, -0.5))


def paint_sign(painter: QPainter, theme: Theme, place: QRectF, kind: str) -> None:
    """Draw a kind's mark in the middle of a place."""
    look = LOOKS[kind]
    icon(look.picture, theme, color=look.color).paint(painter, place.toRect())
