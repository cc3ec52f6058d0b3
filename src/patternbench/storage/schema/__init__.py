"""The JSON Schema (draft 7) of the session document, as shipped in the package.

`python -m patternbench.storage.schema` is not a command; use `schema()` for the parsed schema and `SCHEMA_FILE` for a
file to hand to any other validator.
"""

from __future__ import annotations

import json
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from patternbench.session import SCHEMA_VERSION

SCHEMA_FILE: Traversable = files(__name__) / f"session-{SCHEMA_VERSION}.json"
"""The schema as a file of the package; `importlib.resources.as_file` gives it a path."""


def schema() -> dict[str, Any]:
    """The schema, parsed anew at each call, so that a caller may change its copy."""
    parsed: dict[str, Any] = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    return parsed


__all__ = ["SCHEMA_FILE", "schema"]
