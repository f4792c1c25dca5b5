"""A question made ready once gives what its queryset gives, each time it is asked, and always reads anew."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.db.models import DateTimeField, F, Q, Subquery
from django.db.models.functions import Coalesce
from django.test.utils import CaptureQueriesContext

from afterglow.ground import prepared as module
from afterglow.ground.accounts.models import Membership, Site, User
from afterglow.ground.prepared import Rows, Word, first, prepared
from afterglow.records.chart.models import Person
from afterglow.records.staff.models import Credential
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db
LATE, EARLY = datetime(2100, 1, 1, 5, 30, tzinfo=UTC), datetime(1999, 1, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _nothing_written() -> Iterator[None]:
    module.WRITTEN.clear()
    yield
    module.WRITTEN.clear()


def names(clinic_id: UUID) -> Rows:
    return Membership.objects.filter(clinic_id=clinic_id).order_by("id").values_list("id", "user__name", "started_at")


def one_column(clinic_id: UUID, before: datetime) -> Rows:
    return Membership.objects.filter(clinic_id=clinic_id, started_at__lte=before).order_by("id").values_list("user_id", flat=True)


def as_words(site_id: UUID) -> Rows:
    return Site.objects.filter(id=site_id).values("opens", "name", "id", place=F("clinic__name"))


def whole(user_ids: Collection[UUID]) -> Rows:
    return User.objects.filter(id__in=user_ids).order_by("id").annotate(said=F("email"))


def in_date(clinic_id: UUID, on: date, kind: str) -> Rows:
    return Credential.objects.filter(clinic_id=clinic_id, expires_on__gte=on, kind=kind).order_by("id").values_list("id", "expires_on")


def worked_out(clinic_id: UUID) -> Rows:
    """Moments and keys from columns, from an expression, and missing ones."""
    rows = Membership.objects.filter(clinic_id=clinic_id).order_by("id")
    later = Coalesce("ended_at", "started_at", output_field=DateTimeField())
    nobody = Subquery(User.objects.filter(email="nobody").values("id")[:1])
    return rows.annotate(later=later, nobody=nobody).values_list("id", "started_at", "ended_at", "later", "nobody")


def called(clinic_id: UUID, name: Word) -> Rows:
    return Membership.objects.filter(clinic_id=clinic_id, user__name=name).order_by("id").values_list("id", "user__name")


def either(ids: Collection[UUID], numbers: Collection[int]) -> Rows:
    asked = Q()
    for pk, number in zip(ids, numbers, strict=True):
        asked |= Q(id=pk, version__gte=number)
    return Person.objects.filter(asked).order_by("id").values_list("id", "version")


def same(made: Callable[..., Rows], *args: Any) -> list[Any]:
    """Asked three times, so that the later answers come from the kept statement."""
    question, told = prepared(made), list(made(*args))
    assert [question(*args) for _ in range(3)] == [told] * 3
    return told


def test_every_kind_of_row_is_what_the_queryset_gives(cast: Cast) -> None:
    assert len(same(names, cast.clinic_id)) > len(same(names, cast.other_clinic_id)) > 0
    assert same(one_column, cast.clinic_id, LATE)
    assert same(one_column, cast.clinic_id, EARLY) == []
    assert same(as_words, cast.site_id)[0]["place"]
    assert same(in_date, cast.clinic_id, date(2020, 1, 1), "prescriber_licence")
    assert same(in_date, cast.clinic_id, date(2200, 1, 1), "prescriber_licence") == same(in_date, cast.clinic_id, date(2020, 1, 1), "none") == []


def test_one_statement_serves_every_word(cast: Cast) -> None:
    some, other = (row[1] for row in list(names(cast.clinic_id))[:2])
    asked, written = prepared(called), module.WRITTEN
    before = len(written)
    assert [row[1] for row in asked(cast.clinic_id, Word(some))] == [row[1] for row in called(cast.clinic_id, Word(some))] == [some]
    assert [row[1] for row in asked(cast.clinic_id, Word(other))] == [other] != [some]
    assert asked(cast.clinic_id, Word("nobody %_' --")) == []
    assert len(written) == before + 1


def test_moments_and_keys_come_as_django_reads_them(cast: Cast) -> None:
    rows = same(worked_out, cast.clinic_id)
    for key, started_at, ended_at, later, nobody in rows:
        assert isinstance(key, UUID) and started_at.tzinfo is UTC and later == (ended_at or started_at) and later.tzinfo is UTC
        assert nobody is None


def test_a_list_of_any_length_and_models_with_what_was_added(cast: Cast) -> None:
    people = [cast.ana.user_id, cast.ben.user_id]
    assert [row.said for row in prepared(whole)(people)] == [row.email for row in same(whole, people)]
    assert same(whole, [*people, people[0]]) == same(whole, people)
    assert same(whole, []) == same(whole, [uuid4()]) == []
    version = Person.objects.get(id=cast.dan_id).version
    assert same(either, [cast.dan_id, uuid4()], [version, 1]) == [(cast.dan_id, version)]
    assert same(either, [cast.dan_id], [version + 1]) == []


def test_one_statement_serves_other_values_and_reads_anew(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[tuple[Any, ...]] = []
    write = module._write
    monkeypatch.setattr(module, "_write", lambda *args: (written.append(args), write(*args))[1])
    question = prepared(one_column)
    before = question(cast.clinic_id, LATE)
    with CaptureQueriesContext(connection) as held:
        assert question(cast.other_clinic_id, LATE) != before
        Membership.objects.filter(clinic_id=cast.clinic_id, user_id=cast.ana.user_id).update(started_at=LATE.replace(year=2101))
        assert set(before) - set(question(cast.clinic_id, LATE)) == {cast.ana.user_id}
    assert len(held) == 3
    assert len(written) == 1


def test_the_kept_statements_are_bounded(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "KEPT_STATEMENTS", 3)
    question = prepared(whole)
    for count in range(1, 9):
        assert question([cast.ana.user_id, *(uuid4() for _ in range(count))])
    assert 1 <= len(module.WRITTEN) <= 3


def test_another_connection_uses_what_the_first_has_written(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[tuple[Any, ...]] = []
    write = module._write
    monkeypatch.setattr(module, "_write", lambda *args: (written.append(args), write(*args))[1])
    question = prepared(one_column)
    expected = question(cast.clinic_id, LATE)
    other = connection.copy()
    try:
        (statement,) = (statement for (asked, *_), statement in module.WRITTEN.items() if asked is question)
        assert statement is not None
        assert len(module._answer(other, statement, [uuid4(), LATE])) == 0
    finally:
        other.close()
    assert question(cast.clinic_id, LATE) == expected != []
    assert len(written) == 1


def test_what_cannot_be_prepared_is_refused(cast: Cast) -> None:
    wrong: list[Callable[[UUID], Rows]] = [
        lambda key: User.objects.filter(id=key).select_for_update(),
        lambda key: Membership.objects.filter(id=key).select_related("user"),
        lambda key: Membership.objects.filter(id=key).prefetch_related("user"),
        lambda key: User.objects.filter(email="x"),
        lambda key: User.objects.filter(id=key).values_list("id", named=True),
    ]
    for made in wrong:
        with pytest.raises(TypeError):
            prepared(made)(cast.clinic_id)
    with pytest.raises(TypeError, match="by position"):
        prepared(names)(clinic_id=cast.clinic_id)


def test_a_moment_worked_out_from_a_value_is_refused(cast: Cast) -> None:
    """It stands in the statement beside the value itself, so only writing the statement twice shows it."""

    def of_the_last_week(clinic_id: UUID, at: datetime) -> Rows:
        return Membership.objects.filter(clinic_id=clinic_id, started_at__lte=at, started_at__gt=at - timedelta(days=7)).values_list("id", flat=True)

    with pytest.raises(TypeError, match="works something out"):
        prepared(of_the_last_week)(cast.clinic_id, LATE)


def test_the_first_row() -> None:
    assert first([]) is None
    assert first([3, 4]) == 3
