"""Courses whose last review sent the person on to aftercare, marked until it begins; the station of aftercare fills it."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("pathway_plan", "0005_course_over")]

    operations = [
        migrations.AddField(
            model_name="treatmentplan",
            name="awaits_aftercare",
            field=models.BooleanField(
                default=False,
                help_text="The last signed review sent the person on to aftercare, and it has not begun. It finds people for a list and decides nothing.",
            ),
        ),
        migrations.AddIndex(
            model_name="treatmentplan",
            index=models.Index(fields=["person"], condition=models.Q(("awaits_aftercare", True)), name="plan_awaits_aftercare"),
        ),
    ]
