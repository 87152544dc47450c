"""The audit as an auditor reads it: newest first, each line in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Text as Plain
from sqlalchemy import cast, or_, select, tuple_

from core.access.desk import Look, Work
from core.access.taken import MOST, Table, taken
from core.now import local
from core.rules.permissions import Permission
from core.words import Text, _, lazy
from db.models import AuditRow, Person

WORDS: dict[str, Text] = {
    "address.remove": lazy("删除消息地址"),
    "address.save": lazy("填写消息地址"),
    "address.secret": lazy("更换推送接口的签名密钥"),
    "areas.import": lazy("导入区划"),
    "audit.export": lazy("导出审计记录"),
    "assess.appeal": lazy("对考核得分申诉"),
    "assess.appeal.decide": lazy("决定考核申诉"),
    "assess.exclude": lazy("申请从考核中剔除诉求"),
    "assess.exclude.decide": lazy("决定考核剔除"),
    "assess.publish": lazy("公布考核结果"),
    "case.read": lazy("代表查阅诉求"),
    "case.unmask": lazy("查看群众联系方式"),
    "cases.export": lazy("导出诉求"),
    "config.draft": lazy("上传配置草稿"),
    "config.drop": lazy("放弃配置草稿"),
    "config.publish": lazy("发布配置"),
    "grids.import": lazy("导入网格"),
    "paper.replace": lazy("更换文书模板"),
    "paper.restore": lazy("恢复自带文书模板"),
    "message.again": lazy("重新发送未送达的消息"),
    "message.discard": lazy("作废未送达的消息"),
    "inbox.export": lazy("导出待办"),
    "instructions.export": lazy("导出批示台账"),
    "supervision.export": lazy("导出督查清单"),
    "people.disable": lazy("停用账号"),
    "people.enable": lazy("启用账号"),
    "people.export": lazy("导出人员名单"),
    "people.password": lazy("重设密码"),
    "people.password.own": lazy("修改自己的密码"),
    "people.save": lazy("新增或修改人员"),
    "places.export": lazy("导出区划或单位"),
    "plates.import": lazy("导入门牌"),
    "set_up": lazy("建立本县"),
    "sign_in": lazy("登录"),
    "sign_in.locked": lazy("密码多次输错，账号锁定"),
    "sign_in.unknown": lazy("用不存在或已停用的账号登录"),
    "sign_in.wrong": lazy("密码输错"),
    "undelivered.export": lazy("导出未送达消息"),
    "units.import": lazy("导入单位"),
}
"""What was done, by the code that `audit` was given."""
DATA: dict[str, Text] = {
    "address": lazy("地址"),
    "areas": lazy("区划数"),
    "filter": lazy("条件"),
    "n": lazy("条数"),
    "note": lazy("说明"),
    "purpose": lazy("用途"),
    "root": lazy("服务的区划"),
    "rows": lazy("行数"),
    "units": lazy("单位数"),
    "version": lazy("版本"),
    "way": lazy("方式"),
}
"""What is kept beside the subject, by its name."""
NOTEWORTHY = frozenset({"case.unmask", "cases.export", "config.publish", "sign_in.locked"})
"""What an auditor looks for first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailFilter:
    """Which lines; empty fields do not narrow them."""

    who: str = ""
    """Part of a name, or a whole username."""
    what: str = ""
    """A code of `WORDS`."""
    q: str = ""
    """Part of what it was about, or of the particulars."""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailLine:
    """Somebody did something."""

    id: int
    at: datetime
    name: str
    """Empty: nobody was signed in, or the system itself."""
    username: str
    what: str
    subject: str
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Trail:
    """A page of the audit."""

    lines: Sequence[TrailLine]
    cursor: str
    """Where the next page begins; empty: this is the last one."""


def trail(look: Look, f: TrailFilter, *, limit: int = 50, cursor: str = "") -> Trail:
    """Lines of the audit, newest first.

    Args:
        cursor: `Trail.cursor` of the page before; one that is none begins anew.

    Raises:
        NotPermitted: without `audit:read`.
    """
    look.actor.require(Permission.AUDIT_READ)
    a, p = AuditRow, Person
    query = (
        select(a.id, a.at, a.name, p.username, a.what, a.subject, a.data)
        .outerjoin(p, p.id == a.person_id)
        .order_by(a.at.desc(), a.id.desc())
        .limit(limit + 1)
    )
    if f.who:
        query = query.where(or_(a.name.icontains(f.who, autoescape=True), p.username == f.who))
    if f.what:
        query = query.where(a.what == f.what)
    if f.q:
        query = query.where(
            or_(
                a.subject.icontains(f.q, autoescape=True),
                cast(a.data, Plain).icontains(f.q, autoescape=True),
            )
        )
    if f.since:
        query = query.where(a.at >= f.since)
    if f.until:
        query = query.where(a.at < f.until)
    if (place := _place(cursor)) is not None:
        query = query.where(tuple_(a.at, a.id) < place)
    rows = look.tx.execute(query).all()
    lines = [
        TrailLine(
            id=r.id, at=r.at, name=r.name, username=r.username or "", what=r.what,
            subject=r.subject, data=r.data,
        )
        for r in rows[:limit]
    ]  # fmt: skip
    last = lines[-1] if len(rows) > limit else None
    return Trail(lines, f"{last.at.isoformat()}~{last.id}" if last else "")


def trail_table(work: Work, f: TrailFilter) -> Table:
    """The lines that the filter finds, newest first; that they were taken is one more.

    Raises:
        NotPermitted: without `audit:read`.
        Invalid: too many.
    """
    rows = [
        (x.at, x.name, x.username, str(WORDS.get(x.what, x.what)), x.subject, particulars(x.data))
        for x in trail(work, f, limit=MOST + 1).lines
    ]
    head = [_("时间"), _("谁"), _("用户名"), _("做了什么"), _("涉及"), _("具体内容")]
    by = {"who": f.who, "what": f.what, "q": f.q}
    days = {"since": f.since, "until": f.until}
    by |= {name: local(at).date().isoformat() for name, at in days.items() if at}
    return taken(work, "audit.export", head, rows, by)


def particulars(data: Mapping[str, Any]) -> str:
    """「条数 12，用途 核实」: what was kept beside the subject, in words."""
    return _("，").join(
        f"{DATA.get(name, name)} {_plain(value)}"
        for name, value in data.items()
        if value not in (None, "", [], {})
    )


def _plain(value: Any) -> str:
    if isinstance(value, Mapping):
        return _("；").join(f"{k}={v}" for k, v in value.items())
    if isinstance(value, list):
        return _("、").join(str(v) for v in value)
    return str(value)


def _place(cursor: str) -> tuple[datetime, int] | None:
    at, _tilde, number = cursor.partition("~")
    try:
        instant = datetime.fromisoformat(at)
    except ValueError:
        return None
    return (instant, int(number)) if instant.tzinfo and number.isdecimal() else None
