"""The door of every page: closed unless a guard opens it.

Each view carries exactly one guard; a house test walks every address and fails on a view without one, and the access table says
what each role gets.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Literal

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest, HttpResponseBase

from afterglow.ground.access.actor import require
from afterglow.ground.errors import NotFound, SignInNeeded

View = Callable[..., HttpResponseBase]


@dataclass(frozen=True, slots=True)
class Guard:
    """How a view is guarded; `name` is the permission or the link's purpose."""

    kind: Literal["public", "staff", "link", "device", "signed_in"]
    name: str = ""


def public(view: View) -> View:
    """Open to everyone, by decision: the enquiry page, sign-in, crisis help."""
    return _mark(view, Guard("public"))


def signed_in(view: View) -> View:
    """Open to every signed-in member of staff, whatever the role: home, sign-out, call for help."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.actor is None or request.actor.kind != "person":
            raise SignInNeeded
        return view(request, *args, **kwargs)

    return _mark(guarded, Guard("signed_in"))


def staff(permission: str) -> Callable[[View], View]:
    """Open to signed-in staff whose roles in the current clinic hold `permission`."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.actor is None or request.actor.kind != "person":
                raise SignInNeeded
            require(request.actor, permission)
            return view(request, *args, **kwargs)

        return _mark(guarded, Guard("staff", permission))

    return decorate


def by_link(*purposes: str) -> Callable[[View], View]:
    """Open to the holder of a working personal link of one of these purposes; everyone else sees nothing there."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.link is None or request.link.purpose not in purposes:
                raise NotFound
            return view(request, *args, **kwargs)

        return _mark(guarded, Guard("link", "+".join(purposes)))

    return decorate


def device(view: View) -> View:
    """Open to devices that present their key; the view itself looks the key up (it may be asynchronous)."""
    return _mark(view, Guard("device"))


def _mark(view: View, guard: Guard) -> View:
    """A plain view is wrapped first, so that the mark belongs to this door and not to a function used elsewhere too."""
    marked: Any = view if iscoroutinefunction(view) or hasattr(view, "__wrapped__") else _transparent(view)
    marked.guard = guard
    passed: View = marked
    return passed


def _transparent(view: View) -> View:
    @wraps(view)
    def passed(*args: Any, **kwargs: Any) -> HttpResponseBase:
        return view(*args, **kwargs)

    return passed
