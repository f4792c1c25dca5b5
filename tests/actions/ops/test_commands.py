"""What the commands decide: is this installation fit, is a clinic made, do the jobs hold each other up."""

from __future__ import annotations

import argparse
import io
import json
import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from afterglow.conf import cli
from afterglow.doors.jobs import statistics
from afterglow.doors.jobs import tick as jobs
from afterglow.doors.ops import check, create_clinic, new_password, serve, tick
from afterglow.ground.accounts.models import Clinic
from afterglow.ground.accounts.queries import staff_of
from afterglow.ground.audit import seal
from afterglow.ground.errors import Refusal
from afterglow.ground.keys.keyring import make_key_file
from tests.support.cast import Cast, accept_every_guardrail
from tests.support.session import accept_all_limits


def asked(**given: Any) -> argparse.Namespace:
    return argparse.Namespace(**{"json": True, **given})


@pytest.fixture(autouse=True)
def key_file() -> None:
    make_key_file(settings.KEY_FILE)


def found() -> dict[str, check.Finding]:
    return {finding.name: finding for finding in check.look()}


def test_a_sound_installation_is_fit_and_says_what_is_left_to_do(cast: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    code = check.run(asked())
    said = json.loads(capsys.readouterr().out)
    levels = {each["name"]: each["level"] for each in said["findings"]}
    unsynced = connection.vendor == "postgresql"  # the cluster of ordinary tests runs with fsync=off, and the check must see that
    assert {name for name, level in levels.items() if level == "bad"} == ({"durable writes"} if unsynced else set())
    assert (code, said["ok"]) == ((1, False) if unsynced else (0, True))
    assert levels["tables"] == levels["append-only guards"] == levels["clinical library"] == levels["key file"] == "ok"
    assert levels["backup"] == "hint"


# hazard: H50
def test_limits_that_nobody_accepted_are_named_until_somebody_does(cast: Cast, at: datetime) -> None:
    assert found()["session limits"].level == "hint"
    accept_all_limits(cast.site_id, cast.ana, at)
    waiting = [finding.sentence for finding in check.look() if finding.name == "session limits"]
    assert len(waiting) == 1
    assert waiting[0].startswith("Meadow:")


# hazard: H50
def test_a_site_that_accepted_no_protocol_is_named_until_it_does(cast: Cast, at: datetime) -> None:
    waiting = [finding.sentence for finding in check.look() if finding.name == "protocol guardrails"]
    assert len(waiting) == 1 and waiting[0].startswith("Meadow:")
    accept_every_guardrail(cast.other_site_id, cast.cora, at)
    assert found()["protocol guardrails"].level == "ok"


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("debug", {"DEBUG": True}),
        ("addresses", {"ALLOWED_HOSTS": ["*"]}),
        ("encrypted way", {"ALLOWED_HOSTS": ["clinic.example.org"], "BEHIND_TLS": False}),
        ("login secret", {"SECRET_KEY": "short"}),
    ],
)
def test_each_setting_that_endangers_a_record_is_named(db: None, settings: Any, name: str, changed: dict[str, Any]) -> None:
    assert found()[name].level == "ok"
    for setting, value in changed.items():
        setattr(settings, setting, value)
    assert found()[name].level == "bad"


def test_a_key_file_that_others_can_read_or_that_is_gone(db: None, settings: Any, tmp_path: Path) -> None:
    settings.KEY_FILE = tmp_path / "keys" / "data.key"
    assert "missing" in found()["key file"].sentence
    make_key_file(settings.KEY_FILE)
    assert found()["key file"].level == "ok"
    settings.KEY_FILE.chmod(0o644)
    assert (found()["key file"].level, "644" in found()["key file"].sentence) == ("bad", True)


def test_a_missing_guard_and_a_broken_seal_are_found(db: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    from afterglow.ground import appendonly

    monkeypatch.setattr(appendonly, "missing", lambda connection: ["pathway_session_entry: entry_no_update"])
    monkeypatch.setattr(seal, "broken_blocks", lambda: [(3, 17)])
    assert found()["append-only guards"].level == "bad"
    assert "rows 3 to 17" in found()["audit seals"].sentence
    assert check.run(asked(json=False)) == 1
    assert "must be put right" in capsys.readouterr().out


def test_a_demo_beside_a_real_clinic_is_found_and_refused(cast: Cast) -> None:
    assert found()["demo data"].level == "ok"
    Clinic.objects.filter(id=cast.other_clinic_id).update(is_demo=True)
    assert found()["demo data"].level == "bad"
    with pytest.raises(Refusal) as refused:
        serve.refuse_mixed_data()
    assert refused.value.code == "ops.demo_data_mixed"


@pytest.mark.engine("sqlite")
def test_several_processes_are_refused_on_sqlite_before_anything_is_touched(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["serve", "--workers", "2", "--host", "no.such.host.example"]) == 2
    assert capsys.readouterr().err.startswith("SQLite serves a clinic from one process, and 2 were asked for. Leave --workers out")
    serve.refuse_several_processes_on_sqlite(1)


@pytest.mark.engine("postgresql")
def test_postgresql_may_have_several_processes_and_no_readers(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    serve.refuse_several_processes_on_sqlite(4)
    assert cli.main(["serve", "--readers", "1", "--host", "no.such.host.example"]) == 2
    assert capsys.readouterr().err.startswith("Readers stand beside the one process that SQLite has. Leave --readers out")
    assert "AFTERGLOW_READERS" not in os.environ


@pytest.mark.parametrize("count", ["0", "-1", "two", "1.5"])
def test_workers_are_counted_from_one_on(count: str, capsys: pytest.CaptureFixture[str]) -> None:
    parser = argparse.ArgumentParser()
    serve.add_arguments(parser)
    assert [parser.parse_args(words).workers for words in ([], ["--workers", "3"])] == [1, 3]
    with pytest.raises(SystemExit):
        parser.parse_args([f"--workers={count}"])
    assert "--workers: a number from 1 on" in capsys.readouterr().err


WANTED = {"name": "Quay Clinic", "site": "Quay", "zone": "America/Denver", "state": "co", "owner": "Olu Ade", "email": "olu@example.org"}


def test_create_clinic_makes_a_real_empty_one_with_its_first_owner(
    db: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(create_clinic.migrate, "bring_up_to_date", lambda: 0)
    monkeypatch.setenv("AFTERGLOW_OWNER_PASSWORD", "quiet harbour lamp 7")
    assert create_clinic.run(asked(**WANTED)) == 0
    made = Clinic.objects.get(id=json.loads(capsys.readouterr().out)["clinic"])
    assert (made.name, made.is_demo) == ("Quay Clinic", False)
    assert [(row.email, row.roles) for row in staff_of(made.id)] == [("olu@example.org", ("owner",))]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"zone": "Mars/Olympus"}, "ops.unknown_zone"),
        ({"site": None}, "ops.not_given"),
    ],
)
def test_create_clinic_refuses_what_cannot_be(db: None, monkeypatch: pytest.MonkeyPatch, changed: dict[str, Any], code: str) -> None:
    monkeypatch.setattr(create_clinic.migrate, "bring_up_to_date", lambda: 0)
    monkeypatch.setenv("AFTERGLOW_OWNER_PASSWORD", "quiet harbour lamp 7")
    monkeypatch.setattr("sys.stdin", io.StringIO())  # nobody is there to be asked
    with pytest.raises(Refusal) as refused:
        create_clinic.run(asked(**{**WANTED, **changed}))
    assert refused.value.code == code
    assert not Clinic.objects.exists()


def test_create_clinic_goes_nowhere_near_a_demo(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(create_clinic.migrate, "bring_up_to_date", lambda: 0)
    Clinic.objects.filter(id=cast.clinic_id).update(is_demo=True)
    with pytest.raises(Refusal) as refused:
        create_clinic.run(asked(**WANTED))
    assert refused.value.code == "ops.demo_data_here"


def test_a_job_that_fails_does_not_hold_up_the_others(
    db: None, at: datetime, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    everything = jobs.parts(at)

    def broken() -> int:
        raise RuntimeError("Dan Marsh's flag")

    monkeypatch.setattr(jobs, "parts", lambda at: {**everything, "flags_escalated": broken})
    with pytest.raises(jobs.JobsFailed) as failed:
        jobs.tick(at)
    assert failed.value.failed == ("flags_escalated",)
    assert failed.value.done.keys() == everything.keys() - {"flags_escalated"}
    assert tick.run(asked()) == 1
    said = json.loads(capsys.readouterr().out)
    assert (said["ok"], said["failed"]) == (False, ["flags_escalated"])


def test_a_failed_job_says_its_kind_and_no_value(db: None, at: datetime, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    def broken() -> int:
        raise RuntimeError("Dan Marsh's flag")

    monkeypatch.setattr(jobs, "parts", lambda at: {"flags_escalated": broken})
    with pytest.raises(jobs.JobsFailed):
        jobs.tick(at)
    assert "flags_escalated failed: RuntimeError" in caplog.text
    assert "Dan" not in caplog.text


def test_a_second_tick_at_the_same_time_changes_nothing_more(cast: Cast, at: datetime) -> None:
    jobs.tick(at)
    assert set(jobs.tick(at).values()) == {0}


def test_the_database_counts_its_rows_once_a_day(cast: Cast, at: datetime) -> None:
    assert [statistics.gather_daily(at + timedelta(hours=hours)) for hours in (0, 1, 24, 25)] == [1, 0, 1, 0]
    with connection.cursor() as cursor:
        where = (
            "SELECT count(*) FROM sqlite_stat1 WHERE tbl = %s"
            if connection.vendor == "sqlite"
            else "SELECT count(*) FROM pg_stats WHERE tablename = %s"
        )
        cursor.execute(where, ["records_chart_person"])
        assert cursor.fetchone()[0] > 0


# hazard: H57
def test_a_new_password_from_the_command_line(cast: Cast, settings: Any, capsys: pytest.CaptureFixture[str]) -> None:
    settings.PUBLIC_ADDRESS = "https://clinic.example.org"
    assert new_password.run(asked(email="Olga@example.org", address=None)) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["ok"], said["email"]) == (True, "olga@example.org")
    path = said["link"].removeprefix("https://clinic.example.org")
    client = Client()
    assert "Olga Berg" in client.get(path).text
    new = {"password": "calm river stone 4", "again": "calm river stone 4"}
    assert client.post(path, new).status_code == 302
    assert client.get(path).status_code == 410, "it works once"
    assert new_password.run(argparse.Namespace(json=False, email="olga@example.org", address="http://127.0.0.1:9000/")) == 0
    assert "\nhttp://127.0.0.1:9000/password/choose/" in capsys.readouterr().out
    with pytest.raises(Refusal, match="accounts.nobody_here"):
        new_password.run(asked(email="who@example.org", address=None))
