"""Real cases for the printer: taken in, dispatched, pressed on, answered, rated."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from core.access.actor import Actor, resident
from core.access.desk import Office
from core.cases.act import act
from core.cases.detail import Detail, detail
from core.cases.intake import hash_code
from core.cases.take_in import take_in
from core.now import ZONE, moved_to
from tests.support import county

MONDAY = datetime(2026, 11, 16, 10, tzinfo=ZONE)
PHONE, NAME, HOME = "13812345678", "张三丰", "安平镇王家摆村3排12号"
APPEAL = {
    "body": "三号楼暖气半个月不热，室内只有十四度，请打我电话13812345678",
    "area": county.VILLAGE,
    "name": NAME,
    "phone": PHONE,
    "category": "housing/heating",
    "form": {"company": "某热力公司", "indoor": 14},
    "address": HOME,
    "inlet": "hall",
}
HEATING = f"{county.COUNTY}-ZJ"


@dataclass
class Life:
    """One case and everybody around it."""

    office: Office
    number: str
    code: str
    at: datetime = MONDAY

    def who(self, username: str) -> Actor:
        """Somebody of the small county, or whoever spoke."""
        if username == "resident":
            key = hash_code(self.office.settings.secret_key, self.number, self.code)
            return resident(self.number, key)
        return county.actor(self.office, username)

    def do(self, username: str, action: str, **data: Any) -> None:
        """An action, an hour after the one before."""
        self.at += timedelta(hours=1)
        with moved_to(self.at), self.office.work(self.who(username)) as work:
            act(work, self.number, action, data)

    def seen_by(self, username: str) -> Detail:
        """The case as somebody sees it."""
        with moved_to(self.at), self.office.look(self.who(username)) as look:
            return detail(look, self.number)

    def dispatched(self) -> "Life":
        """Given to the county's housing office, which has signed."""
        if HEATING not in {t.unit for t in self.seen_by("county").file.tasks}:
            self.do("county", "assign", lead=HEATING, note="请先入户测温")
        self.do("housing", "sign")
        return self

    def pressed(self) -> "Life":
        """A leader has instructed, a supervisor has sent an order."""
        self.do("leader", "instruct", text="三日内解决", to=[HEATING], due="2026-11-19")
        self.do("supervisor", "supervise", text="查清原因并反馈", due="2026-11-20")
        return self

    def closed(self) -> "Life":
        """Answered and rated."""
        self.do("housing", "report", result="已更换阀门，室温二十度")
        self.do("county", "reply", text="阀门已经更换。\n请再观察两天。")
        self.do("resident", "rate", score=5, text="满意")
        return self


def begun(office: Office, **more: object) -> Life:
    """A case as it comes in at the hall."""
    with moved_to(MONDAY), office.work(county.actor(office, "clerk")) as work:
        receipt = take_in(work, APPEAL | more)
    return Life(office, receipt.outcome.number, receipt.query_code or "")
