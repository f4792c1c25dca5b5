"""The ledger's arithmetic and its questions.  Pure: a balance is what the movements add up to, never a number that someone keeps.

On the shelf: received + returned - drawn - discarded.  Of one draw: drawn = given + wasted + returned + still open; a draw is closed
when nothing is open.  Amounts are whole micrograms, volumes whole microlitres.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal
from uuid import UUID

from afterglow.science.dosing.amounts import milligrams_text, millilitres_text
from afterglow.science.verdict import Finding, Verdict

What = Literal["received", "drawn", "given", "wasted", "returned", "discarded"]
Parting = Literal["given", "wasted", "returned"]
ADDS: frozenset[What] = frozenset({"received", "returned"})
TAKES: frozenset[What] = frozenset({"drawn", "discarded"})
PARTS: frozenset[What] = frozenset({"given", "wasted", "returned"})
WITNESSED = "a second member of staff who may witness"
ONE_PERSON = "One vial, one person: CDC injection safety, single-dose vials (One and Only campaign); USP 797, opened single-dose containers"
LONGEST_REASON = 200


class ImpossibleLedger(ValueError):
    """Movements that cannot have happened: more left the shelf than lay on it, or more left a draw than it held."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MovementFact:
    """One movement.  `draw`: for given, wasted and returned, the draw it comes from.  `session`: for whom; "" for nobody."""

    id: UUID
    what: What
    amount_ug: int
    volume_ul: int
    draw: UUID | None = None
    session: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawSum:
    """What became of one draw so far."""

    id: UUID
    drawn_ug: int
    drawn_ul: int
    given_ug: int = 0
    wasted_ug: int = 0
    returned_ug: int = 0
    left_ul: int = 0

    @property
    def open_ug(self) -> int:
        return self.drawn_ug - self.given_ug - self.wasted_ug - self.returned_ug

    @property
    def open_ul(self) -> int:
        return self.drawn_ul - self.left_ul

    @property
    def untouched(self) -> bool:
        return self.open_ug == self.drawn_ug


@dataclass(frozen=True, slots=True, kw_only=True)
class LotSum:
    """One lot replayed from its movements: `shelf_ul` after the last, `running_ul` after each, and every draw."""

    shelf_ul: int
    running_ul: tuple[int, ...]
    draws: dict[UUID, DrawSum]


@dataclass(frozen=True, slots=True, kw_only=True)
class Vials:
    """What the shelf of one lot is made of: `unopened_ul`, and in `opened_ul` the rest of what was opened for each session."""

    vial_ul: int
    unopened_ul: int
    opened_ul: Mapping[str, int]

    def drawable_ul(self, session: str) -> int:
        """Microlitres that may be drawn for this session: whole unopened vials, and what is left of a vial opened for it."""
        return self.unopened_ul // self.vial_ul * self.vial_ul + self.opened_ul.get(session, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawFacts:
    """What taking drug from a lot rests on.  `on`: the site's day.  `by`, `witness`: who; None: not a signed-in person, nobody.

    `drawable_ul`: what of the shelf lies in unopened vials or in a vial opened for this session.
    """

    amount_ug: int
    volume_ul: int
    strength_ug_per_ml: int
    shelf_ul: int
    drawable_ul: int
    expires_on: date
    recalled: bool
    on: date
    by: UUID | None
    witness: UUID | None
    witness_may: bool


def replay(movements: Sequence[MovementFact]) -> LotSum:
    """Every movement of one lot in the order in which it was recorded.  Raises ImpossibleLedger."""
    shelf, running, draws = 0, [], dict[UUID, DrawSum]()
    for movement in movements:
        if movement.amount_ug <= 0 or movement.volume_ul < 0:
            raise ImpossibleLedger("A movement moves something.")
        if movement.what in ADDS:
            shelf += movement.volume_ul
        if movement.what in TAKES:
            shelf -= movement.volume_ul
        if movement.what == "drawn":
            draws[movement.id] = DrawSum(id=movement.id, drawn_ug=movement.amount_ug, drawn_ul=movement.volume_ul)
        if movement.what in PARTS:
            if movement.draw not in draws:
                raise ImpossibleLedger(f"{movement.what} from a draw that is not there.")
            draws[movement.draw] = _after(draws[movement.draw], movement)
        if shelf < 0:
            raise ImpossibleLedger("More left the shelf than lay on it.")
        running.append(shelf)
    return LotSum(shelf_ul=shelf, running_ul=tuple(running), draws=draws)


def vials(movements: Sequence[MovementFact], vial_ul: int) -> Vials:
    """The shelf of one lot by vials, from its movements in order: a vial is opened for one session and stays that session's.

    A draw takes what is left of its own vial, then opens whole ones.  What a ledger from before this rule took out of others' vials is
    taken there.  A discard that names a session takes that session's rest; any other takes unopened vials first.
    """
    unopened, opened = 0, dict[str, int]()
    for movement in movements:
        own, session = opened.get(movement.session, 0), movement.session
        if movement.what == "received":
            unopened += movement.volume_ul
        elif movement.what == "returned":
            whole, opened[session] = divmod(own + movement.volume_ul, vial_ul)
            unopened += whole * vial_ul
        elif movement.what == "drawn" and movement.volume_ul > own:
            needed = -(-(movement.volume_ul - own) // vial_ul) * vial_ul
            taken = min(needed, unopened)
            unopened, opened[session] = unopened - taken, own + taken
        if movement.what in TAKES:
            unopened = _taken(unopened, opened, movement)
    return Vials(vial_ul=vial_ul, unopened_ul=unopened, opened_ul={session: rest for session, rest in opened.items() if rest})


def _taken(unopened_ul: int, opened_ul: dict[str, int], movement: MovementFact) -> int:
    """Takes a movement out of its session's rest, then out of unopened vials, then out of the others; what stays unopened."""
    left = movement.volume_ul
    mine = min(left, opened_ul.get(movement.session, 0))
    if mine:
        opened_ul[movement.session] -= mine
    whole = min(left - mine, unopened_ul)
    left -= mine + whole
    for session, rest in opened_ul.items():
        opened_ul[session] = rest - min(left, rest)
        left -= min(left, rest)
    return unopened_ul - whole


def _after(draw: DrawSum, movement: MovementFact) -> DrawSum:
    added = {f"{movement.what}_ug": getattr(draw, f"{movement.what}_ug") + movement.amount_ug}
    later = replace(draw, left_ul=draw.left_ul + movement.volume_ul, **added)
    if later.open_ug < 0 or later.open_ul < 0:
        raise ImpossibleLedger("More left the draw than it held.")
    return later


def volume_of_part(draw: DrawSum, amount_ug: int) -> int:
    """The microlitres of vial strength that go with a part of a draw: its share, rounded down; the last part takes the rest."""
    if amount_ug >= draw.open_ug:
        return draw.open_ul
    return min(draw.open_ul, amount_ug * draw.drawn_ul // draw.drawn_ug)


def may_draw(facts: DrawFacts) -> Verdict:
    """Every reason at once; a missing witness is not met."""
    return Verdict.of(
        lot_may_be_used(recalled=facts.recalled, expires_on=facts.expires_on, on=facts.on),
        amount_is_volume(facts),
        enough_on_shelf(facts.shelf_ul, facts.volume_ul),
        vial_is_its_own(facts),
        witnessed(by=facts.by, witness=facts.witness, witness_may=facts.witness_may),
    )


def lot_may_be_used(*, recalled: bool, expires_on: date, on: date) -> Finding:
    """In date on this day and not recalled (hazard H27).  The last day still counts."""
    item = "draw.usable"
    if recalled:
        return Finding.unmet(item, "This lot is recalled. Take another lot.", lifted_by="nobody")
    if expires_on < on:
        return Finding.unmet(item, f"This lot expired on {expires_on:%d %b %Y}. Take another lot.", lifted_by="nobody")
    return Finding.met(item, f"In date until {expires_on:%d %b %Y}.")


def amount_is_volume(facts: DrawFacts) -> Finding:
    """The amount is the volume at the lot's strength, to the microlitre (hazard H3)."""
    item = "draw.amount"
    if facts.amount_ug <= 0 or facts.volume_ul <= 0:
        return Finding.unknown(item, "How much is drawn is not stated, or is not above zero.")
    apart = abs(facts.volume_ul * facts.strength_ug_per_ml - facts.amount_ug * 1000)
    if apart > facts.strength_ug_per_ml:
        held = facts.volume_ul * facts.strength_ug_per_ml // 1000
        sentence = f"{millilitres_text(facts.volume_ul)} of this lot holds {milligrams_text(held)}, not {milligrams_text(facts.amount_ug)}."
        return Finding.unmet(item, f"{sentence} Check the strength on the vial.", lifted_by="nobody")
    return Finding.met(item, f"{milligrams_text(facts.amount_ug)} in {millilitres_text(facts.volume_ul)}.")


def enough_on_shelf(shelf_ul: int, volume_ul: int) -> Finding:
    item = "draw.stock"
    if volume_ul > shelf_ul:
        sentence = f"The ledger holds {millilitres_text(shelf_ul)} of this lot; {millilitres_text(volume_ul)} is asked for."
        return Finding.unmet(item, f"{sentence} Take another lot, or count this one.", lifted_by="nobody")
    return Finding.met(item, f"{millilitres_text(shelf_ul)} on the shelf.")


def vial_is_its_own(facts: DrawFacts) -> Finding:
    """A vial opened for one session is never drawn from for another (hazard H27); asked only where the shelf holds enough at all."""
    item = "draw.vial"
    if facts.drawable_ul < facts.volume_ul <= facts.shelf_ul:
        sentence = (
            f"{millilitres_text(facts.drawable_ul)} of this lot may be drawn for this person; the rest lies in vials opened for others, "
            "and a vial is for one person. Take another lot, and discard what is left in the opened vials."
        )
        return Finding.unmet(item, sentence, source=ONE_PERSON, mark="W", lifted_by="nobody")
    return Finding.met(item, source=ONE_PERSON, mark="W")


def may_discard_rest(held: Vials, session: str, volume_ul: int) -> Finding:
    """What is discarded from a session's opened vial is no more than what is left in it.  A discard for no session is not asked."""
    item, rest = "discard.rest", held.opened_ul.get(session, 0)
    if session and volume_ul > rest:
        sentence = f"{millilitres_text(rest)} is left in the vial opened for this session; {millilitres_text(volume_ul)} is more than that."
        return Finding.unmet(item, sentence, lifted_by="nobody")
    return Finding.met(item)


def witnessed(*, by: UUID | None, witness: UUID | None, witness_may: bool) -> Finding:
    """Two people, of whom the second may witness: nobody wastes or draws alone (hazard H26)."""
    item = "witness"
    if by is None:
        return Finding.unknown(item, "A controlled drug is handled by a person under their own name.", lifted_by="nobody")
    if witness is None:
        return Finding.unknown(item, "A second person has to watch and sign.", who=WITNESSED)
    if witness == by:
        return Finding.unmet(item, "You cannot witness your own step. A second person watches and signs.", who=WITNESSED)
    if not witness_may:
        return Finding.unmet(item, "This person's role does not include witnessing. Ask a nurse or a prescriber.", who=WITNESSED)
    return Finding.met(item)


def may_part(draw: DrawSum, what: Parting, amount_ug: int) -> Finding:
    """May this much of a draw be given, wasted or returned?  Returned is only what was never opened: all of it."""
    item = f"part.{what}"
    if amount_ug <= 0:
        return Finding.unknown(item, "How much is not stated, or is not above zero.")
    if amount_ug > draw.open_ug:
        sentence = (
            f"{milligrams_text(draw.open_ug)} of this draw is still open; {milligrams_text(amount_ug)} is more than that. Check what is charted."
        )
        return Finding.unmet(item, sentence, lifted_by="nobody")
    if what == "returned" and not (draw.untouched and amount_ug == draw.drawn_ug):
        return Finding.unmet(item, "Only an unopened draw goes back to the shelf, whole. Waste what is left.", lifted_by="nobody")
    return Finding.met(item, f"{milligrams_text(amount_ug)} of {milligrams_text(draw.drawn_ug)}.")


def has_reason(reason: str) -> Finding:
    """What leaves the ledger without reaching a person says why."""
    item = "reason"
    if not reason.strip():
        return Finding.unknown(item, "No reason is written. Write it in a few words.")
    if len(reason.strip()) > LONGEST_REASON:
        return Finding.unmet(item, f"The reason is longer than {LONGEST_REASON} characters. Shorten it.")
    return Finding.met(item)


def count_is_explained(expected_ul: int, found_ul: int, note: str) -> Finding:
    """A count that differs from the ledger says what was done about it."""
    item = "count.note"
    if found_ul < 0:
        return Finding.unknown(item, "What was found is not stated.")
    if found_ul != expected_ul and not note.strip():
        sentence = (
            f"The ledger says {millilitres_text(expected_ul)}; {millilitres_text(found_ul)} was found. Count again; if it stays, write what you know."
        )
        return Finding.unmet(item, sentence)
    return Finding.met(item)


def draws_agree(draw: DrawSum, charted_ug: int | None) -> Finding:
    """The day's match of one draw: nothing open, and what the ledger calls given is what was charted (None: not compared here)."""
    item = "match"
    if draw.open_ug:
        return Finding.unmet(item, f"{milligrams_text(draw.open_ug)} is neither given, wasted nor returned.")
    if charted_ug is not None and charted_ug != draw.given_ug:
        return Finding.unmet(item, f"The chart says {milligrams_text(charted_ug)} was given, the ledger {milligrams_text(draw.given_ug)}.")
    return Finding.met(item, "Given, wasted and returned add up to what was drawn.")
