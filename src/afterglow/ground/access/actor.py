"""Who acts.  Every action takes `by: Actor`; an actor always has a name, a clinic and a closed set of permissions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

from afterglow.ground.access import roles
from afterglow.ground.errors import Forbidden

ActorKind = Literal["person", "link", "device", "job"]
BY_PROXY = " (proxy)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """A person at a desk, a holder of a personal link, a device or a job, inside one clinic.

    `scope` is "clinic" (everyone in it) or "own_patients" (care team only); `person_id` is whose link this is.  `proxy_id`: a link's holder who is
    not that person but acts for them; the chart asks at every step whether the person's consent to it still stands.
    """

    kind: ActorKind
    id: str
    name: str
    clinic_id: UUID
    user_id: UUID | None = None
    roles: frozenset[str] = field(default_factory=frozenset)
    permissions: frozenset[str] = field(default_factory=frozenset)
    scope: Literal["clinic", "own_patients"] = "clinic"
    person_id: UUID | None = None
    proxy_id: UUID | None = None
    request_id: str = ""

    def may(self, permission: str) -> bool:
        return permission in self.permissions

    @property
    def label(self) -> str:
        """What the record shows: the name, and for links and jobs what kind of actor it was; who acts for somebody is told from the person."""
        if self.proxy_id is not None:
            return f"{self.name}{BY_PROXY}"
        return self.name if self.kind == "person" else f"{self.name} ({self.kind})"

    @classmethod
    def job(cls, name: str, clinic_id: UUID, *permissions: str) -> Actor:
        """A piece of the software acting by itself, always named, with exactly the permissions it needs."""
        return cls(kind="job", id=f"job:{name}", name=name, clinic_id=clinic_id, permissions=frozenset(permissions))


def was_at_a_link(label: str) -> bool:
    """Did the holder of a personal link write this, by the label on it?  Whatever their name was then: every such row is of that link's person."""
    return label.endswith(" (link)")


def was_by_proxy(label: str) -> bool:
    """Did somebody who acts for the person write this, by the label on it?"""
    return label.endswith(BY_PROXY)


def require(actor: Actor, permission: str) -> None:
    """Raises Forbidden (403) with the roles that hold this permission."""
    if not actor.may(permission):
        raise Forbidden(permission, roles.who_may(permission))
