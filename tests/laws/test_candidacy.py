"""What the worklists look people up by is, after any sequence of deeds, what the rows themselves say."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from afterglow.ground.errors import Refusal
from afterglow.pathway.consent import queries as consent
from afterglow.pathway.consent.actions.note_capacity import note_capacity
from afterglow.pathway.consent.actions.withdraw import withdraw
from afterglow.pathway.consent.models import CapacityNote, Consent, Withdrawal
from afterglow.pathway.plan.actions.end_plan import end_plan
from afterglow.pathway.plan.actions.sign_plan import sign_plan
from afterglow.pathway.plan.models import TreatmentPlan
from afterglow.pathway.plan.queries import waiting as plan
from afterglow.pathway.screening.actions.decide import decide
from afterglow.pathway.screening.models import Candidacy, ScreeningDecision
from tests.support.cast import Cast, build_cast
from tests.support.consent import checks, offered, signed
from tests.support.plan import a_draft
from tests.support.screening import opened, ready, signature

AT = datetime.fromisoformat("2026-11-23T18:00:00+00:00")


@pytest.fixture(scope="module")
def cast(django_db_setup: None, django_db_blocker: Any) -> Iterator[Cast]:
    """One clinic; every example plays in a savepoint."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield build_cast(AT)
        transaction.set_rollback(True)


def _clear(cast: Cast, at: datetime, indication: str = "trd") -> None:
    decide(case_id=ready(cast, at, indication=indication), outcome="cleared", signed=signature(cast.ana, at), key=f"clear {at}", by=cast.ana, at=at)


def _decline(cast: Cast, at: datetime) -> None:
    case = opened(cast, at)
    decide(case_id=case, outcome="declined", reason="Not now.", signed=signature(cast.ana, at), key=f"decline {at}", by=cast.ana, at=at)


def _state(cast: Cast, at: datetime, able: bool) -> None:
    note_capacity(
        consent_id=_newest(Consent), has_capacity=able, asked_alone=True, checks=checks() if able else (), note="" if able else "Could not.",
        signed=signature(cast.ana, at), by=cast.ana, at=at,
    )  # fmt: skip


def _newest(model: Any, **which: Any) -> UUID:
    found: UUID | None = model.objects.filter(**which).order_by("-id").values_list("id", flat=True).first()
    if found is None:
        raise Refusal("test.nothing", "There is none yet.", "Try another deed.")
    return found


def _revise(cast: Cast, at: datetime) -> None:
    a_draft(cast, at, replaces=_newest(TreatmentPlan, state="in_force"), key=f"revise {at}")


DEEDS: dict[str, Callable[[Cast, datetime], object]] = {
    "clear": _clear,
    "clear for ptsd": lambda cast, at: _clear(cast, at, "ptsd"),
    "decline": _decline,
    "sign": lambda cast, at: signed(cast, at, offered(cast, at)),
    "able": lambda cast, at: _state(cast, at, True),
    "unable": lambda cast, at: _state(cast, at, False),
    "withdraw": lambda cast, at: withdraw(consent_id=_newest(Consent), by=cast.ana, at=at),
    "draft": lambda cast, at: a_draft(cast, at, key=f"draft {at}"),
    "revise": _revise,
    "sign plan": lambda cast, at: sign_plan(plan_id=_newest(TreatmentPlan, state="draft"), signed=signature(cast.ana, at), by=cast.ana, at=at),
    "end plan": lambda cast, at: end_plan(plan_id=_newest(TreatmentPlan, state="in_force"), reason="Moved away.", by=cast.ana, at=at),
    "drop draft": lambda cast, at: end_plan(plan_id=_newest(TreatmentPlan, state="draft"), reason="Not needed.", by=cast.ana, at=at),
}
THE_WALK = ["clear", "sign", "able", "draft", "sign plan"]


def truth(person_id: UUID) -> tuple[str, datetime, int, int, bool] | None:
    """Worked out from the rows by hand: newest decision, standing consent, open plans, whether what it led to has ended."""
    decisions = sorted(ScreeningDecision.objects.filter(case__person_id=person_id), key=lambda row: (row.signed_at, row.id))
    if not decisions:
        return None
    version, signatures = 0, sorted(Consent.objects.filter(person_id=person_id), key=lambda row: (row.signed_at, row.id))
    if signatures and not Withdrawal.objects.filter(consent=signatures[-1]).exists():
        notes = sorted(CapacityNote.objects.filter(consent=signatures[-1]), key=lambda row: (row.signed_at, row.id))
        for_it = signatures[-1].indication == decisions[-1].case.indication
        version = signatures[-1].document_version if for_it and notes and notes[-1].has_capacity and notes[-1].asked_alone else 0
    plans, decided_at = list(TreatmentPlan.objects.filter(person_id=person_id)), decisions[-1].signed_at
    still_open = sum(row.state in ("draft", "in_force") for row in plans)
    is_over = not still_open and any(row.signed_at is not None and row.signed_at >= decided_at for row in plans)
    return decisions[-1].outcome, decided_at, version, still_open, is_over


def kept(person_id: UUID) -> tuple[str, datetime, int, int, bool] | None:
    fields = ("outcome", "decided_at", "consented_version", "open_plans", "is_over")
    return Candidacy.objects.filter(person_id=person_id).values_list(*fields).first()


@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(deeds=[*THE_WALK, "revise", "sign plan", "end plan"])
@example(deeds=[*THE_WALK, "withdraw", "sign", "able", "unable", "decline", "clear"])
@example(deeds=["clear", "sign", "able", "draft", "draft", "drop draft"])
@example(deeds=["clear", "sign", "able", "clear for ptsd", "clear", "clear for ptsd", "sign", "able", "clear"])
@example(deeds=[*THE_WALK, "end plan", "withdraw", "clear", "sign", "able"])
@given(deeds=st.lists(st.sampled_from(sorted(DEEDS)), max_size=9))
def test_what_is_kept_is_what_the_rows_say(cast: Cast, db: None, deeds: list[str]) -> None:
    with transaction.atomic():
        at = AT
        for deed in deeds:
            at += timedelta(minutes=5)
            try:
                with transaction.atomic():
                    DEEDS[deed](cast, at)
            except Refusal:
                pass
            assert kept(cast.dan_id) == truth(cast.dan_id), deed
        _worked_out_anew_is_the_same(cast.dan_id)
        _lists_hold_whom_the_rows_name(cast, at)
        transaction.set_rollback(True)


def _worked_out_anew_is_the_same(person_id: UUID) -> None:
    """The migration that fills a database made before this was kept, and before there was a choice of what is treated."""
    if ScreeningDecision.objects.exclude(case__indication="trd").exists():
        return
    before = kept(person_id)
    Candidacy.objects.all().delete()
    for name in ("0002_candidacy_filled", "0005_course_over"):
        importlib.import_module(f"afterglow.pathway.plan.migrations.{name}").fill(apps, None)
    assert kept(person_id) == before


def _lists_hold_whom_the_rows_name(cast: Cast, at: datetime) -> None:
    held, document = truth(cast.dan_id), consent.documents()
    version = next(row.version for row in document if row.id == consent.TREATMENT)
    cleared = held is not None and held[0] == "cleared" and not held[4]
    waits = cleared and held is not None and held[2] != version
    plans = cleared and held is not None and held[2] == version and held[3] == 0
    assert [row.person_id for row in consent.waiting(cast.ana, at)] == [cast.dan_id] * waits
    assert [row.what for row in plan.waiting(cast.ana, at) if row.what == "plan"] == ["plan"] * plans


def test_the_walk_reaches_every_kept_value(cast: Cast, db: None) -> None:
    """The law above would hold of nothing at all if no deed succeeded."""
    with transaction.atomic():
        seen = []
        for number, deed in enumerate([*THE_WALK, "end plan", "withdraw"]):
            DEEDS[deed](cast, AT + timedelta(minutes=number))
            row = kept(cast.dan_id)
            assert row is not None
            seen.append((row[0], row[2] > 0, row[3], row[4]))
        transaction.set_rollback(True)
    assert seen == [
        ("cleared", False, 0, False), ("cleared", False, 0, False), ("cleared", True, 0, False), ("cleared", True, 1, False),
        ("cleared", True, 1, False), ("cleared", True, 0, True), ("cleared", False, 0, True),
    ]  # fmt: skip
