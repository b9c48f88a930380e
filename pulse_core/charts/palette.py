"""The colours of charts, one palette for each ground, and the arithmetic of contrast.

Marks keep a contrast of 3 against both grounds of their theme, text one of 4.5; tests/test_theme.py computes
them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

SEGMENTS = {
    "Champions": "#6d28d9",
    "Loyal Customers": "#8b5cf6",
    "Potential Loyalists": "#2563eb",
    "New Customers": "#0284c7",
    "Promising": "#0d9488",
    "Need Attention": "#a16207",
    "About to Sleep": "#ea580c",
    "At Risk": "#dc2626",
    "Cannot Lose Them": "#be185d",
    "Hibernating": "#64748b",
    "Lost": "#475569",
}
RISK = {"Critical": "#dc2626", "High": "#ea580c", "Medium": "#ca8a04", "Low": "#0d9488"}


@dataclass(frozen=True, slots=True)
class Palette:
    """What a figure is coloured with on one ground. Sequences run from little to much."""

    ground: str
    surface: str
    text: str
    neutral: str
    accent: str
    accent_soft: str
    segments: Mapping[str, str]
    risk: Mapping[str, str]
    sequential: tuple[str, ...]
    diverging: tuple[str, ...]


LIGHT = Palette(
    ground="#ffffff",
    surface="#f8fafc",
    text="#0f172a",
    neutral="#64748b",
    accent="#8b5cf6",
    accent_soft="#ede9fe",
    segments=SEGMENTS,
    # The brand's amber #ca8a04 has a contrast of 2.8 on light grounds.
    risk=RISK | {"Medium": "#b8790a"},
    sequential=(
        "#f5f3ff", "#ede9fe", "#ddd6fe", "#c4b5fd", "#a78bfa",
        "#8b5cf6", "#7c3aed", "#6d28d9", "#5b21b6", "#4c1d95",
    ),
    diverging=(
        "#92400e", "#b45309", "#d97706", "#fbbf24", "#fef3c7",
        "#ede9fe", "#c4b5fd", "#8b5cf6", "#6d28d9", "#4c1d95",
    ),
)  # fmt: skip

DARK = Palette(
    ground="#0f1117",
    surface="#171a23",
    text="#e6e8ee",
    neutral="#94a3b8",
    accent="#8b5cf6",
    accent_soft="#2e2459",
    # The darkest three of the light ground have contrasts of 2.3 to 2.9 here: these are their lighter kin.
    segments=SEGMENTS | {"Champions": "#a78bfa", "Cannot Lose Them": "#db2777", "Lost": "#94a3b8"},
    risk=RISK,
    # Much stands out from the ground, so the sequence runs the other way.
    sequential=(
        "#1d1a33", "#262047", "#32275f", "#41307d", "#53399f",
        "#6845c4", "#7c5ae0", "#957af0", "#b09cf8", "#cfc2fd",
    ),
    diverging=(
        "#fcd34d", "#f59e0b", "#d97706", "#92500e", "#3a2a17",
        "#262047", "#53399f", "#7c5ae0", "#a78bfa", "#cfc2fd",
    ),
)  # fmt: skip


def palette(dark: bool) -> Palette:
    """The palette of the dark or the light ground."""
    return DARK if dark else LIGHT


def contrast(one: str, other: str) -> float:
    """The contrast of two colours (#rrggbb), 1 to 21, by WCAG 2.2 (relative luminance)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def mix(one: str, other: str, share: float) -> str:
    """The colour that lies `share` (0 to 1) of the way from one to the other, as Plotly mixes them (sRGB)."""
    pairs = zip(_channels(one), _channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def see_through(colour: str, share: float) -> str:
    """The colour as a veil that covers `share` (0 to 1) of what lies under it, for marks that cross each other."""
    red, green, blue = _channels(colour)
    return f"rgba({red}, {green}, {blue}, {share})"


def along(sequence: tuple[str, ...], share: float) -> str:
    """The colour at `share` (0 to 1) of a sequence."""
    place = min(max(share, 0.0), 1.0) * (len(sequence) - 1)
    step = min(int(place), len(sequence) - 2)
    return mix(sequence[step], sequence[step + 1], place - step)


def ink(fill: str) -> str:
    """The text colour that reads best on a fill."""
    # Pure black and white: with anything softer some fill in between would be under 4.5 with both.
    return max("#ffffff", "#000000", key=lambda text: contrast(text, fill))


def _channels(colour: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(colour.removeprefix("#")))


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(channel / 255) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
