"""What makes a fall more likely for this person in this visit, and what may be noted as done about it (S75; hazard H55).  Pure.

A reason stands from check-in to leaving; what nobody asked or read is said to be not known, never taken as no.  The note lets nobody go home and
keeps nobody: walking and standing are items of the leaving list.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from afterglow.science.verdict import Finding, Verdict

OLDER_FROM_YEARS: Final = 65
"""From this age everybody is asked about falls (CDC STEADI algorithm for fall risk, 2019; W)."""
STEADI: Final = "CDC STEADI algorithm for fall risk screening, 2019"
BEERS: Final = "American Geriatrics Society Beers Criteria, 2023"
MEASURES: Final[Mapping[str, str]] = {
    "rails": "Rails up, or the chair locked",
    "bell": "Call bell in reach, and tried",
    "shoes": "Shoes or socks that do not slip",
    "floor": "Floor clear and light on",
    "walks_with": "Walks only with staff at the side",
    "toilet": "Taken to the toilet before the dose",
    "wheelchair": "Wheelchair to the car",
    "told": "Person and escort told: nobody walks alone today",
}
"""What is done against a fall, as usual in recovery rooms (J)."""
FELL: Final[Mapping[str, str]] = {"yes": "fell in the last twelve months", "no": "no fall in the last twelve months", "": "not asked about falls"}
LONGEST: Final = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class FallFacts:
    """What is on record.  `age_years` None: no birth date.  `medicines_read`: somebody went through the list of medicines.

    `taken`, `held`, `not_said`: the sedating medicines of the list as answered at today's check-in.  `on_board`: in words, what else clouds the head;
    `substances_asked`: today.  `given`: sedatives and opioids given in this visit.  `now`: dizziness and falls of this visit in words, `earlier`: those
    of earlier ones.  `fell`: "yes", "no", or "" where nobody asked.  `ketamine_given`, and `walks_steadily` since then as somebody saw it.
    """

    age_years: int | None
    medicines_read: bool
    taken: Sequence[str] = ()
    held: Sequence[str] = ()
    not_said: Sequence[str] = ()
    on_board: Sequence[str] = ()
    substances_asked: bool = False
    given: Sequence[str] = ()
    now: Sequence[str] = ()
    earlier: Sequence[str] = ()
    fell: str = ""
    ketamine_given: bool = False
    walks_steadily: bool = False


def fall_risk(facts: FallFacts) -> Verdict:
    """Every reason at once: unmet is a reason for care, unknown is what nobody asked or read."""
    return Verdict.of(
        _age(facts.age_years),
        _medicines(facts),
        _on_board(facts),
        _named("falls.given", "Given in this visit", facts.given, mark="W"),
        _ketamine(facts),
        _named("falls.now", "In this visit", facts.now),
        _named("falls.earlier", "In an earlier visit", facts.earlier),
        _fell(facts.fell),
    )


def may_note(done: Sequence[str], walks_with: str, fell: str) -> Verdict:
    """Known measures, a known answer, and at least one of them; who walks beside the person wants no more than a name."""
    if any(each not in MEASURES for each in done):
        return Verdict.of(Finding.unmet("done", "This is not one of the measures of this list."))
    if fell not in FELL:
        return Verdict.of(Finding.unmet("fell", "Say yes or no, or leave it open."))
    if not done and not walks_with.strip() and not fell:
        return Verdict.of(Finding.unknown("done", "Choose what is done, name who walks with the person, or answer the question about falls."))
    return Verdict.of(Finding.met("done"))


def _age(years: int | None) -> Finding:
    item = "falls.age"
    if years is None:
        return Finding.unknown(item, "The age is not known.", source=STEADI, mark="W")
    if years >= OLDER_FROM_YEARS:
        return Finding.unmet(item, f"{years} years old.", source=STEADI, mark="W")
    return Finding.met(item, f"{years} years old.")


def _medicines(facts: FallFacts) -> Finding:
    item = "falls.medicines"
    if facts.taken:
        return Finding.unmet(item, f"Sedating, taken before the visit: {', '.join(facts.taken)}.", source=BEERS, mark="W")
    if facts.not_said:
        sentence = f"Sedating and on the list, whether taken today is not recorded: {', '.join(facts.not_said)}."
        return Finding.unknown(item, sentence, source=BEERS, mark="W")
    if not facts.medicines_read:
        return Finding.unknown(item, "Nobody went through the list of medicines.", source=BEERS, mark="W")
    held = f" Held today: {', '.join(facts.held)}." if facts.held else ""
    return Finding.met(item, f"No sedating medicine taken today.{held}")


def _on_board(facts: FallFacts) -> Finding:
    item = "falls.on_board"
    if facts.on_board:
        return Finding.unmet(item, f"On board: {'; '.join(facts.on_board)}.", mark="J")
    if not facts.substances_asked:
        return Finding.unknown(item, "Alcohol and other substances: not asked today.", mark="J")
    return Finding.met(item, "No alcohol or other substance said.")


def _ketamine(facts: FallFacts) -> Finding:
    item = "falls.ketamine"
    if facts.ketamine_given and not facts.walks_steadily:
        return Finding.unmet(item, "Ketamine given, and nobody has seen steady walking since.", mark="J")
    return Finding.met(item, "Seen to walk steadily since the dose." if facts.ketamine_given else "No ketamine given yet.")


def _named(item: str, when: str, said: Sequence[str], *, mark: str = "J") -> Finding:
    if said:
        return Finding.unmet(item, f"{when}: {', '.join(said)}.", source=BEERS if mark == "W" else "", mark=mark)
    return Finding.met(item, f"{when}: nothing on record.")


def _fell(fell: str) -> Finding:
    item = "falls.fell"
    if fell == "yes":
        return Finding.unmet(item, "Fell in the last twelve months.", source=STEADI, mark="W")
    if fell == "no":
        return Finding.met(item, "No fall in the last twelve months.")
    return Finding.unknown(item, "Nobody asked about falls in the last twelve months.", source=STEADI, mark="W")
