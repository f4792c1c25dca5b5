"""What the rows were before they were sealed goes from the database's files too, not only from its answers.

SQLite: what the write-ahead log still held is cut off (free pages were overwritten).  PostgreSQL: the table is written anew without its dead rows.
Neither can run inside a transaction, which is why this is a step of its own; running it again does no harm.
"""

from __future__ import annotations

from typing import Any

from django.db import migrations


def sweep(apps: Any, schema_editor: Any) -> None:
    connection = schema_editor.connection
    if connection.in_atomic_block:  # a test's transaction: it is rolled back whole, so nothing is left behind
        return
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            cursor.fetchall()
        else:
            cursor.execute('VACUUM FULL "pathway_enquiry_enquiry"')


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("pathway_enquiry", "0004_sealed")]
    operations = [migrations.RunPython(sweep, migrations.RunPython.noop)]
