"""The page of orders against nausea: what it shows and to whom, and the signature; the room shows what is left."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from afterglow.pathway.session.models import AsNeededOrder
from tests.support.cast import PASSWORD
from tests.support.counting import audit_rows, queries_for
from tests.support.session import OnTheWay

TOLD = {"drug": "ondansetron", "use": "as_needed", "dose_mg": "4", "route": "iv", "what_for": "nausea", "most_mg": "8", "least_min": "30"}


def url(way: OnTheWay, dose_no: int = 1) -> str:
    return f"/sessions/as-needed/{way.plan_id}/{dose_no}/"


# req: S74
def test_the_page_names_the_person_says_what_is_known_and_fills_nothing_in(way: OnTheWay) -> None:
    ana = way.cast.client("ana")
    rows = audit_rows(lambda: ana.get(url(way)))
    assert [(row.event, row.person_id) for row in rows] == [("session.as_needed_orders_read", way.person_id)]
    html = ana.get(url(way)).content.decode()
    assert "Dan Marsh" in html and "Promethazine" in html and "not checked" in html and "no dose of its own" in html
    assert 'name="dose_mg" value' not in html and "checked>" not in html
    assert "Sign the order" not in way.cast.client("ben").get(url(way)).content.decode()
    assert way.cast.client("cora").get(url(way)).status_code == 404
    assert ana.get(url(way, 40)).status_code == 404


# req: S74
def test_a_prescriber_signs_and_the_room_shows_it_until_it_is_ended(way: OnTheWay) -> None:
    ana, ben, room = way.cast.client("ana"), way.cast.client("ben"), f"/sessions/{way.session_id}/room/"
    assert "No order is signed" in ben.get(room).content.decode()
    assert ben.post(url(way), {**TOLD, "key": "k", "password": PASSWORD}).status_code == 403
    wrong = ana.post(url(way), {**TOLD, "key": "k", "password": "no"})
    assert wrong.status_code == 422 and 'href="#id_password"' in wrong.content.decode()
    empty = ana.post(url(way), {"key": "k", "password": PASSWORD})
    assert empty.status_code == 422 and 'id="id_most_mg_error"' in empty.content.decode()
    too_little = ana.post(url(way), {**TOLD, "most_mg": "2", "key": "k", "password": PASSWORD})
    assert too_little.status_code == 422 and "less than one dose" in too_little.content.decode()
    answer = ana.post(url(way), {**TOLD, "key": "k2", "password": PASSWORD})
    assert answer.status_code == 302 and answer["location"] == url(way)
    shown = ben.get(room).content.decode()
    assert "Ondansetron <b>4 mg</b> IV, as needed, for nausea" in shown and "None given yet" in shown
    given = {"key": "m", "name": "Zofran", "amount": "4", "unit": "mg", "route": "iv", "rescue": "none"}
    assert ben.post(f"/sessions/{way.session_id}/medicine/", given).status_code == 302
    assert "4 mg given, 4 mg left" in ben.get(room).content.decode()
    assert "4 mg given, 4 mg left" in ben.get(f"/sessions/{way.session_id}/medicine/").content.decode()
    soon = ben.post(f"/sessions/{way.session_id}/medicine/", {**given, "key": "m2"})
    assert soon.status_code == 422 and 'id="id_outside_error"' in soon.content.decode()
    order = AsNeededOrder.objects.get()
    assert ana.post(f"/sessions/as-needed/{order.id}/end/", {"reason": "long QT"}).status_code == 302
    assert "ended by" in ana.get(url(way)).content.decode() and "No order is signed" in ben.get(room).content.decode()


def test_the_page_costs_the_same_with_one_order_or_more(way: OnTheWay) -> None:
    ana = way.cast.client("ana")

    def add(route: str) -> None:
        now = timezone.now()
        AsNeededOrder.objects.create(
            id=f"01a25172-ae80-7000-8000-00000000000{len(route)}", plan_id=way.plan_id, dose_no=1, use="as_needed", drug="ondansetron", dose_ug=4_000,
            route=route, what_for="nausea", most_ug=8_000, least_min=30, saw_text="[]", signed_at=now, signed_by_id=way.cast.ana.user_id,
            expires_at=now + timedelta(days=7),
        )  # fmt: skip

    add("iv")
    one = queries_for(ana, url(way))
    add("oral")
    assert queries_for(ana, url(way)) == one <= 45
