"""How answers become scores and flags, as tables to read and sign."""

from __future__ import annotations

from afterglow.ground.content.files import LIBRARY_ROOT, load_kind
from afterglow.science.scoring.instrument import Answer, instrument_from
from afterglow.science.scoring.score import Scored, ScoreRefused, score
from tests.spec.table import Row, Table

RULES = {file.id: instrument_from(file.content) for file in load_kind(LIBRARY_ROOT, "instruments")}
WORDS: dict[str, Answer] = {"-": None, "no": 0, "yes": 1, "declined": "declined", "not asked": "not_asked"}

PHQ9 = Table("""
    answers 1 to 9    | last item 9 | total | band              | flags
    0 0 0 0 0 0 0 0 0 | unknown     | 0     | minimal           | none
    2 2 2 2 1 1 0 0 0 | unknown     | 10    | moderate          | none
    2 2 2 2 1 1 0 0 1 | unknown     | 11    | moderate          | item 9 positive
    2 2 2 2 1 1 0 0 1 | 0           | 11    | moderate          | item 9 positive, item 9 rising
    2 2 2 2 1 1 0 0 1 | 1           | 11    | moderate          | item 9 positive
    2 2 2 2 1 1 0 0 2 | 3           | 12    | moderate          | item 9 positive, item 9 high
    3 3 3 3 3 3 3 3 3 | unknown     | 27    | severe            | item 9 positive, item 9 high
    2 2 2 2 1 1 0 0 - | unknown     | 11    | moderate          | item 9 not answered
    3 3 3 3 3 0 - - 0 | unknown     | 19    | moderately severe | none
    3 3 3 3 3 3 - - - | unknown     | none  | none              | item 9 not answered
    - - - - - - - - 2 | unknown     | none  | none              | item 9 positive, item 9 high
    - - - - - - - - - | unknown     | none  | none              | item 9 not answered
""")

GAD7 = Table("""
    answers 1 to 7 | total | band
    0 0 0 0 0 0 0  | 0     | minimal
    1 2 1 2 1 2 1  | 10    | moderate
    3 3 3 3 3 3 3  | 21    | severe
    2 - 2 2 2 2 2  | 14    | moderate
    3 3 3 3 - - -  | none  | none
""")

ASQ = Table("""
    1 wish   | 2 better off dead | 3 thoughts | 4 ever tried | 5 right now | result                                          | flags
    no       | no                | no         | no           | -           | negative                                        | none
    no       | yes               | no         | no           | no          | non-acute positive                              | positive
    declined | no                | no         | no           | no          | non-acute positive                              | positive
    no       | no                | no         | yes          | yes         | acute positive                                  | acute
    yes      | no                | no         | no           | -           | positive, acuity not answered: handled as acute | acute
    yes      | no                | no         | no           | declined    | positive, acuity not answered: handled as acute | acute
    no       | no                | -          | no           | -           | none                                            | not answered
    yes      | no                | -          | no           | no          | non-acute positive                              | positive, not answered
    -        | -                 | -          | -            | -           | none                                            | not answered
""")

INTERVIEW = Table("""
    wish | thoughts | method    | intent or plan | act or preparation | result                     | start is blocked by                        | flags
    no   | no       | no        | no             | no                 | nothing since last contact | nothing                                    | none
    yes  | no       | no        | no             | no                 | wish to be dead            | nothing                                    | thoughts
    yes  | yes      | no        | no             | no                 | thoughts                   | nothing                                    | thoughts
    yes  | yes      | yes       | no             | no                 | thoughts with a method     | nothing                                    | thoughts with method
    yes  | yes      | yes       | yes            | no                 | intent or plan             | nothing                                    | intent or act
    no   | no       | no        | no             | yes                | act or preparation         | nothing                                    | intent or act
    no   | no       | no        | declined       | no                 | none                       | intent or plan                             | interview open
    yes  | yes      | not asked | not asked      | not asked          | thoughts                   | method, intent or plan, act or preparation | thoughts, interview open
    -    | no       | no        | no             | no                 | none                       | wish to be dead                            | interview open
""")


def flags_of(got: Scored | ScoreRefused) -> str:
    names = [flag.id.removeprefix("suicide_screen_").removeprefix("suicide_").replace("_", " ").replace("item ", "item 9 ") for flag in got.flags]
    return ", ".join(names) or "none"


def numbers(text: str) -> list[Answer]:
    return [None if part == "-" else int(part) for part in text.split()]


# req: S13
# req: N43
# hazard: H16
@PHQ9.each
def test_phq9(row: Row) -> None:
    previous = None if row.last_item_9 == "unknown" else {"q9": int(row.last_item_9)}
    got = score(RULES["phq9"], RULES["phq9"].in_order(numbers(row.answers_1_to_9)), previous)
    total, band = (str(got.total), got.band) if isinstance(got, Scored) else ("none", "none")
    assert (total, band, flags_of(got)) == (row.total, row.band, row.flags)


# req: S13
@GAD7.each
def test_gad7(row: Row) -> None:
    got = score(RULES["gad7"], RULES["gad7"].in_order(numbers(row.answers_1_to_7)))
    total, band = (str(got.total), got.band) if isinstance(got, Scored) else ("none", "none")
    assert (total, band, got.flags) == (row.total, row.band, ())


# req: N43
# hazard: H16
@ASQ.each
def test_asq(row: Row) -> None:
    answers = [WORDS[cell] for cell in list(row.cells.values())[:5]]
    got = score(RULES["asq"], RULES["asq"].in_order(answers))
    assert (got.result if isinstance(got, Scored) else "none", flags_of(got)) == (row.result, row.flags)


# req: N43
# hazard: H16
@INTERVIEW.each
def test_interview(row: Row) -> None:
    answers = [WORDS[cell] for cell in list(row.cells.values())[:5]]
    got = score(RULES["suicide_since_last_contact"], RULES["suicide_since_last_contact"].in_order(answers))
    blocks = ", ".join(item.replace("_", " ") for item in got.blocks) or "nothing"
    assert (got.result if isinstance(got, Scored) else "none", blocks, flags_of(got)) == (row.result, row.start_is_blocked_by, row.flags)
