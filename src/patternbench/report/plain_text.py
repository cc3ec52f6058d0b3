"""Text from suites and workers, made safe to show: no control characters, no symbol that a stream cannot carry.

Names, parameters, reasons and log lines come from users' files and from libraries. Escaping for HTML or Markdown is the
business of the page; here is what every page and the terminal need before that.
"""

from __future__ import annotations

import re
import unicodedata

_JOINERS = "\u200c\u200d"
_ANSI = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)")
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
        "∝": "~",
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
