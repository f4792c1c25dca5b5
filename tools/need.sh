#!/bin/sh
# What the machine must bring: git, python3 from 3.11 to 3.13, and python3-venv (make is there, or this would not run).
# Prints the Python to use. Each missing thing is one sentence on standard error and exit code 1.
set -eu

say() { printf '%s\n' "$1" >&2; exit 1; }

command -v git >/dev/null 2>&1 || say "Afterglow needs git, and it is not on this machine. Install it (Debian, Ubuntu: apt-get install git), then run make again."

usable() {
  command -v "$1" >/dev/null 2>&1 && "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' >/dev/null 2>&1
}

# AFTERGLOW_PYTHON names another interpreter; otherwise the machine's own python3 is tried first.
python=""
for candidate in "${AFTERGLOW_PYTHON:-python3}" python3.13 python3.12 python3.11; do
  if usable "$candidate"; then python=$candidate; break; fi
done
[ -n "$python" ] || say "Afterglow needs Python 3.11, 3.12 or 3.13, and none is on this machine. Install it (Debian, Ubuntu: apt-get install python3 python3-venv), then run make again."

"$python" -c 'import venv, ensurepip' >/dev/null 2>&1 \
  || say "Afterglow builds a virtual environment, and $python has no venv module with pip in it. Install it (Debian, Ubuntu: apt-get install python3-venv), then run make again."

printf '%s\n' "$python"
