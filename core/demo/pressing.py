"""What leaders, supervisors and deputies ask on the demo county's cases, through the commands."""

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import select

from core.access.actor import SYSTEM, Actor
from core.access.desk import Office
from core.access.sessions import _PERSON, actor_of
from core.blueprint.store import get_fact, set_fact
from core.cases.act import act
from core.cases.queries import CaseFilter, list_cases
from core.demo.people import ACCOUNTS, HANDLER_UNIT, TOWNSHIP
from core.errors import OneDoorError
from core.now import local_day, now
from core.oversight.instruct import instruct_cases
from db.models import Person

_FACT = "demo_pressed"
LATE = CaseFilter(unit=HANDLER_UNIT, stage_kind="open", overdue=True, order="due")
LIVE = CaseFilter(unit=HANDLER_UNIT, stage_kind="open", order="due")
CLOSED = CaseFilter(area=TOWNSHIP, stage_kind="closed")
_MORE_TIME = timedelta(days=21)
_SENT = {"text": "已派人处理，明日办结"}


def press(office: Office) -> int:
    """Chases, orders, instructions, reviews, call-backs and requests, once; returns how many."""
    with office.work(SYSTEM) as work:
        if get_fact(work.tx, _FACT) is not None:
            return 0
        set_fact(work.tx, _FACT, {"pressed": True})
    who = _accounts(office)
    if not {"supervisor", "leader", "deputy", "handler", "clerk"} <= who.keys():
        return 0
    late, live = _numbers(office, LATE, 8), _numbers(office, LIVE, 200, in_time=True)
    closed = _numbers(office, CLOSED, 8)
    longer = {"reason": "配件从外地采购，还在路上", "until": str(local_day(now()) + _MORE_TIME)}
    asked = [
        *((who["supervisor"], n, "chase", {"text": "群众多次来电，请今天就办"}) for n in late[:4]),
        *((who["supervisor"], n, "supervise", {"text": "限期办结并书面反馈"}) for n in late[2:5]),
        *((who["supervisor"], n, "talk", {"text": "约谈单位负责人"}) for n in late[:1]),
        *((who["handler"], n, "acknowledge", {}) for n in late[4:5]),
        *((who["handler"], n, "feedback", _SENT) for n in late[4:5]),
        *((who["handler"], n, "pause", {"reason": "等群众提供购房合同"}) for n in live[2:3]),
        *((who["handler"], n, "extend", longer) for n in live[:2]),
        *((who["deputy"], n, "review", {"score": s, **_said(s)}) for n, s in zip(
            closed, (5, 4, 2), strict=False)),
        *((who["supervisor"], n, "draw", {"text": "随机抽查"}) for n in closed[3:6]),
        *((who["clerk"], n, "callback", {"reached": True, "score": 5}) for n in closed[3:4]),
    ]  # fmt: skip
    done = sum(_tried(office, *step) for step in asked)
    urgent = live[3:6] or live or late[:3]
    if urgent:
        with office.work(who["leader"]) as work:
            data = {"text": "请住建局马上处理，三日内报结果", "to": [HANDLER_UNIT]}
            instruct_cases(work, urgent, data)
        done += 1 + _tried(office, who["handler"], urgent[0], "feedback", _SENT)
    return done


def _said(score: int) -> dict[str, str]:
    return {"suggestion": "问题没有根本解决，请重新办理"} if score < 3 else {}


def _accounts(office: Office) -> dict[str, Actor]:
    names = [account.username for account in ACCOUNTS]
    with office.look(SYSTEM) as look:
        rows = look.tx.execute(select(*_PERSON).where(Person.username.in_(names)))
        return {row.username: actor_of(look, row) for row in rows}


def _numbers(office: Office, wanted: CaseFilter, most: int, *, in_time: bool = False) -> list[str]:
    with office.look(SYSTEM) as look:
        lines = list_cases(look, wanted, limit=most).lines
        return [n.number for n in lines if not in_time or (n.due and n.due > now())]


def _tried(
    office: Office, actor: Actor, number: str, action: str, data: Mapping[str, object]
) -> int:
    """1 if it could be done; a case that stands elsewhere by now is passed over."""
    try:
        with office.work(actor) as work:
            act(work, number, action, data)
    except OneDoorError:
        return 0
    return 1
