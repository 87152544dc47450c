"""What does not run as it should: worker, calendar, mail, disk, and data that disagrees.

Cheap checks only: the page they stand on is the first that an administrator opens. What
takes longer is `core.kpi.check`.
"""

import shutil
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from core.access.actor import SYSTEM
from core.access.desk import Look, Office
from core.cases.undelivered import count_by_way
from core.kpi.check import RULES
from core.kpi.finding import Check, Finding, Ground, some
from core.now import local, local_day, now
from core.words import _
from core.words.kept import worded

BEHIND = timedelta(minutes=5)
"""So long may a reminder or an e-mail be due before we call it stuck."""
_LITTLE = 2 * 2**30
"""Bytes on the disk below which we warn."""
QUICK = ("holder", "clock", "closed_clock", "task_clock", "one_lead", "closed_task")
"""Rules of `core.kpi.check` that need no recount."""
_PATIENCE = "1s"
_LIFE = timedelta(minutes=1)


def worker(g: Ground) -> Finding:
    """The worker leads while it holds its lock; what it should have done shows whether it works."""
    title, started = _("后台"), _leader(g.look)
    late = g.look.tx.execute(_LATE, {"at": now() - BEHIND}).one()
    if started is None:
        said = _("后台没有运行：期限提醒、超期升级和邮件都停着。")
        if late.n:
            said += _("已有 {n} 个提醒到点没有发出。", n=f"{late.n:,}")
        return Finding(
            id="worker", title=title, said=said, state="now", n=late.n,
            cure=_("请在服务器上运行 onedoor run（网页和后台一起）或 onedoor worker（只有后台）。"),
        )  # fmt: skip
    if late.n:
        return Finding(
            id="worker", title=title, state="now", n=late.n,
            said=_("后台在运行，但有 {n} 个提醒到点没有发出，最早的应在 {time}。",
                   n=f"{late.n:,}", time=f"{local(late.first):%Y-%m-%d %H:%M}"),
            cure=_("请查看后台日志里以 sweep 开头的警告，里面写着哪件诉求卡住了、为什么。"),
        )  # fmt: skip
    since = f"{local(started):%Y-%m-%d %H:%M}"
    return Finding(id="worker", title=title, said=_("在运行，从 {time} 起没有间断。", time=since))


_LATE = text("""
select count(*) as n, min(next_fire_at) as first from clock
where next_fire_at < :at and stopped_at is null and paused_at is null""")
# The lock that jobs/worker.py holds; who may not see another's session sees no start of it
_LEADER = text("""
select coalesce(a.backend_start, now()) from pg_locks l
left join pg_stat_activity a on a.pid = l.pid
cross join lateral (select hashtext('onedoor worker')::bigint as key) k
where l.locktype = 'advisory' and l.granted and l.objsubid = 1
  and l.database = (select oid from pg_database where datname = current_database())
  and ((l.classid::bigint << 32) | l.objid::bigint) = k.key
limit 1""")


def _leader(look: Look) -> datetime | None:
    return look.tx.scalar(_LEADER)


def calendar(g: Ground) -> Finding:
    """A year that nobody has entered is refused, so deadlines that reach into it stay open."""
    known, year, title = g.world.blueprint.clock_calendar, local_day(now()).year, _("日历")
    missing = next((y for y in (year, year + 1) if not known.knows(y)), None)
    if missing is None:
        said = _("{a} 年和 {b} 年的放假安排都已录入。", a=year, b=year + 1)
        return Finding(id="calendar", title=title, said=said)
    return Finding(
        id="calendar",
        title=title,
        state="now" if missing == year else "soon",
        said=_("{year} 年的放假安排还没有录入，跨到这一年的工作日期限算不出来。", year=missing),
        cure=_(
            "国务院办公厅公布放假通知后（通常在前一年 11 月），"
            "在配置的 calendar 里加上 {year} 年的放假和调休日，再发布。",
            year=missing,
        ),
    )


def undated(g: Ground) -> Finding:
    """Clocks that wait for their calendar."""
    statement = text("select count(*) from clock where due_at is null and stopped_at is null")
    n, title = g.look.tx.scalar(statement) or 0, _("期限")
    if not n:
        return Finding(id="undated", title=title, said=_("每个正在走的时钟都有到期时间。"))
    return Finding(
        id="undated", title=title, state="now", n=n,
        said=_("{n} 个时钟没有到期时间，到点不会提醒。", n=f"{n:,}"),
        cure=_("补录缺少的年份并发布配置；后台随后会自动给它们定下期限。"),
    )  # fmt: skip


def mail(g: Ground) -> Finding:
    """E-mails that do not leave."""
    title, settings = _("邮件"), g.look.settings
    if not settings.smtp_url:
        return Finding(
            id="mail", title=title, state="soon",
            said=_("没有设置邮件服务器，提醒只在系统里显示，不发邮件。"),
            cure=_("需要邮件提醒的，请设置环境变量 ONEDOOR_SMTP_URL（如 smtp://主机:25）后重新启动。"),
        )  # fmt: skip
    waiting = g.look.tx.execute(_WAITING, {"at": now() - BEHIND}).one()
    if waiting.n:
        return Finding(
            id="mail", title=title, state="now", n=waiting.n,
            examples=some(worded(f) for f in (waiting.fault,) if f),
            said=_("{n} 封邮件到时间了还没有发出去。", n=f"{waiting.n:,}"),
            cure=_("请检查邮件服务器的地址、账号和网络；恢复后会自动补发，不用重发。"),
        )  # fmt: skip
    return Finding(id="mail", title=title, said=_("没有积压的邮件。"))


_WAITING = text("""
select count(*) as n, max(nullif(fault, '')) as fault from message
where sent_at is null and try_at is not null and created_at < :at and way = 'email'""")


def addresses(g: Ground) -> Finding:
    """Webhooks and robots that fail at present."""
    title = _("推送接口和机器人")
    rows = g.look.tx.execute(_AILING).all()
    if not rows:
        return Finding(id="addresses", title=title, said=_("没有连不上的推送接口和机器人。"))
    return Finding(
        id="addresses", title=title, state="soon", n=len(rows),
        examples=some(f"{row.name}：{worded(row.fault)}" for row in rows),
        said=_("{n} 个推送接口或机器人最近一次没有发成，正在重试。", n=f"{len(rows):,}"),
        cure=_("请按原因核对地址，或联系对方系统的管理员；恢复后会自动补发。"),
    )  # fmt: skip


_AILING = text("""
select coalesce(p.name, u.name, '') as name, a.fault from address a
left join person p on p.id = a.person_id left join unit u on u.code = a.unit
where a.faults > 0 order by a.faults desc, a.id""")


def undelivered(g: Ground) -> Finding:
    """Messages that were given up, by whatever way."""
    title, found = _("未送达消息"), count_by_way(g.look)
    n = sum(count for count, _fault in found.values())
    if not n:
        return Finding(id="undelivered", title=title, said=_("没有发不到、已放弃的消息。"))
    return Finding(
        id="undelivered", title=title, state="soon", n=n,
        examples=some(dict.fromkeys(worded(fault) for _n, fault in found.values() if fault)),
        said=_("{n} 条消息发不到，已放弃；系统内的消息不受影响。", n=f"{n:,}"),
        cure=_("请看看原因：改好邮箱或地址以后再发一次，或者作废。"),
    )  # fmt: skip


def disk(g: Ground) -> Finding:
    """A full disk stops everything."""
    title, home = _("磁盘"), g.look.settings.home
    try:
        space = shutil.disk_usage(home)
    except OSError:
        return Finding(id="disk", title=title, said=_("数据目录所在的磁盘读不到大小。"))
    free = f"{space.free / 2**30:,.1f}"
    if space.free >= max(_LITTLE, space.total // 50):
        return Finding(id="disk", title=title, said=_("还有 {n} GB 可用。", n=free))
    return Finding(
        id="disk", title=title, state="now",
        said=_("数据目录所在的磁盘只剩 {n} GB，写满后任何诉求都存不进来。", n=free),
        cure=_("请清理磁盘或扩容；数据目录是 {home}。", home=home),
    )  # fmt: skip


SYMPTOMS: tuple[Check, ...] = (worker, calendar, undated, mail, addresses, undelivered, disk)


def invariants(office: Office) -> Finding:
    """The rules that need no recount, as of at most a minute ago."""
    key = (invariants, office.commits)
    broken, done = office.held.get(key, _LIFE, lambda: _quickly(office))
    title = _("数据核对")
    cure = _("请在服务器上运行 onedoor check，把结果发给维护人员；在查清之前不要手工改数据库。")
    if broken:
        examples = some(
            _("{what}，例如 {subject}", what=str(RULES[rule][0]), subject=subject)
            for rule, subject in broken.items()
        )
        return Finding(
            id="invariants", title=title, state="now", n=len(broken), examples=examples,
            said=_("有 {n} 项对不上。", n=len(broken)), cure=cure,
        )  # fmt: skip
    if left := len(QUICK) - done:
        said = _("{n} 项没有在页面上核对完：数据太多，请用“完整核对”或 onedoor check。", n=left)
        return Finding(id="invariants", title=title, said=said)
    said = _("快速核对的 {n} 项都对得上。", n=len(QUICK))
    return Finding(id="invariants", title=title, said=said)


def _quickly(office: Office) -> tuple[dict[str, str], int]:
    """Broken rules with an example, and how many were looked at: each has a little patience."""
    broken, done = dict[str, str](), 0
    for rule in QUICK:
        try:
            with office.look(SYSTEM) as look:
                look.tx.execute(text(f"set local statement_timeout = '{_PATIENCE}'"))
                if subject := next(iter(RULES[rule][1](look, None)), None):
                    broken[rule] = subject
            done += 1
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", "") != "57014":  # query_canceled
                raise
    return broken, done
