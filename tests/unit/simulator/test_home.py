"""The demo's folder: kept for a day, set aside when older, and nothing that is not a demo is ever touched."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from afterglow.ground.errors import Refusal
from afterglow.simulator import home, kept

AT = datetime(2026, 12, 7, 9, tzinfo=UTC)


def a_demo(folder: Path, built: datetime, made_by: str = "") -> Path:
    home.prepare(folder, reset=False, at=built)
    kept.write(folder / kept.PLAYED, {"made_by": made_by or kept.maker(), "starts": [built.isoformat()], "lives": {}})
    (folder / "afterglow.sqlite3").write_text("data")
    return folder


def test_a_new_folder_is_marked_and_keeps_itself_out_of_git(tmp_path: Path) -> None:
    made = home.prepare(tmp_path / "demo", reset=False, at=AT)
    assert made.said == ""
    assert {path.name for path in made.folder.iterdir()} == {home.MARK, ".gitignore"}
    assert (made.folder / ".gitignore").read_text() == "*\n"


def test_a_demo_of_today_is_kept(tmp_path: Path) -> None:
    folder = a_demo(tmp_path / "demo", AT - timedelta(hours=23))
    assert home.prepare(folder, reset=False, at=AT).said == ""
    assert (folder / "afterglow.sqlite3").exists()


def test_an_older_one_is_set_aside_under_its_own_time_and_it_says_so(tmp_path: Path) -> None:
    folder = a_demo(tmp_path / ".demo", AT - timedelta(hours=24))
    said = home.prepare(folder, reset=False, at=AT).said
    assert ".demo-20261206-0900" in said
    assert "more than a day old" in said
    assert (tmp_path / ".demo-20261206-0900" / "afterglow.sqlite3").read_text() == "data"
    assert not (folder / "afterglow.sqlite3").exists()
    folder = a_demo(folder, AT - timedelta(hours=24))
    assert ".demo-20261206-0900-2" in home.prepare(folder, reset=False, at=AT).said


def test_one_of_another_version_is_set_aside_too(tmp_path: Path) -> None:
    folder = a_demo(tmp_path / "demo", AT, made_by="another")
    assert "made by another version" in home.prepare(folder, reset=False, at=AT).said
    assert (tmp_path / "demo-20261207-0900" / "afterglow.sqlite3").exists()


def test_reset_starts_over(tmp_path: Path) -> None:
    folder = a_demo(tmp_path / "demo", AT)
    assert home.prepare(folder, reset=True, at=AT).said == "The demo starts over."
    assert not (folder / "afterglow.sqlite3").exists()
    assert (folder / home.MARK).exists()


def test_one_that_was_never_finished_is_built_again(tmp_path: Path) -> None:
    folder = a_demo(tmp_path / "demo", AT)
    (folder / kept.PLAYED).unlink()
    assert "interrupted" in home.prepare(folder, reset=False, at=AT).said
    assert not (folder / "afterglow.sqlite3").exists()


@pytest.mark.parametrize("reset", [False, True])
def test_a_clinics_folder_is_never_touched(tmp_path: Path, reset: bool) -> None:
    (tmp_path / "afterglow.sqlite3").write_text("a clinic's data")
    (tmp_path / kept.PLAYED).write_text('{"starts": ["2020-01-01T00:00:00+00:00"]}')
    with pytest.raises(Refusal) as refused:
        home.prepare(tmp_path, reset=reset, at=AT)
    assert refused.value.code == "demo.not_a_demo"
    assert (tmp_path / "afterglow.sqlite3").read_text() == "a clinic's data"
    assert list(tmp_path.parent.glob(f"{tmp_path.name}-*")) == []


def test_one_demo_at_a_time(tmp_path: Path) -> None:
    folder = a_demo(tmp_path / "demo", AT - timedelta(days=3))
    handle = home.hold(folder)
    try:
        for reset in (False, True):
            with pytest.raises(Refusal) as refused:
                home.prepare(folder, reset=reset, at=AT)
            assert refused.value.code == "demo.runs_already"
        assert (folder / "afterglow.sqlite3").exists()
    finally:
        os.close(handle)
    os.close(home.hold(folder))


def test_what_is_kept_is_whole_and_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / kept.PLAYED
    assert kept.read(path) is None
    kept.write(path, {"starts": [AT.isoformat()]})
    assert kept.first_start(path) == AT
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]
    for broken in ("", "{", "[]", "{}", '{"starts": []}'):
        path.write_text(broken)
        assert kept.first_start(path) is None


def test_the_folder_is_the_projects_unless_one_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("AFTERGLOW_HOME", raising=False)
    assert home.default_folder() == home.PROJECT / ".demo"
    monkeypatch.setenv("AFTERGLOW_HOME", str(tmp_path))
    assert home.default_folder() == tmp_path.resolve()
    monkeypatch.delenv("AFTERGLOW_HOME")
    monkeypatch.setattr(home, "PROJECT", tmp_path / "nowhere")
    monkeypatch.chdir(tmp_path)
    assert home.default_folder() == tmp_path / ".demo"
