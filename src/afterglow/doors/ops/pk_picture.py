"""A drawing of curves as an SVG that stands alone: axes with units, a legend with line patterns (no colour is needed to tell them apart), and its caution."""

from __future__ import annotations

from html import escape

from afterglow.science.pk.drawing import Drawing

COLOURS = ("#1b4f72", "#a04000", "#1e8449", "#7d3c98", "#b7950b", "#2e4053")
DASHES = ("", "8 4", "2 3", "10 3 2 3", "5 5", "1 5")
LEGEND_ROW = 18


def svg(drawing: Drawing, *, unit: str, says: str) -> str:
    """The whole file as text."""
    height = drawing.height + LEGEND_ROW * (len(drawing.lines) + 2)
    title = f"Concentration in {unit} over minutes: {', '.join(line.name for line in drawing.lines)}"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {drawing.width} {height}" role="img" font-family="sans-serif" font-size="12">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{drawing.width}" height="{height}" fill="#ffffff"/>',
        *_axes(drawing, unit),
        *_curves(drawing),
        f'<text x="{drawing.left}" y="{height - 8}">{escape(says)}</text>',
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _axes(drawing: Drawing, unit: str) -> list[str]:
    levels = [
        f'<path d="M{drawing.left} {tick.at:g}H{drawing.right}" stroke="#d5d8dc"/>'
        f'<text x="{drawing.left - 6}" y="{tick.at + 4:g}" text-anchor="end">{tick.text}</text>'
        for tick in drawing.levels
    ]
    times = [f'<text x="{tick.at:g}" y="{drawing.bottom + 16}" text-anchor="middle">{tick.text}</text>' for tick in drawing.times]
    named = [
        f'<text x="{drawing.left}" y="{drawing.top - 4}">{escape(unit)}</text>',
        f'<text x="{drawing.right}" y="{drawing.bottom + 32}" text-anchor="end">min</text>',
    ]
    return [*levels, *times, *named]


def _curves(drawing: Drawing) -> list[str]:
    drawn = []
    for number, line in enumerate(drawing.lines):
        pen = (
            f'stroke="{COLOURS[number % len(COLOURS)]}" stroke-width="2" stroke-dasharray="{DASHES[(number // len(COLOURS) + number) % len(DASHES)]}"'
        )
        below = drawing.height + LEGEND_ROW * (number + 1) - 4
        drawn += [
            f'<polyline fill="none" {pen} points="{line.points}"/>',
            f'<path d="M{drawing.left} {below - 4}h36" {pen}/><text x="{drawing.left + 44}" y="{below}">{escape(line.name)}</text>',
        ]
    return drawn
