from __future__ import annotations

import pytest

from patternbench.report.plain_text import for_encoding, listed, visible, without_paths


def test_control_characters_and_overrides_become_visible() -> None:
    assert visible("a\x00b\u202ec\x1b[31md\n e") == "a\\x00b\\u202ecd e"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (
            'File "/home/me/venv/lib/python3.11/site-packages/httpx/_client.py", line 3',
            'File "httpx/_client.py", line 3',
        ),
        ("cannot open /home/me/secret.db", "cannot open secret.db"),
        ("in /usr/lib/python3.11/json/decoder.py:12", "in json/decoder.py:12"),
        ("~/suites/mine.py", "mine.py"),
        (r"C:\Users\me\suite.py failed", "suite.py failed"),
        ("file:///home/me/x.db", "x.db"),
        ("GET http://127.0.0.1:80/a/b", "GET http://127.0.0.1:80/a/b"),
        ("records/RecordConstruction", "records/RecordConstruction"),
        ("1/2 of ns/op", "1/2 of ns/op"),
    ],
)
def test_paths_lose_what_is_of_the_machine(text: str, kept: str) -> None:
    assert without_paths(text) == kept


def test_symbols_fall_back_where_the_stream_is_not_unicode() -> None:
    assert for_encoding("▼ ×0.26 µs ☠ é", "ascii") == "< x0.26 us X ?"
    assert for_encoding("▼ é", "utf-8") == "▼ é"


def test_long_lists_are_cut() -> None:
    assert listed(["a"]) == "a"
    assert listed(["a", "b", "c"]) == "a, b and c"
    assert listed(["a", "b", "c", "d", "e"]) == "a, b, c and 2 others"
