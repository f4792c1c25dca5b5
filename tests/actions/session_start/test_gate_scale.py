"""The mania scale before each dose, on real rows: asked by the plan's protocol, answered by a colleague, checked again at the start."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from afterglow.ground import ids
from afterglow.ground.content.queries import library_file
from afterglow.ground.errors import Refusal
from afterglow.pathway.plan.models import TreatmentPlan
from afterglow.pathway.session import access
from afterglow.pathway.session.models import Session
from afterglow.pathway.session.queries.gate_verdict import gate_now
from afterglow.records.measures.actions.answer import answer
from afterglow.records.measures.actions.assign import assign
from afterglow.science.verdict import Finding
from tests.support.scales import own_scale
from tests.support.session import OnTheWay, booked, started


def on_protocol(way: OnTheWay, version: int | None = None) -> None:
    """Dan's plan as one for bipolar depression.  A row: the way there is screening's and the plan's own test."""
    TreatmentPlan.objects.filter(id=way.plan_id).update(protocol_id=library_file("protocols", "iv_bipolar_depression", version).pk)


def scale_item(way: OnTheWay, at: datetime) -> Finding | None:
    verdict = gate_now(access.fetch_session(way.cast.ben, way.session_id), by=way.cast.ben, at=at).verdict
    return next((finding for finding in verdict if finding.item == "scale_before"), None)


def rate(way: OnTheWay, name: str, at: datetime, value: int = 0) -> None:
    items = {"ymrs": 11, "asrm": 5}[name]
    paper = assign(
        person_id=way.person_id, instrument=name, occasion=f"{at:%j %H}", channel="staff", site_id=way.cast.site_id, by=way.cast.ben, at=at
    )
    given = dict.fromkeys([f"q{number}" for number in range(1, items + 1)], value)
    answer(assignment_id=paper, answers=given, taken_at=at, key=f"{name} {at}", by=way.cast.ben, at=at)


# req: S19
def test_no_other_plan_is_asked_for_it(ready: OnTheWay, at: datetime) -> None:
    assert scale_item(ready, at) is None


# req: S19
# hazard: H41
@pytest.mark.parametrize("version", [None, 1])
def test_it_is_open_until_a_scale_is_complete_and_the_start_asks_again(ready: OnTheWay, at: datetime, version: int | None) -> None:
    """Also for a plan that was made from the version of the protocol before this rule."""
    on_protocol(ready, version)
    found = scale_item(ready, at)
    assert found is not None and (found.state, found.lifted_by) == ("unknown", "two_signatures")
    assert "holds no licence" in found.sentence
    with pytest.raises(Refusal, match="session.gate_unmet") as refused:
        started(ready, at)
    assert "scale_before" in [finding.item for finding in refused.value.findings]
    own_scale(ready.cast, at, "asrm")
    found = scale_item(ready, at)
    assert found is not None and "Rate it now" in found.sentence
    rate(ready, "asrm", at)
    found = scale_item(ready, at + timedelta(minutes=1))
    assert found is not None and found.is_met


# req: S19
# hazard: H41
def test_one_from_before_the_last_dose_says_nothing_about_the_days_after_it(ready: OnTheWay, at: datetime) -> None:
    on_protocol(ready)
    own_scale(ready.cast, at - timedelta(days=4), "asrm")
    rate(ready, "asrm", at - timedelta(days=4))
    held = scale_item(ready, at)
    assert held is not None and held.is_met
    row = Session.objects.get(id=ready.session_id)
    row.id, row.state, row.order_id = ids.new_id(at - timedelta(days=3)), "discharged", None
    row.appointment_id = booked(ready.cast, ready.person_id, ready.plan_id, at - timedelta(days=3), dose_no=2)
    row.started_at = row.dosing_ended_at = row.ended_at = at - timedelta(days=3)
    row.started_by, row.dose_no = "Ben Okoye", 2
    row.save(force_insert=True)
    found = scale_item(ready, at)
    assert found is not None and (found.state, found.lifted_by) == ("unmet", "two_signatures")


# req: S19
def test_a_score_over_its_line_is_rated_and_still_holds_the_dose(ready: OnTheWay, at: datetime) -> None:
    on_protocol(ready)
    own_scale(ready.cast, at, "ymrs")
    rate(ready, "ymrs", at, value=2)
    verdict = gate_now(access.fetch_session(ready.cast.ben, ready.session_id), by=ready.cast.ben, at=at + timedelta(minutes=1)).verdict
    states = {finding.item: finding.state for finding in verdict}
    assert (states["scale_before"], states["prescriber_decides"]) == ("met", "unmet")
