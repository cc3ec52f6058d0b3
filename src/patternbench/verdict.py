"""Words for what a comparison found, and the exit codes that follow from them."""

from __future__ import annotations

from enum import IntEnum, StrEnum


class Verdict(StrEnum):
    """What one variant is, against the baseline."""

    BASELINE = "baseline"
    FASTER = "faster"
    SLOWER = "slower"
    SAME = "same"
    """The whole interval lies inside the equivalence band."""
    UNDECIDED = "undecided"
    """The run could not tell; the case's noise floor says what it could have seen."""
    BROKEN = "broken"
    NOT_MEASURED = "not measured"

    @property
    def symbol(self) -> str:
        """The mark that stands beside the ratio, so that colour is never alone."""
        return _SYMBOLS[self]


_SYMBOLS = {
    Verdict.BASELINE: " ",
    Verdict.FASTER: "▼",
    Verdict.SLOWER: "▲",
    Verdict.SAME: "≈",
    Verdict.UNDECIDED: "?",
    Verdict.BROKEN: "☠",
    Verdict.NOT_MEASURED: "∅",
}


class Status(StrEnum):
    """Whether a case or a variant could be measured."""

    OK = "ok"
    BROKEN = "broken"
    NOT_MEASURED = "not measured"


class Code(IntEnum):
    """Exit codes of every command."""

    OK = 0
    REGRESSED = 1
    USAGE = 2
    BROKEN = 3
    NOTHING_MEASURED = 4
    TOO_NOISY = 5
    INTERRUPTED = 130

    @property
    def word(self) -> str:
        """The session's verdict in one word, as the last line of a run prints it."""
        return {
            0: "ok",
            1: "regressed",
            2: "usage",
            3: "broken",
            4: "nothing-measured",
            5: "too-noisy",
            130: "interrupted",
        }[self.value]
