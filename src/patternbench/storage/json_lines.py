"""A file of JSON values, one a line, appended and flushed as they come; a kill loses at most the last line."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

_encoded = json.JSONEncoder(separators=(",", ":"), allow_nan=False).encode


class JsonLines:
    """An open file of lines; a context manager.

    Args:
        path: its folder must exist.
        anew: the file must not exist yet; otherwise it must, and what a kill left of its last line is cut off.
    """

    def __init__(self, path: Path, *, anew: bool) -> None:
        if not anew:
            _cut_to_whole_lines(path)
        self._file = path.open("x" if anew else "a", encoding="utf-8")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Write nothing more."""
        self._file.close()

    def append(self, value: object) -> None:
        """Write one value, and hand it to the operating system at once."""
        self._file.write(_encoded(value) + "\n")
        self._file.flush()


def whole_lines(path: Path) -> Iterator[Any]:
    """The values of the lines that were written to their end.

    Raises:
        OSError: the file cannot be read.
        ValueError: a line is not JSON.
    """
    with path.open("rb") as file:
        for line in file:
            if line.endswith(b"\n"):
                yield json.loads(line)


def _cut_to_whole_lines(path: Path) -> None:
    """Remove a line that a kill cut short, so that the next one does not run on from it."""
    with path.open("rb+") as file:
        file.seek(0, os.SEEK_END)
        end = file.tell()
        while end:
            start = max(0, end - 65536)
            file.seek(start)
            found = file.read(end - start).rfind(b"\n")
            if found >= 0:
                file.truncate(start + found + 1)
                return
            end = start
