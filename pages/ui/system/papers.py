"""Templates of the county's papers: what is in use, its own in place of the shipped one."""

import streamlit as st

from core.access.actor import Actor
from core.errors import OneDoorError
from core.open import office
from core.paper.check import MOST_BYTES
from core.paper.kinds import PAPERS
from core.paper.make import DOCX_TYPE, PDF_TYPE
from core.paper.names import LISTS, WORDS
from core.paper.pdf.draw import to_pdf
from core.paper.templates import Template, replace, restore, templates, trial
from core.rules.permissions import Permission
from core.words import _, locale
from pages.ui.flash import flash
from pages.ui.markup import esc, icon, notice, tag
from pages.ui.system.parts import give, table
from pages.ui.taps import taps
from pages.ui.times import when

_CHOSEN = "od_paper"


def papers_panel(actor: Actor) -> None:
    """Everything about templates."""
    with office().look(actor) as look:
        found = templates(look)
    may = Permission.CONFIG_WRITE in actor.permissions
    words = _("打印时用下面的模板。可以下载自带的，在 Word 里改成本县的式样，再上传换上。")
    head = (_("文书"), _("现在用的模板"), _("谁换的"), _("什么时候"), _("操作"))
    tap = taps(
        f'<p class="quiet">{esc(words)}</p>' + table(head, [_row(t) for t in found]), key="papers"
    )
    what, _colon, paper_id = (tap or "").partition(":")
    if what == "open" and paper_id in PAPERS:
        st.session_state[_CHOSEN] = paper_id
    chosen = next((t for t in found if t.paper.id == st.session_state.get(_CHOSEN)), None)
    if chosen is not None:
        _one(actor, chosen, may=may)
    st.html(f'<h2 class="group">{esc(_("占位符一览"))}</h2>' + _names())


def _row(t: Template) -> tuple[str, ...]:
    state = (
        f"{tag(_('本县第 {n} 版', n=t.version), 'blue')} {esc(t.name)}" if t.own else tag(_("自带"))
    )
    button = (
        f'<button type="button" class="link" data-tap="open:{t.paper.id}">{icon("tune")}'
        f"{esc(_('管理'))}</button>"
    )
    by = t.by or (_("命令行") if t.at else "—")
    return (
        f"<b>{esc(t.paper.label)}</b> <span class='quiet'>{esc(t.paper.about)}</span>",
        state,
        esc(by),
        when(t.at),
        button,
    )


def _one(actor: Actor, t: Template, *, may: bool) -> None:
    """One paper: take its template away, try it, replace it, go back."""
    label = str(t.paper.label)
    st.html(f'<h2 class="group">{esc(label)}</h2>')
    if t.unread:
        said = _("、").join(str(u) for u in t.unread)
        words = _("这份模板里的{what}只在 Word 里显示，PDF 里不显示。", what=said)
        st.html(notice(words, "warn", "warning"))
    with st.container(horizontal=True, vertical_alignment="center"):
        name = t.name or f"{label}.docx"
        give(_("下载模板"), name, t.content, key=f"paper_docx:{t.paper.id}", mime=DOCX_TYPE)
        if st.button(_("看样张"), key=f"paper_try:{t.paper.id}", icon=":material/visibility:"):
            _try(actor, t)
        back = may and t.own and st.button(_("换回自带模板"), key=f"paper_back:{t.paper.id}")
    if back:
        _back(actor, t)
    if may:
        _upload(actor, t)


def _try(actor: Actor, t: Template) -> None:
    """An invented case on this template, to be looked at."""
    try:
        with office().look(actor) as look:
            document = trial(look, t.paper.id)
        with st.spinner(_("正在排版……")):
            content = to_pdf(document)
    except OneDoorError as refusal:
        st.html(notice(refusal.message, "warn", "error"))
        return
    give(_("打开样张"), f"{t.paper.label}.pdf", content, key=f"paper_pdf:{t.paper.id}",
         mime=PDF_TYPE, symbol="print", opens=True, main=True)  # fmt: skip


def _upload(actor: Actor, t: Template) -> None:
    n = st.session_state.setdefault("od_paper_n", 0)
    file = st.file_uploader(
        _("新模板（Word 文档 .docx，不超过 {n} MB）", n=MOST_BYTES // 2**20),
        key=f"paper:{t.paper.id}:{n}",
        max_upload_size=MOST_BYTES // 2**20,
    )
    if file is None:
        return
    if not st.button(_("检查并换上"), key=f"paper_put:{t.paper.id}", type="primary"):
        return
    try:
        with office().work(actor) as work:
            version = replace(work, t.paper.id, file.getvalue(), file.name)
    except OneDoorError as refusal:
        st.html(notice(refusal.message, "warn", "error"))
    else:
        st.session_state["od_paper_n"] += 1  # the next upload begins with an empty box
        flash(_("已换上{paper}的第 {n} 版模板", paper=str(t.paper.label), n=version))
        st.rerun()


def _back(actor: Actor, t: Template) -> None:
    try:
        with office().work(actor) as work:
            restore(work, t.paper.id)
    except OneDoorError as refusal:
        st.html(notice(refusal.message, "warn", "error"))
    else:
        flash(_("{paper}已换回自带模板", paper=str(t.paper.label)))
        st.rerun()


def _names() -> str:
    """The placeholders, as they are written; they are Chinese in every language."""
    hint = _(
        "写法：在 Word 里输入两个半角花括号，如 {{{{诉求标题}}}}。带点的是列表：写在表格的一行里，"
        "那一行会按条数重复。",
        n=0,
    )
    rows = [(f"<code>{{{{{esc(n)}}}}}</code>", esc(_(meaning))) for n, meaning in WORDS.items()]
    for name, (meaning, columns) in LISTS.items():
        named = " ".join(f"<code>{{{{{esc(name)}.{esc(c)}}}}}</code>" for c in columns)
        rows.append((named, esc(_(meaning))))
    only = notice(_("占位符一律用中文。")) if locale() == "en" else ""
    return f'{only}<p class="quiet">{esc(hint)}</p>' + table((_("占位符"), _("意思")), rows)
