"""Version 1 of the interface for outside programs: all that pages can do with cases."""
