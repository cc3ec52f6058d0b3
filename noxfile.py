"""What a person or CI runs: `nox -l` lists it, and arguments after `--` are handed through.

Needs nothing but `python3 -m pip install nox`; with uv on the machine the environments are made faster. Every session
but `lock` installs from a lock in requirements/, with hashes, and then the project itself without its dependencies.
"""

from __future__ import annotations

import os
import platform
from pathlib import Path

import nox

PROJECT = nox.project.load_toml("pyproject.toml")
PYTHONS = nox.project.python_versions(PROJECT)
LOCKS = {
    "all": ("pyproject.toml", "--all-extras", "--group=build"),
    "tests": ("pyproject.toml", "--all-extras", "--group=tests"),
    "types": ("pyproject.toml", "--all-extras", "--group=types"),
    "lint": ("--group=lint",),
    "nox": ("--group=nox",),
}
"""Name of each lock, and what it holds; an earlier one constrains the later ones, so that versions agree."""

nox.needs_version = ">=2024.10"
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.sessions = ["tests", "lint", "types"]
nox.options.reuse_existing_virtualenvs = False

# uv may not fetch interpreters behind the user's back: `tests_all` runs on those that are there.
os.environ.setdefault("UV_PYTHON_DOWNLOADS", "never")


def _real_interpreters_first() -> None:
    """Put pyenv's interpreters before its shims, which fail for every version that pyenv has not selected."""
    root = os.environ.get("PYENV_ROOT")
    if not root:
        return
    found = [path for version in PYTHONS for path in sorted(Path(root).glob(f"versions/{version}.*/bin"))]
    os.environ["PATH"] = os.pathsep.join([*map(str, found), os.environ.get("PATH", "")])


_real_interpreters_first()


def _install(session: nox.Session, lock: str, *, project: bool = True) -> None:
    """Install a lock and, where the session runs it, the project; nothing is fetched that the lock does not name."""
    session.install("--require-hashes", "-r", f"requirements/{lock}.txt")
    if project:
        session.install("--no-deps", "--no-build-isolation", ".")


@nox.session
def bench(session: nox.Session) -> None:
    """Answer the headline questions of benchmarks/; with arguments, `patternbench run` on those."""
    _install(session, "all")
    session.run("python", "-m", "patternbench", "run", *session.posargs)


@nox.session
def report(session: nox.Session) -> None:
    """Draw reports/site from the sessions in reports/sessions."""
    _install(session, "all")
    session.run("python", "-m", "patternbench", "report", *session.posargs)


@nox.session
def profile(session: nox.Session) -> None:
    """Show where the time or the memory of a variant goes."""
    _install(session, "all")
    session.run("python", "-m", "patternbench", "profile", *session.posargs)


@nox.session
def track(session: nox.Session) -> None:
    """Run asv for the commits that have no results yet and publish; with arguments, asv on those."""
    _install(session, "all")
    if session.posargs:
        session.run("python", "-m", "asv", *session.posargs)
        return
    # asv would publish the host's name and hardware; what it is told here says no more than pages may say.
    facts = {
        "machine": "local",
        "os": platform.system(),
        "arch": platform.machine(),
        "cpu": "unnamed",
        "num_cpu": str(os.cpu_count()),
        "ram": "unnamed",
    }
    session.run("python", "-m", "asv", "machine", *(f"--{name}={value}" for name, value in facts.items()))
    # NEW would be every commit there ever was where none has results yet; a history begins with the newest.
    begun = any(Path(".asv/results/local").glob("[0-9a-f]*-*.json"))
    session.run("python", "-m", "asv", "run", "--machine=local", "NEW" if begun else "HEAD^!")
    session.run("python", "-m", "asv", "publish")


@nox.session
def tests(session: nox.Session) -> None:
    """Run the tests on the Python that runs nox."""
    _test(session)


@nox.session(python=PYTHONS)
def tests_all(session: nox.Session) -> None:
    """Run the tests on every supported Python that is installed."""
    _test(session)


def _test(session: nox.Session) -> None:
    _install(session, "tests")
    session.run("python", "-m", "pytest", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Check style, format, walls between layers, spelling, project file and workflows."""
    _install(session, "lint", project=False)
    workflows = sorted(map(str, Path(".github/workflows").glob("*.yml")))
    checks = [
        ("ruff", "check", *session.posargs, "."),
        ("ruff", "format", "--check", "."),
        ("lint-imports",),
        ("codespell",),
        ("validate-pyproject", "pyproject.toml"),
        ("shellcheck", ".ci/run"),
        ("actionlint", *workflows),
        ("zizmor", "--offline", "--no-progress", ".github"),
        ("check-jsonschema", "--builtin-schema", "vendor.github-workflows", *workflows),
        ("check-jsonschema", "--builtin-schema", "vendor.dependabot", ".github/dependabot.yml"),
    ]
    failed = []
    for check in checks:
        try:
            session.run(*check, env={"PYTHONPATH": "src"})
        except nox.command.CommandFailed:  # the others may have something to say too
            failed.append(" ".join(check[:2]))
    if failed:
        session.error("failed: " + ", ".join(failed))


@nox.session
def types(session: nox.Session) -> None:
    """Check the types of package, suites, tests and this file."""
    _install(session, "types", project=False)
    session.run("mypy", *session.posargs)


@nox.session
def lock(session: nox.Session) -> None:
    """Compile requirements/ anew from pyproject.toml; `-- --upgrade` takes the newest versions."""
    session.install("--require-hashes", "-r", "requirements/nox.txt")
    done: list[str] = []
    for name, content in LOCKS.items():
        target = f"requirements/{name}.txt"
        session.run(
            "uv", "pip", "compile", "--quiet", *content, *session.posargs,
            *(f"--constraints=requirements/{earlier}.txt" for earlier in done),
            # One lock for every supported Python and platform, with one version of each library where that can be, so
            # that two Pythons are compared with the same libraries.
            "--universal", f"--python-version={PYTHONS[0]}", "--fork-strategy=fewest",
            # Nothing of the machine that compiled it.
            "--generate-hashes", "--no-annotate", "--no-emit-index-url", "--no-emit-find-links",
            "--custom-compile-command=nox -s lock", f"--output-file={target}",
        )  # fmt: skip
        done.append(name)
