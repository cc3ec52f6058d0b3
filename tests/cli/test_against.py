"""`patternbench selfcheck --against` with tools that answer at once."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from tests.simulated_peers import SimulatedPeer, peer_check, simulated_peers, stored_peers_at
from tests.simulated_trials import ENVIRONMENT

from patternbench.cli import against, selfcheck_command
from patternbench.cli.main import main
from patternbench.errors import ToolMissingError
from patternbench.selfcheck.peers import PEERS
from patternbench.selfcheck.peers.document import peers_text, read_peers

SMALL = ("--against", "pyperf,asv", "--units", "sort", "--percent", "20", "--repeat", "1")


@contextmanager
def no_server() -> Iterator[Mapping[str, str]]:
    yield {}


@pytest.fixture
def peers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, SimulatedPeer]:
    made = simulated_peers()
    made["pytest-benchmark"] = SimulatedPeer("pytest-benchmark", error=0.05)
    monkeypatch.setattr(against, "PEERS", {tool: lambda tool=tool: made[tool] for tool in made})
    monkeypatch.setattr(against, "unit_server", no_server)
    monkeypatch.setattr(against, "environment", lambda: ENVIRONMENT)
    monkeypatch.setattr(selfcheck_command, "environment", lambda: ENVIRONMENT)
    monkeypatch.setenv("COLUMNS", "140")
    monkeypatch.chdir(tmp_path)
    return made


def documents(folder: Path) -> list[Path]:
    return sorted((folder / "reports" / "selfcheck").glob("*/peers.json"))


def test_tools_are_asked_and_the_study_is_stored_and_shown(
    peers: dict[str, SimulatedPeer], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["selfcheck", *SMALL, "--seed", "4"]) == 0
    (document,) = documents(tmp_path)
    check = read_peers(document)
    assert check.complete
    assert check.seed == 4
    assert check.scope.tools == ("patternbench", "pyperf", "asv")
    assert len(check.outcomes) == 5 * (3 + 1)
    assert {each.name for each in document.parent.iterdir()} == {"peers.json", "peers.jsonl", "peers.md", "peers.svg"}
    out, err = capsys.readouterr()
    assert "Other tools on the same work: found, by planted size" in out
    assert out.splitlines()[-1] == "verdict=ok code=0"
    assert "preparing asv" in err
    assert "[20/20] " in err
    page = (tmp_path / "reports" / "site" / "method.html").read_text("utf-8")
    assert '<h2 id="peers">Other tools on the same work</h2>' in page
    assert (tmp_path / "reports" / "site" / "data" / "peers.json").read_bytes() == document.read_bytes()


def test_all_tools_and_ours_are_asked_when_all_are_named(peers: dict[str, SimulatedPeer], tmp_path: Path) -> None:
    assert main(["selfcheck", "--against", "all", "--units", "sort", "--percent", "20", "--no-site"]) == 0
    (document,) = documents(tmp_path)
    assert read_peers(document).scope.tools == tuple(PEERS)


def test_a_tool_that_is_not_installed_stops_it_before_anything_is_written(
    peers: dict[str, SimulatedPeer], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    peers["asv"].missing = ToolMissingError(
        "asv cannot be compared: asv is not installed", remedy="install it with: pip install 'patternbench[track]'"
    )
    assert main(["selfcheck", *SMALL]) == 2
    err = capsys.readouterr().err
    assert "asv is not installed" in err
    assert "patternbench[track]" in err
    assert list(tmp_path.iterdir()) == []


def test_an_interrupt_keeps_what_was_answered_and_resume_asks_the_rest(
    peers: dict[str, SimulatedPeer], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    peers["asv"].stop_after = 6
    assert main(["selfcheck", *SMALL, "--no-site"]) == 130
    assert "patternbench selfcheck --against all --resume" in capsys.readouterr().out
    (document,) = documents(tmp_path)
    assert not read_peers(document).complete
    peers["asv"].stop_after = None
    assert main(["selfcheck", "--against", "all", "--resume", "--no-site"]) == 0
    assert documents(tmp_path) == [document]
    check = read_peers(document)
    assert check.complete
    assert check.scope.tools == ("patternbench", "pyperf", "asv")
    assert main(["selfcheck", "--against", "all", "--resume"]) == 2


def test_another_environment_or_version_does_not_go_on_with_it(
    peers: dict[str, SimulatedPeer], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    peers["asv"].stop_after = 5
    main(["selfcheck", *SMALL, "--no-site"])
    monkeypatch.setattr(peers["asv"], "version", lambda: "9.9", raising=False)
    assert main(["selfcheck", "--against", "all", "--resume"]) == 2
    assert "another environment" in capsys.readouterr().err
    monkeypatch.undo()


def test_the_document_goes_to_standard_output_alone_when_asked(
    peers: dict[str, SimulatedPeer], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["selfcheck", *SMALL, "--no-site", "--json", "-"]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["schema_version"] == 1
    assert "verdict=ok code=0" in err


def test_the_list_says_what_would_be_asked_and_asks_nothing(
    peers: dict[str, SimulatedPeer], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["selfcheck", "--against", "all", "--budget", "full", "--list"]) == 0
    out = capsys.readouterr().out
    assert "asv: 108 questions, 36 of them on identical code" in out
    assert "378 questions, about " in out
    assert list(tmp_path.iterdir()) == []


def test_questions_that_nobody_answers_are_nothing_measured(
    peers: dict[str, SimulatedPeer], capsys: pytest.CaptureFixture[str]
) -> None:
    peers["patternbench"].failing = "no result"
    assert main(["selfcheck", "--against", "patternbench", "--units", "sort", "--percent", "20", "--no-site"]) == 4
    out, err = capsys.readouterr()
    assert "Nothing was answered." in out
    assert "no answer: no result" in err


def test_the_newest_study_is_published_beside_the_self_check(peers: dict[str, SimulatedPeer], tmp_path: Path) -> None:
    path = stored_peers_at(tmp_path / "reports")
    path.parent.mkdir(parents=True)
    path.write_text(peers_text(peer_check()), "utf-8")
    assert main(["selfcheck", "--publish", "docs"]) == 0
    assert {each.name for each in (tmp_path / "docs").iterdir()} == {"peers.json", "peers.md", "peers.svg"}
    assert (tmp_path / "docs" / "peers.json").read_bytes() == path.read_bytes()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--against", "hyperfine"], "there is no tool 'hyperfine' to ask"),
        (["--against", "asv", "--seconds", "1"], "cannot be given 1 s"),
        (["--against", "asv", "--percent", "4"], "4 % cannot be planted"),
        (["--against", "all", "--resume"], "no study of tools that was cut short"),
        (["--against", "all", "--resume", "--seconds", "20"], "keeps what it was asked for"),
        (["--seconds", "20"], "the time of a decision is part of the promise"),
        (["--against", "asv", "--json", "nowhere/x.json"], "there is no folder nowhere/"),
    ],
)
def test_a_wrong_call_is_told_what_to_do(
    arguments: list[str],
    sentence: str,
    peers: dict[str, SimulatedPeer],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["selfcheck", *arguments]) == 2
    err = capsys.readouterr().err
    assert sentence in err
    assert "remedy: " in err
    assert list(tmp_path.iterdir()) == []


def test_nothing_of_the_machine_leaks_into_what_is_stored(peers: dict[str, SimulatedPeer], tmp_path: Path) -> None:
    main(["selfcheck", *SMALL])
    text = "".join(path.read_text("utf-8") for path in (tmp_path / "reports").rglob("*") if path.is_file())
    assert str(tmp_path) not in text
    assert str(Path.home()) not in text


def test_an_answer_is_told_in_a_line() -> None:
    outcome = peer_check().outcomes[0]
    ask = replace(outcome.ask, tool="asv", unit="sort", percent=5)
    assert against.told(replace(outcome, ask=ask, seconds=3.14)).startswith(
        ("asv as it comes, sort +5 %: ", "asv in the budget, sort +5 %: ")
    )
    assert "no answer: it hung" in against.told(replace(outcome, readings=(), reason="it hung"))
