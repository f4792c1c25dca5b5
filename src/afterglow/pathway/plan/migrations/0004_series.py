from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("pathway_plan", "0003_boosters")]

    operations = [
        migrations.AddField(
            model_name="treatmentplan",
            name="carried",
            field=models.PositiveSmallIntegerField(
                default=0, help_text="Infusions of earlier plans that nobody reviewed; they count to the first review."
            ),
        ),
        migrations.AddField(
            model_name="treatmentplan",
            name="began_anew",
            field=models.BooleanField(default=False, help_text="Signed as a new beginning, with a reason: what was given before counts no more."),
        ),
        migrations.AddField(
            model_name="treatmentplan",
            name="reviewed_doses",
            field=models.PositiveSmallIntegerField(default=0, help_text="Infusions of the course that the last signed review had seen."),
        ),
        migrations.AddField(
            model_name="treatmentplan",
            name="reviewed_as",
            field=models.CharField(
                blank=True, default="", help_text="What the last signed review decided; told by the station that reviews.", max_length=10
            ),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            model_name="treatmentplan",
            constraint=models.CheckConstraint(
                condition=models.Q(("began_anew", False), ("carried", 0), _connector="OR"), name="plan_anew_carries_nothing"
            ),
        ),
    ]
