"""A password is chosen by its owner: the link works once, for three days, for one person of one clinic, and its token is stored nowhere."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from afterglow.ground.access.actor import Actor
from afterglow.ground.accounts import actions
from afterglow.ground.accounts.models import PasswordLink, User
from afterglow.ground.accounts.password_links import (
    LASTS_AT_MACHINE,
    choose_password,
    forget_password_links,
    make_link_at_machine,
    make_password_link,
    needs_password,
    open_password_link,
)
from afterglow.ground.accounts.queries import actor_for
from afterglow.ground.audit.models import AuditRow
from afterglow.ground.errors import Forbidden, NotFound, Refusal
from tests.support.cast import PASSWORD, Cast, address

pytestmark = pytest.mark.django_db
NEW = "calm river stone 4"


def rita(cast: Cast, at: datetime) -> UUID:
    return actions.add_staff(name="Rita Moe", email="rita@example.org", password=None, role_ids=("session_nurse",), by=cast.olga, at=at).id


def a_link(cast: Cast, at: datetime, user_id: UUID) -> str:
    return make_password_link(user_id=user_id, by=cast.olga, at=at)[0]


# hazard: H57
def test_who_was_added_without_a_password_signs_in_only_after_choosing_one(cast: Cast, at: datetime) -> None:
    user_id = rita(cast, at)
    assert needs_password(user_id)
    with pytest.raises(Refusal, match="accounts.wrong_sign_in"):
        actions.sign_in(email="rita@example.org", password="", source="1", at=at)
    choose_password(token=a_link(cast, at, user_id), new=NEW, at=at)
    assert not needs_password(user_id)
    assert actions.sign_in(email="rita@example.org", password=NEW, source="1", at=at).id == user_id
    row = AuditRow.objects.get(event="accounts.password_chosen")
    assert row.actor_name == "Rita Moe" and "Olga Berg" in row.new_text


def test_the_token_is_stored_nowhere(cast: Cast, at: datetime) -> None:
    token = a_link(cast, at, rita(cast, at))
    stored = " ".join(str(value) for row in PasswordLink.objects.values() for value in row.values())
    trail = " ".join(f"{row.objects_text}{row.new_text}" for row in AuditRow.objects.all())
    assert token not in stored + trail


def test_a_link_works_once_and_three_days(cast: Cast, at: datetime) -> None:
    user_id = rita(cast, at)
    old, new = a_link(cast, at, user_id), a_link(cast, at, user_id)
    for token, when in ((old, at), (new, at + timedelta(days=3)), ("guess", at), ("", at)):
        with pytest.raises(Refusal, match="accounts.link_not_open"):
            open_password_link(token, at=when)
    assert open_password_link(new, at=at + timedelta(days=2)).email == "rita@example.org"
    with pytest.raises(Refusal, match="accounts.weak_password"):
        choose_password(token=new, new="rita@example.org", at=at)
    choose_password(token=new, new=NEW, at=at)
    with pytest.raises(Refusal, match="accounts.link_not_open"):
        choose_password(token=new, new="another calm stone 5", at=at)
    assert forget_password_links(at + timedelta(days=1)) == 2


def test_an_old_password_stays_good_until_the_new_one_is_chosen_and_the_throttle_is_forgiven(cast: Cast, at: datetime) -> None:
    token = a_link(cast, at, cast.ben.user_id)
    assert actions.sign_in(email=address("ben"), password=PASSWORD, source="1", at=at)
    for _ in range(8):
        with pytest.raises(Refusal, match="accounts.wrong_sign_in"):
            actions.sign_in(email=address("ben"), password="", source="1", at=at)
    choose_password(token=token, new=NEW, at=at)
    assert actions.sign_in(email=address("ben"), password=NEW, source="2", at=at)
    with pytest.raises(Refusal, match="accounts.wrong_sign_in"):
        actions.sign_in(email=address("ben"), password=PASSWORD, source="2", at=at)


def test_a_link_dies_with_the_access_it_was_made_for(cast: Cast, at: datetime) -> None:
    token = a_link(cast, at, cast.ben.user_id)
    actions.end_membership(user_id=cast.ben.user_id, by=cast.olga, at=at)
    with pytest.raises(Refusal, match="accounts.link_not_open"):
        choose_password(token=token, new=NEW, at=at)


def test_an_owner_cannot_walk_into_another_clinic_by_a_shared_account(cast: Cast, at: datetime) -> None:
    """Cora works elsewhere and joins here too: this clinic's owner must not be able to choose her password, nor by a link made earlier."""
    early = a_link(cast, at, rita(cast, at))
    actions.add_staff(name="Cora Yuen", email=address("cora"), password=None, role_ids=("prescriber",), by=cast.olga, at=at)
    with pytest.raises(Refusal, match="accounts.works_elsewhere"):
        make_password_link(user_id=cast.cora.user_id, by=cast.olga, at=at)
    there = actions.Actor.job("test", cast.other_clinic_id, "access.staff.invite")
    actions.add_staff(name="Rita Moe", email="rita@example.org", password=None, role_ids=("session_nurse",), by=there, at=at)
    with pytest.raises(Refusal, match="accounts.link_not_open"):
        choose_password(token=early, new=NEW, at=at)
    assert User.objects.get(email="rita@example.org").password.startswith("!")


def test_who_may_make_one(cast: Cast, at: datetime) -> None:
    with pytest.raises(Forbidden):
        make_password_link(user_id=cast.ben.user_id, by=cast.ana, at=at)
    with pytest.raises(NotFound):
        make_password_link(user_id=cast.cora.user_id, by=cast.olga, at=at)
    with pytest.raises(Refusal, match="accounts.own_password"):
        make_password_link(user_id=cast.olga.user_id, by=cast.olga, at=at)


# hazard: H57
def test_at_the_machine_a_sole_owner_gets_back_in_and_the_trail_says_how(cast: Cast, at: datetime) -> None:
    before = a_link(cast, at, rita(cast, at))
    token, expires_at = make_link_at_machine(email=" Olga@Example.org ", system_user="root", at=at)
    assert expires_at == at + LASTS_AT_MACHINE
    (row,) = AuditRow.objects.filter(event="accounts.password_link_made", clinic_id=cast.clinic_id, reason__contains="Done at the machine")
    assert (
        row.reason == "Done at the machine, as its user root." and row.actor_name == "new-password at the machine" and token not in row.objects_text
    )
    choose_password(token=token, new=NEW, at=at + timedelta(minutes=59))
    assert actions.sign_in(email=address("olga"), password=NEW, source="1", at=at).id == cast.olga.user_id
    with pytest.raises(Refusal, match="accounts.link_not_open"):
        choose_password(token=token, new=NEW + "x", at=at)
    assert open_password_link(before, at=at).name == "Rita Moe", "nobody else's link ended"
    late, _ = make_link_at_machine(email=address("olga"), system_user="root", at=at)
    with pytest.raises(Refusal, match="accounts.link_not_open"):
        open_password_link(late, at=at + LASTS_AT_MACHINE)


def oscar(cast: Cast) -> Actor:
    """The owner of the other clinic."""
    return actor_for(User.objects.get(email=address("oscar")).id, cast.other_clinic_id)


# hazard: H57
def test_at_the_machine_also_for_who_works_at_two_clinics_and_both_trails_say_so(cast: Cast, at: datetime) -> None:
    actions.add_staff(name="Olga Berg", email=address("olga"), password=None, role_ids=("owner",), by=oscar(cast), at=at)
    token, _ = make_link_at_machine(email=address("olga"), system_user="root", at=at)
    told = AuditRow.objects.filter(event="accounts.password_link_made", reason__contains="at the machine").values_list("clinic_id", flat=True)
    assert set(told) == {cast.clinic_id, cast.other_clinic_id}
    choose_password(token=token, new=NEW, at=at)
    assert actions.sign_in(email=address("olga"), password=NEW, source="1", at=at).id == cast.olga.user_id


def test_at_the_machine_not_for_a_stranger_and_not_for_who_left(cast: Cast, at: datetime) -> None:
    user_id = rita(cast, at)
    actions.end_membership(user_id=user_id, by=cast.olga, at=at)
    for email in ("rita@example.org", "nobody@example.org", ""):
        with pytest.raises(Refusal, match="accounts.nobody_here"):
            make_link_at_machine(email=email, system_user="root", at=at)
    assert not PasswordLink.objects.exists()
