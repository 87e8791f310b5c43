#!/bin/sh
# Checks and tests nnstudio in a checkout, after setting up whatever is missing; arguments go to pytest.
set -eu
cd "$(dirname "$0")/../.."
. resources/setup/common.sh
set_up "[test]" xvfb
export QT_QPA_PLATFORM=offscreen
PATH=$PWD/.venv/bin:$PATH
ruff format --check
ruff check
mypy
lint-imports --no-logo
exec python -m pytest "$@"
