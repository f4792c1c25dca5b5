"""When a plan made anew is longer than what the person agreed to (S51)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from afterglow.pathway.plan.rules.extension import EarlierCourse, Version, extension_is_agreed, made_anew

SIGNED = datetime(2026, 11, 2, 9, tzinfo=UTC)
DAY = timedelta(days=1)
DRAFTED = SIGNED + 30 * DAY
NOBODY = None


def course(given: int, *infusions: int, made: int = 1, ended: int | None = 20) -> EarlierCourse:
    """Versions drafted a day apart from so many days after the signature; the last one ended on that day."""
    last = len(infusions) - 1
    over = None if ended is None else SIGNED + ended * DAY
    return EarlierCourse(
        versions=tuple(
            Version(infusions=number, made_at=SIGNED + (made + place) * DAY, ended_at=over if place == last else SIGNED + (made + place + 1) * DAY)
            for place, number in enumerate(infusions)
        ),
        given=given,
    )


# req: S51
# hazard: H42
@pytest.mark.parametrize(
    ("courses", "agreed_at", "found"),
    [
        ([], SIGNED, None),
        ([course(0, 6)], SIGNED, None),  # ended before the first infusion: six are still six
        ([course(3, 6)], SIGNED, (6, 9)),
        ([course(3, 6, ended=None)], SIGNED, (6, 9)),
        ([course(3, 6, ended=0)], SIGNED, (6, 9)),  # ended at the moment of the signature
        ([course(3, 6, ended=-1)], SIGNED, None),  # agreed anew since
        ([course(3, 6)], NOBODY, (6, 9)),
        ([course(1, 6), course(1, 6, made=8)], SIGNED, (6, 8)),
        ([course(6, 6, 10)], SIGNED, (6, 12)),  # the longer version was written after the signature: two signed it, the person did not
        ([course(7, 6, 14, made=-3)], SIGNED, None),  # the person signed under the longer version
        ([course(9, 6, 14, made=-3)], SIGNED, (14, 15)),
    ],
)
def test_a_plan_made_anew_counts_what_was_given_before(
    courses: list[EarlierCourse], agreed_at: datetime | None, found: tuple[int, int] | None
) -> None:
    extension = made_anew(courses, infusions=6, made_at=DRAFTED, agreed_at=agreed_at)
    assert (extension and (extension.before, extension.now)) == found


def test_the_sentence_names_what_was_given_before() -> None:
    told = extension_is_agreed(made_anew([course(3, 6)], infusions=6, made_at=DRAFTED, agreed_at=SIGNED))
    assert (told.state, told.lifted_by) == ("unmet", "two_signatures")
    assert told.sentence.startswith("9 infusions in all, 3 of them given under earlier plans, instead of 6: the person signed before")
