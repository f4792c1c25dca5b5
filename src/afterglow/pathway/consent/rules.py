"""May this be signed now, was it understood, and can this person decide?  Pure: everything an answer depends on is in its facts."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

from afterglow.science.verdict import Finding, Verdict

InForce = Literal["absent", "in_force", "superseded", "withdrawn"]
# Safety 19: from the drug until the next day after sleep, and at least 24 hours.
CLEAR_AFTER: Final = timedelta(hours=24)
# Before this hour of the morning the night is not over (J).
MORNING: Final = time(6)
# What no lock ever closes (safety 19): a lock is about binding signatures and nothing else.
ALWAYS_OPEN: Final = (
    "crisis help",
    "calling the clinic",
    "your safety plan",
    "check-ins and questionnaires",
    "your comfort card",
    "reading every document",
    "taking a consent back",
)
SHORTEST_NOTE: Final = 10  # as in screening: a full stop is no note (J)
# What to do about each item of `may_sign`, and the field of the form that it belongs to.
NOW: Final[Mapping[str, str]] = {
    "offer": "Go back to your documents.",
    "clear_headed": "Rest today. You can read and sign from the next day.",
    "cleared": "Wait for the prescriber's decision.",
    "version": "Ask the clinic for the new version.",
    "answers": "Read the part again and answer once more.",
    "talk": "Ask any member of the team. They note that you talked, and then you can go on.",
    "shown_sha256": "Read the page once more and sign it as it is now.",
    "agreed": "Tick the box if you agree. You can also say no.",
    "signer_name": "Type your first and last name as the clinic knows them.",
    "witness": "The member of staff signs with their own password.",
}
FIELD: Final[Mapping[str, str]] = {"agreed": "agreed", "signer_name": "signer_name", "witness": "password"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningFacts:
    """Everything `may_sign` looks at.

    `wrong` are the titles of questions not answered right; `to_talk_through` the questions that were answered wrong so often that a clinician
    talks them through first; `locked_until_at` is set while the drug may still act; `newest` says that no later version is released.
    `witnessed` is None when the person signs by a link of their own, else whether the member of staff at the screen signed as witness.
    """

    offer_state: str
    newest: bool
    cleared: bool
    locked_until_at: datetime | None
    wrong: tuple[str, ...]
    to_talk_through: tuple[str, ...]
    agreed: bool
    typed_name: str
    record_name: str
    same_bytes: bool
    witnessed: bool | None
    at: datetime


def may_sign(facts: SigningFacts) -> Verdict:
    """Every reason at once why this signature would not be valid."""
    return Verdict.of(
        _offer_is_open(facts),
        _clear_headed(facts),
        _cleared(facts),
        _newest(facts),
        _understood(facts),
        _talked_through(facts),
        _same_bytes(facts),
        _agreed(facts),
        name_matches(facts.typed_name, facts.record_name),
        _witnessed(facts),
    )


def first_in_the_way(verdict: Verdict) -> Finding:
    """The open item to say first: what nobody may lift, else the first asked.  The verdict must have an open item."""
    return (verdict.never or verdict.open)[0]


def clear_headed_from(last_drug_at: datetime, zone: str) -> datetime:
    """The first moment at which a person may sign again: 24 hours after the last drug, and not in the night that follows (safety 19)."""
    local = (last_drug_at + CLEAR_AFTER).astimezone(ZoneInfo(zone))
    if local.time() < MORNING:
        local = local.replace(hour=MORNING.hour, minute=0, second=0, microsecond=0)
    return local.astimezone(last_drug_at.tzinfo)


def spoken_of(document: Mapping[str, Any], indication: str) -> dict[str, Any]:
    """The document as it reads for one indication: sections, paragraphs and questions that are `for` others are left out.

    One with nothing of the kind reads the same for everybody.
    """
    sections = [{**section, "paragraphs": _for(section["paragraphs"], indication)} for section in _for(document["sections"], indication)]
    return {**document, "sections": [each for each in sections if each["paragraphs"]], "comprehension": _for(document["comprehension"], indication)}


def speaks_of(document: Mapping[str, Any]) -> frozenset[str]:
    """The indications that some part of the document is for; empty: it reads the same for everybody."""
    parts = [*document["sections"], *document["comprehension"], *(text for section in document["sections"] for text in section["paragraphs"])]
    return frozenset(indication for part in parts for indication in part.get("for", ()))


def _for(parts: Sequence[Mapping[str, Any]], indication: str) -> list[Mapping[str, Any]]:
    return [part for part in parts if "for" not in part or indication in part["for"]]


def shown(document: Mapping[str, Any], answers: Mapping[str, object], courses: Sequence[str] = (), what_for: str = "") -> str:
    """Everything that is put in front of the signer, word for word, as canonical JSON: the page is made from it, and its bytes are signed.

    `document` is a library file of kind `consents` as it reads for the person (`spoken_of`); `answers` maps question ids to the chosen option,
    None for open; `courses` are those that it covers, in words, and `what_for` what the treatment is for.
    """
    questions = [
        {
            "id": question["id"],
            "question": question["question"],
            "options": [{"id": option["id"], "text": option["text"]} for option in question["options"]],
            "answer": answers.get(question["id"]),
            "explain": question["explain"],
        }
        for question in document["comprehension"]
    ]
    page = {
        "document": document["id"],
        "version": document["version"],
        "status": document["status"],
        "language": document["language"],
        "title": document["title"],
        "sections": [
            {"id": section["id"], "title": section["title"], "paragraphs": [paragraph["text"] for paragraph in section["paragraphs"]]}
            for section in document["sections"]
        ],
        "questions": questions,
        "statement": document["signature"]["patient_says"],
        "never_while": document["signature"]["never_while"],
        "withdrawal": document["withdrawal"],
    }
    if what_for:
        page["what_for"] = what_for
    if courses:
        page["courses"] = list(courses)
    return json.dumps(page, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def course_words(course: Mapping[str, Any]) -> str:
    """What one course asks of a person: how many visits with ketamine in how long, from the `course` of a protocol or of a plan."""
    shortest, longest = course["within_days"]
    nearest, farthest = course["apart_days"]
    return f"{course['infusions']} visits with ketamine in {shortest} to {longest} days, {nearest} to {farthest} days apart."


def covers(protocols: Sequence[str], protocol: str, signed_for: Collection[str]) -> Finding:
    """Does a document with these `applies_to.protocols`, signed for what is treated by `signed_for`, cover treatment by this protocol?

    A document bound to none covers every one.
    """
    if not protocols or (protocol in protocols and protocol in signed_for):
        return Finding.met("applies_to")
    return Finding.unmet("applies_to", "This document does not cover this course of treatment.", lifted_by="nobody")


def is_asked(protocols: Sequence[str], in_library: Collection[str]) -> Finding:
    """Is there a course in the library that this document is for?  Nobody is asked to agree to what nobody gives."""
    if not protocols or any(protocol in in_library for protocol in protocols):
        return Finding.met("applies_to")
    return Finding.unmet("applies_to", "No course of treatment of this clinic's library is covered by this document.", lifted_by="nobody")


ResearchAnswer = Literal["not_asked", "open", "yes", "yes_to_earlier", "no", "taken_back"]


def research_answer(*, signed_at: datetime | None, is_current: bool, taken_back: bool, said_no_at: datetime | None, is_open: bool) -> ResearchAnswer:
    """What somebody answered about research, from the newest signature, the newest no and an open offer.  The answer given last counts.

    A yes to an earlier version speaks of other lists than today's: it counts for none until the person has read the new one.
    """
    if said_no_at is not None and (signed_at is None or signed_at <= said_no_at):
        return "no"
    if signed_at is None:
        return "open" if is_open else "not_asked"
    if taken_back:
        return "taken_back"
    return "yes" if is_current else "yes_to_earlier"


def may_ask_research(answer: ResearchAnswer, *, asked_for: bool, treatment_is_open: bool) -> Verdict:
    """May somebody be asked about research now?  Never beside the treatment, and never again after a no that they did not take up themselves."""
    apart = (
        Finding.unmet(
            "research.apart", "The treatment document is still open. Research is asked about apart from it, so that nobody takes the two for one."
        )
        if treatment_is_open
        else Finding.met("research.apart")
    )
    again = (
        Finding.unmet("asked_for", "The person said no to research, or took a yes back. They are not asked again unless they bring it up.")
        if answer in ("no", "taken_back") and not asked_for
        else Finding.met("asked_for")
    )
    return Verdict.of(apart, again)


def sha256(shown_text: str) -> str:
    """The fingerprint that a signature is bound to: SHA-256 of the UTF-8 bytes, in hex."""
    return hashlib.sha256(shown_text.encode()).hexdigest()


def wrong_answers(questions: Sequence[Mapping[str, Any]], answers: Mapping[str, object]) -> tuple[str, ...]:
    """Ids of the questions that are not answered right, in order.  A question left open is not right."""
    return tuple(question["id"] for question in questions if answers.get(question["id"]) != question["right"])


def to_talk_through(tries_since_talk: Sequence[Sequence[str]], talk_after_wrong: int) -> tuple[str, ...]:
    """Questions answered wrong at least `talk_after_wrong` times since a clinician last talked them through; in order of their first error."""
    seen = [question for wrong in tries_since_talk for question in wrong]
    return tuple(question for question in dict.fromkeys(seen) if seen.count(question) >= talk_after_wrong)


def name_matches(typed: str, on_record: str) -> Finding:
    """Does the typed name hold every word of the name on record?  More words (a middle name) are fine; case and accents do not matter."""
    if not set(_words(on_record)) <= set(_words(typed)) or not _words(on_record):
        return Finding.unmet("signer_name", f"The name typed is not the full name on record ({on_record}).")
    return Finding.met("signer_name")


@dataclass(frozen=True, slots=True, kw_only=True)
class CapacityFacts:
    """What a clinician states.  `checks` are the ids ticked, `needed` those of the document with their texts."""

    has_capacity: bool
    asked_alone: bool
    checks: frozenset[str]
    needed: Mapping[str, str]
    note: str
    licensed: bool


def may_note_capacity(facts: CapacityFacts) -> Verdict:
    """A statement that someone can decide rests on every check; one that someone cannot rests on a reason."""
    licensed = (
        Finding.met("capacity.by")
        if facts.licensed
        else Finding.unmet("capacity.by", "Capacity is stated by someone with a licence in date.", lifted_by="nobody")
    )
    if not facts.has_capacity:
        said = len(facts.note.strip()) >= SHORTEST_NOTE
        return Verdict.of(
            licensed, Finding.met("note") if said else Finding.unmet("note", f"Say what stood in the way, in at least {SHORTEST_NOTE} characters.")
        )
    open_checks = [text for check, text in facts.needed.items() if check not in facts.checks]
    checks = Finding.unmet("checks", f"Not checked yet: {'; '.join(open_checks)}.") if open_checks else Finding.met("checks")
    alone = (
        Finding.met("asked_alone") if facts.asked_alone else Finding.unmet("asked_alone", "Ask alone whether anyone is pressing for this treatment.")
    )
    return Verdict.of(licensed, checks, alone)


def state_of(*, signed: bool, withdrawn: bool, signed_version: int, current_version: int) -> InForce:
    """What the newest signature of a document is worth today."""
    if not signed:
        return "absent"
    if withdrawn:
        return "withdrawn"
    return "superseded" if signed_version < current_version else "in_force"


def _offer_is_open(facts: SigningFacts) -> Finding:
    if facts.offer_state == "open":
        return Finding.met("offer")
    return Finding.unmet("offer", f"This document is {facts.offer_state}; it is not open for signing.")


def _clear_headed(facts: SigningFacts) -> Finding:
    if facts.locked_until_at is None or facts.at >= facts.locked_until_at:
        return Finding.met("clear_headed")
    return Finding.unmet(
        "clear_headed",
        "Nothing is signed while a drug may still act: from check-in with a drug on board, or from the start of a visit with ketamine, "
        "until the next day, after sleep and at least 24 hours.",
        source="Afterglow safety rule 19",
        mark="J",
        lifted_by="nobody",
    )


def _cleared(facts: SigningFacts) -> Finding:
    return Finding.met("cleared") if facts.cleared else Finding.unmet("cleared", "The prescriber has not cleared this treatment for this person.")


def _newest(facts: SigningFacts) -> Finding:
    return Finding.met("version") if facts.newest else Finding.unmet("version", "A newer version of this document is in force.")


def _understood(facts: SigningFacts) -> Finding:
    if facts.wrong:
        return Finding.unmet("answers", f"Not every question is answered right yet: {'; '.join(facts.wrong)}")
    return Finding.met("answers")


def _talked_through(facts: SigningFacts) -> Finding:
    if facts.to_talk_through:
        return Finding.unmet("talk", f"A member of the team talks this through with the person first: {'; '.join(facts.to_talk_through)}")
    return Finding.met("talk")


def _same_bytes(facts: SigningFacts) -> Finding:
    if facts.same_bytes:
        return Finding.met("shown_sha256")
    return Finding.unmet("shown_sha256", "What was on the screen is not what would be signed now. Read the page again.")


def _agreed(facts: SigningFacts) -> Finding:
    return Finding.met("agreed") if facts.agreed else Finding.unmet("agreed", "The box under the statement is not ticked.")


def _witnessed(facts: SigningFacts) -> Finding:
    if facts.witnessed is False:
        return Finding.unmet("witness", "At the clinic's screen a member of staff signs as witness.")
    return Finding.met("witness")


def _words(name: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", name.casefold())
    letters = "".join(" " if not (sign.isalnum() or unicodedata.combining(sign)) else sign for sign in plain if not unicodedata.combining(sign))
    return letters.split()
