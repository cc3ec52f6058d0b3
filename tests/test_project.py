"""What the project's own files promise each other."""

from __future__ import annotations

import ast
import os
import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

lock = pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.stem)
workflow = pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)


def pinned(path: Path) -> dict[str, str]:
    """Distribution to version of one lock."""
    found = re.findall(r"^([\w.-]+)(?:\[[^]]*\])?==(\S+)", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {canonicalize_name(name): version for name, version in found}


def nox_sessions() -> dict[str, str]:
    """Name to docstring of the sessions in the noxfile, which is read and not run: nox may be absent."""
    tree = ast.parse((ROOT / "noxfile.py").read_text(encoding="utf-8"))
    return {
        node.name: ast.get_docstring(node) or ""
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
        and any("nox.session" in ast.unparse(decorator) for decorator in node.decorator_list)
    }


def test_there_is_something_to_check() -> None:
    assert {path.stem for path in LOCKS} == {"all", "lint", "nox", "tests", "types"}
    assert {path.stem for path in WORKFLOWS} >= {"ci", "nightly"}


@lock
def test_a_lock_names_no_address(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert re.findall(r"(?m)^-.*|\w+://\S*|^.* @ .*|^[./].*", text) == []


@lock
def test_every_pin_in_a_lock_has_its_hashes(path: Path) -> None:
    entries = re.split(r"(?m)^(?=[\w.-]+(?:\[[^]]*\])?==)", path.read_text(encoding="utf-8"))[1:]
    assert entries
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_the_locks_agree_on_every_version() -> None:
    versions: dict[str, set[str]] = {}
    for path in LOCKS:
        for name, version in pinned(path).items():
            versions.setdefault(name, set()).add(version)
    assert {name: found for name, found in versions.items() if len(found) > 1} == {}


def test_the_lock_satisfies_every_dependency_that_the_project_declares() -> None:
    versions = pinned(ROOT / "requirements" / "all.txt")
    declared = [*PROJECT["project"]["dependencies"]]
    for requirements in PROJECT["project"]["optional-dependencies"].values():
        declared += requirements
    wanted = [Requirement(text) for text in declared]
    unmet = [
        str(one)
        for one in wanted
        if one.name != "patternbench" and not one.specifier.contains(versions.get(canonicalize_name(one.name), "0"))
    ]
    assert unmet == []


def test_the_base_needs_nothing_that_suites_compare() -> None:
    base = {Requirement(text).name for text in PROJECT["project"]["dependencies"]}
    compared = {Requirement(text).name for text in PROJECT["project"]["optional-dependencies"]["patterns"]}
    assert base & compared == set()


def test_the_extra_named_all_holds_every_other() -> None:
    extras = PROJECT["project"]["optional-dependencies"]
    (everything,) = (Requirement(text) for text in extras["all"])
    assert everything.extras == set(extras) - {"all"}


def test_pre_commit_runs_the_versions_of_the_lint_lock() -> None:
    text = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    hooks = dict(re.findall(r"additional_dependencies: \[\"?([\w-]+)(?:\[all\])?==([\w.]+)\"?\]", text))
    assert hooks
    versions = pinned(ROOT / "requirements" / "lint.txt")
    assert hooks == {name: versions[name] for name in hooks}


def test_every_nox_session_says_in_one_line_what_it_does() -> None:
    sessions = nox_sessions()
    assert set(sessions) >= {"bench", "tests", "lint", "types", "report", "track", "profile", "lock"}
    assert [name for name, doc in sessions.items() if not doc or "\n" in doc] == []


def test_ci_can_be_run() -> None:
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


def test_ci_covers_every_python_that_the_project_names() -> None:
    named = [text.rsplit(" ", 1)[1] for text in PROJECT["project"]["classifiers"] if re.search(r":: 3\.\d+$", text)]
    matrix = re.search(r"python: \[(.+)\]", (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8"))
    assert matrix is not None
    assert re.findall(r"3\.\d+", matrix[1]) == named
    assert PROJECT["project"]["requires-python"] == f">={named[0]}"


@workflow
def test_a_workflow_pins_every_action_by_commit_and_says_which_version_that_is(path: Path) -> None:
    used = re.findall(r"uses: (.+)", path.read_text(encoding="utf-8"))
    assert used
    assert [one for one in used if not re.fullmatch(r"[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", one)] == []


@workflow
def test_a_workflow_starts_from_no_permission_and_keeps_no_credentials(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert re.search(r"(?m)^permissions: \{\}$", text)
    assert text.count("persist-credentials: false") == text.count("actions/checkout@")


@workflow
def test_a_workflow_lets_no_expression_into_a_shell(path: Path) -> None:
    assert re.findall(r"run: .*\$\{\{.*", path.read_text(encoding="utf-8")) == []
