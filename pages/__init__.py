"""The studio's pages: one file a page, with what they share in `parts`."""
