"""What is published, read from its library file, and the clinic's own figures that stand beside it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from afterglow.pathway.registry.rules.counting import Figures, Group
from afterglow.pathway.registry.rules.hundred import Hundred, hundred
from afterglow.science.outcomes.proportion import Proportion

# id -> (point, group, share, what a patient reads).  "finished" is the share that had all its infusions.
OWN: dict[str, tuple[str, Group, str, str]] = {
    "before_second_lower": ("before_second", "started", "lower", "scored lower at all before their second drip"),
    "before_second_response": ("before_second", "started", "response", "felt much better before their second drip"),
    "end_of_course_response": ("end_of_course", "started", "response", "felt much better at the end of the course"),
    "end_of_course_remission": ("end_of_course", "started", "remission", "were well again at the end of the course"),
    "one_month_response": ("one_month", "started", "response", "felt much better a month after the last drip"),
    "lasting_started": ("lasting", "started", "lasting", "stayed much better for three months after the last drip"),
    "lasting_finished": ("lasting", "finished", "lasting", "finished the course and stayed much better for three months"),
}
FINISHED = "finished"
COMPARATOR: Final = "comparison group"
NO_COMPARISON: Final = "There was no group without treatment to compare with."
"""Stands at every figure of a clinic, and no file can leave it out (S114)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a file is about: a case's indication, a route (iv, im, sc, sublingual, oral, nasal), both in words, and the programmes that treat so."""

    indication: str
    route: str
    in_words: str
    programmes: tuple[str, ...]


FIRST: Final = About(indication="trd", route="iv", in_words="depression that other treatments have not helped, by drip", programmes=())
"""What a file is about that does not say it: the first one, which the registry's own figures can stand beside."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    id: str
    citation: str
    doi: str
    mark: str
    note: str

    @property
    def short(self) -> str:
        """'Han 2016': enough to find it in the list below."""
        name = re.split(r"[,(]|\bet al\b|\s[A-Z]{1,3}\b|\s\d", self.citation)[0].strip()
        year = re.search(r"\b(?:19|20)\d\d\b", self.citation)
        return f"{name} {year[0]}" if year else name


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """One figure of one study, drawn as a hundred people.  `arm`: which group of its trial it is, "" where it is not one of two."""

    id: str
    who: str
    what: str
    when: str
    people: str
    mark: str
    study: Study
    hundred: Hundred
    arm: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """One figure of this clinic.  `hundred` None: too few people, or nobody with a score, and nothing is shown."""

    id: str
    what: str
    proportion: Proportion
    least: int
    missing: int
    hundred: Hundred | None

    @property
    def sentence(self) -> str:
        if self.hundred is None and self.proportion.may_be_shown(self.least):
            return "Nobody has answered at that time, so nothing is known."
        if self.hundred is None:
            return f"Too few to show: fewer than {self.least} people have got that far."
        gave_none = f" {self.missing} of them gave no answer and count as not better." if self.missing else ""
        return f"{self.proportion.in_words(self.least)}.{gave_none}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    text: str
    mark: str
    studies: tuple[Study, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    id: str
    title: str
    paragraphs: tuple[Paragraph, ...]
    published: tuple[Published, ...]
    own: tuple[Own, ...]

    @property
    def not_compared(self) -> str:
        return NO_COMPARISON if self.own else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    said: str
    found: str
    verdict: str
    mark: str
    studies: tuple[Study, ...]
    own: tuple[Own, ...]

    @property
    def not_compared(self) -> str:
        return NO_COMPARISON if self.own else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectations:
    not_a_prediction: str
    about: About
    warnings: tuple[Paragraph, ...]
    sections: tuple[Section, ...]
    claims: tuple[Claim, ...]
    studies: tuple[Study, ...]

    @property
    def drawn(self) -> bool:
        """Somebody is drawn as one of a hundred."""
        return any(section.published for section in self.sections)


def expectations_from(content: Mapping[str, Any], figures: Figures | None) -> Expectations:
    """The page's content; `figures` None: no clinic is meant, and only what is published is shown.

    Raises KeyError for a name that is not there; ValueError where a comparison group would stand in one section with figures of a clinic.
    """
    studies = {row["id"]: _study(row) for row in content["sources"]}
    arms = arms_of(content)
    published = {row["id"]: _published(row, studies, arms) for row in content["figures"]}
    for row in content["sections"]:
        if row["own"] and any(arms.get(name) == COMPARATOR for name in row["figures"]):
            raise ValueError(f"{row['id']}: a comparison group of a trial stands apart from the figures of a clinic")

    def own(names: list[str]) -> tuple[Own, ...]:
        return () if figures is None else tuple(own_figure(name, figures) for name in names)

    return Expectations(
        not_a_prediction=content["not_a_prediction"],
        about=about_of(content),
        warnings=tuple(_paragraph(row, studies) for row in content.get("warnings", ())),
        sections=tuple(
            Section(
                id=row["id"],
                title=row["title"],
                paragraphs=tuple(_paragraph(one, studies) for one in row["paragraphs"]),
                published=tuple(published[name] for name in row["figures"]),
                own=own(row["own"]),
            )
            for row in content["sections"]
        ),
        claims=tuple(
            Claim(
                said=row["said"],
                found=row["found"],
                verdict=row["verdict"],
                mark=row["mark"],
                studies=tuple(studies[name] for name in row["sources"]),
                own=own(row["own"]),
            )
            for row in content["claims"]
        ),
        studies=tuple(studies.values()),
    )


def about_of(content: Mapping[str, Any]) -> About:
    """What an evidence file is about."""
    if "about" not in content:
        return FIRST
    told = content["about"]
    return About(indication=told["indication"], route=told["route"], in_words=told["in_words"], programmes=tuple(told["programmes"]))


def evidence_for(files: Mapping[str, Mapping[str, Any]], indication: str, route: str) -> str | None:
    """Which of the files (id -> content) is about this indication by this route; None: nothing is published in the library about it."""
    return next((name for name, content in files.items() if (about_of(content).indication, about_of(content).route) == (indication, route)), None)


def arms_of(content: Mapping[str, Any]) -> dict[str, str]:
    """Figure -> what it is called as one of the two groups of a trial."""
    pairs = content.get("comparisons", ())
    return {row["treated"]: f"treated group, set against {row['against']}" for row in pairs} | {row["comparator"]: COMPARATOR for row in pairs}


def own_figure(name: str, figures: Figures) -> Own:
    """One figure of the clinic under the name by which the file asks for it.  Raises KeyError for any other name."""
    if name == FINISHED:
        return _own(name, "had all the drips of their plan", figures.finished, figures.least, 0)
    point, group, share, what = OWN[name]
    row = figures.row(point, group)
    return _own(name, what, row.share(share), figures.least, row.missing)


def _own(name: str, what: str, proportion: Proportion, least: int, missing: int) -> Own:
    fraction, interval = proportion.fraction, proportion.interval
    drawn = None
    if proportion.may_be_shown(least) and missing < proportion.out_of and fraction is not None and interval is not None:
        drawn = hundred(100 * fraction, 100 * interval.low, 100 * interval.high)
    return Own(id=name, what=what, proportion=proportion, least=least, missing=missing, hundred=drawn)


def _study(row: Mapping[str, Any]) -> Study:
    return Study(id=row["id"], citation=row["citation"], doi=row.get("doi", ""), mark=row["mark"], note=row.get("note", ""))


def _published(row: Mapping[str, Any], studies: Mapping[str, Study], arms: Mapping[str, str]) -> Published:
    return Published(
        id=row["id"],
        who=row["who"],
        what=row["what"],
        when=row["when"],
        people=row["people"],
        mark=row["mark"],
        study=studies[row["study"]],
        hundred=hundred(row["percent"], row["low"], row["high"]),
        arm=arms.get(row["id"], ""),
    )


def _paragraph(row: Mapping[str, Any], studies: Mapping[str, Study]) -> Paragraph:
    return Paragraph(text=row["text"], mark=row["mark"], studies=tuple(studies[name] for name in row.get("sources", ())))
