"""Late effects on the page of aftercare: due, over their line, or with what is missing, and no dearer with many answers."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from afterglow.doors import clock
from tests.support.aftercare import begun, looked_at
from tests.support.cast import Cast, build_cast
from tests.support.counting import queries_for

pytestmark = pytest.mark.django_db
AGO = timedelta(days=60)


@pytest.fixture
def at() -> datetime:
    """The pages' own time: their views ask the clock."""
    return clock.now().astimezone(UTC)


@pytest.fixture
def cast(db: None, at: datetime) -> Cast:
    made = build_cast(at - AGO)
    begun(made, at - AGO, bladder=False)
    return made


def measured(cast: Cast, when: datetime, *, over: bool | None) -> None:
    looked_at(cast.dan_id, cast.site_id, when, over=over)


def page(cast: Cast, who: str = "ana") -> str:
    text = cast.client(who).get(reverse("aftercare:person", args=[cast.dan_id])).text
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


# req: S115
# hazard: H42
def test_what_was_never_measured_is_due_and_what_nothing_measures_says_so(cast: Cast) -> None:
    said = page(cast)
    assert "Bladder (J) never measured not on record now" in said
    assert "test the urine, ask a urologist" in said
    assert "No scale of ketamine dependence is in the library." in said
    assert said.count("no scale in the library") == 3


# req: S115
# hazard: H42
def test_a_score_over_its_line_stands_until_a_later_one_is_not(cast: Cast, at: datetime) -> None:
    measured(cast, at - timedelta(days=9), over=True)
    assert "Bladder (J) over its line" in page(cast)
    measured(cast, at - timedelta(days=1), over=False)
    assert "Bladder (J) not due yet" in page(cast)


def test_it_costs_the_same_for_one_measurement_and_for_many(cast: Cast, at: datetime) -> None:
    client, url = cast.client("ana"), reverse("aftercare:person", args=[cast.dan_id])
    measured(cast, at - timedelta(days=30), over=None)
    assert "reading not known" in page(cast)
    queries_for(client, url)
    one = queries_for(client, url)
    for number in range(30):
        measured(cast, at - timedelta(days=29, hours=-number), over=False)
    assert queries_for(client, url) == one
