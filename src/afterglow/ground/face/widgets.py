"""Django's plain inputs without its template engine: a check-in page has two hundred of them.

A test compares every input with the one that Django's own template gives, letter by letter; what is not named here is drawn by Django.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from django.forms.renderers import DjangoTemplates
from django.http import HttpRequest
from django.utils.html import conditional_escape

_PLACE = "django/forms/widgets/"
INPUTS = frozenset(f"{_PLACE}{name}.html" for name in ("input", "text", "number", "email", "url", "password", "hidden", "date", "time", "datetime"))
INPUTS |= {f"{_PLACE}checkbox.html"}
OPTIONS = frozenset(f"{_PLACE}{name}.html" for name in ("input_option", "radio_option", "checkbox_option"))


class PlainInputs(DjangoTemplates):
    """The form renderer: inputs and options by hand, everything else by Django."""

    def render(self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None) -> str:
        if template_name in INPUTS:
            return _input(context["widget"])
        if template_name in OPTIONS and isinstance(context["widget"].get("label"), str):
            return _option(context["widget"])
        return str(super().render(template_name, context, request))


def _input(widget: Mapping[str, Any]) -> str:
    value = widget["value"]
    said = "" if value is None else f' value="{_text(value)}"'
    return f'<input type="{_text(widget["type"])}" name="{_text(widget["name"])}"{said}{_attrs(widget["attrs"])}>'


def _option(widget: Mapping[str, Any]) -> str:
    if not widget.get("wrap_label"):
        return _input(widget)
    own = widget["attrs"].get("id")
    target = f' for="{_text(own)}"' if own else ""
    return f"<label{target}>{_input(widget)}\n {conditional_escape(widget['label'])}</label>"


def _attrs(attrs: Mapping[str, Any]) -> str:
    return "".join(f" {_text(name)}" if value is True else f' {_text(name)}="{_text(value)}"' for name, value in attrs.items() if value is not False)


def _text(value: object) -> str:
    """What `stringformat:'s'` gives, escaped unless it is safe already."""
    return str(value) if hasattr(value, "__html__") else escape(str(value))
