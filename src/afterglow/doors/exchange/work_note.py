"""A note for work or school: that somebody was here, from when to when, and is not to work or drive until when.  Nothing about why."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from afterglow.doors.exchange.document import Document, Section
from afterglow.doors.exchange.summary import ended
from afterglow.ground.accounts.queries import ClinicRow
from afterglow.ground.clock import shown
from afterglow.ground.errors import Refusal
from afterglow.pathway.session.queries.leaving import LeavingRow
from afterglow.records.messages import queries as messages


def work_note(session_id: UUID, *, clinic: ClinicRow, at: datetime) -> tuple[Document, LeavingRow]:
    """The note of a visit after which somebody went home by the list.  It names the sender as messages do, never the clinic's speciality.

    Raises Refusal `exchange.not_ended`, `exchange.record_broken`, `exchange.no_note`: who left early or was taken to other care has not passed the
    list, so nobody here can say from when they are fit for work.
    """
    seen, end = ended(session_id, at)
    if end.how != "discharged":
        raise Refusal(
            "exchange.no_note",
            "This visit did not end by the discharge list, so no note for work is made from it.",
            "Write one by hand after speaking with the person, or leave it to the place that took over.",
        )
    place = ZoneInfo(seen.zone)
    sender, came = messages.sender_name(clinic.id), (seen.checked_in_at or seen.scheduled_at).astimezone(place)
    left = end.at.astimezone(place)
    return (
        Document(
            title="Note of attendance",
            subtitle=f"{came:%A}, {came.day} {came:%B %Y}",
            clinic=sender,
            identity=seen.identity.name,
            synthetic=clinic.is_demo,
            printed=f"Made {shown(at, seen.zone)}",
            seal="This note says nothing about the reason for the visit; it is given to the person, who decides whom to show it to.",
            sections=[
                Section(
                    heading="To whom it may concern",
                    paragraphs=[
                        f"{seen.identity.name} was at an appointment from {came:%H:%M} to {left:%H:%M} {left.tzname()}.",
                        f"By medical advice they do not work, drive or use machines for the rest of that day, and not before "
                        f"{shown(end.no_driving_until, seen.zone)}.",
                    ],
                ),
                Section(heading="Signed", facts=[("For", sender), ("Name", "." * 40), ("Date", "." * 40)]),
            ],
        ),
        end,
    )
