#!/bin/sh
# Removes nnstudio where install.sh has put it; what it remembers of a person's settings stays.
set -eu
place=$(cd "$(dirname "$0")" && pwd)
prefix=${place%/lib/nnstudio}
share=$prefix/share
folders=$(LC_ALL=C sort -r "$place/folders")
# A folder with others' files in it stays, as does one that was there before.
made() { printf '%s\n' "$folders" | grep -qx "$1"; }
empty() { [ -z "$(find "$1" -mindepth 1 ! -name mimeinfo.cache 2>/dev/null)" ]; }

while read -r file; do
    rm -f "$prefix/$file"
done <"$place/files"
rm -f "$prefix/bin/nnstudio"
rm -rf "$place"

# What is left now is what desktops' tools have drawn from the files above.
if made share/mime && empty "$share/mime/packages"; then
    rm -rf "$share/mime"
else
    update-mime-database "$share/mime" 2>/dev/null || true
fi
if empty "$share/applications"; then
    rm -f "$share/applications/mimeinfo.cache"
else
    update-desktop-database "$share/applications" 2>/dev/null || true
fi
for folder in $folders; do
    case $folder in
    .) rmdir "$prefix" 2>/dev/null || true ;;
    *) rmdir "$prefix/$folder" 2>/dev/null || true ;;
    esac
done
