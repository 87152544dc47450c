"""A document of a case: which ones there are, and one of them made."""

from dataclasses import dataclass

from core.access.desk import Look, Work
from core.cases.detail import detail, unmask
from core.errors import OneDoorError
from core.paper.facts import Asked, facts
from core.paper.fill import fill
from core.paper.kinds import Paper, printable
from core.paper.templates import paper_of, template
from core.rules.permissions import Permission
from core.words import _, lazy

DOCX_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PDF_TYPE = "application/pdf"


class NothingYet(OneDoorError):
    """The case has not come so far that there would be something to print."""

    status = 409
    code = "paper.nothing_yet"
    sentence = lazy("现在还没有可以打印的内容")


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A filled document."""

    name: str
    """Of the file, without its ending."""
    content: bytes
    """DOCX; `core.paper.pdf.draw.to_pdf` makes the PDF of the very same."""


def papers(look: Look, number: str) -> list[Paper]:
    """What the reader may print of a case now; nothing without `case:print`.

    Raises:
        NotFound: no such case, or not visible to the reader.
    """
    return printable(detail(look, number))


def make(work: Work, number: str, paper_id: str, purpose: str = "") -> Document:
    """Fill the template with the case. With a purpose the resident is named, and that is kept.

    Personal Information Protection Law 《个人信息保护法》 art. 6 and 51, as for `unmask`.

    Raises:
        NotFound: no such case, not visible to the reader, or no such document.
        NotPermitted: without `case:print`; with a purpose also where `unmask` refuses.
        NothingYet: the case has not come so far.
        Invalid: the purpose says nothing.
    """
    found = detail(work, number)
    work.actor.require(Permission.CASE_PRINT)
    paper = paper_of(paper_id)
    if not paper.ready(found):
        raise NothingYet(_("现在还不能打印{paper}", paper=str(paper.label)), paper=paper.id)
    said = purpose.strip()[:200]
    who = unmask(work, number, purpose) if purpose else found.resident
    asked = Asked(paper=paper, found=found, actor=work.actor, identity=who, purpose=said)
    content = fill(template(work, paper.id).content, facts(asked))
    return Document(name=f"{paper.label}-{number}", content=content)
