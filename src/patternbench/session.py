"""The session: everything that one run found, as one tree of frozen records.

`storage` writes it as the session document and reads it back; `report` shows it. The JSON Schema in
`storage/schema` says the same of the document, key by key.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from patternbench.estimate import Crossover, Evidence, Exponent, Memory, Ratio, Timing
from patternbench.reading import MeterInfo
from patternbench.verdict import Status, Verdict

SCHEMA_VERSION = 1
Label = bool | int | float | str | None


@dataclass(frozen=True, slots=True)
class VariantResult:
    """What a run found about one variant in one case.

    Attributes:
        status: whether it was measured.
        reason: why it is broken or not measured, one sentence; None where it was measured.
        log: last lines that its process wrote before it broke.
        rank: place among the case's variants, "2=" where it shares the place; None where it has none.
        ratio: its time over the baseline's, with the 95 % interval shown to readers.
        adjusted: the same with the interval that the verdict was made from, widened for the number of variants and
            for the run's looks at it; None where there were too few sets for one.
        evidence: the same as e-value and p-values, raw and adjusted; None for the baseline.
        verdict: against the baseline.
        meters: figures of the meters besides time and memory, by the meter's name; see `Session.meters`.
        counters: what `Comparison.counters` said after one call in a fresh process.
        notes: what a reader must know about the figures, one sentence each.
        set_ratios: each set's ratio to the baseline, in the order of the sets, so that any two variants can be held
            against each other set by set; None where a set lacks the variant, empty in documents of older versions.
    """

    name: str
    status: Status
    verdict: Verdict
    reason: str | None = None
    log: tuple[str, ...] = ()
    rank: str | None = None
    time: Timing | None = None
    ratio: Ratio | None = None
    adjusted: Ratio | None = None
    evidence: Evidence | None = None
    memory: Memory | None = None
    meters: dict[str, dict[str, float | int | str | None]] = field(default_factory=dict)
    counters: dict[str, int | float | str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    set_ratios: tuple[float | None, ...] = ()


@dataclass(frozen=True, slots=True)
class CaseResult:
    """One cell of a comparison.

    Attributes:
        params: the case's parameters as JSON holds them.
        headline: whether it stands for the question.
        status: "not measured" with a reason where the case was left out.
        noise_floor: smallest difference, as a share (0.01 is 1 %), that this case's sets would have found nine times in
            ten, from the baseline compared with a twin of itself; None where so few sets were measured that they could
            decide nothing.
        self_check: the twin's ratio to the baseline: the same code twice, so 1 is the truth.
        band: equivalence band used for "same", as a share.
        sets: fresh sets of worker processes that were measured.
        rounds: rounds per set.
        seconds: wall time spent on the case.
    """

    params: dict[str, Label]
    headline: bool
    status: Status
    variants: tuple[VariantResult, ...]
    reason: str | None = None
    noise_floor: float | None = None
    self_check: Ratio | None = None
    band: float | None = None
    sets: int = 0
    rounds: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class VariantInfo:
    """What a reader may want to know about a variant besides its figures."""

    name: str
    summary: str
    source: str
    is_async: bool


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a numeric axis over which one exponent describes a variant's time.

    Attributes:
        first, last: measured values at its ends.
    """

    first: int | float
    last: int | float
    exponent: Exponent


@dataclass(frozen=True, slots=True)
class Growth:
    """How a variant's time per operation grows along a numeric axis.

    Attributes:
        exponent: of the straight line through all measured values on logarithmic scales.
        misfit: the most by which a measured value lies off that line, as a share (0.1 is 10 %).
        pieces: the exponents of parts of the axis, in order, where no single one describes it; empty where one does.
    """

    variant: str
    exponent: Exponent
    misfit: float
    pieces: tuple[Piece, ...] = ()


@dataclass(frozen=True, slots=True)
class Pair:
    """Two variants held against each other along a numeric axis.

    Attributes:
        verdicts: on the first against the second, one for each value of the axis; "not measured" where either lacks.
        crossovers: where they exchange places, in the order of the axis.
    """

    first: str
    second: str
    verdicts: tuple[Verdict, ...]
    crossovers: tuple[Crossover, ...] = ()


@dataclass(frozen=True, slots=True)
class Shape:
    """How cost depends on one numeric axis, all other axes held.

    Attributes:
        axis: name of the axis.
        held: values of the other axes.
        values: of the axis, measured, above zero and ascending; at least three.
        skipped: values that have no logarithm, so that they are no part of this.
        growths: one for each variant measured at three values or more.
        pairs: every two variants that were measured together at two values or more.
    """

    axis: str
    held: dict[str, Label]
    values: tuple[int | float, ...]
    growths: tuple[Growth, ...]
    pairs: tuple[Pair, ...]
    skipped: tuple[Label, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """One variant over all cells of a comparison's table.

    Attributes:
        first_alone: positions in `cases` at which it holds the first place alone.
        first_shared: those at which it shares the first place with a variant that it could not be told from.
        cells: cells in which it has a ratio to the baseline.
        mean: geometric mean of its ratios over those cells, each with the same weight; the interval is for just these
            cells, whatever others would show. None where it has no ratio.
        least, greatest: of the ratios in the mean.
    """

    variant: str
    first_alone: tuple[int, ...]
    first_shared: tuple[int, ...]
    cells: int
    mean: Ratio | None = None
    least: float | None = None
    greatest: float | None = None


@dataclass(frozen=True, slots=True)
class SuiteMean:
    """One variant against one baseline over all comparisons of a suite that have both.

    Attributes:
        mean: geometric mean of its ratios, weighted as `weights` says, with the interval for just these cells.
        least, greatest: of the ratios in the mean.
        comparisons, cells: how many of each there are.
    """

    suite: str
    baseline: str
    variant: str
    mean: Ratio
    least: float
    greatest: float
    comparisons: int
    cells: int
    weights: str


@dataclass(frozen=True, slots=True)
class ComparisonResult:
    """One question and what the run answered.

    Attributes:
        id: `suite/Comparison`.
        detail: the rest of the question's docstring.
        caveat: what was mocked and what that leaves out; may be empty.
        axes: parameter to its values, for all cases, measured or not.
        answer: one sentence in plain words, over the measured cases.
        left_out: cases that this run did not try to measure, because of its selection or budget.
        shapes: how cost depends on each numeric axis, per combination of the other axes' values.
        standings: every variant over all measured cells, where there are several.
    """

    id: str
    suite: str
    name: str
    question: str
    guide: str
    baseline: str
    axes: dict[str, tuple[Label, ...]]
    variants: tuple[VariantInfo, ...]
    cases: tuple[CaseResult, ...]
    detail: str = ""
    caveat: str = ""
    answer: str = ""
    left_out: int = 0
    shapes: tuple[Shape, ...] = ()
    standings: tuple[Standing, ...] = ()


@dataclass(frozen=True, slots=True)
class Machine:
    """What the figures depend on and may be published; never a host name, a user name or a path."""

    cpu: str
    cores: int
    system: str
    kernel: str
    libc: str
    memory_bytes: int
    virtual: str


@dataclass(frozen=True, slots=True)
class Environment:
    """Interpreter, libraries and machine of a session.

    Attributes:
        build: how the interpreter was built, such as "no PGO, no LTO".
        packages: versions of the installed distributions that the suites or the harness use.
        fingerprint: hash over everything here that makes two sessions comparable.
    """

    python: str
    implementation: str
    build: str
    packages: dict[str, str]
    machine: Machine
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Overhead:
    """What the harness itself costs a call, and what is left of it in a figure; nanoseconds.

    Attributes:
        plain_ns, awaited_ns: loop and empty call, plain and awaited; taken off every call.
        plain_left_ns, awaited_left_ns: what a body that does nothing still reads after that; 0 is the truth.
    """

    plain_ns: float
    plain_left_ns: float
    awaited_ns: float
    awaited_left_ns: float


@dataclass(frozen=True, slots=True)
class SessionInfo:
    """When, how and with what outcome.

    Attributes:
        started, finished: UTC, ISO 8601 with a Z; finished is None while the run goes on.
        seed: of every random choice that the harness made.
        verdict, code: as the last line of the run printed them.
        version: of patternbench.
        selectors: what was asked for; empty means everything.
        self_check: geometric mean over cases of the twins' ratios; the same code twice.
        overhead: what a body that does nothing cost, and read after correction, in this very session.
        load_before: the machine's one-minute load average when the run began.
    """

    id: str
    started: str
    seed: int
    budget: str
    verdict: str
    code: int
    finished: str | None = None
    version: str = ""
    selectors: tuple[str, ...] = ()
    self_check: Ratio | None = None
    overhead: Overhead | None = None
    load_before: float | None = None
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Session:
    """The whole document.

    Attributes:
        suite_means: variants that several comparisons of a suite hold against the same baseline.
        meters: what the figures of the meters mean, for each that was asked for besides the clock.
    """

    session: SessionInfo
    environment: Environment
    comparisons: tuple[ComparisonResult, ...]
    claims: tuple[dict[str, object], ...] = ()
    suite_means: tuple[SuiteMean, ...] = ()
    meters: tuple[MeterInfo, ...] = ()
    schema_version: int = SCHEMA_VERSION
