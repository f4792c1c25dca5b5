"""Medicine names as people write them, found by generic name, by well-known brand, and by RxNorm or ATC code.

A text is cut into words; every known name in it counts (a combination has several).  A direction ("with food", "after meals") names
no substance, whatever stands in it.  What is left over and is no dose, form or salt is named as not recognised, so that nothing is
passed over in silence.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

Words = tuple[str, ...]
RXNORM: Final = "rxnorm"
_LONGEST_CODE: Final = 2
_APART = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """`generics` maps the words of any spelling to the generic name; `noise` are words, `directions` phrases that name no substance.

    `codes` maps a code as it is typed ("RxNorm 7804", "N02AA05") to the generic name; it is kept apart, because a code with a slip is
    another code: nothing is offered for it.
    """

    generics: Mapping[Words, str]
    noise: frozenset[str]
    directions: frozenset[Words] = frozenset()
    codes: Mapping[Words, str] = field(default_factory=dict)

    @property
    def longest(self) -> int:
        return max((len(words) for words in self.generics), default=0)

    def of(self, words: Words) -> str | None:
        """The generic name for a spelling or a code, None when nobody knows it."""
        return self.generics.get(words) or self.codes.get(words)

    def codes_of(self, generic: str) -> tuple[str, ...]:
        """'RxNorm 7804', 'ATC N02AA05': the codes that a source confirms; none is no fault of the medicine."""
        known = (words for words, name in self.codes.items() if name == generic)
        return tuple(f"RxNorm {words[1]}" if words[0] == RXNORM else f"ATC {words[0].upper()}" for words in known)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognised:
    """What a text names: generic names in the order found, and the words that nothing explains."""

    text: str
    generics: tuple[str, ...]
    left_over: tuple[str, ...]


def words_of(text: str) -> Words:
    """Lower-case plain words: accents, apostrophes and punctuation gone ("St. John's-wort" is st johns wort)."""
    plain = unicodedata.normalize("NFKD", text.casefold()).replace("'", "").replace("\u2019", "")
    return tuple(word for word in _APART.split("".join(sign for sign in plain if not unicodedata.combining(sign))) if word)


def names_from(content: Mapping[str, Any], also: Iterable[str] = ()) -> Names:
    """The library file `codes/medicine_names` as a value; `also` are generic names known from elsewhere (interactions, classes).

    Raises ValueError when one spelling or code stands for two generics, or a spelling for a medicine and a direction.
    """
    generics: dict[Words, str] = {words_of(name): name for name in also}
    for entry in content["medicines"]:
        for spelling in (entry["generic"], *entry["also"]):
            words = words_of(spelling)
            if generics.setdefault(words, entry["generic"]) != entry["generic"]:
                raise ValueError(f"{spelling!r} stands for {generics[words]} and for {entry['generic']}.")
    directions = frozenset(words_of(phrase) for phrase in content.get("directions", ()))
    if clash := sorted(" ".join(words) for words in directions if words in generics):
        raise ValueError(f"{clash[0]!r} is a medicine and a direction.")
    return Names(generics=generics, noise=frozenset(content["noise"]), directions=directions, codes=_codes(content["medicines"]))


def _codes(entries: Iterable[Mapping[str, Any]]) -> dict[Words, str]:
    found: dict[Words, str] = {}
    for entry in entries:
        told = [f"{RXNORM} {entry['rxnorm']}"] if entry.get("rxnorm") else []
        for words in map(words_of, (*told, *entry.get("atc", ()))):
            if found.setdefault(words, entry["generic"]) != entry["generic"]:
                raise ValueError(f"The code {' '.join(words)!r} stands for {found[words]} and for {entry['generic']}.")
    return found


def recognise(text: str, names: Names) -> Recognised:
    """Every known name in the text, the longest first at each place; a direction is passed over whole."""
    words, found, left_over, place = words_of(text), [], [], 0
    while place < len(words):
        if directed := _direction_length(words, place, names):
            place += directed
            continue
        length, generic = _known(words, place, names)
        if generic is not None:
            found.append(generic)
        elif not _is_noise(words[place], names):
            left_over.append(words[place])
        place += max(length, 1)
    return Recognised(text=text, generics=tuple(dict.fromkeys(found)), left_over=tuple(left_over))


def _known(words: Words, place: int, names: Names) -> tuple[int, str | None]:
    for length in range(min(max(names.longest, _LONGEST_CODE), len(words) - place), 0, -1):
        if (generic := names.of(words[place : place + length])) is not None:
            return length, generic
    return 0, None


def _direction_length(words: Words, place: int, names: Names) -> int:
    return max((len(phrase) for phrase in names.directions if words[place : place + len(phrase)] == phrase), default=0)


def _is_noise(word: str, names: Names) -> bool:
    """A number, a number with its unit ("50mg"), or a listed word such as tablet, daily, hydrochloride."""
    return word in names.noise or re.sub(r"^\d+", "", word) in names.noise or word.isdigit()
