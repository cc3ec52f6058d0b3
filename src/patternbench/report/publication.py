"""What may be published of sessions: nothing of the machine's paths, and the newest result of every question."""

from __future__ import annotations

import dataclasses
import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TypeVar

from patternbench.places import without_paths
from patternbench.session import ComparisonResult, Session

_Record = TypeVar("_Record")
_VERBATIM = frozenset({"source"})
"""Fields that stay as they are: a variant's source text is what was measured, and published with the suite."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A comparison and the session that it comes from."""

    comparison: ComparisonResult
    session: Session


def publishable(session: Session) -> Session:
    """The same session with every absolute path in it cut to what is not of this machine."""
    return _cleaned(session)


def newest(sessions: Iterable[Session]) -> list[Finding]:
    """The newest finding of every question, by suite and then in the order in which suites declare them.

    A session that could not measure a question does not hide an older one that could.
    """
    found: dict[str, Finding] = {}
    for session in sorted(sessions, key=lambda each: (each.session.started, each.session.id)):
        for comparison in session.comparisons:
            earlier = found.get(comparison.id)
            if earlier is None or _says_something(comparison) or not _says_something(earlier.comparison):
                found[comparison.id] = Finding(comparison, session)
    suites = dict.fromkeys(each.comparison.suite for each in found.values())
    order = {suite: at for at, suite in enumerate(sorted(suites))}
    return sorted(found.values(), key=lambda each: order[each.comparison.suite])


def environments(findings: Sequence[Finding]) -> list[Session]:
    """One session per environment that findings come from, the newest of each, newest first."""
    by_print: dict[str, Session] = {}
    for each in sorted(
        {id(one.session): one.session for one in findings}.values(), key=lambda one: one.session.started
    ):
        by_print[each.environment.fingerprint] = each
    return sorted(by_print.values(), key=lambda each: each.session.started, reverse=True)


def file_names(names: Iterable[str]) -> dict[str, str]:
    """A safe and distinct file name for each name: letters, digits, `-`, `_` and `.`; ordinary names stay."""
    given: dict[str, str] = {}
    for name in dict.fromkeys(names):
        safe = re.sub(r"[^A-Za-z0-9_.-]+", "-", name).strip("-.")[:80] or "unnamed"
        clash = safe.lower() in {each.lower() for each in given.values()}
        if clash or (safe != name and safe != name.replace("/", "-")):
            safe = f"{safe[:60]}-{hashlib.sha256(name.encode('utf-8', 'replace')).hexdigest()[:8]}"
        given[name] = safe
    return given


def _says_something(comparison: ComparisonResult) -> bool:
    return any(variant.time or variant.log for case in comparison.cases for variant in case.variants)


def _cleaned(value: _Record) -> _Record:
    result: object = value
    if isinstance(value, str) and not isinstance(value, Enum):
        result = without_paths(value)
    elif isinstance(value, tuple):
        result = tuple(_cleaned(each) for each in value)
    elif isinstance(value, dict):
        result = {_cleaned(key): _cleaned(each) for key, each in value.items()}
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        kept = {
            field.name: getattr(value, field.name) if field.name in _VERBATIM else _cleaned(getattr(value, field.name))
            for field in dataclasses.fields(value)
        }
        result = dataclasses.replace(value, **kept)
    return result  # type: ignore[return-value]
