"""The monitoring goes to another person: to whom it may, what is written, what is refused, and what stands when a dose ends."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from afterglow.doors.exchange.summary import session_summary
from afterglow.ground.accounts import queries as accounts
from afterglow.ground.audit.models import AuditRow
from afterglow.ground.clock import shown
from afterglow.ground.errors import Forbidden, NotFound, Refusal
from afterglow.pathway.session.actions.deed import Charted
from afterglow.pathway.session.actions.hand_over_monitor import hand_over_monitor
from afterglow.pathway.session.actions.leave import ExitWords, transfer
from afterglow.pathway.session.actions.pause import pause_dose
from afterglow.pathway.session.actions.stop import stop_dose
from afterglow.pathway.session.chain import first_broken_link
from afterglow.pathway.session.models import Entry, Session
from afterglow.pathway.session.queries.room import room
from afterglow.pathway.session.queries.watching import may_take_over, room_watch, site_watch
from afterglow.records.staff.models import Credential
from tests.support.course import AT, finish
from tests.support.live_rooms import live_room
from tests.support.session import OnTheWay, signature

TEN, ELEVEN, TWENTY, FORTY = (AT + timedelta(minutes=minutes) for minutes in (10, 11, 20, 40))
WHY = "The only one on site; the other nurse is on her way."


def hand_over(way: OnTheWay, at: datetime, to: Any = None, *, key: str = "hand over", **more: Any) -> Charted:
    """Written and signed by Ben: to Ana, unless said otherwise."""
    by = more.pop("by", way.cast.ben)
    to_id: UUID = (to or way.cast.ana).user_id
    told = {"signed": signature(by, at), **more}
    return hand_over_monitor(session_id=way.session_id, user_id=to_id, key=key, by=by, at=at, **told)


def refusal(deed: Callable[[], object]) -> Refusal:
    with pytest.raises(Refusal) as caught:
        deed()
    return caught.value


def now(way: OnTheWay) -> Session:
    return Session.objects.get(id=way.session_id)


def watches_too(way: OnTheWay, who: Any, number: int, *, state: str = "recovery") -> UUID:
    """Another session of the site that this person monitors, in recovery or dosing."""
    other = live_room(way.cast, AT, number)
    ended = AT if state == "recovery" else None
    Session.objects.filter(id=other.session_id).update(monitor_id=who.user_id, state=state, dosing_ended_at=ended)
    return other.session_id


def stands(way: OnTheWay, at: datetime) -> list[str]:
    found = room_watch(way.session_id, way.cast.site_id, clinic_id=way.cast.clinic_id, at=at)
    site = site_watch(accounts.site(way.cast.site_id, clinic_id=way.cast.clinic_id), at)
    assert site[way.session_id] == found, "the room and the board say the same"
    return [finding.sentence for finding in found]


# req: N9
# hazard: H45
@pytest.mark.parametrize("state", ["dosing", "paused", "recovery"])
def test_a_hand_over_names_both_and_when_and_who_wrote_it(way: OnTheWay, state: str) -> None:
    if state == "paused":
        pause_dose(session_id=way.session_id, key="p", by=way.cast.ben, at=TEN)
    if state == "recovery":
        stop_dose(session_id=way.session_id, key="s", by=way.cast.ben, at=TEN)
    charted = hand_over(way, TWENTY, taken_at=ELEVEN)
    entry = Entry.objects.get(session_id=way.session_id, seq=charted.seq)
    assert (entry.kind, entry.taken_at, entry.late, entry.by) == ("monitor_handed_over", ELEVEN, True, "Ben Okoye")
    row = AuditRow.objects.get(event="session.monitor_handed_over")
    assert (row.actor_name, row.person_id, str(way.cast.ben.user_id) in row.old_text) == ("Ben Okoye", way.person_id, True)
    seen = room(way.session_id, TWENTY)
    assert (now(way).monitor_id, now(way).state, seen.monitor) == (way.cast.ana.user_id, state, "Ana Ruiz")
    assert any(line.text == "Monitoring handed over: Ben Okoye to Ana Ruiz." for line in seen.timeline)
    assert first_broken_link(way.session_id) is None and stands(way, TWENTY) == []


def test_the_same_hand_over_again_is_one_and_another_is_told_who_monitors(way: OnTheWay) -> None:
    assert hand_over(way, TEN) == hand_over(way, TEN)
    again = refusal(lambda: hand_over(way, TEN, key="another", by=way.cast.ana))
    assert (again.code, again.sentence) == ("session.same_monitor", "Ana Ruiz monitors this person already.")
    assert Entry.objects.filter(session_id=way.session_id, kind="monitor_handed_over").count() == 1


# hazard: H45
@pytest.mark.parametrize("second", [None, "ana"])
def test_nobody_takes_over_a_second_dose_whoever_signs(way: OnTheWay, second: str | None) -> None:
    watches_too(way, way.cast.ana, 1, state="paused")
    signed = signature(way.cast.ana, TEN) if second else None
    told = refusal(lambda: hand_over(way, TEN, reason=WHY, second=signed, saw="Ana Ruiz already monitors a dose in another room."))
    assert told.code == "session.may_not_monitor" and "already monitors a dose in another room" in told.sentence
    assert now(way).monitor_id == way.cast.ben.user_id


# hazard: H45
def test_a_dose_in_another_clinic_is_held_by_the_database_itself(way: OnTheWay) -> None:
    other = watches_too(way, way.cast.ana, 1, state="dosing")
    Session.objects.filter(id=other).update(site_id=way.cast.other_site_id)
    assert refusal(lambda: hand_over(way, TEN)).code == "session.monitor_busy"
    assert now(way).monitor_id == way.cast.ben.user_id


# hazard: H45
@pytest.mark.parametrize(("who", "said"), [("theo", "may not monitor"), ("faye", "may not monitor")])
def test_who_is_not_licensed_for_it_takes_nothing_over(way: OnTheWay, who: str, said: str) -> None:
    told = refusal(lambda: hand_over(way, TEN, getattr(way.cast, who)))
    assert told.code == "session.may_not_monitor" and said in told.sentence


def test_an_ended_licence_takes_nothing_over_also_in_recovery(way: OnTheWay) -> None:
    Credential.objects.filter(user_id=way.cast.ana.user_id).update(expires_on=AT.date() - timedelta(days=1))
    assert refusal(lambda: hand_over(way, TEN)).sentence == "Ana Ruiz's licence has ended."
    stop_dose(session_id=way.session_id, key="s", by=way.cast.ben, at=TEN)
    assert refusal(lambda: hand_over(way, ELEVEN)).code == "session.may_not_monitor"


# req: N9
# hazard: H45
def test_who_watches_a_recovery_takes_over_a_dose_only_with_two_signatures(way: OnTheWay) -> None:
    watches_too(way, way.cast.ana, 1)
    told = refusal(lambda: hand_over(way, TEN, reason=WHY))
    saw = "Ana Ruiz already monitors 1 in recovery. Name somebody who is free."
    assert (told.code, told.sentence, told.facts["saw"]) == ("session.monitor_not_free", saw, saw)
    ana, ben, theo = (signature(getattr(way.cast, who), TEN) for who in ("ana", "ben", "theo"))
    for second, reason, read, why in (
        (ana, WHY, "something else", saw),
        (ana, "busy", saw, "it gives no reason"),
        (ben, WHY, saw, "both signatures are by the same person"),
        (theo, WHY, saw, "one of the two must be a prescriber"),
    ):
        told = refusal(lambda second=second, reason=reason, read=read: hand_over(way, TEN, second=second, reason=reason, saw=read))  # type: ignore[misc]
        assert told.code == "session.monitor_not_free" and why in told.sentence
        assert now(way).monitor_id == way.cast.ben.user_id
    stale = signature(way.cast.ana, TEN - timedelta(minutes=3))
    assert refusal(lambda: hand_over(way, TEN, second=stale, reason=WHY, saw=saw)).code == "accounts.not_confirmed"

    hand_over(way, TEN, second=ana, reason=WHY, saw=saw)
    text = room(way.session_id, TEN).timeline[0].text
    assert text == f"Monitoring handed over: Ben Okoye to Ana Ruiz. {saw} Signed with Ana Ruiz: {WHY}"
    assert AuditRow.objects.get(event="session.monitor_handed_over").reason == WHY
    assert stands(way, TEN) == ["Ana Ruiz monitors this dose and 1 in recovery: hand one over."]


# req: N9
# hazard: H45
def test_recovery_is_handed_over_one_to_two(way: OnTheWay) -> None:
    stop_dose(session_id=way.session_id, key="s", by=way.cast.ben, at=TEN)
    watches_too(way, way.cast.ana, 1)
    watches_too(way, way.cast.ana, 2)
    told = refusal(lambda: hand_over(way, ELEVEN))
    assert (told.code, told.sentence) == ("session.monitor_not_free", "Ana Ruiz already monitors 2 in recovery; the site allows 2.")
    people = dict(may_take_over(now(way), clinic_id=way.cast.clinic_id, actor_id=way.cast.ben.user_id, at=ELEVEN))
    assert people[way.cast.ana.user_id] == "Ana Ruiz (monitors 2 in recovery)" and way.cast.ben.user_id not in people  # type: ignore[index]


# req: N9
# hazard: H45
@pytest.mark.parametrize("how", ["stop", "finish"])
def test_a_dose_always_ends_and_one_too_many_in_recovery_stands_until_handed_over(way: OnTheWay, how: str) -> None:
    others = [watches_too(way, way.cast.ben, number) for number in (1, 2)]
    said = "Ben Okoye monitors 3 in recovery; the site allows 2: hand one over."
    assert stands(way, TEN) == ["Ben Okoye monitors this dose and 2 in recovery: hand one over."]
    charted = stop_dose(session_id=way.session_id, key="s", by=way.cast.faye, at=FORTY) if how == "stop" else finish(way, FORTY)
    assert (now(way).state, charted.says) == ("recovery", said)
    line = next(line for line in room(way.session_id, FORTY).timeline if line.seq == charted.seq)
    assert line.text.endswith(said)
    site = accounts.site(way.cast.site_id, clinic_id=way.cast.clinic_id)
    everywhere = site_watch(site, FORTY)
    assert {session_id: [each.sentence for each in found] for session_id, found in everywhere.items()} == dict.fromkeys(
        [*others, way.session_id], [said]
    )
    hand_over(way, FORTY)
    assert not any(site_watch(site, FORTY).values())


def test_the_end_of_a_dose_says_nothing_where_all_is_well(way: OnTheWay) -> None:
    watches_too(way, way.cast.ben, 1)
    charted = stop_dose(session_id=way.session_id, reason="enough", key="s", by=way.cast.ben, at=TEN)
    assert charted.says == "" and '"watch"' not in Entry.objects.get(session_id=way.session_id, seq=charted.seq).text
    assert stands(way, TEN) == []


# hazard: H45
@pytest.mark.parametrize("limits_text", ["", "not JSON", '{"values":{}}', "{}"])
def test_limits_that_cannot_be_read_never_keep_a_dose_from_being_stopped(way: OnTheWay, limits_text: str) -> None:
    Session.objects.filter(id=way.session_id).update(limits_text=limits_text)
    assert "cannot be read" in stop_dose(session_id=way.session_id, key="s", by=way.cast.ben, at=TEN).says
    assert now(way).state == "recovery"


# hazard: H45
def test_a_licence_that_ends_while_the_dose_runs_is_shown_and_stops_nothing(way: OnTheWay) -> None:
    assert stands(way, TEN) == []
    Credential.objects.filter(user_id=way.cast.ben.user_id).update(expires_on=AT.date() - timedelta(days=1))
    assert stands(way, TEN) == ["Ben Okoye's licence has ended. Hand over."]
    pause_dose(session_id=way.session_id, key="p", by=way.cast.ben, at=TEN)
    hand_over(way, ELEVEN)
    assert stands(way, ELEVEN) == []


def test_whoever_no_longer_works_here_monitors_nobody(way: OnTheWay) -> None:
    Session.objects.filter(id=way.session_id).update(monitor_id=way.cast.cora.user_id)
    assert stands(way, TEN) == ["Nobody who works here monitors this person. Hand over."]
    hand_over(way, TEN)
    assert "somebody who no longer works here to Ana Ruiz" in room(way.session_id, TEN).timeline[0].text


# hazard: H14
@pytest.mark.parametrize(("taken_at", "code"), [(AT + timedelta(hours=1), "clock.future"), (AT - timedelta(minutes=1), "session.too_early")])
def test_a_hand_over_lies_between_the_start_and_now(way: OnTheWay, taken_at: datetime, code: str) -> None:
    assert refusal(lambda: hand_over(way, TEN, taken_at=taken_at)).code == code


def test_a_hand_over_lies_after_the_one_before(way: OnTheWay) -> None:
    hand_over(way, TEN)
    assert refusal(lambda: hand_over(way, ELEVEN, way.cast.ben, key="back", taken_at=TEN - timedelta(minutes=1))).code == "session.too_early"
    hand_over(way, ELEVEN, way.cast.ben, key="back")
    assert now(way).monitor_id == way.cast.ben.user_id


# req: S76
def test_the_summary_names_everybody_who_watched(way: OnTheWay) -> None:
    hand_over(way, TEN)
    transfer(session_id=way.session_id, words=ExitWords(), key="t", by=way.cast.ben, at=TWENTY)
    document, _ = session_summary(way.session_id, clinic=accounts.clinic(way.cast.clinic_id), at=TWENTY)
    facts = dict(fact for section in document.sections for fact in section.facts)
    assert facts["Watched by"] == f"Ben Okoye, then Ana Ruiz from {shown(TEN, way.cast.zone)}"


def test_before_the_start_and_after_the_end_nothing_is_handed_over(way: OnTheWay) -> None:
    before = live_room(way.cast, AT, 1, state="checked_in").session_id
    told = refusal(
        lambda: hand_over_monitor(
            session_id=before, user_id=way.cast.ana.user_id, signed=signature(way.cast.ben, TEN), key="k", by=way.cast.ben, at=TEN
        )  # type: ignore[arg-type]
    )
    assert (told.code, told.now) == ("session.not_possible", "Name the monitor at check-in.")
    transfer(session_id=way.session_id, words=ExitWords(), key="t", by=way.cast.ben, at=TEN)
    assert refusal(lambda: hand_over(way, TEN)).code == "session.ended"


def test_strangers_learn_nothing_and_it_is_signed_by_who_writes_it(way: OnTheWay) -> None:
    with pytest.raises(NotFound):
        hand_over(way, TEN, by=way.cast.cora)
    with pytest.raises(NotFound):
        hand_over(way, TEN, way.cast.cora)  # works elsewhere
    with pytest.raises(Forbidden):
        hand_over(way, TEN, by=way.cast.theo)
    assert refusal(lambda: hand_over(way, TEN, signed=signature(way.cast.ana, TEN))).code == "accounts.not_confirmed"
    assert refusal(lambda: hand_over(way, TEN, key="")).code == "write.no_key"


# req: R41
def test_who_watches_whom_costs_the_same_with_one_room_and_with_ten(way: OnTheWay) -> None:
    site = accounts.site(way.cast.site_id, clinic_id=way.cast.clinic_id)

    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            site_watch(site, TEN)
        return len(asked)

    one = cost()
    for number in range(10):
        live_room(way.cast, AT, number)
    assert cost() == one <= 3
