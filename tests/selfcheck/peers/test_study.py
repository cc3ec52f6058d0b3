"""A study asks in its order, writes down every answer, and goes on where it was cut short."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.simulated_peers import SimulatedPeer, narrow, simulated_peers
from tests.simulated_trials import ENVIRONMENT

from patternbench.errors import DocumentError, ToolMissingError
from patternbench.selfcheck.peers import OURS
from patternbench.selfcheck.peers.outcome import Outcome, PeerCheck
from patternbench.selfcheck.peers.peer import Setting
from patternbench.selfcheck.peers.plan import PeerScope
from patternbench.selfcheck.peers.study import ANSWERS, PeerHeading, PeerStudy, fit

VARIABLES = {"PATTERNBENCH_UNIT_ADDRESSES": "{}"}


def now() -> datetime:
    return datetime(2026, 3, 1, 3, tzinfo=UTC)


def heading(scope: PeerScope) -> PeerHeading:
    versions = dict.fromkeys(scope.tools, "1.2.3")
    return PeerHeading("20260301T030000Z-abc123", "2026-03-01T03:00:00Z", 5, scope, versions, ENVIRONMENT.fingerprint)


class Bench:
    """A study, where it lies, and whom it asks."""

    def __init__(self, folder: Path, scope: PeerScope | None = None) -> None:
        self.folder = folder / "study"
        self.tools = folder / "tools"
        self.peers = simulated_peers()
        self.study = PeerStudy(self.folder, self.peers, heading(scope or narrow()))
        self.heard: list[Outcome] = []
        self.beside: list[int] = []
        self.prepared: list[str] = []

    def go(self) -> None:
        self.tools.mkdir(exist_ok=True)
        self.study.prepare(self.tools, VARIABLES, self.prepared.append)
        self.study.run(VARIABLES, watch=self.heard.append, surrounded=self._surrounded, now=now)

    def go_on(self) -> None:
        self.study = PeerStudy(self.folder, self.peers)

    def check(self) -> PeerCheck:
        return self.study.concluded(ENVIRONMENT, finished="2026-03-01T04:00:00Z", version="0.1.0")

    @contextmanager
    def _surrounded(self, count: int) -> Iterator[None]:
        self.beside.append(count)
        yield


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def lines(bench: Bench) -> list[dict[str, object]]:
    return [json.loads(line) for line in (bench.folder / ANSWERS).read_text().splitlines()]


def test_every_question_is_asked_once_in_its_order(bench: Bench) -> None:
    bench.go()
    assert [each.ask for each in bench.heard] == list(bench.study.plan)
    assert bench.study.remaining == ()
    check = bench.check()
    assert check.complete
    assert len(check.outcomes) == check.planned == 5 * (3 + 2)
    assert {each.at for each in check.outcomes} == {"2026-03-01T03:00:00Z"}


def test_a_tool_meets_the_seed_the_time_and_the_addresses(bench: Bench) -> None:
    bench.go()
    asv = bench.peers["asv"].asked[3:]  # after three rehearsals
    by_seed = {each.seed: each for each in bench.study.plan if each.tool == "asv"}
    assert [each.measuring_s for each in asv] == [
        None if by_seed[each.seed].setting is Setting.DEFAULT else pytest.approx(7.0) for each in asv
    ]
    assert {(each.budget_s, each.timeout_s) for each in asv} == {(10.0, 160.0)}
    assert all(each.variables == VARIABLES for each in asv)


def test_rehearsals_fit_a_decision_to_its_time_and_are_no_answers(bench: Bench) -> None:
    bench.go()
    assert bench.prepared == [OURS, "pyperf", "asv"]
    assert {tool: fitted.measuring_s for tool, fitted in bench.study.fitted.items()} == {"pyperf": 7.0, "asv": 7.0}
    assert [each.measuring_s for each in bench.peers["asv"].asked[:3]] == [3.0, 6.0, 7.0]
    in_budget = [each for each in bench.heard if each.ask.setting is Setting.BUDGET]
    assert {each.seconds for each in in_budget} == {10.0}
    entrants = {each.name: each for each in bench.check().entrants}
    assert entrants["asv"].options == ("--measure=7",)
    assert (entrants[OURS].options, entrants[OURS].measuring_s) == ((), None)


def test_what_is_asked_for_and_every_answer_is_written_down_at_once(bench: Bench) -> None:
    bench.peers["asv"].stop_after = 7
    with pytest.raises(KeyboardInterrupt):
        bench.go()
    written = lines(bench)
    assert written[0]["event"] == "study"
    assert [each["event"] for each in written[1:3]] == ["fitted", "fitted"]
    assert len(written) == 3 + len(bench.heard)


def test_a_study_that_was_cut_short_asks_the_rest_and_rehearses_no_more(bench: Bench) -> None:
    bench.peers["asv"].stop_after = 7
    with pytest.raises(KeyboardInterrupt):
        bench.go()
    with (bench.folder / ANSWERS).open("a") as file:
        file.write('{"event":"answer","as')  # what a kill leaves
    done = {each.ask.number for each in bench.heard}
    bench.peers["asv"].stop_after = None
    bench.go_on()
    assert {each.number for each in bench.study.remaining} == {each.number for each in bench.study.plan} - done
    bench.tools = bench.tools.with_name("tools-anew")
    asked = len(bench.peers["pyperf"].asked)
    bench.study.prepare(_made(bench.tools), VARIABLES, lambda _: None)
    assert len(bench.peers["pyperf"].asked) == asked
    bench.study.run(VARIABLES, surrounded=bench._surrounded, now=now)
    assert bench.check().complete
    bench.go_on()
    again = bench.check()
    assert again.complete
    assert again.outcomes == bench.check().outcomes


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def test_a_question_without_an_answer_keeps_its_reason_and_the_next_is_asked(tmp_path: Path) -> None:
    bench = Bench(tmp_path, narrow(tools=(OURS,)))
    bench.peers[OURS].failing = "no result within 160 s"
    bench.go()
    assert {(each.reason, each.readings) for each in bench.heard} == {("no result within 160 s", ())}
    check = bench.check()
    assert check.complete
    assert check.scores == ()


def test_a_tool_that_fails_its_rehearsal_stops_the_study_before_the_first_question(bench: Bench) -> None:
    bench.peers["asv"].failing = "asv kept no result (exit code 1)"
    with pytest.raises(ToolMissingError, match="asv cannot be asked here: asv kept no result") as raised:
        bench.go()
    assert "leave asv out" in raised.value.remedy
    assert bench.heard == []


def test_neighbours_are_busy_as_the_condition_says(tmp_path: Path) -> None:
    bench = Bench(tmp_path, narrow(tools=(OURS,), conditions=("one", "two")))
    bench.go()
    assert sorted(bench.beside) == [1] * 5 + [2] * 5


def test_checkouts_are_gone_when_a_question_is_answered(bench: Bench) -> None:
    bench.go()
    assert not any(each.checkouts.folder.exists() for peer in bench.peers.values() for each in peer.asked)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "there are no answers"),
        ("", "have no heading"),
        ("{\n", "are damaged"),
        ('{"event":"answer","ask":{}}\n', "are damaged"),
        ('{"event":"study","answers_version":99}\n', "are of version 99"),
    ],
)
def test_what_is_no_study_is_refused(content: str | None, sentence: str, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / ANSWERS).write_text(content)
    with pytest.raises(DocumentError, match=sentence):
        PeerStudy(tmp_path, simulated_peers())


@pytest.mark.parametrize(
    ("first_s", "last_s", "expected"),
    [
        (6.0, 9.0, 7.0),  # three seconds beside measuring
        (7.0, 13.0, 4.5),  # two seconds for each of measuring
        (9.0, 9.0, 5.5),  # no slope at all: taken as one, through the middle of both
        (3.0, 6.0, 9.5),  # nothing beside measuring, held below the whole time
        (30.0, 60.0, 1.0),  # far too slow: held above nothing
    ],
)
def test_the_time_of_measuring_lies_on_the_line_through_the_tries(
    first_s: float, last_s: float, expected: float
) -> None:
    assert math.isclose(fit([(3.0, first_s), (6.0, last_s)], 10.0), expected)


def test_the_simulated_tool_reads_what_was_planted(bench: Bench) -> None:
    bench.peers[OURS] = SimulatedPeer(OURS, error=0.0, settings=(Setting.DEFAULT,))
    bench.go_on()
    bench.go()
    ours = [each for each in bench.heard if each.ask.tool == OURS]
    assert all(each.readings[0].log_ratio == math.log(1 + each.ask.percent / 100) for each in ours)
