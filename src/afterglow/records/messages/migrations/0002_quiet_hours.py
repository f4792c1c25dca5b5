from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records_messages", "0001_first")]

    operations = [
        migrations.AddField(
            model_name="message",
            name="quiet_from",
            field=models.TimeField(null=True, help_text="To a person nothing is sent from here until `quiet_until`; never set for a page to staff."),
        ),
        migrations.AddField(model_name="message", name="quiet_until", field=models.TimeField(null=True)),
        migrations.AddField(
            model_name="message",
            name="zone",
            field=models.CharField(blank=True, default="", help_text="On whose clock the quiet hours are.", max_length=64),
        ),
    ]
