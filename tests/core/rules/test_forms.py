"""What people type into a field: what is taken, what is refused, and in which words."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Invalid
from core.now import moved_to
from core.rules.forms import Field, check, clean, clean_text, json_schema
from core.words import speaking

NOW = datetime(2026, 11, 21, 6, 30, tzinfo=UTC)
"""Half past two in the afternoon in the county."""


def field(kind: str, **more: Any) -> Field:
    return Field(id="x", label={"zh_CN": "内容", "en": "Content"}, type=kind, **more)  # pyright: ignore[reportArgumentType]


def refusal(kind: str, value: Any, **more: Any) -> str:
    with moved_to(NOW), pytest.raises(Invalid) as refused:
        clean(field(kind, **more), value)
    return refused.value.message


def taken(kind: str, value: Any, **more: Any) -> Any:
    with moved_to(NOW):
        return clean(field(kind, **more), value)


CHOICES = {"a": "甲", "b": "乙"}
TAKEN: list[tuple[str, dict[str, Any], Any, Any]] = [
    ("text", {}, "  路灯不亮  ", "路灯不亮"),
    ("text", {}, "e\u0301cole", "\u00e9cole"),  # one character however it was typed
    ("text", {}, "全角　空格", "全角　空格"),
    ("text", {}, "谢谢😀👍", "谢谢😀👍"),
    ("text", {}, "👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"),  # an emoji made of three
    ("text", {}, "\U0001fae8", "\U0001fae8"),  # newer than our tables of characters
    ("text", {}, "\ufeff复制\u200b来的", "复制来的"),  # what copying brings along is dropped
    ("text", {}, "<script>alert('hi')</script>", "<script>alert('hi')</script>"),  # text it stays
    ("text", {}, "{name} %s ${x}", "{name} %s ${x}"),
    ("text", {}, "=1+1", "=1+1"),  # defused where it is exported, see spreadsheet_safe
    ("text", {"max": 4}, "四个汉字", "四个汉字"),
    ("long", {}, "第一行\r\n第二行\r第三行\t。", "第一行\n第二行\n第三行\t。"),
    ("number", {}, "12", 12),
    ("number", {}, 12.5, 12.5),
    ("number", {}, "１８", 18),
    ("number", {"min": -90, "max": 90}, "-39.5", -39.5),
    ("score", {}, 5, 5),
    ("score", {}, "4", 4),
    ("date", {}, "2026-11-21", "2026-11-21"),
    ("date", {}, date(2026, 11, 1), "2026-11-01"),
    ("date", {"future": True}, "2027-01-01", "2027-01-01"),
    ("time", {}, "2026-11-21 14:00", "2026-11-21T14:00:00+08:00"),
    ("time", {}, "2026-11-21T06:00:00+00:00", "2026-11-21T06:00:00+00:00"),
    ("choice", {"choices": CHOICES}, "a", "a"),
    ("choice", {"choices": CHOICES}, ["b"], "b"),
    ("choices", {"choices": CHOICES}, ["b", "a", "b"], ["b", "a"]),
    ("choices", {"choices": CHOICES}, "a", ["a"]),
    ("yes", {}, False, False),
    ("phone", {}, "138 0013 8000", "13800138000"),
    ("phone", {}, "+86 138-0013-8000", "13800138000"),
    ("phone", {}, "\u202a13800138000\u202c", "13800138000"),  # copied from a list of contacts
    ("text", {}, "反\u202egpj.exe", "反gpj.exe"),
    ("phone", {}, "１３８００１３８０００", "13800138000"),
    ("phone", {}, "0316-5551234", "03165551234"),
    ("phone", {}, "12345", "12345"),
    ("unit", {}, "131024-C", "131024-C"),
    ("units", {}, ["131024-C", "131024-C"], ["131024-C"]),
    ("files", {}, [3, 1], [3, 1]),
]


@pytest.mark.parametrize(("kind", "more", "value", "wanted"), TAKEN)
def test_taken(kind: str, more: dict[str, Any], value: Any, wanted: Any) -> None:
    assert taken(kind, value, **more) == wanted


REFUSED: list[tuple[str, dict[str, Any], Any, str]] = [
    # wrong type
    ("text", {}, 7, "内容应为文字"),
    ("text", {}, ["a"], "内容应为文字"),
    ("number", {}, "三", "内容应为数字"),
    ("number", {}, True, "内容应为数字"),
    ("number", {}, [1], "内容应为数字"),
    ("number", {}, "nan", "内容应为数字"),
    ("number", {}, "inf", "内容应为数字"),
    ("number", {}, 10**400, "内容应为数字"),
    ("score", {}, True, "内容应为 1 到 5 分"),
    ("score", {}, "五", "内容应为 1 到 5 分"),
    ("score", {}, [5], "内容应为 1 到 5 分"),
    ("date", {}, "昨天", "内容应为日期，如 2026-11-21"),
    ("date", {}, "2026-11-21起", "内容应为日期，如 2026-11-21"),
    ("date", {}, "2026-02-30", "内容应为日期，如 2026-11-21"),
    ("time", {}, "下午", "内容应为日期和时间，如 2026-11-21 14:30"),
    ("choice", {"choices": CHOICES}, 7, "内容应为代码列表"),
    ("choices", {"choices": CHOICES}, {"a": 1}, "内容应为代码列表"),
    ("yes", {}, "是", "内容应为“是”或“否”"),
    ("yes", {}, 1, "内容应为“是”或“否”"),
    ("phone", {}, 13800138000, "内容应为文字"),
    ("units", {}, [7], "内容应为代码列表"),
    ("files", {}, ["1"], "内容应为已上传文件的编号"),
    ("files", {}, [True], "内容应为已上传文件的编号"),
    ("files", {}, "1", "内容应为已上传文件的编号"),
    # over-long, too large, too small
    ("text", {"max": 4}, "五个汉字了", "内容最多 4 字，现有 5 字"),
    ("long", {"max": 3}, "四个汉字", "内容最多 3 字，现有 4 字"),
    ("unit", {}, "C" * 65, "内容最多 64 字，现有 65 字"),
    ("units", {}, ["C" * 65], f"内容中没有“{'C' * 40}”这一项"),
    ("units", {}, [str(i) for i in range(51)], "内容最多 50 项"),
    ("number", {"max": 40}, 41, "内容应在 0 到 40 之间"),
    ("number", {}, -1, "内容应在 0 到 200 之间"),
    ("score", {}, 0, "内容应为 1 到 5 分"),
    ("score", {}, 6, "内容应为 1 到 5 分"),
    ("score", {}, 4.5, "内容应为 1 到 5 分"),
    ("phone", {}, "1380013800", "内容不是有效的电话号码"),
    ("phone", {}, "13800138000转1", "内容不是有效的电话号码"),
    # unknown codes
    ("choice", {"choices": CHOICES}, "c", "内容中没有“c”这一项"),
    ("choice", {"choices": CHOICES}, ["a", "b"], "内容只能选一项"),
    ("choices", {"choices": CHOICES}, ["a", "c"], "内容中没有“c”这一项"),
    # characters that cannot be seen, or that turn what is written round
    ("text", {}, "有\x00空", "内容含有无法显示的字符（U+0000），请删去"),
    ("text", {}, "响\x07铃", "内容含有无法显示的字符（U+0007），请删去"),
    ("text", {}, "两\n行", "内容含有无法显示的字符（U+000A），请删去"),
    ("long", {}, "退\x08格", "内容含有无法显示的字符（U+0008），请删去"),
    ("text", {}, "半\ud800个", "内容含有无法显示的字符（U+D800），请删去"),
    ("text", {}, "私\ue000用", "内容含有无法显示的字符（U+E000），请删去"),
    ("text", {}, "无\ufffe字", "内容含有无法显示的字符（U+FFFE），请删去"),
    ("phone", {}, "138\x0000138000", "内容含有无法显示的字符（U+0000），请删去"),
    # the future, and years nobody means
    ("date", {}, "2026-11-22", "内容不能晚于今天"),
    ("time", {}, "2026-11-21 14:36", "内容不能晚于现在"),
    ("date", {}, "0226-11-21", "内容过早，请核对年份"),
    ("time", {}, "0001-01-01T00:00:00+14:00", "内容过早，请核对年份"),
    ("date", {"future": True}, "9999-12-31", "内容过晚，请核对年份"),
    ("time", {"future": True}, "9999-12-31T23:59:59-12:00", "内容过晚，请核对年份"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "more", "value", "words"), REFUSED)
def test_refused_in_words_that_name_the_field(
    kind: str, more: dict[str, Any], value: Any, words: str
) -> None:
    assert refusal(kind, value, **more) == words


def test_today_is_not_the_future_whatever_the_hour() -> None:
    """Just after midnight in the county it is still yesterday in UTC."""
    with moved_to(datetime(2026, 11, 20, 16, 1, tzinfo=UTC)):
        assert clean(field("date"), "2026-11-21") == "2026-11-21"


def test_a_clock_that_runs_a_little_fast_is_forgiven() -> None:
    assert taken("time", "2026-11-21 14:34") == "2026-11-21T14:34:00+08:00"


class TestCheck:
    FORM = (
        Field(id="title", label="标题", max=10, required=True),
        Field(id="score", label="评分", type="score", required=True),
        Field(id="when", label="时间", type="date"),
    )

    @pytest.mark.parametrize("empty", [None, "", "   ", "\n", "　", "\u200b\ufeff", [], (), {}])
    def test_nothing_is_nothing_however_it_is_written(self, empty: Any) -> None:
        with pytest.raises(Invalid) as refused:
            check(self.FORM, {"title": empty, "score": 5})
        assert refused.value.data["fields"] == {"title": "请填写标题"}
        assert check(self.FORM, {"title": "a", "score": 5, "when": empty}) == {
            "title": "a", "score": 5,
        }  # fmt: skip

    def test_every_fault_is_named_at_once(self) -> None:
        with pytest.raises(Invalid) as refused:
            check(self.FORM, {"score": 9, "when": "某日", "colour": "红"})
        assert refused.value.data["fields"] == {
            "title": "请填写标题",
            "score": "评分应为 1 到 5 分",
            "when": "时间应为日期，如 2026-11-21",
            "colour": "没有“colour”这一项",
        }
        assert refused.value.status == 422

    def test_a_very_long_unknown_name_is_cut(self) -> None:
        with pytest.raises(Invalid) as refused:
            check(self.FORM, {"title": "a", "score": 1, "x" * 500: 1})
        assert max(map(len, refused.value.data["fields"])) == 64

    @pytest.mark.parametrize("data", [[], "title", None, 7])
    def test_something_else_than_a_form(self, data: Any) -> None:
        with pytest.raises(Invalid):
            check(self.FORM, data)

    def test_a_label_is_worded_for_its_reader(self) -> None:
        with speaking("en"), pytest.raises(Invalid) as refused:
            check([field("text", required=True)], {})
        assert "Content" in refused.value.data["fields"]["x"]


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
KINDS = [
    "text", "long", "number", "date", "time", "choice", "choices", "yes", "phone", "unit",
    "units", "files", "score", "category", "area",
]  # fmt: skip


@given(st.sampled_from(KINDS), ANYTHING)
def test_whatever_comes_is_taken_or_refused_in_words(kind: str, value: Any) -> None:
    form = [field(kind, choices=CHOICES if "choice" in kind else {})]
    try:
        result = check(form, {"x": value})
    except Invalid as refused:
        assert refused.data["fields"]["x"].startswith(("内容", "请填写内容"))
    else:
        assert check(form, result) == result, "what was taken is taken again, unchanged"


@given(st.text())
def test_text_never_grows_and_holds_no_control_characters(text: str) -> None:
    try:
        kept = clean_text(text, "内容", 10_000)
    except Invalid:
        return
    assert kept == kept.strip()
    assert not any(ord(c) < 32 or ord(c) == 127 for c in kept)


def test_the_same_fields_as_json_schema() -> None:
    schema = json_schema(
        [
            Field(id="lead", label="主办单位", type="unit", required=True),
            Field(id="score", label="评分", type="score"),
            Field(id="degrees", label="室温", type="number", max=40),
            Field(id="why", label="理由", type="choices", choices=CHOICES),
        ]
    )
    assert schema["required"] == ["lead"]
    assert schema["additionalProperties"] is False
    assert schema["properties"]["score"]["maximum"] == 5
    assert schema["properties"]["degrees"]["maximum"] == 40
    assert schema["properties"]["why"]["items"]["enum"] == ["a", "b"]
    assert schema["properties"]["lead"]["title"] == "主办单位"
