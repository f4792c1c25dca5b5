"""Scores one form from a file, by the rules of the library alone: no clinic, no data folder, nothing kept."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from afterglow.ground.content.files import LIBRARY_ROOT, LibraryFile, Schemas, load_file, load_kind
from afterglow.science.scoring.instrument import instrument_from
from afterglow.science.scoring.sheet import score_sheet

HELP = "score the answers to a questionnaire from a file"
NEEDS_DJANGO = False  # pure rules: it works on a machine that holds no clinic, and makes no folder there
STDIN = "-"


class _Unreadable(NamedTuple):
    """Why nothing could be scored, before any rule was asked."""

    code: str
    sentence: str
    now: str


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("instrument", nargs="?", metavar="INSTRUMENT", help="such as phq9; see --list")
    parser.add_argument(
        "file", nargs="?", metavar="FILE", help="answers as JSON: a list in the order of the questions, or an object; - reads standard input"
    )
    parser.add_argument("--list", action="store_true", dest="listed", help="the instruments there are")


def run(options: argparse.Namespace) -> int:
    """0 for a score or the list, 2 for a refusal with its code and sentence."""
    if options.listed:
        return _list(options)
    file = _newest(options.instrument or "")
    if file is None:
        sentence = f"No instrument is called {options.instrument!r}." if options.instrument else "It was not said which instrument."
        return _refuse(options, _Unreadable("unknown_instrument", sentence, "See: afterglow score --list"))
    given = _read(options.file)
    if isinstance(given, _Unreadable):
        return _refuse(options, given)
    told = score_sheet(instrument_from(file.content), given[0])
    if options.json:
        print(json.dumps(told))
    else:
        _say(file, told)
    return 0 if told["refusal"] is None else 2


def _newest(name: str) -> LibraryFile | None:
    """The newest version in the library; the name is looked for, never made into a path."""
    folder = next((place for place in (LIBRARY_ROOT / "instruments").iterdir() if place.name == name), None)
    if folder is None:
        return None
    newest = max(folder.glob("*.yaml"), key=lambda path: int(path.stem))
    return load_file(newest, schemas=Schemas(LIBRARY_ROOT / "schemas"))


def _read(name: str | None) -> tuple[Any] | _Unreadable:
    if name is None:
        return _Unreadable("no_answers", "It was not said where the answers are.", "Name a file, or - for standard input.")
    try:
        raw = sys.stdin.buffer.read() if name == STDIN else Path(name).read_bytes()
    except OSError as wrong:
        return _Unreadable("unreadable_file", f"{name} cannot be read: {wrong.strerror}.", "Name a file that is there, or - for standard input.")
    try:
        return (json.loads(raw.decode("utf-8"), object_pairs_hook=_each_once, parse_constant=_no_number),)
    except (ValueError, RecursionError) as wrong:  # UnicodeDecodeError and JSONDecodeError are ValueErrors
        return _Unreadable("not_json", f"The answers are not JSON: {str(wrong) or 'too deep'}.", "Give a list such as [0, 1, null, 2] or an object.")


def _each_once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """JSON would silently keep the last of two answers to one question."""
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return made


def _no_number(text: str) -> Any:
    raise ValueError(f"{text} is not a number of JSON")


def _refuse(options: argparse.Namespace, why: _Unreadable) -> int:
    told = {"instrument": options.instrument, "version": None, "total": None, "band": None, "complete": False, "flags": []}
    if options.json:
        print(json.dumps(told | {"refusal": why.code, "sentence": why.sentence, "now": why.now}))
    else:
        print(f"{why.sentence} {why.now}", file=sys.stderr)
    return 2


def _say(file: LibraryFile, told: dict[str, Any]) -> None:
    """The same in words: the score, what is open, and what a person must look at."""
    if told["refusal"] is not None:
        print(f"{told['sentence']} {told['now']}", file=sys.stderr)
    else:
        parts = [f"{file.content['name']}:", "" if told["total"] is None else str(told["total"]), told["band"] or told["result"] or ""]
        print(" ".join(part for part in parts if part))
        if told["unanswered"]:
            print(f"Open: {', '.join(told['unanswered'])}")
    for sentence in told["says"].values():
        print(sentence, file=sys.stdout if told["refusal"] is None else sys.stderr)


def _list(options: argparse.Namespace) -> int:
    newest = {file.id: file for file in load_kind(LIBRARY_ROOT, "instruments")}  # versions come in order, the newest last
    rows = [
        {
            "instrument": name,
            "version": file.version,
            "name": file.content["name"],
            "items": len(file.content["items"]),
            "status": file.status,
            "ships_wording": file.content["licence"]["ship_wording"],
            "licence": file.content["licence"]["basis"],
        }
        for name, file in sorted(newest.items())
    ]
    if options.json:
        print(json.dumps({"ok": True, "instruments": rows}))
    else:
        for row in rows:
            wording = "" if row["ships_wording"] else " (scored only: its licence keeps the wording out)"
            print(f"{row['instrument']:<28} version {row['version']}, {row['items']:>2} questions, {row['status']}: {row['name']}{wording}")
    return 0
