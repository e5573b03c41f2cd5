#!/bin/sh
# Make .venv, or bring it up to date, with this project and one of its extras: tools/environment.sh lab
set -eu
cd "$(dirname "$0")/.."
extra=$1
venv_python=.venv/bin/python

say() { echo "binance_nb: $*"; }
fail() { echo "binance_nb: $*" >&2; exit 1; }
is_recent() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }
makes_venvs() { "$1" -c 'import ensurepip, venv' >/dev/null 2>&1; }

find_python() {
    without_venv=
    for candidate in ${PYTHON:-python3.13 python3.12 python3.11 python3 python}; do
        is_recent "$candidate" || continue
        if makes_venvs "$candidate"; then echo "$candidate"; return; fi
        without_venv=$candidate
    done
    [ -z "$without_venv" ] || fail "$without_venv has no venv module; on Debian and Ubuntu 'apt install python3-venv' brings it."
    [ -z "${PYTHON:-}" ] || fail "PYTHON=$PYTHON is not a Python 3.11 or newer."
    fail "Python 3.11 or newer is needed and was not found; install it, or name one that the search misses: PYTHON=/path/to/python3 after the make command."
}

if ! { is_recent $venv_python && $venv_python -m pip --version >/dev/null 2>&1; }; then
    python=$(find_python)
    say "making .venv with $("$python" --version)"
    "$python" -m venv --clear .venv
fi

say "installing the project with its extra '$extra' into .venv (from PyPI; once, until pyproject.toml changes)"
# uv takes a quarter of pip's time here; pip alone does it too.
$venv_python -m pip install --quiet --disable-pip-version-check uv &&
    .venv/bin/uv pip install --quiet --compile-bytecode --python $venv_python --editable ".[$extra]" || {
    say "uv could not do it; trying again with pip, which takes a minute or two"
    $venv_python -m pip install --quiet --disable-pip-version-check --editable ".[$extra]" ||
        fail "the packages could not be installed; pip's own words are above (is PyPI reachable?)."
}

# It makes a list of the computer's fonts once, and says so where that takes long: not into somebody's notebook.
$venv_python -c 'import matplotlib.font_manager'
