"""How urgent an enquiry is, what a decision needs, and what is forgotten."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from afterglow.pathway.enquiry import rules
from afterglow.records.schedule.rules import ByHand

AT = datetime(2026, 12, 7, 9, 0, tzinfo=UTC)


# hazard: H16
@pytest.mark.parametrize(("danger", "urgency", "help_now"), [("yes", "emergency", True), ("unknown", "same_day", True), ("no", "routine", False)])
def test_an_unanswered_danger_question_is_not_a_no(danger: str, urgency: str, help_now: bool) -> None:
    assert rules.urgency_of(danger) == urgency
    assert rules.shows_help(danger) is help_now


def test_the_graver_the_sooner() -> None:
    by = [rules.answer_by(urgency, AT) for urgency in ("emergency", "same_day", "routine")]
    assert by == sorted(by)
    assert by[0] == AT + timedelta(minutes=15)


@pytest.mark.parametrize(
    ("may", "way", "phone", "email", "met"),
    [
        (False, "phone", "", "", True),
        (True, "phone", "+1 555 0100", "", True),
        (True, "phone", " ", "a@example.org", False),
        (True, "email", "", "a@example.org", True),
        (True, "email", "+1 555 0100", "", False),
    ],
)
def test_who_wants_an_answer_leaves_a_way(may: bool, way: str, phone: str, email: str, met: bool) -> None:
    facts = rules.ContactFacts(may_contact=may, contact_by=way, phone=phone, email=email)
    assert rules.can_be_reached(facts).met is met


@pytest.mark.parametrize(
    ("state", "outcome", "reason", "where", "open_items"),
    [
        ("new", "accepted", "", "", []),
        ("new", "declined", "", "", ["enquiry.reason"]),
        ("new", "declined", "Lives too far away.", "", []),
        ("new", "referred", "", "", ["enquiry.where"]),
        ("new", "referred", "", "Crisis centre", []),
        ("accepted", "referred", "", " ", ["enquiry.state", "enquiry.where"]),
    ],
)
def test_a_decision_says_every_thing_that_is_missing(state: str, outcome: str, reason: str, where: str, open_items: list[str]) -> None:
    verdict = rules.may_decide(rules.DecisionFacts(state=state, outcome=outcome, reason=reason, where=where))
    assert [finding.item for finding in verdict.open] == open_items


# req: S3
@pytest.mark.parametrize(
    ("state", "danger", "days", "forgotten"),
    [
        ("declined", "no", 365, True),
        ("new", "no", 400, True),
        ("declined", "no", 364, False),
        ("declined", "yes", 400, False),
        ("declined", "unknown", 400, False),
        ("referred", "no", 400, False),
        ("accepted", "no", 400, False),
    ],
)
def test_what_came_to_nothing_is_forgotten_unless_danger_was_disclosed(state: str, danger: str, days: int, forgotten: bool) -> None:
    assert rules.may_be_forgotten(state, danger, AT - timedelta(days=days), AT) is forgotten


# hazard: H16
@pytest.mark.parametrize(
    ("danger", "here", "everywhere", "met"),
    [
        ("no", 9, 59, True),
        ("no", 10, 10, False),
        ("unknown", 10, 10, False),
        ("no", 0, 60, False),
        ("unknown", 0, 60, False),
        ("yes", 10, 10, True),
        ("yes", 1000, 1000, True),
    ],
)
def test_the_public_page_takes_so_many_an_hour_and_danger_always(danger: str, here: int, everywhere: int, met: bool) -> None:
    assert rules.may_arrive(rules.ArrivalFacts(danger_now=danger, from_this_address=here, for_this_clinic=everywhere)).met is met


# req: S2
@pytest.mark.parametrize(
    ("state", "may_contact", "phone", "stands", "open_items"),
    [
        ("new", True, "+1 555 0100", "", []),
        ("accepted", True, "+1 555 0100", "", ["enquiry.state"]),
        ("new", False, "+1 555 0100", "", ["enquiry.contact"]),
        ("new", True, " ", "", ["enquiry.contact"]),
        ("new", True, "+1 555 0100", "7 Dec 2026, 10:00 PST", ["enquiry.call"]),
        ("declined", False, "", "7 Dec 2026, 10:00 PST", ["enquiry.state", "enquiry.contact", "enquiry.call"]),
    ],
)
def test_a_first_call_is_for_somebody_who_wants_one(state: str, may_contact: bool, phone: str, stands: str, open_items: list[str]) -> None:
    verdict = rules.may_call(rules.FirstCallFacts(state=state, may_contact=may_contact, phone=phone, stands=stands))
    assert [finding.item for finding in verdict.open] == open_items


def test_a_slot_is_the_same_whatever_reason_was_given_for_it() -> None:
    place = {"site_id": UUID(int=1), "room_id": None, "staff_user_id": UUID(int=2), "starts_at": AT, "ends_at": AT + timedelta(minutes=20)}
    plain, explained = (rules.Slot(**place, by_hand=ByHand(reason=reason, rostered=None)) for reason in ("", "their only free hour"))
    assert plain.said == explained.said == list(place.values())
    assert explained.place == place | {"by_hand": ByHand(reason="their only free hour", rostered=None)}


def test_a_key_within_is_the_same_for_the_same_write_and_short_enough() -> None:
    assert rules.key_within("k" * 80, "accept") == rules.key_within("k" * 80, "accept")
    assert rules.key_within("k" * 80, "accept") != rules.key_within("k" * 79 + "l", "accept") != rules.key_within("k" * 80, "book")
    assert len(rules.key_within("k" * 80, "accept")) <= 80
