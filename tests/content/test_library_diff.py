"""Two versions side by side: every field that differs, none that does not."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from afterglow.conf import cli
from afterglow.doors.ops import library
from afterglow.ground.content.files import LIBRARY_ROOT
from afterglow.ground.content.versions import differences
from afterglow.ground.errors import Refusal


def told(left: Any, right: Any) -> list[tuple[str, Any, Any, bool, bool]]:
    return [(each.field, each.left, each.right, each.in_left, each.in_right) for each in differences(left, right)]


# req: S36
@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ({"a": 1, "b": {"c": [1, 2]}}, {"b": {"c": [1, 2]}, "a": 1}, []),
        ({"a": 1}, {"a": 2}, [("a", 1, 2, True, True)]),
        ({"a": True}, {"a": 1}, [("a", True, 1, True, True)]),
        ({"a": None}, {}, [("a", None, None, True, False)]),
        ({}, {"a": {"b": 0}}, [("a.b", None, 0, False, True)]),
        ({"a": {"b": [1, 2]}}, {"a": {"b": [2, 1]}}, [("a.b", [1, 2], [2, 1], True, True)]),
        ({"a": []}, {"a": {}}, [("a", [], {}, True, True)]),
        (
            {"reviews": [{"after": 3, "by": "x"}, {"after": 6, "by": "x"}]},
            {"reviews": [{"after": 6, "by": "y"}]},
            [("reviews[3].after", 3, None, True, False), ("reviews[3].by", "x", None, True, False), ("reviews[6].by", "x", "y", True, True)],
        ),
        ({"log": [{"x": 1}, {"x": 1}]}, {"log": [{"x": 1}, {"x": 2}]}, [("log[2].x", 1, 2, True, True)]),
        ({"log": [[1], {"id": "a"}]}, {"log": [[1], {"id": "b"}]}, [("log[2].id", "a", "b", True, True)]),
    ],
)
def test_fields_side_by_side(left: Any, right: Any, expected: list[Any]) -> None:
    assert told(left, right) == expected


def test_two_protocols_in_words_and_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["library", "diff", "iv_mdd_standard@1", "protocols/iv_mdd_spaced", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["left"], said["right"]) == ("protocols/iv_mdd_standard@1", "protocols/iv_mdd_spaced@1")
    fields = {each["field"]: (each["left"], each["right"]) for each in said["differences"]}
    assert fields["course.infusions"] == (6, 4)
    assert "dose.mg_per_kg" not in fields
    assert cli.main(["library", "diff", "iv_mdd_standard", "iv_mdd_spaced"]) == 0
    assert "course.infusions\n  - 6\n  + 4\n" in capsys.readouterr().out


def test_a_field_that_only_one_side_has(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["library", "diff", "iv_course@1", "iv_course@2"]) == 0
    assert "change_log[2].version\n  - (not there)\n  + 2" in capsys.readouterr().out


def test_the_same_file_says_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["library", "diff", "roles/owner@1", "roles/owner@1"]) == 0
    assert capsys.readouterr().out == "roles/owner@1 and roles/owner@1 say the same.\n"


@pytest.mark.parametrize(
    ("names", "code"),
    [
        (["nothing", "iv_mdd_standard"], "library.unknown_file"),
        (["../../etc/passwd", "iv_mdd_standard"], "library.unknown_file"),
        (["iv_mdd_standard@99", "iv_mdd_standard"], "library.unknown_file"),
        (["roles/iv_mdd_standard", "iv_mdd_standard"], "library.unknown_file"),
        (["roles/owner", "iv_mdd_standard"], "library.two_kinds"),
    ],
)
def test_a_name_that_is_no_file_is_refused(names: list[str], code: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["library", "diff", *names, "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["refusal"] == code


def test_an_id_that_two_kinds_have_asks_for_the_kind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(LIBRARY_ROOT / "schemas", tmp_path / "schemas")
    for path in ("consents/privacy_notice/1.yaml", "roles/owner/1.yaml"):
        text = (LIBRARY_ROOT / path).read_text(encoding="utf-8")
        target = tmp_path / path.split("/")[0] / "twin/1.yaml"
        target.parent.mkdir(parents=True)
        target.write_text(text.replace(f"id: {path.split('/')[1]}", "id: twin", 1), encoding="utf-8")
    monkeypatch.setattr(library, "LIBRARY_ROOT", tmp_path)
    with pytest.raises(Refusal) as refused:
        library.find("twin")
    assert refused.value.code == "library.which_kind"
    assert library.find("roles/twin").kind == "roles"
