"""The page and the command beside a paper: right numbers from real rows, few queries, nothing below twenty, nothing of other clinics."""

from __future__ import annotations

import argparse
import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from afterglow.doors.ops import registry as command
from afterglow.ground.accounts import queries as accounts
from afterglow.ground.errors import NotFound, Refusal
from afterglow.pathway.registry.queries import papers
from afterglow.pathway.registry.rules.paper_counting import Row
from afterglow.pathway.registry.rules.periods import EVERYBODY
from tests.support.cast import Cast
from tests.support.counting import audit_rows, queries_for
from tests.support.registry import SILENT, SIX, courses
from tests.support.translations import shipped

pytestmark = pytest.mark.django_db
LONG_AGO = timedelta(days=200)
PAGE = "/registry/papers/"
KEPT = {-1: 20, 31: 4, 60: 5, 90: 6}
LOST = {-1: 20, 31: 4, 40: 15}


@pytest.fixture(autouse=True)
def _nothing_kept_of_the_day() -> None:
    papers.paper_of_day.forget()


def found(cast: Cast, at: datetime, name: str = "mcinnes2022") -> dict[str, tuple[Row, ...]]:
    held = papers.paper_table(cast.clinic_id, name=name, zone="America/Los_Angeles", period=EVERYBODY, at=at)
    return {line.id: line.rows for line in held.lines}


def count(row: Row) -> tuple[int, int]:
    assert row.proportion is not None and not row.why_not
    return row.proportion.count, row.proportion.out_of


# req: S113
# hazard: H36
def test_everyone_who_started_is_counted_from_the_rows_themselves(cast: Cast, at: datetime) -> None:
    first = at - LONG_AGO
    courses(cast, first, 30, scores=KEPT, thoughts={-1: 2, 31: 1})
    courses(cast, first, 20, scores=LOST, thoughts={-1: 2, 31: None})  # question 9 left open
    courses(cast, first, 22, scores=SILENT, doses=SIX[:2])
    courses(cast, first, 25, scores=KEPT, elsewhere=True)
    rows = found(cast, at)
    assert [count(row) for row in rows["response"]] == [(50, 72), (50, 50), (50, 50), (50, 50)]
    assert (rows["response"][0].due, rows["response"][0].no_score) == (72, 22)
    assert [count(row) for row in rows["suicidality_less"]][:2] == [(30, 50), (30, 50)]
    assert (rows["suicidality_less"][0].no_score, rows["suicidality_less"][0].not_known) == (20, 22)
    assert count(rows["suicidality_worse"][0]) == (0, 30)
    curve = rows["kept_28"][0].kept
    assert curve is not None and (curve.people, curve.lost, curve.share) == (50, 20, 0.6)


# req: N44
def test_an_unvalidated_translation_is_not_pooled_and_said(cast: Cast, at: datetime) -> None:
    spanish = shipped("phq9", "es", at - LONG_AGO)
    courses(cast, at - LONG_AGO, 25, scores=KEPT)
    courses(cast, at - LONG_AGO, 5, scores=KEPT, translation=spanish)
    assert (found(cast, at)["response"][0].no_score, found(cast, at)["response"][0].apart) == (5, 5)
    assert "5 of them in a translation not known to be validated" in cast.client("olga").get(PAGE).content.decode()


def test_another_scale_is_read_from_its_own_scores(cast: Cast, at: datetime) -> None:
    spanish, four_weeks = shipped("gad7", "es", at - LONG_AGO), {-1: 14, 28: 6}
    courses(cast, at - LONG_AGO, 30, scores=four_weeks, scale="gad7")
    courses(cast, at - LONG_AGO, 2, scores=four_weeks, translation=spanish, scale="gad7")
    rows = found(cast, at, "hull2022")
    assert count(rows["response_gad7"][0]) == (30, 32) and rows["response_gad7"][0].apart == 2
    assert rows["response_phq9"][0].no_score == 32


# req: S113 S114
def test_the_page_stands_beside_the_paper_and_shows_nothing_below_twenty(cast: Cast, at: datetime) -> None:
    olga = cast.client("olga")
    courses(cast, at - LONG_AGO, 19, scores=KEPT)
    few = olga.get(PAGE).content.decode()
    assert "not shown: fewer than 20 people" in few and ">19<" not in few and "of 19 " not in few
    courses(cast, at - LONG_AGO, 1, scores=KEPT)
    papers.paper_of_day.forget()
    assert [(row.event, row.person_id) for row in audit_rows(lambda: olga.get(PAGE))] == [("registry.paper_read", None)]
    page = olga.get(PAGE).content.decode()
    assert "20 of 20 (100%, 95% interval 84 to 100%)" in page and "53.6% (no interval is kept here; 537 of 9016)" in page
    assert "do not say what ketamine did" in page and "What of the paper is not known here" in page
    for name in ("hietamies2023", "alnefeesi2022", "hull2022"):
        assert olga.get(f"{PAGE}?paper={name}").status_code == 200
    assert olga.get(f"{PAGE}?paper=outcomes").status_code == 404
    assert olga.get(f"{PAGE}?start=nonsense").status_code == 404
    assert cast.client("ben").get(PAGE).status_code == 403


def test_it_takes_the_same_few_queries_for_one_and_for_many(cast: Cast, at: datetime) -> None:
    def counting(name: str) -> int:
        found(cast, at, name)
        with CaptureQueriesContext(connection) as seen:
            found(cast, at, name)
        return len(seen)

    client = cast.client("olga")
    courses(cast, at - LONG_AGO, 1, scores=KEPT)
    before = [counting(name) for name in ("mcinnes2022", "hull2022")]
    queries_for(client, PAGE)
    page = queries_for(client, PAGE)
    courses(cast, at - LONG_AGO, 39, scores=KEPT)
    assert [counting(name) for name in ("mcinnes2022", "hull2022")] == before and max(before) <= 10
    assert queries_for(client, PAGE) == page, "worked out once a day"


# req: S113 S114
def test_the_command_prints_numerators_denominators_and_intervals(
    cast: Cast, at: datetime, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    courses(cast, at - LONG_AGO, 30, scores=KEPT)
    monkeypatch.setattr("afterglow.doors.clock.now", lambda: at)
    asked: dict[str, Any] = {"deed": "table", "clinic": accounts.clinic(cast.clinic_id).name, "start": "all"}
    rows = audit_rows(lambda: command.run(argparse.Namespace(json=True, paper="mcinnes2022", **asked)))
    assert [(row.event, row.person_id) for row in rows] == [("registry.paper_read", None)]
    said = json.loads(capsys.readouterr().out)
    assert (said["paper"], said["version"], said["status"], said["least_people"]) == ("mcinnes2022", 1, "unreviewed", 20)
    response = next(one for one in said["measures"] if one["id"] == "response")
    assert (response["here"][0]["numerator"], response["here"][0]["denominator"]) == (30, 30)
    low, high = response["here"][0]["interval_95"]
    assert 0.88 < low < 0.89 and high == 1.0 and said["no_comparison"] and said["not_carried"]
    assert command.run(argparse.Namespace(json=False, paper="hull2022", **asked)) == 0
    assert "The table of Hull 2022" in capsys.readouterr().out
    with pytest.raises(Refusal, match=r"ops\.no_such_table"):
        command.run(argparse.Namespace(json=True, paper="outcomes", **asked))
    with pytest.raises(Refusal, match=r"ops\.no_such_period"):
        command.run(argparse.Namespace(json=True, paper="hull2022", **(asked | {"start": "soon"})))
    with pytest.raises(NotFound):
        found(cast, at, "nobody2020")
