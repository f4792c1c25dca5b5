"""The gate's facts about the days after: the integration visits that stand in the calendar."""

from __future__ import annotations

from typing import Any

from afterglow.pathway.session.queries.gate_visit import Visit
from afterglow.pathway.session.rules.gate_facts import After
from afterglow.records.schedule import queries as schedule


def about_the_days_after(held: Visit) -> dict[str, Any]:
    """Facts for `about_the_days_after` of the gate; the infusion's length is the order's, else the one the protocol plans with."""
    content = held.plan.effective
    said = content["visits"]["integration"]
    if held.session.dose_no % said["after_every"]:
        return {"after": After()}
    booked = (row.starts_at for row in schedule.of_person(held.session.person_id) if row.kind == "integration" and row.state == "booked")
    return {
        "after": After(
            wanted=True,
            from_h=said["from_h"],
            to_h=said["to_h"],
            infusion_min=held.order.over_min if held.order else content["block_min"]["infusion"],
            visits=tuple(sorted(booked)),
        )
    }
