"""The checker of the library can fail: one planted fault for each of its rules, and what is not yet done is listed, not called a fault."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from afterglow.conf import cli
from afterglow.doors.ops import library
from afterglow.ground.content import soundness as checker
from afterglow.ground.content.files import LIBRARY_ROOT, load_each, load_file
from afterglow.ground.content.soundness import Fault, Soundness, marked, soundness, unsourced
from afterglow.science.scoring.instrument import InstrumentInvalid
from tests.support.translations import translation_of
from tools import release_library

TODAY = "2026-11-23"
ROLE = "roles/front_desk/1.yaml"
PROTOCOL = "protocols/iv_mdd_standard/1.yaml"
ASKED = ("instruments/phq9/1.yaml", "instruments/gad7/1.yaml", "instruments/asq/1.yaml", "instruments/suicide_since_last_contact/1.yaml")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A small sound library: schemas, a role, a protocol, what it asks for, its check-ins and the drugs."""
    shutil.copytree(LIBRARY_ROOT / "schemas", tmp_path / "schemas")
    for path in (ROLE, PROTOCOL, "codes/ketamine_products/1.yaml", *ASKED):
        copy(tmp_path, path)
    release_library.release(tmp_path)
    return tmp_path


def copy(root: Path, path: str) -> Path:
    target = root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(LIBRARY_ROOT / path, target)
    return target


def change(root: Path, path: str, was: str, becomes: str, *, release: bool = True) -> None:
    """Change a file as if it had been written and released so."""
    target = root / path
    text = target.read_text(encoding="utf-8")
    assert was in text
    target.write_text(text.replace(was, becomes, 1), encoding="utf-8")
    if release:
        (root / "RELEASED").unlink()
        release_library.release(root)


def found(root: Path) -> Soundness:
    return soundness(on=TODAY, root=root, more=(library.protocols_agree, library.translations_fit))


def one(root: Path) -> Fault:
    (fault,) = found(root).faults
    return fault


def test_the_shipped_library_is_sound_and_says_what_waits(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["library", "check", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["ok"], told["faults"]) == (True, [])
    waiting = [path.rsplit("/", 1)[0] for path in told["unreviewed"]]
    assert {path.split("/")[0] for path in waiting} >= {"protocols", "instruments", "criteria"}
    assert len(set(waiting)) == len(waiting), "only newest versions wait"
    assert told["on_judgement"][PROTOCOL] > 20


def test_the_small_library_is_sound(root: Path) -> None:
    assert found(root).faults == ()


def test_rule_file_every_unreadable_file_is_told_not_only_the_first(root: Path) -> None:
    change(root, ROLE, "scope: clinic", "scope: everywhere", release=False)
    change(root, PROTOCOL, "min_age_years: 18", "min_age_years: 12", release=False)
    faults = found(root).faults
    assert [(fault.rule, fault.file) for fault in faults] == [("file", PROTOCOL), ("file", ROLE)]
    assert all(fault.line for fault in faults)


def test_rule_file_schemas_that_cannot_be_read(root: Path) -> None:
    (root / "schemas/head.json").write_text("{", encoding="utf-8")
    assert load_each(root)[0] == ()
    fault = one(root)
    assert (fault.rule, fault.file, "Not JSON" in fault.sentence) == ("file", "head.json", True)


def test_rule_file_an_older_version_that_left_the_tree(root: Path) -> None:
    second = (
        (root / ROLE).read_text(encoding="utf-8").replace("version: 1\nstatus", "version: 3\nstatus").replace("supersedes: null", "supersedes: 2")
    )
    (root / "roles/front_desk/3.yaml").write_text(second.replace("{version: 1,", "{version: 3,"), encoding="utf-8")
    assert "supersedes version 2, which is not in the tree" in " ".join(fault.sentence for fault in found(root).faults)


# hazard: H51
def test_rule_released_changed_gone_new_and_a_spoilt_list(root: Path) -> None:
    change(root, ROLE, "title: Front desk", "title: Front  desk", release=False)
    (root / "instruments/phq9/1.yaml").unlink()
    copy(root, "roles/owner/1.yaml")
    told = {fault.file: fault.sentence for fault in found(root).faults if fault.rule == "released"}
    assert told == {
        ROLE: "A released version was changed.",
        "instruments/phq9/1.yaml": "A released version is missing.",
        "roles/owner/1.yaml": "It is not released.",
    }
    (root / "RELEASED").write_text("nonsense\n", encoding="utf-8")
    assert "Not a line of the form" in next(fault.sentence for fault in found(root).faults if fault.rule == "released")


def test_rule_source_a_citation_that_leads_nowhere(root: Path) -> None:
    change(root, PROTOCOL, "round_down_to_mg: 0.5, source: sanacora2017", "round_down_to_mg: 0.5, source: sanacora2071")
    fault = one(root)
    assert (fault.rule, fault.file) == ("source", PROTOCOL)
    assert "It cites sanacora2071" in fault.sentence


def test_rule_mark_a_judgement_called_verified(root: Path) -> None:
    was = "one_per_infusion: true, source: judgement, mark: J}"
    change(root, PROTOCOL, was, was.replace("mark: J", "mark: V"))
    fault = one(root)
    assert fault.rule == "mark"
    assert fault.sentence.startswith("order is marked V")


@pytest.mark.parametrize(
    ("author", "checker", "faults"),
    [
        ("Ana Sole, MD", "Ben Roth, MD", 0),
        ("Ana Sole, MD", "Ana Sole, MD", 1),
        ("author (role)", "Ben Roth, MD", 1),
        ("Ana Sole, MD", "checker (role)", 1),
    ],
)
def test_rule_signed_reviewed_by_two_named_people(root: Path, author: str, checker: str, faults: int) -> None:
    text = (
        (root / ROLE)
        .read_text(encoding="utf-8")
        .replace("reviewed_on: null", "reviewed_on: 2026-11-23")
        .replace("status: unreviewed", "status: reviewed")
    )
    lines = [
        f"author: {author}" if line.startswith("author:") else f"checker: {checker}" if line.startswith("checker:") else line
        for line in text.split("\n")
    ]
    (root / ROLE).write_text("\n".join(lines), encoding="utf-8")
    (root / "RELEASED").unlink()
    release_library.release(root)
    assert [fault.rule for fault in found(root).faults] == ["signed"] * faults


def test_rule_name_a_protocol_asks_for_an_instrument_that_is_not_there(root: Path) -> None:
    change(root, PROTOCOL, "{instrument: gad7,", "{instrument: gad8,")
    assert (one(root).rule, "gad8" in one(root).sentence) == ("name", True)


def test_rule_name_check_ins_for_a_protocol_that_is_not_there(root: Path) -> None:
    for path in ("follow_up/iv_course/1.yaml", "instruments/today/1.yaml"):
        copy(root, path)
    release_library.release(root)
    assert found(root).faults == ()
    change(root, "follow_up/iv_course/1.yaml", "[iv_mdd_standard]", "[iv_mdd_standart]")
    assert (one(root).rule, "iv_mdd_standart" in one(root).sentence) == ("name", True)


def test_rule_name_check_ins_with_a_scale_or_for_an_indication_that_is_not_there(root: Path) -> None:
    for path in ("follow_up/iv_course/1.yaml", "instruments/today/1.yaml"):
        copy(root, path)
    release_library.release(root)
    change(root, "follow_up/iv_course/1.yaml", "title: Weekly, instrument: phq9,", "title: Weekly, instrument: phq8, for: [moods],")
    sentences = sorted(fault.sentence for fault in found(root).faults if fault.rule == "name")
    assert ["moods" in sentences[1], "phq8" in sentences[0], len(sentences)] == [True, True, 2]


def test_rule_name_evidence_about_what_is_not_there(root: Path) -> None:
    for path in ("evidence/iv_ketamine_crps/1.yaml", "indications/crps/1.yaml", "programmes/crps_infusion/1.yaml"):
        copy(root, path)
    release_library.release(root)
    before = {fault.sentence for fault in found(root).faults}
    change(root, "evidence/iv_ketamine_crps/1.yaml", "indication: crps,", "indication: cold,")
    change(root, "evidence/iv_ketamine_crps/1.yaml", "programmes: [crps_infusion]", "programmes: [crps_infusions]")
    new = sorted({fault.sentence for fault in found(root).faults if fault.rule == "name"} - before)
    assert ["cold" in new[1], "crps_infusions" in new[0], len(new)] == [True, True, 2]


def test_rule_name_a_programme_asks_for_what_is_not_there(root: Path) -> None:
    for path in ("programmes/im_psychotherapy/1.yaml", "consents/privacy_notice/1.yaml"):
        copy(root, path)
    release_library.release(root)
    assert found(root).faults == ()
    change(root, "programmes/im_psychotherapy/1.yaml", "instrument: phq9", "instrument: phq8")
    change(root, "programmes/im_psychotherapy/1.yaml", "documents: [privacy_notice]", "documents: [privacy_notices]")
    assert [(fault.rule, fault.sentence.split(",")[0]) for fault in found(root).faults] == [
        ("name", "It asks for phq8"),
        ("name", "It is signed by privacy_notices"),
    ]


# req: S36
def test_rule_example_a_questionnaire_that_does_not_give_what_it_says(root: Path) -> None:
    change(root, ASKED[1], "gives: {total:", "gives: {total: 1")
    faults = found(root).faults
    assert {fault.rule for fault in faults} == {"example"}
    assert "the rules give" in faults[0].sentence


def test_rule_example_a_questionnaire_that_cannot_be_scored(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(content: object) -> None:
        raise InstrumentInvalid("two bands overlap")

    monkeypatch.setattr(checker, "instrument_from", refuse)
    assert [(fault.rule, fault.sentence) for fault in found(root).faults] == [("example", "two bands overlap")] * len(ASKED)


# hazard: H2
def test_rule_protocol_a_protocol_that_contradicts_itself(root: Path) -> None:
    change(root, PROTOCOL, "block_min: {before: 30, infusion: 40", "block_min: {before: 30, infusion: 45")
    assert one(root) == Fault(
        rule="protocol",
        file=PROTOCOL,
        line=None,
        sentence="It books 45 min for an infusion of 40 min.",
        now="Correct the file before anybody plans by it.",
    )


def test_each_rule_has_its_test() -> None:
    """A rule added to the checker needs a planted fault here."""
    names = {rule.__name__ for rule in checker.RULES}
    assert names == {"sources_exist", "marks_fit_sources", "signed_by_a_person", "names_exist", "instruments_keep_their_word"}


def test_a_version_that_was_mended_is_no_longer_asked(root: Path) -> None:
    """A released file never changes, so what it says is asked of its newest version only."""
    wrong = (root / PROTOCOL).read_text(encoding="utf-8").replace("block_min: {before: 30, infusion: 40", "block_min: {before: 30, infusion: 45")
    mended = (root / PROTOCOL).read_text(encoding="utf-8").replace("\nversion: 1\n", "\nversion: 2\n").replace("supersedes: null", "supersedes: 1")
    log = "change_log:\n  - {version: 1, made_on: 2026-11-22, what: First version.}\n"
    assert log in mended
    (root / PROTOCOL).write_text(wrong, encoding="utf-8")
    text = mended.replace(log, f"{log}  - {{version: 2, made_on: 2026-11-23, what: The block holds the infusion.}}\n")
    (root / "protocols/iv_mdd_standard/2.yaml").write_text(text, encoding="utf-8")
    (root / "RELEASED").unlink()
    release_library.release(root)
    assert found(root).faults == ()


def test_overdue_is_told_from_the_day_after(root: Path) -> None:
    change(root, ROLE, "review_by: 2027-11-22", "review_by: 2026-11-23")
    assert soundness(on="2026-11-23", root=root).overdue == ()
    assert [file.path for file in soundness(on="2026-11-24", root=root).overdue] == [ROLE]


def test_unsourced_is_a_claim_without_an_address_or_a_head_of_judgements(root: Path) -> None:
    path = root / PROTOCOL
    change(root, PROTOCOL, "dose: {mg_per_kg: 0.5", "dose: {mg_per_kg: 0.5")
    file = load_file(path, root=root)
    assert list(unsourced(file)) == []
    content = {**file.content, "dose": {"mg_per_kg": 0.5, "mark": "V"}, "weight": {"note": "ours", "mark": "J"}}
    bare = type(file)(kind=file.kind, id=file.id, version=1, sha256=file.sha256, raw_bytes=file.raw_bytes, content=content)
    assert [(place.at, place.sentence) for place in unsourced(bare)] == [("dose", "is marked V and names no source")]
    judged = type(file)(kind=file.kind, id=file.id, version=1, sha256="", raw_bytes=b"", content={"sources": [{"citation": "Ours", "mark": "J"}]})
    assert [place.at for place in unsourced(judged)] == ["sources"]


def test_a_mark_below_a_source_has_that_source(root: Path) -> None:
    file = load_file(root / ASKED[0], root=root)
    inner = {"block": {"source": "one", "parts": [{"mark": "V"}, {"mark": "W", "sources": ["two", "three"]}]}, "change_log": [{"mark": "V"}]}
    held = type(file)(kind="x", id="x", version=1, sha256="", raw_bytes=b"", content=inner)
    assert [(place.at, place.mark, place.sources) for place in marked(held)] == [
        ("block.parts[0]", "V", ("one",)),
        ("block.parts[1]", "W", ("two", "three")),
    ]


def test_the_command_ends_with_0_when_sound_and_1_when_not(root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "LIBRARY_ROOT", root)
    assert cli.main(["library", "check", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["ok"], told["faults"], told["files"], PROTOCOL in told["unreviewed"]) == (True, [], 7, True)
    assert cli.main(["library", "check"]) == 0
    said = capsys.readouterr().out
    assert "7 files are sound." in said
    assert "   7 unreviewed, in their newest version" in said
    change(root, ROLE, "scope: clinic", "scope: everywhere", release=False)
    assert cli.main(["library", "check"]) == 1
    assert f"NOT  {ROLE}, line 14:" in capsys.readouterr().out
    assert cli.main(["library", "check", "--json"]) == 1
    assert [fault["file"] for fault in json.loads(capsys.readouterr().out)["faults"]] == [ROLE]


def test_a_long_list_is_cut_in_words_and_whole_in_json(root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "LIBRARY_ROOT", root)
    monkeypatch.setattr(library, "LISTED_AT_MOST", 2)
    assert cli.main(["library", "check"]) == 0
    assert "       2 codes" not in (said := capsys.readouterr().out)
    assert "       1 codes\n       4 instruments\n       and 2 more; --json names them all\n" in said


# req: N44
def test_a_translation_must_fit_the_questionnaire_that_it_words(root: Path) -> None:
    phq9 = dict(load_file(root / "instruments/phq9/1.yaml", root=root).content)
    path = root / "translations/phq9_es/1.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(translation_of(phq9, "es"), ensure_ascii=False), encoding="utf-8")  # JSON is YAML too
    release_library.release(root)
    assert found(root).faults == ()
    short = translation_of(phq9, "es")
    short["items"].pop(8)
    path.write_text(json.dumps(short, ensure_ascii=False), encoding="utf-8")
    (root / "RELEASED").unlink()
    release_library.release(root)
    said = [fault.sentence for fault in found(root).faults if fault.rule == "translation"]
    assert "q9 has no words." in said


def test_a_translation_of_a_questionnaire_with_faulty_scoring_is_not_judged_twice(root: Path) -> None:
    change(root, "instruments/gad7/1.yaml", "range: [0, 21]", "range: [0, 22]")
    assert "translation" not in {fault.rule for fault in found(root).faults}
