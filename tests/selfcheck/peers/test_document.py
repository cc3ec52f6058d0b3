"""The document of a study: read back as it was written, refused where it is none, found where it lies."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from tests.simulated_peers import narrow, peer_check, stored_peers_at

from patternbench.errors import DocumentError, SelectionError
from patternbench.selfcheck.peers.document import (
    newest_peers,
    peers_text,
    read_peers,
    unfinished_peers,
    write_peers,
)
from patternbench.selfcheck.peers.outcome import PeerCheck
from patternbench.selfcheck.peers.study import ANSWERS


def stored(reports: Path, check: PeerCheck) -> Path:
    path = reports / "selfcheck" / check.id / "peers.json"
    path.parent.mkdir(parents=True)
    (path.parent / ANSWERS).touch()
    write_peers(check, path)
    return path


def test_a_study_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    check = peer_check()
    path = stored(tmp_path, check)
    again = read_peers(path)
    assert peers_text(again) == path.read_text("utf-8")
    assert (again.entrants, again.scope, again.seed) == (check.entrants, check.scope, check.seed)
    assert [each.ask for each in again.outcomes] == [each.ask for each in check.outcomes]
    assert stored_peers_at(tmp_path) == path


def test_each_standing_and_each_answer_has_a_line() -> None:
    check = peer_check(narrow())
    lines = peers_text(check).splitlines()
    assert json.loads("\n".join(lines))["schema_version"] == 1
    assert sum(line.startswith('  {"') for line in lines) == len(check.scores) + len(check.outcomes)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("{", "is not JSON"),
        ("[]", "is no study of tools"),
        ('{"schema_version": 9}', "is a study of tools of version 9, not 1"),
        ('{"schema_version": 1}', "is not a valid study of tools"),
    ],
)
def test_what_is_no_study_is_refused(content: str, sentence: str, tmp_path: Path) -> None:
    path = tmp_path / "peers.json"
    path.write_text(content)
    with pytest.raises(DocumentError, match=sentence):
        read_peers(path)


def test_the_newest_study_with_an_answer_is_found(tmp_path: Path) -> None:
    check = peer_check(narrow())
    stored(tmp_path, check)
    stored(tmp_path, replace(check, id="20260302T030000Z-abc123", scores=(), outcomes=()))
    found = newest_peers(tmp_path)
    assert found is not None
    assert found.id == check.id
    assert newest_peers(tmp_path / "elsewhere") is None


def test_the_newest_study_with_questions_left_is_found(tmp_path: Path) -> None:
    check = peer_check(narrow())
    with pytest.raises(SelectionError, match="no study of tools that was cut short"):
        unfinished_peers(tmp_path)
    stored(tmp_path, check)
    cut = stored(tmp_path, replace(check, id="20260228T030000Z-abc123", outcomes=check.outcomes[:3]))
    assert unfinished_peers(tmp_path) == cut.parent
