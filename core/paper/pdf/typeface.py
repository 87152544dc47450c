"""A font of this machine: which characters it has, how wide they are, and a part of it.

HarfBuzz reads the file in place and cuts the part out; parsing all 65,000 glyphs of a Chinese
font for the forty of a slip took seconds.
"""

# uharfbuzz is compiled and says nothing of its types.
# pyright: reportAttributeAccessIssue=false

from functools import cache

import uharfbuzz as hb

from core.paper.pdf.fonts import Face

_UNUSED = (b"BASE", b"GDEF", b"GPOS", b"GSUB", b"VORG", b"vhea", b"vmtx")
"""Tables for vertical and for shaped writing: the lines are broken here."""


class Typeface:
    """One font, open for reading. Nothing of it ever changes, so threads share it."""

    def __init__(self, found: Face) -> None:
        self._face = hb.Face(hb.Blob.from_file_path(found.file), found.index)
        self._font = hb.Font(self._face)

    def has(self, char: str) -> bool:
        """Whether it can draw the character."""
        return self._font.get_nominal_glyph(ord(char)) is not None

    def width(self, char: str) -> float:
        """How wide the character is, in parts of the font's size; 0 for one it has not."""
        glyph = self._font.get_nominal_glyph(ord(char))
        return 0.0 if glyph is None else self._font.get_glyph_h_advance(glyph) / self._face.upem

    def part(self, chars: set[str]) -> bytes:
        """A font with these characters only, as an OpenType file."""
        wanted = hb.SubsetInput()
        wanted.unicode_set.set({ord(char) for char in chars})
        wanted.flags = hb.SubsetFlags.NO_HINTING | hb.SubsetFlags.DESUBROUTINIZE
        wanted.drop_table_tag_set.update(int.from_bytes(tag) for tag in _UNUSED)
        return hb.subset(self._face, wanted).blob.data


@cache
def typeface(found: Face) -> Typeface:
    """The font, opened once."""
    return Typeface(found)
