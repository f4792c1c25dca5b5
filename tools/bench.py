"""`make bench`: measure Afterglow on this machine and write docs/benchmarks.md.

    python tools/bench.py              everything (about ten minutes, the first time some more to build the database)
    python tools/bench.py --quick      a smoke run on a small database: proves that the bench works, measures nothing worth quoting
    python tools/bench.py --only pages,ingest,start

`--quick` and `--only` print the figures and leave docs/benchmarks.md as it is, unless `--write` is given.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

PROJECT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(PROJECT), str(PROJECT / "src")]

from tools import bench_base, bench_ingest, bench_machine, bench_pages, bench_report, bench_start  # noqa: E402
from tools.bench_server import Server, environment  # noqa: E402

PARTS = ("pages", "ingest", "start")
PEOPLE, QUICK_PEOPLE = 20_000, 240
console = Console(stderr=True)


def main() -> int:
    options = _options()
    if options.step:
        return {"build": _build_step, "queries": _queries_step}[options.step](options)
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
    if "start" in parts:
        console.print("Clone to first page")
        figures["start"] = bench_start.measure(console.print)
    figures["machine_after"] = bench_machine.load()
    text = bench_report.written(figures)
    if options.write or (not options.quick and not options.only):
        (PROJECT / "docs" / "benchmarks.md").write_text(text, encoding="utf-8")
        console.print("docs/benchmarks.md is written.")
    else:
        print(text)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a smoke run on a small database")
    parser.add_argument("--only", default="", help=f"some of {','.join(PARTS)}")
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md even so")
    parser.add_argument("--people", type=int, default=0, help=f"how many people the database holds (default {PEOPLE:,})")
    parser.add_argument("--rebuild", action="store_true", help="build the database again although one is kept")
    parser.add_argument("--step", choices=["build", "queries"], help=argparse.SUPPRESS)
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
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="run-", dir=bench_base.KEPT)))
        shutil.copytree(place.keys, folder / "keys")
        large = folder / "afterglow.sqlite3"
        shutil.copyfile(place.large, large)
        os.sync()  # else the disk still writes this copy while readings wait for it
        if "pages" in parts:
            figures["queries"] = {name: _queries(place, database) for name, database in (("small", place.small), ("large", place.large))}
        server = stack.enter_context(Server(folder, large))
        figures["statistics"] = bench_machine.has_statistics(large)
        if "pages" in parts:
            figures["pages"] = bench_pages.measure(server, large, console.print, quick=options.quick)
            figures["floor"] = bench_pages.measure_floor(folder, quick=options.quick)
        if "ingest" in parts:
            figures["fdatasync"] = bench_machine.fdatasync_ms(folder)
            figures["plain_sqlite"] = bench_machine.plain_inserts(folder, seconds=2 if options.quick else 5)
            figures["ingest"] = bench_ingest.measure(server, large, console.print, quick=options.quick)


def _build(place: bench_base.Kept) -> None:
    """In a process of its own, because Django is set up on the file that is built.  Files of an older schema make room."""
    if bench_base.KEPT.exists():
        for folder in bench_base.KEPT.iterdir():
            if folder.is_dir() and (folder != place.folder or not place.simulated.exists()):
                shutil.rmtree(folder)
    place.folder.mkdir(parents=True, exist_ok=True)
    (bench_base.KEPT / ".gitignore").write_text("*\n")
    command = [sys.executable, __file__, "--step", "build", "--people", str(place.people)]
    subprocess.run(command, env=environment(place.folder, place.small), check=True)


def _build_step(options: argparse.Namespace) -> int:
    import django

    django.setup()
    with Progress(
        TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed} of {task.total}"), TimeElapsedColumn(), console=console
    ) as bar:
        tasks: dict[str, object] = {}

        def progress(what: str, done: int, all_: int) -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(f"Bench database: {what}", total=all_)
            bar.update(tasks[what], completed=done, total=all_)

        place = bench_base.kept(options.people)
        bench_base.build(place, progress)
    console.print(f"Kept in {place.folder}: {', '.join(f'{rows:,} {table}' for table, rows in place.counts().items())}")
    return 0


def _queries(place: bench_base.Kept, database: Path) -> dict[str, int]:
    """Queries of each page, counted in a process of its own on a copy of this database."""
    with tempfile.TemporaryDirectory(prefix="count-", dir=bench_base.KEPT) as name:
        folder = Path(name)
        shutil.copytree(place.keys, folder / "keys")
        shutil.copyfile(database, folder / "afterglow.sqlite3")
        said = subprocess.run(
            [sys.executable, __file__, "--step", "queries"],
            env=environment(folder, folder / "afterglow.sqlite3"),
            check=True,
            capture_output=True,
            text=True,
        )
    return {line.rpartition(" ")[0]: int(line.rpartition(" ")[2]) for line in said.stdout.splitlines()}


def _queries_step(options: argparse.Namespace) -> int:
    import django

    django.setup()
    for page, count in bench_pages.queries(Path(os.environ["AFTERGLOW_HOME"]) / "afterglow.sqlite3").items():
        print(page, count)
    return 0


if __name__ == "__main__":
    sys.exit(main())
