"""Who may know who spoke, where that was told in confidence: whoever took the words down, or
intake staff where the person came by themselves. Those who handle the case answer through them.
"""

from sqlalchemy import ColumnElement, false, or_

from core.access.actor import Actor
from core.rules.case import Case
from core.rules.permissions import Permission
from db.models import CaseRow


def may_know(actor: Actor, case: Case) -> bool:
    """Whether `actor` may know who spoke."""
    if not case.confidential:
        return True
    if case.registered_by is None:
        return Permission.RESIDENT_FIND in actor.permissions
    return case.registered_by == actor.person


def known_to(actor: Actor) -> ColumnElement[bool]:
    """The same of cases in a query: nothing else may lead from a person to a case."""
    c, takes_in = CaseRow, Permission.RESIDENT_FIND in actor.permissions
    return or_(
        c.confidential.is_(False),
        c.registered_by.is_(None) if takes_in else false(),
        c.registered_by == actor.person if actor.person is not None else false(),
    )
