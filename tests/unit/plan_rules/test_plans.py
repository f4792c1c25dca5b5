"""May a plan be made, and may it be signed?"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from afterglow.pathway.plan.rules.changes import Individualised
from afterglow.pathway.plan.rules.extension import Extension
from afterglow.pathway.plan.rules.orders import CREDENTIAL_WORDS, Credential
from afterglow.pathway.plan.rules.plans import PlanFacts, may_make_plan, may_sign_plan
from afterglow.pathway.plan.rules.series import SeriesFacts
from afterglow.science.verdict import Finding, Verdict

HELD = tuple(Credential(kind=kind, state="CA", expires_on=date(2027, 1, 1)) for kind in CREDENTIAL_WORDS)
FACTS = PlanFacts(
    screening="cleared",
    another_in_force=False,
    consent="in_force",
    credentials=HELD,
    site_state="CA",
    today=date(2026, 12, 7),
    series=SeriesFacts(),
    indicated=Finding.met("plan.indication"),
    guardrails_open=(),
)
DRAFTED = datetime(2026, 12, 7, 9, 0, tzinfo=UTC)
AS_IT_IS = Individualised(content={}, differences=(), verdict=Verdict.of(Finding.met("plan.course")))
TWO_SIGN = replace(AS_IT_IS, verdict=Verdict.of(Finding.unmet("plan.x", "Say why.", lifted_by="two_signatures")))
NOBODY = replace(AS_IT_IS, verdict=Verdict.of(Finding.unmet("plan.x", "A hard stop.", lifted_by="nobody")))


@pytest.mark.parametrize(
    ("changed", "plan", "to_make", "to_sign"),
    [
        ({}, AS_IT_IS, [], []),
        ({}, TWO_SIGN, [], ["plan.x"]),
        ({}, NOBODY, ["plan.x"], ["plan.x"]),
        ({"screening": None}, AS_IT_IS, ["plan.screening"], ["plan.screening"]),
        ({"screening": "declined"}, AS_IT_IS, ["plan.screening"], ["plan.screening"]),
        ({"indicated": None}, AS_IT_IS, ["plan.indication"], ["plan.indication"]),
        (
            {"indicated": Finding.unmet("plan.indication", "For something else.", lifted_by="nobody")},
            AS_IT_IS,
            ["plan.indication"],
            ["plan.indication"],
        ),
        ({"screening": None, "indicated": None}, AS_IT_IS, ["plan.screening"], ["plan.screening"]),
        ({"another_in_force": True}, AS_IT_IS, ["plan.only_one"], ["plan.only_one"]),
        ({"consent": None}, AS_IT_IS, [], ["order.consent"]),
        ({"consent": "capacity_not_shown"}, AS_IT_IS, [], ["order.consent"]),
        ({"consent": "other_course"}, AS_IT_IS, [], ["order.consent"]),
        ({"series": None}, AS_IT_IS, [], ["plan.series"]),
        ({"series": SeriesFacts(decision="stop")}, AS_IT_IS, [], ["plan.series"]),
        ({"extension": Extension(before=6, now=8, made_at=DRAFTED, agreed_at=DRAFTED + timedelta(minutes=1))}, AS_IT_IS, [], []),
        ({"extension": Extension(before=6, now=8, made_at=DRAFTED, agreed_at=DRAFTED)}, AS_IT_IS, [], ["plan.extension"]),
        ({"extension": Extension(before=6, now=8, made_at=DRAFTED, agreed_at=DRAFTED - timedelta(minutes=1))}, AS_IT_IS, [], ["plan.extension"]),
        ({"extension": Extension(before=6, now=8, made_at=DRAFTED, agreed_at=None)}, AS_IT_IS, [], ["plan.extension"]),
        ({"guardrails_open": None}, AS_IT_IS, [], ["plan.guardrails"]),
        ({"guardrails_open": ("Weight", "Leaving")}, AS_IT_IS, [], ["plan.guardrails"]),
        ({"credentials": None}, AS_IT_IS, [], ["order.prescriber_licence", "order.dea", "order.privilege"]),
        ({"today": date(2027, 1, 2)}, AS_IT_IS, [], ["order.prescriber_licence", "order.dea", "order.privilege"]),
    ],
)
def test_making_and_signing(changed: dict[str, object], plan: Individualised, to_make: list[str], to_sign: list[str]) -> None:
    facts = replace(FACTS, **changed)  # type: ignore[arg-type]
    assert [finding.item for finding in may_make_plan(facts, plan).open] == to_make
    assert [finding.item for finding in may_sign_plan(facts, plan).open] == to_sign
