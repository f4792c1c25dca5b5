"""Everything that happens by itself: one function, every 15 seconds, with the time handed in.

Each part asks its query what is due and acts, once per item: running it twice, late or after an outage changes nothing more.  A part that
fails does not hold up the others: escalation of an overdue flag never waits for a sweep of old links.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from afterglow.doors.jobs import check_ins
from afterglow.doors.jobs.owners import settle_owners
from afterglow.doors.jobs.paging import page_staff, send_waiting
from afterglow.doors.jobs.statistics import gather_daily
from afterglow.doors.portal.drafts import forget_drafts
from afterglow.ground.access.sweep import sweep_links
from afterglow.ground.accounts.actions import forget_failures
from afterglow.ground.accounts.password_links import forget_password_links
from afterglow.ground.accounts.queries import clinic_ids
from afterglow.ground.audit.seal import seal_closed_rows
from afterglow.ground.writes.once import forget_keys
from afterglow.pathway.enquiry.actions.forget_old import forget_arrivals, forget_old
from afterglow.records.flags.actions.escalate_overdue import escalate_overdue, release_ownerless

KEEP_WRITE_KEYS = timedelta(days=30)
KEEP_FAILURES = timedelta(days=1)
KEEP_LINKS = timedelta(days=90)
KEEP_DRAFTS = timedelta(days=60)
log = logging.getLogger("afterglow")


class JobsFailed(Exception):
    """Some parts failed; `done` holds what the others did.  The parts are tried again at the next tick."""

    def __init__(self, failed: tuple[str, ...], done: Mapping[str, int]) -> None:
        super().__init__(", ".join(failed))
        self.failed, self.done = failed, dict(done)


def parts(at: datetime) -> dict[str, Callable[[], int]]:
    """Each part by name, the urgent ones first; called, it says how much it did."""
    return {
        "flags_escalated": lambda: escalate_overdue(at),
        "flags_released": lambda: sum(release_ownerless(clinic_id, at) for clinic_id in clinic_ids()),
        "flags_handed_over": lambda: settle_owners(at),
        "staff_paged": lambda: page_staff(at),
        "check_ins_planned": lambda: check_ins.plan(at),
        "check_ins_sent": lambda: check_ins.send(at),
        "check_ins_closed": lambda: check_ins.close(at),
        "audit_rows_sealed": lambda: seal_closed_rows(at),
        "statistics_gathered": lambda: gather_daily(at),
        "write_keys_forgotten": lambda: forget_keys(at - KEEP_WRITE_KEYS),
        "failures_forgotten": lambda: forget_failures(at - KEEP_FAILURES),
        "links_swept": lambda: sweep_links(at - KEEP_LINKS) + forget_password_links(at - KEEP_LINKS),
        "drafts_forgotten": lambda: forget_drafts(at - KEEP_DRAFTS),
        "arrivals_forgotten": lambda: forget_arrivals(at - KEEP_FAILURES),
        "enquiries_forgotten": lambda: forget_old(at),
        "messages_sent": lambda: send_waiting(at),  # last: a mail server that does not answer holds up nothing else
    }


def tick(at: datetime) -> dict[str, int]:
    """How much each part did, by name.  Raises JobsFailed after every part was tried."""
    done: dict[str, int] = {}
    failed = []
    for name, part in parts(at).items():
        try:
            done[name] = part()
        except Exception as error:  # whatever it was, the next part must run; the log gets the type, never a value
            log.error("the job %s failed: %s", name, type(error).__name__)
            failed.append(name)
    if failed:
        raise JobsFailed(tuple(failed), done)
    return done
