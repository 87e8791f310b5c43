"""Draws the program's icon in the sizes that desktops ask for; run by the Python of the build environment."""

import struct
import sys
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

SIZES = (16, 22, 24, 32, 48, 64, 128, 256, 512, 1024)
ICO_SIZES = (16, 24, 32, 48, 64, 128, 256)
# What macOS calls pictures of these sizes; the second of a size is the one for half that size on a Retina screen.
ICNS_SIZES = {
    b"ic11": 32, b"ic12": 64, b"ic07": 128, b"ic13": 256, b"ic08": 256, b"ic14": 512, b"ic09": 512, b"ic10": 1024,
}  # fmt: skip


def draw(source: Path, folder: Path) -> None:
    """Write SIZE.png for each size, nnstudio.ico and nnstudio.icns."""
    renderer = QSvgRenderer(str(source))
    for size in SIZES:
        image = QImage(size, size, QImage.Format.Format_ARGB32)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        renderer.render(painter)
        painter.end()
        image.save(str(folder / f"{size}.png"))
    pictures = {size: (folder / f"{size}.png").read_bytes() for size in SIZES}
    (folder / "nnstudio.ico").write_bytes(ico({size: pictures[size] for size in ICO_SIZES}))
    (folder / "nnstudio.icns").write_bytes(icns(pictures))


def ico(pictures: dict[int, bytes]) -> bytes:
    """Return a Windows icon of PNG pictures, by their sizes: a directory of 16 bytes each, then the pictures."""
    offset = 6 + 16 * len(pictures)
    directory = struct.pack("<HHH", 0, 1, len(pictures))
    for size, picture in pictures.items():
        directory += struct.pack("<BBBBHHII", size % 256, size % 256, 0, 0, 1, 32, len(picture), offset)
        offset += len(picture)
    return directory + b"".join(pictures.values())


def icns(pictures: dict[int, bytes]) -> bytes:
    """Return an icon for macOS of PNG pictures, by their sizes: each with its kind and length before it."""
    parts = [kind + struct.pack(">I", 8 + len(pictures[size])) + pictures[size] for kind, size in ICNS_SIZES.items()]
    return b"icns" + struct.pack(">I", 8 + sum(map(len, parts))) + b"".join(parts)


if __name__ == "__main__":
    app = QGuiApplication([])
    draw(Path(sys.argv[1]), Path(sys.argv[2]))
