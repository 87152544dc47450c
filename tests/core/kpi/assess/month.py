"""A month of three units, and what people do about its points."""

from typing import Any

from core.access.desk import Office
from core.kpi.assess.decide import ask_exclusion, decide_exclusion
from core.kpi.assess.publish import publish
from core.kpi.assess.read import Assessed, assess
from tests.support import county

NOVEMBER, WHERE = {"period": "2026-11"}, {"area": county.COUNTY}
ENFORCE, POLICE, TRAFFIC = "131024104-ZF", "131024104-PC", "131024104-JJ"


def read(office: Office, who: str = "supervisor", **more: str) -> Assessed:
    """The month as somebody sees it."""
    actor = county.actor(office, who)
    with office.look(actor) as look:
        return assess(look, "monthly", **{**NOVEMBER, **WHERE, **more})


def standing(found: Assessed) -> dict[str, tuple[Any, Any]]:
    """Total and rank by unit."""
    return {s.member.unit: (s.score.total, s.rank) for s in found.scored if s.score.sample}


Month = tuple[Office, list[str]]


def ask(office: Office, who: str, number: str, **more: Any) -> int:
    """Ask that a case shall not count."""
    asked = {"unit": ENFORCE, "reason": "诉求人要求超出政策范围", **NOVEMBER, **WHERE, **more}
    with office.work(county.actor(office, who)) as work:
        return ask_exclusion(work, "monthly", number=number, **asked)


def decide(office: Office, who: str, claim: int, approve: bool = True, words: str = "属实") -> None:
    """Decide it."""
    with office.work(county.actor(office, who)) as work:
        decide_exclusion(work, claim, approve=approve, words=words)


def make_public(office: Office, who: str = "chief", **more: Any) -> None:
    """Publish the month."""
    with office.work(county.actor(office, who)) as work:
        publish(work, "monthly", **{**NOVEMBER, **WHERE, **more})
