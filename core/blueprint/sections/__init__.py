"""Sections that a county takes by name: `takes: [beijing12345]`."""
