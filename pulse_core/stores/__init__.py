"""Where does it live? The warehouse and the ledger."""
