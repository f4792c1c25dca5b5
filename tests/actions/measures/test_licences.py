"""The clinic's own licences for scales whose wording may not be shipped: recorded, in force, ended."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, transaction

from afterglow.ground.accounts import queries as accounts
from afterglow.ground.accounts.queries import SiteRow
from afterglow.ground.accounts.sites import add_site
from afterglow.ground.audit.models import AuditRow
from afterglow.ground.errors import Forbidden, NotFound, Refusal
from afterglow.records.measures.actions.record_licence import end_licence, record_licence
from afterglow.records.measures.models import Licence, LicenceEnd
from afterglow.records.measures.queries import licences
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db


def held(cast: Cast, at: datetime, **more: Any) -> UUID:
    today = at.date()
    settings = {
        "instrument": "isi", "holder": "Harbour Clinic", "reference": "ISI-2026-17", "from_on": today - timedelta(days=10),
        "until_on": today + timedelta(days=10), "site_id": cast.site_id, "by": cast.olga, "at": at,
    } | more  # fmt: skip
    return record_licence(**settings)


def here(cast: Cast) -> SiteRow:
    return accounts.site(cast.site_id, clinic_id=cast.clinic_id)


def scale(cast: Cast, at: datetime, name: str = "isi") -> licences.ScaleRow:
    return licences.scale(name, here(cast), at)


# req: N38
def test_a_licence_is_recorded_once_with_who_and_when(cast: Cast, at: datetime) -> None:
    first = held(cast, at)
    assert held(cast, at + timedelta(minutes=1), holder=" Harbour Clinic ") == first
    (row,) = scale(cast, at).licences
    assert (row.id, row.holder, row.reference, row.recorded_at, row.site_id) == (first, "Harbour Clinic", "ISI-2026-17", at, cast.site_id)
    assert "Olga Berg" in row.recorded_by
    (written,) = AuditRow.objects.filter(event="measures.licence_recorded")
    assert "ISI-2026-17" in written.new_text and "instruments/isi version 2" in str(vars(written))
    assert held(cast, at, reference="ISI-2026-18") != first


# req: N38
def test_under_a_licence_only_the_text_is_still_missing(cast: Cast, at: datetime) -> None:
    assert [finding.item for finding in scale(cast, at).verdict.open] == ["measures.licence", "measures.own_text"]
    held(cast, at)
    found = scale(cast, at)
    assert [finding.item for finding in found.verdict.open] == ["measures.own_text"]
    assert found.in_date is not None and found.in_date.reference == "ISI-2026-17"
    assert scale(cast, at + timedelta(days=11)).in_date is None
    assert "measures.licence" in [finding.item for finding in scale(cast, at + timedelta(days=11)).verdict.open]
    assert "measures.licence" in [finding.item for finding in scale(cast, at, "madrs").verdict.open]


# req: N38
def test_an_ended_licence_counts_no_longer_and_says_why(cast: Cast, at: datetime) -> None:
    first, later = held(cast, at), at + timedelta(hours=1)
    for reason in ("", " ", "a\x00", "x" * 201):
        with pytest.raises(Refusal, match="measures.no_reason"):
            end_licence(licence_id=first, reason=reason, by=cast.olga, at=later)
    end_licence(licence_id=first, reason="Given up.", by=cast.ana, at=later)
    end_licence(licence_id=first, reason="Again.", by=cast.ana, at=later)
    (row,) = scale(cast, later).licences
    assert (row.reason, row.ended_at) == ("Given up.", later)
    assert scale(cast, later).in_date is None
    assert "ended on" in scale(cast, later).verdict.sentence
    assert AuditRow.objects.filter(event="measures.licence_ended").count() == 1
    assert held(cast, later) != first, "the same licence may be recorded anew after it was ended"
    assert scale(cast, later).in_date is not None


def test_a_licence_is_for_its_site_or_for_every_site(cast: Cast, at: datetime) -> None:
    other = add_site(
        name="Pier", zone="America/Los_Angeles", state="CA", address="2 Pier", phone="+1 555 0109", open_days="12345",
        opens=here(cast).opens, closes=here(cast).closes, key="pier", by=cast.olga, at=at,
    )  # fmt: skip
    pier = accounts.site(other, clinic_id=cast.clinic_id)
    held(cast, at)
    assert licences.scale("isi", pier, at).licences == ()
    held(cast, at, reference="ALL", everywhere=True)
    assert [row.reference for row in licences.scale("isi", pier, at).licences] == ["ALL"]
    assert {row.reference for row in scale(cast, at).licences} == {"ALL", "ISI-2026-17"}


@pytest.mark.parametrize(
    ("more", "code", "field"),
    [
        ({"instrument": "phq9"}, "measures.licence_not_needed", None),
        ({"holder": " "}, "measures.licence_not_whole", "holder"),
        ({"reference": "x" * 121}, "measures.licence_not_whole", "reference"),
        ({"reference": "a\x00"}, "measures.licence_not_whole", "reference"),
        ({"from_on": date(2030, 1, 2), "until_on": date(2030, 1, 1)}, "measures.licence_not_whole", "until_on"),
        ({"from_on": date(2020, 1, 2), "until_on": date(2020, 1, 3)}, "measures.licence_not_whole", "until_on"),
    ],
)
def test_what_is_not_a_licence_is_refused_and_nothing_is_stored(cast: Cast, at: datetime, more: dict[str, Any], code: str, field: str | None) -> None:
    with pytest.raises(Refusal, match=code) as refused:
        held(cast, at, **more)
    assert refused.value.field == field
    assert not Licence.objects.exists()


def test_only_owner_and_prescriber_of_this_clinic_keep_the_register(cast: Cast, at: datetime) -> None:
    assert held(cast, at, by=cast.ana)
    first = held(cast, at)
    for who in (cast.ben, cast.theo, cast.faye):
        with pytest.raises(Forbidden):
            held(cast, at, by=who)
        with pytest.raises(Forbidden):
            end_licence(licence_id=first, reason="No.", by=who, at=at)
    with pytest.raises(NotFound):
        held(cast, at, instrument="no_such_scale")
    with pytest.raises(NotFound):
        held(cast, at, by=cast.cora)
    with pytest.raises(NotFound):
        end_licence(licence_id=first, reason="No.", by=cast.cora, at=at)
    assert not LicenceEnd.objects.exists()


def test_a_recorded_licence_cannot_be_changed(cast: Cast, at: datetime) -> None:
    held(cast, at)
    with pytest.raises(DatabaseError), transaction.atomic():
        Licence.objects.update(until_on=None)
    with pytest.raises(DatabaseError), transaction.atomic():
        Licence.objects.all().delete()
