"""What a widget writes on the screen: every text that is painted in it, with its size and its place."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import combinations
from xml.etree import ElementTree

from PySide6.QtCore import QBuffer, QIODevice, QPoint, QRect, QRectF
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QRegion, QTransform
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QWidget

_SVG = "{http://www.w3.org/2000/svg}"


@dataclass(frozen=True)
class PaintedText:
    """A text, the size of its letters in pixels, and the rectangle around its ink."""

    text: str
    size: float
    rect: QRectF


def painted_texts(widget: QWidget) -> list[PaintedText]:
    """Paint a widget with all that it holds as a drawing, in which letters stay letters, and read those."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    drawing = QSvgGenerator(QSvgGenerator.SvgVersion.Svg11)
    drawing.setOutputDevice(buffer)
    drawing.setSize(widget.size())
    drawing.setViewBox(QRect(QPoint(), widget.size()))
    drawing.setResolution(96)
    painter = QPainter(drawing)
    flags = QWidget.RenderFlag.DrawWindowBackground | QWidget.RenderFlag.DrawChildren
    widget.render(painter, QPoint(), QRegion(), flags)
    painter.end()
    found: list[PaintedText] = []
    _collect(ElementTree.fromstring(bytes(buffer.data().data())), QTransform(), found)
    return found


def _collect(element: ElementTree.Element, transform: QTransform, found: list[PaintedText]) -> None:
    if numbers := re.findall(r"[-+.\de]+", element.get("transform", "").removeprefix("matrix")):
        transform = QTransform(*map(float, numbers)) * transform
    text = "".join(element.itertext()).strip() if element.tag == f"{_SVG}text" else ""
    if text:
        font = QFont(element.get("font-family", ""))
        font.setPixelSize(round(float(element.get("font-size", "0"))))
        font.setWeight(QFont.Weight(int(element.get("font-weight", "400"))))
        place = QFontMetricsF(font).tightBoundingRect(text)
        place.translate(float(element.get("x", "0")), float(element.get("y", "0")))
        scale = abs(transform.determinant()) ** 0.5
        found.append(PaintedText(text, font.pixelSize() * scale, transform.mapRect(place)))
    for child in element:
        _collect(child, transform, found)


def collisions(texts: list[PaintedText]) -> list[tuple[str, str]]:
    """Return which texts run into each other: their ink is nearer than a pixel."""
    rects = [(text.text, text.rect.adjusted(-0.5, -0.5, 0.5, 0.5)) for text in texts]
    return [(a, b) for (a, one), (b, other) in combinations(rects, 2) if one.intersects(other)]
