"""What the plain computations of the insight tests share."""

from __future__ import annotations

from fractions import Fraction

LEVELS = (Fraction(1, 5), Fraction(2, 5), Fraction(3, 5), Fraction(4, 5))


def points(values: list[Fraction]) -> list[Fraction]:
    """The 20, 40, 60 and 80 % points, between two values in proportion."""
    if not values:
        return []
    ordered = sorted(values)
    found = []
    for level in LEVELS:
        place = level * (len(ordered) - 1)
        low = int(place)
        high = min(low + 1, len(ordered) - 1)
        found.append(ordered[low] + (ordered[high] - ordered[low]) * (place - low))
    return found
