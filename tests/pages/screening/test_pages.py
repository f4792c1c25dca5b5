"""The screening pages: what they show, what they cost, one audit row each, and what is typed wrong is kept."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from afterglow.ground.audit.models import AuditRow
from afterglow.pathway.enquiry.actions.accept import accept
from afterglow.pathway.enquiry.actions.receive_enquiry import receive_enquiry
from afterglow.pathway.screening import queries
from afterglow.pathway.screening.actions.record_facts import record_facts
from afterglow.pathway.screening.models import Override, SecondSignature
from afterglow.records.chart.actions.record_medicine import record_medicine
from afterglow.records.chart.actions.record_trial import record_trial
from afterglow.records.measures.actions.answer import answer
from afterglow.records.measures.actions.assign import assign
from tests.support.cast import PASSWORD, Cast, address, register
from tests.support.screening import cleared, opened, ready, signature

pytestmark = pytest.mark.django_db


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def test_the_list_names_who_waits_and_leaves_one_audit_row(cast: Cast, at: datetime) -> None:
    empty = cast.client("ana").get(reverse("screening:list"))
    assert "Nobody is being screened" in text(empty)
    opened(cast, at)
    assert "Dan Marsh" in text(cast.client("ana").get(reverse("screening:list")))
    assert AuditRow.objects.filter(event="screening.list_read").count() == 2
    assert "Dan Marsh" not in text(cast.client("cora").get(reverse("screening:list")))


def test_the_list_costs_the_same_at_1_and_at_50(cast: Cast, at: datetime) -> None:
    client, address_ = cast.client("ana"), reverse("screening:list")
    opened(cast, at)
    client.get(address_)
    with CaptureQueriesContext(connection) as one:
        client.get(address_)
    for number in range(49):
        opened(cast, at, register(cast.faye, at, f"P{number}"))
    with CaptureQueriesContext(connection) as fifty:
        client.get(address_)
    assert len(fifty) == len(one)


def test_a_case_is_opened_from_the_persons_page(cast: Cast, at: datetime) -> None:
    client = cast.client("ben")
    assert "Not screened yet" in text(client.get(reverse("screening:person", args=[cast.dan_id])))
    response = client.post(reverse("screening:open", args=[cast.dan_id]), {"site_id": str(cast.site_id), "indication": "trd"})
    case = queries.cases_of(cast.dan_id)[0]
    assert response["Location"] == reverse("screening:case", args=[case.id])
    assert AuditRow.objects.filter(event="screening.person_read", person_id=cast.dan_id).count() == 1


# req: S12
# req: S13
# req: S28
def test_the_case_shows_every_finding_with_source_and_both_definitions(cast: Cast, at: datetime) -> None:
    case = ready(cast, at, but={"workup.prescription_monitoring_checked": "no", "decision.coerced": "yes"})
    record_medicine(person_id=cast.dan_id, name="phenelzine", by=cast.ben, at=at)
    record_medicine(person_id=cast.dan_id, name="moonflower tea", by=cast.ben, at=at)
    shown = text(cast.client("ana").get(reverse("screening:case", args=[case])))
    for words in (
        "MGH-ATRQ",
        "Esketamine trials",
        "ATHF-SF",
        "Maudsley staging",
        "Not known yet: between 3 and 10. Missing: length of the episode, severity, ECT.",
        "sertraline: adequate dose and weeks",
        "Nobody may lift this.",
        "Not checked",
        "not checked",
        "moonflower",
    ):
        assert words in shown
    for item in queries.picture(case, at).assessment.items:
        if item.blocks:
            assert item.criterion.source.split("(")[0].split("'")[0][:30] in shown
    assert AuditRow.objects.filter(event="screening.case_read", person_id=cast.dan_id).count() == 1


# req: S29
# hazard: H39
def test_a_misspelled_medicine_is_offered_and_stays_in_the_way(cast: Cast, at: datetime) -> None:
    case = ready(cast, at)
    record_medicine(person_id=cast.dan_id, name="oxycodne 5 mg", by=cast.ben, at=at)
    shown = text(cast.client("ana").get(reverse("screening:case", args=[case])))
    assert "oxycodne 5 mg: not checked, no match by name." in shown
    assert "Did you mean <b>oxycodone</b>? Ask, and correct the medicine list." in shown
    assessment = queries.picture(case, at).assessment
    assert [item.criterion.id for item in assessment.items if item.blocks] == ["medicines_all_checked"]
    assert assessment.checked is not None
    assert assessment.checked.matches == ()


# req: S37
# req: S21
@pytest.mark.parametrize(("total", "said"), [(3, "positive or negative is not known"), (8, "positive"), (0, "negative")])
def test_the_screens_for_alcohol_and_drugs_stand_before_the_prescriber(cast: Cast, at: datetime, total: int, said: str) -> None:
    url = reverse("screening:case", args=[ready(cast, at)])
    shown = text(cast.client("ana").get(url))
    for name in ("AUDIT-C, alcohol", "DAST-10, drugs"):
        assert f'{name}</th><td colspan="2"><b>not answered yet</b>' in shown
    paper = assign(person_id=cast.dan_id, instrument="audit_c", occasion="screening", channel="staff", site_id=cast.site_id, by=cast.ben, at=at)
    given = {"q1": total // 3 + total % 3, "q2": total // 3, "q3": total // 3}
    answer(assignment_id=paper, answers=given, taken_at=at, key=f"audit {total}", by=cast.ben, at=at)
    assert f"AUDIT-C, alcohol</th><td>{total} <b>{said}</b></td>" in text(cast.client("ana").get(url))


def test_the_case_costs_the_same_however_much_is_recorded(cast: Cast, at: datetime) -> None:
    case = ready(cast, at)
    client, address_ = cast.client("ana"), reverse("screening:case", args=[case])
    client.get(address_)
    with CaptureQueriesContext(connection) as few:
        client.get(address_)
    for number in range(50):
        record_trial(person_id=cast.dan_id, drug=f"drug {number}", by=cast.ana, at=at)
        record_facts(case_id=case, answers={"lab.alt_times_uln": f"0.{number + 10}"}, key=f"more {number}", by=cast.ana, at=at)
    with CaptureQueriesContext(connection) as many:
        client.get(address_)
    assert len(many) == len(few)
    assert len(many) < 60


def test_answers_are_saved_by_group_and_what_is_wrong_is_kept(cast: Cast, at: datetime) -> None:
    case = opened(cast, at)
    client, group = cast.client("ben"), reverse("screening:facts", args=[case, "organs"])
    wrong = client.post(group, {"key": "1", "lab.alt_times_uln": "a lot", "liver.child_pugh": "none"})
    assert wrong.status_code == 422
    assert 'value="a lot"' in text(wrong)
    assert queries.answers(case) == {}
    right = client.post(group, {"key": "1", "lab.alt_times_uln": "0.9", "liver.child_pugh": "none", "liver.child_pugh__detail": "Ultrasound 2025"})
    assert right.status_code == 302
    saved = queries.answers(case)
    assert {key: (row.value, row.detail) for key, row in saved.items()} == {
        "lab.alt_times_uln": ("0.9", ""),
        "liver.child_pugh": ("none", "Ultrasound 2025"),
    }
    assert client.post(reverse("screening:facts", args=[case, "nothing"]), {"key": "2"}).status_code == 404


# req: S14
def test_an_override_is_signed_by_two_at_the_same_screen(cast: Cast, at: datetime) -> None:
    case = ready(cast, at, but={"workup.prescription_monitoring_checked": "no"})
    client, page = cast.client("ben"), reverse("screening:override", args=[case, "prescription_monitoring"])
    form = client.get(page).context["form"].initial
    reason = "The register is down today; checked last week."
    wrong = client.post(page, {**form, "reason": reason, "password": "not mine at all"})
    assert (wrong.status_code, Override.objects.count()) == (422, 0)
    assert reason in text(wrong)
    assert "not mine at all" not in text(wrong)
    signed = client.post(page, {**form, "reason": reason, "password": PASSWORD})
    second = signed["Location"]
    assert client.get(second).status_code == 200
    for email, password, status in ((address("ben"), PASSWORD, 422), (address("ana"), "wrong words here", 422), (address("cora"), PASSWORD, 422)):
        assert client.post(second, {"second_email": email, "second_password": password}).status_code == status
    assert SecondSignature.objects.count() == 0
    assert client.post(second, {"second_email": address("faye"), "second_password": PASSWORD}).status_code == 403
    assert client.post(second, {"second_email": address("ana"), "second_password": PASSWORD}).status_code == 302
    assert "Second signature: Ana Ruiz" in text(client.get(reverse("screening:case", args=[case])))


def test_the_second_signs_under_their_own_login(cast: Cast, at: datetime) -> None:
    case = ready(cast, at, but={"workup.prescription_monitoring_checked": "no"})
    page = reverse("screening:override", args=[case, "prescription_monitoring"])
    form = cast.client("ana").get(page).context["form"].initial
    second = cast.client("ana").post(page, {**form, "reason": "The register is down today.", "password": PASSWORD})["Location"]
    theo = cast.client("theo")
    assert "sign as the second person" in text(theo.get(second))
    assert theo.post(second, {"password": "wrong words here"}).status_code == 422
    assert theo.post(second, {"password": PASSWORD}).status_code == 302
    assert SecondSignature.objects.get().signed_by_id == cast.theo.user_id


def test_a_hard_stop_offers_no_override(cast: Cast, at: datetime) -> None:
    case = ready(cast, at, but={"decision.coerced": "yes"})
    page = reverse("screening:override", args=[case, "free_decision"])
    client = cast.client("ana")
    assert page not in text(client.get(reverse("screening:case", args=[case])))
    form = client.get(page).context["form"].initial
    assert "Nobody may lift this item." in text(client.post(page, {**form, "reason": "A very good reason.", "password": PASSWORD}))


def test_a_medicine_is_looked_up_on_the_page(cast: Cast, at: datetime) -> None:
    case = ready(cast, at)
    record_medicine(person_id=cast.dan_id, name="metformin", by=cast.ben, at=at)
    client, page = cast.client("ana"), reverse("screening:medicine", args=[case])
    sent = {"key": "1", "kind": "looked_up", "subject": "metformin"}
    assert client.post(page, {**sent, "note": ""}).status_code == 422
    short = client.post(page, {**sent, "note": "fine"})
    assert (short.status_code, ">fine</textarea>" in text(short)) == (422, True)
    assert client.post(page, {**sent, "note": "Label read: nothing known."}).status_code == 302
    assert "Looked up by the prescriber." in text(client.get(reverse("screening:case", args=[case])))


def test_the_decision_is_signed_on_the_page_and_shown_for_ever(cast: Cast, at: datetime) -> None:
    case = opened(cast, at)
    client, page = cast.client("ana"), reverse("screening:decide", args=[case])
    sent = {"key": "1", "outcome": "cleared", "password": PASSWORD}
    refused = client.post(page, sent)
    assert refused.status_code == 422
    assert "This was not done" in text(refused)
    assert client.post(page, {**sent, "outcome": ""}).status_code == 422
    assert client.post(page, {**sent, "outcome": "declined", "reason": "The person does not want it."}).status_code == 302
    shown = text(client.get(reverse("screening:case", args=[case])))
    assert "Screening, declined" in shown
    assert "The person does not want it." in shown
    assert "criteria/adult, version 1" in shown


def test_a_cleared_case_shows_what_was_seen(cast: Cast, at: datetime) -> None:
    case = cleared(cast, at)
    shown = text(cast.client("theo").get(reverse("screening:case", args=[case])))
    assert "PHQ-9 is 18." in shown
    assert "Asked, and none taken." in shown
    late = cast.client("ana").post(reverse("screening:facts", args=[case, "decision"]), {"key": "1", "decision.coerced": "yes"})
    assert late.status_code == 422
    assert "takes no more entries" in text(late)


@pytest.mark.parametrize(("who", "status"), [("faye", 403), ("olga", 403), ("cora", 404)])
def test_strangers_and_those_without_the_right(cast: Cast, at: datetime, who: str, status: int) -> None:
    case = ready(cast, at, but={"workup.prescription_monitoring_checked": "no"})
    client = cast.client(who)
    assert client.get(reverse("screening:case", args=[case])).status_code == status
    assert client.get(reverse("screening:person", args=[cast.dan_id])).status_code == status
    assert client.get(reverse("screening:case", args=[uuid4()])).status_code in (403, 404)


def test_a_second_signature_belongs_to_its_case(cast: Cast, at: datetime) -> None:
    from afterglow.pathway.screening.actions.sign_override import sign_override

    case = ready(cast, at, but={"workup.prescription_monitoring_checked": "no"})
    item = next(each for each in queries.picture(case, at).assessment.items if each.finding.item == "prescription_monitoring")
    override = sign_override(
        case_id=case, item=item.finding.item, saw=item.finding.sentence, reason="A reason long enough.", signed=signature(cast.ben, at), key="k",
        by=cast.ben, at=at,
    )  # fmt: skip
    other = opened(cast, at, register(cast.faye, at, "Una"))
    assert cast.client("ana").get(reverse("screening:second", args=[other, override])).status_code == 404


def test_the_list_shows_accepted_people_until_they_have_a_case(cast: Cast, at: datetime) -> None:
    enquiry_id = receive_enquiry(
        channel="phone", given_name="Una", family_name="Vance", phone="+1 555 0123", may_contact=True, key="e", by=cast.faye, at=at
    )  # fmt: skip
    person = accept(enquiry_id=enquiry_id, key="a", by=cast.ana, at=at)
    client, page = cast.client("ana"), reverse("screening:list")
    assert "Una Vance" in text(client.get(page))
    assert "Una Vance" not in text(cast.client("theo").get(page))
    case = opened(cast, at, person)
    shown = text(client.get(page))
    assert reverse("screening:case", args=[case]) in shown
    assert reverse("screening:person", args=[person]) not in shown
