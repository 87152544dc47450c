"""Addresses other than e-mail, by which messages leave the house: webhooks and robots.

Such an address is a key: whoever has it can write to the group. It is checked when entered,
kept, and never shown again in full.
"""

import re
from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qs, urlsplit

from core.errors import Invalid
from core.words import Text, _, lazy

Way = Literal["webhook", "robot"]
WAYS: tuple[Way, ...] = ("webhook", "robot")
LABELS: dict[str, Text] = {"webhook": lazy("推送接口"), "robot": lazy("群机器人或短信")}
LONGEST = 500
"""Characters of an address."""


@dataclass(frozen=True, slots=True)
class Robot:
    """A kind of robot, as Apprise knows it."""

    module: str
    """Of `apprise.plugins`."""
    label: Text
    own: bool = False
    """Whether the address names a server of the county's own; else the service's is used."""


_OWN = lazy("自建网关")
ROBOTS: dict[str, Robot] = {
    "wecombot": Robot("wecombot", lazy("企业微信群机器人")),
    "dingtalk": Robot("dingtalk", lazy("钉钉群机器人")),
    "feishu": Robot("feishu", lazy("飞书群机器人")),
    "lark": Robot("lark", lazy("Lark 群机器人")),
    "json": Robot("custom_json", _OWN, own=True),
    "jsons": Robot("custom_json", _OWN, own=True),
    "form": Robot("custom_form", _OWN, own=True),
    "forms": Robot("custom_form", _OWN, own=True),
    "xml": Robot("custom_xml", _OWN, own=True),
    "xmls": Robot("custom_xml", _OWN, own=True),
    "smseagle": Robot("smseagle", lazy("短信设备 SMSEagle"), own=True),
    "smseagles": Robot("smseagle", lazy("短信设备 SMSEagle"), own=True),
    "bulksms": Robot("bulksms", lazy("短信网关 BulkSMS")),
    "clickatell": Robot("clickatell", lazy("短信网关 Clickatell")),
    "infobip": Robot("infobip", lazy("短信网关 Infobip")),
    "sinch": Robot("sinch", lazy("短信网关 Sinch")),
    "twilio": Robot("twilio", lazy("短信网关 Twilio")),
    "vonage": Robot("vonage", lazy("短信网关 Vonage")),
}
"""By scheme: all that may be entered. Apprise knows a hundred more, among them programs on
this machine and services that fit no public office."""

_PASTED = (
    ("qyapi.weixin.qq.com", re.compile(r"/cgi-bin/webhook/send/?"), "key", "wecombot"),
    ("oapi.dingtalk.com", re.compile(r"/robot/send/?"), "access_token", "dingtalk"),
    ("open.feishu.cn", re.compile(r"/open-apis/bot/v2/hook/([\w-]+)/?"), "", "feishu"),
    ("open.larksuite.com", re.compile(r"/open-apis/bot/v2/hook/([\w-]+)/?"), "", "lark"),
)
"""Host, path, the query's name of the key (or it stands in the path), scheme."""
_KEY = re.compile(r"[\w-]+")


def clean(way: str, url: str) -> str:
    """The address as it is kept.

    Raises:
        Invalid: not such an address, by the way's name.
    """
    url = url.strip()
    if not url.isprintable() or re.search(r"\s", url) or len(url) > LONGEST:
        words = _("地址里不能有空格和换行，最长 {n} 个字符", n=LONGEST)
        raise Invalid(words, field=way)
    if "***" in url or "…" in url:
        raise Invalid(_("这是遮盖过的地址，请填写完整的地址"), field=way)
    return _webhook(url) if way == "webhook" else _robot(url)


def _host(url: str) -> str:
    """Lower case; empty where the address is none."""
    try:
        parts = urlsplit(url)
        _port = parts.port
    except ValueError:
        return ""
    return parts.hostname or ""


def scheme(url: str) -> str:
    """The part before `://`, in lower case; empty where there is none."""
    found, mark, _rest = url.partition("://")
    return found.lower() if mark else ""


def _webhook(url: str) -> str:
    if scheme(url) not in ("http", "https") or not _host(url):
        raise Invalid(_("推送接口的地址应以 http:// 或 https:// 开头"), field="webhook")
    if any(_host(url) == host for host, *_rest in _PASTED):
        raise Invalid(_("这是群机器人的地址，请填在“群机器人”一栏"), field="webhook")
    return url


def _robot(url: str) -> str:
    url = _pasted(url) or url
    if scheme(url) not in ROBOTS or not url.partition("://")[2].strip("/"):
        raise Invalid(
            _(
                "不认识这个机器人地址。企业微信、钉钉、飞书请粘贴群机器人的 https 地址；"
                "其他网关的写法见使用说明"
            ),
            field="robot",
        )
    return url


def _pasted(url: str) -> str:
    """What people copy out of WeCom, DingTalk or Feishu, in the form that is kept."""
    if scheme(url) not in ("http", "https"):
        return ""
    parts = urlsplit(url) if _host(url) else urlsplit("")
    for host, path, name, kept in _PASTED:
        found = path.fullmatch(parts.path) if parts.hostname == host else None
        if found:
            key = parse_qs(parts.query).get(name, [""])[0] if name else found[1]
            return f"{kept}://{key}" if _KEY.fullmatch(key) else ""
    return ""


def masked(way: str, url: str) -> str:
    """What may be shown: the kind and the server, never the key."""
    if way == "robot":
        robot = ROBOTS.get(scheme(url))
        label = str(robot.label) if robot else scheme(url)
        return f"{label} {_host(url)} ***" if robot and robot.own else f"{label} ***"
    rest = urlsplit(url) if _host(url) else None
    if rest is None:
        return "***"
    port = f":{rest.port}" if rest.port else ""
    return f"{rest.scheme}://{rest.hostname}{port}/***"


def server(way: str, url: str) -> str:
    """Who answers there, for taking turns: a host, or the robots' service."""
    robot = ROBOTS.get(scheme(url)) if way == "robot" else None
    return robot.module if robot and not robot.own else _host(url)
