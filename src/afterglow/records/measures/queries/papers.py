"""A questionnaire as it is shown: one version of its file, in its own words or in those of another language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from uuid import UUID

from afterglow.ground import languages
from afterglow.ground.content.queries import LibraryRecord, library_file, library_row
from afterglow.ground.languages import ENGLISH, Language
from afterglow.records.measures import rules
from afterglow.records.measures.rules.translation import BESIDE, Worded, in_words, lines_of_file, worded
from afterglow.science.scoring.instrument import Instrument, instrument_from


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One answer; `crisis`: choosing it shows help at once."""

    value: int | str
    label: str
    crisis: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One item exactly as its file has it; `number` counts from 1.  `part`: the part of the scale that begins with it ("Obsessions"), else ""."""

    id: str
    number: int
    text: str
    recall: str
    ask_also: str
    asked_when: str
    options: tuple[Choice, ...]
    part: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Translation:
    """In which language, and in whose words, a questionnaire is shown.  `basis`: the study of it, or why it does not count as validated."""

    record: LibraryRecord
    language: Language
    title: str
    worded: Worded
    basis: str
    mark: str
    translated_by: str
    beneath: Mapping[str, str]
    """Question id -> its words in the questionnaire's own file, for staff who do not read this language."""

    @property
    def which(self) -> str:
        own = "the clinic's own translation" if self.record.origin == "local" else "translation"
        return f"{self.language.name}, {own} {self.record.version}"

    @property
    def standing(self) -> str:
        """What its scores may be held against, in a few words."""
        return "validated translation" if self.worded == "validated" else "translation not known to be validated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One version of one questionnaire, ready to be shown and scored.  `rated`: a clinician rates what they saw and heard; nobody reads it out."""

    record: LibraryRecord
    instrument: Instrument
    title: str
    short_name: str
    instructions: str
    credit: str
    questions: tuple[Question, ...]
    looks_back: str = ""
    rated: bool = False
    translation: Translation | None = None

    @property
    def wording(self) -> str:
        """Whose wording this is, and which: "version 1", "the clinic's own text 2, on version 1", "Spanish, the clinic's own translation 1, on version 1"."""
        if self.translation is not None:
            return f"{self.translation.which}, on version {self.instrument.version}"
        if self.record.origin == "shipped":
            return f"version {self.record.version}"
        return f"the clinic's own text {self.record.version}, on version {self.instrument.version}"

    @property
    def shown_title(self) -> str:
        """Its name in the words in which it is shown."""
        return self.title if self.translation is None else self.translation.title

    @property
    def language(self) -> str:
        return ENGLISH if self.translation is None else self.translation.language.code

    @property
    def direction(self) -> str:
        return "ltr" if self.translation is None else self.translation.language.direction

    @property
    def worded(self) -> Worded:
        return "own" if self.translation is None else self.translation.worded

    @property
    def beside_score(self) -> str:
        """What stands beside a score that was answered in it: "" for the file's own words."""
        return in_words(self.language, self.worded)

    @property
    def translation_id(self) -> UUID | None:
        return None if self.translation is None else self.translation.record.pk

    @property
    def asks_self_harm(self) -> bool:
        return bool(self.instrument.flags)

    @property
    def only_the_person(self) -> frozenset[str]:
        """The questions that are left open when somebody else fills it in for the person."""
        return rules.only_the_person(self.instrument)

    def question(self, number: int) -> Question | None:
        return self.questions[number - 1] if 1 <= number <= len(self.questions) else None


def paper(instrument: str, version: int | None = None) -> Paper:
    """The newest version of a questionnaire, or the named one.  Raises NotFound."""
    return paper_of(library_file("instruments", instrument, version).pk)


def paper_of(pk: UUID, translation: UUID | None = None) -> Paper:
    """By the key under which assignments and answers keep it, and that of the wording in another language in which it was shown."""
    return own_paper(pk) if translation is None else translated(pk, translation)


@lru_cache(maxsize=256)
def own_paper(pk: UUID) -> Paper:
    """In the words of its own file; a version never changes, so it is read once."""
    record = library_row(pk)
    content = record.content
    instrument = instrument_from(content)
    begins = rules.parts_begin(instrument)
    questions = tuple(
        Question(
            id=item.id,
            number=number,
            text=item.text,
            recall=raw.get("recall", ""),
            ask_also=raw.get("ask_also", ""),
            asked_when=item.asked_when,
            part=begins.get(item.id, ""),
            options=tuple(
                Choice(value=option.value, label=option.label, crisis=rules.raises_alarm(instrument, item, option.value)) for option in item.options
            ),
        )
        for number, (item, raw) in enumerate(zip(instrument.items, content["items"], strict=True), start=1)
    )
    return Paper(
        record=record,
        instrument=instrument,
        title=content["name"],
        short_name=content.get("short_name", content["name"]),
        instructions=content.get("instructions", ""),
        credit=content.get("credit", ""),
        questions=questions,
        looks_back=content["recall"]["text"],
        rated=rules.is_rated(content["rater"], instrument),
    )


@lru_cache(maxsize=256)
def translated(pk: UUID, translation: UUID) -> Paper:
    """The same questions, answers, flags and scoring in other words: nothing but what is read changes."""
    own, record = own_paper(pk), library_row(translation)
    content, texts = record.content, {line.place: line.text for line in lines_of_file(record.content)}
    made = translation_from(record, {question.id: question.text for question in own.questions})
    questions = tuple(_reworded(question, texts) for question in own.questions)
    return replace(own, instructions=texts["instructions", ""], credit=content.get("credit", ""), questions=questions, translation=made)


def translation_from(record: LibraryRecord, beneath: Mapping[str, str]) -> Translation:
    """What a translation's file says of itself.  `beneath`: the questions in the questionnaire's own words."""
    content = record.content
    known, said = languages.language(content["language"]), content["validation"]
    return Translation(
        record=record,
        language=known or Language(content["language"], content["language"], content["language"], content["direction"]),
        title=content["name"],
        worded=worded(content),
        basis=said["citation"] if said["validated"] else said["why"],
        mark=said["mark"],
        translated_by=content["translated_by"],
        beneath=beneath,
    )


def _reworded(question: Question, texts: Mapping[tuple[str, str], str]) -> Question:
    options = tuple(replace(option, label=texts[question.id, str(option.value)]) for option in question.options)
    recall, ask_also = (texts.get((question.id, name), "") for name in BESIDE)
    return replace(question, text=texts[question.id, ""], recall=recall, ask_also=ask_also, options=options)
