"""The outbox: what waits, what went, what could not be delivered."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from afterglow.ground import ids
from afterglow.ground.access.guard import staff
from afterglow.ground.audit import trail
from afterglow.ground.errors import Refusal
from afterglow.records.messages import events, queries
from afterglow.records.messages.actions.name_sender import name_sender
from afterglow.records.messages.actions.retry_message import retry_message
from afterglow.records.messages.forms import RetryForm, SenderForm


@staff("clinic.settings.edit")
@require_GET
def outbox(request: HttpRequest) -> HttpResponse:
    return _page(request, SenderForm(initial={"name": queries.sender_name(request.clinic_id)}))


@staff("clinic.settings.edit")
@require_POST
def again(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """Send one message once more."""
    retry_message(message_id=message_id, key=request.POST.get("key", ""), by=request.actor, at=request.at)
    return redirect("messages:outbox")


@staff("clinic.settings.edit")
@require_POST
def sender(request: HttpRequest) -> HttpResponse:
    """The name under which the clinic writes."""
    form, refusal = SenderForm(request.POST), None
    if form.is_valid():
        try:
            name_sender(name=form.cleaned_data["name"], by=request.actor, at=request.at)
        except Refusal as caught:
            refusal = caught
        else:
            return redirect("messages:outbox")
    return _page(request, form, refusal=refusal, status=422)


def _page(request: HttpRequest, form: SenderForm, *, refusal: Refusal | None = None, status: int = 200) -> HttpResponse:
    rows = queries.outbox(request.clinic_id)
    trail.read(events.outbox_read, by=request.actor, at=request.at, count=len(rows))
    context = {
        "rows": [(row, RetryForm(initial={"key": ids.new_token()}, auto_id=False) if row.state == "dead" else None) for row in rows],
        "counts": queries.counts(request.clinic_id),
        "most": queries.MOST_SHOWN,
        "form": form,
        "refusal": refusal,
    }
    return render(request, "messages/outbox.html", context, status=status)
