#!/bin/sh
# Makes the virtual environment .venv from the lock and gets axe-core and a browser. Safe to repeat.
# In: a Python (default python3), 3.11 or newer. As root, or with a password-free sudo, it installs what Debian lacks.
set -eu
cd "$(dirname "$0")/.."
python=${1:-python3}
venv=.venv

say() { printf '\n== %s\n' "$*"; }
stop() { printf '\n%s\n' "$*" >&2; exit 1; }

command -v "$python" >/dev/null || stop "There is no $python. On Debian: apt-get install python3 python3-venv"
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    stop "$("$python" --version) is too old: Python 3.11 or newer is needed. Point to one with: make setup PYTHON=/path/to/python3"

# Debian keeps ensurepip apart, in python3-venv.
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    wanted="$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')"
    if [ "$(id -u)" -eq 0 ]; then as_root=""
    elif sudo -n true 2>/dev/null; then as_root="sudo -n"
    else stop "This Python cannot make a virtual environment. Have an administrator run: apt-get install $wanted"
    fi
    command -v apt-get >/dev/null || stop "This Python cannot make a virtual environment: the module ensurepip is missing."
    say "Installing $wanted"
    # shellcheck disable=SC2086  # as_root is one command or none
    { $as_root apt-get -qq update || true
      $as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=600 install -y --no-install-recommends "$wanted"; } ||
        stop "That did not work. Have an administrator run: apt-get install $wanted"
fi

if ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
    say "Making a virtual environment in $venv"
    "$python" -m venv --clear "$venv"
fi

say "Installing the locked dependencies (some minutes the first time)"
"$venv/bin/python" -m pip install --disable-pip-version-check --progress-bar off --quiet --require-hashes -r requirements-dev.lock

say "Installing the scanner itself, and axe-core"
"$venv/bin/python" -m pip install --disable-pip-version-check --quiet --no-deps --no-build-isolation --editable .

say "Looking for a browser, fonts and the rest"
"$venv/bin/python" -m scanner.setup en ||
    stop "The set-up is not complete: see above for what is missing and what to do. Then run make again."
