"""Every document on real cases: what it says, who may print it, and when."""

import re
from collections import Counter
from collections.abc import Callable

import pytest
from sqlalchemy import select

from core.access.actor import SYSTEM
from core.access.desk import Office
from core.cases.detail import detail
from core.errors import Invalid, NotFound, NotPermitted
from core.now import moved_to
from core.paper.issues import standing
from core.paper.kinds import ORDER, PAPERS, printable
from core.paper.make import NothingYet, make
from core.paper.pdf.draw import to_pdf
from core.rules.permissions import ROLES, STAFF_ROLES, Permission
from core.words import speaking
from db.models import AuditRow
from tests.core.paper.lives import NAME, PHONE, Life, begun
from tests.core.paper.reading import docx_text, pdf_text, squeezed
from tests.support import county


@pytest.fixture
def life(office: Office) -> Life:
    """A case that has been through everything."""
    return begun(office).dispatched().pressed().closed()


def printed(
    life: Life, paper: str, by: str = "county", purpose: str = "", demand: int | None = None
) -> bytes:
    """One document, as DOCX."""
    with moved_to(life.at), life.office.work(life.who(by)) as work:
        return make(work, life.number, paper, purpose, demand).content


def offered(life: Life, by: str = "county") -> list[str]:
    """What somebody may print now."""
    return [p.id for p in printable(life.seen_by(by))]


SAYS: dict[str, list[str]] = {
    "dispatch": ["廊坊市群众诉求交办单", "2026年11月16日10时00分", "香河县住房和城乡建设局",
                 "供暖（", "室内温度（℃）：14", "某热力公司"],
    "order": ["廊坊市群众诉求督办单", "查清原因并反馈", "2026年11月20日", "卫某", "督办〔2026〕",
              "督办单位香河县群众说事中心"],
    "instruction": ["群众诉求批示单", "三日内解决", "蒋某", "2026年11月19日"],
    "reply": ["关于群众诉求的答复函", "阀门已经更换。", "请再观察两天。", "特此函复。", "（盖章）"],
    "agreement": ["调解协议书", "申请人", "被申请人", "人民法院申请司法确认"],
    "archive": ["群众诉求办理卷宗", "一、诉求登记", "六、办理经过", "签收", "三日内解决",
                "已更换阀门，室温二十度", "5 分", "满意", "办理经过校验码："],
}  # fmt: skip


@pytest.mark.parametrize("paper", PAPERS)
def test_each_document_says_what_it_should_in_word_and_in_pdf(life: Life, paper: str) -> None:
    document = printed(life, paper)
    word, pdf = squeezed(docx_text(document)), pdf_text(to_pdf(document))
    for text in (*SAYS[paper], life.number, "三号楼暖气半个月不热"):
        assert squeezed(text) in word
        assert squeezed(text) in pdf
    assert "{{" not in word
    # Drawn from the filled document: not a word less, and more only where a page of the long one
    # begins in the middle of a table (its head is repeated).
    drawn = Counter(re.sub("[—0-9]", "", pdf))
    filled = Counter(re.sub("[—0-9]", "", word))
    assert not filled - drawn
    assert paper == "archive" or not drawn - filled


def test_dates_are_written_as_people_write_them_whatever_the_reader_speaks(life: Life) -> None:
    with speaking("en"):
        text = docx_text(printed(life, "archive"))
    assert "2026年11月16日" in text
    assert "2026-11-16" not in text
    assert "Signed" not in text


def test_the_resident_is_masked_unless_a_purpose_is_given(life: Life) -> None:
    for paper in PAPERS:
        text = docx_text(printed(life, paper))
        assert NAME not in text
        assert PHONE not in text, "neither in the form nor in the resident's own words"
        assert "3排12号" not in text
    named = docx_text(printed(life, "dispatch", purpose="寄送纸质交办单"))
    assert NAME in named
    assert PHONE in named
    assert "3排12号" in named
    assert "身份信息仅限本次用途：寄送纸质交办单" in named


def test_naming_the_resident_stays_on_record_and_masking_does_not(life: Life) -> None:
    printed(life, "reply")
    printed(life, "reply", purpose="寄送答复函")
    with life.office.look(SYSTEM) as look:
        rows = look.tx.execute(
            select(AuditRow.subject, AuditRow.data).where(AuditRow.what == "case.unmask")
        ).all()
    assert [(r.subject, r.data) for r in rows] == [(life.number, {"purpose": "寄送答复函"})]


def test_a_purpose_has_to_say_something_and_needs_the_right(life: Life) -> None:
    with pytest.raises(Invalid, match="请写明查看身份信息的用途"):
        printed(life, "reply", purpose=" ")
    with pytest.raises(NotPermitted, match="不能查看群众身份信息"):
        printed(life, "order", by="supervisor", purpose="核实情况")


def test_who_spoke_in_confidence_stays_unnamed(office: Office) -> None:
    life = begun(office, confidential=True, on_behalf="欧阳大爷").dispatched()
    text = docx_text(printed(life, "archive" if "archive" in offered(life) else "dispatch"))
    assert "保密" in text
    assert "欧" not in text, "who was spoken for is no less a secret"
    assert life.seen_by("housing").file.case.on_behalf == ""
    assert life.seen_by("clerk").file.case.on_behalf == "欧阳大爷", "who took it down knows"
    with pytest.raises(NotPermitted, match="要求保密"):
        printed(life, "dispatch", by="housing", purpose="上门查看")


def test_an_anonymous_appeal_says_so(office: Office) -> None:
    life = begun(office, anonymous=True, name="", phone="").dispatched()
    text = docx_text(printed(life, "dispatch"))
    assert "匿名" in text
    assert "反映人没有留下身份信息" in text


def test_papers_come_as_the_case_goes_on(office: Office) -> None:
    life = begun(office)
    assert "reply" not in offered(life)
    assert "archive" not in offered(life)
    life.dispatched()
    assert offered(life) == ["dispatch", "order", "instruction", "agreement"]
    with pytest.raises(NothingYet, match="现在还不能打印答复函"):
        printed(life, "reply")
    life.closed()
    assert offered(life) == ["dispatch", "reply", "agreement", "archive"]


@pytest.mark.parametrize("role", STAFF_ROLES)
def test_who_handles_cases_prints_and_who_only_reads_does_not(role: str) -> None:
    prints = Permission.CASE_PRINT in ROLES[role].permissions
    assert prints == (role not in ("admin", "analyst", "auditor", "deputy"))


def test_a_deputy_reads_and_prints_nothing(life: Life) -> None:
    assert offered(life, by="deputy") == []
    with pytest.raises(NotPermitted, match="不能打印诉求文书"):
        printed(life, "dispatch", by="deputy")


@pytest.mark.parametrize("by", ["other", "police", "admin"])
def test_who_does_not_see_the_case_finds_nothing_to_print(life: Life, by: str) -> None:
    denied: Callable[[], object]
    for denied in (lambda: offered(life, by), lambda: printed(life, "dispatch", by)):
        with pytest.raises((NotFound, NotPermitted)) as refused:
            denied()
        assert refused.value.status == (403 if by == "admin" else 404)


def test_there_is_no_other_paper(life: Life) -> None:
    with pytest.raises(NotFound, match="没有这种文书"):
        printed(life, "../../etc/passwd")


def test_the_newest_order_is_printed_and_counted(office: Office) -> None:
    life = begun(office).dispatched().pressed()
    life.do("supervisor", "supervise", text="再次督办", due="2026-11-25")
    text = docx_text(printed(life, "order"))
    assert "再次督办" in text
    assert "查清原因" not in text
    assert re.search(r"督办〔2026〕\d+-2号", text)


def order(life: Life, demand: int | None = None) -> tuple[str, str]:
    """The number of an order as it is printed now, without that of the appeal, and its words."""
    text = docx_text(printed(life, "order", demand=demand))
    number = re.search(r"督办〔2026〕\d+(-\d+)?号", text)
    words = next((w for w in ("查清原因", "再次督办", "挂牌督办") if w in text), "")
    return (number[1] or "" if number else "?"), words


def test_an_order_keeps_its_number_whatever_becomes_of_the_others(office: Office) -> None:
    life = begun(office).dispatched().pressed()
    life.do("supervisor", "supervise", text="再次督办", due="2026-11-25")
    second, first = [i.demands[0].id for i in standing(life.seen_by("county"), ORDER)]
    assert (order(life, first), order(life, second)) == (("", "查清原因"), ("-2", "再次督办"))
    assert order(life) == ("-2", "再次督办")
    life.do("supervisor", "withdraw", demand=str(second))
    assert order(life) == ("", "查清原因")
    with pytest.raises(NotFound, match="没有这张督办单，或它已经撤回"):
        order(life, second)
    life.do("supervisor", "list", text="挂牌督办", due="2026-11-25")
    assert order(life) == ("-3", "挂牌督办"), "one row of numbers for all that 督办 stands on"
    for one in standing(life.seen_by("county"), ORDER):
        life.do("supervisor", "withdraw", demand=str(one.demands[0].id))
    assert order(life) == ("-4", ""), "a form to be written on takes the next"


def test_without_an_order_the_form_is_left_to_be_written(office: Office) -> None:
    life = begun(office).dispatched()
    text = docx_text(printed(life, "order", by="supervisor"))
    assert "　　年　　月　　日" in text
    assert "香河县住房和城乡建设局" in text, "whom it would go to"


def test_an_instruction_to_several_units_names_them_all(office: Office) -> None:
    life = begun(office).dispatched()
    life.do("leader", "instruct", text="联合查清", to=["131024-ZJ", "131024-ZR"])
    text = docx_text(printed(life, "instruction"))
    names = [life.seen_by("leader").world.units.name(u) for u in ("131024-ZJ", "131024-ZR")]
    assert "、".join(names) in text


def test_promises_stand_in_the_agreement(office: Office) -> None:
    life = begun(office).dispatched()
    promises = "2026-12-01 付清赔偿款\n2026-12-15 修好院墙"
    life.do("county", "promise", agreement="甲方赔偿乙方院墙损失", promises=promises)
    text = squeezed(docx_text(printed(life, "agreement")))
    assert "甲方赔偿乙方院墙损失" in text
    assert "1．付清赔偿款（2026年12月1日前履行）" in text
    assert "2．修好院墙（2026年12月15日前履行）" in text


HOSTILE = [
    "{{诉求标题}}{% for x in y %}{{ ''.__class__ }}{# #}",
    "</w:t></w:r></w:p><w:p>&lt;script&gt;alert(1)&lt;/script&gt;<w:p>",
    "很生气\U0001f620\U0001f620！生僻字：䶮𠮷。",
    "供暖管道漏水，" * 700,
]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda t: t[:10])
def test_what_the_resident_wrote_comes_out_literally_in_both_forms(
    office: Office, text: str
) -> None:
    life = begun(office, body=text, title=text[:60], form={}).dispatched().closed()
    with office.look(county.actor(office, "county")) as look:
        kept = detail(look, life.number).file.case.body
    assert kept == text
    document = printed(life, "archive")
    assert squeezed(text) in squeezed(docx_text(document))
    drawn = pdf_text(to_pdf(document))
    # What no font on this machine has is written by its number, so that nothing is lost.
    for char in "\U0001f620𠮷":
        drawn = drawn.replace(f"〔U+{ord(char):X}〕", char)
    assert squeezed(text) in drawn
