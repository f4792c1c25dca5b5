"""What the plan station's queries give: each time a course was let go further, and whom the station waits for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class AllowanceRow:
    at: datetime
    by: str
    before: int
    up_to: int
    bridging: bool
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingRow:
    """Someone the plan station waits for: without a plan, with an unsigned draft, or with an infusion soon that has no order.

    `moment`: since when the plan waits, or when the infusion is.  `strong`: the infusion is within a day.
    """

    what: Literal["plan", "draft", "order", "visits"]
    person_id: UUID
    person_name: str
    record_no: str
    plan_id: UUID | None
    dose_no: int | None
    note: str
    moment: datetime
    strong: bool = False
