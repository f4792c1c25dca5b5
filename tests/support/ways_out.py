"""A clinic that can write to its staff: nothing is sent in these tests, because no job runs."""

from typing import Any

import pytest


@pytest.fixture(autouse=True)
def mail_is_set_up(settings: Any) -> None:
    """Pages go out by e-mail, without which no question about self-harm is sent to anybody's phone."""
    settings.MAIL, settings.MAIL_FROM = {"host": "mail.example"}, "notices@example.net"
