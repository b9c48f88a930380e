"""Known shapes of orders, events, visits, scores and plain churn tables."""

from __future__ import annotations

from .build import text
from .case import Case
from .lines import CDNOW_SAMPLE, CDNOW_VALUES
from .verdicts import Asks, Loads

RETAIL = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"
RETAIL_2 = "Invoice,StockCode,Description,Quantity,InvoiceDate,Price,Customer ID,Country"
SHOP = "CustomerID,TransactionDate,TransactionAmount,ProductCategory,Quantity"
MONTH_FIRST_ROWS = (
    "536365,85123A,WHITE HANGING HEART T-LIGHT HOLDER,6,12/1/2010 8:26,2.55,17850,United Kingdom",
    'C536379,D,"Discount, seasonal",-1,12/13/2010 9:41,27.5,14527,United Kingdom',
    "536414,22139,,56,12/13/2010 11:52,0,,United Kingdom",
)
ISO_ROWS = tuple(
    row.replace("12/1/2010 8:26", "2010-12-01 08:26:00")
    .replace("12/13/2010 9:41", "2010-12-13 09:41:00")
    .replace("12/13/2010 11:52", "2010-12-13 11:52:00")
    for row in MONTH_FIRST_ROWS
)
RETAIL_LOADS = Loads(
    3,
    2,
    set_aside={"no_customer": 1},
    returns=1,
    values=(("17850", "2010-12-01T08:26:00", "15.3"), ("14527", "2010-12-13T09:41:00", "-27.5")),
)

ORDERS = (
    Case(
        "online_retail",
        text(RETAIL_ROWS := "\n".join(MONTH_FIRST_ROWS), header=RETAIL),
        RETAIL_LOADS,
        "R1, R6: loads without asking",
    ),
    Case(
        "online_retail_iso",
        text(*ISO_ROWS, header=RETAIL),
        RETAIL_LOADS,
        "R6: as the copy in the data folder",
    ),
    Case(
        "online_retail_2",
        text(*ISO_ROWS, header=RETAIL_2).replace(",17850,", ",17850.0,"),
        RETAIL_LOADS,
        "R5, R6: the second edition",
    ),
    Case(
        "online_retail_cp1252",
        text(RETAIL_ROWS.replace("HOLDER", "£5 HOLDER"), header=RETAIL, end="\r\n").encode("cp1252"),
        RETAIL_LOADS,
        "W1: as it is published",
    ),
    Case(
        "c_numbers_elsewhere",
        "customer_id,date,amount,order_id\nc1,2020-01-01,10,C100\n",
        Loads(1, 1, returns=0, values=(("c1", "2020-01-01T00:00:00", "10"),)),
        "R6: a C means nothing in another shape",
    ),
    Case(
        "e_commerce",
        text("17,2024-03-01,49.90,Shoes,2", "18,2024-03-02,15,Hats,1", header=SHOP),
        Loads(2, 2, values=(("17", "2024-03-01T00:00:00", "49.9"), ("18", "2024-03-02T00:00:00", "15"))),
        "SCOPE A3: loads without asking",
    ),
    Case(
        "cdnow_sample",
        CDNOW_SAMPLE,
        Loads(3, 3, values=CDNOW_VALUES),
        "W4: known without a header",
        file_name="CDNOW_sample.txt",
    ),
    Case(
        "order_with_names",
        "customer_id,order_date,revenue,first_name,last_name,email\nBrion S,2004-12-20,32,Brion,S,b@example.com\n",
        Loads(1, 1, values=(("Brion S", "2004-12-20T00:00:00", "32"),)),
        "a public sample of orders",
    ),
)


TELECOM = "CustomerID,EventDate,EventType,RevenueImpact"
WEB = "user_id,session_id,event,timestamp,platform"

EVENTS = (
    Case(
        "events",
        text(
            "17,2024-03-01,data_usage,1.5",
            "17,2024-03-02,call,",
            "18,2024-03-03,complaint,-2",
            header=TELECOM,
        ),
        Loads(
            3,
            3,
            kind="events",
            values=(
                ("17", "2024-03-01T00:00:00", "data_usage", "1.5"),
                ("17", "2024-03-02T00:00:00", "call", None),
                ("18", "2024-03-03T00:00:00", "complaint", "-2"),
            ),
        ),
        "SCOPE A3: loads without asking",
    ),
    Case(
        "events_bad",
        text(
            "17,2024-03-01,call,1",
            "17,soon,call,1",
            "17,2024-03-01,,1",
            "17,2024-03-01,call,much",
            ",2024-03-01,call,1",
            header=TELECOM,
        ),
        Loads(5, 1, 3, {"no_customer": 1}, "events"),
        "date and type are needed, a value must read",
    ),
    Case(
        "events_ambiguous",
        text("17,03/04/2024,call,1", header=TELECOM),
        Asks("ambiguous_dates"),
        "R3: here too",
    ),
    Case(
        "visits",
        text("u1,s1,home,2024-03-13 10:21:14,desktop", "u1,s1,cart,2024-03-13 10:22:00,desktop", header=WEB),
        Loads(
            2,
            2,
            kind="visits",
            values=(
                ("u1", "s1", "home", "2024-03-13T10:21:14"),
                ("u1", "s1", "cart", "2024-03-13T10:22:00"),
            ),
        ),
        "as a public file of web events",
    ),
    Case(
        "visits_bad",
        text(
            "u1,s1,home,2024-03-13 10:21:14,web",
            "u1,,home,2024-03-13 10:21:14,web",
            "u1,s1,,2024-03-13 10:21:14,web",
            "u1,s1,home,soon,web",
            ",s1,home,2024-03-13 10:21:14,web",
            header=WEB,
        ),
        Loads(5, 1, 3, {"no_customer": 1}, "visits"),
        "session, event and time are needed; R1 without a customer",
    ),
    Case(
        "scores",
        text("c1,0", "c2,1", "c3,0.25", header="customer_id,churn_score"),
        Loads(
            3,
            3,
            kind="scores",
            values=(("c1", "0"), ("c2", "1"), ("c3", "0.25")),
        ),
        "SCOPE A3: loads without asking",
    ),
    Case(
        "scores_bad",
        text(
            "c1,0.5",
            "c2,1.01",
            "c3,-0.1",
            "c4,high",
            "c5,",
            "c6,NaN",
            ",0.5",
            header="customer_id,churn_score",
        ),
        Loads(7, 1, 5, {"no_customer": 1}, "scores"),
        "0 to 1, and needed",
    ),
)

BANK = "CustomerId,Age,Balance,Exited"

TABLES = (
    Case(
        "table",
        text("c1,30,100.5,1", "c2,40,0,0", header=BANK),
        Loads(2, 2, kind="table", values=(("c1", "True"), ("c2", "False"))),
        "a label column of two values",
    ),
    Case(
        "table_without_id",
        text("Yes,1,29.85", "No,34,56.95", header="churn,tenure,monthly_charges"),
        Loads(2, 2, kind="table", columns="churned", values=(("True",), ("False",))),
        "a customer is not needed",
    ),
    Case(
        "table_true_false",
        text("c1,30,True", "c2,40,False", header="customer_id,age,churned"),
        Loads(2, 2, kind="table", values=(("c1", "True"), ("c2", "False"))),
        "truth",
    ),
    Case(
        "table_bad_labels",
        text("c1,30,1,yes", "c2,40,1,maybe", "c3,40,1,", "c4,40,1,no", header="customer_id,age,plan,churn"),
        Loads(4, 2, 2, kind="table", values=(("c1", "True"), ("c4", "False"))),
        "another label, or none, is rejected",
        answers={"kind": "table"},
    ),
    Case(
        "table_header_again",
        text("c1,30,100.5,1", BANK, "c2,40,0,0", header=BANK),
        Loads(3, 2, set_aside={"header": 1}, kind="table", values=(("c1", "True"), ("c2", "False"))),
        "R2",
    ),
)

CASES = (*ORDERS, *EVENTS, *TABLES)
