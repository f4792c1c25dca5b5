"""The one wall clock.

A demo may be shifted in time, so that a whole visit can be walked in minutes: `AFTERGLOW_CLOCK_OFFSET_S` seconds are added to the real time.
`afterglow serve` refuses the shift where a real clinic's data is: a shifted clock there would falsify a record.
"""

from __future__ import annotations

import os
from datetime import datetime, timedelta

from django.utils import timezone

OFFSET = timedelta(seconds=float(os.environ.get("AFTERGLOW_CLOCK_OFFSET_S", "0")))


def now() -> datetime:
    """The time at which something is recorded, in UTC."""
    return timezone.now() + OFFSET
