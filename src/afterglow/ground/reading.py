"""One page asks each question once.  While a page is being read, the answers of `@once_a_page` functions are kept for that page alone.

Deeds never see a kept answer: they run in a transaction of their own, and inside one everything is asked anew.  Nothing outlives the page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.db import connection

P = ParamSpec("P")
R = TypeVar("R")
_NOTHING = object()


class _Page:
    """The answers so far, and how deep in transactions the page was opened."""

    __slots__ = ("answers", "depth")

    def __init__(self) -> None:
        self.answers: dict[Any, Any] | None = {}
        self.depth = _depth()


_open: ContextVar[_Page | None] = ContextVar("page", default=None)


@contextmanager
def one_page() -> Iterator[None]:
    """Around the answer to one request that only reads.  What goes on after it (a stream) keeps nothing."""
    page = _Page()
    token = _open.set(page)
    try:
        yield
    finally:
        page.answers = None
        _open.reset(token)


def page_is_open() -> bool:
    """Is a page being read here, outside any deed?"""
    page = _open.get()
    return page is not None and page.answers is not None and page.depth == _depth()


def once_a_page(question: Callable[P, R]) -> Callable[P, R]:
    """A question whose answer cannot change while one page is read.  A list or dictionary is handed out as a copy."""

    @wraps(question)
    def asked(*args: P.args, **kwargs: P.kwargs) -> R:
        page = _open.get()
        if page is None or page.answers is None or page.depth != _depth():
            return question(*args, **kwargs)
        answers, key = page.answers, (question, args, tuple(sorted(kwargs.items())))
        found = answers.get(key, _NOTHING)
        if found is _NOTHING:
            found = answers[key] = question(*args, **kwargs)
        answer: Any = found.copy() if isinstance(found, (list, dict)) else found
        kept: R = answer
        return kept

    return asked


def _depth() -> tuple[bool, int]:
    return connection.in_atomic_block, len(connection.savepoint_ids)
