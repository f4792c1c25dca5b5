"""The `<c-...>` tag, prepared once: what a component is made of is worked out at its first drawing and not at each of the thousand that follow.

It draws what django-cotton draws (a test compares the two on every component) and leaves to it what it does not know.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django import template
from django.template.base import Node, NodeList, Parser, TextNode, Token, VariableNode
from django.template.context import Context
from django.template.defaulttags import CommentNode, CycleNode, IfChangedNode, IfNode, LoadNode
from django.template.loader_tags import BlockNode, ExtendsNode
from django.utils.safestring import SafeString
from django_cotton.templatetags import Attrs, UnprocessableDynamicAttr
from django_cotton.templatetags._component import AttrKind, CottonComponentNode, PreparedAttr, cotton_component
from django_cotton.templatetags._vars import CottonVarsNode
from django_cotton.utils import get_cotton_data

register = template.Library()

DRAWN_FROM_WORDS = frozenset({"icon"})
"""Components that show their words and nothing of the page around them: drawn once for the same words."""
KEPT_DRAWINGS = 512
CONSTANTS: dict[str, Any] = {"None": None, "True": True, "False": False, "": True}
_PLAIN = (TextNode, VariableNode, IfNode)
_KEEPS_STATE = (CycleNode, IfChangedNode, ExtendsNode, BlockNode)
_SILENT = (CommentNode, LoadNode, CottonVarsNode)
Resolve = Callable[[Context], Any]


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A component's file as it is drawn: its nodes, the defaults of its words, and whether it writes further attributes."""

    nodes: NodeList
    defaults: dict[str, Any]
    declared: frozenset[str]
    writes_attrs: bool


@dataclass(frozen=True, slots=True)
class Given:
    """One attribute of a `<c-...>`: `resolve` where it must be asked of the page; else, or where the page does not know it, `value`."""

    key: str
    resolve: Resolve | None
    value: Any
    needed: bool


class PartNode(CottonComponentNode):
    """One `<c-...>` in a page."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self._given = [_given(attr) for attr in self._prepared_attrs]
        self._part: Part | None = None
        self._theirs = self.component_name == "component" or self.only or any(each.key in ("attrs", "is") for each in self._given)

    def render(self, context: Context) -> str:
        if self._part is None and not self._theirs:
            self._part = _part(self._get_cached_template(context, {}))
            self._theirs = self._part is None
        if self._part is None:
            theirs: str = super().render(context)
            return theirs
        said: dict[str, Any] = {}
        for each in self._given:
            if each.resolve is None:
                said[each.key] = each.value
                continue
            try:
                said[each.key] = each.resolve(context)
            except UnprocessableDynamicAttr:
                if not each.needed:
                    said[each.key] = each.value
        if self.component_name in DRAWN_FROM_WORDS and not self.nodelist and all(isinstance(value, str) for value in said.values()):
            return _of_words(self._part, tuple((key, value, isinstance(value, SafeString)) for key, value in said.items()))
        return self._drawn(self._part, said, context)

    def _drawn(self, part: Part, said: dict[str, Any], context: Context) -> SafeString:
        held = get_cotton_data(context)
        slots: dict[str, Any] = {}
        attrs = Attrs(said)
        held["stack"].append({"key": self.component_name, "attrs": attrs, "slots": slots})
        slot = self.nodelist.render(context) if self.nodelist else ""
        state = part.defaults | slots
        for key, value in said.items():
            state[key.replace("-", "_")] = value
        if part.writes_attrs:
            for name in part.declared:
                attrs.exclude_from_string_output(name)
        state["attrs"], state["slot"], state["cotton_data"] = attrs, slot, held
        with context.push(state):
            drawn = part.nodes.render(context)
        held["stack"].pop()
        return drawn


@lru_cache(maxsize=KEPT_DRAWINGS)
def _of_words(part: Part, words: tuple[tuple[str, str, bool], ...]) -> SafeString:
    """Whether a word is safe already belongs to the key: the same letters are escaped or not by it."""
    return part.nodes.render(Context({**part.defaults, **{key: value for key, value, _ in words}}))


def _given(attr: PreparedAttr) -> Given:
    kind, value, compiled = attr.kind, attr.value, attr.compiled
    if kind in (AttrKind.BOOLEAN, AttrKind.STATIC) or (kind == AttrKind.ESCAPED and compiled is None):
        return Given(attr.key, None, value, needed=False)
    if kind == AttrKind.ESCAPED:
        plain = all(isinstance(node, _PLAIN) for node in compiled.nodelist.get_nodes_by_type(Node))
        return Given(attr.key, compiled.nodelist.render if plain else compiled.render, value, needed=False)
    if value in CONSTANTS:
        return Given(attr.key, None, CONSTANTS[value], needed=False)
    return Given(attr.key, compiled.resolve, value, needed=kind == AttrKind.DYNAMIC)


def _part(found: Any) -> Part | None:
    """A component's file made ready; None for one whose drawing depends on more than the words and the page."""
    words = [node for node in found.nodelist if isinstance(node, CottonVarsNode)]
    if len(words) > 1 or found.nodelist.get_nodes_by_type(_KEEPS_STATE):
        return None
    defaults: dict[str, Any] = {}
    declared: set[str] = set()
    for node in words:
        declared |= {word.exclude_key for word in node._prepared_vars} | set(node.empty_vars)
        for word in node._prepared_vars:
            if word.kind == AttrKind.STATIC or (word.kind == AttrKind.ESCAPED and word.compiled is None):
                defaults[word.accessible_key] = word.value
            elif word.kind == AttrKind.DYNAMIC and word.value in CONSTANTS:
                defaults[word.accessible_key] = CONSTANTS[word.value]
            elif word.kind == AttrKind.DYNAMIC and word.value == "[]":
                defaults[word.accessible_key] = ()
            else:
                return None
    nodes = NodeList(node for node in found.nodelist if not isinstance(node, _SILENT))
    return Part(nodes, defaults, frozenset(declared), "attrs" in found.source)


@register.tag("cotton")
def part(parser: Parser, token: Token) -> PartNode:
    """`<c-name ...>`, read by django-cotton."""
    read = cotton_component(parser, token)
    return PartNode(read.component_name, read.nodelist, read.attrs, read.only, read.active_library)
