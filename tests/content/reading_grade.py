"""Flesch-Kincaid grade of plain English: 0.39 words per sentence + 11.8 syllables per word - 15.59 (Kincaid 1975).

Syllables are counted by vowel groups, a silent final e left out: close enough to hold a text to a school grade.
"""

from __future__ import annotations

import re

VOWELS = re.compile(r"[aeiouy]+")
SILENT = re.compile(r"(?:[^laeiouy]es|[^dt]ed|[^l]e)$")


def syllables(word: str) -> int:
    """At least one.  Numbers and abbreviations count as one spoken word."""
    text = re.sub(r"[^a-z]", "", word.lower())
    groups = len(VOWELS.findall(text))
    if groups > 1 and SILENT.search(text) and not re.search(r"[aeiouy]{2}$", text):
        groups -= 1
    return max(groups, 1)


def grade(paragraphs: list[str]) -> float:
    """School grade of the whole text.  A colon or semicolon does not end a sentence."""
    text = " ".join(paragraphs)
    sentences = [part for part in re.split(r"[.!?]+(?:\s|$)", text) if part.strip()]
    words = re.findall(r"[A-Za-z0-9][A-Za-z0-9'-]*", text)
    return 0.39 * len(words) / len(sentences) + 11.8 * sum(map(syllables, words)) / len(words) - 15.59
