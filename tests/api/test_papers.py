"""Papers over HTTP: what is offered, to whom, in which form, and what stays on record."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from core.access.actor import SYSTEM
from core.access.desk import Office
from core.paper.kinds import PAPERS
from core.paper.pdf import fonts
from core.paper.templates import replace
from db.models import AuditRow
from tests.api.test_cases import NOWHERE, register
from tests.core.paper.documents import word
from tests.core.paper.reading import docx_text, pdf_text
from tests.support import county
from tests.support.http import Person

Find = Callable[[str], Person]
ENFORCE = "131024104-ZF"


@pytest.fixture
def number(office: Office, person: Find) -> str:
    """A case that a unit of the township works on."""
    made = register(
        office,
        body="路口摊贩占道，车过不去",
        area=county.TOWNSHIP,
        name="张三丰",
        phone="13812345678",
    )
    person("dispatcher").act(made, "assign", lead=ENFORCE, note="请当天到场")
    return made


def path(number: str, paper: str = "") -> str:
    return f"/cases/{number}/papers" + (f"/{paper}" if paper else "")


def test_what_may_be_printed_is_listed_with_its_addresses(number: str, person: Find) -> None:
    found = person("enforce").get(path(number))["papers"]
    assert [p["id"] for p in found] == ["dispatch", "order", "instruction", "agreement"]
    assert found[0] == {
        "id": "dispatch",
        "label": "交办单",
        "about": "把诉求交给单位办，单位签收",
        "docx": f"/api/v1/cases/{number}/papers/dispatch.docx",
        "pdf": f"/api/v1/cases/{number}/papers/dispatch.pdf",
        "issues": [],
    }
    for paper in found:
        assert person("enforce").call("GET", paper["docx"]).status_code == 200


def test_word_comes_as_a_file_and_pdf_in_the_browser(number: str, person: Find) -> None:
    word_file = person("enforce").call("GET", path(number, "dispatch.docx"))
    assert word_file.headers["content-type"].endswith("wordprocessingml.document")
    assert word_file.headers["content-disposition"].startswith("attachment; filename*=utf-8''%E4")
    assert "请当天到场" in docx_text(word_file.content)
    pdf = person("enforce").call("GET", path(number, "dispatch.pdf"))
    assert pdf.headers["content-type"] == "application/pdf"
    assert pdf.headers["content-disposition"].startswith("inline")
    assert "请当天到场" in pdf_text(pdf.content)
    for answer in (word_file, pdf):
        assert answer.headers["cache-control"] == "private, no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_of_several_orders_the_one_that_is_asked_for_is_printed(number: str, person: Find) -> None:
    for text in ("今天清走", "再次督办"):
        person("supervisor").act(number, "supervise", text=text)
    order = next(p for p in person("enforce").get(path(number))["papers"] if p["id"] == "order")
    second, first = order["issues"]
    assert (first["text"], second["text"]) == ("今天清走", "再次督办")
    assert second["number"] == first["number"].replace("号", "-2号")
    for issue in (first, second):
        asked = {"demand": issue["demand"]}
        text = docx_text(person("enforce").call("GET", order["docx"], params=asked).content)
        assert issue["text"] in text
        assert issue["number"] in text
    assert "再次督办" in docx_text(person("enforce").call("GET", order["docx"]).content)
    refused = person("enforce").get(path(number, "order.docx"), 404, params={"demand": 1})
    assert refused["message"] == "没有这张督办单，或它已经撤回，请重新选择"


def test_who_does_not_see_the_case_is_told_that_there_is_none(number: str, person: Find) -> None:
    for username in ("other", "police"):
        for address in (path(number), path(number, "dispatch.docx"), path(number, "dispatch.pdf")):
            assert person(username).get(address, 404)["code"] == "not_found"
    assert person("dispatcher").get(path(NOWHERE, "dispatch.pdf"), 404)["code"] == "not_found"


def test_the_accused_find_nothing_to_print(office: Office, person: Find) -> None:
    made = register(
        office, body="执法队乱罚款", area=county.TOWNSHIP, kind="complaint", accused=[ENFORCE]
    )
    assert person("enforce").get(path(made), 404)["code"] == "not_found"
    assert person("enforce").get(path(made, "order.docx"), 404)["code"] == "not_found"


def test_nobody_prints_without_signing_in(number: str, anybody: Person) -> None:
    assert anybody.get(path(number), 401)["code"] == "not_signed_in"
    assert anybody.get(path(number, "dispatch.pdf"), 401)["code"] == "not_signed_in"
    assert anybody.get(path(number, "nothing.pdf"), 401)["code"] == "not_signed_in"


def test_who_only_reads_is_offered_nothing(number: str, person: Find) -> None:
    assert person("deputy").get(path(number)) == {"papers": []}
    refused = person("deputy").get(path(number, "dispatch.docx"), 403)
    assert refused["message"] == "您的角色不能打印诉求文书"


def test_what_is_not_there_yet_is_said(number: str, person: Find) -> None:
    refused = person("enforce").get(path(number, "reply.pdf"), 409)
    assert (refused["code"], refused["message"]) == ("paper.nothing_yet", "现在还不能打印答复函")
    assert person("enforce").get(path(number, "letter.pdf"), 404)["message"] == "没有这种文书"
    assert person("enforce").get(path(number, "dispatch.doc"), 422)["code"] == "invalid"


def test_the_resident_is_named_for_a_purpose_that_is_kept(
    number: str, office: Office, person: Find
) -> None:
    address = path(number, "dispatch.docx")
    masked = docx_text(person("enforce").call("GET", address).content)
    assert "张**" in masked
    assert "138****5678" in masked
    named = person("enforce").call("GET", address, params={"purpose": "上门送达"})
    assert "张三丰" in docx_text(named.content)
    assert "13812345678" in docx_text(named.content)
    with office.look(SYSTEM) as look:
        kept = look.tx.execute(
            select(AuditRow.name, AuditRow.data).where(AuditRow.what == "case.unmask")
        ).all()
    assert [(k.name, k.data) for k in kept] == [("吴某", {"purpose": "上门送达"})]
    assert person("supervisor").get(address, 403, params={"purpose": "核实"})["code"] == (
        "not_permitted"
    )


def test_another_sites_link_names_nobody(number: str, office: Office, person: Find) -> None:
    answer = person("enforce").call(
        "GET", path(number, "dispatch.docx"),
        params={"purpose": "看看"}, headers={"Sec-Fetch-Site": "cross-site"},
    )  # fmt: skip
    assert answer.json()["code"] == "cross_site"
    with office.look(SYSTEM) as look:
        assert not look.tx.execute(select(AuditRow).where(AuditRow.what == "case.unmask")).all()


def test_the_county_s_own_template_is_used_from_then_on(
    number: str, office: Office, person: Find
) -> None:
    with office.work(county.actor(office, "admin")) as work:
        replace(work, "dispatch", word("安平镇派单条 {{诉求编号}}"), "派单条.docx")
    text = docx_text(person("enforce").call("GET", path(number, "dispatch.docx")).content)
    assert text.splitlines()[0] == f"安平镇派单条 {number}"


def test_without_a_chinese_font_word_still_works_and_pdf_says_why(
    number: str, person: Find, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fonts, "_listed", lambda *_pattern: [])
    monkeypatch.setattr(fonts, "_PLACES", ())
    for found in (fonts._installed, fonts.face):
        found.cache_clear()
    try:
        refused = person("enforce").get(path(number, "dispatch.pdf"), 503)
        assert refused["code"] == "paper.font"
        assert "没有中文字体" in refused["message"]
        assert person("enforce").call("GET", path(number, "dispatch.docx")).status_code == 200
    finally:
        for found in (fonts._installed, fonts.face):
            found.cache_clear()


def test_a_paper_speaks_chinese_and_its_list_the_reader_s_language(
    number: str, person: Find
) -> None:
    english = {"Accept-Language": "en"}
    assert {p["id"] for p in person("enforce").get(path(number), headers=english)["papers"]} <= {
        *PAPERS
    }
    made = person("enforce").call("GET", path(number, "dispatch.docx"), headers=english)
    assert "交办单" in docx_text(made.content)
    assert "办理要求" in docx_text(made.content)
