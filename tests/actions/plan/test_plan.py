"""Making, signing, revising, ending a plan; allowing doses: what is written, each refusal, its audit line, a retry."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, transaction

from afterglow.ground.audit.models import AuditRow
from afterglow.ground.errors import Forbidden, NotFound, Refusal
from afterglow.pathway.consent import queries as consents
from afterglow.pathway.consent.actions.lock_until import lock_until
from afterglow.pathway.consent.actions.withdraw import withdraw
from afterglow.pathway.plan.actions.allow_doses import allow_doses
from afterglow.pathway.plan.actions.end_plan import end_plan
from afterglow.pathway.plan.actions.make_plan import make_plan
from afterglow.pathway.plan.actions.sign_plan import sign_plan
from afterglow.pathway.plan.actions.use_order import use_order
from afterglow.pathway.plan.models import TreatmentPlan
from afterglow.pathway.plan.queries import plans as queries
from afterglow.pathway.plan.queries import waiting
from afterglow.pathway.plan.rules.changes import Change
from afterglow.records.staff.actions.end_credential import end_credential
from afterglow.records.staff.queries import credentials_of
from tests.support.cabinet import signature
from tests.support.cast import Cast
from tests.support.plan import a_draft, a_plan, an_order, clear, consent, ready

pytestmark = pytest.mark.django_db
GENTLER = Change(path="dose.mg_per_kg", value="0.4", reason="Frightened by strong effects before.")


def items(refused: pytest.ExceptionInfo[Refusal]) -> set[str]:
    return {finding.item for finding in refused.value.findings}


# req: S45, S50
def test_a_plan_points_at_its_protocol_and_keeps_only_what_differs(cast: Cast, at: datetime) -> None:
    ready(cast, at)
    same = Change(path="dose.over_min", value=40, reason="as usual")
    plan_id = a_draft(cast, at, changes=[GENTLER, same])
    assert a_draft(cast, at, changes=[GENTLER, same]) == plan_id
    row = queries.plan(plan_id)
    assert (row.state, row.version, row.allowed_doses, row.infusions) == ("draft", 1, 3, 6)
    assert row.protocol.label == "protocols/iv_mdd_standard version 1"
    assert [(each.path, each.was, each.now) for each in row.differences] == [("dose.mg_per_kg", 0.5, 0.4)]
    assert json.loads(TreatmentPlan.objects.get().changes_text) == [{"path": "dose.mg_per_kg", "value": "0.4", "reason": GENTLER.reason}]
    audited = AuditRow.objects.get(event="plan.plan_made", person_id=cast.dan_id)
    assert audited.library == row.protocol.label


@pytest.mark.parametrize(
    ("change", "item"),
    [
        (Change(path="dose.mg_per_kg", value="1.1", reason="more"), "plan.dose.mg_per_kg"),  # nobody lifts it
        (Change(path="dose.mg_per_kg", value="0.4", reason=" "), "plan.dose.mg_per_kg.reason"),
        (Change(path="dose.mg_per_kg", value="much", reason="more"), "plan.dose.mg_per_kg"),
        (Change(path="hard_stop.mg_per_kg", value="2", reason="more"), "plan.hard_stop.mg_per_kg"),
    ],
)
# req: S43
def test_what_no_plan_may_hold(cast: Cast, at: datetime, change: Change, item: str) -> None:
    ready(cast, at)
    with pytest.raises(Refusal, match="plan.not_made") as refused:
        a_draft(cast, at, changes=[change])
    assert items(refused) == {item}
    assert not TreatmentPlan.objects.exists()


def test_only_who_was_cleared_gets_a_plan(cast: Cast, at: datetime) -> None:
    with pytest.raises(Refusal, match="plan.not_made") as refused:
        a_draft(cast, at)
    assert items(refused) == {"plan.screening"}
    clear(cast, at, cast.dan_id, outcome="declined")
    with pytest.raises(Refusal, match="plan.not_made"):
        a_draft(cast, at)
    with pytest.raises(Forbidden):
        a_draft(cast, at, by=cast.ben)
    with pytest.raises(NotFound):
        a_draft(cast, at, by=cast.cora)


def test_signing_needs_consent_with_capacity(cast: Cast, at: datetime) -> None:
    clear(cast, at, cast.dan_id)
    plan_id = a_draft(cast, at)
    with pytest.raises(Refusal, match="plan.not_signed") as refused:
        sign_plan(plan_id=plan_id, signed=signature(cast.ana, at), by=cast.ana, at=at)
    assert items(refused) == {"order.consent"}
    consent(cast, at, cast.dan_id, capacity=False)
    with pytest.raises(Refusal, match="plan.not_signed") as refused:
        sign_plan(plan_id=plan_id, signed=signature(cast.ana, at), by=cast.ana, at=at)
    assert items(refused) == {"order.consent"}


# req: S32, N29
@pytest.mark.parametrize("kind", ["prescriber_licence", "dea", "privilege"])
def test_only_a_prescriber_in_date_signs(cast: Cast, at: datetime, kind: str) -> None:
    ready(cast, at)
    plan_id = a_draft(cast, at)
    assert cast.ana.user_id is not None
    held = next(row for row in credentials_of(cast.ana.user_id, cast.clinic_id) if row.kind == kind)
    end_credential(credential_id=held.id, reason="lapsed", by=cast.olga, at=at)
    with pytest.raises(Refusal, match="plan.not_signed") as refused:
        sign_plan(plan_id=plan_id, signed=signature(cast.ana, at), by=cast.ana, at=at)
    assert items(refused) == {f"order.{kind}"}
    with pytest.raises(Forbidden):
        sign_plan(plan_id=plan_id, signed=signature(cast.ben, at), by=cast.ben, at=at)
    with pytest.raises(Refusal, match="accounts.not_confirmed"):
        sign_plan(plan_id=plan_id, signed=signature(cast.ben, at), by=cast.ana, at=at)


# req: S48
# req: S49
def test_a_plan_is_signed_only_for_a_course_that_the_consent_covers(cast: Cast, at: datetime) -> None:
    ready(cast, at)
    later = at + timedelta(minutes=1)
    consent(cast, later, cast.dan_id, version=1)
    assert consents.in_force(cast.dan_id, at=later).protocols == ("iv_mdd_standard",)
    told: dict[str, Any] = {"signed": signature(cast.ana, later), "by": cast.ana, "at": later}
    longer = a_draft(cast, at, protocol="iv_mdd_extended")
    with pytest.raises(Refusal, match="plan.not_signed") as refused:
        sign_plan(plan_id=longer, **told)
    (finding,) = refused.value.findings
    assert (finding.item, finding.lifted_by) == ("order.consent", "nobody")
    assert "does not cover the course" in finding.sentence
    later = at + timedelta(minutes=2)
    consent(cast, later, cast.dan_id)
    sign_plan(plan_id=longer, signed=signature(cast.ana, later), by=cast.ana, at=later)
    held = queries.plan_in_force(cast.dan_id)
    assert held is not None and held.id == longer


def test_a_signed_plan_is_in_force_and_kept_with_what_was_seen(cast: Cast, at: datetime) -> None:
    ready(cast, at)
    plan_id = a_plan(cast, at)
    sign_plan(plan_id=plan_id, signed=signature(cast.ana, at), by=cast.ana, at=at)  # again: nothing
    row = queries.plan_in_force(cast.dan_id)
    assert row is not None and (row.id, row.signed_by, row.second_by) == (plan_id, "Ana Ruiz", "")
    saw = json.loads(TreatmentPlan.objects.get().saw_text)
    assert {finding["state"] for finding in saw} == {"met"}
    assert AuditRow.objects.filter(event="plan.plan_signed").count() == 1
    with pytest.raises(Refusal, match="plan.not_made") as refused:
        a_draft(cast, at, key="another")
    assert items(refused) == {"plan.only_one"}


# req: S36
# hazard: H2
def test_outside_say_why_two_people_sign(cast: Cast, at: datetime) -> None:
    ready(cast, at)
    plan_id = a_draft(cast, at, changes=[Change(path="dose.mg_per_kg", value="0.7", reason="No effect at 0.5 in an earlier course.")])
    told: dict[str, Any] = {"plan_id": plan_id, "signed": signature(cast.ana, at), "by": cast.ana, "at": at}
    with pytest.raises(Refusal, match="plan.not_signed") as refused:
        sign_plan(**told)
    assert items(refused) == {"plan.dose.mg_per_kg"}
    for second in (signature(cast.ana, at), signature(cast.ben, at - timedelta(minutes=3))):
        with pytest.raises(Refusal, match="plan.second_signer"):
            sign_plan(second=second, **told)
    with pytest.raises(Refusal, match="plan.not_signed"):
        sign_plan(second=signature(cast.faye, at), **told)  # not licensed
    sign_plan(second=signature(cast.ben, at), **told)
    assert queries.plan(plan_id).second_by == "Ben Okoye"


# req: S44
def test_a_revision_is_a_new_version_and_the_old_one_stays_as_it_was(cast: Cast, at: datetime) -> None:
    ready(cast, at)
    first = a_plan(cast, at)
    order_id = an_order(cast, at, first)
    later = at + timedelta(hours=1)
    second = a_draft(cast, later, changes=[GENTLER], replaces=first, key="revise")
    assert queries.plan(first).state == "in_force"
    sign_plan(plan_id=second, signed=signature(cast.ana, later), by=cast.ana, at=later)
    before, now = queries.plan(first), queries.plan(second)
    assert (before.state, before.differences, now.state, now.version) == ("ended", (), "in_force", 2)
    assert queries.order(order_id, later).ended == "void"
    assert queries.course_of(first) == queries.course_of(second) == {first, second}
    assert queries.version_in_force(first) == second
    with pytest.raises(Refusal, match="plan.not_in_force"):
        a_draft(cast, later, replaces=first, key="revise again")
    with pytest.raises(NotFound):
        a_draft(cast, later, replaces=UUID(int=1), key="revise nothing")


def test_a_newer_draft_drops_the_older_and_a_dropped_one_is_not_signed(cast: Cast, at: datetime) -> None:
    ready(cast, at)
    older, newer = a_draft(cast, at), a_draft(cast, at, key="newer")
    assert (queries.plan(older).state, queries.plan(newer).state) == ("dropped", "draft")
    with pytest.raises(Refusal, match="plan.not_a_draft"):
        sign_plan(plan_id=older, signed=signature(cast.ana, at), by=cast.ana, at=at)


def test_ending_a_plan_voids_its_orders(cast: Cast, at: datetime) -> None:
    ready(cast, at)
    plan_id = a_plan(cast, at)
    order_id = an_order(cast, at, plan_id)
    with pytest.raises(Refusal, match="plan.no_reason"):
        end_plan(plan_id=plan_id, reason=" ", by=cast.ana, at=at)
    end_plan(plan_id=plan_id, reason="Moved away.", by=cast.ana, at=at)
    end_plan(plan_id=plan_id, reason="Moved away.", by=cast.ana, at=at)
    assert queries.plan_in_force(cast.dan_id) is None
    assert queries.order(order_id, at).ended == "void"
    assert AuditRow.objects.filter(event="plan.plan_ended").count() == 1
    with pytest.raises(Refusal, match="plan.not_in_force"):
        allow_doses(plan_id=plan_id, up_to=6, reason="well", reviewed=True, by=cast.ana, at=at)


def give_doses(cast: Cast, at: datetime, plan_id: UUID, numbers: range) -> None:
    for number in numbers:
        use_order(order_id=an_order(cast, at, plan_id, number), by=cast.ben, at=at)


# req: N7, S47
def test_the_course_stops_for_its_review(cast: Cast, at: datetime) -> None:
    ready(cast, at)
    plan_id = a_plan(cast, at)
    told: dict[str, Any] = {"plan_id": plan_id, "by": cast.ana, "at": at}
    give_doses(cast, at, plan_id, range(1, 3))
    with pytest.raises(Refusal, match="plan.not_allowed") as refused:
        allow_doses(up_to=6, reason="Better since the second.", reviewed=True, **told)
    assert items(refused) == {"allow.given"}
    give_doses(cast, at, plan_id, range(3, 4))
    with pytest.raises(Refusal, match="plan.order_not_signed") as refused:
        an_order(cast, at, plan_id, 4)
    assert items(refused) == {"order.dose_number"}
    with pytest.raises(Refusal, match="plan.no_reason"):
        allow_doses(up_to=4, reason="", reviewed=False, **told)
    with pytest.raises(Refusal, match="plan.not_allowed"):
        allow_doses(up_to=5, reason="Ana is away this week.", reviewed=False, **told)
    allow_doses(up_to=4, reason="Ana is away this week.", reviewed=False, **told)  # one bridging dose
    give_doses(cast, at, plan_id, range(4, 5))
    with pytest.raises(Refusal, match="plan.not_allowed"):
        allow_doses(up_to=5, reason="Away still.", reviewed=False, **told)
    allow_doses(up_to=6, reason="PHQ-9 from 21 to 12: continue.", reviewed=True, signed=signature(cast.ana, at), **told)
    allow_doses(up_to=6, reason="again", reviewed=True, **told)
    assert queries.plan(plan_id).allowed_doses == 6
    assert [(row.before, row.up_to, row.bridging) for row in queries.allowances(plan_id)] == [(4, 6, False), (3, 4, True)]
    with pytest.raises(Forbidden):
        allow_doses(plan_id=plan_id, up_to=6, reason="x", reviewed=True, by=cast.ben, at=at)


def test_withdrawn_consent_stops_orders(cast: Cast, at: datetime) -> None:
    clear(cast, at, cast.dan_id)
    consent_id = consent(cast, at, cast.dan_id)
    plan_id = a_plan(cast, at)
    withdraw(consent_id=consent_id, said="I do not want this.", by=cast.ben, at=at)
    with pytest.raises(Refusal, match="plan.order_not_signed") as refused:
        an_order(cast, at, plan_id)
    assert "order.consent" in items(refused)


def test_waiting_names_who_has_no_plan_and_which_draft_waits(cast: Cast, at: datetime) -> None:
    assert waiting.waiting(cast.ana, at) == []
    ready(cast, at)
    for actor in (cast.ana, cast.theo):
        assert [(row.what, row.person_name) for row in waiting.waiting(actor, at)] == [("plan", "Dan Marsh")]
    assert waiting.waiting(cast.cora, at) == []
    plan_id = a_draft(cast, at)
    for actor in (cast.ana, cast.theo):
        assert [(row.what, row.plan_id) for row in waiting.waiting(actor, at)] == [("draft", plan_id)]


def test_the_database_refuses_two_plans_in_force(cast: Cast, at: datetime) -> None:
    ready(cast, at)
    a_plan(cast, at)
    draft = TreatmentPlan.objects.get()
    for fault in ({"state": "in_force"}, {"state": "ended", "ended_at": None}, {"state": "in_force", "signed_by_id": None}):
        told: dict[str, Any] = {
            "id": UUID(int=7), "person_id": cast.dan_id, "site_id": cast.site_id, "protocol_id": draft.protocol_id, "allowed_doses": 3, "made_at": at,
            "made_by": "x", "signed_at": at, "signed_by_id": cast.ana.user_id,
        } | fault  # fmt: skip
        with pytest.raises(DatabaseError), transaction.atomic():
            TreatmentPlan.objects.create(**told)


def test_an_unknown_protocol_is_not_found(cast: Cast, at: datetime) -> None:
    ready(cast, at)
    with pytest.raises(NotFound):
        make_plan(person_id=cast.dan_id, site_id=cast.site_id, protocol="of_my_own", key="k", by=cast.ana, at=at)
    with pytest.raises(NotFound):
        make_plan(person_id=cast.dan_id, site_id=cast.other_site_id, key="k", by=cast.ana, at=at)


# req: N12
# hazard: H28
def test_a_course_is_not_extended_while_a_drug_may_still_act(cast: Cast, at: datetime) -> None:
    ready(cast, at)
    plan_id = a_plan(cast, at)
    give_doses(cast, at, plan_id, range(1, 4))
    lock_until(person_id=cast.dan_id, until=at + timedelta(hours=24), by=cast.ben, at=at)
    told: dict[str, Any] = {"plan_id": plan_id, "up_to": 4, "reason": "Ana is away this week.", "reviewed": False, "by": cast.ana}
    with pytest.raises(Refusal) as refused:
        allow_doses(at=at + timedelta(hours=23), **told)
    assert refused.value.code == "plan.drug_acts"
    allow_doses(at=at + timedelta(hours=24), **told)
