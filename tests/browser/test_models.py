"""Churn, customer value and models: trained, judged, followed to the campaign, and honest where nothing can be told."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from browser.shop import AS_OF, open_shop, open_shop_of_leavers
from browser.studio import Studio, csv_file
from browser.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

ORG = "leavers"


@pytest.fixture(scope="module")
def shop(studio: Studio, tmp_path_factory: pytest.TempPathFactory) -> None:
    """160 customers of whom half stopped ordering, so clearly that every model finds them."""
    open_shop_of_leavers(studio, ORG, tmp_path_factory.mktemp(ORG))


@pytest.fixture
def person(studio: Studio, visit: Callable[..., Visitor], shop: None) -> Visitor:
    """Somebody on the Churn page."""
    arrived = visit(studio)
    arrived.open(f"churn?org={ORG}")
    arrived.sees(re.compile(r"^79 of 159\scustomers are at high or critical risk"))
    return arrived


def test_a_risk_leads_to_the_customer(person: Visitor) -> None:
    """The table names who is most at risk and why; a row opens the customer on their page."""
    expect(person.cells(re.compile(r"Last order \d+\sdays ago")).first).to_be_attached()
    person.choose_row(0)
    expect(person.page.get_by_role("dialog")).to_contain_text("Customer L")
    expect(person.page).to_have_url(re.compile(r"/customers\?.*customer=L\d+"))


def test_a_threshold_leads_to_the_campaign(person: Visitor) -> None:
    """Who is at or above it is a segment, of which the campaign counts the same customers; asked again, it is found."""
    write = re.compile(r"Write to the 79\scustomers at or above 50")
    for _ in range(2):
        person.open(f"churn?org={ORG}")
        person.tab("Threshold and cost")
        person.fill("Threshold, %", "50")
        person.press(write)
        person.sees("Customers whose churn probability is at least 0.5.")
        expect(person.main.get_by_text(re.compile(r"^79\scustomers$")).first).to_be_visible()
    person.go("Segments")
    person.tab("Saved segments")
    expect(person.main.get_by_text("Risk of leaving 50")).to_have_count(1)


def test_costs_decide_the_threshold_and_stand_in_the_link(person: Visitor) -> None:
    """A message that costs more than it can bring is advised to nobody; the link brings the figures back."""
    person.tab("Threshold and cost")
    person.sees(re.compile("Write to everybody at"))
    person.fill("Cost of a message", "900")
    person.sees(re.compile("With these figures no message pays"))
    expect(person.page).to_have_url(re.compile("message-cost=900"))


def test_how_good_it_is_is_said_and_drawn(person: Visitor) -> None:
    """How it was judged, the models beside it, and each curve with how to read it."""
    person.tab("How good is it")
    person.sees(re.compile(r"It learnt from earlier days and was judged on 159\scustomers"))
    expect(person.cells("Pulse (used)")).to_have_count(1)
    for reading in (
        "the dashed line is a guess",
        "Each dot is a tenth",
        "Go right as far",
        "above the dashed one",
    ):
        person.sees(re.compile(reading))


def test_training_is_followed_and_cancelled(person: Visitor) -> None:
    """The bar of jobs shows it on every page; after Cancel the risks of before are still there."""
    person.press("Train anew")
    expect(person.menu.get_by_role("progressbar")).to_be_visible()
    person.go("Home")
    person.menu.get_by_role("button", name="Cancel").click()
    expect(person.page.get_by_text("The refresh was stopped")).to_be_visible()
    person.go("Churn")
    person.sees(re.compile(r"^79 of 159\scustomers"))


def test_another_horizon_is_trained_with(person: Visitor) -> None:
    """The days that count as leaving are the person's to choose, and the page says them."""
    person.press("Horizon and day")
    field = person.page.get_by_role("spinbutton", name="Days without an order that count as leaving")
    field.fill("45")
    field.press("Tab")
    person.page.get_by_role("button", name="Train with these").click()
    expect(person.main.get_by_text(re.compile(r"in the 45\sdays from"))).to_be_visible(timeout=90_000)
    person.go("Models")
    expect(person.cells(re.compile(r"^45\sdays$")).first).to_be_attached()
    person.sees("Version 2: usable")


def test_noise_has_no_usable_signal(studio: Studio, tmp_path: Path, visit: Callable[..., Visitor]) -> None:
    """Where nothing can be told, nothing is: the verdict, what it means and what to do, and no customer at risk."""
    dice = random.Random(3)
    days = [AS_OF - timedelta(days=dice.randrange(500)) for _ in range(900)]
    orders = [f"n{dice.randrange(200)},{day},{dice.randint(5, 60)}" for day in days]
    file = csv_file(tmp_path / "noise.csv", ["customer_id,date,amount", *orders])
    studio.pulse("--org", "noise", "import", str(file))
    person = visit(studio)
    person.open("churn?org=noise")
    person.sees("No usable signal")
    person.sees(re.compile("segments use recency, frequency and money only"))
    expect(person.main.get_by_text("Customers at risk")).to_have_count(0)


def test_too_little_data_says_so_and_scores_made_elsewhere_count(
    studio: Studio, tmp_path: Path, visit: Callable[..., Visitor]
) -> None:
    """Forty customers teach nothing; a file of scores gives risks all the same, and the page says whose they are."""
    open_shop(studio, "few", tmp_path)
    person = visit(studio)
    person.open("churn?org=few")
    person.sees("Too little data")
    scores = csv_file(tmp_path / "scores.csv", ["customer_id,churn_score", "C01,0.9", "C02,0.2"])
    studio.pulse("--org", "few", "import", str(scores))
    person.open("churn?org=few")
    person.sees(re.compile(r"^1 of 2\scustomers are at high or critical risk"))
    person.sees(re.compile(r"The risk of 2\scustomers comes from your file of scores"))


def test_a_plain_table_is_learnt_with_its_leaks_told(person: Visitor, tmp_path: Path) -> None:
    """The label is found, a column that gives it away is left out, and the training is a version."""
    rows = [f"{n % 7},{'month' if n % 2 else 'year'},{_reason(n)},{_left(n)}" for n in range(300)]
    file = csv_file(tmp_path / "telecom.csv", ["calls,contract,churn_reason,churn", *rows])
    person.go("Models")
    person.tab("Plain tables")
    person.main.locator('input[type="file"]').set_input_files(file)
    person.press("Train on this table")
    person.sees(re.compile("^telecom.csv: in 40"))
    person.sees(re.compile("'churn_reason' .*it is left out"))
    expect(person.cells("Logistic regression")).to_have_count(1)


def _left(n: int) -> str:
    return "yes" if n % 10 < 2 + 4 * (n % 2) else "no"


def _reason(n: int) -> str:
    return ("price", "moved")[n % 3 % 2] if _left(n) == "yes" else ""
