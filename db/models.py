"""The tables. Every case-bound table leads its primary key with the county, so that one
server is enough for a city and Citus can spread a province without a change of code.

Relationships are not mapped: commands write rows, queries join what they need.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Date,
    DateTime,
    Float,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Sequence,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSVECTOR
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
C = Text(collation="C")
"""Codes compare byte by byte, so that an area's scope is a plain B-tree range."""


class Base(DeclarativeBase):
    """Base of all tables."""

    metadata = MetaData(naming_convention=CONVENTION)
    type_annotation_map = {  # noqa: RUF012 (SQLAlchemy's own form)
        str: Text(),
        int: BigInteger(),
        float: Float(),
        bool: Boolean(),
        datetime: DateTime(timezone=True),
        date: Date(),
        dict[str, Any]: JSONB(),
        list[Any]: JSONB(),
        list[str]: ARRAY(Text()),
        bytes: LargeBinary(),
    }


IDS = Sequence("ids", metadata=Base.metadata, increment=1000)
"""Ids are drawn a thousand at a time by each process: no round trip per row."""
NUMBERS = Sequence("case_numbers", metadata=Base.metadata)
"""The running part of a case number; never restarted, so never drawn twice."""

MESSAGE_IDS = Sequence("message_ids", metadata=Base.metadata, cache=100)
DELTA_IDS = Sequence("delta_ids", metadata=Base.metadata, cache=100)


def _code(*, key: bool = False, null: bool = False, default: str | None = None) -> Any:
    return mapped_column(
        C,
        primary_key=key,
        nullable=null,
        server_default=None if default is None else text(f"'{default}'"),
    )


def _id() -> Any:
    return mapped_column(primary_key=True, autoincrement=False)


EMPTY_LIST, EMPTY_DICT = text("'{}'"), text("'{}'::jsonb")


class Area(Base):
    """A place in the division tree; `grid` areas stand below villages."""

    __tablename__ = "area"
    code: Mapped[str] = _code(key=True)
    name: Mapped[str]
    parent: Mapped[str | None] = _code(null=True)
    level: Mapped[str]
    __table_args__ = (Index(None, "parent"),)


class Unit(Base):
    """A unit 单位: centre, department, station, grid team, volunteers."""

    __tablename__ = "unit"
    code: Mapped[str] = _code(key=True)
    name: Mapped[str]
    kind: Mapped[str]
    area: Mapped[str] = _code()
    parent: Mapped[str | None] = _code(null=True)
    duties: Mapped[list[str]] = mapped_column(server_default=EMPTY_LIST)
    phone: Mapped[str] = mapped_column(server_default="")
    active: Mapped[bool] = mapped_column(server_default=text("true"))


class Person(Base):
    """Somebody with an account. Residents have none."""

    __tablename__ = "person"
    id: Mapped[int] = _id()
    username: Mapped[str] = mapped_column(C, unique=True)
    name: Mapped[str]
    password_hash: Mapped[str]
    roles: Mapped[list[str]]
    unit: Mapped[str | None] = _code(null=True)
    area: Mapped[str | None] = _code(null=True)
    phone: Mapped[str] = mapped_column(server_default="")
    email: Mapped[str] = mapped_column(server_default="")
    locale: Mapped[str] = mapped_column(server_default="zh_CN")
    active: Mapped[bool] = mapped_column(server_default=text("true"))
    failures: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    locked_until: Mapped[datetime | None]
    __table_args__ = (Index(None, "unit"), Index(None, "area"))


class SignIn(Base):
    """A server-side session; only the hash of its token is kept."""

    __tablename__ = "sign_in"
    token_hash: Mapped[str] = _code(key=True)
    person_id: Mapped[int]
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ticket_hash: Mapped[str | None] = _code(null=True)
    """Set between the sign-in form and the route that sets the cookie; used once."""
    __table_args__ = (Index(None, "person_id"), Index(None, "ticket_hash", unique=True))


class BlueprintVersion(Base):
    """One version of the county's configuration; published ones never change."""

    __tablename__ = "blueprint"
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    body: Mapped[dict[str, Any]] = mapped_column(JSON())
    """Not JSONB: the order of stages and steps is the county's own."""
    note: Mapped[str] = mapped_column(server_default="")
    published_at: Mapped[datetime]
    published_by: Mapped[int | None]


class Fact(Base):
    """Small facts about the installation: root area, demo state, versions of cached maps."""

    __tablename__ = "fact"
    name: Mapped[str] = mapped_column(C, primary_key=True)
    value: Mapped[dict[str, Any]]


class Plate(Base):
    """A QR plate 二维码门牌: where it hangs and whom it stands for."""

    __tablename__ = "plate"
    code: Mapped[str] = _code(key=True)
    area: Mapped[str] = _code()
    address: Mapped[str]
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    active: Mapped[bool] = mapped_column(server_default=text("true"))


class Resident(Base):
    """A resident who gave a phone number; the least data that a reply needs."""

    __tablename__ = "resident"
    county: Mapped[str] = _code(key=True)
    id: Mapped[int] = _id()
    name: Mapped[str] = mapped_column(server_default="")
    phone: Mapped[str]
    address: Mapped[str] = mapped_column(server_default="")
    created_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("county", "phone"),)


class CaseRow(Base):
    """An appeal 诉求 (`core.rules.case.Case`)."""

    __tablename__ = "cases"
    county: Mapped[str] = _code(key=True)
    id: Mapped[int] = _id()
    number: Mapped[str] = _code()
    code_hash: Mapped[str] = _code()
    title: Mapped[str]
    body: Mapped[str]
    category: Mapped[str] = _code()
    kind: Mapped[str] = _code()
    inlet: Mapped[str] = _code()
    urgency: Mapped[str] = _code()
    area: Mapped[str] = _code()
    address: Mapped[str]
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    plate: Mapped[str | None] = _code(null=True)
    resident_id: Mapped[int | None]
    anonymous: Mapped[bool]
    confidential: Mapped[bool]
    on_behalf: Mapped[str]
    registered_by: Mapped[int | None]
    form: Mapped[dict[str, Any]]
    because: Mapped[dict[str, Any]]
    stage: Mapped[str] = _code()
    stage_kind: Mapped[str] = _code()
    holder: Mapped[str] = _code()
    units: Mapped[list[str]] = mapped_column(ARRAY(C))
    accused: Mapped[list[str]] = mapped_column(ARRAY(C))
    config_version: Mapped[int]
    received_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    reply: Mapped[str]
    replied_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    late: Mapped[bool]
    reopened: Mapped[int] = mapped_column(Integer)
    score: Mapped[int | None] = mapped_column(Integer)
    scores: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    source: Mapped[str | None] = _code(null=True)
    source_ref: Mapped[str | None] = _code(null=True)
    idempotency_key: Mapped[str | None] = _code(null=True)
    version: Mapped[int] = mapped_column(Integer)
    last_hash: Mapped[str] = _code()
    words: Mapped[Any] = mapped_column(TSVECTOR, server_default=text("''::tsvector"))
    __table_args__ = (
        UniqueConstraint("county", "number"),
        UniqueConstraint("county", "source", "source_ref"),
        UniqueConstraint("county", "idempotency_key"),
        CheckConstraint("stage_kind in ('open','waiting','closed')", name="stage_kind"),
        CheckConstraint("(stage_kind = 'closed') = (closed_at is not null)", name="closed_at"),
        CheckConstraint("holder <> ''", name="holder"),
        CheckConstraint("score between 1 and 5", name="score"),
        CheckConstraint("county = left(area, 6)", name="county_of_area"),
        CheckConstraint("replied_at >= received_at", name="reply_after_receipt"),
        Index("ix_cases_area_received", "area", "received_at"),
        Index(
            "ix_cases_area_due", "area", "due_at", postgresql_where=text("stage_kind <> 'closed'")
        ),
        Index("ix_cases_due", "due_at", postgresql_where=text("stage_kind <> 'closed'")),
        Index("ix_cases_received", "received_at"),
        Index("ix_cases_holder_received", "holder", "received_at"),
        Index("ix_cases_units", "units", postgresql_using="gin"),
        Index("ix_cases_words", "words", postgresql_using="gin"),
        Index("ix_cases_resident", "county", "resident_id"),
        Index("ix_cases_number", "number"),
    )


def _of_case() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["county", "case_id"], ["cases.county", "cases.id"])


class TaskRow(Base):
    """One unit's part (`core.rules.case.Task`)."""

    __tablename__ = "task"
    county: Mapped[str] = _code(key=True)
    id: Mapped[int] = _id()
    case_id: Mapped[int]
    unit: Mapped[str] = _code()
    lead: Mapped[bool]
    state: Mapped[str] = _code()
    opened_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    opened_by: Mapped[str] = _code()
    note: Mapped[str]
    result: Mapped[str]
    signed_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    __table_args__ = (
        _of_case(),
        CheckConstraint("state in ('open','signed','done','returned','withdrawn')", name="state"),
        Index(None, "county", "case_id"),
        Index(
            "ix_task_inbox", "unit", "due_at", postgresql_where=text("state in ('open','signed')")
        ),
        Index(
            "uq_task_one_lead",
            "county",
            "case_id",
            unique=True,
            postgresql_where=text("lead and state in ('open','signed')"),
        ),
    )


class ClockRow(Base):
    """A running deadline (`core.rules.case.Clock`)."""

    __tablename__ = "clock"
    county: Mapped[str] = _code(key=True)
    id: Mapped[int] = _id()
    case_id: Mapped[int]
    kind: Mapped[str] = _code()
    subject: Mapped[str] = _code()
    ladder: Mapped[str] = _code()
    term: Mapped[str]
    started_at: Mapped[datetime]
    task_id: Mapped[int | None]
    due_at: Mapped[datetime | None]
    paused_at: Mapped[datetime | None]
    stopped_at: Mapped[datetime | None]
    next_rung: Mapped[int] = mapped_column(Integer)
    next_fire_at: Mapped[datetime | None]
    __table_args__ = (
        _of_case(),
        Index(None, "county", "case_id"),
        Index(
            "ix_clock_due",
            "county",
            "next_fire_at",
            postgresql_where=text(
                "next_fire_at is not null and stopped_at is null and paused_at is null"
            ),
        ),
        Index(
            "ix_clock_undated",
            "county",
            postgresql_where=text("due_at is null and stopped_at is null"),
        ),
    )


class Fired(Base):
    """A rung that fired; the key lets each fire once."""

    __tablename__ = "fired"
    county: Mapped[str] = _code(key=True)
    clock_id: Mapped[int] = _id()
    rung: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    at: Mapped[datetime]


class EntryRow(Base):
    """A line of the timeline (`core.rules.case.Entry`), append-only."""

    __tablename__ = "timeline"
    county: Mapped[str] = _code(key=True)
    case_id: Mapped[int] = _id()
    seq: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    action: Mapped[str] = _code()
    actor_id: Mapped[int | None]
    actor_name: Mapped[str]
    actor_unit: Mapped[str]
    from_stage: Mapped[str] = _code()
    to_stage: Mapped[str] = _code()
    data: Mapped[dict[str, Any]]
    public: Mapped[bool]
    hash: Mapped[str] = _code()
    __table_args__ = (_of_case(),)


class RatingRow(Base):
    """One rating by one party."""

    __tablename__ = "rating"
    county: Mapped[str] = _code(key=True)
    case_id: Mapped[int] = _id()
    seq: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    party: Mapped[str]
    score: Mapped[int] = mapped_column(Integer)
    reasons: Mapped[list[str]]
    text: Mapped[str]
    __table_args__ = (_of_case(), CheckConstraint("score between 1 and 5", name="score"))


class FileRow(Base):
    """Evidence: the bytes lie in the files folder under their own hash."""

    __tablename__ = "file"
    county: Mapped[str] = _code(key=True)
    id: Mapped[int] = _id()
    case_id: Mapped[int]
    name: Mapped[str]
    mime: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str] = _code()
    by_resident: Mapped[bool]
    uploaded_by: Mapped[int | None]
    uploaded_at: Mapped[datetime]
    __table_args__ = (_of_case(), Index(None, "county", "case_id"))


class MessageRow(Base):
    """The outbox: one line per person and way; `key` lets each be written once."""

    __tablename__ = "message"
    county: Mapped[str] = _code(key=True)
    id: Mapped[int] = _id()
    key: Mapped[str] = _code()
    person_id: Mapped[int]
    way: Mapped[str] = _code()
    case_id: Mapped[int | None]
    number: Mapped[str] = _code()
    template: Mapped[str] = _code()
    data: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    read_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(Integer)
    try_at: Mapped[datetime | None]
    fault: Mapped[str]
    __table_args__ = (
        UniqueConstraint("county", "key", "person_id", "way"),
        CheckConstraint("way in ('app','email')", name="way"),
        Index(
            "ix_message_unread",
            "person_id",
            "created_at",
            postgresql_where=text("way = 'app' and read_at is null"),
        ),
        Index(
            "ix_message_mine", "person_id", "created_at", postgresql_where=text("way = 'app'")
        ),
        Index(
            "ix_message_unsent",
            "county",
            "try_at",
            postgresql_where=text("sent_at is null and try_at is not null"),
        ),
    )


class DeltaRow(Base):
    """What an action added to the figures, not yet folded into totals."""

    __tablename__ = "delta"
    county: Mapped[str] = _code(key=True)
    id: Mapped[int] = mapped_column(
        BigInteger, primary_key=True, server_default=text("nextval('delta_ids')")
    )
    day: Mapped[date]
    area: Mapped[str] = _code()
    unit: Mapped[str] = _code()
    category: Mapped[str] = _code()
    inlet: Mapped[str] = _code()
    measure: Mapped[str] = _code()
    n: Mapped[int] = mapped_column(Integer)


class TotalRow(Base):
    """Folded figures in several grains; a column that a grain leaves out is empty."""

    __tablename__ = "total"
    county: Mapped[str] = _code(key=True)
    grain: Mapped[str] = _code(key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    area: Mapped[str] = _code(key=True)
    unit: Mapped[str] = _code(key=True)
    category: Mapped[str] = _code(key=True)
    inlet: Mapped[str] = _code(key=True)
    measure: Mapped[str] = _code(key=True)
    n: Mapped[int]
    __table_args__ = (Index("ix_total_read", "grain", "measure", "day"),)


class AuditRow(Base):
    """Who looked at or changed what outside a case's own timeline."""

    __tablename__ = "audit"
    id: Mapped[int] = _id()
    at: Mapped[datetime]
    person_id: Mapped[int | None]
    name: Mapped[str]
    what: Mapped[str] = _code()
    subject: Mapped[str]
    data: Mapped[dict[str, Any]]
    __table_args__ = (Index(None, "at"),)


class Hit(Base):
    """Counts per bucket and hour: rate limits that hold across processes."""

    __tablename__ = "hit"
    bucket: Mapped[str] = _code(key=True)
    slot: Mapped[datetime] = mapped_column(primary_key=True)
    n: Mapped[int] = mapped_column(Integer)
