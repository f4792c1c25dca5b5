"""When a questionnaire may go out by link, when again, who owns what it raises."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from afterglow.ground.content import shelf
from afterglow.records.measures import rules
from afterglow.science.scoring.instrument import Instrument, instrument_from
from afterglow.science.scoring.score import Flag, score
from afterglow.science.verdict import Verdict

AT = datetime(2026, 12, 7, 9, 0, tzinfo=UTC)


def made(name: str) -> Instrument:
    return next(instrument_from(file.content) for file in shelf.newest("instruments") if file.id == name)


def flag(name: str = "one", level: str = "review", sentence: str = "Look.", after: int = 15) -> Flag:
    return Flag(id=name, level=level, sentence=sentence, items=("q9",), escalate_after_min=after, escalate_again_after_min=30, source="", mark="J")


DAY = date(2026, 12, 7)


def term(from_days: int = -30, until_days: int | None = 30, ended_days: int | None = None) -> rules.Term:
    """A licence in days around DAY."""
    ended = None if ended_days is None else DAY + timedelta(days=ended_days)
    return rules.Term(
        from_on=DAY + timedelta(days=from_days), until_on=None if until_days is None else DAY + timedelta(days=until_days), ended_on=ended
    )


def asked(*terms: rules.Term, ships: bool = False, text_for: int | None = 2) -> Verdict:
    return rules.may_be_asked(rules.LicenceFacts(name="ISI", version=2, ships_wording=ships, terms=terms, text_for=text_for, on=DAY))


# req: N38
@pytest.mark.parametrize(
    ("instrument", "open_items"),
    [
        ("phq9", []),
        ("moaas", []),
        ("madrs", ["measures.licence", "measures.own_text"]),
        ("cssrs_screener_recent", ["measures.licence", "measures.own_text"]),
        ("aldrete_modified", ["measures.choices"]),
        ("ebi", ["measures.choices"]),
    ],
)
def test_only_what_a_licence_lets_be_shown_is_asked(instrument: str, open_items: list[str]) -> None:
    rows = made(instrument)
    facts = rules.LicenceFacts(
        name=rows.name, version=rows.version, ships_wording=rows.ships_wording, terms=(), text_for=None, on=DAY, by_choice=rows.by_choice
    )
    assert [finding.item for finding in rules.may_be_asked(facts).open] == open_items


# req: N38
@pytest.mark.parametrize(
    ("terms", "says"),
    [
        ((), "no licence of the clinic's own is recorded for this site"),
        ((term(),), ""),
        ((term(until_days=None),), ""),
        ((term(from_days=0, until_days=0),), ""),
        ((term(until_days=-1),), "The clinic's licence for ISI ended on 6 Dec 2026."),
        ((term(ended_days=-3),), "ended on 4 Dec 2026"),
        ((term(until_days=None, ended_days=0),), "ended on 7 Dec 2026"),
        ((term(until_days=-9, ended_days=-3),), "ended on 28 Nov 2026"),
        ((term(until_days=-20), term(until_days=-2)), "ended on 5 Dec 2026"),
        ((term(from_days=3), term(from_days=2), term(until_days=-2)), "The clinic's licence for ISI begins on 9 Dec 2026."),
        ((term(from_days=3, ended_days=0),), "ended on 7 Dec 2026"),
        ((term(ended_days=-3), term()), ""),
    ],
)
def test_a_licence_of_the_clinic_holds_on_its_days_until_it_is_ended(terms: tuple[rules.Term, ...], says: str) -> None:
    verdict = asked(*terms)
    assert verdict.met is (says == "")
    assert says in verdict.sentence
    assert [finding.item for finding in verdict.open] == ([] if verdict.met else ["measures.licence"])


# req: N38 C6
def test_a_licence_alone_asks_nothing_the_text_must_fit_the_version_in_use() -> None:
    assert asked(term(), text_for=None).sentence == "The clinic's own text of ISI is not loaded, so there is nothing here to ask."
    assert "made for version 1 of its file, and version 2 is in use" in asked(term(), text_for=1).sentence
    assert asked(ships=True, text_for=None).met


# req: S13
# hazard: H16
@pytest.mark.parametrize(
    ("instrument", "on_call", "open_items"),
    [
        ("phq9", 1, []),
        ("phq9", 0, ["measures.on_call"]),
        ("gad7", 0, []),
        ("asq", 1, ["measures.way"]),
        ("suicide_since_last_contact", 3, ["measures.way"]),
    ],
)
def test_who_may_get_it_by_link(instrument: str, on_call: int, open_items: list[str]) -> None:
    rows = made(instrument)
    verdict = rules.may_send_by_link(rules.LinkFacts(name=instrument, ways=rows.ways, needs_on_call=rows.link_needs_on_call, on_call=on_call))
    assert [finding.item for finding in verdict.open] == open_items


def test_an_interview_for_the_room_is_refused_for_both_reasons_when_nobody_is_on_call() -> None:
    verdict = rules.may_send_by_link(rules.LinkFacts(name="ASQ", ways=frozenset({"staff_in_person"}), needs_on_call=True, on_call=0))
    assert [(finding.item, finding.lifted_by) for finding in verdict.open] == [("measures.way", "nobody"), ("measures.on_call", "")]


@pytest.mark.parametrize(
    ("days", "last", "met"),
    [
        (7, None, True),
        (None, None, True),
        (None, AT - timedelta(days=4000), False),
        (7, AT - timedelta(days=7), True),
        (7, AT - timedelta(days=7) + timedelta(seconds=1), False),
        (0, AT, True),
    ],
)
def test_never_more_often_than_it_looks_back(days: int | None, last: datetime | None, met: bool) -> None:
    verdict = rules.may_repeat(rules.RepeatFacts(name="PHQ-9", min_interval_days=days, last_complete_at=last, at=AT))
    assert verdict.met is met
    assert all(finding.sentence for finding in verdict.open)


def test_the_day_from_which_it_may_be_asked_again_is_said() -> None:
    verdict = rules.may_repeat(rules.RepeatFacts(name="PHQ-9", min_interval_days=7, last_complete_at=AT, at=AT))
    assert "14 Dec 2026" in verdict.sentence


# req: C36
@pytest.mark.parametrize(
    ("instrument", "item", "value", "alarm"),
    [("phq9", "q9", 0, False), ("phq9", "q9", 1, True), ("phq9", "q9", 3, True), ("phq9", "q1", 3, False), ("gad7", "q1", 3, False)],
)
def test_help_shows_for_the_answers_that_raise_a_flag(instrument: str, item: str, value: int, alarm: bool) -> None:
    rows = made(instrument)
    found = rows.item(item)
    assert found is not None
    assert rules.raises_alarm(rows, found, value) is alarm


def test_a_named_answer_can_raise_an_alarm_too() -> None:
    phq9 = made("phq9")
    rule = next(one for one in phq9.flags if one.at_least == 1)
    named = rules.FlagRule(
        id="named",
        level="urgent",
        sentence="",
        escalate_after_min=15,
        escalate_again_after_min=30,
        source="",
        mark="J",
        items=rule.items,
        answers=("declined",),
    )
    item = phq9.item("q9")
    assert item is not None
    assert rules._touches(named, item, "declined")
    assert not rules._touches(named, item, "no")


def test_nothing_raised_is_none() -> None:
    assert rules.raised(()) is None


def test_one_flag_named_by_the_gravest_with_the_shortest_clock() -> None:
    found = rules.raised([flag("a"), flag("b", "acute", "Now.", 0), flag("c", "urgent", "x" * 400)])
    assert found is not None
    assert (found.kind, found.urgency, found.due_after) == ("b", "urgent", timedelta(0))
    assert found.sentence == "Now. Look."
    alone = rules.raised([flag("c", "review", "x" * 400)])
    assert alone is not None
    assert (alone.urgency, len(alone.sentence)) == ("today", 300)


# hazard: H16
def test_an_unanswered_self_harm_question_has_the_clock_of_a_positive_one() -> None:
    phq9 = made("phq9")
    positive = rules.raised(score(phq9, {f"q{n}": 1 for n in range(1, 10)}).flags)
    missing = rules.raised(score(phq9, {f"q{n}": 1 for n in range(1, 9)}).flags)
    assert positive is not None
    assert missing is not None
    assert positive.due_after == missing.due_after == timedelta(minutes=15)


# req: N43
@pytest.mark.parametrize(
    ("asker", "on_call", "prescribers", "owner"),
    [
        ("ben", ["ana"], ["ana"], "ben"),
        (None, ["ana", "ben"], ["pia"], "ana"),
        (None, [], ["pia"], "pia"),
        (None, [], [], None),
    ],
)
def test_each_flag_has_one_owner(asker: str | None, on_call: list[str], prescribers: list[str], owner: str | None) -> None:
    assert rules.owner_of(asker, on_call, prescribers) == owner


# req: S4
# hazard: H16
@pytest.mark.parametrize(
    ("instrument", "theirs"),
    [("phq9", {"q9"}), ("gad7", set()), ("today", {"thoughts"}), ("asq", {"q1", "q2", "q3", "q4", "q5"})],
)
def test_what_nobody_answers_in_the_name_of_the_person(instrument: str, theirs: set[str]) -> None:
    assert rules.only_the_person(made(instrument)) == theirs


# req: S20
@pytest.mark.parametrize(
    ("instrument", "rater", "rated"),
    [
        ("ybocs", "clinician", True),
        ("madrs", "clinician", True),
        ("icsi_icpi", "clinician", True),
        ("asq", "clinician", False),
        ("phq9", "self", False),
    ],
)
def test_a_sum_is_rated_and_a_screen_is_asked(instrument: str, rater: str, rated: bool) -> None:
    assert rules.is_rated(rater, made(instrument)) is rated


# req: S20
@pytest.mark.parametrize(
    ("instrument", "begins"),
    [("ybocs", {"q1": "Obsessions", "q6": "Compulsions"}), ("madrs", {}), ("cadss", {}), ("asq", {})],
)
def test_parts_are_headed_where_they_make_up_the_whole_scale(instrument: str, begins: dict[str, str]) -> None:
    assert rules.parts_begin(made(instrument)) == begins
