"""The configuration's closed vocabulary in a clerk's words."""

from core.blueprint.world import World
from core.places.imports.areas import LEVEL_LABELS
from core.places.imports.units import KIND_LABELS
from core.rules.addresses import LABELS
from core.rules.routing import To, When
from core.words import Text, _, lazy, pick
from pages.ui.choices import categories
from pages.ui.system.people import role_names

EFFECTS: dict[str, Text] = {
    "open_tasks": lazy("给主办、协办单位开任务并计时，原任务收回"),
    "add_tasks": lazy("给增加的协办单位开任务并计时"),
    "withdraw_tasks": lazy("收回没办完的任务"),
    "sign_task": lazy("本单位签收任务"),
    "return_task": lazy("本单位退回任务"),
    "finish_task": lazy("本单位的任务办完"),
    "rework": lazy("主办单位的任务重新开始"),
    "take": lazy("由本单位承办"),
    "pass_up": lazy("由上一级单位承办"),
    "to_sender": lazy("回到交办的单位"),
    "record_reply": lazy("记下给群众的答复，诉求时限停止"),
    "retract_reply": lazy("答复作废，诉求时限接着走"),
    "record_rating": lazy("记下评价"),
    "reopen": lazy("重新办理，时限重新起算"),
    "resolve_now": lazy("当场答复，不开任务"),
    "ask": lazy("提出要求，对方收到后计时"),
    "acknowledge": lazy("签收要求"),
    "feed_back": lazy("反馈要求，提出人马上知道"),
    "settle": lazy("认可反馈，要求办结"),
    "press": lazy("反馈不够，重新计时再办"),
    "urge": lazy("没有反馈的再提醒一次，排到最前"),
    "withdraw_demand": lazy("撤回要求"),
    "grant": lazy("同意申请，照申请执行"),
    "refuse": lazy("不同意申请，维持原状"),
    "pause": lazy("暂停计时"),
    "resume": lazy("恢复计时，剩多少接着算多少"),
    "go_on": lazy("群众补充后恢复计时"),
    "chase": lazy("催办次数加一，排到最前"),
    "grade": lazy("评定难易"),
    "designate": lazy("指定承办，不能再退回"),
    "conclude": lazy("结束会商或会诊"),
    "promise": lazy("登记承诺，到期回访"),
    "keep": lazy("承诺已兑现"),
    "break_promise": lazy("承诺未兑现"),
    "review": lazy("记下代表评议，不满意的要向代表反馈"),
    "call_back": lazy("记下回访结果，联系上的才算有效"),
    "to_first": lazy("由首接单位重新主办"),
    "merge": lazy("并入另一件，一次答复告知"),
    "keep_up": lazy("时限随主件"),
    "separate": lazy("取消并案"),
    "split": lazy("另立一件"),
    "returnable": lazy("指定承办的除外"),
    "sum_up": lazy("协办先反馈，主办汇总"),
}
TOLD: dict[str, Text] = {
    "tasks": lazy("被交办的单位"),
    "holder": lazy("承办单位"),
    "centre": lazy("说事中心"),
    "registrar": lazy("登记人"),
}
RELATIONS: dict[str, Text] = {
    "area": lazy("本区域的{role}"),
    "holder": lazy("承办单位的{role}"),
    "task": lazy("有任务单位的{role}"),
    "lead": lazy("主办单位的{role}"),
    "own": lazy("{role}本人"),
    "registered": lazy("登记这件诉求的{role}"),
    "asked": lazy("收到要求单位的{role}"),
    "asker": lazy("提出要求的{role}"),
    "stand_in": lazy("提出人账号停用后，本区域的{role}"),
}
ONCE: dict[str, Text] = {
    "all_done": lazy("各单位都反馈后"),
    "lead": lazy("主办单位退回时"),
    "low": lazy("评价不满意时"),
    "high": lazy("评价满意时"),
}
STAGE_KINDS: dict[str, Text] = {
    "open": lazy("正在办"),
    "waiting": lazy("等群众"),
    "closed": lazy("已办结"),
}
RECIPIENTS: dict[str, Text] = {
    "handler": lazy("承办单位的每个人"),
    "head": lazy("承办单位负责人"),
    "centre": lazy("辖区的调度员"),
    "leader": lazy("县领导"),
    "registrar": lazy("登记人"),
    "asker": lazy("提出要求的人"),
}
ANSWERS: dict[str, Text] = {
    "decision": lazy("同意或不同意"),
    "feedback": lazy("反馈并被认可"),
    "note": lazy("只作记录"),
}
ASKED: dict[str, Text] = {
    "given": lazy("提出人写明的单位"),
    "lead": lazy("主办单位"),
    "first": lazy("首接单位"),
    "head": lazy("本单位负责人"),
    "centre": lazy("最近的说事中心"),
    "above": lazy("上一级单位"),
    "sender": lazy("交办的单位"),
    "own": lazy("本单位"),
}
WAYS: dict[str, Text] = {
    "app": lazy("系统消息"),
    "email": lazy("邮件"),
    **LABELS,
}
FIELD_TYPES: dict[str, Text] = {
    "text": lazy("文字"),
    "long": lazy("长文字"),
    "number": lazy("数字"),
    "date": lazy("日期"),
    "time": lazy("时间"),
    "choice": lazy("单选"),
    "choices": lazy("多选"),
    "yes": lazy("是否"),
    "phone": lazy("电话"),
    "unit": lazy("单位"),
    "units": lazy("几个单位"),
    "files": lazy("附件"),
    "score": lazy("评分"),
    "category": lazy("类别"),
    "area": lazy("区划"),
}
SECTIONS: dict[str, Text] = {
    "id": lazy("代号"),
    "name": lazy("名称"),
    "county_name": lazy("县名"),
    "root": lazy("服务的区划"),
    "door": lazy("群众页面"),
    "steps_note": lazy("步骤说明"),
    "inlets": lazy("渠道"),
    "kinds": lazy("性质"),
    "urgencies": lazy("紧急程度"),
    "categories": lazy("类别"),
    "duties": lazy("职责"),
    "units": lazy("单位模板"),
    "roles": lazy("角色名称"),
    "difficulties": lazy("难易程度"),
    "demands": lazy("要求的种类"),
    "workflow": lazy("流程"),
    "triage": lazy("自动归类"),
    "dispatch": lazy("派单表"),
    "deadlines": lazy("时限表"),
    "ladders": lazy("提醒阶梯"),
    "calendar": lazy("日历"),
    "hours": lazy("办公时间"),
    "rating": lazy("评价"),
    "callbacks": lazy("回访"),
    "kpis": lazy("指标"),
    "assessments": lazy("考核"),
    "defaults": lazy("默认值"),
}


def who_words(world: World, who: dict[str, str]) -> list[str]:
    """「本区域的调度员、受理员」: everybody who may, by what makes them."""
    names = role_names(world) | {"resident": _("群众"), "system": _("系统自动")}
    by: dict[str, list[str]] = {}
    for role, how in who.items():
        by.setdefault(how if role != "system" else "seen", []).append(names.get(role, role))
    said = {how: _("、").join(roles) for how, roles in by.items()}
    return [
        _(RELATIONS[how].message, role=roles) if how in RELATIONS else roles
        for how, roles in said.items()
    ]


def when_words(world: World, when: When) -> str:
    """A row's conditions; all of them must hold."""
    b, sep = world.blueprint, _("、")
    known = categories(world)
    stages = {s: pick(stage.label) for s, stage in b.workflow.stages.items()}
    said = []
    for name, codes, words in (
        (_("类别"), when.category, known),
        (_("地点"), when.area, {a: world.area_name(a) for a in when.area}),
        (_("性质"), when.kind, {k: pick(v) for k, v in b.kinds.items()}),
        (_("紧急程度"), when.urgency, {k: pick(v) for k, v in b.urgencies.items()}),
        (_("渠道"), when.inlet, {k: pick(v) for k, v in b.inlets.items()}),
        (_("环节"), when.stage, stages),
        (_("难易"), when.difficulty, {k: pick(v) for k, v in b.difficulties.items()}),
    ):
        if codes:
            names = sep.join(words.get(c, c) for c in codes)
            said.append(_("{name}是{values}", name=name, values=names))
    if when.words:
        said.append(_("提到{values}中任何一个", values=sep.join(f"“{w}”" for w in when.words)))
    if when.all_words:
        said.append(_("同时提到{values}", values=sep.join(f"“{w}”" for w in when.all_words)))
    return _("，并且").join(said) or _("其余所有诉求")


def to_words(world: World, to: To) -> str:
    """Whom a row means: one unit, or the nearest that fits, going up from the place."""
    if to.unit:
        return world.units.name(to.unit)
    level = str(LEVEL_LABELS[to.level]) if to.level else ""
    kind = str(KIND_LABELS.get(to.kind, to.kind)) if to.kind else ""
    if to.duty:
        duty = pick(world.blueprint.duties.get(to.duty, to.duty))
        return _("最近的{level}“{duty}”{kind}", level=level, duty=duty, kind=kind or _("单位"))
    return _("最近的{level}{kind}", level=level, kind=kind or str(KIND_LABELS["centre"]))
