"""A protocol rehearsed for a site: invented people through its open weekdays, worked out once a day and process."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from uuid import UUID

from afterglow.ground.accounts import queries as accounts
from afterglow.ground.content.queries import library_file, library_row
from afterglow.pathway.plan.rules.rehearsed import Assumed, Rehearsal, rehearse
from afterglow.science.dosing.limits import drugs_from

PEOPLE = 1000
SEED = 1


def prescribers_of(clinic_id: UUID) -> int:
    """How many people of the clinic may sign a review: they stand in for one another."""
    return len(accounts.staff_of(clinic_id, role="prescriber"))


@lru_cache(maxsize=64)
def rehearsed(protocol_id: UUID, first_on: date, open_weekdays: frozenset[int], *, covered: bool) -> Rehearsal:
    """A thousand invented people who begin within a year from a day.  `covered`: some prescriber is there whenever the clinic is open."""
    drugs = drugs_from(library_file("codes", "ketamine_products").content)
    assumed = Assumed(away_weeks=0) if covered else Assumed()
    content = library_row(protocol_id).content
    return rehearse(content, drugs, first_on=first_on, people=PEOPLE, seed=SEED, open_weekdays=open_weekdays, assumed=assumed)
