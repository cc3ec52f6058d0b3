"""Section 2.2, union and optional types, as the guide prints them.

Left out: the variables that show how a type is written. Nothing was added, and nothing is mocked.

Defects kept: the last branch takes whatever is neither an integer nor a string, so that a float or `None` ends in a
TypeError about something else and a dict gives its keys; `True` is an integer.
"""

# What the guide prints is kept, also where the project's own rules would have it otherwise.
# ruff: noqa: D103, RET505

from __future__ import annotations


# Multiple types
def process(data: int | str | list[int]) -> str:
    if isinstance(data, int):
        return str(data)
    elif isinstance(data, str):
        return data
    else:
        return ", ".join(str(x) for x in data)
