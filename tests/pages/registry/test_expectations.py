"""What everybody may read: published figures with their studies, the clinic's own beside them or that they are too few, in plain words."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.test import Client

from afterglow.ground.audit.models import AuditRow
from afterglow.ground.content.shelf import newest
from afterglow.pathway.registry import queries
from afterglow.pathway.registry.rules.evidence import NO_COMPARISON
from tests.support.cast import Cast
from tests.support.counting import queries_for
from tests.support.portal import text_of
from tests.support.registry import courses

pytestmark = pytest.mark.django_db
FILES = {file.id: file for file in newest("evidence")}
FILE = FILES.pop("iv_ketamine_depression")
LONG_AGO = timedelta(days=200)


@pytest.fixture(autouse=True)
def anew(monkeypatch: pytest.MonkeyPatch, at: datetime) -> Iterator[None]:
    """The page stands at `at`, and keeps nothing of another test."""
    monkeypatch.setattr("afterglow.doors.clock.now", lambda: at)
    queries.of_day.forget()
    yield
    queries.of_day.forget()


def words(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


# req: N16
# hazard: H35
def test_each_figure_stands_with_its_study_its_people_and_how_sure_it_is(cast: Cast) -> None:
    page = text_of(Client(), "/expectations/")
    said = words(page)
    for figure in FILE.content["figures"]:
        assert f'href="#{figure["study"]}"' in page
        assert f"people: {figure['people']}" in said
    assert "45 of 100 people; the true number is likely between 35 and 55." in said
    assert "64 of 100 people. How sure this is was not read in the study." in said
    assert "Between 61 and 84 of 100 people, by study and dose." in said
    for source in FILE.content["sources"]:
        assert f'id="{source["id"]}"' in page
    assert page.count('<svg class="hundred__dots"') == len(FILE.content["figures"]) + 1
    assert "These are results of groups of people." in said
    assert "Not reviewed by a clinician yet." in said


# req: N16
def test_every_drawing_has_a_table_and_every_saying_a_finding(cast: Cast) -> None:
    page = text_of(Client(), "/expectations/")
    with_figures = [section for section in FILE.content["sections"] if section["figures"]]
    assert page.count("The same as a table") == len(with_figures)
    said = words(page)
    for claim in FILE.content["claims"]:
        assert claim["said"] in said
    assert "not been shown to prevent suicide" in said


# req: N16
# hazard: H36
@pytest.mark.parametrize(("number", "shown"), [(19, False), (20, True)])
def test_own_results_stand_beside_from_twenty_people_on(cast: Cast, at: datetime, number: int, shown: bool) -> None:
    courses(cast, at - LONG_AGO, number)
    said = words(text_of(Client(), f"/expectations/{cast.clinic_id}/"))
    assert ("20 of 20 (100%, 95% interval 84 to 100%)" in said) is shown
    assert ("Too few to show: fewer than 20 people have got that far." in said) is not shown
    assert f"{number} of {number}" in said or not shown
    assert "Here, at Harbour Clinic" in said
    assert "Counted on the morning of 7 Dec 2026." in said


# req: S114
# hazard: H36
def test_wherever_a_figure_of_the_clinic_stands_it_says_that_nothing_was_compared(cast: Cast, at: datetime) -> None:
    """In each section with own figures (heading and table), and in each saying that has one, also where a trial's other group is named beside it."""
    courses(cast, at - LONG_AGO, 20)
    page = text_of(Client(), f"/expectations/{cast.clinic_id}/")
    sections = [row for row in FILE.content["sections"] if row["own"]]
    claims = [row for row in FILE.content["claims"] if row["own"]]
    rows = sum(len(row["own"]) for row in sections if row["figures"])
    assert page.count(NO_COMPARISON) == len(sections) + rows + len(claims)
    without = page[page.index('id="without"') : page.index('id="other_ways"')]
    assert "In this trial: comparison group." in without and "In this trial: treated group, set against midazolam." in without
    assert "Here, at" not in without and "20 of 20" not in without


# req: S114
@pytest.mark.parametrize("address", ["/registry/", "/registry/beside/", "/registry/same-day/", "/registry/papers/"])
def test_no_page_of_the_registry_shows_its_figures_as_an_effect(cast: Cast, at: datetime, address: str) -> None:
    courses(cast, at - LONG_AGO, 20)
    said = words(text_of(cast.client("olga"), address))
    assert "do not say what ketamine did" in said or "do not say what any treatment did" in said
    assert "midazolam" not in said and "placebo" not in said, "no arm of a trial beside them"


# hazard: H36
def test_own_results_count_those_who_stopped_and_those_who_are_silent(cast: Cast, at: datetime) -> None:
    courses(cast, at - LONG_AGO, 20)
    courses(cast, at - LONG_AGO, 20, scores={-1: 20}, doses=(0, 3))
    said = words(text_of(Client(), f"/expectations/{cast.clinic_id}/"))
    assert "20 of 40 (50%, 95% interval 35 to 65%). 20 of them gave no answer and count as not better." in said


def test_with_several_clinics_the_reader_chooses_and_another_clinics_people_are_not_in_it(cast: Cast, at: datetime) -> None:
    courses(cast, at - LONG_AGO, 25, elsewhere=True)
    page = text_of(Client(), "/expectations/")
    assert "Too few to show" not in page and "Here, at" not in page
    assert f'href="/expectations/{cast.clinic_id}/?about=iv_ketamine_depression"' in page
    assert "25 of 25" not in text_of(Client(), f"/expectations/{cast.clinic_id}/")
    assert "25 of 25" in text_of(Client(), f"/expectations/{cast.other_clinic_id}/")
    assert Client().get("/expectations/00000000-0000-4000-8000-000000000000/").status_code == 404
    assert "Here, at Harbour Clinic" in text_of(cast.client("ana"), "/expectations/")


def test_where_one_clinic_is_all_there_is_it_is_meant(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("afterglow.ground.accounts.queries.clinic_ids", lambda: [cast.clinic_id])
    assert "Here, at Harbour Clinic" in text_of(Client(), "/expectations/")


def test_the_figures_are_worked_out_once_a_day_and_carry_the_day(cast: Cast, at: datetime) -> None:
    address = f"/expectations/{cast.clinic_id}/"
    first = queries_for(Client(), address)
    courses(cast, at - LONG_AGO, 30)
    assert queries_for(Client(), address) == first <= 8
    assert "30 of 30" not in text_of(Client(), address)
    queries.of_day.forget()
    assert "30 of 30" in text_of(Client(), address)


def test_it_is_read_without_a_trace(cast: Cast) -> None:
    before = AuditRow.objects.count()
    answer = Client().get("/expectations/")
    assert not answer.cookies
    assert AuditRow.objects.count() == before
    assert "tel:988" in answer.content.decode()


def test_the_first_page_leads_there() -> None:
    assert 'href="/expectations/"' in text_of(Client(), "/")


# req: N16
# hazard: H35
@pytest.mark.parametrize("name", FILES)
def test_each_other_illness_and_way_has_its_page_with_nothing_of_the_clinic(cast: Cast, at: datetime, name: str) -> None:
    courses(cast, at - LONG_AGO, 20)
    page, content = text_of(Client(), f"/expectations/{cast.clinic_id}/?about={name}"), FILES[name].content
    said = words(page)
    assert f"What studies found about {content['about']['in_words']}, how sure that is." in said
    for section in content["sections"]:
        assert all(paragraph["text"] in html.unescape(said) for paragraph in section["paragraphs"])
    assert page.count('<svg class="hundred__dots"') == (len(content["figures"]) + 1 if content["figures"] else 0)
    assert "Here, at" not in page and "20 of 20" not in page and "has no figures of its own here" in said
    assert ("The FDA warned" in said) == ("warnings" in content or "The FDA warned" in str(content["sections"]))
    assert page.count('aria-current="page"') == 1 and page.count("?about=") >= len(FILES)


def test_a_page_about_what_is_not_there_is_not_found(cast: Cast) -> None:
    assert Client().get("/expectations/?about=hope").status_code == 404
    assert Client().get("/expectations/?about=iv_ketamine_depression").status_code == 200


def test_the_few_queries_are_the_same_for_each_page(cast: Cast) -> None:
    address = f"/expectations/{cast.clinic_id}/?about="
    text_of(Client(), address + "iv_ketamine_ptsd")
    assert {queries_for(Client(), address + name) for name in FILES} == {queries_for(Client(), address + "iv_ketamine_ptsd")}
