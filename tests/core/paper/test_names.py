"""The placeholders: what the manual lists is what documents know, and every one has a value."""

import re
from io import BytesIO
from pathlib import Path

from core.access.desk import Office
from core.paper.facts import Asked, facts
from core.paper.fill import PLACEHOLDER
from core.paper.forms import FORMS
from core.paper.issues import Issue
from core.paper.kinds import PAPERS
from core.paper.names import LISTS, WORDS, known
from core.paper.sample import sample
from tests.core.paper.lives import begun
from tests.core.paper.reading import docx_text

MANUAL = Path(__file__).parents[3] / "docs" / "how-to" / "paper.md"


def test_the_manual_lists_exactly_the_placeholders_there_are() -> None:
    rows = re.findall(r"^\| `\{\{(\w+)\}\}` \| (.+) \|$", MANUAL.read_text(), re.MULTILINE)
    assert dict(rows) == WORDS
    columns = {(n, c) for n, c in re.findall(r"\{\{(\w+)\.(\w+)\}\}", MANUAL.read_text())}
    assert columns == {(name, c) for name, (_meaning, cs) in LISTS.items() for c in cs}


def test_a_real_case_and_the_invented_one_fill_every_placeholder(office: Office) -> None:
    life = begun(office).dispatched().pressed()
    life.do("county", "promise", agreement="各退一步", promises="2026-12-01 付清")
    life.closed()
    found = life.seen_by("county")
    asked = Asked(
        paper=PAPERS["archive"], found=found, issue=Issue(nth=1), actor=found.reader,
        identity=found.resident,
    )  # fmt: skip
    for values in (facts(asked), sample(PAPERS["archive"])):
        assert set(values) == {*WORDS, *LISTS}
        for name, (_meaning, columns) in LISTS.items():
            rows = values[name]
            assert isinstance(rows, list)
            assert rows or name == "附件"
            assert all(set(row) == set(columns) for row in rows), name


def test_shipped_templates_use_known_placeholders_and_are_what_the_script_makes() -> None:
    assert set(FORMS) == set(PAPERS)
    for paper in PAPERS.values():
        text = docx_text(paper.shipped)
        assert all(known(m[1], m[2]) for m in PLACEHOLDER.finditer(text))
        made = BytesIO()
        FORMS[paper.id]().save(made)
        assert docx_text(made.getvalue()) == text, f"python -m core.paper.forms ({paper.id})"
