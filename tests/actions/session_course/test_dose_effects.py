"""What a dose did, read back from its chart: for the page that compares doses."""

from __future__ import annotations

from datetime import timedelta

from afterglow.pathway.session.actions.pause import pause_dose
from afterglow.pathway.session.actions.rate_person import rate_person
from afterglow.pathway.session.actions.stop import stop_dose
from afterglow.pathway.session.models import Session
from afterglow.pathway.session.queries.dose_effects import DoseEffects, dose_effects
from tests.support.course import AT, vitals
from tests.support.session import OnTheWay

MINUTE = timedelta(minutes=1)


def effects(way: OnTheWay) -> DoseEffects:
    since = Session.objects.get(id=way.session_id).started_at
    assert since is not None
    return dose_effects({way.session_id: since})[way.session_id]


# req: N2
def test_the_highest_that_was_charted_since_the_start_counts(way: OnTheWay) -> None:
    for number, (sbp, nausea, detached) in enumerate([(131, 0, 3), (149, 4, 8), (138, 2, 5)], 1):
        vitals(way, AT + 10 * number * MINUTE, key=f"v {number}", sbp=sbp, dbp=80, nausea=nausea, detached=detached)
    rate_person(session_id=way.session_id, item="cadss_peak", value=31, key="c", by=way.cast.ben, at=AT + 25 * MINUTE)
    found = effects(way)
    assert found.own_sbp is not None and found.own_sbp < 131
    assert (found.highest_sbp, found.nausea, found.detached.peak, found.cadss) == (149.0, 4, 8, "31")
    assert found.infusion is not None and found.infusion.drug == "ketamine_racemic"


def test_a_paused_dose_is_not_over_and_a_stopped_one_is(way: OnTheWay) -> None:
    assert not effects(way).is_over
    pause_dose(session_id=way.session_id, key="p", by=way.cast.ben, at=AT + 5 * MINUTE)
    assert not effects(way).is_over
    stop_dose(session_id=way.session_id, key="s", by=way.cast.ben, at=AT + 6 * MINUTE)
    assert effects(way).is_over


def test_what_nobody_charted_is_none(way: OnTheWay) -> None:
    found = effects(way)
    assert (found.highest_sbp, found.nausea, found.detached.peak, found.cadss) == (None, None, None, "not asked")


def test_a_rating_that_was_declined_says_why(way: OnTheWay) -> None:
    rate_person(session_id=way.session_id, item="cadss_peak", value=None, declined="asleep", key="c", by=way.cast.ben, at=AT + 25 * MINUTE)
    assert effects(way).cadss == "no number: asleep"


def test_no_dose_costs_no_question(way: OnTheWay) -> None:
    assert dose_effects({}) == {}
