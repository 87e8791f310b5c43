#!/bin/sh
# Removes nnstudio where install.sh has put it; what it remembers of a person's settings stays.
set -eu
place=$(cd "$(dirname "$0")" && pwd)
prefix=${place%/lib/nnstudio}
share=$prefix/share

# A desktop finds programs and file types by these; where nothing else is left for them, they go too.
update_databases() {
    if [ -n "$(ls "$share/mime/packages" 2>/dev/null)" ]; then
        update-mime-database "$share/mime" 2>/dev/null || true
    else
        rm -rf "$share/mime"
    fi
    if [ -n "$(ls "$share/applications" 2>/dev/null | grep -v '^mimeinfo.cache$')" ]; then
        update-desktop-database "$share/applications" 2>/dev/null || true
    else
        rm -rf "$share/applications"
    fi
}

if [ "${1:-}" != --update-databases-only ]; then
    sort -r "$place/share_files" | while read -r file; do
        rm -f "$share/$file"
        (cd "$share" && rmdir -p "$(dirname "$file")" 2>/dev/null) || true
    done
    rm -f "$prefix/bin/nnstudio"
    rm -rf "$place"
fi
update_databases
rmdir "$share" "$prefix/bin" "$prefix/lib" 2>/dev/null || true
