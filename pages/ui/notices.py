"""A person's messages as a list; a tap opens the case and marks the message as read."""

from collections.abc import Sequence

from core.cases.notices import InApp
from core.words import _
from pages.ui.markup import empty, esc, href, icon, lines
from pages.ui.times import when

PAGE = 50
_MARKS = {"overdue": "error", "remind": "alarm", "task": "task_alt", "returned": "undo",
          "assessed": "leaderboard"}  # fmt: skip


def notice_list(found: Sequence[InApp], *, only_new: bool) -> str:
    """The page of messages; one more than `PAGE` means that there are older ones."""
    shown = found[:PAGE]
    head = _head(only_new, any(not n.read for n in shown))
    if not shown:
        words = _("没有未读消息") if only_new else _("还没有消息")
        return head + empty(words, _("有任务、退回或期限提醒时会出现在这里。"), "notifications")
    items = "".join(_item(n) for n in shown)
    older = ""
    if len(found) > PAGE:
        to = href("/messages", before=shown[-1].id, only="new" if only_new else "")
        older = f'<nav class="pages"><a class="btn" href="{to}">{esc(_("更早的消息"))}</a></nav>'
    return f'{head}<ol class="notices">{items}</ol>{older}'


def _head(only_new: bool, unread: bool) -> str:
    everything = "" if only_new else ' aria-current="true"'
    new = ' aria-current="true"' if only_new else ""
    clear = (
        f'<button type="button" class="link" data-tap="all">{icon("done_all")}'
        f"{esc(_('全部标为已读'))}</button>"
        if unread
        else ""
    )
    return (
        f'<div class="top"><h1>{esc(_("消息"))}</h1><nav class="tabs">'
        f'<a href="/messages"{everything}>{esc(_("全部"))}</a>'
        f'<a href="{href("/messages", only="new")}"{new}>{esc(_("未读"))}</a></nav>{clear}</div>'
    )


def _item(n: InApp) -> str:
    kind = f"{'read' if n.read else 'new'} {'late' if n.template == 'overdue' else ''}".strip()
    new = f'<span class="sr">{esc(_("未读"))}</span>' if not n.read else ""
    to = href("/assess", **n.leads) if n.leads else href("/case", number=n.number)
    return (
        f'<li class="{kind}"><a href="{to}"'
        f' data-tap="{n.id}:{n.number}">'
        f"{icon(_MARKS.get(n.template, 'mail'))}<span><b>{new}{esc(n.subject)}</b>"
        f"<span>{lines(n.body)}</span></span>{when(n.at)}</a></li>"
    )


def opened(tap: str) -> tuple[list[int] | None, str]:
    """Which messages a tap means (None: all), and the case to go on to."""
    first, _colon, number = tap.partition(":")
    return ([int(first)], number) if first.isdecimal() else (None, "")
