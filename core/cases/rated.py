"""Who wrote a resident's rating down, where they did not give it themselves: always said, and
that it was the unit whose own work is rated, too.

Who may write one down is the county's to decide (the workflow's table): without a telephone, the
second family of a dispute speaks to the grid worker and to nobody else.
"""

from core.cases.detail import Detail
from core.rules.case import DONE, Entry
from core.words import _


def written_down(found: Detail, entry: Entry) -> str:
    """Said beside a rating that somebody of an office wrote down; empty beside any other line."""
    if entry.actor_id is None or "record_rating" not in found.effects(entry):
        return ""
    before = [e for e in found.timeline if e.seq < entry.seq]
    tasks = (t for t in found.file.tasks if t.state == DONE and t.done_at and t.done_at <= entry.at)
    did = {found.world.units.name(t.unit) for t in tasks}
    did |= {e.actor_unit for e in before if "resolve_now" in found.effects(e)}
    if entry.actor_unit in did:
        return _("代群众评价，由承办单位{unit}登记", unit=entry.actor_unit)
    return _("代群众评价，由{unit}登记", unit=entry.actor_unit or _("工作人员"))


def by_rating(found: Detail) -> dict[int, str]:
    """The same by the number of the rating's line."""
    return {e.seq: said for e in found.timeline if (said := written_down(found, e))}
