"""Parts of the pages on models: churn, customer value, and the list of all versions."""
