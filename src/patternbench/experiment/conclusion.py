"""What every session ends with, whoever asked for it: an exit code, and when and under what load it was made."""

from __future__ import annotations

import os
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime

from patternbench.session import ComparisonResult
from patternbench.verdict import Code, Status, Verdict


def exit_code(results: Sequence[ComparisonResult], *, strict: bool = False) -> Code:
    """The code that a command ends with after these results.

    Args:
        strict: an undecided verdict has a code of its own.
    """
    variants = [variant for each in results for case in each.cases for variant in case.variants]
    if any(variant.status is Status.BROKEN for variant in variants):
        return Code.BROKEN
    if not any(variant.status is Status.OK for variant in variants):
        return Code.NOTHING_MEASURED
    if strict and any(variant.verdict is Verdict.UNDECIDED for variant in variants):
        return Code.TOO_NOISY
    return Code.OK


def session_id() -> str:
    """A new session's id: the time, so that ids sort, and a few random characters."""
    return f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"


def timestamp() -> str:
    """Now, as a document holds it."""
    return f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"


def drawn_seed() -> int:
    """A seed for a session that was given none."""
    return secrets.randbelow(1 << 31)


def load_average() -> float | None:
    """The machine's load over the last minute; None where it does not say."""
    try:
        return round(os.getloadavg()[0], 2)
    except (OSError, AttributeError):
        return None
