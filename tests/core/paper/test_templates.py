"""The county's own templates: kept in versions, used at once, given back."""

from io import BytesIO

import pytest
from docx import Document
from sqlalchemy import delete, select, update
from sqlalchemy.exc import ProgrammingError

from core.access.actor import SYSTEM
from core.access.desk import Office
from core.errors import Invalid, NotFound, NotPermitted
from core.paper.kinds import PAPERS
from core.paper.make import make
from core.paper.templates import Template, replace, restore, template, templates, trial
from db.models import AuditRow, PaperTemplate
from tests.core.paper.documents import word
from tests.core.paper.lives import begun
from tests.core.paper.reading import docx_text
from tests.support import county

OWN = word("某县督办条", "{{诉求标题}}：{{督办内容}}")


def put(office: Office, content: bytes = OWN, by: str = "admin", paper: str = "order") -> int:
    with office.work(county.actor(office, by)) as work:
        return replace(work, paper, content, "我县督办条.docx")


def in_use(office: Office, paper: str = "order") -> Template:
    with office.look(SYSTEM) as look:
        return template(look, paper)


def test_at_first_the_shipped_ones_are_used(office: Office) -> None:
    with office.look(county.actor(office, "admin")) as look:
        found = templates(look)
    assert [t.paper.id for t in found] == [*PAPERS]
    assert not any(t.own or t.version for t in found)
    assert all(Document(BytesIO(t.content)) for t in found)


def test_the_county_s_own_takes_their_place_at_once(office: Office) -> None:
    life = begun(office, title="暖气不热").dispatched()
    assert put(office) == 1
    with office.work(life.who("supervisor")) as work:
        made = make(work, life.number, "order")
    assert docx_text(made.content).splitlines()[:2] == ["某县督办条", "暖气不热："]
    found = in_use(office)
    assert (found.own, found.version, found.name, found.by) == (
        True, 1, "我县督办条.docx", "杨某",
    )  # fmt: skip


def test_the_way_back_is_a_version_too_and_nothing_is_lost(office: Office) -> None:
    put(office)
    put(office, word("{{诉求标题}}"))
    with office.work(county.actor(office, "admin")) as work:
        assert restore(work, "order") == 3
    found = in_use(office)
    assert (found.own, found.version, found.content) == (False, 3, PAPERS["order"].shipped)
    assert put(office) == 4
    with office.look(SYSTEM) as look:
        kept = look.tx.scalars(select(PaperTemplate.content).order_by(PaperTemplate.version)).all()
    assert [content is None for content in kept] == [False, False, True, False]
    assert kept[0] == OWN


def test_going_back_from_the_shipped_one_is_refused(office: Office) -> None:
    with (
        pytest.raises(NotFound, match="现在用的就是自带模板"),
        office.work(county.actor(office, "admin")) as work,
    ):
        restore(work, "order")


def test_a_wrong_one_changes_nothing(office: Office) -> None:
    put(office)
    with pytest.raises(Invalid, match=r"没有占位符“.+题.+”"):
        put(office, word("{{题}}"))
    assert in_use(office).version == 1


@pytest.mark.parametrize("by", ["dispatcher", "leader", "auditor"])
def test_only_administrators_change_templates(office: Office, by: str) -> None:
    with pytest.raises(NotPermitted, match="只有系统管理员可以修改配置"):
        put(office, by=by)
    with pytest.raises(NotPermitted), office.look(county.actor(office, by)) as look:
        templates(look)


def test_there_are_no_other_papers(office: Office) -> None:
    with pytest.raises(NotFound, match="没有这种文书"):
        put(office, paper="letter")


def test_changes_are_in_the_audit(office: Office) -> None:
    put(office)
    with office.work(county.actor(office, "admin")) as work:
        restore(work, "order")
    with office.look(SYSTEM) as look:
        rows = look.tx.execute(
            select(AuditRow.what, AuditRow.subject).where(AuditRow.what.like("paper.%"))
        ).all()
    assert [tuple(r) for r in rows] == [("paper.replace", "督办单"), ("paper.restore", "督办单")]


def test_a_sample_shows_the_template_without_anybody_s_case(office: Office) -> None:
    put(office, word("{{反映人}}　{{联系电话}}　{{任务.单位}}"))
    with office.look(county.actor(office, "admin")) as look:
        said = docx_text(trial(look, "order"))
    assert said.splitlines()[0] == "张**　138****5678　单位样例1"


@pytest.mark.parametrize(
    "statement", [update(PaperTemplate).values(name="x"), delete(PaperTemplate)]
)
def test_the_database_keeps_every_version_as_it_was(office: Office, statement) -> None:
    put(office)
    with pytest.raises(ProgrammingError, match="permission denied"), office.work(SYSTEM) as work:
        work.tx.execute(statement)
