"""The commands of the command line, by subject; `cli.py` puts them together."""
