"""The outbox: queued once, sent outside the transaction, tried again, given up, taken back, sent by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from afterglow.ground.access.actor import Actor
from afterglow.ground.accounts.models import Clinic
from afterglow.ground.audit.models import AuditRow
from afterglow.ground.errors import Forbidden, NotFound, Refusal
from afterglow.records.chart.models import Person
from afterglow.records.messages import queries
from afterglow.records.messages.actions.cancel_messages import cancel_messages
from afterglow.records.messages.actions.deliver_due import Letter, Outgoing, Post, deliver_due
from afterglow.records.messages.actions.name_sender import name_sender
from afterglow.records.messages.actions.queue_message import queue_message
from afterglow.records.messages.actions.retry_message import retry_message
from afterglow.records.messages.models import Attempt, Message
from afterglow.science.outcomes.windows import QuietHours
from tests.support.cast import Cast, address

pytestmark = pytest.mark.django_db
MIN = timedelta(minutes=1)
NEVER = QuietHours(begins=time(0), ends=time(0))  # the tests stand at 01:00 in California


def a_page(cast: Cast, at: datetime, **changed: Any) -> UUID:
    """A page to Ana about one flag."""
    told: dict[str, Any] = {"channel": "email", "template": "staff_page", "facts": {"waiting_min": 15}, "to_user": cast.ana.user_id}
    told |= {"source_kind": "flag", "source_id": "f-1", "window": "1.1", "by": Actor.job("paging", cast.clinic_id)}
    return queue_message(**{**told, **changed}, at=at)


def some_questions(cast: Cast, at: datetime, channel: str = "sms", by: Actor | None = None, quiet: QuietHours | None = NEVER) -> UUID:
    by = by or Actor.job("reminders", cast.clinic_id, "chart.person.read")
    told: dict[str, Any] = {"template": "questions_waiting", "facts": {"day": "2026-12-09"}, "to_user": None, "to_person": cast.dan_id}
    return a_page(cast, at, **told, channel=channel, by=by, quiet=quiet)


class Way:
    """A way out that keeps what it was handed, or fails as told."""

    def __init__(self, error: Exception | None = None) -> None:
        self.letters: list[Letter] = []
        self.error = error
        self.depth: list[int] = []

    def __call__(self, letter: Letter) -> None:
        self.depth.append(len(connection.savepoint_ids))
        self.letters.append(letter)
        if self.error is not None:
            raise self.error


def mint(out: Outgoing, at: datetime) -> str:
    return f"https://example.org/l/secret-{out.source_id}"


def post(way: Way | None = None, *, channels: tuple[str, ...] = ("email", "sms"), demo: Way | None = None, gone: bool = False) -> Post:
    def staff_address(user_id: UUID, clinic_id: UUID, channel: str) -> str:
        return "" if gone else {"email": address("ana"), "sms": "+15550102"}[channel]

    return Post(senders=dict.fromkeys(channels, way) if way else {}, demo=demo, staff_address=staff_address, links={"questions_waiting": mint})


def row(message_id: UUID) -> Message:
    return Message.objects.get(id=message_id)


# req: C17
def test_the_same_asked_again_is_one_message(cast: Cast, at: datetime) -> None:
    first = a_page(cast, at)
    assert a_page(cast, at + MIN, facts={"waiting_min": 16}) == first
    others = {
        a_page(cast, at, window="1.2"),
        a_page(cast, at, channel="sms"),
        a_page(cast, at, to_user=cast.ben.user_id),
        a_page(cast, at, source_id="f-2"),
    }
    assert len(others | {first}) == 5
    assert Message.objects.count() == AuditRow.objects.filter(event="messages.queued").count() == 5
    with pytest.raises(IntegrityError), transaction.atomic():
        Message.objects.filter(id=first).update(window="1.2")


# hazard: H53
@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"facts": {"waiting_min": "Dan Marsh"}}, "messages.facts_not_plain"),
        ({"facts": {"waiting_min": 1, "name": "Dan"}}, "messages.facts_not_plain"),
        ({"to_user": None}, "messages.one_recipient"),
        ({"template": "questions_waiting", "facts": {"day": "2026-12-09"}}, "messages.not_for_them"),
        ({"channel": "fax"}, "messages.not_for_them"),
    ],
)
def test_what_is_not_queued(cast: Cast, at: datetime, changed: dict[str, Any], code: str) -> None:
    with pytest.raises(Refusal, match=code):
        a_page(cast, at, **changed)
    with pytest.raises(Refusal, match="messages.one_recipient"):
        a_page(cast, at, to_person=cast.dan_id)
    assert not Message.objects.exists()


def test_nobody_of_another_clinic_is_written_to(cast: Cast, at: datetime) -> None:
    with pytest.raises(NotFound):
        a_page(cast, at, to_user=cast.cora.user_id)
    with pytest.raises(NotFound):
        some_questions(cast, at, by=Actor.job("reminders", cast.other_clinic_id, "chart.person.read"))
    with pytest.raises(Forbidden):
        some_questions(cast, at, by=Actor.job("reminders", cast.clinic_id))


# req: C16
def test_what_is_due_goes_out_once_under_a_neutral_name(cast: Cast, at: datetime) -> None:
    message, way = a_page(cast, at), Way()
    outside = len(connection.savepoint_ids)
    assert deliver_due(at=at, post=post(way)) == {"given_up": 0, "sent": 1}
    assert deliver_due(at=at + MIN, post=post(way)) == {"given_up": 0}
    (letter,) = way.letters
    assert (letter.to, letter.sender, letter.message_id) == ("ana@example.org", "Office", message)
    assert letter.subject == "Office: urgent, please sign in now"
    assert way.depth == [outside], "no transaction of ours is open while it is being sent"
    assert (row(message).state, row(message).sent_at, row(message).tries) == ("sent", at, 1)
    assert list(Attempt.objects.values_list("outcome", flat=True)) == ["sent"]
    assert AuditRow.objects.get(event="messages.delivered").new_text == '{"outcome":"sent","tries":1}'


# req: C16
def test_a_failure_is_tried_again_later_and_then_given_up(cast: Cast, at: datetime, caplog: pytest.LogCaptureFixture) -> None:
    message, way = a_page(cast, at), Way(ConnectionRefusedError("ana@example.org said 451 Dan Marsh"))
    tried, now = 0, at
    while row(message).state == "queued":
        done = deliver_due(at=now, post=post(way))
        tried += len(done) > 1
        now = row(message).next_try_at if row(message).state == "queued" else now
        assert tried < 20
    assert (row(message).state, row(message).tries, row(message).last_error) == ("dead", 8, "ConnectionRefusedError")
    assert timedelta(minutes=30) < now - at < timedelta(hours=2)
    assert list(Attempt.objects.order_by("id").values_list("outcome", flat=True)) == ["failed"] * 7 + ["given_up"]
    assert AuditRow.objects.filter(event="messages.given_up").count() == 1
    assert "ConnectionRefusedError" in caplog.text
    assert "ana@example.org" not in caplog.text and "Dan" not in caplog.text


def test_between_two_tries_nothing_is_sent(cast: Cast, at: datetime) -> None:
    a_page(cast, at)
    broken, well = Way(TimeoutError()), Way()
    assert deliver_due(at=at, post=post(broken))["failed"] == 1
    assert deliver_due(at=at + timedelta(seconds=29), post=post(well)) == {"given_up": 0}
    assert deliver_due(at=at + timedelta(seconds=30), post=post(well))["sent"] == 1


# req: C16
def test_a_server_that_is_down_does_not_hold_up_the_other_way(cast: Cast, at: datetime) -> None:
    for number in range(10):
        a_page(cast, at, window=f"1.{number}")
    a_page(cast, at + MIN, channel="sms")
    mail, texts = Way(TimeoutError()), Way()
    ways = Post(senders={"email": mail, "sms": texts}, demo=None, staff_address=post().staff_address, links={})
    assert deliver_due(at=at + MIN, post=ways) == {"given_up": 0, "failed": 3, "sent": 1}
    assert (len(mail.letters), len(texts.letters)) == (3, 1)


# hazard: H16
def test_without_a_way_out_it_waits_untouched_and_is_never_sent_late(cast: Cast, at: datetime) -> None:
    message, way = a_page(cast, at), Way()
    assert deliver_due(at=at, post=post()) == {"given_up": 0}
    assert (row(message).state, row(message).tries) == ("queued", 0)
    assert deliver_due(at=at + timedelta(hours=4), post=post(way)) == {"given_up": 1}
    assert way.letters == []
    assert (row(message).state, row(message).last_error) == ("dead", "TooLate")


def test_a_process_that_dies_while_sending_leaves_a_claim_that_runs_out(cast: Cast, at: datetime) -> None:
    message, way = a_page(cast, at), Way()

    def dies(letter: Letter) -> None:
        raise KeyboardInterrupt  # nothing after it runs, as if the process were killed

    with pytest.raises(KeyboardInterrupt):
        deliver_due(at=at, post=Post(senders={"email": dies}, demo=None, staff_address=post().staff_address, links={}))
    assert deliver_due(at=at + MIN, post=post(way)) == {"given_up": 0}
    assert deliver_due(at=at + 2 * MIN, post=post(way))["sent"] == 1
    assert [letter.message_id for letter in way.letters] == [message]
    assert row(message).tries == 2


# hazard: H53
def test_a_demo_sends_nothing_whatever_is_set_up(cast: Cast, at: datetime) -> None:
    Clinic.objects.filter(id=cast.clinic_id).update(is_demo=True)
    message, real, demo = a_page(cast, at), Way(), Way()
    assert deliver_due(at=at, post=post(real)) == {"given_up": 0}
    assert deliver_due(at=at, post=post(real, demo=demo)) == {"given_up": 0, "kept": 1}
    assert (real.letters, len(demo.letters)) == ([], 1)
    assert row(message).state == "kept"


# hazard: H53
def test_a_person_is_written_to_only_in_the_way_they_asked_for(cast: Cast, at: datetime) -> None:
    way = Way()
    with pytest.raises(Refusal, match="messages.not_reachable"):
        some_questions(cast, at, "email")
    message = some_questions(cast, at)
    assert deliver_due(at=at, post=post(way))["sent"] == 1
    (letter,) = way.letters
    assert letter.to == "+1 555 0100"
    assert letter.text == "Office: a few questions are ready for you, please answer by 2026-12-09: https://example.org/l/secret-f-1"
    assert row(message).person_id == cast.dan_id


# hazard: H53
@pytest.mark.parametrize("changed", [{"contact_by": "none"}, {"contact_by": "email"}, {"phone": ""}])
def test_a_wish_changed_after_queueing_counts(cast: Cast, at: datetime, changed: dict[str, str]) -> None:
    message, way = some_questions(cast, at), Way()
    Person.objects.filter(id=cast.dan_id).update(**changed)
    assert deliver_due(at=at, post=post(way)) == {"given_up": 1}
    assert way.letters == []
    assert (row(message).state, row(message).last_error) == ("dead", "Undeliverable")


def test_a_colleague_without_an_address_is_given_up_at_once(cast: Cast, at: datetime) -> None:
    message, way = a_page(cast, at, channel="sms"), Way()
    assert deliver_due(at=at, post=post(way, gone=True)) == {"given_up": 1}
    assert (row(message).state, row(message).tries, way.letters) == ("dead", 1, [])


# hazard: H53
def test_nothing_of_a_patient_and_no_secret_is_in_the_outbox(cast: Cast, at: datetime) -> None:
    some_questions(cast, at)
    a_page(cast, at)
    deliver_due(at=at, post=post(Way()))
    kept = [str(value) for model in (Message, Attempt) for each in model.objects.values() for value in each.values()]
    kept += [
        text for each in AuditRow.objects.filter(event__startswith="messages.").values_list("new_text", "old_text", "objects_text") for text in each
    ]
    for secret in ("Dan", "Marsh", "0412", "555", "@example.org", "secret", "https://"):
        assert not [text for text in kept if secret in text], secret


def test_what_is_settled_is_taken_back_but_what_went_stays_sent(cast: Cast, at: datetime) -> None:
    gone, waits, other = a_page(cast, at), a_page(cast, at + MIN, window="1.2"), a_page(cast, at + MIN, source_id="f-2")
    deliver_due(at=at, post=post(Way()))
    job = Actor.job("paging", cast.clinic_id)
    assert cancel_messages(source_kind="flag", source_id="f-1", by=Actor.job("paging", cast.other_clinic_id), at=at + MIN) == 0
    assert cancel_messages(source_kind="flag", source_id="f-1", by=job, at=at + MIN) == 1
    assert cancel_messages(source_kind="flag", source_id="f-1", by=job, at=at + MIN) == 0
    assert [row(one).state for one in (gone, waits, other)] == ["sent", "cancelled", "queued"]
    way = Way()
    deliver_due(at=at + 2 * MIN, post=post(way))
    assert [letter.message_id for letter in way.letters] == [other]
    assert queries.waiting_sources("flag") == []


def _taken_back_while(cast: Cast, at: datetime, then: Callable[[], None]) -> Message:
    message = a_page(cast, at)

    def slow(letter: Letter) -> None:
        cancel_messages(source_kind="flag", source_id="f-1", by=Actor.job("paging", cast.clinic_id), at=at)
        then()

    deliver_due(at=at, post=Post(senders={"email": slow}, demo=None, staff_address=post().staff_address, links={}))
    return row(message)


def test_taken_back_while_it_was_being_sent_says_what_really_happened(cast: Cast, at: datetime) -> None:
    assert _taken_back_while(cast, at, lambda: None).state == "sent"


def test_taken_back_while_it_failed_is_not_tried_again(cast: Cast, at: datetime) -> None:
    def fail() -> None:
        raise TimeoutError

    assert _taken_back_while(cast, at, fail).state == "cancelled"


# req: C16
def test_an_owner_sends_a_dead_one_again(cast: Cast, at: datetime) -> None:
    message, later = a_page(cast, at), at + timedelta(hours=5)
    with pytest.raises(Refusal, match="messages.not_dead"):
        retry_message(message_id=message, key="k0", by=cast.olga, at=at)
    deliver_due(at=later, post=post())
    for who, error in ((cast.cora, NotFound), (cast.ana, Forbidden)):
        with pytest.raises(error):
            retry_message(message_id=message, key="k1", by=who, at=later)
    for _ in range(2):
        retry_message(message_id=message, key="k2", by=cast.olga, at=later)
    way = Way()
    assert deliver_due(at=later, post=post(way))["sent"] == 1
    assert AuditRow.objects.filter(event="messages.tried_again").count() == 1
    assert list(Attempt.objects.order_by("id").values_list("outcome", "by")) == [
        ("given_up", "outbox (job)"), ("again", "Olga Berg"), ("sent", "outbox (job)"),
    ]  # fmt: skip


# hazard: H53
def test_the_clinic_chooses_a_neutral_name(cast: Cast, at: datetime) -> None:
    with pytest.raises(Refusal, match="messages.sender_not_neutral"):
        name_sender(name="Harbour Ketamine", by=cast.olga, at=at)
    with pytest.raises(Forbidden):
        name_sender(name="Harbour", by=cast.ana, at=at)
    for _ in range(2):
        name_sender(name=" Harbour  Street ", by=cast.olga, at=at)
    assert (queries.sender_name(cast.clinic_id), queries.sender_name(cast.other_clinic_id)) == ("Harbour Street", "Office")
    assert AuditRow.objects.filter(event="messages.sender_named").count() == 1
    way = Way()
    a_page(cast, at)
    deliver_due(at=at, post=post(way))
    assert way.letters[0].sender == "Harbour Street"


def test_attempts_only_grow(cast: Cast, at: datetime) -> None:
    a_page(cast, at)
    deliver_due(at=at, post=post(Way()))
    for deed in (lambda: Attempt.objects.update(outcome="failed"), lambda: Attempt.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            deed()


NIGHT = QuietHours(begins=time(21), ends=time(8))


# req: N42
# hazard: H53
def test_what_an_outage_kept_until_night_leaves_in_the_morning(cast: Cast) -> None:
    """Queued at 20:50 in Los Angeles, the gateway is down until 21:10: it waits until 08:00, and none of its tries is used up by the night."""
    evening = datetime(2026, 12, 8, 4, 50, tzinfo=UTC)
    message_id, down, way = some_questions(cast, evening, quiet=NIGHT), Way(ConnectionError()), Way()
    assert deliver_due(at=evening, post=post(down))["failed"] == 1
    night = evening + 20 * MIN
    assert deliver_due(at=night, post=post(way)).get("sent", 0) == 0 and way.letters == []
    morning = datetime(2026, 12, 8, 16, 0, tzinfo=UTC)
    assert (row(message_id).state, row(message_id).tries, row(message_id).next_try_at) == ("queued", 1, morning)
    assert deliver_due(at=morning - MIN, post=post(way)).get("sent", 0) == 0
    assert deliver_due(at=morning, post=post(way))["sent"] == 1 and len(way.letters) == 1


# hazard: H16
def test_a_page_to_staff_is_never_held_by_the_night(cast: Cast) -> None:
    night, way = datetime(2026, 12, 8, 10, 0, tzinfo=UTC), Way()  # 02:00
    held = some_questions(cast, night, quiet=NIGHT)
    page = a_page(cast, night)
    assert deliver_due(at=night, post=post(way))["sent"] == 1
    assert (row(page).state, row(held).state) == ("sent", "queued")


def test_without_hours_of_its_own_the_night_of_the_clinic_holds(cast: Cast, at: datetime) -> None:
    message_id, way = some_questions(cast, at, quiet=None), Way()
    assert (row(message_id).quiet_from, row(message_id).quiet_until, row(message_id).zone) == (time(21), time(8), "America/Los_Angeles")
    deliver_due(at=at, post=post(way))
    assert way.letters == [] and row(message_id).next_try_at == datetime(2026, 12, 7, 16, 0, tzinfo=UTC)
    Message.objects.filter(id=message_id).update(quiet_from=None, quiet_until=None, zone="", next_try_at=at)
    deliver_due(at=at, post=post(way))
    assert way.letters == [] and row(message_id).next_try_at == datetime(2026, 12, 7, 16, 0, tzinfo=UTC), "one from before the hours were kept"


def test_sent_again_by_hand_at_night_it_still_waits_and_stays_useful(cast: Cast, at: datetime) -> None:
    message_id, way = some_questions(cast, at, quiet=NIGHT), Way()
    Message.objects.filter(id=message_id).update(state="dead")
    retry_message(message_id=message_id, key="again", by=cast.olga, at=at)
    morning = datetime(2026, 12, 7, 16, 0, tzinfo=UTC)
    assert row(message_id).next_try_at == morning and row(message_id).useful_until_at > morning
    deliver_due(at=at + MIN, post=post(way))
    assert way.letters == []
    assert deliver_due(at=morning, post=post(way))["sent"] == 1
