"""The signed review: what it lets go on, what it ends, and what it keeps."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db.models import OuterRef

from afterglow.ground.audit.models import AuditRow
from afterglow.ground.errors import Forbidden, NotFound, Refusal
from afterglow.pathway.aftercare.models import AftercarePlan
from afterglow.pathway.plan.actions.allow_doses import allow_doses
from afterglow.pathway.plan.actions.end_course import end_course
from afterglow.pathway.plan.actions.end_plan import end_plan
from afterglow.pathway.plan.actions.sign_plan import sign_plan
from afterglow.pathway.plan.models import TreatmentPlan
from afterglow.pathway.plan.queries import plans
from afterglow.pathway.plan.rules.changes import Change
from afterglow.pathway.response.actions.carry_out import carry_out
from afterglow.pathway.response.actions.sign_review import sign_review
from afterglow.pathway.response.models import ResponseReview
from afterglow.pathway.response.queries import reviews
from afterglow.pathway.response.queries.trajectory import open_flags, shown_sha256, trajectory
from tests.support.cabinet import signature
from tests.support.cast import Cast, build_cast
from tests.support.plan import a_draft, an_order, consent
from tests.support.response import REASON, asked, at_review, give, next_day, reviewed

pytestmark = pytest.mark.django_db
LONGER = Change(path="course.infusions", value=8, reason="Half better after six.")


@pytest.fixture
def at() -> datetime:
    return datetime(2026, 11, 23, 18, tzinfo=UTC)


@pytest.fixture
def cast(db: None, at: datetime) -> Cast:
    return build_cast(at)


def items(refused: Any) -> set[str]:
    return {finding.item for finding in refused.value.findings}


def longer(cast: Cast, at: datetime, plan_id: Any, change: Change = LONGER) -> Any:
    draft = a_draft(cast, at - timedelta(seconds=1), replaces=plan_id, changes=[change], key=f"longer {at}")
    consent(cast, at, cast.dan_id)
    sign_plan(plan_id=draft, signed=signature(cast.ana, at), by=cast.ana, at=at)
    return draft


# req: S47
# req: N7
def test_to_continue_lets_the_course_go_to_the_next_review(cast: Cast, at: datetime) -> None:
    plan_id = at_review(cast, at)
    with pytest.raises(Refusal, match="plan.order_not_signed"):
        an_order(cast, at, plan_id, 4)
    review_id = reviewed(cast, at, plan_id, "continue")
    assert plans.plan(plan_id).allowed_doses == 6
    row = reviews.reviews_of(plan_id)[0]
    assert (row.id, row.after_dose, row.decision, row.signed_by) == (review_id, 3, "continue", "Ana Ruiz")
    told = plans.allowances(plan_id)[0]
    assert not told.bridging and told.reason == f"Review after dose 3, go on as planned: {REASON}"
    give(cast, at, plan_id, range(4, 7))
    with pytest.raises(Refusal, match="plan.order_not_signed"):
        an_order(cast, at, plan_id, 7)


# req: N7
def test_it_keeps_what_was_seen_and_is_never_changed(cast: Cast, at: datetime) -> None:
    asked(cast, at - timedelta(days=2), 21)
    plan_id = at_review(cast, at)
    reviewed(cast, next_day(at), plan_id, "continue")
    saw = reviews.reviews_of(plan_id)[0].saw
    assert [point["total"] for point in saw["scales"][0]["points"]] == [21]
    assert saw["given"] == 3 and saw["due"] == 3 and saw["standings"]["phq9"]["state"] == "no_score"
    assert {finding["item"] for finding in saw["findings"]} == {"review.due", "review.decision", "review.reason", "review.score"}
    row = AuditRow.objects.get(event="response.review_signed")
    assert row.person_id == cast.dan_id and row.actor_id == cast.ana.id
    with pytest.raises(Exception, match=r"append|never|not be"):
        ResponseReview.objects.filter(plan_id=plan_id).update(reason="another")


# req: S47
@pytest.mark.parametrize("decision", ["stop", "refer"])
def test_to_stop_ends_the_plan_and_voids_its_orders(cast: Cast, at: datetime, decision: str) -> None:
    plan_id = at_review(cast, at)
    allow_doses(plan_id=plan_id, up_to=4, reason="Ana is away until Friday.", reviewed=False, by=cast.ana, at=at)
    bridging = an_order(cast, at, plan_id, 4)
    reviewed(cast, at, plan_id, decision, without_score=False)
    assert plans.order(bridging, at).ended == "void"
    plan = plans.plan(plan_id)
    assert plan.state == "ended" and plan.end_reason.startswith("Review after dose 3, stop")
    assert reviews.waiting(cast.ana, next_day(at)) == []
    with pytest.raises(Refusal, match="plan.order_not_signed"):
        an_order(cast, at, plan_id, 4, key="again")


# req: S47
def test_a_changed_plan_goes_on_only_once_it_is_signed(cast: Cast, at: datetime) -> None:
    plan_id = at_review(cast, at)
    reviewed(cast, at, plan_id, "change")
    assert plans.plan(plan_id).allowed_doses == 3
    with pytest.raises(Refusal, match="response.not_carried_out") as refused:
        carry_out(plan_id=plan_id, signed=signature(cast.ana, at), by=cast.ana, at=at)
    assert items(refused) == {"review.revised"}
    later = at + timedelta(minutes=5)
    newer = longer(cast, later, plan_id, Change(path="dose.over_min", value=50, reason="Pressure rose."))
    assert carry_out(plan_id=newer, signed=signature(cast.ana, later), by=cast.ana, at=later) == 6
    assert plans.plan(newer).allowed_doses == 6
    with pytest.raises(Refusal, match="response.not_carried_out") as refused:
        carry_out(plan_id=newer, signed=signature(cast.ana, later), by=cast.ana, at=later)
    assert items(refused) == {"review.once"}


# req: S47
def test_an_extended_course_is_reviewed_again_where_it_was_let_go_to(cast: Cast, at: datetime) -> None:
    plan_id = at_review(cast, at)
    reviewed(cast, at, plan_id, "continue")
    give(cast, at, plan_id, range(4, 7))
    reviewed(cast, at, plan_id, "extend")
    later = at + timedelta(minutes=5)
    eight = longer(cast, later, plan_id)
    assert carry_out(plan_id=eight, signed=signature(cast.ana, later), by=cast.ana, at=later) == 8
    give(cast, later, eight, (7, 8))
    ten = longer(cast, later + timedelta(minutes=1), eight, Change(path="course.infusions", value=10, reason="Still rising."))
    with pytest.raises(Refusal, match="response.not_carried_out"):
        carry_out(plan_id=ten, signed=signature(cast.ana, later), by=cast.ana, at=later)
    assert [row.after for row in reviews.waiting(cast.ana, next_day(later))] == [8]
    reviewed(cast, later, ten, "continue")
    assert plans.plan(ten).allowed_doses == 10


def test_to_aftercare_keeps_the_plan_and_is_found_by_its_decision(cast: Cast, at: datetime) -> None:
    plan_id = at_review(cast, at)
    reviewed(cast, at, plan_id, "continue")
    give(cast, at, plan_id, range(4, 7))
    review_id = reviewed(cast, at + timedelta(minutes=1), plan_id, "aftercare")
    assert plans.plan(plan_id).state == "in_force"
    over = TreatmentPlan.objects.get(id=plan_id)
    assert over.course_over_at == at + timedelta(minutes=1)
    end_course(plan_id=plan_id, reason="Again.", by=cast.ana, at=at + timedelta(days=1))
    over.refresh_from_db()
    assert over.course_over_at == at + timedelta(minutes=1), "ended once"
    none = AftercarePlan.objects.none()
    assert [row.id for row in reviews.sent_to_aftercare(cast.ana, but_not=none)] == [review_id]
    assert reviews.sent_to_aftercare(cast.ana, but_not=ResponseReview.objects.filter(id=OuterRef("id"))) == [], "what followed is left out"
    assert reviews.sent_to_aftercare(cast.cora, but_not=none) == []
    assert reviews.waiting(cast.ana, at + timedelta(days=90)) == []


# req: S47
def test_a_bridging_dose_leaves_the_review_due(cast: Cast, at: datetime) -> None:
    plan_id = at_review(cast, at)
    allow_doses(plan_id=plan_id, up_to=4, reason="Ana is away until Friday.", reviewed=False, by=cast.ana, at=at)
    assert [row.after for row in reviews.waiting(cast.ana, next_day(at))] == [3]  # before the bridging dose is given
    give(cast, at, plan_id, (4,))
    waiting = reviews.waiting(cast.ana, next_day(at))
    assert [(row.after, row.given, row.overdue) for row in waiting] == [(3, 4, False)]
    with pytest.raises(Refusal, match="plan.order_not_signed"):
        an_order(cast, at, plan_id, 5)
    reviewed(cast, at, plan_id, "continue")
    assert plans.plan(plan_id).allowed_doses == 6


def test_a_review_is_signed_while_a_bridging_dose_is_open(cast: Cast, at: datetime) -> None:
    plan_id = at_review(cast, at)
    allow_doses(plan_id=plan_id, up_to=4, reason="Ana is away until Friday.", reviewed=False, by=cast.ana, at=at)
    reviewed(cast, at, plan_id, "continue")
    assert plans.plan(plan_id).allowed_doses == 6


# req: S57
def test_it_waits_from_the_day_after_the_dose_in_the_sites_own_day(cast: Cast, at: datetime) -> None:
    at_review(cast, at)
    midnight = datetime(2026, 11, 24, 8, tzinfo=UTC)  # in Los Angeles
    assert reviews.waiting(cast.ana, midnight - timedelta(seconds=1)) == []
    found = reviews.waiting(cast.ana, midnight)
    assert [(row.person_id, row.after, row.since) for row in found] == [(cast.dan_id, 3, midnight)]
    assert reviews.waiting(cast.ana, midnight + timedelta(days=7))[0].overdue
    assert reviews.waiting(cast.cora, midnight) == []


def test_nothing_waits_before_the_third_dose(cast: Cast, at: datetime) -> None:
    plan_id = at_review(cast, at, given=2)
    assert reviews.waiting(cast.ana, next_day(at)) == []
    with pytest.raises(Refusal, match="response.not_signed") as refused:
        reviewed(cast, at, plan_id, "stop")
    assert items(refused) == {"review.due", "review.decision"}


@pytest.mark.parametrize(
    ("changes", "item"),
    [({"decision": "aftercare"}, "review.decision"), ({"reason": "ok"}, "review.reason"), ({"without_score": False}, "review.score")],
)
def test_each_open_item_refuses_and_writes_nothing(cast: Cast, at: datetime, changes: dict[str, Any], item: str) -> None:
    plan_id = at_review(cast, at)
    told = {"decision": "continue"} | changes
    with pytest.raises(Refusal, match="response.not_signed") as refused:
        reviewed(cast, at, plan_id, **told)
    assert items(refused) == {item}
    assert not ResponseReview.objects.exists() and plans.plan(plan_id).allowed_doses == 3


# req: N7
def test_a_score_that_came_meanwhile_is_read_first(cast: Cast, at: datetime) -> None:
    asked(cast, at - timedelta(days=2), 21)
    plan_id, later = at_review(cast, at), next_day(at)
    shown = shown_sha256(trajectory(cast.dan_id, at), open_flags(cast.dan_id, at))
    assert shown == shown_sha256(trajectory(cast.dan_id, later), open_flags(cast.dan_id, later))
    asked(cast, later, 9, instrument="gad7")
    with pytest.raises(Refusal, match="response.changed_since"):
        reviewed(cast, later, plan_id, "continue", shown=shown)
    now = shown_sha256(trajectory(cast.dan_id, later), open_flags(cast.dan_id, later))
    reviewed(cast, later, plan_id, "continue", shown=now)


def test_the_same_form_twice_signs_once_and_other_words_are_refused(cast: Cast, at: datetime) -> None:
    plan_id = at_review(cast, at)
    first = reviewed(cast, at, plan_id, "continue", key="k")
    assert reviewed(cast, at, plan_id, "continue", key="k") == first
    with pytest.raises(Refusal, match="write.key_reused"):
        reviewed(cast, at, plan_id, "stop", key="k")
    with pytest.raises(Refusal, match="response.not_signed"):
        reviewed(cast, at, plan_id, "continue", key="another")
    assert ResponseReview.objects.count() == 1


@pytest.mark.parametrize(("who", "error"), [("ben", Forbidden), ("theo", NotFound), ("faye", Forbidden), ("olga", Forbidden), ("cora", NotFound)])
def test_only_a_prescriber_of_this_clinic_signs(cast: Cast, at: datetime, who: str, error: type[Exception]) -> None:
    plan_id, by = at_review(cast, at), getattr(cast, who)
    told: dict[str, Any] = {"plan_id": plan_id, "signed": signature(by, at), "by": by, "at": at}
    with pytest.raises((error, Forbidden)):
        sign_review(decision="continue", reason=REASON, without_score=True, key="k", **told)
    with pytest.raises((error, Forbidden)):
        carry_out(**told)
    assert not ResponseReview.objects.exists()


def test_somebody_elses_signature_signs_nothing(cast: Cast, at: datetime) -> None:
    plan_id = at_review(cast, at)
    deeds: list[Callable[[], object]] = [
        lambda: sign_review(plan_id=plan_id, decision="stop", reason=REASON, signed=signature(cast.ben, at), key="k", by=cast.ana, at=at),
        lambda: carry_out(plan_id=plan_id, signed=signature(cast.ben, at), by=cast.ana, at=at),
    ]
    for deed in deeds:
        with pytest.raises(Refusal, match="accounts.not_confirmed"):
            deed()


def test_a_plan_that_ended_has_nothing_to_review(cast: Cast, at: datetime) -> None:
    plan_id = at_review(cast, at)
    end_plan(plan_id=plan_id, reason="Moved away.", by=cast.ana, at=at)
    with pytest.raises(Refusal, match="response.not_in_force"):
        reviewed(cast, at, plan_id, "stop")
    assert trajectory(cast.dan_id, at).due is None
