"""Encrypted columns: opened only in their own row, with the key that sealed them."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings

from afterglow.ground.errors import Refusal
from afterglow.ground.keys import keyring


@pytest.fixture
def key_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "keys" / "data.key"
    keyring.make_key_file(path)
    monkeypatch.setattr(settings, "KEY_FILE", path)
    return path


# req: R11
def test_a_sealed_text_opens_in_its_own_row_only(key_file: Path) -> None:
    sealed = keyring.seal("I think of dying", bound_to="enquiry:message:1")
    assert "dying" not in sealed
    assert keyring.unseal(sealed, bound_to="enquiry:message:1") == "I think of dying"
    with pytest.raises(Refusal, match="keys.cannot_open"):
        keyring.unseal(sealed, bound_to="enquiry:message:2")


def test_a_changed_text_and_a_missing_key_are_refused(key_file: Path) -> None:
    sealed = keyring.seal("text", bound_to="a")
    for broken in (sealed[:-4] + "AAAA", "k9." + sealed.split(".")[1], "nonsense"):
        with pytest.raises(Refusal, match="keys.cannot_open"):
            keyring.unseal(broken, bound_to="a")


def test_the_key_file_is_its_owners_alone_and_is_made_once(key_file: Path) -> None:
    before = key_file.read_text()
    keyring.make_key_file(key_file)
    assert key_file.read_text() == before
    assert key_file.stat().st_mode & 0o777 == 0o600
