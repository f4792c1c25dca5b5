"""What the medicine list means for today's dose: taken from the interaction list by name, never milder than it says (hazard H39)."""

from __future__ import annotations

from collections.abc import Collection

from afterglow.pathway.session.rules.gate_facts import TWO
from afterglow.science.interactions.matching import Checked, Match
from afterglow.science.verdict import Finding, Verdict


def to_be_held(checked: Checked) -> tuple[str, ...]:
    """The medicines as written on the list that an interaction says to hold before a dose."""
    names = {name for match in checked.at("hold") for name in match.medicines}
    return tuple(medicine.text for medicine in checked.medicines if names.intersection(medicine.generics))


def interactions(checked: Checked, *, seen_at_screening: Collection[str]) -> Verdict:
    """Contraindicated is never lifted; high asks for two signatures where the prescriber has not seen the medicine; what is held is asked one by one.

    `seen_at_screening`: texts of the list that were on it when the screening decision was made.
    """
    new = {generic for medicine in checked.medicines if medicine.text not in seen_at_screening for generic in medicine.generics}
    found = [
        *(_contraindicated(match) for match in checked.at("contraindicated")),
        *(_high(match, seen=not new.intersection(match.medicines)) for match in checked.at("high")),
    ]
    return Verdict.of(*(found or [Finding.met("interactions", "No grave interaction is listed for the medicines that are known.")]))


def _contraindicated(match: Match) -> Finding:
    item, source, mark = f"interactions.{match.interaction.id}", match.interaction.source, match.interaction.mark
    return Finding.unmet(item, f"Contraindicated: {match.sentence}", source=source, mark=mark, lifted_by="nobody")


def _high(match: Match, *, seen: bool) -> Finding:
    item, source, mark = f"interactions.{match.interaction.id}", match.interaction.source, match.interaction.mark
    if seen:
        return Finding.met(item, f"Known at screening: {match.sentence}", source=source, mark=mark)
    return Finding.unmet(item, f"New since screening: {match.sentence}", source=source, mark=mark, lifted_by="two_signatures", who=TWO)
