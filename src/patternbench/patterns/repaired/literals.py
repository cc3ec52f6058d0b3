"""Section 2.7, Literal and Final, mended: what was said is also held.

What was wrong: any string passed for a status or a mode at run time; the final class could be subclassed, and gave its
parent's instance then; two threads could make two instances; and an `__init__` would have run again on every call.
"""

from __future__ import annotations

import threading
from functools import cache
from typing import IO, Any, Final, Literal, NoReturn, final, get_args

Mode = Literal["r", "w", "a", "rb", "wb"]
Status = Literal["pending", "active", "completed", "failed"]

_MODES: Final = frozenset(get_args(Mode))
_STATUSES: Final = frozenset(get_args(Status))


def open_file(path: str, mode: Mode = "r") -> IO[Any]:
    """Open a file, text as UTF-8; ValueError for another mode than those."""
    if mode not in _MODES:
        raise ValueError(f"there is no mode {mode!r}: choose from {', '.join(sorted(_MODES))}")
    return open(path, mode, encoding=None if "b" in mode else "utf-8")  # noqa: PTH123 - the caller closes it


def set_status(item_id: int, status: Status) -> tuple[int, Status]:
    """The item and its new status; ValueError for another status than those."""
    if status not in _STATUSES:
        raise ValueError(f"there is no status {status!r}: choose from {', '.join(sorted(_STATUSES))}")
    return item_id, status


_made = threading.Lock()


@final
class Singleton:
    """One instance for all threads, made once; it cannot be subclassed."""

    def __new__(cls) -> Singleton:  # noqa: D102 - the class says it
        with _made:
            return _only()

    def __init_subclass__(cls) -> NoReturn:
        raise TypeError("Singleton is final")


@cache
def _only() -> Singleton:
    return object.__new__(Singleton)
