"""What the rows were before they were sealed goes from the database's files too, not only from its answers.

SQLite: what the write-ahead log still held is cut off (free pages were overwritten); it cannot be done inside a transaction, which is why this is
a step of its own.  PostgreSQL: the table is written anew from what a new reader sees.  VACUUM FULL would not do: it carries dead rows along for as
long as any transaction runs that could still see them, in whichever database of the server.  Running it again does no harm.
"""

from __future__ import annotations

from typing import Any

from django.db import migrations

# A column whose type is given anew by an expression makes PostgreSQL write every row again, and only rows that are there for a new reader.
_WRITE_ANEW = """ALTER TABLE "pathway_enquiry_enquiry" ALTER COLUMN "message" TYPE text USING "message" || ''"""


def sweep(apps: Any, schema_editor: Any) -> None:
    connection = schema_editor.connection
    if connection.in_atomic_block:  # a test's transaction: it is rolled back whole, so nothing is left behind
        return
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            cursor.fetchall()
        else:
            cursor.execute(_WRITE_ANEW)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("pathway_enquiry", "0004_sealed")]
    operations = [migrations.RunPython(sweep, migrations.RunPython.noop)]
