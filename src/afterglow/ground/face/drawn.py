"""Numbers, marks and moments without the template engine: a board of forty rooms draws some three hundred of them every ten seconds.

A test compares each with what its component (`<c-number>`, `<c-mark>`) draws, letter by letter; only the shape of a mark is not repeated:
it is taken from the sheet (`<c-mark-shapes>`) that every live page holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from html import escape
from typing import Any

from django.forms import BoundField
from django.template import engines
from django.utils.safestring import SafeString, mark_safe

from afterglow.ground.face import words

_SAID = {"act": ", act now", "notify": ", notify"}
LEVELS = ("act", "notify", "low", "none")
_ICON = 'viewBox="0 0 20 20" width="18" height="18" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"'
_KEPT = ("interval", "silent_after", "last")


def numbers(several: Iterable[Mapping[str, Any]], at: datetime | None) -> SafeString:
    """Each as `<c-number>` with these words: label, value, unit, age, state, channel, taken_at, interval, silent_after, last."""
    return mark_safe("".join(_number(each, at) for each in several))


def marks(several: Iterable[Mapping[str, Any]]) -> SafeString:
    """Each as `<c-mark>`: level, code (with its channel, where it has one), sentence."""
    return mark_safe("".join(_mark(each) for each in several))


def moment(value: datetime, zone: str, at: datetime | None) -> SafeString:
    """The absolute time with its zone, and, where `at` is known, the relative one beside it."""
    said = f'<time datetime="{value.isoformat()}">{_text(words.moment_words(value, zone, at))}</time>'
    return mark_safe(said if at is None else f'{said} <span class="muted">({words.age_words(value, at)})</span>')


def choices(bound: BoundField) -> SafeString:
    """Each choice of a field as its input and its label."""
    several = ((choice.tag(), _text(choice.id_for_label), _text(choice.choice_label)) for choice in bound.subwidgets)
    return mark_safe("".join(f'<div class="choice">{tag}<label for="{own}">{label}</label></div>' for tag, own, label in several))


def _number(told: Mapping[str, Any], at: datetime | None) -> str:
    state, value, taken_at, unit = told.get("state") or "fresh", told.get("value", ""), told.get("taken_at"), told.get("unit")
    kept = ""
    if channel := told.get("channel"):
        moment = f' data-taken-at="{taken_at.isoformat()}"' if taken_at else ""
        kept = "".join(f' data-{name.replace("_", "-")}="{_text(told[name])}"' for name in _KEPT if told.get(name))
        kept = f' data-channel="{_text(channel)}"{moment}{kept}'
    shown = "no data" if state == "silent" or value == "" else _text(value)
    said = _text(told.get("age") or (words.age_words(taken_at, at) if taken_at and at else "" if taken_at else "not measured"))
    measured = f'<span class="number__unit">{_text(unit)}</span>, ' if unit else ""
    return (
        f'<div class="number" data-state="{_text(state)}"{kept}> <span class="number__label">{_text(told.get("label", ""))}</span> '
        f'<span class="number__value"><span data-value>{shown}</span></span> '
        f'<span class="number__age">{measured}<span data-age>{said}</span></span> </div>'
    )


def _mark(told: Mapping[str, Any]) -> str:
    level, code, channel = str(told["level"]), told.get("code"), told.get("channel")
    named = f' data-code="{_text(code)}{f":{_text(channel)}" if channel else ""}"' if code else ""
    return (
        f'<span class="mark mark--{_text(level)}"{named}>{_shape(level)} {_text(told["sentence"])}'
        f'<span class="visually-hidden">{_SAID.get(level, "")}</span></span>'
    )


@lru_cache(maxsize=1)
def sheet() -> SafeString:
    """The shapes of all levels, each once: what a drawn mark points to."""
    icons = {level: engines["django"].from_string(f'{{% cotton icon name="{level}" %}}{{% endcotton %}}').render({}) for level in LEVELS}
    shapes = "".join(f'<symbol id="shape-{level}" viewBox="0 0 20 20">{_inside(icon)}</symbol>' for level, icon in icons.items())
    return mark_safe(f"<div hidden><svg>{shapes}</svg></div>")


def _inside(icon: str) -> str:
    return icon.partition(">")[2].rpartition("</svg>")[0]


def _shape(level: str) -> str:
    return f'<svg class="icon" {_ICON} focusable="false" aria-hidden="true"><use href="#shape-{level}"/></svg>' if level in LEVELS else ""


def _text(value: object) -> str:
    """Escaped unless it is safe already: `conditional_escape`, without what that needs for translated text."""
    return str(value) if hasattr(value, "__html__") else escape(str(value))
