#!/bin/sh
# Installs nnstudio from this folder for one person (in ~/.local), or as root for all (in /usr/local).
set -eu
start=${USER_PWD:-$PWD} # the self-extracting file tells where the person is
cd "$(dirname "$0")"
if [ "$(id -u)" = 0 ]; then prefix=/usr/local; else prefix=$HOME/.local; fi
case ${1:-} in
--prefix) prefix=${2:?--prefix needs a folder} ;;
"") ;;
*)
    echo "usage: install.sh [--prefix FOLDER]" >&2
    exit 2
    ;;
esac
case $prefix in
/*) ;;
*) prefix=$start/$prefix ;;
esac

# Others can use what root installs, although the self-extracting file unpacks for one person alone.
umask 022
chmod -R go+rX nnstudio _internal share uninstall.sh 2>/dev/null || true

# What an older version has left would be mixed with this one.
[ ! -e "$prefix/lib/nnstudio/uninstall.sh" ] || sh "$prefix/lib/nnstudio/uninstall.sh"

# Which folders are not there before; those that are stay when this is removed again.
folders=$(
    [ -d "$prefix" ] || echo .
    for folder in bin lib $(find share -type d); do
        [ -d "$prefix/$folder" ] || echo "$folder"
    done
)
mkdir -p "$prefix"
prefix=$(cd "$prefix" && pwd)
place=$prefix/lib/nnstudio
share=$prefix/share
mkdir -p "$place" "$prefix/bin" "$share"
printf '%s\n' "$folders" >"$place/folders"
find share -type f >"$place/files"

cp -R nnstudio _internal uninstall.sh "$place"
cp -R share/. "$share"
ln -sf ../lib/nnstudio/nnstudio "$prefix/bin/nnstudio"
# A desktop need not have PREFIX/bin among its paths.
sed "s|^Exec=nnstudio|Exec=\"$prefix/bin/nnstudio\"|" share/applications/nnstudio.desktop \
    >"$share/applications/nnstudio.desktop"
# Desktops find file types and programs by these, and look for new icons where the folder's date is new.
update-mime-database "$share/mime" 2>/dev/null || true
update-desktop-database "$share/applications" 2>/dev/null || true
touch "$share/icons/hicolor"

echo "nnstudio is installed: $prefix/bin/nnstudio. To remove it: sh $place/uninstall.sh"
