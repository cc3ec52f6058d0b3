from __future__ import annotations

import dataclasses
import gzip
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from tests.report import example

from patternbench.errors import DocumentError
from patternbench.report.publication import file_names
from patternbench.report.site import build_site
from patternbench.storage.document import read_document

VOID = {"meta", "link", "br", "img", "hr", "input"}


class Page(HTMLParser):
    """A page as a browser without JavaScript sees it: links, ids, tags, text; refuses tags that do not match."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(text)
        assert not self._open, self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not self._open or self._open[-1] != "style":
            self.text += data

    def values(self, attribute: str) -> list[str]:
        return [found for _, attributes in self.tags if (found := attributes.get(attribute)) is not None]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("report") / "site"
    build_site([example.session()], out)
    return out


def pages(site: Path) -> dict[str, Page]:
    return {str(each.relative_to(site)): Page(each.read_text("utf-8")) for each in site.rglob("*.html")}


def test_home_has_a_card_with_an_answer_for_every_question(site: Path) -> None:
    home = pages(site)["index.html"]
    for comparison in example.session().comparisons:
        assert comparison.question.replace("\u202e", "\\u202e") in home.text
    assert "slots is fastest from fields=29 on, 1.61× faster than dataclass" in home.text
    assert "dataclass and slots: no measurable difference" in home.text
    assert "too noisy to tell ttl from none" in home.text
    assert "5 of 6 questions answered · 1 broken variant ☠ · self-check (same code twice) ×1.00" in home.text


def test_a_suite_page_holds_table_figures_code_and_how_to_reproduce(site: Path) -> None:
    page = pages(site)["suite/records.html"]
    for text in ("fields=29", "▼ ×0.62", "segfaulting", "SIGSEGV", "return self.slots(*self.values)", "12 fresh sets"):
        assert text in page.text
    assert "nox -s bench -- records/RecordConstruction" in page.text
    assert "patternbench run records/RecordConstruction --budget quick --seed 1" in page.text
    assert sum(tag == "svg" for tag, _ in page.tags) == 8
    assert "connections opened" in pages(site)["suite/http_pooling.html"].text


@pytest.fixture(scope="module")
def searching(tmp_path_factory: pytest.TempPathFactory) -> Page:
    """The suite page of a question with a numeric axis, asked twice so that its suite has a mean."""
    out = tmp_path_factory.mktemp("searching") / "site"
    one = example.searching()
    build_site([example.session(one, dataclasses.replace(one, id="searching/Again", name="Again"))], out)
    return Page((out / "suite/searching.html").read_text("utf-8"))


def test_a_numeric_axis_has_exponents_crossovers_and_all_pairs_on_the_page(searching: Page) -> None:
    for text in (
        "Shape of cost: n from 2 to 500, with kind=int",
        "0.92 [0.79, 1.05]",
        "no single exponent: 0.2 below 50, 0.7 above",
        "scan wins below n ≈ 8 [7, 9], bisect above",
        "hashed wins below n ≈ 240 [200, 300], backwards above",
        "no other pair changes places within 2 to 500",
        "scan wins throughout 2 to 500",
        "n=0 left out: no logarithm",
        "scan is fastest below n ≈ 8 [7, 9]; bisect is fastest above",
        "scan is fastest below n ≈ 8 [7, 9], bisect above",
    ):
        assert text in searching.text


def test_the_table_over_all_cases_names_first_places_and_the_weights_of_its_means(searching: Page) -> None:
    assert "3 of 5 (n=0, 2 and 5)" in searching.text
    assert "the geometric mean of the ratios to scan: each case weighs the same" in searching.text
    assert (
        "searching as a whole: geometric mean of the ratios to scan; each comparison weighs the same" in searching.text
    )


def test_no_suite_mean_mixes_environments(tmp_path: Path) -> None:
    one = example.session(example.searching(), name="a")
    again = dataclasses.replace(example.searching(), id="searching/Again", name="Again")
    other = example.session(again, name="b", where=example.environment("3.13.0", "d4e5f6"))
    build_site([one, other], tmp_path / "site")
    assert "as a whole" not in (tmp_path / "site/suite/searching.html").read_text("utf-8")


def test_a_page_without_room_keeps_the_pairs_that_change_places(tmp_path: Path) -> None:
    one = example.searching()
    many = [dataclasses.replace(one, id=f"searching/Q{at}", name=f"Q{at}") for at in range(20)]
    build_site([example.session(*many)], tmp_path / "site")
    page = (tmp_path / "site/suite/searching.html").read_text("utf-8")
    assert len(page.encode()) <= 250_000
    assert "scan wins below n ≈ 8 [7, 9], bisect above" in page
    assert "scan wins throughout" not in page


def test_colour_follows_size_and_only_where_the_interval_leaves_out_one(site: Path) -> None:
    text = (site / "suite/records.html").read_text("utf-8")
    row = re.search(r'<th scope="row">named_tuple</th>(.*?)</tr>', text)
    assert row is not None
    assert re.findall(r'<td(?: class="(\w+)")?', row.group(1)) == ["f3", "f3", "", ""]


def test_every_link_leads_to_a_file_and_nothing_is_asked_of_anywhere(site: Path) -> None:
    for name, page in pages(site).items():
        for href in page.values("href"):
            if href == "data:,":
                continue
            path, _, anchor = href.partition("#")
            assert not re.match(r"[a-z]+:|/", href), href
            target = (site / name).parent / path if path else site / name
            assert target.is_file(), href
            if anchor:
                assert anchor in Page(target.read_text("utf-8")).values("id")
        assert not page.values("src")
        assert "url(http" not in (site / name).read_text("utf-8")
        policy = next(each["content"] for tag, each in page.tags if tag == "meta" and "http-equiv" in each)
        assert policy is not None
        assert policy.startswith("default-src 'none'")


def test_hostile_names_come_out_as_text(site: Path) -> None:
    for page in pages(site).values():
        assert not [tag for tag, _ in page.tags if tag == "script"]
    raw = "".join(each.read_text("utf-8") for each in site.rglob("*.html"))
    assert "\u202e" not in raw
    assert '<script>alert("x")</script>' in pages(site)["index.html"].text


def test_nothing_of_the_machine_is_published(site: Path) -> None:
    for each in site.rglob("*"):
        if each.is_file():
            text = each.read_text("utf-8")
            assert "somebody" not in text
            assert not re.search(r"/(home|root|Users|tmp|work)/", text), each


def test_the_data_beside_the_pages_are_a_session_document(site: Path) -> None:
    (path,) = (each for each in (site / "data").glob("*.json") if each.name != "site.json")
    assert read_document(path).session.id == example.session().session.id


def test_tables_and_figures_have_names_and_scroll_regions_take_the_focus(site: Path) -> None:
    for name, page in pages(site).items():
        tables = sum(tag == "table" for tag, _ in page.tags)
        assert sum(tag == "caption" for tag, _ in page.tags) == tables, name
        ids = page.values("id")
        assert len(ids) == len(set(ids)), name
        for tag, attributes in page.tags:
            if tag == "th":
                assert attributes.get("scope") in {"row", "col"}
            if tag == "svg":
                assert attributes.get("role") == "img"
                assert attributes.get("aria-labelledby") in ids
            if "scroll" in (attributes.get("class") or "").split():
                assert attributes.get("tabindex") == "0"
                assert attributes.get("aria-label")


def test_pages_keep_to_their_budgets(site: Path) -> None:
    assert len((site / "index.html").read_bytes()) <= 150_000
    for each in (site / "suite").iterdir():
        content = each.read_bytes()
        assert len(content) <= 250_000
        assert len(gzip.compress(content)) <= 60_000
    style = re.search(r"<style>(.*?)</style>", (site / "index.html").read_text("utf-8"), re.DOTALL)
    assert style is not None
    assert len(gzip.compress(style.group(1).encode())) <= 5_000


def test_a_suite_of_many_questions_still_keeps_to_its_budget(tmp_path: Path) -> None:
    many = [dataclasses.replace(example.construction(), id=f"records/Q{at}", name=f"Q{at}") for at in range(8)]
    build_site([example.session(*many)], tmp_path / "site")
    page = tmp_path / "site/suite/records.html"
    assert len(page.read_bytes()) <= 250_000
    assert "Not drawn, to keep the page light" in page.read_text("utf-8")


def test_a_page_without_room_keeps_the_headline_and_links_the_rest(tmp_path: Path) -> None:
    whole = example.construction()
    cases = tuple(dataclasses.replace(whole.cases[0], params={"fields": at}, headline=at == 1) for at in range(1, 31))
    many = [dataclasses.replace(whole, id=f"records/Q{at}", name=f"Q{at}", cases=cases) for at in range(6)]
    build_site([example.session(*many)], tmp_path / "site")
    text = (tmp_path / "site/suite/records.html").read_text("utf-8")
    assert len(text.encode()) <= 250_000
    assert "the full tables of these cases are in the" in text
    assert "<svg" in text


def test_the_same_sessions_give_the_same_bytes(site: Path, tmp_path: Path) -> None:
    written = build_site([example.session()], tmp_path / "again")
    assert [each.relative_to(tmp_path / "again") for each in written] == sorted(
        each.relative_to(site) for each in site.rglob("*") if each.is_file()
    )
    for each in written:
        assert each.read_bytes() == (site / each.relative_to(tmp_path / "again")).read_bytes(), each


def test_the_newest_session_of_a_question_wins(tmp_path: Path) -> None:
    old = example.session(example.equality(), example.noisy(), name="old", started="2026-11-23T03:00:00Z")
    new = example.session(dataclasses.replace(example.equality(), question="Asked anew?"), name="new")
    build_site([new, old], tmp_path / "site")
    text = (tmp_path / "site/index.html").read_text("utf-8")
    assert "Asked anew?" in text
    assert "Which class compares fastest?" not in text
    assert "Which cache keeps" in text


def test_environments_are_never_mixed_in_silence(tmp_path: Path) -> None:
    one = example.session(example.equality(), name="a")
    other = example.session(example.noisy(), name="b", where=example.environment("3.13.0", "d4e5f6"))
    build_site([one, other], tmp_path / "site")
    text = (tmp_path / "site/index.html").read_text("utf-8")
    assert "results of 2 environments" in text
    assert "3.13.0" in text


def test_before_anything_is_measured_the_page_says_what_to_do(tmp_path: Path) -> None:
    build_site([], tmp_path / "site")
    page = Page((tmp_path / "site/index.html").read_text("utf-8"))
    assert "Nothing measured yet." in page.text
    assert "nox -s bench" in page.text


def test_a_rebuild_replaces_the_old_site_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    build_site([example.session()], tmp_path / "site")
    build_site([example.session(example.equality())], tmp_path / "site")
    assert not (tmp_path / "site/suite/caching.html").exists()
    assert [each.name for each in tmp_path.iterdir()] == ["site"]


def test_a_folder_with_other_things_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(DocumentError):
        build_site([], tmp_path)
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_file_names_are_safe_and_distinct() -> None:
    names = file_names(["records", "../../etc/passwd", "a b", "a-b", "Records", ""])
    assert names["records"] == "records"
    assert len({each.lower() for each in names.values()}) == 6
    assert all(re.fullmatch(r"[A-Za-z0-9_-][A-Za-z0-9_.-]*", each) for each in names.values())


@pytest.fixture(scope="module")
def metered(tmp_path_factory: pytest.TempPathFactory) -> Page:
    """The page of a suite whose variants were read by other meters."""
    out = tmp_path_factory.mktemp("metered") / "site"
    build_site([example.session(example.metered())], out)
    return Page((out / "suite/records.html").read_text("utf-8"))


def test_each_meter_has_a_table_with_what_it_cannot_see(metered: Page) -> None:
    text = " ".join(metered.text.split())
    assert "instructions: Instructions of one operation. It cannot see the kernel." in text
    for cell in ("4,601 (+0.97 %)", "21.3 ms", "840/s", "2.1 %", "1.50 ms"):
        assert cell in text
    assert "executed for one operation" in metered.values("title")
    assert "∅ instructions: frozen not measured: it crashed in httpx/_client.py" in text


def test_hostile_figures_come_out_as_text(metered: Page) -> None:
    assert not [tag for tag, _ in metered.tags if tag == "script"]
    assert '<script>alert("x")</script>' in metered.text
    assert "\u202e" not in metered.text
    assert "somebody" not in metered.text
    assert all("\u202e" not in each for each in metered.values("title"))
