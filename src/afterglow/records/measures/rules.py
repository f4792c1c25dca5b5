"""May this questionnaire be sent, how soon again, and who owns what its answers raise?  Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from afterglow.science.scoring.instrument import FlagRule, Instrument, Item
from afterglow.science.scoring.score import ORDER, Flag
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
        f"{facts.name} asks about self-harm, and nobody is on call at this site to read the answer.",
        source="Afterglow safety rule 44",
        mark="J",
        who="Roster someone on call, or ask it in person.",
    )


def may_repeat(facts: RepeatFacts) -> Verdict:
    """Never more often than the time its questions look back over (safety 23); a screen of the whole life once."""
    if facts.last_complete_at is None:
        return Verdict.of(Finding.met("measures.interval"))
    if facts.min_interval_days is None:
        return Verdict.of(Finding.unmet("measures.interval", f"{facts.name} is asked once, and was answered completely.", source="its library file"))
    free_at = facts.last_complete_at + timedelta(days=facts.min_interval_days)
    if facts.at < free_at:
        sentence = f"{facts.name} looks back {facts.min_interval_days} days and was answered less than that ago. It can be asked again from {free_at.day} {free_at:%b %Y}."
        return Verdict.of(Finding.unmet("measures.interval", sentence, source="Afterglow safety rule 23"))
    return Verdict.of(Finding.met("measures.interval"))


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
