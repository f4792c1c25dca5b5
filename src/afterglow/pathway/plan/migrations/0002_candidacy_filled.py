"""How far each person has come, worked out once for everyone whom screening decided about before it was kept."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.db import migrations
from django.db.models import Exists, OuterRef, Subquery

TREATMENT = "iv_ketamine_treatment"


def fill(apps: Any, schema_editor: Any) -> None:
    """The newest decision, the newest signature with what was said of it since, and how many plans are drafted or in force."""
    model = apps.get_model
    decisions = model("pathway_screening", "ScreeningDecision").objects.order_by("signed_at", "id")
    consents = {}
    note = model("pathway_consent", "CapacityNote").objects.filter(consent_id=OuterRef("id")).order_by("-signed_at", "-id")
    signed = model("pathway_consent", "Consent").objects.filter(document_name=TREATMENT).order_by("signed_at", "id")
    signed = signed.annotate(
        gone=Exists(model("pathway_consent", "Withdrawal").objects.filter(consent_id=OuterRef("id"))),
        able=Subquery(note.values("has_capacity")[:1]),
        alone=Subquery(note.values("asked_alone")[:1]),
    )
    for person_id, version, gone, able, alone in signed.values_list("person_id", "document_version", "gone", "able", "alone"):
        consents[person_id] = version if able and alone and not gone else 0
    open_plans = model("pathway_plan", "TreatmentPlan").objects.filter(state__in=("draft", "in_force"))
    planned = Counter(open_plans.values_list("person_id", flat=True))
    candidacy = model("pathway_screening", "Candidacy")
    newest = {
        person_id: candidacy(
            person_id=person_id,
            clinic_id=clinic_id,
            outcome=outcome,
            decided_at=signed_at,
            consented_version=consents.get(person_id, 0),
            open_plans=planned[person_id],
        )
        for person_id, clinic_id, outcome, signed_at in decisions.values_list("case__person_id", "case__person__clinic_id", "outcome", "signed_at")
    }
    candidacy.objects.bulk_create(newest.values(), batch_size=500)


class Migration(migrations.Migration):
    dependencies = [
        ("pathway_plan", "0001_first"),
        ("pathway_consent", "0001_first"),
        ("pathway_screening", "0002_candidacy"),
    ]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
