"""Assign a questionnaire to a person, or take an open one back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from afterglow.ground import ids
from afterglow.ground.access.actor import Actor
from afterglow.ground.accounts import queries as accounts
from afterglow.ground.audit import trail
from afterglow.ground.errors import Refusal
from afterglow.records.chart import access as chart
from afterglow.records.measures import access, events, queries, rules
from afterglow.records.measures.models import Assignment
from afterglow.records.measures.queries import licences


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """When a questionnaire may be answered (None: no bound) and what asked for it, as text; one source asks once for ever."""

    opens_at: datetime | None = None
    due_at: datetime | None = None
    closes_at: datetime | None = None
    source_kind: str = ""
    source_id: str = ""


NEED = {"link": "measures.link.create", "staff": "measures.answer.record"}


@transaction.atomic
def assign(
    *,
    person_id: UUID,
    instrument: str,
    occasion: str,
    channel: str,
    site_id: UUID,
    on_call: Sequence[UUID] = (),
    window: Asked | None = None,
    by: Actor,
    at: datetime,
) -> UUID:
    """The assignment's id; the same one again while it is open, and for one `window.source` always the same one.

    `on_call`: who is on call at that site now, from the roster's room above.  `window`: when it opens and closes, and what asked for it.

    Raises Refusal `measures.no_licence`, `measures.not_asked`, `measures.unknown_channel`, `measures.not_by_link`, `measures.too_soon`, `measures.open_otherwise`,
    `measures.no_occasion`; NotFound; Forbidden.
    """
    if channel not in NEED:
        raise Refusal("measures.unknown_channel", "It was not said how the questions are asked.", "Choose by link or by staff.", field="channel")
    chart.fetch_person(by, person_id, need=NEED[channel])
    here = licences.scale(instrument, accounts.site(site_id, clinic_id=by.clinic_id), at)
    paper = here.asked_as
    occasion = _occasion(occasion)
    chart.lock_person(person_id)
    asked = window or Asked()
    held = _asked_before(person_id, instrument, occasion, asked)
    if held is not None:
        if held.channel == channel:
            return held.id
        raise Refusal("measures.open_otherwise", f"{paper.short_name} is open already, in the other way.", "Take that one back first.")
    _check_licence(here)
    _decide(person_id, paper, channel, on_call, at)
    row = Assignment.objects.create(
        id=ids.new_id(at),
        person_id=person_id,
        instrument_id=paper.record.pk,
        occasion=occasion,
        channel=channel,
        site_id=site_id,
        assigned_at=at,
        assigned_by=by.label,
        **asdict(asked),
    )
    said = {"instrument": instrument, "occasion": occasion, "channel": channel, "on_call": [str(one) for one in on_call]}
    trail.record(events.assigned, by=by, at=at, person_id=person_id, objects={"assignment": row.id}, new=said, library=paper.record.label)
    return row.id


def _asked_before(person_id: UUID, instrument: str, occasion: str, asked: Asked) -> Assignment | None:
    """What this source asked before, whatever became of it; else what is open for the same occasion."""
    rows = Assignment.objects.filter(person_id=person_id, instrument__file_id=instrument)
    if asked.source_id and (before := rows.filter(source_kind=asked.source_kind, source_id=asked.source_id).first()):
        return before
    return rows.filter(occasion=occasion, state="open").first()


def _check_licence(here: licences.ScaleRow) -> None:
    if not here.shipped.instrument.by_choice:
        raise Refusal("measures.not_asked", here.verdict.sentence, "Choose a questionnaire that is asked.", findings=here.verdict.open)
    if not here.verdict.met:
        raise Refusal(
            "measures.no_licence",
            here.verdict.sentence,
            "Ask an owner or a prescriber to record the clinic's licence and its text, or choose a scale that may be shown.",
            findings=here.verdict.open,
        )


def _decide(person_id: UUID, paper: queries.Paper, channel: str, on_call: Sequence[UUID], at: datetime) -> None:
    name, made = paper.short_name, paper.instrument
    if channel == "link":
        verdict = rules.may_send_by_link(rules.LinkFacts(name=name, ways=made.ways, needs_on_call=made.link_needs_on_call, on_call=len(set(on_call))))
        if not verdict.met:
            raise Refusal("measures.not_by_link", verdict.sentence, "Ask it in person instead.", findings=verdict.open)
    last = queries.last_complete_at(person_id, made.id)
    verdict = rules.may_repeat(rules.RepeatFacts(name=name, min_interval_days=made.min_interval_days, last_complete_at=last, at=at))
    if not verdict.met:
        raise Refusal("measures.too_soon", verdict.sentence, "Read the answers that are there.", findings=verdict.open)


def _occasion(text: str) -> str:
    text = text.strip()
    if not text or len(text) > 30 or "\x00" in text:
        raise Refusal("measures.no_occasion", "It was not said what the questions are for.", "Choose an occasion.", field="occasion")
    return text


@transaction.atomic
def withdraw_assignment(*, assignment_id: UUID, reason: str, by: Actor, at: datetime) -> None:
    """Take an open questionnaire back; doing it again changes nothing.  Raises Refusal `measures.no_reason`, `measures.not_open`."""
    row = access.fetch_assignment(by, assignment_id, "measures.link.create", lock=True)
    if row.state == "withdrawn":
        return
    if row.state != "open":
        raise Refusal("measures.not_open", "This questionnaire was answered already.", "Read the answers.")
    if not reason.strip():
        raise Refusal("measures.no_reason", "It was not said why it is taken back.", "Write why in a few words.", field="reason")
    row.state = "withdrawn"
    row.save(update_fields=["state"])
    trail.record(events.withdrawn, by=by, at=at, person_id=row.person_id, objects={"assignment": row.id}, reason=reason.strip()[:200])
