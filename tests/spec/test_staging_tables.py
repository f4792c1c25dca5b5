"""How resistant a depression is, person by person, for clinicians to read and sign; `?` is what nobody knows."""

from __future__ import annotations

from typing import Any

from afterglow.pathway.screening.rules.assessment import assess
from tests.spec.screening_library import dan, knowledge, trial
from tests.spec.table import Row, Table

STAGING = Table("""
    failed trials            | months | severity        | augmented | raised or augmented | ECT       | Maudsley         | MGH
    sertraline, bupropion    | 6      | moderate        | no        | 0                   | not_tried | 5 (mild)         | 2
    sertraline, bupropion    | 12     | severe          | no        | 1                   | not_tried | 6 (mild)         | 2.5
    sertraline, bupropion    | 13     | severe          | no        | 1                   | not_tried | 7 (moderate)     | 2.5
    sertraline, bupropion, fluoxetine, citalopram, mirtazapine | 26 | severe | yes | 2    | not_tried | 11 (severe)      | 6
    sertraline, bupropion, fluoxetine | 30 | severe_psychotic | yes   | 1                   | failed    | 12 (severe)      | 6.5
    sertraline, bupropion, fluoxetine | 30 | severe_psychotic | yes   | 1                   | helped    | 12 (severe)      | 3.5
    sertraline, bupropion    | ?      | moderate        | no        | 0                   | not_tried | between 5 and 7  | 2
    sertraline, bupropion    | 6      | ?               | no        | ?                   | not_tried | between 3 and 7  | at least 2
    sertraline, bupropion    | 6      | moderate        | ?         | 0                   | ?         | between 5 and 7  | between 2 and 5
    sertraline, agomelatine  | 6      | moderate        | no        | 0                   | not_tried | 5 (mild)         | between 1 and 2
    sertraline, bupropion, agomelatine | 6 | moderate   | no        | 0                   | not_tried | between 5 and 6  | between 2 and 3
    (history not taken)      | 6      | moderate        | no        | 0                   | not_tried | between 4 and 9  | at least 0
    (none ever taken)        | 6      | moderate        | no        | 0                   | not_tried | Not staged       | 0
""")
QUESTIONS = {
    "months": "episode.duration_months",
    "severity": "episode.severity",
    "augmented": "treatment.augmentation_tried",
    "raised_or_augmented": "treatment.optimised_or_augmented_times",
    "ect": "treatment.ect",
}


def told(row: Row) -> dict[str, Any]:
    """The ledger and the answers of one line; agomelatine has no listed dose, so that its trial is perhaps a failed one."""
    drugs = [] if row.failed_trials.startswith("(") else row.failed_trials.split(", ")
    answers = {key: None if row.cells[column] == "?" else row.cells[column] for column, key in QUESTIONS.items()}
    trials = tuple(trial(drug, 500, 8, "none") for drug in drugs)
    return {"answers": answers, "trials": trials, "no_trials": row.failed_trials == "(none ever taken)"}


# req: S12
@STAGING.each
def test_staging(row: Row) -> None:
    maudsley, mgh = assess(dan(**told(row)), knowledge()).stages
    for stage, said in ((maudsley, row.maudsley), (mgh, row.mgh)):
        known = said[0].isdigit()
        assert stage.sentence == said if known else said in stage.sentence
        assert (stage.total is not None) is known


# req: S12
def test_staging_stops_nobody_and_is_kept_with_the_decision() -> None:
    asked = assess(dan(dict.fromkeys(QUESTIONS.values())), knowledge())
    assert asked.verdict.met
    assert [stage.total for stage in asked.stages] == [None, None]
