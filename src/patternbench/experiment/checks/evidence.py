"""What a check looks at: the calls of a variant, the baseline's beside them, and what the suite says of both."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import CodeType
from typing import Any

from patternbench.comparison import Comparison, Declaration, Variant
from patternbench.experiment.checks.trial import Trial

_WORDS_OF_HITS = ("hit", "miss", "call", "lookup")


@dataclass(frozen=True, slots=True)
class Evidence:
    """One proof's.

    Attributes:
        own: calls of the variant.
        counters: what `Comparison.counters` said after the first.
        baseline: calls of the baseline; None in its own proof, before it was called, and where it is at fault itself.
    """

    declared: Declaration
    variant: Variant
    own: Trial
    counters: Mapping[str, int | float | str] = field(default_factory=dict)
    baseline: Trial | None = None

    @property
    def instance(self) -> Comparison:
        """The variant's instance."""
        return self.own.subject.instance

    @property
    def against(self) -> str:
        """The baseline as a sentence names it."""
        return f"the baseline {self.declared.baseline}"

    @property
    def body(self) -> CodeType:
        """The code of the variant, below its decorators."""
        return body_of(type(self.instance), self.variant.name)

    @property
    def has_its_own_agree(self) -> bool:
        """Whether the suite says what agrees, instead of the harness."""
        return not type(self.instance).agree.__module__.startswith("patternbench.")

    @property
    def compares_by_equality(self) -> bool:
        """Whether results agree where `==` says so."""
        return type(self.instance).agree is Comparison.agree

    @property
    def states_hits(self) -> bool:
        """Whether a counter of the suite says how often a cache was hit, or what stands behind it was called."""
        return any(word in name.lower() for name in self.counters for word in _WORDS_OF_HITS)

    def agree(self, expected: object, actual: object) -> bool:
        """Whether the suite takes one result for the other; False where it raises instead of an answer."""
        try:
            return bool(self.instance.agree(expected, actual))
        except BaseException:  # noqa: BLE001 - a suite's own method may raise anything at all
            return False


Check = Callable[[Evidence], str | None]


def body_of(cls: type[Comparison], variant: str) -> CodeType:
    """The code of a variant, below its decorators."""
    code: Any = inspect.unwrap(getattr(cls, variant)).__code__
    assert isinstance(code, CodeType)
    return code


def first_line(error: BaseException) -> str:
    """First line of an exception's text; may be empty."""
    return str(error).strip().partition("\n")[0]


def named(error: BaseException) -> str:
    """An exception's class and its first line."""
    text = first_line(error)
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def short(value: object, limit: int = 80) -> str:
    """A value in a sentence, cut to that many characters."""
    try:
        text = " ".join(repr(value).split())
    except Exception:  # noqa: BLE001 - a repr may raise anything
        text = f"<{type(value).__name__}>"
    return text if len(text) <= limit else text[: limit - 1] + "…"
