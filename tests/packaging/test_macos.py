"""Checks what can be checked elsewhere of what is made for macOS: icon, description, and what is in the disk image."""

import importlib
import plistlib
import struct
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from PySide6.QtGui import QGuiApplication, QImage

RESOURCES = Path(__file__).parents[2] / "resources"
PACKAGING = RESOURCES / "packaging"


@pytest.fixture
def find(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], ModuleType]]:
    """Gives modules of resources/packaging, which are no package, as build.py sees them."""
    monkeypatch.syspath_prepend(str(PACKAGING))
    yield importlib.import_module
    for name, module in list(sys.modules.items()):
        if Path(getattr(module, "__file__", None) or "").parent == PACKAGING:
            del sys.modules[name]


@pytest.fixture
def macos(find: Callable[[str], ModuleType]) -> ModuleType:
    return find("macos")


def parts(icon: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Read an icon as macOS does: kind, length, content, one after the other."""
    kind, length = struct.unpack(">4sI", icon[:8])
    assert kind == b"icns" and length == len(icon)
    place = 8
    while place < len(icon):
        kind, length = struct.unpack(">4sI", icon[place : place + 8])
        yield kind, icon[place + 8 : place + length]
        place += length


def test_icon_has_a_picture_for_each_size_of_macos(
    qapp: QGuiApplication, find: Callable[[str], ModuleType], tmp_path: Path
) -> None:
    find("icons").draw(RESOURCES / "icons" / "nnstudio.svg", tmp_path)

    pictures = {kind: QImage.fromData(png) for kind, png in parts((tmp_path / "nnstudio.icns").read_bytes())}
    sizes = {kind: (picture.width(), picture.height()) for kind, picture in pictures.items()}
    # 16, 32, 128, 256 and 512 points for Retina screens, and the larger ones for others.
    assert sizes == {
        b"ic11": (32, 32),
        b"ic12": (64, 64),
        b"ic07": (128, 128),
        b"ic13": (256, 256),
        b"ic08": (256, 256),
        b"ic14": (512, 512),
        b"ic09": (512, 512),
        b"ic10": (1024, 1024),
    }
    assert all(picture.pixelColor(picture.rect().center()).alpha() == 255 for picture in pictures.values())


def test_macos_is_told_that_the_program_opens_its_files(macos: ModuleType) -> None:
    told = plistlib.loads(plistlib.dumps(macos.INFO_PLIST))

    extensions = {
        kind["UTTypeIdentifier"]: kind["UTTypeTagSpecification"]["public.filename-extension"]
        for kind in told["UTExportedTypeDeclarations"]
    }
    (document,) = told["CFBundleDocumentTypes"]
    assert [extensions[kind] for kind in document["LSItemContentTypes"]] == [["nns"]]


def test_disk_image_holds_the_program_and_where_to_drag_it(
    find: Callable[[str], ModuleType], macos: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    held: dict[str, list[str]] = {}

    def run(*command: Any) -> str:
        words = list(map(str, command))
        if words[0] == "ditto":
            assert Path(words[1]) == tmp_path / "frozen" / "nnstudio.app"
            Path(words[2]).mkdir()
        else:
            assert words[:2] == ["hdiutil", "create"]
            folder = Path(words[words.index("-srcfolder") + 1])
            held[words[-1]] = sorted(path.name for path in folder.iterdir())
        return ""

    monkeypatch.setattr(macos, "freeze", lambda job: tmp_path)
    monkeypatch.setattr(macos, "run", run)
    job = find("common").Job(work=tmp_path, output=tmp_path / "dist")

    image = macos.make_dmg(job)

    assert image.suffix == ".dmg"
    assert held == {str(image): ["Applications", "nnstudio.app"]}
