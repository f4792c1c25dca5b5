"""The holder of a personal link as a browser, for tests of the patient's pages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.test import Client

from afterglow.doors.portal.invite import invite
from tests.support.cast import Cast


def phone(cast: Cast, at: datetime, *instruments: str, person_id: UUID | None = None, key: str = "invite") -> Client:
    """A phone that opened its intake link; the questionnaires came with it."""
    made = invite(person_id=person_id or cast.dan_id, site_id=cast.site_id, instruments=instruments, key=key, by=cast.ben, at=at)
    client = Client()
    answer = client.get(f"/l/{made.token}/")
    assert (answer.status_code, answer["Location"]) == (302, "/me/")
    return client


def text_of(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, f"{address}: {answer.status_code}"
    return answer.content.decode()


def follow(client: Client, address: str, data: dict[str, object] | None = None) -> str:
    """Post a form and give the address it leads to."""
    answer = client.post(address, data or {})
    assert answer.status_code == 302, answer.content.decode()[:3000]
    return answer["Location"]


def answer_all(client: Client, start: str, values: Sequence[int | None]) -> str:
    """Answer one question after another, as the pages lead; None leaves one open.  Gives the address of the check page."""
    address = f"{start}1/"
    for number, value in enumerate(values, start=1):
        address = follow(client, f"{start}{number}/", {} if value is None else {f"q{number}": str(value)})
    return address
