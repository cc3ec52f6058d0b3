from __future__ import annotations

from patternbench.report.plain_text import for_encoding, listed, visible


def test_control_characters_and_overrides_become_visible() -> None:
    assert visible("a\x00b\u202ec\x1b[31md\n e") == "a\\x00b\\u202ecd e"


def test_symbols_fall_back_where_the_stream_is_not_unicode() -> None:
    assert for_encoding("▼ ×0.26 µs ☠ é", "ascii") == "< x0.26 us X ?"
    assert for_encoding("▼ é", "utf-8") == "▼ é"


def test_long_lists_are_cut() -> None:
    assert listed(["a"]) == "a"
    assert listed(["a", "b", "c"]) == "a, b and c"
    assert listed(["a", "b", "c", "d", "e"]) == "a, b, c and 2 others"
