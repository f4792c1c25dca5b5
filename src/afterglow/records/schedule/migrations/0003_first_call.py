import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records_chart", "0001_first"), ("records_schedule", "0002_deviation")]

    operations = [
        migrations.AlterField(
            model_name="appointment",
            name="kind",
            field=models.CharField(
                max_length=14,
                choices=[(name, name) for name in ("first_call", "consultation", "screening", "preparation", "dosing", "integration", "review")],
            ),
        ),
        migrations.AlterField(
            model_name="appointment",
            name="purpose_kind",
            field=models.CharField(blank=True, help_text="What it belongs to, as text: plan, enquiry.", max_length=20),
        ),
        migrations.AlterField(
            model_name="appointment",
            name="person",
            field=models.ForeignKey(
                help_text="Nobody yet for a first call: whom it is with is its purpose.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="records_chart.person",
            ),
        ),
        migrations.AddConstraint(
            model_name="appointment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "first_call"), ("person__isnull", True)),
                    models.Q(models.Q(("kind", "first_call"), _negated=True), ("person__isnull", False)),
                    _connector="OR",
                ),
                name="appointment_is_with_somebody",
            ),
        ),
    ]
