"""A site accepts the guardrails of a protocol: by a prescriber with a licence here, each once, and nothing is signed before."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from afterglow.ground import ids
from afterglow.ground.audit.models import AuditRow
from afterglow.ground.content.models import LibraryRow
from afterglow.ground.content.queries import LibraryRecord, library_file, library_row, released
from afterglow.ground.errors import Forbidden, NotFound, Refusal
from afterglow.pathway.plan.actions.accept_guardrails import accept_guardrails
from afterglow.pathway.plan.models import GuardrailAcceptance, Order, TreatmentPlan
from afterglow.pathway.plan.queries.guardrails import guardrails, guardrails_at, protocols_at
from afterglow.records.staff.models import Credential
from tests.support.cabinet import signature
from tests.support.cast import Cast, build_cast
from tests.support.plan import a_draft, a_plan, an_order, ready

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(db: None, at: datetime) -> Cast:
    """The clinic on its first day: nobody has accepted anything."""
    return build_cast(at, guardrails=False)


def standard() -> LibraryRecord:
    return library_file("protocols", "iv_mdd_standard")


def next_version(content: dict[str, Any]) -> LibraryRecord:
    """The standard protocol with other content, as the library's next version."""
    text, row = json.dumps(content), LibraryRow.objects.get(id=standard().pk)
    row.id, row.version, row.content_text, row.sha256 = ids.new_id(row.loaded_at), row.version + 1, text, "1" * 64
    row.save(force_insert=True)
    return library_row(row.id)


def accept(cast: Cast, at: datetime, parts: list[str] | None = None, *, protocol: LibraryRecord | None = None, **more: Any) -> int:
    protocol = protocol or standard()
    wanted = [row.guardrail.id for row in guardrails(cast.site_id, protocol).rows] if parts is None else parts
    told: dict[str, Any] = {"site_id": cast.site_id, "key": "accept", "by": cast.ana, "protocol_id": protocol.pk} | more
    return accept_guardrails(parts=wanted, signed=signature(told["by"], at), at=at, **told)


# hazard: H50
def test_no_plan_and_no_order_is_signed_before_all_are_accepted(cast: Cast, at: datetime) -> None:
    ready(cast, at)
    draft = a_draft(cast, at)
    with pytest.raises(Refusal) as refused:
        a_plan(cast, at, key="again")
    assert "plan.guardrails" in {finding.item for finding in refused.value.findings}
    everything = [row.guardrail.id for row in guardrails(cast.site_id, standard()).rows]
    accept(cast, at, everything[1:])
    with pytest.raises(Refusal) as refused:
        a_plan(cast, at, key="and again")
    assert [finding.sentence[:48] for finding in refused.value.findings] == ["A guardrail of the protocol waits for a prescrib"]
    accept(cast, at, everything[:1], key="the last")
    plan_id = a_plan(cast, at, key="at last")
    assert plan_id != draft and TreatmentPlan.objects.get(id=plan_id).state == "in_force"
    an_order(cast, at, plan_id)


# hazard: H50
def test_an_order_under_a_plan_of_before_waits_for_them_too(cast: Cast, at: datetime) -> None:
    """A plan that was signed before guardrails were asked for."""
    ready(cast, at)
    draft = a_draft(cast, at)
    TreatmentPlan.objects.filter(id=draft).update(state="in_force", signed_at=at, signed_by=cast.ana.user_id)
    with pytest.raises(Refusal) as refused:
        an_order(cast, at, draft)
    assert [finding.item for finding in refused.value.findings] == ["order.guardrails"]
    assert not Order.objects.exists()
    accept(cast, at)
    an_order(cast, at, draft)


def test_it_says_who_accepted_what_and_when_and_the_trail_keeps_it(cast: Cast, at: datetime) -> None:
    count = accept(cast, at)
    state = guardrails(cast.site_id, standard())
    assert count == len(state.rows) == GuardrailAcceptance.objects.count() and state.open == ()
    assert (state.accepted_by, state.accepted_at) == (("Ana Ruiz",), at)
    row = AuditRow.objects.get(event="plan.guardrails_accepted")
    assert row.library == "protocols/iv_mdd_standard version 1" and '"hard_stop"' in row.new_text


def test_once_is_enough(cast: Cast, at: datetime) -> None:
    count = accept(cast, at)
    assert accept(cast, at) == count, "the same request again"
    assert accept(cast, at + timedelta(minutes=1), key="another") == 0
    assert GuardrailAcceptance.objects.count() == count
    assert AuditRow.objects.filter(event="plan.guardrails_accepted").count() == 1
    with pytest.raises(Refusal, match="write.key_reused"):
        accept(cast, at, ["hard_stop"])


def test_it_holds_for_this_site_and_this_protocol(cast: Cast, at: datetime) -> None:
    accept(cast, at)
    assert guardrails(cast.other_site_id, standard()).open
    states = {state.protocol.id: state for state in guardrails_at(cast.site_id, released("protocols"))}
    assert states.pop("iv_mdd_standard").open == ()
    assert all(len(state.open) == len(state.rows) and state.accepted_at is None and state.accepted_by == () for state in states.values())


# hazard: H50
def test_a_new_version_asks_again_for_what_changed_and_for_nothing_else(cast: Cast, at: datetime) -> None:
    accept(cast, at)
    looser = {**standard().content, "hard_stop": {**standard().content["hard_stop"], "total_mg": 140}}
    newer = next_version(looser)
    assert [row.guardrail.id for row in guardrails(cast.site_id, newer).open] == ["hard_stop"]
    assert accept(cast, at, ["hard_stop"], protocol=newer, key="newer") == 1
    assert guardrails(cast.site_id, newer).open == ()


def test_a_version_under_which_somebody_is_treated_stays_on_the_list(cast: Cast, at: datetime) -> None:
    old = standard()
    ready(cast, at)
    TreatmentPlan.objects.filter(id=a_draft(cast, at)).update(state="in_force", signed_at=at, signed_by=cast.ana.user_id)
    newer = next_version(old.content)
    mine = [each for each in protocols_at(cast.site_id) if each.id == old.id]
    assert [each.pk for each in mine] == [newer.pk, old.pk]
    assert [each.pk for each in protocols_at(cast.other_site_id) if each.id == old.id] == [newer.pk]


@pytest.mark.parametrize("who", ["ben", "theo", "faye", "olga"])
def test_only_a_prescriber_accepts(cast: Cast, at: datetime, who: str) -> None:
    with pytest.raises(Forbidden):
        accept(cast, at, by=getattr(cast, who))
    assert not GuardrailAcceptance.objects.exists()


def test_a_licence_that_ended_accepts_nothing(cast: Cast, at: datetime) -> None:
    Credential.objects.filter(user_id=cast.ana.user_id, kind="prescriber_licence").update(expires_on=at.date() - timedelta(days=3))
    with pytest.raises(Refusal, match="plan.not_a_prescriber"):
        accept(cast, at)
    assert not GuardrailAcceptance.objects.exists()


def test_what_is_not_there_is_refused_whole(cast: Cast, at: datetime) -> None:
    with pytest.raises(Refusal, match="plan.no_such_guardrail"):
        accept(cast, at, ["hard_stop", "courage"])
    with pytest.raises(NotFound):
        accept(cast, at, ["x"], protocol=library_file("alerts", "site_limits"))
    with pytest.raises(NotFound):
        accept(cast, at, ["hard_stop"], site_id=cast.other_site_id)
    with pytest.raises(Refusal, match="accounts.not_confirmed"):
        accept_guardrails(
            site_id=cast.site_id, protocol_id=standard().pk, parts=["hard_stop"], signed=signature(cast.ben, at), key="k", by=cast.ana, at=at
        )
    assert not GuardrailAcceptance.objects.exists()


def test_an_acceptance_is_for_ever(cast: Cast, at: datetime) -> None:
    accept(cast, at)
    with pytest.raises(DatabaseError), transaction.atomic():
        GuardrailAcceptance.objects.filter(part="hard_stop").update(part_text="{}")
    with pytest.raises(DatabaseError), transaction.atomic():
        GuardrailAcceptance.objects.filter(part="hard_stop").delete()
