"""The document of a self-check: whole, strict, without anything of the machine's places."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.simulated_trials import self_check, stored_at

from patternbench.errors import DocumentError, SelectionError
from patternbench.selfcheck.document import document_text, newest, newest_unfinished, read_document, write_document
from patternbench.selfcheck.plan import SCOPES

CHECK = self_check(SCOPES["quick"])


@pytest.fixture
def document(tmp_path: Path) -> Path:
    path = stored_at(tmp_path)
    path.parent.mkdir(parents=True)
    write_document(CHECK, path)
    return path


def test_what_is_written_is_read(document: Path) -> None:
    read = read_document(document)
    assert document_text(read) == document.read_text("utf-8")
    assert [each.trial for each in read.outcomes] == [each.trial for each in CHECK.outcomes]
    assert [each.verdict for each in read.outcomes] == [each.verdict for each in CHECK.outcomes]


def test_the_document_says_what_it_is(document: Path) -> None:
    plain = json.loads(document.read_text("utf-8"))
    assert plain["schema_version"] == 1
    assert plain["environment"]["machine"]["cpu"] == "Imagined CPU"
    assert set(plain) == {
        "schema_version",
        "id",
        "started",
        "finished",
        "version",
        "seed",
        "scope",
        "environment",
        "planned",
        "verification",
        "findings",
        "outcomes",
    }


def test_every_trial_stands_on_a_line_of_its_own(document: Path) -> None:
    lines = document.read_text("utf-8").splitlines()
    assert sum('"trial":' in line for line in lines) == len(CHECK.outcomes)


def test_a_full_self_check_is_small_enough_to_keep_with_the_sources() -> None:
    assert len(document_text(self_check()).encode()) < 600_000


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (lambda plain: plain.update(schema_version=9), "of version 9"),
        (lambda plain: plain.pop("schema_version"), "no self-check"),
        (lambda plain: plain.pop("outcomes"), "not a valid self-check"),
        (lambda plain: plain.update(more=1), "not a valid self-check"),
        (lambda plain: plain["outcomes"][0]["ratio"].update(low=9.0), "not a valid self-check"),
        (lambda plain: plain["outcomes"][0].update(verdict="splendid"), "not a valid self-check"),
    ],
    ids=["newer", "other", "missing", "unknown", "impossible", "no verdict"],
)
def test_what_is_no_such_document_is_refused(
    document: Path, damage: Callable[[dict[str, Any]], object], sentence: str
) -> None:
    plain = json.loads(document.read_text("utf-8"))
    damage(plain)
    document.write_text(json.dumps(plain))
    with pytest.raises(DocumentError, match=sentence):
        read_document(document)


def test_what_is_no_document_at_all_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="cannot be read"):
        read_document(tmp_path / "selfcheck.json")
    (tmp_path / "selfcheck.json").write_bytes(b"\xff\xfe")
    with pytest.raises(DocumentError, match="is not JSON"):
        read_document(tmp_path / "selfcheck.json")


def test_the_newest_that_can_be_read_is_found(tmp_path: Path, document: Path) -> None:
    assert newest(tmp_path / "elsewhere") is None
    later = tmp_path / "selfcheck" / "20270101T000000Z-ffffff"
    later.mkdir()
    (later / "selfcheck.json").write_text("{")
    found = newest(tmp_path)
    assert found is not None
    assert found.id == CHECK.id


def test_a_finished_self_check_is_not_resumed(tmp_path: Path, document: Path) -> None:
    (document.parent / "trials.jsonl").write_text("")
    with pytest.raises(SelectionError, match="no self-check that was cut short"):
        newest_unfinished(tmp_path)
