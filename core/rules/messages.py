"""The wording of messages: which template says what, in the language of whoever reads it.

A message is kept as template and data and worded when it is shown, so one row serves a
reader of either language, and a better wording reaches old messages as well.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.now import local
from core.rules.masking import mask_text
from core.words import Text, _, lazy, pick


@dataclass(frozen=True, slots=True)
class Template:
    """Subject and lines; a line whose own place (`needs`) is empty is left out."""

    subject: Text
    lines: tuple[tuple[str, Text], ...] = ()


_DUE = ("due", lazy("应于 {due} 前办完。"))

TEMPLATES: dict[str, Template] = {
    "new": Template(lazy("新诉求：{title}"), (("", lazy("有一件新诉求等待您单位接办。")),)),
    "task": Template(
        lazy("新任务：{title}"), (("", lazy("这件诉求已交给您单位办理，请及时签收。")), _DUE)
    ),
    "moved": Template(
        lazy("诉求有进展：{title}"),
        (("action", lazy("刚刚进行了“{action}”。")), _DUE),
    ),
    "returned": Template(
        lazy("诉求被退回：{title}"),
        (
            ("unit_name", lazy("{unit_name}退回了这件诉求。")),
            ("", lazy("请您单位重新处理。")),
        ),
    ),
    "sum_up": Template(
        lazy("协办单位都已办完或退回：{title}"), (("", lazy("请您单位汇总后反馈办理结果。")), _DUE)
    ),
    "withdrawn": Template(
        lazy("任务已收回：{title}"),
        (("", lazy("这件诉求已另作安排，您单位不必再办。")),),
    ),
    "passed_up": Template(
        lazy("诉求提级到您单位：{title}"), (("", lazy("下级单位把这件诉求提级到您单位，请处理。")),)
    ),
    "demand": Template(
        lazy("{demand}：{title}"),
        (("demand", lazy("{asker}：{text}")), ("due", lazy("应于 {due} 前反馈。"))),
    ),
    "pressed": Template(lazy("{demand}要求再办：{title}"), (("demand", lazy("{asker}：{text}")),)),
    "urged": Template(
        lazy("{demand}催促反馈：{title}"),
        (("demand", lazy("{asker}：{text}")), ("due", lazy("应于 {due} 前反馈。"))),
    ),
    "answered": Template(lazy("{demand}已反馈：{title}"), (("demand", lazy("{asker}：{text}")),)),
    "granted": Template(lazy("{demand}已同意：{title}"), (("text", lazy("{asker}：{text}")),)),
    "refused": Template(lazy("{demand}未同意：{title}"), (("text", lazy("{asker}：{text}")),)),
    "remind": Template(
        lazy("期限提醒：{title}"),
        (("label", lazy("{clock}：{label}。")), _DUE, ("", lazy("请抓紧办理。"))),
    ),
    "overdue": Template(
        lazy("已超期：{title}"),
        (("label", lazy("{clock}：{label}。")), _DUE, ("", lazy("请立即处理。"))),
    ),
    "assessed": Template(
        lazy("考核结果公布：{label}（{period}）"),
        (
            ("rank", lazy("{unit_name}得 {total} 分，在同组 {size} 个单位中列第 {rank} 名。")),
            ("unranked", lazy("{unit_name}这次不排名次。")),
            ("closes", lazy("对得分有异议的，{closes} 前（含当日）可以申诉。")),
        ),
    ),
    "test": Template(
        lazy("测试消息"),
        (("", lazy("收到这条消息，说明这个地址可以使用。")),),
    ),
}
"""By id, as `Step.tell` and the ladders name them."""

_OTHER = Template(lazy("诉求有新消息：{title}"))
_CLOCKS = {
    "case": lazy("整件诉求的期限"),
    "task": lazy("{unit}的办理期限"),
    "stage": lazy("“{stage}”环节的期限"),
    "demand": lazy("“{demand}”的期限"),
}
HIDDEN = {"title": lazy("保密诉求"), "text": lazy("内容请登录后查看")}
"""Stands in for the words of a confidential appeal where a message leaves the house."""


def render(template: str, number: str, data: Mapping[str, Any]) -> tuple[str, str]:
    """Subject (one line) and body (lines) in the present reader's language.

    Args:
        template: an id of `TEMPLATES`; one that this version does not know is worded plainly.
        number: the case's number; empty where the message is about none.
        data: what the writer of the message left; a place it does not fill is left out.
    """
    found, places = TEMPLATES.get(template, _OTHER), _places(data)
    lines = [_(line.message, **places) for need, line in found.lines if not need or places[need]]
    if number:
        lines.insert(0, _("诉求编号：{number}", number=number))
    return _(found.subject.message, **places), "\n".join(lines)


def _places(data: Mapping[str, Any]) -> dict[str, str]:
    label = data.get("label")
    clock = _CLOCKS.get(data.get("clock", ""), _CLOCKS["case"])
    unit, stage = str(data.get("unit", "")), pick(data.get("stage") or "")
    demand = pick(data.get("demand") or "")
    return {
        "title": mask_text(" ".join(str(data.get("title", "")).split())),
        "action": pick(label) if label else "",
        "label": pick(label) if label else "",
        "unit_name": str(data.get("unit_name", "")),
        "demand": demand,
        "asker": str(data.get("asker", "")),
        "text": mask_text(" ".join(str(data.get("text", "")).split()))[:200],
        "clock": _(clock.message, unit=unit, stage=stage, demand=demand),
        "due": _when(data.get("due_at")),
        **{name: str(data.get(name, "")) for name in _FIGURES},
    }


_FIGURES = ("period", "total", "rank", "size", "unranked", "closes")


def _when(instant: Any) -> str:
    """An ISO instant as the county's wall clock shows it."""
    return f"{local(datetime.fromisoformat(instant)):%Y-%m-%d %H:%M}" if instant else ""
