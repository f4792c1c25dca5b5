"""Note set and setting: the intention of the day, music, light, eyeshade, and who is in the room (S84)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction

from afterglow.ground.access.actor import Actor
from afterglow.ground.errors import Refusal
from afterglow.pathway.session import events
from afterglow.pathway.session.actions.deed import Charted, earlier, happened, hold, put, still_open
from afterglow.pathway.session.queries.setting import SETTING
from afterglow.pathway.session.rules.setting import LONGEST, Setting, may_note
from afterglow.records.staff import queries as staff


@transaction.atomic
def note_setting(
    *,
    session_id: UUID,
    intention: str = "",
    music: str = "",
    light: str = "",
    eyeshade: str = "",
    here: Collection[UUID] = (),
    others: str = "",
    taken_at: datetime | None = None,
    key: str,
    by: Actor,
    at: datetime,
) -> Charted:
    """Everything as it is now; the newest note counts whole.  `here`: members of staff who are on site.

    Raises Refusal `session.answer_incomplete`, `session.ended`; NotFound; Forbidden.
    """
    session = hold(by, session_id, need="session.session.chart")
    words = {"intention": intention, "music": music, "light": light, "others": others}
    kept = {name: text.replace("\x00", "").strip()[:LONGEST] for name, text in words.items()}
    asked = ["setting", session_id, kept, eyeshade, sorted(map(str, here)), taken_at]
    if again := earlier(by, key, asked, at=at):
        return again
    still_open(session)
    names = {row.user_id: row.name for row in staff.on_site(session.site_id, at)}
    present = [{"id": str(user_id), "name": name} for user_id, name in names.items() if user_id in here]
    setting = Setting(**kept, eyeshade=eyeshade, here=tuple(each["name"] for each in present))
    verdict = may_note(setting, unknown_staff=[str(each) for each in here if each not in names])
    if not verdict.met:
        raise Refusal("session.answer_incomplete", verdict.sentence, "Complete the note.", field=verdict.open[0].item, findings=verdict.open)
    payload = {**kept, "eyeshade": eyeshade, "here": present}
    return put(session, SETTING, payload, event=events.setting_noted, key=key, taken_at=happened(session, taken_at, at), at=at, by=by)
