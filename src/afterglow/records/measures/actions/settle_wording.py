"""In which words a form is answered: settled by the first answer that is kept, and the same for the whole form."""

from __future__ import annotations

from uuid import UUID

from afterglow.ground.access.actor import Actor
from afterglow.ground.errors import Refusal
from afterglow.records.measures.models import Assignment
from afterglow.records.measures.queries import Paper, paper_of
from afterglow.records.measures.queries.translations import chosen, offered


def settled(row: Assignment, wording: UUID | None, by: Actor) -> Paper:
    """The paper in the words that were shown (`wording`: the translation's key; None: the file's own), put down in `row` for the caller to save.

    Raises Refusal `measures.other_wording`, `measures.no_such_wording`.
    """
    if row.begun:
        if row.translation_id != wording:
            raise Refusal(
                "measures.other_wording",
                "These questions were begun in another language since you opened them.",
                "Load the page again: it shows them in the language in which they were begun.",
            )
        return paper_of(row.instrument_id, wording)
    own = paper_of(row.instrument_id)
    paper = own if wording is None else chosen(own, wording, offered(own, by.clinic_id))
    if paper is None:
        raise Refusal("measures.no_such_wording", "This translation is not in use any more.", "Load the page again.")
    row.translation_id = paper.translation_id
    return paper
