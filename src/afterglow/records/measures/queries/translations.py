"""Which wordings of a questionnaire in other languages are there for a clinic: shipped with the library, or loaded by the clinic itself (N44)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from afterglow.ground.content.queries import LibraryRecord, local_files, released
from afterglow.ground.languages import ENGLISH
from afterglow.ground.reading import once_a_page
from afterglow.records.measures.queries import AssignmentRow
from afterglow.records.measures.queries.papers import Paper, Translation, paper_of, translation_from
from afterglow.records.measures.rules import translation as rules
from afterglow.science.verdict import Verdict

KIND = "translations"
OWN = "own"
"""How an address asks for the words of the questionnaire's own file."""


@once_a_page
def _held(clinic_id: UUID) -> list[LibraryRecord]:
    """The newest version of each: shipped first, then the clinic's own.  Two queries."""
    return [*released(KIND), *local_files(KIND, clinic_id).values()]


def offered(paper: Paper, clinic_id: UUID) -> list[Paper]:
    """The same version of the questionnaire in every other language in which it may be shown, by the name of the language.

    One that was made for another version, or does not have exactly its questions and answers, is not among them.  None for a scale that a clinician rates.
    """
    if paper.rated:
        return []
    content = paper.record.content
    fitting = [held for held in _held(clinic_id) if _is_of(held, paper) and rules.fits(paper.instrument, content, held.content).met]
    found = [paper_of(paper.record.pk, held.pk) for held in fitting]
    return sorted(found, key=lambda one: (one.translation.language.name if one.translation else "", one.wording))


def _is_of(held: LibraryRecord, paper: Paper) -> bool:
    return bool(held.content["instrument"]["id"] == paper.instrument.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldRow:
    """One wording in another language that is there.  `why_not`: why nobody is shown it; "" where it is offered."""

    translation: Translation
    right: str
    why_not: str


def held_of(paper: Paper, clinic_id: UUID) -> list[HeldRow]:
    """Every wording of this questionnaire in other languages, the ones that do not fit the version in use among them."""
    found = []
    for held in _held(clinic_id):
        if _is_of(held, paper):
            verdict = rules.fits(paper.instrument, paper.record.content, held.content)
            found.append(HeldRow(translation=translation_from(held, {}), right=held.content["licence"]["basis"], why_not=_why_not(verdict)))
    return sorted(found, key=lambda row: row.translation.which)


def _why_not(verdict: Verdict) -> str:
    return "" if verdict.met else verdict.sentence


def texts_of(paper: Paper, code: str, clinic_id: UUID) -> dict[tuple[str, str], str]:
    """What the clinic's own translation says, by place; empty where none is loaded."""
    held = local_files(KIND, clinic_id).get(rules.file_id(paper.instrument.id, code))
    return {} if held is None else {line.place: line.text for line in rules.lines_of_file(held.content)}


def in_language(paper: Paper, code: str, clinic_id: UUID) -> Paper:
    """The questionnaire as a reader of `code` is shown it: in the best wording there is for them, else in its own words.  No query for English."""
    if code == ENGLISH:
        return paper
    several = offered(paper, clinic_id)
    best = rules.best_for(code, [_as_offered(one) for one in several])
    return paper if best is None else several[best]


def chosen(paper: Paper, translation_id: UUID | None, several: Sequence[Paper]) -> Paper | None:
    """The one of these wordings that was named, or the questionnaire's own words for None; None when it is not among them."""
    return next((one for one in (paper, *several) if one.translation_id == translation_id), None)


def shown_as(held: AssignmentRow, clinic_id: UUID, wanted: str | None) -> AssignmentRow:
    """A form as it is shown now: once begun, in the words in which it was begun; before that in the wanted ones.

    `wanted`: a translation's key as text, OWN for the questionnaire's own words, None for the language of the person.
    """
    if held.begun:
        return held
    if wanted is None:
        return replace(held, paper=in_language(held.paper, held.language_of_person, clinic_id))
    found = None if wanted == OWN else next((one for one in offered(held.paper, clinic_id) if str(one.translation_id) == wanted), None)
    return held if found is None else replace(held, paper=found)


def others(held: AssignmentRow, clinic_id: UUID) -> list[Paper]:
    """The other words in which a form may be shown that nobody has begun; its own ones first, where those are not shown now."""
    own = paper_of(held.paper.record.pk)
    return [one for one in (own, *offered(own, clinic_id)) if one.translation_id != held.paper.translation_id]


def _as_offered(paper: Paper) -> rules.Offered:
    held = paper.translation
    if held is None:
        raise ValueError("a wording in another language was expected")
    return rules.Offered(code=held.language.code, worded=held.worded, own=held.record.origin == "local", version=held.record.version)
