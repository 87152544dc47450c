"""Places, units, people and the county's configuration."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Index,
    Integer,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import EMPTY_LIST, Base, C, code_, id_


class Area(Base):
    """A place in the division tree; `grid` areas stand below villages."""

    __tablename__ = "area"
    code: Mapped[str] = code_(key=True)
    name: Mapped[str]
    parent: Mapped[str | None] = code_(null=True)
    level: Mapped[str]
    __table_args__ = (Index(None, "parent"),)


class Unit(Base):
    """A unit 单位: centre, department, station, grid team, volunteers."""

    __tablename__ = "unit"
    code: Mapped[str] = code_(key=True)
    name: Mapped[str]
    kind: Mapped[str]
    area: Mapped[str] = code_()
    parent: Mapped[str | None] = code_(null=True)
    duties: Mapped[list[str]] = mapped_column(server_default=EMPTY_LIST)
    phone: Mapped[str] = mapped_column(server_default="")
    active: Mapped[bool] = mapped_column(server_default=text("true"))
    successor: Mapped[str | None] = code_(null=True)
    """The unit that it was merged into 并入."""
    __table_args__ = (CheckConstraint("successor is null or not active", name="merged_away"),)


class Person(Base):
    """Somebody with an account. Residents have none."""

    __tablename__ = "person"
    id: Mapped[int] = id_()
    username: Mapped[str] = mapped_column(C, unique=True)
    name: Mapped[str]
    password_hash: Mapped[str]
    roles: Mapped[list[str]]
    unit: Mapped[str | None] = code_(null=True)
    area: Mapped[str | None] = code_(null=True)
    phone: Mapped[str] = mapped_column(server_default="")
    email: Mapped[str] = mapped_column(server_default="")
    locale: Mapped[str] = mapped_column(server_default="zh_CN")
    active: Mapped[bool] = mapped_column(server_default=text("true"))
    failures: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    locked_until: Mapped[datetime | None]
    __table_args__ = (Index(None, "unit"), Index(None, "area"))


class Address(Base):
    """Where else than by e-mail a person, or a unit's group, is reached."""

    __tablename__ = "address"
    id: Mapped[int] = id_()
    person_id: Mapped[int | None]
    unit: Mapped[str | None] = code_(null=True)
    way: Mapped[str] = code_()
    url: Mapped[str]
    """Holds the group's key: never shown again, nor written to a log."""
    secret: Mapped[str] = mapped_column(server_default="")
    """Signs what goes to a webhook."""
    faults: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    """Failures in a row; 0 after a success."""
    rest_until: Mapped[datetime | None]
    """After a failure the address is left in peace for a while."""
    fault: Mapped[str] = mapped_column(server_default="")
    changed_at: Mapped[datetime]
    __table_args__ = (
        CheckConstraint("num_nonnulls(person_id, unit) = 1", name="owner"),
        CheckConstraint("way in ('webhook','robot')", name="way"),
        Index("uq_address_person_way", "person_id", "way", unique=True),
        Index("uq_address_unit_way", "unit", "way", unique=True),
    )


class SignIn(Base):
    """A server-side session; only the hash of its token is kept."""

    __tablename__ = "sign_in"
    token_hash: Mapped[str] = code_(key=True)
    person_id: Mapped[int]
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ticket_hash: Mapped[str | None] = code_(null=True)
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


class PaperTemplate(Base):
    """A version of a document's template, kept for good; the newest one is in use."""

    __tablename__ = "paper_template"
    paper: Mapped[str] = code_(key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str]
    content: Mapped[bytes | None]
    """None: from here on the shipped one again."""
    saved_at: Mapped[datetime]
    saved_by: Mapped[int | None]


class Fact(Base):
    """Small facts about the installation: root area, demo state, versions of cached maps."""

    __tablename__ = "fact"
    name: Mapped[str] = mapped_column(C, primary_key=True)
    value: Mapped[dict[str, Any]]


class Plate(Base):
    """A QR plate 二维码门牌: where it hangs and whom it stands for."""

    __tablename__ = "plate"
    code: Mapped[str] = code_(key=True)
    area: Mapped[str] = code_()
    address: Mapped[str]
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    active: Mapped[bool] = mapped_column(server_default=text("true"))
