"""What is asked and in which order."""

from __future__ import annotations

import itertools
from collections import Counter

import pytest
from tests.simulated_peers import BOTH, narrow, simulated_peers

from patternbench.errors import SelectionError
from patternbench.selfcheck.peers import OURS, PEERS
from patternbench.selfcheck.peers.peer import Setting
from patternbench.selfcheck.peers.plan import PEER_SCOPES, expected_s, narrowed, ordered
from patternbench.selfcheck.units import UNITS

SETTINGS = {tool: peer.settings for tool, peer in simulated_peers().items()}


def test_every_tool_gets_the_same_questions_in_each_of_its_settings() -> None:
    scope = narrow(units=("sort", "gather"), identical=3, repeat=2)
    asks = ordered(scope, SETTINGS, seed=1)
    counted = Counter((ask.tool, ask.setting) for ask in asks)
    assert counted == dict.fromkeys(
        [(OURS, Setting.DEFAULT), *((tool, setting) for tool in ("pyperf", "asv") for setting in BOTH)],
        2 * (3 + 2 * 2),
    )
    cells = {
        tool: sorted(
            (ask.unit, ask.percent, ask.repetition) for ask in asks if (ask.tool, ask.setting) == (tool, "default")
        )
        for tool in scope.tools
    }
    assert cells[OURS] == cells["pyperf"] == cells["asv"]


def test_the_order_is_shuffled_over_everything_and_belongs_to_the_seed() -> None:
    scope = narrow(units=tuple(UNITS), identical=4)
    asks = ordered(scope, SETTINGS, seed=1)
    assert asks == ordered(scope, SETTINGS, seed=1)
    assert asks != ordered(scope, SETTINGS, seed=2)
    assert [ask.number for ask in asks] == list(range(len(asks)))
    half = asks[: len(asks) // 2]
    assert all(sum(ask.tool == tool for ask in half) > 40 for tool in scope.tools)
    neighbours = sum(first.tool == second.tool for first, second in itertools.pairwise(asks))
    assert neighbours < len(asks) / 2
    assert len({ask.seed for ask in asks}) == len(asks)


def test_conditions_multiply_the_questions() -> None:
    assert len(ordered(narrow(conditions=("idle", "two")), SETTINGS, 1)) == 2 * len(ordered(narrow(), SETTINGS, 1))


def test_identical_code_is_always_asked_for_and_three_times_as_often() -> None:
    scope = narrowed(PEER_SCOPES["full"], ("asv",), percents=(10, 5), repeat=2)
    assert scope.percents == (0, 5, 10)
    assert (scope.identical, scope.repeat) == (6, 2)


def test_a_scope_takes_what_a_user_asks_for() -> None:
    scope = narrowed(PEER_SCOPES["quick"], ("asv",), units="http_*", conditions=("two",), decision_s=30)
    assert scope.tools == ("asv",)
    assert scope.units == ("http_kept", "http_new")
    assert scope.conditions == ("two",)
    assert scope.decision_s == 30
    assert narrowed(PEER_SCOPES["quick"], ("asv",)).units == PEER_SCOPES["quick"].units


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"units": "nothing*"}, "no unit matches"),
        ({"percents": (4,)}, "4 % cannot be planted"),
        ({"repeat": 0}, "0 repetitions decide nothing"),
        ({"decision_s": 1.0}, "cannot be given 1 s"),
        ({"decision_s": 1000.0}, "cannot be given 1000 s"),
    ],
)
def test_what_cannot_be_asked_is_refused(changes: dict[str, object], sentence: str) -> None:
    with pytest.raises(SelectionError, match=sentence):
        narrowed(PEER_SCOPES["quick"], ("asv",), **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(("name", "most_minutes"), [("quick", 6), ("full", 70)])
def test_the_presets_take_as_long_as_they_say(name: str, most_minutes: float) -> None:
    peers = {tool: make() for tool, make in PEERS.items()}
    scope = narrowed(PEER_SCOPES[name], peers)
    asks = ordered(scope, {tool: peer.settings for tool, peer in peers.items()}, 1)
    assert sum(expected_s(ask, peers, scope.decision_s) for ask in asks) < 60 * most_minutes


def test_every_scope_has_units_that_there_are() -> None:
    assert all(set(scope.units) <= set(UNITS) for scope in PEER_SCOPES.values())
