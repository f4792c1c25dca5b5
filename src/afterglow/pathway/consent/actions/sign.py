"""Sign a document: the person's typed name, bound to the SHA-256 of exactly what was on the screen."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from afterglow.ground import ids
from afterglow.ground.access.actor import Actor
from afterglow.ground.accounts.actions import Signature, check_signature
from afterglow.ground.audit import trail
from afterglow.ground.content.queries import library_file
from afterglow.ground.errors import Refusal
from afterglow.ground.writes.once import answer, once
from afterglow.pathway.consent import access, events, queries, rules
from afterglow.pathway.consent.actions.standing import note_standing
from afterglow.pathway.consent.models import Consent, Offer
from afterglow.pathway.consent.queries import OfferRow, Shown
from afterglow.pathway.screening import queries as screening
from afterglow.records.chart import access as chart


@transaction.atomic
def sign(
    *,
    offer_id: UUID,
    signer_name: str,
    answers: Mapping[str, str],
    shown_sha256: str,
    agreed: bool = True,
    witness: Signature | None = None,
    key: str,
    by: Actor,
    at: datetime,
) -> UUID:
    """The consent's id.  By the person's own link, or at the clinic's screen with the signature of the member of staff as witness.

    `answers` and `shown_sha256` are those of the page that was signed; the page is made again here and must give the same bytes.
    Raises NotFound, Forbidden; Refusal `consent.not_signed` with every open item.
    """
    seen = access.fetch_offer(by, offer_id, need="consent.consent.witness")
    person = access.may_reach(by, seen.person_id, need="consent.consent.witness")
    chart.lock_person(seen.person_id)
    if (earlier := once(by, key, {"offer": str(offer_id), "name": signer_name, "sha256": shown_sha256}, at=at)) is not None:
        return UUID(earlier["consent"])
    if witness is not None:
        check_signature(witness, by=by, at=at)
    held = Offer.objects.select_for_update().get(id=offer_id)
    row = queries.offer_rows([held])[0]
    page = queries.shown(row, dict(answers))
    verdict = rules.may_sign(_facts(row, by, at, person.name, signer_name, page.sha256 == shown_sha256, agreed, witness, dict(answers)))
    if not verdict.met:
        never = rules.first_in_the_way(verdict)
        raise Refusal("consent.not_signed", never.sentence, rules.NOW[never.item], field=rules.FIELD.get(never.item), findings=verdict.open)
    consent_id = _save(held, row, page, signer_name.strip(), witness, by, at)
    answer(by, key, {"consent": str(consent_id)})
    return consent_id


def _facts(
    row: OfferRow,
    by: Actor,
    at: datetime,
    record_name: str,
    typed: str,
    same_bytes: bool,
    agreed: bool,
    witness: Signature | None,
    answers: dict[str, str],
) -> rules.SigningFacts:
    decision = screening.latest_decision(row.person_id)
    content = row.document.content
    wrong = rules.wrong_answers(content["comprehension"], answers)
    return rules.SigningFacts(
        offer_state=row.state,
        newest=library_file("consents", row.document.id).version == row.document.version,
        cleared=content["purpose"] != "consent"
        or (decision is not None and decision.outcome == "cleared" and row.indication in ("", decision.indication)),
        locked_until_at=queries.locked_until(row.person_id, at),
        wrong=row.questions_named(wrong),
        to_talk_through=row.questions_named(row.to_talk_through),
        agreed=agreed,
        typed_name=typed,
        record_name=record_name,
        same_bytes=same_bytes,
        witnessed=None if by.kind == "link" else witness is not None,
        at=at,
    )


def _save(held: Offer, row: OfferRow, page: Shown, signer_name: str, witness: Signature | None, by: Actor, at: datetime) -> UUID:
    consent = Consent.objects.create(
        id=ids.new_id(at),
        person_id=held.person_id,
        offer_id=held.id,
        document_id=held.document_id,
        document_name=row.document.id,
        document_version=row.document.version,
        indication=held.indication,
        shown_text=page.text,
        shown_sha256=page.sha256,
        signer_name=signer_name,
        signed_at=at,
        signed_through=by.label,
        witness_id=None if witness is None else witness.user_id,
    )
    held.state = "signed"
    held.save(update_fields=["state"])
    note_standing(held.person_id, at)
    trail.record(
        events.signed,
        by=by,
        at=at,
        person_id=held.person_id,
        objects={"offer": held.id, "consent": consent.id},
        new={"sha256": page.sha256, "witness": None if witness is None else witness.name},
        library=row.document.label,
    )
    return consent.id
