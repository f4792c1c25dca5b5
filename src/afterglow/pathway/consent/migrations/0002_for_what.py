from django.db import migrations, models

FOR = "What the document was made to speak of: an id of the library's indications; empty before there was a choice, and where it speaks of none."


class Migration(migrations.Migration):
    dependencies = [("pathway_consent", "0001_first")]

    operations = [
        migrations.AddField(model_name=name, name="indication", field=models.CharField(blank=True, default="", help_text=FOR, max_length=30))
        for name in ("consent", "offer")
    ]
