"""The registry on the command line: the tables for research of those who said yes, written whole or not at all, and the table of a paper."""

from __future__ import annotations

import argparse
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

from afterglow.doors import clock
from afterglow.doors.ops import answer, folder
from afterglow.ground.errors import Refusal

HELP = "write the registry's tables for research, or print the table of a paper"
HALF = ".half-"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    places = parser.add_subparsers(dest="deed", required=True, metavar="DEED")
    export = places.add_parser("export", help="a folder of tables about those who said yes to research, with their dictionary and manifest")
    export.add_argument(
        "--to", required=True, metavar="DIR", help="where the set's folder is put; run it daily, so that a yes taken back counts within a day"
    )
    export.add_argument("--clinic", metavar="NAME", help="whose, when there are several here")
    export.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="answer as JSON")
    table = places.add_parser("table", help="the clinic's people counted by the definitions of a published paper, beside its numbers")
    table.add_argument("paper", metavar="PAPER", help="mcinnes2022, hietamies2023, alnefeesi2022 or hull2022")
    table.add_argument("--start", default="all", metavar="PERIOD", help="whose first infusion: all, a month (2026-11) or a quarter (2026-Q4)")
    table.add_argument("--clinic", metavar="NAME", help="whose, when there are several here")
    table.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="answer as JSON")


def choose_home(options: argparse.Namespace) -> None:
    """Before Django, as `serve` does."""
    folder.check_home()


def run(options: argparse.Namespace) -> int:
    return print_table(options) if options.deed == "table" else export_set(options)


def print_table(options: argparse.Namespace) -> int:
    """The table as it stood when the day began at the clinic.  Raises Refusal `ops.no_such_table`, `ops.no_such_period`."""
    from afterglow.ground.access.actor import Actor
    from afterglow.ground.accounts import queries as accounts
    from afterglow.ground.audit import trail
    from afterglow.pathway.registry import access, events
    from afterglow.pathway.registry.queries import day_begins, papers
    from afterglow.pathway.registry.rules.paper_counting import NO_COMPARISON, facts, in_text
    from afterglow.pathway.registry.rules.periods import period_from

    known, period = [each.id for each in papers.papers()], period_from(options.start)
    if options.paper not in known:
        raise Refusal("ops.no_such_table", f"There is no table of {options.paper} here.", f"Name one of these: {', '.join(known)}.")
    if period is None:
        raise Refusal("ops.no_such_period", f"{options.start} is no period.", "Name all, a month like 2026-11, or a quarter like 2026-Q4.")
    clinic, now = accounts.clinic(_clinic(options.clinic)), clock.now()
    counted_at = day_begins(now.astimezone(ZoneInfo(clinic.zone)).date(), clinic.zone)
    found = papers.paper_table(clinic.id, name=options.paper, zone=clinic.zone, period=period, at=counted_at)
    trail.read(events.paper_read, by=Actor.job("registry table at the machine", clinic.id, access.FIGURES), at=now, count=len(found.lines))
    content = found.of.content
    return answer.done(
        options,
        in_text(found.lines, title=content["title"], not_carried=content["not_carried"]),
        paper=found.of.id, version=found.of.version, status=content["status"], sources=content["sources"], study=content["study"],
        induction=content["induction"], clinic=clinic.name, period=period.id, counted_at=counted_at.isoformat(),
        least_people=content["least_people"]["value"], no_comparison=NO_COMPARISON, measures=[facts(line) for line in found.lines],
        not_counted=content["not_counted"], not_carried=content["not_carried"],
    )  # fmt: skip


def export_set(options: argparse.Namespace) -> int:
    """The set for research."""
    from afterglow.ground.access.actor import Actor  # models exist once Django is set up
    from afterglow.pathway.registry import access
    from afterglow.pathway.registry.actions.make_set import make_set

    place = Path(options.to)
    by = Actor.job("registry export at the machine", _clinic(options.clinic), access.EXPORT)
    made = make_set(put=lambda name, files: put(place, name, files), by=by, at=clock.now())
    said = (
        f"{place / made.name}: {made.people} people who said yes to research; {made.left_out} who started are in no table."
        f" {'It was there already.' if made.again else 'It is new.'}"
    )
    if made.remove:
        said += f" The manifest names {made.remove} codes whose lines leave every earlier set: tell whoever holds one."
    return answer.done(options, said, folder=str(place / made.name), people=made.people, left_out=made.left_out, remove=made.remove, again=made.again)


def put(place: Path, name: str, files: Mapping[str, bytes]) -> None:
    """The whole folder or nothing: written beside under another name, synced, then renamed.  What a crash left half is cleared away first.

    Raises Refusal `ops.set_changed` when a folder of this name holds other bytes, `ops.set_not_written` when the place cannot be written.
    """
    whole, half = place / name, place / f"{HALF}{name}"
    try:
        place.mkdir(parents=True, exist_ok=True)
        if whole.exists():
            _same(whole, files)
            return
        shutil.rmtree(half, ignore_errors=True)
        half.mkdir()
        for file, held in files.items():
            with (half / file).open("xb") as written:
                written.write(held)
                written.flush()
                os.fsync(written.fileno())
        half.rename(whole)
        _sync(place)
    except OSError as error:
        raise Refusal(
            "ops.set_not_written", f"The set could not be written to {place}.", "Nothing was recorded. Choose a folder that can be written."
        ) from error


def _same(whole: Path, files: Mapping[str, bytes]) -> None:
    found = {file.name: file.read_bytes() for file in whole.iterdir()}
    if found != dict(files):
        raise Refusal(
            "ops.set_changed", f"The folder {whole} is there with other content than was written.", "Move it away, and write the set again."
        )


def _sync(place: Path) -> None:
    handle = os.open(place, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _clinic(name: str | None) -> UUID:
    """Raises Refusal `ops.which_clinic`."""
    from afterglow.ground.accounts import queries as accounts

    clinics = [accounts.clinic(each) for each in accounts.clinic_ids()]
    found = [each for each in clinics if name is None or each.name == name]
    if len(found) != 1:
        raise Refusal(
            "ops.which_clinic", f"{len(found)} clinics here fit that.", f"Name one with --clinic: {', '.join(sorted(each.name for each in clinics))}."
        )
    return found[0].id
