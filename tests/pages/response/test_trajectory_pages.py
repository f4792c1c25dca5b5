"""The trajectory page, the review under it and the list of those that wait: who, how much, what is said and what is refused."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from afterglow.doors import clock
from afterglow.pathway.plan.actions.sign_plan import sign_plan
from afterglow.pathway.plan.queries import plans
from afterglow.pathway.plan.rules.changes import Change
from afterglow.pathway.response.models import ResponseReview
from afterglow.pathway.response.queries import reviews
from tests.support.aftercare import a_dose
from tests.support.cabinet import signature
from tests.support.cast import PASSWORD, Cast, build_cast
from tests.support.counting import audit_rows, queries_for
from tests.support.plan import a_draft, a_plan
from tests.support.plan import ready as ready_for_plan
from tests.support.response import REASON, asked, at_review, give, reviewed
from tests.support.session import somebody
from tests.support.translations import shipped

pytestmark = pytest.mark.django_db
CREW = ("ana", "ben", "theo", "faye", "olga", "cora")


@pytest.fixture
def cast(db: None, at: datetime) -> Cast:
    return build_cast(at)


def url_of(cast: Cast) -> str:
    return reverse("response:person", args=[cast.dan_id])


def hidden(text: str) -> dict[str, str]:
    """The key and the mark of what was shown, as the page carries them."""
    found = {}
    for name in ("key", "shown"):
        match = re.search(rf'name="{name}" value="([^"]*)"', text)
        assert match is not None, name
        found[name] = match[1]
    return found


def form(client: Client, cast: Cast, **told: str) -> dict[str, Any]:
    first = {"decision": "continue", "reason": REASON, "without_score": "on", "password": PASSWORD}
    return hidden(client.get(url_of(cast)).text) | first | told


def test_who_may_open_what(cast: Cast, at: datetime) -> None:
    plan_id = at_review(cast, at)
    wanted = {
        reverse("response:reviews"): [200, 200, 200, 403, 403, 200],
        url_of(cast): [200, 200, 200, 403, 403, 404],
    }
    for url, statuses in wanted.items():
        assert [cast.client(who).get(url).status_code for who in CREW] == statuses, url
    for name in ("response:sign_review", "response:carry_out"):
        url = reverse(name, args=[plan_id])
        assert [cast.client(who).post(url).status_code for who in CREW] == [422, 403, 403, 403, 403, 404], url


# req: S57
def test_it_says_where_somebody_stands_and_what_has_to_be_decided(cast: Cast, at: datetime) -> None:
    asked(cast, at - timedelta(days=4), 20)
    at_review(cast, at)
    asked(cast, at + timedelta(days=4), 9)
    text = cast.client("ana").get(url_of(cast)).text
    assert "3 of 6 infusions are given. The review after infusion 3 has to decide: go on as planned" in text
    assert "Sign the review" in text and "Without JavaScript" not in text
    assert "<svg" in text and "The same as a table" in text and ">20</td>" in text and ">9</td>" in text
    assert 'name="decision"' in text and "checked" not in text.partition('name="decision"')[2][:400]  # nothing is chosen beforehand
    told = cast.client("ben").get(url_of(cast)).text
    assert "It waits for a prescriber." in told and "Sign the review" not in told


# req: S47
# req: N7
def test_a_review_is_signed_on_the_page(cast: Cast, at: datetime) -> None:
    plan_id, client = at_review(cast, at), cast.client("ana")
    url = reverse("response:sign_review", args=[plan_id])
    told = form(client, cast)
    done = client.post(url, told)
    assert done.status_code == 302 and done["Location"] == url_of(cast)
    assert plans.plan(plan_id).allowed_doses == 6
    text = client.get(url_of(cast)).text
    assert "After infusion 3: go on as planned." in text and REASON in text and "The next review is after infusion 6." in text
    assert client.post(url, told)["Location"] == url_of(cast)  # the same form pressed twice: it is signed
    another = client.post(url, told | {"key": "another form"})
    assert another.status_code == 422 and "Something new was recorded" in another.text
    assert ResponseReview.objects.count() == 1


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"password": "wrong"}, "password"),
        ({"decision": "aftercare"}, "What happens now"),
        ({"decision": ""}, "What happens now"),
        ({"reason": ""}, "What you found"),
        ({"reason": "ok"}, "Write what was found"),
        ({"without_score": ""}, "is not known from a score"),
        ({"shown": "0" * 64}, "Something new was recorded"),
    ],
)
def test_a_refused_review_keeps_what_was_typed_and_says_why(cast: Cast, at: datetime, changed: dict[str, str], said: str) -> None:
    plan_id, client = at_review(cast, at), cast.client("ana")
    answer = client.post(reverse("response:sign_review", args=[plan_id]), form(client, cast, **changed))
    assert answer.status_code == 422 and said in answer.text and "The review was not signed" in answer.text
    assert changed.get("reason", REASON) in answer.text and "wrong" not in answer.text.partition("<main")[2].replace("wrong password", "")
    assert not ResponseReview.objects.exists()


def test_a_page_that_was_overtaken_can_be_signed_once_it_is_read_again(cast: Cast, at: datetime) -> None:
    plan_id, client = at_review(cast, at), cast.client("ana")
    url, old = reverse("response:sign_review", args=[plan_id]), form(client, cast)
    asked(cast, at + timedelta(days=1), 9, instrument="gad7")
    refused = client.post(url, old)
    assert refused.status_code == 422 and "Something new was recorded" in refused.text
    assert client.post(url, form(client, cast)).status_code == 302


# req: S47
def test_a_revised_plan_goes_on_with_a_signature(cast: Cast, at: datetime) -> None:
    plan_id, client = at_review(cast, at), cast.client("ana")
    reviewed(cast, at, plan_id, "change")
    assert "Let the course go on" not in client.get(url_of(cast)).text
    change = Change(path="dose.over_min", value=50, reason="Pressure rose.")
    newer = a_draft(cast, at, replaces=plan_id, changes=[change], key="newer")
    sign_plan(plan_id=newer, signed=signature(cast.ana, at), by=cast.ana, at=at + timedelta(minutes=1))
    url = reverse("response:carry_out", args=[newer])
    assert "Let the course go on" in client.get(url_of(cast)).text and "Let the course go on" not in cast.client("ben").get(url_of(cast)).text
    assert client.post(url, {"password": "wrong"}).status_code == 422 and plans.plan(newer).allowed_doses == 3
    assert client.post(url, {"password": PASSWORD}).status_code == 302 and plans.plan(newer).allowed_doses == 6
    assert client.post(url, {"password": PASSWORD}).status_code == 422


def test_somebody_without_a_plan_has_an_empty_page(cast: Cast, at: datetime) -> None:
    text = cast.client("ana").get(url_of(cast)).text
    assert "Nothing was measured and no dose was given yet." in text and "Sign the review" not in text


def test_a_page_writes_one_row_about_the_person_and_the_list_one_without(cast: Cast, at: datetime) -> None:
    at_review(cast, at)
    client = cast.client("ana")
    rows = audit_rows(lambda: client.get(url_of(cast)))
    assert [(row.event, row.person_id) for row in rows] == [("response.trajectory_read", cast.dan_id)]
    rows = audit_rows(lambda: client.get(reverse("response:reviews")))
    assert [(row.event, row.person_id) for row in rows] == [("response.reviews_read", None)]


# req: N7
def test_what_waits_is_on_its_list_on_home_and_on_the_walk(cast: Cast, at: datetime) -> None:
    plan_id, client = at_review(cast, at), cast.client("ana")
    for url in (reverse("response:reviews"), reverse("desk:home")):
        assert url_of(cast) in client.get(url).text, url
    walk = client.get(reverse("desk:journey", args=[cast.dan_id])).text
    assert "the review after infusion 3 waits" in walk and url_of(cast) in walk
    reviewed(cast, at + timedelta(days=1), plan_id, "continue")
    assert url_of(cast) not in client.get(reverse("response:reviews")).text
    assert "next review after infusion 6" in client.get(reverse("desk:journey", args=[cast.dan_id])).text


def test_what_is_locked_links_to_the_review(cast: Cast, at: datetime) -> None:
    plan_id, client = at_review(cast, at), cast.client("ana")
    assert url_of(cast) in client.get(reverse("plan:plan", args=[plan_id])).text
    assert f'href="{url_of(cast)}"' in client.get(reverse("plan:order", args=[plan_id, 4])).text
    assert f'href="{url_of(cast)}"' not in client.get(reverse("plan:order", args=[plan_id, 3])).text.partition("<main")[2]


def at_their_review(cast: Cast, at: datetime, name: str) -> None:
    person_id = somebody(cast, at, name)
    ready_for_plan(cast, at, person_id)
    plan_id = a_plan(cast, at, person_id=person_id, key=f"plan {name}")
    give(cast, at, plan_id, range(1, 4))


def test_the_list_costs_the_same_for_one_and_for_many(cast: Cast, at: datetime) -> None:
    client, url = cast.client("ana"), reverse("response:reviews")
    at_their_review(cast, at, "First")
    one = queries_for(client, url)
    for number in range(6):
        at_their_review(cast, at, f"More{number}")
    assert len(reviews.waiting(cast.ana, clock.now())) == 7
    assert queries_for(client, url) == one <= 20


def test_the_page_costs_the_same_for_one_score_and_for_many(cast: Cast, at: datetime) -> None:
    asked(cast, at - timedelta(days=200), 20)
    at_review(cast, at)
    client = cast.client("ana")
    one = queries_for(client, url_of(cast))
    for back in range(19, 0, -1):
        asked(cast, at - timedelta(days=9 * back), back)
    assert queries_for(client, url_of(cast)) == one <= 45


def test_an_unknown_plan_or_person_is_not_found(cast: Cast) -> None:
    client, nobody = cast.client("ana"), UUID(int=1)
    assert client.get(reverse("response:person", args=[nobody])).status_code == 404
    assert client.post(reverse("response:sign_review", args=[nobody])).status_code == 404


# req: S58
def test_the_class_of_response_stands_with_its_scores_or_with_what_is_missing(cast: Cast, at: datetime) -> None:
    ana = cast.client("ana")
    assert "Class of response over the series" not in ana.get(url_of(cast)).text, "no dose was given"
    ready_for_plan(cast, at)
    asked(cast, at - timedelta(days=5), 20)
    a_dose(cast, cast.dan_id, a_plan(cast, at), 1, at + timedelta(hours=1))
    asked(cast, at + timedelta(days=4), 8)
    text = " ".join(re.sub(r"<[^>]+>", " ", ana.get(url_of(cast)).text).split())
    assert "Class of response over the series" in text and "What the classes mean" in text
    assert "PHQ-9 early response, so far Within 10 days of the first dose: 20 before the first dose, 8 on day 3 at the last score." in text
    assert "GAD-7 cannot be said There is no score of the 14 days before the first dose." in text
    assert "Early response (J)" in text and "Not reviewed by a clinician yet." in text


# req: N44
@pytest.mark.parametrize(("validated", "beside"), [(True, "in Spanish"), (False, "in Spanish, a translation not known to be validated")])
def test_a_score_in_another_wording_is_told_apart_wherever_it_stands(cast: Cast, at: datetime, validated: bool, beside: str) -> None:
    wording = shipped("phq9", "es", at, validated=validated)
    ready_for_plan(cast, at)
    asked(cast, at - timedelta(days=5), 20)
    a_dose(cast, cast.dan_id, a_plan(cast, at), 1, at + timedelta(hours=1))
    asked(cast, at + timedelta(days=4), 8, wording=wording)
    text = " ".join(re.sub(r"<[^>]+>", " ", cast.client("ana").get(url_of(cast)).text).split())
    assert f"20 8 {beside} " in text, "in the row of the standing"
    assert "not the same wording" in text
    assert text.count(beside) >= 3, "standing, note of the latest answers, and the table of the picture"
    assert ("not known to be validated" in text) is not validated


def test_scores_in_the_files_own_words_are_not_called_anything(cast: Cast, at: datetime) -> None:
    ready_for_plan(cast, at)
    asked(cast, at - timedelta(days=5), 20)
    a_dose(cast, cast.dan_id, a_plan(cast, at), 1, at + timedelta(hours=1))
    asked(cast, at + timedelta(days=4), 8)
    text = cast.client("ana").get(url_of(cast)).text
    assert "not the same wording" not in text and "translation" not in text
