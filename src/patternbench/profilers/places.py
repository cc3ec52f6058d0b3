"""Places in code as a page may name them: package and file, without the folders of a machine."""

from __future__ import annotations

import re

# Absolute paths of Python and C sources; what counts of them is what follows the last folder of libraries.
_PATH = re.compile(r"""(?<![\w.:/])/(?:[^\s/:"'<>()]+/)+[^\s/:"'<>()]+""")
_LIBRARIES = re.compile(r"^.*/(?:site-packages|dist-packages|lib/python3\.\d+t?|src)/")


def place(text: str) -> str:
    """The text with every absolute path cut to its package and file, `asyncio/base_events.py`."""
    return _PATH.sub(lambda match: _short(match.group(0)), text)


def _short(path: str) -> str:
    inside = _LIBRARIES.sub("", path)
    return inside if inside != path else path.rsplit("/", 1)[-1]
