"""What every table shares: naming, types, sequences, column helpers."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Date,
    DateTime,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    Sequence,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import DeclarativeBase, mapped_column

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


def code_(*, key: bool = False, null: bool = False, default: str | None = None) -> Any:
    return mapped_column(
        C,
        primary_key=key,
        nullable=null,
        server_default=None if default is None else text(f"'{default}'"),
    )


def id_() -> Any:
    return mapped_column(primary_key=True, autoincrement=False)


def count_() -> Any:
    return mapped_column(Integer, server_default=text("0"))


EMPTY_LIST, EMPTY_DICT = text("'{}'"), text("'{}'::jsonb")
