"""What a session's figures depend on: interpreter, libraries and machine, in words that may be published.

`environment` reads the running interpreter; `assembled`, `build_summary`, `closure` and `virtualisation` are the pure
parts, so that a test can hand them any machine. No host name, user name or path is ever read.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import re
import sys
import sysconfig
from collections.abc import Callable, Iterable, Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

from patternbench.session import Environment, Machine

_DISTRIBUTION = "patternbench"
_REQUIREMENT = re.compile(r"^\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[([^\]]*)\])?")
_EXTRA = re.compile(r"""extra\s*==\s*["']([^"']+)["']""")
_HYPERVISORS = {
    "kvm": "KVM",
    "qemu": "KVM",
    "google": "Google Compute Engine",
    "amazon": "Amazon EC2",
    "microsoft": "Hyper-V",
    "vmware": "VMware",
    "virtualbox": "VirtualBox",
    "innotek": "VirtualBox",
    "xen": "Xen",
    "parallels": "Parallels",
    "apple virtualization": "Apple Virtualization",
}
"""What firmware calls itself, to the name readers know; whatever else it says stays unpublished."""


def environment(packages: Iterable[str] | None = None) -> Environment:
    """The environment of this interpreter.

    Args:
        packages: distributions whose versions matter; None takes patternbench's requirements with all extras and
            what those require, or, where patternbench itself is not installed, the distributions loaded so far.
            What is not installed is left out.
    """
    return assembled(
        python=platform.python_version(),
        implementation=sys.implementation.name,
        build=build_summary(sysconfig.get_config_vars(), platform.python_compiler()),
        packages=_versions(_relevant() if packages is None else packages),
        machine=machine(),
    )


def assembled(
    *, python: str, implementation: str, build: str, packages: Mapping[str, str], machine: Machine
) -> Environment:
    """The record with its fingerprint, a hash over all of it; memory counts in GiB, as kernels keep a varying share."""
    facts = {
        "python": python,
        "implementation": implementation,
        "build": build,
        "packages": dict(sorted(packages.items())),
        "machine": [machine.cpu, machine.cores, machine.system, machine.kernel, machine.libc, machine.virtual],
        "memory_gib": round(machine.memory_bytes / 2**30),
    }
    text = json.dumps(facts, sort_keys=True, separators=(",", ":"))
    return Environment(
        python=python,
        implementation=implementation,
        build=build,
        packages=dict(sorted(packages.items())),
        machine=machine,
        fingerprint=hashlib.sha256(text.encode()).hexdigest()[:16],
    )


def machine() -> Machine:
    """This machine, as far as it may be published; an empty string or 0 where it does not tell."""
    cpuinfo = _text("/proc/cpuinfo")
    return Machine(
        cpu=_cpu_model(cpuinfo),
        cores=_usable_cores(),
        system=f"{platform.system()} {platform.machine()}".strip(),
        kernel=platform.release(),
        libc=" ".join(part for part in platform.libc_ver() if part),
        memory_bytes=_memory_bytes(),
        virtual=virtualisation(
            cpu_flags=_cpu_field(cpuinfo, "flags"),
            firmware=_text("/sys/class/dmi/id/sys_vendor") + " " + _text("/sys/class/dmi/id/product_name"),
            kernel=platform.release(),
            container=_in_container(),
        ),
    )


def build_summary(variables: Mapping[str, Any], compiler: str) -> str:
    """How an interpreter was built, such as "PGO, no LTO, GCC 12.2.0".

    Args:
        variables: of `sysconfig`; on Windows they tell nothing of the optimiser, and neither does the summary.
        compiler: as `platform.python_compiler` gives it.
    """
    arguments = str(variables.get("CONFIG_ARGS") or "")
    flags = " ".join(str(variables.get(name) or "") for name in ("PY_CORE_CFLAGS", "PY_CFLAGS_NODIST"))
    words = []
    if "CONFIG_ARGS" in variables:
        profiled = "--enable-optimizations" in arguments or "-fprofile-use" in flags
        linked = "--with-lto" in arguments or "-flto" in flags
        words += ["PGO" if profiled else "no PGO", "LTO" if linked else "no LTO"]
    if "--enable-bolt" in arguments:
        words.append("BOLT")
    if variables.get("Py_DEBUG"):
        words.append("debug")
    if variables.get("Py_GIL_DISABLED"):
        words.append("free-threaded")
    if "--enable-experimental-jit" in arguments:
        words.append("JIT")
    if compiler.strip():
        words.append(compiler.strip())
    return ", ".join(words)


def virtualisation(*, cpu_flags: str, firmware: str, kernel: str, container: bool) -> str:
    """A hint such as "KVM", "KVM, container" or "none seen"; only well-known names are ever repeated.

    Args:
        cpu_flags: the flags of /proc/cpuinfo; "hypervisor" is set in every guest.
        firmware: vendor and product as the firmware states them.
        kernel: release of the kernel.
        container: whether the process looks contained.
    """
    found = []
    named = next((name for word, name in _HYPERVISORS.items() if word in firmware.lower()), None)
    if "microsoft" in kernel.lower():
        found.append("WSL")
    elif "hypervisor" in cpu_flags.split():
        found.append(named or "virtual machine")
    elif named in {"Amazon EC2", "Google Compute Engine"}:
        found.append(named)
    if container:
        found.append("container")
    return ", ".join(found) or "none seen"


def closure(root: str, requires: Callable[[str], Iterable[str] | None]) -> tuple[str, ...]:
    """Names of everything that a distribution requires with all its extras, and of what those require in turn.

    Markers are not evaluated except for extras: what a marker rules out is not installed, and drops out later.

    Args:
        root: the distribution to start from; it is not part of the answer.
        requires: a distribution's requirement strings, or None where it is not installed.
    """
    found: dict[str, None] = {}
    seen: set[tuple[str, str]] = set()
    waiting: list[tuple[str, frozenset[str] | None]] = [(root, None)]
    while waiting:
        name, extras = waiting.pop(0)
        for line in requires(name) or ():
            match = _REQUIREMENT.match(line)
            if match is None:
                continue
            wanted = {_normal(extra) for extra in _EXTRA.findall(line)}
            if wanted and extras is not None and not wanted & extras:
                continue
            required = _normal(match[1])
            inner = frozenset(_normal(part) for part in (match[2] or "").split(",") if part.strip())
            visit = (required, ",".join(sorted(inner)))
            if required == _normal(root) or visit in seen:
                continue
            seen.add(visit)
            found[required] = None
            waiting.append((required, inner))
    return tuple(found)


def _relevant() -> tuple[str, ...]:
    if _requires(_DISTRIBUTION) is not None:
        return closure(_DISTRIBUTION, _requires)
    loaded = {name.partition(".")[0] for name in sys.modules}
    owners = metadata.packages_distributions()
    return tuple(sorted({owner for name in loaded for owner in owners.get(name, ())}))


def _requires(name: str) -> Iterable[str] | None:
    try:
        return metadata.requires(name) or ()
    except metadata.PackageNotFoundError:
        return None


def _versions(names: Iterable[str]) -> dict[str, str]:
    versions = {}
    for name in names:
        try:
            versions[_normal(name)] = metadata.version(name)
        except (metadata.PackageNotFoundError, ValueError):
            continue
    return versions


def _normal(name: str) -> str:
    """A distribution's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).strip().lower()


def _text(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""


def _cpu_field(cpuinfo: str, *names: str) -> str:
    for line in cpuinfo.splitlines():
        key, _, value = line.partition(":")
        if key.strip() in names and value.strip():
            return " ".join(value.split())
    return ""


def _cpu_model(cpuinfo: str) -> str:
    return _cpu_field(cpuinfo, "model name", "Model", "cpu model") or platform.processor() or platform.machine()


def _usable_cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _memory_bytes() -> int:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return 0


def _in_container() -> bool:
    if Path("/.dockerenv").exists() or Path("/run/.containerenv").exists():
        return True
    groups = _text("/proc/1/cgroup")
    return any(word in groups for word in ("docker", "kubepods", "containerd", "lxc", "libpod"))


__all__ = ["assembled", "build_summary", "closure", "environment", "machine", "virtualisation"]
