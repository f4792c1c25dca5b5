from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records_schedule", "0001_first")]

    operations = [
        migrations.AddField(
            model_name="appointment",
            name="deviation",
            field=models.TextField(
                blank=True, default="", help_text="Outside the opening hours or the roster: what, and why it was booked all the same."
            ),
        ),
    ]
