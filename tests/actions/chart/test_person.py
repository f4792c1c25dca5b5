"""People: registering, editing by two at once, finding, and who may know of whom."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import uuid4

import pytest

from afterglow.ground.access.actor import Actor
from afterglow.ground.audit.models import AuditRow
from afterglow.ground.errors import Forbidden, NotFound, Refusal
from afterglow.records.chart import access, queries
from afterglow.records.chart.actions.edit_person import edit_person
from afterglow.records.chart.actions.join_care_team import join_care_team, leave_care_team
from afterglow.records.chart.actions.register_person import register_person
from tests.support.cast import Cast, register

pytestmark = pytest.mark.django_db


def by_link(cast: Cast) -> Actor:
    return Actor(
        kind="link",
        id="link:1",
        name="Dan Marsh",
        clinic_id=cast.clinic_id,
        person_id=cast.dan_id,
        scope="own_patients",
        permissions=frozenset({"portal.intake.fill"}),
    )


def told(cast: Cast, at: datetime, **other: Any) -> dict[str, Any]:
    return {"given_name": "Éva", "family_name": "Müller", "born_on": date(1990, 2, 28), "key": "k", "by": cast.faye, "at": at} | other


def test_a_person_is_registered_once_with_the_next_number(cast: Cast, at: datetime) -> None:
    first = register_person(**told(cast, at))
    assert register_person(**told(cast, at)) == first
    second = register_person(**told(cast, at, given_name="Ida", key="k2"))
    assert [access.fetch_person(cast.faye, who).record_no for who in (first, second)] == ["0001", "0002"]
    assert AuditRow.objects.filter(event="chart.person_registered", person_id=first).count() == 1
    with pytest.raises(Refusal, match="write.key_reused"):
        register_person(**told(cast, at, given_name="Other"))


def test_a_number_given_by_hand_is_passed_over(cast: Cast, at: datetime) -> None:
    register_person(**told(cast, at, record_no="0001"))
    assert access.fetch_person(cast.faye, register_person(**told(cast, at, given_name="Ida", key="k2"))).record_no == "0002"


@pytest.mark.parametrize(
    ("other", "code", "field"),
    [
        ({"given_name": " "}, "chart.name_missing", "given_name"),
        ({"family_name": ""}, "chart.name_missing", "family_name"),
        ({"born_on": date(2027, 1, 1)}, "chart.born_on_impossible", "born_on"),
        ({"born_on": date(1890, 1, 1)}, "chart.born_on_impossible", "born_on"),
        ({"given_name": "a\x00b"}, "chart.text_refused", "given_name"),
        ({"phone": "1" * 41}, "chart.text_refused", "phone"),
        ({"contact_by": "pigeon"}, "chart.not_a_choice", "contact_by"),
        ({"more": {"shoe_size": "44"}}, "chart.unknown_field", None),
        ({"record_no": "0412"}, "chart.record_no_taken", "record_no"),
        ({"record_no": "4/12"}, "chart.record_no_refused", "record_no"),
    ],
)
def test_a_person_that_cannot_be_is_refused(cast: Cast, at: datetime, other: dict[str, Any], code: str, field: str | None) -> None:
    with pytest.raises(Refusal) as refused:
        register_person(**told(cast, at, **other))
    assert (refused.value.code, refused.value.field) == (code, field)


# req: C26
def test_two_who_edit_at_once_do_not_overwrite_each_other(cast: Cast, at: datetime) -> None:
    change = {"phone": "+1 555 0999"}
    assert edit_person(person_id=cast.dan_id, version=1, changes=change, by=cast.faye, at=at) == 2
    assert edit_person(person_id=cast.dan_id, version=1, changes=change, by=cast.faye, at=at) == 2, "the same change again is done already"
    with pytest.raises(Refusal) as refused:
        edit_person(person_id=cast.dan_id, version=1, changes={"phone": "+1 555 0777"}, by=cast.ben, at=at)
    assert (refused.value.code, refused.value.status) == ("chart.person_changed", 409)
    assert dict(refused.value.facts) == {"theirs": {"phone": "+1 555 0999"}, "version": 2}
    assert edit_person(person_id=cast.dan_id, version=2, changes={"phone": "+1 555 0777"}, by=cast.ben, at=at) == 3
    rows = AuditRow.objects.filter(event="chart.person_edited", person_id=cast.dan_id).order_by("id")
    assert [row.new_text for row in rows] == ['{"phone":"+1 555 0999"}', '{"phone":"+1 555 0777"}']


def test_a_link_fills_in_but_does_not_rename(cast: Cast, at: datetime) -> None:
    link = by_link(cast)
    assert edit_person(person_id=cast.dan_id, version=1, changes={"address": "1 Pier Rd"}, by=link, at=at) == 2
    with pytest.raises(Refusal, match="chart.identifier_by_link"):
        edit_person(person_id=cast.dan_id, version=2, changes={"born_on": date(1982, 3, 5)}, by=link, at=at)
    with pytest.raises(NotFound):
        edit_person(person_id=register(cast.faye, at, "Una"), version=1, changes={"address": "x"}, by=link, at=at)


# req: S8, C27
def test_strangers_find_nothing_and_colleagues_without_the_right_are_told_who_has_it(cast: Cast, at: datetime) -> None:
    una = register(cast.faye, at, "Una")
    for actor, who in ((cast.cora, cast.dan_id), (cast.theo, una), (by_link(cast), una), (cast.ana, uuid4())):
        with pytest.raises(NotFound):
            access.fetch_person(actor, who)
    assert access.fetch_person(cast.theo, cast.dan_id).name == "Dan Marsh"
    for actor, need in ((cast.olga, "chart.person.read"), (cast.faye, "chart.clinical.read"), (cast.theo, "chart.person.edit")):
        with pytest.raises(Forbidden) as refused:
            access.fetch_person(actor, cast.dan_id, need=need)
        assert "Ask a" in refused.value.now
    with pytest.raises(Forbidden):
        access.fetch_person(by_link(cast), cast.dan_id, need="chart.weight.record")
    with pytest.raises(NotFound):
        access.lock_person(uuid4())


# req: S7
def test_the_care_team_opens_and_closes_the_chart_to_a_therapist(cast: Cast, at: datetime) -> None:
    una = register(cast.faye, at, "Una")
    member = join_care_team(person_id=una, user_id=cast.theo.user_id, duty="therapist", by=cast.faye, at=at)
    assert join_care_team(person_id=una, user_id=cast.theo.user_id, duty="therapist", by=cast.faye, at=at) == member
    assert access.fetch_person(cast.theo, una).name == "Una Example"
    assert queries.people_of(cast.theo) == {una, cast.dan_id}
    with pytest.raises(Refusal, match="chart.no_reason"):
        leave_care_team(member_id=member, reason="", by=cast.faye, at=at)
    for _ in range(2):
        leave_care_team(member_id=member, reason="course ended", by=cast.faye, at=at)
    assert AuditRow.objects.filter(event="chart.care_team_left").count() == 1
    with pytest.raises(NotFound):
        access.fetch_person(cast.theo, una)
    with pytest.raises(NotFound):
        join_care_team(person_id=una, user_id=cast.cora.user_id, duty="prescriber", by=cast.faye, at=at)
    with pytest.raises(Refusal, match="chart.no_duty"):
        join_care_team(person_id=una, user_id=cast.ana.user_id, duty=" ", by=cast.faye, at=at)
    with pytest.raises(NotFound):
        leave_care_team(member_id=member, reason="x", by=cast.cora, at=at)


def test_people_are_found_by_name_number_and_birth_date(cast: Cast, at: datetime) -> None:
    eva = register_person(**told(cast, at))

    def found(actor: Actor, text: str) -> list[object]:
        return [row.id for row in queries.search(actor, text)]

    for text in ("eva", "MULLER", "müller, éva", "Eva Mul", "0001", "1", "28 Feb 1990", "1990-02-28"):
        assert found(cast.faye, text) == [eva], text
    for text in ("", "   ", "nobody", "99", "1990-02-31", "30 Feb 1990", "3/4/1982"):
        assert found(cast.faye, text) == [], text
    assert found(cast.theo, "eva") == [], "a therapist finds own patients only"
    assert found(cast.theo, "marsh") == [cast.dan_id]
    assert found(cast.cora, "marsh") == []
    assert set(queries.names_of(cast.clinic_id, {eva, cast.dan_id})) == {eva, cast.dan_id}
    assert queries.names_of(cast.other_clinic_id, {eva}) == {}


# hazard: H1
def test_the_identity_band_says_who_and_warns_of_a_similar_name(cast: Cast, at: datetime) -> None:
    band = queries.identity(cast.dan_id)
    assert (band.name, band.record_no, band.born_on, band.weight, band.weight_on) == (
        "Dan Marsh",
        "0412",
        date(1982, 3, 4),
        "70.0 kg",
        date(2026, 12, 7),
    )
    assert (band.allergies, band.allergies_state, band.similar_names) == ((), "none_known", False)
    register(cast.faye, at, "Dana", "Marsh", date(1991, 5, 6))
    register(cast.faye, at, "Doreen", "Marsh")
    assert queries.identity(cast.dan_id).similar == "Dana Marsh, born 6 May 1991"
    una = register(cast.faye, at, "Una")
    assert (queries.identity(una).allergies, queries.identity(una).weight, queries.identity(una).weight_on) == (None, "", None)
    with pytest.raises(NotFound):
        queries.identity(uuid4())


def test_a_language_that_is_not_on_the_list_is_refused(cast: Cast, at: datetime) -> None:
    with pytest.raises(Refusal, match="chart.language_unknown") as caught:
        edit_person(person_id=cast.dan_id, version=1, changes={"language": "Spanish"}, by=cast.faye, at=at)
    assert caught.value.field == "language"
    edit_person(person_id=cast.dan_id, version=1, changes={"language": "es-419"}, by=cast.faye, at=at)
    assert access.fetch_person(cast.faye, cast.dan_id).language == "es-419"
