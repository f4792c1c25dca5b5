"""`make bench`: measure Afterglow on this machine and write docs/benchmarks.md.

    python tools/bench.py              everything (about twenty minutes, the first time some more to build the database)
    python tools/bench.py --quick      a smoke run on a small database: proves that the bench works, measures nothing worth quoting
    python tools/bench.py --only pages,ingest,score,pk,start
    python tools/bench.py --engine sqlite|postgresql|both     both unless told: SQLite with one process that writes and its readers, PostgreSQL with two

`--quick`, `--only` and one engine print the figures and leave docs/benchmarks.md as it is, unless `--write` is given.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

PROJECT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(PROJECT), str(PROJECT / "src")]

from tools import bench_base, bench_ingest, bench_machine, bench_pages, bench_pk, bench_postgres, bench_report, bench_score, bench_start, postgres  # noqa: E402
from tools.bench_server import PROGRAM, Server, environment  # noqa: E402

PARTS = ("pages", "ingest", "score", "pk", "start")
ENGINES = ("sqlite", "postgresql", "both")
PEOPLE, QUICK_PEOPLE = 20_000, 240
WORKERS = 2
"""Server processes on PostgreSQL."""
console = Console(stderr=True)


def main() -> int:
    options = _options()
    if options.step:
        return {"build": _build_step, "load": _load_step, "queries": _queries_step}[options.step](options)
    parts = options.only.split(",") if options.only else list(PARTS)
    if unknown := set(parts) - set(PARTS):
        console.print(f"There is no part {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}.")
        return 2
    figures: dict[str, object] = {
        "machine": bench_machine.described(),
        "quick": options.quick,
        "people": options.people,
        "command": "make bench" + (f' ARGS="{" ".join(sys.argv[1:])}"' if sys.argv[1:] else ""),
    }
    if {"pages", "ingest"} & set(parts):
        _on_the_database(options, parts, figures)
    if "score" in parts:
        console.print("A million questionnaires")
        figures["score"] = bench_score.measure(console.print, quick=options.quick)
    if "pk" in parts:
        console.print("A hundred thousand people over four hours")
        figures["pk"] = bench_pk.measure(console.print, quick=options.quick)
    if "start" in parts:
        console.print("Clone to first page")
        figures["start"] = bench_start.measure(console.print)
    figures["machine_after"] = bench_machine.load()
    text = bench_report.written(figures)
    if options.write or (not options.quick and not options.only and options.engine == "both"):
        (PROJECT / "docs" / "benchmarks.md").write_text(text, encoding="utf-8")
        console.print("docs/benchmarks.md is written.")
    else:
        print(text)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a smoke run on a small database")
    parser.add_argument("--only", default="", help=f"some of {','.join(PARTS)}")
    parser.add_argument("--engine", choices=ENGINES, default="both", help="the database (default both)")
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md even so")
    parser.add_argument("--people", type=int, default=0, help=f"how many people the database holds (default {PEOPLE:,})")
    parser.add_argument("--rebuild", action="store_true", help="build the database again although one is kept")
    parser.add_argument("--step", choices=["build", "load", "queries"], help=argparse.SUPPRESS)
    parser.add_argument("--source", help=argparse.SUPPRESS)
    options = parser.parse_args()
    options.people = options.people or (QUICK_PEOPLE if options.quick else PEOPLE)
    return options


def _on_the_database(options: argparse.Namespace, parts: list[str], figures: dict[str, object]) -> None:
    place = bench_base.kept(options.people)
    if options.rebuild or not place.ready.exists():
        if options.rebuild:
            shutil.rmtree(place.folder, ignore_errors=True)
        _build(place)
    figures["counts"], figures["ready"] = place.counts(), place.ready.read_text().split()
    figures["bytes"] = place.large.stat().st_size
    for left in [*bench_base.KEPT.glob("run-*"), *bench_base.KEPT.glob("count-*")]:
        shutil.rmtree(left)  # of a run that was killed
    if options.engine in ("sqlite", "both"):
        figures |= _on_sqlite(options, parts, place)
    if options.engine in ("postgresql", "both"):
        figures["postgresql"] = _on_postgresql(options, parts, place)


def _on_sqlite(options: argparse.Namespace, parts: list[str], place: bench_base.Kept) -> dict[str, object]:
    """What one process does on a copy of the file."""
    figures: dict[str, object] = {}
    with _folder(place, "run-") as folder, ExitStack() as stack:
        large = folder / "afterglow.sqlite3"
        shutil.copyfile(place.large, large)
        os.sync()  # else the disk still writes this copy while readings wait for it
        if "pages" in parts:
            figures["queries"] = {name: _queries_of_file(place, file) for name, file in (("small", place.small), ("large", place.large))}
        server = stack.enter_context(Server(folder, large))
        figures["statistics"] = bench_machine.has_statistics(large)
        if "pages" in parts:
            figures["pages"] = bench_pages.measure(server, large, console.print, quick=options.quick)
            figures["floor"] = bench_pages.measure_floor(folder, quick=options.quick)
        if "ingest" in parts:
            figures["fdatasync"] = bench_machine.fdatasync_ms(folder)
            figures["plain"] = bench_machine.plain_inserts(folder, seconds=2 if options.quick else 5)
            figures["ingest"] = bench_ingest.measure(server, large, console.print, quick=options.quick)
    return figures


def _on_postgresql(options: argparse.Namespace, parts: list[str], place: bench_base.Kept) -> dict[str, object]:
    """What WORKERS processes do on a PostgreSQL of our own, which syncs every commit, with the same rows."""
    figures: dict[str, object] = {"workers": WORKERS}
    with _folder(place, "run-") as folder, postgres.running(durable=True) as cluster:
        address, began = cluster.address("afterglow"), time.monotonic()
        with psycopg.connect(cluster.url, autocommit=True) as maintenance:
            maintenance.execute("CREATE DATABASE afterglow")
        _step("load", environment(folder, address), "--source", str(place.large))
        figures["load_s"] = time.monotonic() - began
        os.sync()
        with psycopg.connect(address, autocommit=True) as held:
            figures["version"] = f"{held.info.server_version // 10000}.{held.info.server_version % 10000}"
            if "ingest" in parts:
                figures["fdatasync"] = bench_machine.fdatasync_ms(folder)
                figures["plain"] = bench_postgres.plain_inserts(held, seconds=2 if options.quick else 5)
        if "pages" in parts:
            figures["queries"] = {"large": _queries(environment(folder, address), place.large)}
        with Server(folder, address, (*PROGRAM, "serve", "--workers", str(WORKERS))) as server:
            if "pages" in parts:
                figures["pages"] = bench_pages.measure(server, place.large, console.print, quick=options.quick)
                figures["floor"] = bench_pages.measure_floor(folder, quick=options.quick, workers=WORKERS)
            if "ingest" in parts:
                figures["ingest"] = bench_ingest.measure(server, place.large, console.print, quick=options.quick)
    return figures


@contextmanager
def _folder(place: bench_base.Kept, prefix: str) -> Iterator[Path]:
    """A data folder of its own, with the keys that open what is encrypted."""
    with tempfile.TemporaryDirectory(prefix=prefix, dir=bench_base.KEPT) as name:
        shutil.copytree(place.keys, Path(name) / "keys")
        yield Path(name)


def _build(place: bench_base.Kept) -> None:
    """In a process of its own, because Django is set up on the file that is built.  Files of an older schema make room."""
    if bench_base.KEPT.exists():
        for folder in bench_base.KEPT.iterdir():
            if folder.is_dir() and (folder != place.folder or not place.simulated.exists()):
                shutil.rmtree(folder)
    place.folder.mkdir(parents=True, exist_ok=True)
    (bench_base.KEPT / ".gitignore").write_text("*\n")
    _step("build", environment(place.folder, place.small), "--people", str(place.people))


def _step(name: str, own: dict[str, str], *words: str) -> None:
    subprocess.run([sys.executable, __file__, "--step", name, *words], env=own, check=True)


def _build_step(options: argparse.Namespace) -> int:
    import django

    django.setup()
    place = bench_base.kept(options.people)
    with _progress() as progress:
        bench_base.build(place, progress)
    console.print(f"Kept in {place.folder}: {', '.join(f'{rows:,} {table}' for table, rows in place.counts().items())}")
    return 0


def _load_step(options: argparse.Namespace) -> int:
    import django
    from django.conf import settings

    django.setup()
    from afterglow.doors.ops import migrate

    migrate.bring_up_to_date()
    held = settings.DATABASES["default"]
    words = {"host": held["HOST"], "port": held["PORT"], "user": held["USER"], "password": held["PASSWORD"], "dbname": held["NAME"]}
    with _progress() as progress, psycopg.connect(**words, autocommit=True) as target:
        rows = bench_postgres.load(Path(options.source), target, progress)
    console.print(f"In PostgreSQL: {sum(rows.values()):,} rows of {len(rows)} tables, counted")
    return 0


@contextmanager
def _progress() -> Iterator[Callable[[str, int, int], None]]:
    with Progress(
        TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed} of {task.total}"), TimeElapsedColumn(), console=console
    ) as bar:
        tasks: dict[str, TaskID] = {}

        def progress(what: str, done: int, all_: int) -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(f"Bench database: {what}", total=all_)
            bar.update(tasks[what], completed=done, total=all_)

        yield progress


def _queries_of_file(place: bench_base.Kept, file: Path) -> dict[str, int]:
    """Of a SQLite file: asked of a copy."""
    with _folder(place, "count-") as folder:
        shutil.copyfile(file, folder / "afterglow.sqlite3")
        return _queries(environment(folder, folder / "afterglow.sqlite3"), file)


def _queries(own: dict[str, str], notes: Path) -> dict[str, int]:
    """Queries of each page, counted in a process of its own; `notes` is the file that says what the pages are measured on."""
    command = [sys.executable, __file__, "--step", "queries", "--source", str(notes)]
    said = subprocess.run(command, env=own, check=True, capture_output=True, text=True)
    return {line.rpartition(" ")[0]: int(line.rpartition(" ")[2]) for line in said.stdout.splitlines()}


def _queries_step(options: argparse.Namespace) -> int:
    import django

    django.setup()
    for page, count in bench_pages.queries(Path(options.source)).items():
        print(page, count)
    return 0


if __name__ == "__main__":
    sys.exit(main())
