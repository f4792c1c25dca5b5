"""Documents leave here: each is made for one person, named in the audit trail with its fingerprint, and never kept in a cache."""

from __future__ import annotations

import hashlib
from datetime import datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from afterglow.doors.exchange import events
from afterglow.doors.exchange.document import Document, pdf
from afterglow.doors.exchange.own_visit import own_session
from afterglow.doors.exchange.signed import signed_consent
from afterglow.doors.exchange.summary import session_summary, visit_leaflet
from afterglow.doors.exchange.work_note import work_note
from afterglow.doors.portal.holder import holder_page
from afterglow.ground.access.guard import staff
from afterglow.ground.audit import trail
from afterglow.pathway.consent import access as consent_access
from afterglow.pathway.session import access as session_access


@staff("exchange.document.read")
@require_GET
def session_document(request: HttpRequest, session_id: UUID) -> HttpResponse:
    session = session_access.fetch_session(request.actor, session_id)
    document, end = session_summary(session_id, clinic=request.clinic, at=request.at)
    return _handed_out(request, document, "session_summary", session.person_id, session_id, made_at=end.at)


@staff("exchange.document.read")
@require_GET
def leaflet_document(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """The person's own page, printed at the desk."""
    session = session_access.fetch_session(request.actor, session_id)
    document, end = visit_leaflet(session_id, clinic=request.clinic, at=request.at)
    return _handed_out(request, document, "visit_leaflet", session.person_id, session_id, made_at=end.at)


@staff("exchange.document.read")
@require_GET
def note_document(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """What the person may show at work, printed at the desk."""
    session = session_access.fetch_session(request.actor, session_id)
    document, end = work_note(session_id, clinic=request.clinic, at=request.at)
    return _handed_out(request, document, "work_note", session.person_id, session_id, made_at=end.at)


@staff("exchange.document.read")
@require_GET
def consent_document(request: HttpRequest, consent_id: UUID) -> HttpResponse:
    row = consent_access.fetch_consent(request.actor, consent_id, need="consent.consent.read")
    document, signed_at = signed_consent(consent_id, row.person_id, clinic=request.clinic, at=request.at)
    return _handed_out(request, document, "signed_consent", row.person_id, consent_id, made_at=signed_at)


@holder_page("summary")
@require_GET
def own_leaflet(request: HttpRequest) -> HttpResponse:
    """The holder of a summary link takes the leaflet of their own visit with them."""
    session_id = own_session(request)
    document, end = visit_leaflet(session_id, clinic=request.clinic, at=request.at)
    return _handed_out(request, document, "visit_leaflet", request.link.person_id, session_id, made_at=end.at)


@holder_page("summary")
@require_GET
def own_note(request: HttpRequest) -> HttpResponse:
    """The same from the person's own link: whom they show it to is theirs to decide."""
    session_id = own_session(request)
    document, end = work_note(session_id, clinic=request.clinic, at=request.at)
    return _handed_out(request, document, "work_note", request.link.person_id, session_id, made_at=end.at)


def _handed_out(request: HttpRequest, document: Document, kind: str, person_id: UUID, subject: UUID, *, made_at: datetime) -> HttpResponse:
    """The PDF, after its one line in the audit trail: who took which document of whom, and its SHA-256."""
    made = pdf(document, made_at=made_at)
    digest = hashlib.sha256(made).hexdigest()
    trail.record(
        events.document_made,
        by=request.actor,
        at=request.at,
        person_id=person_id,
        objects={kind: subject},
        new={"sha256": digest, "bytes": len(made)},
    )
    answer = HttpResponse(made, content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="{kind.replace("_", "-")}.pdf"'
    answer.headers["Cache-Control"] = "no-store"
    return answer
