"""A prescriber reviews the response and signs what happens now (S47, N7; safety 39).  No review, no further dose but one bridging dose."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from afterglow.ground import ids
from afterglow.ground.access.actor import Actor
from afterglow.ground.accounts.actions import Signature, check_signature
from afterglow.ground.audit import trail
from afterglow.ground.audit.trail import canonical
from afterglow.ground.errors import Refusal
from afterglow.ground.writes.once import answer, once
from afterglow.pathway.plan import access as plan_access
from afterglow.pathway.plan.actions.allow_doses import allow_doses
from afterglow.pathway.plan.actions.end_course import end_course
from afterglow.pathway.plan.actions.end_plan import end_plan
from afterglow.pathway.plan.actions.series import note_review
from afterglow.pathway.plan.queries import plans
from afterglow.pathway.response import access, events
from afterglow.pathway.response.models import ResponseReview
from afterglow.pathway.response.queries.reviews import first_version, limit_of
from afterglow.pathway.response.queries.trajectory import open_flags, shown_sha256, trajectory
from afterglow.pathway.response.rules import reviews as rules
from afterglow.pathway.response.rules.reviews import ReviewPoint, SignFacts
from afterglow.pathway.response.rules.saw import saw
from afterglow.pathway.response.rules.trajectory import Trajectory
from afterglow.records.schedule.actions.book import lock_calendar
from afterglow.science.verdict import Verdict


@transaction.atomic
def sign_review(
    *,
    plan_id: UUID,
    decision: str,
    reason: str,
    without_score: bool = False,
    shown: str = "",
    signed: Signature,
    key: str,
    by: Actor,
    at: datetime,
) -> UUID:
    """The review's id.  "continue" lets doses go on to the next review, "stop" and "refer" end the plan; "change" and "extend" wait for a revised plan.

    `without_score`: the prescriber says that they decide without a current score.  `shown`: `shown_sha256` of the page that was read; "" when the
    caller reads now.  Raises Refusal `response.not_signed` with every open item, `response.changed_since`, `response.not_in_force`, and what
    `allow_doses` raises; `accounts.not_confirmed`; NotFound; Forbidden.
    """
    row = plan_access.fetch_plan(by, plan_id, access.REVIEW_SIGN)
    check_signature(signed, by=by, at=at)
    asked = [plan_id, decision, reason, without_score]
    if (earlier := once(by, key, asked, at=at)) is not None:
        return UUID(earlier["review"])
    lock_calendar(by, row.person_id)
    row = plan_access.fetch_plan(by, plan_id, access.REVIEW_SIGN, lock=True)
    if row.state != "in_force":
        raise Refusal("response.not_in_force", "This plan is not in force, so there is nothing to review in it.", "Open the plan that is.")
    course, flags = trajectory(row.person_id, at), open_flags(row.person_id, at)
    if shown and shown != shown_sha256(course, flags):
        raise Refusal(
            "response.changed_since", "Something new was recorded since this page was shown.", "Read the course again as it is now, then sign."
        )
    point, verdict = _judged(course, decision, reason, without_score)
    seen = saw(course, flags) | {"findings": [asdict(finding) for finding in verdict]}
    review = ResponseReview.objects.create(
        id=ids.new_id(at),
        person_id=row.person_id,
        plan_id=first_version(plan_id),
        after_dose=point.after,
        decision=decision,
        reason=reason.strip(),
        saw_text=canonical(seen),
        signed_at=at,
        signed_by_id=signed.user_id,
        made_by=by.label,
    )
    _audit(review, plan_id, course, by=by, at=at)
    _follow(review, plan_id, point, signed=signed, by=by, at=at)
    answer(by, key, {"review": str(review.id)})
    return review.id


def _audit(review: ResponseReview, plan_id: UUID, course: Trajectory, *, by: Actor, at: datetime) -> None:
    trail.record(
        events.review_signed,
        by=by,
        at=at,
        person_id=review.person_id,
        objects={"plan": plan_id, "review": review.id},
        new={"after": review.after_dose, "decision": review.decision, "state": course.state, "given": course.given},
        reason=review.reason,
        library=plans.plan(plan_id).protocol.label,
    )


def _judged(course: Trajectory, decision: str, reason: str, without_score: bool) -> tuple[ReviewPoint, Verdict]:
    facts = SignFacts(point=course.due, given=course.given, decision=decision, reason=reason, state=course.state, without_score=without_score)
    verdict = rules.may_sign(facts)
    if course.due is None or not verdict.met:
        raise Refusal("response.not_signed", f"The review was not signed. {verdict.sentence}", "Settle what is named here.", findings=verdict.open)
    return course.due, verdict


def _follow(review: ResponseReview, plan_id: UUID, point: ReviewPoint, *, signed: Signature, by: Actor, at: datetime) -> None:
    """What the decision does to the plan.  Changed and longer plans are carried out once they are signed; of a course that goes on to
    aftercare the plan stays, for boosters."""
    note_review(plan_id, review.decision)
    told: dict[str, Any] = {"plan_id": plan_id, "reason": said(review), "by": by, "at": at}
    if review.decision == "continue":
        allow_doses(up_to=going_on_to(plan_id, point.after), reviewed=True, signed=signed, **told)
    elif review.decision in rules.ENDS:
        end_plan(**told)
    elif review.decision == "aftercare":
        end_course(**told)


def said(review: Any) -> str:
    """'Review after dose 3, go on as planned: ...'"""
    return f"Review after dose {review.after_dose}, {rules.WORDS[review.decision]}: {review.reason}"


def going_on_to(plan_id: UUID, after: int) -> int:
    """The dose up to which a review after this one lets the plan go."""
    plan = plans.plan(plan_id)
    return rules.next_limit(rules.points(plan.effective["reviews"], plan.infusions, also=limit_of(plan)), after)
