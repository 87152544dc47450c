"""Group robots (WeCom 企业微信, DingTalk 钉钉, Feishu 飞书) and SMS gateways, through Apprise.

Apprise words the request for each service; the request itself leaves by our own way out
(`jobs.outside`), so that addresses are checked, nothing is followed, nothing hangs, and we see
the answer: several of these services say "no" with a 200, which Apprise takes for a yes.
"""

import json
import sys
import threading
from collections import defaultdict, deque
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import requests

from core.access.desk import Office
from core.errors import Invalid
from core.now import now
from core.places.robots import robot
from core.rules.addresses import server
from core.settings import Settings
from core.words import _, lazy, speaking
from jobs.delivery import Delivery
from jobs.delivery import deliver as deliver_by
from jobs.faults import Fault
from jobs.letters import Away, Letter, Never
from jobs.outside import Client, NotAllowed, Unreachable
from jobs.registry import job
from jobs.verdicts import judge

PER_MINUTE = 20
"""What WeCom and DingTalk take from one robot; beyond it DingTalk is deaf for ten minutes."""
_PACED = frozenset({"wecombot", "dingtalk", "feishu", "lark"})
_BUSY = frozenset({-1, 45009, 45033, 130101, 410100, 11232, 11233})
"""Codes that mean "not now": busy, or too many (WeCom 45009, 45033; DingTalk 130101, 410100;
Feishu 11232, 11233)."""
_TOO_MANY = timedelta(minutes=10)


@job("robot", every=timedelta(seconds=5))
def deliver(office: Office, stop: threading.Event | None = None) -> Delivery:
    """Send every message that is due to a robot or an SMS gateway."""
    return deliver_by(office, Robot(office.settings), stop)


class Robot:
    """By robot."""

    name = "robot"
    threads = 4

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    @contextmanager
    def sender(self) -> "Iterator[_Mouth]":
        """A client with its connections."""
        with Client(self.settings.webhook_networks) as client:
            yield _Mouth(self.settings, client)


class _Mouth:
    def __init__(self, settings: Settings, client: Client) -> None:
        self.settings, self.client = settings, client

    def send(self, letter: Letter) -> None:
        """Let the robot say one letter."""
        try:
            voice = robot(letter.to)
        except Invalid as fault:
            raise Never(fault.said) from fault
        if server("robot", letter.to) in _PACED:
            _pace(letter.address_id or 0)
        title, text = said(self.settings, letter)
        with through(voice, self.client) as heard:
            taken = voice.notify(body=text, title=title, body_format="text")
        if isinstance(heard.fault, NotAllowed):
            raise Never(heard.fault.said)
        if heard.fault is not None:
            raise Away(heard.fault.said)
        for answer in heard.answers:
            judge(answer)
            _understand(answer)
        if not taken:
            raise Never(lazy("机器人没有接受这条消息，请核对地址"))


def said(settings: Settings, letter: Letter) -> tuple[str, str]:
    """Title and text. The title always holds the house's name: robots that only take what
    holds a keyword can have it as theirs."""
    subject, body = letter.words()
    with speaking(letter.locale):
        about = f"{settings.public_url}/case?number={letter.number}" if letter.number else ""
        lines = [body, _("查看：{url}", url=about) if about else ""]
        return _("【一扇门】{subject}", subject=subject), "\n".join(x for x in lines if x)


class _Heard:
    """Stands in for the module `requests` in a plugin: every call leaves by our way out."""

    def __init__(self) -> None:
        self.here = threading.local()

    def __getattr__(self, name: str) -> Any:
        return getattr(requests, name)

    def request(self, method: str, url: str, **what: Any) -> requests.Response:
        call: _Call = self.here.call
        try:
            answer = call.client.request(method, url, **what)
        except (NotAllowed, Unreachable) as fault:
            call.fault = fault
            raise requests.ConnectionError from fault
        call.answers.append(answer)
        return answer

    def get(self, url: str, **what: Any) -> requests.Response:
        return self.request("GET", url, **what)

    def post(self, url: str, data: Any = None, **what: Any) -> requests.Response:
        return self.request("POST", url, data=data, **what)

    def put(self, url: str, data: Any = None, **what: Any) -> requests.Response:
        return self.request("PUT", url, data=data, **what)


class _Call:
    def __init__(self, client: Client) -> None:
        self.client = client
        self.answers: list[requests.Response] = []
        self.fault: Fault | None = None


_heard = _Heard()


@contextmanager
def through(voice: object, client: Client) -> Iterator[_Call]:
    """Let a robot speak through `client`; what came back is in the call."""
    module = sys.modules[type(voice).__module__]
    if module.requests is not _heard:
        module.requests = _heard  # pyright: ignore[reportAttributeAccessIssue]
    call = _heard.here.call = _Call(client)
    try:
        yield call
    finally:
        del _heard.here.call


def _understand(answer: requests.Response) -> None:
    """The services' own codes in an answer of status 200."""
    try:
        told = json.loads(answer.content)
    except ValueError:
        return
    if not isinstance(told, dict):
        return
    code = next((told[k] for k in ("errcode", "code", "StatusCode") if k in told), 0)
    if type(code) is not int or code == 0:
        return
    words = str(told.get("errmsg") or told.get("msg") or told.get("StatusMessage") or "")
    fault = lazy("机器人回答 {code}：{words}", code=code, words=" ".join(words.split())[:120])
    if code in _BUSY:
        raise Away(fault, after=None if code == -1 else _TOO_MANY)
    raise Never(fault)


_spoken: defaultdict[int, deque[datetime]] = defaultdict(deque)
_counting = threading.Lock()


def _pace(address: int) -> None:
    """Note that a robot speaks once more, or make it wait for its minute."""
    at, minute = now(), timedelta(minutes=1)
    with _counting:
        times = _spoken[address]
        while times and not at - minute < times[0] <= at:
            times.popleft()
        if len(times) < PER_MINUTE:
            times.append(at)
            return
        again = times[0] + minute - at
    fault = lazy("机器人每分钟只能说 {n} 条，稍后接着发", n=PER_MINUTE)
    raise Away(fault, tried=False, well=True, after=again)
