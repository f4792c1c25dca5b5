"""The baseline is kept with the signature, stays as it was, and is one for the whole course."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from afterglow.pathway.plan.actions.end_plan import end_plan
from afterglow.pathway.plan.actions.sign_plan import sign_plan
from afterglow.pathway.plan.models import TreatmentPlan
from afterglow.pathway.plan.queries import plans as queries
from afterglow.pathway.plan.queries.baseline import baseline_for
from afterglow.pathway.plan.rules.baseline import Baseline
from afterglow.pathway.plan.rules.changes import Change
from tests.support.cabinet import signature
from tests.support.cast import Cast
from tests.support.plan import a_draft, a_plan, clear, consent, ready
from tests.support.response import asked

pytestmark = pytest.mark.django_db
STAGED = json.dumps({"stages": [{"title": "Maudsley staging", "sentence": "9 (moderate)", "parts": ["Duration: 2"]}]})
MORE = Change(path="course.infusions", value=5, reason="Half better before with five.")


def kept(plan_id: UUID) -> Baseline:
    held = queries.plan(plan_id).baseline
    assert held is not None
    return held


# req: S30
def test_the_signature_keeps_how_ill_the_person_was(cast: Cast, at: datetime) -> None:
    clear(cast, at, cast.dan_id, saw=STAGED)
    consent(cast, at, cast.dan_id)
    asked(cast, at - timedelta(days=12), 21, occasion="baseline")
    draft = a_draft(cast, at)
    assert queries.plan(draft).baseline is None, "a draft keeps nothing yet"
    seen = baseline_for(queries.plan(draft), at=at)
    assert seen is not None and [score.total for score in seen.scores] == [21, None]
    sign_plan(plan_id=draft, signed=signature(cast.ana, at), by=cast.ana, at=at)
    baseline = kept(draft)
    assert [(score.instrument, score.total, days) for score, days in baseline.lines] == [("phq9", 21, 12), ("gad7", None, None)]
    assert [(stage.title, stage.sentence) for stage in baseline.stages] == [("Maudsley staging", "9 (moderate)")]
    assert (baseline.at, baseline.decided_at) == (at, at)
    asked(cast, at + timedelta(hours=1), 9, occasion="baseline")
    assert kept(draft) == baseline, "later answers change nothing"


# req: S30
def test_a_course_has_one_baseline_through_its_versions_and_the_next_course_its_own(cast: Cast, at: datetime) -> None:
    ready(cast, at)
    asked(cast, at - timedelta(days=20), 20, occasion="baseline")
    first = a_plan(cast, at)
    later = at + timedelta(hours=1)
    asked(cast, later, 8, occasion="baseline")
    second = a_draft(cast, later, changes=[MORE], replaces=first, key="revise")
    assert baseline_for(queries.plan(second), at=later) == kept(first)
    sign_plan(plan_id=second, signed=signature(cast.ana, later), by=cast.ana, at=later)
    assert kept(second) == kept(first) and kept(second).scores[0].total == 20
    end_plan(plan_id=second, reason="Moved away.", by=cast.ana, at=later)
    anew = a_plan(cast, later, key="anew")
    assert kept(anew).scores[0].total == 8


def test_a_plan_from_before_says_that_it_kept_none(cast: Cast, at: datetime) -> None:
    ready(cast, at)
    plan_id = a_plan(cast, at)
    TreatmentPlan.objects.filter(id=plan_id).update(baseline_text="{}")
    assert baseline_for(queries.plan(plan_id), at=at) is None
