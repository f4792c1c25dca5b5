"""The fields of a check-in question.  Nothing is ever filled in beforehand, so a question draws the same on everybody's page, and is drawn once.

Two thirds of this page's time went into its two hundred inputs.  A list of medicines is somebody's own: those two are drawn each time, and
nothing of them is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from afterglow.pathway.session.forms.check_in import FORMS, ItemForm
from afterglow.pathway.session.queries.check_in import Question
from afterglow.pathway.session.queries.check_in_page import CheckInPage, Line

KEPT = 512
OF_ONE_PERSON = frozenset({"medicines", "unchecked_medicines"})
"""Questions about this person's own medicines."""
People = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Fields:
    """Drawn fields; `asks_itself`: the question is the label of the first one; `is_wrong`: one of them says what is wrong with it."""

    drawn: SafeString
    asks_itself: bool
    is_wrong: bool = False


def forms_of(page: CheckInPage, data: Mapping[str, Any]) -> dict[str, ItemForm]:
    """A form with what was typed for each item of the page that has one, in its order."""
    return {line.item: _form(line, page, data) for line in page.lines if line.item in FORMS}


def typed_fields(form: ItemForm) -> Fields:
    """As typed, with what is wrong at its field."""
    drawn = render_to_string("session/check_in_fields.html", {"form": form})
    return Fields(drawn, asks_itself=bool(form.asks) and form.question is not None, is_wrong=bool(form.errors))


def blank_fields(page: CheckInPage) -> dict[str, Fields]:
    """The fields of every item of the page that has a form, without an answer."""
    return {
        line.item: typed_fields(_form(line, page))
        if line.item in OF_ONE_PERSON
        else _blank(FORMS[line.item], page.visit.site.zone, line.question, _people(line.item, page))
        for line in page.lines
        if line.item in FORMS
    }


def _form(line: Line, page: CheckInPage, data: Mapping[str, Any] | None = None) -> ItemForm:
    if line.item in OF_ONE_PERSON:
        more: dict[str, Any] = {"names": page.to_hold if line.item == "medicines" else page.unchecked}
    else:
        more = _asked_about(_people(line.item, page))
    return FORMS[line.item](data, zone=page.visit.site.zone, question=line.question, **more)


@lru_cache(KEPT)
def _blank(shape: type[ItemForm], zone: str, question: Question | None, people: People | None) -> Fields:
    return typed_fields(shape(None, zone=zone, question=question, **_asked_about(people)))


def _people(item: str, page: CheckInPage) -> People | None:
    return tuple((str(user_id), name) for user_id, name in page.airway_people) if item == "airway_person" else None


def _asked_about(people: People | None) -> dict[str, Any]:
    return {} if people is None else {"people": people}
