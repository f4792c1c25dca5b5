"""May this questionnaire be asked and sent, how soon again, does a clinic's own text fit it, and who owns what its answers raise?  Pure."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from io import StringIO
from typing import Literal

from afterglow.science.scoring.instrument import FlagRule, Instrument, Item
from afterglow.science.scoring.score import ORDER, Flag
from afterglow.science.scoring.ways import Subscales, Sum
from afterglow.science.verdict import Finding, Verdict

LONGEST_FLAG_SENTENCE = 300
KEEPERS = "an owner or a prescriber, on the page of instrument licences"


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkFacts:
    """How this instrument may be given, and how many people are on call now at the site that reads the answers."""

    name: str
    ways: frozenset[str]
    needs_on_call: bool
    on_call: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RepeatFacts:
    """When a complete answer was last given (None: never), and the shortest time between two; None: it is asked once."""

    name: str
    min_interval_days: int | None
    last_complete_at: datetime | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """How long one licence of the clinic holds: both days included; `ended_on`: it was taken back on that day (None: it was not)."""

    from_on: date
    until_on: date | None
    ended_on: date | None

    def holds(self, on: date) -> bool:
        return self.ended_on is None and self.from_on <= on and (self.until_on is None or on <= self.until_on)

    @property
    def last_day(self) -> date:
        """The day after which it holds no longer; `date.max` for one without an end."""
        return min(self.ended_on or date.max, self.until_on or date.max)


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenceFacts:
    """One scale at one site on the site's own day.  `text_for`: which version of its file the clinic's own text was made for; None: none is loaded.
    `by_choice` False: it is worked out from measured values, so it has no question with answers to choose from."""

    name: str
    version: int
    ships_wording: bool
    terms: tuple[Term, ...]
    text_for: int | None
    on: date
    by_choice: bool = True


def may_be_asked(facts: LicenceFacts) -> Verdict:
    """A scale whose licence keeps its wording out of the library is asked under the clinic's own licence and in the clinic's own text, or not at all.
    One that is worked out from measured values is never asked as a questionnaire."""
    if not facts.by_choice:
        sentence = f"{facts.name} is worked out from measured values or marks on a line. It is not asked as a questionnaire."
        return Verdict.of(Finding.unmet("measures.choices", sentence, source="its library file", lifted_by="nobody"))
    if facts.ships_wording:
        return Verdict.of(Finding.met("measures.licence", "Its licence lets the wording be shipped."))
    return Verdict.of(_licensed(facts), _own_text(facts))


def _licensed(facts: LicenceFacts) -> Finding:
    if any(term.holds(facts.on) for term in facts.terms):
        return Finding.met("measures.licence", "The clinic's own licence is in date.")
    coming = [term.from_on for term in facts.terms if term.ended_on is None and term.from_on > facts.on]
    if coming:
        sentence = f"The clinic's licence for {facts.name} begins on {_day(min(coming))}."
    elif facts.terms:
        sentence = f"The clinic's licence for {facts.name} ended on {_day(max(term.last_day for term in facts.terms))}."
    else:
        sentence = f"The licence of {facts.name} does not let its wording be shipped, and no licence of the clinic's own is recorded for this site."
    return Finding.unmet("measures.licence", sentence, source="the register of licences", who=KEEPERS)


def _own_text(facts: LicenceFacts) -> Finding:
    if facts.text_for == facts.version:
        return Finding.met("measures.own_text", "The clinic's own text is loaded.")
    if facts.text_for is None:
        sentence = f"The clinic's own text of {facts.name} is not loaded, so there is nothing here to ask."
    else:
        sentence = f"The clinic's text of {facts.name} was made for version {facts.text_for} of its file, and version {facts.version} is in use now."
    return Finding.unmet("measures.own_text", sentence, source="the register of licences", who=KEEPERS)


def _day(on: date) -> str:
    return f"{on.day} {on:%b %Y}"


def may_send_by_link(facts: LinkFacts) -> Verdict:
    """Asked in person only, or by link; one with a self-harm question only while someone is on call to read it (safety 44)."""
    return Verdict.of(_goes_by_link(facts), _someone_reads_it(facts))


def _goes_by_link(facts: LinkFacts) -> Finding:
    if "link" in facts.ways:
        return Finding.met("measures.way")
    return Finding.unmet(
        "measures.way",
        f"{facts.name} is asked by staff in person: a yes needs someone in the room.",
        source="its library file",
        lifted_by="nobody",
    )


def _someone_reads_it(facts: LinkFacts) -> Finding:
    if not facts.needs_on_call or facts.on_call > 0:
        return Finding.met("measures.on_call")
    return Finding.unmet(
        "measures.on_call",
        f"{facts.name} asks about self-harm, and nobody who is on call at this site can be paged to read the answer.",
        source="Afterglow safety rule 44",
        mark="J",
        who="Roster someone on call and set up e-mail for pages, or ask it in person.",
    )


def may_repeat(facts: RepeatFacts) -> Verdict:
    """Never more often than the time its questions look back over (safety 23); a screen of the whole life once."""
    if facts.last_complete_at is None:
        return Verdict.of(Finding.met("measures.interval"))
    if facts.min_interval_days is None:
        return Verdict.of(Finding.unmet("measures.interval", f"{facts.name} is asked once, and was answered completely.", source="its library file"))
    free_at = facts.last_complete_at + timedelta(days=facts.min_interval_days)
    if facts.at < free_at:
        often = f"{facts.name} is asked at most every {facts.min_interval_days} days, and the last answers are younger."
        sentence = f"{often} It can be asked again from {free_at.day} {free_at:%b %Y}."
        return Verdict.of(Finding.unmet("measures.interval", sentence, source="Afterglow safety rule 23"))
    return Verdict.of(Finding.met("measures.interval"))


def is_rated(rater: str, instrument: Instrument) -> bool:
    """Does a clinician rate what they saw and heard (MADRS, YMRS)?  Screens and interviews of suicide are asked in their own words."""
    return rater == "clinician" and isinstance(instrument.scoring, Sum | Subscales)


def parts_begin(instrument: Instrument) -> dict[str, str]:
    """The first question of each part -> the part, where the parts follow one another through the whole scale (the halves of Y-BOCS); else nothing."""
    how, order = instrument.scoring, [item.id for item in instrument.scored_items]
    parts = sorted(how.parts, key=lambda part: order.index(part.items[0])) if isinstance(how, Sum | Subscales) else []
    if [name for part in parts for name in part.items] != order:
        return {}
    return {part.items[0]: part.name.replace("_", " ").capitalize() for part in parts}


def raises_alarm(instrument: Instrument, item: Item, value: int | str) -> bool:
    """Would this one answer alone raise a flag?  Help is on the screen the moment it is chosen."""
    return any(_touches(rule, item, value) for rule in instrument.flags)


def only_the_person(instrument: Instrument) -> frozenset[str]:
    """The questions that nobody answers in somebody else's name: every one whose answer, or lack of one, raises an alarm; all of them where the
    result as a whole does.  Judgement (J): no scale of suicidality was validated on what another person believes (safety 44)."""
    if any(rule.results for rule in instrument.flags):
        return frozenset(item.id for item in instrument.items)
    return frozenset(name for rule in instrument.flags for name in rule.items)


def _touches(rule: FlagRule, item: Item, value: int | str) -> bool:
    if item.id not in rule.items:
        return False
    return value in rule.answers or (rule.at_least is not None and isinstance(value, int) and value >= rule.at_least)


@dataclass(frozen=True, slots=True, kw_only=True)
class Raised:
    """The one flag that a set of answers opens: the gravest finding names it, every sentence that fits is in it."""

    kind: str
    urgency: Literal["urgent", "today"]
    sentence: str
    due_after: timedelta


def raised(flags: Sequence[Flag]) -> Raised | None:
    """One flag for one set of answers, so that one person owns it; None when nothing was raised."""
    if not flags:
        return None
    by_gravity = sorted(flags, key=lambda flag: -ORDER[flag.level])
    gravest = by_gravity[0]
    sentence = gravest.sentence
    for other in by_gravity[1:]:
        longer = f"{sentence} {other.sentence}"
        sentence = longer if len(longer) <= LONGEST_FLAG_SENTENCE else sentence
    return Raised(
        kind=gravest.id,
        urgency="today" if gravest.level == "review" else "urgent",
        sentence=sentence[:LONGEST_FLAG_SENTENCE],
        due_after=timedelta(minutes=min(flag.escalate_after_min for flag in flags)),
    )


def owner_of(asker_id: str | None, on_call: Sequence[str], prescribers: Sequence[str]) -> str | None:
    """Whoever asked in person is with them and owns it; else the first on call, else the prescriber of the care team, else nobody yet."""
    return next((one for one in (asker_id, *on_call, *prescribers) if one), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One wording of a clinic's own text: of an answer, of a question (`answer` is ""), or of the whole scale (`item` is one of WHOLE).

    `number`: its line in the sheet it came from, 0 for a field of a form.
    """

    item: str
    answer: str
    text: str
    number: int = 0

    @property
    def place(self) -> tuple[str, str]:
        return self.item, self.answer


WHOLE = ("instructions", "credit")
"""What is said of the whole scale: how it is filled in, and the notice of its owner.  Both are wording under the licence, so both are the clinic's."""
LONGEST_TEXT, LONGEST_LABEL = 2000, 400
MOST_FAULTS = 12


def places(instrument: Instrument) -> tuple[tuple[str, str], ...]:
    """Every wording that a clinic's own text must give, in the order of the scale: (item, answer as text)."""
    found = [(name, "") for name in WHOLE]
    for item in instrument.items:
        found.append((item.id, ""))
        found.extend((item.id, str(option.value)) for option in item.options)
    return tuple(found)


def text_fits(instrument: Instrument, lines: Sequence[Line], wanted: Sequence[tuple[str, str]] | None = None) -> Verdict:
    """Has the text exactly the questions and answers of the scale's file, each once, each with words?  At most MOST_FAULTS faults are told.

    `wanted`: the places that must be worded, where they are not `places(instrument)`.
    """
    known = places(instrument) if wanted is None else wanted
    faults = [*_faults_of_lines(known, lines), *_faults_of_places(known, lines), *_same_words(known, lines)]
    if not faults:
        return Verdict.of(Finding.met("measures.own_text"))
    told = faults[:MOST_FAULTS] if len(faults) <= MOST_FAULTS else [*faults[: MOST_FAULTS - 1], f"{len(faults) - MOST_FAULTS + 1} more of this kind."]
    return Verdict.of(*(Finding.unmet("measures.own_text", fault, source=f"version {instrument.version} of its file") for fault in told))


def _faults_of_lines(wanted: Sequence[tuple[str, str]], lines: Sequence[Line]) -> list[str]:
    faults, known, seen = [], set(wanted), set()
    for line in lines:
        longest = LONGEST_LABEL if line.answer else LONGEST_TEXT
        if line.place not in known:
            faults.append(f"{_where(line)} is not in this scale.")
        elif line.place in seen:
            faults.append(f"{_where(line)} stands there twice.")
        elif len(line.text) > longest:
            faults.append(f"{_where(line)} is longer than {longest} signs.")
        elif "\x00" in line.text:
            faults.append(f"{_where(line)} holds a sign that cannot be stored.")
        seen.add(line.place)
    return faults


def _faults_of_places(wanted: Sequence[tuple[str, str]], lines: Sequence[Line]) -> list[str]:
    worded = {line.place for line in lines if line.text.strip()}
    return [f"{_named(item, answer)} has no words." for item, answer in wanted if (item, answer) not in worded]


def _same_words(wanted: Sequence[tuple[str, str]], lines: Sequence[Line]) -> list[str]:
    """Two answers to one question in the same words: nobody could tell which was chosen."""
    faults, known, said = [], set(wanted), dict[tuple[str, str], str]()
    for line in lines:
        words = (line.item, line.text.strip().casefold())
        if line.answer and line.place in known and words[1] and said.setdefault(words, line.answer) != line.answer:
            faults.append(f"{_named(line.item, said[words])} and {_named(line.item, line.answer)} have the same words.")
    return faults


def _where(line: Line) -> str:
    named = _named(line.item, line.answer)[:80]
    return f"Line {line.number}: {named}" if line.number else named[:1].upper() + named[1:]


def _named(item: str, answer: str) -> str:
    return f"the answer {answer} of {item}" if answer else item


class SheetUnreadable(ValueError):
    """A file that is no sheet of a scale's wording; the sentence says why."""


SHEET_HEAD = ("item", "answer", "meaning", "text")


def sheet_of(instrument: Instrument, texts: Mapping[tuple[str, str], str]) -> str:
    """The sheet a clinic fills in: one row for each wording, with the library's neutral title, and what is worded already."""
    labels = {(item.id, str(option.value)): option.label for item in instrument.items for option in item.options}
    titles = {(item.id, ""): item.text for item in instrument.items} | {
        ("instructions", ""): "how it is filled in",
        ("credit", ""): "notice of the owner",
    }
    return written_sheet((*place, (titles | labels)[place], texts.get(place, "")) for place in places(instrument))


def written_sheet(rows: Iterable[tuple[str, str, str, str]]) -> str:
    """A sheet of these wordings: item, answer, meaning, text."""
    written = StringIO()
    sheet = csv.writer(written)
    sheet.writerow(SHEET_HEAD)
    sheet.writerows(rows)
    return written.getvalue()


def lines_of(sheet: bytes) -> list[Line]:
    """The wordings of a filled-in sheet, in UTF-8, with commas, semicolons or tabs between its columns.  Raises SheetUnreadable."""
    try:
        text = sheet.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise SheetUnreadable("The file is not text in UTF-8: save it as CSV UTF-8.") from None
    head = text.partition("\n")[0]
    between = max(",;\t", key=head.count)
    try:
        rows = list(csv.reader(StringIO(text, newline=""), delimiter=between, strict=True))
    except csv.Error:
        raise SheetUnreadable("The file is no CSV: a quotation mark is not closed, or a sign does not belong there.") from None
    names = [name.strip().casefold() for name in rows[0]] if rows else []
    if not {"item", "answer", "text"} <= set(names):
        raise SheetUnreadable("The first line does not name the columns item, answer and text: take the sheet from this page and fill that in.")
    at = [names.index(name) for name in ("item", "answer", "text")]
    found = []
    for number, row in enumerate(rows[1:], start=2):
        if any(cell.strip() for cell in row):
            item, answer, words = (row[which].strip() if which < len(row) else "" for which in at)
            found.append(Line(item=item, answer=answer, text=words, number=number))
    return found
