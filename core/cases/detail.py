"""One case with everything around it, as its reader may see it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import select

from core.access.actor import Actor
from core.access.audit import audit
from core.access.confidence import may_know
from core.access.desk import Look, Work
from core.blueprint.world import World
from core.cases.decide import actions, form_of
from core.cases.load import load
from core.cases.relatives import Relative, relatives
from core.errors import Invalid, NotPermitted
from core.rules.case import Case, CaseFile, Demand, Entry, Task
from core.rules.forms import Field
from core.rules.ladders import DATED, LAPSE, OVERDUE, REMIND
from core.rules.masking import mask_address, mask_all, mask_name, mask_phone, mask_text
from core.rules.permissions import Permission, Scope
from core.rules.workflow import Transition
from core.words import Text, _, lazy, pick
from db.models import EntryRow, FileRow, RatingRow, Resident

OWN: Mapping[str, Text] = {
    "create": lazy("登记"),
    REMIND: lazy("期限提醒"),
    OVERDUE: lazy("超期提醒"),
    LAPSE: lazy("到期"),
    DATED: lazy("期限已确定"),
}
"""Lines of a timeline that no county names: its beginning, and what clocks write."""


def line_label(world: World, action: str) -> str:
    """What a line of the timeline is called."""
    if action in OWN:
        return str(OWN[action])
    rows = world.blueprint.workflow.transitions
    return next((pick(t.label) for t in rows if t.id == action), action)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A file of the case; the bytes come through an authorised route."""

    id: int
    name: str
    mime: str
    size: int
    by_resident: bool
    uploaded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """One rating by one party."""

    seq: int
    """Its line in the timeline."""
    at: datetime
    party: str
    score: int
    reasons: Sequence[str]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who spoke, masked unless unmasked for a stated purpose."""

    name: str
    phone: str
    address: str
    masked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """A case page's whole content."""

    file: CaseFile
    world: World
    """The configuration that the case began with."""
    timeline: Sequence[Entry]
    files: Sequence[Evidence]
    ratings: Sequence[Rating]
    resident: Identity | None
    actions: Sequence[Transition]
    reader: Actor
    relatives: Sequence[Relative] = ()
    """Cases merged with this one, or split from it."""

    def form(self, row: Transition) -> tuple[Field, ...]:
        """What the reader fills in for one of `actions`."""
        return form_of(self.world, self.reader, row, self.file)

    def effects(self, entry: Entry) -> set[str]:
        """What a line of the timeline did."""
        rows = self.world.blueprint.workflow.transitions
        return {effect for t in rows if t.id == entry.action for effect in t.effects}

    @property
    def body(self) -> str:
        """The resident's words, with numbers of phones and identity cards masked."""
        return mask_text(self.file.case.body)


_ENTRY = [getattr(EntryRow, f.name) for f in fields(Entry)]
EVIDENCE = [getattr(FileRow, f.name) for f in fields(Evidence)]
_RATING = [getattr(RatingRow, f.name) for f in fields(Rating)]


def detail(look: Look, number: str) -> Detail:
    """The case `number` with tasks, clocks, timeline, files, ratings and what may be done.

    Raises:
        NotFound: no such case, or not visible to the reader.
    """
    look.actor.require(Permission.CASE_READ)
    file = _in_confidence(look.actor, load(look, number))
    world = look.world_of(file.case.config_version)
    found = Detail(
        file=file,
        world=world,
        timeline=[Entry(**r._mapping) for r in _rows(look, file, _ENTRY, EntryRow, EntryRow.seq)],
        files=[Evidence(**r._mapping) for r in _rows(look, file, EVIDENCE, FileRow, FileRow.id)],
        ratings=[
            Rating(**r._mapping) for r in _rows(look, file, _RATING, RatingRow, RatingRow.seq)
        ],
        resident=_identity(look, file),
        actions=actions(world, look.actor, file),
        reader=look.actor,
        relatives=relatives(look, world, file),
    )
    return _from_outside(found) if look.actor.scope is Scope.OUTSIDE else found


def _in_confidence(reader: Actor, file: CaseFile) -> CaseFile:
    """Who was spoken for is hidden from those who may not know who spoke: in a village a family
    name is enough to find them."""
    if may_know(reader, file.case):
        return file
    return replace(file, case=replace(file.case, on_behalf=""))


_AMONG_STAFF = "comment"
"""The action by which those who handle a case tell each other something."""


def _from_outside(found: Detail) -> Detail:
    """What somebody who is no official may read: nothing that says who spoke or where they live,
    nor what those who handle the case only told each other.

    Personal Information Protection Law 《个人信息保护法》 art. 6: no more than the purpose needs;
    a deputy judges how a matter was handled. Residents' own photos show people and doors.
    """
    file = found.file
    case = replace(
        _masked(file.case, "title", "body", "reply"),
        address=mask_address(file.case.address),
        lat=None,
        lon=None,
        plate=None,
        on_behalf="",
        form={},
        resident_id=None,
        registered_by=None,
    )
    told = (e for e in found.timeline if e.public or e.action != _AMONG_STAFF)
    return replace(
        found,
        file=replace(
            file,
            case=case,
            tasks=[_masked(t, "note", "result") for t in file.tasks],
            demands=[_masked(d, "text", "answer", "data") for d in file.demands],
        ),
        # a hash over the words would prove a guess of the four digits that are hidden
        timeline=[replace(_masked(e, "data"), hash="") for e in told],
        files=[_masked(f, "name") for f in found.files if not f.by_resident],
        ratings=[_masked(r, "text") for r in found.ratings],
        relatives=[_masked(r, "title") for r in found.relatives],
        resident=None,
    )


_Part = TypeVar("_Part", Case, Task, Demand, Entry, Evidence, Rating, Relative)


def _masked(part: _Part, *names: str) -> _Part:
    """`part` with the words under these names masked."""
    return replace(part, **{name: mask_all(getattr(part, name)) for name in names})


def _rows(look: Look, file: CaseFile, columns: list[Any], model: Any, order: Any) -> Any:
    case = file.case
    return look.tx.execute(
        select(*columns)
        .where(model.county == case.county, model.case_id == case.id)
        .order_by(order)
    )


def _identity(look: Look, file: CaseFile, *, plain: bool = False) -> Identity | None:
    case = file.case
    if case.resident_id is None:
        return None
    row = look.tx.execute(
        select(Resident.name, Resident.phone, Resident.address).where(
            Resident.county == case.county, Resident.id == case.resident_id
        )
    ).one_or_none()
    if row is None:
        return None
    if not may_know(look.actor, case):
        return Identity(name=_("保密"), phone="", address="", masked=True)
    if plain:
        return Identity(name=row.name, phone=row.phone, address=row.address, masked=False)
    return Identity(name=mask_name(row.name), phone=mask_phone(row.phone), address="", masked=True)


def unmask(work: Work, number: str, purpose: str) -> Identity | None:
    """The resident's name and phone, for a stated purpose that is kept.

    Personal Information Protection Law 《个人信息保护法》 art. 6 and 51: a clear purpose, and
    a record of the operation.

    Raises:
        NotPermitted: the role may not, or the case is confidential and not the reader's own.
        Invalid: no purpose stated.
    """
    work.actor.require(Permission.CASE_IDENTITY)
    purpose = purpose.strip()[:200]
    if len(purpose) < 2:
        raise Invalid(_("请写明查看身份信息的用途"), field="purpose")
    file = load(work, number)
    if not may_know(work.actor, file.case):
        raise NotPermitted(_("反映人要求保密，只有登记这件诉求的人可以查看身份"))
    identity = _identity(work, file, plain=True)
    audit(work, "case.unmask", number, purpose=purpose)
    return identity
