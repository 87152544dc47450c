"""QR plates of a place: looked at, printed on A4, or taken away as pictures."""

from collections.abc import Callable, Sequence

import streamlit as st

from core.access.actor import Actor
from core.blueprint.world import World
from core.open import office
from core.places.plates import Sign
from core.places.signs import MOST, address_of, drawn, inline_svg, packed, plates_in
from core.words import _, locale, pick
from pages.ui.markup import empty, esc, notice
from pages.ui.system.parts import give
from pages.ui.taps import taps

_SHOWN = 12
"""Plates drawn on the page itself."""
_MADE = "od_plates"
_WAYS = ("print", "svg", "png")
_STYLE = """
@page { size: A4; margin: 12mm; }
* { box-sizing: border-box; }
body { font-family: "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif; margin: 0; }
main { display: grid; grid-template-columns: 1fr 1fr; gap: 8mm; }
article { border: 0.4mm solid #0f6b75; border-radius: 4mm; padding: 5mm; height: 62mm;
  display: grid; grid-template-columns: 42mm 1fr; gap: 5mm;
  break-inside: avoid; align-items: center; }
svg { width: 42mm; height: 42mm; }
h1 { font-size: 15pt; margin: 0 0 2mm; color: #0f6b75; } p { margin: 0 0 2mm; font-size: 10.5pt; }
.where { font-size: 12pt; font-weight: 600; overflow-wrap: anywhere; }
small { color: #555; font-size: 8.5pt; overflow-wrap: anywhere; }
nav { padding: 12px; background: #eef4f5; text-align: center; }
@media print { nav { display: none; } }
button { font: inherit; padding: 8px 24px; }
"""


def plates_panel(actor: Actor, area: str) -> None:
    """The plates of `area`: a look at the first ones, and three ways to take them away."""
    batch = st.session_state.get(_batch_key(area), 0)
    with office().look(actor) as look:
        world = look.world
        total, signs = plates_in(look, area, batch)
    name = world.area_path(area)
    if not total:
        st.html(empty(
            _("{name}还没有门牌", name=name),
            _("在“导入”里导入门牌表（编号、所在村或网格、地址）后，就可以在这里打印。"),
            "qr_code_2",
        ))  # fmt: skip
        return
    settings = office().settings
    if "//localhost" in settings.public_url or "//127.0.0.1" in settings.public_url:
        st.html(notice(
            _("二维码里的网址是 {url}，群众的手机打不开。正式印制前请先设置 ONEDOOR_PUBLIC_URL。",
              url=settings.public_url), "warn", "warning"))  # fmt: skip
    said = _("{name}，共 {n} 块门牌", name=name, n=f"{total:,}")
    st.html(f'<p class="count">{esc(said)}</p>')
    _take(world, area, batch, total, signs)
    shown = "".join(_plate(s) for s in signs[:_SHOWN])
    taps(f'<ol class="plates">{shown}</ol>', key="plates")  # `st.html` would drop the codes


def _batch_key(area: str) -> str:
    return f"od_plates:{area}"


def _batch(first: int, total: int) -> str:
    """「第 1,001 到 2,000 块」."""
    a, b = first * MOST + 1, min(total, (first + 1) * MOST)
    return _("第 {a} 到 {b} 块", a=f"{a:,}", b=f"{b:,}")


def _plate(sign: Sign) -> str:
    settings = office().settings
    return (
        f"<li>{inline_svg(settings, sign.code)}<div><b>{esc(sign.address)}</b>"
        f'<span class="no">{esc(sign.code)}</span>'
        f"<small>{esc(address_of(settings, sign.code))}</small></div></li>"
    )


def _take(world: World, area: str, batch: int, total: int, signs: Sequence[Sign]) -> None:
    """One of the ways is chosen, made with a bar, and handed over."""
    words = {
        "print": _("打印页（A4，每页 8 块）"),
        "svg": _("SVG 图片包（交给制作单位）"),
        "png": _("PNG 图片包"),
    }
    with st.container(horizontal=True, vertical_alignment="bottom", key="plate_ways"):
        if total > MOST:
            st.selectbox(
                _("哪一批（一次最多 {n} 块）", n=MOST), list(range(-(-total // MOST))),
                format_func=lambda n: _batch(n, total), key=_batch_key(area), width=240,
            )  # fmt: skip
        way = st.selectbox(
            _("做成什么"), list(_WAYS), format_func=lambda w: words[w], key="od_plate_way",
            width=280,
        )  # fmt: skip
        go = st.button(_("生成"), type="primary")
    if go:
        bar = st.progress(0.0, text=_("正在生成……"))

        def tick(done: int, total: int | None) -> None:
            said = _("正在生成：{n} / {all}", n=done, all=total)
            bar.progress(done / total if total else 0.0, text=said)

        settings = office().settings
        content = (
            print_page(world, area, signs, tick)
            if way == "print"
            else packed(settings, signs, "svg" if way == "svg" else "png", tick)
        )
        bar.empty()
        st.session_state[_MADE] = (area, batch, way, content)
    made = st.session_state.get(_MADE)
    if made and made[:3] == (area, batch, way):
        name = _("门牌-{name}", name=world.area_name(area))
        if way == "print":
            give(_("打开打印页"), f"{name}.html", made[3], key="plates_open", mime="text/html",
                 symbol="print", opens=True, main=True)  # fmt: skip
        else:
            give(_("下载{name}", name=words[way]), f"{name}-{way}.zip", made[3],
                 key="plates_zip", mime="application/zip", main=True)  # fmt: skip


def print_page(
    world: World, area: str, signs: Sequence[Sign], progress: Callable[[int, int | None], None]
) -> bytes:
    """A page of its own for the printer: eight plates an A4 sheet, nothing from elsewhere."""
    door = world.blueprint.door
    say = _("扫一扫，说说您身边的事")
    call = _("或拨打 {phone}", phone=door.phone)
    items = "".join(
        f"<article>{svg}<div><h1>{esc(pick(door.title))}</h1><p>{esc(say)}<br>{esc(call)}</p>"
        f'<p class="where">{esc(sign.address)}</p><small>{esc(sign.code)}</small></div></article>'
        for sign, svg in drawn(office().settings, signs, progress)
    )
    title = _("门牌-{name}", name=world.area_name(area))
    lang = "en" if locale() == "en" else "zh-CN"
    return (
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>{esc(title)}'
        f'</title><style>{_STYLE}</style></head><body><nav><button onclick="print()">'
        f"{esc(_('打印'))}</button></nav><main>{items}</main></body></html>"
    ).encode()
