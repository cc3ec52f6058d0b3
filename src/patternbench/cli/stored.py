"""Sessions on disk: where they lie, which is the newest, and the site that is built from them."""

from __future__ import annotations

from pathlib import Path

from patternbench.errors import DocumentError, SelectionError
from patternbench.session import Session
from patternbench.storage.document import read_document
from patternbench.storage.journal import NAME as JOURNAL
from patternbench.verdict import Code

REPORTS = Path("reports")
SITE = "site"
DOCUMENT = "run.json"


def sessions_folder(out: Path) -> Path:
    """Where a reports folder keeps its sessions."""
    return out / "sessions"


def target(path: Path) -> Path:
    """A path that can be written to, asked for before any work is done.

    Raises:
        SelectionError: its folder does not exist.
    """
    if not path.parent.is_dir():
        raise SelectionError(f"there is no folder {path.parent}/", remedy="name a file in a folder that exists")
    return path


def newest_unfinished(out: Path) -> Path:
    """The newest session that has a journal but no document, or one that says it was interrupted.

    Raises:
        SelectionError: every session is finished, or there is none.
        DocumentError: a document on the way cannot be read.
    """
    for journal in sorted(sessions_folder(out).glob(f"*/{JOURNAL}"), reverse=True):
        document = journal.parent / DOCUMENT
        if not document.exists() or read_document(document).session.code == Code.INTERRUPTED:
            return journal.parent
    raise SelectionError("there is no session that was cut short", remedy="start one with: patternbench run")


def stored_session(name: str, out: Path) -> Session:
    """A session by its id, the start of its id, "newest", its folder, or the path of its document.

    Raises:
        SelectionError: there is none, or several ids start so.
        DocumentError: it cannot be read.
    """
    path = Path(name)
    if path.is_dir() and (path / DOCUMENT).is_file():
        return read_document(path / DOCUMENT)
    if path.is_file():
        return read_document(path)
    documents = sorted(sessions_folder(out).glob(f"*/{DOCUMENT}"))
    if name == "newest" and documents:
        return read_document(documents[-1])
    matching = [each for each in documents if each.parent.name.startswith(name)]
    if len(matching) != 1:
        what = f"{len(matching)} sessions start with {name!r}" if matching else f"there is no session {name!r}"
        raise SelectionError(what, remedy="name one of the folders in reports/sessions, or newest")
    return read_document(matching[0])


def all_sessions(out: Path) -> tuple[list[Session], list[str]]:
    """Every session of a reports folder, oldest first, and a sentence for each document that cannot be read."""
    sessions, unreadable = [], []
    for document in sorted(sessions_folder(out).glob(f"*/{DOCUMENT}")):
        try:
            sessions.append(read_document(document))
        except DocumentError as error:
            unreadable.append(f"{document.parent.name}: {error}")
    return sessions, unreadable


def rebuilt_site(out: Path) -> list[str]:
    """Build the site of a reports folder from its sessions, its newest self-check and study of tools.

    Gives a sentence for each session that cannot be read.
    """
    # The pages draw in matplotlib, most of a second that a command without pages need not wait for.
    from patternbench.report.site import build_site
    from patternbench.selfcheck.document import newest
    from patternbench.selfcheck.peers.document import newest_peers

    sessions, unreadable = all_sessions(out)
    build_site(sessions, out / SITE, newest(out), newest_peers(out))
    return unreadable
