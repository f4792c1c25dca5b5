"""How far a person sees by the roles they hold."""

from __future__ import annotations

import pytest

from afterglow.ground.access.roles import permissions_of, scope_of


# req: S6 N40
# hazard: H31
@pytest.mark.parametrize(
    ("roles", "scope"),
    [
        (("therapist",), "own_patients"),
        (("therapist", "prescriber"), "clinic"),
        (("researcher",), "own_patients"),
        (("therapist", "researcher"), "own_patients"),
        (("researcher", "owner"), "clinic"),
        (("nobody",), "own_patients"),
        ((), "own_patients"),
    ],
)
def test_a_role_about_nobody_widens_nothing(roles: tuple[str, ...], scope: str) -> None:
    """A researcher sees figures of groups: with a therapist's role beside it, still own patients only."""
    assert scope_of(frozenset(roles)) == scope


def test_a_researcher_may_see_figures_and_nothing_else() -> None:
    assert permissions_of(frozenset({"researcher"})) == {"registry.figures.read"}
