"""A reader who opens everything that a page shows: links, parts that a page loads by itself, streams and pictures."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterator
from html import unescape
from urllib.parse import urljoin, urlsplit

from django.test import Client
from django.urls import Resolver404, resolve

LINK = re.compile(r"""\s(?:href|hx-get|sse-connect|src)=["']([^"'#]*)""")
WORKS = {200, 204, 301, 302, 303}
ALIKE = 3
"""How many pages of one address are opened with the same names in their query: people and dates differ, the page does not."""
PASSED_BY = ("/static/", "/sign-out/")


def walked(client: Client, start: str) -> tuple[set[str], list[str]]:
    """(names of the addresses opened, what does not open and who shows it), from one page along everything that it shows."""
    queue, met, count, wrong = deque([(start, "the first page")]), {start}, Counter[tuple[str, str]](), []
    while queue:
        address, shower = queue.popleft()
        try:
            name = resolve(urlsplit(address).path).view_name
        except Resolver404:
            wrong.append(f"{shower} shows {address}, which does not exist")
            continue
        kind = (name, ",".join(re.findall(r"(\w+)=", urlsplit(address).query)))
        count[kind] += 1
        if count[kind] > ALIKE:
            continue
        status, following = _opened(client, address)
        if status not in WORKS:
            wrong.append(f"{shower} shows {address} ({name}): {status}")
        for found in following:
            if found not in met:
                met.add(found)
                queue.append((found, name))
    return {name for name, _ in count}, wrong


def _opened(client: Client, address: str) -> tuple[int, list[str]]:
    answer = client.get(address)
    if answer.status_code in {301, 302, 303}:
        return answer.status_code, list(_ours(address, answer.headers["Location"]))
    if answer.streaming or "html" not in answer.headers.get("Content-Type", ""):
        return answer.status_code, []
    return answer.status_code, [each for found in LINK.findall(answer.content.decode()) for each in _ours(address, unescape(found))]


def _ours(page: str, found: str) -> Iterator[str]:
    """The address as this host knows it, where it is one of ours; another page's file, telephone or host is not."""
    parts = urlsplit(urljoin(page, found))
    if not parts.scheme and not parts.netloc and parts.path and not parts.path.startswith(PASSED_BY):
        yield parts.path + (f"?{parts.query}" if parts.query else "")
