"""The day that a person's own course proposes, read from their courses, boosters and scores as they are on record."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from afterglow.pathway.aftercare.actions.end_aftercare import end_aftercare
from afterglow.pathway.aftercare.queries.timing import own_timing
from tests.support.aftercare import a_booster, a_dose, begun, scored
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


# req: S63
def test_each_dose_after_the_course_is_read_on_its_own(cast: Cast, at: datetime) -> None:
    scored(cast, cast.dan_id, 20, at - DAY)
    course, aftercare_id, then = begun(cast, at)
    last = course.ended_at
    for days, total in ((7, 6), (28, 8), (42, 15)):
        scored(cast, cast.dan_id, total, last + days * DAY)
    given_at = last + 45 * DAY
    a_dose(cast, cast.dan_id, course.plan_id, a_booster(cast, aftercare_id, given_at), given_at)
    before = own_timing(cast.dan_id, given_at - DAY)
    assert before is not None and before.on is not None and before.relapses == 1 and "gone since" in before.sentence
    scored(cast, cast.dan_id, 7, given_at + 7 * DAY)
    found = own_timing(cast.dan_id, given_at + 8 * DAY)
    assert found is not None
    assert [(each.after.what, each.ended, each.held_days, each.gone_days) for each in found.basis] == [
        ("the course", "relapse", 28, 42),
        ("booster 1", "held", 7, None),
    ]
    assert (found.on, found.relapses) == (found.basis[-1].after.dose_on + 21 * DAY, 1)
    assert found.sentence.startswith("At the shortest a response held 28 days; 7 days are taken off, counted from booster 1.")
    end_aftercare(aftercare_id=aftercare_id, reason="Moved away.", by=cast.ana, at=given_at + 9 * DAY)
    assert own_timing(cast.dan_id, given_at + 9 * DAY) is None
    assert then < given_at


def test_who_never_answered_gets_no_date(cast: Cast, at: datetime) -> None:
    _, _, then = begun(cast, at)
    found = own_timing(cast.dan_id, then)
    assert found is not None and found.on is None and [each.ended for each in found.basis] == ["not_judged"]
