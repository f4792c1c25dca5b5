"""The timeline in words: what happened, when, by whom; what was corrected stays readable."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from afterglow.pathway.session.queries.deeds import CORRECTED, Deed
from afterglow.pathway.session.rules.discharge_facts import TAPS
from afterglow.pathway.session.rules.experience import RATINGS
from afterglow.pathway.session.rules.falls import FELL, MEASURES
from afterglow.pathway.session.rules.followed import ENDS
from afterglow.pathway.session.rules.setting import Setting
from afterglow.pathway.session.rules.touch import STAMPS, YES
from afterglow.science.dosing.amounts import milligrams_text, millilitres_text
from afterglow.science.dosing.pump import plain_strength
from afterglow.science.vitals.channels import CHANNELS
from afterglow.science.vitals.marks import EMERGENCY_SIGNS

NUMBERED = frozenset(
    {
        "started",
        "paused",
        "resumed",
        "rate_changed",
        "stopped",
        "finished",
        "pump_stopped",
        "monitor_handed_over",
        "medicine",
        "event",
        "emergency",
        "help_called",
        "note",
        "touch",
        "distress",
        "left",
    }
)
"""Deeds that get a number on the strip's axis, with their words beside it in the list."""
SHORT = {"sbp": "", "dbp": "", "hr": "heart rate", "spo2": "saturation", "rr": "breathing", "moaas": "awake", "temp": "temperature", "etco2": "CO2"}
WORDS = {
    "orientation": {"full": "oriented", "partly": "partly oriented", "not": "not oriented"},
    "contact": {"answers": "answers", "slow": "answers slowly", "none": "does not answer"},
    "iv_site": {"sound": "IV site sound", "not_sound": "IV site NOT sound", "removed": "IV line removed"},
    "oxygen": {"air": "on air", "oxygen": "on oxygen"},
}
ITEMS = {
    "aldrete": "Modified Aldrete score",
    "escort": "Handover",
    "night": "Who stays this night",
    "pressure_near_own": "A prescriber accepts the pressure",
    "suicide": "Suicide questions asked again",
    "suicide_assessment": "Assessment written",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line.  `number`: its number on the strip, or 0; `was`: the words of what a correction replaced; `withdrawn`: taken back."""

    seq: int
    kind: str
    taken_at: datetime
    recorded_at: datetime
    late: bool
    by: str
    text: str
    number: int = 0
    was: str = ""
    corrected: bool = False
    withdrawn: bool = False
    correctable: bool = False


def lines(all_deeds: Iterable[Deed]) -> tuple[Line, ...]:
    """Every deed by true time, oldest first; corrections stand in the line they correct, with what it said before."""
    shown = sorted((deed for deed in all_deeds if deed.kind != CORRECTED), key=lambda deed: (deed.taken_at, deed.seq))
    found: list[Line] = []
    number = 0
    for deed in shown:
        counts = deed.kind in NUMBERED and not deed.withdrawn
        number += counts
        found.append(_line(deed, number if counts else 0))
    return tuple(found)


def newest(all_deeds: Iterable[Deed], count: int = 50) -> tuple[Line, ...]:
    """The latest lines, newest first."""
    return lines(all_deeds)[: -count - 1 : -1]


def _line(deed: Deed, number: int) -> Line:
    return Line(
        seq=deed.seq,
        kind=deed.kind,
        taken_at=deed.taken_at,
        recorded_at=deed.recorded_at,
        late=deed.late,
        by=deed.by,
        text=text_of(deed.kind, deed.payload),
        number=number,
        was=_replaced(deed.kind, deed.was) if deed.was is not None and not deed.withdrawn else "",
        corrected=deed.corrected_by is not None,
        withdrawn=deed.withdrawn,
        correctable=deed.kind in ("vitals", "note", "medicine") and not deed.withdrawn,
    )


def _replaced(kind: str, payload: Mapping[str, Any]) -> str:
    """What a correction replaced, with the marks that it had got."""
    marks = [str(mark["sentence"]) for mark in payload.get("marks") or () if mark["level"] != "none"]
    return " ".join([text_of(kind, payload), *(["Was marked:", *marks] if marks else [])])


def text_of(kind: str, payload: Mapping[str, Any]) -> str:
    """What one deed says, in words; a kind without words of its own says its name."""
    write = WRITERS.get(kind)
    if write is None:
        return str(payload.get("text") or kind.replace("_", " ").capitalize() + ".")
    return write(payload)


def _drawn(told: Mapping[str, Any]) -> str:
    drug, volume, total = (int(told[name]) for name in ("drug_ug", "volume_ul", "total_ul"))
    made_up = f", made up to {millilitres_text(total)}" if total != volume else ""
    return f"Drawn: {milligrams_text(drug)} in {millilitres_text(volume)} from lot {told['lot_no']}{made_up}. Read back by {told['read_by']}."


def _started(told: Mapping[str, Any]) -> str:
    dose, over = milligrams_text(int(told["dose_ug"])), told["over_min"]
    return f"Started: {dose} over {over} min at {plain_strength(int(told['rate_ul_per_h']))} mL/h."


def _paused(told: Mapping[str, Any]) -> str:
    return f"Paused. {told.get('reason', '')}".strip()


def _resumed(told: Mapping[str, Any]) -> str:
    return f"Resumed at {plain_strength(int(told['rate_ul_per_h']))} mL/h. {told.get('reason', '')}".strip()


def _rate(told: Mapping[str, Any]) -> str:
    before, now = plain_strength(int(told["before_ul_per_h"])), plain_strength(int(told["rate_ul_per_h"]))
    return f"Rate {before} to {now} mL/h. {told.get('reason', '')}".strip()


def _stopped(told: Mapping[str, Any]) -> str:
    return " ".join(part for part in ("Stopped.", str(told.get("reason", "")), *told.get("watch", ())) if part)


def _volume(told: Mapping[str, Any]) -> str:
    said = f"The pump shows {millilitres_text(int(told['final_volume_ul']))}: {milligrams_text(int(told['given_ug']))} given."
    return said if told.get("agrees") else f"{said} {told.get('compared', '')} {told.get('why', '')}".strip()


def _finished(told: Mapping[str, Any]) -> str:
    return " ".join(["The dose is in.", _volume(told), *told.get("watch", ())])


def _named(told: Mapping[str, Any]) -> str:
    return f"{told['name']} monitors."


def _handed_over(told: Mapping[str, Any]) -> str:
    said = f"Monitoring handed over: {told['from_name']} to {told['to_name']}."
    return f"{said} {' '.join(told['lifted'])} Signed with {told['second']}: {told['reason']}" if told["lifted"] else said


def _vitals(told: Mapping[str, Any]) -> str:
    channels, parts = told.get("channels") or {}, []
    if "sbp" in channels and "dbp" in channels:
        parts.append(f"{channels['sbp']['shown']}/{channels['dbp']['shown']}")
    for code, each in sorted(channels.items(), key=lambda pair: list(CHANNELS).index(pair[0])):
        if code not in ("sbp", "dbp"):
            name = SHORT.get(code) or CHANNELS[code].title.lower()
            unit = "" if each["unit"] in ("score", "/min") else f" {each['unit']}"
            parts.append(f"{name} {each['shown']}{unit}")
    chosen = told.get("words") or {}
    parts += [WORDS[name][word] if name in WORDS else f"{name} {word}" for name, word in chosen.items()]
    said = ", ".join(parts)
    return f"{said[:1].upper()}{said[1:]}."


def _medicine(told: Mapping[str, Any]) -> str:
    said = f"{told['name']} {told['amount']} {told['unit']} {told['route'].upper() if len(told['route']) == 2 else told['route']}"
    why = f" {told['why']}" if told.get("why") else ""
    against = " ".join(told.get("against") or ())
    if told.get("order"):
        said, why = f"{said}, under the signed as-needed order", f" {told['count']}{why}"
    outside = f" OUTSIDE ANY SIGNED ORDER: {told['outside']}" if told.get("outside") else ""
    return f"{said}, ordered by {told['ordered_by']}.{outside}{why}{f' Known against it: {against}' if against else ''}"


def _rated(told: Mapping[str, Any]) -> str:
    """The title and the number, or that there is none and why."""
    said = f"no number, {told['declined']}" if told["value"] is None else told["value"]
    return f"{RATINGS[str(told['item'])].title}: {said}."


def _falls(told: Mapping[str, Any]) -> str:
    """What is done, who walks with the person, and what was said about falls."""
    parts = [MEASURES[each] for each in told["done"]]
    parts += [f"{told['walks_with']} walks with the person"] if told["walks_with"] else []
    parts += [FELL[told["fell"]].capitalize()] if told["fell"] else []
    return f"Against a fall: {'. '.join(parts)}."


def _touch(told: Mapping[str, Any]) -> str:
    """The stamp; beside a yes of the moment, that it stood otherwise beforehand."""
    beforehand = " Beforehand they had said no." if told["counted"] == "no" and told["stamp"] in YES else ""
    return f"Touch: {STAMPS[told['stamp']]}.{beforehand} {told['text']}".strip()


def _setting(told: Mapping[str, Any]) -> str:
    words = {name: str(told[name]) for name in ("intention", "music", "light", "eyeshade", "others")}
    return f"Set and setting. {'. '.join(Setting(**words, here=tuple(each['name'] for each in told['here'])).parts)}."


def _distress(told: Mapping[str, Any]) -> str:
    """The number, why there is none, or that nobody asked; then what was done."""
    number = f"no number, {told['declined']}" if told["declined"] else "not asked" if told["rating"] is None else f"{told['rating']} of 10"
    did = f" {'; '.join(told['did'])}." if told["did"] else ""
    return f"Distress: {number}.{did} {told['text']}".strip()


def _event(told: Mapping[str, Any]) -> str:
    name = str(told["what"]).replace("_", " ").capitalize()
    grade = f", grade {told['grade']}" if told.get("grade") else ", not graded"
    return f"{name}{grade}. {told.get('done', '')}".strip()


def _emergency(told: Mapping[str, Any]) -> str:
    parts = [EMERGENCY_SIGNS[told["sign"]]] if told.get("sign") else []
    parts += [str(told["did"]).replace("_", " ").capitalize()] if told.get("did") else []
    return f"EMERGENCY: {'. '.join(parts)}. {told.get('text', '')}".strip()


def _acknowledged(told: Mapping[str, Any]) -> str:
    saw = f" Saw: {told['saw']}" if told.get("saw") else ""
    return f"Answered: {' '.join(told['sentences'])}{saw}"


def _followed(told: Mapping[str, Any]) -> str:
    number = len(told["entries"])
    named = f" {number} entr{'y' if number == 1 else 'ies'} of this list." if number else ""
    end = f" How it ended: {ENDS[told['ended']]}." if told["ended"] else ""
    did = f" {told['did']}" if told["did"] else ""
    return f"For the mark “{' '.join(told['sentences'])}”:{named}{did}{end}"


def _help(told: Mapping[str, Any]) -> str:
    return f"HELP called in {told['room']}. {told.get('text', '')}".strip()


def _leaving(told: Mapping[str, Any]) -> str:
    item = str(told["item"])
    name = ITEMS.get(item) or TAPS.get(item, item)  # type: ignore[call-overload]  # an item is a tap or has words of its own
    if "ok" in told:
        return f"{name}: {'yes' if told['ok'] else 'no'}."
    if item == "escort":
        return f"{name}: {told['to_name']} ({str(told['kind']).replace('_', ' ')})."
    if item == "night":
        return f"{name}: {told['person']}."
    if item == "aldrete":
        return f"{name}: {sum(told['parts'].values())}."
    return f"{name}: {told['sbp']:g} systolic." if "sbp" in told else f"{name}."


def _left(told: Mapping[str, Any]) -> str:
    how = {"discharged": "Discharged", "transferred": "Transferred to other care", "left_against_advice": "Left against advice"}
    return f"{how[str(told['how'])]}."


WRITERS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "monitor_named": _named,
    "monitor_handed_over": _handed_over,
    "drawn": _drawn,
    "started": _started,
    "paused": _paused,
    "resumed": _resumed,
    "rate_changed": _rate,
    "stopped": _stopped,
    "finished": _finished,
    "pump_volume": _volume,
    "vitals": _vitals,
    "medicine": _medicine,
    "rated": _rated,
    "falls": _falls,
    "setting": _setting,
    "touch": _touch,
    "distress": _distress,
    "event": _event,
    "emergency": _emergency,
    "acknowledged": _acknowledged,
    "followed": _followed,
    "help_called": _help,
    "leaving": _leaving,
    "asked": _leaving,
    "left": _left,
}
