from typing import Any

from django.db import migrations, models
from django.db.models import F

DEPRESSION = "trd"  # the only thing anybody was treated for before there was a choice


def signed_for_depression(apps: Any, schema_editor: Any) -> None:
    """Whatever consent stands was signed for depression."""
    standing = apps.get_model("pathway_screening", "Candidacy").objects.filter(consented_version__gt=0)
    standing.update(signed_version=F("consented_version"), signed_for=DEPRESSION)


class Migration(migrations.Migration):
    dependencies = [("pathway_screening", "0003_over"), ("pathway_plan", "0006_awaits_aftercare")]  # which filled it once

    operations = [
        migrations.AddField(
            model_name="candidacy",
            name="indication",
            field=models.CharField(
                default=DEPRESSION, help_text="What the newest decision is about: an id of the library's indications.", max_length=30
            ),
        ),
        migrations.AddField(
            model_name="candidacy",
            name="signed_version",
            field=models.PositiveIntegerField(default=0, help_text="The same, whatever the consent was signed for."),
        ),
        migrations.AddField(
            model_name="candidacy",
            name="signed_for",
            field=models.CharField(blank=True, default="", help_text="The indication it was signed for; empty while none stands.", max_length=30),
        ),
        migrations.AlterField(
            model_name="candidacy",
            name="consented_version",
            field=models.PositiveIntegerField(
                default=0, help_text="The version of the treatment consent for this indication that stands with capacity shown; 0 while none does."
            ),
        ),
        migrations.RunPython(signed_for_depression, migrations.RunPython.noop),
    ]
