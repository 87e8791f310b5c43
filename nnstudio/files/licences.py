"""Names the software of others that the program is made with, and finds the texts of their licences."""

from __future__ import annotations

import platform
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from nnstudio.resource_files import resource

#: What the program needs at run time, as in pyproject.toml; what these need in turn is found by following them.
DEPENDENCIES = ("numpy", "PySide6-Essentials", "pyqtgraph", "QtAwesome", "threadpoolctl")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_TEXT_FILE = re.compile(r"licen[cs]e|copying|notice", re.IGNORECASE)


@dataclass(frozen=True)
class Component:
    """One piece of software.

    Attributes
    ----------
    name, version : str
    licence : str
        Its licence's name, such as "BSD-3-Clause".
    text : str
        The licence in full; where nothing came with the software, its name.
    """

    name: str
    version: str
    licence: str
    text: str


def components() -> list[Component]:
    """Return what the program is made with, by name; what is not installed is left out."""
    found = [_of_distribution(each) for each in _distributions(DEPENDENCIES)]
    shipped = (
        Component("Python", platform.python_version(), "PSF-2.0", _shipped("Python.txt")),
        Component("Phosphor icons", "1.3", "MIT", _shipped("Phosphor.txt")),
    )
    return sorted((*found, *shipped), key=lambda each: each.name.lower())


def _distributions(names: Sequence[str]) -> Iterator[metadata.Distribution]:
    waiting, seen = list(names), set[str]()
    while waiting:
        name = waiting.pop(0)
        if _normalized(name) in seen:
            continue
        seen.add(_normalized(name))
        try:
            distribution = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue
        yield distribution
        for requirement in distribution.requires or ():
            match = _NAME.match(requirement)
            if match and "extra ==" not in requirement:
                waiting.append(match[0])


def _of_distribution(distribution: metadata.Distribution) -> Component:
    about = distribution.metadata
    name = about["Name"]
    kinds = [text.rpartition(" :: ")[2] for text in about.get_all("Classifier") or () if "License ::" in text]
    expression, stated = ((about.get_all(key) or [""])[0] for key in ("License-Expression", "License"))
    # Some write the whole text there.
    licence = expression or ("" if "\n" in stated else stated) or ", ".join(kinds)
    texts = [path.read_text(encoding="utf-8", errors="replace") for path in _text_files(distribution)]
    if not texts and "LGPL-3.0" in licence:
        # Qt and Qt for Python bring none; the Lesser licence adds to the General one.
        texts = [_shipped("LGPL-3.0.txt"), _shipped("GPL-3.0.txt")]
    return Component(name, distribution.version, licence, ("\n" + "-" * 72 + "\n\n").join(texts) or licence)


def _text_files(distribution: metadata.Distribution) -> list[Path]:
    """Return the licences among a distribution's own files; a frozen program has no record of them to ask."""
    folders = [
        folder
        for folder in Path(str(distribution.locate_file(""))).glob("*.dist-info")
        if _normalized(folder.name) == _normalized(f"{distribution.metadata['Name']}-{distribution.version}.dist-info")
    ]
    return sorted(
        path for folder in folders for path in folder.rglob("*") if path.is_file() and _TEXT_FILE.search(path.name)
    )


def _normalized(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _shipped(name: str) -> str:
    return resource("licences", name).read_text(encoding="utf-8")
