from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ground_accounts", "0002_second")]

    operations = [
        migrations.AddField(
            model_name="passwordlink",
            name="at_machine",
            field=models.BooleanField(default=False, help_text="Made by whoever runs the machine: it works for every clinic of its holder."),
        ),
    ]
