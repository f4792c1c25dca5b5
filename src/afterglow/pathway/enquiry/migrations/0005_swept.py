"""What the rows were before they were sealed goes from the database's files too, not only from its answers.

SQLite: what the write-ahead log still held is cut off (free pages were overwritten).  PostgreSQL: the table is written anew without its dead rows.
Neither can run inside a transaction, which is why this is a step of its own; running it again does no harm.

PostgreSQL keeps dead rows for as long as a transaction runs that could still see them (a backup, its own gathering of statistics): those that were
running before are waited for, a minute at the most, and if one still runs then it is said.
"""

from __future__ import annotations

import sys
from typing import Any

from django.db import migrations


WAIT_TURNS, TURN_S = 240, 0.25
_STILL_RUNS = """SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
    AND (backend_xmin IS NOT NULL OR backend_xid IS NOT NULL) AND xact_start <= %s"""


def sweep(apps: Any, schema_editor: Any) -> None:
    connection = schema_editor.connection
    if connection.in_atomic_block:  # a test's transaction: it is rolled back whole, so nothing is left behind
        return
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            cursor.fetchall()
        else:
            if not _alone(cursor):
                sys.stderr.write("An older transaction still runs: the text of earlier enquiries goes from the files at the next VACUUM FULL.\n")
            cursor.execute('VACUUM FULL "pathway_enquiry_enquiry"')


def _alone(cursor: Any) -> bool:
    """Whether everything that ran in this database when the rows had been sealed has ended by now, or in time."""
    cursor.execute("SELECT clock_timestamp()")
    (sealed_by,) = cursor.fetchone()
    for _ in range(WAIT_TURNS):
        cursor.execute(_STILL_RUNS, [sealed_by])
        if cursor.fetchone() == (0,):
            return True
        cursor.execute("SELECT pg_sleep(%s)", [TURN_S])
    return False


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("pathway_enquiry", "0004_sealed")]
    operations = [migrations.RunPython(sweep, migrations.RunPython.noop)]
