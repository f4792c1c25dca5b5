"""Beside the infusions, on the plan's page: hope, talks and medicines, with what differs from the template."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from afterglow.doors import clock
from afterglow.pathway.plan.models import TreatmentPlan
from afterglow.pathway.plan.queries import plans as queries
from afterglow.pathway.plan.rules.changes import Change
from afterglow.records.chart.actions.record_comfort import record_comfort
from afterglow.records.chart.actions.record_medicine import record_medicine
from tests.support.cast import Cast, build_cast
from tests.support.counting import queries_for
from tests.support.plan import a_draft, a_plan, ready
from tests.support.response import asked

pytestmark = pytest.mark.django_db


@pytest.fixture
def at() -> datetime:
    """The pages' own time: their views ask the clock."""
    return clock.now().astimezone(UTC)


@pytest.fixture
def cast(db: None, at: datetime) -> Cast:
    return build_cast(at)


# req: S45
def test_the_plan_shows_what_stands_beside_the_infusions_and_what_differs(cast: Cast, at: datetime) -> None:
    ready(cast, at)
    page = reverse("plan:plan", args=[a_plan(cast, at)])
    ana = cast.client("ana")
    before, empty = queries_for(ana, page), ana.get(page).text
    assert "not asked yet" in empty and "6 fewer than the template" in empty
    record_comfort(person_id=cast.dan_id, intention="To play with my children again.", by=cast.ana, at=at)
    for name in ("sertraline", "lisinopril"):
        record_medicine(person_id=cast.dan_id, name=name, dose_text="50 mg", by=cast.ana, at=at)
    shown = ana.get(page).text
    assert "To play with my children again." in shown and "sertraline, 50 mg; lisinopril, 50 mg." in shown
    assert reverse("integration:person", args=[cast.dan_id]) in shown
    assert "Goals and practice" not in cast.client("ben").get(page).text, "no link that refuses"
    assert reverse("integration:goals_shown", args=[cast.dan_id]) in shown and "<b>Who takes part:</b>" in shown
    assert "goals/shown" not in cast.client("ben").get(page).text
    assert queries_for(ana, page) == before
    held = queries.plan_in_force(cast.dan_id)
    assert held is not None and held.effective["course"]["infusions"] == 6


# req: S30
def test_the_number_of_infusions_stands_beside_how_severe_it_was(cast: Cast, at: datetime) -> None:
    ready(cast, at)
    asked(cast, at - timedelta(days=12), 21, occasion="baseline")
    ana, new = cast.client("ana"), reverse("plan:new", args=[cast.dan_id])
    before = ana.get(new).text
    assert "As it stands now" in before and "severe" in before and "Nobody was asked for a baseline." in before
    change = Change(path="course.infusions", value=5, reason="Half better before with five.")
    page = reverse("plan:plan", args=[a_draft(cast, at, changes=[change])])
    draft = ana.get(page).text
    assert "<b>5 infusions</b>, where the protocol has 6, because Half better before with five." in draft and "12 days ago" in draft
    ana.post(reverse("plan:end", args=[queries.plans_of(cast.dan_id)[0].id]), {"reason": "as the protocol"})
    page = reverse("plan:plan", args=[a_plan(cast, at, key="signed")])
    few, signed = queries_for(ana, page), ana.get(page).text
    assert "<b>6 infusions</b>, as the protocol has it." in signed and "12 days before the signature" in signed
    assert "Kept with the signature" in signed and "no number of infusions follows from it" in signed
    TreatmentPlan.objects.update(baseline_text="{}")
    assert "signed before the baseline was kept with it" in ana.get(page).text
    assert queries_for(ana, page) == few
