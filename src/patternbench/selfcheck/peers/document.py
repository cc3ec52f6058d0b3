"""The document of a study of tools: written whole, read back strictly, and found beside the self-checks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from patternbench.errors import DocumentError, SelectionError
from patternbench.selfcheck.document import FOLDER, line_by_line, read_as
from patternbench.selfcheck.peers.outcome import PEERS_SCHEMA_VERSION, PeerCheck
from patternbench.selfcheck.peers.study import ANSWERS
from patternbench.storage.replacement import replaced

PEERS_DOCUMENT = "peers.json"
_REMEDY = "name the peers.json of a study, or make one with: patternbench selfcheck --against all"


def peers_text(check: PeerCheck) -> str:
    """The document as JSON, a line for each score and each answer; the same study gives the same text.

    Raises:
        ValueError: a figure is not finite.
    """
    return line_by_line(asdict(check), ("scores", "outcomes"))


def write_peers(check: PeerCheck, path: Path) -> None:
    """Write the document so that a reader sees the old file or the whole new one.

    Raises:
        OSError: the file cannot be written.
    """
    replaced(path, peers_text(check).encode("utf-8"))


def read_peers(path: Path) -> PeerCheck:
    """Read a study.

    Raises:
        DocumentError: there is no such file, or it is no study of this version.
    """
    return read_as(PeerCheck, path, PEERS_SCHEMA_VERSION, "study of tools", _REMEDY)


def stored_peers(reports: Path) -> Iterator[PeerCheck]:
    """The studies of a reports folder that can be read, the newest first."""
    for path in sorted((reports / FOLDER).glob(f"*/{PEERS_DOCUMENT}"), reverse=True):
        try:
            yield read_peers(path)
        except DocumentError:
            continue


def newest_peers(reports: Path) -> PeerCheck | None:
    """The newest study of a reports folder in which anything was answered; None where there is none."""
    return next((each for each in stored_peers(reports) if each.scores), None)


def unfinished_peers(reports: Path) -> Path:
    """The folder of the newest study that has questions left to ask.

    Raises:
        SelectionError: there is none.
    """
    for answers in sorted((reports / FOLDER).glob(f"*/{ANSWERS}"), reverse=True):
        document = answers.parent / PEERS_DOCUMENT
        if not document.exists() or not read_peers(document).complete:
            return answers.parent
    raise SelectionError(
        "there is no study of tools that was cut short", remedy="start one with: patternbench selfcheck --against all"
    )
