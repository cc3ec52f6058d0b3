"""Places of a machine, cut from text that may be stored or shown: one rule for logs, reasons, profiles and pages."""

from __future__ import annotations

import re
from collections.abc import Callable

_FILE_URL = re.compile(r"file://(?=/)")
_POSIX_PATH = re.compile(r"(?<![\w./:<~-])(?:~[\w-]*)?(?:/[\w.+@%=~-]+){2,}/?|(?<=://)(?:/[\w.+@%=~-]+)+")
_WINDOWS_PATH = re.compile(r"(?<!\w)[A-Za-z]:[\\/](?:[^\\/\s'\":;,<>|]+[\\/])*[^\\/\s'\":;,<>|]*")
_LIBRARY = re.compile(r".*(?:site-packages|dist-packages|python3\.\d+t?|[\\/]src)[\\/]")


def without_paths(text: str) -> str:
    """The same text with every absolute path cut to what is not of this machine.

    `/home/me/venv/lib/python3.11/site-packages/httpx/_client.py` becomes `httpx/_client.py`, any other path its last
    component. Addresses such as `http://127.0.0.1:80/a/b` stay.
    """
    return _cut(text, _inside_library)


def without_folders(text: str) -> str:
    """The same, but every path is cut to its last component, of whatever library it is."""
    return _cut(text, _last)


def _cut(text: str, kept: Callable[[re.Match[str]], str]) -> str:
    if "/" not in text and "\\" not in text and "~" not in text:
        return text
    text = _FILE_URL.sub("", text)
    return _WINDOWS_PATH.sub(kept, _POSIX_PATH.sub(kept, text))


def _inside_library(match: re.Match[str]) -> str:
    path = match.group()
    inner = _LIBRARY.sub("", path)
    return inner.replace("\\", "/") if inner != path and inner else _last(match)


def _last(match: re.Match[str]) -> str:
    return re.split(r"[\\/]", match.group().rstrip("\\/"))[-1] or "…"
