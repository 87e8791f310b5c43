#!/bin/sh
# Installs nnstudio from this folder for one person (in ~/.local), or as root for all (in /usr/local).
set -eu
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
mkdir -p "$prefix"
prefix=$(cd "$prefix" && pwd)
place=$prefix/lib/nnstudio
share=$prefix/share

rm -rf "$place"
mkdir -p "$place" "$prefix/bin" "$share"
cp -R nnstudio _internal uninstall.sh "$place"
cp -R share/. "$share"
ln -sf ../lib/nnstudio/nnstudio "$prefix/bin/nnstudio"
# A desktop need not have PREFIX/bin among its paths.
sed "s|^Exec=nnstudio|Exec=\"$prefix/bin/nnstudio\"|" share/applications/nnstudio.desktop \
    >"$share/applications/nnstudio.desktop"
(cd share && find . -type f) >"$place/share_files"
sh "$place/uninstall.sh" --update-databases-only

echo "nnstudio is installed: $prefix/bin/nnstudio. To remove it: sh $place/uninstall.sh"
