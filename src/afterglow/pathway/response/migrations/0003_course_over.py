"""Courses that a review sent on to aftercare before the plan itself kept it."""

from __future__ import annotations

from typing import Any

from django.db import migrations, models
from django.db.models import OuterRef, Subquery


def fill(apps: Any, schema_editor: Any) -> None:
    """The first such review since the plan was signed; a plan that was signed anew after it goes on."""
    review = apps.get_model("pathway_response", "ResponseReview").objects.filter(
        person_id=OuterRef("person_id"), decision="aftercare", signed_at__gte=OuterRef("signed_at")
    )
    plans = apps.get_model("pathway_plan", "TreatmentPlan").objects.filter(state="in_force")
    plans.update(course_over_at=Subquery(review.order_by("signed_at").values("signed_at")[:1]))


class Migration(migrations.Migration):
    dependencies = [("pathway_plan", "0005_course_over"), ("pathway_response", "0002_reviews_told")]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddIndex(model_name="responsereview", index=models.Index(fields=["decision", "id"], name="review_decision")),
    ]
