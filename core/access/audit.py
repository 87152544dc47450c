"""Who did what outside a case's own timeline: sign-ins, unmasking, exports, configuration.

Kept at least six months (Cybersecurity Law 《网络安全法》 art. 21 (3)).
"""

from typing import Any

from sqlalchemy import insert

from core.access.actor import Actor
from core.access.desk import Work
from core.now import now
from db.models import AuditRow


def audit(
    work: Work, what: str, subject: str = "", *, by: Actor | None = None, **data: Any
) -> None:
    """Add a line; `what` is a word of the code, `subject` names what it was about."""
    actor = by or work.actor
    work.tx.execute(
        insert(AuditRow).values(
            id=work.office.new_id(),
            at=now(),
            person_id=actor.person,
            name=actor.name or actor.username,
            what=what,
            subject=subject[:200],
            data=data,
        )
    )
