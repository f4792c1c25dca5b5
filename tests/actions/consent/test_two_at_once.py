"""Signing against the lock of a starting dose, and many signatures at once.  PostgreSQL: SQLite lets one writer in at a time anyway."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connections, transaction

from afterglow.ground.errors import Refusal
from afterglow.pathway.consent import queries
from afterglow.pathway.consent.actions.lock_until import lock_until
from afterglow.pathway.consent.actions.sign import sign
from afterglow.pathway.consent.models import Consent
from afterglow.pathway.screening.actions.decide import decide
from afterglow.pathway.screening.models import ScreeningDecision
from afterglow.records.chart.access import lock_person
from tests.support.cast import build_cast
from tests.support.consent import dans_link, offered, right_answers
from tests.support.screening import cleared, ready, signature

pytestmark = [pytest.mark.engine("postgresql"), pytest.mark.django_db(transaction=True)]
TOGETHER = 10


def at_once(deed: Callable[[int], object]) -> list[object]:
    """What each of ten threads got: an answer, or the code of its refusal."""
    answers: list[object] = []
    start = threading.Barrier(TOGETHER)

    def one(number: int) -> None:
        start.wait()
        try:
            answers.append(deed(number))
        except Refusal as refused:
            answers.append(refused.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one, args=(number,)) for number in range(TOGETHER)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


# req: R42
def test_ten_signatures_at_once_make_one_consent(at: datetime) -> None:
    cast = build_cast(at)
    cleared(cast, at)
    offer_id, (dan, _) = offered(cast, at), dans_link(cast, at)
    sha256 = queries.shown(queries.offer(offer_id), right_answers()).sha256

    def deed(number: int) -> object:
        return sign(offer_id=offer_id, signer_name="Dan Marsh", answers=right_answers(), shown_sha256=sha256, key=f"{number}", by=dan, at=at)

    answers = at_once(deed)
    assert answers.count("consent.not_signed") == TOGETHER - 1
    assert Consent.objects.count() == 1


# hazard: H28
def test_a_signature_waits_for_a_starting_dose_and_is_then_refused(at: datetime) -> None:
    cast = build_cast(at)
    cleared(cast, at)
    offer_id, (dan, _) = offered(cast, at), dans_link(cast, at)
    sha256 = queries.shown(queries.offer(offer_id), right_answers()).sha256
    held, answers = threading.Event(), list[object]()

    def signing() -> None:
        held.wait()
        try:
            answers.append(sign(offer_id=offer_id, signer_name="Dan Marsh", answers=right_answers(), shown_sha256=sha256, key="s", by=dan, at=at))
        except Refusal as refused:
            answers.append(refused.findings[0].item)
        finally:
            connections.close_all()

    thread = threading.Thread(target=signing)
    thread.start()
    with transaction.atomic():
        lock_person(cast.dan_id)
        held.set()
        thread.join(timeout=0.5)
        assert thread.is_alive(), "the signature waits for the person's lock"
        lock_until(person_id=cast.dan_id, until=at + timedelta(days=1), by=cast.ben, at=at)
    thread.join()
    assert answers == ["clear_headed"]
    assert Consent.objects.count() == 0


# req: R42
def test_ten_decisions_at_once_make_one(at: datetime) -> None:
    cast = build_cast(at)
    case = ready(cast, at)

    def deed(number: int) -> object:
        outcome, reason = ("cleared", "") if number % 2 else ("declined", "Not the right moment for this person.")
        return decide(case_id=case, outcome=outcome, reason=reason, signed=signature(cast.ana, at), key=f"{number}", by=cast.ana, at=at)

    answers = at_once(deed)
    assert answers.count("screening.case_closed") == TOGETHER - 1
    assert ScreeningDecision.objects.count() == 1
