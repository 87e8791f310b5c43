"""Lists what is inside the packages as CycloneDX JSON; run by the Python of the build environment.

Called as ``sbom.py OUTPUT VERSION EPOCH PYTHON LIBRARIES DISTRIBUTION…``: LIBRARIES is a file with the names of the
system's own libraries that are brought along (or empty), each DISTRIBUTION is ``name==version``.
"""

import shutil
import subprocess
import sys
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from cyclonedx.factory.license import LicenseFactory
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL


def describe(version: str, epoch: int, python: str, libraries: str, distributions: list[str]) -> str:
    """Return the list as text."""
    licences = LicenseFactory()

    def component(kind: ComponentType, name: str, version: str, licence: str, purl: str) -> Component:
        known = [licences.make_from_string(licence)] if licence else []
        address = PackageURL(purl, name=name, version=version) if purl else None
        return Component(
            type=kind, name=name, version=version, licenses=known, purl=address, bom_ref=f"{name}@{version}"
        )

    program = component(ComponentType.APPLICATION, "nnstudio", version, "MIT", "pypi")
    bom = Bom(serial_number=uuid5(NAMESPACE_URL, f"nnstudio/{version}/{epoch}/{'/'.join(distributions)}"))
    bom.metadata.component = program
    bom.metadata.timestamp = datetime.fromtimestamp(epoch, UTC)
    parts = [component(ComponentType.PLATFORM, "CPython", python, "PSF-2.0", "")]
    for distribution in distributions:
        name, _, number = distribution.partition("==")
        parts.append(component(ComponentType.LIBRARY, name, number, licence_of(name), "pypi"))
    for name, number in system_packages(libraries):
        parts.append(component(ComponentType.LIBRARY, name, number, "", "deb"))
    for part in parts:
        bom.components.add(part)
    bom.register_dependency(program, parts)
    text = JsonV1Dot6(bom).output_as_string(indent=2)
    if error := JsonStrictValidator(SchemaVersion.V1_6).validate_str(text):
        raise SystemExit(f"the list is not what CycloneDX asks for: {error}")
    return text + "\n"


def licence_of(name: str) -> str:
    """Return the licence that a distribution names for itself, or nothing where it is not installed here."""
    try:
        about = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return ""
    licence = about.get("License-Expression") or about.get("License") or ""
    return licence if "\n" not in licence else ""


def system_packages(libraries: str) -> list[tuple[str, str]]:
    """Name the Debian packages, with versions, that the libraries listed in a file belong to."""
    names = Path(libraries).read_text().split() if libraries else []
    if not names or not shutil.which("dpkg-query"):
        return []
    found = subprocess.run(
        ["dpkg-query", "--search", *(f"*/{name}" for name in names)], capture_output=True, text=True, check=False
    )
    owners = sorted({line.partition(": ")[0] for line in found.stdout.splitlines() if not line.startswith("diversion")})
    shown = subprocess.run(
        ["dpkg-query", "--show", "--showformat", "${Package} ${Version}\\n", *owners],
        capture_output=True,
        text=True,
        check=False,
    )
    return [(name, number) for name, number in (line.split() for line in shown.stdout.splitlines())]


if __name__ == "__main__":
    output, version, epoch, python, libraries, *distributions = sys.argv[1:]
    Path(output).write_text(describe(version, int(epoch), python, libraries, distributions), encoding="utf-8")
