"""Set and setting of one session as last noted, from the session's own deeds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from afterglow.pathway.session.models import Session
from afterglow.pathway.session.queries import deeds
from afterglow.pathway.session.rules.setting import Setting, company
from afterglow.science.verdict import Finding

SETTING = "setting"


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingNow:
    """`setting` None: nobody noted any."""

    setting: Setting | None
    company: Finding
    by: str
    at: datetime | None


def setting_now(session: Session) -> SettingNow:
    """No query beside the session's own deeds."""
    last = deeds.last(deeds.deeds(session.id), SETTING)
    if last is None:
        return SettingNow(setting=None, company=company(None), by="", at=None)
    told = last.payload
    words = {name: str(told[name]) for name in ("intention", "music", "light", "eyeshade", "others")}
    setting = Setting(**words, here=tuple(each["name"] for each in told["here"]))
    return SettingNow(setting=setting, company=company(setting), by=last.by, at=last.taken_at)
