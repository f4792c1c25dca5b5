#!/bin/sh
# Builds .venv from a locked, hashed list: `tools/setup.sh base` or `tools/setup.sh test`.
# A stamp named after the lock's hash says "done", so that a second run takes no time.
# uv is used when a working one is there (on the machine or in .venv); pip alone does the same, only slower.
set -eu
cd "$(dirname "$0")/.."

kind=${1:-base}
lock=requirements/$kind.txt
[ -f "$lock" ] || { printf '%s\n' "There is no lock file $lock: ask for base or test." >&2; exit 2; }

# The stamp also covers pyproject.toml (the command line's entry point is made from it) and where the tree lies.
stamp=.venv/.afterglow-$kind-$( (cat "$lock" pyproject.toml; pwd) | git hash-object --stdin 2>/dev/null || true)
[ "$stamp" != ".venv/.afterglow-$kind-" ] && [ -f "$stamp" ] && [ -x .venv/bin/afterglow ] && exit 0

python=$(sh tools/need.sh)
touch .afterglow-writable 2>/dev/null || { printf '%s\n' "This folder ($(pwd)) cannot be written to, so no virtual environment can be built here. Make it writable or clone Afterglow elsewhere." >&2; exit 1; }
rm -f .afterglow-writable

if [ ! -x .venv/bin/python ] || ! .venv/bin/python -c 'import sys, pip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' >/dev/null 2>&1; then
  printf '%s\n' "Building the virtual environment .venv with $($python --version) ..."
  rm -rf .venv
  "$python" -m venv .venv
fi

uv=""
for candidate in uv .venv/bin/uv; do
  if "$candidate" --version >/dev/null 2>&1; then uv=$candidate; break; fi
done

printf '%s\n' "Installing what $lock names, each file checked against its hash ..."
# The lock names everything, so nothing is resolved again: pip would look at a newer release of what something asks for with an extra, and
# refuse it for want of a hash.  `pip check` says afterwards whether the lock was whole.
installed=""
if [ -n "$uv" ]; then
  if "$uv" pip install --quiet --python .venv/bin/python --require-hashes --no-deps -r "$lock"; then installed=yes; else printf '%s\n' "uv could not do it; trying pip." >&2; fi
fi
[ -n "$installed" ] || .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r "$lock"
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
said=$(.venv/bin/python -m pip --disable-pip-version-check check) || { printf '%s\n' "$said" >&2; exit 1; }

rm -f .venv/.afterglow-"$kind"-*
touch "$stamp"
