"""What must never be lost or done twice (SQLite or Postgres)."""
