"""Makes of the frozen program the packages for Linux: .deb, tar.xz, and one file that unpacks and installs itself."""

from __future__ import annotations

import gzip
import os
import platform
import re
import shutil
from email.utils import format_datetime
from pathlib import Path

from common import HERE, ROOT, Job, fill_in, pack_tar, run, say, settle
from frozen import system_libraries

DEB_PROGRAMS = {"dpkg-deb": "dpkg", "dpkg-shlibdeps": "dpkg-dev"}
RUN_PROGRAMS = {"makeself": "makeself", "xz": "xz-utils"}
CHECK_PROGRAMS = {
    "lintian": "lintian",
    "desktop-file-validate": "desktop-file-utils",
    "appstreamcli": "appstream",
    "man": "man-db",
}
METAINFO = "org.nnstudio.nnstudio.metainfo.xml"
NOBODY = {"DEBFULLNAME": "nnstudio maintainers", "DEBEMAIL": "maintainers@nnstudio.invalid"}
ICON_SIZES = (16, 22, 24, 32, 48, 64, 128, 256, 512)
PICTURES = {"learned": "A network that has learned XOR", "spiral": "A spiral, solved", "digits": "Handwritten digits"}
# Libraries that fit to a system's own settings and drivers: an older copy would stand in the way of both.
HOST_LIBRARIES = (
    "libstdc++.so", "libgcc_s.so", "libz.so", "libfontconfig.so", "libfreetype.so", "libexpat.so", "libX11.so",
    "libxcb.so", "libX11-xcb.so", "libglib-2.0.so", "libgthread-2.0.so", "libdbus-1.so", "libsystemd.so",
)  # fmt: skip


def make_share(job: Job, share: Path) -> None:
    """Write what a desktop wants to know of the program: menu entry, icons, file type; and the manual page."""
    icons = share / "icons" / "hicolor"
    for size in ICON_SIZES:
        _copy(job.work / "icons" / f"{size}.png", icons / f"{size}x{size}" / "apps" / "nnstudio.png")
    _copy(ROOT / "resources" / "icons" / "nnstudio.svg", icons / "scalable" / "apps" / "nnstudio.svg")
    _copy(HERE / "linux" / "nnstudio.desktop", share / "applications" / "nnstudio.desktop")
    _copy(HERE / "linux" / "nnstudio.xml", share / "mime" / "packages" / "nnstudio.xml")
    page = fill_in(HERE / "linux" / "nnstudio.1", job)
    _write(share / "man" / "man1" / "nnstudio.1.gz", gzip.compress(page.encode(), 9, mtime=0))


def describe(job: Job, share: Path) -> None:
    """Write the description for software centres; pictures have to come from the web, so from the project's address."""
    links = f'  <url type="homepage">{job.homepage}</url>\n  <screenshots>\n' if job.homepage else ""
    for number, (name, caption) in enumerate(PICTURES.items() if job.homepage else ()):
        links += '    <screenshot type="default">\n' if number == 0 else "    <screenshot>\n"
        links += f"      <caption>{caption}</caption>\n"
        links += f"      <image>{job.homepage}/raw/HEAD/resources/pictures/{name}.png</image>\n    </screenshot>\n"
    links += "  </screenshots>\n" if job.homepage else ""
    text = fill_in(HERE / "linux" / "nnstudio.metainfo.xml", job, LINKS=links)
    _write(share / "metainfo" / METAINFO, text.encode())


def make_deb(job: Job, program: Path) -> Path:
    """Make the package for Debian and systems made from it; its dependencies are found by looking at its libraries."""
    say("making the .deb")
    root = job.folder("deb", "nnstudio")
    (root / "DEBIAN").mkdir()  # dpkg-shlibdeps knows by it where the package's own files are
    place, document = root / "usr" / "lib" / "nnstudio", root / "usr" / "share" / "doc" / "nnstudio"
    shutil.copytree(program, place, symlinks=True)
    for name in system_libraries(job).read_text().split():
        (place / "_internal" / name).unlink()
    (root / "usr" / "bin").mkdir()
    (root / "usr" / "bin" / "nnstudio").symlink_to("../lib/nnstudio/nnstudio")
    make_share(job, root / "usr" / "share")
    describe(job, root / "usr" / "share")
    _copy(HERE / "debian" / "copyright", document / "copyright")
    _copy(HERE / "debian" / "lintian-overrides", root / "usr" / "share" / "lintian" / "overrides" / "nnstudio")
    # Debian's tools know who makes a package by these two.
    maintainer = "{DEBFULLNAME} <{DEBEMAIL}>".format_map({**NOBODY, **os.environ})
    changes = f"nnstudio ({job.version}) unstable; urgency=medium\n\n  * Built from the sources of this date.\n\n"
    changes += f" -- {maintainer}  {format_datetime(job.date)}\n"
    _write(document / "changelog.gz", gzip.compress(changes.encode(), 9, mtime=0))

    size = sum(path.lstat().st_size for path in root.rglob("*") if not path.is_dir())
    architecture = run("dpkg", "--print-architecture").strip()
    control = fill_in(
        HERE / "debian" / "control",
        job,
        ARCHITECTURE=architecture,
        MAINTAINER=maintainer,
        SIZE=str(size // 1024 + 1),
        DEPENDS=dependencies(job, place),
        HOMEPAGE=f"Homepage: {job.homepage}\n" if job.homepage else "",
    )
    files = sorted(path for path in root.rglob("*") if path.is_file() and not path.is_symlink())
    sums = run("md5sum", *(path.relative_to(root) for path in files), cwd=root)
    _write(root / "DEBIAN" / "control", control.encode())
    _write(root / "DEBIAN" / "md5sums", sums.encode())
    settle(root, job.epoch)
    package = job.output / f"nnstudio_{job.version}_{architecture}.deb"
    # One thread: how many there are would show in the bytes.
    options = ("--root-owner-group", "-Zxz", "-z9", "--threads-max=1")
    run("dpkg-deb", *options, "--build", root, package, env=job.environment)
    return package


def dependencies(job: Job, place: Path) -> str:
    """Return the Debian packages that the libraries below a folder need, as dpkg-shlibdeps finds them."""
    folder = job.folder("shlibdeps")
    _write(folder / "debian" / "control", b"Source: nnstudio\n\nPackage: nnstudio\nArchitecture: any\n")
    elf = [path for path in sorted(place.rglob("*")) if path.is_file() and not path.is_symlink() and _is_elf(path)]
    own = {f"-l{path.parent}" for path in elf}
    found = run("dpkg-shlibdeps", "--ignore-missing-info", "-O", *sorted(own), *elf, cwd=folder, env=job.environment)
    line = found.strip().removeprefix("shlibs:Depends=")
    # Debian 12 asks for a version of this that Ubuntu 22.04 does not have; any will do.
    return re.sub(r"(libx11-xcb1) \([^)]*\)", r"\1", line)


def check_deb(job: Job, package: Path) -> None:
    """Hold the package to Debian's rules, and its desktop files to theirs."""
    share = job.work / "deb" / "nnstudio" / "usr" / "share"
    run("desktop-file-validate", share / "applications" / "nnstudio.desktop")
    # Where build.py was told of no homepage there is none to name; AppStream asks for one since 1.0, and lintian does.
    asks = not job.homepage and "version: 0." not in run("appstreamcli", "--version")
    lenient = ("--override=url-homepage-missing=info",) if asks else ()
    say(run("appstreamcli", "validate", "--no-net", *lenient, share / "metainfo" / METAINFO).strip())
    lenient = ("--suppress-tags=appstream-metadata-validation-failed",) if asks else ()
    run("lintian", "--fail-on", "error,warning", "--allow-root", *lenient, package)
    say("lintian has nothing to say against the .deb")


def make_portable(job: Job, program: Path) -> Path:
    """Return a folder that runs where it is unpacked on other Linux systems, and can be installed from there."""
    folder = job.folder("portable") / f"nnstudio-{job.version}-linux-{platform.machine()}"
    shutil.copytree(program, folder, symlinks=True)
    for name in system_libraries(job).read_text().split():
        if name.startswith(HOST_LIBRARIES):
            (folder / "_internal" / name).unlink()
    make_share(job, folder / "share")
    for name in ("install.sh", "uninstall.sh"):
        _copy(HERE / "linux" / name, folder / name)
        (folder / name).chmod(0o755)
    settle(folder, job.epoch)
    return folder


def make_tar(job: Job, portable: Path) -> Path:
    """Make the tar.xz."""
    say("making the tar.xz")
    archive = job.output / f"{portable.name}.tar.xz"
    pack_tar(portable, archive, job.epoch)
    return archive


def make_run(job: Job, portable: Path) -> Path:
    """Make the one file that unpacks and installs itself."""
    say("making the .run")
    archive = job.output / f"{portable.name}.run"
    date = f"{job.date:%a %b %d %H:%M:%S UTC %Y}"
    options = ("--xz", "--nox11", "--sha256", "--nomd5", "--nocrc", "--packaging-date", date, "--tar-extra")
    tar = f"--sort=name --owner=0 --group=0 --numeric-owner --mtime=@{job.epoch}"
    run("makeself", *options, tar, portable, archive, f"nnstudio {job.version}", "./install.sh", env=job.environment)
    return archive


def _is_elf(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"\x7fELF"


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _copy(source: Path, target: Path) -> None:
    _write(target, source.read_bytes())
