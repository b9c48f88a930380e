"""What the fuzzer tries for minutes, tried for seconds: the same two hundred files each time, and old defects."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pulse_core.intake.kinds import KINDS

from .mutating import mutations
from .seeds import SEEDS, STORE
from .trial import LARGEST, Trials, Violation

# Found by the fuzzer: each made an error that was not told, or a wrong count or row.
FOUND = {
    "nothing but marks that Python takes for blanks": b"\x0b" + b"\x1f" * 70,
    "a lone carriage return beside other line ends": (
        b"\0\n\n \ncustomer#N/Adate,amount,product\n1,2020-01-01,5,a\n\r\n\n2,2020-0\xb7-01,5,b\r\n"
    ),
    "a blank line that a carriage return ends": (
        b"\0customer_id,date,amount,product\n1,2020-01-01,5,a\n\r2,soon,5,a\n\n3,later,5,b\n"
    ),
    "line ends of two systems the wrong way round": (
        b"\0customer,time,amount,currency\n\r7,1323388800,5,EUR\n\r8,1323388801,5,USD\n9,1323388802,5,EUR\n"
    ),
    "a value of two lines among blank ones": (
        b'\xfb\r3,2020-01-03,7,",\n",\n\r\n\r2,2020-01-02,6,[a, b],c\n\r3,2020-01-03,7,-,\nepoch,2020-01-02,6,n/a,c'
    ),
    "a blank line in one column": b"\xcaid\n1\n\n2\n",
}


@pytest.fixture(scope="module")
def trials(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trials]:
    """One home folder for all trials, as in the fuzzer."""
    opened = Trials(tmp_path_factory.mktemp("fuzz"))
    yield opened
    opened.close()


def test_every_seed_is_told_what_it_is(trials: Trials) -> None:
    """The seeds reach every kind, so that the search begins beyond the first refusal; none of them is a defect."""
    endings = [trials.run(seed) for seed in SEEDS]
    assert set(endings) >= set(KINDS)
    assert endings.count("invalid") <= 3


def test_two_hundred_odd_files(trials: Trials) -> None:
    """Whatever is done to a file, it loads with every record accounted for, or is refused with a remedy."""
    kept = 255 - STORE  # most as a dry run, which is faster
    files = [
        data if n % 8 == 0 else bytes([data[0] & kept]) + data[1:]
        for n, data in enumerate(mutations(200, seed=7))
    ]
    endings = [trials.run(data) for data in files]
    assert len(set(endings)) > 3


@pytest.mark.parametrize("case", FOUND)
def test_what_the_fuzzer_found(trials: Trials, case: str) -> None:
    """A file that once made a crash, or a wrong row, does so no more."""
    trials.run(FOUND[case])
    trials.run(bytes([FOUND[case][0] | STORE]) + FOUND[case][1:])


def test_mutations_are_the_same_each_time() -> None:
    """A failure of the test above can be looked into; files stay small, so that no trial is long."""
    assert list(mutations(50, seed=1)) == list(mutations(50, seed=1))
    assert list(mutations(50, seed=1)) != list(mutations(50, seed=2))
    assert max(map(len, mutations(200, seed=7))) <= LARGEST


def test_a_defect_would_be_seen(trials: Trials, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows that vanish between the file and the report are a violation, and no trial passes over it."""
    monkeypatch.setattr(
        "pulse_core.intake.loading.Tally.rows", property(lambda self: self.accepted + self.rejected)
    )
    with pytest.raises(Violation, match="do not add up"):
        trials.run(bytes([STORE]) + b"customer_id,date,amount\n1,2020-01-01,5\n,2020-01-01,5\n")
