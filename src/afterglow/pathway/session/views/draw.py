"""The draw page: choose the lot, see mg, mL and rate, read back, draw."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from afterglow.ground import ids
from afterglow.ground.access.guard import staff
from afterglow.ground.accounts.actions import confirm_other
from afterglow.ground.content.queries import library_file
from afterglow.ground.errors import NotFound, Refusal
from afterglow.pathway.session import access, events
from afterglow.pathway.session.actions.draw_drug import draw_drug
from afterglow.pathway.session.forms.signing import DrawForm
from afterglow.pathway.session.models import Session
from afterglow.pathway.session.queries.draw import Preparation, open_draw, preparation, preparations
from afterglow.pathway.session.queries.gate_visit import Visit, visit
from afterglow.pathway.session.rules.read_back import Said
from afterglow.pathway.session.views.day import fetch_for_page
from afterglow.records.cabinet import queries as cabinet
from afterglow.records.chart import queries as chart
from afterglow.science.dosing.amounts import ImpossibleAmount
from afterglow.science.dosing.limits import drugs_from

DRAW = "cabinet.movement.draw"


@staff(DRAW)
@require_GET
def draw_view(request: HttpRequest, session_id: UUID) -> HttpResponse:
    session = fetch_for_page(request, session_id, need=DRAW, event=events.draw_read)
    return _page(request, session)


@staff(DRAW)
@require_POST
def draw(request: HttpRequest, session_id: UUID) -> HttpResponse:
    session = access.fetch_session(request.actor, session_id, need=DRAW)
    form = DrawForm(request.POST, drugs=_drugs())
    if not form.is_valid():
        return _page(request, session, form=form, status=422)
    entered = form.cleaned_data
    try:
        _, reader = confirm_other(
            email=entered["second_email"],
            password=entered["second_password"],
            by=request.actor,
            at=request.at,
        )
        draw_drug(
            session_id=session_id,
            lot_id=entered["lot"],
            made_up_to_ul=form.thousandths("made_up_to"),
            said=Said(
                drug=entered["said_drug"],
                strength_ug_per_ml=form.thousandths("said_strength"),
                volume_ul=form.thousandths("said_volume"),
                rate_ul_per_h=form.thousandths("said_rate"),
                record_no=entered["said_record_no"],
            ),
            reader=reader,
            key=entered["key"],
            by=request.actor,
            at=request.at,
        )
    except Refusal as refusal:
        if refusal.status != 409:
            raise
        return _page(request, session, form=form, refusal=refusal, status=422)
    return redirect("session:gate", session_id)


def _page(request: HttpRequest, session: Session, *, form: DrawForm | None = None, refusal: Refusal | None = None, status: int = 200) -> HttpResponse:
    held = visit(session, by=request.actor, at=request.at)
    chosen, wrong = _chosen(request, held)
    if form is None and chosen is not None:
        form = DrawForm(drugs=_drugs(), initial={"lot": chosen.lot.id, "key": ids.new_token(), "made_up_to": _typed(request)})
    context = {
        "session": session,
        "visit": held,
        "order": held.order,
        "identity": chart.identity(session.person_id),
        "lots": preparations(held),
        "picked": chosen,
        "dilution": _typed(request),
        "drawn": open_draw(held),
        "form": form,
        "refusal": refusal or wrong,
    }
    return render(request, "session/draw.html", context, status=status)


def _chosen(request: HttpRequest, held: Visit) -> tuple[Preparation | None, Refusal | None]:
    """The lot and dilution in the address or in the form, prepared; or what is wrong with them."""
    named = request.POST.get("lot") or request.GET.get("lot")
    if not named:
        return None, None
    try:
        made_up_to = _microlitres(_typed(request))
        return preparation(held, cabinet.lot(UUID(named), held.site.clinic_id), made_up_to_ul=made_up_to), None
    except ImpossibleAmount as wrong:
        return None, Refusal("session.lot_refused", str(wrong), "Choose another volume or another lot.", field="made_up_to")
    except (ValueError, NotFound):
        return None, Refusal("session.lot_refused", "This lot is not on the list.", "Choose a lot from the list.", field="lot")


def _typed(request: HttpRequest) -> str:
    return (request.POST.get("made_up_to") or request.GET.get("made_up_to") or "").strip()


def _microlitres(typed: str) -> int | None:
    if not typed:
        return None
    try:
        volume = Decimal(typed) * 1000
    except InvalidOperation:
        raise ImpossibleAmount(f"{typed!r} is not a volume in mL.") from None
    if not volume.is_finite() or volume <= 0:
        raise ImpossibleAmount(f"{typed} mL is not a volume.")
    return int(volume)


def _drugs() -> list[tuple[str, str]]:
    return [(drug.id, drug.name) for drug in drugs_from(library_file("codes", "ketamine_products").content).values()]
