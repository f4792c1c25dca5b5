"""Sign-in, its throttle, signatures, and access that ends."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.test import Client

from afterglow.ground.accounts import actions, queries
from afterglow.ground.accounts.models import User
from afterglow.ground.audit.models import AuditRow
from afterglow.ground.errors import Forbidden, NotFound, Refusal
from tests.support.cast import PASSWORD, Cast, address

pytestmark = pytest.mark.django_db


def test_passwords_are_hashed_with_argon2id(cast: Cast) -> None:
    assert User.objects.get(email=address("ben")).password.startswith("argon2$argon2id$")


def test_the_right_password_signs_in_whatever_the_case_of_the_address(cast: Cast, at: datetime) -> None:
    assert actions.sign_in(email=" BEN@Example.org ", password=PASSWORD, source="1", at=at).name == "Ben Okoye"


@pytest.mark.parametrize(("email", "password"), [("ben@example.org", "wrong"), ("nobody@example.org", PASSWORD), ("ben@example.org", "")])
def test_a_wrong_sign_in_says_the_same_whoever_it_was(cast: Cast, at: datetime, email: str, password: str) -> None:
    with pytest.raises(Refusal, match="accounts.wrong_sign_in"):
        actions.sign_in(email=email, password=password, source="1", at=at)


def test_after_eight_failures_the_address_waits_a_quarter_of_an_hour(cast: Cast, at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "check_password", lambda password, encoded: password == PASSWORD)
    for _ in range(8):
        with pytest.raises(Refusal, match="accounts.wrong_sign_in"):
            actions.sign_in(email=address("ben"), password="wrong", source="1", at=at)
    with pytest.raises(Refusal, match="accounts.throttled"):
        actions.sign_in(email=address("ben"), password=PASSWORD, source="2", at=at)
    assert actions.sign_in(email=address("ana"), password=PASSWORD, source="2", at=at)
    assert actions.sign_in(email=address("ben"), password=PASSWORD, source="2", at=at + timedelta(minutes=15, seconds=1))


# req: R12
def test_a_failed_sign_in_is_in_the_trail_without_the_address(cast: Cast) -> None:
    Client().post("/sign-in/", {"email": "ben@example.org", "password": "wrong"})
    row = AuditRow.objects.get(event="accounts.sign_in_failed")
    assert "ben" not in f"{row.actor_id}{row.objects_text}{row.new_text}{row.reason}"


# req: R43
def test_a_disabled_person_is_out_with_the_next_request(cast: Cast, at: datetime) -> None:
    browser = cast.client("ben")
    assert browser.get("/flags/").status_code == 200
    actions.end_membership(user_id=cast.ben.user_id, by=cast.olga, at=at)
    assert browser.get("/flags/").status_code == 302


def test_nobody_ends_their_own_access_or_without_the_right(cast: Cast, at: datetime) -> None:
    with pytest.raises(Refusal, match="accounts.own_access"):
        actions.end_membership(user_id=cast.olga.user_id, by=cast.olga, at=at)
    with pytest.raises(Forbidden):
        actions.end_membership(user_id=cast.ana.user_id, by=cast.ben, at=at)
    with pytest.raises(NotFound):
        actions.end_membership(user_id=cast.cora.user_id, by=cast.olga, at=at)


def test_a_person_of_another_clinic_is_a_stranger_here(cast: Cast) -> None:
    with pytest.raises(NotFound):
        queries.actor_for(cast.cora.user_id, cast.clinic_id)


# req: R29
def test_a_signature_asks_the_password_again_and_is_of_this_moment(cast: Cast, at: datetime) -> None:
    signed = actions.confirm_signature(by=cast.ana, password=PASSWORD, at=at)
    actions.check_signature(signed, by=cast.ana, at=at)
    with pytest.raises(Refusal, match="accounts.not_confirmed"):
        actions.check_signature(signed, by=cast.ben, at=at)
    with pytest.raises(Refusal, match="accounts.not_confirmed"):
        actions.check_signature(signed, by=cast.ana, at=at + timedelta(minutes=3))
    with pytest.raises(Refusal, match="accounts.not_confirmed"):
        actions.confirm_signature(by=cast.ana, password="wrong", at=at)


def test_a_second_signer_from_elsewhere_is_refused(cast: Cast, at: datetime) -> None:
    with pytest.raises(Refusal, match="accounts.other_clinic"):
        actions.confirm_other(email=address("cora"), password=PASSWORD, by=cast.ben, at=at)


@pytest.mark.parametrize("password", ["short", "aaaaaaaaaaaaaaaa", "new@example.org"])
def test_a_guessable_password_is_refused(cast: Cast, at: datetime, password: str) -> None:
    with pytest.raises(Refusal, match="accounts.weak_password"):
        actions.add_staff(name="New Nurse", email="new@example.org", password=password, role_ids=("session_nurse",), by=cast.olga, at=at)


@pytest.mark.parametrize("role", ["patient", "chaperone", "king"])
def test_staff_roles_only(cast: Cast, at: datetime, role: str) -> None:
    with pytest.raises(Refusal, match="accounts.unknown_role"):
        actions.add_staff(name="New Nurse", email="new@example.org", password=PASSWORD, role_ids=(role,), by=cast.olga, at=at)


@pytest.mark.parametrize("target", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)"])
def test_sign_in_never_sends_a_browser_elsewhere(cast: Cast, target: str) -> None:
    answer = Client().post("/sign-in/", {"email": address("ben"), "password": PASSWORD, "next": target})
    assert answer.headers["Location"] == "/desk/"


# req: R29
def test_a_person_replaces_the_password_they_were_given(cast: Cast) -> None:
    browser, other = cast.client("ben"), cast.client("ben")
    for wrong in ({"old": "wrong", "new": "five green lamps at sea"}, {"old": PASSWORD, "new": "short"}, {"old": PASSWORD, "new": PASSWORD}):
        assert browser.post("/password/", wrong).status_code == 422
    assert "is changed" in browser.post("/password/", {"old": PASSWORD, "new": "five green lamps at sea"}).content.decode()
    assert browser.get("/flags/").status_code == 200
    assert other.get("/flags/").status_code == 302, "another browser of theirs is signed out"
    assert User.objects.get(email=address("ben")).check_password("five green lamps at sea")


# hazard: H57
def test_strangers_at_the_sign_in_page_do_not_stop_a_nurse_from_signing(cast: Cast, at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "check_password", lambda password, encoded: password == PASSWORD)
    for _ in range(9):
        with pytest.raises(Refusal):
            actions.sign_in(email=address("ben"), password="wrong", source="stranger", at=at)
    assert actions.confirm_signature(by=cast.ben, password=PASSWORD, at=at).name == "Ben Okoye"
    for _ in range(8):
        with pytest.raises(Refusal, match="accounts.not_confirmed"):
            actions.confirm_signature(by=cast.ben, password="wrong", at=at)
    with pytest.raises(Refusal, match="accounts.throttled"):
        actions.confirm_signature(by=cast.ben, password=PASSWORD, at=at)


# hazard: H57
def test_wrong_second_signatures_lock_neither_the_other_out_nor_other_screens(cast: Cast, at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "check_password", lambda password, encoded: password == PASSWORD)
    for _ in range(8):
        with pytest.raises(Refusal, match="accounts.wrong_sign_in"):
            actions.confirm_other(email=" ANA@example.org", password="wrong", by=cast.faye, at=at)
    with pytest.raises(Refusal, match="accounts.throttled"):
        actions.confirm_other(email=address("ana"), password=PASSWORD, by=cast.faye, at=at)
    assert actions.sign_in(email=address("ana"), password=PASSWORD, source="1", at=at).name == "Ana Ruiz"
    assert actions.confirm_signature(by=cast.ana, password=PASSWORD, at=at).name == "Ana Ruiz"
    assert actions.confirm_other(email=address("ana"), password=PASSWORD, by=cast.ben, at=at)[1].name == "Ana Ruiz"
    assert actions.confirm_other(email=address("ben"), password=PASSWORD, by=cast.faye, at=at)[1].name == "Ben Okoye"
    later = at + timedelta(minutes=15, seconds=1)
    assert actions.confirm_other(email=address("ana"), password=PASSWORD, by=cast.faye, at=later)[1].name == "Ana Ruiz"
    rows = AuditRow.objects.filter(event="accounts.second_signature_failed").order_by("id")
    assert [row.reason for row in rows] == ["accounts.wrong_sign_in"] * 8 + ["accounts.throttled"]
    assert {row.actor_name for row in rows} == {"Faye Grant"}
    assert not any("ana" in f"{row.objects_text}{row.new_text}{row.reason}" for row in rows)


def test_strangers_at_the_sign_in_page_do_not_stop_a_second_signature(cast: Cast, at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "check_password", lambda password, encoded: password == PASSWORD)
    for number in range(40):
        with pytest.raises(Refusal):
            actions.sign_in(email=f"{number}@example.org" if number > 8 else address("ana"), password="wrong", source="stranger", at=at)
    assert actions.confirm_other(email=address("ana"), password=PASSWORD, by=cast.ben, at=at)[1].name == "Ana Ruiz"
    with pytest.raises(Refusal, match="accounts.throttled"):
        actions.sign_in(email=address("ana"), password=PASSWORD, source="2", at=at)


def test_one_login_cannot_try_the_passwords_of_everybody(cast: Cast, at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "check_password", lambda password, encoded: password == PASSWORD)
    for number in range(40):
        with pytest.raises(Refusal, match="accounts.wrong_sign_in"):
            actions.confirm_other(email=f"colleague{number}@example.org", password="wrong", by=cast.faye, at=at)
    with pytest.raises(Refusal, match="accounts.throttled"):
        actions.confirm_other(email=address("ana"), password=PASSWORD, by=cast.faye, at=at)
    assert actions.confirm_other(email=address("ana"), password=PASSWORD, by=cast.ben, at=at)
