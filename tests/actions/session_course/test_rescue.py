"""A drug given in the room: what is known against it is shown before, kept with the entry, and never stands in the way (safety 32)."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from afterglow.pathway.consent import queries as consent
from afterglow.pathway.consent.rules import CLEAR_AFTER
from afterglow.pathway.session.actions.correct_entry import correct_entry
from afterglow.pathway.session.actions.deed import Charted
from afterglow.pathway.session.actions.give_medicine import Dose, give_medicine
from afterglow.pathway.session.models import Entry, Session
from afterglow.pathway.session.queries.deeds import deeds
from afterglow.pathway.session.queries.rescue import before_giving, kit_now
from afterglow.pathway.session.queries.sedating import clouds
from afterglow.pathway.session.queries.timeline import lines
from afterglow.records.chart.actions.record_medicine import record_medicine
from tests.support.course import AT, vitals
from tests.support.session import OnTheWay

TEN = AT + timedelta(minutes=10)


def takes(way: OnTheWay, name: str) -> None:
    record_medicine(person_id=way.person_id, name=name, by=way.cast.ben, at=AT)


def give(way: OnTheWay, name: str, at: datetime = TEN, **more: str) -> Charted:
    dose = Dose(name=name, amount="4", unit="mg", route="iv")
    return give_medicine(
        session_id=way.session_id, dose=dose, ordered_by="Ana Ruiz", outside="given before asking", key=f"{name} {at}", by=way.cast.ben, at=at, **more
    )


def against(way: OnTheWay, drug: str, at: datetime = TEN) -> list[tuple[str, str]]:
    """How grave, and the first words, of everything that is known against this drug."""
    found = before_giving(Session.objects.get(id=way.session_id), drug, at=at)
    return [(each.level, each.sentence.split(":")[0]) for each in found.against]


def stored(charted: Charted) -> dict[str, Any]:
    return json.loads(Entry.objects.get(seq=charted.seq, kind="medicine").text)


# hazard: H39
@pytest.mark.parametrize(
    ("drug", "medicine", "level"),
    [
        ("nitroglycerin", "Viagra 50 mg", "contraindicated"),
        ("ondansetron", "methadone", "high"),
        ("ondansetron", "Celexa", "high"),
        ("metoclopramide", "Seroquel", "high"),
        ("prochlorperazine", "quetiapine", "high"),
        ("flumazenil", "Xanax", "high"),
        ("naloxone", "naltrexone", "caution"),
        ("naloxone", "oxycodone", "caution"),
        ("midazolam", "oxycodone", "high"),
    ],
)
def test_each_pair_is_found_before_it_is_given_and_kept_with_what_was_given(way: OnTheWay, drug: str, medicine: str, level: str) -> None:
    before = against(way, drug)
    takes(way, medicine)
    assert [found for found, _ in against(way, drug)] == [level] and not before
    charted = give(way, drug)
    assert any(said.startswith(level.capitalize()) for said in stored(charted)["against"])
    assert stored(charted)["against"][0] in charted.says
    (line,) = [each for each in lines(deeds(way.session_id)) if each.seq == charted.seq]
    assert "Known against it" in line.text


# hazard: H39
def test_a_slow_pulse_speaks_against_labetalol_and_a_normal_one_read_now_does_not(way: OnTheWay) -> None:
    vitals(way, TEN, hr=80)
    assert against(way, "labetalol") == []
    (old,) = before_giving(Session.objects.get(id=way.session_id), "labetalol", at=TEN + timedelta(minutes=16)).against
    assert "Not asked yet: resting pulse under 60" in old.sentence  # too old to say anything: taken as yes
    vitals(way, TEN + timedelta(minutes=20), hr=52)
    assert against(way, "labetalol", TEN + timedelta(minutes=20)) == [("contraindicated", "labetalol")]


# hazard: H39
def test_what_cannot_be_looked_up_is_not_checked_and_the_entry_is_made(way: OnTheWay) -> None:
    takes(way, "Qzyxolin")
    assert stored(give(way, "paracetamol"))["against"] == ["paracetamol: not checked, nothing is listed about giving it."]
    assert "Qzyxolin: not checked, no match by name." in stored(give(way, "flumazenil"))["against"]


def test_what_was_given_here_counts_for_the_next(way: OnTheWay) -> None:
    assert against(way, "midazolam") == []
    give(way, "fentanyl")
    assert [level for level, _ in against(way, "midazolam", TEN + timedelta(minutes=5))] == ["high"]


def test_the_whole_kit_costs_the_same_however_long_the_list(way: OnTheWay) -> None:
    session = Session.objects.get(id=way.session_id)
    assert {"nitroglycerin", "labetalol", "ondansetron", "flumazenil", "naloxone", "midazolam"} <= {each.drug for each in kit_now(session, at=TEN)}

    def cost() -> int:
        with CaptureQueriesContext(connection) as seen:
            kit_now(session, at=TEN)
        return len(seen)

    takes(way, "sertraline")
    once = cost()
    for number in range(5):
        takes(way, f"sertraline {number + 1} mg")
    assert cost() == once


def test_the_page_says_it_before_anything_is_typed(way: OnTheWay) -> None:
    takes(way, "Viagra")
    html = way.cast.client("ben").get(f"/sessions/{way.session_id}/medicine/").content.decode()
    assert "Do not give nitroglycerin" in html and "contraindicated" in html and "any other drug is not checked" in html


def test_a_corrected_name_is_looked_up_anew(way: OnTheWay) -> None:
    takes(way, "oxycodone")
    wrong = give(way, "paracetamol")
    anew = {"name": "midazolam", "amount": "1", "unit": "mg", "route": "iv", "rescue": "", "ordered_by": "Ana Ruiz", "why": ""}
    correct_entry(session_id=way.session_id, seq=wrong.seq, replacement=anew, reason="wrong drug", key="c", by=way.cast.ben, at=TEN)
    (deed,) = [each for each in deeds(way.session_id) if each.kind == "medicine"]
    assert any("oxycodone" in said for said in deed.payload["against"])


# req: N12
# hazard: H28
@pytest.mark.parametrize(("drug", "closes"), [("midazolam", True), ("fentanyl", True), ("ondansetron", False)])
def test_a_sedative_or_an_opioid_closes_signing_from_when_it_was_given(way: OnTheWay, drug: str, closes: bool) -> None:
    before = consent.locked_until(way.person_id, TEN)
    late = AT + timedelta(hours=2)
    give(way, drug, late)
    until = consent.locked_until(way.person_id, late)
    assert before is not None and until is not None
    assert until == (late + CLEAR_AFTER if closes else before)


@pytest.mark.parametrize(
    ("name", "expected"), [("Xanax 1 mg", True), ("lorazepam", True), ("oxycodone", True), ("lisinopril", False), ("Qzyxolin", False)]
)
def test_what_clouds_the_head_is_known_by_brand_and_by_name(way: OnTheWay, name: str, expected: bool) -> None:
    assert clouds(name) is expected
