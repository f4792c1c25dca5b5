"""What was asked at a contact: the five questions of the suicide interview, answered no unless a test says otherwise."""

from __future__ import annotations

from afterglow.records.measures.rules.contact import AskedAtContact, ContactFacts
from afterglow.science.scoring.instrument import Answer

QUESTIONS = ("wish_to_be_dead", "thoughts", "method", "intent_or_plan", "act_or_preparation")
NOT_NOW = "Tired after the talk; asked by link tomorrow."


def five(why_not_asked: str = "", why_no_scale: str = NOT_NOW, **other: Answer) -> AskedAtContact:
    """Five times no, but for the answers that are named."""
    return AskedAtContact(said=dict.fromkeys(QUESTIONS, 0) | other, why_not_asked=why_not_asked, why_no_scale=why_no_scale)


def facts(asked: AskedAtContact | None = None, *, spoken: bool = True, due: bool = False) -> ContactFacts:
    """A contact as the rules see it; nobody spoken to means that nothing was asked."""
    return ContactFacts(
        spoken=spoken, questions=QUESTIONS, asked=asked or (five() if spoken else AskedAtContact(said={})), scale="PHQ-9", scale_due=due
    )  # fmt: skip


def five_form(**other: str) -> dict[str, str]:
    """The same as a form sends it."""
    return {f"asked_{name}": "0" for name in QUESTIONS} | other
