"""Courses of another length than six, from the draft to aftercare: what is proposed, where a review stops them, and that nothing lies beyond."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from afterglow.ground.content.queries import library_file, released
from afterglow.ground.errors import Refusal
from afterglow.pathway.aftercare.actions.start_aftercare import start_aftercare
from afterglow.pathway.aftercare.models import AftercarePlan
from afterglow.pathway.plan.actions.propose_visits import propose_visits
from afterglow.pathway.plan.queries import plans
from afterglow.pathway.plan.rules.changes import Change, individualise
from afterglow.pathway.response.queries import reviews
from tests.support.aftercare import a_dose
from tests.support.cast import Cast
from tests.support.plan import a_plan, an_order, monday_after, ready
from tests.support.response import reviewed

pytestmark = pytest.mark.django_db
WHY = "This person's course, talked over with them."


@dataclass(frozen=True)
class Course:
    """`days`: on which days of the course its doses lie, on weekdays from a Monday; `reviews`: after which doses somebody has to decide."""

    within_days: tuple[int, int]
    apart_days: tuple[int, int]
    days: tuple[int, ...]
    reviews: tuple[int, ...]
    protocol: str = "iv_mdd_standard"

    @property
    def infusions(self) -> int:
        return len(self.days)

    def changes(self) -> list[Change]:
        """What makes the standard protocol this course; a template of its own needs nothing changed."""
        if self.protocol != "iv_mdd_standard":
            return []
        told = {"infusions": self.infusions, "within_days": list(self.within_days), "apart_days": list(self.apart_days)}
        return [Change(path=f"course.{name}", value=value, reason=WHY) for name, value in told.items()]


COURSES = {
    "eight in four weeks": Course((21, 28), (3, 4), (0, 3, 7, 10, 14, 17, 21, 24), (3, 6, 8)),
    "four in four weeks": Course((19, 28), (6, 7), (0, 7, 14, 21), (3, 4)),
    "three in three weeks": Course((13, 21), (6, 7), (0, 7, 14), (3,)),
    "the template of eight": Course((21, 28), (2, 4), (0, 3, 7, 10, 14, 17, 21, 24), (3, 6, 8), "iv_mdd_extended"),
    "the template of four": Course((14, 42), (6, 10), (0, 7, 14, 21), (3, 4), "iv_mdd_spaced"),
}
lengths = pytest.mark.parametrize("course", COURSES.values(), ids=COURSES.keys())


# req: S48 S49
@lengths
def test_every_visit_of_the_course_is_proposed(cast: Cast, at: datetime, course: Course) -> None:
    ready(cast, at)
    plan_id = a_plan(cast, at, protocol=course.protocol, changes=course.changes())
    found = propose_visits(plan_id=plan_id, first_on=monday_after(at), by=cast.ana, at=at)
    assert found.verdict.met, found.verdict.sentence
    held = Counter(visit.kind for visit in found.visits)
    assert held == {"preparation": 1, "infusion": course.infusions, "integration": course.infusions, "review": len(course.reviews)}
    assert tuple(sorted(visit.number for visit in found.visits if visit.kind == "review")) == course.reviews
    days = sorted(visit.starts_at for visit in found.visits if visit.kind == "infusion")
    assert course.within_days[0] <= (days[-1] - days[0]).days + 1 <= course.within_days[1]


# req: S47 S48 S49
@lengths
def test_it_is_given_reviewed_and_finished(cast: Cast, at: datetime, course: Course) -> None:
    ready(cast, at)
    plan_id = a_plan(cast, at, protocol=course.protocol, changes=course.changes())
    for number, day in enumerate(course.days, 1):
        then = at + timedelta(days=day)
        assert plans.plan(plan_id).allowed_doses == min(point for point in course.reviews if point >= number)
        a_dose(cast, cast.dan_id, plan_id, number, then)
        if number not in course.reviews:
            continue
        with pytest.raises(Refusal, match=r"plan\.order_not_signed"):
            an_order(cast, then, plan_id, number + 1, key=f"too soon {number}")
        tomorrow = then + timedelta(days=1)
        waiting = reviews.waiting(cast.ana, tomorrow)
        assert [row.person_id for row in waiting] == [cast.dan_id]
        reviewed(cast, tomorrow, plan_id, "continue" if number < course.infusions else "aftercare")
        assert reviews.waiting(cast.ana, tomorrow) == []
    assert tuple(row.after_dose for row in sorted(reviews.reviews_of(plan_id), key=lambda row: row.after_dose)) == course.reviews
    assert plans.plan(plan_id).protocol.id == course.protocol
    over = at + timedelta(days=course.days[-1] + 2)
    begun = AftercarePlan.objects.get(id=start_aftercare(person_id=cast.dan_id, by=cast.ana, at=over))
    assert (begun.plan_id, begun.first_dose_at, (begun.last_dose_on - begun.first_dose_at.date()).days) == (plan_id, at, course.days[-1])
    with pytest.raises(Refusal, match=r"plan\.order_not_signed"):
        an_order(cast, over, plan_id, course.infusions + 1, key="beyond the end")


# req: S48 S49
# Most that a signer alone may plan: ten of the one template, six of the other.
@pytest.mark.parametrize(("protocol", "most"), [("iv_mdd_extended", 10), ("iv_mdd_spaced", 6)])
def test_a_template_keeps_its_own_span(cast: Cast, at: datetime, protocol: str, most: int) -> None:
    content = library_file("protocols", protocol).content
    asked = {number: individualise(content, [Change(path="course.infusions", value=number, reason=WHY)]) for number in (most, most + 1)}
    assert asked[most].verdict.met and not asked[most].verdict.liftable
    assert [finding.item for finding in asked[most + 1].verdict.open] == ["plan.course.infusions"]
    assert [review["after"] for review in asked[most].content["reviews"]][-1] == most


# req: S55 S105
def test_a_template_has_the_check_ins_of_the_standard_course(db: None) -> None:
    newest = library_file("follow_up", "iv_course")
    before = library_file("follow_up", "iv_course", 1)
    assert set(newest.content["protocols"]) == {each.id for each in released("protocols")}
    told = ("reminders", "silence", "overlap", "aftercare")
    assert [newest.content[part] for part in told] == [before.content[part] for part in told]
    for part in ("after_each_dose", "during_course", "after_course"):
        assert [rule for rule in newest.content[part] if "for" not in rule] == before.content[part], "what everybody is asked"
