"""Test wordings of a questionnaire in another language: invented words, for tests only.  No published translation is copied here."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any
from uuid import UUID

from afterglow.ground import ids, languages
from afterglow.ground.audit.trail import canonical
from afterglow.ground.content.models import LibraryRow
from afterglow.records.measures.queries import paper
from afterglow.records.measures.rules import translation as rules

ARABIC = "نص تجريبي"
"""'Test text' in Arabic: enough to see that lines run from right to left."""
SPANISH = "texto de prueba"
HOW = {"es": SPANISH, "ar": ARABIC}


def translation_of(original: dict[str, Any], code: str, *, validated: bool = False, **other: Any) -> dict[str, Any]:
    """A whole translation file of a questionnaire's file: "texto de prueba q1 0" for the answer 0 of question q1."""
    words = HOW[code]
    sets = original["option_sets"]
    items = []
    for raw in original["items"]:
        answers = [{"value": each["value"], "label": f"{words} {raw['id']} {each['value']}"} for each in sets[raw["options"]]]
        beside = {name: f"{words} {raw['id']} {name}" for name in rules.BESIDE if raw.get(name)}
        items.append({"id": raw["id"], "text": f"{words} {raw['id']}", **beside, "answers": answers})
    known = languages.language(code)
    assert known is not None
    said = (
        {"validated": True, "citation": "An invented study, for tests only", "mark": "W"}
        if validated
        else {"validated": False, "why": "No study of these words is known.", "mark": "J"}
    )
    made = {
        "id": rules.file_id(original["id"], code), "version": 1, "status": "unreviewed", "title": f"{original['id']} in {known.name}, for tests",
        "why": "To see a questionnaire in another language in tests.", "sources": ["Invented for tests"], "author": "test author", "checker": "test checker",
        "reviewed_on": None, "review_by": "2027-12-01", "supersedes": None, "vignettes": [],
        "change_log": [{"version": 1, "made_on": "2026-11-23", "what": "First version."}],
        "instrument": {"id": original["id"], "version": original["version"]}, "language": code, "direction": known.direction,
        "translated_by": "nobody: invented for tests", "validation": said,
        "licence": {"ship_wording": True, "basis": "Invented for tests", "mark": "J"},
        "name": f"{words} {original['id']}", "instructions": f"{words} instructions", "items": items,
    }  # fmt: skip
    if original.get("credit"):
        made["credit"] = f"{words} credit"
    return made | other


def shipped(name: str, code: str, at: datetime, *, validated: bool = False, **other: Any) -> UUID:
    """As if the library had this translation: its row in the database.  The library itself ships none."""
    content = translation_of(paper(name).record.content, code, validated=validated, **other)
    text = canonical(content)
    row = LibraryRow.objects.create(
        id=ids.new_id(at), kind="translations", file_id=content["id"], version=content["version"], status=content["status"], origin="shipped",
        sha256=hashlib.sha256(text.encode()).hexdigest(), source_text=text, content_text=text, loaded_at=at,
    )  # fmt: skip
    return row.id
