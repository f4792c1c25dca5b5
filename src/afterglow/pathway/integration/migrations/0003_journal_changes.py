"""A journal entry is its writer's to change and to remove: the table is no longer append-only, and what was shown before is kept beside it."""

from __future__ import annotations

from typing import Any

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

import afterglow.ground.keys.fields

ENTRY = "pathway_integration_journalentry"


def lift_guard(apps: Any, schema_editor: Any) -> None:
    """The triggers of an append-only table; those of the others stay."""
    postgresql = schema_editor.connection.vendor == "postgresql"
    for kind in ("row", "truncate") if postgresql else ("update", "delete", "replace"):
        on = f' ON "{ENTRY}"' if postgresql else ""
        schema_editor.execute(f'DROP TRIGGER IF EXISTS "{ENTRY[:48]}_{kind}_guard"{on}')


class Migration(migrations.Migration):
    dependencies = [("pathway_integration", "0002_journal")]

    operations = [
        migrations.RunPython(lift_guard, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="journalentry",
            name="text",
            field=afterglow.ground.keys.fields.EncryptedTextField(blank=True),
        ),
        migrations.AddField(
            model_name="journalentry",
            name="edition",
            field=models.PositiveSmallIntegerField(default=1, help_text="One more with each change."),
        ),
        migrations.AddField(model_name="journalentry", name="changed_at", field=models.DateTimeField(null=True)),
        migrations.AddField(
            model_name="journalentry",
            name="draft_text",
            field=afterglow.ground.keys.fields.EncryptedTextField(blank=True, default="", help_text="A change while it is typed."),
        ),
        migrations.AddField(model_name="journalentry", name="removed_at", field=models.DateTimeField(null=True)),
        migrations.AddConstraint(
            model_name="journalentry",
            constraint=models.CheckConstraint(condition=Q(removed_at__isnull=True) | Q(text="", draft_text=""), name="journal_removed_has_no_words"),
        ),
        migrations.AddConstraint(
            model_name="journalentry",
            constraint=models.CheckConstraint(
                condition=Q(edition=1, changed_at__isnull=True) | Q(edition__gt=1, changed_at__isnull=False), name="journal_edition"
            ),
        ),
        migrations.CreateModel(
            name="JournalEarlier",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("edition", models.PositiveSmallIntegerField()),
                ("text", afterglow.ground.keys.fields.EncryptedTextField(blank=True)),
                ("stood_at", models.DateTimeField()),
                ("replaced_at", models.DateTimeField()),
                ("entry", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="pathway_integration.journalentry")),
            ],
        ),
        migrations.AddConstraint(
            model_name="journalearlier",
            constraint=models.UniqueConstraint(fields=["entry", "edition"], name="journal_earlier_once"),
        ),
    ]
