"""Temporary: pictures."""
import time
from datetime import timedelta
from core.cases.act import act
from core.cases.take_in import take_in
from core.access.actor import resident
from core.cases.intake import hash_code
from core.now import moved_to, now, local
from tests.support import county
import pytest
pytestmark = pytest.mark.e2e

LONG = "物业公司收了全年供暖费却一直没有开阀，老人孩子在家里冻得睡不着觉，多次打电话都说在协调，请帮忙问一问到底什么时候能热"


def make(office, body, days, **more):
    with moved_to(now() - timedelta(days=days)):
        with office.work(county.actor(office, "clerk")) as work:
            raw = {"body": body, "area": county.GRID, "category": "other", "phone": "13812345678", **more}
            receipt = take_in(work, raw, inlet="hall")
        number = receipt.outcome.number
        do(office, number, "dispatcher", "assign", lead="131024104-ZF", note="请尽快到现场")
    return number, receipt.query_code


def do(office, number, who, action, **data):
    with office.work(county.actor(office, who)) as work:
        return act(work, number, action, data)


def day(n):
    return f"{local(now() + timedelta(days=n)):%Y-%m-%d}"


def test_shots(official, office, site, chromium):
    late = [make(office, f"{LONG}（{i}）", 60 - i) for i in range(6)]
    number, code = make(office, LONG, 10)
    do(office, number, "dispatcher", "chase", text="群众又来电话，请今天就去现场，电话13812345678")
    do(office, number, "leader", "instruct", text="请执法队马上办，关注冬季供暖安全，三日内报结果", to=["131024104-ZF"])
    do(office, number, "supervisor", "supervise", text="三日内办结并反馈", due=day(3))
    do(office, number, "enforce", "extend", until=day(20), reason="阀门需要采购，厂家下周才能到货")
    do(office, number, "dispatcher", "grade", difficulty="hard")
    with moved_to(now() - timedelta(days=5)):
        do(office, late[0][0], "supervisor", "supervise", text="这件已经拖了很久，请说明原因并限期办结")
        do(office, late[1][0], "supervisor", "talk", text="约谈执法队负责人，要求本周销号")
        do(office, late[2][0], "supervisor", "circulate", text="全县通报")
        do(office, late[3][0], "supervisor", "list", text="挂牌督办")
    do(office, late[0][0], "enforce", "feedback", text="正在协调供热公司，预计后天恢复")
    paused, pcode = make(office, "楼道灯坏了，晚上看不见", 3)
    do(office, paused, "enforce", "sign")
    do(office, paused, "enforce", "pause", reason="请补充是几号楼几单元，最好拍一张照片")
    shelf, _ = make(office, "村口修路", 3)
    do(office, shelf, "dispatcher", "shelve", until=day(60), reason="等开春施工")
    do(office, shelf, "county", "grant", note="同意")
    ext, ecode = make(office, "河道垃圾没人清", 5)
    do(office, ext, "enforce", "extend", until=day(35), reason="等设备")
    do(office, ext, "enforcehead", "grant", note="同意")
    for i in range(4):
        n, _c = make(office, f"丢失快递找回（{i}）", 6)
        do(office, n, "enforce", "sign"); do(office, n, "enforce", "report", result="找到了")
        do(office, n, "dispatcher", "reply", text="已找到"); do(office, n, "dispatcher", "close")
        do(office, n, "supervisor", "draw", text="随机抽取")
        if i == 0: do(office, n, "clerk", "callback", reached=False)
        if i == 1: do(office, n, "clerk", "callback", reached=True, score=5, text="很满意")
    jobs = [("supervisor", f"/supervision?view={v}", v) for v in ("unanswered", "overdue", "orders", "requests", "callbacks", "records")]
    jobs += [("enforce", "/inbox", "inbox"), ("enforcehead", "/inbox", "inbox-head"), ("dispatcher", "/inbox", "inbox-disp"),
             ("enforce", f"/case?number={number}", "case"), ("enforce", f"/case?number={paused}", "case-paused"),
             ("dispatcher", f"/case?number={shelf}", "case-shelf"), ("dispatcher", "/desk", "desk"), ("dispatcher", "/cases", "cases")]
    for phone in (False, True):
        for locale in ("zh-CN", "en"):
            pages = {}
            for who, path, name in jobs:
                if locale == "en" and phone and name not in ("unanswered", "orders", "case", "inbox"):
                    continue
                if who not in pages:
                    if locale == "en":
                        pg = official(who, "/auth/lang/en", phone=phone) if False else official(who, "/", phone=phone)
                        pg.goto("/auth/lang/en"); 
                    else:
                        pg = official(who, "/", phone=phone)
                    pages[who] = pg
                pg = pages[who]
                pg.goto(path)
                pg.locator("header.bar").wait_for()
                pg.locator("ol.said, ol.rows, article.sheet, .board, .empty").first.wait_for()
                time.sleep(0.8)
                wide = pg.evaluate("document.scrollingElement.scrollWidth - innerWidth")
                if wide > 0: print("SIDEWAYS", name, phone, locale, wide)
                pg.screenshot(path=f"/tmp/shots-s/{name}-{'phone' if phone else 'desk'}-{locale[:2]}.png", full_page=False)
    for n, c, name in ((paused, pcode, "door-paused"), (ext, ecode, "door-extension")):
        for w in (390, 1440):
            ctx = chromium.new_context(base_url=site, viewport={"width": w, "height": 1200}, locale="zh-CN")
            pg = ctx.new_page(); pg.goto(f"/t/{n}?code={c}"); time.sleep(0.5)
            pg.screenshot(path=f"/tmp/shots-s/{name}-{w}.png", full_page=True); ctx.close()
