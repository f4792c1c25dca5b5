"""Django's side of a sign-in: loads the user of a login; passwords are checked by `actions.sign_in`."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.backends import BaseBackend

from afterglow.ground.accounts.models import User
from afterglow.ground.prepared import Rows, first, prepared


@prepared
def _active(user_id: UUID) -> Rows:
    return User.objects.filter(id=user_id, is_active=True)


class LoginBackend(BaseBackend):
    def get_user(self, user_id: UUID) -> User | None:
        """None for a disabled account, so that its open logins end with their next request (R43)."""
        return first(_active(user_id))
