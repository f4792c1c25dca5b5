"""The clinical library on the command line: is it sound, how do two versions differ, does a course fit a calendar?  No clinic, no data folder, nothing kept."""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, date
from typing import Any

from afterglow.doors import clock
from afterglow.doors.ops import answer
from afterglow.ground.content.files import LIBRARY_ROOT, LibraryFile, Schemas, load_file
from afterglow.ground.content.soundness import Fault, Soundness, newest_versions, soundness
from afterglow.ground.content.versions import FieldDifference, differences
from afterglow.ground.errors import Refusal
from afterglow.pathway.plan.rules.protocols import protocol_faults
from afterglow.pathway.plan.rules.rehearsal import About
from afterglow.pathway.plan.rules.rehearsed import Rehearsal, rehearse
from afterglow.records.measures.rules.translation import misfits
from afterglow.science.dosing.limits import drugs_from
from afterglow.science.scoring.instrument import InstrumentInvalid, instrument_from

HELP = "look at the clinical library"
NEEDS_DJANGO = False
LISTED_AT_MOST = 14  # names under each heading; all of them in --json
PEOPLE_AT_MOST = 100_000
HEADINGS: dict[About, str] = {
    "window": "Days and windows that could not be kept, in people",
    "dose": "Doses and weights outside the guardrails",
    "interval": "Doses too close or too many",
    "order": "Orders that no longer held",
    "review": "Reviews that nobody would own",
}
PROGRAMME = re.compile(r"(?P<id>[a-z][a-z0-9_]*)(?:@[1-9][0-9]*)?")
NAME = re.compile(r"(?:(?P<kind>[a-z_]+)/)?(?P<id>[a-z][a-z0-9_]*)(?:@(?P<version>[1-9][0-9]*))?")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    places = parser.add_subparsers(dest="deed", required=True, metavar="DEED")
    checked = places.add_parser("check", help="is every file sound; what is unreviewed, overdue, unsourced (exit code 1: something is wrong)")
    diffed = places.add_parser("diff", help="two versions or two files side by side, field by field")
    diffed.add_argument("left", metavar="A", help="such as iv_mdd_standard, protocols/iv_mdd_standard@1")
    diffed.add_argument("right", metavar="B")
    simulated = places.add_parser("simulate", help="a protocol on a calendar for invented people: what cannot be kept, and what must be explained")
    simulated.add_argument("protocol", metavar="PROTOCOL", help="such as iv_mdd_standard, or iv_mdd_standard@1")
    simulated.add_argument("--people", type=int, default=1000, help=f"how many (1 to {PEOPLE_AT_MOST}; default 1000)")
    simulated.add_argument("--seed", type=int, default=1, help="the same seed gives the same people and clinic (default 1)")
    simulated.add_argument("--from", dest="first_on", metavar="DAY", help="first day, such as 2027-01-04 (default: today)")
    for each in (checked, diffed, simulated):
        each.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="answer as JSON")


def run(options: argparse.Namespace) -> int:
    return {"check": _check, "diff": _diff, "simulate": _simulate}[options.deed](options)


def protocols_agree(files: Sequence[LibraryFile]) -> Iterator[Fault]:
    """Each protocol against itself, by the rules of the plan station."""
    products = next((file for file in newest_versions(files) if (file.kind, file.id) == ("codes", "ketamine_products")), None)
    drugs = drugs_from(products.content) if products else {}
    for file in files:
        for sentence in protocol_faults(file.content, drugs) if file.kind == "protocols" else ():
            yield Fault(rule="protocol", file=file.path, line=None, sentence=sentence, now="Correct the file before anybody plans by it.")


def translations_fit(files: Sequence[LibraryFile]) -> Iterator[Fault]:
    """Each translation has exactly the questions and answers of the questionnaire that it words."""
    made = {}
    for file in files:
        if file.kind == "instruments":
            with suppress(InstrumentInvalid):  # said by a rule of its own
                made[file.id] = (instrument_from(file.content), file.content)
    worded = {file.id: file for file in files if file.kind == "translations"}
    for name, sentence in misfits([(name, file.content) for name, file in worded.items()], made):
        yield Fault(rule="translation", file=worded[name].path, line=None, sentence=sentence, now="Correct the file: until then nobody is shown it.")


def _check(options: argparse.Namespace) -> int:
    today = clock.now().astimezone(UTC).date().isoformat()
    found = soundness(on=today, root=LIBRARY_ROOT, more=(protocols_agree, translations_fit))
    say = answer.failed if found.faults else answer.done
    return say(options, "\n".join(_told(found, today)), **_as_json(found, today))


def _as_json(found: Soundness, today: str) -> dict[str, Any]:
    return {
        "on": today,
        "files": len(found.files),
        "faults": [asdict(fault) for fault in found.faults],
        "unreviewed": [file.path for file in found.unreviewed],
        "overdue": [{"file": file.path, "review_by": file.review_by} for file in found.overdue],
        "unsourced": [asdict(place) for place in found.unsourced],
        "on_judgement": dict(found.judged),
    }


def _told(found: Soundness, today: str) -> Iterator[str]:
    """The same in words: faults first, each with what to do; then what waits for a clinician."""
    for fault in found.faults:
        yield f"NOT  {fault.file}{f', line {fault.line}' if fault.line else ''}: {fault.sentence} {fault.now}"
    kinds = Counter(file.kind for file in found.unreviewed)
    yield from _listed("unreviewed, in their newest version", len(found.unreviewed), [f"{count} {kind}" for kind, count in sorted(kinds.items())])
    yield from _listed(f"overdue for review on {today}", len(found.overdue), [f"{file.path}, due by {file.review_by}" for file in found.overdue])
    yield from _listed("unsourced", len(found.unsourced), [f"{place.file}: {place.at} {place.sentence}" for place in found.unsourced])
    most = sorted(found.judged.items(), key=lambda pair: (-pair[1], pair[0]))
    yield from _listed("judgement or uncertain (J, U)", sum(found.judged.values()), [f"{path}: {count}" for path, count in most])
    yield f"{len(found.faults)} faults in {len(found.files)} readable files." if found.faults else f"{len(found.files)} files are sound."


def _listed(what: str, count: int, names: Sequence[str]) -> Iterator[str]:
    yield f"{count:>4} {what}"
    yield from (f"       {name}" for name in names[:LISTED_AT_MOST])
    if len(names) > LISTED_AT_MOST:
        yield f"       and {len(names) - LISTED_AT_MOST} more; --json names them all"


def _diff(options: argparse.Namespace) -> int:
    left, right = find(options.left), find(options.right)
    if left.kind != right.kind:
        sentence = f"{left.path} and {right.path} are of two kinds."
        raise Refusal("library.two_kinds", sentence, now="Name two files of one kind.")
    found = differences(left.content, right.content)
    sides = [f"{file.kind}/{file.id}@{file.version}" for file in (left, right)]
    return answer.done(options, "\n".join(_beside(found, sides)), left=sides[0], right=sides[1], differences=[asdict(each) for each in found])


def find(name: str) -> LibraryFile:
    """The file called KIND/ID@VERSION; kind and version may be left out (then the newest).  Raises Refusal when it is none or not one."""
    parts = NAME.fullmatch(name)
    paths = LIBRARY_ROOT.glob(f"{parts['kind'] or '*'}/{parts['id']}/{parts['version'] or '*'}.yaml") if parts else ()
    schemas = Schemas(LIBRARY_ROOT / "schemas")
    newest = newest_versions(load_file(path, root=LIBRARY_ROOT, schemas=schemas) for path in paths)
    if not newest:
        now = "Name it as KIND/ID@VERSION, such as protocols/iv_mdd_standard@1; kind and version may be left out."
        raise Refusal("library.unknown_file", f"There is no library file called {name!r}.", now=now)
    if len(newest) > 1:
        raise Refusal("library.which_kind", f"{name} is {' and '.join(file.path for file in newest)}.", now="Put the kind before it, with a slash.")
    return newest[0]


def _beside(found: Sequence[FieldDifference], sides: Sequence[str]) -> Iterator[str]:
    if not found:
        yield f"{sides[0]} and {sides[1]} say the same."
        return
    yield f"- {sides[0]}\n+ {sides[1]}\n{len(found)} fields differ."
    for each in found:
        yield f"{each.field}\n  - {_value(each.left, each.in_left)}\n  + {_value(each.right, each.in_right)}"


def _value(value: Any, is_there: bool) -> str:
    return "(not there)" if not is_there else value if isinstance(value, str) else json.dumps(value)


def _simulate(options: argparse.Namespace) -> int:
    file, first_on = _protocol(options.protocol), _first_day(options.first_on)
    if not 1 <= options.people <= PEOPLE_AT_MOST:
        raise Refusal("library.too_many_people", f"{options.people} people cannot be simulated.", now=f"Choose 1 to {PEOPLE_AT_MOST}.")
    drugs = drugs_from(find("codes/ketamine_products").content)
    found = rehearse(file.content, drugs, first_on=first_on, people=options.people, seed=options.seed)
    named = f"{file.kind}/{file.id}@{file.version}"
    told = asdict(found) | {"protocol": named, "title": file.content["title"], "status": file.status, "first_on": first_on.isoformat()}
    return answer.done(options, "\n".join(_rehearsed(found, named, file.content["title"])), **told)


def _protocol(name: str) -> LibraryFile:
    """Raises Refusal for what is none, with the reason where it is a programme that the rooms cannot run yet."""
    asked = name.removeprefix("protocols/").removeprefix("programmes/")
    known = PROGRAMME.fullmatch(asked)
    if known and not (LIBRARY_ROOT / "protocols" / known["id"]).is_dir() and (LIBRARY_ROOT / "programmes" / known["id"]).is_dir():
        held = find(f"programmes/{asked}")
        sentence = f"No plan can be made from {held.content['title']} yet. {held.content['why_not_plannable']}"
        raise Refusal("library.not_plannable", sentence, now="Read the file, or simulate one of the protocols.")
    return find(f"protocols/{asked}")


def _first_day(text: str | None) -> date:
    try:
        return clock.now().astimezone(UTC).date() if text is None else date.fromisoformat(text)
    except ValueError:
        raise Refusal("library.not_a_day", f"{text!r} is not a day.", now="Write it as 2027-01-04.") from None


def _rehearsed(found: Rehearsal, named: str, title: str) -> Iterator[str]:
    """The report in words: how it went, then each kind of trouble with the rule's own sentence of the first."""
    yield f"{named}: {title}"
    yield f"{found.people} invented people (seed {found.seed}): {found.finished} had every infusion, {found.stopped} stopped, for {found.unplaced} no days."
    if found.days_median is not None:
        low, high = found.within_days
        yield f"First to last infusion: half within {found.days_median:g} days, the longest {found.days_longest}; the protocol says {low} to {high}."
    yield f"{found.smooth} went through without anything to explain."
    for about, heading in HEADINGS.items():
        lines = found.about(about)
        yield f"\n{heading}{'' if lines else ': none.'}"
        for line in lines:
            yield f"{line.people:>6} {line.level}: {line.example}{f' ({line.times} times)' if line.times > line.people else ''}"
    yield "\nAssumed, not measured; no forecast of real people:"
    yield from (f"  {sentence}" for sentence in found.assumed)
