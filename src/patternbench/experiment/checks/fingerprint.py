"""What a collection holds, as a value that can be compared later: all of a small one, a sample of a large one."""

from __future__ import annotations

from array import array
from collections import deque
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any
from zlib import crc32

_COLLECTIONS = (list, dict, set, deque, bytearray, array)
_PRIMITIVES = (int, float, complex, str, bytes, bool, type(None))
_SAMPLE = 200
_DEPTH = 3
_MOST_ITEMS = 5000
_MOST_BYTES = 1 << 24


def is_collection(value: object) -> bool:
    """Whether it is a collection of the language that can be changed in place, or an array such as numpy's."""
    return isinstance(value, _COLLECTIONS) or _is_array(value)


class Fingerprint:
    """A value to compare; of objects that are no collections of the language only their identity counts."""

    def __init__(self, value: object) -> None:
        self._left = _MOST_ITEMS
        self._of = self._taken(value, _DEPTH)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Fingerprint) and self._of == other._of

    __hash__ = None  # type: ignore[assignment]

    def _taken(self, value: Any, depth: int) -> object:
        if isinstance(value, _PRIMITIVES):
            return value
        if not (isinstance(value, tuple) or is_collection(value)) or depth == 0 or self._left <= 0:
            return id(value)
        if _is_array(value):
            bytes_ = _bytes_of(value)
            return id(value) if bytes_ is None else (len(bytes_), crc32(bytes_))
        if isinstance(value, set):
            return frozenset(map(hash, value)) if len(value) <= _SAMPLE else len(value)
        if isinstance(value, dict):
            items = list(islice(value.items(), _SAMPLE))
            return len(value), self._all((part for item in items for part in item), depth)
        return len(value), self._all(_sampled(value), depth)

    def _all(self, values: Iterable[Any], depth: int) -> tuple[object, ...]:
        taken = []
        for each in values:
            self._left -= 1
            taken.append(self._taken(each, depth - 1))
        return tuple(taken)


def is_blank(value: object) -> bool:
    """Whether a collection is empty, or holds one value over and over, as a place for results does."""
    if _is_array(value):
        start = bytes((_bytes_of(value) or memoryview(b""))[:_MOST_ITEMS])
        return len(set(start)) <= 1
    if isinstance(value, dict):
        items: list[object] = list(islice(value.values(), _SAMPLE))
    elif isinstance(value, list | tuple | deque):
        items = list(_sampled(value))
    else:
        return not value
    try:
        return all(each == items[0] for each in items)
    except Exception:  # noqa: BLE001 - a comparison may raise anything
        return False


def _is_array(value: object) -> bool:
    return isinstance(value, bytearray | array) or hasattr(type(value), "__array_interface__")


def _bytes_of(value: Any) -> memoryview | None:
    """An array's memory; None where it does not lie in one piece or is large."""
    try:
        view = memoryview(value)
        return view.cast("B") if view.nbytes <= _MOST_BYTES else None
    except (TypeError, ValueError):
        return None


def _sampled(value: Sequence[Any] | deque[Any]) -> Iterable[Any]:
    """All items, or those of both ends and some in between."""
    if len(value) <= 3 * _SAMPLE:
        return list(value)
    if isinstance(value, deque):  # the middle of one is far from both ends
        return [*islice(value, _SAMPLE), *islice(reversed(value), _SAMPLE)]
    step = len(value) // _SAMPLE
    return [*value[:_SAMPLE], *value[_SAMPLE:-_SAMPLE:step], *value[-_SAMPLE:]]
