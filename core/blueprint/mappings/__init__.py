"""Mappings that come with OneDoor: how the columns of known exports become appeals."""
