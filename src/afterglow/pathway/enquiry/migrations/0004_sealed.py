"""Who asked, and how to reach them, is encrypted column by column like the message; rows that stand are sealed, each bound to its own row."""

from __future__ import annotations

from typing import Any

from django.db import migrations
from django.db.models import TextField, Value

from afterglow.ground.keys.fields import EncryptedTextField

SEALED = {"asker_name": 120, "given_name": 80, "family_name": 80, "phone": 40, "email": 254}


def overwrite_what_goes(apps: Any, schema_editor: Any) -> None:
    """SQLite leaves what was deleted in its free pages until they are used again; from here on it writes zeros over it."""
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("PRAGMA secure_delete = ON")


def seal(apps: Any, schema_editor: Any) -> None:
    """The columns hold encrypted text by now, and the rows still what was typed."""
    rows = apps.get_model("pathway_enquiry", "Enquiry")._base_manager
    for held in list(rows.values_list("pk", *SEALED)):
        row = rows.model(pk=held[0], **{name: str(text) for name, text in zip(SEALED, held[1:], strict=True)})
        row.save(update_fields=list(SEALED))


def open_again(apps: Any, schema_editor: Any) -> None:
    rows = apps.get_model("pathway_enquiry", "Enquiry")._base_manager
    for row in list(rows.only("pk", *SEALED)):
        rows.filter(pk=row.pk).update(**{name: Value(getattr(row, name), output_field=TextField()) for name in SEALED})


class Migration(migrations.Migration):
    dependencies = [("pathway_enquiry", "0003_decided")]

    operations = [
        migrations.RunPython(overwrite_what_goes, migrations.RunPython.noop),
        *(
            migrations.AlterField(model_name="enquiry", name=name, field=EncryptedTextField(max_length=most, blank=name != "given_name"))
            for name, most in SEALED.items()
        ),
        migrations.RunPython(seal, open_again),
    ]
