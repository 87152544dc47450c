"""Addresses of robots and webhooks: what is taken, how it is kept, what of it is shown."""

import pytest

from core.errors import Invalid
from core.rules.addresses import clean, masked, server

WECOM = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693axxx6-7aoc-4bc4-97a0"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (WECOM, "wecombot://693axxx6-7aoc-4bc4-97a0"),
        (f"  {WECOM}\n", "wecombot://693axxx6-7aoc-4bc4-97a0"),
        ("https://oapi.dingtalk.com/robot/send?access_token=abc123", "dingtalk://abc123"),
        ("https://open.feishu.cn/open-apis/bot/v2/hook/ab-12", "feishu://ab-12"),
        ("https://open.larksuite.com/open-apis/bot/v2/hook/ab-12/", "lark://ab-12"),
        ("dingtalk://SECret@abc123", "dingtalk://SECret@abc123"),
        ("jsons://gateway.example/sms", "jsons://gateway.example/sms"),
    ],
)
def test_a_robot_as_people_paste_it(typed: str, kept: str) -> None:
    assert clean("robot", typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "", "wecombot", "wecombot://", "https://example.org/hook", "http://[", "x://y",
        "https://qyapi.weixin.qq.com/cgi-bin/webhook/send",
        "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=a/b",
        "https://qyapi.weixin.qq.com.example.org/cgi-bin/webhook/send?key=abc",
        "syslog://localhost", "file:///etc/passwd", "mailto://a@b", "ssh://host", "dbus://",
        "wecombot://a b", "wecombot://" + "a" * 500, "企业微信群机器人 ***", "wecombot://***",
    ],
)  # fmt: skip
def test_what_is_no_robot(typed: str) -> None:
    with pytest.raises(Invalid) as refused:
        clean("robot", typed)
    assert refused.value.data["fields"].keys() == {"robot"}


@pytest.mark.parametrize(
    "typed", ["https://example.org/hook?a=1", "http://10.1.2.3:8080", "HTTPS://x"]
)
def test_a_webhook_is_kept_as_it_is(typed: str) -> None:
    assert clean("webhook", typed) == typed


@pytest.mark.parametrize(
    "typed",
    ["", "example.org", "ftp://example.org", "https://", "http://x:99999/", "http://[::1",
     "javascript:alert(1)", "https://example.org/\nX: y", "https://example.org/***", WECOM],
)  # fmt: skip
def test_what_is_no_webhook(typed: str) -> None:
    with pytest.raises(Invalid) as refused:
        clean("webhook", typed)
    assert refused.value.data["fields"].keys() == {"webhook"}


@pytest.mark.parametrize(
    ("way", "url", "shown", "who"),
    [
        ("robot", "wecombot://geheim", "企业微信群机器人 ***", "wecombot"),
        ("robot", "dingtalk://geheim@geheim", "钉钉群机器人 ***", "dingtalk"),
        ("robot", "jsons://u:geheim@sms.county/geheim", "自建网关 sms.county ***", "sms.county"),
        ("robot", "vonage://geheim:geheim@1/2", "短信网关 Vonage ***", "vonage"),
        ("webhook", "https://u:geheim@oa.county:8443/geheim?k=geheim", "https://oa.county:8443/***",
         "oa.county"),
        ("webhook", "http://[", "***", ""),
    ],
)  # fmt: skip
def test_the_key_is_never_shown(way: str, url: str, shown: str, who: str) -> None:
    assert masked(way, url) == shown
    assert server(way, url) == who
    assert "geheim" not in shown
