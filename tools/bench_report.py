"""docs/benchmarks.md, written from the figures of one run.  Nothing in it is typed by hand."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Mapping
from typing import Any

from tools import bench_base
from tools.bench_pages import AT_ONCE

PAGE_TARGET_MS, SCREEN_TARGET_MS, BUILD_TARGET_S, SECOND_START_TARGET_S, DEMO_TARGET_S = 100, 150, 300, 10, 180
TABLE_TARGET_S = 0.3
FIRST_CURVES_TARGET_S, WRITE_TARGET_TIMES, FASTER_TARGET_TIMES, ROOM_TARGET_S = 3, 3, 2_000, 0.002
COUNTED = {
    "records_chart_person": "people",
    "pathway_session_session": "dosing sessions",
    "pathway_session_entry": "timeline entries",
    "pathway_session_reading": "readings",
    "ground_audit_auditrow": "rows in the audit trail",
}


def written(figures: Mapping[str, Any]) -> str:
    parts = [_head(figures)]
    parts += [section(figures) for name, section in _SECTIONS.items() if name in figures or name in figures.get("postgresql", {})]
    return "\n".join(line for part in parts for line in part).rstrip() + "\n"


def _head(figures: Mapping[str, Any]) -> Iterator[str]:
    yield "# Benchmarks"
    yield ""
    yield f"Written by `{figures['command']}`. Figures hold for this machine and this moment; run it on yours."
    yield ""
    if figures["quick"]:
        yield "**A smoke run on a small database: these figures show that the bench works, nothing more.**"
        yield ""
    yield "| | |"
    yield "|---|---|"
    for name, value in {**figures["machine"], "load after": figures["machine_after"]}.items():
        yield f"| {name} | {value} |"
    yield ""
    yield "The bench itself runs on the same cores as the server, so it slows what it measures. Where the load before the run is above the number of"
    yield "cores, other programs were working and the times are longer than the machine needs."
    yield ""


def _database(figures: Mapping[str, Any]) -> Iterator[str]:
    simulated, copied, added = figures["ready"]
    yield "## The database"
    yield ""
    held = ", ".join(f"{figures['counts'][table]:,} {words}" for table, words in COUNTED.items())
    yield f"SQLite, {figures['bytes'] / 1e9:.1f} GB: {held}. Built in {float(simulated) + float(copied):.0f} s (target under {BUILD_TARGET_S}): a clinic is simulated through the"
    yield f"real actions ({float(simulated):.0f} s), then its people are copied in SQL ({int(added):,} rows, {float(copied):.0f} s), each copy a day earlier than the one before."
    thin = ", ".join(f"{words} 1 in {bench_base.THIN[table]}" for table, words in COUNTED.items() if table in bench_base.THIN)
    yield f"A copied session keeps only some of what its own page alone reads ({thin}); what is measured is whole."
    if "statistics" in figures:
        said = "has them" if figures["statistics"] else "has none: SQLite chooses its indexes by rules of thumb"
        yield f"Statistics for the query planner (`ANALYZE`) are as the server leaves them at its start; this file {said}."
    yield ""
    if "postgresql" in figures:
        held = figures["postgresql"]
        yield f"The same rows in PostgreSQL {held['version']} (loaded by COPY and counted, {held['load_s']:.0f} s): every commit synced, its settings as it comes"
        yield f"(128 MB of shared buffers), {held['workers']} server processes on one port (`afterglow serve --workers {held['workers']}`)."
        yield ""


def _pages(figures: Mapping[str, Any]) -> Iterator[str]:
    yield "## Pages"
    yield ""
    yield f"A signed-in browser over HTTP, one request at a time and {AT_ONCE} at once, in milliseconds. Target: p95 under {PAGE_TARGET_MS}, and as many queries"
    yield f"with {figures['counts']['records_chart_person']:,} people as in the simulated clinic alone. The floor is a bare Django view under as many processes."
    yield f"Before the {AT_ONCE} at once are counted, {AT_ONCE} browsers ask at once and are not counted; runs before 23 Nov 2026, 11:14 UTC, did not warm them so, and their"
    yield f"figures of {AT_ONCE} at once are not like for like with these."
    yield ""
    for title, held in _engines(figures, "pages"):
        yield from _page_table(title, held)


def _page_table(title: str, held: Mapping[str, Any]) -> Iterator[str]:
    queries, floor = held["queries"], held["floor"]
    yield f"### {title}"
    yield ""
    columns = [
        "page",
        "p50",
        "p95",
        f"p50, {AT_ONCE} at once",
        f"p95, {AT_ONCE} at once",
        "times the floor (p50)",
        f"times the floor, {AT_ONCE} at once",
        "KB",
    ]
    columns += [f"queries, {name}" for name in queries]
    yield f"| {' | '.join(columns)} |"
    yield "|---" + "|--:" * (len(columns) - 1) + "|"
    for name, took in {**held["pages"], "*floor: a bare Django view*": floor}.items():
        cells = [name, *(f"{value:.1f}" for value in (took.alone_p50, took.alone_p95, took.among_p50, took.among_p95))]
        cells += [f"{took.alone_p50 / floor.alone_p50:.1f}", f"{took.among_p50 / floor.among_p50:.1f}", f"{took.bytes / 1000:.0f}"]
        yield f"| {' | '.join([*cells, *(str(counts.get(name, '')) for counts in queries.values())])} |"
    yield ""
    slow = [name for name, took in held["pages"].items() if took.alone_p95 >= PAGE_TARGET_MS]
    crowded = [name for name, took in held["pages"].items() if took.among_p95 >= PAGE_TARGET_MS]
    yield f"- Over the target one at a time: {', '.join(slow) or 'none'}."
    yield f"- Over the target {AT_ONCE} at once: {', '.join(crowded) or 'none'}."
    if "small" in queries:
        grown = [name for name, count in queries["large"].items() if count != queries["small"][name]]
        yield f"- Queries that grow with the clinic: {', '.join(grown) or 'none'}."
    yield ""


def _engines(figures: Mapping[str, Any], part: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Title and figures of each engine on which this part ran."""
    if part in figures:
        yield "SQLite, one process that writes and its readers", figures
    held = figures.get("postgresql", {})
    if part in held:
        yield f"PostgreSQL, {held['workers']} processes", held


def _ingest(figures: Mapping[str, Any]) -> Iterator[str]:
    engines = list(_engines(figures, "ingest"))
    first = engines[0][1]["ingest"]
    yield "## From the monitor to the screen"
    yield ""
    yield f"{first.rooms} rooms on the large database, each with a device that sends one reading a second in a request of its own, for {first.seconds} s; {first.streams}"
    yield f"browsers whose stream carries all rooms. Target: on screen under {SCREEN_TARGET_MS} ms for 99 of 100."
    yield ""
    for title, held in engines:
        yield from _ingest_of(title, held)


def _ingest_of(title: str, figures: Mapping[str, Any]) -> Iterator[str]:
    held, plain, engine = figures["ingest"], figures["plain"], title.partition(",")[0]
    verdict = "met" if held.screen_p99 < SCREEN_TARGET_MS else "missed"
    yield f"### {title}: readings"
    yield ""
    yield "| | p50 | p99 | worst |"
    yield "|---|--:|--:|--:|"
    yield f"| sent until acknowledged (committed and synced), ms | {held.acknowledged_p50:.1f} | {held.acknowledged_p99:.1f} | |"
    yield f"| sent until on screen, ms | {held.screen_p50:.1f} | {held.screen_p99:.1f} | {held.screen_worst:.1f} |"
    yield ""
    yield f"{held.sent:,} readings sent, {held.lost} not shown; target {verdict}."
    yield ""
    yield "As fast as they go, each device sending its next parcel when the last one is acknowledged:"
    yield ""
    yield f"| | readings a second | times bare {engine} |"
    yield "|---|--:|--:|"
    yield f"| one reading a request | {held.single_per_s:,.0f} | {held.single_per_s / plain:.2f} |"
    yield f"| fifty readings a request | {held.batched_per_s:,.0f} | {held.batched_per_s / plain:.2f} |"
    yield f"| *floor: bare {engine}, one row a commit, synced, no server* | {plain:,.0f} | 1.00 |"
    yield ""
    yield f"One flush of 4 KiB to this disk takes {figures['fdatasync']:.2f} ms (median); a plain SSD takes 1 to 5 ms, and every figure here moves with it."
    yield ""


def _score(figures: Mapping[str, Any]) -> Iterator[str]:
    held = figures["score"]
    yield "## Scores from a table"
    yield ""
    yield "| | seconds | target |"
    yield "|---|--:|--:|"
    yield f"| {held.forms:,} forms of the {held.instrument} from a table in memory (median of {len(held.table_s)} runs) | {held.median_s:.3f} | {TABLE_TARGET_S} |"
    yield f"| the slowest of those runs | {max(held.table_s):.3f} | |"
    yield f"| reading that table from its file | {held.read_s:.3f} | |"
    yield f"| {held.alone:,} of them one by one, by the same rule file | {held.alone_s:.3f} | |"
    yield f"| all of them one by one, at that pace | {held.alone_all_s:.1f} | |"
    yield ""
    yield "Answers are drawn by chance, three in a hundred left open. Every total that was scored both ways is the same, or the run fails."
    yield ""


def _pk(figures: Mapping[str, Any]) -> Iterator[str]:
    held = figures["pk"]
    written = statistics.median(held.write_s)
    yield "## Curves of a published model"
    yield ""
    yield "| | seconds | target |"
    yield "|---|--:|--:|"
    yield f"| {held.people:,} people x {held.minutes} min by {held.model}, every parameter varied (median of {len(held.whole_s)} runs) | {held.median_s:.3f} | |"
    yield f"| the first of those runs | {held.first_s:.3f} | {FIRST_CURVES_TARGET_S} |"
    yield f"| writing as many numbers, which no program can do without | {written:.3f} | |"
    yield f"| how many times as long as that | {held.median_s / written:.1f} | {WRITE_TARGET_TIMES} |"
    yield f"| SciPy LSODA, relative tolerance 1e-8, for {held.stepped} people | {held.stepped_s:.2f} | |"
    yield f"| how many times faster than that for each person | {held.times_faster:,.0f} | {FASTER_TARGET_TIMES:,} |"
    yield f"| one person by all {held.models} models by vein, {held.minutes} min | {held.one_person_s:.4f} | {ROOM_TARGET_S} |"
    yield ""
    yield f"The same people both ways: the largest difference is {held.apart:.0e} of a peak. NumPy on one core; the variability is the bench's own, none is published"
    yield "with this model."
    yield ""


def _start(figures: Mapping[str, Any]) -> Iterator[str]:
    held = figures["start"]
    yield "## From a clone to the first page"
    yield ""
    yield "| | seconds | target |"
    yield "|---|--:|--:|"
    yield f"| {held.how} | {held.fetch_s:.1f} | |"
    yield f"| `make demo` until the first page | {held.first_s:.1f} | {DEMO_TARGET_S} |"
    yield f"| `make demo` again | {held.second_s:.1f} | {SECOND_START_TARGET_S} |"
    yield ""
    yield "Packages come from this machine's cache where it has them: the download on an empty machine is not in these figures."
    yield ""


_SECTIONS = {"counts": _database, "pages": _pages, "ingest": _ingest, "score": _score, "pk": _pk, "start": _start}
