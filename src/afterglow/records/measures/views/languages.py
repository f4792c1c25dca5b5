"""A questionnaire in other languages: which wordings are there, whose word stands behind them, and the place where a clinic loads its own."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from afterglow.ground import languages as known
from afterglow.ground.access.actor import require
from afterglow.ground.access.guard import staff
from afterglow.ground.accounts.here import site_here
from afterglow.ground.accounts.queries import SiteRow
from afterglow.ground.audit import trail
from afterglow.ground.errors import NotFound, Refusal
from afterglow.records.measures import events, rules
from afterglow.records.measures.actions.load_translation import Made, load_translation
from afterglow.records.measures.forms import TranslationForm
from afterglow.records.measures.queries import licences as register
from afterglow.records.measures.queries import translations
from afterglow.records.measures.rules import translation


@staff("measures.licence.read")
@require_http_methods(["GET", "POST"])
def languages(request: HttpRequest, instrument: str) -> HttpResponse:
    """Every wording of one questionnaire in other languages.  A POST loads the clinic's own."""
    site = site_here(request)
    if request.method == "GET":
        trail.read(events.text_read, by=request.actor, at=request.at, objects={"site": site.id, "instrument": instrument}, count=1)
        return _page(request, site, instrument)
    require(request.actor, "measures.licence.record")
    form = TranslationForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, site, instrument, form=form, status=422)
    told = {name: form.cleaned_data[name] for name in ("language", "translated_by", "right", "study")}
    try:
        lines = rules.lines_of(form.cleaned_data["file"])
        load_translation(instrument=instrument, made=Made(**told), lines=lines, site_id=site.id, by=request.actor, at=request.at)
    except rules.SheetUnreadable as error:
        form.add_error("file", str(error))
        return _page(request, site, instrument, form=form, status=422)
    except Refusal as refusal:
        return _page(request, site, instrument, form=form, refusal=refusal, status=422)
    return redirect(f"{reverse('measures:languages', args=[instrument])}?site={site.id}")


@staff("measures.licence.record")
@require_GET
def translation_sheet(request: HttpRequest, instrument: str) -> HttpResponse:
    """The sheet that a translator fills in, with what the clinic's translation into a language says already."""
    site = site_here(request)
    paper = register.scale(instrument, site, request.at).asked_as
    code = request.GET.get("language", "")
    if code and known.language(code) is None:
        raise NotFound("language")
    trail.read(events.text_taken, by=request.actor, at=request.at, objects={"site": site.id, "instrument": instrument}, count=1)
    texts = translations.texts_of(paper, code, request.clinic_id) if code else {}
    text = translation.sheet_in(paper.instrument, paper.record.content, texts)
    answer = HttpResponse(text.encode("utf-8-sig"), content_type="text/csv; charset=utf-8")  # the mark at its head tells spreadsheets what it is
    answer["Content-Disposition"] = f'attachment; filename="{instrument}-translation.csv"'
    return answer


def _page(request: HttpRequest, site: SiteRow, instrument: str, *, status: int = 200, **more: Any) -> HttpResponse:
    scale = register.scale(instrument, site, request.at)
    context = {
        "site": site,
        "scale": scale,
        "paper": scale.asked_as,
        "held": translations.held_of(scale.asked_as, request.clinic_id),
        "asked_in_words": scale.shipped.instrument.by_choice and not scale.shipped.rated,
        "form": TranslationForm(),
        "may_record": request.actor.may("measures.licence.record"),
    }
    return render(request, "measures/languages.html", context | more, status=status)
