"""The page on which a medical director sees a protocol walked through the clinic's own weekdays before anybody real does."""

from __future__ import annotations

import pytest

from afterglow.ground.accounts.models import Membership
from afterglow.ground.content.queries import released
from afterglow.pathway.plan.queries import rehearsals
from tests.support.cast import Cast
from tests.support.counting import audit_rows, queries_for

pytestmark = pytest.mark.django_db
PAGE = "/registry/rehearsal/"


@pytest.fixture(autouse=True)
def _few_and_fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rehearsals, "PEOPLE", 40)
    rehearsals.rehearsed.cache_clear()


def shown(cast: Cast, query: str = "", who: str = "olga") -> str:
    answer = cast.client(who).get(PAGE + query)
    assert answer.status_code == 200
    return answer.content.decode()


# req: S36
def test_owner_and_prescriber_see_what_cannot_be_kept_and_what_was_assumed(cast: Cast) -> None:
    for who in ("olga", "ana"):
        page = shown(cast, "?protocol=iv_mdd_standard", who)
        for said in (
            "Invented people</dt><dd>40<",
            "Days and windows",
            "Reviews that nobody would own",
            "One prescriber may sign reviews here",
            "away 4 weeks",
        ):
            assert said in page
        assert "Not reviewed by a clinician yet" in page


def test_each_protocol_of_the_library_can_be_chosen_and_no_other(cast: Cast) -> None:
    assert "four infusions over several weeks, version 1" in shown(cast, "?protocol=iv_mdd_spaced")
    for query in ("?protocol=iv_mdd", "?site=x", f"?site={cast.other_site_id}"):
        assert cast.client("olga").get(PAGE + query).status_code == 404


def test_who_may_see_it_and_that_it_was_read(cast: Cast) -> None:
    assert [row.event for row in audit_rows(lambda: shown(cast))] == ["registry.rehearsal_read"]
    for who in ("ben", "theo", "faye"):
        assert cast.client(who).get(PAGE).status_code == 403
    assert f'href="{PAGE}"' in cast.client("olga").get("/registry/").content.decode()


def test_a_clinic_without_a_prescriber_is_told_so(cast: Cast) -> None:
    Membership.objects.filter(clinic_id=cast.clinic_id, role="prescriber").delete()
    assert "Nobody here may sign a review" in shown(cast)


def test_what_cannot_be_planned_is_named_with_its_reason_and_offered_nowhere(cast: Cast) -> None:
    page = shown(cast)
    choices, below = page.split("What no plan can be made from yet")
    for said in (
        "Sublingual ketamine at home with a chaperone",
        "no call chain for a chaperone",
        "Compounded ketamine is not approved for any psychiatric disorder",
    ):
        assert said in below
        assert said not in choices
    assert below.count("(not reviewed by a clinician yet)") == len([each for each in released("programmes") if not each.content["plannable"]]) == 10
    assert cast.client("olga").get(f"{PAGE}?protocol=sl_home").status_code == 404


def test_it_costs_the_same_few_queries_each_time(cast: Cast) -> None:
    assert queries_for(cast.client("olga"), PAGE) <= 12
