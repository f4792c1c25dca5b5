"""In a real browser at desk and phone size: nothing that axe-core finds fault with on any page of screening and consent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from afterglow.ground.access.middleware import LINK_COOKIE
from afterglow.pathway.screening import queries as screening
from afterglow.pathway.screening.actions.sign_override import sign_override
from afterglow.records.chart.actions.record_medicine import record_medicine
from tests.support.browser import PHONE, People
from tests.support.cast import Cast, build_cast, register, zone_by_day
from tests.support.consent import dans_link, offered, right_answers, signed
from tests.support.screening import cleared, ready, signature
from tests.support.server import ServerProcess

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def at() -> datetime:
    """The server is a process of its own and has the machine's clock."""
    return timezone.now()


@pytest.fixture
def cast(transactional_db: None, at: datetime) -> Cast:
    return build_cast(at, zone=zone_by_day(at))


# req: R39
def test_no_page_of_screening_and_consent_has_a_fault(
    cast: Cast, at: datetime, serve: Callable[..., ServerProcess], people: People, axe: Callable[[Page], None]
) -> None:
    una = register(cast.faye, at, "Una")
    case = ready(cast, at, but={"workup.prescription_monitoring_checked": "no", "decision.coerced": "yes"}, person_id=una)
    for name in ("oxycodone", "metformin"):
        record_medicine(person_id=una, name=name, by=cast.ben, at=at)
    finding = next(each.finding for each in screening.picture(case, at).assessment.items if each.finding.item == "prescription_monitoring")
    override = sign_override(
        case_id=case, item=finding.item, saw=finding.sentence, reason="A reason long enough.", signed=signature(cast.ben, at), key="o",
        by=cast.ben, at=at,
    )  # fmt: skip
    decided = cleared(cast, at)
    consent_id = signed(cast, at)
    offer_id = offered(cast, at)
    login, (_, link) = cast.client("ana").cookies["afterglow_login"].value, dans_link(cast, at)
    url = serve().url
    desk = people.page()
    desk.context.add_cookies([{"name": "afterglow_login", "value": login, "url": url}])
    for address in (
        "/screening/",
        f"/screening/person/{una}/",
        f"/screening/{case}/",
        f"/screening/{case}/override/medicines_high_decided/",
        f"/screening/{case}/second/{override}/",
        f"/screening/{decided}/",
        "/consent/",
        f"/consent/person/{cast.dan_id}/",
        f"/consent/signed/{consent_id}/",
        f"/consent/signed/{consent_id}/capacity/",
    ):
        assert desk.goto(url + address).status == 200, address  # type: ignore[union-attr]
        assert desk.url == url + address, "it is the page itself, not the sign-in page"
        axe(desk)
    phone = people.page(**PHONE)
    phone.context.add_cookies([{"name": LINK_COOKIE, "value": link, "url": url}])
    for address in ("/me/consent/", f"/me/consent/{offer_id}/", f"/me/consent/{offer_id}/questions/", f"/me/consent/signed/{consent_id}/"):
        assert phone.goto(url + address).status == 200, address  # type: ignore[union-attr]
        axe(phone)
    sign_on_the_phone(phone, url, offer_id, axe)


def sign_on_the_phone(phone: Page, url: str, offer_id: UUID, axe: Callable[[Page], None]) -> None:
    """One answer wrong at first, a wrong name, then the signature."""
    phone.goto(f"{url}/me/consent/{offer_id}/questions/")
    for question, option in {**right_answers(), "cure": "cure"}.items():
        phone.check(f"input[name={question}][value={option}]")
    phone.click("text=Check my answers")
    axe(phone)
    phone.check("input[name=cure][value=temporary]")
    phone.click("text=Check my answers")
    phone.wait_for_url("**/sign/")
    axe(phone)
    assert phone.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), "no sideways scrolling on a phone"
    phone.fill("input[name=signer_name]", "Somebody Else")
    phone.click("button:has-text('Sign')")
    axe(phone)
    phone.check("input[name=agreed]")
    phone.fill("input[name=signer_name]", "Dan Marsh")
    phone.click("button:has-text('Sign')")
    phone.wait_for_url("**/me/consent/")
