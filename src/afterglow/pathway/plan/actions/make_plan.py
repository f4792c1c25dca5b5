"""Make a plan: a protocol version as it stands, and only what is different for this person (S43, S45)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from django.db import transaction

from afterglow.ground import ids
from afterglow.ground.access.actor import Actor
from afterglow.ground.accounts import queries as accounts
from afterglow.ground.audit import trail
from afterglow.ground.content.queries import LibraryRecord, library_file
from afterglow.ground.errors import NotFound, Refusal
from afterglow.ground.writes.once import answer, once
from afterglow.pathway.plan import access, events
from afterglow.pathway.plan.actions.open_plans import note_open_plans
from afterglow.pathway.plan.actions.series import series_of
from afterglow.pathway.plan.actions.standing import plan_facts
from afterglow.pathway.plan.models import TreatmentPlan
from afterglow.pathway.plan.queries import plans as queries
from afterglow.pathway.plan.rules.changes import Change, Individualised
from afterglow.pathway.plan.rules.plans import may_make_plan, reviews_after
from afterglow.pathway.plan.rules.reviews import doses_allowed_at_first
from afterglow.records.chart import access as chart


@transaction.atomic
def make_plan(
    *,
    person_id: UUID,
    site_id: UUID,
    protocol: str = "iv_mdd_standard",
    changes: Sequence[Change] = (),
    replaces: UUID | None = None,
    key: str,
    by: Actor,
    at: datetime,
) -> UUID:
    """The draft's id.  `replaces`: the plan in force that this one is the next version of; it stays in force until the draft is signed.

    An earlier draft of the person is dropped.  Raises Refusal `plan.not_made` with every open item, `plan.not_in_force`; NotFound; Forbidden.
    """
    chart.fetch_person(by, person_id, need=access.MAKE if replaces is None else access.REVISE)
    site = accounts.site(site_id, clinic_id=by.clinic_id)
    asked = [person_id, site_id, protocol, [asdict(change) for change in changes], replaces]
    if earlier := once(by, key, asked, at=at):
        return UUID(earlier["plan"])
    chart.lock_person(person_id)
    before = _version_before(person_id, replaces)
    library = library_file("protocols", protocol)
    made = queries.individualised(library, changes)
    facts = plan_facts(person_id=person_id, protocol=library, site=site, replaces=replaces, signer=None, at=at)
    verdict = may_make_plan(facts, made)
    if not verdict.met:
        raise Refusal("plan.not_made", f"The plan was not made. {verdict.sentence}", "Change what is named here.", findings=verdict.open)
    _drop_drafts(person_id, by=by, at=at)
    carried = series_of(person_id).given_since if before is None else before.carried
    row = TreatmentPlan.objects.create(
        id=ids.new_id(at),
        person_id=person_id,
        site_id=site_id,
        protocol_id=library.pk,
        version=1 if before is None else before.version + 1,
        replaces_id=replaces,
        changes_text=trail.canonical([asdict(change) for change in _kept(changes, made)]),
        allowed_doses=_allowed(before, made, carried),
        carried=carried,
        made_at=at,
        made_by=by.label,
    )
    note_open_plans(person_id)
    _audit(row, library, made, by=by, at=at)
    answer(by, key, {"plan": str(row.id)})
    return row.id


def _version_before(person_id: UUID, replaces: UUID | None) -> TreatmentPlan | None:
    if replaces is None:
        return None
    before = TreatmentPlan.objects.filter(id=replaces, person_id=person_id).first()
    if before is None:
        raise NotFound("plan")
    if before.state != "in_force":
        raise Refusal("plan.not_in_force", "Only the plan in force can be revised.", "Open the plan that is in force, or make a new one.")
    return before


def _kept(changes: Sequence[Change], made: Individualised) -> list[Change]:
    """Only what was individualised: a wish for the value that stands already is not kept."""
    differs = {difference.path for difference in made.differences}
    return [change for change in changes if change.path in differs]


def _allowed(before: TreatmentPlan | None, made: Individualised, carried: int) -> int:
    """A new course goes up to its first review, unreviewed doses before it counted; a revised one keeps how far the reviews have let it go."""
    infusions = int(made.content["course"]["infusions"])
    first = doses_allowed_at_first(reviews_after(made.content), infusions, carried)
    return first if before is None else max(first, min(before.allowed_doses, infusions))


def _drop_drafts(person_id: UUID, *, by: Actor, at: datetime) -> None:
    for draft in TreatmentPlan.objects.select_for_update().filter(person_id=person_id, state="draft"):
        draft.state, draft.ended_at, draft.end_reason = "dropped", at, "A newer draft was made."
        draft.save(update_fields=["state", "ended_at", "end_reason"])
        trail.record(events.plan_dropped, by=by, at=at, person_id=person_id, objects={"plan": draft.id})


def _audit(row: TreatmentPlan, library: LibraryRecord, made: Individualised, *, by: Actor, at: datetime) -> None:
    trail.record(
        events.plan_made,
        by=by,
        at=at,
        person_id=row.person_id,
        objects={"plan": row.id} | ({"replaces": row.replaces_id} if row.replaces_id else {}),
        new={"version": row.version, "changes": [asdict(difference) for difference in made.differences]},
        library=library.label,
    )
