"""A small shop whose figures can be told by heart, for tests that need customers but no particular ones."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from browser.studio import Studio, csv_file

AS_OF = date(2026, 6, 30)
CUSTOMERS = 40
HEADER = "customer_id,order_id,date,amount,product,email,name,country"


def lines() -> list[str]:
    """Orders of 40 customers: number n ordered n × 100 in all, in two orders, the last one 5 × n days before AS_OF."""
    told = [HEADER]
    for n in range(CUSTOMERS):
        for part, days in (("a", 5 * n), ("b", 5 * n + 30)):
            day = AS_OF - timedelta(days=days)
            told.append(f"C{n:02},{n}{part},{day},{n * 50}.00,Tea,c{n:02}@shop.example,Ada {n:02},India")
    return told


def open_shop(studio: Studio, org: str, folder: Path) -> None:
    """An organisation with those orders."""
    studio.pulse("--org", org, "import", str(csv_file(folder / f"{org}.csv", lines())))
