"""What is asked at an integration visit: the suicide interview, a scale that is due, the flags they raise, and the change they show."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from afterglow.ground.audit.models import AuditRow
from afterglow.ground.errors import Forbidden, NotFound, Refusal
from afterglow.pathway.integration.models import Visit
from afterglow.pathway.integration.queries.course import at_visit
from afterglow.records.flags import queries as flags
from afterglow.records.measures import queries as measures
from afterglow.records.measures.actions.answer import answer
from afterglow.records.measures.actions.assign import assign
from afterglow.records.measures.actions.at_contact import ask_scale
from afterglow.records.measures.models import Assignment, NotAsked, Response
from afterglow.records.schedule.models import Appointment
from tests.support.contact import QUESTIONS, five
from tests.support.course import AT
from tests.support.integration import LATER, VISIT_AT, held, visit_id
from tests.support.session import OnTheWay

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def a_late_visit(way: OnTheWay) -> dict[str, Any]:
    """The visit of Dan held nine days after his dose, when the PHQ-9 may be asked again."""
    then = VISIT_AT + 8 * DAY
    Appointment.objects.filter(id=visit_id(way)).update(starts_at=then, ends_at=then + timedelta(minutes=50))
    return {"held_at": then, "at": then + timedelta(hours=1)}


def scored(way: OnTheWay, instrument: str, each: int, at: Any, **other: int) -> None:
    """Asked by Theo in person, every question answered with the same number; the last one of the PHQ-9 is not scored."""
    paper = assign(
        person_id=way.person_id, instrument=instrument, occasion="course", channel="staff", site_id=way.cast.site_id, by=way.cast.theo, at=at
    )
    said = {question.id: each for question in measures.paper(instrument).questions} | other
    answer(assignment_id=paper, answers=said, taken_at=at, key=f"{instrument} {at}", by=way.cast.theo, at=at)


# req: S105
# hazard: H16
def test_the_interview_of_a_visit_is_kept_as_it_was_answered(way: OnTheWay) -> None:
    held(way)
    row = at_visit(way.person_id, visit_id(way), LATER).interview
    assert row is not None and (row.band, row.complete, row.taken_at, row.asked_by) == ("nothing since last contact", True, VISIT_AT, "staff")
    assert dict(row.answers) == dict.fromkeys(QUESTIONS, 0)
    assert flags.open_for(way.person_id, LATER) == []
    assert held(way) and Response.objects.filter(instrument_name="suicide_since_last_contact").count() == 1, "the same form twice asks once"


# req: S105
# hazard: H16
@pytest.mark.parametrize(
    ("asked", "kind", "urgency"),
    [
        (five(wish_to_be_dead=1), "suicide_thoughts", "today"),
        (five(thoughts=1, method=1), "suicide_thoughts_with_method", "urgent"),
        (five(act_or_preparation=1), "suicide_intent_or_act", "urgent"),
        (five(intent_or_plan="declined"), "suicide_interview_open", "urgent"),
        (five("Her brother was in the room.", **dict.fromkeys(QUESTIONS, "not_asked")), "suicide_interview_open", "urgent"),
    ],
)
def test_a_yes_and_a_question_without_an_answer_open_a_flag_that_who_asked_owns(way: OnTheWay, asked: Any, kind: str, urgency: str) -> None:
    held(way, asked=asked)
    assert [(row.kind, row.urgency, row.owner_name) for row in flags.open_for(way.person_id, LATER)] == [(kind, urgency, "Theo Lind")]


# req: S105
def test_why_a_question_was_not_asked_is_kept_and_audited(way: OnTheWay) -> None:
    held(way, asked=five("Her brother was in the room.", thoughts="not_asked", why_no_scale=""))
    assert at_visit(way.person_id, visit_id(way), LATER).not_asked == (("Since last contact", "Her brother was in the room."),)
    row = AuditRow.objects.get(event="measures.not_asked")
    assert row.person_id == way.person_id and row.reason == "Her brother was in the room."


# req: S105
# hazard: H16
@pytest.mark.parametrize(
    ("other", "items"),
    [
        ({"asked": None}, ["contact.suicide"]),
        ({"asked": five(method=None)}, ["contact.suicide"]),
        ({"asked": five(method="not_asked")}, ["contact.suicide"]),
        ({"state": "missed", "happened": "", "asked": five(why_no_scale="")}, ["contact.suicide"]),
    ],
)
def test_a_visit_without_the_interview_is_not_recorded(way: OnTheWay, other: dict[str, Any], items: list[str]) -> None:
    with pytest.raises(Refusal) as refused:
        held(way, **other)
    assert [finding.item for finding in refused.value.findings] == items
    assert not Visit.objects.exists() and not Assignment.objects.filter(source_kind="integration.visit").exists()


def test_an_answer_that_the_interview_does_not_offer_takes_everything_back(way: OnTheWay) -> None:
    with pytest.raises(Refusal, match=r"measures\.unknown_answer"):
        held(way, asked=five(method=5))
    assert not Visit.objects.exists() and not Assignment.objects.filter(source_kind="integration.visit").exists()


def test_a_missed_visit_asks_nobody(way: OnTheWay) -> None:
    held(way, state="missed", happened="")
    assert at_visit(way.person_id, visit_id(way), LATER).interview is None and not NotAsked.objects.exists()


# req: S96 S105
def test_the_phq_9_is_due_a_week_after_the_first_dose_and_its_absence_is_explained(way: OnTheWay) -> None:
    early = at_visit(way.person_id, visit_id(way), LATER)
    assert early.due is None and [scale.now.met for scale in early.scales] == [False, False]
    assert "looks back over the time before the first dose" in early.scales[0].now.sentence
    late = a_late_visit(way)
    due = at_visit(way.person_id, visit_id(way), late["at"]).due
    assert due is not None and due.name == "PHQ-9"
    with pytest.raises(Refusal) as refused:
        held(way, asked=five(why_no_scale=" "), **late)
    assert [finding.item for finding in refused.value.findings] == ["contact.scale"]
    held(way, asked=five(why_no_scale="Had to leave."), **late)
    assert at_visit(way.person_id, visit_id(way), late["at"]).not_asked == (("PHQ-9", "Had to leave."),)


# req: S105
# hazard: H16
def test_item_9_asked_at_the_visit_raises_its_own_flag_and_nothing_is_due_after_it(way: OnTheWay) -> None:
    late = a_late_visit(way)
    scored(way, "phq9", 1, late["at"], q9=1)
    assert [(row.kind, row.owner_name) for row in flags.open_for(way.person_id, late["at"])] == [("suicide_item_rising", "Theo Lind")]
    assert at_visit(way.person_id, visit_id(way), late["at"]).due is None
    held(way, asked=five(why_no_scale=""), **late)
    assert not NotAsked.objects.exists()


# req: S96
def test_the_change_since_the_last_time_and_since_the_first_dose(way: OnTheWay) -> None:
    for each, at in ((2, AT - 3 * DAY), (1, AT + 8 * DAY), (0, AT + 16 * DAY)):
        scored(way, "gad7", each, at)
        scale = at_visit(way.person_id, visit_id(way), at).scales[1]
        assert scale.latest is not None and scale.latest.total == 7 * each and not scale.now.met
    assert (scale.since_last, scale.since_words) == (-7, "7 points less")
    assert scale.standing is not None and scale.standing.sentence.startswith("Remission: 14 before the first dose, 0 now")


# req: S96
def test_a_scale_is_asked_from_the_visit_and_not_too_soon(way: OnTheWay) -> None:
    told: dict[str, Any] = {"person_id": way.person_id, "site_id": way.cast.site_id, "first_dose_at": AT, "by": way.cast.theo}
    with pytest.raises(Refusal, match=r"measures\.too_soon"):
        ask_scale(instrument="gad7", at=AT + 6 * DAY, **told)
    with pytest.raises(NotFound):
        ask_scale(instrument="asq", at=AT + 8 * DAY, **told)
    with pytest.raises(Forbidden):
        ask_scale(instrument="gad7", at=AT + 8 * DAY, **told | {"by": way.cast.faye})
    made = ask_scale(instrument="gad7", at=AT + 8 * DAY, **told)
    assert ask_scale(instrument="gad7", at=AT + 8 * DAY, **told) == made
    row = Assignment.objects.get(id=made)
    assert (row.channel, row.occasion, row.state) == ("staff", "contact", "open")
