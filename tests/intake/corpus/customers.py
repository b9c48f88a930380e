"""Customers: the fields of a record, what does not read in them, lists, consent and attributes."""

from __future__ import annotations

from typing import Any

from .build import text
from .case import Case
from .verdicts import Asks, Loads, Refused, Shown


def customers(
    header: str, *lines: str, columns: str, values: tuple[Shown, ...], rejected: int = 0, **set_aside: int
) -> dict[str, Any]:
    """The content and the verdict of a customers file."""
    rows = len(values) + rejected + sum(set_aside.values())
    loads = Loads(rows, len(values), rejected, set_aside, "customers", values, columns=columns)
    return {"content": text(*lines, header=header), "verdict": loads, "answers": {"kind": "customers"}}


def checked(
    column: str, ours: str, good: dict[str, str | None], bad: tuple[str, ...] = (), mark: str = ","
) -> dict[str, Any]:
    """A customers file with one further column: cells that read, with what they give, then cells that do not."""
    cells = [*good, *bad]
    lines = [f'c{place}{mark}"{cell}"' for place, cell in enumerate(cells, 1)]
    values = tuple((f"c{place}", read) for place, read in enumerate(good.values(), 1))
    header = mark.join(("customer_id", column))
    return customers(header, *lines, columns=f"customer_id, {ours}", values=values, rejected=len(bad))


FULL = (
    "customer_id,name,email,age,location,signup_date,interests,engagement_score,preferred_contact_time,pain_points,"
    "buying_behavior,response_rate,lifetime_value"
)
FULL_ROW = (
    'c1,Zoë Å,zoe@example.com,34,Oslo,2020-01-05,"books, music",72.5,'
    'morning,"budget;trust",researcher,0.25,1234.50'
)
FULL_COLUMNS = (
    "customer_id, name, email, age, location, signup_on, interests, engagement_score, pain_points, buying_behavior, "
    "response_rate"
)
YES = ("yes", "Yes", "true", "TRUE", "1", "given", "opt-in")
NO = ("no", "false", "0", "refused", "opt-out")

CASES = (
    Case(
        "customers",
        **customers(
            FULL,
            FULL_ROW,
            columns=FULL_COLUMNS,
            values=(
                (
                    "c1",
                    "Zoë Å",
                    "zoe@example.com",
                    "34",
                    "Oslo",
                    "2020-01-05",
                    "books|music",
                    "72.5",
                    "budget|trust",
                    "researcher",
                    "0.25",
                ),
            ),
        ),
        why="the thirteen fields",
    ),
    Case(
        "customers_empty_cells",
        **customers(
            FULL,
            "c1" + "," * 12,
            columns="customer_id, name, age, response_rate",
            values=(("c1", None, None, None),),
        ),
        why="only the customer is needed",
    ),
    Case(
        "customers_without_id",
        **customers(
            "customer_id,age",
            "c1,30",
            ",31",
            "NULL,32",
            columns="customer_id, age",
            values=(("c1", "30"),),
            no_customer=2,
        ),
        why="R1",
    ),
    Case(
        "customers_twice",
        **customers(
            "customer_id,age",
            "c1,30",
            "c1,31",
            columns="customer_id, age",
            values=(("c1", "30"), ("c1", "31")),
        ),
        why="each is a record; the later counts later",
    ),
    Case(
        "customers_age",
        **checked(
            "age",
            "age",
            {"0": "0", "130": "130", "": None, "N/A": None},
            ("131", "-1", "old", "1e9", "infinity"),
        ),
        why="0 to 130",
    ),
    Case(
        "customers_engagement",
        **checked(
            "engagement_score",
            "engagement_score",
            {"0": "0", "100": "100", "99.5": "99.5", "": None},
            ("100.5", "-1", "high", "NULLS"),
        ),
        why="0 to 100",
    ),
    Case(
        "customers_response",
        **checked(
            "response_rate",
            "response_rate",
            {"0": "0", "1": "1", "0.25": "0.25", "": None},
            ("1.5", "-0.1", "often"),
        ),
        why="0 to 1",
    ),
    Case(
        "customers_response_percent",
        **checked("response_rate", "response_rate", {"25%": "0.25", "100%": "1", "0 %": "0"}, ("150%", "%")),
        why="or a percentage",
    ),
    Case(
        "customers_email",
        **checked(
            "email",
            "email",
            {"a@example.com": "a@example.com", "a.b+c@mail.example.org": "a.b+c@mail.example.org", "": None},
            ("a", "a@example", "a@b@example.com", "@", "a.example.com"),
        ),
        why="one @ and a dot after it",
    ),
    Case(
        "customers_signup",
        **checked(
            "signup_date",
            "signup_on",
            {"2020-02-29": "2020-02-29", "": None},
            ("2020-02-30", "soon", "2027-01-01"),
        ),
        why="R3: no such day, no date, in the future",
    ),
    Case(
        "customers_signup_ambiguous",
        "customer_id,name,signup_date\nc1,Ann,03/04/2020\n",
        Asks("ambiguous_dates"),
        "R3: here too",
        answers={"kind": "customers"},
    ),
    Case(
        "customers_pain_points",
        **checked(
            "pain_points",
            "pain_points",
            {
                "budget": "budget",
                "time;quality": "time|quality",
                "variety|delivery": "variety|delivery",
                "support, trust": "support|trust",
                "[complexity, returns]": "complexity|returns",
                "": None,
                "budget;weather": "budget",
                "everything": None,
            },
        ),
        why="of the nine; other words become attributes",
    ),
    Case(
        "customers_interests",
        **checked(
            "interests",
            "interests",
            {"a,b": "a|b", "a; b": "a|b", "a|b": "a|b", "[a, b]": "a|b", "=1+1;<b>": "=1+1|<b>"},
        ),
        why="lists by any of the marks",
    ),
    Case(
        "customers_behavior",
        **checked(
            "buying_behavior",
            "buying_behavior",
            {
                "impulse_buyer": "impulse_buyer",
                "researcher": "researcher",
                "bargain_hunter": "bargain_hunter",
                "loyal": "loyal",
                "seasonal": "seasonal",
                "": None,
                "sometimes": None,
            },
        ),
        why="of the five; other words become attributes",
    ),
    Case(
        "customers_consent",
        **checked(
            "consent_email",
            "consent_email",
            {
                **dict.fromkeys(YES, "given"),
                **dict.fromkeys(NO, "refused"),
                "perhaps": None,
                "2": None,
                "": None,
            },
        ),
        why="anything else is unknown, never given",
    ),
    Case(
        "customers_lists_in_semicolons",
        **checked("interests", "interests", {"a,b": "a|b", "a|b": "a|b"}, mark=";"),
        why="W7: the file's own mark",
    ),
    Case(
        "customers_attributes",
        **customers(
            "customer_id,name,Shoe size,=plan",
            "c1,Ann,39,gold",
            columns="customer_id, attributes['Shoe size']",
            values=(("c1", "39"),),
        ),
        why="further columns stay under their own names",
    ),
    Case(
        "customers_bad_cell_names_column",
        "customer_id,age,email\nc1,30,a@example.com\nc2,200,b@example.com\n",
        Loads(
            2, 1, 1, kind="customers", reasons=("age",), values=(("c1", "30"),), columns="customer_id, age"
        ),
        "rejected with the column and the reason",
        answers={"kind": "customers"},
    ),
    Case(
        "customers_all_bad",
        "customer_id,age\nc1,200\nc2,old\n",
        Refused("none of the"),
        "R9",
        answers={"kind": "customers"},
    ),
    Case(
        "customers_consent_answered",
        "customer_id,email\nc1,a@example.com\nc2,b@example.com\n",
        Loads(
            2,
            2,
            kind="customers",
            columns="customer_id, consent_email",
            values=(("c1", "given"), ("c2", "given")),
        ),
        "the answer stands for a column that is not there",
        answers={"kind": "customers", "consent": "given"},
    ),
)
