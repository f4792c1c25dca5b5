"""Who works a page out: a reader that is free, the server itself, or whoever is free first; and what a reader cannot give comes from the server."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, ClassVar

import pytest
from django.conf import settings
from django.http import HttpResponse

from afterglow.conf.kept_threads import Message, Receive, Scope, Send
from afterglow.conf.readers import relay as rooms
from afterglow.conf.readers.answering import NeedsWriter, headers_of, only_reads
from afterglow.conf.readers.relay import Relay, shape
from afterglow.conf.readers.wire import Page, Refused, length_of, packed, unpacked

SOON = 0.01


class Program:
    """The server's own way: each page waits in it until it is let go."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.go_on = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.asked.append(scope["path"])
        await self.go_on.wait()


class Stream(Program):
    """The beginning of an answer, and then it goes on."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.asked.append(scope["path"])
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await self.go_on.wait()


class Reader:
    """A reader without a process; `says` is its answer, or what goes wrong."""

    made: ClassVar[list[Reader]] = []
    says: ClassVar[Any] = None

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.go_on, self.ended = asyncio.Event(), False
        Reader.made.append(self)

    @classmethod
    async def start(cls) -> Reader:
        return cls()

    async def ask(self, scope: Scope) -> Any:
        self.asked.append(scope["path"])
        await self.go_on.wait()
        if isinstance(Reader.says, BaseException):
            raise Reader.says
        return Reader.says

    async def end(self) -> None:
        self.ended = True


class Sent(list[Message]):
    async def __call__(self, message: Message) -> None:
        self.append(message)


async def never() -> Message:
    raise AssertionError("nobody reads here")


Story = Callable[["Room"], Coroutine[Any, Any, None]]


class Room:
    """A relay with one reader, told page by page."""

    def __init__(self, most: int = 1) -> None:
        self.program = Program()
        self.written: list[Any] = []
        self.relay = Relay(self.program, most=most, write_down=self.written.extend)
        self.tasks: list[asyncio.Task[None]] = []

    async def ask(self, path: str = "/people/", method: str = "GET") -> Sent:
        """Asked, and left to itself for a moment."""
        sent = Sent()
        self.tasks.append(asyncio.create_task(self.relay({"type": "http", "method": method, "path": path}, never, sent)))
        await asyncio.sleep(SOON)
        return sent

    async def with_a_reader(self) -> Reader:
        """One page is with the server, and the reader that a second one started has given its answer."""
        await self.ask("/first/")
        await self.ask("/second/")
        (reader,) = Reader.made
        reader.go_on.set()
        await asyncio.sleep(SOON)
        reader.go_on.clear()
        return reader


@pytest.fixture
def tell(monkeypatch: pytest.MonkeyPatch) -> Callable[[Story], None]:
    monkeypatch.setattr(rooms, "Reader", Reader)
    Reader.made, Reader.says = [], Page(200, [(b"a", b"b")], b"text")

    def told(story: Story, most: int = 1) -> None:
        async def whole() -> None:
            room = Room(most)
            try:
                await story(room)
            finally:
                room.program.go_on.set()
                for reader in Reader.made:
                    reader.go_on.set()
                await asyncio.gather(*room.tasks, return_exceptions=True)
                await room.relay.stop()

        asyncio.run(whole())

    return told


def test_who_works_alone_starts_no_reader(tell: Any) -> None:
    async def story(room: Room) -> None:
        room.program.go_on.set()
        for _ in range(3):
            await room.ask()
        assert len(room.program.asked) == 3 and not Reader.made

    tell(story)


def test_pages_that_meet_start_a_reader_which_gives_the_second_one_whole(tell: Any) -> None:
    async def story(room: Room) -> None:
        await room.ask("/first/")
        sent = await room.ask("/second/")
        (reader,) = Reader.made
        assert (room.program.asked, reader.asked, sent) == (["/first/"], ["/second/"], [])
        reader.go_on.set()
        await asyncio.sleep(SOON)
        assert [message.get("body") for message in sent] == [None, b"text"] and sent[0]["status"] == 200
        await room.ask("/third/")
        assert reader.asked[-1] == "/third/" and room.program.asked == ["/first/"]

    tell(story)


def test_whoever_waits_goes_to_whatever_is_free_first_in_the_order_of_asking(tell: Any) -> None:
    async def story(room: Room) -> None:
        reader = await room.with_a_reader()
        await room.ask("/with the reader/")
        await room.ask("/waits/")
        await room.ask("/waits too/")
        assert room.program.asked == ["/first/"] and reader.asked == ["/second/", "/with the reader/"]
        reader.go_on.set()
        await asyncio.sleep(SOON)
        assert reader.asked[2:] == ["/waits/", "/waits too/"]
        reader.go_on.clear()
        await room.ask("/with the reader/")
        await room.ask("/for the server/")
        room.program.go_on.set()
        await asyncio.sleep(SOON)
        assert room.program.asked == ["/first/", "/for the server/"]

    tell(story)


def test_a_stream_that_goes_on_for_hours_keeps_nobody_waiting(tell: Any) -> None:
    async def story(room: Room) -> None:
        room.relay = Relay(program := Stream(), most=1, write_down=room.written.extend)
        await room.ask("/stream/")
        await room.ask("/page/")
        assert program.asked == ["/stream/", "/page/"] and not Reader.made
        program.go_on.set()

    tell(story)


def test_a_reader_that_does_not_answer_is_given_up_and_the_server_gives_its_page(tell: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(room: Room) -> None:
        reader = await room.with_a_reader()
        monkeypatch.setattr(rooms, "LONGEST_S", 2 * SOON)
        await room.ask("/slow/")
        await asyncio.sleep(5 * SOON)
        assert reader.ended and room.program.asked == ["/first/", "/slow/"]

    tell(story)


def test_nobody_waits_longer_than_a_quarter_of_a_second(tell: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rooms, "WAITS_S", 2 * SOON)

    async def story(room: Room) -> None:
        await room.with_a_reader()
        await room.ask("/with the reader/")
        await room.ask("/waits/")
        await asyncio.sleep(5 * SOON)
        assert room.program.asked == ["/first/", "/waits/"]

    tell(story)


@pytest.mark.parametrize(
    ("path", "method"),
    [("/people/", "POST"), ("/people/", "HEAD"), ("/devices/v1/readings", "GET"), (f"{settings.STATIC_URL}face.css", "GET")],
)
def test_what_writes_and_what_needs_no_page_is_the_servers(tell: Any, path: str, method: str) -> None:
    async def story(room: Room) -> None:
        reader = await room.with_a_reader()
        await room.ask(path, method)
        assert room.program.asked == ["/first/", path] and len(reader.asked) == 1

    tell(story)


def test_a_page_that_writes_is_the_servers_and_so_are_all_of_its_kind(tell: Any) -> None:
    async def story(room: Room) -> None:
        Reader.says = Refused(always=True)
        reader = await room.with_a_reader()
        assert room.program.asked == ["/first/", "/second/"]
        Reader.says = Refused(always=False)
        reader.go_on.set()
        for path in ("/second/", "/people/7/", "/people/7/"):
            await room.ask(path)
        assert reader.asked == ["/second/", "/people/7/", "/people/7/"], "what went wrong once is tried again"
        assert len(room.program.asked) == 5

    tell(story)


def test_a_kind_that_wrote_is_tried_with_a_reader_again_later(tell: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The end of a sign-in writes too, on whatever page it is met: that says nothing of the page for ever."""
    monkeypatch.setattr(rooms, "WRITES_FOR_S", 5 * SOON)

    async def story(room: Room) -> None:
        Reader.says = Refused(always=True)
        reader = await room.with_a_reader()
        await room.ask("/second/")
        assert len(reader.asked) == 1
        await asyncio.sleep(6 * SOON)
        await room.ask("/second/")
        assert len(reader.asked) == 2

    tell(story)


def test_what_a_page_leaves_in_the_trail_is_written_before_it_leaves(tell: Any) -> None:
    async def story(room: Room) -> None:
        Reader.says = Page(200, [], b"text", [{"event": "chart.person_read"}])
        order: list[str] = []
        room.relay = Relay(room.program, most=1, write_down=lambda reads: order.extend(read["event"] for read in reads))

        class Told(Sent):
            async def __call__(self, message: Message) -> None:
                order.append(message["type"])

        await room.ask("/first/")
        asked = asyncio.create_task(room.relay({"type": "http", "method": "GET", "path": "/second/"}, never, Told()))
        await asyncio.sleep(SOON)
        Reader.made[0].go_on.set()
        await asked
        assert order == ["chart.person_read", "http.response.start", "http.response.body"]

    tell(story)


def test_a_page_whose_reading_cannot_be_written_down_is_not_shown_by_the_reader(tell: Any, caplog: pytest.LogCaptureFixture) -> None:
    async def story(room: Room) -> None:
        Reader.says = Page(200, [], b"a name", [{"event": "chart.person_read"}])

        def full(reads: Any) -> None:
            raise OSError("disk full: a name")

        room.relay = Relay(room.program, most=1, write_down=full)
        await room.ask("/first/")
        sent = await room.ask("/second/")
        Reader.made[0].go_on.set()
        await asyncio.sleep(SOON)
        assert sent == [] and room.program.asked == ["/first/", "/second/"]

    tell(story)
    assert "OSError" in caplog.text and "a name" not in caplog.text


@pytest.mark.parametrize("fault", [ConnectionResetError(), asyncio.IncompleteReadError(b"", 8)])
def test_a_reader_that_ended_is_ended_and_another_is_started_in_no_hurry(tell: Any, monkeypatch: pytest.MonkeyPatch, fault: BaseException) -> None:
    async def story(room: Room) -> None:
        Reader.says = fault
        reader = await room.with_a_reader()
        assert room.program.asked == ["/first/", "/second/"] and reader.ended
        await room.ask("/third/")
        assert Reader.made == [reader], "not in a hurry"
        monkeypatch.setattr(rooms, "AGAIN_AFTER_S", 0.0)
        room.relay._later()
        await room.ask("/fourth/")
        assert len(Reader.made) == 2

    tell(story)


def test_a_browser_that_went_away_leaves_no_answer_to_another_page(tell: Any) -> None:
    async def story(room: Room) -> None:
        reader = await room.with_a_reader()
        await room.ask("/gone/")
        room.tasks[-1].cancel()
        await asyncio.sleep(SOON)
        assert reader.ended and room.relay._free == []
        room.program.go_on.set()
        assert await room.ask("/after/") == [] and room.program.asked[-1] == "/after/"

    tell(story)


def test_none_are_started_where_none_are_wanted_or_none_can_start(tell: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(room: Room) -> None:
        room.program.go_on.set()
        await asyncio.gather(*(room.ask() for _ in range(4)))
        assert not Reader.made and len(room.program.asked) == 4

    tell(story, most=0)

    async def broken() -> Reader:
        raise asyncio.IncompleteReadError(b"", 8)

    monkeypatch.setattr(Reader, "start", broken)
    monkeypatch.setattr(rooms, "WAITS_S", SOON)

    async def other(room: Room) -> None:
        await room.ask("/first/")
        await room.ask("/second/")
        await asyncio.sleep(3 * SOON)
        assert room.program.asked == ["/first/", "/second/"]

    tell(other)


def test_one_kind_of_page_has_one_shape() -> None:
    key = "018c0000-0000-7000-8000-000000000001"
    assert shape(f"/sessions/{key}/room/") == shape("/sessions/01a25172-ae80-7000-95da-742a505be378/room/") == "/sessions/*/room/"
    assert shape("/plan/3/") == "/plan/*/" and shape("/desk/") == "/desk/"


def test_what_is_said_comes_back_the_same() -> None:
    page = Page(200, [(b"Content-Type", b"text/html")], b"\x00text", [{"event": "chart.read"}])
    text = packed(page)
    assert unpacked(text[8:]) == page and length_of(text[:8]) == len(text) - 8


@pytest.mark.parametrize("sql", ["SELECT 1", "  select 1", "(SELECT 1) UNION (SELECT 2)", "WITH a AS (SELECT 1) SELECT * FROM a", "PRAGMA x"])
def test_a_reader_asks(sql: str) -> None:
    assert only_reads(lambda *said: said, sql, None, False, {})[0] == sql


@pytest.mark.parametrize("sql", ["INSERT INTO a VALUES (1)", "UPDATE a SET b=1", "DELETE FROM a", "BEGIN IMMEDIATE", "SAVEPOINT s", "ANALYZE", ""])
def test_a_reader_changes_nothing(sql: str) -> None:
    with pytest.raises(NeedsWriter):
        only_reads(lambda *said: said, sql, None, False, {})


def test_the_headers_are_those_of_the_page_with_its_cookies() -> None:
    response = HttpResponse("text", headers={"X-Request-Id": "abc"})
    response.set_cookie("csrftoken", "secret", httponly=True)
    found = headers_of(response)
    assert (b"X-Request-Id", b"abc") in found and (b"Set-Cookie", b"csrftoken=secret; HttpOnly; Path=/") in found
