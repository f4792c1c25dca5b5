"""The check-in page as it is laid out: what is open stands in full, what is done folds, what is wrong is said above and at its field."""

from __future__ import annotations

import re
from datetime import datetime
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from afterglow.ground import ids
from afterglow.pathway.session.actions.answer_item import answer_item
from afterglow.pathway.session.models import CheckInAnswer
from afterglow.pathway.session.queries.check_in_page import asked_at
from afterglow.records.chart.actions.record_comfort import record_comfort
from tests.support.session import OnTheWay


def page_of(way: OnTheWay) -> str:
    return way.cast.client("ben").get(reverse("session:check_in", args=[way.session_id])).content.decode()


def sent(way: OnTheWay, name: str, said: dict[str, object]) -> tuple[int, str]:
    answer = way.cast.client("ben").post(reverse(f"session:{name}", args=[way.session_id]), said)
    return answer.status_code, unescape(answer.content.decode())


def open_links(page: str) -> list[str]:
    index = page.split('class="index__sections"')[1].split("</nav>")[0]
    return re.findall(r'href="#(id_\w+)"', index)


def folded(page: str) -> set[str]:
    return set(re.findall(r'<details class="ask-done" id="(id_\w+)"', page))


# req: N1
def test_the_list_of_what_is_open_leads_to_every_open_question_and_none_is_folded(way: OnTheWay) -> None:
    page = page_of(way)
    links = open_links(page)
    assert len(links) > 20 and f"<b>{len(links)} open</b>" in page
    assert len(set(links)) == len(links)
    for link in links:
        assert page.count(f'id="{link}"') == 1, link
        assert re.search(rf'<div class="ask[^"]*" id="{link}"', page), f"{link} is open and folded"
    assert not folded(page) & set(links)


# req: N1
def test_each_open_item_of_the_gate_leads_to_its_question(way: OnTheWay) -> None:
    gate = way.cast.client("ben").get(reverse("session:gate", args=[way.session_id])).content.decode()
    check_in = reverse("session:check_in", args=[way.session_id])
    block = gate.split('aria-label="Open items"')[1].split("</section>")[0]
    items = block.split('<ul class="findings">')[1:]
    assert len(items) > 20
    page = page_of(way)
    for item in items:
        link = re.search(rf'href="{check_in}#(id_\w+)"', item)
        assert link is not None, item
        assert page.count(f'id="{link[1]}"') == 1 and link[1] in open_links(page), link[1]
    for item, question in (
        ("interval.last", "other_ketamine"),
        ("monitor.only_here", "monitor"),
        ("order.in_time", "order"),
        ("plan_allows", "dose"),
        ("late_effects.bladder", "late_effects"),
    ):
        assert asked_at([item]) == {item: question}
    assert reverse("measures:of_person", args=[way.person_id]) in page.split('id="id_late_effects"')[1][:1500]
    assert asked_at(["prescription_monitoring", "nothing.known"]) == {"prescription_monitoring": "prescription_monitoring"}


def test_an_answer_folds_its_question_and_can_be_given_anew(way: OnTheWay, at: datetime) -> None:
    assert "id_intoxication" in open_links(page_of(way))
    answer_item(session_id=way.session_id, item="intoxication", value={"said": "no"}, key="i", by=way.cast.ben, at=at)
    page = page_of(way)
    assert "id_intoxication" in folded(page) and "id_intoxication" not in open_links(page)
    assert 'name="intoxication-said"' in page
    answer_item(session_id=way.session_id, item="intoxication", value={"said": "yes"}, key="j", by=way.cast.ben, at=at)
    page = page_of(way)
    assert "id_intoxication" in open_links(page) and "Acutely intoxicated. No dose today." in page and "Nobody may lift this." in page


def test_a_section_folds_only_when_everything_in_it_is_met(ready: OnTheWay, at: datetime) -> None:
    page = page_of(ready)
    assert "Everything is answered and met." in page and not open_links(page)
    assert re.findall(r'<details class="fold" id="(\w+)"( open)?>', page) == [("person", ""), ("body", ""), ("order", ""), ("place", "")]
    answer_item(session_id=ready.session_id, item="iv_site", value={"said": "no"}, key="n", by=ready.cast.ben, at=at)
    page = page_of(ready)
    assert [name for name, is_open in re.findall(r'<details class="fold" id="(\w+)"( open)?>', page) if is_open] == ["order"]
    assert open_links(page) == ["id_iv_site"]


# req: C13
def test_the_page_costs_the_same_answered_and_unanswered(way: OnTheWay, at: datetime) -> None:
    client, url = way.cast.client("ben"), reverse("session:check_in", args=[way.session_id])
    client.get(url)

    def cost() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert client.get(url).status_code == 200
        return len(seen)

    before = cost()
    for item in ("intoxication", "withdrawal", "iv_site"):
        answer_item(session_id=way.session_id, item=item, value={"said": "no"}, key=item, by=way.cast.ben, at=at)
    assert cost() == before


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("12O", "“12O” is not a number."),
        ("128,5", "Write decimals with a point"),
        ("nan", "“nan” is not a number."),
        ("1e999", "“1e999” is not a number."),
        ("", "Write the number."),
        ("900", "900 cannot be: 40 to 300 is possible."),
        ("12\0", "is not a number."),
    ],
)
def test_a_slip_in_a_pressure_is_said_above_and_at_its_box_and_is_given_back(way: OnTheWay, typed: str, says: str) -> None:
    status, page = sent(way, "save_pressure", {"sbp": typed, "dbp": "78", "key": "k"})
    assert status == 422 and not CheckInAnswer.objects.exists()
    above, below = page.split('class="with-index"')
    assert re.search(says, above) and re.search(says, below.split('id="id_sbp_error"')[1][:400])
    assert 'href="#id_sbp"' in above or typed == "900"
    assert f'name="sbp" value="{typed}"' in below or typed in ("", "12\0")
    assert 'type="number"' not in page


def test_several_slips_stand_in_one_summary_and_the_rest_is_kept(way: OnTheWay) -> None:
    said = {
        "section": "body", "key": ids.new_token(), "values_before-hr": "abc", "values_before-rr": "14", "values_before-spo2": "98",
        "fasting-meal": "none", "medicines-read": "on",
    }  # fmt: skip
    status, page = sent(way, "save_answers", said)
    above, below = page.split('class="with-index"')
    assert status == 422 and "2 answers were not recorded" in above
    assert 'href="#id_values_before"' in above and 'href="#id_fasting"' in above
    assert "“abc” is not a number." in above and "“abc” is not a number." in below
    assert 'name="values_before-hr" value="abc"' in below and "Say when, with day and time." in below
    assert set(CheckInAnswer.objects.values_list("item", flat=True)) == {"medicines"}


def test_no_question_is_shown_by_its_code(way: OnTheWay) -> None:
    page = page_of(way)
    for code in ("Pump: agrees", "Draw: lot", "Values before:", "Iv site", "Monitor: named", "Interval: last"):
        assert code not in page
    assert "(optional)" not in page.split('class="with-index"')[1]


# req: S17 S85
# hazard: H43
def test_the_comfort_card_stands_before_the_questions(way: OnTheWay, at: datetime) -> None:
    page = page_of(way)
    assert "Touch: not asked." in page and "Ask, and write the comfort card" in page
    record_comfort(person_id=way.cast.dan_id, touch="no", triggers="doors that slam", by=way.cast.ben, at=at)
    page = page_of(way)
    assert "Do not touch." in page and "doors that slam" in page and "Ask whether it still holds" in page
