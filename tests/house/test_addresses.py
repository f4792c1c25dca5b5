"""Every address has a guard: no rule, no entry."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, get_resolver, path
from django.urls.resolvers import RegexPattern

from afterglow.ground.access import guard as doors


def addresses(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every address below `resolver` with its view, as (`/people/<uuid:id>/`, view)."""
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from addresses(entry, prefix + str(entry.pattern))
        elif isinstance(entry, URLPattern):
            yield f"/{prefix}{entry.pattern}", entry.callback


def unguarded(resolver: URLResolver) -> list[str]:
    return [address for address, view in addresses(resolver) if not isinstance(getattr(view, "guard", None), doors.Guard)]


def test_every_address_has_a_guard() -> None:
    assert len(list(addresses(get_resolver()))) > 0
    assert unguarded(get_resolver()) == []


def test_every_guard_that_names_a_right_names_one_a_role_holds() -> None:
    """A permission nobody holds closes a page for ever; a misspelt one does the same."""
    from afterglow.ground.access import roles

    held = {permission for role in roles.all_roles().values() for permission in role.permissions}
    asked = {view.guard.name for _, view in addresses(get_resolver()) if getattr(view, "guard", None) and view.guard.kind == "staff"}
    assert asked - held == set()


def test_a_view_without_a_guard_goes_red() -> None:
    def closed(request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    resolver = URLResolver(RegexPattern(r"^/"), [path("a/", doors.public(closed)), path("b/<int:id>/", closed)])
    assert unguarded(resolver) == ["/^/b/<int:id>/"] or unguarded(resolver) == ["/b/<int:id>/"]


@pytest.mark.parametrize("kind", ["public", "signed_in", "staff", "link", "device"])
def test_each_guard_marks_its_view(kind: str) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    guarded = {
        "public": lambda: doors.public(view),
        "signed_in": lambda: doors.signed_in(view),
        "staff": lambda: doors.staff("chart.person.read")(view),
        "link": lambda: doors.by_link("intake")(view),
        "device": lambda: doors.device(view),
    }[kind]()
    assert guarded.guard.kind == kind
    assert not hasattr(view, "guard"), "the plain view stays plain"
