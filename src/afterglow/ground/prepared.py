"""Questions that every page asks, put into SQL once: Django needs five times as long to write such a statement as the database to answer it.

A prepared question is an ordinary queryset with keys and moments left open.  It is written once for each shape of what it is asked with; from
then on every connection of the process only fills in the values.  The answer is read anew each time: nothing else is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import update_wrapper
from typing import Any, Generic, ParamSpec, TypeVar
from uuid import UUID, uuid4

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import QuerySet
from django.db.models.query import FlatValuesListIterable, ModelIterable, ValuesIterable, ValuesListIterable

from afterglow.ground.stored import key_of, moment_of

P = ParamSpec("P")
R = TypeVar("R")
Rows = QuerySet[Any, Any]
KEPT_STATEMENTS = 3_000
"""All of them are forgotten beyond this: lists of many lengths make many shapes."""
_EARLY = datetime(1583, 1, 1, tzinfo=UTC)
_FAR = 1_900_000_000
_SEVERAL = (list, tuple, set, frozenset)
Make = Callable[[Sequence[Any]], Any]
Read = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class _Statement:
    """One written question: `holes` are the places of `params` that are filled with an argument (its number, and which of several)."""

    sql: str
    params: tuple[Any, ...]
    holes: tuple[tuple[int, int, int | None], ...]
    reads: tuple[tuple[int, Read], ...]
    make: Make


WRITTEN: dict[Hashable, _Statement | None] = {}
"""The statements of this process, which talks to one database: a thread that is new need not write them again."""


class Word(str):
    """A text that differs from call to call: a name, a session's key.  Any other text belongs to the statement."""


class Prepared(Generic[P, R]):
    """Call it as the function that it was made from; the rows come as a list."""

    def __init__(self, made: Callable[P, QuerySet[Any, R]]) -> None:
        self.made = made
        update_wrapper(self, made)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> list[R]:
        """Positional arguments only.  Keys, days, moments, `Word`s and lists of keys or whole numbers may differ from call to call; the rest belongs to the statement."""
        if kwargs:
            raise TypeError("a prepared question takes its values by position")
        wrapper = connections[DEFAULT_DB_ALIAS]
        asked = [tuple(arg) if isinstance(arg, _SEVERAL) else arg for arg in args]
        shape = (self, *map(_shape, asked))
        try:
            statement = WRITTEN[shape]
        except KeyError:
            statement = _write(wrapper, self.made, asked)
            if len(WRITTEN) >= KEPT_STATEMENTS:
                WRITTEN.clear()
            WRITTEN[shape] = statement  # two threads may write the same one at once: both are right, and one is kept
        return [] if statement is None else _answer(wrapper, statement, asked)


def prepared(made: Callable[P, QuerySet[Any, R]]) -> Prepared[P, R]:
    """Around a function that makes a queryset from keys (UUID), moments, days, texts (`Word`), and lists of keys or whole numbers.

    The function must build the same queryset for all of them: it may not look at their values, slice by them or hand them to anything but
    a condition.  Not for `select_for_update`, `select_related`, prefetching and fields that are encrypted.
    """
    return Prepared(made)


def first(rows: Sequence[R]) -> R | None:
    """The only row of a question that asks for one at most."""
    return rows[0] if rows else None


def _shape(arg: Any) -> Any:
    if _is_several(arg):
        return type(arg[0]), len(arg)
    return type(arg) if isinstance(arg, UUID | date | Word) else ("said", arg)


def _stand_in(arg: Any, number: int, turn: int) -> Any:
    """A value of the same kind that stands nowhere else in the statement; another one at each turn."""
    if isinstance(arg, UUID):
        return uuid4()
    if isinstance(arg, Word):
        return Word(uuid4().hex)
    if isinstance(arg, datetime):
        return _EARLY + timedelta(days=1000 * turn, hours=number, microseconds=number + 1)
    if isinstance(arg, date):
        return _EARLY.date() + timedelta(days=1000 * turn + number)
    if _is_several(arg):
        start = _FAR + 1000 * number + 1_000_000 * turn
        return tuple(uuid4() if isinstance(each, UUID) else start + which for which, each in enumerate(arg))
    return arg


def _is_several(arg: Any) -> bool:
    """Keys or whole numbers, all of one kind: one place in the statement for each."""
    return isinstance(arg, tuple) and bool(arg) and type(arg[0]) in (UUID, int) and all(type(each) is type(arg[0]) for each in arg)


def _write(wrapper: BaseDatabaseWrapper, made: Callable[..., QuerySet[Any, Any]], asked: Sequence[Any]) -> _Statement | None:
    """None where the database need not be asked: a list of nothing."""
    stood = [_stand_in(arg, number, 0) for number, arg in enumerate(asked)]
    rows = made(*stood)
    if rows.query.select_for_update or rows.query.select_related or rows._prefetch_related_lookups:  # type: ignore[attr-defined]
        raise TypeError("this question cannot be prepared")
    compiler = rows.query.get_compiler(DEFAULT_DB_ALIAS)
    try:
        sql, params = compiler.as_sql()
    except EmptyResultSet:
        return None
    places = _places(wrapper, asked, stood)
    holes = tuple((at, *places[param]) for at, param in enumerate(params) if isinstance(param, Hashable) and param in places)
    if {hole[1:] for hole in holes} != set(places.values()):
        raise TypeError("a value of this question stands nowhere in its statement")
    _refuse_worked_out(made, asked, sql, params, frozenset(at for at, _, _ in holes))
    columns = [each[0] for each in compiler.select[0 : compiler.col_count]]
    reads = tuple((at, _read(wrapper, found, column)) for at, (found, column) in compiler.get_converters(columns).items())
    return _Statement(sql, tuple(params), holes, reads, _maker(rows, compiler))


def _refuse_worked_out(made: Callable[..., QuerySet[Any, Any]], asked: Sequence[Any], sql: str, params: Sequence[Any], holes: frozenset[int]) -> None:
    """Written again with other stand-ins, nothing but the holes may differ: a moment worked out from an argument (`at - a week`) would be kept
    for ever with the stand-in's week in it, and the question would quietly read the wrong rows.  Raises TypeError."""
    again = made(*(_stand_in(arg, number, 1) for number, arg in enumerate(asked)))
    other_sql, other = again.query.get_compiler(DEFAULT_DB_ALIAS).as_sql()
    if other_sql != sql or len(other) != len(params) or any(other[at] != param for at, param in enumerate(params) if at not in holes):
        raise TypeError("this question works something out from a value: hand it in as a value of its own")


def _places(wrapper: BaseDatabaseWrapper, asked: Sequence[Any], stood: Sequence[Any]) -> dict[Any, tuple[int, int | None]]:
    """What each stand-in is in the statement -> whose place it holds."""
    found: dict[Any, tuple[int, int | None]] = {}
    for number, (arg, stand_in) in enumerate(zip(asked, stood, strict=True)):
        if isinstance(stand_in, tuple) and stand_in is not arg:
            found |= {_as_stored(wrapper, each): (number, which) for which, each in enumerate(stand_in)}
        elif stand_in is not arg:
            found[_as_stored(wrapper, stand_in)] = (number, None)
    return found


def _as_stored(wrapper: BaseDatabaseWrapper, value: Any) -> Any:
    """As Django hands a key, a moment or a day to this engine."""
    if isinstance(value, UUID):
        return value if wrapper.features.has_native_uuid_field else value.hex
    if isinstance(value, Word):
        return str(value)
    if isinstance(value, int):
        return value
    if isinstance(value, datetime):
        return wrapper.ops.adapt_datetimefield_value(value)
    return wrapper.ops.adapt_datefield_value(value)


def _answer(wrapper: BaseDatabaseWrapper, statement: _Statement, asked: Sequence[Any]) -> list[Any]:
    params = list(statement.params)
    for at, number, which in statement.holes:
        stored = _as_stored(wrapper, asked[number] if which is None else asked[number][which])
        params[at] = type(params[at])(stored) if isinstance(stored, int) else stored  # psycopg is told how wide a column is by a type of its own
    with wrapper.cursor() as cursor:
        cursor.execute(statement.sql, params)
        rows: Collection[Sequence[Any]] = cursor.fetchall()
    make, reads = statement.make, statement.reads
    if not reads:
        return [make(row) for row in rows]
    answer = []
    for each in rows:
        row = list(each)
        for at, read in reads:
            row[at] = read(row[at])
        answer.append(make(row))
    return answer


def _read(wrapper: BaseDatabaseWrapper, converters: Sequence[Callable[..., Any]], column: Any) -> Read:
    """What a stored value becomes, as Django's own converters make it.

    SQLite stores keys and moments as text, in one form each, and a page reads a thousand of them: those two are read without the questions
    that Django's converters ask of every value.
    """
    if wrapper.vendor == "sqlite" and len(converters) == 1:
        plain = _PLAIN.get(getattr(converters[0], "__name__", ""))
        if plain is not None:
            return plain

    def read(value: Any) -> Any:
        for convert in converters:
            value = convert(value, column, wrapper)
        return value

    return read


_PLAIN: dict[str, Read] = {"convert_uuidfield_value": key_of, "convert_datetimefield_value": moment_of}


def _maker(rows: QuerySet[Any, Any], compiler: Any) -> Make:
    """What a row becomes: the same as in the queryset itself."""
    kind = rows._iterable_class
    if kind is FlatValuesListIterable:
        return lambda row: row[0]
    if kind is ValuesListIterable:
        return tuple
    if kind is ValuesIterable:
        query = rows.query
        names = list(query.selected or (*query.extra_select, *query.values_select, *query.annotation_select))
        return lambda row: dict(zip(names, row, strict=True))
    if kind is ModelIterable and not compiler.klass_info.get("related_klass_infos"):
        return _model_maker(compiler)
    raise TypeError("this question cannot be prepared")


def _model_maker(compiler: Any) -> Make:
    fields = compiler.klass_info["select_fields"]
    begin, end = fields[0], fields[-1] + 1
    model, names, more = compiler.klass_info["model"], [each[0].target.attname for each in compiler.select[begin:end]], compiler.annotation_col_map

    def make(row: Sequence[Any]) -> Any:
        found = model.from_db(DEFAULT_DB_ALIAS, names, row[begin:end])
        for name, at in (more or {}).items():
            setattr(found, name, row[at])
        return found

    return make
