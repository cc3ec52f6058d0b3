"""What a journal gives back is what was read, whatever moment a kill chose."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patternbench.errors import DocumentError
from patternbench.experiment.measurement import Replay
from patternbench.observation import TWIN
from patternbench.storage.journal import JOURNAL_VERSION, NAME, Heading, Journal, read_journal

HEADING = Heading(
    id="20261124T030000Z-abc",
    started="2026-11-24T03:00:00Z",
    seed=7,
    budget="quick",
    seconds=20.0,
    selectors=("records", "my suite.py"),
    cases="headline",
    params={"size": "3"},
    shard="1/2",
    meters=("time", "startup"),
    memory=True,
    fingerprint="f" * 16,
)

EVENTS: list[Mapping[str, object]] = [
    {"event": "proof", "variant": "old", "status": "ok", "reason": None, "log": [], "counters": {"opened": 1}},
    {"event": "proof", "variant": "bad", "status": "broken", "reason": "ü\u2028\n", "log": ["a"], "counters": {}},
    {"event": "proof", "variant": "new", "status": "ok", "reason": None, "counters": {}, "notes": ["prints"]},
    {"event": "fault", "variant": "gone", "status": "not measured", "reason": "no server", "log": []},
    {"event": "set", "hash_seed": 3, "core": None},
    {"event": "shift"},
    {"event": "units", "variant": "old", "units": 1},
    {"event": "units", "variant": "new", "units": 10},
    {"event": "calls", "calls": {"old": 100, "new": 50}, "slices": {"old": 10, "new": 5}},
    {"event": "overhead", "seat": "old", "ns": 20.5},
    {"event": "overhead", "seat": TWIN, "ns": 21.5},
    {"event": "round"},
    {"event": "block", "seat": "new", "wall": 5, "cpu": 4, "preempted": 0, "typical": 5},
    {"event": "block", "seat": TWIN, "wall": 7, "cpu": 6, "preempted": 2, "typical": 7},
    {"event": "block", "seat": "old", "wall": 10**15, "cpu": 0, "preempted": 0, "typical": 10**15},
    {"event": "round"},
    {"event": "block", "seat": "old", "wall": 8, "cpu": 7, "preempted": 0, "typical": 8},
    {"event": "reading", "variant": "old", "meter": "memory", "figures": {"peak_bytes": 56, "allocations": None}},
    {"event": "reading", "variant": "old", "meter": "load", "figures": {"p99_s": 0.5, "errors": 0}},
    {"event": "reading", "variant": "new", "meter": "load", "figures": {"not_measured": "no \u2028 server"}},
    {"event": "time", "seconds": 1.25},
]


def live(events: list[Mapping[str, object]], comparison: str = "s/C", case: int = 0) -> Replay:
    replay = Replay(comparison, case)
    for event in events:
        replay.apply(event)
    return replay


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A session's folder with a whole journal."""
    with Journal(tmp_path / "session", HEADING) as journal:
        recorder = journal.recorder("s/C", 0)
        for event in EVENTS:
            recorder.record(event)
    return tmp_path / "session"


def test_what_is_read_back_is_what_was_seen_live(folder: Path) -> None:
    heading, replays = read_journal(folder)
    assert heading == HEADING
    assert replays["s/C"][0].observed == live(EVENTS).observed


def test_a_journal_from_before_there_were_notes_has_none(folder: Path) -> None:
    assert read_journal(folder)[1]["s/C"][0].observed.notes == {"new": ("prints",)}
    assert "notes" not in EVENTS[0]


def test_cases_that_take_turns_are_told_apart(tmp_path: Path) -> None:
    with Journal(tmp_path, HEADING) as journal:
        recorders = {("s/C", 0): [], ("s/C", 1): [], ("t/D", 0): []}  # type: dict[tuple[str, int], list[object]]
        for event in EVENTS:
            for comparison, case in recorders:
                journal.recorder(comparison, case).record(event)
    _, replays = read_journal(tmp_path)
    assert {(name, case) for name, cases in replays.items() for case in cases} == set(recorders)
    for comparison, case in recorders:
        assert replays[comparison][case].observed == live(EVENTS, comparison, case).observed


def test_every_event_is_on_the_disk_at_once(tmp_path: Path) -> None:
    with Journal(tmp_path, HEADING) as journal:
        recorder = journal.recorder("s/C", 0)
        for number, event in enumerate(EVENTS, start=1):
            recorder.record(event)
            assert read_journal(tmp_path)[1]["s/C"][0].observed == live(EVENTS[:number]).observed


def test_each_line_is_one_json_value(folder: Path) -> None:
    lines = (folder / NAME).read_bytes().splitlines()
    assert len(lines) == len(EVENTS) + 2
    values = [json.loads(line) for line in lines]
    assert values[0]["journal_version"] == JOURNAL_VERSION
    assert ["new", 5, 4, 0, 5] in values


@settings(max_examples=40)
@given(data=st.data())
def test_a_kill_at_any_byte_loses_one_event_at_most(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("cut")
    with Journal(folder / "whole", HEADING) as journal:
        recorder = journal.recorder("s/C", 0)
        for event in EVENTS:
            recorder.record(event)
    content = (folder / "whole" / NAME).read_bytes()
    first = content.index(b"\n") + 1
    cut = data.draw(st.integers(first, len(content)))
    (folder / NAME).write_bytes(content[:cut])
    heading, replays = read_journal(folder)
    assert heading == HEADING
    whole_lines = content[:cut].count(b"\n") - 2  # heading and case
    seen = replays["s/C"][0].observed if whole_lines >= 0 else live([]).observed
    assert seen == live(EVENTS[: max(0, whole_lines)]).observed


def test_a_journal_goes_on_after_a_line_that_was_cut_short(folder: Path) -> None:
    path = folder / NAME
    path.write_bytes(path.read_bytes()[:-5])
    more: list[Mapping[str, object]] = [
        {"event": "set", "hash_seed": 4, "core": 1},
        {"event": "shift"},
        {"event": "round"},
        {"event": "block", "seat": "old", "wall": 1, "cpu": 1, "preempted": 0, "typical": 1},
    ]
    with Journal(folder, None) as journal:
        recorder = journal.recorder("s/C", 0)
        for event in more:
            recorder.record(event)
    heading, replays = read_journal(folder)
    assert heading == HEADING
    assert replays["s/C"][0].observed == live([*EVENTS[:-1], *more]).observed


def test_a_journal_that_ends_whole_goes_on_as_it_is(folder: Path) -> None:
    before = (folder / NAME).read_bytes()
    with Journal(folder, None):
        pass
    assert (folder / NAME).read_bytes() == before


def test_a_long_line_that_was_cut_short_is_removed_whole(folder: Path) -> None:
    path = folder / NAME
    before = path.read_bytes()
    path.write_bytes(before + b'{"event": "' + b"x" * 200_000)
    with Journal(folder, None):
        pass
    assert path.read_bytes() == before


def test_a_new_journal_never_takes_the_place_of_an_old_one(folder: Path) -> None:
    before = (folder / NAME).read_bytes()
    with pytest.raises(FileExistsError):
        Journal(folder, HEADING)
    assert (folder / NAME).read_bytes() == before


@pytest.mark.parametrize(
    "line",
    [
        b"hello",
        b"[1,2]",
        b"3",
        b"null",
        b'"event"',
        b"{}",
        b'{"event":"unheard-of"}',
        b'{"event":"apply"}',
        b'["old","x",1,0]',
        b'{"event":"set","hash_seed":"x","core":null}',
        b'{"event":"calls","calls":[],"slices":{}}',
        b'{"event":"calls","calls":{},"slices":[]}',
        b'{"event":"proof","variant":"a","status":"fine","reason":null,"counters":{}}',
        b'{"event":"memory","variant":"a","memory":{"weight":3}}',
        b'{"event":"case","comparison":[],"case":0}',
        b"\xff\xfe",
        b"[" * 100_000,
    ],
)
def test_a_damaged_line_is_refused_in_one_sentence(folder: Path, line: bytes) -> None:
    path = folder / NAME
    lines = path.read_bytes().split(b"\n")
    path.write_bytes(b"\n".join([*lines[:4], line, *lines[4:]]))
    with pytest.raises(DocumentError) as refused:
        read_journal(folder)
    assert str(refused.value) == "the journal in session is damaged: measure again"


def test_a_block_before_any_set_is_damage(folder: Path) -> None:
    path = folder / NAME
    lines = path.read_bytes().split(b"\n")
    path.write_bytes(b"\n".join([*lines[:2], b'{"event":"round"}', *lines[2:]]))
    with pytest.raises(DocumentError, match="the journal in session is damaged"):
        read_journal(folder)


def test_another_version_is_named_with_what_reads_it(folder: Path) -> None:
    path = folder / NAME
    later = JOURNAL_VERSION + 1
    text = path.read_text("utf-8")
    path.write_text(text.replace(f'"journal_version":{JOURNAL_VERSION}', f'"journal_version":{later}', 1), "utf-8")
    with pytest.raises(DocumentError) as refused:
        read_journal(folder)
    assert refused.value.args[0] == f"the journal is of version {later}, this patternbench reads {JOURNAL_VERSION}"
    assert refused.value.remedy == "resume it with the version that wrote it"


def test_a_heading_that_lacks_something_is_damage(folder: Path) -> None:
    path = folder / NAME
    path.write_bytes(path.read_bytes().replace(b'"seed":7,', b"", 1))
    with pytest.raises(DocumentError, match="is damaged"):
        read_journal(folder)


def test_a_journal_without_its_heading_is_refused(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(b'{"event":"session"')
    with pytest.raises(DocumentError, match="has no heading: measure again"):
        read_journal(tmp_path)


def test_a_folder_without_a_journal_is_named(tmp_path: Path) -> None:
    with pytest.raises(DocumentError) as refused:
        read_journal(tmp_path / "none")
    assert str(refused.value) == "there is no journal in none: name a folder under reports/sessions"


def test_a_figure_that_is_not_finite_is_refused_and_nothing_of_it_written(folder: Path) -> None:
    before = (folder / NAME).read_bytes()
    with Journal(folder, None) as journal, pytest.raises(ValueError, match="not JSON compliant"):
        journal.write("s/C", 0, {"event": "time", "seconds": float("nan")})
    assert read_journal(folder)[1]["s/C"][0].observed == live(EVENTS).observed
    assert (folder / NAME).read_bytes().startswith(before)
