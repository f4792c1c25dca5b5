"""The languages that a person's chart and a translated wording may name: a closed list of BCP 47 tags, each with its names and its direction.

Codes and names are those of ISO 639, ISO 15924 and ISO 3166 (own knowledge, W).  Another language is one more line here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

ENGLISH: Final = "en"
"""The language of the library's own files and of the pages."""


@dataclass(frozen=True, slots=True)
class Language:
    """`code`: its BCP 47 tag; `name`: in English; `own_name`: as its readers write it; `direction`: how its lines run."""

    code: str
    name: str
    own_name: str
    direction: Literal["ltr", "rtl"] = "ltr"


LANGUAGES: Final = (
    Language(ENGLISH, "English", "English"),
    Language("am", "Amharic", "አማርኛ"),
    Language("ar", "Arabic", "العربية", "rtl"),
    Language("bn", "Bengali", "বাংলা"),
    Language("bs", "Bosnian", "bosanski"),
    Language("cs", "Czech", "čeština"),
    Language("da", "Danish", "dansk"),
    Language("de", "German", "Deutsch"),
    Language("el", "Greek", "Ελληνικά"),
    Language("es", "Spanish", "español"),
    Language("es-419", "Spanish (Latin America)", "español (Latinoamérica)"),
    Language("es-ES", "Spanish (Spain)", "español (España)"),
    Language("es-MX", "Spanish (Mexico)", "español (México)"),
    Language("es-US", "Spanish (United States)", "español (Estados Unidos)"),
    Language("fa", "Persian", "فارسی", "rtl"),
    Language("fi", "Finnish", "suomi"),
    Language("fil", "Filipino", "Filipino"),
    Language("fr", "French", "français"),
    Language("fr-CA", "French (Canada)", "français (Canada)"),
    Language("gu", "Gujarati", "ગુજરાતી"),
    Language("he", "Hebrew", "עברית", "rtl"),
    Language("hi", "Hindi", "हिन्दी"),
    Language("hmn", "Hmong", "Hmoob"),
    Language("hr", "Croatian", "hrvatski"),
    Language("ht", "Haitian Creole", "kreyòl ayisyen"),
    Language("hu", "Hungarian", "magyar"),
    Language("hy", "Armenian", "հայերեն"),
    Language("it", "Italian", "italiano"),
    Language("ja", "Japanese", "日本語"),
    Language("km", "Khmer", "ភាសាខ្មែរ"),
    Language("ko", "Korean", "한국어"),
    Language("lo", "Lao", "ລາວ"),
    Language("nb", "Norwegian (Bokmål)", "norsk bokmål"),
    Language("ne", "Nepali", "नेपाली"),
    Language("nl", "Dutch", "Nederlands"),
    Language("nv", "Navajo", "Diné bizaad"),
    Language("pa", "Punjabi", "ਪੰਜਾਬੀ"),
    Language("pl", "Polish", "polski"),
    Language("ps", "Pashto", "پښتو", "rtl"),
    Language("pt", "Portuguese", "português"),
    Language("pt-BR", "Portuguese (Brazil)", "português (Brasil)"),
    Language("pt-PT", "Portuguese (Portugal)", "português (Portugal)"),
    Language("ro", "Romanian", "română"),
    Language("ru", "Russian", "русский"),
    Language("so", "Somali", "Soomaali"),
    Language("sq", "Albanian", "shqip"),
    Language("sr", "Serbian", "српски"),
    Language("sv", "Swedish", "svenska"),
    Language("sw", "Swahili", "Kiswahili"),
    Language("ta", "Tamil", "தமிழ்"),
    Language("te", "Telugu", "తెలుగు"),
    Language("th", "Thai", "ไทย"),
    Language("tl", "Tagalog", "Tagalog"),
    Language("tr", "Turkish", "Türkçe"),
    Language("uk", "Ukrainian", "українська"),
    Language("ur", "Urdu", "اردو", "rtl"),
    Language("vi", "Vietnamese", "Tiếng Việt"),
    Language("yi", "Yiddish", "ייִדיש", "rtl"),
    Language("zh-Hans", "Chinese (simplified)", "简体中文"),
    Language("zh-Hant", "Chinese (traditional)", "繁體中文"),
)
_BY_CODE: Final = {language.code: language for language in LANGUAGES}


def language(code: str) -> Language | None:
    """The language of exactly this tag; None for one that is not on the list."""
    return _BY_CODE.get(code)


def name_of(code: str) -> str:
    """Its English name; the tag itself where the list does not have it, so that nothing is hidden."""
    known = _BY_CODE.get(code)
    return code if known is None else known.name


def fallbacks(code: str) -> tuple[str, ...]:
    """The tags under which a reader of `code` is served, best first, by dropping what stands last (RFC 4647, lookup): es-MX, then es.
    A script is never dropped: who reads one way of writing Chinese need not read the other."""
    parts = code.split("-")
    tags = ["-".join(parts[:count]) for count in range(len(parts), 0, -1)]
    return tuple(tag for tag in tags if tag == code or not _has_script(code))


def choices(*, held: str = "", own_names: bool = False) -> list[tuple[str, str]]:
    """Code and name of every language, English first; `held`: what a record says already, kept as it is though the list does not have it."""
    unknown = [(held, held)] if held and held not in _BY_CODE else []
    return [*unknown, *((each.code, each.own_name if own_names else each.name) for each in LANGUAGES)]


def _has_script(code: str) -> bool:
    return any(len(part) == 4 for part in code.split("-")[1:])
