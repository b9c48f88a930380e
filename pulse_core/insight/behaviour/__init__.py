"""How do they behave? Signals of risk by industry, each from a profile that says its formula, unit and source."""
