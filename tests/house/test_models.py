"""Every model: classed, keyed to earlier rooms only, named in the house's words, and guarded in the live database if it is append-only."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.apps.registry import Apps
from django.core.management import call_command
from django.db import DatabaseError, connection, models, transaction

from afterglow.ground import appendonly
from tests.support.house import Floors, assert_none

# What Django's own base classes bring along under their own names.
NAMED_BY_DJANGO = {"last_login", "password"}


def ours() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model.__module__.startswith("afterglow.")]


def room(model: type[models.Model]) -> str:
    return ".".join(model.__module__.split(".")[1:3])


def class_faults(model: Any) -> Iterator[str]:
    """Each model says: may its rows change, whose are they, how long are they kept."""
    classed = model.__dict__.get("Classed")
    if classed is None:
        yield "has no Classed: say mutable, personal, kept"
        return
    mutable, personal, kept = (getattr(classed, word, "unsaid") for word in ("mutable", "personal", "kept"))
    if not isinstance(mutable, bool):
        yield f"Classed.mutable is {mutable!r}: True or False"
    elif mutable == bool(getattr(model, "append_only", False)):
        yield f"mutable = {mutable} and append_only = {getattr(model, 'append_only', False)} contradict each other"
    if personal not in (None, "staff", "clinic") and not reaches(model, personal):
        yield f"Classed.personal is {personal!r}: None, 'staff', 'clinic', or the field that leads to the person"
    if personal == "clinic" and not reaches(model, "clinic_id"):
        yield "Classed.personal is 'clinic', but no field clinic_id is there"
    if not isinstance(kept, str) or not kept.strip() or kept == "unsaid":
        yield "Classed.kept does not say how long rows are kept"


def reaches(model: type[models.Model], path: object) -> bool:
    """Whether `path` (fields joined by __) leads through foreign keys of this model."""
    if not isinstance(path, str) or not path:
        return False
    head, _, rest = path.partition("__")
    for field in model._meta.concrete_fields:
        if head in (field.name, field.attname):
            return not rest or (field.is_relation and reaches(field.related_model, rest))
    return False


def key_faults(model: type[models.Model]) -> Iterator[str]:
    """Keys point to the same or an earlier room, leave no trace there, and never remove rows along with what they name."""
    floors = Floors()
    if model._meta.many_to_many:
        yield "has a many-to-many field: write the rows that join as a model of their own"
    for field in model._meta.concrete_fields:
        if not field.is_relation:
            continue
        used = room(field.related_model)
        if not field.related_model.__module__.startswith("afterglow."):
            yield f"{field.name}: points at {field.related_model.__module__}, which is not ours"
        elif not floors.may_use(room(model), used):
            yield f"{field.name}: {room(model)} may not point at {used}"
        elif used != room(model) and field.remote_field.related_name != "+":
            yield f'{field.name}: points at {used}, so related_name="+"'
        if field.remote_field.on_delete not in (models.PROTECT, models.RESTRICT):
            yield f"{field.name}: on_delete is {field.remote_field.on_delete.__name__}, not PROTECT"


def name_faults(model: type[models.Model]) -> Iterator[str]:
    """Times end in _at, dates in _on; amounts are whole micrograms and microlitres, so no stored name ends in _mg or _ml."""
    for field in model._meta.concrete_fields:
        name = field.name
        if name in NAMED_BY_DJANGO:
            continue
        if isinstance(field, models.DateTimeField) and not (name == "at" or name.endswith("_at")):
            yield f"{name}: a time ends in _at"
        elif isinstance(field, models.DateField) and not isinstance(field, models.DateTimeField) and not name.endswith("_on"):
            yield f"{name}: a date ends in _on"
        inexact = isinstance(field, models.DecimalField | models.FloatField) and name.startswith(("dose", "amount", "volume"))
        if inexact or (name.endswith(("_mg", "_ml")) and "_per_" not in name):
            yield f"{name}: drug amounts are whole micrograms (_ug), volumes whole microlitres (_ul)"


def faults_of(check: Any) -> list[str]:
    return [f"{model._meta.label}: {fault}" for model in ours() for fault in check(model)]


def test_every_model_is_classed() -> None:
    assert ours()
    assert_none(faults_of(class_faults))


def test_keys_point_down_and_back() -> None:
    assert_none(faults_of(key_faults))


def test_fields_are_named_in_the_house_words() -> None:
    assert_none(faults_of(name_faults))


REGISTRY = Apps()  # Django's own registry never hears of planted models
_numbers = itertools.count(1)


def planted(module: str, **fields: Any) -> Any:
    """A model as if it stood in `module`."""
    meta = type("Meta", (), {"app_label": "planted", "apps": REGISTRY})
    return type(f"Planted{next(_numbers)}", (models.Model,), {"__module__": module, "Meta": meta, **fields})


@pytest.mark.parametrize(
    ("classed", "append_only"),
    [
        (None, False),
        ({"mutable": "no", "personal": None, "kept": "for ever"}, True),
        ({"mutable": True, "personal": None, "kept": "for ever"}, True),
        ({"mutable": False, "personal": None, "kept": "for ever"}, False),
        ({"mutable": True, "personal": "nobody_id", "kept": "for ever"}, False),
        ({"mutable": True, "personal": "clinic", "kept": "for ever"}, False),
        ({"mutable": True, "personal": None, "kept": " "}, False),
        ({"mutable": True, "personal": None}, False),
    ],
)
def test_classing_can_go_red(classed: dict[str, object] | None, append_only: bool) -> None:
    model = planted("afterglow.records.chart.models", when_at=models.DateTimeField())
    if classed is not None:
        model.Classed = type("Classed", (), classed)
    model.append_only = append_only
    assert len(list(class_faults(model))) == 1


def test_keys_can_go_red() -> None:
    earlier, later = planted("afterglow.pathway.plan.models"), planted("afterglow.pathway.session.models")
    backwards = planted("afterglow.pathway.plan.models", order=models.ForeignKey(later, models.PROTECT, related_name="+"))
    traced = planted("afterglow.pathway.session.models", plan=models.ForeignKey(earlier, models.PROTECT))
    removed = planted("afterglow.pathway.plan.models", plan=models.ForeignKey(earlier, models.CASCADE))
    right = planted("afterglow.pathway.session.models", plan=models.ForeignKey(earlier, models.PROTECT, related_name="+"))
    assert [len(list(key_faults(model))) for model in (backwards, traced, removed, right)] == [1, 1, 1, 0]


@pytest.mark.parametrize(
    "field",
    [
        {"started": models.DateTimeField()},
        {"born": models.DateField()},
        {"dose_mg": models.IntegerField()},
        {"volume_ml": models.IntegerField()},
        {"dose_ug": models.DecimalField(max_digits=9, decimal_places=3)},
    ],
)
def test_names_can_go_red(field: dict[str, models.Field[Any, Any]]) -> None:
    assert len(list(name_faults(planted("afterglow.records.chart.models", **field)))) == 1


@pytest.mark.django_db
def test_every_append_only_model_has_its_guards_in_the_live_database() -> None:
    assert {model._meta.label for model in appendonly.append_only_models()} >= {"ground_audit.AuditRow", "ground_audit.AuditSeal"}
    assert appendonly.missing(connection) == []


@pytest.mark.django_db
def test_a_lifted_guard_is_noticed_and_put_back() -> None:
    appendonly.remove(connection)
    assert len(appendonly.missing(connection)) >= 2 * len(appendonly.append_only_models())
    appendonly.install(connection)
    appendonly.install(connection)
    assert appendonly.missing(connection) == []


# req: R13
@pytest.mark.django_db
@pytest.mark.parametrize("deed", ["update", "delete"])
def test_the_database_refuses_to_change_any_append_only_table(deed: str) -> None:
    """Plain SQL on every guarded table that has a row; the library's own table always has some."""
    tried = 0
    for model in appendonly.append_only_models():
        table, key = model._meta.db_table, model._meta.pk.column
        if not model._default_manager.exists():
            continue
        statement = f'UPDATE "{table}" SET "{key}" = "{key}"' if deed == "update" else f'DELETE FROM "{table}"'  # noqa: S608
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
        tried += 1
    assert tried >= 1


@pytest.mark.django_db
def test_models_and_migrations_agree() -> None:
    """Fails with exit code 1 when a model changed without its migration."""
    call_command("makemigrations", check=True, dry_run=True, verbosity=1)
