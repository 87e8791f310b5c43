# shellcheck shell=sh
# Sets up .venv in the checkout for open.sh and test.sh, which source this file; run again, it only looks.

# What Qt's wheels link to and do not bring: for Qt at all with one font, and for a window on X11 or Wayland.
qt_packages="libglib2.0-0 libdbus-1-3 libfontconfig1 libxkbcommon0 libegl1 libgl1 fonts-dejavu-core"
window_packages="libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0 libxcb-render-util0 libxcb-image0
    libxkbcommon-x11-0 libwayland-cursor0"

say() {
    printf 'nnstudio: %s\n' "$*" >&2
}

# Prints the first Python that is new enough and can make virtual environments.
find_python() {
    for name in python3 python3.14 python3.13 python3.12 python3.11; do
        if "$name" -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$name"
            return
        fi
    done
    return 1
}

installed() {
    # Debian 13 and Ubuntu 24.04 renamed some libraries NAMEt64.
    dpkg-query --show --showformat='${db:Status-Status}\n' "$1" "$1t64" 2>/dev/null | grep -qx installed
}

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

can_be_root() {
    # Without a terminal sudo could not ask for a password.
    [ "$(id -u)" = 0 ] || { command -v sudo >/dev/null && { [ -t 0 ] || sudo -n true 2>/dev/null; }; }
}

# Names the missing ones of the Debian packages given, and installs them where that is possible.
install_packages() {
    command -v dpkg-query >/dev/null || return 0
    missing=
    for package in "$@"; do
        installed "$package" || missing="$missing $package"
    done
    [ -n "$missing" ] || return 0
    say "system packages are missing:$missing"
    if can_be_root; then
        say "installing them with apt-get"
        as_root apt-get update -qq || say "apt-get update failed; going on with the lists there are"
        # shellcheck disable=SC2086 # one word for each package
        as_root env DEBIAN_FRONTEND=noninteractive \
            apt-get install -qq --no-install-recommends $missing >/dev/null && return
    fi
    say "not installed; as root, run: apt-get update && apt-get install --no-install-recommends$missing"
}

# Makes .venv, unless there is one that works and was made in this place: its scripts hold its path.
make_venv() {
    if [ "$(cat .venv/.place 2>/dev/null || pwd)" = "$(pwd)" ] &&
        .venv/bin/python -c 'import pip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        return
    fi
    python=$(find_python) || {
        say "Python 3.11 or newer is needed, with its venv module"
        exit 1
    }
    "$python" -m venv --clear .venv
    pwd >.venv/.place
}

# Installs the project into .venv as "." or ".[test]", unless that was done for this very pyproject.toml.
install_project() {
    extra=$1
    stamp=$(cksum <pyproject.toml)
    [ "$(cat ".venv/.installed$extra" 2>/dev/null)" != "$stamp" ] || return 0
    say "installing Python packages into .venv; this takes a minute or two"
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --editable ".$extra"
    for done in "" "$extra"; do
        printf '%s\n' "$stamp" >".venv/.installed$done"
    done
}

# set_up EXTRA PACKAGE...: all of the above; EXTRA is "" or "[test]".
set_up() {
    extra=$1
    shift
    # shellcheck disable=SC2086 # one word for each package
    set -- $qt_packages $window_packages "$@"
    [ -x .venv/bin/python ] || find_python >/dev/null || set -- python3 python3-venv "$@"
    install_packages "$@"
    make_venv
    install_project "$extra"
}
