"""One person's trajectory, the review under it, and the list of reviews that wait."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from afterglow.ground import ids
from afterglow.ground.access.guard import staff
from afterglow.ground.accounts.actions import confirm_signature
from afterglow.ground.audit import trail
from afterglow.ground.content.queries import library_file
from afterglow.ground.errors import Refusal
from afterglow.pathway.plan import access as plan_access
from afterglow.pathway.plan.queries import plans
from afterglow.pathway.response import access, events
from afterglow.pathway.response.actions.carry_out import carry_out
from afterglow.pathway.response.actions.sign_review import going_on_to, sign_review
from afterglow.pathway.response.forms.reviews import PasswordForm, ReviewForm
from afterglow.pathway.response.queries import reviews
from afterglow.pathway.response.queries.beside import beside
from afterglow.pathway.response.queries.pain import pain
from afterglow.pathway.response.queries.titration import titration
from afterglow.pathway.response.queries.trajectory import open_flags, shown_sha256, trajectory
from afterglow.pathway.response.rules.picture import draw
from afterglow.pathway.response.rules.reviews import NOT_KNOWN, WORDS, may_carry_out
from afterglow.pathway.response.rules.trajectory import Trajectory
from afterglow.pathway.session.queries.experience import doses_lived
from afterglow.records.chart import access as chart_access
from afterglow.records.chart import queries as chart
from afterglow.records.chart.queries.opioids import factors

MARKS_FOR = {"medicine": "chart.clinical.read", "event": "adverse.event.read", "visit": "schedule.appointment.read"}


@staff(access.TRAJECTORY_READ)
@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    rows = reviews.waiting(request.actor, request.at)
    trail.read(events.reviews_read, by=request.actor, at=request.at, count=len(rows))
    return render(request, "response/reviews.html", {"rows": rows})


@staff(access.TRAJECTORY_READ)
@require_safe
def person(request: HttpRequest, person_id: UUID) -> HttpResponse:
    chart_access.fetch_person(request.actor, person_id, need=access.TRAJECTORY_READ)
    trail.read(events.trajectory_read, by=request.actor, at=request.at, person_id=person_id)
    return _page(request, person_id)


@staff(access.REVIEW_SIGN)
@require_POST
def sign(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    row = plan_access.fetch_plan(request.actor, plan_id, access.REVIEW_SIGN)
    course = trajectory(row.person_id, request.at)
    # Where none is due any more, the action tells whether this very form was signed already (a second press) or somebody else was quicker.
    form = ReviewForm(request.POST, decides=course.due.decides if course.due else tuple(WORDS))
    if not form.is_valid():
        return _page(request, row.person_id, form=form, status=422)
    told = form.cleaned_data
    try:
        signed = confirm_signature(by=request.actor, password=told.pop("password"), at=request.at)
        sign_review(plan_id=plan_id, **told, signed=signed, by=request.actor, at=request.at)
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        return _page(request, row.person_id, form=form, refusal=refusal, status=422)
    return redirect("response:person", row.person_id)


@staff(access.REVIEW_SIGN)
@require_POST
def carry(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    row = plan_access.fetch_plan(request.actor, plan_id, access.REVIEW_SIGN)
    form = PasswordForm(request.POST)
    try:
        signed = confirm_signature(by=request.actor, password=form.data.get("password", ""), at=request.at)
        carry_out(plan_id=plan_id, signed=signed, by=request.actor, at=request.at)
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        return _page(request, row.person_id, refusal=refusal, status=422)
    return redirect("response:person", row.person_id)


def _page(request: HttpRequest, person_id: UUID, *, form: ReviewForm | None = None, status: int = 200, **more: Any) -> HttpResponse:
    course = trajectory(person_id, request.at)
    may_sign = request.actor.may(access.REVIEW_SIGN)
    flags = open_flags(person_id, request.at) if request.actor.may("flags.flag.read") else []
    plan = plans.plan(course.plan_id) if course.plan_id else None
    signed = reviews.reviews_of(plan.id) if plan else []
    reads_list = request.actor.may(MARKS_FOR["medicine"])
    context = {
        "course": course,
        "plan": plan,
        "picture": draw(_for_reader(course, request)),
        "identity": chart.identity(person_id),
        "reading": library_file("courses", "reading"),
        "signed": signed,
        "titration": titration(course, signed),
        "beside": beside(person_id, but_not=[scale.id for scale in course.scales], first_dose_at=course.first_dose_at, at=request.at),
        "pain": pain(person_id, course.zone, request.at, with_medicines=reads_list),
        "opioids": factors() if reads_list else None,
        "lived": doses_lived(person_id) if request.actor.may("session.session.read") else (),
        "flags": flags,
        "needs_score": course.state in NOT_KNOWN,
        "may_sign": may_sign,
        "going_on_to": going_on_to(plan.id, signed[-1].after_dose) if may_sign and plan and _may_carry(plan.id, signed) else None,
        "form": form,
    }
    if may_sign and course.due and form is None:
        first = {"key": ids.new_token(), "shown": shown_sha256(course, open_flags(person_id, request.at))}
        context["form"] = ReviewForm(decides=course.due.decides, initial=first)
    return render(request, "response/person.html", context | more, status=status)


def _may_carry(plan_id: UUID, signed: list[reviews.ReviewRow]) -> bool:
    return may_carry_out(reviews.carry_facts(plan_id, signed)).met


def _for_reader(course: Trajectory, request: HttpRequest) -> Trajectory:
    """The picture without the marks that this reader has no right to."""
    shown = tuple(mark for mark in course.marks if mark.kind not in MARKS_FOR or request.actor.may(MARKS_FOR[mark.kind]))
    return replace(course, marks=shown)
