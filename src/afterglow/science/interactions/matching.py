"""Which interactions with ketamine a list of medicines has, by name, and which medicines could not be checked.

Matching is by name only and never silent: a medicine without a match is returned as "not checked", a level that depends on a
question not asked yet is shown at the level that the answer could give it, and an interaction that matters little by this route
is shown as such.  Levels: info < caution < high < hold < contraindicated.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any, Final, Literal

from afterglow.science.criteria.interpreter import Condition, Facts, evaluate
from afterglow.science.interactions.names import Names, Recognised, recognise
from afterglow.science.interactions.spelling import Offer, offers

Level = Literal["info", "caution", "high", "hold", "contraindicated"]
Weight = Literal["full", "little", "none"]
LEVELS: Final[tuple[Level, ...]] = ("info", "caution", "high", "hold", "contraindicated")
ROUTES: Final = ("iv", "im", "sc", "sublingual", "oral", "intranasal")


class UnknownRoute(ValueError):
    """The route is not one for which the library says how much an interaction matters."""


class UnknownMedicine(ValueError):
    """The rescue drug is not one that the library knows, so that nothing can be looked up for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interaction:
    """One library file of kind `interactions`.

    `drugs` are generic names, classes already opened.  `together` are groups of which each must be present (opioid and
    benzodiazepine).  `given` are rescue drugs that the clinic may give: such an interaction is looked up only by `rescue_check`.
    `when` is a condition under which it applies without any medicine (rescue only); `raised` a condition that lifts the level.
    """

    id: str
    version: int
    title: str
    level: Level
    drugs: frozenset[str]
    together: tuple[frozenset[str], ...]
    given: frozenset[str]
    when: Condition | None
    raised_when: Condition | None
    raised_to: Level | None
    routes: Mapping[str, Weight]
    effect: str
    size: str
    show: str
    asked: str
    source: str
    mark: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """One interaction found: through which medicines, at which level by this route, and what to show the clinician."""

    interaction: Interaction
    medicines: tuple[str, ...]
    level: Level
    route_says: str
    not_asked: tuple[str, ...]

    @property
    def sentence(self) -> str:
        asked = f" Not asked yet: {', '.join(self.not_asked)}; taken as yes until it is." if self.not_asked else ""
        route = f" {self.route_says}" if self.route_says else ""
        return f"{' with '.join(self.medicines)}: {self.interaction.effect}. {self.interaction.show}.{route}{asked}"


@dataclass(frozen=True, slots=True, kw_only=True)
class MedicineChecked:
    """One medicine as written, with its interactions; `not_checked` says in words what could not be looked up, "" for nothing.

    `did_you_mean` are known names close to a word that nothing explains: to be offered to a person, never taken as said.
    """

    text: str
    generics: tuple[str, ...]
    matches: tuple[Match, ...]
    not_checked: str
    did_you_mean: tuple[Offer, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """The whole list: each medicine in the order given, then what follows from medicines together."""

    route: str
    medicines: tuple[MedicineChecked, ...]
    together: tuple[Match, ...]

    @property
    def matches(self) -> tuple[Match, ...]:
        """Every interaction once with all the medicines it comes from, by name: the gravest first, whatever the order of the list."""
        each: dict[str, Match] = {}
        for match in (match for medicine in self.medicines for match in medicine.matches):
            before = each.get(match.interaction.id, match)
            each[match.interaction.id] = replace(match, medicines=tuple(sorted({*before.medicines, *match.medicines})))
        return tuple(sorted((*each.values(), *self.together), key=lambda match: (-LEVELS.index(match.level), match.interaction.title)))

    def at(self, level: Level) -> tuple[Match, ...]:
        return tuple(match for match in self.matches if match.level == level)

    @property
    def not_checked(self) -> tuple[MedicineChecked, ...]:
        return tuple(medicine for medicine in self.medicines if medicine.not_checked)


def interaction_from(content: Mapping[str, Any], classes: Mapping[str, Iterable[str]]) -> Interaction:
    """A checked library file of kind `interactions`, its classes opened.  Raises KeyError for a class that is not there."""

    def opened(group: Mapping[str, Any]) -> frozenset[str]:
        return frozenset([*group.get("drugs", ()), *(drug for name in group.get("classes", ()) for drug in classes[name])])

    raised = content.get("raised", {})
    for condition in (content.get("when"), raised.get("when")):
        if condition is not None:
            evaluate(condition, {})  # refused when the file is read if it is outside the closed list
    return Interaction(
        id=content["id"],
        version=content["version"],
        title=content["title"],
        level=content["level"],
        drugs=opened(content),
        together=tuple(opened(group) for group in content.get("together", ())),
        given=frozenset(content.get("given", ())),
        when=content.get("when"),
        raised_when=raised.get("when"),
        raised_to=raised.get("to"),
        routes=content["routes"],
        effect=content["effect"],
        size=content["size"],
        show=content["show"],
        asked=content["asked"],
        source="; ".join(source["citation"] for source in content["sources"]),
        mark=content["mark"],
        status=content["status"],
    )


def check(medicines: Sequence[str], *, route: str, facts: Facts, interactions: Sequence[Interaction], names: Names) -> Checked:
    """Interactions of ketamine by `route` with each medicine, and of the medicines together.  Raises UnknownRoute."""
    _known_route(route)
    here = [interaction for interaction in interactions if not interaction.given]
    recognised = [recognise(text, names) for text in medicines]
    each = tuple(_checked(one, route, facts, [item for item in here if not item.together], names) for one in recognised)
    everything = list(dict.fromkeys(generic for one in recognised for generic in one.generics))
    found = ((item, _of_each_group(item, everything)) for item in here if item.together)
    together = tuple(_match(item, present, route, facts) for item, present in found if present)
    return Checked(route=route, medicines=each, together=together)


def rescue_check(
    given: str, medicines: Sequence[str], *, route: str, facts: Facts, interactions: Sequence[Interaction], names: Names
) -> tuple[Match, ...]:
    """May this rescue drug be given to this person?  Interactions with their medicines and conditions, the gravest first.

    A condition that nobody asked about counts as present and says so.  An empty answer means that nothing is listed, not that it is safe.
    Raises UnknownMedicine, UnknownRoute.
    """
    _known_route(route)
    generics = recognise(given, names).generics
    if not generics:
        raise UnknownMedicine(f"{given!r} is not a medicine that the library knows; look it up and record that.")
    taken = list(dict.fromkeys(generic for text in medicines for generic in recognise(text, names).generics))
    matches = []
    for item in interactions:
        met_by = sorted(drug for drug in taken if drug in item.drugs)
        condition = evaluate(item.when, facts) if item.when is not None else None
        if item.given.intersection(generics) and (met_by or (condition is not None and condition.holds is not False)):
            missing = condition.missing if condition is not None and not met_by else ()
            matches.append(_match(item, (given, *met_by), route, facts, not_asked=missing))
    return tuple(sorted(matches, key=lambda match: (-LEVELS.index(match.level), match.interaction.title)))


def asked_every_session(interactions: Sequence[Interaction]) -> tuple[Interaction, ...]:
    """What is asked at each check-in whatever the medicine list says: food, other ketamine, alcohol, cannabis."""
    return tuple(interaction for interaction in interactions if interaction.asked == "every_session")


def _known_route(route: str) -> None:
    if route not in ROUTES:
        raise UnknownRoute(f"{route!r} is not a route that the library knows; there are {', '.join(ROUTES)}.")


def _checked(one: Recognised, route: str, facts: Facts, interactions: Sequence[Interaction], names: Names) -> MedicineChecked:
    matches = []
    for interaction in interactions:
        present = tuple(generic for generic in one.generics if generic in interaction.drugs)
        if present:
            matches.append(_match(interaction, present, route, facts))
    matched = {generic for match in matches for generic in match.medicines}
    meant = offers(one.left_over, names)
    return MedicineChecked(text=one.text, generics=one.generics, matches=tuple(matches), not_checked=_not_checked(one, matched), did_you_mean=meant)


def _not_checked(one: Recognised, matched: set[str]) -> str:
    """What of this text no row covers.  A known name without a row counts too: nothing was looked up for it."""
    without_row = [generic for generic in one.generics if generic not in matched]
    if without_row or one.left_over:
        named = ", ".join([*without_row, *one.left_over]) if matched else one.text.strip()
        return f"{named}: not checked, no match by name."
    return "" if matched else f"{one.text.strip() or '(empty line)'}: not checked, no match by name."


def _of_each_group(interaction: Interaction, generics: Sequence[str]) -> tuple[str, ...]:
    """Every medicine of the groups, group by group and by name, when each group has one of its own; otherwise nothing."""
    fitting = [sorted(generic for generic in generics if generic in group) for group in interaction.together]
    if not any(len(set(chosen)) == len(chosen) for chosen in product(*fitting)):
        return ()
    return tuple(dict.fromkeys(generic for group in fitting for generic in group))


def _match(interaction: Interaction, medicines: tuple[str, ...], route: str, facts: Facts, *, not_asked: tuple[str, ...] = ()) -> Match:
    level, missing = interaction.level, not_asked
    if interaction.raised_when is not None and interaction.raised_to is not None:
        answer = evaluate(interaction.raised_when, facts)
        if answer.holds is not False:  # not asked is taken as yes: an unknown never lowers a level
            level, missing = interaction.raised_to, (*missing, *answer.missing)
    weight = interaction.routes[route]
    says = {"full": "", "little": f"Little effect is expected by the {route} route.", "none": f"No effect is expected by the {route} route."}[weight]
    return Match(
        interaction=interaction,
        medicines=medicines,
        level=level if weight == "full" else "info",
        route_says=says,
        not_asked=missing,
    )
