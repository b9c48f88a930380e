"""What learns from rows: models, how good they are, and their files. Runs in a child process."""
