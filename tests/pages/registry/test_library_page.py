"""The page on which a medical director sees what of the library waits for a clinician."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID

import pytest

from afterglow.ground.content import queries, review
from afterglow.ground.content.files import LIBRARY_ROOT, load_library
from afterglow.ground.content.queries import newest_shipped
from afterglow.ground.content.soundness import soundness
from afterglow.ground.errors import NotFound
from tests.support.cast import Cast
from tests.support.counting import audit_rows, queries_for

pytestmark = pytest.mark.django_db
PAGE = "/registry/library/"


def shown(cast: Cast, who: str = "olga") -> str:
    answer = cast.client(who).get(PAGE)
    assert answer.status_code == 200
    return str(answer.content.decode())


# req: S36 N37
def test_the_page_says_what_the_command_says(cast: Cast) -> None:
    found = soundness(on="2026-12-07", root=LIBRARY_ROOT)
    for who in ("olga", "ana"):
        page = shown(cast, who)
        assert f"Not reviewed by a clinician</dt><dd>{len(found.unreviewed)} of " in page
        assert f"Places that name no source</dt><dd>{len(found.unsourced)}<" in page
        assert f"Values that are judgement or uncertain</dt><dd>{sum(found.judged.values())}<" in page
    files = len({(file.kind, file.id) for file in found.files})
    assert f"<h2>{files} files on " in page
    assert len(re.findall(r'<th scope="row">', page)) == files


def test_a_file_is_overdue_from_the_day_after_its_date(cast: Cast) -> None:
    first = min(review.review_of(row.pk).review_by for row in newest_shipped())
    assert sum(kind.overdue for kind in review.library_review(first)) == 0
    assert sum(kind.overdue for kind in review.library_review(first + timedelta(days=1))) >= 1


def test_every_kind_has_words() -> None:
    assert {file.kind for file in load_library(LIBRARY_ROOT)} <= set(review.KIND_WORDS)


def test_who_may_see_it_and_that_it_was_read(cast: Cast) -> None:
    assert [row.event for row in audit_rows(lambda: shown(cast))] == ["registry.library_read"]
    for who in ("ben", "theo", "faye"):
        assert cast.client(who).get(PAGE).status_code == 403
    assert f'href="{PAGE}"' in cast.client("olga").get("/registry/").content.decode()


def test_what_a_process_has_not_read_yet_comes_in_one_query(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    client = cast.client("olga")
    client.get(PAGE)
    warm = queries_for(client, PAGE)
    monkeypatch.setattr(queries, "_READ", {})
    review.review_of.cache_clear()
    assert queries_for(client, PAGE) <= warm + 1


def test_what_a_process_remembers_of_the_library_is_bounded(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = newest_shipped()
    monkeypatch.setattr(queries, "_READ", {})
    monkeypatch.setattr(queries, "KEPT", 3)
    keys = [row.pk for row in rows[:5]]
    assert [queries.library_row(pk) for pk in keys] == queries.library_rows(keys) == rows[:5]
    assert len(queries._READ) <= 5
    queries.library_row(rows[6].pk)
    assert list(queries._READ) == [rows[6].pk]
    with pytest.raises(NotFound):
        queries.library_rows([keys[0], UUID(int=1)])


def test_it_costs_one_query_more_than_a_page_without_it(cast: Cast) -> None:
    client = cast.client("olga")
    client.get(PAGE)
    assert queries_for(client, PAGE) <= 8
