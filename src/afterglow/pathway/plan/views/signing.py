"""What a signing form brings: the signer's signature, and a second one where it was given."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from afterglow.ground.accounts.actions import Signature, confirm_other, confirm_signature
from afterglow.ground.errors import Refusal


def signatures(request: HttpRequest, told: dict[str, Any]) -> tuple[Signature, Signature | None]:
    """Raises Refusal `accounts.not_confirmed`, `accounts.wrong_sign_in`, `accounts.throttled`, `plan.second_signer`."""
    signed = confirm_signature(by=request.actor, password=told["password"], at=request.at)
    email, password = told.get("second_email", ""), told.get("second_password", "")
    if not email and not password:
        return signed, None
    if not email or not password:
        raise Refusal(
            "plan.second_signer", "The second signature needs both address and password.", "Fill in both, or leave both empty.", field="second_email"
        )
    _, second = confirm_other(email=email, password=password, by=request.actor, at=request.at)
    return signed, second
