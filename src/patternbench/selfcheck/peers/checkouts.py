"""The two sides of a trial: folders as a user has them, which differ in a number of repetitions alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from patternbench.selfcheck.peers.source import unit_source
from patternbench.selfcheck.units import UNITS

SUBJECT = "subject"
"""The module in each checkout that holds `call`, a plain function without arguments: every tool can time one."""

ADDRESSES = "PATTERNBENCH_UNIT_ADDRESSES"
"""Environment variable with the addresses of the server outside, as JSON."""

# The work is opened by the first call, not by the import: a tool that imports in one process and forks others from it
# would share one connection among them.
_TEXT = '''\
"""What is timed: {repetitions} repetitions of {unit}."""

{source}
import atexit
{imports}
_work = None


def call():
    """One call."""
    global _work
    if _work is None:
        _work = _opened()
    return _work({repetitions})


def _opened():
    prepared = {unit}({addresses})
    work = next(prepared)
    atexit.register(prepared.close)  # before what the preparation itself left to be done at the end
    {returned}
'''
_SYNC = "return work"
_ASYNC = """\
loop = asyncio.new_event_loop()
    atexit.register(loop.close)
    return lambda repetitions: loop.run_until_complete(work(repetitions))"""


def subject_text(unit: str, repetitions: int) -> str:
    """Source of the module to be timed, with so many repetitions a call; it needs nothing but the standard library.

    A coroutine runs in a loop that is made once: no tool but ours awaits, so that all get a function that blocks.
    """
    known = UNITS[unit]
    imports = ("asyncio",) if known.is_async else ("json", "os") if known.served else ()
    return _TEXT.format(
        unit=unit,
        repetitions=repetitions,
        source=unit_source(unit),
        imports="".join(f"import {each}\n" for each in imports),
        addresses=f'json.loads(os.environ["{ADDRESSES}"])' if known.served else "{}",
        returned=_ASYNC if known.is_async else _SYNC,
    )


@dataclass(frozen=True, slots=True)
class Checkouts:
    """Where the two sides lie, and what the module in each says.

    Attributes:
        folder: holds both, and takes what commands write.
        old_text, new_text: source of the subject, for tools that check out commits themselves.
    """

    folder: Path
    old_text: str
    new_text: str

    @property
    def old(self) -> Path:
        """The baseline's checkout."""
        return self.folder / "old"

    @property
    def new(self) -> Path:
        """The candidate's checkout."""
        return self.folder / "new"

    def add(self, files: Mapping[str, str]) -> None:
        """Write files that both sides have, such as the benchmark itself."""
        for side in (self.old, self.new):
            for name, text in files.items():
                (side / name).write_text(text, encoding="utf-8")


@contextmanager
def checked_out(unit: str, percent: int) -> Iterator[Checkouts]:
    """Both checkouts in a temporary folder, removed at the end whatever happened."""
    with TemporaryDirectory(prefix="patternbench-peers-", ignore_cleanup_errors=True) as folder:
        old, new = (subject_text(unit, repetitions) for repetitions in UNITS[unit].repetitions(percent))
        checkouts = Checkouts(Path(folder), old, new)
        for side, text in ((checkouts.old, checkouts.old_text), (checkouts.new, checkouts.new_text)):
            side.mkdir()
            (side / f"{SUBJECT}.py").write_text(text, encoding="utf-8")
        yield checkouts
