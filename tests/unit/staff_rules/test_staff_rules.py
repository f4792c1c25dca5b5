"""May someone be rostered, and is a credential whole?  Every reason, and all of them at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from afterglow.records.staff.rules import LicenceFact, ShiftFacts, credential_is_whole, may_be_rostered, phone_number

START = datetime(2026, 12, 7, 16, 0, tzinfo=UTC)
GOOD = ShiftFacts(
    duty="on_site",
    starts_at=START,
    ends_at=START + timedelta(hours=8),
    last_on=date(2026, 12, 7),
    site_state="CA",
    roles=frozenset({"session_nurse"}),
    licences=(LicenceFact(kind="nursing_licence", state="CA", expires_on=date(2026, 12, 7)),),
    clashes=(),
)


def licence(**other: Any) -> tuple[LicenceFact, ...]:
    return (LicenceFact(**({"kind": "nursing_licence", "state": "CA", "expires_on": date(2027, 1, 1)} | other)),)


@pytest.mark.parametrize(
    ("other", "open_items"),
    [
        ({}, []),
        ({"ends_at": START}, ["shift.times"]),
        ({"ends_at": START - timedelta(hours=1)}, ["shift.times"]),
        ({"ends_at": START + timedelta(hours=24)}, []),
        ({"ends_at": START + timedelta(hours=25)}, ["shift.times"]),
        ({"duty": "on_call", "ends_at": START + timedelta(days=7)}, []),
        ({"duty": "on_call", "ends_at": START + timedelta(days=8)}, ["shift.times"]),
        ({"licences": ()}, ["shift.licence"]),
        ({"licences": licence(state="NV")}, ["shift.licence"]),
        ({"licences": licence(kind="therapy_licence")}, ["shift.licence"]),
        ({"licences": licence(expires_on=date(2026, 12, 6))}, ["shift.licence"]),
        ({"licences": (*licence(expires_on=date(2026, 12, 6)), *licence())}, []),
        ({"roles": frozenset({"front_desk"}), "licences": ()}, []),
        ({"roles": frozenset({"prescriber", "session_nurse"})}, []),
        ({"clashes": ("Harbour, 08:00 to 16:00",)}, ["shift.free"]),
        ({"ends_at": START, "licences": (), "clashes": ("x",)}, ["shift.times", "shift.licence", "shift.free"]),
    ],
)
def test_may_be_rostered(other: dict[str, Any], open_items: list[str]) -> None:
    assert [finding.item for finding in may_be_rostered(replace(GOOD, **other)).open] == open_items


@pytest.mark.parametrize(
    ("kind", "state", "days", "open_items"),
    [
        ("acls", "", 0, []),
        ("acls", "", -1, ["credential.expires_on"]),
        ("prescriber_licence", "CA", 1, []),
        ("prescriber_licence", "", -1, ["credential.state", "credential.expires_on"]),
    ],
)
def test_a_credential_is_whole(kind: str, state: str, days: int, open_items: list[str]) -> None:
    on = date(2026, 12, 7)
    assert [finding.item for finding in credential_is_whole(kind, state, on + timedelta(days=days), on).open] == open_items


# hazard: H16
@pytest.mark.parametrize(
    ("typed", "number", "good"),
    [
        ("+1 555 0100 222", "+15550100222", True),
        ("+44 20-7946/0958", "+442079460958", True),
        ("", "", True),
        ("   ", "", True),
        ("555 0100", "", False),
        ("+0 555 01000", "", False),
        ("+1 555", "", False),
        ("+1234567890123456", "", False),
        ("+1 555 0100 ext", "", False),
    ],
)
def test_a_number_for_pages_says_its_country(typed: str, number: str, good: bool) -> None:
    got, finding = phone_number(typed)
    assert (got, finding.is_met) == (number, good)


@pytest.mark.parametrize(
    ("kind", "profession", "met"),
    [("nursing_licence", "", True), ("nursing_licence", "LPN", True), ("nursing_licence", "MD", False), ("acls", "RN", False), ("acls", "", True)],
)
def test_a_licence_makes_its_holder_only_what_it_gives(kind: str, profession: str, met: bool) -> None:
    verdict = credential_is_whole(kind, "CA", date(2030, 1, 1), date(2026, 12, 7), profession)
    assert verdict.met is met
    assert [finding.item for finding in verdict.open] == ([] if met else ["credential.profession"])
