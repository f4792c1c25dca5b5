"""Refusals: how the house says no.  What happened, why, and what to do now; never a patient value in `code`."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from afterglow.science.verdict import Finding


class Refusal(Exception):
    """Something was not done, for a reason a person can read.

    `code` is stable and names the room (`session.gate_unmet`); `sentence` says what happened and why; `now` says what to do next;
    `field` is the form field it belongs to; `findings` are the open items of the verdict behind it.
    """

    status = 409

    def __init__(
        self,
        code: str,
        sentence: str,
        now: str = "",
        *,
        field: str | None = None,
        facts: Mapping[str, Any] | None = None,
        findings: tuple[Finding, ...] = (),
    ) -> None:
        super().__init__(code)  # the log shows the code only: the sentence may name a person
        self.code = code
        self.sentence = sentence
        self.now = now
        self.field = field
        self.facts: Mapping[str, Any] = MappingProxyType(dict(facts or {}))
        self.findings = findings

    def __str__(self) -> str:
        return self.code


class NotFound(Refusal):
    """A stranger asked: the answer is the same as for something that does not exist."""

    status = 404

    def __init__(self, what: str = "page") -> None:
        super().__init__("access.not_found", f"There is no such {what} here.", "Go back, or search for it by name.")


class Forbidden(Refusal):
    """Someone who may see the thing lacks the right to do this to it."""

    status = 403

    def __init__(self, permission: str, who_can: str) -> None:
        super().__init__(
            "access.forbidden",
            f"Your role does not include this step ({permission}).",
            f"Ask {who_can} to do it." if who_can else "Ask the clinic's owner.",
            facts={"permission": permission},
        )


class SignInNeeded(Refusal):
    """Nobody is signed in on this browser."""

    status = 401

    def __init__(self) -> None:
        super().__init__("access.sign_in_needed", "You are not signed in.", "Sign in, and you will come back to this page.")
