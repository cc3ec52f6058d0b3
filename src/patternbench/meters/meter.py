"""The protocol of a meter: one way of measuring a variant in processes of its own.

A meter has two sides. `measure` runs in the parent: it starts probe processes, as many and in such order as it likes,
and combines what they answer. `probe` runs in each of these processes, with the variant set up. What it needs to know
goes there as the *order*, what it read comes back as the *answer*; both are JSON objects.

A new meter is a module of this package that has a `METER`, and one line in `patternbench.meters`.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from patternbench.comparison import NotMeasured
from patternbench.reading import Figure, Figures


class ProbeFailed(Exception):
    """A probe process gave no answer: it raised, crashed or took too long. The text says so in one sentence."""


class Subject(Protocol):
    """The variant, set up; what a probe calls (`patternbench.experiment.subject.Subject` is one)."""

    @property
    def instance(self) -> Any:
        """The comparison's instance, after `setup`: what a suite sets for a meter stands there."""

    @property
    def units(self) -> int:
        """Operations that one call stands for."""

    @property
    def is_async(self) -> bool:
        """Whether a call is awaited."""

    def call(self) -> Any:
        """Call once, awaited where it is async, and give the result."""

    def run(self, calls: int) -> tuple[int, int]:
        """A block of calls: wall and CPU nanoseconds."""

    def repeat(self, calls: int, *, empty: bool = False) -> None:
        """A block of calls, of the variant or of an empty body, while no clock is read."""

    def coroutine(self) -> Coroutine[Any, Any, Any]:
        """One call of an async variant, not yet awaited; `TypeError` for a plain one."""

    def in_loop(self, body: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
        """Run an async function in the loop that the variant was set up in, and give its result.

        A plain variant without async set-up has a loop too: it is made at the first use.
        """


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one probe process.

    Attributes:
        answer: what `probe` gave.
        output: the end of what the process, and what it ran under, wrote to its standard error; for a forked process
            that of its host and of the readings before it, too.
        process: its process id.
        forked: whether it was forked from a process that had imported the suite.
        wall_s: from its start to its answer, seconds.
        interpreter_s: from its start until the suite's import began: Python itself and the harness; 0 if forked.
        import_s: the suite's import; 0 if forked.
        setup_s: making the instance, its loop and `setup`.
    """

    answer: Mapping[str, Any]
    output: str = ""
    process: int = 0
    forked: bool = False
    wall_s: float = 0.0
    interpreter_s: float = 0.0
    import_s: float = 0.0
    setup_s: float = 0.0


class Start(Protocol):
    """Starts probe processes for one variant in one case; calls from several threads are allowed."""

    def __call__(
        self,
        order: Mapping[str, Any],
        *,
        empty: bool = False,
        bare: bool = False,
        fresh: bool = False,
        under: Sequence[str] = (),
        hash_seed: int = 0,
        patience: float = 1.0,
    ) -> Outcome:
        """Run `probe` with this order in a process of its own, and wait for its answer.

        Args:
            order: handed to `probe`, with the key `scratch` added: path of a file that does not exist yet, and that is
                removed afterwards.
            empty: put a body that does nothing in the variant's place; set-up and loop stay.
            bare: neither set the variant up nor call `probe`, and import no suite where the process is fresh: what the
                harness itself costs in a process, to be taken off others.
            fresh: start a new interpreter. Otherwise the process is forked from one that has imported the suite, which
                is much cheaper; only where the suite's import started threads does a new interpreter take its place.
            under: a command that runs the interpreter, such as ("valgrind",).
            hash_seed: of the interpreter.
            patience: how many times longer than the comparison's `timeout_s` it may take.

        Raises:
            ProbeFailed: there is no answer.
            NotMeasured: the variant says that it cannot be measured here.
        """

    def reference(self, order: Mapping[str, Any]) -> Outcome:
        """Run `probe` with this order on the case's baseline: once, for all variants of the case alike.

        Raises:
            ProbeFailed, NotMeasured: as above, of the baseline.
        """


class Meter(Protocol):
    """One way of measuring; stateless, so that one object serves all variants.

    Attributes:
        name: as `Comparison.meters` names it.
        summary: what it reads and what it cannot see, for the page.
        figures: what `measure` may give, in the order in which a page shows them.
        reads_clock: whether its figures are times: its processes then run one at a time on the clock's core, and those
            of the case's variants take turns in an order drawn by the run's seed. Otherwise two run side by side.
    """

    name: str
    summary: str
    figures: tuple[Figure, ...]
    reads_clock: bool

    def unavailable(self) -> str | None:
        """Why it cannot be had here, or None; cheap, and asked in the parent."""

    def measure(self, start: Start) -> Figures:
        """Figures of one variant in one case.

        Raises:
            ProbeFailed, NotMeasured: there are none; the text is shown instead.
        """

    def probe(self, subject: Subject, order: Mapping[str, Any]) -> dict[str, Any]:
        """In a probe process: read, and give the answer. Whatever it raises makes `start` raise."""


__all__ = ["Figure", "Figures", "Meter", "NotMeasured", "Outcome", "ProbeFailed", "Start", "Subject"]
