"""The gate's question about the days after: the integration visit is booked before the dose."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from afterglow.pathway.session.rules.gate import may_start
from afterglow.pathway.session.rules.gate_after import about_the_days_after, integration_booked
from afterglow.pathway.session.rules.gate_facts import After, GateFacts
from tests.unit.session_rules.facts import READY, limits

WANTED = After(wanted=True, from_h=24, to_h=72, infusion_min=40)


def with_visits(*hours_after_the_end: float) -> GateFacts:
    ends_at = READY.at + timedelta(minutes=40)
    return replace(READY, after=replace(WANTED, visits=tuple(ends_at + timedelta(hours=hours) for hours in hours_after_the_end)))


# req: S94 N22
@pytest.mark.parametrize(
    ("hours", "met"),
    [((), False), ((31,), True), ((22,), True), ((21.9,), False), ((74,), True), ((74.1,), False), ((5, 100), False), ((5, 48), True)],
)
def test_a_visit_stands_in_the_calendar_inside_the_window(hours: tuple[float, ...], met: bool) -> None:
    """The window is 24 to 72 hours after the end of the infusion, with two hours for a start that slips."""
    finding = integration_booked(with_visits(*hours))
    assert finding.is_met is met
    assert finding.lifted_by == ("" if met else "two_signatures")


def test_its_sentence_does_not_change_by_itself() -> None:
    """An override is bound to the sentence that was read: it must say the same a while later."""
    later = replace(with_visits(), at=READY.at + timedelta(minutes=40))
    assert integration_booked(with_visits()).sentence == integration_booked(later).sentence


def test_the_gate_asks_where_the_protocol_does_and_is_silent_where_it_does_not() -> None:
    assert about_the_days_after(READY) == ()
    assert may_start(READY, limits()).met
    without = may_start(replace(READY, after=WANTED), limits())
    assert [finding.item for finding in without.open] == ["integration_booked"]
    assert may_start(with_visits(48), limits()).met
