"""The run's own encryption key, made once: what is encrypted at rest needs one."""

from __future__ import annotations

import pytest
from django.conf import settings

from afterglow.ground.keys import keyring


@pytest.fixture(autouse=True)
def key_file() -> None:
    keyring.make_key_file(settings.KEY_FILE)
