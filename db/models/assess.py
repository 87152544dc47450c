"""Assessments: what was published, from which rows, and what is excluded or appealed against.

A published result and its inputs are only ever added; whatever changes a score afterwards is
a decided exclusion or appeal, which everybody concerned can read.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Integer, Numeric, text
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, code_, id_


class AssessmentResult(Base):
    """One period of one assessment in one area, as it was published."""

    __tablename__ = "assessment_result"
    assessment: Mapped[str] = code_(key=True)
    period: Mapped[str] = code_(key=True)
    area: Mapped[str] = code_(key=True)
    county: Mapped[str] = code_(key=True)
    version: Mapped[int]
    """Of the configuration that it was worked out by."""
    body: Mapped[dict[str, Any]]
    hash: Mapped[str] = code_()
    """SHA-256 of the inputs, in their order."""
    published_at: Mapped[datetime]
    published_by: Mapped[int | None]
    published_name: Mapped[str]
    note: Mapped[str]


class AssessmentInput(Base):
    """One row that counted: which measures (bits of `mask`) it counted for which unit."""

    __tablename__ = "assessment_input"
    assessment: Mapped[str] = code_(key=True)
    period: Mapped[str] = code_(key=True)
    area: Mapped[str] = code_(key=True)
    n: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    county: Mapped[str] = code_(key=True)
    case_id: Mapped[int]
    unit: Mapped[str] = code_()
    mask: Mapped[int]
    __table_args__ = (
        ForeignKeyConstraint(["county", "case_id"], ["cases.county", "cases.id"]),
        Index(None, "case_id"),
    )


class _Claim:
    """What a unit asks for about its own score, and what somebody else decides, both in words."""

    id: Mapped[int] = id_()
    county: Mapped[str] = code_(key=True)
    assessment: Mapped[str] = code_()
    period: Mapped[str] = code_()
    area: Mapped[str] = code_()
    unit: Mapped[str] = code_()
    """The unit that gains by it."""
    unit_area: Mapped[str] = code_()
    line: Mapped[str] = code_()
    """Empty: all lines."""
    words: Mapped[str]
    """Of whoever asks."""
    state: Mapped[str] = code_()
    asked_by: Mapped[int | None]
    asked_name: Mapped[str]
    asked_at: Mapped[datetime]
    decided_by: Mapped[int | None]
    decided_name: Mapped[str] = mapped_column(server_default="")
    decided_at: Mapped[datetime | None]
    reply: Mapped[str] = mapped_column(server_default="")
    """Of the decision."""


def _decided(*states: str) -> tuple[CheckConstraint, ...]:
    """It is asked for, or decided in words by somebody else, in one of these states."""
    known = ",".join(f"'{state}'" for state in ("asked", *states))
    return (
        CheckConstraint(f"state in ({known})", name="state"),
        CheckConstraint(
            "(state = 'asked') = (decided_at is null) and (state = 'asked' or reply <> '')",
            name="decided_in_words",
        ),
        CheckConstraint("decided_by <> asked_by", name="somebody_else"),
    )


class Exclusion(_Claim, Base):
    """A case that shall not count for a unit, in one line or in all, and why."""

    __tablename__ = "exclusion"
    case_id: Mapped[int]
    number: Mapped[str] = code_()
    __table_args__ = (
        ForeignKeyConstraint(["county", "case_id"], ["cases.county", "cases.id"]),
        *_decided("approved", "refused"),
        Index("ix_exclusion_period", "assessment", "period", "area"),
        Index(
            "uq_exclusion_live",
            "assessment",
            "period",
            "area",
            "unit",
            "case_id",
            "line",
            "county",
            unique=True,
            postgresql_where=text("state <> 'refused'"),
        ),
    )


class ScoreAppeal(_Claim, Base):
    """A unit's appeal against one line of its published score."""

    __tablename__ = "score_appeal"
    points: Mapped[Decimal | None] = mapped_column(Numeric(12, 4))
    """What the line gives after an appeal that was upheld."""
    __table_args__ = (
        *_decided("upheld", "rejected"),
        CheckConstraint("(state = 'upheld') = (points is not null)", name="points"),
        Index(
            "uq_score_appeal_once",
            "assessment",
            "period",
            "area",
            "unit",
            "line",
            "county",
            unique=True,
        ),
    )
