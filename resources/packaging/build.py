"""Builds nnstudio's packages: python resources/packaging/build.py [FORMAT ...] [-o FOLDER]."""

from __future__ import annotations

import argparse
import platform
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import frozen
import linux_packages
import macos
import windows
from common import (
    HERE,
    ROOT,
    BuildError,
    Job,
    build_python,
    checksum,
    install_packages,
    missing_packages,
    python_packages,
    run,
    say,
    write_checksums,
)

FORMATS = {
    "deb": "for Debian, Ubuntu and their like",
    "tar": "tar.xz for other Linux systems, runs where it is unpacked",
    "run": "one file for other Linux systems that unpacks and installs itself",
    "windows": "installer and portable zip for 64-bit Windows; made on Linux, or with NSIS and MinGW on Windows",
    "macos": "nnstudio.app in a .dmg; made on macOS",
    "wheel": "for pip and pipx",
}
OF_SYSTEM = {
    "linux": ("deb", "tar", "run", "windows", "wheel"),
    "darwin": ("macos", "wheel"),
    "win32": ("windows", "wheel"),
}
FROZEN_ON_LINUX = {"deb", "tar", "run"}
REPRODUCIBLE = (".deb", ".tar.xz")


def main() -> int:
    """Build what is asked for, and return the exit status."""
    parser = argparse.ArgumentParser(
        description="Builds nnstudio's packages.", formatter_class=argparse.RawTextHelpFormatter
    )
    listed = "\n".join(f"{name:8} {what}" for name, what in FORMATS.items())
    known = [*FORMATS, "all"]
    parser.add_argument(
        "formats", nargs="*", metavar="FORMAT", help=f"{listed}\nall      what this system can make (without any)"
    )
    parser.add_argument(
        "-o", "--output", type=Path, default=ROOT / "dist", metavar="FOLDER", help="where the packages go (dist)"
    )
    parser.add_argument(
        "--work", type=Path, default=ROOT / "build", metavar="FOLDER", help="where they are put together (build)"
    )
    parser.add_argument(
        "--homepage", default="", metavar="URL", help="the project's address, for the packages' descriptions"
    )
    parser.add_argument("--install-tools", action="store_true", help="install what is missing (as root, on Debian)")
    parser.add_argument(
        "--check-reproducible", action="store_true", help="build .deb and tar.xz again elsewhere, and compare"
    )
    arguments = parser.parse_args()
    if unknown := [name for name in arguments.formats if name not in known]:
        parser.error(f"there is no format {unknown[0]}: choose from {', '.join(known)}")
    formats = set(arguments.formats) - {"all"}
    if not formats or "all" in arguments.formats:
        formats.update(OF_SYSTEM.get(sys.platform, ("wheel",)))
    job = Job(work=arguments.work.resolve(), output=arguments.output.resolve(), homepage=arguments.homepage.rstrip("/"))
    try:
        check_system(formats, install=arguments.install_tools)
        job.work.mkdir(parents=True, exist_ok=True)
        job.output.mkdir(parents=True, exist_ok=True)
        made = build(job, formats)
        if arguments.check_reproducible:
            check_reproducible(job, formats & {"deb", "tar"})
    except BuildError as error:
        print(f"build: {error}", file=sys.stderr)
        return 1
    for path in made:
        say(f"{path.stat().st_size / 2**20:6.1f} MiB  {path}")
    return 0


def check_system(formats: set[str], *, install: bool) -> None:
    """Say in words what is missing on this machine, or install it.

    Raises
    ------
    BuildError
        When something is missing and is not to be installed, or cannot be.
    """
    for name in formats & (FROZEN_ON_LINUX | {"macos"}):
        system = "macOS" if name == "macos" else "Linux"
        if sys.platform != ("darwin" if name == "macos" else "linux"):
            raise BuildError(f"{name} can be made on {system} only; .github/workflows/packages.yml makes it there")
    programs: dict[str, str] = {}
    libraries = set(python_packages())
    if formats & FROZEN_ON_LINUX:
        programs |= frozen.LINUX_PROGRAMS
        libraries.update(frozen.LINUX_LIBRARIES)
    if "deb" in formats:
        programs |= linux_packages.DEB_PROGRAMS | linux_packages.CHECK_PROGRAMS
    if "run" in formats:
        programs |= linux_packages.RUN_PROGRAMS
    if "windows" in formats:
        programs |= windows.PROGRAMS
        libraries.update(frozen.LINUX_LIBRARIES)  # Qt draws the icons
    missing = missing_packages(programs, libraries)
    if missing and install:
        install_packages(missing)
        missing = missing_packages(programs, libraries)
    if missing:
        raise BuildError(
            "this is missing; --install-tools installs it on Debian, or as root:\n"
            f"  apt-get install --no-install-recommends {' '.join(missing)}"
        )


def build(job: Job, formats: set[str]) -> list[Path]:
    """Build the packages, and beside them their checksums and the lists of what is inside."""
    made: list[Path] = []
    if formats & FROZEN_ON_LINUX:
        program = frozen.freeze(job)
        if "deb" in formats:
            package = linux_packages.make_deb(job, program)
            linux_packages.check_deb(job, package)
            made.append(package)
        if formats & {"tar", "run"}:
            portable = linux_packages.make_portable(job, program)
            made += [linux_packages.make_tar(job, portable)] if "tar" in formats else []
            made += [linux_packages.make_run(job, portable)] if "run" in formats else []
        made.append(list_contents(job, "linux", "requirements.txt", frozen.system_libraries(job)))
    if "macos" in formats:
        made.append(macos.make_dmg(job))
        made.append(list_contents(job, "macos", "requirements.txt", None))
    if "windows" in formats:
        made += windows.make_packages(job)
        made.append(list_contents(job, "windows", "requirements_windows.txt", None))
    if "wheel" in formats:
        made.append(make_wheel(job))
    write_checksums(job.output)
    return [*made, job.output / "SHA256SUMS"]


def make_wheel(job: Job) -> Path:
    """Make the wheel."""
    say("making the wheel")
    folder = job.folder("wheel")
    python = build_python(job)
    run(python, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT, env=job.environment)
    (wheel,) = folder.glob("*.whl")
    return wheel.replace(job.output / wheel.name)


def list_contents(job: Job, system: str, requirements: str, libraries: Path | None) -> Path:
    """List what is inside the packages for a system, as CycloneDX JSON."""
    versions = dict(line.split("==") for line in (HERE / requirements).read_text().split() if "==" in line)
    inside = [f"{name}=={versions[name]}" for name in frozen.DISTRIBUTIONS]
    python = windows.PYTHON if system == "windows" else platform.python_version()
    output = job.output / f"nnstudio-{job.version}-{system}.cdx.json"
    script = (HERE / "sbom.py", output, job.version, str(job.epoch), python, str(libraries or ""))
    run(build_python(job), *script, *inside, env=job.environment)
    return output


def check_reproducible(job: Job, formats: set[str]) -> None:
    """Build the .deb and the tar.xz a second time, in another place, and compare them.

    Raises
    ------
    BuildError
        When the second ones are not the same, byte for byte.
    """
    say("building a second time, in another place")
    with tempfile.TemporaryDirectory(prefix="nnstudio-again-") as folder:
        again = replace(job, work=Path(folder) / "work", output=Path(folder) / "packages")
        again.output.mkdir()
        again.work.mkdir()
        for path in build(again, formats):
            if path.name.endswith(REPRODUCIBLE):
                if checksum(path) != checksum(job.output / path.name):
                    raise BuildError(f"{path.name} is not the same when it is built again")
                say(f"{path.name} is the same when it is built again")


if __name__ == "__main__":
    sys.exit(main())
