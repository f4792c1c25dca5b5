"""In which language the buttons and notices around a questionnaire are: that of its words where a catalog of messages is there, else English."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation

from afterglow.ground import languages
from afterglow.records.measures.queries import Paper


def catalog_for(code: str) -> str:
    """The catalog that serves a reader of `code`; English where there is none, as the questions themselves then stay marked with their language."""
    there = {name for name, _ in settings.LANGUAGES}
    return next((tag for tag in languages.fallbacks(code) if tag.lower() in there), languages.ENGLISH)


def rendered(request: HttpRequest, template: str, context: dict[str, Any], paper: Paper, *, status: int = 200) -> HttpResponse:
    """A page about one questionnaire, with its frame in the language of the catalog."""
    code = catalog_for(paper.language)
    if code == languages.ENGLISH:
        return render(request, template, context, status=status)
    known = languages.language(code)
    frame = {"LANGUAGE_CODE": code, "page_direction": known.direction if known else "ltr"}
    with translation.override(code.lower()):
        return render(request, template, context | frame, status=status)
