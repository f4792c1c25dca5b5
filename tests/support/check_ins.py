"""A check-in of Dan's that is open now, and his phone that opened its link: for tests of the pages and of the jobs."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.test import Client

from afterglow.doors.jobs import check_ins as jobs
from afterglow.ground.access import links
from afterglow.pathway.response.actions.plan_check_ins import plan_after_doses
from afterglow.pathway.response.actions.send_check_ins import Reach, send_check_ins
from afterglow.pathway.response.models import CheckIn
from afterglow.pathway.session.models import Session
from tests.support.session import OnTheWay

HOUR = timedelta(hours=1)
EVERY_WAY = frozenset({"sms", "email"})


def dose_ended_at(way: OnTheWay) -> datetime:
    ended_at: datetime | None = Session.objects.values_list("dosing_ended_at", flat=True).get(id=way.session_id)
    assert ended_at is not None
    return ended_at


def reach(way: OnTheWay, *, on_call: bool = True, ways: frozenset[str] = EVERY_WAY) -> Reach:
    """Ana is on call, or nobody is."""
    return Reach(on_call={way.cast.site_id: (way.cast.ana.user_id,) if on_call and way.cast.ana.user_id else ()}, ways=ways)


def opened(way: OnTheWay, at: datetime, rule: str = "day_1") -> CheckIn:
    """Planned and sent by the real actions at `at`, which lies in the rule's window."""
    by = jobs.job(way.cast.clinic_id)
    plan_after_doses(by=by, at=at)
    send_check_ins(reach=reach(way), by=by, at=at)
    row = CheckIn.objects.get(rule_id=rule, person_id=way.cast.dan_id)
    assert row.state == "sent", row.reason
    return row


def phone(way: OnTheWay, at: datetime) -> Client:
    """A browser that opened a check-in link made at `at`."""
    by = jobs.job(way.cast.clinic_id)
    _, token = links.make_link(
        clinic_id=way.cast.clinic_id, person_id=way.cast.dan_id, holder="Dan Marsh", purpose="check_in", lasts=jobs.LINK_LASTS, by=by, at=at
    )
    client = Client()
    answer = client.get(f"/l/{token}/")
    assert (answer.status_code, answer["Location"]) == (302, "/me/")
    return client
