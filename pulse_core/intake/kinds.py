"""What a file can hold: kinds of rows with their columns, and the header names that give each column away.

A header name is added here alone. A column is a row here and its line in the reading of its kind
(`stores/sql/intake.sql`), because rows are typed and judged there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Type = Literal["id", "date", "number", "text", "list", "email", "consent", "label"]


@dataclass(frozen=True, slots=True)
class Column:
    """A column that Pulse understands, with the header names that give it away (compared without case or marks).

    A header with a word that begins as one of `never` is another thing, unless the whole of it is a known name.
    """

    key: str
    label: str
    help: str
    type: Type = "text"
    required: bool = False
    names: tuple[str, ...] = ()
    never: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of rows: the view they are found in, their columns, and what makes a file one of them."""

    key: str
    label: str
    view: str
    columns: tuple[Column, ...]
    either: tuple[tuple[str, ...], ...] = ()  # at least one of these groups of columns must be there whole
    dated: str | None = None  # the column that says when
    amounts: tuple[str, ...] = ()  # columns that may carry a decimal mark
    keeps_the_rest: bool = False  # further columns become attributes

    def column(self, key: str) -> Column | None:
        """The column called `key`, if the kind has it."""
        return next((c for c in self.columns if c.key == key), None)


def _names(text: str) -> tuple[str, ...]:
    """Header names as `detecting` compares them: lower case, letters and digits only."""
    return tuple(text.split())


_OTHER_DATES = _names(
    "birth dob last first next due deliver ship expir expected updat modif cancel refund return geburt letzt liefer"
)
_OTHER_AMOUNTS = _names(
    "tax vat gst mwst steuer discount rabatt ship versand refund tip fee deposit points quantity qty items units "
    "pieces count number weight orders visits"
)
_OF_MANY_CUSTOMERS = _names(
    "type segment group categ class city country state stat region zone gender sex age tier level rating since count "
    "lang service"
)
_OF_MANY_ORDERS = _names(
    "date time datum day month year total amount value stat type channel source count qty quantity"
)
_NO_CONSENT = _names("unsub out optout withdr revok declin refus no without abgemeldet widerruf")


def _customer(*, required: bool = True) -> Column:
    names = (
        "customerid customer custid customerno customernumber customerref clientid client userid user uid buyerid "
        "buyer memberid member shopperid accountid "
        "contactid personid kundennummer kundennr kundenid kunde clienteid cliente "
        "idclient numeroclient klantid"
    )
    text = "Who: an id, a number or a name that stays the same"
    return Column("customer_id", "Customer", text, "id", required, _names(names), _OF_MANY_CUSTOMERS)


_EMAIL = Column(
    "email", "E-mail", "The customer's address", "email",
    names=_names("email emailaddress customeremail mail emailid useremail"),
)  # fmt: skip
_NAME = Column(
    "name", "Customer name", "How the customer is called",
    names=_names("customername fullname name displayname contactname firstname"),
)  # fmt: skip

_LAST_NAME = Column(
    "last_name",
    "Last name",
    "Where the name stands in two columns",
    names=_names("lastname surname familyname nachname"),
)

ORDERS = Kind(
    "orders", "Orders or order lines", "order_lines",
    (
        _customer(),
        Column(
            "ordered_at", "Date", "When the order was placed", "date", required=True,
            names=_names(
                "transactiondate invoicedate orderdate orderedat date purchasedate createdat datetime timestamp "
                "ordertime saledate orderplaced paidat dateofpurchase time bestelldatum datum fecha datecommande"
            ),
            never=_OTHER_DATES,
        ),
        Column(
            "amount", "Amount", "What the line or order cost; empty when quantity × unit price says it", "number",
            names=_names(
                "transactionamount amount total ordertotal totalamount linetotal lineamount revenue sales dollarvalue "
                "totalprice grandtotal netamount value ordervalue subtotal spend betrag summe gesamtbetrag umsatz "
                "montant importe totalspent"
            ),
            never=_OTHER_AMOUNTS,
        ),
        Column(
            "quantity", "Quantity", "How many pieces", "number",
            names=_names("quantity qty units numberofcds count pieces itemcount menge anzahl quantite cantidad"),
        ),
        Column(
            "unit_price", "Unit price", "What one piece cost", "number",
            names=_names("unitprice price itemprice priceeach unitcost stueckpreis einzelpreis prix preis precio"),
        ),
        Column(
            "order_id", "Order number", "Lines with the same number are one order", "id",
            names=_names(
                "invoiceno invoice invoicenumber orderid order ordernumber orderno transactionid receiptno receipt "
                "bestellnummer rechnungsnummer numerocommande pedido"
            ),
            never=_OF_MANY_ORDERS,
        ),
        Column(
            "product", "Product", "What was bought",
            names=_names(
                "description product productname item itemname lineitemname title stockcode sku productid artikel "
                "produkt produit producto"
            ),
        ),
        Column(
            "category", "Category", "The product's category",
            names=_names("productcategory category department productline producttype kategorie categorie categoria"),
        ),
        Column(
            "country", "Country", "Where the customer is",
            names=_names("country location region state city shippingcountry billingcountry land pays pais"),
        ),
        _NAME, _LAST_NAME, _EMAIL,
        Column(
            "discount", "Discount", "Percent or money off the line; 0 or empty for none", "number",
            names=_names(
                "discountpercent discountpercentage discountpct discountrate discount discountamount discountvalue "
                "rabattprozent rabatt remise descuento"
            ),
        ),
        Column(
            "currency", "Currency", "The amounts' currency, such as EUR",
            names=_names("currency currencycode waehrung"),
        ),
    ),
    either=(("amount",), ("quantity", "unit_price")), dated="ordered_at", amounts=("amount", "unit_price", "quantity"),
)  # fmt: skip

CUSTOMERS = Kind(
    "customers", "Customers", "customer_records",
    (
        _customer(), _NAME, _LAST_NAME, _EMAIL,
        Column("age", "Age", "In years", "number", names=_names("age customerage alter edad")),
        Column("location", "Location", "Country or city", names=_names("location country city region state address")),
        Column(
            "signup_on", "Signed up", "The day on which they became a customer", "date",

            names=_names(
                "signupdate signup signupon registeredat registrationdate joindate joined customersince createdat"
            ),
        ),
        Column(
            "interests", "Interests", "What they like, several in one cell", "list",
            names=_names("interests interest likes"),
        ),
        Column(
            "engagement_score", "Engagement score", "From 0 to 100", "number",
            names=_names("engagementscore engagement"),
        ),
        Column(
            "preferred_contact_time", "Preferred contact time", "Such as morning or 18:00",
            names=_names("preferredcontacttime contacttime preferredtime"),
        ),
        Column(
            "pain_points", "Pain points", "Such as budget, time, quality, delivery, support, returns",
            "list", names=_names("painpoints painpoint"),
        ),
        Column(
            "buying_behavior", "Buying behaviour", "impulse_buyer, researcher, bargain_hunter, loyal or seasonal",
            names=_names("buyingbehavior buyingbehaviour behavior buyertype"),
        ),
        Column("response_rate", "Response rate", "From 0 to 1", "number", names=_names("responserate")),
        Column(
            "lifetime_value", "Lifetime value", "Computed when the file has none", "number",
            names=_names("lifetimevalue ltv clv customerlifetimevalue"),
        ),
        Column("language", "Language", "Such as en or de", names=_names("language lang locale preferredlanguage")),
        Column("zone", "Time zone", "Such as Europe/Berlin", names=_names("timezone tz zone")),
        Column(
            "consent_email", "Consent to e-mail", "yes or no", "consent",

            names=_names("consentemail emailconsent emailoptin optinemail newsletter acceptsmarketing optin consent"),
            never=_NO_CONSENT,
        ),
        Column(
            "consent_popup", "Consent to popups", "yes or no", "consent",
            names=_names("consentpopup popupconsent"), never=_NO_CONSENT,
        ),
        Column(
            "consent_teaser", "Consent to teasers", "yes or no", "consent",
            names=_names("consentteaser teaserconsent"), never=_NO_CONSENT,
        ),
        Column("tags", "Tags", "Several in one cell", "list", names=_names("tags tag labels")),
    ),
    dated="signup_on", amounts=("lifetime_value",), keeps_the_rest=True,
)  # fmt: skip

EVENTS = Kind(
    "events", "Service events (usage, log-ins, payments)", "events",
    (
        _customer(),
        Column(
            "happened_at", "Date", "When it happened", "date", required=True,
            names=_names("eventdate happenedat date timestamp datetime eventtime occurredat time"),
            never=_OTHER_DATES,
        ),
        Column(
            "event_type", "Event", "What happened", required=True,
            names=_names("eventtype event eventname type action activity"),
        ),
        Column(
            "value", "Value", "Revenue or amount of the event", "number",
            names=_names("revenueimpact value amount transactionamount revenue"),
        ),
    ),
    dated="happened_at", amounts=("value",),
)  # fmt: skip

VISITS = Kind(
    "visits", "Website events (pages, carts)", "visits",
    (
        _customer(),
        Column(
            "happened_at", "Date", "When it happened", "date", required=True,
            names=_names("timestamp eventtime eventdate happenedat datetime date time occurredat"),
        ),
        Column(
            "event_type", "Event", "What happened", required=True,
            names=_names("event eventtype eventname action activity type"),
        ),
        Column(
            "session_id", "Session", "Events of one visit share it", "id", required=True,
            names=_names("sessionid session visitid visit sess"),
        ),
        Column("page", "Page", "The page's address", names=_names("page url pageurl path pagepath screen")),
    ),
    dated="happened_at", keeps_the_rest=True,
)  # fmt: skip

SCORES = Kind(
    "scores", "Churn scores made elsewhere", "scores",
    (
        _customer(),
        Column(
            "churn_score", "Churn score", "From 0 (stays) to 1 (leaves)", "number", required=True,
            names=_names("churnscore score churnprobability churnrisk"),
        ),
    ),
)  # fmt: skip

TABLE = Kind(
    "table", "Table with a churn label", "churn_tables",
    (
        Column(
            "label", "Label", "Whether the customer left: yes or no", "label", required=True,
            names=_names("churn churned exited attrition attritionflag left churnlabel churnvalue label target"),
        ),
        _customer(required=False),
    ),
    keeps_the_rest=True,
)  # fmt: skip

KINDS = MappingProxyType({kind.key: kind for kind in (ORDERS, CUSTOMERS, EVENTS, VISITS, SCORES, TABLE)})


def plain_name(text: str) -> str:
    """A header name without case and marks, as the lists of names have it."""
    return re.sub(r"[\W_]+", "", text.casefold())


KNOWN_NAMES = frozenset(
    name
    for kind in KINDS.values()
    for column in kind.columns
    for name in (plain_name(column.key), *column.names)
)
