"""Load the clinic's own translation of a questionnaire, with who made it and whether a study stands behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from afterglow.ground import languages
from afterglow.ground.access.actor import Actor, require
from afterglow.ground.accounts import queries as accounts
from afterglow.ground.audit import trail
from afterglow.ground.audit.trail import canonical
from afterglow.ground.content.actions import store_local
from afterglow.ground.content.queries import library_row, local_files
from afterglow.ground.errors import Refusal
from afterglow.records.measures import events, rules
from afterglow.records.measures.queries import Paper, licences
from afterglow.records.measures.queries.translations import KIND
from afterglow.records.measures.rules import translation
from afterglow.science.verdict import Verdict

LONGEST = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What the clinic says of its translation: in which language, by whom, on what right it is used, and the study that validated it ("": none)."""

    language: str
    translated_by: str
    right: str
    study: str


@transaction.atomic
def load_translation(*, instrument: str, made: Made, lines: Sequence[rules.Line], site_id: UUID, by: Actor, at: datetime) -> UUID:
    """The translation as the clinic's next one of this language, for every site; the same one loaded again is the one that stands.

    What was answered before keeps the words it was shown in.  Only words are the clinic's: items, values, flags and scoring are the file's.

    Raises Refusal `measures.not_translated`, `measures.no_licence`, `measures.language_unknown`, `measures.said_too_little`,
    `measures.text_does_not_fit`; NotFound; Forbidden.
    """
    require(by, "measures.licence.record")
    site = accounts.site(site_id, clinic_id=by.clinic_id)
    accounts.lock_site(accounts.founding_site(by.clinic_id).id)
    scale = licences.scale(instrument, site, at)
    paper = scale.asked_as
    _check_scale(scale)
    known = languages.language(made.language)
    if known is None or known.code == languages.ENGLISH:
        sentence = "A translation is in a language of the list, and not in English."
        raise Refusal("measures.language_unknown", sentence, "Choose its language.", field="language")
    _check_said(made)
    original = paper.record.content
    verdict = rules.text_fits(paper.instrument, lines, translation.places(paper.instrument, original))
    if not verdict.met:
        raise _does_not_fit(verdict)
    texts = {line.place: line.text.strip() for line in lines}
    content = _content(paper, made, known, texts)
    source = canonical(content)
    content["loaded"] = {"recorded_by": by.label, "recorded_at": at.isoformat()}
    name = translation.file_id(instrument, known.code)
    held = local_files(KIND, by.clinic_id).get(name)
    pk = store_local(kind=KIND, file_id=name, clinic_id=by.clinic_id, content=content, source=source, at=at)
    if held is None or pk != held.pk:
        version = library_row(pk).version
        said = {"instrument": instrument, "language": known.code, "validated": bool(made.study.strip()), "version": version}
        trail.record(events.translation_loaded, by=by, at=at, objects={"translation": pk, "site": site_id}, new=said, library=paper.record.label)
    return pk


def _check_scale(scale: licences.ScaleRow) -> None:
    name = scale.shipped.short_name
    if scale.shipped.rated or not scale.shipped.instrument.by_choice:
        sentence = f"{name} is rated or worked out by staff: nobody is asked it in words."
        raise Refusal("measures.not_translated", sentence, "There is nothing to translate.")
    if not scale.verdict.met:
        sentence = f"{name} may not be asked here, so its wording may not be kept in any language. {scale.verdict.sentence}"
        raise Refusal("measures.no_licence", sentence, "Record the clinic's licence and its text first.", findings=scale.verdict.open)


def _check_said(made: Made) -> None:
    told = {"translated_by": made.translated_by, "right": made.right, "study": made.study}
    for name, text in told.items():
        if "\x00" in text or len(text) > LONGEST or (name != "study" and len(text.strip()) < 5):
            sentence = "It was not said who translated it, or on what right it is used, or a text is too long."
            raise Refusal("measures.said_too_little", sentence, f"Say it in 5 to {LONGEST} signs.", field=name)


def _does_not_fit(verdict: Verdict) -> Refusal:
    sentence = "The translation does not have exactly the questions and answers of this scale, so nothing was loaded."
    return Refusal("measures.text_does_not_fit", sentence, "Correct what is named here and load it again.", findings=verdict.open)


def _content(paper: Paper, made: Made, known: languages.Language, texts: dict[tuple[str, str], str]) -> dict[str, Any]:
    study, made_by = made.study.strip(), made.translated_by.strip()
    unknown = {"validated": False, "why": "The clinic names no study of this translation.", "mark": "J"}
    return {
        "status": "unreviewed",
        "title": f"{paper.short_name} in {known.name}",
        "instrument": {"id": paper.instrument.id, "version": paper.instrument.version},
        "language": known.code,
        "direction": known.direction,
        "translated_by": made_by,
        "validation": {"validated": True, "citation": study, "mark": "J"} if study else unknown,
        "licence": {"ship_wording": False, "basis": made.right.strip(), "mark": "J"},
        **{name: texts[name, ""] for name in ("name", *rules.WHOLE) if (name, "") in texts},
        "items": translation.items_from(paper.instrument, texts),
    }
