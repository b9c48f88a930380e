"""Small odd files to begin with, and pieces that tend to matter."""

from __future__ import annotations

from pulse_core.intake.formats import NULLS

# Bits of a trial's first byte; its lowest three say the kind.
STORE, PACK, WIDE, FIXED, COMMA = 8, 16, 32, 64, 128

TOKENS = [
    *(null.encode() for null in NULLS if null),
    *b', ; | " \' \\ . - ( ) % $ _ ! : ^ ~ # @'.split(),
    b"\t", b"\n", b"\r\n", b"\r", b"\n\n", b'""', b'",\n"', b"\x00", b"\x1f", b"\x0b", b"\x85",
    b"\xef\xbb\xbf", b"\xff\xfe",
    "é".encode(), b"\xe9", "\u00a0".encode(), "\u2028".encode(), "€".encode(), "−".encode(), "\U0001f600".encode(),
    b"2020-01-02", b"03/04/2020", b"13.01.20", b"9 Dec 2011", b"20111209", b"40886.5", b"1323388800",
    b"2020-01-02T03:04:05Z",
    b"infinity", b"epoch", b"9999-12-31", b"1,234.56", b"1.234,56", b"1,234", b"1e3", b"1e400", b"(5.00)",
    b"5-", b"1_000", b"NaN",
    b"C1", b"17850.0", b"1.23E+11", b"Total", b"sep=;\n", b"customer_id", b"date", b"amount", b"churn", b"yes",
    b"no", b"[a, b]",
]  # fmt: skip


def _seed(text: str | bytes, options: int = 0) -> bytes:
    return bytes([options]) + (text.encode() if isinstance(text, str) else text)


_ORDERS = "customer_id,date,amount,product\n"
SEEDS: list[bytes] = [
    _seed(_ORDERS + "1,2020-01-01,5,a\n2,2020-01-02,6.50,b\n", STORE),
    _seed(_ORDERS + '1,2020-01-01,5,"a, ""b""\nc"\n,2020-01-02,6,b\n3,soon,6,b\n', STORE),
    _seed("Kunde;Datum;Betrag\n1;31.12.2020;1.234,56\n2;30.11.2020;12,5\nSumme;;1.247,06\n", STORE),
    _seed("sep=;\nKunde;Datum;Betrag\n1;31.12.2020;1.234,56\n2;30.11.2020;12,5\n"),
    _seed("Report of May\n\nclient\tdate\ttotal\n1\t2020-01-01\t5\n\n1\t2020-01-02\t5\n\nTotal\t\t10\n", STORE),
    _seed("id|date|amount\n1|03/04/2020|1,234\n2|04/05/2020|2,345\n"),
    _seed("id|date|amount\n1|03/04/2020|1.234\n2|04/05/2020|2.345\n", COMMA),
    _seed("'customer';'date';'amount'\n'1';'2020-01-01';'5'\n'2; a';'2020-01-01';'5'\n"),
    _seed(
        "customer,date,amount\r\n1,9 Dec 2011,£5\r\n"
        "1,10 Dec 2011,(5.00)\r\ncustomer,date,amount\r\n2,Dec 9 2011,5-\r\n", STORE,
    ),
    _seed("customer,date,amount\r1,12/31/11 5:30 PM,5\r1,1/2/11 05:30 AM,6\r"),
    _seed(" 00001 19970101  2  29.33\n 00001 19970118  2  29.73\n 00002 19970112  1 12.00\n"),
    _seed(" 00004  1 19970101  2  29.33\n 00004  1 19970118  2  29.73\n 00021  2 19970112  1 12.00\n", STORE),
    _seed("1,2020-01-01,5\n2,2020-01-02,6\n", FIXED | 1),
    _seed(
        "customer,time,qty,unit price,order no\n"
        "17850.0,40886.5,2,2.55,536365\n17850.0,40887,-1,2.55,C536366\n", STORE,
    ),
    _seed("customer,time,amount,currency\n007,1323388800,5,EUR\n008,1323388801,5,USD\n009,1323388802,5,EUR\n"),
    _seed("customer,time,amount\n007,1323388800000,5\n008,2,\\N\n\\N,1323388802000,N/A\n"),
    _seed(
        "customer,time,amount\n7,2011-12-09T08:26:00Z,5\n"
        "8,2011-12-09 08:26+05:30,1e3\n9,2011/12/09,1'234.56\n", STORE,
    ),
    _seed(b"\xef\xbb\xbf" + (_ORDERS + "Zoë,2020-01-01,1 234,56,ñ\n").encode()),
    _seed((_ORDERS + "Zo\u00eb,2020-01-01,5,\u20ac \u2013\n").encode("cp1252"), STORE),
    _seed(_ORDERS + "Zoë,2020-01-01,5,日本\n", WIDE),
    _seed(_ORDERS + "1,2020-01-01,5,a\n2,2020-01-02,6,b\n", PACK | STORE),
    _seed(_ORDERS + "1,2020-01-01,5\n2,2020-01-02,6,b,c\n3,2020-01-03,7,d,\n\n4,2020-01-04,8,e", STORE),
    _seed(_ORDERS + "1,2020-01-01,5,a\n2,2020-01-02,6,\"b\n3,2020-01-03,7,c\n"),
    _seed(
        "customer id,name,email,age,country,signup date,interests,engagement score,"
        "pain points,buying behavior,response rate,"
        "opt in,tags,shoe size\n1,Ada,ada@example.com,36,UK,2020-01-01,"
        "\"[a, b]\",50,budget;time,loyal,12%,yes,vip|new,41\n"
        "2,Bob,bob@example.com,200,UK,2020-01-02,a,500,budget,researcher,0.5,no,,40\n", STORE,
    ),
    _seed(
        "userid,timestamp,event type,value\n1,2020-01-01,login,\n"
        "2,2020-01-02,call,2.5\n,2020-01-02,call,2.5\n", STORE | 3,
    ),
    _seed(
        "user_id,timestamp,event,session_id,page,ref\n"
        "1,2020-01-01 10:00,view,s1,/a,x\n2,2020-01-02,cart,s2,/b,\n", STORE | 4,
    ),
    _seed("customer_id,churn_score\n1,0.5\n2,1.5\n3,\n", STORE | 5),
    _seed(
        "customerID,gender,tenure,Churn\n7590-VHVEG,Female,1,No\n"
        "5575-GNVDE,Male,34,Yes\n3668-QPYBK,Male,2,perhaps\n", STORE,
    ),
    _seed("tenure^x^churned\n1^a^1\n2^b^0\n", STORE | 6),
    _seed("a,,c\n1,2,3\n4,5,6\n", FIXED | 5),
    _seed("\n\n \n" + _ORDERS + "1,2020-01-01,5,a\n\r\n\n2,2020-01-01,5,b\r\n"),
]  # fmt: skip
