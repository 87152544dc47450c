"""Versions of the configuration: the one in force, the draft, publishing, the way back."""

from collections.abc import Callable

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.access.actor import Actor
from core.access.desk import Look, Work
from core.blueprint.versions import export
from core.errors import Invalid, OneDoorError
from core.kpi.health import Published, published
from core.open import office
from core.places import configure
from core.places.configure import Draft
from core.rules.permissions import Permission
from core.words import _
from pages.ui.flash import flash
from pages.ui.forms import fault_line
from pages.ui.markup import esc, icon, notice, tag
from pages.ui.system.health import note_words
from pages.ui.system.parts import give, table
from pages.ui.system.words import SECTIONS
from pages.ui.taps import taps
from pages.ui.times import when

_YAML = "application/yaml"


def publish_panel(actor: Actor) -> None:
    """Everything about versions."""
    with office().look(actor) as look:
        version, name = look.world.version, look.world.blueprint.id
        text, draft, versions = export(look.tx), configure.draft(look), published(look)
    may = Permission.CONFIG_WRITE in actor.permissions
    st.html(f'<h2 class="group">{esc(_("现行配置"))}</h2>')
    with st.container(horizontal=True, vertical_alignment="center"):
        st.html(f"<b>{esc(_('第 {n} 版', n=version))}</b>", width="content")
        give(
            _("下载为 YAML"), f"{name}-{version}.yaml", text.encode(), key="config_yaml", mime=_YAML
        )
    if may:
        if draft is not None:
            _draft(actor, draft, version)
        if draft is None or draft.faults:
            _upload(actor)
    _history(actor, versions, may=may)


def _do(actor: Actor, step: Callable[[Work], object], said: str) -> None:
    """One command; its refusal is said where it was asked for."""
    try:
        with office().work(actor) as work:
            step(work)
    except OneDoorError as refusal:
        st.html(notice(refusal.message, "warn", "error"))
    else:
        if said:
            flash(said)
        st.rerun()


def _upload(actor: Actor) -> None:
    st.html(
        f'<h2 class="group">{esc(_("上传新配置"))}</h2><p class="quiet">'
        + esc(
            _(
                "先下载现行配置，改好后上传。上传的只是草稿：检查通过、点“发布”后才生效；在办的诉求仍按原来的版本办。"
            )
        )
        + "</p>"
    )
    n = st.session_state.setdefault("od_yaml", 0)
    file = st.file_uploader(
        _("配置文件（YAML，不超过 2 MB）"), type=["yaml", "yml"], key=f"yaml:{n}", max_upload_size=2
    )
    if file is not None and st.button(_("上传并检查"), type="primary"):
        content, name = file.getvalue(), file.name

        def bring(work: Work) -> None:
            configure.keep(work, content, name)
            st.session_state["od_yaml"] += 1  # the next upload begins with an empty box

        _do(actor, bring, "")


def _draft(actor: Actor, draft: Draft, version: int) -> None:
    st.html(
        f'<h2 class="group">{esc(_("草稿"))}</h2><p><b>{esc(draft.name)}</b> '
        f'<span class="quiet">{esc(draft.by)} {when(draft.at)}</span></p>'
        + _examined(draft, version)
    )
    if not draft.faults:
        with st.form("publish", border=False):
            note = st.text_input(
                _("改了什么 *"), key="od_publish_note", max_chars=200,
                placeholder=_("如：供暖诉求改为 3 个工作日"),
            )  # fmt: skip
            slot = st.empty()
            st.html(
                notice(
                    _(
                        "发布后马上对新诉求生效；在办的诉求仍按原来的版本办。每一版都留着，可以退回。"
                    )
                )
            )
            sent = st.form_submit_button(_("发布"), type="primary", width="stretch")
        if sent:
            _publish(actor, draft, note, slot)
    if st.button(_("放弃这份草稿"), key="drop_draft"):
        _do(actor, configure.drop, _("已放弃草稿"))


def _publish(actor: Actor, draft: Draft, note: str, slot: DeltaGenerator) -> None:
    try:
        with office().work(actor) as work:
            version = configure.publish(work, note, draft.at)
    except Invalid as fault:
        words = _("；").join(str(w) for w in fault.data.get("fields", {"": fault.message}).values())
        slot.html(fault_line(words))
    except OneDoorError as refusal:
        slot.html(notice(refusal.message, "warn", "error"))
    else:
        st.session_state.pop("od_publish_note", None)
        flash(_("已发布第 {version} 版", version=version))
        st.rerun()


def _examined(draft: Draft, version: int) -> str:
    if draft.faults:
        items = "".join(f"<li>{icon('error')}<span>{esc(f)}</span></li>" for f in draft.faults)
        words = _("检查出 {n} 处要改正，改好后重新上传，会换掉这份草稿：", n=len(draft.faults))
        return notice(words, "warn", "error") + f'<ul class="broken">{items}</ul>'
    said = notice(_("检查通过。"), "good", "check_circle")
    if draft.base != version:
        words = _(
            "上传时现行的是第 {a} 版，现在是第 {b} 版。发布会盖过中间的改动，请确认已经包含。",
            a=draft.base,
            b=version,
        )
        said += notice(words, "warn", "warning")
    if not draft.changed:
        return said + f"<p>{esc(_('与现行配置相同，没有改动。'))}</p>"
    tags = "".join(tag(str(SECTIONS[s]), "blue") for s in draft.changed)
    return said + f"<p>{esc(_('与现行配置不同的部分：'))}{tags}</p>"


def _history(actor: Actor, versions: list[Published], *, may: bool) -> None:
    newest = versions[0].version if versions else 0
    rows = [_version(p, newest, may=may) for p in versions]
    head = (_("版本"), _("改了什么"), _("谁发布的"), _("什么时候"), _("操作"))
    tap = taps(
        f'<h2 class="group">{esc(_("历次发布"))} <span>{len(rows)}</span></h2>' + table(head, rows),
        key="versions",
    )
    what, _colon, number = (tap or "").partition(":")
    if what == "back" and number.isdecimal():
        _do(
            actor,
            lambda work: configure.keep_version(work, int(number)),
            _("第 {n} 版已成为草稿，检查后再发布", n=number),
        )
    if what == "get" and number.isdecimal():
        st.session_state["od_version"] = int(number)
    if kept := st.session_state.get("od_version"):
        _one(actor, kept)


def _one(actor: Actor, version: int) -> None:
    with office().look(actor) as look:
        text = _text(look, version)
    if text:
        give(_("下载第 {n} 版", n=version), f"v{version}.yaml", text.encode(),
             key=f"version:{version}", mime=_YAML, main=True)  # fmt: skip


def _text(look: Look, version: int) -> str:
    try:
        return export(look.tx, version)
    except OneDoorError:
        return ""


def _version(p: Published, newest: int, *, may: bool) -> tuple[str, ...]:
    get = (
        f'<button type="button" class="link" data-tap="get:{p.version}">{icon("download")}'
        f"{esc(_('下载'))}</button>"
    )
    back = (
        f'<button type="button" class="link" data-tap="back:{p.version}">'
        f"{icon('settings_backup_restore')}{esc(_('退回这一版'))}</button>"
        if may and p.version != newest
        else ""
    )
    now = tag(_("现行"), "good", "check_circle") if p.version == newest else ""
    return (
        f"<b>{esc(_('第 {n} 版', n=p.version))}</b> {now}",
        esc(note_words(p.note)),
        esc(p.by or _("命令行")),
        when(p.at),
        get + back,
    )
