"""The loader refuses what must not be trusted, names the file and the line, and says what to do.  Every gate here goes red once."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from afterglow.ground.content.files import (
    LIBRARY_ROOT,
    LibraryError,
    Schemas,
    check_released,
    load_file,
    load_kind,
    load_library,
    overdue,
    read_released,
)
from tools import release_library

ROLE = (LIBRARY_ROOT / "roles" / "front_desk" / "1.yaml").read_text(encoding="utf-8")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A small library: the real schemas and one role."""
    shutil.copytree(LIBRARY_ROOT / "schemas", tmp_path / "schemas")
    plant(tmp_path, ROLE)
    return tmp_path


def plant(root: Path, text: str | bytes, path: str = "roles/front_desk/1.yaml") -> Path:
    target = root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(text if isinstance(text, bytes) else text.encode())
    return target


def refusal(root: Path) -> LibraryError:
    with pytest.raises(LibraryError) as caught:
        load_library(root)
    return caught.value


def test_a_good_file_is_loaded_with_its_exact_bytes(root: Path) -> None:
    (file,) = load_library(root)
    assert (file.kind, file.id, file.version, file.path) == ("roles", "front_desk", 1, "roles/front_desk/1.yaml")
    assert file.raw_bytes == ROLE.encode()
    assert file.content["review_by"] == "2027-11-22"  # a date stays text
    assert load_kind(root, "roles") == (file,)
    assert load_kind(root, "protocols") == ()


@pytest.mark.parametrize(
    ("was", "becomes", "code", "line", "says"),
    [
        ("why:", "title: Again\nwhy:", "library.duplicate_key", 5, "duplicate key"),
        ("version: 1\nstatus", "version: '1'\nstatus", "library.schema", 2, "is not of type 'integer'"),
        ("status: unreviewed", "status: approved", "library.schema", 3, "is not one of"),
        ("review_by: 2027-11-22", "review_by: soon", "library.schema", 11, "does not match"),
        ("reviewed_on: null", "reviewed_on: 2026-11-22", "library.schema", 10, "is not of type 'null'"),
        ("checker:", "checked_by:", "library.schema", 1, "'checker' is a required property"),
        ("scope: clinic", "scope: everywhere", "library.schema", 14, "everywhere"),
        ("licensed: false", "licensed: false\nlicenced: true", "library.schema", 1, "licenced"),
        ("  - enquiry.enquiry.read\n", "  - enquiry.enquiry.raed\n", "library.schema", 17, "enquiry.enquiry.raed"),
        ("id: front_desk", "id: frontdesk", "library.path", 1, "frontdesk version 1"),
        ("version: 1\nstatus", "version: 2\nstatus", "library.path", 1, "front_desk version 2"),
        ("{version: 1,", "{version: 2,", "library.history", 32, "change log ends with version 2"),
        ("supersedes: null", "supersedes: 1", "library.history", 12, "cannot supersede"),
        ("review_by: 2027-11-22", "review_by: 2026-11-22", "library.history", 11, "not after the last change"),
        ("title: Front desk", "title: [Front desk", "library.yaml", 5, "Not readable"),
        ("title: Front desk", "title: !!python/object:x {}", "library.yaml", 4, "Not readable"),
        ("title: Front desk", "title: Front\tdesk\x07", "library.yaml", None, "Not readable"),
        ("licensed: false", "1: x\nlicensed: false", "library.key", None, "is not text"),
        ("licensed: false", "licensed: .inf", "library.number", None, "not a finite number"),
        ("licensed: false", "licensed: !!binary aGVsbG8=", "library.key", None, "bytes"),
    ],
)
def test_a_bad_file_goes_red(root: Path, was: str, becomes: str, code: str, line: int | None, says: str) -> None:
    assert ROLE.count(was) == 1 or was in ("checker:",)
    plant(root, ROLE.replace(was, becomes, 1))
    got = refusal(root)
    assert (got.code, got.file, got.line) == (code, "roles/front_desk/1.yaml", line)
    assert says in got.sentence
    assert got.now
    assert got.file in str(got)


@pytest.mark.parametrize("text", ["", "- a\n- b\n", "just text\n", "null\n"])
def test_a_file_that_is_no_mapping_goes_red(root: Path, text: str) -> None:
    plant(root, text)
    assert refusal(root).code == "library.schema"


def test_bytes_that_are_no_text_go_red(root: Path) -> None:
    plant(root, b"id: front_desk\ntitle: \xff\n")
    got = refusal(root)
    assert (got.code, got.line) == ("library.encoding", 2)


@pytest.mark.parametrize(
    "path",
    [
        "roles/front_desk/1.yml",
        "roles/front_desk.yaml",
        "roles/front_desk/01.yaml",
        "roles/front_desk/one.yaml",
        "roles/a/b/1.yaml",
        "notes.txt",
        "roles/x/1",
    ],
)
def test_a_file_in_no_legal_place_goes_red(root: Path, path: str) -> None:
    plant(root, ROLE, path)
    got = refusal(root)
    assert (got.code, got.file) == ("library.layout", path)


def test_yaml_is_version_1_2(root: Path) -> None:
    """In YAML 1.1 `no` is False, `1:30` is 90 and `on` is True."""
    plant(
        root,
        ROLE.replace(
            "vignettes:", "vignettes:\n  - {says: no, may: [], may_not: [audit.trail.read]}\n  - {says: 1:30, may: [], may_not: [audit.trail.read]}"
        ),
    )
    (file,) = load_library(root)
    assert [vignette["says"] for vignette in file.content["vignettes"]][:2] == ["no", "1:30"]


def test_an_old_version_may_not_leave_the_tree(root: Path) -> None:
    second = ROLE.replace("version: 1\nstatus", "version: 2\nstatus").replace("supersedes: null", "supersedes: 1")
    second = second.replace("change_log:", "change_log:\n  - {version: 1, made_on: 2026-11-22, what: First version.}").replace(
        "  - {version: 1, made_on: 2026-11-22, what: First version.}\nvignettes",
        "  - {version: 2, made_on: 2026-11-23, what: Second version.}\nvignettes",
    )
    plant(root, second, "roles/front_desk/2.yaml")
    assert [file.version for file in load_library(root)] == [1, 2]
    (root / "roles/front_desk/1.yaml").unlink()
    got = refusal(root)
    assert (got.code, got.file) == ("library.history", "roles/front_desk/2.yaml")


def test_schemas_are_checked_too(root: Path) -> None:
    plant(root, '{"type": "nonsense"}', "schemas/role.json")
    assert refusal(root).code == "library.broken_schema"
    plant(root, "{", "schemas/role.json")
    assert refusal(root).code == "library.broken_schema"
    (root / "schemas/role.json").unlink()
    assert refusal(root).code == "library.missing_schema"
    (root / "schemas/head.json").unlink()
    assert refusal(root).code == "library.missing_schema"


def test_the_schema_of_a_file_is_its_own_then_its_kinds_then_the_head_alone(root: Path) -> None:
    plant(root, "{}", "schemas/front_desk.json")
    schemas = Schemas(root / "schemas")
    assert schemas.name_for("roles", "front_desk") == "front_desk.json"
    assert schemas.name_for("roles", "owner") == "role.json"
    assert schemas.name_for("letters", "welcome") == "generic.json"


def test_one_file_may_be_read_alone(root: Path) -> None:
    assert load_file(root / "roles/front_desk/1.yaml", root=root).id == "front_desk"


def test_a_file_is_overdue_the_day_after_its_review_date(root: Path) -> None:
    files = load_library(root)
    assert overdue(files, on="2027-11-22") == ()
    assert overdue(files, on="2027-11-23") == files


# hazard: H51
def test_a_released_file_never_changes(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert release_library.main(["--root", str(root), "--check"]) == 1
    assert release_library.main(["--root", str(root), "protocols"]) == 0
    assert not (root / "RELEASED").exists()
    assert release_library.main(["--root", str(root)]) == 0
    assert release_library.main(["--root", str(root), "--check"]) == 0
    before = (root / "RELEASED").read_text()
    assert read_released(root) == {"roles/front_desk/1.yaml": load_library(root)[0].sha256}

    plant(root, ROLE.replace("Takes the first call", "Takes the call"))
    capsys.readouterr()
    assert release_library.main(["--root", str(root)]) == 2
    assert "A released version was changed." in capsys.readouterr().err
    assert (root / "RELEASED").read_text() == before

    (root / "roles/front_desk/1.yaml").unlink()
    assert release_library.main(["--root", str(root)]) == 2
    assert "A released version is missing." in capsys.readouterr().err


@pytest.mark.parametrize("text", ["abc  roles/front_desk/1.yaml\n", "\n", "0" * 64 + " roles/x/1.yaml\n", ("0" * 64 + "  roles/x/1.yaml\n") * 2])
def test_a_list_of_releases_that_was_edited_by_hand_goes_red(root: Path, text: str) -> None:
    (root / "RELEASED").write_text(text)
    with pytest.raises(LibraryError, match="Not a line of the form"):
        read_released(root)


def test_a_release_that_names_a_missing_file_goes_red(root: Path) -> None:
    with pytest.raises(LibraryError, match="missing") as caught:
        check_released(load_library(root), {"roles/owner/1.yaml": "0" * 64})
    assert caught.value.code == "library.gone"
