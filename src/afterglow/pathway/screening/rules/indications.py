"""What is a person treated for?  The library's list, and what each entry means for screening, plan and consent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from afterglow.science.verdict import Finding

FIRST: Final = "trd"  # what a case was opened for before there was a choice, and the first of the list


@dataclass(frozen=True, slots=True, kw_only=True)
class Indication:
    """One thing that people are treated for.

    `in_words` as it stands inside a sentence; `rule` is the rule of entry and `off_label` what is approved, each with its mark.  `protocols`:
    what a plan may be made from, the usual one first; empty: nobody is treated for it here yet, and `why_none` says why.  `programmes` state how it
    is treated, `measures` are the instruments asked before the decision, `primary` the one by which response is judged ("" when the library has none).
    """

    id: str
    version: int
    order: int
    title: str
    why: str
    in_words: str
    rule: str
    rule_mark: str
    off_label: str
    off_label_mark: str
    protocols: tuple[str, ...]
    why_none: str
    programmes: tuple[str, ...]
    primary: str
    measures: tuple[str, ...]
    missing: str
    status: str

    @property
    def is_offered(self) -> bool:
        return bool(self.protocols)


def indication_from(content: Mapping[str, Any]) -> Indication:
    """A checked library file of kind `indications` as a value."""
    return Indication(
        id=content["id"],
        version=content["version"],
        order=content["order"],
        title=content["title"],
        why=content["why"],
        in_words=content["in_words"],
        rule=content["rule"]["says"],
        rule_mark=content["rule"]["mark"],
        off_label=content["off_label"]["says"],
        off_label_mark=content["off_label"]["mark"],
        protocols=tuple(content["protocols"]),
        why_none=content.get("why_none", ""),
        programmes=tuple(content["programmes"]),
        primary=content["measures"]["primary"] or "",
        measures=tuple(content["measures"]["baseline"]),
        missing=content["measures"].get("missing", ""),
        status=content["status"],
    )


def in_order(indications: Iterable[Indication]) -> tuple[Indication, ...]:
    """As the list shows them."""
    return tuple(sorted(indications, key=lambda each: (each.order, each.id)))


def may_be_chosen(indication: str, known: Iterable[Indication]) -> Finding:
    """May a person be screened for this: is it in the library, and is there a protocol for it?"""
    item = "indication.chosen"
    found = next((each for each in known if each.id == indication), None)
    if found is None:
        return Finding.unmet(item, "The library has no such indication.", lifted_by="nobody")
    if not found.is_offered:
        return Finding.unmet(item, f"{found.title} cannot be treated here yet. {found.why_none}", lifted_by="nobody")
    return Finding.met(item)


def is_planned_by(indication: Indication | None, protocol: str) -> Finding:
    """Is this protocol one for what screening cleared the person for?  None: no decision is on file."""
    item = "plan.indication"
    if indication is None:
        return Finding.unknown(item, "Nobody has decided what this person is treated for.", lifted_by="nobody")
    if protocol not in indication.protocols:
        sentence = f"Screening cleared this person for {indication.in_words}; this protocol is for something else."
        return Finding.unmet(item, sentence, lifted_by="nobody", who="Choose a protocol for it, or screen the person for what is meant.")
    return Finding.met(item, f"Cleared for {indication.in_words}.")
