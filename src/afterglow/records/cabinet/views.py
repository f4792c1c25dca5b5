"""The shelf, the ledger of one lot, what is left of a draw, and the day's match."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from afterglow.ground import ids
from afterglow.ground.access.actor import require
from afterglow.ground.access.guard import staff
from afterglow.ground.accounts import queries as accounts
from afterglow.ground.accounts.actions import Signature, confirm_other
from afterglow.ground.accounts.here import site_here
from afterglow.ground.audit import trail
from afterglow.ground.errors import Refusal
from afterglow.records.cabinet import access, events, queries
from afterglow.records.cabinet.actions import part
from afterglow.records.cabinet.actions.count_lot import count_lot
from afterglow.records.cabinet.actions.discard import discard as discard_stock
from afterglow.records.cabinet.actions.recall_lot import recall_lot
from afterglow.records.cabinet.actions.receive import receive as receive_vials
from afterglow.records.cabinet.forms import CountForm, DiscardForm, PartForm, RecallForm, ReceiveForm, thousandths
from afterglow.records.cabinet.queries import handling as report
from afterglow.records.chart import access as chart_access
from afterglow.records.chart import queries as chart
from afterglow.science.dosing.amounts import millilitres_text

PERIODS_DAYS = (7, 30, 90)


@staff(access.READ)
@require_GET
def lots(request: HttpRequest) -> HttpResponse:
    rows = queries.lots(request.clinic_id)
    today = request.at.astimezone(ZoneInfo(request.clinic.zone)).date()
    trail.read(events.list_read, by=request.actor, at=request.at, count=len(rows))
    context = {
        "rows": [(row, row.usable(today)) for row in rows],
        "may_receive": request.actor.may(access.RECEIVE),
        "may_report": request.actor.may(access.REPORT),
    }
    return render(request, "cabinet/lots.html", context)


@staff(access.RECEIVE)
@require_http_methods(["GET", "POST"])
def receive(request: HttpRequest) -> HttpResponse:
    site, products = site_here(request), queries.products()
    form, refusal = ReceiveForm(request.POST or None, initial={"key": ids.new_token()}, products=products), None
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            lot_id = receive_vials(
                site_id=site.id,
                lot_no=told["lot_no"],
                expires_on=told["expires_on"],
                vials=told["vials"],
                **form.chosen,
                key=told["key"],
                by=request.actor,
                at=request.at,
            )
        except Refusal as caught:
            refusal = caught
        else:
            return redirect("cabinet:lot", lot_id)
    context = {"form": form, "refusal": refusal, "site": site, "sites": accounts.sites_of(request.clinic_id)}
    return render(request, "cabinet/receive.html", context, status=422 if request.method == "POST" else 200)


@staff(access.READ)
@require_GET
def lot(request: HttpRequest, lot_id: UUID) -> HttpResponse:
    """The ledger of one lot: every movement with the balance after it."""
    return _lot(request, lot_id)


@staff(access.COUNT)
@require_POST
def count(request: HttpRequest, lot_id: UUID) -> HttpResponse:
    access.fetch_lot(request.actor, lot_id, need=access.COUNT)
    form = CountForm(request.POST)

    def act() -> None:
        told = form.cleaned_data
        count_lot(
            lot_id=lot_id,
            found_ul=thousandths(told["volume"]),
            note=told["note"],
            witness=_witness(request, told),
            key=told["key"],
            by=request.actor,
            at=request.at,
        )

    return _post(request, lot_id, "count_form", form, act)


@staff(access.WASTE)
@require_POST
def discard(request: HttpRequest, lot_id: UUID) -> HttpResponse:
    access.fetch_lot(request.actor, lot_id, need=access.WASTE)
    form = DiscardForm(request.POST, opened=_opened_words(_opened(request, queries.opened_vials([lot_id]))))

    def act() -> None:
        told = form.cleaned_data
        discard_stock(
            lot_id=lot_id,
            volume_ul=thousandths(told["volume"]),
            session_id=told["session"],
            reason=told["reason"],
            witness=_witness(request, told),
            key=told["key"],
            by=request.actor,
            at=request.at,
        )

    return _post(request, lot_id, "discard_form", form, act)


@staff(access.COUNT)
@require_POST
def recall(request: HttpRequest, lot_id: UUID) -> HttpResponse:
    access.fetch_lot(request.actor, lot_id, need=access.COUNT)
    form = RecallForm(request.POST)
    return _post(
        request, lot_id, "recall_form", form, lambda: recall_lot(lot_id=lot_id, reason=form.cleaned_data["reason"], by=request.actor, at=request.at)
    )


@staff(access.WASTE)
@require_http_methods(["GET", "POST"])
def draw(request: HttpRequest, draw_id: UUID) -> HttpResponse:
    """What is left of one draw is wasted, or the whole of it returned, while a second person watches."""
    row = access.fetch_draw(request.actor, draw_id, need=access.WASTE)
    if row.person_id is not None:
        chart_access.fetch_person(request.actor, row.person_id)
    held = queries.draw_sum(draw_id)
    form, refusal = PartForm(request.POST or None, initial={"key": ids.new_token()}), None
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        move = part.waste if told["how"] == "wasted" else part.return_unused
        try:
            move(
                draw_id=draw_id,
                amount_ug=thousandths(told["amount"]),
                reason=told["reason"],
                witness=_witness(request, told),
                key=told["key"],
                by=request.actor,
                at=request.at,
            )
        except Refusal as caught:
            refusal = caught
        else:
            return redirect("cabinet:lot", row.lot_id)
    trail.read(events.draw_read, by=request.actor, at=request.at, person_id=row.person_id, objects={"draw": draw_id})
    context = {
        "draw": row,
        "held": held,
        "lot": queries.lot(row.lot_id, request.clinic_id),
        "form": form,
        "refusal": refusal,
        "identity": chart.identity(row.person_id) if row.person_id else None,
    }
    return render(request, "cabinet/draw.html", context, status=422 if request.method == "POST" else 200)


@staff(access.READ)
@require_GET
def day(request: HttpRequest) -> HttpResponse:
    """Every draw of one day: does it add up?"""
    site = site_here(request)
    on = _day(request.GET.get("day", "")) or request.at.astimezone(ZoneInfo(site.zone)).date()
    rows = queries.day_match(site.id, on, site.zone)
    trail.read(events.day_read, by=request.actor, at=request.at, objects={"site": site.id, "day": on}, count=len(rows))
    names = _names(request, {row.draw.person_id for row in rows})
    context = {
        "opened": _opened(request, queries.opened_vials(row.id for row in queries.lots(request.clinic_id) if row.site_id == site.id)),
        "site": site,
        "sites": accounts.sites_of(request.clinic_id),
        "on": on,
        "rows": [(row, names[row.draw.person_id]) for row in rows],
        "may_waste": request.actor.may(access.WASTE),
    }
    return render(request, "cabinet/day.html", context)


@staff(access.REPORT)
@require_GET
def handling(request: HttpRequest) -> HttpResponse:
    """Person by person: drawn, what became of it, witnessed, overridden (hazards H26, H49)."""
    require(request.actor, access.READ)
    days = next((each for each in PERIODS_DAYS if request.GET.get("days") == str(each)), PERIODS_DAYS[1])
    until = request.at + timedelta(minutes=1)
    since = request.at - timedelta(days=days)
    rows = report.handling(request.clinic_id, since=since, until=until)
    lifted = report.overrides(request.clinic_id, since=since, until=until)
    trail.read(events.handling_read, by=request.actor, at=request.at, objects={"days": days}, count=len(rows) + len(lifted))
    context = {"rows": rows, "lifted": lifted, "days": days, "periods": PERIODS_DAYS}
    return render(request, "cabinet/handling.html", context)


def _post(request: HttpRequest, lot_id: UUID, name: str, form: Any, act: Callable[[], object]) -> HttpResponse:
    if not form.is_valid():
        return _lot(request, lot_id, status=422, **{name: form, "failed": form})
    try:
        act()
    except Refusal as refusal:
        return _lot(request, lot_id, status=422, **{name: form, "refusal": refusal})
    return redirect("cabinet:lot", lot_id)


def _lot(request: HttpRequest, lot_id: UUID, *, status: int = 200, **more: Any) -> HttpResponse:
    access.fetch_lot(request.actor, lot_id)
    held = queries.ledger(lot_id, request.clinic_id)
    trail.read(events.ledger_read, by=request.actor, at=request.at, objects={"lot": lot_id}, count=len(held.movements))
    today = request.at.astimezone(ZoneInfo(request.clinic.zone)).date()
    names = _names(request, {row.person_id for row in held.movements})
    opened = _opened(request, queries.opened_vials([lot_id]))
    context = {
        "opened": opened,
        "ledger": held,
        "movements": [(row, names[row.person_id]) for row in held.movements],
        "lot": held.lot,
        "usable": held.lot.usable(today),
        "open_draws": [(row, names[row.person_id]) for row in held.movements if row.what == "drawn" and held.draws[row.id].open_ug],
        "count_form": CountForm(initial={"key": ids.new_token()}, auto_id="id_count_%s"),
        "discard_form": DiscardForm(initial={"key": ids.new_token()}, auto_id="id_discard_%s", opened=_opened_words(opened)),
        "recall_form": RecallForm(auto_id="id_recall_%s"),
        "may_count": request.actor.may(access.COUNT),
        "may_waste": request.actor.may(access.WASTE),
    }
    return render(request, "cabinet/lot.html", context | more, status=status)


def _opened(request: HttpRequest, rows: list[queries.OpenedRow]) -> list[tuple[queries.OpenedRow, str]]:
    """Each opened vial with whose it is."""
    names = _names(request, {row.person_id for row in rows})
    return [(row, names[row.person_id]) for row in rows]


def _opened_words(opened: list[tuple[queries.OpenedRow, str]]) -> dict[str, str]:
    return {row.session_id: f"the vial opened for {name}: {millilitres_text(row.rest_ul)} left" for row, name in opened}


def _names(request: HttpRequest, people: set[UUID | None]) -> dict[UUID | None, str]:
    """Names only for who may see people; the owner counts vials, not patients."""
    known = {person_id for person_id in people if person_id is not None}
    found = chart.names_of(request.clinic_id, known) if request.actor.may("chart.person.read") else {}
    said: dict[UUID | None, str] = {
        person_id: f"{found[person_id].name}, {found[person_id].record_no}" if person_id in found else "one person" for person_id in known
    }
    return said | {None: ""}


def _witness(request: HttpRequest, told: dict[str, Any]) -> Signature:
    _, signature = confirm_other(
        email=told["second_email"],
        password=told["second_password"],
        by=request.actor,
        at=request.at,
    )
    return signature


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
