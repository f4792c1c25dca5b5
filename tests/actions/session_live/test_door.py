"""The devices door over HTTP: answers after the commit, one thread for everybody, and nobody's fault takes a neighbour with it."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import AsyncClient
from django.utils import timezone

from afterglow.doors.devices import views
from afterglow.doors.devices import writer as writer_of
from afterglow.doors.devices.writer import NotStored, Sent, UnknownKey, Writer
from afterglow.pathway.session.actions.record_readings import Message, Parcel, Taken, record_readings
from afterglow.pathway.session.actions.register_device import end_device
from afterglow.pathway.session.chain import first_broken_link
from afterglow.pathway.session.models import Reading
from afterglow.pathway.session.queries.devices import key_digest
from tests.support.cast import Cast, build_cast
from tests.support.live_rooms import LiveRoom, live_room

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def at() -> datetime:
    """The door asks the wall clock, so these rooms live now."""
    return timezone.now()


@pytest.fixture
def cast(transactional_db: None, at: datetime) -> Cast:
    return build_cast(at)


@pytest.fixture
def writer(monkeypatch: pytest.MonkeyPatch) -> Writer:
    """A writer of this test's own, so that its thread ends with the test's event loop out of the way."""
    made = Writer()
    monkeypatch.setattr(views, "writer", made)
    return made


def one(name: str, at: datetime, value: float = 71, unit: str = "/min") -> dict[str, Any]:
    return {"id": name, "taken_at": at.isoformat(), "channels": {"hr": {"value": value, "unit": unit}}}


async def post(key: str, body: object, client: AsyncClient | None = None) -> Any:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return await (client or AsyncClient()).post(
        "/devices/v1/readings", data, content_type="application/json", headers={"authorization": f"Bearer {key}"}
    )


def told(answer: HttpResponse) -> Any:
    return json.loads(answer.content)


# req: S69 S70
def test_what_is_acknowledged_is_stored(cast: Cast, at: datetime, writer: Writer) -> None:
    room = live_room(cast, at)
    answer = asyncio.run(post(room.key, {"messages": [one("a", at), one("b", at, unit="Hz"), one("c", at)]}))
    assert answer.status_code == 200
    said = told(answer)
    assert said["acknowledged"] == ["a", "c"]
    assert [(each["id"], each["code"]) for each in said["refused"]] == [("b", "device.unit")]
    assert list(Reading.objects.order_by("seq").values_list("message_id", flat=True)) == ["a", "c"]


def test_a_request_that_is_sent_twice_stores_once(cast: Cast, at: datetime, writer: Writer) -> None:
    room = live_room(cast, at)

    async def both() -> list[Any]:
        return list(await asyncio.gather(*(post(room.key, {"messages": [one("a", at)]}) for _ in range(8))))

    assert [told(answer) for answer in asyncio.run(both())] == [{"acknowledged": ["a"], "refused": []}] * 8
    assert Reading.objects.count() == 1
    assert first_broken_link(room.session_id) is None


@pytest.mark.parametrize("key", ["", "no such key", "ended"])
def test_who_has_no_key_in_use_is_told_401_and_stores_nothing(cast: Cast, at: datetime, writer: Writer, key: str) -> None:
    room = live_room(cast, at, state="checked_in")
    if key == "ended":
        end_device(device_id=room.device_id, by=cast.ben, at=at)
        key = room.key
    answer = asyncio.run(post(key, {"messages": [one("a", at)]}))
    assert (answer.status_code, told(answer)["code"]) == (401, "device.unknown_key")
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert Reading.objects.count() == 0


def test_a_signed_in_nurse_is_no_device(cast: Cast, at: datetime, writer: Writer) -> None:
    client = AsyncClient()
    client.cookies = cast.client("ben").cookies

    async def send() -> Any:
        return await client.post("/devices/v1/readings", json.dumps({"messages": [one("a", at)]}), content_type="application/json")

    assert asyncio.run(send()).status_code == 401


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"{", 400), ({"messages": []}, 422), (b" " * 300_000, 413), (b" " * 1_200_000, 413)],
    ids=["no json", "empty", "large", "huge"],
)
def test_a_bad_body_is_a_refusal_in_json(cast: Cast, at: datetime, writer: Writer, body: Any, status: int) -> None:
    room = live_room(cast, at)
    answer = asyncio.run(post(room.key, body))
    assert answer.status_code == status
    assert set(told(answer)) == {"code", "sentence", "now"}


def test_only_post_is_taken(cast: Cast, writer: Writer) -> None:
    async def get() -> Any:
        return await AsyncClient().get("/devices/v1/readings")

    answer = asyncio.run(get())
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")


def test_a_body_whose_every_message_is_bad_still_asks_for_the_key(cast: Cast, at: datetime, writer: Writer) -> None:
    room = live_room(cast, at)
    bad = {"messages": [one("a", at, unit="Hz")]}
    assert asyncio.run(post("no such key", bad)).status_code == 401
    assert [each["code"] for each in told(asyncio.run(post(room.key, bad)))["refused"]] == ["device.unit"]


# hazard: H14
def test_a_clock_told_with_the_request_is_set_right(cast: Cast, at: datetime, writer: Writer) -> None:
    room = live_room(cast, at)
    slow = timezone.now() - timedelta(hours=1)
    answer = asyncio.run(post(room.key, {"sent_at": slow.isoformat(), "messages": [one("a", slow)]}))
    assert told(answer)["acknowledged"] == ["a"]
    row = Reading.objects.get()
    assert abs(row.taken_at - row.recorded_at) < timedelta(seconds=5)
    assert json.loads(row.text)["clock_ahead_s"] == pytest.approx(-3600, abs=5)


class Counting:
    """The store, counted; told to be slow at first so that others queue up behind it."""

    def __init__(self) -> None:
        self.sizes: list[int] = []
        self.bad: set[str] = set()

    def __call__(self, parcels: Sequence[Parcel]) -> list[Taken]:
        self.sizes.append(len(parcels))
        if any(message.id in self.bad for parcel in parcels for message in parcel.messages):
            raise RuntimeError("one of these cannot be stored")
        return record_readings(parcels)


def parcel(key: str, name: str, at: datetime) -> Sent:
    return Sent(key_digest(key), (Message(id=name, taken_at=at, values={"hr": (71.0, "/min")}),), None, at)


# req: S70
def test_what_waits_is_stored_together_and_each_gets_its_own_answer(cast: Cast, at: datetime) -> None:
    rooms = [live_room(cast, at, number) for number in range(1, 6)]
    store = Counting()
    waiting = Writer(store)
    names = [(room, f"{number}-{turn}") for turn in range(6) for number, room in enumerate(rooms)]

    async def all_at_once() -> list[Any]:
        sends = [waiting.write(parcel(room.key, name, at)) for room, name in names]
        return list(await asyncio.gather(*sends, waiting.write(parcel("no such key", "x", at)), return_exceptions=True))

    *taken, stranger = asyncio.run(all_at_once())
    assert [each.acknowledged for each in taken] == [[name] for _, name in names]
    assert isinstance(stranger, UnknownKey)
    assert sum(store.sizes) == 30
    assert len(store.sizes) < 30
    assert Reading.objects.count() == 30
    assert all(first_broken_link(room.session_id) is None for room in rooms)


# req: R42
def test_one_that_cannot_be_stored_fails_alone_in_a_group(cast: Cast, at: datetime) -> None:
    rooms = [live_room(cast, at, number) for number in range(1, 4)]
    store = Counting()
    store.bad = {"1"}
    waiting = Writer(store)

    async def all_at_once() -> list[Any]:
        sends = [waiting.write(parcel(room.key, str(number), at)) for number, room in enumerate(rooms)]
        return list(await asyncio.gather(*sends, return_exceptions=True))

    first, bad, last = asyncio.run(all_at_once())
    assert (first.acknowledged, last.acknowledged) == (["0"], ["2"])
    assert isinstance(bad, NotStored)
    assert Reading.objects.count() == 2


def test_the_writer_rests_and_starts_again(cast: Cast, at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    room = live_room(cast, at)
    monkeypatch.setattr(writer_of, "IDLE_S", 0.05)
    waiting = Writer()
    for name in ("a", "b"):
        assert asyncio.run(waiting.write(parcel(room.key, name, at))).acknowledged == [name]
        deadline = time.monotonic() + 5
        while waiting._thread is not None and time.monotonic() < deadline:
            time.sleep(0.01)
        assert waiting._thread is None


# req: R42
def test_one_that_cannot_be_stored_fails_alone(cast: Cast, at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    rooms = [live_room(cast, at, number) for number in range(1, 4)]
    store = Counting()
    store.bad = {"bad"}
    monkeypatch.setattr(views, "writer", Writer(store))

    async def all_at_once() -> list[Any]:
        return list(await asyncio.gather(*(post(room.key, {"messages": [one("bad" if n == 1 else "good", at)]}) for n, room in enumerate(rooms))))

    answers = asyncio.run(all_at_once())
    assert [answer.status_code for answer in answers] == [200, 503, 200]
    assert told(answers[1])["code"] == "device.not_stored"
    assert Reading.objects.count() == 2
    store.bad = set()
    assert told(asyncio.run(post(rooms[1].key, {"messages": [one("bad", at)]})))["acknowledged"] == ["bad"]


def test_a_reading_that_belongs_to_nobody_is_said_so(cast: Cast, at: datetime, writer: Writer) -> None:
    room: LiveRoom = live_room(cast, at)
    answer = asyncio.run(post(room.key, {"messages": [one("a", at - timedelta(hours=3))]}))
    assert told(answer) == {
        "acknowledged": [],
        "refused": [{"id": "a", "code": "device.before_session", "sentence": told(answer)["refused"][0]["sentence"]}],
    }
