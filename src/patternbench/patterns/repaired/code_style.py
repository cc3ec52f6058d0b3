"""Section 10.1, code style, mended.

What was wrong: a percentage above 100 gave a price below zero, a negative one raised it, and cents were what a float
makes of them.
"""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

_CENT = Decimal("0.01")


def calculate_discount(price: Decimal | int | str, percentage: Decimal | int | str) -> Decimal:
    """The price after a discount, in whole cents, half a cent going to the even one.

    Args:
        price: not below zero.
        percentage: from 0 to 100.

    Raises:
        ValueError: either is out of its range.
        TypeError: either is a float, which does not hold what was written.
    """
    if isinstance(price, float) or isinstance(percentage, float):
        raise TypeError("give a Decimal, an integer or a text: a float does not hold what was written")
    full, share = Decimal(price), Decimal(percentage)
    if full < 0:
        raise ValueError(f"a price is not below zero: {price}")
    if not 0 <= share <= 100:
        raise ValueError(f"a discount is from 0 to 100 percent: {percentage}")
    return (full * (100 - share) / 100).quantize(_CENT, ROUND_HALF_EVEN)
