"""Importing a table: template, file, bar, and what became of each row."""

import io
import tempfile
from collections.abc import Callable
from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.runtime.uploaded_file_manager import UploadedFile

from core.access.actor import Actor
from core.errors import OneDoorError
from core.open import office
from core.places.importing import TABLES, Report, Upload, write_passwords, write_rejected
from core.places.templates import columns_of, template
from core.words import _
from pages.ui.markup import esc, icon, notice
from pages.ui.system.parts import give, table

_SHOWN = 50
"""Rejected rows listed on the page; the file holds them all."""
_TYPES = ["csv", "xlsx", "gz", "tsv", "txt"]


def importer(actor: Actor, *kinds: str) -> None:
    """The whole panel for one or several kinds of table."""
    asked = st.query_params.get("kind", "")
    kind = asked if asked in kinds else kinds[0]
    if len(kinds) > 1:
        chosen = st.pills(
            _("导入什么"), list(kinds), default=kind, key=f"od_import_kind:{kind}",
            format_func=lambda k: str(TABLES[k].label),
        )  # fmt: skip
        kind = chosen or kind
    left, right = st.columns([3, 2], gap="large")
    with right:
        _columns(kind)
    with left:
        _upload(actor, kind)
        _report(kind)


def _columns(kind: str) -> None:
    """What the table may hold, and an empty one to fill in."""
    label = str(TABLES[kind].label)
    rows = [(f"<b>{esc(c.name)}</b>{_must(c.required)}", esc(c.help)) for c in columns_of(kind)]
    st.html(
        f'<h2 class="group">{esc(_("{name}表的列", name=label))}</h2>'
        + table((_("列名"), _("怎么填")), rows, kind="narrow")
        + f'<p class="quiet">{esc(_("列的顺序随意，多出的列会忽略，中文或英文列名都认得。"))}</p>'
    )
    give(
        _("下载空白模板"), _("{name}导入模板.csv", name=label), template(kind),
        key=f"template:{kind}",
    )  # fmt: skip


def _must(required: bool) -> str:
    return f' <em class="must">{esc(_("必填"))}</em>' if required else ""


def _upload(actor: Actor, kind: str) -> None:
    label = str(TABLES[kind].label)
    n = st.session_state.setdefault(f"od_upload:{kind}", 0)
    file = st.file_uploader(
        _("{name}表：CSV 或 XLSX，不超过 25 MB", name=label), type=_TYPES, key=f"up:{kind}:{n}"
    )
    hint = _("同一张表可以反复导入：已有的更新，没变的不动，有问题的行单独列出。")
    st.html(f'<p class="quiet">{esc(hint)}</p>')
    slot = st.empty()
    sent = st.button(_("开始导入"), type="primary", disabled=file is None, key=f"go:{kind}")
    if sent and file is not None:
        st.session_state.pop(_key(kind), None)
        _run(actor, kind, file, slot.container())


def _run(actor: Actor, kind: str, file: UploadedFile, slot: DeltaGenerator) -> None:
    with slot:
        bar = st.progress(0.0, text=_("正在读取“{name}”，请不要离开本页……", name=file.name))

    def tick(done: int, total: int | None) -> None:
        share = min(1.0, done / total) if total else 0.0
        bar.progress(share, text=_("已检查 {n} 行，请不要离开本页……", n=f"{done:,}"))

    upload = Upload(file.name, io.BytesIO(file.getvalue()))
    try:
        with office().work(actor) as work:
            report = TABLES[kind].run(work, upload, tick)
    except OneDoorError as refusal:
        bar.empty()
        with slot:
            words = _("没有导入任何内容。") + refusal.message
            st.html(notice(words, "warn", "error"))
        return
    st.session_state[_key(kind)] = (file.name, report)
    st.session_state[f"od_upload:{kind}"] += 1
    st.rerun()


def _key(kind: str) -> str:
    return f"od_imported:{kind}"


def _report(kind: str) -> None:
    """What the last import of this session did, until it is put away."""
    kept: tuple[str, Report] | None = st.session_state.get(_key(kind))
    if kept is None:
        return
    name, report = kept
    mark = ("warn", "rule") if report.rejected else ("good", "task_alt")
    said = _("“{name}”：{report}。", name=name, report=report.sentence)
    if report.ignored:
        said += "\n" + _("没有用到的列：{names}", names=_("、").join(report.ignored[:10]))
    st.html(notice(said, *mark))
    if report.passwords:
        _passwords(kind, name, report)
    if report.rejected:
        _rejected(kind, name, report)
    if st.button(_("知道了，收起"), key=f"away:{kind}"):
        st.session_state.pop(_key(kind), None)
        st.rerun()


def _bytes(write: Callable[[Report, Path], Path], report: Report) -> bytes:
    with tempfile.TemporaryDirectory(prefix="onedoor-") as folder:
        return write(report, Path(folder) / "file.csv").read_bytes()


def _rejected(kind: str, name: str, report: Report) -> None:
    rows = [(str(r.row), esc(r.field) or "—", esc(r.message)) for r in report.rejected[:_SHOWN]]
    rest = len(report.rejected) - len(rows)
    more = (
        f'<p class="quiet">{esc(_("还有 {n} 行，见下载的文件", n=f"{rest:,}"))}</p>' if rest else ""
    )
    st.html(
        f'<h2 class="group">{esc(_("没有导入的行"))} <span>{len(report.rejected):,}</span></h2>'
        + table((_("行号"), _("列"), _("原因")), rows, kind="narrow rejected")
        + more
    )
    give(
        _("下载有问题的行，改好再导入"), _("有问题的行-{name}.csv", name=Path(name).stem),
        _bytes(write_rejected, report), key=f"rejected:{kind}",
    )  # fmt: skip


def _passwords(kind: str, name: str, report: Report) -> None:
    few = list(report.passwords.items())[:20]
    rest = len(report.passwords) - len(few)
    more = (
        f'<p class="quiet">{esc(_("还有 {n} 人，见下载的文件", n=f"{rest:,}"))}</p>' if rest else ""
    )
    rows = [(esc(u), f"<code>{esc(p)}</code>") for u, p in few]
    words = _(
        "新账号的初始密码只在这里显示一次，收起后查不到，只能逐个重设。请先下载，发给本人后删除文件。"
    )
    st.html(
        f'<h2 class="group">{icon("key")}{esc(_("初始密码"))} '
        f"<span>{len(report.passwords):,}</span></h2>{notice(words, 'warn', 'key')}"
        + table((_("用户名"), _("初始密码")), rows, kind="narrow")
        + more
    )
    give(
        _("下载初始密码"), _("初始密码-{name}.csv", name=Path(name).stem),
        _bytes(write_passwords, report), key=f"passwords:{kind}", main=True,
    )  # fmt: skip
