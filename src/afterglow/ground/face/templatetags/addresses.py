"""The `{% url %}` tag, asked once for the same page and keys: a list of fifty people asks for a hundred addresses, at each drawing the same ones."""

from __future__ import annotations

from functools import lru_cache

from django import template
from django.template.base import Parser, Token
from django.template.context import Context
from django.template.defaulttags import URLNode
from django.template.defaulttags import url as read_url
from django.urls import reverse
from django.utils.html import conditional_escape

register = template.Library()
KEPT = 8_192
"""Addresses that are remembered: keys of pages, nothing of what is on them."""


@lru_cache(KEPT, typed=True)
def address_of(name: str, *ids: object) -> str:
    """The address of a page.  Raises NoReverseMatch where there is none, and TypeError for what cannot be remembered."""
    return reverse(name, args=ids)


class AddressNode(URLNode):
    """Django's own, but for addresses by position without a name of their own in the page."""

    def render(self, context: Context) -> str:
        if self.kwargs or self.asvar is not None:
            return super().render(context)
        found = address_of(self.view_name.resolve(context), *(arg.resolve(context) for arg in self.args))
        return conditional_escape(found) if context.autoescape else found


@register.tag
def url(parser: Parser, token: Token) -> AddressNode:
    """`{% url 'station:page' key %}`, read by Django."""
    read = read_url(parser, token)
    return AddressNode(read.view_name, read.args, read.kwargs, read.asvar)
