from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records_chart", "0001_first")]

    operations = [
        migrations.AlterField(
            model_name="person",
            name="contact_by",
            field=models.CharField(
                choices=[("not_asked", "not asked yet"), ("phone", "phone"), ("email", "e-mail"), ("none", "do not contact")],
                default="not_asked",
                help_text="Their own wish; until they were asked nothing is written to them (hazard H53).",
                max_length=10,
            ),
        ),
    ]
