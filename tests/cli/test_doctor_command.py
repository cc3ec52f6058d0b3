"""`patternbench doctor` says what can be measured, and a remedy where something cannot."""

from __future__ import annotations

import json

import pytest

from patternbench.cli.main import main


def test_each_finding_that_is_not_good_has_a_remedy(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--json"]) == 0
    findings = json.loads(capsys.readouterr().out)
    subjects = [each["subject"] for each in findings]
    assert {"interpreter", "cores", "load", "clock", "meter memory", "meter instructions", "PostgreSQL"} <= set(
        subjects
    )
    assert len(subjects) == len(set(subjects))
    for each in findings:
        assert each["says"]
        assert bool(each["remedy"]) != each["good"]


def test_the_text_says_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor"]) == 0
    text = capsys.readouterr().out
    assert main(["doctor", "--json"]) == 0
    for each in json.loads(capsys.readouterr().out):
        assert f" {each['subject']}: " in text
