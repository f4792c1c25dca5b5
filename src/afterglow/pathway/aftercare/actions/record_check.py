"""Write down one contact of aftercare: how the person is, what was said of suicide, and what happens next (S61-S65)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from afterglow.ground import ids
from afterglow.ground.access.actor import Actor
from afterglow.ground.audit import trail
from afterglow.ground.clock import check_taken
from afterglow.ground.errors import NotFound, Refusal
from afterglow.ground.writes.once import answer, once
from afterglow.pathway.aftercare import access, events, rules
from afterglow.pathway.aftercare.models import WAYS, AftercarePlan, Check, CheckRecord
from afterglow.pathway.aftercare.queries import aftercare as queries
from afterglow.pathway.aftercare.queries.aftercare import Page
from afterglow.records.chart import access as chart
from afterglow.records.flags.actions.open_flag import open_flag
from afterglow.records.measures import queries as measures
from afterglow.records.measures.actions.at_contact import Contact, record_asked
from afterglow.records.measures.queries.contact import scale_of_change
from afterglow.records.measures.rules import contact as contact_rules
from afterglow.records.measures.rules.contact import AskedAtContact

TITLES = {"earlier_check": "Earlier check", "booster_discussion": "Talk about a booster"}
KINDS = {"earlier_check": "check", "booster_discussion": "booster_discussion"}
LONGEST_NOTE = 4000  # characters, as the form allows


@transaction.atomic
def record_check(
    *,
    check_id: UUID,
    reached: bool,
    how: str,
    asked: AskedAtContact | None = None,
    note: str,
    next_step: str,
    next_on: date | None = None,
    taken_at: datetime | None = None,
    key: str,
    by: Actor,
    at: datetime,
) -> UUID:
    """The record's id.  Somebody who was reached is checked; a try without an answer leaves the check due.  A second record corrects the first.

    `asked`: the suicide interview and a scale that is due; a yes, and a question without an answer, open a flag that who asked owns.  "prescriber"
    opens one for today, which waits for its owner.
    Raises Refusal `aftercare.not_recorded` with every open item, `aftercare.unknown_way`, `clock.future`; NotFound; Forbidden.
    """
    seen = access.fetch_check(by, check_id, access.CHECK)
    if by.user_id is None:
        raise NotFound("check")
    taken = taken_at or at
    check_taken(taken, at)
    asked = asked or AskedAtContact(said={})
    told = [check_id, reached, how, dict(asked.said), asked.why_not_asked, asked.why_no_scale, note.strip(), next_step, next_on, taken_at]
    if earlier := once(by, key, told, at=at):
        return UUID(earlier["record"])
    if how not in WAYS:
        raise Refusal("aftercare.unknown_way", "How the person was spoken to is not known here.", "Choose phone, visit or video.", field="how")
    chart.lock_person(seen.aftercare.person_id)
    check = Check.objects.select_for_update().get(id=check_id)
    page = queries.page(check.aftercare_id, at)
    _refuse_open(check, page, _contact_facts(page, asked, reached, at), note=note, next_step=next_step, next_on=next_on)
    word = contact_rules.in_short(asked.said) if reached else "not_reached"
    record = CheckRecord.objects.create(
        id=ids.new_id(at), check_of_id=check_id, replaces_id=_before(check_id, reached), reached=reached, how=how, suicide=word,
        note=note.strip()[:LONGEST_NOTE], next_step=next_step, saw_text=trail.canonical(saw(page)), taken_at=taken, recorded_at=at, by=by.label,
        by_user_id=by.user_id,
    )  # fmt: skip
    if reached:
        _reached(check, record, page, asked, by=by, at=at)
    _audit(record, page, by=by, at=at)
    _what_follows(record, page, next_on or page.aftercare.today + timedelta(days=rules.EXTRA_WITHIN_DAYS), by=by, at=at)
    answer(by, key, {"record": str(record.id)})
    return record.id


def _reached(check: Check, record: CheckRecord, page: Page, asked: AskedAtContact, *, by: Actor, at: datetime) -> None:
    """The check is done, what was asked is kept, and the person was looked at."""
    if check.state == "due":
        check.state, check.done_at = "done", at
        check.save(update_fields=["state", "done_at"])
    row, taken = page.aftercare, record.taken_at
    contact = Contact(kind=queries.CONTACT, id=record.id, person_id=row.person_id, site_id=row.site_id, taken_at=taken)
    record_asked(contact=contact, asked=asked, by=by, at=at)
    AftercarePlan.objects.filter(Q(looked_at__isnull=True) | Q(looked_at__lt=taken), id=check.aftercare_id).update(looked_at=taken)


def saw(page: Page) -> dict[str, Any]:
    """How the person did as the page showed it: the standing and the tasks, in words."""
    return {
        "standing": page.standing.sentence,
        "relapse": page.concern.sentence if page.concern else "",
        "tasks": {task.text: task.adherence.in_words if task.adherence else "" for task in page.tasks},
    }


def _contact_facts(page: Page, asked: AskedAtContact, reached: bool, at: datetime) -> contact_rules.ContactFacts:
    paper, row = measures.paper(contact_rules.INTERVIEW), page.aftercare
    scale = scale_of_change(row.person_id, contact_rules.SCALE, first_dose_at=row.first_dose_at, at=at)
    questions = tuple(question.id for question in paper.questions)
    return contact_rules.ContactFacts(spoken=reached, questions=questions, asked=asked, scale=scale.name, scale_due=scale.due)


def _refuse_open(check: Check, page: Page, contact: contact_rules.ContactFacts, *, note: str, next_step: str, next_on: date | None) -> None:
    verdict = rules.may_record(
        rules.RecordFacts(
            aftercare_is_on=page.aftercare.is_on,
            check_dropped=check.state == "dropped",
            contact=contact,
            note=note,
            next_step=next_step,
            next_on=next_on,
            today=page.aftercare.today,
        )
    )
    if not verdict.met:
        raise Refusal("aftercare.not_recorded", f"Nothing was recorded. {verdict.sentence}", "Complete what is named here.", findings=verdict.open)


def _before(check_id: UUID, reached: bool) -> UUID | None:
    """The newest contact that reached the person, which another one corrects; a try without an answer corrects nothing."""
    if not reached:
        return None
    rows = CheckRecord.objects.filter(check_of_id=check_id, reached=True).order_by("-recorded_at", "-id")
    found: UUID | None = rows.values_list("id", flat=True).first()
    return found


def _audit(record: CheckRecord, page: Page, *, by: Actor, at: datetime) -> None:
    trail.record(
        events.check_recorded,
        by=by,
        at=at,
        person_id=page.aftercare.person_id,
        objects={"check": record.check_of_id, "record": record.id, "aftercare": page.aftercare.id},
        new={"reached": record.reached, "how": record.how, "suicide": record.suicide, "next": record.next_step, "corrects": record.replaces_id},
        library=page.aftercare.follow_up.label,
    )


def _what_follows(record: CheckRecord, page: Page, next_on: date, *, by: Actor, at: datetime) -> None:
    person_id, row = page.aftercare.person_id, page.aftercare
    if record.next_step == "prescriber":
        _flag("aftercare_look", "A check of aftercare asks for a prescriber to look.", record, person_id, by=by, at=at)
    if record.next_step in KINDS:
        check = Check.objects.create(
            id=ids.new_id(at),
            aftercare_id=row.id,
            rule_id=f"extra:{record.id}",
            kind=KINDS[record.next_step],
            title=TITLES[record.next_step],
            due_on=next_on,
        )
        trail.record(
            events.check_added,
            by=by,
            at=at,
            person_id=person_id,
            objects={"aftercare": row.id, "check": check.id},
            new={"due_on": next_on, "kind": check.kind},
        )


def _flag(kind: str, sentence: str, record: CheckRecord, person_id: UUID, *, by: Actor, at: datetime) -> None:
    open_flag(
        person_id=person_id,
        kind=kind,
        urgency="today",
        sentence=sentence,
        source_kind="aftercare_record",
        source_id=str(record.id),
        by=by,
        at=at,
    )
