"""Cases and what belongs to one.

Keys begin with what tells rows apart and end with the county (which a sharded table needs in
every key): begun with the county, each looks as good as the other to a planner that has no
statistics yet, and it walks all of a new county's cases to find one.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Computed,
    ForeignKeyConstraint,
    Index,
    Integer,
    UniqueConstraint,
)
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import ARRAY, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, C, code_, id_

ROOM = {"fillfactor": 80}
"""Room on each page for the next version of a row, so that a change need not touch indexes."""


def _unique_where_given(*columns: str) -> Index:
    """Unique within the county; most rows have none, and a partial index costs those nothing."""
    return Index(
        f"uq_cases_{columns[-1]}",
        *columns,
        "county",
        unique=True,
        postgresql_where=sql(f"{columns[-1]} is not null"),
    )


class Resident(Base):
    """A resident who gave a phone number; the least data that a reply needs."""

    __tablename__ = "resident"
    id: Mapped[int] = id_()
    county: Mapped[str] = code_(key=True)
    name: Mapped[str] = mapped_column(server_default="")
    phone: Mapped[str]
    address: Mapped[str] = mapped_column(server_default="")
    created_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("phone", "county"),)


class CaseRow(Base):
    """An appeal 诉求 (`core.rules.case.Case`)."""

    __tablename__ = "cases"
    id: Mapped[int] = id_()
    county: Mapped[str] = code_(key=True)
    number: Mapped[str] = code_()
    code_hash: Mapped[str] = code_()
    title: Mapped[str]
    body: Mapped[str]
    category: Mapped[str] = code_()
    kind: Mapped[str] = code_()
    inlet: Mapped[str] = code_()
    urgency: Mapped[str] = code_()
    area: Mapped[str] = code_()
    address: Mapped[str]
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    plate: Mapped[str | None] = code_(null=True)
    resident_id: Mapped[int | None]
    anonymous: Mapped[bool]
    confidential: Mapped[bool]
    on_behalf: Mapped[str]
    registered_by: Mapped[int | None]
    form: Mapped[dict[str, Any]]
    because: Mapped[dict[str, Any]]
    stage: Mapped[str] = code_()
    stage_kind: Mapped[str] = code_()
    holder: Mapped[str] = code_()
    units: Mapped[list[str]] = mapped_column(ARRAY(C))
    accused: Mapped[list[str]] = mapped_column(ARRAY(C))
    config_version: Mapped[int]
    received_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    stage_due_at: Mapped[datetime | None]
    reply: Mapped[str]
    replied_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    late: Mapped[bool]
    reopened: Mapped[int] = mapped_column(Integer)
    difficulty: Mapped[str] = code_(default="")
    chased: Mapped[int] = mapped_column(Integer, server_default=sql("0"))
    parent_id: Mapped[int | None]
    score: Mapped[int | None] = mapped_column(Integer)
    scores: Mapped[dict[str, Any]] = mapped_column(server_default=sql("'{}'"))
    source: Mapped[str | None] = code_(null=True)
    source_ref: Mapped[str | None] = code_(null=True)
    idempotency_key: Mapped[str | None] = code_(null=True)
    version: Mapped[int] = mapped_column(Integer)
    last_hash: Mapped[str] = code_()
    words: Mapped[Any] = mapped_column(TSVECTOR, server_default=sql("''::tsvector"))
    running: Mapped[int] = mapped_column(Computed("split_part(number, '-', 3)::bigint"))
    """Looked for by equality: under row security no other index than a plain one is used."""
    __table_args__ = (
        UniqueConstraint("number", "county"),
        _unique_where_given("source", "source_ref"),
        _unique_where_given("idempotency_key"),
        CheckConstraint("stage_kind in ('open','waiting','closed')", name="stage_kind"),
        CheckConstraint("(stage_kind = 'closed') = (closed_at is not null)", name="closed_at"),
        CheckConstraint("holder <> ''", name="holder"),
        CheckConstraint("score between 1 and 5", name="score"),
        CheckConstraint("county = left(area, 6)", name="county_of_area"),
        CheckConstraint("replied_at >= received_at", name="reply_after_receipt"),
        Index("ix_cases_area_received", "area", "received_at"),
        Index(
            "ix_cases_area_due", "area", "due_at", postgresql_where=sql("stage_kind <> 'closed'")
        ),
        Index("ix_cases_due", "due_at", postgresql_where=sql("stage_kind <> 'closed'")),
        Index("ix_cases_received", "received_at"),
        Index("ix_cases_replied", "replied_at", postgresql_where=sql("replied_at is not null")),
        Index("ix_cases_closed", "closed_at", postgresql_where=sql("closed_at is not null")),
        Index("ix_cases_holder_received", "holder", "received_at"),
        Index("ix_cases_units", "units", postgresql_using="gin"),
        Index("ix_cases_words", "words", postgresql_using="gin"),
        Index("ix_cases_running", "running"),
        Index("ix_cases_resident", "resident_id"),
        Index("ix_cases_accused", "received_at", postgresql_where=sql("accused <> '{}'")),
        Index("ix_cases_parent", "parent_id", postgresql_where=sql("parent_id is not null")),
        {"postgresql_with": ROOM},
    )


def _of_case() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["county", "case_id"], ["cases.county", "cases.id"])


class TaskRow(Base):
    """One unit's part (`core.rules.case.Task`)."""

    __tablename__ = "task"
    id: Mapped[int] = id_()
    county: Mapped[str] = code_(key=True)
    case_id: Mapped[int]
    unit: Mapped[str] = code_()
    lead: Mapped[bool]
    state: Mapped[str] = code_()
    opened_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    designated: Mapped[bool] = mapped_column(server_default=sql("false"))
    opened_by: Mapped[str] = code_()
    note: Mapped[str]
    result: Mapped[str]
    signed_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    late: Mapped[bool] = mapped_column(server_default=sql("false"))
    __table_args__ = (
        _of_case(),
        CheckConstraint("state in ('open','signed','done','returned','withdrawn')", name="state"),
        Index(None, "case_id"),
        Index(
            "ix_task_inbox", "unit", "due_at", postgresql_where=sql("state in ('open','signed')")
        ),
        Index(
            "uq_task_one_lead",
            "case_id",
            "county",
            unique=True,
            postgresql_where=sql("lead and state in ('open','signed')"),
        ),
    )


class ClockRow(Base):
    """A running deadline (`core.rules.case.Clock`)."""

    __tablename__ = "clock"
    id: Mapped[int] = id_()
    county: Mapped[str] = code_(key=True)
    case_id: Mapped[int]
    kind: Mapped[str] = code_()
    subject: Mapped[str] = code_()
    ladder: Mapped[str] = code_()
    term: Mapped[str]
    started_at: Mapped[datetime]
    task_id: Mapped[int | None]
    demand_id: Mapped[int | None]
    due_at: Mapped[datetime | None]
    paused_at: Mapped[datetime | None]
    stopped_at: Mapped[datetime | None]
    next_rung: Mapped[int] = mapped_column(Integer)
    next_fire_at: Mapped[datetime | None]
    __table_args__ = (
        _of_case(),
        Index(None, "case_id"),
        Index(
            "ix_clock_due",
            "county",
            "next_fire_at",
            "id",
            postgresql_where=sql(
                "next_fire_at is not null and stopped_at is null and paused_at is null"
            ),
        ),
        Index(
            "ix_clock_undated",
            "county",
            postgresql_where=sql("due_at is null and stopped_at is null"),
        ),
    )


class DemandRow(Base):
    """Something asked of a unit (`core.rules.case.Demand`)."""

    __tablename__ = "demand"
    id: Mapped[int] = id_()
    county: Mapped[str] = code_(key=True)
    case_id: Mapped[int]
    kind: Mapped[str] = code_()
    state: Mapped[str] = code_()
    unit: Mapped[str] = code_()
    text: Mapped[str]
    opened_at: Mapped[datetime]
    role: Mapped[str] = code_()
    asked_by: Mapped[int | None]
    asker_name: Mapped[str]
    asker_unit: Mapped[str] = code_()
    due_at: Mapped[datetime | None]
    data: Mapped[dict[str, Any]]
    answer: Mapped[str]
    answered_by: Mapped[str]
    answered_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    pressed: Mapped[int] = mapped_column(Integer)
    late: Mapped[bool]
    __table_args__ = (
        _of_case(),
        CheckConstraint(
            "state in ('open','acknowledged','answered','granted','refused','settled','failed',"
            "'withdrawn')",
            name="state",
        ),
        Index(None, "case_id"),
        Index(
            "ix_demand_pending",
            "unit",
            "due_at",
            postgresql_where=sql("state in ('open','acknowledged','answered')"),
        ),
        Index("ix_demand_kind", "kind", "opened_at"),
        Index("ix_demand_asked_by", "asked_by", "opened_at"),
    )


class Fired(Base):
    """A rung that fired; the key lets each fire once."""

    __tablename__ = "fired"
    clock_id: Mapped[int] = id_()
    rung: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    county: Mapped[str] = code_(key=True)
    at: Mapped[datetime]


class EntryRow(Base):
    """A line of the timeline (`core.rules.case.Entry`), append-only."""

    __tablename__ = "timeline"
    case_id: Mapped[int] = id_()
    seq: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    county: Mapped[str] = code_(key=True)
    at: Mapped[datetime]
    action: Mapped[str] = code_()
    actor_id: Mapped[int | None]
    actor_name: Mapped[str]
    actor_unit: Mapped[str]
    from_stage: Mapped[str] = code_()
    to_stage: Mapped[str] = code_()
    data: Mapped[dict[str, Any]]
    public: Mapped[bool]
    hash: Mapped[str] = code_()
    __table_args__ = (_of_case(), Index(None, "at"))


class RatingRow(Base):
    """One rating by one party."""

    __tablename__ = "rating"
    case_id: Mapped[int] = id_()
    seq: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    county: Mapped[str] = code_(key=True)
    at: Mapped[datetime]
    party: Mapped[str]
    score: Mapped[int] = mapped_column(Integer)
    reasons: Mapped[list[str]]
    text: Mapped[str]
    __table_args__ = (
        _of_case(),
        CheckConstraint("score between 1 and 5", name="score"),
        Index("ix_rating_checked", "at", postgresql_where=sql("party in ('callback','deputy')")),
    )


class FileRow(Base):
    """Evidence: the bytes lie in the files folder under their own hash."""

    __tablename__ = "file"
    id: Mapped[int] = id_()
    county: Mapped[str] = code_(key=True)
    case_id: Mapped[int]
    name: Mapped[str]
    mime: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str] = code_()
    by_resident: Mapped[bool]
    uploaded_by: Mapped[int | None]
    uploaded_at: Mapped[datetime]
    __table_args__ = (_of_case(), Index(None, "case_id"))
