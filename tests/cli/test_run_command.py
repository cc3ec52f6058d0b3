"""`patternbench run`, whole: what it measures, says, leaves and returns."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from patternbench.cli.main import main
from patternbench.cli.stored import newest_unfinished
from patternbench.experiment.run import ComparisonRun
from patternbench.observation import CaseObservation
from patternbench.storage.document import read_document, validate
from patternbench.storage.journal import NAME, read_journal

if TYPE_CHECKING:
    from tests.cli.conftest import Ran


def the_session(folder: Path) -> Path:
    (found,) = (folder / "reports" / "sessions").iterdir()
    return found


def last_line(text: str) -> str:
    return text.rstrip("\n").rpartition("\n")[2]


def test_a_run_with_broken_variants_says_so_and_measures_the_others(measured: Ran) -> None:
    assert measured.code == 3
    assert last_line(measured.out) == "verdict=broken code=3"
    document = json.loads((measured.folder / "out.json").read_text())
    validate(document)
    trial = next(each for each in document["comparisons"] if each["name"] == "Trial")
    statuses = {each["name"]: each["status"] for each in trial["cases"][0]["variants"]}
    assert [name for name, status in statuses.items() if status == "ok"] == ["plain", "same", "awaited", "kept"]
    assert statuses["absent"] == "not measured"
    assert statuses["hangs"] == statuses["segfault"] == statuses["forgets"] == "broken"


def test_the_document_is_in_the_sessions_folder_too(measured: Ran) -> None:
    folder = the_session(measured.folder)
    assert read_document(folder / "run.json") == read_document(measured.folder / "out.json")
    session = read_document(folder / "run.json").session
    assert (session.id, session.seed, session.budget) == (folder.name, 1, "quick")
    assert (session.verdict, session.code) == ("broken", 3)
    assert session.selectors == ("trial.py", "trial/Trial", "trial/Cases", "trial/Looped")
    assert session.self_check is not None
    assert session.overhead is not None
    assert session.overhead.plain_ns > 0
    assert re.fullmatch(r"\d{8}T\d{6}Z-[0-9a-f]{6}", session.id)


def test_nothing_of_the_machine_is_in_what_a_run_leaves(measured: Ran) -> None:
    folder = the_session(measured.folder)
    for path in (
        folder / "run.json",
        folder / "pyperf.json",
        folder / NAME,
        *(measured.folder / "reports" / "site").rglob("*.html"),
    ):
        text = path.read_text("utf-8")
        assert str(measured.folder) not in text, path.name
        assert str(Path.home()) not in text, path.name


def test_the_twin_is_told_from_the_variants(measured: Ran) -> None:
    case = read_document(measured.folder / "out.json").comparisons[0].cases[0]
    assert "(baseline again)" not in {each.name for each in case.variants}
    assert case.self_check is not None


def test_a_run_shows_every_question_and_where_its_report_is(measured: Ran) -> None:
    for text in ("Which of these goes wrong?", "Which sizes can be had?", "needs a quantum computer", "SIGSEGV"):
        assert text in measured.out
    assert "Report: reports/site/index.html" in measured.out
    assert (measured.folder / "reports" / "site" / "index.html").is_file()
    assert "\x1b" not in measured.out + measured.err


def test_json_on_standard_output_is_nothing_but_json(trial: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["run", "trial.py", "trial/Looped", "--json", "-", "--no-memory", "--no-site"])
    said = capsys.readouterr()
    document = json.loads(said.out)
    validate(document)
    assert code == document["session"]["code"] == 0
    assert last_line(said.err) == "verdict=ok code=0"
    assert "Does each worker have one loop?" in said.err
    assert not (trial.parent / "reports" / "site").exists()


def test_nothing_measured_is_a_code_of_its_own(trial: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "trial.py", "trial/Unshared", "--no-site", "-q"]) == 4
    assert last_line(capsys.readouterr().out) == "verdict=nothing-measured code=4"


def test_a_share_holds_whole_comparisons(trial: Path, capsys: pytest.CaptureFixture[str]) -> None:
    seen = []
    for share in ("1/2", "2/2"):
        assert main(["run", "trial.py", "--shard", share, "--list"]) == 0
        seen.append(set(re.findall(r"^(trial/\w+)", capsys.readouterr().out, re.MULTILINE)))
    assert main(["run", "trial.py", "--list"]) == 0
    everything = set(re.findall(r"^(trial/\w+)", capsys.readouterr().out, re.MULTILINE))
    assert seen[0] | seen[1] == everything
    assert not seen[0] & seen[1]
    assert not (trial.parent / "reports").exists()


def test_parameters_choose_cases(trial: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["run", "trial.py", "trial/Cases", "--params", "size=2", "--no-site", "--json", "-"])
    document = json.loads(capsys.readouterr().out)
    assert code == 4
    (comparison,) = document["comparisons"]
    assert [case["params"] for case in comparison["cases"]] == [{"size": 2}]
    assert comparison["left_out"] == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["trial.py", "trial/Tril"], ["nothing matches 'trial/Tril'", "did you mean trial/Trial?"]),
        (["tril.py"], ["there is no suite file tril.py", "name a Python file that exists"]),
        (["trial.py", "--budget", "fast"], ["'fast'", "quick", "standard", "rigorous"]),
        (["trial.py", "--params", "size"], ["'size' is no parameter", "write AXIS=VALUE"]),
        (["trial.py", "--params", "size=9"], ["no case has size=9", "patternbench list"]),
        (["trial.py", "--shard", "3/2"], ["'3/2' is not a share", "write K/N"]),
        (["trial.py", "--seed", "x"], ["'x'", "--seed"]),
        (["trial.py", "--sede", "1"], ["--sede", "--seed"]),
        ([], ["there is no folder benchmarks here", "patternbench run my_suite.py"]),
        (["--resume"], ["there is no session that was cut short", "patternbench run"]),
        (
            ["trial.py", "trial/Looped", "--json", "missing/out.json"],
            ["there is no folder missing/", "name a file in a folder that exists"],
        ),
    ],
)
def test_a_wrong_call_is_one_sentence_with_a_remedy(
    trial: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], words: list[str]
) -> None:
    assert main(["run", *arguments]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    for word in words:
        assert word in said.err
    assert "Traceback" not in said.err
    assert len(said.err.splitlines()) <= 5
    assert not (trial.parent / "reports").exists()


def readings(folder: Path) -> dict[tuple[str, int], CaseObservation]:
    return {
        (name, case): replay.observed
        for name, cases in read_journal(folder)[1].items()
        for case, replay in cases.items()
    }


def test_a_killed_session_goes_on_and_keeps_what_was_read(session: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = the_session(session)
    journal = folder / NAME
    lines = journal.read_bytes().splitlines(keepends=True)
    opened = [number for number, line in enumerate(lines) if b'"trial/Cases","case":0' in line]
    sets = [number for number, line in enumerate(lines) if number > opened[0] and b'"event":"set"' in line]
    journal.write_bytes(b"".join(lines[: sets[1] + 4])[:-7])
    (folder / "run.json").unlink()
    before = readings(folder)

    code = main(["run", "--resume"])

    assert code == 3
    assert last_line(capsys.readouterr().out) == "verdict=broken code=3"
    after = readings(folder)
    assert set(before) < set(after)
    for key, observed in before.items():
        kept = [each for each in observed.sets if each.rounds]
        assert after[key].sets[: len(kept)] == kept
        assert after[key].usable_sets >= 3 or key[0] != "trial/Cases"
    resumed = read_document(folder / "run.json")
    assert resumed.session.id == folder.name
    assert resumed.session.seed == 1
    assert [each.id for each in resumed.comparisons] == ["trial/Trial", "trial/Cases", "trial/Looped"]
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


def test_a_finished_session_cannot_go_on(session: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "--resume"]) == 2
    assert "there is no session that was cut short" in capsys.readouterr().err


def test_a_session_of_another_environment_does_not_go_on(session: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = the_session(session)
    journal = folder / NAME
    journal.write_text(re.sub(r'"fingerprint":"\w+"', '"fingerprint":"other"', journal.read_text(), count=1))
    (folder / "run.json").unlink()
    assert main(["run", "--resume"]) == 2
    assert "was begun in another environment" in capsys.readouterr().err


def test_an_interrupt_keeps_what_was_read_and_can_go_on(
    trial: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    measure: Any = ComparisonRun.measure
    done: list[bool] = []

    def interrupted(self: ComparisonRun) -> None:
        if done:
            raise KeyboardInterrupt
        measure(self)
        done.append(True)

    monkeypatch.setattr(ComparisonRun, "measure", interrupted)
    arguments = ["run", "trial.py", "trial/Looped", "trial/Cases", "--params", "size=2"]
    assert main([*arguments[:4], "--no-memory"]) == 130
    said = capsys.readouterr()
    assert last_line(said.out) == "verdict=interrupted code=130"
    assert "patternbench run --resume" in said.out
    assert newest_unfinished(Path("reports")) == the_session(trial.parent).relative_to(trial.parent)
    monkeypatch.setattr(ComparisonRun, "measure", measure)
    assert main(["run", "--resume"]) == 3
    assert last_line(capsys.readouterr().out) == "verdict=broken code=3"


def test_other_meters_than_the_suite_asks_for_can_be_read(trial: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = [
        "run",
        "trial.py",
        "trial/Looped",
        "--meters",
        "time, memory,memory",
        "--no-site",
        "--json",
        "out.json",
    ]
    assert main(arguments) == 0
    document = read_document(trial.parent / "out.json")
    (variant,) = document.comparisons[0].cases[0].variants
    assert variant.time is not None
    assert variant.memory is not None
    assert [each.name for each in document.meters] == ["memory"]
    heading, replays = read_journal(the_session(trial.parent))
    assert heading.meters == ("time", "memory")
    assert "memory" in replays["trial/Looped"][0].observed.readings[variant.name]
    assert main([*arguments, "--no-memory"]) == 0
    document = read_document(trial.parent / "out.json")
    assert document.comparisons[0].cases[0].variants[0].memory is None
    assert document.meters == ()


def test_a_meter_that_does_not_exist_is_refused_before_anything_runs(
    trial: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", "trial.py", "--meters", "time,watt"]) == 2
    assert "there is no meter 'watt'" in capsys.readouterr().err
    assert not (trial.parent / "reports").exists()
