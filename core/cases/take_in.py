"""Intake: appeals come through the door, find their places and holders, and are receipted.

However many come at the same moment, each table is asked and written once: a burst (a storm,
a hotline's program) costs a little more than one appeal.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from pydantic_core import to_json
from sqlalchemy import and_, or_, select

from core.access.actor import DOOR, SYSTEM
from core.access.desk import Work
from core.cases.arrival import Arrival, Comer, Receipt, plates_of
from core.cases.intake import Appeal, begin_case, hash_code, new_code
from core.cases.once import KeyTaken
from core.cases.outcome import Outcome, outcome
from core.cases.residents import Caller, Kept, finding
from core.errors import OneDoorError
from core.ledger.change import Change
from core.ledger.write import write
from core.now import now
from core.rules.case import Case
from core.rules.permissions import Permission
from db.models import CaseRow


def take_in(
    work: Work,
    raw: Mapping[str, Any],
    *,
    inlet: str | None = None,
    idempotency_key: str | None = None,
) -> Receipt:
    """Register one appeal as `work.actor`, staff or public; arguments as in `Arrival`.

    Raises:
        Invalid: every faulty field by name.
        NotPermitted: staff without the right to register.
    """
    arrival = Arrival(raw=raw, inlet=inlet, idempotency_key=idempotency_key)
    return received(take_in_all(work, [arrival])[0])


def take_in_all(work: Work, arrivals: Sequence[Arrival]) -> list[Receipt | OneDoorError]:
    """Register appeals; each gets its receipt or the reason why not, in the same order.

    Raises:
        NotPermitted: staff without the right to register.
    """
    work.actor.require(Permission.CASE_CREATE)
    return register(work, arrivals)


def received(found: Receipt | OneDoorError) -> Receipt:
    """The receipt, or the refusal raised."""
    if isinstance(found, OneDoorError):
        raise found
    return found


def register(work: Work, arrivals: Sequence[Arrival]) -> list[Receipt | OneDoorError]:
    """As `take_in_all`, for whoever has been allowed to."""
    comers = [Comer(arrival) for arrival in arrivals]
    _each(comers, lambda c: c.examine(work.world, work.actor))
    plates = plates_of(work, comers)
    _each(comers, lambda c: c.find_place(work, plates))
    _answer_repeated(work, comers)
    changes = _begin(work, comers)
    if changes:
        write(work.tx, *changes)
    _answer_repeated(work, comers)  # those who came twice at the same moment
    return [comer.result for comer in comers if comer.result is not None]


def _each(comers: Sequence[Comer], step: Callable[[Comer], None]) -> None:
    """Take everybody a step further; who stumbles does not hold up the others."""
    for comer in comers:
        if comer.result is None:
            try:
                step(comer)
            except OneDoorError as refusal:
                comer.result = refusal


_RECEIPT = (
    CaseRow.number, CaseRow.stage, CaseRow.stage_kind, CaseRow.holder, CaseRow.due_at,
    CaseRow.version,
)  # fmt: skip


def _answer_repeated(work: Work, comers: Sequence[Comer]) -> None:
    """Who said the same under the same key before gets the receipt of then, without the code;
    who said something else is told so."""
    again = [(c, c.county, c.once) for c in comers if c.result is None and c.once]
    if not again:
        return
    kept = CaseRow.idempotency_key
    wanted = (
        and_(CaseRow.county == county, kept >= once.span[0], kept < once.span[1])
        for _comer, county, once in again
    )
    columns = (CaseRow.county, kept, CaseRow.because, CaseRow.area, *_RECEIPT)
    same, taken = dict[tuple[str, str], Receipt](), dict[tuple[str, str], str]()
    accused = any(c.appeal.values.get("accused") for c, _county, _once in again)
    with work.acting(SYSTEM if accused else work.actor):  # the accused may have written it down
        rows = work.tx.execute(select(*columns).where(or_(*wanted))).all()
    for row in rows:
        county, known, because, area, *standing = tuple[Any, ...](row)
        then = Outcome(*standing)
        same[county, known] = Receipt(
            outcome=then, query_code="", because=because, area=area, repeated=True
        )
        taken[county, known.partition(".")[0]] = then.number
    for comer, county, once in again:
        if number := taken.get((county, once.sender)):
            comer.result = same.get((county, once.kept)) or KeyTaken(number)


def _begin(work: Work, comers: Sequence[Comer]) -> list[Change]:
    """The new cases of whoever has come this far; of one sender's equal keys the first goes on."""
    at, going = now(), [c for c in comers if c.result is None]
    if not going:
        return []
    numbers, residents = _draw(work, going, at)
    changes, begun = [], set[tuple[str, str]]()

    def begin(comer: Comer) -> None:
        mark = (comer.county, comer.once.sender) if comer.once else None
        if mark in begun:
            return
        change, comer.result = _case(work, comer, numbers.pop(), residents, at)
        changes.append(change)
        if mark:
            begun.add(mark)

    _each(going, begin)
    return changes


def _case(
    work: Work, comer: Comer, running: int, residents: Mapping[Caller | None, int], at: datetime
) -> tuple[Change, Receipt]:
    parent, code = comer.arrival.parent, new_code()
    change = begin_case(
        work.world,
        work.actor,
        _as_part(comer.appeal, parent) if parent else comer.appeal,
        area=comer.area,
        inlet=comer.inlet,
        running=running,
        code_hash="",
        at=at,
        resident_id=parent.resident_id if parent else residents.get(comer.caller),
    )
    case = change.file.case
    if parent is not None:
        case.parent_id = parent.id
        case.registered_by = parent.registered_by
    case.code_hash = hash_code(work.settings.secret_key, case.number, code)
    receipt = Receipt(
        outcome=outcome(change), query_code=code, because=case.because, area=comer.area
    )
    return change, receipt


def _as_part(appeal: Appeal, parent: Case) -> Appeal:
    """What was split off is about the same people: it goes past the accused like the whole did."""
    kept = {name: getattr(parent, name) for name in ("accused", "anonymous", "confidential")}
    return replace(appeal, values=appeal.values | kept)


def _drawing(name: Kept) -> str:
    return f"""
with found as ({finding(name)})
select array(select nextval('case_numbers') from generate_series(1, %(n)s)),
  array(select county from found), array(select phone from found), array(select id from found)
"""  # noqa: S608 (our own words)


_DRAW: dict[Kept, str] = {"new": _drawing("new"), "known": _drawing("known")}


def _draw(
    work: Work, comers: Sequence[Comer], at: datetime
) -> tuple[list[int], dict[Caller | None, int]]:
    """A running number for each, the last first, and the residents who gave their phones:
    found or created.

    Staff may correct a name. At the door anybody may write any name beside anybody's number: it
    says who is not yet called anything.
    """
    kept: Kept = "known" if work.actor is DOOR else "new"
    people = dict[Caller, dict[str, Any]]()
    for comer in comers:
        if (caller := comer.caller) is None:
            continue
        values = {k: comer.appeal.values.get(k, "") for k in ("name", "address")}
        if (known := people.get(caller)) is None:
            new = {"county": caller[0], "phone": caller[1], "id": work.office.new_id(), "at": at}
            people[caller] = new | values
        elif values["name"] and (kept == "new" or not known["name"]):
            known["name"] = values["name"]
    drawn = {"n": len(comers), "people": to_json([*people.values()]).decode()}
    numbers, counties, phones, ids = work.tx.exec_driver_sql(_DRAW[kept], drawn).one()
    return numbers[::-1], dict(zip(zip(counties, phones, strict=True), ids, strict=True))
