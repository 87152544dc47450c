"""A document of a case, made."""

from dataclasses import dataclass

from core.access.desk import Work
from core.cases.detail import detail, unmask
from core.errors import OneDoorError
from core.paper.facts import Asked, facts
from core.paper.fill import fill
from core.paper.issues import issue
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


def make(
    work: Work, number: str, paper_id: str, purpose: str = "", demand: int | None = None
) -> Document:
    """Fill the template with the case. With a purpose the resident is named, and that is kept.

    Personal Information Protection Law 《个人信息保护法》 art. 6 and 51, as for `unmask`.

    Args:
        demand: of which order or instruction, where several stand; the newest if none is named.

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
    one = issue(found, paper, demand)
    said = purpose.strip()[:200]
    who = unmask(work, number, purpose) if purpose else found.resident
    asked = Asked(paper=paper, found=found, issue=one, actor=work.actor, identity=who, purpose=said)
    content = fill(template(work, paper.id).content, facts(asked))
    again = f"-{one.nth}" if one.nth > 1 else ""
    return Document(name=f"{paper.label}-{number}{again}", content=content)
