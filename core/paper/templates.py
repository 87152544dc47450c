"""Templates: the shipped ones, and the county's own in their stead, every version kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select

from core.access.audit import audit
from core.access.desk import Look, Work
from core.errors import NotFound
from core.now import now
from core.paper.check import checked
from core.paper.fill import fill
from core.paper.kinds import PAPERS, Paper
from core.paper.pdf.reading import unread
from core.paper.sample import sample
from core.rules.permissions import Permission
from core.words import Text, _
from db.models import PaperTemplate, Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """What one kind of document is made from now."""

    paper: Paper
    version: int
    """0: nobody ever changed it."""
    own: bool
    """Whether it is the county's own."""
    name: str
    """Of the uploaded file; empty for the shipped one."""
    by: str
    at: datetime | None
    content: bytes

    @property
    def unread(self) -> Sequence[Text]:
        """What it holds that the PDF does not show."""
        return unread(self.content) if self.own else ()


def paper_of(paper_id: str) -> Paper:
    """The kind of document.

    Raises:
        NotFound: there is no such kind.
    """
    if paper_id not in PAPERS:
        raise NotFound(_("没有这种文书"), paper=paper_id[:40])
    return PAPERS[paper_id]


def template(look: Look, paper_id: str) -> Template:
    """What a document of this kind is made from now.

    Raises:
        NotFound: there is no such kind.
    """
    paper = paper_of(paper_id)
    t = PaperTemplate
    row = look.tx.execute(
        select(t.version, t.name, t.content, t.saved_at, Person.name, Person.username)
        .outerjoin(Person, Person.id == t.saved_by)
        .where(t.paper == paper.id)
        .order_by(t.version.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return Template(
            paper=paper, version=0, own=False, name="", by="", at=None, content=paper.shipped
        )
    version, name, content, at, person, username = row
    return Template(
        paper=paper,
        version=version,
        own=content is not None,
        name=name,
        by=person or username or "",
        at=at,
        content=paper.shipped if content is None else content,
    )


def templates(look: Look) -> list[Template]:
    """All kinds, for the configuration page.

    Raises:
        NotPermitted: without `config:read`.
    """
    look.actor.require(Permission.CONFIG_READ)
    return [template(look, paper_id) for paper_id in PAPERS]


def trial(look: Look, paper_id: str) -> bytes:
    """The present template filled with an invented case, as DOCX.

    Raises:
        NotPermitted: without `config:read`.
        NotFound: there is no such kind.
    """
    look.actor.require(Permission.CONFIG_READ)
    found = template(look, paper_id)
    return fill(found.content, sample(found.paper))


def replace(work: Work, paper_id: str, content: bytes, name: str) -> int:
    """Use the county's own file from now on; returns its version.

    Raises:
        NotPermitted: without `config:write`.
        NotFound: there is no such kind.
        Invalid: it cannot serve as a template; each fault in a sentence.
    """
    work.actor.require(Permission.CONFIG_WRITE)
    paper = paper_of(paper_id)
    checked(paper, content, name[:120])
    return _keep(work, paper, content, name[:120], "paper.replace")


def restore(work: Work, paper_id: str) -> int:
    """Use the shipped template again; returns the version.

    Raises:
        NotPermitted: without `config:write`.
        NotFound: there is no such kind, or it is the shipped one already.
    """
    work.actor.require(Permission.CONFIG_WRITE)
    if not template(work, paper_id).own:
        raise NotFound(_("现在用的就是自带模板"))
    return _keep(work, paper_of(paper_id), None, "", "paper.restore")


def _keep(work: Work, paper: Paper, content: bytes | None, name: str, what: str) -> int:
    t = PaperTemplate
    newest = work.tx.scalar(select(func.max(t.version)).where(t.paper == paper.id)) or 0
    work.tx.execute(
        insert(t).values(
            paper=paper.id,
            version=newest + 1,
            name=name,
            content=content,
            saved_at=now(),
            saved_by=work.actor.person,
        )
    )
    audit(work, what, str(paper.label), version=newest + 1, file=name)
    return newest + 1
