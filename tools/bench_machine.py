"""What the figures were measured on: the processor, the memory, the versions, and what one flush to the disk costs there."""

from __future__ import annotations

import os
import platform
import sqlite3
import statistics
import time
from datetime import UTC, datetime
from pathlib import Path

import django


def described() -> dict[str, str]:
    """Each line of the report's table about the machine."""
    return {
        "date": f"{datetime.now(UTC):%d %b %Y, %H:%M} UTC",
        "processor": f"{_processor()}, {os.cpu_count()} cores",
        "memory": f"{os.sysconf('SC_PHYS_PAGES') * os.sysconf('SC_PAGE_SIZE') / 2**30:.0f} GiB",
        "system": f"{platform.system()} {platform.release()}",
        "Python": platform.python_version(),
        "Django": django.get_version(),
        "SQLite": sqlite3.sqlite_version,
        "load before": load(),
    }


def load() -> str:
    """Processes that wanted to run, on average over one and five minutes: above the number of cores, others were in the way."""
    one, five, _ = os.getloadavg()
    return f"{one:.1f} (1 min), {five:.1f} (5 min)"


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def fdatasync_ms(folder: Path, count: int = 300) -> float:
    """Median time, in ms, to append a page of 4 KiB to a file and have the disk confirm it: what every acknowledged write pays at least once."""
    took = []
    with (folder / "flush").open("ab", buffering=0) as file:
        for _ in range(count):
            began = time.perf_counter()
            file.write(b"\0" * 4096)
            os.fdatasync(file.fileno())
            took.append(time.perf_counter() - began)
    (folder / "flush").unlink()
    return statistics.median(took) * 1000


def plain_inserts(folder: Path, seconds: float) -> float:
    """Rows a second that bare SQLite commits one by one, synced as ours are, in a table with one key: the floor under every durable reading."""
    path = folder / "plain.sqlite3"
    held = sqlite3.connect(path, isolation_level=None)
    held.execute("PRAGMA journal_mode=WAL").fetchall()
    held.execute("PRAGMA synchronous=FULL")
    held.execute("CREATE TABLE reading (id text PRIMARY KEY, text text)")
    done, began = 0, time.perf_counter()
    while (spent := time.perf_counter() - began) < seconds:
        held.execute("INSERT INTO reading VALUES (?, ?)", (f"{done:032x}", "x" * 480))
        done += 1
    held.close()
    for ending in ("", "-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)
    return done / spent


def has_statistics(database: Path) -> bool:
    """Does this SQLite file hold what `ANALYZE` gathers?"""
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as held:
        return held.execute("SELECT count(*) FROM sqlite_master WHERE name = 'sqlite_stat1'").fetchone()[0] > 0
