"""What is known of somebody's substance use stays here: no document and no table that leaves holds their problems, medicines, notes or screens.

Records of treatment for substance use may be told on only with a consent of their own (42 CFR Part 2).  There is no such consent yet, so that
nothing of these lists is put into anything that leaves; a document that begins to take from them turns this test red.
"""

from __future__ import annotations

import io
from datetime import timedelta

from django.urls import reverse
from pypdf import PdfReader

from afterglow.pathway.consent.queries import in_force
from afterglow.records.chart.actions.record_medicine import record_medicine
from afterglow.records.chart.actions.record_problem import record_problem
from afterglow.records.chart.actions.write_note import write_note
from afterglow.records.measures.actions.answer import answer
from afterglow.records.measures.actions.assign import assign
from tests.support.session import OnTheWay

SUBSTANCES = ("Opioid use disorder", "Suboxone", "buprenorphine", "in methadone treatment", "AUDIT", "MME")


def told(way: OnTheWay) -> None:
    who = {"person_id": way.person_id, "by": way.cast.ben, "at": way.at}
    record_problem(name="Opioid use disorder", code="F11.20", **who)
    record_medicine(name="Suboxone", oral_ug_per_day=8_000, **who)
    record_medicine(name="morphine", oral_ug_per_day=30_000, **who)
    write_note(kind="phone", text="Was in methadone treatment in 2019.", **who)
    paper = assign(instrument="audit_c", occasion="screen", channel="staff", site_id=way.cast.site_id, **who)
    answer(assignment_id=paper, answers={"q1": 4, "q2": 4, "q3": 4}, taken_at=way.at, key="audit", by=way.cast.ben, at=way.at)


# req: S21
def test_nothing_of_substance_use_leaves_with_a_document_or_a_table(home: OnTheWay) -> None:
    told(home)
    chart = home.cast.client("ben").get(reverse("chart:person", args=[home.person_id])).text
    assert "Opioid use disorder" in chart and "Suboxone" in chart, "it is on record"
    consent = in_force(home.person_id, at=home.at + timedelta(hours=3))
    assert consent is not None
    documents = [f"/documents/sessions/{home.session_id}/{which}" for which in ("", "leaflet/", "note/")]
    for url in (*documents, f"/documents/consents/{consent.consent_id}/"):
        answer_to = home.cast.client("ben").get(url)
        assert answer_to.status_code == 200, url
        words = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(answer_to.content)).pages)
        assert "Dan" in words and [each for each in SUBSTANCES if each.casefold() in words.casefold()] == [], url
    table = home.cast.client("olga").get(reverse("registry:table"))
    assert table.status_code == 200 and [each for each in SUBSTANCES if each.casefold() in table.text.casefold()] == []
