"""The one error of this package: a backend that cannot be had on this machine, and what would bring it."""

from __future__ import annotations

from importlib.util import find_spec


class BackendUnavailable(Exception):
    """A backend cannot be started here; its text says why, and what to install or set."""


def require(*modules: str, extra: str = "patterns") -> None:
    """Check that the modules are installed, without importing them.

    Raises:
        BackendUnavailable: naming the first one that is not, and the extra that has it.
    """
    for module in modules:
        if find_spec(module) is None:
            raise BackendUnavailable(f"{module} is not installed; pip install 'patternbench[{extra}]'")
