"""Filling a template: placeholders give way to words, and words are never read again."""

import pytest
from docx.document import Document as Docx

from core.paper.fill import fill
from tests.core.paper.documents import spread, table, word
from tests.core.paper.reading import docx_text

HOSTILE = [
    "{{ 诉求标题 }}",
    "{{诉求标题}}{{任务.单位}}",
    "{% for x in range(10**9) %}{% endfor %}",
    "{{ ''.__class__.__mro__ }}",
    "{# 注释 #} ${7*7} <%= 7*7 %>",
    "</w:t></w:r></w:p><w:p><w:r><w:t>多出一段",
    "<w:p>&lt;b&gt; & ]]> <!-- -->",
    "\U0001f600\U0001f468‍\U0001f469‍\U0001f467 很生气",
    "长" * 5000,
]


def lines(content: bytes) -> list[str]:
    """The document's own paragraphs that say something."""
    return [line for line in docx_text(content).splitlines() if line]


def test_a_placeholder_gives_way_to_its_words() -> None:
    made = fill(word("编号：{{诉求编号}}，{{ 类别 }}。"), {"诉求编号": "131024-1", "类别": "供暖"})
    assert lines(made) == ["编号：131024-1，供暖。"]


def test_also_where_word_has_spread_it_over_several_runs() -> None:
    made = fill(word(more=spread("标题{", "{诉求", "标题", "}", "}完")), {"诉求标题": "暖气"})
    assert lines(made) == ["标题暖气完"]


def test_what_has_no_value_becomes_nothing() -> None:
    assert lines(fill(word("甲{{没有}}乙{{任务}}"), {"任务": []})) == ["甲乙"]


def test_a_table_row_repeats_for_each_row_of_the_list() -> None:
    template = word(more=table([["单位", "期限"], ["{{任务.单位}}", "{{任务.期限}}（{{类别}}）"]]))
    rows = [{"单位": "住建局", "期限": "3日"}, {"单位": "城管局", "期限": "5日"}]
    assert lines(fill(template, {"任务": rows, "类别": "供暖"})) == [
        "单位", "期限", "住建局", "3日（供暖）", "城管局", "5日（供暖）",
    ]  # fmt: skip


def test_an_empty_list_leaves_one_blank_row_of_a_table_and_no_paragraph() -> None:
    template = word("{{约定.序号}}．{{约定.内容}}", "完", more=table([["{{任务.单位}}", "无"]]))
    assert lines(fill(template, {"任务": [], "约定": []})) == ["完", "无"]


def test_lines_become_paragraphs_where_the_placeholder_stands_alone() -> None:
    assert lines(fill(word("{{诉求内容}}"), {"诉求内容": "一\n二\r\n三"})) == ["一", "二", "三"]
    inside = fill(word("他说：{{诉求内容}}"), {"诉求内容": "一\n二"})
    assert lines(inside) == ["他说：一二"], "a line end inside the paragraph"


@pytest.mark.parametrize("text", HOSTILE, ids=lambda t: t[:12])
def test_what_a_resident_says_comes_out_literally(text: str) -> None:
    """Neither template nor XML, alone, in a sentence, in a table, beside other placeholders."""
    template = word(
        "{{诉求内容}}", "标题：{{诉求标题}}；{{诉求内容}}；完",
        more=table([["{{任务.要求}}", "{{任务.单位}}"]]),
    )  # fmt: skip
    values = {"诉求内容": text, "诉求标题": text, "任务": [{"要求": text, "单位": text}]}
    assert lines(fill(template, values)) == [text, f"标题：{text}；{text}；完", text, text]


def test_a_filled_row_that_stands_in_a_repeated_row_is_not_read_again() -> None:
    """Tables inside tables: what was filled in must not be copied and filled once more."""

    def nested(document: Docx) -> None:
        outer = document.add_table(rows=1, cols=1)
        cell = outer.rows[0].cells[0]
        cell.text = "{{任务.单位}}"
        cell.add_table(rows=1, cols=1).rows[0].cells[0].text = "{{经过.内容}}"

    values = {
        "任务": [{"单位": "{{经过.内容}}"}, {"单位": "乙"}],
        "经过": [{"内容": "{{任务.单位}}"}],
        "诉求标题": "泄露",
    }
    assert lines(fill(word(more=nested), values)) == [
        "{{经过.内容}}", "{{任务.单位}}", "乙", "{{任务.单位}}",
    ]  # fmt: skip


def test_characters_that_no_document_can_hold_are_left_out() -> None:
    text = "甲\x00\x01\x08乙\x0b\x1f丙\x7f\ufffe丁\ud83d"
    assert lines(fill(word("{{诉求内容}}"), {"诉求内容": text})) == ["甲乙丙丁"]


def test_headers_and_footers_are_filled_too() -> None:
    def margin(document: Docx) -> None:
        document.sections[0].header.paragraphs[0].text = "{{文号}}"
        document.sections[0].footer.paragraphs[0].text = "{{打印人}}"

    made = fill(word("正文", more=margin), {"文号": "督办1号", "打印人": "王某"})
    assert set(lines(made)) == {"正文", "督办1号", "王某"}
