"""Section 2.1, basic types, as the guide prints them.

Left out: the variables that show how a type is written. Nothing was added, and nothing is mocked.

Defect kept: a lone string is a sequence of strings, so that `process_sequence("abc")` gives three letters.
"""

# What the guide prints is kept, also where the project's own rules would have it otherwise.
# ruff: noqa: D103

from __future__ import annotations

from collections.abc import Mapping, Sequence


def process(obj: object) -> str:
    return str(obj)


# Abstract types (prefer for function parameters)
def process_sequence(items: Sequence[str]) -> list[str]:
    """Accept any sequence (list, tuple, etc.)."""
    return [item.upper() for item in items]


def lookup(mapping: Mapping[str, int], key: str) -> int | None:
    """Accept any mapping (dict, etc.)."""
    return mapping.get(key)
