"""Sizes, names and habits of the house, on the real tree and on planted faults."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support import house


def plant(root: Path, name: str, text: str) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_sizes() -> None:
    house.assert_none(house.size_faults(house.ROOT))


def test_names() -> None:
    house.assert_none(house.name_faults(house.ROOT))


def test_habits() -> None:
    house.assert_none(house.source_faults(house.ROOT))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("src/afterglow/ground/long.py", "x = 1\n" * 401),
        ("tests/unit/test_long.py", "x = 1\n" * 501),
        ("src/afterglow/ground/function.py", "def f():\n" + "    x = 1\n" * 50),
        ("src/afterglow/ground/face/templates/face/long.html", "<p>\n" * 201),
        ("src/afterglow/pathway/plan/README.md", "word\n" * 61),
    ],
)
def test_sizes_can_go_red(tmp_path: Path, name: str, text: str) -> None:
    plant(tmp_path, name, text)
    assert [fault.split(":")[0] for fault in house.size_faults(tmp_path)] == [name]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("src/afterglow/ground/utils.py", "x = 1\n"),
        ("src/afterglow/ground/helpers/dates.py", "x = 1\n"),
        ("src/afterglow/ground/nothing.py", "\n"),
        ("src/afterglow/ground/audit/migrations/0002_auto_20261201.py", "x = 1\n"),
        ("src/afterglow/ground/audit/migrations/second.py", "x = 1\n"),
        ("src/afterglow/pathway/plan/__init__.py", ""),
    ],
)
def test_names_can_go_red(tmp_path: Path, name: str, text: str) -> None:
    plant(tmp_path, name, text)
    assert len(house.name_faults(tmp_path)) == 1


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("records/chart/views.py", "from django.contrib import messages\nfrom django.contrib.admin import site\n"),
        ("records/chart/models.py", "from django.db.models.signals import post_save\n"),
        ("records/chart/signals_of_ours.py", "from django.dispatch import Signal\n"),
        ("records/chart/models.py", "class Person:\n    def save(self):\n        pass\n"),
        ("records/chart/models.py", "at = models.DateTimeField(auto_now_add=True)\n"),
        ("conf/settings.py", "DATABASES = {'default': {'ATOMIC_REQUESTS': True}}\n"),
        ("pathway/plan/queries.py", "Person = apps.get_model('records_chart', 'Person')\n"),
        ("pathway/plan/queries.py", "User = get_user_model()\n"),
        ("pathway/plan/views.py", "page = mark_safe(text)\n"),
    ],
)
def test_habits_can_go_red(tmp_path: Path, name: str, text: str) -> None:
    plant(tmp_path, f"src/afterglow/{name}", text)
    assert len(house.source_faults(tmp_path)) == 1


def test_accounts_may_listen_to_signing_in(tmp_path: Path) -> None:
    plant(tmp_path, "src/afterglow/ground/accounts/listeners.py", "from django.contrib.auth.signals import user_login_failed\n")
    assert house.source_faults(tmp_path) == []
