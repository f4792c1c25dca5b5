"""Is this installation fit to hold patients' records?  Each answer is a sentence that says what to do."""

from __future__ import annotations

import argparse
import stat
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from django.conf import settings
from django.core import checks
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from afterglow.doors.ops import answer, folder
from afterglow.ground import appendonly

HELP = "check this installation"
WORDS = {"ok": "ok  ", "hint": "todo", "bad": "NOT "}
LOCAL = frozenset({"127.0.0.1", "localhost", "::1", "testserver"})
SHORTEST_SECRET = 50


@dataclass(frozen=True, slots=True)
class Finding:
    """`hint`: nothing is wrong with the installation, but somebody still has to do something."""

    name: str
    level: Literal["ok", "hint", "bad"]
    sentence: str


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No options of its own."""


def choose_home(options: argparse.Namespace) -> None:
    """Before Django, as `serve` does."""
    folder.check_home()


def run(options: argparse.Namespace) -> int:
    findings = look()
    bad = [finding for finding in findings if finding.level == "bad"]
    lines = [f"{WORDS[finding.level]} {finding.name}: {finding.sentence}" for finding in findings]
    text = "\n".join([*lines, "Fit to run." if not bad else f"{len(bad)} of {len(findings)} must be put right."])
    say = answer.failed if bad else answer.done
    return say(options, text, findings=[asdict(finding) for finding in findings])


def look() -> list[Finding]:
    """Every finding; those that read tables only where the tables are up to date."""
    findings = [_program(), _migrated()]
    if findings[1].level == "ok":
        findings += [_guards(), _library(), _seals(), _demo_data(), *_limits(), *_guardrails()]
    return [*findings, _durable(), _key_file(), _secret(), _debug(), _hosts(), _encrypted_way(), _paging(), _backup()]


def _found(name: str, good: bool, yes: str, no: str) -> Finding:
    return Finding(name, "ok" if good else "bad", yes if good else no)


def _program() -> Finding:
    wrong = [message.msg for message in checks.run_checks() if message.is_serious()]
    return _found("program", not wrong, "its parts fit together.", " ".join(wrong))


def _migrated() -> Finding:
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return _found("tables", not waiting, "up to date.", f"{len(waiting)} migrations wait. Run `afterglow migrate`.")


def _guards() -> Finding:
    missing = appendonly.missing(connection)
    return _found(
        "append-only guards", not missing, "all on.", f"{len(missing)} are missing ({', '.join(missing[:1])} ...). Run `afterglow migrate`."
    )


def _library() -> Finding:
    from afterglow.ground.content import shelf  # models exist once Django is set up
    from afterglow.ground.content.queries import released

    shipped = {(file.kind, file.id) for file in shelf.everything()}
    loaded = {(record.kind, record.id) for kind in {kind for kind, _ in shipped} for record in released(kind)}
    lacking = sorted(shipped - loaded)
    return _found("clinical library", not lacking, f"{len(loaded)} files loaded.", f"{len(lacking)} files are not loaded. Run `afterglow migrate`.")


def _seals() -> Finding:
    from afterglow.ground.audit.seal import broken_blocks

    broken = broken_blocks()
    rows = f"rows {broken[0][0]} to {broken[0][1]}" if broken else ""
    return _found("audit seals", not broken, "all hold.", f"{rows} were changed after they were sealed. Keep the disk and find out who.")


def _demo_data() -> Finding:
    from afterglow.ground.accounts.queries import has_demo_clinic, has_real_clinic

    mixed = has_demo_clinic() and has_real_clinic()
    return _found("demo data", not mixed, "apart from real clinics.", "the demo clinic shares a database with a real one. Move the real one out.")


def _limits() -> list[Finding]:
    """One line for each site where no session can start yet, because a prescriber has not accepted its limits."""
    from afterglow.ground.accounts.queries import clinic_ids, sites_of
    from afterglow.pathway.session.queries.limits import site_limits

    found = []
    for site in (site for clinic_id in clinic_ids() for site in sites_of(clinic_id)):
        waiting = len(site_limits(site.id).open)
        if waiting:
            found.append(
                Finding(
                    "session limits", "hint", f"{site.name}: {waiting} wait for a prescriber on the Limits page; until then no session starts there."
                )
            )
    return found or [Finding("session limits", "ok", "accepted by a named prescriber at every site.")]


def _guardrails() -> list[Finding]:
    """One line for each site where no plan can be signed yet, because a prescriber has not accepted the guardrails of any protocol."""
    from afterglow.ground.accounts.queries import clinic_ids, sites_of
    from afterglow.pathway.plan.queries.guardrails import guardrails_at, protocols_at

    found = [
        Finding(
            "protocol guardrails", "hint", f"{site.name}: no protocol's are all accepted on the Guardrails page; until then no plan is signed there."
        )
        for clinic_id in clinic_ids()
        for site in sites_of(clinic_id)
        if all(state.open for state in guardrails_at(site.id, protocols_at(site.id)))
    ]
    return found or [Finding("protocol guardrails", "ok", "accepted by a named prescriber at every site, for one protocol at least.")]


def _durable() -> Finding:
    """An acknowledged write survives a crash only with these settings."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA journal_mode")
            journal = cursor.fetchone()[0]
            cursor.execute("PRAGMA synchronous")
            good = (journal, cursor.fetchone()[0]) == ("wal", 2)
            return _found("durable writes", good, "WAL with synchronous=FULL.", "SQLite does not sync before it answers.")
        cursor.execute("SELECT current_setting('fsync'), current_setting('synchronous_commit')")
        return _found(
            "durable writes", cursor.fetchone() == ("on", "on"), "fsync and synchronous_commit are on.", "Turn on fsync and synchronous_commit."
        )


def _key_file() -> Finding:
    path: Path = settings.KEY_FILE
    if not path.exists():
        return Finding("key file", "bad", f"{path} is missing: encrypted texts cannot be opened. Restore it from its backup.")
    return _owner_only("key file", path)


def _secret() -> Finding:
    """The secret that signs logins: long, and where it lies in a file, readable by its owner only."""
    if len(settings.SECRET_KEY) < SHORTEST_SECRET:
        return Finding("login secret", "bad", f"AFTERGLOW_SECRET_KEY has fewer than {SHORTEST_SECRET} characters. Make a longer one.")
    path = settings.KEY_FILE.with_name("login.key")
    return _owner_only("login secret", path) if path.exists() else Finding("login secret", "ok", "given by the environment.")


def _owner_only(name: str, path: Path) -> Finding:
    mode = stat.S_IMODE(path.stat().st_mode)
    return _found(name, mode == 0o600, "readable by its owner only.", f"mode {mode:o}; others can read it. chmod 600 {path}")


def _debug() -> Finding:
    return _found("debug", not settings.DEBUG, "off.", "on: error pages would show patients' values. Turn it off.")


def _hosts() -> Finding:
    return _found(
        "addresses", "*" not in settings.ALLOWED_HOSTS, ", ".join(settings.ALLOWED_HOSTS), "AFTERGLOW_HOSTS must name the addresses, not *."
    )


def _encrypted_way() -> Finding:
    outside = sorted(set(settings.ALLOWED_HOSTS) - LOCAL)
    return _found(
        "encrypted way",
        settings.BEHIND_TLS or not outside,
        "behind TLS." if settings.BEHIND_TLS else "answers on this machine only.",
        f"{', '.join(outside)} would send patients' data unencrypted. Put a TLS proxy in front and set AFTERGLOW_TLS=on.",
    )


def _paging() -> Finding:
    """Nobody can be called about an urgent flag at night without a way out."""
    from afterglow.doors.jobs import senders

    said = senders.note(demo=False)
    return Finding("paging", "hint" if said else "ok", said or "e-mail is set up.")


def _backup() -> Finding:
    return Finding(
        "backup", "hint", f"Afterglow makes none by itself: copy the database each day, and keep {settings.KEY_FILE} apart from it. Try a restore."
    )
