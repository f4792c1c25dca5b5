"""What we draw by a shorter way is, letter by letter, what the longer way draws."""

from __future__ import annotations

import random
import re
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.template import Context, Engine
from django.test import RequestFactory
from django.utils.safestring import SafeString, mark_safe
from django_cotton.compiler_regex import CottonCompiler

from afterglow.ground.errors import Refusal
from afterglow.ground.face import examples, examples_course
from afterglow.ground.face.qr import qr_code
from afterglow.ground.face.templatetags import parts
from afterglow.ground.face.widgets import PlainInputs

AT = datetime(2026, 11, 22, 18, 22, tzinfo=UTC)
COMPONENTS = Path(parts.__file__).parents[1] / "templates" / "cotton"
NASTY = '<b title="x">\'&amp; "'
LOADERS = [
    "django_cotton.cotton_loader.Loader",
    "django.template.loaders.app_directories.Loader",
]
LIBRARIES = {"face": "afterglow.ground.face.templatetags.face", "l10n": "django.templatetags.l10n", "static": "django.templatetags.static"}
PAGES = [
    '<c-icon name="met" label="met" /><c-icon name="met" /><c-icon name="{{ nasty }}" label="{{ nasty }}" /><c-icon :label="nasty" name="act" />',
    '<c-icon :label="safe" name="act" /><c-icon :label="same_letters" name="act" />',
    '<c-button kind="primary" name="go" value="{{ nasty }}" data-x>{{ nasty }}</c-button><c-button href="/x?a=1&amp;b=2" icon="back" key="b">Back</c-button>',
    '<c-button :disabled="yes" icon="stop">Stop</c-button><c-button :disabled="no" :nothing="not_there">Go</c-button>',
    '<c-page title="{{ nasty }}" lede="One." back="/"><c-slot name="actions"><c-button>Do</c-button></c-slot><p>{{ nasty }}</p></c-page>',
    '<c-mark level="act" code="x:{{ nasty }}">{{ nasty }}</c-mark><c-mark>none</c-mark><c-mark-shapes />',
    '<c-number label="pulse" value="{{ zero }}" unit="/min" :taken_at="at" channel="hr" interval="1" silent_after="15" change="{{ nasty }}" />',
    '<c-number label="x" value="" state="silent" last="{{ nasty }}" channel="hr" />',
    '<c-field :bound="form.name" unit="kg" /><c-field label="{{ nasty }}" for="a" hint="h" error="e"><input></c-field>',
    '<c-choice-list :bound="form.mood" look="inline" /><c-choice-list name="m" legend="{{ nasty }}" :options="options" value="2" low="a" high="b" />',
    '<c-identity-band :person="dana" /><c-identity-band :person="dan" url="/x/">more</c-identity-band><c-unreviewed title="T" version="1" mark="W" />',
    '<c-findings-list :verdict="blocked" heading="Before" /><c-finding :finding="one" title="{{ nasty }}">x</c-finding>',
    '<c-refusal :refusal="refusal" /><c-refusal :form="form" title="No" />',
    '<c-due-next :items="due" /><c-due-next /><c-empty title="Nobody">{{ nasty }}</c-empty><c-tag kind="teal" icon="lock">signed</c-tag>',
    '<c-table caption="T" hide_caption="yes"><tbody><tr><td>{{ nasty }}</td></tr></tbody></c-table><c-progress now="2" of="5" words="{{ nasty }}" />',
    '<c-timeline :events="events" /><c-walk :steps="steps" /><c-checklist :items="items" /><c-crisis /><c-crisis now="yes">{{ nasty }}</c-crisis>',
    '<c-link-card :qr="qr" address="{{ nasty }}" title="t" ends="e">inside</c-link-card><c-offline /><c-session-strip :drawing="drawing" note="n" />',
    '<c-confirm-signature statement="{{ nasty }}" signer="Ana" error="Wrong.">{{ nasty }}</c-confirm-signature>',
    '<c-board-room :room="room" url="/r/" /><c-board-room :room="free" />',
    '<c-trajectory :picture="picture" /><c-hundred :hundred="hundred" /><c-due-tag state="overdue" /><c-due-tag :state="nasty" words="{{ nasty }}" />',
    '<c-now-card eyebrow="Now" title="{{ nasty }}" href="/x/" action="Go">{{ nasty }}</c-now-card><c-now-card title="Nothing" />',
    '{% for day in days %}<c-day-tick :day="day" /><c-day-tick :day="day" url="/x/" look="phone" /><c-day-tick :day="day" :url="safe" />{% endfor %}',
    '<c-countdown words="{{ nasty }}" :opens_at="at" :closes_at="at" /><c-countdown words="x" />',
    '{% for n in numbers %}<c-tag icon="{% if n > 1 %}met{% else %}unmet{% endif %}">{{ n }}</c-tag>{% endfor %}',
]


class Asked(forms.Form):
    name = forms.CharField(help_text="As in the passport.")
    mood = forms.ChoiceField(choices=[("1", NASTY), ("2", "good")], widget=forms.RadioSelect)


def page(source: str, *builtins: str, more: dict[str, Any] | None = None) -> str:
    engine = Engine(loaders=LOADERS, builtins=["django_cotton.templatetags.cotton", *builtins], libraries=LIBRARIES)
    request = RequestFactory().get("/")
    request.at, request.clinic = AT, SimpleNamespace(name="Harbor Clinic", zone="America/Los_Angeles")
    template = engine.from_string(CottonCompiler().process("{% load face %}" + source))
    return " ".join(template.render(Context(told() | {"request": request} | (more or {}))).split())


def told() -> dict[str, Any]:
    mark = {"level": "act", "code": "low", "channel": "spo2", "sentence": NASTY}
    number = {"label": "pulse", "value": "77", "unit": "/min", "age": "", "state": "fresh", "channel": "hr", "taken_at": AT, "last": ""}
    return {
        "nasty": NASTY, "safe": mark_safe(NASTY), "same_letters": str.__str__(NASTY), "yes": True, "no": False, "zero": 0, "at": AT, "numbers": [1, 2],
        "form": Asked({"name": ""}), "options": [{"value": "1", "label": NASTY, "crisis": True}, {"value": 2, "label": "b", "hint": "h"}],
        "dan": examples.DAN, "dana": examples.DANA, "blocked": examples.BLOCKED, "one": next(iter(examples.BLOCKED)), "qr": qr_code("https://x.example/"),
        "refusal": Refusal("x.y", NASTY, "Do this.", field="name", findings=tuple(examples.BLOCKED)),
        "due": [{"label": "Pressure", "when": "3 min overdue", "level": "act"}, {"label": NASTY, "when": "soon", "level": "soon"}],
        "events": [{"taken_at": AT, "recorded_at": AT, "text": NASTY, "by": "Ben", "number": 3, "late": True, "corrected": True}],
        "steps": [{"label": "Consent", "note": NASTY, "state": "current", "url": "/c/"}, {"label": "Plan", "state": "next"}],
        "items": [{"label": "Escort", "state": "unmet", "why": NASTY, "name": "escort", "by": ""}],
        "drawing": {"width": 10.5, "height": 20, "summary": NASTY, "shapes": [{"kind": "text", "css": "s", "x": 1.5, "y": 2, "text": NASTY}], "rows": []},
        "room": {"id": "r", "name": "Room", "person": NASTY, "minutes": "3 min", "numbers": [number], "marks": [mark], "due": "x", "leaving": "11:00"},
        "free": {"name": "Free room"}, "picture": examples_course.picture(), "hundred": examples_course.hundred(), "days": examples_course.DAYS,
    }  # fmt: skip


@pytest.mark.parametrize("source", PAGES)
def test_a_component_is_drawn_as_the_library_draws_it(source: str) -> None:
    longer = page(source)
    for _ in range(2):  # the second drawing is the one from what was prepared
        assert page(source, "afterglow.ground.face.templatetags.parts") == longer
    assert "<" in longer


def test_every_component_was_compared() -> None:
    used = set(re.findall(r"<c-([a-z-]+)", "".join(PAGES))) - {"slot"}
    assert {path.stem.replace("_", "-") for path in COMPONENTS.glob("*.html")} <= used


def test_the_same_letters_are_escaped_or_not_by_what_they_are() -> None:
    unsafe, safe = (
        page('<c-icon :label="same_letters" name="act" />', "afterglow.ground.face.templatetags.parts"),
        page('<c-icon :label="safe" name="act" />', "afterglow.ground.face.templatetags.parts"),
    )
    again = page('<c-icon :label="same_letters" name="act" />', "afterglow.ground.face.templatetags.parts")
    assert unsafe == again != safe
    assert "&lt;b title" in again


INPUTS = [
    forms.TextInput, forms.NumberInput, forms.EmailInput, forms.URLInput, forms.PasswordInput, forms.HiddenInput, forms.DateInput, forms.TimeInput,
    forms.DateTimeInput, forms.CheckboxInput,
]  # fmt: skip
VALUES: list[Any] = [None, "", "plain", NASTY, mark_safe("a &amp; b"), 0, 3.5, True, AT]


NUMBERS: list[dict[str, Any]] = [
    {
        "label": NASTY,
        "value": "77",
        "unit": "/min",
        "state": "fresh",
        "channel": "hr",
        "taken_at": AT,
        "interval": "1",
        "silent_after": "15",
        "last": "",
    },
    {
        "label": "pulse",
        "value": NASTY,
        "unit": "",
        "age": NASTY,
        "state": "silent",
        "channel": "pulse",
        "taken_at": AT,
        "last": NASTY,
        "interval": "60",
    },
    {"label": "pressure", "value": "", "unit": "mmHg", "state": "silent", "channel": "pressure", "taken_at": None, "last": ""},
    {"label": "awake", "value": "0", "unit": "", "channel": ""},
]
NUMBER = (
    '<c-number label="{{ n.label }}" value="{{ n.value }}" unit="{{ n.unit }}" age="{{ n.age }}" state="{{ n.state|default:\'fresh\' }}" '
    'channel="{{ n.channel }}" :taken_at="n.taken_at" interval="{{ n.interval }}" silent_after="{{ n.silent_after }}" :last="n.last" />'
)
MARKS: list[dict[str, Any]] = [
    {"level": "act", "code": "low", "channel": "spo2", "sentence": NASTY},
    {"level": "notify", "code": NASTY, "channel": "", "sentence": "b"},
    {"level": "low", "code": "", "channel": "", "sentence": mark_safe("a &amp; b")},
]
MARK = '<c-mark level="{{ m.level }}" code="{{ m.code }}{% if m.channel %}:{{ m.channel }}{% endif %}">{{ m.sentence }}</c-mark>'


def letters(html: str) -> str:
    return " ".join(html.split()).replace("> <", "><")


@pytest.mark.parametrize("number", NUMBERS)
def test_a_number_is_drawn_as_its_component_draws_it(number: dict[str, Any]) -> None:
    assert letters(page("{% numbers several %}", more={"several": [number]})) == letters(page(NUMBER, more={"n": number}))


@pytest.mark.parametrize("mark", MARKS)
def test_a_mark_is_drawn_as_its_component_draws_it_with_its_shape_from_the_sheet(mark: dict[str, Any]) -> None:
    short, longer = page("{% marks several %}", more={"several": [mark]}), page(MARK, more={"m": mark})
    shape = re.search(r"(<svg[^>]*>)(.*)</svg>", longer)
    assert shape is not None
    told = f'<use href="#shape-{mark["level"]}"/>'
    assert letters(short) == letters(longer.replace(shape.group(2), told))
    symbol = f'<symbol id="shape-{mark["level"]}" viewBox="0 0 20 20">{shape.group(2)}</symbol>'
    assert symbol in page("{% mark_sheet %}")
    assert symbol in page("<c-mark-shapes />")


def test_every_page_with_drawn_marks_holds_the_sheet() -> None:
    templates = [path for path in COMPONENTS.parents[3].rglob("*.html") if re.search(r"<c-board-room|{% marks ", path.read_text())]
    assert templates
    for path in templates:
        text = path.read_text()
        assert "<c-mark-shapes" in text or path.name in ("board_rooms.html", "board_room.html"), path


def test_choices_are_drawn_as_django_draws_them() -> None:
    form = Asked({"mood": "2"})
    longer = '{% for c in form.mood %}<div class="choice">{{ c.tag }}<label for="{{ c.id_for_label }}">{{ c.choice_label }}</label></div>{% endfor %}'
    assert page("{% choices form.mood %}", more={"form": form}) == page(longer, more={"form": form})


@pytest.mark.parametrize("shape", INPUTS)
@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_an_input_is_drawn_as_django_draws_it(shape: type[forms.Widget], value: Any) -> None:
    widget = shape(attrs={"required": True, "hidden": False, "maxlength": 40, "title": NASTY, "data-x": mark_safe("&lt;")})
    drawn = [widget.render("name", value, {"id": "id_x"}, renderer) for renderer in (DjangoTemplates(), PlainInputs())]
    assert drawn[0] == drawn[1]
    assert isinstance(drawn[1], SafeString)


@pytest.mark.parametrize("shape", [forms.RadioSelect, forms.CheckboxSelectMultiple, forms.Select, forms.SelectMultiple, forms.Textarea])
def test_a_choice_is_drawn_as_django_draws_it(shape: type[forms.Widget]) -> None:
    choices = [("1", NASTY), ("2", mark_safe("<i>safe</i>")), (3, 4), ("", "none")]
    widget = shape() if shape is forms.Textarea else shape(choices=choices)  # type: ignore[call-arg]
    for value in ("1", ["2", "3"], None, random.Random(1).choice(["", "x"])):
        drawn = [widget.render("name", value, {"id": "id_x"}, renderer) for renderer in (DjangoTemplates(), PlainInputs())]
        assert drawn[0] == drawn[1]


def test_the_options_of_a_field_alone() -> None:
    drawn = []
    for renderer in (DjangoTemplates(), PlainInputs()):
        form = Asked({"mood": "2"}, renderer=renderer)
        drawn.append(["".join((str(choice.tag()), str(choice))) for choice in form["mood"]])
    assert drawn[0] == drawn[1]
