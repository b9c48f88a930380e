"""What did they give us? Detect, map, validate and load files."""
