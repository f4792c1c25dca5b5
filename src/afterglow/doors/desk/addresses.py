"""Where the stations' pages are.  A page that an installation does not have is a link that is not shown; a test holds every name used here."""

from __future__ import annotations

from django.urls import NoReverseMatch

from afterglow.ground.face.templatetags.addresses import address_of

# Every page of another room that the desk links to, with how many ids its address takes.
LINKED = {
    "accounts:add_site": 0,
    "accounts:sign_out": 0,
    "accounts:site": 1,
    "aftercare:check": 1,
    "aftercare:due": 0,
    "aftercare:person": 1,
    "aftercare:visit": 2,
    "cabinet:lots": 0,
    "cabinet:receive": 0,
    "chart:person": 1,
    "chart:register": 0,
    "consent:list": 0,
    "consent:person": 1,
    "enquiry:inbox": 0,
    "enquiry:page": 1,
    "flags:open_list": 0,
    "flags:page": 1,
    "integration:person": 1,
    "integration:visit": 1,
    "integration:waiting": 0,
    "measures:licences": 0,
    "measures:of_person": 1,
    "messages:outbox": 0,
    "plan:guardrails": 0,
    "plan:person": 1,
    "plan:plan": 1,
    "plan:visits": 1,
    "plan:waiting": 0,
    "portal:intake": 1,
    "registry:figures": 0,
    "response:check_in": 1,
    "response:check_ins": 0,
    "response:person": 1,
    "response:reviews": 0,
    "schedule:appointment": 1,
    "schedule:book": 1,
    "schedule:rooms": 0,
    "schedule:today": 0,
    "screening:case": 1,
    "screening:list": 0,
    "screening:person": 1,
    "session:board": 0,
    "session:check_in": 1,
    "session:day": 0,
    "session:devices": 0,
    "session:equipment_of": 1,
    "session:limits_of": 1,
    "session:open": 1,
    "session:room": 1,
    "staff:people": 0,
    "staff:roster": 0,
}


def address(name: str, *ids: object) -> str:
    """The address of a page, '' when there is none.  Raises KeyError for a name that is not in LINKED and not the desk's own."""
    if not name.startswith("desk:") and LINKED[name] != len(ids):
        raise KeyError(name)
    try:
        return address_of(name, *ids)
    except NoReverseMatch:
        return ""
