"""Record what was decided about every course of two simulated clinics: the facts of each gate, each way home and each standing, and the answers.

python tools/record_courses.py     writes tests/scenarios/courses/facts.json.gz and decisions.json; read what changed before you keep it.
"""

from __future__ import annotations

import gzip
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest import mock

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT))
FOLDER = PROJECT / "tests" / "scenarios" / "courses"
AT = datetime(2026, 12, 7, 18, 0, tzinfo=UTC)
SEEDS = (20261207, 7)
"""Two clinics: together more than forty courses."""
PLACES = {
    "start": ("afterglow.pathway.session.rules.gate.may_start", "start the dose"),
    "leave": ("afterglow.pathway.session.queries.leaving.may_leave", "go home"),
    "standing": ("afterglow.pathway.response.queries.trajectory.standing", "review"),
}
"""Rule -> where the play calls it, and in which step the answer decides."""
Called = dict[str, list[tuple[tuple[Any, ...], dict[str, Any]]]]


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update({"AFTERGLOW_HOME": folder, "DJANGO_SETTINGS_MODULE": "afterglow.conf.settings"})
        os.environ.pop("AFTERGLOW_DATABASE_URL", None)
        import django

        django.setup()
        from afterglow.doors.ops import migrate
        from tests.support.recorded import Pool

        migrate.bring_up_to_date()
        pool = Pool()
        recorded = [row for seed in SEEDS for row in _clinic(seed, pool)]
        _write(pool.nodes, recorded)
    print(f"{len({row['course'] for row in recorded})} courses, {len(recorded)} decisions, {len(pool.nodes)} values")
    return 0


def _clinic(seed: int, pool: Any) -> list[dict[str, Any]]:
    """One clinic played and forgotten: its decisions in order of time."""
    from django.db import transaction

    from afterglow.simulator import play, script

    found: list[dict[str, Any]] = []
    called: Called = {}

    def watched(world: Any, lives: Any, **named: Any) -> Iterator[Any]:
        for life in lives:
            life.steps = [script.Step(step.at, step.name, _noted(step, called, seed, pool, found)) for step in life.steps]
        yield from script.play(world, lives, **named)

    with transaction.atomic(), _listening(called), mock.patch.object(play, "play", watched):
        play.build(seed, AT, zone="America/Los_Angeles", state="CA")
        transaction.set_rollback(True)
    return found


def _noted(step: Any, called: Called, seed: int, pool: Any, found: list[dict[str, Any]]) -> Callable[..., None]:
    """The step as it is; afterwards the last call of the rule that decided it is kept, of standings that of each scale."""
    from tests.support.decisions import answer

    def do(world: Any, life: Any, at: datetime) -> None:
        called.clear()
        step.do(world, life, at)
        for rule, (_, name) in PLACES.items():
            for arguments, named in called.get(rule, [])[-1 if rule != "standing" else 0 :] if step.name == name else ():
                facts = {"arguments": pool.put(list(arguments)), "named": pool.put(named)}
                said = answer(rule, list(arguments), named)
                found.append({"course": f"{seed} {life.name}", "at": at.isoformat(), "rule": rule, "facts": facts, "said": said})

    return do


@contextmanager
def _listening(called: Called) -> Iterator[None]:
    with ExitStack() as stack:
        for rule, (path, _) in PLACES.items():
            stack.enter_context(_overheard(rule, path, called))
        yield


@contextmanager
def _overheard(rule: str, path: str, called: Called) -> Iterator[None]:
    module, _, name = path.rpartition(".")
    inner = getattr(__import__(module, fromlist=[name]), name)

    def outer(*arguments: Any, **named: Any) -> Any:
        called.setdefault(rule, []).append((arguments, named))
        return inner(*arguments, **named)

    with mock.patch(path, outer):
        yield


def _write(nodes: list[Any], recorded: list[dict[str, Any]]) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    whole = {"nodes": nodes, "decisions": [{name: row[name] for name in ("course", "at", "rule", "facts")} for row in recorded]}
    packed = gzip.compress(json.dumps(whole, separators=(",", ":")).encode(), 9, mtime=0)
    (FOLDER / "facts.json.gz").write_bytes(packed)
    lines = [json.dumps({"course": row["course"], "at": row["at"], "rule": row["rule"], **row["said"]}) for row in recorded]
    (FOLDER / "decisions.json").write_text("[\n" + ",\n".join(lines) + "\n]\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
