"""What the invented shop sells, and when the year is busy."""

from __future__ import annotations

from dataclasses import dataclass

CURRENCY = "EUR"
DISCOUNTS = (5, 10, 15, 20, 25, 30)  # percent, as the shop gives them
DISCOUNT_WEIGHTS = (14, 30, 18, 22, 6, 10)

# How busy each month is, January first, beside the mean of 1: spring cleaning, back to school, the two months of gifts.
MONTHS = (0.82, 0.78, 0.90, 1.00, 1.12, 0.92, 0.82, 0.80, 1.05, 0.97, 1.35, 1.47)
LATE_MONTHS = (11, 12)  # parcels pile up


@dataclass(frozen=True, slots=True)
class Category:
    """A part of the range: its share of orders, how often it is sent back, and products with the price in cents."""

    name: str
    weight: float
    returned: float
    products: tuple[tuple[str, int], ...]


CATEGORIES: tuple[Category, ...] = (
    Category("Kitchen", 18, 0.05, (
        ("Enamel Kettle 1.5 l", 3495), ("Bread Knife, Olive Wood", 2890), ("Set of 4 Mugs", 2450),
        ("Cast Iron Pan 26 cm", 5999), ("Linen Tea Towels, Pair", 1495), ("Spice Rack", 3790))),
    Category("Garden", 13, 0.05, (
        ("Terracotta Planter", 1899), ("Hand Fork and Trowel", 2250), ("Wildflower Seeds", 495),
        ("Watering Can, Zinc", 3200), ("Folding Chair", 4990), ("Bird House", 2195))),
    Category("Furniture", 7, 0.09, (
        ("Oak Stool", 8900), ("Bedside Table", 12950), ("Wall Shelf 80 cm", 6490),
        ("Desk Chair", 18900), ("Coat Stand", 7450), ("Reading Lamp", 5990))),
    Category("Fashion", 17, 0.15, (
        ("Merino Jumper", 7990), ("Canvas Sneakers", 6490), ("Rain Jacket", 9900),
        ("Cotton Scarf", 2490), ("Wool Socks, 3 Pairs", 1990), ("Linen Shirt", 5490))),
    Category("Beauty", 13, 0.03, (
        ("Hand Cream", 1290), ("Soap Bar, Lavender", 690), ("Bath Salts", 1590),
        ("Shampoo Bar", 1190), ("Face Oil", 2490), ("Gift Box, Rose", 3490))),
    Category("Books", 12, 0.02, (
        ("The Slow Garden", 2400), ("Soups for Every Week", 1950), ("A Year by the Sea", 1295),
        ("Paper Houses", 1495), ("Notebook, Dotted", 890), ("City Maps, Boxed", 3900))),
    Category("Toys", 9, 0.06, (
        ("Wooden Train", 3990), ("Puzzle, 500 Pieces", 1690), ("Rag Doll", 2790),
        ("Building Blocks", 2990), ("Kite", 1890), ("Memory Game", 1290))),
    Category("Electronics", 11, 0.09, (
        ("Bluetooth Speaker", 5990), ("Desk Lamp, Dimmable", 4490), ("Headphones", 8990),
        ("Kitchen Scale", 2990), ("Radio Alarm Clock", 3990), ("USB Charger", 1990))),
)  # fmt: skip

PRODUCTS = tuple(name for category in CATEGORIES for name, _ in category.products)
PRICES = tuple(price for category in CATEGORIES for _, price in category.products)
EACH = 6  # products a category
POPULARITY = (30, 20, 18, 14, 10, 8)  # of a category's products, in their order
