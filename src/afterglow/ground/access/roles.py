"""What each role may do, read from `library/roles/`: the newest version of each file."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal

from afterglow.ground.content import shelf


@dataclass(frozen=True, slots=True)
class Role:
    id: str
    title: str
    permissions: frozenset[str]
    by_link: bool
    scope: Literal["clinic", "own_patients", "none"]


@cache
def all_roles() -> dict[str, Role]:
    """Role id -> Role, from the shipped library."""
    return {
        file.id: Role(
            file.id,
            file.content["title"],
            frozenset(file.content["permissions"]),
            file.content["by"] == "link",
            file.content["scope"] if file.content["scope"] in ("clinic", "own_patients") else "none",
        )
        for file in shelf.newest("roles")
    }


def permissions_of(role_ids: frozenset[str]) -> frozenset[str]:
    return frozenset().union(*(all_roles()[role].permissions for role in role_ids if role in all_roles()))


def scope_of(role_ids: frozenset[str]) -> Literal["clinic", "own_patients"]:
    """A person with several roles sees as much as the widest of them.  A role that is about nobody (a researcher's) widens nothing."""
    known = [all_roles()[role] for role in role_ids if role in all_roles()]
    return "clinic" if any(role.scope == "clinic" for role in known) else "own_patients"


def who_may(permission: str) -> str:
    """'a prescriber or a session nurse', 'an owner', for a refusal's next step; '' when no role holds it."""
    titles = [
        f"{'an' if role.title[0].lower() in 'aeiou' else 'a'} {role.title.lower()}" for role in all_roles().values() if permission in role.permissions
    ]
    return " or ".join(sorted(titles))
