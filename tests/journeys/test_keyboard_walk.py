"""From the accepted enquiry to a signed plan with a keyboard alone: the intake on the person's link, screening, consent and the plan."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from afterglow.ground.accounts.models import Clinic
from afterglow.pathway.consent.models import Consent
from afterglow.pathway.plan.models import TreatmentPlan
from afterglow.pathway.screening.models import ScreeningDecision
from tests.journeys import steps
from tests.support.browser import People
from tests.support.cast import Cast
from tests.support.keyboard_walk import KeyboardWalker
from tests.support.server import ServerProcess

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.engine("sqlite"),  # what a page does in a browser does not depend on the engine
]


# req: C32
# req: R39
def test_from_the_intake_to_a_plan_without_a_mouse(cast: Cast, at: datetime, serve: Callable[..., ServerProcess], people: People) -> None:
    Clinic.objects.update(is_demo=True)  # only a demo's clock can be shifted
    offset_s = (at - datetime.now(UTC)).total_seconds()
    server = serve(AFTERGLOW_CLOCK_OFFSET_S=str(offset_s))
    walk = steps.Walk(cast=cast, server=server, offset_s=offset_s, walker=lambda who: KeyboardWalker(server.url, people.page()))
    for step in (steps.enquiry, steps.intake, steps.screening, steps.consent, steps.plan):
        step(walk)
    nora = walk.known["person"]
    assert server.ask(lambda: ScreeningDecision.objects.get(case__person_id=nora).outcome) == "cleared"
    assert server.ask(lambda: Consent.objects.filter(person_id=nora).count()) == 1
    assert server.ask(lambda: TreatmentPlan.objects.get(person_id=nora).state) == "in_force"
    assert sum(each.stops for each in walk.walkers.values() if isinstance(each, KeyboardWalker)) > 200
