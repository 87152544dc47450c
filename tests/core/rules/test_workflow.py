"""The workflow as a table: what makes it a loop."""

from copy import deepcopy
from typing import Any

import pytest
from pydantic import ValidationError

from core.rules.workflow import Workflow

LOOP: dict[str, Any] = {
    "start": "received",
    "steps": {"accept": "接办", "rate": "评价"},
    "stages": {
        "received": {"label": "待接办", "kind": "open", "step": "accept", "term": "1wd"},
        "handling": {"label": "处置中", "kind": "open"},
        "replied": {"label": "待评价", "kind": "waiting", "term": "7d"},
        "closed": {"label": "已办结", "kind": "closed", "step": "rate"},
    },
    "transitions": [
        {"id": "assign", "label": "交办", "from": ["received"], "to": "handling",
         "who": {"dispatcher": "area"}, "effects": ["open_tasks"]},
        {"id": "report", "label": "反馈", "from": ["handling"], "to": "replied",
         "once": "all_done", "who": {"handler": "task"}, "effects": ["finish_task"], "usual": True},
        {"id": "comment", "label": "补充", "from": ["handling"], "who": {"handler": "seen"}},
        {"id": "rate", "label": "评价", "from": ["replied"], "to": "received", "once": "low",
         "who": {"resident": "own"}, "effects": ["record_rating", "reopen"]},
        {"id": "rate", "label": "评价", "from": ["replied"], "to": "closed", "once": "high",
         "who": {"resident": "own"}, "effects": ["record_rating"]},
    ],
}  # fmt: skip


def changed(*path: Any, to: Any) -> dict[str, Any]:
    """The loop with one thing different; `...` as the last step appends."""
    body = deepcopy(LOOP)
    at = body
    for key in path[:-1]:
        at = at[key]
    if path[-1] is ...:
        at.append(to)
    elif to is None:
        del at[path[-1]]
    else:
        at[path[-1]] = to
    return body


ROW = {"id": "more", "label": "其他", "from": ["handling"], "to": "closed", "who": {}}
FAULTS: list[tuple[str, dict[str, Any], str]] = [
    ("an unknown start", changed("start", to="begin"), "start：没有阶段“begin”"),
    (
        "an unknown target",
        changed("transitions", 0, "to", to="nowhere"),
        "操作 assign：没有阶段“nowhere”",
    ),
    (
        "an unknown source",
        changed("transitions", 0, "from", to=["nowhere"]),
        "操作 assign：没有阶段“nowhere”",
    ),
    (
        "an unknown public step",
        changed("stages", "received", "step", to="begin"),
        "阶段 received：没有步骤“begin”",
    ),
    (
        "an unknown role",
        changed("transitions", 0, "who", to={"boss": "area"}),
        "操作 assign：没有角色“boss”",
    ),
    (
        "a second row for one tap",
        changed("transitions", ..., to=ROW | {"id": "assign", "from": ["received"]}),
        "操作 assign：在阶段“received”里出现了两次",
    ),
    (
        "staff with a resident's right",
        changed("transitions", 0, "who", to={"dispatcher": "own"}),
        "操作 assign：群众只能办自己的诉求，用且只用 own",
    ),
    (
        "a resident with staff's right",
        changed("transitions", 0, "who", to={"resident": "area"}),
        "操作 assign：群众只能办自己的诉求，用且只用 own",
    ),
    (
        "a low score without a high one",
        changed("transitions", 4, to=None),
        "操作 rate：low 和 high 两行必须成对，都记录评分，阶段和人员也相同",
    ),
    (
        "a bad rating that only some may give",
        changed("transitions", 4, "who", to={"resident": "own", "clerk": "area"}),
        "操作 rate：low 和 high 两行必须成对，都记录评分，阶段和人员也相同",
    ),
    (
        "a score that nobody records",
        changed("transitions", 4, "effects", to=[]),
        "操作 rate：low 和 high 两行必须成对，都记录评分，阶段和人员也相同",
    ),
    (
        "a stage nobody reaches",
        changed("stages", "island", to={"label": "孤岛", "kind": "closed"}),
        "这些阶段走不到：island",
    ),
    (
        "a stage nobody leaves",
        changed("transitions", 1, to=ROW | {"to": None}),
        "阶段 handling：从这里走不到办结",
    ),
    (
        "a circle without an end",
        changed("transitions", 4, "to", to="received"),
        "阶段 received：从这里走不到办结",
    ),
    (
        "waiting without an end",
        changed("stages", "replied", "term", to=None),
        "阶段 replied：等待群众的阶段必须写 term",
    ),
    (
        "a term that is none",
        changed("stages", "received", "term", to="soon"),
        "“soon”不是有效的期限",
    ),
    (
        "an effect that does not exist",
        changed("transitions", 0, "effects", to=["explode"]),
        "Input should be",
    ),
    (
        "a key that does not exist",
        changed("transitions", 0, "colour", to="red"),
        "Extra inputs are not permitted",
    ),
]


def test_a_loop_is_a_loop() -> None:
    assert Workflow.model_validate(LOOP).start == "received"


@pytest.mark.parametrize(("body", "words"), [x[1:] for x in FAULTS], ids=[x[0] for x in FAULTS])
def test_refused_in_words_that_name_the_place(body: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Workflow.model_validate(body)
    assert words in str(refused.value)


def test_every_fault_is_said_at_once() -> None:
    body = changed("transitions", 0, "who", to={"boss": "area", "king": "area"})
    body["start"] = "begin"
    with pytest.raises(ValidationError) as refused:
        Workflow.model_validate(body)
    for word in ("begin", "boss", "king"):
        assert f"“{word}”" in str(refused.value)


def test_where_everybody_s_report_leads() -> None:
    workflow = Workflow.model_validate(LOOP)
    assert workflow.all_done("handling") == "replied"
    assert workflow.all_done("received") is None
