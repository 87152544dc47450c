"""Number and query code open one case. Whoever guesses is slowed down."""

from sqlalchemy import bindparam, select

from core.access import limits
from core.access.actor import Actor, resident
from core.access.desk import Work
from core.cases.intake import hash_code
from core.errors import NotFound, OneDoorError
from core.settings import Settings
from core.words import lazy
from db.models import CaseRow

_THEIRS = select(CaseRow.version).where(CaseRow.number == bindparam("number"))
_WRONG = lazy("编号与查询码不符，请核对后再试")


def key_holder(settings: Settings, number: str, code: str) -> Actor:
    """Whoever holds `number` and `code`, whether or not they belong together."""
    number, code = (text.strip() if text.isprintable() else "" for text in (number, code))
    return resident(number[:40], hash_code(settings.secret_key, number[:40], code[:20]))


def admit(work: Work, number: str, code: str, address: str) -> OneDoorError | None:
    """Let `work` go on as the resident who holds `number` and `code`; else say why not.

    A refusal is returned, not raised, so that the failure it counted is committed. Strangers who
    guess elsewhere keep nobody out.

    Args:
        address: where the request came from, as the edge knows it.
    """
    who = key_holder(work.settings, number, code)
    counted = (
        (limits.CODES_OF_CASE_FROM, f"{who.number} {address}"),
        (limits.CODES_OF_CASE, who.number),
        (limits.CODES_FROM, address),
    )
    try:
        limits.check(work, *counted)
    except OneDoorError as refusal:
        return refusal
    work.become(who)
    if work.tx.scalar(_THEIRS, {"number": who.number}):
        return None
    try:
        limits.count(work, *counted)
    except OneDoorError as refusal:
        return refusal
    return NotFound(_WRONG, code="wrong_code")
