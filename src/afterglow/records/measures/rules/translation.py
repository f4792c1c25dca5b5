"""Does a wording in another language fit its questionnaire, whose word is it that it was validated, and which one is a reader served?  Pure (N44)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from afterglow.ground import languages
from afterglow.records.measures import rules
from afterglow.records.measures.rules import Line
from afterglow.science.scoring.instrument import Instrument
from afterglow.science.verdict import Finding, Verdict

Worded = Literal["own", "validated", "not_validated"]
"""Whose words were shown: the file's own (or the clinic's own text of it), a validated translation, or one that is not known to be validated."""
POOLED: tuple[Worded, ...] = ("own", "validated")
"""Scores that may be counted together.  Judgement (J): a translation counts with the original when a study of it is named."""
BESIDE = ("recall", "ask_also")
"""What some questions say beside their text; it is worded too where the questionnaire has it."""


def file_id(instrument: str, code: str) -> str:
    """Under which id the wordings of one questionnaire in one language stand: phq9_es_mx."""
    return f"{instrument}_{code.lower().replace('-', '_')}"


def places(instrument: Instrument, content: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Every wording that a translation must give: what the questionnaire's file (`content`) words itself, and nothing else."""
    whole = ["name", *(name for name in rules.WHOLE if content.get(name))]
    found = [(name, "") for name in whole]
    beside = {raw["id"]: [name for name in BESIDE if raw.get(name)] for raw in content["items"]}
    for item in instrument.items:
        found.append((item.id, ""))
        found.extend((item.id, name) for name in beside[item.id])
        found.extend((item.id, str(option.value)) for option in item.options)
    return tuple(found)


def lines_of_file(content: Mapping[str, Any]) -> list[Line]:
    """The wordings of a translation's file, by their places."""
    found = [Line(item=name, answer="", text=content[name]) for name in ("name", *rules.WHOLE) if name in content]
    for item in content["items"]:
        found.append(Line(item=item["id"], answer="", text=item["text"]))
        found += [Line(item=item["id"], answer=name, text=item[name]) for name in BESIDE if name in item]
        found += [Line(item=item["id"], answer=str(each["value"]), text=each["label"]) for each in item["answers"]]
    return found


def own_words(content: Mapping[str, Any]) -> dict[tuple[str, str], str]:
    """What each place says in the questionnaire's own file (`content`): what a translator translates."""
    found = {(name, ""): str(content.get(name, "")) for name in ("name", *rules.WHOLE)}
    for raw in content["items"]:
        found[raw["id"], ""] = raw["text"]
        found |= {(raw["id"], name): raw[name] for name in BESIDE if raw.get(name)}
        found |= {(raw["id"], str(each["value"])): each["label"] for each in content["option_sets"].get(raw.get("options", ""), ())}
    return found


def sheet_in(instrument: Instrument, content: Mapping[str, Any], texts: Mapping[tuple[str, str], str]) -> str:
    """The sheet a translator fills in: each wording of the questionnaire's file, and what the clinic's translation says already."""
    own = own_words(content)
    return rules.written_sheet((*place, own[place], texts.get(place, "")) for place in places(instrument, content))


def items_from(instrument: Instrument, texts: Mapping[tuple[str, str], str]) -> list[dict[str, Any]]:
    """The questions of a translation's file, from its wordings by place."""
    return [
        {"id": item.id, "text": texts[item.id, ""]}
        | {name: texts[item.id, name] for name in BESIDE if (item.id, name) in texts}
        | {"answers": [{"value": option.value, "label": texts[item.id, str(option.value)]} for option in item.options]}
        for item in instrument.items
    ]


def fits(instrument: Instrument, original: Mapping[str, Any], translation: Mapping[str, Any]) -> Verdict:
    """Is it a wording of this very version, in a language of the list, with exactly its questions and answers?"""
    named = translation["instrument"]
    return Verdict.of(
        _of_this_version(instrument, named["id"], named["version"]),
        language_is_known(translation["language"], translation["direction"]),
        *rules.text_fits(instrument, lines_of_file(translation), places(instrument, original)).findings,
    )


def _of_this_version(instrument: Instrument, name: str, version: int) -> Finding:
    if (name, version) == (instrument.id, instrument.version):
        return Finding.met("measures.translation")
    sentence = f"It words {name} version {version}, not {instrument.id} version {instrument.version}."
    return Finding.unmet("measures.translation", sentence, source="the translation's own head")


def language_is_known(code: str, direction: str) -> Finding:
    """A language of the list other than English, written in the direction that the list gives."""
    known = languages.language(code)
    if known is None:
        return Finding.unmet("measures.language", f"{code} is not on the list of languages.", source="ground/languages.py")
    if code == languages.ENGLISH:
        return Finding.unmet("measures.language", "English is the language of the questionnaire's own file.", source="ground/languages.py")
    if direction != known.direction:
        return Finding.unmet("measures.language", f"{known.name} is written {known.direction}, not {direction}.", source="ground/languages.py")
    return Finding.met("measures.language")


def worded(translation: Mapping[str, Any] | None) -> Worded:
    """How a score counts that was answered in this wording; None: in the file's own words."""
    if translation is None:
        return "own"
    return "validated" if translation["validation"]["validated"] else "not_validated"


def in_words(code: str, said: str) -> str:
    """What stands beside a score (`said`: a `Worded`): nothing for the file's own words, else the language and whether a study stands behind it."""
    if said == "own":
        return ""
    named = f"in {languages.name_of(code)}"
    return named if said == "validated" else f"{named}, a translation not known to be validated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A wording that fits, as the choice between several needs it.  `own`: the clinic loaded it itself; `version` counts within its file."""

    code: str
    worded: Worded
    own: bool
    version: int


def best_for(code: str, offered: Sequence[Offered]) -> int | None:
    """Which of these a reader of `code` is served; None: none, so that the questionnaire stays in its own words.

    The nearest tag first (RFC 4647, lookup), then a validated one before another, the clinic's own before a shipped one, the newer before the older.
    """
    for tag in languages.fallbacks(code):
        fitting = [place for place, one in enumerate(offered) if one.code == tag]
        if fitting:
            return max(fitting, key=lambda place: (offered[place].worded == "validated", offered[place].own, offered[place].version))
    return None


def misfits(
    translations: Sequence[tuple[str, Mapping[str, Any]]], newest: Mapping[str, tuple[Instrument, Mapping[str, Any]]]
) -> Iterator[tuple[str, str]]:
    """(id, sentence) for each shipped translation that could not be asked: of another id than it words, of no questionnaire, or not fitting it.

    `newest`: the newest version of each questionnaire.  A wording of an older version is no fault: nobody is shown it, and old answers keep it.
    """
    for name, content in translations:
        named = content["instrument"]
        if name != (right := file_id(named["id"], content["language"])):
            yield name, f"It words {named['id']} in {content['language']}, so its id is {right}."
        held = newest.get(named["id"])
        if held is None or named["version"] > held[0].version:
            yield name, f"It words {named['id']} version {named['version']}, which is not in the library."
        elif named["version"] == held[0].version:
            yield from ((name, finding.sentence) for finding in fits(*held, content).open)
