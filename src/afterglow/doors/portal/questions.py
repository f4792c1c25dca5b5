"""A questionnaire on a phone: one question at a time, kept as it is answered, checked before it is sent."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from afterglow.doors.portal.holder import asked_page, read
from afterglow.doors.portal.invite import on_call_ids, pageable
from afterglow.doors.portal.page_language import rendered
from afterglow.doors.portal.reading import read_when
from afterglow.ground import ids
from afterglow.ground.errors import NotFound, Refusal
from afterglow.ground.face import words
from afterglow.records.measures import access, queries, rules
from afterglow.records.measures.actions.answer import answer
from afterglow.records.measures.actions.save_draft import save_draft
from afterglow.records.measures.forms import AnswersForm
from afterglow.records.measures.queries import translations


def _held(request: HttpRequest, assignment_id: UUID) -> queries.AssignmentRow:
    """The holder's own questionnaire, sent by link, in the words in which it is shown.  Raises NotFound."""
    access.fetch_assignment(request.actor, assignment_id)
    held = translations.shown_as(queries.assignment_row(assignment_id), request.clinic_id, _wanted(request))
    if held.channel != "link" or held.state == "withdrawn" or (request.actor.proxy_id is not None and not held.proxy_may_fill):
        raise NotFound("questionnaire")
    return held


def _wanted(request: HttpRequest) -> str | None:
    """The words that the page was made with, or that were chosen on the first one; None: those of the person's language."""
    if request.method == "POST":
        return request.POST.get("wording") or translations.OWN
    return request.GET.get("in") or None


def _left_open(request: HttpRequest, held: queries.AssignmentRow) -> frozenset[str]:
    """What whoever acts for the person is not asked: it stays not answered, and that raises what it raises for anybody."""
    return held.paper.only_the_person if request.actor.proxy_id is not None else frozenset()


def _asked_near(request: HttpRequest, held: queries.AssignmentRow, number: int, way: int) -> int | None:
    """The number of the nearest question that this holder is asked, from `number` on, forward (1) or back (-1); None: there is none."""
    closed = _left_open(request, held)
    while (one := held.paper.question(number)) is not None and one.id in closed:
        number += way
    return None if one is None else number


def _go_to(request: HttpRequest, held: queries.AssignmentRow, number: int) -> HttpResponse:
    near = _asked_near(request, held, number, 1)
    return redirect("portal:check", held.id) if near is None else redirect("portal:question", held.id, near)


def _alarming(held: queries.AssignmentRow) -> bool:
    """Does an answer given so far ask for help?  Then help stands on top of every page of this form."""
    chosen = ((question, held.answers.get(question.id)) for question in held.paper.questions)
    return any(option.crisis for question, value in chosen for option in question.options if option.value == value)


def _closed(request: HttpRequest, held: queries.AssignmentRow) -> bool:
    """Not begun yet, and nobody on call can be paged to read a self-harm answer.  What was begun may be finished: an answer is never turned away."""
    if held.answers:
        return False
    made, on_call = held.paper.instrument, pageable(held.site_id, request.at)
    facts = rules.LinkFacts(name=held.paper.short_name, ways=made.ways, needs_on_call=made.link_needs_on_call, on_call=len(on_call))
    return not rules.may_send_by_link(facts).met


@asked_page
@require_safe
def start(request: HttpRequest, assignment_id: UUID) -> HttpResponse:
    """What it is and who reads it.  With a self-harm question it opens only while someone on call can be paged to read the answer."""
    held = _held(request, assignment_id)
    if held.state == "answered":
        return redirect("portal:answered", assignment_id)
    read(request, "questionnaire")
    closed, chosen = _closed(request, held), request.GET.get("in", "")
    context = {
        "held": held,
        "paper": held.paper,
        "closed": closed,
        "on_call": closed and bool(on_call_ids(held.site_id, request.at)),  # there, but nothing reaches them: no hour is known from which it will
        "crisis": _alarming(held),
        "left_open": len(_left_open(request, held)),
        "read_when": read_when(held.site_id, request.at),
        "others": [] if held.begun else translations.others(held, request.clinic_id),
        "chosen": chosen,
        "first_url": reverse("portal:question", args=[held.id, held.first_open]) + (f"?{urlencode({'in': chosen})}" if chosen else ""),
    }
    return rendered(request, "portal/questions_start.html", context, held.paper)


@asked_page
@require_http_methods(["GET", "HEAD", "POST"])
def question(request: HttpRequest, assignment_id: UUID, number: int) -> HttpResponse:
    held = _held(request, assignment_id)
    asked = held.paper.question(number)
    if asked is None:
        raise NotFound("question")
    if held.state == "answered":
        return redirect("portal:answered", assignment_id)
    if asked.id in _left_open(request, held):
        return _go_to(request, held, number)
    if request.method != "POST":
        if _closed(request, held):
            return redirect("portal:questions", assignment_id)
        read(request, "question")
        return _question(request, held, asked, AnswersForm(held.paper, questions=[asked]))
    form = AnswersForm(held.paper, request.POST, questions=[asked])
    if not form.is_valid():
        return _question(request, held, asked, form, status=422)
    _save(request, held, form)
    if "later" in request.POST:
        return redirect("portal:today")
    return _go_to(request, held, number + 1)


def _question(request: HttpRequest, held: queries.AssignmentRow, asked: queries.Question, form: AnswersForm, *, status: int = 200) -> HttpResponse:
    context = {
        "held": held,
        "paper": held.paper,
        "asked": asked,
        "row": form.rows(held.answers, held.said)[0],
        "form": form,
        "count": len(held.paper.questions),
        "before": _asked_near(request, held, asked.number - 1, -1),
        "crisis": _alarming(held),
        "wording": held.paper.translation_id,
    }
    return rendered(request, "portal/question.html", context, held.paper, status=status)


def _save(request: HttpRequest, held: queries.AssignmentRow, form: AnswersForm) -> bool:
    return save_draft(
        assignment_id=held.id,
        answers=form.answers(),
        said=form.said(),
        wording=form.cleaned_data["wording"],
        on_call=on_call_ids(held.site_id, request.at),
        by=request.actor,
        at=request.at,
    )


@asked_page
@require_POST
def question_draft(request: HttpRequest, assignment_id: UUID, number: int) -> JsonResponse:
    """Autosave of one question; a self-harm answer reaches a person from here, sent or not."""
    held = _held(request, assignment_id)
    asked = held.paper.question(number)
    if asked is None or asked.id in _left_open(request, held):
        raise NotFound("question")
    form = AnswersForm(held.paper, request.POST, questions=[asked])
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=422)
    crisis = _save(request, held, form)
    return JsonResponse({"saved_at": request.at.isoformat(), "shown": words.clock_words(request.at, request.clinic.zone), "crisis": crisis})


@asked_page
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, assignment_id: UUID) -> HttpResponse:
    """Check your answers, then send them.  What is open may stay open, and is sent as not answered."""
    held = _held(request, assignment_id)
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            _send(request, held)
            return redirect("portal:answered", assignment_id)
        except Refusal as caught:
            refusal = caught
    elif held.state == "answered":
        return redirect("portal:answered", assignment_id)
    else:
        read(request, "check")
    theirs = _left_open(request, held)
    still_open = sum(
        question.asked_when == "always" and question.id not in theirs and held.answers.get(question.id) is None for question in held.paper.questions
    )
    context = {
        "held": held,
        "paper": held.paper,
        "rows": _labelled(held, theirs),
        "open": still_open,
        "key": ids.new_token(),
        "refusal": refusal,
        "crisis": _alarming(held),
    }
    return rendered(request, "portal/check.html", context, held.paper, status=422 if refusal else 200)


def _send(request: HttpRequest, held: queries.AssignmentRow) -> None:
    """A second press of the same button finds the questionnaire answered and goes on."""
    if held.state == "answered":
        return
    answer(
        assignment_id=held.id,
        answers=held.answers,
        said=held.said,
        wording=held.paper.translation_id,
        taken_at=request.at,
        on_call=on_call_ids(held.site_id, request.at),
        key=request.POST.get("key", ""),
        by=request.actor,
        at=request.at,
    )


def _labelled(held: queries.AssignmentRow, theirs: frozenset[str]) -> list[dict[str, Any]]:
    rows = []
    for question in held.paper.questions:
        label = next((option.label for option in question.options if option.value == held.answers.get(question.id)), "")
        rows.append({"question": question, "label": label, "theirs": question.id in theirs})
    return rows


@asked_page
@require_safe
def answered(request: HttpRequest, assignment_id: UUID) -> HttpResponse:
    """Thank you; and help first, when an answer, or a missing one, asks for it.  No scores here: a number without a person helps nobody."""
    held = _held(request, assignment_id)
    if held.state != "answered":
        return redirect("portal:questions", assignment_id)
    read(request, "answered")
    given = [row for row in queries.answered(held.person_id, held.paper.instrument.id) if row.assignment_id == held.id]
    crisis = bool(given and given[0].score.get("flags")) and request.actor.proxy_id is None  # what a proxy left open is no answer of theirs
    context = {"held": held, "crisis": crisis, "read_when": read_when(held.site_id, request.at)}
    return rendered(request, "portal/answered.html", context, held.paper)
