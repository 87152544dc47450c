"""What is written beside a case: messages, figures, audit, counts."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Index,
    Integer,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, code_, count_, id_


class MessageRow(Base):
    """The outbox: one line per person (or unit) and way; `key` lets each be written once.

    Given up (a dead letter): neither `sent_at` nor `try_at`; `dropped_at` when somebody has
    put it aside.
    """

    __tablename__ = "message"
    id: Mapped[int] = id_()
    county: Mapped[str] = code_(key=True)
    key: Mapped[str] = code_()
    person_id: Mapped[int]
    """0 where it goes to a unit's own address."""
    unit: Mapped[str] = code_(default="")
    """Whose own address it goes to (a group's robot); empty: a person's."""
    way: Mapped[str] = code_()
    case_id: Mapped[int | None]
    number: Mapped[str] = code_()
    template: Mapped[str] = code_()
    data: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    read_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(Integer)
    try_at: Mapped[datetime | None]
    dropped_at: Mapped[datetime | None]
    fault: Mapped[str]
    """Why it did not arrive, unworded (`core.words.kept`)."""
    __table_args__ = (
        UniqueConstraint("key", "person_id", "way", "unit", "county"),
        CheckConstraint("way in ('app','email','webhook','robot')", name="way"),
        Index(
            "ix_message_unread",
            "person_id",
            "created_at",
            postgresql_where=text("way = 'app' and read_at is null"),
        ),
        Index("ix_message_mine", "person_id", "created_at", postgresql_where=text("way = 'app'")),
        Index(
            "ix_message_unsent",
            "try_at",
            "county",
            postgresql_where=text("sent_at is null and try_at is not null"),
        ),
        Index(
            "ix_message_lane",
            "person_id",
            "unit",
            "way",
            "try_at",
            postgresql_where=text(
                "sent_at is null and try_at is not null and way in ('webhook','robot')"
            ),
        ),
        Index(
            "ix_message_dead",
            "created_at",
            postgresql_where=text("sent_at is null and try_at is null and dropped_at is null"),
        ),
    )


class DeltaRow(Base):
    """What an action added to the figures, not yet folded into totals."""

    __tablename__ = "delta"
    id: Mapped[int] = mapped_column(
        BigInteger, primary_key=True, server_default=text("nextval('delta_ids')")
    )
    county: Mapped[str] = code_(key=True)
    day: Mapped[date]
    area: Mapped[str] = code_()
    unit: Mapped[str] = code_()
    category: Mapped[str] = code_()
    inlet: Mapped[str] = code_()
    measure: Mapped[str] = code_()
    n: Mapped[int] = mapped_column(Integer)


class TotalRow(Base):
    """Folded figures in several grains (`core.kpi.grains`); a column that a grain leaves out is
    empty. One column a measure: a row per measure was five times the table and the time."""

    __tablename__ = "total"
    county: Mapped[str] = code_(key=True)
    grain: Mapped[str] = code_(key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    area: Mapped[str] = code_(key=True)
    unit: Mapped[str] = code_(key=True)
    category: Mapped[str] = code_(key=True)
    inlet: Mapped[str] = code_(key=True)
    received: Mapped[int] = count_()
    replied: Mapped[int] = count_()
    closed: Mapped[int] = count_()
    answered: Mapped[int] = count_()
    on_time: Mapped[int] = count_()
    rated: Mapped[int] = count_()
    satisfied: Mapped[int] = count_()
    basically: Mapped[int] = count_()
    reopened: Mapped[int] = count_()
    day_replied: Mapped[int] = count_()
    day_closed: Mapped[int] = count_()
    __table_args__ = (
        Index("ix_total_area", "grain", "area", "day"),
        Index("ix_total_day", "grain", "day", postgresql_where=text("grain <> 'fine'")),
        Index(
            "ix_total_unit",
            "grain",
            "unit",
            "day",
            postgresql_where=text("grain in ('unit', 'fine')"),
        ),
        Index("ix_total_category", "category", "day", postgresql_where=text("grain = 'fine'")),
    )


class AuditRow(Base):
    """Who looked at or changed what outside a case's own timeline."""

    __tablename__ = "audit"
    id: Mapped[int] = id_()
    at: Mapped[datetime]
    person_id: Mapped[int | None]
    name: Mapped[str]
    what: Mapped[str] = code_()
    subject: Mapped[str]
    data: Mapped[dict[str, Any]]
    __table_args__ = (Index(None, "at"),)


class Hit(Base):
    """Counts per bucket and hour: rate limits that hold across processes."""

    __tablename__ = "hit"
    bucket: Mapped[str] = code_(key=True)
    slot: Mapped[datetime] = mapped_column(primary_key=True)
    n: Mapped[int] = mapped_column(Integer)
