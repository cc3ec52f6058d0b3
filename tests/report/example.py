"""A made-up session that holds every state a report has to show. The figures mean nothing."""

from __future__ import annotations

import dataclasses
import math
import random
from dataclasses import replace

from patternbench.estimate import Memory, Ratio, Timing
from patternbench.reading import Figure, MeterInfo
from patternbench.session import (
    CaseResult,
    ComparisonResult,
    Environment,
    Label,
    Machine,
    Overhead,
    Session,
    SessionInfo,
    VariantInfo,
    VariantResult,
)
from patternbench.statistics.scaling import shapes
from patternbench.statistics.standing import standings
from patternbench.verdict import Status, Verdict

HOSTILE = "<script>alert(\"x\")</script> & 'quoted' \u202egnihsif"
SECRET_PATH = "/home/somebody/project/venv/lib/python3.11/site-packages/httpx/_client.py"


def timing(median: float, *, spread: float = 0.03, sets: int = 12, seed: int = 1) -> Timing:
    """A plausible timing around a median."""
    noise = random.Random(f"{seed}{median}")
    quantiles = tuple(
        sorted(
            median * math.exp(spread * (2.2 * (step / 20 - 0.5) + 4 * max(0.0, step / 20 - 0.85))) for step in range(21)
        )
    )
    medians = tuple(median * math.exp(noise.gauss(0, spread / 2)) for _ in range(sets))
    return Timing(
        median_s=median,
        low_s=median * (1 - spread / 3),
        high_s=median * (1 + spread / 3),
        p50_s=quantiles[10],
        p95_s=quantiles[19],
        p99_s=quantiles[20],
        cpu_share=0.99,
        calls_per_block=4096,
        processes=sets,
        quantiles_s=quantiles,
        process_medians_s=medians,
        overhead_s=2.1e-08,
    )


def ok(
    name: str,
    rank: str,
    verdict: Verdict,
    median: float,
    ratio: Ratio | None,
    *,
    memory: Memory | None = None,
    counters: dict[str, int | float | str] | None = None,
    notes: tuple[str, ...] = (),
) -> VariantResult:
    """A measured variant."""
    return VariantResult(
        name=name,
        status=Status.OK,
        verdict=verdict,
        rank=rank,
        time=timing(median),
        ratio=ratio,
        adjusted=ratio,
        memory=memory,
        counters=counters or {},
        notes=notes,
    )


def base(name: str, rank: str, median: float, **more: object) -> VariantResult:
    """The baseline."""
    return ok(name, rank, Verdict.BASELINE, median, Ratio(1.0, 1.0, 1.0), **more)  # type: ignore[arg-type]


def around(point: float, share: float = 0.03) -> Ratio:
    """A ratio with an interval of plus and minus that share."""
    return Ratio(point, point * (1 - share), point * (1 + share))


def case(params: dict[str, Label], *variants: VariantResult, headline: bool = True) -> CaseResult:
    """A measured case."""
    return CaseResult(
        params=params,
        headline=headline,
        status=Status.OK,
        variants=variants,
        noise_floor=0.021,
        self_check=Ratio(1.001, 0.994, 1.008),
        band=0.02,
        sets=12,
        rounds=40,
        seconds=8.4,
    )


def info(*names: str) -> tuple[VariantInfo, ...]:
    """What a page says of variants."""
    return tuple(
        VariantInfo(
            name,
            f"The {name} way.",
            f"@variant\ndef {name}(self) -> object:\n    return self.{name}(*self.values)\n",
            is_async=False,
        )
        for name in names
    )


def memory(each: float, peak: int) -> Memory:
    """A memory figure."""
    return Memory(peak_bytes=peak, allocations=3, bytes_per_object=each)


def construction() -> ComparisonResult:
    """A winner that changes along a numeric axis; ties; memory; a broken variant; one without numbers."""
    cases = []
    names = ("dataclass", "slots", "frozen", "named_tuple", "pydantic_model", "segfaulting", "free_threaded")
    for fields in (3, 10, 29, 30):
        factor = fields / 3
        slots_wins = fields >= 29
        cases.append(
            case(
                {"fields": fields},
                base("dataclass", "2=", 233e-9 * factor, memory=memory(48 + 8 * fields, 700)),
                ok(
                    "slots",
                    "1" if slots_wins else "2=",
                    Verdict.FASTER if slots_wins else Verdict.SAME,
                    (150e-9 if slots_wins else 231e-9) * factor,
                    around(0.62) if slots_wins else around(0.992, 0.012),
                    memory=memory(32 + 8 * fields, 640),
                ),
                ok("frozen", "4", Verdict.SLOWER, 560e-9 * factor, around(2.41), memory=memory(48 + 8 * fields, 700)),
                ok(
                    "named_tuple",
                    "1" if not slots_wins else "2=",
                    Verdict.FASTER if not slots_wins else Verdict.UNDECIDED,
                    (60e-9 if not slots_wins else 240e-9) * factor,
                    around(0.26) if not slots_wins else around(1.03, 0.06),
                    memory=memory(40 + 8 * fields, 690),
                ),
                ok(
                    "pydantic_model",
                    "5",
                    Verdict.SLOWER,
                    1.42e-6 * factor,
                    around(6.1),
                    memory=memory(410, 2210),
                    notes=("two modes: the blocks fall into two groups, 1.2 µs and 1.5 µs",),
                ),
                VariantResult(
                    "segfaulting",
                    Status.BROKEN,
                    Verdict.BROKEN,
                    reason="the worker died of signal 11 (SIGSEGV)",
                    log=(
                        "Fatal Python error: Segmentation fault",
                        f'  File "{SECRET_PATH}", line 12 in send',
                        "\x1b[31mred\x1b[0m last words",
                    ),
                ),
                VariantResult(
                    "free_threaded",
                    Status.NOT_MEASURED,
                    Verdict.NOT_MEASURED,
                    reason="needs a free-threaded Python",
                ),
                headline=fields == 3,
            )
        )
    return ComparisonResult(
        id="records/RecordConstruction",
        suite="records",
        name="RecordConstruction",
        question="Which class is cheapest to construct?",
        guide="3.1",
        baseline="dataclass",
        axes={"fields": (3, 10, 29, 30)},
        variants=info(*names),
        cases=tuple(cases),
        detail="Positional arguments, no validation except where the class cannot do without.",
        left_out=2,
    )


def equality() -> ComparisonResult:
    """Everything ties."""
    return ComparisonResult(
        id="records/RecordEquality",
        suite="records",
        name="RecordEquality",
        question="Which class compares fastest?",
        guide="3.1",
        baseline="dataclass",
        axes={},
        variants=info("dataclass", "slots"),
        cases=(
            case(
                {},
                base("dataclass", "1=", 100e-9),
                ok("slots", "1=", Verdict.SAME, 100.4e-9, Ratio(1.004, 0.996, 1.011)),
            ),
        ),
    )


def noisy() -> ComparisonResult:
    """The run could not tell."""
    return ComparisonResult(
        id="caching/Stampede",
        suite="caching",
        name="Stampede",
        question="Which cache keeps a stampede from the backend?",
        guide="5.2",
        baseline="none",
        axes={},
        variants=info("none", "ttl"),
        cases=(
            case(
                {},
                base("none", "1=", 12e-3, counters={"backend calls": 100}),
                ok("ttl", "1=", Verdict.UNDECIDED, 12.4e-3, around(1.03, 0.06), counters={"backend calls": 1}),
            ),
        ),
    )


def pooling() -> ComparisonResult:
    """Counters are the point; a caveat; cases that could not be measured."""
    variants = ("client_per_call", "shared_context", "shared_client")
    return ComparisonResult(
        id="http_pooling/ClientReuse",
        suite="http_pooling",
        name="ClientReuse",
        question="What does a shared client save?",
        guide="7.1",
        baseline="client_per_call",
        axes={"transport": ("respx", "loopback", HOSTILE)},
        variants=info(*variants),
        cases=(
            case(
                {"transport": "loopback"},
                base("client_per_call", "3", 23.7e-3, counters={"connections opened": 100, "requests": 100}),
                ok(
                    "shared_context",
                    "2",
                    Verdict.FASTER,
                    1.9e-3,
                    around(0.08),
                    counters={"connections opened": 100, "requests": 100},
                ),
                ok(
                    "shared_client",
                    "1",
                    Verdict.FASTER,
                    0.84e-3,
                    around(0.0354),
                    counters={"connections opened": 1, "requests": 100},
                ),
            ),
            CaseResult(
                {"transport": HOSTILE},
                headline=False,
                status=Status.NOT_MEASURED,
                variants=(),
                reason="no server binary was found",
            ),
        ),
        caveat="the server runs on the same machine, so network latency is left out",
    )


def searching() -> ComparisonResult:
    """A numeric axis along which the winner changes once and another pair changes places; zero has no logarithm."""
    names = ("scan", "bisect", "hashed", "backwards")
    cases = []
    for n in (0, 2, 5, 50, 500):
        times = {
            "scan": 10e-9 + 8e-9 * n,
            "bisect": 75e-9 + 0.02e-9 * n,
            "hashed": 90e-9 + 16e-9 * n,
            "backwards": 900e-9 + 12e-9 * n,
        }
        order = sorted(names, key=lambda name: times[name])
        variants = []
        for name in names:
            place, ratio = str(order.index(name) + 1), times[name] / times["scan"]
            shown = around(ratio, 0.01) if name != "scan" else Ratio(1.0, 1.0, 1.0)
            verdict = Verdict.BASELINE if name == "scan" else Verdict.FASTER if ratio < 1 else Verdict.SLOWER
            each = ok(name, place, verdict, times[name], shown)
            steps = [ratio if name == "scan" else ratio * math.exp(0.01 * (at % 3 - 1)) for at in range(12)]
            variants.append(dataclasses.replace(each, set_ratios=tuple(steps)))
        cases.append(case({"n": n, "kind": "int"}, *variants, headline=n == 50))
    found = ComparisonResult(
        id="searching/Search",
        suite="searching",
        name="Search",
        question="Which search finds a number soonest?",
        guide="",
        baseline="scan",
        axes={"n": (0, 2, 5, 50, 500), "kind": ("int",)},
        variants=info(*names),
        cases=tuple(cases),
    )
    return dataclasses.replace(found, shapes=shapes(found), standings=standings(found))


def hostile() -> ComparisonResult:
    """Names that would do harm if a page took them for markup."""
    return ComparisonResult(
        id=f"http_pooling/{HOSTILE}",
        suite="http_pooling",
        name=HOSTILE,
        question=f"Is {HOSTILE} shown as text?",
        guide="",
        baseline=HOSTILE,
        axes={HOSTILE: (1,)},
        variants=(
            VariantInfo(HOSTILE, HOSTILE, f"'''{HOSTILE}'''", is_async=False),
            VariantInfo("$x_1$", "", "", is_async=True),
        ),
        cases=(
            case(
                {HOSTILE: 1},
                base(HOSTILE, "2", 1e-3, memory=memory(50, 60)),
                ok("$x_1$", "1", Verdict.FASTER, 0.5e-3, around(0.5), memory=memory(40, 60), notes=(HOSTILE,)),
            ),
        ),
        detail=HOSTILE,
        caveat=HOSTILE,
    )


def metered() -> ComparisonResult:
    """What meters besides time and memory read: figures of every unit, two variants without, one hostile name."""
    load: dict[str, float | int | str | None] = {
        "p99_s": 0.0213,
        "throughput_per_s": 840.0,
        "errors_share": 0.021,
        "shape": None,
    }
    return ComparisonResult(
        id="records/RecordMeters",
        suite="records",
        name="RecordMeters",
        question="Which class reads best?",
        guide="",
        baseline="dataclass",
        axes={},
        variants=info("dataclass", "slots", "frozen"),
        cases=(
            case(
                {},
                replace(
                    base("dataclass", "1", 1e-6),
                    meters={
                        "instructions": {"instructions": 4557.0, "calls": 100},
                        "load": load,
                        HOSTILE: {HOSTILE: HOSTILE, "gone_s": 1.5e-3},
                    },
                ),
                replace(
                    ok("slots", "2", Verdict.SLOWER, 2e-6, around(2.0)),
                    meters={
                        "instructions": {"instructions": 4601.2, "calls": 100},
                        "load": {"not_measured": HOSTILE},
                    },
                ),
                replace(
                    ok("frozen", "3", Verdict.SLOWER, 3e-6, around(3.0)),
                    meters={"instructions": {"not_measured": f"it crashed in {SECRET_PATH}"}},
                ),
            ),
        ),
    )


METERS = (
    MeterInfo(
        "instructions",
        "Instructions of one operation. It cannot see the kernel.",
        (
            Figure("instructions", "instructions", "lower", "executed for one operation"),
            Figure("calls", "", None, "calls that the figure is a mean of"),
        ),
    ),
    MeterInfo(
        "load",
        f"Arrivals. {HOSTILE}",
        (
            Figure("p99_s", "s", "lower", f"the slowest hundredth {HOSTILE}"),
            Figure("throughput_per_s", "1/s", "higher", "calls answered"),
            Figure("errors_share", "share", "lower", "calls that failed"),
            Figure("shape", "", None, "of the arrivals"),
        ),
    ),
)


def unmeasured() -> ComparisonResult:
    """A question without any figure."""
    return ComparisonResult(
        id="db_pooling/PoolClass",
        suite="db_pooling",
        name="PoolClass",
        question="Which pool suits PostgreSQL?",
        guide="8.4",
        baseline="queue_pool",
        axes={"round_trip_ms": (0, 1, 10)},
        variants=info("queue_pool", "null_pool"),
        cases=tuple(
            CaseResult(
                {"round_trip_ms": each},
                headline=True,
                status=Status.NOT_MEASURED,
                variants=(),
                reason="no PostgreSQL: set PATTERNBENCH_POSTGRES_URL",
            )
            for each in (0, 1, 10)
        ),
    )


def environment(python: str = "3.11.7", fingerprint: str = "a1b2c3") -> Environment:
    """An environment."""
    return Environment(
        python=python,
        implementation="cpython",
        build="no PGO, no LTO",
        packages={"httpx": "0.28.1", "pydantic": "2.14.3"},
        machine=Machine("Example CPU @ 2.5 GHz", 2, "Linux", "6.1", "glibc 2.36", 24 << 30, "kvm"),
        fingerprint=fingerprint,
    )


def session(
    *comparisons: ComparisonResult,
    name: str = "2026-11-24T030000Z-1",
    started: str = "2026-11-24T03:00:00Z",
    where: Environment | None = None,
    self_check: Ratio | None = None,
) -> Session:
    """A session of those comparisons, or of all of the examples."""
    if not comparisons:
        comparisons = (construction(), equality(), noisy(), pooling(), hostile(), unmeasured())
    return Session(
        session=SessionInfo(
            id=name,
            started=started,
            seed=1,
            budget="quick",
            verdict="broken",
            code=3,
            finished="2026-11-24T03:04:10Z",
            version="0.1.0",
            selectors=("/home/somebody/suites/records.py",),
            self_check=self_check or Ratio(1.0005, 0.994, 1.007),
            overhead=Overhead(25.9, -0.4, 86.9, 2.1),
            load_before=0.3,
            seconds=250.0,
        ),
        environment=where or environment(),
        comparisons=comparisons,
        meters=METERS,
    )
