"""Does the body hold any work? Read from its code, before or without a call."""

from __future__ import annotations

import ast
import dis
import textwrap
from types import CodeType

from patternbench.experiment.checks.evidence import Evidence
from patternbench.experiment.checks.reach import codes

# Instructions that a body made of nothing but a constant compiles to, over the supported Pythons; one that only hands
# local names about does nothing either.
_IDLE = frozenset(
    {
        "CACHE",
        "CALL_INTRINSIC_1",
        "COPY_FREE_VARS",
        "DELETE_FAST",
        "LOAD_CONST",
        "LOAD_FAST",
        "LOAD_FAST_BORROW",
        "LOAD_FAST_CHECK",
        "LOAD_FAST_LOAD_FAST",
        "LOAD_SMALL_INT",
        "NOP",
        "NOT_TAKEN",
        "POP_TOP",
        "RERAISE",
        "RESUME",
        "RETURN_CONST",
        "RETURN_GENERATOR",
        "RETURN_VALUE",
        "STORE_FAST",
        "STORE_FAST_LOAD_FAST",
        "STORE_FAST_STORE_FAST",
    }
)


def idle(code: CodeType, source: str = "") -> str | None:
    """A body that is empty or was folded into a constant: a call would time nothing but itself."""
    if any(instruction.opname not in _IDLE for instruction in dis.get_instructions(code)):
        return None
    if _lost_its_asserts(code, source):
        return "does nothing: it only asserts, and Python runs without asserts (-O)"
    return "does nothing: its body is a constant"


def hands_out(evidence: Evidence) -> str | None:
    """A body that only gives what stands ready on the instance: the work was done in `setup`, or in the first call."""
    left = [each for each in dis.get_instructions(evidence.body) if each.opname not in _IDLE]
    if len(left) != 1 or left[0].opname != "LOAD_ATTR":
        return None
    name = str(left[0].argval)
    return f"only hands out self.{name}: whatever made it is not timed" if name in vars(evidence.instance) else None


def without_asserts(evidence: Evidence) -> str | None:
    """A body whose asserts were left out, with the work that they hold."""
    if _lost_its_asserts(evidence.body, evidence.variant.source):
        return "has asserts, which Python leaves out here (-O): what they call is not timed"
    return None


def _lost_its_asserts(code: CodeType, source: str) -> bool:
    if "assert" not in source or any(_asserts(each) for inner in codes(code) for each in dis.get_instructions(inner)):
        return False
    try:
        tree = ast.parse(textwrap.dedent(source))
    except SyntaxError:
        return False
    return any(isinstance(node, ast.Assert) for node in ast.walk(tree))


def _asserts(instruction: dis.Instruction) -> bool:
    return "ASSERTION" in instruction.opname or instruction.argval is AssertionError
