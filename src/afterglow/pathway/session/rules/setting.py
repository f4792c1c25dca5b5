"""Set and setting of a dose: the intention of the day, music, light, eyeshade, and who is in the room (S83, S84; H43).  Pure.

It is noted by hand and lets nothing begin or end.  Who is in the room and was not noted is "not noted", never nobody.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from afterglow.science.verdict import Finding, Verdict

EYESHADE: Final[Mapping[str, str]] = {"on": "eyeshade on", "off": "eyeshade off", "none": "no eyeshade wanted"}
LONGEST: Final = 300
TWO: Final = 2
"""Two members of staff, so that nobody is alone with somebody under the drug (J)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """As it is now.  `here`: members of staff by name; `others`: anybody else, in words."""

    intention: str = ""
    music: str = ""
    light: str = ""
    eyeshade: str = ""
    here: tuple[str, ...] = ()
    others: str = ""

    @property
    def about(self) -> tuple[str, ...]:
        """How the room is, in words; what was left open is not there."""
        told = {"Intention": self.intention, "Music": self.music, "Light": self.light, "Also there": self.others}
        shade = (EYESHADE[self.eyeshade].capitalize(),) if self.eyeshade else ()
        return (*(f"{name}: {text}" for name, text in told.items() if text), *shade)

    @property
    def parts(self) -> tuple[str, ...]:
        """The same with who of staff is in the room."""
        return (*((f"In the room: {', '.join(self.here)}",) if self.here else ()), *self.about)


def may_note(setting: Setting, *, unknown_staff: Sequence[str] = ()) -> Verdict:
    """Something is said, with known answers, by people of the site."""
    if unknown_staff:
        return Verdict.of(Finding.unmet("here", "Somebody who was chosen is not on site today."))
    if setting.eyeshade and setting.eyeshade not in EYESHADE:
        return Verdict.of(Finding.unmet("eyeshade", "This is not one of the answers."))
    if not setting.parts:
        return Verdict.of(Finding.unknown("here", "Say who is in the room, or how the room is."))
    return Verdict.of(Finding.met("here"))


def company(setting: Setting | None) -> Finding:
    """Is somebody alone with the person?  A statement for the room; it holds nothing."""
    item = "setting.company"
    if setting is None or not setting.here:
        return Finding.unknown(item, "Who of staff is in the room: not noted.", mark="J")
    if len(setting.here) < TWO:
        return Finding.unmet(item, f"Of staff only {setting.here[0]} is noted in the room.", mark="J")
    return Finding.met(item, f"In the room: {', '.join(setting.here)}.", mark="J")
