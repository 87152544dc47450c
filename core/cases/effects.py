"""What actions do. A workflow row names effects from this closed list; there are no others.

Each effect says which fields it asks for (`FIELDS`) and changes the case through `Step`.
"""

from collections.abc import Callable, Container

from core.cases import answering, checking, deciding, demands, joint
from core.cases.step import Step
from core.errors import Invalid
from core.ledger.change import Rated
from core.rules.case import CASE_CLOCK, DONE, OPENED, RETURNED, SIGNED
from core.rules.forms import Field
from core.rules.workflow import Effect
from core.words import _, lazy


def _field(name: str, label: str, kind: str = "long", **more: object) -> Field:
    more.setdefault("max", 2000 if kind == "long" else 200)
    return Field(id=name, label=label, type=kind, **more)  # pyright: ignore[reportArgumentType]


_LABELS = (
    lazy("主办单位"), lazy("协办单位"), lazy("交办意见"), lazy("退回理由"), lazy("办理结果"),
    lazy("办理凭证"), lazy("答复内容"), lazy("评分"), lazy("评价理由"), lazy("评价内容"),
    lazy("评价方"), lazy("重办理由"), lazy("说明"), lazy("办理情况"), lazy("补充要求"),
    lazy("何时前反馈"), lazy("意见"), lazy("不同意的理由"), lazy("请群众补充什么"),
    lazy("等到哪天"), lazy("难易程度"), lazy("会商纪要"), lazy("结论"), lazy("协议内容"),
    lazy("承诺事项（每行一项，日期在前）"), lazy("未兑现的情况"), lazy("是否满意"),
    lazy("意见建议"), lazy("是否联系上"), lazy("回访记录"), lazy("并入哪件诉求（编号）"),
    lazy("并案的理由"), lazy("单独办理的内容"), lazy("类别"),
)  # fmt: skip
"""The labels below, known to the translators."""

NOTE = _field("note", "说明")
FIELDS: dict[Effect, tuple[Field, ...]] = {
    "open_tasks": (
        _field("lead", "主办单位", "unit", required=True),
        _field("assist", "协办单位", "units"),
        _field("note", "交办意见"),
    ),
    "add_tasks": (
        _field("assist", "协办单位", "units", required=True),
        _field("note", "交办意见"),
    ),
    "return_task": (_field("reason", "退回理由", required=True),),
    "finish_task": (
        _field("result", "办理结果", required=True, max=5000),
        _field("evidence", "办理凭证", "files"),
    ),
    "rework": (_field("reason", "退回理由", required=True),),
    "pass_up": (_field("reason", "说明", required=True),),
    "record_reply": (_field("text", "答复内容", required=True, max=10_000),),
    "resolve_now": (_field("text", "答复内容", required=True, max=10_000),),
    "record_rating": (
        _field("score", "评分", "score", required=True),
        _field("reasons", "评价理由", "choices"),
        _field("text", "评价内容", max=1000),
        _field("party", "评价方", "choice"),
    ),
    "retract_reply": (_field("reason", "退回理由", required=True),),
    "reopen": (_field("reason", "重办理由", required=True),),
    "feed_back": (
        _field("text", "办理情况", required=True, max=5000),
        _field("evidence", "办理凭证", "files"),
    ),
    "settle": (_field("note", "意见"),),
    "press": (
        _field("text", "补充要求", required=True),
        _field("due", "何时前反馈", "date", future=True),
    ),
    "urge": (
        _field("text", "补充要求"),
        _field("due", "何时前反馈", "date", future=True),
    ),
    "withdraw_demand": (_field("note", "说明"),),
    "grant": (_field("note", "意见"),),
    "refuse": (_field("reason", "不同意的理由", required=True),),
    "pause": (
        _field("reason", "请群众补充什么", required=True),
        _field("until", "等到哪天", "date", future=True),
    ),
    "grade": (_field("difficulty", "难易程度", "choice", required=True),),
    "designate": (_field("minutes", "会商纪要", required=True, max=5000),),
    "conclude": (_field("minutes", "结论", required=True, max=5000),),
    "promise": (
        _field("agreement", "协议内容", required=True, max=5000),
        _field("promises", "承诺事项（每行一项，日期在前）", required=True, max=5000),
    ),
    "keep": (_field("note", "说明"),),
    "break_promise": (_field("reason", "未兑现的情况", required=True),),
    "review": (
        _field("score", "评分", "score", required=True),
        _field("satisfied", "是否满意", "yes"),
        _field("suggestion", "意见建议"),
    ),
    "call_back": (
        _field("reached", "是否联系上", "yes", required=True),
        _field("score", "评分", "score"),
        _field("text", "回访记录"),
    ),
    "merge": (
        _field("into", "并入哪件诉求（编号）", "text", required=True, max=40),
        _field("reason", "并案的理由"),
    ),
    "separate": (_field("reason", "说明", required=True),),
    "split": (
        _field("body", "单独办理的内容", required=True, max=5000),
        _field("category", "类别", "category"),
    ),
}


def open_tasks(step: Step) -> None:
    """Hand the case to a lead unit and to assisting ones."""
    data = step.data
    lead = demands.askable(step, data["lead"], "lead")
    assist = [demands.askable(step, u, "assist") for u in data.get("assist", ())]
    if lead in assist:
        raise Invalid(_("主办单位不能同时是协办单位"), field="assist")
    withdraw_tasks(step, again=(lead, *assist))
    for unit in (lead, *assist):
        step.open_task(unit, lead=unit == lead, note=data.get("note", ""))
    step.hold(lead)


def add_tasks(step: Step) -> None:
    """Bring in further assisting units."""
    running = {t.unit for t in step.file.running_tasks()}
    for unit in step.data["assist"]:
        demands.askable(step, unit, "assist")
        if unit in running:
            raise Invalid(
                _("{unit}已经在办理这件诉求", unit=step.world.units.name(unit)), field="assist"
            )
    for unit in step.data["assist"]:
        step.open_task(unit, lead=False, note=step.data.get("note", ""))


def withdraw_tasks(step: Step, again: Container[str] = ()) -> None:
    """Take back what nobody has finished; units not asked `again` hear that they may stop."""
    step.withdraw_tasks(again)


def sign_task(step: Step) -> None:
    """The actor's unit takes its task."""
    task = step.file.task_of(step.actor.units, OPENED)
    assert task is not None  # noqa: S101 (rules.may has seen it)
    task.state, task.signed_at = SIGNED, step.at
    step.by_lead = task.lead
    step.change.tasks[task.id] = task


def return_task(step: Step) -> None:
    """The actor's unit gives its task back as wrongly dispatched."""
    task = step.file.task_of(step.actor.units, OPENED, SIGNED)
    assert task is not None  # noqa: S101 (rules.may has seen it)
    task.result = step.data["reason"]
    step.by_lead = task.lead
    step.end_task(task, RETURNED)
    sender = _sender(step, task.opened_by)
    if task.lead:
        withdraw_tasks(step)
        step.hold(sender)
    elif step.world.blueprint.workflow.sums_up(step.file.case.stage):
        sum_up(step)
    step.tell("returned", unit=sender, unit_name=step.world.units.name(task.unit))


def finish_task(step: Step) -> None:
    """The actor's unit reports its result."""
    task = step.file.task_of(step.actor.units, SIGNED)
    assert task is not None  # noqa: S101 (rules.may has seen it)
    task.result = step.data["result"]
    step.by_lead = task.lead
    step.end_task(task, DONE)


def sum_up(step: Step) -> None:
    """Nobody assists any more: the lead is told that it is its turn."""
    lead = next((t for t in step.file.running_tasks() if t.lead), None)
    if lead is not None and not step.file.assisting():
        step.tell("sum_up", unit=lead.unit)


def rework(step: Step) -> None:
    """The report was not good enough: the lead gets its task once more, with a new clock."""
    lead = step.file.finished_lead()
    assert lead is not None  # noqa: S101 (rules.may has seen it)
    unit = demands.askable(step, step.world.units.heir(lead.unit), "")
    again = step.open_task(unit, lead=True, note=step.data["reason"], sender=lead.opened_by)
    again.designated = lead.designated
    step.hold(unit)


def take(step: Step) -> None:
    """The actor's unit becomes the holder."""
    if step.actor.unit:
        step.hold(step.actor.unit)


def pass_up(step: Step) -> None:
    """The unit above the holder becomes the holder; the accused are passed over."""
    case, units = step.file.case, step.world.units
    above = units.unaccused(units.climb(case.holder), case.accused)
    if above is None:
        if "reopen" in step.row.effects:
            return  # nobody is above: whoever has it handles it again
        raise Invalid(_("上面没有可以提级的单位了"))
    withdraw_tasks(step)
    step.hold(above.code)
    step.tell("passed_up", unit=above.code)


def _sender(step: Step, sender: str) -> str:
    """`sender` while it may have the case, else the nearest centre that may."""
    case, units = step.file.case, step.world.units
    sender = units.heir(sender)
    own = [units.units[sender]] if units.is_active(sender) else []
    fit = units.unaccused((*own, *units.ladder(case.area)), case.accused)
    return fit.code if fit else case.holder


def to_sender(step: Step) -> None:
    """The unit that assigned becomes the holder again; the nearest centre if it is gone."""
    lead = next((t for t in reversed(step.file.tasks) if t.lead), None)
    step.hold(_sender(step, lead.opened_by if lead else ""))


def record_reply(step: Step) -> None:
    """The words to the resident; the case's own clock stops."""
    case = step.file.case
    step.answer_counts()
    case.reply = step.data["text"]
    case.replied_at = case.replied_at or step.at
    step.stop_clocks(CASE_CLOCK)


def retract_reply(step: Step) -> None:
    """The reply was not good enough and does not count; its author gains no time by it."""
    case = step.file.case
    case.reply, case.replied_at = "", None
    step.resume_case_clock()


def resolve_now(step: Step) -> None:
    """Solved on the spot: nothing remains to be done by any unit."""
    withdraw_tasks(step)
    record_reply(step)


def record_rating(step: Step) -> None:
    """A score; with several parties the lowest counts, and each gives one a round."""
    case, data = step.file.case, step.data
    party = data.get("party", "")
    if party in case.scores:
        raise Invalid(_("已经评价过了，每次办理只评价一次"), field="party" if party else "score")
    case.scores = {**case.scores, party: data["score"]}
    case.score = min(case.scores.values())
    step.change.ratings.append(
        (
            case.version + 1,
            Rated(
                party=party,
                score=data["score"],
                reasons=data.get("reasons", []),
                text=data.get("text", ""),
            ),
        )
    )


def reopen(step: Step) -> None:
    """The case runs again: no answer counts any more, and a new clock starts."""
    case = step.file.case
    if case.closed_at is None:
        step.answer_counts()
    case.reopened += 1
    case.replied_at = case.closed_at = None
    case.scores = {}
    withdraw_tasks(step)
    to_sender(step)
    step.start_case_clock()


EFFECTS: dict[Effect, Callable[[Step], None]] = {
    "open_tasks": open_tasks,
    "add_tasks": add_tasks,
    "withdraw_tasks": withdraw_tasks,
    "sign_task": sign_task,
    "return_task": return_task,
    "finish_task": finish_task,
    "rework": rework,
    "take": take,
    "pass_up": pass_up,
    "to_sender": to_sender,
    "record_reply": record_reply,
    "retract_reply": retract_reply,
    "record_rating": record_rating,
    "reopen": reopen,
    "resolve_now": resolve_now,
    "returnable": lambda step: None,
    "sum_up": sum_up,
    "ask": demands.ask,
    "acknowledge": answering.acknowledge,
    "feed_back": answering.feed_back,
    "settle": answering.settle,
    "press": answering.press,
    "urge": answering.urge,
    "withdraw_demand": answering.withdraw_demand,
    "grant": deciding.grant,
    "refuse": deciding.refuse,
    "conclude": answering.conclude,
    "keep": answering.keep,
    "break_promise": answering.break_promise,
    "promise": checking.promise,
    "review": checking.review,
    "call_back": checking.call_back,
    "to_first": checking.to_first,
    "pause": joint.pause,
    "resume": joint.resume,
    "go_on": joint.go_on,
    "chase": joint.chase,
    "grade": joint.grade,
    "designate": joint.designate,
    "merge": joint.merge,
    "keep_up": joint.keep_up,
    "separate": joint.separate,
    "split": joint.split,
}
