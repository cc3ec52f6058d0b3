"""The page on the method: the newest self-check, or that there is none, and a way to it from every page."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from tests.report.example import session
from tests.simulated_trials import self_check

from patternbench.report.site import build_site
from patternbench.selfcheck.outcome import SelfCheck
from patternbench.selfcheck.plan import SCOPES

FULL = self_check()


class Page(HTMLParser):
    """Collects what the tests ask of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.references: list[str] = []
        self.links: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        if "id" in given:
            self.ids.append(given["id"])
        self.references += given.get("aria-labelledby", "").split()
        if tag == "a":
            self.links.append(given["href"])


def site(folder: Path, check: SelfCheck | None, *, sessions: bool = False) -> Path:
    build_site([session()] if sessions else [], folder / "site", check)
    return folder / "site"


def test_the_page_shows_the_answer_the_figures_and_every_table(tmp_path: Path) -> None:
    text = (site(tmp_path, FULL) / "method.html").read_text("utf-8")
    assert "decisions on identical code, which bounds their rate" in text
    assert text.count("<svg ") == 2
    for table in ("promises", "power", "longer", "errors", "units", "planting"):
        assert f'<h3 id="{table}">' in text
    assert "Imagined CPU" in text
    assert "was cut short" not in text


def test_a_self_check_that_was_cut_short_is_said_to_be(tmp_path: Path) -> None:
    assert "was cut short" in (site(tmp_path, replace(FULL, planned=2000)) / "method.html").read_text("utf-8")


def test_without_a_self_check_the_page_says_so_and_how_to_make_one(tmp_path: Path) -> None:
    folder = site(tmp_path, None)
    text = (folder / "method.html").read_text("utf-8")
    assert "No self-check yet" in text
    assert "patternbench selfcheck --budget full" in text
    assert not (folder / "data" / "selfcheck.json").exists()


@pytest.mark.parametrize("check", [None, FULL], ids=["none", "full"])
def test_every_page_leads_to_the_page_on_the_method(check: SelfCheck | None, tmp_path: Path) -> None:
    folder = site(tmp_path, check, sessions=True)
    for path in folder.rglob("*.html"):
        root = "../" if path.parent != folder else ""
        links = Page(path.read_text("utf-8")).links
        assert (f"{root}method.html" in links) == (path.name != "method.html"), path.name


@pytest.mark.parametrize(
    "check", [None, FULL, self_check(SCOPES["quick"], verify=False)], ids=["none", "full", "quick"]
)
def test_links_lead_somewhere_and_names_are_used_once(check: SelfCheck | None, tmp_path: Path) -> None:
    folder = site(tmp_path, check, sessions=True)
    page = Page((folder / "method.html").read_text("utf-8"))
    assert len(set(page.ids)) == len(page.ids)
    assert set(page.references) <= set(page.ids)
    assert all((folder / link.partition("#")[0]).is_file() for link in page.links)


def test_the_data_behind_the_page_lies_beside_it(tmp_path: Path) -> None:
    folder = site(tmp_path, FULL) / "data"
    assert (folder / "selfcheck.json").is_file()
    rows = (folder / "self-check-kinds.csv").read_text("utf-8").splitlines()
    assert rows[0] == "line,planted,called different,of,low,high"
    assert len(rows) == 1 + 3 * 7


def test_the_page_needs_nothing_from_anywhere(tmp_path: Path) -> None:
    text = (site(tmp_path, FULL) / "method.html").read_text("utf-8")
    assert re.findall(r'(?:src|href)="(?:https?:)?//[^"]*"', text) == []
    assert "<script" not in text
