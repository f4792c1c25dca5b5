"""The way back for somebody whose password is lost and whom nobody can help from inside: the only owner of a clinic."""

from __future__ import annotations

import argparse
import getpass
import os

from django.conf import settings
from django.urls import reverse

from afterglow.doors import clock
from afterglow.doors.ops import answer, folder
from afterglow.ground.clock import shown

HELP = "make a link by which somebody chooses a new password"
ADDRESS = "http://127.0.0.1:8000"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("email", metavar="EMAIL", help="the address they sign in with")
    parser.add_argument("--address", help="where Afterglow answers, if it is not AFTERGLOW_ADDRESS (such as https://clinic.example.org)")


def choose_home(options: argparse.Namespace) -> None:
    """Before Django, as `serve` does."""
    folder.check_home()


def run(options: argparse.Namespace) -> int:
    from afterglow.ground.accounts.password_links import make_link_at_machine  # models exist once Django is set up

    token, expires_at = make_link_at_machine(email=options.email, system_user=_system_user(), at=clock.now())
    address = (options.address or settings.PUBLIC_ADDRESS or ADDRESS).rstrip("/")
    link = address + reverse("accounts:choose_password", args=[token])
    said = f"Open this link once, before {shown(expires_at, 'UTC')}, and choose a new password there. It is shown here only, and the audit trail says that it was made:\n{link}"
    return answer.done(options, said, email=options.email.strip().lower(), link=link, expires_at=expires_at)


def _system_user() -> str:
    """Who runs the command, as the machine knows them."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's number without a name
        return f"number {os.getuid()}"
