"""The Pharmacology page: models side by side, refusals by name, measured levels at their own dose alone, nothing that releases or doses."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest

from afterglow.ground.audit.models import AuditRow
from afterglow.ground.content.shelf import newest
from tests.support.cast import Cast
from tests.support.counting import queries_for

pytestmark = pytest.mark.django_db
URL = "/desk/pharmacology/"
LEVELS = next(file.content for file in newest("codes") if file.id == "pk_observed_levels")
STUDIES = [study for study in LEVELS["studies"] if study["readings"][0]["what"] == "level"]
ASKED = {"drug": "racemic ketamine", "route": "iv", "amount": 35, "unit": "mg", "over_min": 40, "weight_kg": 70, "hours": 4}


def page(cast: Cast, status: int = 200, **changed: Any) -> str:
    answer = cast.client("ana").get(URL, ASKED | changed)
    assert answer.status_code == status
    return str(answer.content.decode())


def said(text: str) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text)))


def left_out(text: str) -> dict[str, str]:
    return {name: code for code, name in re.findall(r'<tr data-code="([a-z_.]+)"><th scope="row">([^<]+)<', text)}


def summaries(text: str) -> list[str]:
    return re.findall(r'<title id="pk-\d+">([^<]+)<', text)


# hazard: H34
def test_every_adult_model_of_the_racemate_stands_in_the_picture_of_its_own_sampling_site(cast: Cast) -> None:
    text = page(cast)
    unknown, arterial = sorted(summaries(text), key=lambda one: "Kamp" in one)
    assert unknown.startswith("Ketamine. Where blood was taken is not stated")
    assert all(name in unknown for name in ("Domino", "Clements", "Hijazi"))
    assert arterial.startswith("Ketamine. Blood from an artery.")
    assert "Domino" not in arterial
    assert "each has a picture of its own" in text
    assert "Derived" not in text


# hazard: H34
def test_it_says_that_it_is_for_learning_and_names_no_time_to_leave(cast: Cast) -> None:
    words = said(page(cast))
    assert "Illustrative, not for dosing or release." in words
    assert "clear at" not in words
    assert "Choosing, changing or releasing a dose" in words
    assert "How people differ was not published with this model: no band is drawn." in words
    assert "unreviewed" in words


def test_the_table_gives_the_published_figure(cast: Cast) -> None:
    assert "Domino (TCI set) ketamine: highest 240 ng/mL" in said(page(cast))


# hazard: H34
@pytest.mark.parametrize(
    ("changed", "name", "code"),
    [
        ({}, "Herd 2007", "pk.wrong_population"),
        ({}, "Otto 2021", "pk.wrong_drug"),
        ({"age_years": 40}, "Hornik 2018", "pk.wrong_population"),
        ({"age_years": 10, "weight_kg": 30}, "Domino (TCI set)", "pk.wrong_population"),
        ({"age_years": 10, "weight_kg": 90}, "Herd 2007", "pk.outside_range"),
        ({"drug": "S-ketamine", "weight_kg": 120}, "Simons 2022", "pk.outside_range"),
        ({"route": "sc"}, "Domino (TCI set)", "pk.unknown_route"),
        ({"route": "oral"}, "The dose", "pk.unknown_dose"),
        ({"route": "intranasal", "over_min": ""}, "The dose", "pk.unknown_route"),
    ],
)
def test_what_is_out_of_range_is_refused_by_name(cast: Cast, changed: dict[str, Any], name: str, code: str) -> None:
    assert left_out(page(cast, **changed))[name] == code


def test_without_a_model_there_is_no_curve_and_every_reason(cast: Cast) -> None:
    text = page(cast, route="sc")
    assert summaries(text) == []
    assert "No published model here describes this." in text
    assert "<h2>The numbers</h2>" not in text


# hazard: H34
@pytest.mark.parametrize(("age", "group"), [(10, "children"), (40, "adults")])
def test_only_models_of_that_age_run(cast: Cast, age: int, group: str) -> None:
    text = page(cast, age_years=age, weight_kg=45)
    ran = {one for one in ("Herd", "Hornik", "Domino", "Kamp") if any(f"{one} " in each for each in summaries(text))}
    assert ran == ({"Herd", "Hornik"} if group == "children" else {"Domino", "Kamp"})


def test_chosen_models_alone_are_shown(cast: Cast) -> None:
    text = page(cast, models=["domino_tci", "clements250"])
    assert len(summaries(text)) == 1
    assert "Hijazi 2003 ketamine" not in text
    assert left_out(text) == {}


# hazard: H34
def test_where_variability_was_published_the_band_is_drawn_and_metabolites_have_pictures_of_their_own(cast: Cast) -> None:
    text = page(cast, drug="S-ketamine", amount=20, weight_kg=70)
    titles = [one.split(". ")[0] for one in summaries(text)]
    assert text.count('class="pk-band"') == 4  # one for each model of S-ketamine, for the drug itself
    assert "The shaded band runs from the 5th to the 95th percentile" in text
    assert titles[:3] == ["S-ketamine", "S-ketamine", "Esketamine"]
    assert titles[3:] == sorted(set(titles[3:]), key=titles.index)  # a metabolite never shares a picture with another
    assert "S-norketamine" in titles
    assert left_out(text)["Domino (TCI set)"] == "pk.wrong_drug"


# hazard: H34
@pytest.mark.parametrize(("route", "amount", "unit", "covers"), [("im", 0.5, "mg/kg", 349), ("sublingual", 25, "mg", 35.2), ("oral", 25, "mg", 35.6)])
def test_muscle_tongue_and_mouth_show_a_band_that_covers_what_was_measured(cast: Cast, route: str, amount: float, unit: str, covers: float) -> None:
    text = page(cast, route=route, amount=amount, unit=unit, over_min="")
    (summary,) = summaries(text)
    high = float(re.search(r"highest [\d.]+ to ([\d.]+)", summary)[1])
    assert high >= covers * 0.99
    assert "<polyline" not in text
    assert 'class="pk-seen"' in text
    assert "Height and time of the peak cannot both be matched" in text
    assert 'class="pk-seen"' not in page(cast, route=route, amount=amount * 1.1, unit=unit, over_min="")


def test_a_band_of_a_child_is_refused(cast: Cast) -> None:
    assert left_out(page(cast, route="im", over_min="", age_years=9)) == {"The band": "pk.wrong_population"}


def test_nasal_devices_are_five_minutes_apart(cast: Cast) -> None:
    text = page(cast, drug="S-ketamine", route="intranasal", amount=84, over_min="")
    assert "Given as 3 devices of 28 mg, five minutes apart." in text
    assert "Perez-Ruixo 2021 esketamine: highest 101" in said(text)


# hazard: H34
def test_measured_levels_stand_at_the_dose_of_their_study_alone(cast: Cast) -> None:
    for study in STUDIES:
        answer = cast.client("ana").get(URL, {"study": study["id"]})
        text = answer.content.decode()
        assert text.count('class="pk-seen"') == len(study["readings"])
        assert study["note"] in said(text)
    assert 'class="pk-seen"' not in page(cast)
    assert page(cast, amount=5, over_min=30).count('class="pk-seen"') == 4  # those of the first four hours
    assert cast.client("ana").get(URL, {"study": "nobody"}).status_code == 404


@pytest.mark.parametrize(
    "wrong", [{"weight_kg": ""}, {"weight_kg": -1}, {"amount": "x"}, {"drug": "ketamin"}, {"hours": 99}, {"models": ["none"]}, {"amount": "nan"}]
)
def test_what_cannot_be_read_draws_nothing_and_says_where(cast: Cast, wrong: dict[str, Any]) -> None:
    text = page(cast, **wrong)
    assert "Nothing was drawn yet" in text
    assert summaries(text) == []


def test_the_first_page_is_an_example_with_few_queries_and_no_row_about_anybody(cast: Cast) -> None:
    before = AuditRow.objects.count()
    one = queries_for(cast.client("ana"), URL)
    assert one <= 8
    assert one == queries_for(cast.client("ana"), f"{URL}?study={STUDIES[0]['id']}")
    assert AuditRow.objects.filter(event__startswith="desk.").count() == 0
    assert AuditRow.objects.count() - before <= 2  # the sign-ins alone


@pytest.mark.parametrize(("who", "status"), [("ben", 200), ("theo", 200), ("faye", 403), ("olga", 403)])
def test_clinicians_get_in(cast: Cast, who: str, status: int) -> None:
    assert cast.client(who).get(URL).status_code == status
