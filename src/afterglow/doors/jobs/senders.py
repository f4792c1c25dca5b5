"""The ways out of the clinic: e-mail over SMTP, text messages over a gateway's HTTP.  What differs between installations comes from the settings.

Nothing of a message reaches a log: a sender raises, and the outbox keeps the kind of error.
"""

from __future__ import annotations

import json
import re
import urllib.request
from typing import IO, Any
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from afterglow.doors.jobs.check_ins import link_makers
from afterglow.ground.accounts.queries import staff_member
from afterglow.ground.errors import NotFound
from afterglow.records.messages.actions.deliver_due import Letter, Post, Sender
from afterglow.records.staff import queries as staff

TIMEOUT_S = 10  # three failures of one channel end its round, so a dead server holds up the jobs for half a minute at most


def post() -> Post:
    """The ways out that are set up.  A demo clinic's messages never leave the machine, whatever is set up."""
    senders: dict[str, Sender] = {}
    if settings.MAIL:
        senders["email"] = send_email
    if settings.SMS_URL:
        senders["sms"] = send_sms
    return Post(senders=senders, demo=keep_here, staff_address=staff_address, links=link_makers())


def note(*, demo: bool) -> str:
    """What pages say about paging where it does not reach everyone; '' where e-mail is set up, which every colleague has."""
    if demo:
        return "Demo: pages to staff are kept on this machine, none is sent."
    if not settings.MAIL and not settings.SMS_URL:
        return "No e-mail and no text messages are set up: nobody is being paged."
    if not settings.MAIL:
        return "No e-mail is set up: only colleagues with a number for pages are paged."
    return ""


def staff_address(user_id: UUID, clinic_id: UUID, channel: str) -> str:
    """Where a colleague is paged now; '' for somebody who left, or who gave no number."""
    try:
        member = staff_member(user_id, clinic_id=clinic_id)
    except NotFound:
        return ""
    return member.email if channel == "email" else staff.paging_phone(user_id, clinic_id)


def send_email(letter: Letter) -> None:
    """One plain mail.  Its Message-ID is the outbox's own, so that a second copy can be told."""
    server: dict[str, Any] = settings.MAIL or {}
    way = get_connection(fail_silently=False, timeout=TIMEOUT_S, **server)
    headers = {"Message-ID": f"<{letter.message_id}@{settings.MAIL_FROM.rpartition('@')[2]}>", "Auto-Submitted": "auto-generated"}
    mail = EmailMessage(letter.subject, letter.text, f'"{letter.sender}" <{settings.MAIL_FROM}>', [letter.to], headers=headers, connection=way)
    if mail.send() != 1:
        raise ConnectionError


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """A gateway that sends us elsewhere has not taken the message: a sign-in page answers 200 too."""

    def redirect_request(self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str) -> None:
        return None


def send_sms(letter: Letter) -> None:
    """POST {to, text} as JSON; any answer but 2xx raises.  The outbox's id goes along as Idempotency-Key, for gateways that heed it."""
    headers = {"Content-Type": "application/json", "Idempotency-Key": str(letter.message_id)}
    if settings.SMS_KEY:
        headers["Authorization"] = f"Bearer {settings.SMS_KEY}"
    body = json.dumps({"to": re.sub(r"[^+\d]", "", letter.to), "text": letter.text}).encode()
    asked = urllib.request.Request(settings.SMS_URL, data=body, headers=headers, method="POST")
    with urllib.request.build_opener(NoRedirect).open(asked, timeout=TIMEOUT_S) as answer:
        answer.read(65_536)


def keep_here(letter: Letter) -> None:
    """The demo's way out: there is none.  The outbox marks the message as kept, and nothing else happens."""
