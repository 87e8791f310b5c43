"""What all packages have in common: version, date, tools, build environment, icons, archives without chance in them."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
# These folders of resources/ are for work on the program, not for its users.
NOT_SHIPPED = ("packaging", "setup", "pictures")


class BuildError(Exception):
    """What keeps a package from being built, in words for the person who builds it."""


@dataclass(frozen=True)
class Job:
    """One build.

    Parameters
    ----------
    work : Path
        Where everything is put together.
    output : Path
        Where the packages go.
    homepage : str
        The project's address, if it has one.
    """

    work: Path
    output: Path
    homepage: str = ""

    @property
    def version(self) -> str:
        """The program's version, from the file that the wheel takes it from too."""
        text = (ROOT / "nnstudio" / "__init__.py").read_text(encoding="utf-8")
        found = re.search(r'__version__ = "(.+)"', text)
        if not found:
            raise BuildError("nnstudio/__init__.py names no __version__")
        return found[1]

    @property
    def epoch(self) -> int:
        """When the commit was made, in seconds since 1970: the date of everything in the packages."""
        if given := os.environ.get("SOURCE_DATE_EPOCH"):
            return int(given)
        shown = subprocess.run(
            ["git", "log", "-1", "--format=%ct"], cwd=ROOT, capture_output=True, text=True, check=False
        )
        if shown.returncode:
            raise BuildError(
                "this is no git checkout: set SOURCE_DATE_EPOCH to the date of the sources, in seconds since 1970"
            )
        return int(shown.stdout)

    @property
    def date(self) -> datetime:
        """The same as a date."""
        return datetime.fromtimestamp(self.epoch, UTC)

    @property
    def environment(self) -> dict[str, str]:
        """The environment in which tools leave no trace of the time, the place or chance."""
        return {
            **os.environ,
            "SOURCE_DATE_EPOCH": str(self.epoch),
            "PYTHONHASHSEED": "0",
            "LC_ALL": "C.UTF-8",
            "TZ": "UTC",
        }

    def folder(self, *parts: str) -> Path:
        """Return an empty folder in the work tree."""
        path = self.work.joinpath(*parts)
        shutil.rmtree(path, ignore_errors=True)
        path.mkdir(parents=True)
        return path


def say(text: str) -> None:
    """Tell the person who builds what is being done."""
    print(f"build: {text}", flush=True)


def run(*command: str | Path, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> str:
    """Run a command, and return what it printed.

    Raises
    ------
    BuildError
        When it fails; with the end of what it had to say.
    """
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, errors="replace", check=False)
    if done.returncode:
        raise BuildError(f"{Path(command[0]).name} failed ({done.returncode}):\n{_worst(done.stdout + done.stderr)}")
    return done.stdout


def _worst(output: str) -> str:
    """Return the lines of a failed command that tell of errors, or else its last lines."""
    lines = output.splitlines()
    errors = [line for line in lines if re.match(r"(.*: )?(E|error)\b", line, re.IGNORECASE)]
    return "\n".join((errors or lines)[-40:])


def missing_packages(programs: Mapping[str, str], packages: Iterable[str] = ()) -> list[str]:
    """Name the Debian packages to install for programs that are not found and libraries that are not installed.

    Parameters
    ----------
    programs : mapping
        The Debian package of each program.
    packages : iterable of str
        Debian packages of libraries; looked for where there is dpkg.
    """
    missing = {package for program, package in programs.items() if not shutil.which(program)}
    if shutil.which("dpkg-query"):
        shown = run("dpkg-query", "--show", "--showformat", "${Package} ${db:Status-Status}\n").splitlines()
        # Debian 13 and Ubuntu 24.04 renamed some libraries NAMEt64.
        installed = {line.split()[0].removesuffix("t64") for line in shown if line.endswith(" installed")}
        missing.update(set(packages) - installed)
    return sorted(missing)


def python_packages() -> tuple[str, ...]:
    """Name the Debian packages that Debian's own Python needs besides itself; one from elsewhere brings both along."""
    if sys.base_prefix != "/usr":
        return ()
    return ("python3-venv", f"libpython{sys.version_info.major}.{sys.version_info.minor}")


def install_packages(names: list[str]) -> None:
    """Install Debian packages."""
    if not shutil.which("apt-get") or os.geteuid():
        raise BuildError("--install-tools works as root on Debian and systems made from it")
    say(f"installing {' '.join(names)}")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    run("apt-get", "update", "-qq", env=environment)
    run("apt-get", "install", "-qq", "--no-install-recommends", *names, env=environment)


def build_python(job: Job) -> Path:
    """Return the Python of a virtual environment with the versions of requirements.txt, made if it is not there."""
    environment = job.work / "venv"
    python = environment / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    stamp = environment / "requirements.txt"
    wanted = HERE / "requirements.txt"
    if not stamp.exists() or stamp.read_bytes() != wanted.read_bytes():
        say("installing Python packages")
        run(sys.executable, "-m", "venv", "--clear", environment)
        run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", wanted)
        shutil.copyfile(wanted, stamp)
    return python


def draw_icons(job: Job, python: Path) -> Path:
    """Return a folder with the program's icon as SIZE.png, nnstudio.ico and nnstudio.icns."""
    folder = job.folder("icons")
    environment = {**job.environment, "QT_QPA_PLATFORM": "offscreen"}
    run(python, HERE / "icons.py", ROOT / "resources" / "icons" / "nnstudio.svg", folder, env=environment)
    return folder


def fill_in(template: Path, job: Job, **words: str) -> str:
    """Return a template's text with the version, the date and further words for its @NAME@s."""
    words = {"VERSION": job.version, "DATE": f"{job.date:%Y-%m-%d}", **words}
    text = template.read_text(encoding="utf-8")
    return re.sub(r"@([A-Z_]+)@", lambda found: words[found[1]], text)


def settle(folder: Path, epoch: int) -> None:
    """Give everything in a folder the same date, and the modes that a package should have."""
    for path in [folder, *folder.rglob("*")]:
        if not path.is_symlink():
            runs = path.is_dir() or (path.stat().st_mode & 0o100 and ".so" not in path.suffixes)
            path.chmod(0o755 if runs else 0o644)
        os.utime(path, (epoch, epoch), follow_symlinks=False)


def pack_tar(folder: Path, archive: Path, epoch: int) -> None:
    """Pack a folder as tar.xz: sorted, owned by root, everything of one date."""

    def plain(member: tarfile.TarInfo) -> tarfile.TarInfo:
        member.uid = member.gid = 0
        member.uname = member.gname = "root"
        member.mtime = epoch
        return member

    with tarfile.open(archive, "w:xz", format=tarfile.GNU_FORMAT, preset=9) as tar:
        for path in [folder, *sorted(folder.rglob("*"))]:
            tar.add(path, path.relative_to(folder.parent).as_posix(), recursive=False, filter=plain)


def pack_zip(folder: Path, archive: Path, epoch: int) -> None:
    """Pack a folder as zip: sorted, everything of one date."""
    date = datetime.fromtimestamp(epoch, UTC).timetuple()[:6]
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                member = zipfile.ZipInfo(path.relative_to(folder.parent).as_posix(), date)
                member.compress_type = zipfile.ZIP_DEFLATED
                member.external_attr = 0o644 << 16
                packed.writestr(member, path.read_bytes())


def checksum(path: Path) -> str:
    """Return a file's SHA-256 in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_checksums(folder: Path) -> None:
    """Write SHA256SUMS for all files of a folder, as ``sha256sum --check`` reads it."""
    files = sorted(path for path in folder.iterdir() if path.is_file() and path.name != "SHA256SUMS")
    lines = [f"{checksum(path)}  {path.name}\n" for path in files]
    (folder / "SHA256SUMS").write_text("".join(lines), encoding="ascii", newline="\n")
