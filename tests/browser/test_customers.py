"""The Customers page: searched, filtered, sorted, turned over, linked to, and taken away."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from playwright.sync_api import expect

from browser.studio import Studio, csv_file
from browser.test_bad_files import HARMFUL, HOSTILE
from browser.visitor import Visitor, wait_until

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

BUYERS, RECORDS = 60, 3  # of those with a record, two never bought
ORG = "customers"


@pytest.fixture(scope="module")
def shop(studio: Studio, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Number n of 60 spent n × 10; three stand in a file of customers, one of them with hostile text everywhere."""
    folder = tmp_path_factory.mktemp("customers")
    orders = [
        f"C{n:02},{n},2026-06-{1 + n % 28:02},{n * 10}.00,c{n:02}@shop.example,Ada {n:02}"
        for n in range(BUYERS)
    ]
    header = "customer_id,order_id,date,amount,email,name"
    studio.pulse("--org", ORG, "import", str(csv_file(folder / "orders.csv", [header, *orders])))
    path = folder / "people.csv"
    with path.open("w", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(
            ["customer_id", "name", "email", "age", "location", "tags", "shoe size", HOSTILE["markdown"]]
        )
        writer.writerow(["C07", "Ada Seven", "c07@shop.example", 33, "Pune", "vip", "41", "plain"])
        writer.writerow(
            [
                "N1",
                HOSTILE["html"],
                "n1@shop.example",
                44,
                HOSTILE["markdown"],
                "a;b",
                "39",
                HOSTILE["quotes"],
            ]
        )
        writer.writerow(["N2", HOSTILE["formula"], "n2@shop.example", 55, "Goa", "b", "40", "plain"])
    studio.pulse("--org", ORG, "import", "--kind", "customers", str(path))


@pytest.fixture
def person(studio: Studio, visit: Callable[..., Visitor], shop: None) -> Visitor:
    """Somebody on the Customers page."""
    arrived = visit(studio)
    arrived.open(f"customers?org={ORG}")
    _counts(arrived, 62)
    return arrived


def test_search_filters_and_order_stand_in_the_link(
    person: Visitor, studio: Studio, visit: Callable[..., Visitor]
) -> None:
    """Each narrows the live count; whoever opens the link sees the same customers in the same order."""
    _searches(person, "ADA")
    _counts(person, 60)
    person.main.get_by_role("button", name=re.compile("^Revenue")).click()
    limit = person.page.get_by_label(re.compile("^Revenue from"))
    limit.fill("200")
    limit.press("Tab")
    _counts(person, 40)
    person.page.keyboard.press("Escape")
    person.pick("Sorted by", "Customer id")
    person.main.get_by_role("radio", name="Ascending").click()
    person.settle()
    _lists(person, "C20", "C21")
    other = visit(studio)
    other.open(person.page.url.removeprefix(studio.url()))
    _counts(other, 40)
    _lists(other, "C20", "C21")
    expect(other.main.get_by_placeholder("Id, name or e-mail")).to_have_value("ADA")
    expect(other.main.get_by_role("button", name=re.compile("^Revenue: 200"))).to_be_visible()
    person.press("Clear")
    _counts(person, 62)


def test_filters_over_the_record(person: Visitor) -> None:
    """Age and place are those of the file of customers, buyers or not."""
    person.open(f"customers?org={ORG}&age-from=40&sort=customer_id&order=Ascending")
    _counts(person, 2)
    _lists(person, "N1", "N2")
    person.open(f"customers?org={ORG}&age-from=30&place=PUNE")
    _counts(person, 1)
    person.open(f"customers?org={ORG}&email=given")
    person.sees("Nobody matches")
    person.press("Clear all filters")
    _counts(person, 62)


def test_pages_are_turned_over(person: Visitor, studio: Studio, visit: Callable[..., Visitor]) -> None:
    """Fifty on a page, nobody twice; the page stands in the link, and a search begins on the first one."""
    _lists(person, "C59", "C58")
    person.press("Next")
    expect(person.main.get_by_role("spinbutton", name="Page of 2")).to_have_value("2")
    person.settle()
    second = [f"C{n:02}" for n in range(9, -1, -1)] + ["N1", "N2"]
    _lists(person, *second)
    expect(person.main.get_by_role("button", name="Next")).to_be_disabled()
    other = visit(studio)
    other.open(person.page.url.removeprefix(studio.url()))
    _lists(other, *second)
    _searches(person, "c0")
    _counts(person, 10)
    expect(person.main.get_by_role("spinbutton", name="Page of 1")).to_have_value("1")
    person.open(f"customers?org={ORG}&page=99999&sort=nothing&order=x&age-from=x")
    _counts(person, 62)


def test_a_customer_is_shown_and_linked_to(
    person: Visitor, studio: Studio, visit: Callable[..., Visitor]
) -> None:
    """A chosen row opens all that is known; its link opens it for others; closed, it is gone from the link."""
    _searches(person, "seven")
    _counts(person, 1)
    person.choose_row(0)
    _shows_ada(person)
    assert "customer=C07" in person.page.url
    other = visit(studio)
    other.open(person.page.url.removeprefix(studio.url()))
    _shows_ada(other)
    person.page.keyboard.press("Escape")
    expect(person.page.get_by_role("dialog")).to_have_count(0)
    expect(person.page).not_to_have_url(re.compile("customer="))
    person.choose_row(0)
    _shows_ada(person)
    other.open(f"customers?org={ORG}&customer=nobody")
    other.sees("there is no customer 'nobody'")


def test_all_that_is_filtered_is_taken_away(person: Visitor) -> None:
    """Three kinds of file, with every field and attribute, and no text that a spreadsheet would run."""
    person.open(f"customers?org={ORG}&q=n2")
    _counts(person, 1)
    person.press("Export")
    [row] = csv.DictReader(_downloads(person, "CSV").decode().splitlines())
    assert (row["customer_id"], row["age"], row["attribute:shoe size"]) == ("N2", "55", "40.000000")
    assert row["name"] == f"'{HOSTILE['formula']}"
    table = pq.read_table(BytesIO(_downloads(person, "Parquet")))
    assert table.column("name").to_pylist() == [HOSTILE["formula"]]
    assert _downloads(person, "Excel").startswith(b"PK")


def test_hostile_customers_stay_text(person: Visitor) -> None:
    """Names, places, attributes and their values do nothing, in the table, in detail or in a form."""
    person.open(f"customers?org={ORG}&customer=N1")
    dialog = person.page.get_by_role("dialog")
    expect(dialog.get_by_text(HOSTILE["html"])).to_be_visible()
    expect(person.cells(HOSTILE["markdown"]).first).to_be_attached()
    _unharmed(person)
    person.open(f"customers?org={ORG}&q={HOSTILE['markdown'][:60].replace(' ', '%20')}&place=**b**")
    person.sees("Nobody matches")
    _unharmed(person)
    person.open(f"segments?org={ORG}")
    person.tab("Build a segment")
    box = person.main.get_by_role("combobox", name="Field", exact=True)
    box.click()
    box.fill(HOSTILE["markdown"][:20])
    person.page.get_by_role("option").first.click()
    person.settle()
    _unharmed(person)


def test_filters_are_kept_as_a_segment(person: Visitor) -> None:
    """What is filtered has a name at once, and can be written to; attributes too can be asked for there."""
    person.open(f"customers?org={ORG}&spend-from=500")
    _counts(person, 10)
    person.press("Save as segment")
    person.page.get_by_label("Name of the segment").fill("Spenders")
    person.page.get_by_role("button", name="Save segment", exact=True).click()
    expect(person.page.get_by_test_id("stToast")).to_contain_text("The segment is saved")
    person.go("Segments")
    person.tab("Saved segments")
    person.sees("Customers whose revenue is at least 500.")
    person.tab("Build a segment")
    person.pick("Field", "Shoe size")
    person.pick("Comparison", "≥")
    person.fill("Value", "40")
    person.sees(re.compile(r"^2\scustomers$"))


def test_a_segment_over_an_attribute_that_is_gone_says_so(
    studio: Studio, tmp_path: Path, visit: Callable[..., Visitor]
) -> None:
    """It is shown with what is the matter and can be deleted; nobody is written to by mistake."""
    orders = csv_file(
        tmp_path / "orders.csv", ["customer_id,date,amount", "a,2026-06-01,5", "b,2026-06-02,6"]
    )
    studio.pulse("--org", "gone", "import", str(orders))
    people = csv_file(tmp_path / "people.csv", ["customer_id,age,shoe size", "a,30,40", "b,40,41"])
    done = studio.pulse("--org", "gone", "import", "--kind", "customers", str(people))
    person = visit(studio)
    person.open("segments?org=gone")
    person.tab("Build a segment")
    person.pick("Field", "Shoe size")
    person.fill("Value", "41")
    person.sees(re.compile(r"^1\scustomer$"))
    person.fill("Save it as", "Big feet")
    person.press("Save segment")
    person.tab("Saved segments")
    person.sees("Customers whose shoe size is at least 41.")
    studio.pulse("--org", "gone", "undo", str(done["batch_id"]))
    person.open("segments?org=gone")
    person.tab("Saved segments")
    person.sees("no customer has the attribute 'shoe size'")
    person.press("Write to them")
    person.sees("no customer has the attribute 'shoe size'")
    expect(person.main.get_by_role("button", name=re.compile("^Send to"))).to_have_count(0)
    person.open("segments?org=gone")
    person.tab("Saved segments")
    person.press("Delete")
    person.page.get_by_role("dialog").get_by_role("button", name="Delete segment").click()
    person.sees("No segments saved yet")


def _counts(person: Visitor, number: int) -> None:
    person.sees(re.compile(rf"^{number} of 62\scustomers$"))
    person.settle()


def _searches(person: Visitor, text: str) -> None:
    field = person.main.get_by_placeholder("Id, name or e-mail")
    field.fill(text)
    field.press("Enter")


def _lists(person: Visitor, *ids: str) -> None:
    """Wait until the table begins with these customers."""

    def begins() -> bool:
        return person.cells(re.compile(r"^[CN]\d+$")).all_text_contents()[: len(ids)] == list(ids)

    wait_until(begins, f"a table that begins with {ids}")


def _shows_ada(person: Visitor) -> None:
    dialog = person.page.get_by_role("dialog")
    expect(dialog.get_by_text("Ada Seven · c07@shop.example")).to_be_visible()
    for text in ("33 years", "Pune", "vip", "41", "Shoe size"):
        expect(dialog.locator('td[role="gridcell"]').filter(has_text=text).first).to_be_attached()


def _downloads(person: Visitor, label: str) -> bytes:
    with person.page.expect_download() as download:
        person.page.get_by_role("button", name=f"Download {label}").click()
    return Path(download.value.path()).read_bytes()


def _unharmed(person: Visitor) -> None:
    assert person.page.evaluate("window.hacked") is None
    expect(person.page.locator(HARMFUL)).to_have_count(0)
