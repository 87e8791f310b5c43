"""Draws the program's icon in the sizes that desktops ask for; run by the Python of the build environment."""

import struct
import sys
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

SIZES = (16, 22, 24, 32, 48, 64, 128, 256, 512)
ICO_SIZES = (16, 24, 32, 48, 64, 128, 256)


def draw(source: Path, folder: Path) -> None:
    """Write SIZE.png for each size, and nnstudio.ico."""
    renderer = QSvgRenderer(str(source))
    for size in SIZES:
        image = QImage(size, size, QImage.Format.Format_ARGB32)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        renderer.render(painter)
        painter.end()
        image.save(str(folder / f"{size}.png"))
    (folder / "nnstudio.ico").write_bytes(ico({size: (folder / f"{size}.png").read_bytes() for size in ICO_SIZES}))


def ico(pictures: dict[int, bytes]) -> bytes:
    """Return a Windows icon of PNG pictures, by their sizes: a directory of 16 bytes each, then the pictures."""
    offset = 6 + 16 * len(pictures)
    directory = struct.pack("<HHH", 0, 1, len(pictures))
    for size, picture in pictures.items():
        directory += struct.pack("<BBBBHHII", size % 256, size % 256, 0, 0, 1, 32, len(picture), offset)
        offset += len(picture)
    return directory + b"".join(pictures.values())


if __name__ == "__main__":
    app = QGuiApplication([])
    draw(Path(sys.argv[1]), Path(sys.argv[2]))
