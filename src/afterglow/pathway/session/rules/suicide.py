"""The suicide interview since last contact, in our own words: five questions, a person asks them, and silence is never "no" (hazards H16, H17)."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Literal

from afterglow.science.verdict import Finding

Said = Literal["yes", "no", "declined", "not_asked"]
SOURCE = "Clinician interview in own words after the C-SSRS triage order (Posner 2011, Am J Psychiatry 168:1266)"
WHO = "the prescriber, with a reason, and a second licensed member of this site's staff"
WORDS = {
    "wish_to_be_dead": "wish to be dead",
    "thoughts": "thoughts of suicide",
    "method": "thoughts of how",
    "intent_or_plan": "intent or plan",
    "act_or_preparation": "an act or preparation",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FiveAnswers:
    """Since last contact, each asked by a person."""

    wish_to_be_dead: Said = "not_asked"
    thoughts: Said = "not_asked"
    method: Said = "not_asked"
    intent_or_plan: Said = "not_asked"
    act_or_preparation: Said = "not_asked"

    def that_are(self, said: Said) -> tuple[str, ...]:
        """The questions, in words, that were answered so."""
        return tuple(WORDS[field.name] for field in fields(self) if getattr(self, field.name) == said)

    @property
    def grave(self) -> bool:
        """Intent, plan, act or preparation."""
        return "yes" in (self.intent_or_plan, self.act_or_preparation)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """A same-day assessment by a qualified clinician: who, whether complete, and what it allows."""

    by: str
    qualified: bool
    completed_at: datetime | None
    on: date
    allows: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SuicideInterview:
    """`new_or_worse` compares with the last assessment; None: nobody asked.  `asked_at` is when the five were asked."""

    answers: FiveAnswers
    asked_at: datetime
    asked_on: date
    asked_by: str
    new_or_worse: bool | None = None
    assessment: Assessment | None = None

    @property
    def counts_as_new(self) -> bool:
        """Said to be new or worse; an act or preparation since last contact is new by what it is, whatever was said."""
        return bool(self.new_or_worse) or self.answers.act_or_preparation == "yes"

    @property
    def needs_assessment(self) -> bool:
        """Is an assessment of the same day by a qualified clinician asked for?  Intent or a plan always is, old or new (safety 3, 18)."""
        return self.counts_as_new or self.answers.grave


def may_go_on(interview: SuicideInterview | None, *, today: date) -> Finding:
    """May this person be dosed today, as far as the interview says?"""
    item = "suicide"
    if interview is None or interview.asked_on != today:
        return Finding.unknown(item, "The five suicide questions have not been asked today. Ask them in person, alone.", source=SOURCE, mark="J")
    if unasked := interview.answers.that_are("not_asked"):
        return Finding.unknown(item, f"Not asked today: {', '.join(unasked)}. Ask before starting.", source=SOURCE, mark="J")
    if declined := interview.answers.that_are("declined"):
        sentence = f"Declined: {', '.join(declined)}. A declined answer is handled as a yes: same-day assessment, no dose today."
        return Finding.unmet(item, sentence, source=SOURCE, mark="J", lifted_by="nobody")
    said_yes = interview.answers.that_are("yes")
    if not said_yes:
        return Finding.met(item, f"Asked by {interview.asked_by}: all five no.", source=SOURCE)
    words = ", ".join(said_yes)
    if interview.new_or_worse is None:
        return Finding.unknown(
            item, f"Yes to: {words}. Ask whether it is new or worse since the last assessment.", source=SOURCE, mark="J", lifted_by="nobody"
        )
    if not interview.needs_assessment:
        return Finding.met(item, f"Yes to: {words}; not new, not worse (asked by {interview.asked_by}).", source=SOURCE)
    how = "New or worse" if interview.counts_as_new else "Said to be not new, not worse"
    return _after_assessment(item, f"{how}: {words}", interview, today=today)


def may_go_home(interview: SuicideInterview | None, *, dose_ended_at: datetime | None, today: date, at: datetime) -> Finding:
    """Asked again since the dose; anything but five times "no" needs the same-day assessment.  No signature stands in for it."""
    if interview is None or dose_ended_at is None or not dose_ended_at <= interview.asked_at <= at:
        return Finding.unknown("suicide", "The five suicide questions have not been asked again since the dose.", source=SOURCE, mark="J")
    answers = interview.answers
    said = (*answers.that_are("yes"), *(f"declined {words}" for words in answers.that_are("declined")))
    if said and not answers.that_are("not_asked"):
        found = _after_assessment("suicide", f"Since the dose: {', '.join(said)}", interview, today=today)
    else:
        found = may_go_on(interview, today=today)
    return found if found.is_met else replace(found, lifted_by="", who="")


def _after_assessment(item: str, words: str, interview: SuicideInterview, *, today: date) -> Finding:
    held = interview.assessment
    if held is None or not held.qualified or held.completed_at is None or held.on != today or held.completed_at < interview.asked_at:
        sentence = f"{words}. A qualified clinician completes an assessment today before anything else."
        if interview.answers.grave:
            return Finding.unmet(item, sentence, source=SOURCE, mark="J", lifted_by="nobody")
        return Finding.unmet(item, sentence, source=SOURCE, mark="J", lifted_by="two_signatures", who=WHO)
    if not held.allows:
        return Finding.unmet(item, f"{held.by} assessed this today and advises against going on.", source=SOURCE, mark="J", lifted_by="nobody")
    return Finding.met(item, f"{words}; assessed today by {held.by}, who allows going on.", source=SOURCE)
