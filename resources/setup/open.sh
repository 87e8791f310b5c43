#!/bin/sh
# Opens nnstudio from a checkout, after setting up whatever is missing; arguments go to nnstudio.
set -eu
start=$PWD
cd "$(dirname "$0")/../.."
root=$PWD
. resources/setup/common.sh
set_up ""
cd "$start" # so that an experiment file can be named from where the person is
exec "$root/.venv/bin/nnstudio" "$@"
