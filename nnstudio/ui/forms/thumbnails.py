"""Paints a data set as a small picture, so that it can be told from others at a glance."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPixmap

from nnstudio.engine.choices.datasets import Dataset
from nnstudio.engine.random_streams import RandomStreams
from nnstudio.engine.registry import Choice, Registry, SettingError
from nnstudio.ui.marks import marks
from nnstudio.ui.theme import Theme

Array = NDArray[Any]

SIZE = QSize(56, 44)
"""Width and height of a thumbnail, in device-independent pixels."""
_MOST_POINTS = 300
_CELL = 3  # width of the cells of a surface, in device-independent pixels
_IMAGES = (3, 2)
_SEED = 42


class Thumbnails:
    """The pictures of a registry's data sets, each made when it is first asked for, and kept for each theme.

    Parameters
    ----------
    registry : Registry
        Data sets; they are drawn with their default parameters.
    """

    def __init__(self, registry: Registry[Dataset]) -> None:
        self._registry = registry
        self._examples: dict[str, Dataset | None] = {}
        self._pictures: dict[tuple[str, str, str, float], QPixmap] = {}

    def example(self, name: str) -> Dataset | None:
        """Return what an entry makes without further words; None where it cannot be made."""
        if name not in self._examples:
            try:
                self._examples[name] = self._registry.build(Choice(name), rng=RandomStreams(_SEED).data)
            except SettingError:  # nothing of the person's own yet, or a file that has got lost
                self._examples[name] = None
        return self._examples[name]

    def picture(self, name: str, theme: Theme, ratio: float) -> QPixmap | None:
        """Return an entry's picture, or None where it cannot be made.

        Parameters
        ----------
        name : str
        theme : Theme
        ratio : float
            Device pixels to one pixel.
        """
        example, key = self.example(name), (name, theme.name, theme.palette, ratio)
        if example is not None and key not in self._pictures:
            self._pictures[key] = thumbnail(example, theme, ratio)
        return self._pictures.get(key)


def thumbnail(dataset: Dataset, theme: Theme, ratio: float, size: QSize = SIZE) -> QPixmap:
    """Return the picture of a data set: its classes' points, a surface, a curve, or its first images.

    Parameters
    ----------
    dataset : Dataset
    theme : Theme
    ratio : float
        Device pixels to one pixel.
    size : QSize
        In device-independent pixels.
    """
    pixmap = QPixmap(size * ratio)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    frame = QRectF(0.5, 0.5, size.width() - 1, size.height() - 1)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.setPen(QPen(theme.color("border"), 1))
    painter.setBrush(theme.color("plot_background"))
    painter.drawRoundedRect(frame, 3, 3)
    if dataset.image_shape is not None:
        _paint_images(painter, frame.adjusted(3, 3, -3, -3), dataset, dataset.image_shape, theme)
    elif dataset.is_classification:
        _paint_classes(painter, frame, dataset, theme)
    elif dataset.inputs.shape[1] == 2:
        _paint_surface(painter, frame.adjusted(1, 1, -1, -1), dataset, theme)
    else:
        _paint_curve(painter, frame.adjusted(4, 5, -4, -5), dataset, theme)
    painter.end()
    return pixmap


def _paint_classes(painter: QPainter, frame: QRectF, dataset: Dataset, theme: Theme) -> None:
    rows = _some(dataset.samples, _MOST_POINTS)
    labels = dataset.labels[rows]
    size = float(np.clip(0.55 * np.sqrt(frame.width() * frame.height() / len(rows)), 2.6, 9.0))
    margin = 0.5 * size + (6 if dataset.enumerates else 2.5)
    points = _places(dataset, rows, labels)
    places = _within(points, frame.adjusted(margin, margin, -margin, -margin))
    painter.setPen(Qt.PenStyle.NoPen)
    for number in np.unique(labels).tolist():
        painter.setBrush(theme.class_color(number))
        painter.drawPath(marks(number, places[labels == number], size))


def _places(dataset: Dataset, rows: Array, labels: Array) -> Array:
    """Return where samples of classes stand, shape (rows, 2): by the two inputs that tell most about the class."""
    inputs = dataset.inputs[rows]
    count = inputs.shape[1]
    if dataset.enumerates:  # a place for each pattern: every further pair of inputs moves them less
        weights = 0.4 ** (np.arange(count) // 2)
        across = np.arange(count) % 2 == 0
        return np.column_stack([inputs @ (weights * across), inputs @ (weights * ~across)])
    if count == 1:
        return np.column_stack([inputs, labels])
    if count == 2:
        return inputs
    groups = [inputs[labels == number] for number in np.unique(labels)]
    between = np.var([group.mean(axis=0) for group in groups], axis=0)
    within = np.mean([group.var(axis=0) for group in groups], axis=0)
    telling = np.argsort(-between / np.maximum(within, np.finfo(float).tiny), kind="stable")
    return inputs[:, np.sort(telling[:2])]


def _paint_surface(painter: QPainter, area: QRectF, dataset: Dataset, theme: Theme) -> None:
    """Fill the plane with the values of the nearest samples."""
    rows = _some(dataset.samples, 4 * _MOST_POINTS)
    points, values = dataset.inputs[rows], dataset.targets[rows, 0]
    low, high = points.min(axis=0), points.max(axis=0)
    columns, lines = int(area.width() // _CELL), int(area.height() // _CELL)
    x = low[0] + (np.arange(columns) + 0.5) / columns * (high[0] - low[0])
    y = high[1] - (np.arange(lines) + 0.5) / lines * (high[1] - low[1])
    reach = np.maximum(high - low, np.finfo(float).tiny)
    across = ((x[:, None] - points[:, 0]) / reach[0]) ** 2
    up = ((y[:, None] - points[:, 1]) / reach[1]) ** 2
    heights = values[(up[:, None] + across).argmin(axis=2)]
    middle = 0.0 if values.min() < 0 < values.max() else (values.min() + values.max()) / 2
    span = np.abs(values - middle).max() or 1.0
    colors = theme.diverging_lut()[np.rint((heights - middle) / span * 127.5 + 127.5).astype(int)]
    pixels = np.ascontiguousarray(np.concatenate([colors, np.full((lines, columns, 1), 255, np.uint8)], axis=2))
    painter.drawImage(area, QImage(pixels.data, columns, lines, 4 * columns, QImage.Format.Format_RGBA8888))


def _paint_curve(painter: QPainter, area: QRectF, dataset: Dataset, theme: Theme) -> None:
    rows = _some(dataset.samples, 2 * _MOST_POINTS)
    inputs, values = dataset.inputs[rows], dataset.targets[rows, 0]
    deviations = inputs - inputs.mean(axis=0)
    along = np.abs((values - values.mean()) @ deviations) / np.maximum(np.sqrt((deviations**2).sum(axis=0)), 1e-300)
    places = _within(np.column_stack([inputs[:, along.argmax()], values]), area)
    painter.setPen(QPen(theme.curve_color(0), 2.2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.drawPoints([QPointF(x, y) for x, y in places.tolist()])


def _paint_images(painter: QPainter, area: QRectF, dataset: Dataset, shape: tuple[int, int], theme: Theme) -> None:
    """Show the first picture of each of the first classes, or else the first pictures."""
    columns, lines = _IMAGES
    first = np.unique(dataset.labels, return_index=True)[1] if dataset.is_classification else np.arange(dataset.samples)
    scale = min((area.width() - columns + 1) / columns / shape[1], (area.height() - lines + 1) / lines / shape[0])
    width, height = scale * shape[1], scale * shape[0]
    left = area.center().x() - (columns * (width + 1) - 1) / 2
    top = area.center().y() - (lines * (height + 1) - 1) / 2
    for place, row in enumerate(first[: columns * lines].tolist()):
        target = QRectF(left + place % columns * (width + 1), top + place // columns * (height + 1), width, height)
        painter.drawImage(target, _ink(dataset.inputs[row].reshape(shape), theme.color("text")))


def _ink(picture: Array, color: QColor) -> QImage:
    """Return a picture as ink of one colour: the larger a value, the darker."""
    low, high = picture.min(), picture.max()
    alpha = np.rint((picture - low) / ((high - low) or 1.0) * 255).astype(np.uint8)
    pixels = np.empty((*picture.shape, 4), np.uint8)
    pixels[..., :3] = (color.red(), color.green(), color.blue())
    pixels[..., 3] = alpha
    return QImage(
        pixels.data, picture.shape[1], picture.shape[0], 4 * picture.shape[1], QImage.Format.Format_RGBA8888
    ).copy()


def _some(count: int, most: int) -> Array:
    """Return the rows of some samples from among all, evenly chosen."""
    return np.linspace(0, count - 1, min(count, most)).astype(int)


def _within(points: Array, area: QRectF) -> Array:
    """Return points moved into an area, the second coordinate upwards."""
    low = points.min(axis=0)
    reach = points.max(axis=0) - low
    shares = np.where(reach > 0, (points - low) / np.where(reach > 0, reach, 1.0), 0.5)
    return np.column_stack([area.left() + shares[:, 0] * area.width(), area.bottom() - shares[:, 1] * area.height()])
