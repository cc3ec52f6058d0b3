"""Section 2.1, basic types, mended.

What was wrong: a lone string is a sequence of strings for every type checker, so that `process_sequence("abc")` gave
three letters instead of an error.
"""

from __future__ import annotations

from collections.abc import Sequence


def process_sequence(items: Sequence[str]) -> list[str]:
    """Each item in upper case.

    Raises:
        TypeError: the items are one string.
    """
    if isinstance(items, str):
        raise TypeError("give a sequence of strings, not one string")
    return [item.upper() for item in items]
