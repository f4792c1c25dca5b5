"""The tokens keep WCAG 2.2 AA in both themes, and the three mark colours stay apart for colour-blind eyes in the dark.

Contrast: WCAG 2.2, 1.4.3 (text 4.5:1) and 1.4.11 (edges and graphics 3:1).  Colour blindness: matrices at full severity of
Machado, Oliveira, Fernandes 2009 (IEEE Trans Vis Comput Graph 15:1291), differences as CIE76 in CIELAB (D65).
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

TOKENS = Path(__file__).resolve().parents[2] / "src/afterglow/ground/face/static/face/css/tokens.css"
TEXT = [
    *[(name, ground) for name in ("ink", "muted", "teal", "rose") for ground in ("paper", "surface", "sunk")],
    ("ink", "teal-soft"),
    ("muted", "teal-soft"),
    ("teal", "teal-soft"),
    ("teal-deep", "teal-soft"),
    ("on-teal", "teal"),
    ("on-teal", "teal-deep"),
    ("on-act", "act"),
    ("on-notify", "notify"),
    ("on-low", "low"),
    ("paper", "ink"),
    ("rose", "rose-soft"),
]
EDGES = [("edge", "paper"), ("edge", "surface"), ("edge", "sunk"), ("focus", "paper"), ("focus", "surface"), ("teal", "paper")]
SIGHT = {
    "typical": np.eye(3),
    "protan": np.array([[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]),
    "deutan": np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]),
    "tritan": np.array([[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]),
}
APART = 25.0  # CIE76; about ten times the difference that is just seen side by side


def blocks(text: str) -> dict[str, dict[str, str]]:
    """Theme -> token -> colour, for the day block and both dusk blocks."""
    found = {}
    for name, start in (("day", ':root, [data-theme="day"] {'), ("dusk", '[data-theme="dusk"] {'), ("dusk by system", ":root:not([data-theme]) {")):
        body = text[text.index("\n" + start) + len(start) :] if name != "dusk by system" else text[text.index(start) + len(start) :]
        found[name] = dict(re.findall(r"--([a-z-]+):\s*(#[0-9A-Fa-f]{6});", body[: body.index("}")]))
    return found


def linear(colour: str) -> np.ndarray:
    v = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(v <= 0.04045, v / 12.92, ((v + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    light, dark = sorted((float(linear(c) @ [0.2126, 0.7152, 0.0722]) for c in (one, other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def lab(rgb: np.ndarray) -> np.ndarray:
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    xyz = to_xyz @ np.clip(rgb, 0, 1) / [0.9505, 1.0, 1.089]
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def seen_apart(one: str, other: str, sight: str) -> float:
    return float(np.linalg.norm(lab(SIGHT[sight] @ linear(one)) - lab(SIGHT[sight] @ linear(other))))


THEMES = blocks(TOKENS.read_text(encoding="utf-8"))


@pytest.mark.parametrize("theme", ["day", "dusk"])
@pytest.mark.parametrize(("front", "ground"), TEXT)
def test_text_reads_at_aa(theme: str, front: str, ground: str) -> None:
    assert contrast(THEMES[theme][front], THEMES[theme][ground]) >= 4.5


@pytest.mark.parametrize("theme", ["day", "dusk"])
@pytest.mark.parametrize(("front", "ground"), EDGES)
def test_edges_of_controls_are_seen(theme: str, front: str, ground: str) -> None:
    assert contrast(THEMES[theme][front], THEMES[theme][ground]) >= 3.0


def test_both_dusk_blocks_are_the_same() -> None:
    assert THEMES["dusk"] == THEMES["dusk by system"]
    assert THEMES["dusk"].keys() == THEMES["day"].keys()


# safety 70a: the marks are told apart from each other, and from the accent and the person's own line, in the dark room.
@pytest.mark.parametrize("sight", SIGHT)
@pytest.mark.parametrize(("one", "other"), [("act", "notify"), ("act", "low"), ("notify", "low")])
def test_marks_stay_apart_in_the_dark(one: str, other: str, sight: str) -> None:
    assert seen_apart(THEMES["dusk"][one], THEMES["dusk"][other], sight) >= APART


@pytest.mark.parametrize("theme", ["day", "dusk"])
@pytest.mark.parametrize("mark", ["act", "notify", "low"])
@pytest.mark.parametrize("other", ["teal", "rose"])
def test_marks_are_neither_accent_nor_own_line(theme: str, mark: str, other: str) -> None:
    assert seen_apart(THEMES[theme][mark], THEMES[theme][other], "typical") >= APART


def test_no_pure_white_in_dusk() -> None:
    assert not {"#FFFFFF", "#FFF"} & {value.upper() for value in THEMES["dusk"].values()}


def test_the_measure_can_fail() -> None:
    assert contrast("#777777", "#888888") < 3.0
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21.0)
    assert seen_apart("#B3141D", "#8A6100", "deutan") < APART
