"""Components say the same thing whoever uses them: in words, escaped, and without a value nobody gave."""

from __future__ import annotations

from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django import forms
from django.template import engines
from django.test import RequestFactory
from django_cotton.compiler_regex import CottonCompiler

from afterglow.ground.errors import Refusal
from afterglow.ground.face import examples
from afterglow.ground.face.qr import qr_code
from afterglow.science.verdict import Finding, Verdict

AT = datetime(2026, 11, 22, 18, 22, tzinfo=UTC)


def render(source: str, **context: Any) -> str:
    """A piece of a page, rendered as a view would; runs of white space become one space."""
    request = RequestFactory().get("/")
    request.at, request.clinic = AT, SimpleNamespace(name="Harbor Clinic", zone="America/Los_Angeles")
    template = engines["django"].env if hasattr(engines["django"], "env") else engines["django"]
    text = template.from_string(CottonCompiler().process("{% load face %}" + source)).render(context | {"request": request}, None)
    return " ".join(text.split())


def test_allergies_not_asked_differ_from_none_known() -> None:
    person = {"name": "Dan Marsh", "born_on": date(1982, 3, 4), "record_no": "0412", "weight": "70.0 kg", "weight_on": date(2026, 11, 22)}
    band = '<c-identity-band :person="person" />'
    assert "Allergies: not asked yet" in render(band, person=person | {"allergies": None})
    assert "No known allergies" in render(band, person=person | {"allergies": ()})
    assert "Allergy: penicillin (rash); latex" in render(band, person=person | {"allergies": ("penicillin (rash)", "latex")})


# hazard: H1
def test_the_band_shows_what_is_missing_and_who_sounds_alike() -> None:
    text = render('<c-identity-band :person="person" />', person=examples.DANA)
    assert "not measured" in text
    assert "Similar name: Dan Marsh, born 4 Mar 1982. Check the date of birth." in text
    assert "4 Mar 1982" in render('<c-identity-band :person="person" />', person=examples.DAN)


@pytest.mark.parametrize(
    ("finding", "said"),
    [
        (Finding.met("consent", "Version 4."), 'Consent</span><span class="finding__state">: met'),
        (Finding.unmet("pregnancy", "Positive.", lifted_by="nobody"), "Nobody may lift this."),
        (Finding.unmet("pressure", "High.", lifted_by="two_signatures", who="a prescriber"), "A reason and two signatures lift it: a prescriber."),
        (Finding.unknown("escort", "Not asked.", who="the desk"), "Done by: the desk"),
        (Finding.unknown("escort", "Not asked.", mark="J"), "Basis: judgement, a clinician confirms"),
    ],
)
def test_a_finding_says_state_reason_and_who_lifts_it(finding: Finding, said: str) -> None:
    text = render('<c-finding :finding="finding" />', finding=finding)
    assert said in text
    assert finding.sentence in text


def test_all_open_findings_are_shown_at_once() -> None:
    text = render('<c-findings-list :verdict="verdict" heading="Before" />', verdict=examples.BLOCKED)
    assert "3 items are open." in text
    assert all(finding.sentence in text for finding in examples.BLOCKED)
    assert "Everything that was asked is met." in render('<c-findings-list :verdict="verdict" />', verdict=examples.CLEAR)


def test_nothing_asked_is_not_everything_met() -> None:
    text = render('<c-findings-list :verdict="verdict" />', verdict=Verdict.of())
    assert "Nothing was asked yet." in text
    assert "is met" not in text


def test_a_refusal_says_what_why_and_what_now_and_takes_the_focus() -> None:
    text = render('<c-refusal :refusal="refusal" />', refusal=Refusal("x.y", "The weight was not stored.", "Weigh again.", field="weight"))
    assert "data-focus-error" in text
    assert '<a href="#id_weight">The weight was not stored.</a>' in text
    assert "Weigh again." in text


class WeightForm(forms.Form):
    weight = forms.DecimalField(label="Weight", help_text="On the clinic's scale.")
    stopped = forms.ChoiceField(label="Why did it stop?", choices=[("a", "No effect"), ("b", "Side effects")], widget=forms.RadioSelect)


def test_a_form_error_stands_at_its_field_and_in_the_summary() -> None:
    form = WeightForm({"weight": "heavy"})
    summary = render('<c-refusal :form="form" />', form=form)
    assert '<a href="#id_weight">Weight: Enter a number.</a>' in summary
    assert '<a href="#id_stopped">' in summary
    field = render('<c-field :bound="form.weight" unit="kg" />', form=form)
    assert 'aria-describedby="id_weight_helptext id_weight_error"' in field
    assert 'id="id_weight_error"' in field
    assert 'aria-invalid="true"' in field
    choices = render('<c-choice-list :bound="form.stopped" />', form=form)
    assert 'id="id_stopped"' in choices
    assert "checked" not in choices


# safety 40
def test_choices_are_never_chosen_beforehand() -> None:
    options = [{"value": "", "label": "Not asked"}, {"value": "0", "label": "No"}, {"value": "1", "label": "Yes", "crisis": True}]
    text = render('<c-choice-list name="thoughts" legend="Thoughts?" :options="options" />', options=options)
    assert " checked" not in text
    assert text.count("data-crisis") == 1
    assert render('<c-choice-list name="t" legend="T" :options="options" value="0" />', options=options).count(" checked") == 1


# hazard: H13
def test_a_number_without_a_value_says_so() -> None:
    assert "no data" in render('<c-number label="pulse" value="" unit="per min" state="silent" age="last 66 at 10:21" />')
    text = render('<c-number label="pulse" value="77" unit="per min" :taken_at="at" channel="hr" interval="1" silent_after="15" />', at=AT)
    assert 'data-channel="hr"' in text
    assert f'data-taken-at="{AT.isoformat()}"' in text
    assert "per min" in text


def test_text_from_people_is_escaped() -> None:
    entry = examples.timeline()[0] | {"text": "<b>bold</b> & more"}
    assert "&lt;b&gt;bold&lt;/b&gt; &amp; more" in render('<c-timeline :events="events" />', events=[entry])
    assert "&lt;i&gt;" in render('<c-link-card :qr="qr" address="{{ a }}" title="t" />', qr=qr_code("https://x.example"), a="<i>")


def test_a_late_entry_says_when_it_was_written() -> None:
    assert "written later, at 10:21 PST" in render('<c-timeline :events="events" />', events=examples.timeline())


def test_crisis_help_has_both_numbers_in_both_forms() -> None:
    for source in ("<c-crisis />", '<c-crisis now="yes" />'):
        text = render(source)
        assert 'href="tel:988"' in text
        assert 'href="tel:911"' in text


def test_the_strip_is_a_named_picture_with_a_table() -> None:
    drawing = examples.drawing()
    text = render('<c-session-strip :drawing="drawing" />', drawing=drawing)
    assert drawing.summary in text
    assert text.count("<tr>") == len(drawing.rows) + 1
    assert "url(#strip-hatch)" in text


def test_components_do_not_take_values_from_the_page_around_them() -> None:
    text = render(
        '<c-button type="button">Go</c-button><c-tag>plain</c-tag><c-mark>none</c-mark>',
        kind="stop",
        href="/x",
        level="act",
        icon="stop",
        disabled="yes",
        key="q",
    )
    assert "button--stop" not in text
    assert "/x" not in text
    assert "mark--act" not in text
    assert "disabled" not in text


def test_a_day_is_ticked_only_where_there_is_an_address_and_the_day_is_open() -> None:
    open_day, shut = {"on": date(2026, 11, 22), "done": False, "open": True, "today": True}, {"on": date(2026, 11, 23), "open": False}
    tick = '<c-day-tick :day="day" url="/x/" look="phone" />'
    assert "Today: I did it" in render(tick, day=open_day) and "Today: done. Take it back" in render(tick, day=open_day | {"done": True})
    assert "<form" not in render('<c-day-tick :day="day" />', day=open_day), "whoever may only read gets no button"
    assert "<form" not in render(tick, day=shut) and "Monday: still to come" in render(tick, day=shut)


def test_a_card_without_an_address_has_nothing_to_press() -> None:
    assert "<a" not in render('<c-now-card title="There is nothing to answer now" />')
    assert 'href="/me/"' in render('<c-now-card eyebrow="Now" title="How are you?" href="/me/" action="Start" />')
