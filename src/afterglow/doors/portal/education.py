"""What everybody may read about the treatment: the library's texts as they stand there, with version, basis and sources (S46).

Open without a link, like the Expectations page: they say nothing about anybody, and people read before they ask.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe

from afterglow.ground.access.guard import public
from afterglow.ground.content.queries import LibraryRecord, library_file, released
from afterglow.ground.errors import NotFound

KIND, AUDIENCE = "education", "patient"
WORDS_A_MINUTE = 150
"""How fast such a text is read, for the minutes it is said to take: slow, so that nobody feels hurried (J)."""


@dataclass(frozen=True, slots=True)
class Text:
    """One line of the list: what it is about, why it is worth reading, and how long that takes."""

    id: str
    title: str
    why: str
    minutes: int


@public
@require_safe
def texts(request: HttpRequest) -> HttpResponse:
    """Every text for patients, in the order in which somebody meets what they are about."""
    files = sorted(_for_patients(), key=lambda file: (file.content.get("order", 0), file.content["title"]))
    shown = [Text(file.id, file.content["title"], file.content["why"], _minutes(file)) for file in files]
    return render(request, "portal/texts.html", {"texts": shown})


@public
@require_safe
def text(request: HttpRequest, file_id: str) -> HttpResponse:
    """The newest version of one text.  Raises NotFound."""
    file = library_file(KIND, file_id)
    if file.content["audience"] != AUDIENCE:
        raise NotFound("text")
    cited = [source for source in file.content["sources"] if source["id"] in _named(file)]
    return render(request, "portal/text.html", {"file": file, "minutes": _minutes(file), "sources": cited})


def _for_patients() -> list[LibraryRecord]:
    return [file for file in released(KIND) if file.content["audience"] == AUDIENCE]


def _paragraphs(file: LibraryRecord) -> list[dict[str, object]]:
    return [paragraph for section in file.content["sections"] for paragraph in section["paragraphs"]]


def _named(file: LibraryRecord) -> set[object]:
    return {source for paragraph in _paragraphs(file) for source in paragraph.get("sources", ())}


def _minutes(file: LibraryRecord) -> int:
    return max(1, round(sum(len(str(paragraph["text"]).split()) for paragraph in _paragraphs(file)) / WORDS_A_MINUTE))


urlpatterns = [
    path("read/", texts, name="texts"),
    path("read/<slug:file_id>/", text, name="text"),
]
