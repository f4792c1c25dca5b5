"""What a person writes when they tick a task of their aftercare on their own phone."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("pathway_aftercare", "0002_looked_at")]

    operations = [
        migrations.AddField(
            model_name="taskday",
            name="words",
            field=models.CharField(max_length=200, blank=True, default="", help_text="What the person wrote with the tick, if anything."),
        ),
    ]
