"""Credentials and the roster: what is written, each refusal, its audit line, a retry."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from afterglow.ground.audit.models import AuditRow
from afterglow.ground.errors import Forbidden, NotFound, Refusal
from afterglow.records.staff import queries
from afterglow.records.staff.actions.end_credential import end_credential
from afterglow.records.staff.actions.record_credential import record_credential
from afterglow.records.staff.actions.roster import cancel_shift, roster
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db


def credential(cast: Cast, at: datetime, **other: Any) -> dict[str, Any]:
    told = {
        "user_id": cast.faye.user_id,
        "kind": "acls",
        "number": "ACLS-77",
        "expires_on": at.date() + timedelta(days=10),
        "by": cast.olga,
        "at": at,
    }
    return told | other


def shift(cast: Cast, at: datetime, **other: Any) -> dict[str, Any]:
    told = {
        "site_id": cast.site_id,
        "user_id": cast.ben.user_id,
        "duty": "on_site",
        "starts_at": at + timedelta(days=2),
        "ends_at": at + timedelta(days=2, hours=8),
    }
    return told | {"by": cast.olga, "at": at} | other


# req: S9
def test_a_credential_is_written_once_and_audited(cast: Cast, at: datetime) -> None:
    first = record_credential(**credential(cast, at))
    again = record_credential(**credential(cast, at))
    assert first == again
    held = queries.credential_in_date(cast.faye.user_id, cast.clinic_id, "acls", at.date())
    assert held is not None and (held.id, held.number) == (first, "ACLS-77")
    rows = AuditRow.objects.filter(event="staff.credential_recorded", objects_text__contains=str(first))
    assert [row.actor_name for row in rows] == ["Olga Berg"]


@pytest.mark.parametrize(
    ("other", "code", "field"),
    [
        ({"kind": "wand"}, "staff.unknown_kind", "kind"),
        ({"number": "  "}, "staff.credential_not_whole", "number"),
        ({"kind": "nursing_licence"}, "staff.credential_not_whole", "state"),
        ({"expires_on": date(2020, 1, 1)}, "staff.credential_not_whole", "expires_on"),
    ],
)
def test_a_credential_that_is_not_whole_is_refused(cast: Cast, at: datetime, other: dict[str, Any], code: str, field: str) -> None:
    with pytest.raises(Refusal) as refused:
        record_credential(**credential(cast, at, **other))
    assert (refused.value.code, refused.value.field) == (code, field)


def test_what_a_licence_makes_of_its_holder(cast: Cast, at: datetime) -> None:
    told = credential(cast, at, kind="nursing_licence", number="N-7", state="CA")
    first = record_credential(**told)
    assert queries.credential_in_date(cast.faye.user_id, cast.clinic_id, "nursing_licence", at.date()).profession == ""
    assert record_credential(**told | {"profession": "LPN"}) == first, "what was missing is filled in"
    assert record_credential(**told | {"profession": "LPN"}) == record_credential(**told) == first
    held = queries.credential_in_date(cast.faye.user_id, cast.clinic_id, "nursing_licence", at.date())
    assert (held.profession, held.profession_name) == ("LPN", "licensed practical or vocational nurse")
    assert AuditRow.objects.filter(event="staff.credential_recorded", objects_text__contains=str(first)).count() == 2
    for kind, profession in (("nursing_licence", "MD"), ("acls", "RN"), ("therapy_licence", "RN"), ("nursing_licence", "boss")):
        with pytest.raises(Refusal) as refused:
            record_credential(**told | {"kind": kind, "profession": profession})
        assert refused.value.field == "profession"


def test_only_the_owner_records_and_only_at_home(cast: Cast, at: datetime) -> None:
    with pytest.raises(Forbidden):
        record_credential(**credential(cast, at, by=cast.ana))
    with pytest.raises(NotFound):
        record_credential(**credential(cast, at, user_id=cast.cora.user_id))


def test_an_ended_credential_no_longer_counts(cast: Cast, at: datetime) -> None:
    held = queries.credential_in_date(cast.ana.user_id, cast.clinic_id, "prescriber_licence", at.date(), state="CA")
    assert held is not None and queries.is_licensed(cast.ana.user_id, cast.clinic_id, at.date())
    with pytest.raises(Refusal, match="staff.no_reason"):
        end_credential(credential_id=held.id, reason=" ", by=cast.olga, at=at)
    for _ in range(2):
        end_credential(credential_id=held.id, reason="withdrawn by the board", by=cast.olga, at=at)
    assert queries.credential_in_date(cast.ana.user_id, cast.clinic_id, "prescriber_licence", at.date()) is None
    assert not queries.is_licensed(cast.ana.user_id, cast.clinic_id, at.date())
    assert AuditRow.objects.filter(event="staff.credential_ended").count() == 1
    with pytest.raises(NotFound):
        end_credential(credential_id=held.id, reason="x", by=cast.cora, at=at)


def test_a_licence_holds_to_its_last_day_and_in_its_own_state(cast: Cast, at: datetime) -> None:
    last = at.date() + timedelta(days=365)
    assert queries.credential_in_date(cast.ben.user_id, cast.clinic_id, "nursing_licence", last, state="CA") is not None
    assert queries.credential_in_date(cast.ben.user_id, cast.clinic_id, "nursing_licence", last + timedelta(days=1), state="CA") is None
    assert queries.credential_in_date(cast.ben.user_id, cast.clinic_id, "nursing_licence", last, state="NV") is None
    assert queries.credential_in_date(cast.ben.user_id, cast.other_clinic_id, "nursing_licence", last) is None


def test_who_is_here_and_on_call(cast: Cast, at: datetime) -> None:
    assert [row.name for row in queries.on_site(cast.site_id, at)] == ["Ana Ruiz", "Ben Okoye", "Faye Grant", "Theo Lind"]
    assert [row.name for row in queries.on_call(cast.site_id, at)] == ["Ana Ruiz"]
    assert [row.name for row in queries.airway_competent_on_site(cast.site_id, at)] == ["Ana Ruiz", "Ben Okoye"]
    evening = at + timedelta(hours=11)
    assert queries.on_site(cast.site_id, evening) == [], "a shift ends at its end"
    assert queries.airway_competent_on_site(cast.site_id, evening) == []


def test_a_shift_is_written_once_and_cancelled_once(cast: Cast, at: datetime) -> None:
    first = roster(**shift(cast, at))
    assert roster(**shift(cast, at)) == first
    later = at + timedelta(days=2, hours=1)
    assert [row.shift_id for row in queries.on_site(cast.site_id, later)] == [first]
    with pytest.raises(Refusal, match="staff.no_reason"):
        cancel_shift(shift_id=first, reason="", by=cast.olga, at=at)
    for _ in range(2):
        cancel_shift(shift_id=first, reason="ill", by=cast.olga, at=at)
    assert queries.on_site(cast.site_id, later) == []
    assert AuditRow.objects.filter(event="staff.shift_cancelled").count() == 1
    assert AuditRow.objects.filter(event="staff.rostered", objects_text__contains=str(first)).count() == 1


def test_nobody_is_rostered_twice_or_without_a_licence(cast: Cast, at: datetime) -> None:
    roster(**shift(cast, at))
    with pytest.raises(Refusal) as refused:
        roster(**shift(cast, at, starts_at=at + timedelta(days=2, hours=4), ends_at=at + timedelta(days=2, hours=10)))
    assert [finding.item for finding in refused.value.findings] == ["shift.free"]
    next_year = at + timedelta(days=366)
    with pytest.raises(Refusal) as refused:
        roster(**shift(cast, at, starts_at=next_year, ends_at=next_year + timedelta(hours=8)))
    assert [finding.item for finding in refused.value.findings] == ["shift.licence"]
    with pytest.raises(Refusal, match="staff.unknown_duty"):
        roster(**shift(cast, at, duty="asleep"))


def test_strangers_and_the_wrong_role_cannot_roster(cast: Cast, at: datetime) -> None:
    with pytest.raises(Forbidden):
        roster(**shift(cast, at, by=cast.ben))
    with pytest.raises(NotFound):
        roster(**shift(cast, at, site_id=cast.other_site_id))
    with pytest.raises(NotFound):
        cancel_shift(shift_id=queries.on_site(cast.site_id, at)[0].shift_id, reason="x", by=cast.cora, at=at)
