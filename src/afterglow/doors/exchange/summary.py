"""The summary of a dosing session, after the person has left: what was given, what was seen, how it ended, and what the record rests on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from afterglow.doors.exchange.document import Document, Section
from afterglow.ground.accounts import queries as accounts
from afterglow.ground.accounts.queries import ClinicRow
from afterglow.ground.clock import shown
from afterglow.ground.errors import Refusal
from afterglow.pathway.plan.queries import plans
from afterglow.pathway.session import chain
from afterglow.pathway.session.queries import deeds, timeline, trace
from afterglow.pathway.session.queries.experience import experience
from afterglow.pathway.session.queries.leaving import LeavingRow, left
from afterglow.pathway.session.queries.room import RoomPicture, room
from afterglow.records.adverse import queries as adverse
from afterglow.records.cabinet import queries as cabinet
from afterglow.records.cabinet.queries.session_ledger import Left, left_of
from afterglow.science import titles
from afterglow.science.dosing.amounts import milligrams_text, millilitres_text
from afterglow.science.vitals.channels import CHANNELS as KNOWN
from afterglow.science.vitals.channels import number_text
from afterglow.science.vitals.marks import Reading

HOW = {"discharged": "Went home by the list", "transferred": "Transferred to other care", "left_against_advice": "Left against advice"}
EVERY_LINE = 100_000
CHANNELS = ("hr", "spo2", "rr", "moaas")
DRIVING = "No driving, no machines and no binding decisions until {until}, and not before a night's sleep."
CRISIS = "If you are in danger now, call 911. To talk to someone at any hour, call or text 988."


def session_summary(session_id: UUID, *, clinic: ClinicRow, at: datetime) -> tuple[Document, LeavingRow]:
    """The whole summary for the chart or for another clinic.  Raises Refusal `exchange.not_ended`, `exchange.record_broken`."""
    seen, end = ended(session_id, at)
    return (
        Document(
            title=f"Summary of dosing session {seen.dose_no}",
            subtitle=f"{shown(seen.scheduled_at, seen.zone)}, {seen.room_name or 'no room'}",
            clinic=clinic.name,
            identity=_identity(seen),
            synthetic=clinic.is_demo,
            printed=f"Made {shown(at, seen.zone)}",
            seal=_seal(session_id),
            sections=[section for section in _sections(session_id, seen, end, at) if section is not None],
        ),
        end,
    )


def visit_leaflet(session_id: UUID, *, clinic: ClinicRow, at: datetime) -> tuple[Document, LeavingRow]:
    """What the person takes home, in plain words: what they got, what to leave alone until when, whom to call.  Raises as `session_summary`."""
    seen, end = ended(session_id, at)
    given = cabinet.draws_of(session_id).given_ug
    phone = accounts.site(seen.site_id, clinic_id=clinic.id).phone or clinic.phone
    facts = [("Visit", f"{shown(seen.scheduled_at, seen.zone)}, {clinic.name}")]
    if seen.started_at is not None:
        facts += [("What you were given", f"ketamine {milligrams_text(given)} into a vein"), ("When you left", shown(end.at, seen.zone))]
    return (
        Document(
            title="Your visit",
            subtitle=f"Ketamine treatment, visit {seen.dose_no}",
            clinic=clinic.name,
            identity=_identity(seen),
            synthetic=clinic.is_demo,
            printed=f"Made {shown(at, seen.zone)}",
            seal=_seal(session_id),
            sections=[
                Section(heading="What happened", facts=facts),
                Section(
                    heading="Until tomorrow",
                    paragraphs=[
                        DRIVING.format(until=shown(end.no_driving_until, seen.zone)),
                        "Stay with the adult who took you home. Take no alcohol and no sleeping or calming drug that was not agreed with the clinic.",
                        "You may feel tired, light-headed or sad today or tomorrow. Strong new ideas can wait: talk them over for three days first.",
                    ],
                ),
                Section(
                    heading="Call for help",
                    paragraphs=[
                        f"Call the clinic{f' at {phone}' if phone else ''} if you feel worse, vomit again and again, or are worried.",
                        "Call 911 for chest pain, a bad headache, trouble breathing, fainting, or if someone cannot wake you.",
                        CRISIS,
                    ],
                ),
            ],
        ),
        end,
    )


def ended(session_id: UUID, at: datetime) -> tuple[RoomPicture, LeavingRow]:
    """The session as it ended, with an unbroken chain: a summary of a changed record is worse than none."""
    end = left(session_id)
    if end is None:
        raise Refusal(
            "exchange.not_ended", "This visit has no end on record yet, so there is no summary of it.", "Finish the visit in its room first."
        )
    broken = chain.first_broken_link(session_id)
    if broken is not None:
        raise Refusal(
            "exchange.record_broken",
            f"Line {broken} of this session's record is not what was written, so no summary is made from it.",
            "Keep the disk, tell the clinic's owner, and compare with a backup.",
        )
    return room(session_id, at, newest=EVERY_LINE), end


def _identity(seen: RoomPicture) -> str:
    who = seen.identity
    born = f", born {who.born_on:%d %b %Y}" if who.born_on else ""
    return f"{who.name}{born}, record {who.record_no}"


def _seal(session_id: UUID) -> str:
    links = list(chain.links_of(session_id))
    head = links[-1].sha256 if links else ""
    return f"This page rests on {len(links)} lines of the session's record, each bound to the one before it. The last one's SHA-256: {head}"


def _sections(session_id: UUID, seen: RoomPicture, end: LeavingRow, at: datetime) -> Iterator[Section | None]:
    yield _how_itended(seen, end)
    yield _person(seen)
    yield _dose(session_id, seen, at)
    yield _experience(session_id, seen)
    yield _events(session_id, seen)
    yield _vitals(session_id, seen)
    yield _timeline(seen)
    yield _list(end)


def _how_itended(seen: RoomPicture, end: LeavingRow) -> Section:
    facts = [("How", HOW[end.how]), ("When", shown(end.at, seen.zone)), ("Recorded by", end.by)]
    if seen.started_at is not None:
        facts.append(("No driving until", shown(end.no_driving_until, seen.zone)))
    return Section(heading="How it ended", facts=[*facts, *_handover(end.saw), *_exit_words(end.saw)])


def _handover(saw: Mapping[str, Any]) -> list[tuple[str, str]]:
    taken_over = (saw.get("facts") or {}).get("handover") or {}
    return [("Handed over to", str(taken_over["to_name"]))] if taken_over.get("to_name") else []


def _exit_words(saw: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What was written down when somebody left another way, and what still is not."""
    record = saw.get("record") or {}
    asked = (("last_state", "State at the last look"), ("to_where", "Taken to"), ("handed_to", "Handed over to"), ("flag_owner", "Follow-up by"))
    told = [(words, str(record[name])) for name, words in asked if record.get(name)]
    if record.get("called"):
        told.append(("Called", ", ".join(record["called"])))
    missing = " ".join(str(each["sentence"]) for each in saw.get("missing") or ())
    return [*told, *([("Not recorded at the time", missing)] if missing else [])]


def _person(seen: RoomPicture) -> Section:
    who = seen.identity
    allergies = "NOT ASKED" if who.allergies is None else ", ".join(who.allergies) or "none known"
    facts = [("Name", who.name), ("Record", who.record_no), ("Allergies on record", allergies)]
    if who.weight_g is not None and who.weight_at is not None:
        facts.append(("Latest weight on record", f"{who.weight_g / 1000:g} kg, {shown(who.weight_at, seen.zone)}"))
    return Section(heading="The person", facts=facts)


def _dose(session_id: UUID, seen: RoomPicture, at: datetime) -> Section:
    drawn = cabinet.draws_of(session_id)
    if seen.started_at is None or seen.dose is None:
        return Section(heading="The dose", paragraphs=["No dose was started in this session."])
    running = seen.dose.infusion
    facts = [
        ("Ordered", f"{running.drug.replace('_', ' ')}, {milligrams_text(running.dose_ug)} over {running.over_min} min, into a vein"),
        *_signed(session_id, seen, at),
        *((f"Drawn {shown(row.taken_at, seen.zone)}", _draw_words(row)) for row in drawn.draws),
        ("Pump", f"{millilitres_text(running.mixture.total_ul)} at {millilitres_text(running.ordered_rate_ul_per_h)}/h, as read back"),
        ("Started", f"{shown(seen.started_at, seen.zone)} by {seen.started_by}"),
        ("Ended", shown(seen.dosing_ended_at, seen.zone) if seen.dosing_ended_at else "not charted"),
        ("Given", milligrams_text(drawn.given_ug)),
        ("Pump's final volume", "not charted" if running.final_volume_ul is None else millilitres_text(running.final_volume_ul)),
        ("Watched by", _watched_by(session_id, seen)),
        *((f"{row.what.capitalize()} {shown(row.taken_at, seen.zone)}", _left_words(row)) for row in left_of(session_id)),
        ("Of all that was drawn", _sums(drawn)),
    ]
    for begin, finish in seen.dose.pauses:
        facts.append(("Paused", f"{shown(begin, seen.zone)} to {shown(finish, seen.zone)}"))
    return Section(heading="The dose", facts=facts)


def _signed(session_id: UUID, seen: RoomPicture, at: datetime) -> list[tuple[str, str]]:
    """Who ordered it, when, and for what weight."""
    started = deeds.standing(deeds.deeds(session_id), "started")
    if not started:
        return []
    order = plans.order(UUID(str(started[0].payload["order"])), at)
    second = f", second signature {order.second_by}" if order.second_by else ""
    return [("Order signed by", f"{order.signed_by}{second}, {shown(order.signed_at, seen.zone)}, for a weight of {order.weight_g / 1000:g} kg")]


def _draw_words(row: cabinet.DrawRow) -> str:
    """Volume and amount from the lot's own strength, and the two who vouch for it."""
    amount = f"{millilitres_text(row.volume_ul)} of {row.product_name} = {milligrams_text(row.drawn_ug)}"
    return f"{amount}, lot {row.lot_no}, by {row.by}, read back by {row.witness_name}"


def _left_words(row: Left) -> str:
    amount = f"{millilitres_text(row.volume_ul)} = {milligrams_text(row.amount_ug)}"
    return f"{amount}, lot {row.lot_no}, by {row.by}, witnessed by {row.witness_name}: {row.reason}"


def _sums(drawn: cabinet.DrawState) -> str:
    parts = (("drawn", drawn.drawn_ug), ("given", drawn.given_ug), ("wasted", drawn.wasted_ug), ("returned", drawn.returned_ug))
    said = ", ".join(f"{milligrams_text(amount)} {word}" for word, amount in parts)
    return f"{said}, {milligrams_text(drawn.open_ug)} unaccounted for" if drawn.open_ug else f"{said}, nothing unaccounted for"


def _watched_by(session_id: UUID, seen: RoomPicture) -> str:
    """Everybody who monitored, in turn, with the time of each hand-over."""
    handed = deeds.standing(deeds.deeds(session_id), "monitor_handed_over")
    if not handed:
        return seen.monitor or "nobody named"
    turns = [f"{deed.payload['to_name']} from {shown(deed.taken_at, seen.zone)}" for deed in handed]
    return ", then ".join([str(handed[0].payload["from_name"]), *turns])


def _experience(session_id: UUID, seen: RoomPicture) -> Section:
    """Mood and dissociation as the person rated them; what was not asked is said."""
    lived = experience(session_id, seen.person_id, started_at=seen.started_at, dose_ended_at=seen.dosing_ended_at)
    facts = [
        (each.title, f"{each.words}, {shown(each.at, seen.zone)}, {each.by}" if each.at else each.words) for each in (*lived.moods, *lived.scales)
    ]
    peak = f" Highest at {shown(lived.detached.peak_at, seen.zone)}." if lived.detached.peak_at else ""
    facts.append(("How detached, 0 to 10, in the session", f"{lived.detached.sentence}{peak}"))
    return Section(heading="How it was for the person", facts=facts)


def _events(session_id: UUID, seen: RoomPicture) -> Section:
    rows = [
        (shown(row.began_at, seen.zone), row.title, "not graded" if row.grade is None else f"{row.grade} ({row.grade_word})", row.done_text)
        for row in adverse.of_session(session_id)
    ]
    if not rows:
        return Section(heading="Adverse events", paragraphs=["None was recorded."])
    return Section(heading="Adverse events", columns=("When", "What", "Grade", "Done"), rows=rows)


def _vitals(session_id: UUID, seen: RoomPicture) -> Section:
    """Every set charted by hand, and what the monitor sent, as a span: the readings themselves stay in the record."""
    sets = [(deed.by, deeds.values(deed.payload, deed.taken_at)) for deed in deeds.standing(deeds.deeds(session_id), "vitals")]
    rows = [(shown(values.taken_at, seen.zone), _pressure(values), *(_number(values, code) for code in CHANNELS), by) for by, values in sets]
    messages = [message.values for message in trace.trace(session_id).messages]
    spans = [f"{name} {_span(messages, code)}" for code, name in (("hr", "heart rate"), ("spo2", "saturation"), ("sbp", "upper pressure"))]
    note = f"The monitor sent {len(messages)} readings: {', '.join(spans)}." if messages else "No monitor sent readings."
    if seen.device is not None and seen.device.caution and messages:
        note = f"{note} {seen.device.caution}"
    columns = ("When", "Pressure, mmHg", "Heart rate, /min", "Saturation, %", "Breaths, /min", "MOAA/S, 0 to 5", "By")
    return Section(heading="Vital signs", columns=columns if rows else (), rows=rows, note=note)


def _pressure(values: Reading) -> str:
    upper, lower = values.number("sbp"), values.number("dbp")
    return "" if upper is None or lower is None else f"{number_text(upper)}/{number_text(lower)}"


def _number(values: Reading, code: str) -> str:
    found = values.number(code)
    return "" if found is None else number_text(found)


def _span(messages: list[Reading], code: str) -> str:
    found = [number for values in messages if (number := values.number(code)) is not None]
    return f"{number_text(min(found))} to {number_text(max(found))} {KNOWN[code].unit}" if found else "not read"


def _timeline(seen: RoomPicture) -> Section:
    lines = [line for line in reversed(seen.timeline) if line.kind != "vitals"]
    rows = [(shown(line.taken_at, seen.zone), _line(line), f"{line.by}{', written late' if line.late else ''}") for line in lines]
    return Section(heading="What happened", columns=("When", "What", "By"), rows=rows)


def _line(line: timeline.Line) -> str:
    if line.withdrawn:
        return f"{line.text} (withdrawn: it did not happen)"
    return f"{line.text} (was: {line.was})" if line.was else line.text


def _list(end: LeavingRow) -> Section | None:
    """The list as it stood when the person left, or what of it was open when they left another way."""
    findings = end.saw.get("findings") or end.saw.get("open") or ()
    if not findings:
        return None
    words = {"met": "yes", "unmet": "no", "unknown": "not known"}
    rows = [
        (titles.title_of(str(each["item"])) or str(each["item"]).replace("_", " "), words[each["state"]], str(each["sentence"])) for each in findings
    ]
    return Section(heading="The leaving list", columns=("Item", "Met", "What was seen"), rows=rows, note=str(end.saw.get("list") or ""))
