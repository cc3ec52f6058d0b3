"""The journal of a session: every reading, appended and flushed as it comes, one JSON value a line.

The first line says what the session is. A line `{"event": "case", …}` opens a case; the lines after it belong to that
case until the next one. A block, by far the most frequent, is the bare array `[seat, wall_ns, cpu_ns,
preempted, typical_ns]`. A kill can cut the last line short: it is then left out, and at most one block is lost.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from patternbench.errors import DocumentError
from patternbench.experiment.measurement import Replay
from patternbench.storage.json_lines import JsonLines, whole_lines

JOURNAL_VERSION = 3
NAME = "journal.jsonl"
_BLOCK = ("event", "seat", "wall", "cpu", "preempted", "typical")


@dataclass(frozen=True, slots=True)
class Heading:
    """What a run was asked for: enough to ask for the same again.

    Attributes:
        seconds: that a case may take at most, start and verdict included; None where the budget says it.
        selectors: as given, files by the name that finds them from the working directory.
        cases: "headline" or "all".
        meters: to read of every comparison; None reads what each declares.
        memory: whether allocations are counted where the above say so.
        fingerprint: of the environment that measured.
    """

    id: str
    started: str
    seed: int
    budget: str
    seconds: float | None
    selectors: tuple[str, ...]
    cases: str
    params: dict[str, str]
    shard: str | None
    meters: tuple[str, ...] | None
    memory: bool
    fingerprint: str


class Journal:
    """An open journal; a context manager.

    Args:
        folder: of the session; made where it is not there.
        heading: written as the first line of a new journal; None continues an old one.
    """

    def __init__(self, folder: Path, heading: Heading | None) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._lines = JsonLines(folder / NAME, anew=heading is not None)
        self._case: tuple[str, int] | None = None
        if heading is not None:
            self._lines.append({"event": "session", "journal_version": JOURNAL_VERSION, **asdict(heading)})

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._lines.close()

    def recorder(self, comparison: str, case: int) -> CaseJournal:
        """What one case is written to."""
        return CaseJournal(self, comparison, case)

    def write(self, comparison: str, case: int, event: Mapping[str, object]) -> None:
        """Append one event of a case, and hand it to the operating system at once."""
        if self._case != (comparison, case):
            self._case = (comparison, case)
            self._lines.append({"event": "case", "comparison": comparison, "case": case})
        if event["event"] == "block":
            self._lines.append([event[key] for key in _BLOCK[1:]])
        else:
            self._lines.append(event)


@dataclass(frozen=True, slots=True)
class CaseJournal:
    """The part of a journal that one case is written to; the engine's recorder."""

    journal: Journal
    comparison: str
    case: int

    def record(self, event: Mapping[str, object]) -> None:
        """Append one event."""
        self.journal.write(self.comparison, self.case, event)


def read_journal(folder: Path) -> tuple[Heading, dict[str, dict[int, Replay]]]:
    """What a session was asked for, and what it read: by comparison, then by case.

    Raises:
        DocumentError: there is no journal, or a line before the last is none of ours.
    """
    path = folder / NAME
    heading: Heading | None = None
    replays: dict[str, dict[int, Replay]] = {}
    current: Replay | None = None
    try:
        for line in whole_lines(path):
            value = dict(zip(_BLOCK, ("block", *line), strict=True)) if isinstance(line, list) else line
            if value["event"] == "session":
                heading = _heading(value)
            elif value["event"] == "case":
                of_comparison = replays.setdefault(value["comparison"], {})
                current = of_comparison.setdefault(value["case"], Replay(value["comparison"], value["case"]))
            elif current is not None:
                current.apply(value)
    except OSError as error:
        raise DocumentError(
            f"there is no journal in {folder.name}", remedy="name a folder under reports/sessions"
        ) from error
    except (ValueError, LookupError, TypeError, AttributeError, AssertionError, RecursionError) as error:
        raise DocumentError(f"the journal in {folder.name} is damaged", remedy="measure again") from error
    if heading is None:
        raise DocumentError(f"the journal in {folder.name} has no heading", remedy="measure again")
    return heading, replays


def _heading(value: dict[str, Any]) -> Heading:
    if value["journal_version"] != JOURNAL_VERSION:
        raise DocumentError(
            f"the journal is of version {value['journal_version']}, this patternbench reads {JOURNAL_VERSION}",
            remedy="resume it with the version that wrote it",
        )
    fields = {name: value[name] for name in Heading.__dataclass_fields__}
    asked = fields["meters"]
    return Heading(
        **{
            **fields,
            "selectors": tuple(fields["selectors"]),
            "meters": None if asked is None else tuple(asked),
        }
    )
