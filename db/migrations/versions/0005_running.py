"""The running part of a case's number, which the office looks for: a column of its own."""

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Written by the database from the number; also of the cases there are."""
    for statement in (
        "alter table cases add column running bigint not null"
        " generated always as (split_part(number, '-', 3)::bigint) stored",
        "create index ix_cases_running on cases (running)",
        "analyze cases (running)",  # or the index is passed over until autovacuum comes by
    ):
        op.get_bind().exec_driver_sql(statement)
