"""Who may see the figures.  They are about groups: no page of this room opens a person."""

from __future__ import annotations

FIGURES = "registry.figures.read"
APPROVE = "registry.research.approve"
EXPORT = "registry.research.export"
"""Held by the command at the machine alone: no role of the clinic takes tables away by a page."""
