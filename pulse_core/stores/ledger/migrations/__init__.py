"""How the ledger's schema came about: Alembic's environment and one file a step in `versions`."""
