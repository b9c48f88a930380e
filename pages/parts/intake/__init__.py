"""The parts of the Data page: the file that was given, its columns, the questions about it, what became of it."""
