from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("pathway_screening", "0002_candidacy")]

    operations = [
        migrations.RemoveIndex(model_name="candidacy", name="candidacy_consent"),
        migrations.RemoveIndex(model_name="candidacy", name="candidacy_plan"),
        migrations.AddField(
            model_name="candidacy",
            name="is_over",
            field=models.BooleanField(
                default=False, help_text="A plan was signed on this decision, and none is open any more: nothing waits until somebody decides anew."
            ),
        ),
        migrations.AddIndex(
            model_name="candidacy",
            index=models.Index(
                fields=["clinic", "outcome", "consented_version", "decided_at"], condition=models.Q(is_over=False), name="candidacy_consent"
            ),
        ),
        migrations.AddIndex(
            model_name="candidacy",
            index=models.Index(
                fields=["clinic", "outcome", "open_plans", "consented_version", "decided_at"],
                condition=models.Q(is_over=False),
                name="candidacy_plan",
            ),
        ),
    ]
