"""The live stream: what was committed arrives, in order, after its cursor; it ends with the sign-in and never prolongs it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from django.contrib.sessions.models import Session as Login
from django.test import AsyncClient, Client
from django.utils import timezone

from afterglow.ground.accounts.models import Membership
from afterglow.ground.errors import NotFound, Refusal
from afterglow.pathway.session.actions.chart_note import chart_note
from afterglow.pathway.session.actions.record_readings import Message, Parcel, record_readings
from afterglow.pathway.session.hub import Hub, Line
from afterglow.pathway.session.queries import live
from afterglow.pathway.session.queries.devices import devices_by_key, key_digest
from afterglow.pathway.session.views import stream
from tests.support.cast import Cast, build_cast
from tests.support.live_rooms import LiveRoom, live_room

pytestmark = pytest.mark.django_db(transaction=True)
SOON_S = 10.0


@pytest.fixture
def at() -> datetime:
    return timezone.now()


@pytest.fixture
def cast(transactional_db: None, at: datetime) -> Cast:
    return build_cast(at)


@pytest.fixture
def room(cast: Cast, at: datetime) -> LiveRoom:
    return live_room(cast, at)


def send(room: LiveRoom, *names: str) -> None:
    device = devices_by_key([key_digest(room.key)])[key_digest(room.key)]
    now = timezone.now()
    record_readings([Parcel(device=device, messages=[Message(id=name, taken_at=now, values={"hr": (71.0, "/min")}) for name in names], at=now)])


class Browser:
    """One open stream, read event by event."""

    def __init__(self, client: Client, address: str, **headers: str) -> None:
        self._client, self._address, self._headers = AsyncClient(), address, headers
        self._client.cookies = client.cookies
        self._parts: AsyncIterator[bytes] | None = None

    async def __aenter__(self) -> Browser:
        answer = await self._client.get(self._address, headers=self._headers)
        assert answer.status_code == 200
        assert answer.headers["Content-Type"] == "text/event-stream"
        self._parts = answer.streaming_content.__aiter__()
        assert "event: beat" in (await self.next())[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._parts.aclose()  # type: ignore[union-attr]

    async def next(self) -> tuple[dict[str, Any], str]:
        """The next event: its data, and all its text."""
        assert self._parts is not None
        text = (await asyncio.wait_for(self._parts.__anext__(), SOON_S)).decode()
        return json.loads(text.split("data: ", 1)[1]), text

    async def entries(self, count: int) -> list[tuple[str, int]]:
        found = []
        while len(found) < count:
            data, text = await self.next()
            if "event: beat" not in text:
                found.append((data["room"], data["seq"]))
        return found


def address(*cursors: tuple[LiveRoom, int]) -> str:
    return "/sessions/stream/?" + "&".join(f"room={room.session_id}:{seq}" for room, seq in cursors)


def on_database(deed: Any) -> Any:
    return sync_to_async(deed, thread_sensitive=False)


# req: S70
def test_readings_and_deeds_arrive_in_the_order_of_the_chain(cast: Cast, room: LiveRoom, at: datetime) -> None:
    ben = cast.client("ben")

    async def watch() -> None:
        async with Browser(ben, address((room, 1))) as browser:
            await on_database(send)(room, "a")
            await on_database(chart_note)(session_id=room.session_id, text="Calm.", about="note", key="n", by=cast.ben, at=timezone.now())
            await on_database(send)(room, "b")
            first, text = await browser.next()
            assert (first["kind"], first["seq"], first["channels"]["hr"]["shown"]) == ("reading", 2, "71")
            assert text.startswith(f"id: {room.session_id}:2\n")
            second, _ = await browser.next()
            assert (second["kind"], second["seq"]) == ("deed", 3)
            assert "marks" not in second
            assert await browser.entries(1) == [(str(room.session_id), 4)]

    asyncio.run(watch())


# req: R6
def test_a_stream_is_taken_up_where_it_was_left(cast: Cast, room: LiveRoom, at: datetime) -> None:
    other = live_room(cast, at, 2)
    send(room, "a", "b", "c")
    send(other, "a")

    ben = cast.client("ben")

    async def watch() -> None:
        one = str(room.session_id)
        async with Browser(ben, address((room, 2), (other, 1))) as browser:
            assert sorted(await browser.entries(3)) == sorted([(one, 3), (one, 4), (str(other.session_id), 2)])
        async with Browser(ben, address((room, 2)), **{"Last-Event-ID": f"{one}:3"}) as browser:
            assert await browser.entries(1) == [(one, 4)]

    asyncio.run(watch())


def test_who_was_away_long_gets_the_latest_few_hundred(cast: Cast, room: LiveRoom) -> None:
    send(room, *(f"m{number}" for number in range(live.CAUGHT_UP + 20)))
    head = live.CAUGHT_UP + 21
    assert stream.cursors_for(cast.ben, {room.session_id: 0}) == {room.session_id: head - live.CAUGHT_UP}
    assert stream.cursors_for(cast.ben, {room.session_id: head + 99}) == {room.session_id: head}


def test_the_beat_comes_when_nothing_happens_and_tells_the_time(cast: Cast, room: LiveRoom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "BEAT_S", 0.2)

    ben = cast.client("ben")

    async def watch() -> None:
        async with Browser(ben, address((room, 1))) as browser:
            for _ in range(2):
                data, text = await browser.next()
                assert text.startswith("event: beat\n")
                assert abs(datetime.fromisoformat(data["at"]) - timezone.now()) < timedelta(seconds=5)

    asyncio.run(watch())


def sign_out(client: Client, cast: Cast) -> None:
    client.session.flush()


def lose_the_role(client: Client, cast: Cast) -> None:
    Membership.objects.filter(user_id=cast.ben.user_id).update(ended_at=timezone.now())


def change_the_password(client: Client, cast: Cast) -> None:
    from afterglow.ground.accounts.models import User

    user = User.objects.get(id=cast.ben.user_id)
    user.set_unusable_password()
    user.save()


# req: R43
@pytest.mark.parametrize("end", [sign_out, lose_the_role, change_the_password])
def test_a_stream_ends_when_its_sign_in_does(cast: Cast, room: LiveRoom, monkeypatch: pytest.MonkeyPatch, end: Any) -> None:
    monkeypatch.setattr(stream, "BEAT_S", 0.1)
    monkeypatch.setattr(stream, "RECHECK_S", 0.0)
    client = cast.client("ben")

    async def watch() -> None:
        async with Browser(client, address((room, 1))) as browser:
            await browser.next()  # still signed in: it goes on
            await on_database(end)(client, cast)
            with pytest.raises(StopAsyncIteration):
                for _ in range(20):
                    await browser.next()

    asyncio.run(watch())


# req: R10
def test_a_stream_does_not_keep_the_login_alive(cast: Cast, room: LiveRoom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "BEAT_S", 0.1)
    monkeypatch.setattr(stream, "RECHECK_S", 0.0)
    client = cast.client("ben")
    before = Login.objects.get(session_key=client.session.session_key).expire_date

    async def watch() -> None:
        async with Browser(client, address((room, 1))) as browser:
            for _ in range(3):
                await browser.next()

    asyncio.run(watch())
    assert Login.objects.get(session_key=client.session.session_key).expire_date == before


# req: S35
def test_still_may_asks_for_the_same_person_the_same_clinic_the_right_and_the_sight(cast: Cast, room: LiveRoom) -> None:
    key = cast.client("ben").session.session_key or ""
    assert stream.still_may(key, cast.ben, (room.session_id,))
    assert not stream.still_may(key, cast.ana, (room.session_id,))
    assert not stream.still_may(key, cast.ben, (uuid4(),))
    assert not stream.still_may("", cast.ben, (room.session_id,))
    assert not stream.still_may(cast.client("faye").session.session_key or "", cast.faye, ())


def test_what_a_browser_asks_for_is_read_strictly(cast: Cast, room: LiveRoom) -> None:
    name = str(room.session_id)
    assert stream.asked_for([name]) == {room.session_id: 0}
    assert stream.asked_for([f"{name}:7"], f"{name}:5") == {room.session_id: 7}
    assert stream.asked_for([f"{name}:7"], f"{name}:9") == {room.session_id: 9}
    assert stream.asked_for([f"{name}:7"], f"{uuid4()}:9") == {room.session_id: 7}  # another room's last event opens nothing
    with pytest.raises(Refusal, match="too_many_rooms"):
        stream.asked_for([str(uuid4()) for _ in range(stream.MOST_ROOMS + 1)])
    with pytest.raises(NotFound):
        stream.cursors_for(cast.cora, {room.session_id: 0})


# hazard: H28
def test_a_notice_is_told_once_to_each_stream_that_watches_the_room_and_moves_no_cursor() -> None:
    mine, other = uuid4(), uuid4()
    said = [Line(mine, 0, "withdrawn", "consent 10:21"), Line(other, 0, "elsewhere", "consent 10:22")]

    async def watch() -> None:
        place = Hub(lambda cursors: [], lambda session_ids: said)
        watcher = place.watch({mine: 7})
        try:
            line = await asyncio.wait_for(watcher.queue.get(), SOON_S)
            assert line is not None and (line.text, watcher.cursors) == ("withdrawn", {mine: 7})
            said.append(Line(mine, 0, "no capacity", "capacity 10:30"))
            line = await asyncio.wait_for(watcher.queue.get(), SOON_S)
            assert line is not None and line.text == "no capacity"
            assert watcher.queue.empty()
        finally:
            place.leave(watcher)

    asyncio.run(watch())
