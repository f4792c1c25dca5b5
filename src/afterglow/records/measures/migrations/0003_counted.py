from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records_measures", "0002_windows")]

    operations = [
        migrations.AddIndex(
            model_name="response",
            index=models.Index(fields=["instrument_name", "person", "taken_at", "id", "total"], name="response_counted"),
        ),
        migrations.RemoveIndex(model_name="response", name="response_instrument"),
    ]
