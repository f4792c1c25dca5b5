"""A text column that is encrypted at rest and plain in use."""

from __future__ import annotations

from typing import Any

from django.db import models

from afterglow.ground.keys import keyring


class _Sealed(str):
    """Ciphertext as it came from the database, not opened yet."""


class _Opened:
    """Opens a sealed value when it is first read, bound to its table, column and row."""

    def __init__(self, field: EncryptedTextField) -> None:
        self.field = field

    def __get__(self, instance: models.Model | None, owner: type[models.Model]) -> Any:
        if instance is None:
            return self
        value = instance.__dict__.get(self.field.attname)
        if isinstance(value, _Sealed):
            value = keyring.unseal(value, bound_to=self.field.bound_to(instance)) if value else ""
            instance.__dict__[self.field.attname] = value
        return value

    def __set__(self, instance: models.Model, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


class EncryptedTextField(models.TextField):
    """Stores `keyring.seal(text)`.  Cannot be searched or sorted: what must be found is kept elsewhere."""

    def contribute_to_class(self, cls: type[models.Model], name: str, private_only: bool = False) -> None:
        super().contribute_to_class(cls, name, private_only)
        setattr(cls, self.attname, _Opened(self))

    def bound_to(self, instance: models.Model) -> str:
        return f"{instance._meta.db_table}:{self.column}:{instance.pk}"

    def from_db_value(self, value: str | None, expression: object, connection: object) -> str | None:
        return None if value is None else _Sealed(value)

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = getattr(model_instance, self.attname)
        return value if not value else _Sealed(keyring.seal(value, bound_to=self.bound_to(model_instance)))

    def get_prep_value(self, value: Any) -> Any:
        if value and not isinstance(value, _Sealed):
            raise ValueError("An encrypted column is written through its row only, so that it can be bound to it.")
        return value
