"""Two versions of a library file, or two files of a kind, side by side: which fields differ, and how."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

KEYS = ("id", "path", "phase", "instrument", "after", "code")  # what names an entry of a list better than its place


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldDifference:
    """One field.  `left`, `right`: plain JSON values; None with `in_left` or `in_right` false: that side does not have the field."""

    field: str
    left: Any
    right: Any
    in_left: bool
    in_right: bool


def differences(left: Mapping[str, Any], right: Mapping[str, Any]) -> tuple[FieldDifference, ...]:
    """Field by field, in the order of the left file, then what only the right one has."""
    one, other = dict(_fields(left, "")), dict(_fields(right, ""))
    found = []
    for field in [*one, *(field for field in other if field not in one)]:
        if field not in one or field not in other or not _same(one[field], other[field]):
            found.append(
                FieldDifference(field=field, left=one.get(field), right=other.get(field), in_left=field in one, in_right=field in other),
            )
    return tuple(found)


def _same(one: Any, other: Any) -> bool:
    """Equal and of one kind: `true` is not 1."""
    return isinstance(one, bool) is isinstance(other, bool) and bool(one == other)


def _fields(value: Any, at: str) -> list[tuple[str, Any]]:
    """Path and value of everything that has no parts; an empty list or record and a list of plain values are one field each."""
    if isinstance(value, Mapping) and (value or not at):
        return [pair for key, inner in value.items() for pair in _fields(inner, f"{at}.{key}" if at else str(key))]
    if isinstance(value, Sequence) and not isinstance(value, str) and any(isinstance(inner, Mapping | list) for inner in value):
        names = _names(value)
        return [pair for name, inner in zip(names, value, strict=True) for pair in _fields(inner, f"{at}[{name}]")]
    return [(at, value)]


def _names(entries: Sequence[Any]) -> list[str]:
    """How the entries of a list are told apart: by the first key whose values are all different, else by their place."""
    for key in KEYS:
        values = [entry.get(key) if isinstance(entry, Mapping) else None for entry in entries]
        if all(isinstance(value, str | int) for value in values) and len(set(values)) == len(values):
            return [str(value) for value in values]
    return [str(place) for place in range(1, len(entries) + 1)]
