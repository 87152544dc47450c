"""The administrator's and the auditor's work in a real browser."""

import csv
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from core.access.actor import SYSTEM
from core.access.desk import Office
from core.places.bulk import save
from db.models import Plate
from tests.support import county

pytestmark = pytest.mark.e2e
Official = Callable[..., Any]
PEOPLE = (  # nobody that another test of this module, whose county is shared, adds
    "用户名,姓名,角色,单位,区划,电话\n"
    "niu,牛某,承办人,131024-ZJ,,13900001111\n"
    "bad user,羊某,承办人,131024-ZJ,,\n"
    "nounit,侯某,承办人,,,\n"
)
ADMIN = ["/health", "/people", "/people?part=import", "/places", "/places?part=plates"]
ADMIN += [f"/config?part={p}" for p in ("loop", "dispatch", "calendar", "publish")]


@pytest.fixture
def plates(office: Office) -> None:
    rows = [
        {"code": f"P{n}", "area": county.VILLAGE, "address": f"{n} 号楼门前", "active": True}
        for n in range(10)
    ]
    with office.work(SYSTEM) as work:
        save(work.tx, Plate, rows, key="code")


def _pick(page: Any, label: str, name: str) -> None:
    page.get_by_role("combobox", name=label, exact=True).click()
    page.keyboard.type(name)
    page.get_by_role("option", name=re.compile(name)).first.click()
    page.keyboard.press("Tab")  # a list of several stays open until one goes on


def _rows(download: Any) -> list[list[str]]:
    with Path(download.path()).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def test_somebody_new_signs_in_with_the_password_that_is_shown_once(official: Official) -> None:
    page = official("admin")
    page.wait_for_url("**/health")
    page.get_by_role("link", name="人员账号").click()
    page.locator("[data-tap='add:']").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="新增").click()
    dialog.get_by_text("请填写用户名").wait_for()
    dialog.get_by_label("用户名").fill("lin")
    dialog.get_by_label("姓名").fill("林某")
    _pick(page, "角色 *", "承办人")
    dialog.get_by_role("button", name="新增").click()
    dialog.get_by_text("请填写单位，否则看不到任何诉求").wait_for()
    assert dialog.get_by_label("姓名").input_value() == "林某", "what was typed is kept"
    _pick(page, "单位", "住房和城乡建设局")
    dialog.get_by_role("button", name="新增").click()
    dialog.get_by_text("账号已开通").wait_for()
    password = dialog.locator(".once dd").nth(1).inner_text()
    dialog.get_by_role("button", name="记好了，关闭").click()
    page.locator("[data-tap='edit:lin']").wait_for()

    other = page.context.browser.new_context(base_url=page.url.split("/people")[0]).new_page()
    other.goto("/")
    other.get_by_label("用户名").fill("lin")
    other.get_by_label("密码", exact=True).fill(password)
    other.get_by_role("button", name="登录").click()
    other.wait_for_url("**/inbox")
    other.context.close()


def test_changing_and_closing_an_account(official: Official, office: Office) -> None:
    page = official("admin", "/people?q=police")
    page.locator("[data-tap='edit:police']").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("电子邮箱").fill("not an address")
    dialog.get_by_role("button", name="保存").first.click()
    dialog.get_by_text("电子邮箱格式不对").wait_for()
    dialog.get_by_label("电子邮箱").fill("sun@example.com")
    dialog.get_by_role("button", name="保存").first.click()
    page.get_by_text("已保存 孙某 的账号").wait_for()
    page.get_by_text("sun@example.com").wait_for()
    page.locator("[data-tap='edit:police']").click()
    page.get_by_role("dialog").get_by_role("button", name="停用账号").click()
    page.get_by_text("已停用 孙某 的账号，登录已退出").wait_for()


def test_an_import_hands_over_passwords_and_the_rows_to_correct(
    official: Official, tmp_path: Path
) -> None:
    (tmp_path / "people.csv").write_text(PEOPLE, encoding="gb18030")
    page = official("admin", "/people?part=import")
    (tmp_path / "people.pdf").write_bytes(b"%PDF-1.7")
    page.locator("input[type=file]").set_input_files(tmp_path / "people.pdf")
    page.get_by_text("这种文件不能用，请换成上面写的格式").wait_for()
    page.locator("input[type=file]").set_input_files(tmp_path / "people.csv")
    page.get_by_role("button", name="开始导入").click()
    page.get_by_text("共 3 行，保存 1 行；2 行有问题，未导入").wait_for()
    page.get_by_text("请填写单位，否则看不到任何诉求").wait_for()
    with page.expect_download() as taken:
        page.get_by_role("button", name="下载初始密码").click()
    header, *people = _rows(taken.value)
    assert header == ["用户名", "初始密码"]
    assert [(name, len(password)) for name, password in people] == [("niu", 14)]
    with page.expect_download() as taken:
        page.get_by_role("button", name="下载有问题的行").click()
    assert [row[0] for row in _rows(taken.value)] == ["行号", "3", "4"]
    page.get_by_role("button", name="知道了，收起").click()
    page.get_by_text("下载初始密码").wait_for(state="hidden")


def test_a_file_that_is_no_table_is_refused_and_stays_chosen(
    official: Official, tmp_path: Path
) -> None:
    (tmp_path / "areas.csv").write_text("x,y\n1,2\n")
    page = official("admin", "/places?part=import")
    page.locator("input[type=file]").set_input_files(tmp_path / "areas.csv")
    page.get_by_role("button", name="开始导入").click()
    page.get_by_text("没有导入任何内容。“areas.csv”缺少列：代码").wait_for()
    page.get_by_text("areas.csv", exact=True).wait_for()


def test_the_plates_of_a_village_are_printed(official: Official, plates: None) -> None:
    page = official("admin", f"/places?part=plates&area={county.VILLAGE}")
    page.get_by_text("共 10 块门牌").wait_for()
    page.get_by_role("button", name="生成").click()
    with page.context.expect_page() as opened:
        page.get_by_role("button", name="打开打印页").click()
    sheet = opened.value
    sheet.locator("article").first.wait_for()
    assert sheet.locator("article svg").count() == 10
    sheet.close()
    _pick(page, "做成什么", "PNG")
    page.get_by_role("button", name="生成").click()
    with page.expect_download() as taken:
        page.get_by_role("button", name="下载PNG").click()
    assert taken.value.suggested_filename == "门牌-王家摆村-png.zip"


def test_a_configuration_goes_from_draft_to_publication_and_into_the_audit(
    official: Official, tmp_path: Path
) -> None:
    page = official("admin", "/config?part=publish")
    with page.expect_download() as taken:
        page.get_by_role("button", name="下载为 YAML").click()
    body = yaml.safe_load(Path(taken.value.path()).read_text(encoding="utf-8"))

    def bring(name: str) -> None:
        text = yaml.safe_dump(body, allow_unicode=True, sort_keys=False)
        (tmp_path / name).write_text(text, encoding="utf-8")
        page.locator("input[type=file]").set_input_files(tmp_path / name)
        page.get_by_role("button", name="上传并检查").click()

    body["deadlines"][0]["case"] = "十天"
    bring("bad.yaml")
    page.get_by_text("deadlines[0].case：“十天”不是有效的期限").wait_for()
    body["deadlines"][0]["case"] = "12h"
    bring("good.yaml")
    page.get_by_text("检查通过").wait_for()
    page.get_by_role("button", name="发布", exact=True).click()
    page.get_by_text("请写一句改了什么").wait_for()
    page.get_by_label("改了什么").fill("特急改为 12 小时")
    page.get_by_role("button", name="发布", exact=True).click()
    page.get_by_text("已发布第 2 版").wait_for()

    audit = official("auditor")
    audit.wait_for_url("**/audit")
    audit.locator(".rows.trail").get_by_text("发布配置").wait_for()
    audit.get_by_text("特急改为 12 小时").wait_for()


@pytest.mark.parametrize("phone", [True, False])
def test_every_page_fits_its_screen(official: Official, plates: None, phone: bool) -> None:
    def fits(page: Any) -> bool:
        return page.evaluate(
            "document.documentElement.scrollWidth <= innerWidth"
            " && document.querySelector('[data-testid=stMain]').scrollWidth <= innerWidth"
        )

    page = official("admin", phone=phone)
    for path in ADMIN:
        page.goto(path)
        page.locator("h1").first.wait_for()
        page.wait_for_timeout(500)
        assert fits(page), path
    audit = official("auditor", phone=phone)
    audit.locator(".rows.trail").wait_for()
    assert fits(audit)
