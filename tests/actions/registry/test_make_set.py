"""The set of tables for research: of those who said yes alone, the same bytes again, whole or not at all."""

from __future__ import annotations

import argparse
import csv
import hashlib
import io
import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from afterglow.doors.ops import registry as command
from afterglow.ground.access.actor import Actor
from afterglow.ground.audit.models import AuditRow
from afterglow.ground.errors import Forbidden, Refusal
from afterglow.ground.keys import pseudonyms
from afterglow.pathway.consent.models import Consent, Withdrawal
from afterglow.pathway.registry import access
from afterglow.pathway.registry.actions.make_set import SetMade, make_set
from afterglow.pathway.registry.actions.note_approval import note_approval
from afterglow.pathway.registry.models import ResearchSet
from afterglow.records.chart.models import Person
from tests.support.cast import Cast
from tests.support.registry import courses
from tests.support.research import agreed, said_no

pytestmark = pytest.mark.django_db
LONG_AGO = timedelta(days=200)
Files = dict[str, dict[str, bytes]]


@pytest.fixture(autouse=True)
def _own_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "PSEUDONYM_KEY_FILE", tmp_path / "keys" / "pseudonyms.key")
    pseudonyms._key.cache_clear()


def machine(cast: Cast) -> Actor:
    return Actor.job("registry export at the machine", cast.clinic_id, access.EXPORT)


def approved(cast: Cast, at: datetime, until: date = date(2027, 6, 30), key: str = "letter") -> None:
    note_approval(board="Western board", reference="2026-114", valid_until_on=until, key=key, by=cast.olga, at=at)


def made(cast: Cast, at: datetime, kept: Files) -> SetMade:
    def put(name: str, files: Mapping[str, bytes]) -> None:
        kept[name] = dict(files)

    return make_set(put=put, by=machine(cast), at=at)


def rows(held: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(held.decode())))


def manifest(files: Mapping[str, bytes]) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(files["manifest.json"])
    return said


# req: S116
# hazard: H36
def test_a_set_holds_those_who_said_yes_and_counts_the_others(cast: Cast, at: datetime) -> None:
    people = courses(cast, at - LONG_AGO, 70)
    agreed(people[:25], at)
    said_no(people[25:50], at)
    Person.objects.filter(id__in=people).update(born_on=date(1985, 3, 14))
    approved(cast, at)
    kept: Files = {}
    done = made(cast, at, kept)
    files = kept[done.name]
    assert (done.people, done.left_out, done.remove, done.again) == (25, 45, 25, False)
    assert len(rows(files["people.csv"])) == len({row["person"] for row in rows(files["people.csv"])}) == 25
    assert {tuple(row.values())[1:] for row in rows(files["people.csv"])} == {("40-49", "trd", "iv_mdd_standard")}
    assert [row["day"] for row in rows(files["doses.csv"])[:6]] == ["0", "3", "7", "10", "14", "17"]
    assert {row["scale"] for row in rows(files["scores.csv"])} == {"phq9"}
    assert {row["count"] for row in rows(files["figures.csv"]) if row["figure"] == "finished"} == {"25"}
    said = manifest(files)
    assert (said["started"], said["in_the_set"]) == (70, 25)
    assert said["in_no_table"] == {"people": 45, "by_reason": {"no": 25, "not_asked": 20}, "for_reasons_too_few_share": 0}
    assert "no comparison group" in said["comparator"]
    for table in said["tables"]:
        assert hashlib.sha256(files[table["file"]]).hexdigest() == table["sha256"]
    row = ResearchSet.objects.get()
    assert (row.name, row.people, row.left_out, row.manifest_sha256) == (done.name, 25, 45, hashlib.sha256(files["manifest.json"]).hexdigest())
    assert AuditRow.objects.filter(event="registry.research_set_made").count() == 1


# req: S116
def test_nothing_in_a_set_leads_to_anybody(cast: Cast, at: datetime) -> None:
    people = courses(cast, at - LONG_AGO, 20)
    agreed(people, at)
    approved(cast, at)
    kept: Files = {}
    whole = b"".join(kept[made(cast, at, kept).name].values()).decode()
    started_on = (at - LONG_AGO).date().isoformat()
    for row in Person.objects.filter(id__in=people):
        for told in (str(row.id), row.id.hex, row.record_no + ",", row.given_name, row.family_name):
            assert told not in whole
    assert started_on not in whole and str(cast.clinic_id) not in whole
    key = settings.PSEUDONYM_KEY_FILE.read_text().split(":", 1)[1].strip()
    assert key not in whole and settings.PSEUDONYM_KEY_FILE.stat().st_mode & 0o077 == 0


# req: S116
def test_a_yes_taken_back_is_out_of_the_next_set_and_named_for_the_earlier_ones(cast: Cast, at: datetime) -> None:
    people = courses(cast, at - LONG_AGO, 25)
    agreed(people, at)
    approved(cast, at)
    kept: Files = {}
    first = made(cast, at, kept)
    consent = Consent.objects.get(person_id=people[0])
    Withdrawal.objects.create(id=consent.id, consent=consent, at=at, by="test")
    second = made(cast, at + timedelta(minutes=1), kept)
    before, after = ({row["person"] for row in rows(kept[each.name]["people.csv"])} for each in (first, second))
    assert len(before - after) == 1 and not after - before
    assert manifest(kept[second.name])["remove_from_earlier_sets"] == sorted(before - after)
    assert (second.people, second.remove, second.again) == (24, 1, False)


# req: S116
def test_the_same_again_is_the_same_set(cast: Cast, at: datetime) -> None:
    agreed(courses(cast, at - LONG_AGO, 20), at)
    approved(cast, at)
    kept: Files = {}
    first = made(cast, at, kept)
    files = kept.pop(first.name)
    again = made(cast, at + timedelta(minutes=5), kept)
    assert (again.name, again.again, kept[again.name]) == (first.name, True, files)
    assert ResearchSet.objects.count() == AuditRow.objects.filter(event="registry.research_set_made").count() == 1


# req: S116
def test_what_stands_in_the_way_is_said_and_nothing_is_written(cast: Cast, at: datetime) -> None:
    agreed(courses(cast, at - LONG_AGO, 19), at)
    kept: Files = {}
    with pytest.raises(Refusal, match=r"registry.no_set") as refused:
        made(cast, at, kept)
    assert [finding.item for finding in refused.value.findings] == ["research.approval", "research.people"]
    agreed(courses(cast, at - LONG_AGO, 1), at)
    approved(cast, at)
    made(cast, at, kept)
    approved(cast, at + timedelta(minutes=1), until=at.date() - timedelta(days=1), key="ended")
    settings.PSEUDONYM_KEY_FILE.unlink()
    pseudonyms._key.cache_clear()
    with pytest.raises(Refusal) as refused:
        made(cast, at + timedelta(days=1), kept)
    assert [finding.item for finding in refused.value.findings] == ["research.approval", "research.key"]
    assert len(kept) == ResearchSet.objects.count() == 1


# req: S116
def test_whoever_is_treated_for_alcohol_is_in_no_table(cast: Cast, at: datetime) -> None:
    agreed(courses(cast, at - LONG_AGO, 20), at)
    alcohol = courses(cast, at - LONG_AGO, 3, protocol="iv_aud_relapse_prevention")
    agreed(alcohol, at)
    approved(cast, at)
    kept: Files = {}
    done = made(cast, at, kept)
    assert (done.people, done.left_out) == (20, 3)
    assert b"alcohol" not in kept[done.name]["people.csv"] and b"aud" not in kept[done.name]["people.csv"]
    assert manifest(kept[done.name])["in_no_table"]["by_reason"] == {}, "three could be told"


def test_only_the_machine_makes_a_set(cast: Cast, at: datetime) -> None:
    for by in (cast.olga, cast.ana):
        with pytest.raises(Forbidden):
            make_set(put=lambda *_: None, by=by, at=at)
    with pytest.raises(Forbidden):
        note_approval(board="B", reference="1", valid_until_on=at.date(), key="k", by=cast.ana, at=at)


def test_a_set_costs_the_same_for_many(cast: Cast, at: datetime) -> None:
    approved(cast, at)
    counts = []
    for number in (20, 30):
        agreed(courses(cast, at - LONG_AGO, number), at)
        made(cast, at, {})
        with CaptureQueriesContext(connection) as taken:
            made(cast, at, {})
        counts.append(len(taken))
    assert counts[0] == counts[1]


# req: S116
def test_a_set_that_cannot_be_put_is_not_on_record(cast: Cast, at: datetime) -> None:
    agreed(courses(cast, at - LONG_AGO, 20), at)
    approved(cast, at)

    def full(name: str, files: Mapping[str, bytes]) -> None:
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        make_set(put=full, by=machine(cast), at=at)
    assert not ResearchSet.objects.exists()


# req: S116
def test_a_folder_is_whole_or_not_there(tmp_path: Path) -> None:
    files = {"a.csv": b"1\n", "manifest.json": b"{}\n"}
    half = tmp_path / f"{command.HALF}set"
    half.mkdir()
    (half / "a.csv").write_bytes(b"left by a crash")
    for _ in range(2):
        command.put(tmp_path, "set", files)
    assert {file.name: file.read_bytes() for file in (tmp_path / "set").iterdir()} == files
    assert [each.name for each in tmp_path.iterdir()] == ["set"]
    (tmp_path / "set" / "a.csv").write_bytes(b"2\n")
    with pytest.raises(Refusal, match=r"ops.set_changed"):
        command.put(tmp_path, "set", files)
    with pytest.raises(Refusal, match=r"ops.set_not_written"):
        command.put(tmp_path / "set" / "a.csv", "set", files)


# req: S116
def test_the_command_writes_a_set_of_the_clinic_that_is_named(
    cast: Cast, at: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from afterglow.ground.accounts import queries as accounts

    people: list[UUID] = courses(cast, at - LONG_AGO, 21)
    agreed(people, at)
    said_no(people[:1], at)
    approved(cast, at)
    monkeypatch.setattr("afterglow.doors.clock.now", lambda: at)
    name = accounts.clinic(cast.clinic_id).name
    with pytest.raises(Refusal, match=r"ops.which_clinic"):
        command.run(argparse.Namespace(deed="export", json=False, to=str(tmp_path / "out"), clinic=None))
    for again in (False, True):
        assert command.run(argparse.Namespace(deed="export", json=True, to=str(tmp_path / "out"), clinic=name)) == 0
        said = json.loads(capsys.readouterr().out)
        assert (said["people"], said["left_out"], said["remove"], said["again"]) == (20, 1, 1, again)
    assert {each.name for each in Path(said["folder"]).iterdir()} == {
        "people.csv", "doses.csv", "scores.csv", "figures.csv", "dictionary.csv", "manifest.json",
    }  # fmt: skip
    assert command.run(argparse.Namespace(deed="export", json=False, to=str(tmp_path / "out"), clinic=name)) == 0
    assert "whose lines leave every earlier set" in capsys.readouterr().out
