"""Reads what strace saw: was an entry on the disk when its answer left?

One line is one call of one thread, in the order in which they happened; a call during which another thread was seen stands in two halves:

    4711  pwrite64(9</data/clinic.sqlite3-wal>, "...the words of the entry..."..., 4096, 12392) = 4096
    4711  fdatasync(9</data/clinic.sqlite3-wal> <unfinished ...>
    4699  recvfrom(14<TCP:[...]>, "GET / HTTP/1.1"..., 65536, 0, NULL, NULL) = 310
    4711  <... fdatasync resumed>) = 0
    4699  sendto(14<TCP:[...]>, "HTTP/1.1 200 OK"..., 512, 0, NULL, 0) = 512
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

CALLS = "read,recvfrom,recvmsg,write,writev,sendto,sendmsg,pwrite64,pwritev,fsync,fdatasync"
LINE = re.compile(r"^(?P<thread>\d+)\s+(?P<rest>.*)$")
RESUMED = re.compile(r"^<\.\.\. (?P<name>\w+) resumed>(?P<tail>.*)$")
CALL = re.compile(r"^(?P<name>\w+)\((?P<body>.*)$")
SYNCS, STORES = ("fsync", "fdatasync"), ("pwrite64", "pwritev", "write", "writev")
SENDS, TAKES = ("write", "writev", "sendto", "sendmsg"), ("read", "recvfrom", "recvmsg")


@dataclass(frozen=True, slots=True)
class Call:
    """One call of one thread: `began` and `ended` are the numbers of the trace's lines."""

    thread: str
    name: str
    body: str
    began: int
    ended: int


def command(strace: str, trace: Path) -> tuple[str, ...]:
    """What to put before a program so that its calls are written to `trace`: each with the file's name, and all of a page's bytes."""
    return (strace, "-D", "-f", "-y", "-s", "66000", "-e", f"trace={CALLS}", "-e", "signal=none", "-o", str(trace))


def calls(trace: str) -> list[Call]:
    """Every call of the trace that came to an end, in the order in which they ended."""
    found, open_calls = [], {}
    for number, line in enumerate(trace.splitlines()):
        if not (match := LINE.match(line)):
            continue
        thread, rest = match["thread"], match["rest"]
        if resumed := RESUMED.match(rest):
            name, body, began = open_calls.pop(thread, (resumed["name"], "", number))
            found.append(Call(thread, name, body + resumed["tail"], began, number))
        elif call := CALL.match(rest):
            if rest.endswith("<unfinished ...>"):
                open_calls[thread] = (call["name"], call["body"].removesuffix("<unfinished ...>"), number)
            else:
                found.append(Call(thread, call["name"], call["body"], number, number))
    return found


def why_not_durable(trace: str, words: str, database: str) -> str | None:
    """None when the entry that holds `words` was on the disk before its answer began to leave; otherwise the reason why that is not proven.

    `words` are plain letters sent in the request and stored as they are; `database` is the SQLite file's name.  On the disk means: each write to
    the journal by the thread that stored the words, up to the answer, was followed by that thread's sync of the journal, which had ended well.
    """
    seen = calls(trace)
    journal = f"{database}-wal>"
    asked = next((one for one in seen if one.name in TAKES and words in one.body and "sqlite3" not in one.body[:300]), None)
    if asked is None:
        return "the request was not seen"
    answer = min((one for one in seen if one.name in SENDS and one.began > asked.ended and '"HTTP/1.1 ' in one.body), key=_began, default=None)
    if answer is None:
        return "the answer was not seen"
    stored = next((one for one in seen if one.name in STORES and journal in one.body and words in one.body and one.began > asked.ended), None)
    if stored is None:
        return "the entry was not seen on its way to the journal"
    if stored.began > answer.began:
        return "the answer left before the entry was written"
    own = [one for one in seen if one.thread == stored.thread and journal in one.body and asked.ended < one.began < answer.began]
    last_write = max(one.ended for one in own if one.name in STORES)
    synced = [one for one in own if one.name in SYNCS and one.began > last_write and one.ended < answer.began and one.body.rstrip().endswith("= 0")]
    return None if synced else "the answer left before a sync of the journal"


def _began(call: Call) -> int:
    return call.began
