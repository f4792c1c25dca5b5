"""The lists of medicines and problems of a whole clinic as they were written, light enough to read for twenty thousand people at once."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from afterglow.ground.columns import as_text
from afterglow.records.chart.models import ListReview, Medicine, Person, Problem


def medicines_written(clinic_id: UUID, until: datetime) -> list[tuple[str, str, str, str | None, bool, str, date | None]]:
    """(person, when, line, the line it replaces, taken back, name, stopped on) of everything written by `until`, in no order.  One query; keys and
    times as `ground.columns`."""
    rows = Medicine.objects.filter(person__clinic_id=clinic_id, recorded_at__lte=until)
    columns = (as_text("person_id"), as_text("recorded_at"), as_text("id"), as_text("replaces_id"), "withdrawn", "name", "stopped_on")
    return list(rows.values_list(*columns))


def problems_written(clinic_id: UUID, until: datetime) -> list[tuple[str, str, str, str | None, bool, str]]:
    """(person, when, line, the line it replaces, taken back, code) of every problem written by `until`, in no order.  One query; keys and times as
    `ground.columns`."""
    rows = Problem.objects.filter(person__clinic_id=clinic_id, recorded_at__lte=until)
    columns = (as_text("person_id"), as_text("recorded_at"), as_text("id"), as_text("replaces_id"), "withdrawn", "code")
    return list(rows.values_list(*columns))


def gone_through(clinic_id: UUID, list_name: str, until: datetime) -> list[tuple[str, str]]:
    """(person, when somebody went through that list with them) by `until`.  One query; keys and times as `ground.columns`."""
    rows = ListReview.objects.filter(person__clinic_id=clinic_id, list_name=list_name, recorded_at__lte=until)
    return list(rows.values_list(as_text("person_id"), as_text("recorded_at")))


def born(clinic_id: UUID) -> dict[str, date | None]:
    """Person -> day of birth, None where it is not recorded.  One query; keys as `ground.columns`."""
    return dict(Person.objects.filter(clinic_id=clinic_id).values_list(as_text("id"), "born_on"))
