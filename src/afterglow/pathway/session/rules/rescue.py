"""What is known against a drug that is given in the room, in words: shown before it is given, kept with the entry, never in the way (safety 32)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from afterglow.science.criteria.interpreter import Facts
from afterglow.science.interactions.matching import Interaction, Level, rescue_check
from afterglow.science.interactions.names import Names, recognise


@dataclass(frozen=True, slots=True, kw_only=True)
class Against:
    """One interaction that is listed for a drug and this person: how grave, and what to know."""

    level: Level
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RescueChecked:
    """A drug against this person's medicines and conditions, the gravest first; `not_checked`: what could not be looked up, in words."""

    drug: str
    against: tuple[Against, ...] = ()
    not_checked: tuple[str, ...] = ()

    @property
    def sentences(self) -> tuple[str, ...]:
        return (*(f"{each.level.capitalize()}: {each.sentence}" for each in self.against), *self.not_checked)


def kit(interactions: Sequence[Interaction]) -> tuple[str, ...]:
    """Every drug that the library lists interactions of giving for, by name."""
    return tuple(sorted({drug for row in interactions for drug in row.given}))


def checked(
    drug: str,
    medicines: Sequence[str],
    *,
    list_asked: bool,
    facts: Facts,
    interactions: Sequence[Interaction],
    names: Names,
    labels: Mapping[str, str],
    allergies: Sequence[str] | None = (),
) -> RescueChecked:
    """`list_asked` False: nobody went through the list, `medicines` are those given here.  `labels`: what a fact that nobody asked is called.

    Nothing listed is an empty answer for a drug of the library; any other drug is "not checked", and so is each medicine that no name fits.
    `allergies`: substances as they were told, None when nobody asked; an allergy to the drug comes first, one that no name fits is "not checked".
    """
    generics = set(recognise(drug, names).generics)
    allergic, unsure = _allergies(drug, generics, allergies, names)
    if not any(row.given & generics for row in interactions):
        return RescueChecked(drug=drug, against=allergic, not_checked=(f"{drug}: not checked, nothing is listed about giving it.", *unsure))
    found = rescue_check(drug, medicines, route="iv", facts=facts, interactions=interactions, names=names)
    against = (*allergic, *(Against(level=match.level, sentence=_named(match.sentence, labels)) for match in found))
    unknown = [text for text in medicines if (seen := recognise(text, names)).left_over or not seen.generics]
    unasked = () if list_asked else ("This person's medicines: not checked, nobody asked for the list.",)
    return RescueChecked(
        drug=drug, against=against, not_checked=(*unasked, *(f"{text}: not checked, no match by name." for text in unknown), *unsure)
    )


def _allergies(drug: str, generics: set[str], allergies: Sequence[str] | None, names: Names) -> tuple[tuple[Against, ...], tuple[str, ...]]:
    """What is an allergy to this drug, and what could not be told to be none.  A substance with the drug's name in it is one, however written."""
    if allergies is None:
        return (), ("Allergies: not checked, nobody asked for them.",)
    against: list[Against] = []
    unsure: list[str] = []
    for text in allergies:
        seen = recognise(text, names)
        if generics & set(seen.generics) or drug.strip().lower() in text.lower():
            against.append(Against(level="contraindicated", sentence=f"Allergy on record: {text}."))
        elif seen.left_over or not seen.generics:
            unsure.append(f"Allergy to {text}: not checked, no match by name.")
    return tuple(against), tuple(unsure)


def _named(sentence: str, labels: Mapping[str, str]) -> str:
    for key, label in labels.items():
        sentence = sentence.replace(key, label)
    return sentence
