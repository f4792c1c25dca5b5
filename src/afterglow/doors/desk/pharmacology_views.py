"""The Pharmacology page: published models side by side, for learning.  It opens no person and keeps nothing."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from afterglow.doors.desk.pharmacology import Asked, Shelf, example_of, shown
from afterglow.doors.desk.pharmacology_form import EXAMPLE, PharmacologyForm
from afterglow.ground.access.guard import staff
from afterglow.ground.errors import NotFound


@staff("session.session.read")
@require_GET
def pharmacology(request: HttpRequest) -> HttpResponse:
    """Curves of the models that were chosen, what was measured at that dose, and the numbers of both."""
    shelf = Shelf.now()
    form = PharmacologyForm(_asked(request, shelf), models=[(model.id, f"{model.name}, {model.drug}") for model in shelf.offered()])
    found = shown(shelf, Asked(**form.cleaned_data)) if form.is_valid() else None
    return render(request, "desk/pharmacology.html", {"form": form, "found": found, "studies": shelf.studies})


def _asked(request: HttpRequest, shelf: Shelf) -> object:
    """What the address says; the dose of a published study; otherwise an example.  Raises NotFound for a study that is not there."""
    study = request.GET.get("study")
    if study is None:
        return request.GET if "drug" in request.GET else EXAMPLE
    for one in shelf.studies:
        if one["id"] == study:
            return EXAMPLE | example_of(one)
    raise NotFound("study")
