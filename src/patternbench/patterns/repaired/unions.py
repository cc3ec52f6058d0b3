"""Section 2.2, union types, mended.

What was wrong: the last branch took whatever was left, so that a float failed with "not iterable", `None` likewise, and
a dict gave its keys; `True` counted as the integer that it is by inheritance.
"""

from __future__ import annotations


def process(data: int | str | list[int]) -> str:
    """The data as text; a list's items are separated by commas.

    Raises:
        TypeError: the data are none of these; a bool is none.
    """
    if isinstance(data, str):
        return data
    if isinstance(data, list):
        return ", ".join(str(each) for each in data)
    if type(data) is int:
        return str(data)
    raise TypeError(f"give an integer, a string or a list of integers, not {type(data).__name__}")
