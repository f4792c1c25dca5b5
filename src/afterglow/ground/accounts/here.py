"""At which site somebody works: the one they chose last, by `?site=` on any page that has sites; else the one the clinic was founded with.

The choice lasts as long as the sign-in.  It says what a page without `?site=` opens with and nothing more: a form names its site in its own
address, so that a choice made in another window cannot move it.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from uuid import UUID

from django.http import HttpRequest

from afterglow.ground.accounts import queries
from afterglow.ground.accounts.queries import SiteRow
from afterglow.ground.errors import NotFound

SITE_KEY = "site_id"


def site_here(request: HttpRequest) -> SiteRow:
    """The site that `?site=` names, else the chosen one, else the founding one; times on this page are the site's.

    Raises NotFound for a site of another clinic.
    """
    named = request.GET.get("site")
    chosen: SiteRow | None = queries.site(_uuid(named), clinic_id=request.clinic_id) if named else request.chosen_site
    row = chosen if chosen is not None else queries.founding_site(request.clinic_id)
    request.clinic = replace(request.clinic, zone=row.zone)
    return row


def choose_site(request: HttpRequest) -> None:
    """Puts `chosen_site` on the request of a member of staff, None where none was ever chosen.

    A site that is named in the address is remembered; one of another clinic is not, and the page itself answers 404.
    """
    with suppress(NotFound):
        named = request.GET.get("site")
        site_id = named or request.session.get(SITE_KEY)
        if site_id is None:
            return
        request.chosen_site = queries.site(_uuid(site_id), clinic_id=request.clinic_id)
        if named and request.session.get(SITE_KEY) != str(request.chosen_site.id):
            request.session[SITE_KEY] = str(request.chosen_site.id)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound("site") from None
