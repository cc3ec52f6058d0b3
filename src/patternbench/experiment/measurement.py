"""One case, measured: proofs first, then sets of workers that take turns block by block.

The order of the seats is drawn anew for every round, all workers of a set are pinned to one core, and the baseline has
a twin in every set. What is read goes to a `Recorder` at once; nothing is decided here.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from time import monotonic
from typing import Protocol

from patternbench.experiment.budget import BLOCK_NS, SLICE_NS, Budget, SetPlan
from patternbench.experiment.channel import Message
from patternbench.experiment.cores import Cores, kept_off
from patternbench.experiment.crew import Seat, SeatLost
from patternbench.experiment.fleet import Fleet
from patternbench.experiment.interpreter import Interpreter
from patternbench.observation import LEAST_ROUNDS, TWIN, Block, CaseObservation, Fault, SetObservation, Shift
from patternbench.places import without_folders
from patternbench.reading import Figures
from patternbench.statistics.reading import Reading
from patternbench.statistics.stopping import enough, reached
from patternbench.verdict import Status

_WARM_UP_ROUNDS = 3
_EQUAL_CALLS_WITHIN = 2.0
_MOST_CALLS = 1 << 22
_READ = ("wall", "cpu", "preempted", "typical")
"""What a worker reads of a block, in the order of `Block`."""


@dataclass(frozen=True, slots=True)
class Task:
    """A case to be measured.

    Attributes:
        file: its suite file.
        comparison: the class's name.
        case: index of the case.
        baseline: name of the variant that the twin repeats.
        variants: names of those to measure, the baseline among them.
        timeout_s: longest wait for one answer.
        fixed_core: keep the clock on the first core, because backends were started on the others.
        proven: measure without proofs.
        interpreters: what a variant's workers run in, by its name; one that is left out runs in the running one.
        alone: measure a variant even where its proofs leave nothing to compare it with.
    """

    file: Path
    comparison_id: str
    comparison: str
    case: int
    baseline: str
    variants: tuple[str, ...]
    timeout_s: float = 60.0
    fixed_core: bool = False
    proven: bool = False
    interpreters: Mapping[str, Interpreter] = field(default_factory=dict)
    alone: bool = True


class Recorder(Protocol):
    """Takes what was read, as it is read; a journal writes it down."""

    def record(self, event: Mapping[str, object]) -> None:
        """Keep one event; see `Replay` for what each means."""


class Unrecorded:
    """Keeps nothing, for readings that nobody will ask for again."""

    def record(self, event: Mapping[str, object]) -> None:
        """Forget one event."""


Watch = Callable[[int, int, float | None], None]
"""Called between sets with the sets done, the most that will be, and the precision reached, half the width of the
widest interval as a share; the only time at which anything is drawn."""


class Replay:
    """Turns events back into the observation of a case: the one place that knows what each event means.

    Used while measuring and for reading a journal, so that both see the same.
    """

    def __init__(self, comparison: str, case: int) -> None:
        self.observed = CaseObservation(comparison, case)
        self._current: dict[str, Block] = {}

    def apply(self, event: Mapping[str, object]) -> None:
        """Take one event into the observation."""
        getattr(self, f"_on_{event['event']}")(event)

    def _on_proof(self, event: Mapping[str, object]) -> None:
        name = str(event["variant"])
        counters = event["counters"]
        if isinstance(counters, dict) and counters:
            self.observed.counters[name] = counters
        notes = event.get("notes") or ()  # journals of before there were any have none
        assert isinstance(notes, list | tuple)
        if notes:
            self.observed.notes[name] = tuple(map(str, notes))
        if event["status"] != Status.OK:
            self.observed.faults[name] = _fault(event)

    def _on_fault(self, event: Mapping[str, object]) -> None:
        name = event.get("variant")
        if name is None:
            self.observed.fault = _fault(event)
        else:
            self.observed.faults[str(name)] = _fault(event)

    def _on_set(self, event: Mapping[str, object]) -> None:
        core = event["core"]
        self._current = {}
        self.observed.sets.append(SetObservation(_int(event["hash_seed"]), None if core is None else _int(core)))

    def _on_shift(self, _: Mapping[str, object]) -> None:
        self._current = {}
        self.observed.sets[-1].shifts.append(Shift())

    def _on_units(self, event: Mapping[str, object]) -> None:
        self.observed.units[str(event["variant"])] = _int(event["units"])

    def _on_calls(self, event: Mapping[str, object]) -> None:
        calls, slices = event["calls"], event["slices"]
        assert isinstance(calls, dict)
        assert isinstance(slices, dict)
        self.observed.calls.update({str(name): int(count) for name, count in calls.items()})
        self.observed.slices.update({str(name): int(count) for name, count in slices.items()})

    def _on_overhead(self, event: Mapping[str, object]) -> None:
        self.observed.sets[-1].shifts[-1].overhead_ns[str(event["seat"])] = float(str(event["ns"]))

    def _on_round(self, _: Mapping[str, object]) -> None:
        self._current = {}
        self.observed.sets[-1].shifts[-1].rounds.append(self._current)

    def _on_block(self, event: Mapping[str, object]) -> None:
        self._current[str(event["seat"])] = Block(*(_int(event[key]) for key in _READ))

    def _on_reading(self, event: Mapping[str, object]) -> None:
        figures = event["figures"]
        assert isinstance(figures, dict)
        self.observed.readings.setdefault(str(event["variant"]), {})[str(event["meter"])] = figures

    def _on_time(self, event: Mapping[str, object]) -> None:
        self.observed.seconds += float(str(event["seconds"]))


def _int(value: object) -> int:
    return int(str(value))


def _fault(event: Mapping[str, object]) -> Fault:
    log = event.get("log") or ()
    assert isinstance(log, Sequence)
    return Fault(Status(str(event["status"])), str(event["reason"]), tuple(map(str, log)))


class Measurement:
    """Measures one case; `run` gives the observation, and every event went to the recorder on the way.

    Args:
        resumed: the observation that a killed run left; its whole sets count, and its proofs are not repeated.
    """

    def __init__(
        self,
        task: Task,
        budget: Budget,
        recorder: Recorder,
        *,
        seed: int,
        addresses: Mapping[str, str],
        cores: Cores | None = None,
        watch: Watch | None = None,
        resumed: Replay | None = None,
    ) -> None:
        self._task = task
        self._budget = budget
        self._recorder = recorder
        self._addresses = addresses
        self._cores = cores or Cores.here()
        self._watch = watch
        self._replay = resumed or Replay(task.comparison_id, task.case)
        self._reading = Reading(self._replay.observed, task.baseline)
        self._seed = f"{seed}/{task.comparison_id}/{task.case}"
        self._plan: SetPlan | None = None
        self._speeds: dict[str, float] = {}

    @property
    def observed(self) -> CaseObservation:
        """What was read so far."""
        return self._replay.observed

    def run(self) -> CaseObservation:
        """Prove, then measure sets until they are precise enough for the budget, or its time is up.

        Raises:
            DeclarationError, WorkerError: the suite's process could not be started.
        """
        if self.observed.fault is None and not self._task.proven:
            self._timed(self._prove)
        while self._standing and self.observed.fault is None and not self._enough():
            self._timed(lambda: self._measure_set(len(self.observed.sets)))
            if self._watch is not None:
                done = self.observed.usable_sets
                self._watch(done, self._budget.sets_within(self._seconds_left, self._set_s, done), self._precision)
        return self.observed

    def give_up(self, fault: Fault) -> None:
        """Measure nothing, and say why."""
        self._note({"event": "fault", "status": fault.status, "reason": fault.reason, "log": list(fault.log)})

    def take_reading(self, variant: str, meter: str, figures: Figures) -> None:
        """Keep what a meter read, in the journal too."""
        self._note({"event": "reading", "variant": variant, "meter": meter, "figures": dict(figures)})

    def _timed(self, work: Callable[[], None]) -> None:
        began = monotonic()
        work()
        self._note({"event": "time", "seconds": monotonic() - began})

    def _enough(self) -> bool:
        """Whether another set is neither needed nor affordable."""
        done = self.observed.usable_sets
        if done < self._budget.least_sets:
            return False
        if done >= self._budget.sets_within(self._seconds_left, self._set_s, done):
            return True
        return enough(self._reading.contrasts(), self._budget.precision)

    @property
    def _set_s(self) -> float:
        """What a set takes, proofs and all, seconds."""
        return self.observed.seconds / max(1, len(self.observed.sets))

    @property
    def _seconds_left(self) -> float:
        return self._budget.cap_s - self.observed.seconds

    @property
    def _precision(self) -> float | None:
        return reached(self._reading.contrasts())

    @property
    def _standing(self) -> list[str]:
        """Variants that are neither broken nor left out."""
        return [name for name in self._task.variants if name not in self.observed.faults]

    def _note(self, event: Mapping[str, object]) -> None:
        self._recorder.record(event)
        self._replay.apply(event)

    def _crew(self, turn: int, seats: Sequence[str], draws: random.Random) -> Fleet:
        """Hosts for these seats, one for each interpreter that their variants run in."""
        clock = self._cores.clock(0 if self._task.fixed_core else turn)
        wanted = [self._task.interpreters.get(self._variant(seat)) for seat in seats]
        return Fleet(self._task.file, wanted, core=clock, spare=self._cores.spare(clock), draws=draws)

    def _prove(self) -> None:
        """Prove every variant that was not proven before, each in a process of its own."""
        todo = [name for name in self._standing if name not in self.observed.units]
        if not todo:
            return
        draws = random.Random(f"{self._seed}/proof")
        with self._crew(0, todo, draws) as crew:
            for name in todo:
                seat = self._seat(crew, "proof", name)
                try:
                    answer = seat.receive()
                except SeatLost as lost:
                    self._lose(name, lost)
                    continue
                reason = answer["reason"]
                answer["reason"] = None if reason is None else without_folders(str(reason))
                answer["notes"] = [without_folders(str(note)) for note in answer["notes"]]
                self._note({"event": "proof", "variant": name, "log": [], **answer})
                seat.leave()
        if not self._task.alone and len(self._standing) < 2:
            for name in self._standing:
                self._lose(name, SeatLost("nothing is left to compare it with", not_measured=True))

    def _seat(self, crew: Fleet, role: str, variant: str) -> Seat:
        task = self._task
        return crew.seat(
            role,
            task.comparison,
            task.case,
            variant,
            addresses=self._addresses,
            timeout_s=task.timeout_s,
            interpreter=task.interpreters.get(variant),
        )

    def _lose(self, name: str, lost: SeatLost) -> None:
        status = Status.NOT_MEASURED if lost.not_measured else Status.BROKEN
        self._note({"event": "fault", "variant": name, "status": status, "reason": lost.reason, "log": list(lost.log)})

    def _measure_set(self, turn: int) -> None:
        """One fresh set: a host that imports the suite, and as many shifts of workers as are worth their start."""
        draws = random.Random(f"{self._seed}/{turn}")
        most = [*self._standing, TWIN] * self._budget.shifts
        started = monotonic()
        with self._crew(turn, most, draws) as crew, kept_off(self._cores, crew.core):
            self._note({"event": "set", "hash_seed": crew.hash_seed, "core": crew.core})
            host_s = monotonic() - started
            self._work_shift(crew, draws, host_s)
            for _ in range(1, self._plan.shifts if self._plan else 1):
                self._work_shift(crew, draws, host_s)

    def _work_shift(self, crew: Fleet, draws: random.Random, host_s: float) -> None:
        """Fork a worker for every seat, warm them up, then let them take turns.

        What tells one set's ratio from the next is mostly chance that a worker has for life, such as which pages of
        memory it got: of 18 units with identical code, in 30 shifts each, most shifts lay within 1 %, but every eighth
        some 10 % off. The median over shifts passes those by, so that many short shifts are worth more than few long
        ones, and a shift costs no more than a fork.
        """
        names = self._standing
        order = [*names, *([TWIN] if self._task.baseline in names else [])]
        draws.shuffle(order)
        self._note({"event": "shift"})
        began = monotonic()
        seats = {name: self._seat(crew, "worker", self._variant(name)) for name in order}
        self._each(seats, self._greet)
        calibrating = monotonic()
        if any(name not in self.observed.calls for name in names):
            self._each(seats, self._calibrate)
            self._settle_calls(seats)
        began += monotonic() - calibrating  # no other shift does
        self._each(seats, self._take_overhead)
        for _ in range(_WARM_UP_ROUNDS if self._quick_calls(seats) else 1):
            self._each(seats, self._warm)
        ready_s = monotonic() - began
        firsts = [self._round_s(seats, draws) for _ in range(LEAST_ROUNDS)]
        if self._plan is None:
            self._plan = self._budget.plan(median(firsts), ready_s, host_s, waiting=self._reading.waits(names))
        for _ in range(self._plan.rounds - LEAST_ROUNDS):
            self._round(seats, draws)
        for seat in seats.values():
            seat.leave()
        for seat in seats.values():
            seat.ended()

    def _variant(self, seat: str) -> str:
        return self._task.baseline if seat == TWIN else seat

    def _each(self, seats: dict[str, Seat], act: Callable[[str, Seat], None]) -> None:
        """Do something with every seat; those that are lost leave the set, as `_lose_seat` says."""
        for name in list(seats):
            if name not in seats:
                continue
            try:
                act(name, seats[name])
            except SeatLost as lost:
                self._lose_seat(seats, name, lost)

    def _lose_seat(self, seats: dict[str, Seat], name: str, lost: SeatLost) -> None:
        """Note that a variant broke, and measure it no more: neither this seat nor, for the baseline, its twin."""
        variant = self._variant(name)
        self._lose(variant, lost)
        for each in [each for each in seats if self._variant(each) == variant]:
            del seats[each]

    def _greet(self, name: str, seat: Seat) -> None:
        answer = seat.receive()
        if name != TWIN and name not in self.observed.units:
            self._note({"event": "units", "variant": name, "units": int(answer["units"])})

    def _calibrate(self, name: str, seat: Seat) -> None:
        answer = seat.ask({"do": "calibrate", "target_ns": BLOCK_NS})
        self._speeds[name] = float(answer["ns_per_call"])

    def _take_overhead(self, name: str, seat: Seat) -> None:
        answer = seat.ask({"do": "overhead", "calls": self._calls(name) // self._slices(name)})
        self._note({"event": "overhead", "seat": name, "ns": float(answer["overhead_ns"])})

    def _warm(self, name: str, seat: Seat) -> None:
        seat.ask(self._block_of(name))

    def _round_s(self, seats: dict[str, Seat], draws: random.Random) -> float:
        """Run a round, and give its length, seconds."""
        began = monotonic()
        self._round(seats, draws)
        return monotonic() - began

    def _round(self, seats: dict[str, Seat], draws: random.Random) -> None:
        """One block of every worker, in an order drawn for this round."""
        self._note({"event": "round"})
        order = list(seats)
        draws.shuffle(order)
        for name in order:
            if name not in seats:
                continue
            try:
                answer = seats[name].ask(self._block_of(name))
            except SeatLost as lost:
                self._lose_seat(seats, name, lost)
                continue
            readings = {key: int(answer[key]) for key in _READ}
            self._note({"event": "block", "seat": name, **readings})

    def _calls(self, seat: str) -> int:
        return self.observed.calls[self._variant(seat)]

    def _slices(self, seat: str) -> int:
        return self.observed.slices[self._variant(seat)]

    def _block_of(self, seat: str) -> Message:
        return {"do": "block", "calls": self._calls(seat), "slices": self._slices(seat)}

    def _settle_calls(self, seats: Mapping[str, Seat]) -> None:
        """Fix the slices per block, and the calls per slice, for the whole case, from what calibration saw.

        Variants within a factor of two of each other get the same number; others a number each, so that no block is
        much shorter or longer than the rest.
        """
        speeds = {name: ns for name, ns in self._speeds.items() if name in seats and name != TWIN}
        if not speeds:
            return
        fastest, slowest = min(speeds.values()), max(speeds.values())
        if slowest <= fastest * _EQUAL_CALLS_WITHIN:
            speeds = dict.fromkeys(speeds, (fastest * slowest) ** 0.5)
        calls, slices = {}, {}
        for name, ns in speeds.items():
            in_slice = max(1, min(_MOST_CALLS, round(SLICE_NS / ns)))
            slices[name] = max(1, round(BLOCK_NS / (in_slice * ns)))
            calls[name] = in_slice * slices[name]
        self._note({"event": "calls", "calls": calls, "slices": slices})

    def _quick_calls(self, seats: Mapping[str, Seat]) -> bool:
        """Whether every block holds several calls; one that is a single slow call is warm after one round."""
        return all(self._calls(name) > 1 for name in seats)
