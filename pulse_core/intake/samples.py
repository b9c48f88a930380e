"""The samples that ship with Pulse: one row each, over a file in `data/`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from pulse_core.errors import Invalid, NotFound

_DATA = Path(__file__).resolve().parents[2] / "data"


@dataclass(frozen=True, slots=True)
class Sample:
    """A file that anybody can load to look around, into an organisation of its own."""

    key: str
    title: str
    text: str
    file: str


SAMPLES = MappingProxyType(
    {
        sample.key: sample
        for sample in (
            Sample(
                "online_retail",
                "Online Retail",
                "A British gift shop: 541,909 order lines of 4,372 customers in 2010 and 2011, returns included.",
                "online_retail.csv.gz",
            ),
            Sample(
                "cdnow",
                "CDNOW",
                "An online music shop: 69,659 orders of 23,570 customers in 1997 and 1998. Most never came back.",
                "cdnow.txt.gz",
            ),
        )
    }
)

# The sample world is made when it is asked for: it has no file.
WORLD = Sample(
    "world",
    "Sample world",
    "An invented shop: 1,000 customers with three years of orders, visits and consent. Who leaves, and why, is known.",
    "",
)


def sample(name: str) -> Sample:
    """A sample that ships with Pulse, or the sample world; NotFound names those that have a file."""
    if name == WORLD.key:
        return WORLD
    if name not in SAMPLES:
        raise NotFound(f"there is no sample {name!r}", remedy=f"choose one of: {', '.join(SAMPLES)}")
    return SAMPLES[name]


def sample_file(name: str) -> Path:
    """Where a sample's file lies."""
    found = sample(name)
    if found == WORLD:
        raise Invalid("the sample world has no file", remedy="make it: pulse sample")
    return _DATA / found.file
