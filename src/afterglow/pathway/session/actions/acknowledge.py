"""Answer the marks that stand: seen, by whom, and for "no signal" what was seen.  Any signed-in member of staff may (safety 8, 41)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from afterglow.ground.access.actor import Actor
from afterglow.ground.errors import Refusal
from afterglow.pathway.session import events
from afterglow.pathway.session.actions.deed import Charted, earlier, hold_in_emergency, put, still_open
from afterglow.pathway.session.queries.silent import asking
from afterglow.pathway.session.queries.standing import ACKNOWLEDGED
from afterglow.pathway.session.rules.marks import Answer, may_clear


@transaction.atomic
def acknowledge(*, session_id: UUID, upto: int | None = None, saw: str = "", key: str, by: Actor, at: datetime) -> Charted:
    """`upto`: the number up to which the writer's page was drawn; a mark raised since is not answered by this.

    Raises Refusal `session.say_what_you_saw` while "no signal" is answered without words, `session.nothing_to_answer`; NotFound.
    """
    session = hold_in_emergency(by, session_id)
    if done := earlier(by, key, ["acknowledge", session_id, upto, saw], at=at):
        return done
    still_open(session)
    shown = asking(session, at=at, upto=upto)
    if not shown:
        raise Refusal("session.nothing_to_answer", "No mark that asks for an answer stands any more.", "Look at the room as it is now.")
    said = Answer(by=by.label, at=at, saw=saw.replace("\x00", "").strip()[:500])
    verdicts = [(raised, may_clear(raised, said)) for raised in shown]
    cleared = [raised for raised, verdict in verdicts if verdict.met]
    left = [finding for _, verdict in verdicts for finding in verdict.open]
    if not cleared:
        raise Refusal("session.say_what_you_saw", left[0].sentence, "Write what you see at the bedside.", field="saw", findings=tuple(left))
    payload = {
        "marks": sorted([raised.mark.code, raised.mark.channel] for raised in cleared),
        "sentences": [raised.mark.sentence for raised in cleared],
        "upto": upto if upto is not None else session.seq,
        "saw": said.saw,
        "raised_at": min(raised.first_at for raised in cleared).isoformat(),
    }
    says = " ".join(finding.sentence for finding in left)
    return put(session, ACKNOWLEDGED, payload, event=events.acknowledged, key=key, taken_at=at, at=at, by=by, says=says)
