"""Tries the packages as a person would who has nothing else: in fresh Debian systems and, for Windows, under Wine.

Run as root on Debian: ``python3 try_packages.py PACKAGES [--work FOLDER] [--only NAME ...]``. PACKAGES is the folder
that build.py has filled. It needs debootstrap, openbox, xvfb, xdotool and imagemagick. A network serves to set up the
systems only: whatever is tried runs without one. The pictures that it takes are for a person to look at.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import time
import zipfile
from pathlib import Path

from debian_system import System, TryError, expect, fresh_system, say, take_picture, x_server

TOOLS = ("debootstrap", "openbox", "Xvfb", "xdotool", "import", "unshare")
SYSTEMS = {
    "bookworm": "the .deb in Debian 12",
    "trixie": "the .deb in Debian 13",
    "portable": "the tar.xz and the .run in Debian 12",
    "wine": "the Windows installer under Wine in Debian 13",
}
# What every desktop has: programs that open a file by its type, and the libraries of X, fonts and drivers.
DESKTOP = ("desktop-file-utils", "libglib2.0-bin", "shared-mime-info")
DESKTOP_LIBRARIES = ("libdbus-1-3", "libegl1", "libfontconfig1", "libgl1", "libglib2.0-0", "libx11-xcb1")
EXAMPLE = Path(__file__).resolve().parents[1] / "experiments" / "02_xor_learns.json"


def try_deb(system: System, packages: Path, pictures: Path) -> None:
    """Install the .deb, use the program, and remove it."""
    (package,) = packages.glob("*.deb")
    system.install(*DESKTOP)
    before, listed = system.files(), system.run("dpkg-query", "--show", network=True)
    shutil.copyfile(package, system.folder / "root" / package.name)
    system.install(f"/root/{package.name}")
    (system.folder / "root" / package.name).unlink()

    home = system.folder / "home" / "person"
    expect("Stuck" in system.run("nnstudio", "train"), "train: the tutorial's network gets stuck")
    write_experiment(home / "learned.nns")
    expect("Learned" in system.run("nnstudio", "train", "/home/person/learned.nns"), "train: four neurons learn XOR")
    system.run(
        "nnstudio",
        "sweep",
        "--axis",
        "network.hidden=2,4",
        "--seeds",
        "20",
        "--workers",
        "2",
        "-o",
        "/home/person/sweep.csv",
    )
    expect(len((home / "sweep.csv").read_text().splitlines()) > 40, "sweep: 40 runs in two worker processes")
    system.run("nnstudio", "snapshot", "-o", "/home/person/snapshot.png")
    expect((home / "snapshot.png").stat().st_size > 20_000, "snapshot: a picture without a display")

    with system.started("nnstudio") as window:
        system.press(window, "space")
        time.sleep(14)  # 10,000 epochs, 1,000 a second
        take_picture(system, pictures / f"{system.folder.name}_trained.png")
    open_by_type(system, pictures / f"{system.folder.name}_opened.png")
    status = system.ended("nnstudio", keys="F11 1 space Escape ctrl+q")
    expect(status == 0, f"after a presentation, and while it trains, it ends with {status}")
    expect(
        "NAME" in system.run("sh", "-c", "zcat /usr/share/man/man1/nnstudio.1.gz || echo NAME"),
        "there is a manual page",
    )

    system.run("apt-get", "purge", "-qq", "--yes", "nnstudio", network=True)
    system.run("apt-get", "autoremove", "-qq", "--purge", "--yes", network=True)
    expect(
        system.run("dpkg-query", "--show", network=True) == listed,
        "after its removal the same packages are installed as before",
    )
    left = sorted(system.files() - before)
    expect(not [path for path in left if "nnstudio" in path], "no file of it is left")
    if left:
        say(f"  files that packages it depends on have left: {', '.join(left[:10])}")


def try_windows(system: System, packages: Path, pictures: Path) -> None:
    """Install the Windows package under Wine, use the program, and remove it."""
    (setup,) = packages.glob("*-setup.exe")
    system.install("wine", "wine64", "xauth")
    home = system.folder / "home" / "person"
    shutil.copyfile(setup, home / "setup.exe")
    system.wine("wineboot", "--init")
    drive = home / ".wine" / "drive_c"
    user = drive / "users" / "person"
    place = user / "AppData" / "Local" / "Programs" / "nnstudio"
    before = set(drive.rglob("*"))

    system.wine("/home/person/setup.exe", "/S")
    expect((place / "nnstudio.exe").exists(), "the silent installation puts the program into the person's own folder")
    expect(list(user.rglob("nnstudio.lnk")), "it is in the Start menu")
    console = str(place / "nnstudio-cli.exe").removeprefix(str(system.folder))
    expect("Stuck" in system.wine(console, "train"), "train: the tutorial's network gets stuck")
    write_experiment(home / "learned.nns")
    with system.started("wine", console.replace("-cli", "")) as window:
        time.sleep(3)
        system.press(window, "space")
        time.sleep(14)
        take_picture(system, pictures / "wine_trained.png")
    # Wine 10 looks for file types among those of all persons only; Windows, among a person's own first.
    for key in (".nns", "nnstudio.experiment"):
        system.wine("reg", "copy", f"HKCU\\Software\\Classes\\{key}", f"HKLM\\Software\\Classes\\{key}", "/s", "/f")
    with system.started("wine", "start", "/wait", "/unix", "/home/person/learned.nns") as window:
        time.sleep(5)
        take_picture(system, pictures / "wine_opened.png")
        title = system.x("xdotool", "getwindowname", window).strip()
        expect("learned" in title, f"by its file type: the window's title is {title!r}")
    system.run(
        "wine",
        console,
        "sweep",
        "--axis",
        "network.hidden=2,4",
        "--seeds",
        "5",
        "--workers",
        "2",
        "-o",
        "Z:\\home\\person\\sweep.csv",
    )
    expect((home / "sweep.csv").exists(), "sweep: two worker processes")

    system.wine(str(place / "uninstall.exe").removeprefix(str(system.folder)), "/S")
    for _ in range(100):  # it goes on in a copy of itself
        if not place.exists():
            break
        time.sleep(0.2)
    left = [path for path in set(drive.rglob("*")) - before if "nnstudio" in str(path).lower()]
    expect(not left, f"after the silent removal no file of it is left{''.join(f' ({path})' for path in left[:5])}")
    registry = (home / ".wine" / "user.reg").read_text(errors="replace")
    expect("nnstudio.experiment" not in registry, "nor is its file type registered")


def try_portable(system: System, packages: Path, pictures: Path) -> None:
    """Use the tar.xz where it is unpacked; install and remove the .run, for one person and for all."""
    (archive,) = packages.glob("*.tar.xz")
    (installer,) = packages.glob("*.run")
    system.install("xz-utils", *DESKTOP, *DESKTOP_LIBRARIES)
    home = system.folder / "home" / "person"
    for package in (archive, installer):
        shutil.copyfile(package, home / package.name)
    place = f"/home/person/{archive.name.removesuffix('.tar.xz')}"

    system.run("tar", "-xf", f"/home/person/{archive.name}", "-C", "/home/person")
    expect("Stuck" in system.run(f"{place}/nnstudio", "train"), "tar.xz: train: the tutorial's network gets stuck")
    with system.started(f"{place}/nnstudio") as window:
        system.press(window, "space")
        time.sleep(4)
        take_picture(system, pictures / "portable_unpacked.png")
    shutil.rmtree(home / Path(place).name)

    before = set(home.rglob("*"))
    system.run("sh", f"/home/person/{installer.name}")
    local = "/home/person/.local"
    expect("Stuck" in system.run(f"{local}/bin/nnstudio", "train"), ".run: train: the tutorial's network gets stuck")
    write_experiment(home / "learned.nns")
    open_by_type(system, pictures / "portable_opened.png")
    system.run("sh", f"/home/person/{installer.name}")
    expect((home / ".local/bin/nnstudio").exists(), ".run: installed again over itself")
    system.run("sh", f"{local}/lib/nnstudio/uninstall.sh")
    (home / "learned.nns").unlink()
    remembered = [home / name for name in (".cache", ".config/nnstudio", ".local/share/nnstudio")]
    left = [
        path
        for path in sorted(set(home.rglob("*")) ^ before)
        if not any(path.is_relative_to(each) or each.is_relative_to(path) for each in remembered)
    ]
    expect(
        not left,
        f".run: after its removal only what the program remembers is left{''.join(f' ({path})' for path in left[:5])}",
    )

    files = system.files()
    system.run("sh", f"/home/person/{installer.name}", network=True)
    expect("Stuck" in system.run("nnstudio", "train"), ".run by root: anybody can start it")
    system.run("sh", "/usr/local/lib/nnstudio/uninstall.sh", network=True)
    changed = sorted(system.files() ^ files)
    shown = "".join(f" ({path})" for path in changed[:5])
    expect(not changed, f".run by root: after its removal all is as before{shown}")


def open_by_type(system: System, picture: Path) -> None:
    """Open a person's file as a desktop does when it is clicked."""
    kind = system.run("gio", "info", "--attributes=standard::content-type", "/home/person/learned.nns")
    expect("application/x-nnstudio" in kind, "a .nns file is known as an experiment")
    with system.started("sh", "-c", "gio open /home/person/learned.nns; sleep 60") as window:
        time.sleep(4)
        take_picture(system, picture)
        title = system.x("xdotool", "getwindowname", window).strip()
        expect("learned" in title, f"gio open: the window's title is {title!r}")


def write_experiment(path: Path) -> None:
    """Write an example as a file that a person would have saved; anybody may read it."""
    with zipfile.ZipFile(path, "w") as packed:
        packed.write(EXAMPLE, "spec.json")
    path.chmod(0o644)


def main() -> int:
    """Try the packages, and return the exit status: 0 when all held."""
    parser = argparse.ArgumentParser(description="Tries the packages in fresh systems, as root.")
    parser.add_argument("packages", type=Path, help="the folder that build.py has filled")
    parser.add_argument(
        "--work", type=Path, default=Path("build/systems"), help="where the systems are set up (build/systems)"
    )
    parser.add_argument("--only", nargs="+", choices=SYSTEMS, default=list(SYSTEMS), help="which systems")
    arguments = parser.parse_args()
    if os.geteuid():
        parser.error("setting up systems needs root")
    if missing := [tool for tool in TOOLS if not shutil.which(tool)]:
        packages = "debootstrap imagemagick openbox util-linux xdotool xvfb"
        parser.error(f"{', '.join(missing)} missing; apt-get install {packages}")
    work = arguments.work.resolve()
    pictures = work / "pictures"
    pictures.mkdir(parents=True, exist_ok=True)
    failed = False
    trials = {"bookworm": try_deb, "trixie": try_deb, "portable": try_portable, "wine": try_windows}
    suites = {"portable": "bookworm", "wine": "trixie"}
    for name in arguments.only:
        say(SYSTEMS[name])
        with x_server() as display:
            try:
                system = fresh_system(name, suites.get(name, name), work, display)
                trials[name](system, arguments.packages, pictures)
            except TryError as error:
                failed = True
                say(f"{SYSTEMS[name]}: {error}")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
