"""A sample world: an invented shop, telecom and bank of which the truth is known."""
