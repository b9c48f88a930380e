"""A small shop whose figures can be told by heart, for tests that need customers but no particular ones."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from browser.studio import Studio, csv_file

AS_OF = date(2026, 6, 30)
CUSTOMERS = 40
LEAVERS = 160
HEADER = "customer_id,order_id,date,amount,product,email,name,country"


def lines() -> list[str]:
    """Orders of 40 customers: number n ordered n × 100 in all, in two orders, the last one 5 × n days before AS_OF."""
    told = [HEADER]
    for n in range(CUSTOMERS):
        for part, days in (("a", 5 * n), ("b", 5 * n + 30)):
            day = AS_OF - timedelta(days=days)
            told.append(f"C{n:02},{n}{part},{day},{n * 50}.00,Tea,c{n:02}@shop.example,Ada {n:02},India")
    return told


def leavers() -> list[str]:
    """Orders of 160 customers over 18 months: even numbers order every 30 days to the end, odd ones stop one by one.

    So whoever has not ordered for two months is gone, and a model that looks at the last order finds them.
    """
    told = [HEADER]
    for n in range(LEAVERS):
        last = 0 if n % 2 == 0 else 60 + 6 * (n // 2)
        days = range(540 - n % 30, last, -30)
        told += [
            f"L{n:03},{n}-{day},{AS_OF - timedelta(days=day)},{20 + n % 9}.00,Tea,l{n:03}@shop.example,Lee {n},India"
            for day in days
        ]
    return told


def open_shop(studio: Studio, org: str, folder: Path) -> None:
    """An organisation with those orders."""
    studio.pulse("--org", org, "import", str(csv_file(folder / f"{org}.csv", lines())))


def open_shop_of_leavers(studio: Studio, org: str, folder: Path) -> None:
    """An organisation of which a model of churn can be made."""
    studio.pulse("--org", org, "import", str(csv_file(folder / f"{org}.csv", leavers())))
