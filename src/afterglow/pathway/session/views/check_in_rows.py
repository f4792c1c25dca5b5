"""How the check-in page is laid out: in each section what is open first, in full; what is answered and met after it, one line each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from afterglow.ground.errors import Refusal
from afterglow.pathway.session.queries.check_in_page import CheckInPage, Line
from afterglow.pathway.session.views.check_in_fields import Fields
from afterglow.science.titles import title_of

OWN_FORM = frozenset({"pressure", "weight", "monitor"})
"""Items with a form of their own, which cannot stand inside the section's."""
OF_OWN_FORM = {"sbp": "pressure", "dbp": "pressure", "value": "weight", "unit": "weight", "confirmed": "weight"}
"""Fields of those forms, to find the question that a refusal belongs to."""
WIDE = frozenset({"values_before", "suicide", "suicide_assessment", "pregnancy", "fasting", "medicines", "escort", "monitor"})
"""Questions with several fields take the whole width."""


@dataclass(frozen=True, slots=True)
class Row:
    """One question with its fields as blank or as typed, and why it was refused where it was."""

    line: Line
    fields: Fields | None
    refusal: Refusal | None
    is_unsaid: bool = False

    @property
    def title(self) -> str:
        """A few words, for the list and the folded line."""
        return title_of(self.line.item) or self.words

    @property
    def words(self) -> str:
        """The question as the library asks it."""
        return self.line.question.question if self.line.question is not None else title_of(self.line.item)

    @property
    def asks_itself(self) -> bool:
        """The fields carry the question as the label of its first field."""
        return self.fields is not None and self.fields.asks_itself

    @property
    def said(self) -> str:
        """What the gate says of a met item that nobody has to answer."""
        return " ".join(finding.sentence for finding in self.line.findings if finding.sentence)

    @property
    def why(self) -> str:
        """Why it was not recorded, without what the heading above already says."""
        if self.refusal is None:
            return ""
        return " ".join(finding.sentence for finding in self.refusal.findings) or self.refusal.sentence

    @property
    def says_why(self) -> bool:
        """No field of the question says it already."""
        return self.refusal is not None and self.line.item not in OWN_FORM and not (self.fields is not None and self.fields.is_wrong)

    @property
    def is_wide(self) -> bool:
        return self.line.item in WIDE

    @property
    def is_open(self) -> bool:
        """Refused just now, not met, not known, or not answered though it is wanted.  Nothing of these is ever folded."""
        return self.refusal is not None or self.line.is_open or self.is_unsaid


@dataclass(frozen=True)
class Section:
    """One part of the page; each list is asked for several times while it is drawn, and made once."""

    name: str
    title: str
    rows: tuple[Row, ...]

    @cached_property
    def open(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if row.is_open)

    @cached_property
    def done(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if not row.is_open)

    @cached_property
    def own_open(self) -> tuple[Row, ...]:
        return tuple(row for row in self.open if row.line.item in OWN_FORM)

    @cached_property
    def asked(self) -> tuple[Row, ...]:
        return tuple(row for row in self.open if row.line.item not in OWN_FORM)

    @cached_property
    def own_settled(self) -> tuple[Row, ...]:
        return tuple(row for row in self.done if row.line.item in OWN_FORM)

    @cached_property
    def settled(self) -> tuple[Row, ...]:
        return tuple(row for row in self.done if row.line.item not in OWN_FORM)


def sections_of(page: CheckInPage, fields: Mapping[str, Fields], refusals: Sequence[Refusal]) -> tuple[Section, ...]:
    """Every line of the page in exactly one section, in the library's order."""
    why = {OF_OWN_FORM.get(refusal.field or "", refusal.field): refusal for refusal in refusals}
    asked = {finding.item: finding for finding in page.gate.verdict}

    def unsaid(line: Line) -> bool:
        """An answer beside a question: the gate may ask for it by its own name; where it does not, it is open until it is given."""
        if line.findings or line.item not in fields:
            return False
        return not asked[line.item].is_met if line.item in asked else line.answer is None

    rows = [Row(line, fields.get(line.item), why.get(line.item), unsaid(line)) for line in page.lines]
    return tuple(Section(name, title, tuple(row for row in rows if row.line.section == name)) for name, title in page.sections)
