"""Is the library sound, and what in it still waits for a clinician?  Faults must be put right; the rest is told as it is.

A fault is what no reader may rest on: a file that cannot be read, a released one that was changed, a source that nobody can look up,
an example that the rules do not give.  Unreviewed, overdue and unsourced are no faults: they are said, so that somebody does them.
Protocols have bounds of their own, which the plan station judges (`pathway/plan/rules/protocols`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from afterglow.ground.content.files import LIBRARY_ROOT, LibraryError, LibraryFile, load_each, overdue, read_released
from afterglow.science.scoring.instrument import InstrumentInvalid, instrument_from
from afterglow.science.scoring.score import score

HEAD = frozenset({"sources", "author", "checker", "change_log", "vignettes"})
CITES = ("source", "sources", "study")
ID = re.compile(r"[a-z][a-z0-9_]*")
JUDGED = frozenset({"J", "U"})
CLAIMED = frozenset({"V", "W"})
ASKS = frozenset({"protocols", "programmes"})
OWN_WORD = "judgement"  # a judgement that says so needs no address


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What is wrong with one file.  `rule`: which rule of the checker says so."""

    rule: str
    file: str
    line: int | None
    sentence: str
    now: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """A place of a file that carries a mark, and the sources named there or above it."""

    at: str
    mark: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsourced:
    """A place of a file that claims more than anybody can look up."""

    file: str
    at: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Soundness:
    """What was found.  The three lists and `judged` (newest versions only) tell what waits; they are no faults."""

    files: tuple[LibraryFile, ...]
    faults: tuple[Fault, ...]
    unreviewed: tuple[LibraryFile, ...]
    overdue: tuple[LibraryFile, ...]
    unsourced: tuple[Unsourced, ...]
    judged: Mapping[str, int]


def soundness(*, on: str, root: Path = LIBRARY_ROOT, more: Iterable[Callable[[Sequence[LibraryFile]], Iterator[Fault]]] = ()) -> Soundness:
    """Everything about the library below `root` on a day (ISO).  `more`: rules of those who know what a kind of file means.

    Every version is read and held against what was released; what a file says is asked of its newest version, which alone can be mended.
    """
    files, errors = load_each(root)
    current = newest_versions(files)
    faults = [_from_error("file", error) for error in errors]
    faults += _released(files, root)
    for rule in (*RULES, *more):
        faults += rule(current)
    return Soundness(
        files=files,
        faults=tuple(sorted(faults, key=lambda fault: (fault.file, fault.line or 0, fault.rule))),
        unreviewed=tuple(file for file in current if file.status == "unreviewed"),
        overdue=overdue(current, on=on),
        unsourced=tuple(place for file in current for place in unsourced(file)),
        judged={file.path: count for file in current if (count := sum(place.mark in JUDGED for place in marked(file)))},
    )


def newest_versions(files: Iterable[LibraryFile]) -> tuple[LibraryFile, ...]:
    """Of each file the version that counts, by kind and id."""
    latest: dict[tuple[str, str], LibraryFile] = {}
    for file in sorted(files, key=lambda file: file.version):
        latest[file.kind, file.id] = file
    return tuple(latest[key] for key in sorted(latest))


def marked(file: LibraryFile) -> tuple[Marked, ...]:
    """Every marked place outside the head."""
    return tuple(place for key, value in file.content.items() if key not in HEAD for place in _marked(value, key, ()))


def _marked(value: Any, at: str, above: tuple[str, ...]) -> Iterator[Marked]:
    if isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _marked(inner, f"{at}[{index}]", above)
    elif isinstance(value, dict):
        here = _cited(value) or above
        if isinstance(value.get("mark"), str):
            yield Marked(at=at, mark=value["mark"], sources=here)
        for key, inner in value.items():
            yield from _marked(inner, f"{at}.{key}", here)


def _cited(value: Mapping[str, Any]) -> tuple[str, ...]:
    found: list[str] = []
    for key in CITES:
        named = value.get(key)
        found += [named] if isinstance(named, str) else [each for each in named if isinstance(each, str)] if isinstance(named, list) else []
    return tuple(found)


def _citations(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for inner in value:
            yield from _citations(inner)
    elif isinstance(value, dict):
        yield from _cited(value)
        for inner in value.values():
            yield from _citations(inner)


def _own_sources(file: LibraryFile) -> dict[str, str | None]:
    """Id -> mark of the sources in the head that have an id."""
    return {source["id"]: source.get("mark") for source in file.content["sources"] if isinstance(source, dict) and "id" in source}


def unsourced(file: LibraryFile) -> Iterator[Unsourced]:
    """Places marked as found in a source (V, W) that name none while the head's sources have names; heads that rest on judgement alone."""
    marks = [source.get("mark") if isinstance(source, dict) else None for source in file.content["sources"]]
    if all(mark in JUDGED for mark in marks):
        yield Unsourced(file=file.path, at="sources", sentence="rest on judgement alone, no published one is named")
    if _own_sources(file):
        for place in marked(file):
            if place.mark in CLAIMED and not place.sources:
                yield Unsourced(file=file.path, at=place.at, sentence=f"is marked {place.mark} and names no source")


def _from_error(rule: str, error: LibraryError) -> Fault:
    return Fault(rule=rule, file=error.file, line=error.line, sentence=error.sentence, now=error.now)


def _fault(rule: str, file: LibraryFile, sentence: str, now: str) -> Fault:
    return Fault(rule=rule, file=file.path, line=None, sentence=sentence, now=now)


def _released(files: Sequence[LibraryFile], root: Path) -> list[Fault]:
    """Each released file is there and byte for byte what was released; each file is released."""
    try:
        listed = read_released(root)
    except LibraryError as refused:
        return [_from_error("released", refused)]
    present = {file.path: file for file in files}
    faults = []
    for path, sha256 in listed.items():
        if path in present and present[path].sha256 != sha256:
            faults.append(
                _fault("released", present[path], "A released version was changed.", "Restore it and write the change as the next version.")
            )
        elif not (root / path).exists():
            now = "Put it back: plans and answers point at it for ever."
            faults.append(Fault(rule="released", file=path, line=None, sentence="A released version is missing.", now=now))
    for path in sorted(present.keys() - listed.keys()):
        faults.append(_fault("released", present[path], "It is not released.", "Run: python tools/release_library.py"))
    return faults


def sources_exist(files: Sequence[LibraryFile]) -> Iterator[Fault]:
    """Whoever reads a number can look up where it is from: each named source stands in the head of its own file."""
    for file in files:
        known = _own_sources(file)
        named = {name for key, value in file.content.items() if key not in HEAD for name in _citations({key: value}) if ID.fullmatch(name)}
        for name in sorted(named - known.keys() - {OWN_WORD}) if known else ():
            yield _fault("source", file, f"It cites {name}, which is not among its sources.", "Add the source to the head, or correct its name.")


def marks_fit_sources(files: Sequence[LibraryFile]) -> Iterator[Fault]:
    """Nothing is called verified on the word of a judgement."""
    for file in files:
        known = _own_sources(file)
        for place in marked(file):
            if place.mark == "V" and place.sources and all(known.get(name) in JUDGED for name in place.sources):
                sentence = f"{place.at} is marked V, and its only source is a judgement."
                yield _fault("mark", file, sentence, "Name the source that was read, or mark it J.")


def signed_by_a_person(files: Sequence[LibraryFile]) -> Iterator[Fault]:
    """Reviewed means that two people did it: each has a name, and they are not one."""
    for file in files:
        if file.status == "reviewed":
            author, checker = file.content["author"], file.content["checker"]
            if author == checker or "role" in author or "role" in checker:
                yield _fault(
                    "signed", file, "It is called reviewed, and no two people are named.", "Name author and checker, or set it to unreviewed."
                )


def names_exist(files: Sequence[LibraryFile]) -> Iterator[Fault]:
    """A file that names an instrument, a protocol or a consent names one that is in the library."""
    instruments = {file.id for file in files if file.kind == "instruments"}
    protocols = {file.id for file in files if file.kind == "protocols"}
    consents = {file.id for file in files if file.kind == "consents"}
    indications = {file.id for file in files if file.kind == "indications"}
    programmes = {file.id for file in files if file.kind == "programmes"}
    for file in files:
        wanted = {measure["instrument"] for measure in file.content["measures"]} - {None} if file.kind in ASKS else set()
        for name in sorted(wanted - instruments):
            yield _fault("name", file, f"It asks for {name}, and there is no such instrument.", "Add the instrument, or correct the name.")
        signed = set(file.content["consent"]["documents"]) if file.kind == "programmes" else set()
        for name in sorted(signed - consents):
            yield _fault("name", file, f"It is signed by {name}, and there is no such consent.", "Add the consent, or correct the name.")
        if file.kind == "programmes" and file.content["plannable"] and file.id not in protocols:
            yield _fault(
                "name", file, "Plans are said to be made from it, and there is no protocol of its name.", "Add the protocol, or say why not."
            )
        for name in sorted(_meant_for(file) - indications):
            yield _fault("name", file, f"It is meant for {name}, and there is no such indication.", "Add the indication, or correct the name.")
        if file.kind == "evidence" and "about" in file.content:
            for name in sorted(set(file.content["about"]["programmes"]) - programmes):
                yield _fault("name", file, f"It is about {name}, and there is no such programme.", "Add the programme, or correct the name.")
        if file.kind == "indications":
            for what, named, known in (
                ("instrument", {*file.content["measures"]["baseline"], file.content["measures"]["primary"]} - {None}, instruments),
                ("protocol", set(file.content["protocols"]), protocols),
                ("programme", set(file.content["programmes"]), programmes),
            ):
                for name in sorted(named - known):
                    yield _fault("name", file, f"It names {name}, and there is no such {what}.", f"Add the {what}, or correct the name.")
        asks = {rule["instrument"] for rule in follow_up_rules(file.content)} if file.kind == "follow_up" else set()
        for name in sorted(asks - instruments):
            yield _fault("name", file, f"It asks for {name}, and there is no such instrument.", "Add the instrument, or correct the name.")
        offered = set(file.content["protocols"]) if file.kind == "follow_up" else set()
        for name in sorted(offered - protocols):
            yield _fault("name", file, f"It is meant for {name}, and there is no such protocol.", "Add the protocol, or correct the name.")


def follow_up_rules(content: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Every check-in that a follow-up file names."""
    return [*content["after_each_dose"], *content["during_course"], *content["after_course"]]


def _meant_for(file: LibraryFile) -> set[str]:
    """The indications that parts of the file are for."""
    if file.kind == "criteria":
        return set(file.content.get("indications", ()))
    if file.kind == "evidence":
        return {file.content["about"]["indication"]} if "about" in file.content else set()
    if file.kind == "follow_up":
        return {name for rule in follow_up_rules(file.content) for name in rule.get("for", ())}
    if file.kind != "consents":
        return set()
    paragraphs = [text for section in file.content["sections"] for text in section["paragraphs"]]
    parts = [*file.content["sections"], *paragraphs, *file.content["comprehension"]]
    return {name for part in parts for name in part.get("for", ())}


def instruments_keep_their_word(files: Sequence[LibraryFile]) -> Iterator[Fault]:
    """What a questionnaire's own examples say it gives is what the scoring gives."""
    for file in files:
        if file.kind != "instruments":
            continue
        try:
            rules = instrument_from(file.content)
        except InstrumentInvalid as wrong:
            yield _fault("example", file, str(wrong), "Correct the scoring of the file.")
            continue
        for vignette in file.content["vignettes"]:
            previous = rules.in_order(vignette["previous"]) if "previous" in vignette else None
            got = score(rules, rules.in_order(vignette["answers"]), previous, vignette.get("sex"), vignette.get("baseline")).named()
            for name, wanted in vignette["gives"].items():
                if name not in got or got[name] != wanted:
                    sentence = f"Its example ({vignette['says']}) says {name} {wanted}; the rules give {got.get(name)}."
                    yield _fault("example", file, sentence, "Correct the example or the rules of the file.")


RULES: tuple[Callable[[Sequence[LibraryFile]], Iterator[Fault]], ...] = (
    sources_exist,
    marks_fit_sources,
    signed_by_a_person,
    names_exist,
    instruments_keep_their_word,
)
