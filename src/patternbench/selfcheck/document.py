"""The document of a self-check: written whole, read back strictly, and found where reports keep it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from enum import Enum
from pathlib import Path
from typing import Any, TypeVar

from patternbench.errors import DocumentError, SelectionError
from patternbench.selfcheck.outcome import SCHEMA_VERSION, SelfCheck
from patternbench.storage.replacement import replaced

FOLDER = "selfcheck"
"""Of a reports folder: holds a folder for each self-check."""

DOCUMENT = "selfcheck.json"
TRIALS = "trials.jsonl"

_Record = TypeVar("_Record")
_REMEDY = "name the selfcheck.json of a self-check, or make one with: patternbench selfcheck"


def document_text(check: SelfCheck) -> str:
    """The document as JSON, a line for each finding and each trial; the same self-check gives the same text.

    Raises:
        ValueError: a figure is not finite.
    """
    return line_by_line(asdict(check), ("findings", "outcomes"))


def line_by_line(plain: dict[str, Any], lists: Sequence[str]) -> str:
    """A record as JSON, its version first and its long lists last, with a line for each of their entries.

    Figures have six digits: none is known better, and a thousand trials stay below half a megabyte.

    Raises:
        ValueError: a figure is not finite.
    """
    plain = _rounded(plain)
    long = {key: plain.pop(key) for key in lists}
    head = json.dumps(
        {"schema_version": plain.pop("schema_version"), **plain}, indent=1, ensure_ascii=False, allow_nan=False
    )
    parts = [head.removesuffix("\n}")]
    for key, values in long.items():
        lines = (json.dumps(each, separators=(",", ":"), ensure_ascii=False, allow_nan=False) for each in values)
        parts.append(f' "{key}": [\n  ' + ",\n  ".join(lines) + "\n ]")
    return ",\n".join(parts) + "\n}\n"


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.6g}")
    if isinstance(value, dict):
        return {key: _rounded(each) for key, each in value.items()}
    return [_rounded(each) for each in value] if isinstance(value, list | tuple) else value


def write_document(check: SelfCheck, path: Path) -> None:
    """Write the document so that a reader sees the old file or the whole new one.

    Raises:
        OSError: the file cannot be written.
    """
    replaced(path, document_text(check).encode("utf-8"))


def read_document(path: Path) -> SelfCheck:
    """Read a self-check.

    Raises:
        DocumentError: there is no such file, or it is no self-check of this version.
    """
    return read_as(SelfCheck, path, SCHEMA_VERSION, "self-check", _REMEDY)


def read_as(kind: type[_Record], path: Path, schema_version: int, what: str, remedy: str) -> _Record:
    """Read a record of that kind and version, strictly.

    Args:
        what: a word for it, for the sentence that refuses.

    Raises:
        DocumentError: there is no such file, or it is none.
    """
    try:
        document = json.loads(path.read_bytes())
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise DocumentError(f"{path.name} cannot be read ({reason})", remedy=remedy) from error
    except ValueError as error:
        raise DocumentError(f"{path.name} is not JSON", remedy=remedy) from error
    version = document.get("schema_version") if isinstance(document, dict) else None
    if version != schema_version:
        found = f"no {what}" if version is None else f"a {what} of version {version}, not {schema_version}"
        raise DocumentError(f"{path.name} is {found}", remedy=remedy)
    try:
        return record(kind, document)
    except (ValueError, TypeError) as error:
        said = " ".join(str(error).split())[:200]
        raise DocumentError(f"{path.name} is not a valid {what} ({said})", remedy=remedy) from error


def stored(reports: Path) -> Iterator[SelfCheck]:
    """The self-checks of a reports folder that can be read, the newest first."""
    for path in sorted((reports / FOLDER).glob(f"*/{DOCUMENT}"), reverse=True):
        try:
            yield read_document(path)
        except DocumentError:
            continue


def newest(reports: Path) -> SelfCheck | None:
    """The newest self-check of a reports folder that decided anything; None where there is none."""
    return next((each for each in stored(reports) if each.findings), None)


def newest_unfinished(reports: Path) -> Path:
    """The folder of the newest self-check that has trials left to make.

    Raises:
        SelectionError: there is none.
    """
    for trials in sorted((reports / FOLDER).glob(f"*/{TRIALS}"), reverse=True):
        document = trials.parent / DOCUMENT
        if not document.exists() or not read_document(document).complete:
            return trials.parent
    raise SelectionError("there is no self-check that was cut short", remedy="start one with: patternbench selfcheck")


def record(kind: type[_Record], plain: dict[str, Any]) -> _Record:
    """A record from its fields as JSON holds them.

    Raises:
        ValueError: a field is missing, unknown, or cannot be.
    """
    from dacite import Config, DaciteError, from_dict

    try:
        return from_dict(kind, plain, Config(cast=[tuple, Enum], strict=True))
    except DaciteError as error:
        raise ValueError(str(error)) from error
