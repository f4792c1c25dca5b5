from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("pathway_session", "0002_started")]

    operations = [
        migrations.AddIndex(
            model_name="session", index=models.Index(fields=["person", "started_at", "id", "plan", "dose_no"], name="session_counted")
        )
    ]
