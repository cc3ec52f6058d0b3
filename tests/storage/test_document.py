"""The session document says what the records say, and a file that is none is refused in one sentence."""

from __future__ import annotations

import copy
import dataclasses
import json
import math
import os
import subprocess
import sys
import typing
from pathlib import Path
from typing import Any

import pytest

from patternbench import estimate, session
from patternbench.errors import DocumentError
from patternbench.estimate import Crossover, Evidence, Exponent, Memory, Ratio, Timing
from patternbench.reading import Figure, MeterInfo
from patternbench.session import (
    CaseResult,
    ComparisonResult,
    Environment,
    Growth,
    Machine,
    Overhead,
    Pair,
    Piece,
    Session,
    SessionInfo,
    Shape,
    Standing,
    SuiteMean,
    VariantInfo,
    VariantResult,
)
from patternbench.storage.document import (
    as_document,
    document_text,
    read_document,
    session_from,
    validate,
    write_document,
)
from patternbench.storage.schema import SCHEMA_FILE, schema
from patternbench.verdict import Status, Verdict

TIMING = Timing(2.1e-7, 2e-7, 2.2e-7, 2.1e-7, 2.5e-7, 3e-7, 0.99, 5000, 2, (2e-7,) * 21, (2.1e-7, None), 1e-8)


OVERHEAD = Overhead(25.9, -0.4, 86.9, 2.1)
SHAPE = Shape(
    axis="fields",
    held={"kind": None, "share": 0.5},
    values=(3, 10.5, 30),
    growths=(
        Growth("dataclass", Exponent(0.5, 0.4, 0.6), 0.2, (Piece(3, 10.5, Exponent(-0.1, -0.2, 0.0)),)),
        Growth("slots", Exponent(0.5, 0.4, 0.6, 0.9), 0.01),
    ),
    pairs=(
        Pair(
            "dataclass",
            "slots",
            (Verdict.FASTER, Verdict.NOT_MEASURED, Verdict.SLOWER),
            (Crossover(12.0, 9.0, 20.0, 3.0, 30.0, "dataclass", "slots"),),
        ),
    ),
    skipped=(0, -1.5),
)
MACHINE = Machine("x", 2, "Linux", "6", "glibc", 1, "KVM")


def a_session(**counters: float | str) -> Session:
    baseline = VariantResult("dataclass", Status.OK, Verdict.BASELINE, rank="1", time=TIMING, counters=dict(counters))
    slots = VariantResult(
        "slots",
        Status.OK,
        Verdict.FASTER,
        rank="2=",
        time=TIMING,
        ratio=Ratio(0.94, 0.91, 0.97),
        adjusted=Ratio(0.94, 0.9, 0.98, 0.99),
        evidence=Evidence(3.5, 10**-3.5, 3 * 10**-3.5),
        memory=Memory(peak_bytes=56, allocations=1, bytes_per_object=56.0),
        notes=("a note",),
        set_ratios=(0.93, None),
        meters={"load": {"p99_s": 0.25, "errors": 3, "shape": None}, "instructions": {"not_measured": "no \u202e"}},
    )
    broken = VariantResult("bad", Status.BROKEN, Verdict.BROKEN, reason="it crashed", log=("half \udc80",))
    case = CaseResult(
        {"fields": 3, "kind": None, "deep": True, "share": 0.5, "text": "é"},
        headline=True,
        status=Status.OK,
        variants=(baseline, slots, broken),
        noise_floor=0.006,
        self_check=Ratio(1.0, 0.99, 1.01),
        band=0.02,
        sets=2,
        rounds=30,
        seconds=1.5,
    )
    comparison = ComparisonResult(
        id="records/RecordConstruction",
        suite="records",
        name="RecordConstruction",
        question="Which?",
        guide="3.1",
        baseline="dataclass",
        axes={"fields": (3, 30), "kind": (None, "x")},
        variants=(
            VariantInfo("dataclass", "", "", is_async=False),
            VariantInfo("slots", "Slots.", "def …", is_async=True),
        ),
        cases=(case,),
        shapes=(SHAPE,),
        standings=(Standing("dataclass", (0,), (), 1, Ratio(1.0, 1.0, 1.0), 1.0, 1.0), Standing("bad", (), (), 0)),
    )
    return Session(
        SessionInfo("s1", "2026-11-24T03:00:00Z", 1, "quick", "broken", 3, selectors=("records",), overhead=OVERHEAD),
        Environment(
            "3.11.7", "cpython", "PGO", {"attrs": "26"}, Machine("x", 2, "Linux", "6", "glibc", 1, "KVM"), "f" * 16
        ),
        (comparison,),
        claims=({"id": "3.1", "verdict": "holds when", "condition": "fields < 30"},),
        suite_means=(SuiteMean("records", "dataclass", "slots", Ratio(0.9, 0.8, 1.0), 0.5, 2.0, 2, 9, "all the same"),),
        meters=(MeterInfo("load", "Arrivals.", (Figure("p99_s", "s", "lower", "slow ones"),)),),
    )


def test_what_is_written_is_what_is_read(tmp_path: Path) -> None:
    path = tmp_path / "session.json"
    write_document(a_session(opened=1, share=0.5, state="x"), path)
    assert read_document(path) == a_session(opened=1, share=0.5, state="x")
    assert [each.name for each in tmp_path.iterdir()] == ["session.json"]


def test_words_come_back_as_words() -> None:
    variants = session_from(as_document(a_session())).comparisons[0].cases[0].variants
    assert {type(each.verdict) for each in variants} == {Verdict}
    assert {type(each.status) for each in variants} == {Status}
    assert isinstance(variants[0].time, Timing)
    assert isinstance(variants[0].time.quantiles_s, tuple)


def test_documents_from_before_shapes_are_read_without_them() -> None:
    document = as_document(a_session())
    del document["suite_means"]
    for key in ("shapes", "standings"):
        del document["comparisons"][0][key]
    for variant in document["comparisons"][0]["cases"][0]["variants"]:
        del variant["set_ratios"]
    old = session_from(document)
    assert (old.suite_means, old.comparisons[0].shapes, old.comparisons[0].standings) == ((), (), ())
    assert {variant.set_ratios for variant in old.comparisons[0].cases[0].variants} == {()}


def test_whole_numbers_of_an_axis_stay_whole() -> None:
    shape = session_from(as_document(a_session())).comparisons[0].shapes[0]
    assert [type(each) for each in shape.values] == [int, float, int]
    assert type(shape.pairs[0].verdicts[1]) is Verdict


def test_an_infinite_value_of_an_axis_is_held_as_text() -> None:
    comparison = dataclasses.replace(
        a_session().comparisons[0], shapes=(dataclasses.replace(SHAPE, skipped=(math.inf,), held={"m": math.nan}),)
    )
    written = as_document(dataclasses.replace(a_session(), comparisons=(comparison,)))
    assert written["comparisons"][0]["shapes"][0]["skipped"] == ["inf"]
    assert written["comparisons"][0]["shapes"][0]["held"] == {"m": "nan"}
    validate(written)


def test_an_independent_validator_agrees_with_the_document_and_the_schema() -> None:
    jsonschema: Any = pytest.importorskip("jsonschema")
    jsonschema.Draft7Validator.check_schema(schema())
    jsonschema.validate(json.loads(document_text(a_session())), schema(), jsonschema.Draft7Validator)
    assert json.loads(SCHEMA_FILE.read_text("utf-8")) == schema()


def records() -> list[Any]:
    found: list[Any] = []
    for module in (estimate, session):
        found += [each for each in vars(module).values() if dataclasses.is_dataclass(each)]
    return sorted(set(found), key=lambda each: each.__name__)


@pytest.mark.parametrize("record", records(), ids=lambda each: each.__name__)
def test_the_schema_has_the_keys_of_the_record(record: Any) -> None:
    names = {
        "CaseResult": "case",
        "ComparisonResult": "comparison",
        "MeterInfo": "meter",
        "SessionInfo": "session",
        "VariantInfo": "variant_info",
        "VariantResult": "variant_result",
    }
    described = (
        schema() if record is Session else schema()["definitions"][names.get(record.__name__, record.__name__.lower())]
    )
    fields = dataclasses.fields(record)
    required = {each.name for each in fields if {each.default, each.default_factory} == {dataclasses.MISSING}}
    assert set(described["properties"]) == {each.name for each in fields}
    assert set(described["required"]) - {"schema_version"} == required
    assert described["additionalProperties"] is False
    hints = typing.get_type_hints(record)
    for key, rule in described["properties"].items():
        assert rule["description"].endswith("."), key
        optional = type(None) in typing.get_args(hints[key])
        assert optional == ("null" in json.dumps(rule.get("type", rule.get("anyOf", "")))), key


def test_a_suites_own_number_that_is_not_finite_is_held_as_text() -> None:
    written = as_document(a_session(worst=math.inf))
    assert written["comparisons"][0]["cases"][0]["variants"][0]["counters"] == {"worst": "inf"}
    validate(written)


def test_a_figure_that_is_not_finite_is_refused_and_the_old_file_stays(tmp_path: Path) -> None:
    path = tmp_path / "session.json"
    write_document(a_session(), path)
    before = path.read_bytes()
    wrong = dataclasses.replace(a_session(), session=dataclasses.replace(a_session().session, seconds=math.nan))
    with pytest.raises(ValueError, match="seconds is nan"):
        write_document(wrong, path)
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["session.json"]


def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "session.json"
    path.write_text("old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_document(a_session(), path)
    assert path.read_text() == "old"
    assert [each.name for each in tmp_path.iterdir()] == ["session.json"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with a name here")
def test_a_pipe_is_written_to_and_stays_a_pipe(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = subprocess.Popen(
        [sys.executable, "-c", "import sys; print(len(open(sys.argv[1]).read()))", str(pipe)], stdout=subprocess.PIPE
    )
    write_document(a_session(), pipe)
    assert int(reader.communicate(timeout=30)[0]) == len(document_text(a_session()))
    assert pipe.is_fifo()


def changed(*path: str | int, to: Any) -> bytes:
    written: Any = as_document(a_session())
    inner = written
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = to
    return json.dumps(written).encode()


WHOLE = document_text(a_session()).encode()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (WHOLE[: len(WHOLE) // 2], "cut short"),
        (WHOLE[:-3], "cut short"),
        (b"\x80\x81", "not UTF-8"),
        (b"hello", "not JSON"),
        (b"[]", "no session document"),
        (b"{}", "no schema_version"),
        (b"[" * 200_000, "nested too deeply"),
        (b'{"schema_version": ' + b"[" * 200_000 + b"]" * 200_000 + b"}", "nested too deeply"),
        (changed("schema_version", to=2), "upgrade patternbench"),
        (changed("schema_version", to=0), "no longer read"),
        (changed("schema_version", to="1"), "schema_version"),
        (changed("session", "seconds", to=math.nan), "NaN"),
        (changed("session", "seconds", to=0.5).replace(b"0.5", b"1e999"), "1e999"),
        (changed("session", "seed", to=0).replace(b'"seed": 0', b'"seed": ' + b"9" * 9000), "number"),
        (changed("session", "extra", to=1), "unknown key 'extra'"),
        (changed("session", to={"id": "x"}), "started, seed"),
        (changed("comparisons", 0, "cases", 0, "variants", 0, "verdict", to="quick"), "verdict: enum"),
        (changed("comparisons", 0, "cases", 0, "variants", 1, "ratio", "low", to=2.0), "not a ratio"),
        (changed("comparisons", 0, "shapes", 0, "values", to=[1, 2]), "values: minItems"),
        (changed("comparisons", 0, "shapes", 0, "growths", 0, "exponent", "low", to=2.0), "not an exponent"),
        (changed("comparisons", 0, "shapes", 0, "pairs", 0, "crossovers", 0, "at", to=40.0), "not a place"),
    ],
)
def test_what_is_no_document_is_refused_in_one_sentence(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "session.json"
    path.write_bytes(content)
    with pytest.raises(DocumentError) as refused:
        read_document(path)
    assert words in str(refused.value)
    assert "session.json" in str(refused.value)
    assert str(tmp_path) not in str(refused.value)
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 400


def test_a_huge_file_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "huge.json"
    with path.open("wb") as stream:
        stream.truncate(201 * 2**20)
    with pytest.raises(DocumentError, match="201 MB"):
        read_document(path)


def test_a_missing_file_and_a_folder_are_named(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match=r"there is no file none\.json"):
        read_document(tmp_path / "none.json")
    with pytest.raises(DocumentError, match="cannot be read"):
        read_document(tmp_path)


def test_the_schema_cannot_be_changed_by_a_caller() -> None:
    mine = schema()
    untouched = copy.deepcopy(mine)
    mine.clear()
    assert schema() == untouched


def test_reading_needs_no_heavy_library() -> None:
    code = "import sys, patternbench.storage.document; print([m for m in ('dacite', 'numpy') if m in sys.modules])"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert shown.stdout.strip() == "[]"
