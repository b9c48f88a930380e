"""What can be computed again (DuckDB, one file for each organisation)."""
