"""What two signatures lift (safety 4)."""

from uuid import UUID

import pytest

from afterglow.pathway.plan.rules.lifting import Lift, lift
from afterglow.science.verdict import Finding, Verdict

SAY_WHY = Finding.unmet("dose.total", "Say why.", source="judgement", mark="J", lifted_by="two_signatures", who="prescriber and one more")
HARD = Finding.unmet("dose.minutes", "Too short.", lifted_by="nobody")
TO_DO = Finding.unmet("weight.current", "Weigh.")
DONE = Finding.met("dose.drug", "ketAMINE")


ANA, BEN = UUID(int=1), UUID(int=2)


def signed(item="dose.total", reason="Heavier person, twice tolerated.", second_by="ben", second_id=BEN, second_licensed=True):
    return Lift(
        item=item, reason=reason, first_by="ana", first_id=ANA, second_by=second_by, second_id=second_id, second_licensed=second_licensed
    )  # fmt: skip


# hazard: H49
def test_a_reason_and_two_people_lift_what_asks_why():
    lifted = lift(Verdict.of(DONE, SAY_WHY), [signed()])
    assert lifted.met
    assert lifted.findings[0] == DONE
    assert lifted.findings[1].sentence == "Say why. Lifted by ana and ben: Heavier person, twice tolerated."
    assert (lifted.findings[1].source, lifted.findings[1].mark, lifted.findings[1].lifted_by) == ("judgement", "J", "")


def test_two_people_of_one_name_are_two_people():
    assert lift(Verdict.of(SAY_WHY), [signed(second_by="ana")]).met


# hazard: H49
@pytest.mark.parametrize(
    ("entry", "says"),
    [
        (signed(reason="  "), "A reason is needed."),
        (signed(second_by="", second_id=None), "Two signatures are needed."),
        (signed(second_id=ANA), "another person's"),
        (signed(second_licensed=False), "licensed member"),
        (signed(second_licensed=None), "licensed member"),
    ],
)
def test_a_lift_that_does_not_count_says_why(entry, says):
    (finding,) = lift(Verdict.of(SAY_WHY), [entry]).open
    assert finding.state == "unmet"
    assert says in finding.sentence


def test_nobody_lifts_a_hard_stop_or_a_thing_to_do():
    verdict = Verdict.of(HARD, TO_DO, SAY_WHY)
    assert lift(verdict, [signed("dose.minutes"), signed("weight.current")]) == verdict


def test_an_unknown_that_may_be_lifted_is_lifted():
    unknown = Finding.unknown("weight.ordinary", "No height.", lifted_by="two_signatures")
    assert lift(Verdict.of(unknown), [signed("weight.ordinary")]).met
