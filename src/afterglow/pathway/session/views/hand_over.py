"""The page on which the monitoring of a running session goes to another person; it works without a script."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from afterglow.ground.access.guard import staff
from afterglow.ground.accounts.actions import confirm_other, confirm_signature
from afterglow.pathway.session import access
from afterglow.pathway.session.actions.hand_over_monitor import hand_over_monitor
from afterglow.pathway.session.forms.course import HandOverForm
from afterglow.pathway.session.queries.watching import may_take_over, monitor_name, room_watch
from afterglow.pathway.session.views.chart_json import json_refusals
from afterglow.pathway.session.views.entry import EntryPage, entry

NEED = "session.session.check_in"


@json_refusals
@staff(NEED)
@require_http_methods(["GET", "POST"])
def monitor(request: HttpRequest, session_id: UUID) -> HttpResponse:
    session = access.fetch_session(request.actor, session_id, need=NEED)
    people = may_take_over(session, clinic_id=request.clinic_id, actor_id=request.actor.user_id, at=request.at)
    page = EntryPage(
        title="Hand over the monitoring",
        template="session/monitor.html",
        form=HandOverForm,
        need=NEED,
        more={"people": [(str(user_id), said) for user_id, said in people]},
        act=_act(request),
    )
    watch = room_watch(session.id, session.site_id, clinic_id=request.clinic_id, at=request.at)
    return entry(request, session_id, page, people=people, watch=watch, monitor=monitor_name(session.id))


def _act(request: HttpRequest) -> Any:
    def act(form: HandOverForm, common: dict[str, Any]) -> Any:
        held = form.cleaned_data
        signed = confirm_signature(by=request.actor, password=held["password"], at=request.at)
        return hand_over_monitor(
            user_id=UUID(held["to"]),
            signed=signed,
            reason=held["reason"],
            saw=held["saw"],
            second=_second(request, held),
            taken_at=held["taken_at"],
            **common,
        )

    return act


def _second(request: HttpRequest, held: dict[str, Any]) -> Any:
    """The second person's signature at this screen; None where nobody else signs.  Raises as `confirm_other`."""
    if not held["second_email"]:
        return None
    _, signed = confirm_other(email=held["second_email"], password=held["second_password"], by=request.actor, at=request.at)
    return signed
