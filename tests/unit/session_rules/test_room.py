"""The room while drug runs: silence, what is due, which marks stand, who watches."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from afterglow.pathway.session.rules.consent_now import CLEARED_BY_STOPPING, consent_mark
from afterglow.pathway.session.rules.due import DueFacts, due_next
from afterglow.pathway.session.rules.limits import RISING, may_accept
from afterglow.pathway.session.rules.marks import Answer, Raised, may_clear, standing
from afterglow.pathway.session.rules.silence import Heard, may_be_quiet, no_signal, silences, unheard_from
from afterglow.pathway.session.rules.staffing import may_monitor_dose, may_monitor_recovery, night_reasons
from afterglow.pathway.session.rules.states import STATES
from afterglow.science.vitals.devices import BEDSIDE_MINUTES, BEDSIDE_SECONDS, BY_HAND, DeviceProfile
from afterglow.science.vitals.marks import Mark
from tests.unit.session_rules.facts import AT, BEN_MONITORS, alert_file, limits, minutes

CHANNELS = BEDSIDE_SECONDS.streams


def seconds(count: float) -> Any:
    return minutes(count / 60)


def heard(profile: DeviceProfile, ago_s: float) -> Heard:
    return Heard(profile=profile, last_at=dict.fromkeys(profile.streams, AT - seconds(ago_s)), since=AT - minutes(30))


# req: S71
# hazard: H13
@pytest.mark.parametrize(
    ("profile", "ago_s", "silent"),
    [
        (BEDSIDE_SECONDS, 9, ()),
        (BEDSIDE_SECONDS, 10, ("spo2",)),
        (BEDSIDE_SECONDS, 14, ("spo2",)),
        (BEDSIDE_SECONDS, 15, CHANNELS),
        (BEDSIDE_MINUTES, 69, ()),
        (BEDSIDE_MINUTES, 70, CHANNELS),
        (BY_HAND, 3600, ()),
    ],
)
def test_no_data_is_marked_after_its_time(profile: DeviceProfile, ago_s: float, silent: tuple[str, ...]) -> None:
    marks = silences(heard(profile, ago_s), limits(), at=AT)
    assert sorted(mark.channel for mark in marks) == sorted(silent)
    assert all((mark.code, mark.level) == ("no_data", "notify") and profile.tempo in mark.sentence for mark in marks)


# hazard: H13
def test_a_channel_never_heard_is_silent_from_when_it_was_expected() -> None:
    never = Heard(profile=BEDSIDE_SECONDS, last_at={}, since=AT - seconds(12))
    assert [mark.channel for mark in silences(never, limits(), at=AT)] == ["spo2"]
    just_bound = Heard(profile=BEDSIDE_SECONDS, last_at=dict.fromkeys(CHANNELS, AT - minutes(600)), since=AT - seconds(5))
    assert silences(just_bound, limits(), at=AT) == ()


def parted(profile: DeviceProfile, spo2_s: float, rr_s: float) -> Heard:
    """Saturation and breathing last heard this long ago, heart rate and pulse just now."""
    last = {"hr": AT, "pulse": AT, "spo2": AT - seconds(spo2_s), "rr": AT - seconds(rr_s)}
    return Heard(profile=profile, last_at=last, since=AT - minutes(30))


# req: S71
# hazard: H11 H13
@pytest.mark.parametrize(
    ("profile", "spo2_s", "rr_s", "asks"),
    [
        (BEDSIDE_SECONDS, 14, 14, False),
        (BEDSIDE_SECONDS, 15, 14, False),
        (BEDSIDE_SECONDS, 600, 14, False),
        (BEDSIDE_SECONDS, 9, 600, False),
        (BEDSIDE_SECONDS, 10, 15, True),
        (BEDSIDE_MINUTES, 69, 69, False),
        (BEDSIDE_MINUTES, 70, 69, False),
        (BEDSIDE_MINUTES, 70, 70, True),
        (BY_HAND, 9999, 9999, False),
        (replace(BEDSIDE_SECONDS, streams=("hr", "spo2")), 9999, 9999, False),
    ],
)
def test_neither_saturation_nor_breathing_heard_asks_for_the_person(profile: DeviceProfile, spo2_s: float, rr_s: float, asks: bool) -> None:
    found = no_signal(parted(profile, spo2_s, rr_s), limits(), at=AT)
    assert [(mark.code, mark.level, mark.channel, mark.urgency) for mark in found] == [("no_signal", "act", "", "high")] * asks
    assert all(mark.says == "No signal: check the person now." and mark.needs_a_look and profile.tempo in mark.sentence for mark in found)


# hazard: H13
def test_what_was_never_heard_is_missed_from_when_it_was_expected() -> None:
    never = Heard(profile=BEDSIDE_SECONDS, last_at={}, since=AT - seconds(15))
    assert unheard_from(never, limits()) == AT
    (found,) = no_signal(never, limits(), at=AT)
    assert "since the start" in found.sentence


# hazard: H28 H29
@pytest.mark.parametrize(
    ("what", "code", "says"),
    [("withdrawn", "consent_withdrawn", "withdrawn at 10:21, charted by Ben"), ("no_capacity", "capacity_not_shown", "Ben stated at 10:21")],
)
def test_a_consent_taken_back_says_when_and_by_whom_and_to_stop(what: Any, code: str, says: str) -> None:
    found = consent_mark(what, at=datetime(2026, 12, 7, 10, 21, tzinfo=UTC), by="Ben")
    assert (found.code, found.level, found.channel) == (code, "act", "") and code in CLEARED_BY_STOPPING
    assert says in found.sentence and found.says.startswith("Stop the dose")


def test_a_profile_that_streams_nothing_by_hand_waits_for_nobody() -> None:
    typed = replace(BY_HAND, streams=("hr",))
    assert may_be_quiet(typed, "hr", limits()) is None
    assert silences(heard(typed, 9999), limits(), at=AT) == ()


LOW = Mark(code="low", level="act", channel="spo2", sentence="Low.")
LOWISH = replace(LOW, level="notify", sentence="Lowish.")
SENSOR = Mark(code="sensor", level="notify", channel="hr", sentence="Nothing.")
GONE = Mark(code="no_signal", level="act", channel="", sentence="Silent together.")
DROWSY = Mark(code="drowsy", level="none", channel="moaas", sentence="Drowsy.")


def at(minute: float) -> datetime:
    return AT + minutes(minute)


# req: S71
# hazard: H9 H11
def test_an_act_mark_stands_until_it_is_answered_and_a_notify_mark_until_it_is_gone() -> None:
    timeline = [(at(0), (LOW, SENSOR, DROWSY)), (at(1), (SENSOR,)), (at(2), ())]
    assert [raised.mark for raised in standing(timeline[:2], ())] == [LOW, SENSOR]
    assert [raised.mark for raised in standing(timeline, ())] == [LOW]
    assert standing(timeline, (Answer(by="Ben", at=at(2)),)) == ()


def test_an_act_mark_that_eases_to_notify_still_stands_as_act() -> None:
    (raised,) = standing([(at(0), (LOW,)), (at(1), (LOWISH,))], ())
    assert raised == Raised(mark=LOW, first_at=at(0), last_at=at(1))
    (worse,) = standing([(at(0), (LOWISH,)), (at(1), (LOW,))], ())
    assert worse == Raised(mark=LOW, first_at=at(0), last_at=at(1))
    (fresh,) = standing([(at(0), (LOW,)), (at(1), (replace(LOW, sentence="Lower."),))], ())
    assert fresh.mark.sentence == "Lower."


# hazard: H9
def test_an_answer_covers_what_came_before_it_only() -> None:
    timeline = [(at(0), (LOW,)), (at(2), (LOW,))]
    (again,) = standing(timeline, (Answer(by="Ben", at=at(1)),))
    assert (again.first_at, again.last_at) == (at(2), at(2))
    assert standing(timeline, (Answer(by="Ben", at=at(1)), Answer(by="Ben", at=at(3)))) == ()


# hazard: H11
def test_no_signal_is_cleared_only_by_what_was_seen() -> None:
    raised = Raised(mark=GONE, first_at=at(0), last_at=at(0))
    assert may_clear(raised, Answer(by="Ben", at=at(1))).open[0].item == "answer.saw"
    assert may_clear(raised, Answer(by="Ben", at=at(1), saw="   ")).open[0].state == "unknown"
    assert may_clear(raised, Answer(by="Ben", at=at(1), saw="Breathing, pink.")).met
    assert may_clear(raised, Answer(by="Ben", at=at(-1), saw="Breathing, pink.")).open[0].item == "answer.after"
    assert [each.mark for each in standing([(at(0), (GONE,)), (at(5), ())], (Answer(by="Ben", at=at(6)),))] == [GONE]


DOSING = DueFacts(state="dosing", started_at=AT - minutes(20), dosing_every_min=10, recovery_every_min=15)


def due(facts: DueFacts) -> dict[str, tuple[float, str]]:
    """item -> (minutes until due, level)."""
    return {each.item: ((each.due_at - AT).total_seconds() / 60, each.level) for each in due_next(facts, limits(), at=AT)}


# req: S68 S71 S82
# hazard: H13 H56
@pytest.mark.parametrize(
    ("ago", "until", "level"), [(5, 5, "none"), (10, 0, "none"), (11.9, -1.9, "none"), (12, -2, "notify"), (14.9, -4.9, "notify"), (15, -5, "act")]
)
def test_a_late_cuff(ago: float, until: float, level: str) -> None:
    left, got = due(replace(DOSING, pressure_at=AT - minutes(ago)))["pressure"]
    assert (round(left, 1), got) == (until, level)


def test_what_is_due_in_each_phase() -> None:
    assert set(due(DOSING)) == {"pressure", "alertness", "contact", "iv_site"}
    assert set(due(replace(DOSING, state="paused"))) == {"pressure", "alertness", "contact", "iv_site"}
    recovery = replace(DOSING, state="recovery", iv_line_in=False, pressure_at=AT, alertness_at=AT)
    assert due(recovery) == {"pressure": (15, "none"), "alertness": (15, "none")}
    for state in STATES:
        if state not in ("dosing", "paused", "recovery"):
            assert due_next(replace(DOSING, state=state), limits(), at=AT) == ()
    assert due_next(replace(DOSING, started_at=None), limits(), at=AT) == ()


def test_the_first_check_counts_from_the_start_and_the_latest_overdue_comes_first() -> None:
    facts = replace(DOSING, started_at=AT - minutes(13), pressure_at=AT - minutes(40), alertness_at=AT, contact_at=AT - minutes(1))
    assert due(facts)["pressure"] == (-3, "notify")
    assert [each.item for each in due_next(facts, limits(), at=AT)] == ["pressure", "iv_site", "contact", "alertness"]
    assert due_next(facts, limits(), at=AT)[0].sentence == "Blood pressure, heart rate, breathing, saturation: overdue by 3 min."
    assert due_next(facts, limits(), at=AT)[1].sentence == "Look at the IV site: due in 2 min."


# hazard: H10
@pytest.mark.parametrize(
    ("rescue_ago", "pressure_ago", "until"),
    [
        (2, 8, 2),  # the usual time comes first
        (2, 3, 3),  # 5 min after the rescue
        (12, 1, 4),  # 5 min after the last check
        (12, None, -10),  # never checked: 10 min after the start, which has passed
        (29, 0, 5),
        (30, 0, 10),  # six times five minutes are over
    ],
)
def test_after_a_rescue_drug_checks_come_every_five_minutes_six_times(rescue_ago: float, pressure_ago: float | None, until: float) -> None:
    pressure_at = None if pressure_ago is None else AT - minutes(pressure_ago)
    facts = replace(DOSING, rescue_at=AT - minutes(rescue_ago), pressure_at=pressure_at)
    assert due(facts)["pressure"][0] == until


# hazard: H12
@pytest.mark.parametrize(("asked_s_ago", "level"), [(30, "none"), (60, "none"), (61, "notify"), (400, "act")])
def test_the_repeat_of_an_outlying_cuff(asked_s_ago: float, level: str) -> None:
    assert due(replace(DOSING, repeat_asked_at=AT - seconds(asked_s_ago)))["repeat_cuff"][1] == level


# req: N9
# hazard: H45
@pytest.mark.parametrize(
    ("changes", "item"),
    [
        ({}, None),
        ({"other_recovering": 1}, None),
        ({"other_recovering": 2}, "monitor.recovery_share"),
        ({"other_dosing_rooms": 1}, "monitor.recovery_share"),
        ({"profession": "LMFT"}, "monitor.licensed"),
    ],
)
def test_recovery_is_one_to_two(changes: dict[str, Any], item: str | None) -> None:
    verdict = may_monitor_recovery(replace(BEN_MONITORS, **changes), limits())
    assert [each.item for each in verdict.open] == ([] if item is None else [item])


def test_nobody_named_is_unknown() -> None:
    assert not may_monitor_dose(None).met
    assert may_monitor_recovery(None, limits()).open[0].state == "unknown"


# hazard: H22
def test_who_needs_somebody_overnight() -> None:
    assert night_reasons(age_years=64, first_dose=False, suicidal_indication=False, rescue_sedative=False) == ()
    everything = night_reasons(age_years=65, first_dose=True, suicidal_indication=True, rescue_sedative=True)
    assert everything == ("65 or older", "first dose", "suicidal thoughts", "a sedative was given")


def entry(name: str) -> Any:
    return next(each for each in alert_file("site_limits")["limits"] if each["id"] == name)


SPO2 = {"notify_below": 94.0, "act_below": 90.0, "act_drop_from": 4.0, "low_baseline_below": 95.0, "act_drop_from_low_baseline": 4.0}


# req: C24
# hazard: H50
@pytest.mark.parametrize(
    ("changes", "items"),
    [
        ({}, []),
        ({"act_below": 88.0}, []),
        ({"act_below": 80.0}, ["spo2.act_below"]),
        ({"act_below": float("nan")}, ["spo2.act_below"]),
        ({"act_below": 94.0, "notify_below": 92.0}, ["spo2.order"]),
        ({"colour": 1.0}, ["spo2.colour"]),
    ],
)
def test_a_site_moves_a_limit_inside_the_librarys_range(changes: dict[str, float], items: list[str]) -> None:
    verdict = may_accept(entry("spo2"), SPO2 | changes)
    assert [each.item for each in verdict.open] == items
    assert not verdict.liftable


def test_every_number_of_a_limit_is_accepted_or_none() -> None:
    verdict = may_accept(entry("spo2"), {"act_below": 90.0})
    assert {each.state for each in verdict.open} == {"unknown"} and len(verdict.open) == 4


def test_every_ordered_pair_stands_in_some_limit() -> None:
    names = [set(each["values"]) for each in alert_file("site_limits")["limits"]]
    assert all(any({milder, severer} <= found for found in names) for milder, severer in RISING)
