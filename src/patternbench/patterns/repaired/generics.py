"""Section 2.3, type variables and generics, mended.

What was wrong: `Comparable` was bound to a name that nobody defined; iterating a stack began at its bottom, popping at
its top; `peek` gave `None` for an empty stack, which may also lie on top; `maximum` gave a NaN or hid it, as its
arguments happened to be ordered.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Generic, Protocol, TypeVar


class SupportsLessThan(Protocol):
    """Whatever can be ordered."""

    def __lt__(self, other: Any, /) -> bool: ...


T = TypeVar("T")
Number = TypeVar("Number", int, float)
Comparable = TypeVar("Comparable", bound=SupportsLessThan)


def maximum(a: Number, b: Number) -> Number:
    """The larger of the two; a NaN where either is one."""
    if a != a:  # noqa: PLR0124 - so a NaN shows itself
        return a
    return b if b > a or b != b else a  # noqa: PLR0124 - likewise


class Stack(Generic[T]):
    """What was pushed last is popped, seen and iterated first."""

    def __init__(self) -> None:
        self._items: list[T] = []

    def push(self, item: T) -> None:
        """Lay an item on top."""
        self._items.append(item)

    def pop(self) -> T:
        """Take the top item; IndexError where there is none."""
        if not self._items:
            raise IndexError("Stack is empty")
        return self._items.pop()

    def peek(self) -> T:
        """The top item; IndexError where there is none."""
        if not self._items:
            raise IndexError("Stack is empty")
        return self._items[-1]

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[T]:
        return reversed(self._items)
