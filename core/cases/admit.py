"""Number and query code open one case. Whoever guesses is slowed down."""

from sqlalchemy import select

from core.access import limits
from core.access.actor import resident
from core.access.desk import Work
from core.cases.intake import hash_code
from core.errors import NotFound, OneDoorError
from core.words import lazy
from db.models import CaseRow

_WRONG = lazy("编号与查询码不符，请核对后再试")


def admit(work: Work, number: str, code: str, address: str) -> OneDoorError | None:
    """Let `work` go on as the resident who holds `number` and `code`; else say why not.

    A refusal is returned, not raised, so that the failure it counted is committed.

    Args:
        address: where the request came from, as the edge knows it.
    """
    number, code = number.strip()[:40], code.strip()[:20]
    counted = (limits.CODES_OF_CASE, number), (limits.CODES_FROM, address)
    try:
        limits.check(work, *counted)
    except OneDoorError as refusal:
        return refusal
    work.become(resident(number, hash_code(work.settings.secret_key, number, code)))
    if work.tx.scalar(select(CaseRow.number).where(CaseRow.number == number)):
        return None
    try:
        limits.count(work, *counted)
    except OneDoorError as refusal:
        return refusal
    return NotFound(_WRONG, code="wrong_code")
