"""Whom aftercare waits for, found by a mark on the plan; those in aftercare, found by their follow-up file."""

from __future__ import annotations

from typing import Any

from django.db import migrations, models
from django.db.models import Exists, OuterRef


def fill(apps: Any, schema_editor: Any) -> None:
    """Every review that sent somebody on and that no aftercare followed, though a later review may have said otherwise: the list asks again."""
    begun = apps.get_model("pathway_aftercare", "AftercarePlan").objects.filter(review_id=OuterRef("id"))
    sent_on = apps.get_model("pathway_response", "ResponseReview").objects.filter(~Exists(begun), decision="aftercare")
    apps.get_model("pathway_plan", "TreatmentPlan").objects.filter(id__in=sent_on.values("plan_id")).update(awaits_aftercare=True)


class Migration(migrations.Migration):
    dependencies = [("pathway_aftercare", "0003_task_words"), ("pathway_plan", "0006_awaits_aftercare"), ("pathway_response", "0003_course_over")]

    operations = [
        migrations.AddIndex(
            model_name="aftercareplan",
            index=models.Index(fields=["follow_up", "looked_at", "person"], condition=models.Q(("state", "on")), name="aftercare_unseen"),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
