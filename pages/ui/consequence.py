"""What a tap will do, said before it: who is told, which clock starts, what the resident sees."""

from core.blueprint.world import World
from core.cases.standing import facts_of
from core.rules.case import CLOSED, Case, CaseFile
from core.rules.deadlines import Term
from core.rules.routing import first
from core.rules.workflow import Transition
from core.words import _, lazy, pick

_NEW_CLOCK = ("open_tasks", "add_tasks", "rework")
_TOLD = {
    "tasks": lazy("被交办的单位"),
    "holder": lazy("承办单位"),
    "centre": lazy("说事中心"),
    "registrar": lazy("登记人"),
}


def _term(world: World, case: Case, task: bool) -> str:
    found = first(world.blueprint.deadlines, facts_of(case))
    if found is None:
        return ""
    row = found[0]
    return Term.parse(row.of_task if task else row.case).words()


def _moves(transition: Transition, file: CaseFile, stage: str) -> str:
    """Where the case goes, and on what that hangs."""
    match transition.once:
        case "all_done" if len(file.running_tasks()) > 1:
            return _("所有单位都反馈后，诉求进入“{stage}”。", stage=stage)
        case "lead" if len(file.running_tasks()) > 1:
            return _("主办单位这样做时，诉求回到“{stage}”。", stage=stage)
        case "low" | "high":
            return _("不满意的会重办，满意的就此办结。")
    return _("诉求进入“{stage}”。", stage=stage)


def consequence(world: World, transition: Transition, file: CaseFile) -> str:
    """The sentences before the tap; the county's own note comes first."""
    case, effects = file.case, transition.effects
    said = [pick(transition.note)] if transition.note else []
    target = world.blueprint.workflow.stages.get(transition.target or "")
    if target is not None and transition.target != case.stage:
        said.append(_moves(transition, file, pick(target.label)))
    if any(e in effects for e in _NEW_CLOCK):
        said.append(_("办理时限 {term}，从现在起算。", term=_term(world, case, task=True)))
    if "reopen" in effects and transition.once != "low":
        said.append(_("诉求时限重新起算：{term}。", term=_term(world, case, task=False)))
    if "open_tasks" in effects and file.running_tasks():
        names = _("、").join(world.units.name(t.unit) for t in file.running_tasks())
        said.append(_("{units}还没办完的任务会收回。", units=names))
    above = world.units.unaccused(world.units.climb(case.holder), case.accused)
    if "pass_up" in effects and above is not None:
        said.append(_("由{unit}接手。", unit=above.name))
    if "record_reply" in effects or "resolve_now" in effects:
        said.append(_("群众会看到这段答复，并可以评价。"))
    elif transition.public:
        said.append(_("群众能看到这一步。"))
    if told := [str(_TOLD[a]) for a in transition.notify]:
        said.append(_("会通知{who}。", who=_("、").join(told)))
    if target is not None and target.kind == CLOSED and file.running_tasks():
        said.append(_("没有办完的任务和时限都会停止。"))
    return _sentences(said)


def _sentences(said: list[str]) -> str:
    """One after the other, each with its full stop: a county's note often has none."""
    stop = _("。")
    return "".join(words.rstrip("。.") + stop for words in said).strip()
