from tests.core.cases.test_undelivered import lose
from sqlalchemy import text
from core.access.actor import SYSTEM
import pytest
TITLES=["home"]
@pytest.mark.parametrize("locale",["zh-CN","en"])
@pytest.mark.parametrize("phone",[False,True])
def test_look(official, office, phone, locale):
    n=f"{'phone' if phone else 'desk'}-{locale}"
    base={"zh-CN":100,"en":200}[locale]+(50 if phone else 0)
    faults=["550 5.1.1 <sunmou@example.org>: Recipient address rejected: User unknown in virtual mailbox table","对方回答 404：没有这个频道","机器人回答 93000：invalid webhook url","对方回答 302，要求转到 169.254.169.254；为了安全不跟随，请直接填写最终的地址"]
    with office.work(SYSTEM) as w:
        w.tx.execute(text("insert into address (id,unit,way,url,faults,fault,rest_until,changed_at) values (1,'131024104-PC','robot','wecombot://k',2,'机器人回答 45009：api freq out of limit',now()+interval '9 min',now()) on conflict do nothing"))
        w.tx.execute(text("insert into address (id,person_id,way,url,changed_at) select 2,id,'webhook','https://oa.example.org/x',now() from person where username='traffic' on conflict do nothing"))
    for i,f in enumerate(faults):
        lose(office, base+i, key=f"k{base+i}", username="traffic" if i else "police", way=["email","webhook","robot","webhook"][i], fault=f, **({"unit":"131024104-PC"} if i==2 else {}))
    lang = locale
    import functools
    page=None
    ctx=official
    # sign-in labels are Chinese unless locale en
    if locale=="en":
        with office.work(SYSTEM) as w: w.tx.execute(text("update person set locale='en' where username='admin'"))
    else:
        with office.work(SYSTEM) as w: w.tx.execute(text("update person set locale='zh_CN' where username='admin'"))
    page=official("admin","/undelivered",phone=phone)
    page.wait_for_timeout(4000)
    page.screenshot(path=f"/tmp/shots/msg/undelivered-{n}.png",full_page=True)
    print(n, page.evaluate("document.documentElement.scrollWidth"))
    page.locator('[data-tap^="discard:1"],[data-tap^="discard:2"]').first.click(); page.wait_for_timeout(1500)
    page.screenshot(path=f"/tmp/shots/msg/discard-{n}.png")
    page.goto("/health"); page.wait_for_timeout(4000)
    page.screenshot(path=f"/tmp/shots/msg/health-{n}.png",full_page=True)
    page.goto("/places?area=131024104"); page.wait_for_timeout(3500)
    page.screenshot(path=f"/tmp/shots/msg/places-{n}.png",full_page=True)
    page.locator('[data-tap="group:131024104-PC"]').click(); page.wait_for_timeout(2500)
    page.screenshot(path=f"/tmp/shots/msg/group-{n}.png")
    page.goto("/people?q=traffic"); page.wait_for_timeout(3500)
    page.locator('[data-tap="edit:traffic"]').click(); page.wait_for_timeout(2500)
    page.mouse.move(700 if not phone else 200,500); page.mouse.wheel(0,900); page.wait_for_timeout(800)
    page.screenshot(path=f"/tmp/shots/msg/person-{n}.png")
