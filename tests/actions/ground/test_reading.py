"""One page asks each question once; a deed always asks anew, and nothing outlives the page."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from afterglow.conf.middleware import RequestMiddleware
from afterglow.ground.content.models import LibraryRow
from afterglow.ground.content.queries import library_file, released
from afterglow.ground.errors import NotFound
from afterglow.ground.reading import once_a_page, one_page, page_is_open
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db
asked: list[tuple[object, ...]] = []


@once_a_page
def question(*words: object, **more: object) -> list[object]:
    asked.append((*words, *more.items()))
    return [*words]


@pytest.fixture(autouse=True)
def _nothing_asked() -> None:
    asked.clear()


def test_a_page_asks_each_question_once() -> None:
    with one_page():
        assert page_is_open()
        first = question(1)
        first.append("spoilt")
        assert question(1) == [1]
        assert question(2) == [2]
        question(1, at="now")
    assert asked == [(1,), (2,), (1, ("at", "now"))]


def test_a_deed_asks_anew_even_while_a_page_is_open() -> None:
    with one_page():
        question(1)
        with transaction.atomic():
            assert not page_is_open()
            question(1)
            question(1)
        question(1)
    assert len(asked) == 3


def test_without_a_page_and_after_it_nothing_is_kept() -> None:
    question(1)
    with one_page():
        question(1)
    with one_page():
        question(1)
    question(1)
    assert len(asked) == 4
    assert not page_is_open()


def test_a_page_that_fails_keeps_nothing_either() -> None:
    with pytest.raises(ValueError, match="broke"), one_page():
        question(1)
        raise ValueError("broke")
    question(1)
    assert len(asked) == 2


def test_the_library_is_the_same_on_a_page_and_in_a_deed(cast: Cast) -> None:
    kinds = sorted(set(LibraryRow.objects.values_list("kind", flat=True)))
    names = [(kind, record.id, record.version) for kind in kinds for record in released(kind)]
    in_deeds = [(library_file(kind, name), library_file(kind, name, version)) for kind, name, version in names], [released(kind) for kind in kinds]
    with one_page(), CaptureQueriesContext(connection) as made:
        on_page = [(library_file(kind, name), library_file(kind, name, version)) for kind, name, version in names], [released(kind) for kind in kinds]
    assert on_page == in_deeds
    assert len(made) == 1
    for missing in (("consents", "no_such"), ("no_such", "x"), ("consents", "iv_ketamine_treatment", 999)):
        with one_page(), pytest.raises(NotFound):
            library_file(*missing)  # type: ignore[arg-type]


def test_only_requests_that_read_keep_answers() -> None:
    seen: list[bool] = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.append(page_is_open())
        return HttpResponse()

    door = RequestMiddleware(view)
    for method in ("get", "head", "post", "put", "delete"):
        door(getattr(RequestFactory(), method)("/"))
    assert seen == [True, True, False, False, False]
