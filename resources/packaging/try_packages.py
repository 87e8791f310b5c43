"""Tries the packages as a person would who has nothing else: in fresh Debian systems and, for Windows, under Wine.

Run as root on Debian: ``python try_packages.py PACKAGES [--work FOLDER] [--only bookworm trixie wine]``. PACKAGES is
the folder that build.py has filled. It needs debootstrap, xvfb, xdotool and imagemagick. A network serves to set up the
systems only: whatever is tried runs without one. The pictures that it takes are for a person to look at.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

TOOLS = ("debootstrap", "Xvfb", "xdotool", "import", "unshare")
SYSTEMS = {"bookworm": "Debian 12", "trixie": "Debian 13", "wine": "Wine in Debian 13"}
EXAMPLE = Path(__file__).resolve().parents[1] / "experiments" / "02_xor_learns.json"
SCREEN = "1280x800"
# What a system writes while packages come and go, whatever they are.
WRITTEN_BY_APT = (
    "var/lib/apt",
    "var/lib/dpkg",
    "var/cache",
    "var/log",
    "etc/ld.so.cache",
    "tmp",
    "proc",
    "sys",
    "dev",
    "run",
    "home",
)


class TryError(Exception):
    """What did not work, in words."""


def say(text: str) -> None:
    print(f"try: {text}", flush=True)


def expect(holds: object, text: str) -> None:
    """Say what works, or end with what does not."""
    if not holds:
        raise TryError(f"does not hold: {text}")
    say(f"  {text}")


class System:
    """A Debian system in a folder of its own."""

    def __init__(self, folder: Path, display: str) -> None:
        self.folder = folder
        self.display = display

    def command(self, *command: str, network: bool) -> list[str]:
        """Return the command that runs another one in the system: by root with a network, or by a person without."""
        mounts = (
            'mount -t proc proc "$0/proc"; mkdir -p "$0/dev/shm" "$0/tmp/.X11-unix";'
            'mount -t tmpfs -o mode=1777 shm "$0/dev/shm"; mount --bind /tmp/.X11-unix "$0/tmp/.X11-unix";'
        )
        variables = ["LC_ALL=C.UTF-8", f"DISPLAY={self.display}", "PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"]
        variables += (
            ["HOME=/root", "DEBIAN_FRONTEND=noninteractive"] if network else ["HOME=/home/person", "WINEDEBUG=-all"]
        )
        who = [] if network else ["--userspec=1000:1000"]
        inner = ["chroot", *who, str(self.folder), "env", "-i", *variables, *command]
        namespaces = ["--mount", "--pid", "--fork", *([] if network else ["--net"])]
        return ["unshare", *namespaces, "sh", "-c", mounts + 'exec "$@"', str(self.folder), *inner]

    def run(self, *command: str, network: bool = False, status: int = 0) -> str:
        """Run a command to its end, and return what it printed."""
        done = subprocess.run(
            self.command(*command, network=network), capture_output=True, text=True, errors="replace", check=False
        )
        if done.returncode != status:
            raise TryError(f"{' '.join(command)} ended with {done.returncode}:\n{(done.stdout + done.stderr)[-3000:]}")
        return done.stdout

    def wine(self, *command: str) -> str:
        """Run a Windows program to its end, and to that of what it has started; only then is the registry written."""
        return self.run("sh", "-c", 'wine "$@"; status=$?; wineserver --wait; exit $status', "sh", *command)

    def install(self, *packages: str) -> None:
        self.run("apt-get", "install", "-qq", "--yes", "--no-install-recommends", *packages, network=True)

    @contextmanager
    def started(self, *command: str) -> Iterator[str]:
        """Start a program with a window, and give the window's number once it is there; end the program afterwards."""
        with subprocess.Popen(
            self.command(*command, network=False), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as process:
            try:
                yield self._window()
            finally:
                # The first process of its own process namespace: with it end all that it has started.
                for child in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split():
                    os.kill(int(child), signal.SIGKILL)
                while self._windows():
                    time.sleep(0.1)

    def _window(self) -> str:
        for _ in range(600):
            if found := self._windows():
                return found[-1]
            time.sleep(0.1)
        raise TryError("no window has come in a minute")

    def _windows(self) -> list[str]:
        return self.x("xdotool", "search", "--onlyvisible", "--name", "nnstudio", check=False).split()

    def x(self, *command: str, check: bool = True) -> str:
        """Run a command of this machine on the display."""
        environment = {**os.environ, "DISPLAY": self.display}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if check and done.returncode:
            raise TryError(f"{' '.join(command)} failed: {done.stderr}")
        return done.stdout

    def press(self, window: str, *keys: str) -> None:
        """Press keys in a window; without a window manager it has to be given the focus first."""
        self.x("xdotool", "windowfocus", "--sync", window, "key", "--delay", "100", *keys)

    def files(self) -> set[str]:
        """List the system's files, except for what apt itself writes."""
        skipped = [self.folder / name for name in WRITTEN_BY_APT]
        prune = [word for path in skipped for word in ("-path", str(path), "-prune", "-o")]
        return set(
            subprocess.run(
                ["find", self.folder, *prune, "-print"], capture_output=True, text=True, check=True
            ).stdout.split("\n")
        )


def fresh_system(suite: str, work: Path, display: str) -> System:
    """Return a minimal Debian that nothing was done to; what debootstrap has made is kept and copied."""
    base, folder = work / f"{suite}.base", work / suite
    if not (base / "etc" / "debian_version").exists():
        say(f"setting up a minimal {suite}")
        log = work / f"{suite}.log"
        with log.open("w") as output:
            if subprocess.run(
                ["debootstrap", "--variant=minbase", suite, base], stdout=output, stderr=output, check=False
            ).returncode:
                raise TryError(f"debootstrap could not set up {suite}; see {log}")
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run(["cp", "-a", base, folder], check=True)
    shutil.copyfile("/etc/resolv.conf", folder / "etc" / "resolv.conf")
    system = System(folder, display)
    system.run("useradd", "--uid", "1000", "--create-home", "person", network=True)
    system.run("apt-get", "update", "-qq", network=True)
    return system


def try_deb(system: System, packages: Path, pictures: Path) -> None:
    """Install the .deb, use the program, and remove it."""
    (package,) = packages.glob("*.deb")
    # What the system needs so that a file can be opened by its type at all, as every desktop has it.
    system.install("libglib2.0-bin", "desktop-file-utils", "shared-mime-info")
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
    kind = system.run("gio", "info", "--attributes=standard::content-type", "/home/person/learned.nns")
    expect("application/x-nnstudio" in kind, "a .nns file is known as an experiment")
    with system.started("sh", "-c", "gio open /home/person/learned.nns; sleep 60") as window:
        time.sleep(4)
        take_picture(system, pictures / f"{system.folder.name}_opened.png")
        title = system.x("xdotool", "getwindowname", window).strip()
        expect("learned" in title, f"gio open: the window's title is {title!r}")
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


def write_experiment(path: Path) -> None:
    """Write an example as a file that a person would have saved; anybody may read it."""
    with zipfile.ZipFile(path, "w") as packed:
        packed.write(EXAMPLE, "spec.json")
    path.chmod(0o644)


def take_picture(system: System, path: Path) -> None:
    system.x("import", "-window", "root", str(path))
    say(f"  picture: {path}")


@contextmanager
def x_server() -> Iterator[str]:
    """Give an X server without a screen."""
    reader, writer = os.pipe()
    command = ["Xvfb", "-displayfd", str(writer), "-screen", "0", f"{SCREEN}x24", "-nolisten", "tcp", "-ac"]
    with subprocess.Popen(command, pass_fds=[writer], stderr=subprocess.DEVNULL) as server:
        os.close(writer)
        with os.fdopen(reader) as pipe:
            display = ":" + pipe.readline().strip()
        try:
            yield display
        finally:
            server.terminate()


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
        parser.error(f"{', '.join(missing)} missing; apt-get install debootstrap xvfb xdotool imagemagick util-linux")
    work = arguments.work.resolve()
    pictures = work / "pictures"
    pictures.mkdir(parents=True, exist_ok=True)
    failed = False
    for name in arguments.only:
        say(SYSTEMS[name])
        with x_server() as display:
            try:
                system = fresh_system("trixie" if name == "wine" else name, work, display)
                (try_windows if name == "wine" else try_deb)(system, arguments.packages, pictures)
            except TryError as error:
                failed = True
                say(f"{SYSTEMS[name]}: {error}")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
