"""Selectors: a suite file or folder, `suite`, `suite/Comparison` or `suite/Comparison/variant`, with globs."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

from patternbench.comparison import Case, Declaration
from patternbench.errors import SelectionError
from patternbench.experiment.interpreter import Interpreter


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a run measures of one comparison.

    Attributes:
        cases: in the order of the product.
        variants: names, the baseline always among them, in order of declaration.
        left_out: cases that the selection leaves out.
        interpreters: what a variant's workers run in, by its name; the running one where it is not named.
        alone: measure a variant even where its proofs leave nothing to compare it with.
    """

    declared: Declaration
    cases: tuple[Case, ...]
    variants: tuple[str, ...]
    left_out: int
    interpreters: Mapping[str, Interpreter] = field(default_factory=dict)
    alone: bool = True


def split(selectors: Iterable[str]) -> tuple[list[Path], list[str]]:
    """Selectors that name files or folders, and the patterns."""
    paths: list[Path] = []
    patterns: list[str] = []
    for selector in selectors:
        path = Path(selector)
        if selector.endswith(".py") or (path.is_dir() and "*" not in selector):
            paths.append(path)
        else:
            patterns.append(selector)
    return paths, patterns


def chosen(
    declarations: Sequence[Declaration],
    patterns: Sequence[str],
    *,
    headline_only: bool = False,
    params: Mapping[str, str] | None = None,
) -> list[Chosen]:
    """What the patterns choose; no pattern chooses everything.

    Args:
        headline_only: leave out the cases that do not stand for the question.
        params: axis to a label's text; only cases with that value stay.

    Raises:
        SelectionError: a pattern or a parameter chooses nothing.
    """
    for pattern in patterns:
        if not any(_variants(declared, [pattern]) for declared in declarations):
            raise SelectionError(f"nothing matches {pattern!r}", remedy=_suggestion(pattern, declarations))
    picked = []
    for declared in declarations:
        variants = _variants(declared, patterns) if patterns else tuple(each.name for each in declared.variants)
        if not variants:
            continue
        cases = tuple(
            case for case in declared.cases if (case.headline or not headline_only) and _has(case, params or {})
        )
        if cases:
            picked.append(Chosen(declared, cases, variants, len(declared.cases) - len(cases)))
    if not picked:
        wanted = ", ".join(f"{axis}={value}" for axis, value in (params or {}).items()) or "the selection"
        raise SelectionError(f"no case has {wanted}", remedy="see the cases with: patternbench list")
    return picked


def shard(picked: Sequence[Chosen], text: str) -> list[Chosen]:
    """The K-th of N shares, `K/N` with K from 1; whole comparisons, so that no table is split over machines.

    Raises:
        SelectionError: the text is not such a share.
    """
    part, _, whole = text.partition("/")
    if not (part.isdecimal() and whole.isdecimal() and 1 <= int(part) <= int(whole)):
        raise SelectionError(f"{text!r} is not a share", remedy="write K/N with K from 1 to N, such as 2/4")
    return [each for index, each in enumerate(picked) if index % int(whole) == int(part) - 1]


def _variants(declared: Declaration, patterns: Sequence[str]) -> tuple[str, ...]:
    names: set[str] = set()
    for pattern in patterns:
        suite, _, rest = pattern.partition("/")
        comparison, _, variant = rest.partition("/")
        if fnmatchcase(declared.suite, suite) and fnmatchcase(declared.name, comparison or "*"):
            names |= {each.name for each in declared.variants if fnmatchcase(each.name, variant or "*")}
    if names:
        names.add(declared.baseline)
    return tuple(each.name for each in declared.variants if each.name in names)


def _has(case: Case, params: Mapping[str, str]) -> bool:
    return all(axis in case.labels and str(case.labels[axis]) == value for axis, value in params.items())


def _suggestion(pattern: str, declarations: Sequence[Declaration]) -> str:
    names = {each.suite for each in declarations} | {each.id for each in declarations}
    names |= {f"{each.id}/{one.name}" for each in declarations for one in each.variants}
    close = difflib.get_close_matches(pattern, sorted(names), n=1)
    return f"did you mean {close[0]}?" if close else "see what there is with: patternbench list"
