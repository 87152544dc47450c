"""Handing an appeal in, and what the resident is told: number and query code, shown once."""

import secrets

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.access.actor import Actor
from core.cases.because import why
from core.cases.files import attach
from core.cases.once import KeyTaken
from core.cases.outcome import Part
from core.cases.take_in import take_in
from core.errors import Invalid, OneDoorError
from core.open import office
from core.words import _
from pages.ui import drafts
from pages.ui.forms import Form
from pages.ui.markup import esc, href, icon, notice
from pages.ui.taps import taps
from pages.ui.times import exact

_RECEIPT = "od_receipt"


def hand_in(actor: Actor, form: Form, key: str, slot: DeltaGenerator) -> None:
    """Register the appeal with its files, all or nothing; a second tap changes nothing."""
    once = st.session_state.setdefault(f"{key}:once", f"desk-{secrets.token_hex(12)}")
    try:
        with office().work(actor) as work:
            receipt = take_in(work, form.data(), idempotency_key=once)
            done = receipt.outcome
            if not receipt.repeated:
                for file in form.uploads.get("files", ()):
                    attach(work, done.number, file.name, file.getvalue())
            told = {
                "number": done.number,
                "code": receipt.query_code,
                "holder": work.world.units.name(done.holder),
                "due": exact(done.due_at) if done.due_at else "",
                "why": why(work.world, receipt.because),
            }
    except KeyTaken as fault:  # a tap went through, and nobody saw its receipt
        st.session_state.pop(f"{key}:once")
        say = _(
            "刚才那次已经登记成功，编号 {number}，内容与现在填的不同。"
            "要把现在填的另登一件，请再点一次“登记”。",
            number=fault.data["number"],
        )
        with slot:
            st.html(notice(say, "warn", "error"))
    except Invalid as fault:
        form.show_faults(form.of_file(fault))
        with slot:
            st.html(notice(_("还没有登记，请改正标出的地方，已填的内容都在。"), "warn", "error"))
    except OneDoorError as refusal:
        with slot:
            st.html(notice(refusal.message, "warn", "error"))
    else:
        st.session_state[_RECEIPT] = told  # now that it stands: a commit can fail
        drafts.drop(actor)
        st.session_state["od_inlet"] = form.values.get("inlet")
        st.session_state["od_reg"] += 1
        st.rerun()


def part_receipt(part: Part) -> str:
    """What was split off, with its query code: shown once, to be told to the resident."""
    say = _("请告诉群众：编号和查询码要一起记好，查进度、补充和评价都要用。查询码只显示这一次。")
    return (
        f'<section class="receipt">{icon("call_split")}<h2>{esc(_("已另立一件"))}</h2>'
        f"<dl><dt>{esc(_('诉求编号'))}</dt><dd>{esc(part.number)}</dd>"
        f"<dt>{esc(_('查询码'))}</dt><dd>{esc(part.query_code)}</dd></dl><p>{esc(say)}</p>"
        f'<p class="ways"><a class="btn" href="{href("/case", number=part.number)}">'
        f"{esc(_('查看这件诉求'))}</a></p></section>"
    )


def show_receipt() -> bool:
    """The receipt of what was just registered; True while it is on the screen."""
    kept = st.session_state.get(_RECEIPT)
    if kept is None:
        return False
    due = _("期限 {time}", time=kept["due"]) if kept["due"] else ""
    holder = " · ".join(p for p in (_("已交{unit}", unit=kept["holder"]), due) if p)
    code = kept["code"]
    say = _("请告诉群众：编号和查询码要一起记好，查进度、补充和评价都要用。查询码只显示这一次。")
    tap = taps(
        f'<section class="receipt">{icon("task_alt")}<h2>{esc(_("已登记"))}</h2>'
        f"<dl><dt>{esc(_('诉求编号'))}</dt><dd>{esc(kept['number'])}</dd>"
        + (f"<dt>{esc(_('查询码'))}</dt><dd>{esc(code)}</dd>" if code else "")
        + f"</dl><p>{esc(say)}</p><p class='quiet'>{esc(holder)}<br>{esc(kept['why'])}</p>"
        f'<p class="ways"><button type="button" class="btn main" data-tap="again">'
        f"{esc(_('再登记一件'))}</button>"
        f'<a class="btn" href="{href("/case", number=kept["number"])}">{esc(_("查看这件诉求"))}</a>'
        "</p></section>",
        key="receipt",
    )
    if tap == "again":
        st.session_state.pop(_RECEIPT)
        st.rerun()
    return True
