"""Every file of the clinical library: loaded, headed, sourced, released, and doing what its own examples say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from afterglow.ground.content.files import LIBRARY_ROOT, LibraryFile, Schemas, check_released, load_library, read_released
from afterglow.pathway.consent.rules import spoken_of
from afterglow.science.dosing.interval import ASKED_WEEKS
from afterglow.science.scoring.instrument import instrument_from
from afterglow.science.scoring.score import score
from tests.content.reading_grade import grade, syllables

FILES = load_library()
EVERY = pytest.mark.parametrize("file", FILES, ids=lambda file: file.path)


def of(kind: str) -> list[Any]:
    return [pytest.param(file, id=file.path) for file in FILES if file.kind == kind]


def cited(file: LibraryFile) -> set[str]:
    return {source["id"] for source in file.content["sources"] if isinstance(source, dict) and "id" in source}


def paragraphs(file: LibraryFile) -> Iterator[dict[str, Any]]:
    for section in file.content["sections"]:
        yield from section["paragraphs"]


def test_the_library_has_what_the_walk_needs() -> None:
    present = {(file.kind, file.id) for file in FILES}
    needed = {("instruments", name) for name in ("phq9", "gad7", "asq", "suicide_since_last_contact")}
    needed |= {("roles", name) for name in ("owner", "prescriber", "session_nurse", "therapist", "front_desk", "patient", "chaperone", "researcher")}
    needed |= {("consents", "iv_ketamine_treatment"), ("consents", "privacy_notice"), ("education", "first_visit")}
    assert needed <= present


@EVERY
def test_each_file_is_checked_by_a_schema_of_its_own_kind(file: LibraryFile) -> None:
    schemas = Schemas(LIBRARY_ROOT / "schemas")
    assert schemas.name_for(file.kind, file.id) != "generic.json"


@EVERY
def test_each_head_says_who_and_why(file: LibraryFile) -> None:
    """Until a named clinician signs, a file says that nobody has: author and checker are roles and no review date is claimed."""
    head = file.content
    assert head["author"] != head["checker"]
    assert head["sources"]
    assert (head["reviewed_on"] is None) == (file.status == "unreviewed")
    if file.status == "unreviewed":
        assert "role" in head["author"]
        assert "role" in head["checker"]


# hazard: H51
def test_released_files_are_what_was_released_and_nothing_is_left_out() -> None:
    released = read_released()
    check_released(FILES, released)
    assert [file.path for file in FILES if file.path not in released] == [], "run: python tools/release_library.py"


# req: S13
@pytest.mark.parametrize("file", of("instruments"))
def test_each_instrument_does_what_its_vignettes_say(file: LibraryFile) -> None:
    rules = instrument_from(file.content)
    for vignette in file.content["vignettes"]:
        previous = rules.in_order(vignette["previous"]) if "previous" in vignette else None
        got = score(rules, rules.in_order(vignette["answers"]), previous, vignette.get("sex"), vignette.get("baseline")).named()
        assert {name: got[name] for name in vignette["gives"]} == vignette["gives"], vignette["says"]


# hazard: H16
@pytest.mark.parametrize("file", of("instruments"))
def test_a_self_harm_question_is_never_without_a_flag_for_silence(file: LibraryFile) -> None:
    """Safety 2: a missing suicide item is a flag for every instrument that has one."""
    rules = instrument_from(file.content)
    words = re.compile(r"dead|kill|hurt(ing)? yourself|suicid|ending your life", re.IGNORECASE)
    about = {item.id for item in rules.items if words.search(item.text) and item.asked_when == "always"}
    watched = {item for flag in rules.flags if flag.missing for item in flag.items}
    assert about <= watched
    if about:
        assert rules.link_needs_on_call
        assert "link" not in rules.ways or file.content["delivery"]["link_needs_on_call"] is True


# req: S28
def test_the_suicide_screen_is_asked_in_person_and_in_its_own_recall() -> None:
    (asq,) = [file.content for file in FILES if file.id == "asq"]
    assert asq["delivery"]["ways"] == ["staff_in_person"]
    assert [item["recall"] for item in asq["items"]] == ["past few weeks", "past few weeks", "past week", "ever", "right now"]
    assert asq["items"][2]["text"].startswith("In the past week,")
    assert asq["credit"].startswith("National Institute of Mental Health")


@pytest.mark.parametrize("file", of("instruments"))
def test_loinc_codes_pass_their_check_digit(file: LibraryFile) -> None:
    """Mod 10 (Luhn), as LOINC uses it for its terms (answer codes, LA and LL, do not): proves form, not meaning."""
    codes = re.findall(r"(?<![A-Z\d])(\d+)-(\d)\b", " ".join(_loinc(file.content)))
    assert bool(codes) == (file.content["loinc"] is not None)
    for number, digit in codes:
        assert _luhn(number) == int(digit), number


def _loinc(content: Any) -> Iterator[str]:
    if isinstance(content, dict):
        for key, value in content.items():
            if key in ("loinc", "panel", "total", "answer_list") and isinstance(value, str):
                yield value
            yield from _loinc(value)
    elif isinstance(content, list):
        for value in content:
            yield from _loinc(value)


def _luhn(number: str) -> int:
    total = sum(sum(divmod(int(digit) * (2 if place % 2 == 0 else 1), 10)) for place, digit in enumerate(reversed(number)))
    return -total % 10


def test_a_wrong_check_digit_is_seen() -> None:
    assert _luhn("44261") == 6
    assert _luhn("65625") != 0  # a code in circulation that does not exist


def newest_treatment_consent() -> LibraryFile:
    return max((file for file in FILES if file.id == "iv_ketamine_treatment"), key=lambda file: file.version)


# req: S48
# req: S49
def test_the_treatment_consent_promises_no_number_of_visits_and_covers_every_shipped_course() -> None:
    consent = newest_treatment_consent()
    said = " ".join(paragraph["text"] for section in consent.content["sections"] for paragraph in section["paragraphs"])
    assert "The usual plan is six visits" not in said
    assert "is in your own plan" in said
    assert consent.content["applies_to"]["protocols"] == sorted({file.id for file in FILES if file.kind == "protocols"})


# req: S66
# req: S115
def test_the_treatment_consent_says_what_must_be_said() -> None:
    consent = newest_treatment_consent()
    said = {section["id"]: " ".join(paragraph["text"] for paragraph in section["paragraphs"]) for section in consent.content["sections"]}
    assert "off-label" in said["off_label"]
    assert "often temporary" in said["benefit"]
    assert "not a cure" in said["benefit"]
    assert "not been shown to prevent suicide" in said["benefit"]
    assert "long-term effects of ketamine are still being studied" in said["long_term"]
    assert "no known long-term" not in " ".join(said.values()).lower()
    assert "until the next day, after a full night of sleep" in said["going_home"]
    assert "more easily led" in said["easily_led"]
    assert {"other_ways", "touch", "stopping", "recording", "privacy", "crisis", "risks", "tell_us"} <= set(said)


# hazard: H28
# hazard: H29
# hazard: H30
def test_the_treatment_consent_asks_for_capacity_sober_alone_and_in_a_shared_language() -> None:
    consent = newest_treatment_consent().content
    checks = {check["id"] for check in consent["capacity"]["checks"]}
    assert checks == {"understands", "appreciates", "reasons", "states_choice", "sober", "asked_alone", "language", "legal_status"}
    assert "24 hours" in consent["signature"]["never_while"]


@pytest.mark.parametrize("file", of("consents"))
# req: S66
def test_each_question_has_one_right_answer_and_sends_the_reader_to_its_section(file: LibraryFile) -> None:
    sections = {section["id"] for section in file.content["sections"]}
    questions = file.content["comprehension"]
    assert len({question["id"] for question in questions}) == len(questions)
    for question in questions:
        options = [option["id"] for option in question["options"]]
        assert options.count(question["right"]) == 1
        assert len(set(options)) == len(options)
        assert question["section"] in sections
    places = [[option["id"] for option in question["options"]].index(question["right"]) for question in questions]
    assert not questions or len(set(places)) > 1, "the right answer must not always stand in the same place"
    for vignette in file.content["vignettes"]:
        asked = spoken_of(file.content, vignette.get("for", ""))["comprehension"]
        wrong = [question["id"] for question in asked if vignette["answers"].get(question["id"]) != question["right"]]
        assert wrong == vignette["gives"]["wrong"], vignette["says"]


# req: S46
# req: S66
@pytest.mark.parametrize("indication", [file.id for file in FILES if file.kind == "indications" and file.content["protocols"]])
def test_the_treatment_consent_reads_whole_for_each_thing_that_is_treated(indication: str) -> None:
    consent = newest_treatment_consent().content
    page = spoken_of(consent, indication)
    said = {section["id"]: [paragraph["text"] for paragraph in section["paragraphs"]] for section in page["sections"]}
    assert set(said) == {section["id"] for section in consent["sections"]}, "no section may be empty for anybody"
    for texts in said.values():
        assert grade(texts) <= consent["reading_grade_at_most"]
    elsewhere = spoken_of(consent, "nothing of the kind")
    common = {paragraph["text"] for section in elsewhere["sections"] for paragraph in section["paragraphs"]}
    own = [text for texts in said.values() for text in texts if text not in common]
    assert any(text in said["benefit"] for text in own), "what is known of the effect differs for each"
    assert any(text in said["other_ways"] for text in own)
    assert "depression" not in " ".join(text for texts in said.values() for text in texts) or indication in ("trd", "bipolar", "suicidality")


# req: S46
@pytest.mark.parametrize("file", of("consents") + of("education"))
def test_patients_can_read_it(file: LibraryFile) -> None:
    texts = [paragraph["text"] for paragraph in paragraphs(file)]
    limit = file.content["reading_grade_at_most"]
    assert grade(texts) <= limit
    for section in file.content["sections"]:
        assert grade([paragraph["text"] for paragraph in section["paragraphs"]]) <= limit, section["id"]
    if file.kind == "consents":
        for question in file.content["comprehension"]:
            assert grade([question["question"], question["explain"]]) <= limit + 1, question["id"]


def test_the_reading_grade_tells_hard_text_from_easy_text() -> None:
    assert [syllables(word) for word in ("stop", "ketamine", "depression", "made", "table", "the")] == [1, 3, 3, 1, 2, 1]
    assert grade(["Say stop. We stop."]) < 2
    assert (
        grade(
            [
                "Pharmacological interventions administered intravenously necessitate comprehensive cardiovascular evaluation of individual participants."
            ]
        )
        > 20
    )


# req: S46
# hazard: H35
@pytest.mark.parametrize("file", of("consents") + of("education"))
def test_no_number_about_effect_without_its_source(file: LibraryFile) -> None:
    """A claim with a percentage or 'in 100' names its source; every named source stands in the head; V and W need one."""
    known = cited(file)
    for paragraph in paragraphs(file):
        sources = set(paragraph.get("sources", ()))
        assert sources <= known, paragraph["text"]
        if re.search(r"\d\s*%|in 100|\bhalf of\b|studies|study", paragraph["text"]):
            assert sources, paragraph["text"]


@pytest.mark.parametrize("file", of("consents") + of("education"))
def test_every_cited_study_is_used(file: LibraryFile) -> None:
    used = {source for paragraph in paragraphs(file) for source in paragraph.get("sources", ())}
    if capacity := file.content.get("capacity"):
        used |= set(capacity["sources"])
    assert used == cited(file)


@pytest.mark.parametrize("file", of("roles"))
def test_each_role_holds_what_its_vignettes_say(file: LibraryFile) -> None:
    held = set(file.content["permissions"])
    for vignette in file.content["vignettes"]:
        assert set(vignette["may"]) <= held
        assert not set(vignette["may_not"]) & held


def test_every_permission_is_held_by_somebody_and_the_gravest_by_few() -> None:
    holders: dict[str, set[str]] = {}
    for file in FILES:
        if file.kind == "roles":
            for permission in file.content["permissions"]:
                holders.setdefault(permission, set()).add(file.id)
    schemas = Schemas(LIBRARY_ROOT / "schemas")
    assert set(holders) == set(schemas.texts["role.json"]["$defs"]["permission"]["enum"])
    assert holders["plan.order.sign"] == holders["session.limits.accept"] == holders["screening.case.decide"] == {"prescriber"}
    assert holders["audit.trail.read"] == holders["access.staff.invite"] == {"owner"}
    assert holders["session.session.start"] == holders["cabinet.movement.draw"] == {"prescriber", "session_nurse"}


def test_licensed_roles_are_those_that_may_sign_a_second_time() -> None:
    for file in FILES:
        if file.kind == "roles":
            assert ("session.session.countersign" in file.content["permissions"]) == file.content["licensed"]


# hazard: H6
# hazard: H42
def test_every_protocol_reviews_the_weeks_that_the_check_in_asks_about() -> None:
    """`in_review` of ketamine from elsewhere is one question for all plans: a protocol with other weeks needs a question of its own."""
    weeks = {file.path: file.content["intervals"]["review_within_weeks"] for file in FILES if file.kind == "protocols"}
    assert weeks and set(weeks.values()) == {ASKED_WEEKS}
