"""Section 2.3, type variables and generics, as the guide prints them.

Left out: the two stacks that show its use, and the imports that its code does not use. Nothing is mocked.

Defects kept: `Comparable` is bound to a name that is defined nowhere; a stack is iterated from its bottom and popped
from its top; an empty stack is false; `peek` cannot tell an empty stack from one with `None` on top; what `maximum`
says of a NaN depends on the order of its arguments.
"""

# What the guide prints is kept, also where the project's own rules would have it otherwise.
# ruff: noqa: D102, FURB136
# mypy: disable-error-code="name-defined"

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, TypeVar

# Type variable
T = TypeVar("T")
K = TypeVar("K")
V = TypeVar("V")

# Constrained type variable
Number = TypeVar("Number", int, float)

# Bound type variable
Comparable = TypeVar("Comparable", bound="SupportsLessThan")  # noqa: F821


def first(items: list[T]) -> T | None:
    """Return first item or None."""
    return items[0] if items else None


def maximum(a: Number, b: Number) -> Number:
    """Return maximum of two numbers."""
    return a if a > b else b


# Generic class
class Stack(Generic[T]):
    """Generic stack implementation."""

    def __init__(self) -> None:
        self._items: list[T] = []

    def push(self, item: T) -> None:
        self._items.append(item)

    def pop(self) -> T:
        if not self._items:
            raise IndexError("Stack is empty")
        return self._items.pop()

    def peek(self) -> T | None:
        return self._items[-1] if self._items else None

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[T]:
        return iter(self._items)
