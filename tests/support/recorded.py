"""Facts of pure rules as JSON and back: frozen dataclasses named by module and class, fields at their default left out, each value kept once."""

from __future__ import annotations

import dataclasses
import importlib
import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

PLAIN = (str, int, float, bool, type(None))
Node = Any


class Pool:
    """Values as JSON nodes; a node that was met before is a number that points at the first one."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self._known: dict[str, int] = {}

    def put(self, value: object) -> int:
        """The place of this value in `nodes`.  Raises TypeError for what no rule should take."""
        node = self._node(value)
        text = json.dumps(node, sort_keys=True)
        if text not in self._known:
            self._known[text] = len(self.nodes)
            self.nodes.append(node)
        return self._known[text]

    def _node(self, value: object) -> Node:
        if isinstance(value, PLAIN):
            return value
        if isinstance(value, datetime):
            return {"datetime": value.isoformat()}
        if isinstance(value, date):
            return {"date": value.isoformat()}
        if isinstance(value, timedelta):
            return {"seconds": value.total_seconds()}
        if isinstance(value, UUID):
            return {"uuid": str(value)}
        if isinstance(value, Decimal):
            return {"decimal": str(value)}
        if isinstance(value, Mapping):
            return {"map": [[self.put(key), self.put(each)] for key, each in value.items()]}
        if isinstance(value, set | frozenset):
            return {"set": sorted(self.put(each) for each in value)}
        if isinstance(value, list | tuple):
            return {type(value).__name__: [self.put(each) for each in value]}
        if dataclasses.is_dataclass(value) and type(value).__module__.startswith("afterglow."):
            return {f"{type(value).__module__}:{type(value).__qualname__}": self._fields(value)}
        raise TypeError(f"{type(value)} cannot be recorded")

    def _fields(self, value: Any) -> dict[str, int]:
        found = {}
        for field in dataclasses.fields(value):
            held = getattr(value, field.name)
            if field.default is dataclasses.MISSING or held != field.default:
                found[field.name] = self.put(held)
        return found


class Reader:
    """The other way round; each node is read once."""

    def __init__(self, nodes: list[Node]) -> None:
        self.nodes = nodes
        self._read: dict[int, object] = {}

    def get(self, place: int) -> Any:
        if place not in self._read:
            self._read[place] = self._value(self.nodes[place])
        return self._read[place]

    def _value(self, node: Node) -> object:
        if not isinstance(node, dict):
            return node
        ((kind, held),) = node.items()
        if kind == "datetime":
            return datetime.fromisoformat(held)
        if kind == "date":
            return date.fromisoformat(held)
        if kind == "seconds":
            return timedelta(seconds=held)
        if kind == "uuid":
            return UUID(held)
        if kind == "decimal":
            return Decimal(held)
        if kind == "map":
            return {self.get(key): self.get(value) for key, value in held}
        if kind in ("set", "list", "tuple"):
            made = {"set": frozenset, "list": list, "tuple": tuple}[kind]
            return made(self.get(each) for each in held)
        module, _, name = kind.partition(":")
        return getattr(importlib.import_module(module), name)(**{name: self.get(value) for name, value in held.items()})
