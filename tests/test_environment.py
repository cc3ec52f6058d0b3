"""The environment names what figures depend on, and nothing that points at a person or a place."""

from __future__ import annotations

import dataclasses
import getpass
import json
import platform
import socket
import sys

import pytest

from patternbench.environment import assembled, build_summary, closure, environment, virtualisation
from patternbench.session import Machine

GUEST = Machine("A CPU", 2, "Linux x86_64", "6.1.0", "glibc 2.36", 8 * 2**30, "KVM")


def test_the_running_interpreter_is_described() -> None:
    found = environment(["pytest", "no-such-distribution"])
    assert found.python == platform.python_version()
    assert found.implementation == sys.implementation.name
    assert found.packages == {"pytest": pytest.__version__}
    assert found.machine.cores >= 1
    assert len(found.fingerprint) == 16


def test_nothing_in_it_names_host_user_or_path() -> None:
    text = json.dumps(dataclasses.asdict(environment()))
    assert sys.prefix not in text
    assert sys.executable not in text
    for secret in (socket.gethostname(), getpass.getuser()):
        assert f'"{secret}"' not in text


def test_the_fingerprint_moves_with_a_library_but_not_with_a_few_bytes_of_memory() -> None:
    def fingerprint(version: str = "1.0", memory: int = 8 * 2**30) -> str:
        return assembled(
            python="3.12.1",
            implementation="cpython",
            build="PGO, LTO",
            packages={"pydantic": version},
            machine=dataclasses.replace(GUEST, memory_bytes=memory),
        ).fingerprint

    assert fingerprint() == fingerprint(memory=8 * 2**30 - 4096)
    assert fingerprint() != fingerprint(version="1.1")
    assert fingerprint() != fingerprint(memory=16 * 2**30)


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"CONFIG_ARGS": "'--enable-optimizations' '--with-lto'"}, "PGO, LTO, GCC 12"),
        ({"CONFIG_ARGS": ""}, "no PGO, no LTO, GCC 12"),
        ({"CONFIG_ARGS": "", "PY_CORE_CFLAGS": "-O3 -flto=auto -fprofile-use"}, "PGO, LTO, GCC 12"),
        (
            {"CONFIG_ARGS": "--disable-gil", "Py_GIL_DISABLED": 1, "Py_DEBUG": 1},
            "no PGO, no LTO, debug, free-threaded, GCC 12",
        ),
        ({"CONFIG_ARGS": "'--enable-experimental-jit'"}, "no PGO, no LTO, JIT, GCC 12"),
        ({}, "GCC 12"),
    ],
)
def test_the_build_is_told_in_words(variables: dict[str, object], expected: str) -> None:
    assert build_summary(variables, "GCC 12") == expected


@pytest.mark.parametrize(
    ("flags", "firmware", "kernel", "container", "expected"),
    [
        ("fpu sse", "Dell Latitude", "6.1", False, "none seen"),
        ("fpu hypervisor", "QEMU Standard PC", "6.1", False, "KVM"),
        ("fpu hypervisor", "A Secret Cloud", "6.1", True, "virtual machine, container"),
        ("fpu", "Amazon EC2 m7g.metal", "6.1", False, "Amazon EC2"),
        ("fpu hypervisor", "", "5.15-microsoft-standard", False, "WSL"),
    ],
)
def test_only_well_known_hypervisors_are_named(
    flags: str, firmware: str, kernel: str, container: int, expected: str
) -> None:
    assert virtualisation(cpu_flags=flags, firmware=firmware, kernel=kernel, container=bool(container)) == expected


def test_the_closure_follows_all_extras_of_the_root_but_only_named_ones_below() -> None:
    requirements = {
        "patternbench": ["rich>=13", 'asv_runner ; extra == "track"', 'patternbench[track] ; extra == "all"'],
        "rich": ["pygments<3", 'ipywidgets ; extra == "jupyter"'],
        "asv-runner": ["thing[fast] >= 1"],
        "thing": ['speedups ; extra == "fast"', 'slowness ; extra == "slow"', "rich"],
    }
    assert set(closure("patternbench", requirements.get)) == {"rich", "asv-runner", "pygments", "thing", "speedups"}
