"""Lists of work as tables to take away: cases' own columns, the inbox, dead letters."""

from dataclasses import asdict
from typing import Any

from core.access.desk import Work
from core.access.taken import MOST, Table, taken
from core.blueprint.world import World
from core.cases.inbox import ASKED, HELD, inbox
from core.cases.queries import CaseLine
from core.cases.undelivered import DeadFilter, undelivered
from core.rules.addresses import LABELS
from core.rules.masking import mask_text
from core.words import _, pick


def case_head() -> list[str]:
    """The columns that every list of cases begins with."""
    return [_("编号"), _("标题"), _("区划"), _("办理单位"), _("环节"), _("受理时间"), _("办理期限")]


def case_cells(world: World, line: CaseLine) -> tuple[Any, ...]:
    """A case under `case_head`."""
    stage = world.blueprint.workflow.stages.get(line.stage)
    return (
        line.number, mask_text(line.title), world.area_path(line.area),
        world.units.name(line.holder), pick(stage.label) if stage else line.stage,
        line.received_at, line.due_at,
    )  # fmt: skip


def inbox_table(work: Work) -> Table:
    """What stands in the actor's inbox, in its order.

    Raises:
        NotPermitted: without `case:act`.
    """
    world, kinds = work.world, work.world.blueprint.demands
    rows = [
        (
            *case_cells(world, i.case), world.units.name(i.unit),
            "" if i.state in (HELD, ASKED) else _("主办") if i.lead else _("协办"),
            i.first_due, mask_text(i.note),
            _("、").join(pick(kinds[d.kind].label) if d.kind in kinds else d.kind for d in i.asked),
            i.case.chased,
        )
        for i in inbox(work, limit=MOST + 1)
    ]  # fmt: skip
    head = [
        *case_head(), _("承办单位"), _("主办或协办"), _("最近期限"), _("交办意见"), _("要求"),
        _("催办次数"),
    ]  # fmt: skip
    return taken(work, "inbox.export", head, rows, {})


def undelivered_table(work: Work, f: DeadFilter) -> Table:
    """The dead letters that the filter finds, newest first; addresses stay masked.

    Raises:
        NotPermitted: without `message:manage`.
        Invalid: too many.
    """
    head = [
        _("时间"), _("方式"), _("收件人"), _("用户名"), _("消息"), _("诉求编号"), _("地址"),
        _("原因"), _("发送次数"),
    ]  # fmt: skip
    ways = {"email": _("邮件"), **LABELS}
    rows = [
        (
            m.created_at, str(ways.get(m.way, m.way)), m.name, m.username, m.about, m.number,
            m.address, m.fault, m.attempts,
        )
        for m in undelivered(work, f, limit=MOST + 1).lines
    ]  # fmt: skip
    return taken(work, "undelivered.export", head, rows, asdict(f))
