"""Lines of JSON: whole ones are read, a torn one is cut off before the next is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from patternbench.storage.json_lines import JsonLines, whole_lines


def test_what_was_appended_is_read_in_order(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    with JsonLines(path, anew=True) as lines:
        lines.append({"first": 1})
        lines.append(["second"])
    with JsonLines(path, anew=False) as lines:
        lines.append(None)
    assert list(whole_lines(path)) == [{"first": 1}, ["second"], None]


def test_a_line_is_on_the_disk_before_the_next_is_thought_of(tmp_path: Path) -> None:
    with JsonLines(tmp_path / "lines", anew=True) as lines:
        lines.append(1)
        assert list(whole_lines(tmp_path / "lines")) == [1]


def test_a_torn_line_is_left_out_and_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    path.write_bytes(b'{"whole":1}\n{"torn":')
    assert list(whole_lines(path)) == [{"whole": 1}]
    with JsonLines(path, anew=False) as lines:
        lines.append(2)
    assert list(whole_lines(path)) == [{"whole": 1}, 2]


def test_an_existing_file_is_never_begun_anew(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    path.write_bytes(b"1\n")
    with pytest.raises(FileExistsError):
        JsonLines(path, anew=True)


def test_a_number_that_json_cannot_hold_is_refused(tmp_path: Path) -> None:
    with JsonLines(tmp_path / "lines", anew=True) as lines, pytest.raises(ValueError, match="not JSON compliant"):
        lines.append(float("nan"))
