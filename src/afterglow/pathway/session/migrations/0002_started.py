from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("pathway_session", "0001_first")]

    operations = [migrations.AddIndex(model_name="session", index=models.Index(fields=["site", "started_at"], name="session_started"))]
