"""A county that assesses: the shipped assessments, and one that counts whatever can be counted."""

from datetime import datetime
from typing import Any

from core.access.actor import SYSTEM
from core.access.desk import Office
from core.blueprint.inherit import whole
from core.blueprint.store import publish
from core.cases.act import act
from core.cases.take_in import take_in
from core.now import ZONE, moved_to
from core.rules.unit_measures import CASES, RATINGS, TASKS
from tests.support import county

DEMANDS = ("to:talk", "to:supervision", "to:supervision:late", "to:chase", "by:extension",
           "on:talk", "on:supervision:answered", "to:instruction")  # fmt: skip
ACTIONS = ("action:object", "action:assign", "action:comment")
EVERYTHING = (*CASES, *TASKS, *RATINGS, *DEMANDS, *ACTIONS)
MONTHLY: dict[str, Any] = {
    "label": "月考核",
    "period": {"every": "month"},
    "least": 2,
    "appeal_days": 5,
    "groups": {
        "townships": {
            "label": "乡镇", "kinds": ["centre"], "levels": ["township"], "below": True,
        },
        "stations": {"label": "站所", "kinds": ["station"]},
    },
    "lines": {
        "response": {
            "label": "答复率", "numerator": {"answered": 1}, "denominator": {"received": 1},
            "points": 60,
        },
        "closure": {
            "label": "办结率", "numerator": {"closed": 1}, "denominator": {"received": 1},
            "points": 40,
        },
        "talk": {"label": "约谈", "numerator": {"to:talk": 1}, "each": -2, "cap": 10},
    },
}  # fmt: skip
YARD: dict[str, Any] = {
    "label": "全部计数",
    "groups": {"all": {"label": "全部"}},
    "lines": {f"l{n}": {"label": m, "numerator": {m: 1}, "each": 1}
              for n, m in enumerate(EVERYTHING)},
}  # fmt: skip


def assessing(office: Office, **assessments: dict[str, Any]) -> None:
    """Publish the small county's blueprint with Beijing's section and these assessments."""
    body = {"extends": "langfang", "takes": ["beijing12345"], "assessments": assessments}
    with office.work(SYSTEM) as work:
        publish(work.tx, whole(body), note="考核", by=None)
    office.forget()


def at(day: str, hour: int = 10) -> Any:
    """Some time on a day of the county."""
    return moved_to(datetime.fromisoformat(day).replace(hour=hour, tzinfo=ZONE))


def case(office: Office, day: str, *, by: str = "dispatcher", lead: str = "131024104-ZF") -> str:
    """An appeal of that day, handed to a station (or to nobody yet); returns its number."""
    with at(day):
        with office.work(county.actor(office, by)) as work:
            number = take_in(
                work,
                {"body": "早市门口每天早上有商贩占道经营，把路堵住了", "area": county.VILLAGE,
                 "category": "other"},
                inlet="hall",
            ).outcome.number  # fmt: skip
        if lead:
            do(office, by, number, "assign", lead=lead)
    return number


def do(office: Office, who: str, number: str, action: str, **data: Any) -> None:
    """Somebody does something to a case."""
    with office.work(county.actor(office, who)) as work:
        act(work, number, action, data)


def finish(office: Office, number: str, *, by: str = "enforce", score: int = 5) -> None:
    """The station reports, the centre answers, the clerk records a rating."""
    do(office, by, number, "sign")
    do(office, by, number, "report", result="已经办好")
    do(office, "dispatcher", number, "reply", text="已经办好，请查看")
    if score:
        do(office, "clerk", number, "rate", score=score)
