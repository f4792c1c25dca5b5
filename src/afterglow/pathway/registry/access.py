"""Who may see the figures.  They are about groups: no page of this room opens a person."""

from __future__ import annotations

FIGURES = "registry.figures.read"
