"""A word that Pulse has no meaning for costs no customer: the record counts, the word stays in sight."""

from __future__ import annotations

from workshop import Workshop

from pulse_core.intake.telling import report_lines

HEAD = "customer_id,name,email,Pain Points,buying_behavior,plan\n"
PEOPLE = (
    "c1,Ann,a@shop.example,budget; wifi,researcher,gold\n"
    "c2,Bob,b@shop.example,wifi; Parking,window shopper,\n"
    "c3,Cyd,c@shop.example,,,silver\n"
)


def test_a_record_with_an_unknown_word_counts(shop: Workshop) -> None:
    """What is known is in its field; what is not is an attribute, for segments and the customer's page."""
    report = shop.load(HEAD + PEOPLE)
    assert (report.accepted, report.rejected) == (3, 0)
    found = shop.rows(
        "SELECT customer_id, pain_points, buying_behavior, attributes FROM customer_records ORDER BY row"
    )
    assert found == [
        ("c1", ["budget"], "researcher", {"plan": "gold", "Pain Points (other)": "wifi"}),
        (
            "c2",
            None,
            None,
            {"Pain Points (other)": "wifi; parking", "buying_behavior (other)": "window shopper"},
        ),
        ("c3", None, None, {"plan": "silver"}),
    ]


def test_unknown_words_are_told(shop: Workshop) -> None:
    """The report says which words they are, the most frequent first, and where they went."""
    report = shop.load(HEAD + PEOPLE).as_dict()
    assert report["other_words"] == {
        "Pain Points (other)": {"wifi": 2, "parking": 1},
        "buying_behavior (other)": {"window shopper": 1},
    }
    assert report_lines(report)[1:] == [
        "  kept as the attribute 'Pain Points (other)': 'wifi' (2), 'parking' (1)",
        "  kept as the attribute 'buying_behavior (other)': 'window shopper' (1)",
    ]


def test_a_file_may_have_a_column_of_that_name(shop: Workshop) -> None:
    """Nothing of the file is overwritten."""
    shop.load("customer_id,email,pain_points,pain_points (other)\nc1,a@shop.example,wifi,heat\n")
    assert shop.rows("SELECT attributes FROM customer_records") == [
        ({"pain_points (other)": "heat", "pain_points (other)_": "wifi"},)
    ]


def test_known_words_are_not_told(shop: Workshop) -> None:
    """A file in order has nothing to add."""
    report = shop.load(HEAD + "c1,Ann,a@shop.example,budget; Time,Impulse buyer,gold\n")
    assert (report.accepted, report.other_words) == (1, {})
    assert shop.rows("SELECT pain_points, buying_behavior FROM customer_records") == [
        (["budget", "time"], "impulse_buyer")
    ]
