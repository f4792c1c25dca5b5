"""The talks that the template asks for, set beside the calendar."""

from __future__ import annotations

import pytest

from afterglow.pathway.plan.rules.beside import talks

CONTENT = {
    "course": {"infusions": 6},
    "visits": {"preparation": {"count": 1}, "integration": {"after_every": 2}},
    "reviews": [{"after": 3}, {"after": 6}, {"after": 9}],
}


# req: S45
@pytest.mark.parametrize(
    ("visits", "preparation", "integration", "review"),
    [
        ([], (1, 0, 0, "1 fewer than the template"), (3, 0, 0, "3 fewer than the template"), (2, 0, 0, "2 fewer than the template")),
        (
            [("preparation", "done"), *[("integration", "booked")] * 3, ("review", "booked"), ("review", "done"), ("dosing", "booked")],
            (1, 1, 1, ""),
            (3, 3, 0, ""),
            (2, 2, 1, ""),
        ),
        (
            [("preparation", "cancelled"), ("preparation", "done"), ("preparation", "booked"), ("integration", "missed")],
            (1, 2, 1, "1 more than the template"),
            (3, 0, 0, "3 fewer than the template"),
            (2, 0, 0, "2 fewer than the template"),
        ),
    ],
)
def test_each_kind_of_talk_against_the_template(
    visits: list[tuple[str, str]], preparation: tuple[int, int, int, str], integration: tuple[int, int, int, str], review: tuple[int, int, int, str]
) -> None:
    found = [(line.asked, line.placed, line.held, line.difference) for line in talks(CONTENT, visits)]
    assert found == [preparation, integration, review]
