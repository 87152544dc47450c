"""What a document says of a case: the words behind the placeholders of `names`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.access.actor import Actor
from core.blueprint.world import World
from core.cases.decide import fields_of
from core.cases.detail import Detail, Identity, Rating, line_label
from core.cases.public import ending
from core.cases.rated import by_rating, written_down
from core.cases.step import LATE_SINCE
from core.now import now
from core.paper.fill import Row
from core.paper.issues import Issue, newest, number_of
from core.paper.kinds import INSTRUCTION, ORDER, PROMISE, Paper
from core.paper.names import WORDS
from core.paper.sentences import JOIN, day, moment, size, value_words
from core.rules import demands
from core.rules.case import DONE, OPENED, RETURNED, SIGNED, WITHDRAWN, Demand, Task
from core.rules.deadlines import describe_left, time_left
from core.rules.forms import Field
from core.rules.masking import mask_address, mask_name, mask_text
from core.words import pick, speaking

_TASKS = {
    OPENED: "待签收", SIGNED: "办理中", DONE: "已反馈", RETURNED: "已退回", WITHDRAWN: "已收回",
}  # fmt: skip


BY_HAND = "　　年　　月　　日"
"""A date that is still to be written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Whose document it is, and what it is about."""

    paper: Paper
    found: Detail
    issue: Issue
    """Which order or instruction, where there are several."""
    actor: Actor
    identity: Identity | None
    """The resident as this document may show them; None: nobody left a name."""
    purpose: str = ""
    """Why the identity is shown, where it is."""


def facts(asked: Asked) -> dict[str, str | Sequence[Row]]:
    """Every placeholder of `names` with its words, in Chinese whoever prints."""
    with speaking("zh_CN"):
        found = asked.found
        return {
            **_document(asked),
            **_appeal(found, plain=bool(asked.purpose)),
            **_person(asked),
            **_handling(found),
            **_answer(found),
            **_instruction(asked),
            **_order(asked),
            "任务": _numbered(_task(found.world, t) for t in found.file.tasks),
            "要求": _numbered(_demand(found.world, d) for d in found.file.demands),
            "约定": _numbered(_promise(d) for d in found.file.demands if d.kind in PROMISE),
            "经过": _numbered(_lines(found)),
            "评价": _numbered(_ratings(found)),
            "附件": _numbered(
                {
                    "名称": f.name,
                    "来源": "群众" if f.by_resident else "工作人员",
                    "大小": size(f.size),
                    "时间": moment(f.uploaded_at),
                }
                for f in found.files
            ),
        }


def _numbered(rows: Any) -> list[Row]:
    return [{"序号": str(n), **row} for n, row in enumerate(rows, 1)]


def _county(world: World) -> str:
    return pick(world.blueprint.county_name) or world.area_name(world.root)


def _document(asked: Asked) -> dict[str, str]:
    world, at, who = asked.found.world, now(), asked.identity
    if who is None:
        said = "反映人没有留下身份信息"
    elif asked.purpose and not who.masked:
        said = f"身份信息仅限本次用途：{asked.purpose}"
    else:
        said = "群众身份信息已隐去"
    return {
        "县名": _county(world),
        "平台名称": pick(world.blueprint.door.title),
        "服务电话": world.blueprint.door.phone,
        "文书名称": str(asked.paper.label),
        "文号": number_of(asked.paper, asked.found.file.case, asked.issue.nth),
        "打印人": asked.actor.name or asked.actor.username,
        "打印单位": asked.actor.unit_name or _county(world),
        "打印日期": day(at),
        "打印时间": moment(at),
        "身份说明": said,
    }


def _appeal(found: Detail, *, plain: bool) -> dict[str, str]:
    case, world = found.file.case, found.world
    b = world.blueprint
    category = b.categories.get(case.category)
    return {
        "诉求编号": case.number,
        "诉求标题": mask_text(case.title),
        "诉求内容": found.body,
        "登记内容": "\n".join(_form(found)),
        "类别": pick(category.label) if category else case.category,
        "性质": pick(b.kinds.get(case.kind, case.kind)),
        "渠道": pick(b.inlets.get(case.inlet, case.inlet)),
        "紧急程度": pick(b.urgencies.get(case.urgency, case.urgency)),
        "地点": world.area_path(case.area),
        "详细地址": case.address if plain else mask_address(case.address),
        "登记时间": moment(case.received_at),
        "登记日期": day(case.received_at),
        "当前环节": _stage(world, case.stage),
        "办结期限": day(case.due_at),
        "期限情况": _standing(found),
        "重办次数": f"{case.reopened} 次",
        "校验码": case.last_hash,
    }


def _stage(world: World, code: str) -> str:
    stage = world.blueprint.workflow.stages.get(code)
    return pick(stage.label) if stage else code


def _standing(found: Detail) -> str:
    case = found.file.case
    if case.replied_at or case.closed_at:
        return "逾期办理" if case.late else "按期办理"
    if case.due_at is None:
        return "未定期限"
    left = describe_left(time_left(now(), case.due_at, found.world.blueprint.clock_calendar))
    return f"{left}（曾超期）" if case.late else left


def _form(found: Detail) -> list[str]:
    case, world = found.file.case, found.world
    category = world.blueprint.categories.get(case.category)
    own = {f.id: f for f in (category.fields if category else ())}
    own["happened_at"] = Field(id="happened_at", label="发生时间", type="time")
    return [
        f"{pick(own[name].label)}：{mask_text(value_words(world, own[name], value))}"
        for name, value in case.form.items()
        if name in own and value not in (None, "", [])
    ]


def _person(asked: Asked) -> dict[str, str]:
    case, who = asked.found.file.case, asked.identity
    nobody = "匿名" if case.anonymous else "未留姓名"
    plain = who is not None and not who.masked
    return {
        "反映人": (who.name if who else "") or nobody,
        "联系电话": who.phone if who else "",
        "联系地址": who.address if who else "",
        "代谁反映": case.on_behalf if plain else mask_name(case.on_behalf),
    }


def _unit(world: World, code: str) -> str:
    return world.units.name(code) if code else ""


def _units(world: World, tasks: Sequence[Task]) -> str:
    return JOIN.join(dict.fromkeys(world.units.name(t.unit) for t in tasks))


def _handling(found: Detail) -> dict[str, str]:
    world, tasks = found.world, found.file.tasks
    alive = [t for t in tasks if t.state not in (RETURNED, WITHDRAWN)]
    lead = next((t for t in reversed(alive) if t.lead), None)
    by = lead or (alive[-1] if alive else None)
    holder = world.units.name(found.file.case.holder)
    return {
        "承办单位": holder,
        "主办单位": world.units.name(lead.unit) if lead else holder,
        "协办单位": _units(world, [t for t in alive if not t.lead]),
        "交办单位": world.units.name(by.opened_by) if by and by.opened_by else "",
        "交办时间": moment(by.opened_at) if by else "",
        "交办日期": day(by.opened_at) if by else "",
        "交办意见": mask_text(by.note) if by else "",
        "办理期限": moment(lead.due_at) if lead else "",
        "办理结果": mask_text(lead.result) if lead else "",
    }


def _answer(found: Detail) -> dict[str, str]:
    case, world = found.file.case, found.world
    why = ending(found)
    at = case.closed_at if why else case.replied_at
    replied = [e for e in found.timeline if e.at == at] if at else []
    unit = next((e.actor_unit for e in replied if e.actor_unit), "")
    return {
        "答复内容": why or case.reply,
        "答复单位": unit or world.units.name(case.holder),
        "答复日期": day(at),
        "办结日期": day(case.closed_at),
        "满意度": f"{case.score} 分" if case.score else "",
        "协议内容": mask_text(_agreement(found)),
    }


def _agreement(found: Detail) -> str:
    """What was agreed, as it was recorded last."""
    recorded = (e.data.get("agreement") for e in reversed(found.timeline))
    return next((str(said) for said in recorded if said), "")


def _pressed(world: World, asked: Sequence[Demand], name: str, unit: str) -> dict[str, str]:
    """The words of what was asked; empty, to be written by hand, where nothing was."""
    one = asked[0] if asked else None
    answers = [(world.units.name(d.unit), d.answer) for d in asked if d.answer]
    return {
        f"{name}内容": mask_text(one.text) if one else "",
        f"{name}人": one.asker_name if one else "",
        f"{name}单位": _unit(world, one.asker_unit) if one else "",
        f"{name}日期": day(one.opened_at) if one else BY_HAND,
        f"{name}期限": day(one.due_at) if one else "",
        f"{name}反馈": mask_text(
            answers[0][1]
            if len(asked) == 1 and answers
            else "\n".join(f"{who}：{said}" for who, said in answers)
        ),
        unit: JOIN.join(dict.fromkeys(world.units.name(d.unit) for d in asked)),
    }


def _demands(asked: Asked, kinds: frozenset[str]) -> Sequence[Demand]:
    """What the paper itself is about; of what it only mentions, the newest."""
    own = asked.paper.demands == kinds
    return (asked.issue if own else newest(asked.found, kinds)).demands


def _instruction(asked: Asked) -> dict[str, str]:
    given = _demands(asked, INSTRUCTION)
    said = _pressed(asked.found.world, given, "批示", "批示承办单位")
    return {name: words for name, words in said.items() if name in WORDS}


def _order(asked: Asked) -> dict[str, str]:
    said = _pressed(asked.found.world, _demands(asked, ORDER), "督办", "被督办单位")
    said["督办单位"] = said["督办单位"] or asked.actor.unit_name or _county(asked.found.world)
    said["被督办单位"] = said["被督办单位"] or _handling(asked.found)["主办单位"]
    return said


def _task(world: World, task: Task) -> Row:
    return {
        "单位": world.units.name(task.unit),
        "分工": "主办" if task.lead else "协办",
        "状态": _TASKS.get(task.state, task.state),
        "交办时间": moment(task.opened_at),
        "签收时间": moment(task.signed_at),
        "期限": moment(task.due_at),
        "反馈时间": moment(task.done_at),
        "要求": mask_text(task.note),
        "结果": mask_text(task.result),
    }


def _demand(world: World, demand: Demand) -> Row:
    return {
        "种类": demand_label(world, demand.kind),
        "内容": mask_text(demand.text),
        "提出人": demand.asker_name,
        "提出单位": _unit(world, demand.asker_unit),
        "提出时间": moment(demand.opened_at),
        "对象": world.units.name(demand.unit),
        "期限": day(demand.due_at),
        "状态": demand_state(demand),
        "反馈": mask_text(demand.answer),
    }


def demand_label(world: World, kind: str) -> str:
    """The county's name of a kind of demand."""
    known = world.blueprint.demands.get(kind)
    return pick(known.label) if known else kind


def demand_state(demand: Demand) -> str:
    """Where a demand stands."""
    return str(demands.LABELS.get(demand.state, demand.state))


def _promise(demand: Demand) -> Row:
    return {
        "内容": mask_text(demand.text),
        "期限": day(demand.due_at),
        "状态": demand_state(demand),
    }


def _lines(found: Detail) -> list[Row]:
    """The timeline, oldest first: what an archive is read from."""
    world, rows = found.world, []
    for entry in found.timeline:
        steps = [t for t in world.blueprint.workflow.transitions if t.id == entry.action]
        label = line_label(world, entry.action)
        fields = {f.id: f for step in steps for f in fields_of(world, step)}
        said = [
            f"{pick(fields[name].label)}：{mask_text(value_words(world, fields[name], value))}"
            for name, value in entry.data.items()
            if name in fields and value not in (None, "", [])
        ]
        if told := written_down(found, entry):
            said.append(told)
        if since := entry.data.get(LATE_SINCE):
            said.append(f"同意时已超过原期限 {moment(datetime.fromisoformat(since))}，仍按超期计")
        if not steps and (due_at := entry.data.get("due_at")):
            said.append(f"期限 {moment(datetime.fromisoformat(due_at))}")
        rows.append(
            {
                "时间": moment(entry.at),
                "事项": label,
                "经办人": entry.actor_name,
                "单位": entry.actor_unit,
                "环节": _stage(world, entry.to_stage) if entry.to_stage else "",
                "内容": "\n".join(said),
            }
        )
    return rows


def _ratings(found: Detail) -> list[Row]:
    rating, told = found.world.blueprint.rating, by_rating(found)

    def whose(r: Rating) -> str:
        party = pick(rating.parties.get(r.party, r.party)) if r.party else "反映人"
        return f"{party}（{told[r.seq]}）" if r.seq in told else party

    return [
        {
            "时间": moment(r.at),
            "评价方": whose(r),
            "评分": f"{r.score} 分",
            "原因": JOIN.join(pick(rating.reasons.get(c, c)) for c in r.reasons),
            "意见": mask_text(r.text),
        }
        for r in found.ratings
    ]
