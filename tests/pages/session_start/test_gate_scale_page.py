"""The mania scale on the gate's page: open with what to do and where, and no dearer for it."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.urls import reverse

from afterglow.ground.content.queries import library_file
from afterglow.pathway.plan.models import TreatmentPlan
from tests.support.counting import queries_for
from tests.support.session import OnTheWay

pytestmark = pytest.mark.django_db


# req: S19
# hazard: H41
def test_an_open_scale_leads_to_the_questionnaires(way: OnTheWay, at: datetime) -> None:
    client, url = way.cast.client("ben"), reverse("session:gate", args=[way.session_id])
    questionnaires = reverse("measures:of_person", args=[way.person_id])
    assert "Ask it on the questionnaires page" not in client.get(url).text
    before = queries_for(client, url)
    TreatmentPlan.objects.filter(id=way.plan_id).update(protocol_id=library_file("protocols", "iv_bipolar_depression").pk)
    text = client.get(url).text
    assert f'<a href="{questionnaires}">Ask it on the questionnaires page</a>' in text
    assert "Rating scale before the dose" in text and "None was ever completed" in text
    assert client.get(questionnaires).status_code == 200
    assert queries_for(client, url) <= before + 6, "two scales, their licences and the last dose"
