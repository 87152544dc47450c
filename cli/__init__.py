"""The groups of the command line; `onedoor.py` puts them together."""
