"""The facts that criteria may ask for: what is asked, of whom, and what an answer may be.

The screening form is generated from this catalogue (library file `codes/screening_facts`), so a criterion cannot ask for
something that no form ever collects.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from afterglow.science.criteria.interpreter import Fact

Kind = Literal["yes_no", "date", "number", "choice", "text"]
AskedOf = Literal["staff", "measured", "computed"]


class BadFact(ValueError):
    """An answer that the catalogue does not allow: `key`, and the sentence for the field."""

    def __init__(self, key: str, sentence: str) -> None:
        super().__init__(f"{key}: {sentence}")
        self.key = key
        self.sentence = sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One fact: `label` names it in sentences, `ask` is the question on the form.

    `asked_of`: staff answer it on the form, it is measured (scores, pressures, laboratory, the person's age), or it is computed by
    the rules.  `with_interaction` names the interaction that makes the question necessary, "" for always.
    """

    key: str
    group: str
    label: str
    ask: str
    kind: Kind
    asked_of: AskedOf
    unit: str
    choices: Mapping[str, str]
    lowest: Decimal | None
    highest: Decimal | None
    private: bool
    with_interaction: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """Groups in the order of the page (id to title) and facts in the order of the form."""

    groups: Mapping[str, str]
    facts: Mapping[str, Asked]

    @property
    def labels(self) -> dict[str, str]:
        return {key: asked.label for key, asked in self.facts.items()}

    def on_the_form(self, group: str) -> tuple[Asked, ...]:
        """What staff are asked in one group."""
        return tuple(asked for asked in self.facts.values() if asked.group == group and asked.asked_of == "staff")


def catalogue_from(content: Mapping[str, Any]) -> Catalogue:
    """The library file `codes/screening_facts` as a value.  Raises BadFact for a key given twice or a group that is not there."""
    groups = {group["id"]: group["title"] for group in content["groups"]}
    facts: dict[str, Asked] = {}
    for entry in content["facts"]:
        key = entry["key"]
        if key in facts:
            raise BadFact(key, "This fact is in the catalogue twice.")
        if entry["group"] not in groups:
            raise BadFact(key, f"There is no group {entry['group']}.")
        facts[key] = Asked(
            key=key,
            group=entry["group"],
            label=entry["label"],
            ask=entry["ask"],
            kind=entry["kind"],
            asked_of=entry["asked_of"],
            unit=entry.get("unit", ""),
            choices=dict(entry.get("choices", {})),
            lowest=Decimal(str(entry["lowest"])) if "lowest" in entry else None,
            highest=Decimal(str(entry["highest"])) if "highest" in entry else None,
            private=entry.get("private", False),
            with_interaction=entry.get("with_interaction", ""),
        )
    return Catalogue(groups=groups, facts=facts)


def read_facts(catalogue: Catalogue, answers: Mapping[str, object]) -> dict[str, Fact]:
    """Answers from a form or a stored decision as facts.  None, "" and "unknown" are unknown and left out.

    Yes/no answers are true, false, "yes" or "no"; dates are dates or ISO texts; numbers keep their digits.
    Raises BadFact for a key that is not in the catalogue and for an answer of the wrong kind, out of bounds or not on offer.
    """
    facts: dict[str, Fact] = {}
    for key, answer in answers.items():
        if key not in catalogue.facts:
            raise BadFact(key, "This question is not in the catalogue.")
        if answer is not None and answer not in ("", "unknown"):
            facts[key] = _READERS[catalogue.facts[key].kind](catalogue.facts[key], answer)
    return facts


def stored_facts(facts: Mapping[str, Fact]) -> dict[str, bool | str | int | None]:
    """Facts as plain JSON values, so that a stored decision can be read back by `read_facts` and judged again."""
    return {key: value if isinstance(value, bool | int | None) else str(value) for key, value in facts.items()}


def _yes_no(asked: Asked, answer: object) -> Fact:
    if isinstance(answer, bool):
        return answer
    if answer not in ("yes", "no"):
        raise BadFact(asked.key, "Answer yes, no or unknown.")
    return answer == "yes"


def _date(asked: Asked, answer: object) -> Fact:
    if type(answer) is date:
        return answer
    try:
        read = date.fromisoformat(answer) if isinstance(answer, str) else None
    except ValueError:
        read = None
    if read is None or read.isoformat() != answer:  # week dates and dates without hyphens are not taken
        raise BadFact(asked.key, "Give a date, such as 2026-03-04.")
    return read


def _number(asked: Asked, answer: object) -> Fact:
    try:
        number = Decimal("NaN") if isinstance(answer, bool) else Decimal(str(answer).strip())
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise BadFact(asked.key, "Give a number.")
    if (asked.lowest is not None and number < asked.lowest) or (asked.highest is not None and number > asked.highest):
        raise BadFact(asked.key, f"Check the number: {number} {asked.unit} is outside {asked.lowest} to {asked.highest}.")
    return number


def _choice(asked: Asked, answer: object) -> Fact:
    if not isinstance(answer, str) or answer not in asked.choices:
        raise BadFact(asked.key, f"Choose one of: {', '.join(asked.choices.values())}.")
    return answer


def _text(asked: Asked, answer: object) -> Fact:
    if not isinstance(answer, str):
        raise BadFact(asked.key, "Give a text.")
    return answer


_READERS = {"yes_no": _yes_no, "date": _date, "number": _number, "choice": _choice, "text": _text}
