"""Section 1.2, lazy imports, mended: a package that imports its heavy module when a name of it is asked for.

What was wrong: nothing was stored, so that every access failed first and called two functions; the class was not in
`dir()`; `import *` loaded what was to be loaded late; and importing `typing` cost more than all the rest.

A module that defines `__getattr__` has slower attributes on Python up to 3.14, lazy or not (python/cpython#143469).
Where that matters, import inside the functions that need the class.
"""

from __future__ import annotations

import importlib

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from patternbench.patterns.repaired.lazy_package.heavy import HeavyClass

__all__ = ["get_heavy"]

_LAZY = {"HeavyClass": f"{__name__}.heavy"}
"""What is imported late: its name, and the module that has it."""


def get_heavy() -> type[HeavyClass]:
    """The class; its module is imported when it is asked for first."""
    found: Any = globals().get("HeavyClass") or __getattr__("HeavyClass")
    return found  # type: ignore[no-any-return]


def __getattr__(name: str) -> object:
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(importlib.import_module(_LAZY[name]), name)
    globals()[name] = found  # from now on it is found without this function
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *_LAZY})
