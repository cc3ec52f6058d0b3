"""Section 1.2, lazy imports (performance), as the guide prints them: a package that imports its heavy module late.

Changed: `my_package` is this package, and its heavy module is a stand-in. Left out: the eager package of the same
section, which needs an application.

Defects kept: nothing is stored in the module, so that every access of the class fails first and calls two functions;
`dir()` does not name the class; `from lazy_package import *` loads the heavy module, as `__all__` names it.
"""

# What the guide prints is kept, also where the project's own rules would have it otherwise.
# ruff: noqa: ANN201, ANN202, PLW0603
# mypy: disable-error-code="no-untyped-call, no-untyped-def, attr-defined, unreachable"

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from patternbench.patterns.printed.lazy_package.heavy import HeavyClass

__all__ = ["HeavyClass", "get_heavy"]

_heavy_module = None


def get_heavy():
    """Lazy import of heavy module."""
    global _heavy_module
    if _heavy_module is None:
        from patternbench.patterns.printed.lazy_package import heavy as _heavy_module
    return _heavy_module.HeavyClass


def __getattr__(name: str):
    if name == "HeavyClass":
        return get_heavy()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
