"""Tables of a document, with merged cells and the borders that apply to each cell."""

from typing import TYPE_CHECKING, Any

from core.paper.pdf.shapes import Cell, Edge, Table, TableRow, edge, on, twips, w

if TYPE_CHECKING:
    from core.paper.pdf.reading import Reader  # it uses this module

SIDES = ("top", "left", "bottom", "right")
_PAD = 5.4
"""Word's own distance between a cell's side and its text."""


def read_table(reader: "Reader", tbl: Any, part: Any) -> Table:
    """The table; cells know their own borders."""
    pr = tbl.find(w("tblPr"))
    borders = _borders(reader, pr)
    jc = pr.find(w("jc")) if pr is not None else None
    widths = [twips(c.get(w("w"))) for c in tbl.iter(w("gridCol")) if c.getparent() is tbl.tblGrid]
    raw = [r for r in tbl if r.tag == w("tr")]
    count = len(raw)
    rows = [_row(reader, r, part, borders, i, count, len(widths)) for i, r in enumerate(raw)]
    if not widths or not all(widths):
        columns = max((sum(c.span for c in r.cells) for r in rows), default=1)
        widths = [400 / columns] * columns
    align = jc.get(w("val")) if jc is not None else "left"
    return Table(widths, rows, align or "left", _PAD)


def _borders(reader: "Reader", pr: Any) -> dict[str, Edge | None]:
    """Of the table: its style's, then its own."""
    found: dict[str, Edge | None] = {}
    if pr is None:
        return found
    named = pr.find(w("tblStyle"))
    chain = reader.chain(named.get(w("val")) if named is not None else None, "table")
    for owner in [*(s.find(w("tblPr")) for s in chain), pr]:
        stated = owner.find(w("tblBorders")) if owner is not None else None
        if stated is not None:
            for name in (*SIDES, "insideH", "insideV"):
                if stated.find(w(name)) is not None:
                    found[name] = edge(stated.find(w(name)))
    return found


def _row(
    reader: "Reader", tr: Any, part: Any, borders: dict[str, Edge | None],
    index: int, count: int, columns: int,
) -> TableRow:  # fmt: skip
    pr = tr.find(w("trPr"))
    height = pr.find(w("trHeight")) if pr is not None else None
    cells, at = [], 0
    for tc in tr.iter(w("tc")):
        if next(tc.iterancestors(w("tr"))) is not tr:
            continue
        tcpr = tc.find(w("tcPr"))

        def of(name: str, tcpr: Any = tcpr) -> Any:
            return tcpr.find(w(name)) if tcpr is not None else None

        span = of("gridSpan")
        wide = int(span.get(w("val")) or 1) if span is not None else 1
        merge, align = of("vMerge"), of("vAlign")
        inner = {
            "top": borders.get("top" if index == 0 else "insideH"),
            "bottom": borders.get("bottom" if index == count - 1 else "insideH"),
            "left": borders.get("left" if at == 0 else "insideV"),
            "right": borders.get("right" if at + wide >= columns else "insideV"),
        }
        if (own := of("tcBorders")) is not None:
            inner |= {s: edge(own.find(w(s))) for s in SIDES if own.find(w(s)) is not None}
        goes_on = merge is not None and merge.get(w("val")) != "restart"
        middle = align.get(w("val")) if align is not None else "top"
        cells.append(Cell(reader.blocks_of(tc, part), wide, goes_on, middle or "top", inner))
        at += wide
    return TableRow(
        cells,
        twips(height.get(w("val"))) if height is not None else 0,
        pr is not None and on(pr.find(w("tblHeader"))),
    )
