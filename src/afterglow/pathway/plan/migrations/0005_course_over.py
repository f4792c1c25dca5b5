"""Courses that are over, kept on the plan; people whose last plan has ended, kept beside screening's decision."""

from __future__ import annotations

from typing import Any

from django.db import migrations, models
from django.db.models import Exists, OuterRef


def fill(apps: Any, schema_editor: Any) -> None:
    """Whose plans have all ended, the newest of them signed on the decision that stands."""
    signed = apps.get_model("pathway_plan", "TreatmentPlan").objects.filter(person_id=OuterRef("person_id"), signed_at__gte=OuterRef("decided_at"))
    apps.get_model("pathway_screening", "Candidacy").objects.filter(Exists(signed), open_plans=0).update(is_over=True)


class Migration(migrations.Migration):
    dependencies = [("pathway_plan", "0004_series"), ("pathway_screening", "0003_over")]

    operations = [
        migrations.AddField(
            model_name="treatmentplan",
            name="course_over_at",
            field=models.DateTimeField(
                null=True,
                help_text="When a review sent the person on to aftercare; the plan stays in force for boosters. Null: the course goes on.",
            ),
        ),
        migrations.AddIndex(
            model_name="treatmentplan",
            index=models.Index(fields=["state", "signed_at"], condition=models.Q(("course_over_at__isnull", True)), name="plan_going_on"),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
