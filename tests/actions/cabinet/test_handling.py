"""Who handled what: the report adds up to the ledger, and counts overrides by the names that the stations write."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from afterglow.ground.audit import trail
from afterglow.pathway.screening import events as screening
from afterglow.pathway.session import events as session
from afterglow.records.cabinet.actions.discard import discard
from afterglow.records.cabinet.actions.part import give, return_unused, waste
from afterglow.records.cabinet.queries import handling
from tests.support.cabinet import a_draw, a_lot, signature
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


# req: N28
# hazard: H26
def test_each_person_with_what_became_of_what_they_drew(cast: Cast, at: datetime) -> None:
    lot_id = a_lot(cast, at, vials=4)
    first, second = a_draw(cast, at, lot_id), a_draw(cast, at, lot_id, session_id="s-2", key="draw 2")
    give(draw_id=first, amount_ug=30_000, key="g", by=cast.ben, at=at)
    waste(draw_id=first, amount_ug=4_000, witness=signature(cast.ben, at), reason="left in the line", key="w", by=cast.ana, at=at)
    return_unused(draw_id=second, amount_ug=35_000, witness=signature(cast.ana, at), reason="not given", key="r", by=cast.ben, at=at)
    discard(lot_id=lot_id, volume_ul=1_000, witness=signature(cast.ana, at), reason="broken", key="d", by=cast.ben, at=at)
    a_draw(cast, at, lot_id, session_id="s-3", key="draw 3", by=cast.ana, witness=signature(cast.ben, at))
    ana, ben = handling.handling(cast.clinic_id, since=at - DAY, until=at + DAY)
    assert (ben.name, ben.drug, ben.draws, ben.drawn_ug, ben.given_ug, ben.wasted_ug, ben.returned_ug, ben.open_ug, ben.discarded_ug) == (
        "Ben Okoye", "ketAMINE (racemic)", 2, 70_000, 30_000, 4_000, 35_000, 1_000, 10_000,
    )  # fmt: skip
    assert (ben.wasted_percent, ben.usual_witness, ben.usual_share_percent, ben.witnessed) == (6, "Ana Ruiz", 100, 2)
    assert (ana.name, ana.draws, ana.drawn_ug, ana.open_ug, ana.wasted_ug, ana.witnessed) == ("Ana Ruiz", 1, 35_000, 35_000, 0, 4)
    assert handling.handling(cast.clinic_id, since=at + DAY, until=at + 2 * DAY) == []
    assert handling.handling(cast.other_clinic_id, since=at - DAY, until=at + DAY) == []


# hazard: H26
def test_who_only_watches_has_a_row_too(cast: Cast, at: datetime) -> None:
    a_draw(cast, at, a_lot(cast, at))
    ana, ben = handling.handling(cast.clinic_id, since=at - DAY, until=at + DAY)
    assert (ana.draws, ana.witnessed, ana.wasted_percent, ana.usual_witness, ana.usual_share_percent) == (0, 1, None, "", None)
    assert (ben.draws, ben.witnessed) == (1, 0)


# hazard: H26
# hazard: H49
def test_overrides_are_counted_for_each_person_and_time(cast: Cast, at: datetime) -> None:
    for event, by, when in (
        (session.override_signed, cast.ana, at),
        (session.override_signed, cast.ana, at),
        (screening.override_signed, cast.ana, at),
        (session.override_countersigned, cast.ben, at),
        (screening.override_countersigned, cast.ana, at),
        (session.override_signed, cast.ben, at - 8 * DAY),  # before the time asked for
        (session.override_signed, cast.cora, at),  # another clinic
        (session.override_signed, cast.ben, at + DAY),  # after it
    ):
        trail.record(event, by=by, at=when, person_id=cast.dan_id, reason="as told")
    found = handling.overrides(cast.clinic_id, since=at - 7 * DAY, until=at + timedelta(minutes=1))
    assert [(row.name, row.signed, row.countersigned) for row in found] == [("Ana Ruiz", 3, 1), ("Ben Okoye", 0, 1)]


def test_every_override_that_a_station_writes_is_counted() -> None:
    written = {
        value for events in (session, screening) for name, value in vars(events).items() if name.startswith("override_") and isinstance(value, str)
    }
    assert set(handling.OVERRIDES) == {value for value in written if value.endswith(("_signed", "_countersigned"))}
