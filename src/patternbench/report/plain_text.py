"""Text from suites and workers, made safe to show: no control characters, no paths of a machine.

Names, parameters, reasons and log lines come from users' files and from libraries. Escaping for HTML or Markdown is the
business of the page; here is what every page and the terminal need before that.
"""

from __future__ import annotations

import re
import unicodedata

_JOINERS = "\u200c\u200d"
_ANSI = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)")
_FILE_URL = re.compile(r"file://(?=/)")
_POSIX_PATH = re.compile(r"(?<![\w./:<~-])(?:~[\w-]*)?(?:/[\w.+@%=~-]+){2,}/?|(?<=://)(?:/[\w.+@%=~-]+)+")
_WINDOWS_PATH = re.compile(r"(?<!\w)[A-Za-z]:[\\/](?:[^\\/\s'\":;,<>|]+[\\/])*[^\\/\s'\":;,<>|]*")
_LIBRARY = re.compile(r".*(?:site-packages|dist-packages|python3\.\d+t?)[\\/]")
_ASCII = str.maketrans(
    {
        "▼": "<",
        "▲": ">",
        "≈": "=",
        "☠": "X",
        "∅": "-",
        "⚠": "!",
        "×": "x",
        "µ": "u",
        "·": "-",
        "–": "-",
        "—": "-",
        "…": "...",
        "±": "+-",
        "≥": ">=",
        "━": "=",
        "─": "-",
        "╸": "=",
        "✓": "ok",
    }
)


def visible(text: str) -> str:
    """One line without anything that could move, hide or reverse its neighbours.

    White space is folded; terminal escape sequences are dropped; other control and format characters (such as the
    right-to-left override) are spelt out by number. Joiners that scripts and emoji need stay.
    """
    folded = " ".join(_ANSI.sub("", text).split())
    return "".join(each if _harmless(each) else _spelt(each) for each in folded)


def without_paths(text: str) -> str:
    """The same text with every absolute path cut to what is not of this machine.

    `/home/me/venv/lib/python3.11/site-packages/httpx/_client.py` becomes `httpx/_client.py`, any other path its last
    component. Addresses such as `http://127.0.0.1:80/a/b` stay.
    """
    if "/" not in text and "\\" not in text and "~" not in text:
        return text
    text = _FILE_URL.sub("", text)
    return _WINDOWS_PATH.sub(_tail, _POSIX_PATH.sub(_tail, text))


def for_encoding(text: str, encoding: str) -> str:
    """The text as a stream of that encoding can carry it: symbols become ASCII where it is not Unicode."""
    if encoding.lower().replace("_", "-").startswith("utf"):
        return text
    return text.translate(_ASCII).encode(encoding, "replace").decode(encoding)


def listed(names: list[str], most: int = 3) -> str:
    """`a`, `a and b`, `a, b and c`, `a, b, c and 2 others`."""
    if len(names) > most + 1:
        names = [*names[:most], f"{len(names) - most} others"]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _harmless(character: str) -> bool:
    return character in _JOINERS or unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")


def _spelt(character: str) -> str:
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def _tail(match: re.Match[str]) -> str:
    path = match.group()
    inner = _LIBRARY.sub("", path)
    if inner != path and inner:
        return inner.replace("\\", "/")
    return re.split(r"[\\/]", path.rstrip("\\/"))[-1] or "…"
