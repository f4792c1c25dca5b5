"""When somebody last reached the person, kept on the aftercare, so that lists find scores nobody has looked at."""

from __future__ import annotations

from typing import Any

from django.db import migrations, models
from django.db.models import OuterRef, Subquery


def fill(apps: Any, schema_editor: Any) -> None:
    reached = apps.get_model("pathway_aftercare", "CheckRecord").objects.filter(check_of__aftercare_id=OuterRef("id"), reached=True)
    plans = apps.get_model("pathway_aftercare", "AftercarePlan").objects.all()
    plans.update(looked_at=Subquery(reached.order_by("-taken_at").values("taken_at")[:1]))


class Migration(migrations.Migration):
    dependencies = [("pathway_aftercare", "0001_first")]

    operations = [
        migrations.AddField(
            model_name="aftercareplan",
            name="looked_at",
            field=models.DateTimeField(null=True, help_text="When somebody last reached the person for a check."),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
