"""Template words: `{% load face %}`.  They format what they are given; nothing here asks the clock or the database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.forms import BoundField
from django.utils.safestring import SafeString

from afterglow.ground import languages
from afterglow.ground.face import drawn, words
from afterglow.science import titles

register = template.Library()

THEME_COOKIE = "afterglow_theme"
THEMES = ("day", "dusk")

register.filter("mark_words", lambda mark: words.MARKS.get(str(mark), str(mark)))
register.filter("code_words", words.code_words)
register.filter("language_name", languages.name_of)
register.filter("item_title", lambda item: titles.title_of(str(item)) or words.code_words(str(item)))


@register.filter
def day(value: date | None) -> str:
    """`{{ person.born_on|day }}`: 4 Mar 1982.  Nothing for None."""
    return "" if value is None else words.day_words(value)


@register.filter
def mg(dose_ug: int) -> str:
    """`{{ order.dose_ug|mg }}`: 35 mg."""
    return words.thousandth(dose_ug, "mg")


@register.filter
def mcg(amount_ng: int) -> str:
    """`{{ row.patch_ng_per_h|mcg }}`: 37.5 mcg."""
    return words.thousandth(amount_ng, "mcg")


@register.filter
def ml(volume_ul: int) -> str:
    """`{{ draw.volume_ul|ml }}`: 3.5 mL."""
    return words.thousandth(volume_ul, "mL")


@register.filter
def kg(weight_g: int) -> str:
    """`{{ order.weight_g|kg }}`: 70.5 kg."""
    return words.thousandth(weight_g, "kg")


@register.simple_tag(takes_context=True)
def theme(context: template.Context) -> str:
    """The remembered theme, or nothing (the system decides).  Read on the server, so a page never flashes in the other one.

    A view may hand in `forced_theme` (the styleguide shows both).
    """
    if context.get("forced_theme") in THEMES:
        return str(context["forced_theme"])
    request = context.get("request")
    chosen = request.COOKIES.get(THEME_COOKIE, "") if request is not None else ""
    return chosen if chosen in THEMES else ""


@register.simple_tag(takes_context=True)
def clock(context: template.Context, moment: datetime) -> str:
    """`{% clock entry.taken_at %}`: 10:22 PST."""
    return words.clock_words(moment, _zone(context))


@register.simple_tag(takes_context=True)
def moment(context: template.Context, at: datetime) -> str:
    """`{% moment row.opens_at %}`: 22 Nov 2026, 20:10 PST, or the clock alone when that is today; without how long ago."""
    return words.moment_words(at, _zone(context), getattr(context.get("request"), "at", None))


@register.simple_tag(takes_context=True)
def local_day(context: template.Context, at: datetime) -> str:
    """`{% local_day link.ends_at %}`: 20 Dec 2026, the clinic's calendar day of a moment."""
    return words.day_words(at.astimezone(ZoneInfo(_zone(context))).date())


@register.simple_tag(takes_context=True)
def when(context: template.Context, moment: datetime | None) -> SafeString | str:
    """`{% when visit.starts_at %}`: the absolute time with its zone, and the relative one beside it."""
    if moment is None:
        return ""
    at = getattr(context.get("request"), "at", None)
    return drawn.moment(moment, _zone(context), at)


@register.simple_tag(takes_context=True)
def ago(context: template.Context, moment: datetime | None) -> str:
    """`{% ago reading.taken_at %}`: 3 min ago.  Always put it beside an absolute time."""
    at = getattr(context.get("request"), "at", None)
    return "" if moment is None or at is None else words.age_words(moment, at)


@register.simple_tag(takes_context=True)
def numbers(context: template.Context, several: Iterable[Mapping[str, Any]]) -> SafeString:
    """`{% numbers room.numbers %}`: each as `<c-number>`, many of them at once."""
    return drawn.numbers(several, getattr(context.get("request"), "at", None))


@register.simple_tag
def choices(bound: BoundField) -> SafeString:
    """`{% choices form.answer %}`: every choice of a radio or checkbox field with its label."""
    return drawn.choices(bound)


@register.simple_tag
def marks(several: Iterable[Mapping[str, Any]]) -> SafeString:
    """`{% marks room.marks %}`: each as `<c-mark>`, many of them at once."""
    return drawn.marks(several)


@register.simple_tag
def mark_sheet() -> SafeString:
    """The shapes that `{% marks %}` points to: once on each page that has it."""
    return drawn.sheet()


def _zone(context: template.Context) -> str:
    clinic: Any = getattr(context.get("request"), "clinic", None)
    return str(getattr(clinic, "zone", "") or "UTC")
