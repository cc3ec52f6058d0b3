"""The session document: records to JSON and back, checked against the shipped schema.

Numbers in a document are always finite. Parameters and counters come from suites and may be anything; one that is not
finite is held as its text, "inf" or "nan". A figure of the harness that is not finite is a defect and refused.
"""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Callable, Mapping
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

from patternbench.errors import DocumentError
from patternbench.session import SCHEMA_VERSION, Session
from patternbench.storage.replacement import replaced
from patternbench.storage.schema import schema
from patternbench.verdict import Status, Verdict

LARGEST_BYTES = 200 * 2**20
"""A document is read whole; a run of every suite makes some megabytes, so more than this is another kind of file."""

_SUITES_OWN = frozenset({"params", "axes", "counters", "claims", "held", "skipped"})
"""Keys below which values come from suites."""

_RERUN = "write it again with `patternbench run --json PATH`"


def as_document(session: Session) -> dict[str, Any]:
    """The session as JSON knows it: dicts, lists, strings, finite numbers, booleans, None.

    Raises:
        ValueError: a figure of the harness is not finite; the text names its key.
    """
    document: dict[str, Any] = {"schema_version": session.schema_version}
    for field in dataclasses.fields(session):
        document[field.name] = _plain(getattr(session, field.name), field.name, of_suite=field.name in _SUITES_OWN)
    return document


def document_text(session: Session) -> str:
    """The document as text, ending in a newline; the same session gives the same text.

    Raises:
        ValueError: as `as_document`.
    """
    text = json.dumps(as_document(session), indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    # The tail of a broken program's output may hold half a character; its escape is valid inside a JSON string.
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def write_document(session: Session, path: Path) -> None:
    """Write the document so that a reader sees the old file or the whole new one, even when the machine stops.

    A path that exists and is no regular file, such as a pipe, is written to as it is.

    Raises:
        ValueError: as `as_document`; nothing is written then.
        OSError: the file cannot be written.
    """
    replaced(path, document_text(session).encode("utf-8"))


def read_document(path: Path) -> Session:
    """Read a session document.

    Raises:
        DocumentError: there is no such file, or it is not a whole document of this version; one sentence says why.
    """
    name = path.name
    try:
        size = path.stat().st_size
        if size > LARGEST_BYTES:
            _refuse(
                f"{name} has {size / 2**20:.0f} MB, more than a session document ever has", "name a session document"
            )
        content = path.read_bytes()
    except FileNotFoundError:
        _refuse(f"there is no file {name}", "name a session document that exists")
    except OSError as error:
        _refuse(f"{name} cannot be read ({error.strerror or type(error).__name__})", "name a readable session document")
    return session_from(parsed(content, name), name)


def parsed(content: bytes, name: str = "the document") -> Any:
    """The JSON value in `content`, numbers finite.

    Raises:
        DocumentError: it is not JSON, cut short, not finite or nested too deeply.
    """
    try:
        return json.loads(content.decode("utf-8"), parse_constant=_no_constant, parse_float=_finite)
    except UnicodeDecodeError:
        _refuse(f"{name} is not UTF-8 text", "name a session document")
    except RecursionError:
        _refuse(f"{name} is nested too deeply to be a session document", "name a session document")
    except json.JSONDecodeError as error:
        if not content.strip():
            _refuse(f"{name} is empty", _RERUN)
        if error.pos >= len(error.doc.rstrip()) or "Unterminated string" in error.msg:
            _refuse(f"{name} is cut short at line {error.lineno}", _RERUN)
        _refuse(f"{name} is not JSON (line {error.lineno}: {error.msg})", "name a session document")
    except ValueError as error:
        _refuse(f"{name} holds a number that is not one ({error})", _RERUN)


def session_from(document: Any, name: str = "the document") -> Session:
    """The records of a parsed document.

    Raises:
        DocumentError: it has another version, or is not valid.
    """
    from dacite import Config, DaciteError, from_dict

    validate(document, name)
    try:
        return from_dict(Session, document, Config(cast=[tuple, Status, Verdict], strict=True))
    except (DaciteError, ValueError, TypeError) as error:
        _refuse(f"{name} is not a valid session document ({_one_line(error)})", _RERUN)


def validate(document: Any, name: str = "the document") -> None:
    """Check a parsed document against the shipped schema.

    Raises:
        DocumentError: it has another version, or breaks the schema; the sentence names the key.
    """
    from fastjsonschema import JsonSchemaValueException

    if not isinstance(document, Mapping) or "schema_version" not in document:
        _refuse(f"{name} is JSON but no session document, as it has no schema_version", "name a session document")
    version = document["schema_version"]
    if isinstance(version, int) and not isinstance(version, bool) and version != SCHEMA_VERSION:
        if version > SCHEMA_VERSION:
            _refuse(f"{name} has version {version} of the format, newer than {SCHEMA_VERSION}", "upgrade patternbench")
        _refuse(f"{name} has version {version} of the format, which is no longer read", _RERUN)
    try:
        _validator()(document)
    except JsonSchemaValueException as error:
        place = error.name or "data"
        where = place.removeprefix("data.") if place != "data" else "the top level"
        _refuse(f"{name} is not a valid session document ({where}: {_broken_rule(error)})", _RERUN)
    except RecursionError:
        _refuse(f"{name} is nested too deeply to be a session document", "name a session document")


@cache
def _validator() -> Callable[[Any], Any]:
    from fastjsonschema import compile as compiled

    validator: Callable[[Any], Any] = compiled(schema())
    return validator


def _broken_rule(error: Any) -> str:
    """The rule without the offending value, which may be megabytes."""
    if error.rule == "required":
        missing = [key for key in error.rule_definition if not isinstance(error.value, dict) or key not in error.value]
        return f"{', '.join(missing)} missing"
    if error.rule == "additionalProperties":
        known = error.definition.get("properties", {})
        return f"unknown key {next((key for key in error.value if key not in known), '')!r}"[:120]
    if error.rule in {"anyOf", "allOf"}:
        return "none of the allowed forms"
    return f"{error.rule} must be {json.dumps(error.rule_definition)}"[:160]


def _plain(value: Any, key: str, *, of_suite: bool) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, float) and not math.isfinite(value):
        if of_suite:
            return str(value)
        raise ValueError(f"{key} is {value}, and a session document holds finite numbers only")
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            field.name: _plain(getattr(value, field.name), field.name, of_suite=field.name in _SUITES_OWN)
            for field in dataclasses.fields(value)
        }
    if isinstance(value, Mapping):
        return {str(inner): _plain(each, f"{key}.{inner}", of_suite=of_suite) for inner, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each, key, of_suite=of_suite) for each in value]
    return value


def _no_constant(text: str) -> NoReturn:
    raise ValueError(text)


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text[:40])
    return number


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split())[:200]


def _refuse(what: str, remedy: str) -> NoReturn:
    raise DocumentError(what, remedy=remedy) from None


__all__ = [
    "LARGEST_BYTES",
    "as_document",
    "document_text",
    "parsed",
    "read_document",
    "schema",
    "session_from",
    "validate",
    "write_document",
]
