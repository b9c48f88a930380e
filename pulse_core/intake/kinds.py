"""What a file can hold: kinds of rows with their columns, the date formats, and the shapes that are known by heart.

Header names and known shapes are added here alone; a kind, a column or a date format also needs its SQL
(`stores/sql/intake.sql`), because rows are read and judged there.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Column:
    """A column that Pulse understands, with the header names that give it away (compared without case or marks)."""

    key: str
    label: str
    help: str
    required: bool = False
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of rows: which table they go to and which columns they have."""

    key: str
    label: str
    table: str
    columns: tuple[Column, ...]
    either: tuple[tuple[str, ...], ...] = ()  # at least one of these groups of columns must be there whole

    def column(self, key: str) -> Column | None:
        """The column called `key`, if the kind has it."""
        return next((c for c in self.columns if c.key == key), None)


def _names(text: str) -> tuple[str, ...]:
    """Header names as `mapping` compares them: lower case, letters and digits only."""
    return tuple(text.split())


_CUSTOMER = Column(
    "customer_id",
    "Customer",
    "Who: an id, a number or a name that stays the same",
    required=True,
    names=_names("customerid customer custid clientid client userid buyerid memberid shopperid"),
)

ORDERS = Kind(
    "orders",
    "Orders or order lines",
    "order_lines",
    (
        _CUSTOMER,
        Column(
            "ordered_at",
            "Date",
            "When the order was placed",
            required=True,
            names=_names(
                "transactiondate invoicedate orderdate orderedat date purchasedate createdat datetime timestamp"
            ),
        ),
        Column(
            "amount",
            "Amount",
            "What the line or order cost in all; empty when quantity × unit price says it",
            names=_names(
                "transactionamount amount total ordertotal totalamount revenue sales dollarvalue totalprice "
                "value subtotal"
            ),
        ),
        Column(
            "quantity", "Quantity", "How many pieces", names=_names("quantity qty units numberofcds count")
        ),
        Column("unit_price", "Unit price", "What one piece cost", names=_names("unitprice price itemprice")),
        Column(
            "order_id",
            "Order number",
            "Lines with the same number are one order",
            names=_names("invoiceno invoice orderid ordernumber orderno transactionid receiptno"),
        ),
        Column(
            "product",
            "Product",
            "What was bought",
            names=_names("description product productname item itemname title stockcode sku productid"),
        ),
        Column(
            "category",
            "Category",
            "The product's category",
            names=_names("productcategory category department"),
        ),
        Column(
            "country", "Country", "Where the customer is", names=_names("country location region state city")
        ),
        Column(
            "name",
            "Customer name",
            "How the customer is called",
            names=_names("customername fullname name firstname"),
        ),
        Column(
            "email", "E-mail", "The customer's address", names=_names("email emailaddress customeremail mail")
        ),
    ),
    either=(("amount",), ("quantity", "unit_price")),
)

EVENTS = Kind(
    "events",
    "Events (usage, log-ins, payments)",
    "events",
    (
        _CUSTOMER,
        Column(
            "happened_at",
            "Date",
            "When it happened",
            required=True,
            names=_names("eventdate happenedat date timestamp datetime eventtime"),
        ),
        Column(
            "event_type",
            "Event",
            "What happened",
            required=True,
            names=_names("eventtype event type action activity"),
        ),
        Column(
            "value",
            "Value",
            "Revenue or amount of the event",
            names=_names("revenueimpact value amount transactionamount revenue"),
        ),
    ),
)

SCORES = Kind(
    "scores",
    "Churn scores made elsewhere",
    "scores",
    (
        _CUSTOMER,
        Column(
            "churn_score",
            "Churn score",
            "From 0 (stays) to 1 (leaves)",
            required=True,
            names=_names("churnscore score churnprobability"),
        ),
    ),
)

KINDS = MappingProxyType({kind.key: kind for kind in (ORDERS, EVENTS, SCORES)})


@dataclass(frozen=True, slots=True)
class DateFormat:
    """One way of writing dates; `patterns` are strptime patterns, none meaning ISO 8601."""

    key: str
    label: str
    patterns: tuple[str, ...] = ()


def _with_times(*days: str) -> tuple[str, ...]:
    return tuple(
        f"{day}{time}" for day in days for time in ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p")
    )


DATE_FORMATS = MappingProxyType(
    {
        f.key: f
        for f in (
            DateFormat("iso", "Year-month-day (2011-12-09)"),
            DateFormat("compact", "Year, month, day without marks (20111209)", ("%Y%m%d",)),
            DateFormat(
                "day_first", "Day first (09/12/2011)", _with_times("%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y")
            ),
            DateFormat(
                "month_first", "Month first (12/09/2011)", _with_times("%m/%d/%Y", "%m.%d.%Y", "%m-%d-%Y")
            ),
        )
    }
)


@dataclass(frozen=True, slots=True)
class Shape:
    """A file known by heart: its header (or, without one, its number of columns) gives the whole mapping."""

    key: str
    label: str
    kind: str
    columns: MappingProxyType[str, str]  # our column -> header name in the file
    date_format: str | None = None  # None: found out from the values, as copies of a file differ in it
    currency: str | None = None
    return_prefix: str | None = None  # order numbers that begin so are returns
    headerless: tuple[str, ...] = field(default=())  # header names to use for a file that has none


def _columns(**columns: str) -> MappingProxyType[str, str]:
    return MappingProxyType(columns)


SHAPES: tuple[Shape, ...] = (
    Shape(
        "online_retail", "UCI Online Retail", "orders",
        _columns(
            order_id="InvoiceNo", product="Description", quantity="Quantity", ordered_at="InvoiceDate",
            unit_price="UnitPrice", customer_id="CustomerID", country="Country",
        ),
        currency="GBP", return_prefix="C",
    ),
    Shape(
        "online_retail_2", "UCI Online Retail II", "orders",
        _columns(
            order_id="Invoice", product="Description", quantity="Quantity", ordered_at="InvoiceDate",
            unit_price="Price", customer_id="Customer ID", country="Country",
        ),
        currency="GBP", return_prefix="C",
    ),
    Shape(
        "cdnow", "CDNOW", "orders",
        _columns(customer_id="customer_id", ordered_at="date", quantity="number_of_cds", amount="dollar_value"),
        date_format="compact", currency="USD",
    ),
    Shape(
        "cdnow_sample", "CDNOW (one-tenth sample)", "orders",
        _columns(customer_id="customer_id", ordered_at="date", quantity="number_of_cds", amount="dollar_value"),
        date_format="compact", currency="USD",
        headerless=("customer_id", "sample_id", "date", "number_of_cds", "dollar_value"),
    ),
    Shape(
        "ecommerce", "E-commerce transactions", "orders",
        _columns(
            customer_id="CustomerID", ordered_at="TransactionDate", amount="TransactionAmount",
            category="ProductCategory", quantity="Quantity",
        ),
    ),
    Shape(
        "telecom", "Telecom events", "events",
        _columns(customer_id="CustomerID", happened_at="EventDate", event_type="EventType", value="RevenueImpact"),
    ),
    Shape(
        "banking", "Banking events", "events",
        _columns(customer_id="CustomerID", happened_at="EventDate", event_type="EventType", value="Amount"),
    ),
    Shape(
        "scores", "Churn scores", "scores", _columns(customer_id="customer_id", churn_score="churn_score"),
    ),
)  # fmt: skip
