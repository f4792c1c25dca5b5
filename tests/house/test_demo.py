"""The demo clinic: the same every time, whole at every station, played forward, and stopped without leaving anything behind."""

from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
import subprocess
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction

from afterglow.doors.desk.worklists import worklists
from afterglow.doors.ops import serve
from afterglow.ground.accounts.models import Clinic
from afterglow.ground.accounts.queries import actor_for, staff_of
from afterglow.ground.audit.models import AuditRow
from afterglow.ground.errors import Refusal
from afterglow.ground.keys import keyring
from afterglow.pathway.aftercare.models import AftercarePlan
from afterglow.pathway.consent.models import Offer
from afterglow.pathway.enquiry.models import Enquiry
from afterglow.pathway.integration.models import Practice, Visit
from afterglow.pathway.plan.models import TreatmentPlan
from afterglow.pathway.response.models import CheckIn, ResponseReview
from afterglow.pathway.response.queries import check_ins, reviews
from afterglow.pathway.screening.models import Case
from afterglow.pathway.session import chain
from afterglow.pathway.session.actions.leave import ExitWords, transfer
from afterglow.pathway.session.actions.stop import stop_dose
from afterglow.pathway.session.models import Session
from afterglow.pathway.session.queries.standing import standing_marks
from afterglow.records.adverse.models import AdverseEvent
from afterglow.records.cabinet import queries as cabinet
from afterglow.records.chart import queries as chart
from afterglow.records.chart.models import Person
from afterglow.records.flags.models import Flag
from afterglow.records.measures.models import Response
from afterglow.simulator import careers, guide, home, house, kept, play
from tests.support.server import PROGRAM

pytestmark = pytest.mark.slow
AT = datetime(2026, 12, 7, 17, 30, tzinfo=UTC)
MADE = {
    "people": "SELECT id, record_no, given_name, family_name, phone FROM records_chart_person",
    "consents": "SELECT id, shown_sha256 FROM pathway_consent_consent",
    "sessions": "SELECT id, state, seq, head_sha256 FROM pathway_session_session WHERE ended_at <= '2026-12-07 17:30:00'",
    "scores": "SELECT id, total FROM records_measures_response WHERE taken_at <= '2026-12-07 17:30:00'",
    "links": "SELECT id, token_sha256 FROM ground_access_accesslink WHERE made_at <= '2026-12-07 17:30:00'",
    "trail": "SELECT event, CAST(at AS TEXT), actor_name, objects_text, new_text FROM ground_audit_auditrow WHERE at <= '2026-12-07 17:30:00'",
}
"""What the simulator made by AT: asked of the clinic that was built here and of one that another process built."""


@contextmanager
def rolled_back() -> Iterator[None]:
    around = transaction.atomic()
    around.__enter__()
    try:
        yield
    finally:
        transaction.set_rollback(True)
        around.__exit__(None, None, None)


@pytest.fixture(scope="module")
def once(django_db_setup: None, django_db_blocker: Any) -> Iterator[play.Played]:
    """The clinic, built once for all tests of this engine."""
    keyring.make_key_file(settings.KEY_FILE)
    zone, state = house.zone_of_day(AT)
    with django_db_blocker.unblock(), rolled_back():
        yield play.build(play.SEED, AT, zone=zone, state=state)


@pytest.fixture
def played(once: play.Played, db: None, tmp_path: Path) -> play.Played:
    """As a later start finds it: read back from what was kept."""
    play.keep(once, tmp_path / kept.PLAYED)
    found = play.taken_up(tmp_path / kept.PLAYED)
    assert found is not None
    return found


def test_there_is_somebody_at_every_station(played: play.Played) -> None:
    clinic = played.world.clinic_id
    assert set(Clinic.objects.values_list("is_demo", flat=True)) == {True}
    assert Counter(Enquiry.objects.values_list("state", flat=True)).keys() == {"new", "accepted", "referred"}
    assert {"open", "declined", "cleared"} <= set(Case.objects.values_list("state", flat=True))
    assert "open" in set(Offer.objects.values_list("state", flat=True))
    assert {"draft", "in_force"} <= set(TreatmentPlan.objects.values_list("state", flat=True))
    states = Counter(Session.objects.values_list("state", flat=True))
    assert (states["dosing"], states["checked_in"], states["left_against_advice"]) == (2, 1, 1)
    assert states["discharged"] >= 60
    assert Person.objects.filter(clinic_id=clinic).count() >= 30  # the others of the forty have only asked so far
    assert {"left_against_advice"} <= set(Flag.objects.filter(person__clinic_id=clinic, closed_at__isnull=True).values_list("kind", flat=True))


# req: S93
# req: S94
def test_the_whole_course_is_there(played: play.Played) -> None:
    """Reviews of every decision, some due, visits held and missed, practices, check-ins answered and not, aftercare and a booster."""
    ana, ben = played.world.staff["ana"], played.world.staff["ben"]
    assert {"continue", "stop", "refer", "aftercare"} <= set(ResponseReview.objects.values_list("decision", flat=True))
    assert len(reviews.waiting(ana, AT)) >= 3
    assert {"held", "missed"} == set(Visit.objects.values_list("state", flat=True))
    assert Practice.objects.exists()
    assert {"answered", "sent", "planned"} <= set(CheckIn.objects.values_list("state", flat=True))
    assert len(check_ins.waiting_calls(ben)) == 1
    assert AftercarePlan.objects.filter(state="on").count() >= 3
    assert Session.objects.filter(dose_no=7, state="discharged").count() == 1
    assert Session.objects.exclude(started_at=None).values("person_id").distinct().count() >= 20
    assert AdverseEvent.objects.exists()


def test_every_list_of_home_has_something_true_to_show(played: play.Played) -> None:
    """And a well-run house: what waits is of today, not a heap of what nobody did."""
    held = {row.title: row for who in ("ana", "theo", "faye") for row in worklists(played.world.staff[who], AT)}
    assert {title for title, row in held.items() if not row.total} <= {"Visits to place"}
    assert held["Flags"].total == 3
    assert [item.note for item in held["Integration"].items if item.strong] == []
    overdue = [flag for flag in Flag.objects.filter(closed_at__isnull=True) if flag.due_at < AT]
    assert overdue == []


def test_a_mark_of_the_recording_stands_and_nobody_has_answered_it(played: play.Played) -> None:
    dan = Session.objects.get(person__record_no="0412", state="dosing")
    recording = Session.objects.exclude(id=dan.id).get(state="dosing")
    assert standing_marks(dan, at=AT) == ()
    assert "act" in {raised.mark.level for raised in standing_marks(recording, at=AT)}


def test_a_start_a_day_later_has_everybody_answer_up_to_now(played: play.Played) -> None:
    before = CheckIn.objects.filter(state="answered").count()
    later = AT + timedelta(hours=23, minutes=30)
    play.go_on(played, later)
    assert played.refused == []
    assert play.under_way(played) == ["monitor", "recording"]
    assert CheckIn.objects.filter(state="answered").count() >= before + 5
    silent = CheckIn.objects.filter(state="expired", closes_at__gt=AT, answered_at__isnull=True).values_list("person_id", flat=True)
    assert set(silent) <= {played.life(name).id_of("person") for name in (careers.like(lambda career: career.quiet), "person 11")}
    assert Response.objects.filter(taken_at__gt=later - timedelta(hours=13)).exists()
    assert Session.objects.filter(state="dosing").count() == 2


def test_the_fixed_cast_is_there_and_a_stranger_sees_nobody(played: play.Played) -> None:
    names = {row.name for row in staff_of(played.world.clinic_id)}
    assert {"Ana Ruiz", "Ben Okoye", "Theo Lind", "Faye Grant", "Olga Berg"} <= names
    dan = Person.objects.get(record_no="0412")
    assert (f"{dan.given_name} {dan.family_name}", str(dan.born_on), dan.clinic_id) == ("Dan Marsh", "1982-03-04", played.world.clinic_id)
    live = Session.objects.get(person=dan, state="dosing")
    assert (live.dose_no, live.room_id) == (3, played.world.places["room_1"])
    meadow = Clinic.objects.exclude(id=played.world.clinic_id).get()
    cora = next(row for row in staff_of(meadow.id) if row.name == "Cora Yuen")
    assert chart.search(actor_for(cora.user_id, meadow.id), "Marsh") == []


def test_every_record_holds_and_all_drug_is_accounted_for(played: play.Played) -> None:
    for session in Session.objects.all():
        assert chain.first_broken_link(session.id) is None
        drawn = cabinet.draws_of(session.id)
        assert drawn.drawn_ug == drawn.given_ug + drawn.wasted_ug + drawn.returned_ug + drawn.open_ug
        if session.state not in ("dosing", "paused"):
            assert drawn.open_ug == 0


# hazard: H50
def test_the_limits_were_accepted_by_a_named_prescriber_through_the_same_action(played: play.Played) -> None:
    rows = AuditRow.objects.filter(event="session.limit_accepted", clinic_id=played.world.clinic_id)
    assert rows.count() > 10
    assert set(rows.values_list("actor_name", flat=True)) == {"Ana Ruiz"}


def test_a_start_soon_after_keeps_the_live_rooms(played: play.Played) -> None:
    play.go_on(played, AT + timedelta(minutes=20))
    assert play.under_way(played) == ["monitor", "recording"]
    assert Session.objects.filter(state="dosing").count() == 2
    assert len(played.starts) == 1


def test_a_start_hours_later_finishes_what_was_running_and_opens_two_new_rooms(played: play.Played) -> None:
    before = set(Session.objects.filter(state__in=("dosing", "checked_in")).values_list("id", flat=True))
    play.go_on(played, AT + timedelta(minutes=200))
    assert Counter(Session.objects.filter(id__in=before).values_list("state", flat=True)) == {"discharged": 2, "not_started": 1}
    now = Session.objects.filter(state="dosing")
    assert now.count() == 2
    assert not before & set(now.values_list("id", flat=True))
    assert played.refused == []
    assert len(played.starts) == 2


def test_what_a_visitor_did_goes_before_the_play(played: play.Played) -> None:
    dan = Session.objects.get(person__record_no="0412", state="dosing")
    recording = Session.objects.exclude(id=dan.id).get(state="dosing")
    stop_dose(session_id=dan.id, key="mine", by=played.world.staff["theo"], at=AT + timedelta(minutes=3))
    transfer(
        session_id=recording.id,
        words=ExitWords(to_where="Harbour General"),
        key="mine too",
        by=played.world.staff["ben"],
        at=AT + timedelta(minutes=4),
    )
    play.go_on(played, AT + timedelta(minutes=200))
    assert [line.partition(":")[0] for line in played.refused] == ["live 0 recording"]
    assert [(row.state, chain.first_broken_link(row.id)) for row in Session.objects.filter(id__in=(dan.id, recording.id)).order_by("state")] == [
        ("discharged", None),
        ("transferred", None),
    ]
    assert Session.objects.filter(state="dosing").count() == 2


def test_it_says_where_to_look_and_that_nobody_is_real(played: play.Played) -> None:
    told = guide.guide(played, "http://127.0.0.1:8000", AT)
    text = told.as_text()
    assert "nobody in this clinic is real" in text
    assert house.PASSWORD in text
    for who in ("ana", "ben", "theo", "faye", "olga", "cora"):
        assert f"{who}@example.org" in text
    assert "not ketamine therapy" in text
    assert json.loads(json.dumps(told.as_json()))["sign_ins"][0] == {"email": "ana@example.org", "who": "prescriber"}


# hazard: H48
@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "clinic.example.org"])
def test_a_demo_is_served_on_this_machine_only(played: play.Played, host: str) -> None:
    with pytest.raises(Refusal) as refused:
        serve.refuse_demo_data_on_a_real_address(host)
    assert refused.value.code == "ops.demo_data_outside"
    serve.refuse_demo_data_on_a_real_address("127.0.0.1")


# hazard: H48
def test_a_real_clinic_beside_it_is_refused(played: play.Played) -> None:
    serve.refuse_mixed_data()
    Clinic.objects.filter(id=Clinic.objects.exclude(id=played.world.clinic_id).get().id).update(is_demo=False)
    with pytest.raises(Refusal) as refused:
        serve.refuse_mixed_data()
    assert refused.value.code == "ops.demo_data_mixed"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def outside() -> dict[str, str]:
    """The environment of somebody who runs no tests."""
    return {name: value for name, value in os.environ.items() if not name.startswith("AFTERGLOW_") and name != "DJANGO_SETTINGS_MODULE"}


def demo(folder: Path, port: int, *more: str) -> subprocess.Popen[str]:
    """The command, started at AT by its own clock."""
    environment = outside() | {"AFTERGLOW_CLOCK_OFFSET_S": str((AT - datetime.now(UTC)).total_seconds())}
    return subprocess.Popen(
        [*PROGRAM, "demo", "--home", str(folder), "--port", str(port), *more],
        env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip


def made(ask: Callable[[str], list[tuple[Any, ...]]]) -> dict[str, list[tuple[Any, ...]]]:
    return {part: [tuple(map(str, row)) for row in ask(f"{query} ORDER BY id")] for part, query in MADE.items()}


def made_here(query: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchall()


def readings(folder: Path) -> Counter[str]:
    with sqlite3.connect(f"file:{folder}/afterglow.sqlite3?mode=rw", uri=True) as held:
        return Counter(row[0] for row in held.execute("SELECT device_id FROM pathway_session_reading"))


def wait_for(what: Any, seconds: float) -> Any:
    deadline = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.2)
    return found


def children_of(pid: int) -> list[int]:
    found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True).stdout
    return [int(line) for line in found.split()]


@pytest.mark.engine("sqlite")
def test_the_command_builds_the_same_clinic_serves_sends_and_stops_in_order(played: play.Played, tmp_path: Path) -> None:
    """Of the same seed and time: the same people, ids and hashes.  A second start keeps them and takes under ten seconds of the machine's work."""
    folder, port = tmp_path / "demo", free_port()
    first = demo(folder, port, "--json")
    try:
        assert first.stdout is not None
        told = json.loads(first.stdout.readline())
        assert told["ok"] is True
        with sqlite3.connect(f"file:{folder}/afterglow.sqlite3?mode=rw", uri=True) as held:
            there = made(lambda query: held.execute(query).fetchall())
        here = made(made_here)
        assert min(map(len, here.values())) >= 24
        for part, rows in here.items():
            assert rows == there[part], part
        before = readings(folder)
        for address in told["addresses"]:
            assert wait_for(lambda url=address["url"]: opened(url), 30) == 200, address
        grown = wait_for(lambda: sum(now > before[device] for device, now in readings(folder).items()) >= 3, 90)
        assert grown, "not every live room gets readings"
        monitors = children_of(first.pid)
        assert len(monitors) == 3
        again = demo(folder, free_port())
        _, said = again.communicate(timeout=60)
        assert (again.returncode, said.strip()) == (
            2,
            f"A demo already runs in {folder}. Use that one, stop it first, or choose another folder with --home.",
        )
    finally:
        first.send_signal(signal.SIGTERM)
        first.communicate(timeout=30)
    for pid in monitors:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
    second = demo(folder, port, "--build-only")
    _, status, used = os.wait4(second.pid, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    assert used.ru_utime + used.ru_stime < 10
    assert sum(readings(folder).values()) > sum(before.values())


def opened(url: str) -> int:
    try:
        with urllib.request.build_opener(urllib.request.HTTPCookieProcessor()).open(url, timeout=20) as answer:  # a personal link sets a cookie
            status: int = answer.status
            return status
    except ConnectionError:
        return 0
    except urllib.error.HTTPError as error:
        return error.code
    except urllib.error.URLError:
        return 0


@pytest.mark.parametrize("command", ["demo", "serve"])
def test_a_taken_port_and_an_unwritable_folder_are_one_sentence(tmp_path: Path, command: str) -> None:
    place = tmp_path / "a file"
    place.write_text("")
    environment = outside()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        for extra, folder, sentence in (
            ([], tmp_path / "home", f"Port {port} on 127.0.0.1 is in use"),
            (["--port", str(free_port())], place / "inside", "cannot be written"),
        ):
            asked = [*PROGRAM, command, *(extra or ["--port", str(port)])]
            done = subprocess.run(asked, env={**environment, "AFTERGLOW_HOME": str(folder)}, capture_output=True, text=True, timeout=60)
            assert done.returncode == 2, done.stderr
            assert sentence in done.stderr
            assert len(done.stderr.strip().splitlines()) == 1


def test_the_demo_never_uses_a_folder_that_is_not_its_own(tmp_path: Path) -> None:
    (tmp_path / "afterglow.sqlite3").write_text("a clinic's data")
    for more in ((), ("--reset",)):
        done = demo(tmp_path, free_port(), *more)
        _, said = done.communicate(timeout=60)
        assert done.returncode == 2
        assert "not a demo" in said
    assert (tmp_path / "afterglow.sqlite3").read_text() == "a clinic's data"
    assert not (tmp_path / home.MARK).exists()
