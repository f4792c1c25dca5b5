"""A scale whose wording needs a licence, made ready at the cast's site: licence and own text."""

from __future__ import annotations

from datetime import datetime, timedelta

from afterglow.records.measures import queries, rules
from afterglow.records.measures.actions.load_text import load_text
from afterglow.records.measures.actions.record_licence import record_licence
from tests.support.cast import Cast


def own_scale(cast: Cast, at: datetime, name: str) -> None:
    """The clinic's own text says "first q1 0" for the answer 0 of question q1."""
    record_licence(
        instrument=name, holder="Harbour Clinic", reference=f"{name}-17", from_on=at.date(), until_on=at.date() + timedelta(days=300),
        site_id=cast.site_id, by=cast.olga, at=at,
    )  # fmt: skip
    made = queries.paper(name).instrument
    lines = [rules.Line(item=item, answer=answer, text=f"first {item} {answer}".strip()) for item, answer in rules.places(made)]
    load_text(instrument=name, lines=lines, site_id=cast.site_id, by=cast.olga, at=at)
