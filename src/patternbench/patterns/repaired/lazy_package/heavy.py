"""The printed package's heavy module, under this package's name."""

from __future__ import annotations

from patternbench.patterns.printed.lazy_package.heavy import HeavyClass

__all__ = ["HeavyClass"]
