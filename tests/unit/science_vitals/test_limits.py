"""A limit that nobody accepted is missing, never guessed."""

from __future__ import annotations

import pytest

from afterglow.science.vitals.limits import REQUIRED, LimitMissing, SiteLimits, complete_limits, missing_limits, proposed_limits
from tests.unit.session_rules.facts import alert_file, limits


# hazard: H50
def test_an_empty_site_misses_everything_by_name() -> None:
    everything = tuple(f"{limit}.{name}" for limit, names in REQUIRED.items() for name in names)
    assert missing_limits({}) == everything
    with pytest.raises(LimitMissing, match=r"Not accepted yet: sbp\.notify_below") as caught:
        complete_limits({})
    assert caught.value.missing == everything


# hazard: H50
def test_one_missing_number_is_enough() -> None:
    values = {limit: dict(numbers) for limit, numbers in limits().values.items()}
    del values["rr"]["act_below"]
    assert missing_limits(values) == ("rr.act_below",)
    with pytest.raises(LimitMissing, match=r"rr\.act_below"):
        SiteLimits(values).at("rr", "act_below")
    with pytest.raises(LimitMissing, match=r"nothing\.here"):
        SiteLimits(values).at("nothing", "here")


def test_what_the_library_proposes_is_whole() -> None:
    assert missing_limits(proposed_limits(alert_file("site_limits")["limits"]).values) == ()
    assert limits().at("spo2", "act_below") == 90.0
